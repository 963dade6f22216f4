/*
 * dump_tokens.h: the tokens of one statement that dump_lex.h has found the end of. For statements
 * of the few kinds that dump_plain_text.c looks at.
 */
#ifndef RD_DUMP_TOKENS_H
#define RD_DUMP_TOKENS_H

#include "drills/common/base.h"

enum rd_dump_token_kind {
    RD_TOKEN_END = 1,
    RD_TOKEN_WORD,
    RD_TOKEN_NAME,   /* "…" */
    RD_TOKEN_STRING, /* '…', its prefix apart */
    RD_TOKEN_SIGN,   /* any other byte */
};

struct rd_dump_tokens {
    const char *at, *end; /* the rest of the statement */
    enum rd_dump_token_kind kind;
    const char *text; /* the token, with its quotes */
    size_t length;
};

void rd_dump_tokens_init(struct rd_dump_tokens *tokens, const char *text, size_t length);

/* Goes to the next token. Comments and blanks are passed over. */
void rd_dump_tokens_next(struct rd_dump_tokens *tokens);

/* Whether the token is this word, in any case, or this sign. */
bool rd_dump_tokens_is(const struct rd_dump_tokens *tokens, const char *word);

/* If it is, goes to the next one. */
bool rd_dump_tokens_take(struct rd_dump_tokens *tokens, const char *word);

/* What the token means, without its quotes, cut at `size` - 1 bytes. */
void rd_dump_tokens_text(const struct rd_dump_tokens *tokens, char *ret_text, size_t size);

#endif
