/*
 * dump_tokens.c: see dump_tokens.h.
 */
#include "drills/providers/dump_tokens.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void rd_dump_tokens_init(struct rd_dump_tokens *tokens, const char *text, size_t length)
{
    *tokens = (struct rd_dump_tokens){.at = text, .end = text + length};
    rd_dump_tokens_next(tokens);
}

static bool tokens_at(const struct rd_dump_tokens *tokens, const char *text)
{
    size_t length = strlen(text);

    return (size_t)(tokens->end - tokens->at) >= length && memcmp(tokens->at, text, length) == 0;
}

static void tokens_skip_block(struct rd_dump_tokens *tokens)
{
    int depth = 0;

    do {
        if (tokens_at(tokens, "/*")) {
            depth++;
            tokens->at += 2;
        } else if (tokens_at(tokens, "*/")) {
            depth--;
            tokens->at += 2;
        } else {
            tokens->at++;
        }
    } while (depth > 0 && tokens->at < tokens->end);
}

static void tokens_skip_blanks(struct rd_dump_tokens *tokens)
{
    while (tokens->at < tokens->end) {
        if (isspace((unsigned char)*tokens->at)) {
            tokens->at++;
        } else if (tokens_at(tokens, "--")) {
            while (tokens->at < tokens->end && *tokens->at != '\n' && *tokens->at != '\r')
                tokens->at++;
        } else if (tokens_at(tokens, "/*")) {
            tokens_skip_block(tokens);
        } else {
            return;
        }
    }
}

static bool tokens_in_word(char character)
{
    return isalnum((unsigned char)character) || character == '_' || character == '$' ||
           ((unsigned char)character & 0x80) != 0;
}

/* To behind the closing quote; a doubled one is a character. */
static void tokens_skip_quoted(struct rd_dump_tokens *tokens, char quote)
{
    tokens->at++;
    while (tokens->at < tokens->end) {
        if (*tokens->at++ != quote)
            continue;
        if (tokens->at == tokens->end || *tokens->at != quote)
            return;
        tokens->at++;
    }
}

void rd_dump_tokens_next(struct rd_dump_tokens *tokens)
{
    tokens_skip_blanks(tokens);
    tokens->text = tokens->at;
    if (tokens->at == tokens->end) {
        tokens->kind = RD_TOKEN_END;
    } else if (*tokens->at == '"' || *tokens->at == '\'') {
        tokens->kind = *tokens->at == '"' ? RD_TOKEN_NAME : RD_TOKEN_STRING;
        tokens_skip_quoted(tokens, *tokens->at);
    } else if (tokens_in_word(*tokens->at)) {
        tokens->kind = RD_TOKEN_WORD;
        while (tokens->at < tokens->end && tokens_in_word(*tokens->at))
            tokens->at++;
    } else {
        tokens->kind = RD_TOKEN_SIGN;
        tokens->at++;
    }
    tokens->length = (size_t)(tokens->at - tokens->text);
}

bool rd_dump_tokens_is(const struct rd_dump_tokens *tokens, const char *word)
{
    return (tokens->kind == RD_TOKEN_WORD || tokens->kind == RD_TOKEN_SIGN) &&
           tokens->length == strlen(word) && strncasecmp(tokens->text, word, tokens->length) == 0;
}

bool rd_dump_tokens_take(struct rd_dump_tokens *tokens, const char *word)
{
    if (!rd_dump_tokens_is(tokens, word))
        return false;
    rd_dump_tokens_next(tokens);
    return true;
}

void rd_dump_tokens_text(const struct rd_dump_tokens *tokens, char *ret_text, size_t size)
{
    bool quoted = tokens->kind == RD_TOKEN_NAME || tokens->kind == RD_TOKEN_STRING;
    const char *at = tokens->text + quoted;
    const char *end = tokens->text + tokens->length - (quoted && tokens->length > 1);
    size_t length = 0;

    while (at < end && length < size - 1) {
        ret_text[length++] = *at;
        at += quoted && *at == *tokens->text ? 2 : 1;
    }
    ret_text[length] = '\0';
}
