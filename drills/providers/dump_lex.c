/*
 * dump_lex.c: see dump_lex.h. Long stretches (rows, strings, function bodies) are passed over with
 * memchr; SQL itself goes byte by byte, in dump_lex_sql.c.
 */
#include "drills/providers/dump_lex.h"

#include <string.h>

#include "drills/providers/dump_lex_parts.h"

void rd_dump_lex_init(struct rd_dump_lex *lex)
{
    *lex = (struct rd_dump_lex){.line = 1, .state = RD_LEX_SQL};
}

void rd_dump_lex_rows(struct rd_dump_lex *lex)
{
    lex->state = RD_LEX_ROWS_WAIT;
    lex->row_match = 0;
}

static void lex_text_begins(struct rd_dump_lex *lex, const char *mark)
{
    lex->text_length = strlen(mark);
    memcpy(lex->text, mark, lex->text_length + 1);
}

static void lex_text_add(struct rd_dump_lex *lex, const char *data, size_t length)
{
    if (lex->text_length < RD_DUMP_LEX_TEXT - 1) {
        size_t room = RD_DUMP_LEX_TEXT - 1 - lex->text_length;
        size_t kept = length < room ? length : room;
        memcpy(lex->text + lex->text_length, data, kept);
        lex->text[lex->text_length + kept] = '\0';
    }
    lex->text_length += length;
}

/* Newlines of a stretch that was passed over. */
static void lex_count(struct rd_dump_lex *lex, const char *data, const char *end)
{
    while (data < end && (data = memchr(data, '\n', (size_t)(end - data))) != NULL) {
        lex->line++;
        data++;
    }
}

/* The byte after a '-' or '/'. */
static void lex_maybe_comment(struct rd_dump_lex *lex, char character, size_t *at)
{
    bool dash = lex->state == RD_LEX_DASH;

    lex->state = RD_LEX_SQL;
    if (dash && character == '-') {
        lex->state = RD_LEX_LINE_COMMENT;
        lex->keep_text = !lex->in_statement;
        lex_text_begins(lex, "--");
        (*at)++;
    } else if (!dash && character == '*') {
        lex->state = RD_LEX_BLOCK_COMMENT;
        lex->comments = 1;
        lex->previous = '\0';
        lex->goes_on = LEX_IS_OVER;
        (*at)++;
    } else {
        lex->goes_on = LEX_IS_OVER;
        if (!lex->in_statement)
            rd_lex_statement_begins(lex); /* by an operator: no statement that anybody looks at */
    }
}

/* psql ends a comment at a carriage return, too. */
static enum rd_dump_lex_event lex_line_comment(struct rd_dump_lex *lex, const char *data,
                                               size_t length, size_t *at)
{
    size_t from = *at;

    while (*at < length && data[*at] != '\n' && data[*at] != '\r')
        (*at)++;
    if (lex->keep_text)
        lex_text_add(lex, data + from, *at - from);
    if (*at == length)
        return RD_LEX_MORE;
    lex->state = RD_LEX_SQL;
    return lex->keep_text ? RD_LEX_COMMENT : RD_LEX_MORE;
}

static void lex_block_comment(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length) {
        char previous = lex->previous;
        char character = data[(*at)++];
        lex->line += character == '\n';
        lex->previous = character;
        bool opens = previous == '/' && character == '*';
        bool closes = previous == '*' && character == '/';
        if (!opens && !closes)
            continue;
        lex->previous = '\0';
        lex->comments += opens ? 1 : -1;
        if (lex->comments == 0) {
            lex->state = RD_LEX_SQL;
            return;
        }
    }
}

/* Up to and with the closing quote, or to the end of the piece. */
static void lex_quoted(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at,
                       char quote)
{
    const char *close = memchr(data + *at, quote, length - *at);
    size_t end = close != NULL ? (size_t)(close - data) + 1 : length;

    lex_count(lex, data + *at, data + end);
    *at = end;
    if (close != NULL)
        lex->state = quote == '"' ? RD_LEX_SQL : RD_LEX_STRING_CLOSED;
    lex->goes_on = LEX_IS_OVER;
}

static void lex_string_escaped(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length) {
        char character = data[(*at)++];
        lex->line += character == '\n';
        if (lex->escaped) {
            lex->escaped = false;
        } else if (character == '\\') {
            lex->escaped = true;
        } else if (character == '\'') {
            lex->state = RD_LEX_STRING_CLOSED;
            lex->goes_on = LEX_MAY_GO_ON;
            return;
        }
    }
}

/* Two quotes in a string are one of its characters. */
static void lex_string_closed(struct rd_dump_lex *lex, char character, size_t *at)
{
    lex->state = RD_LEX_SQL;
    if (character != '\'')
        return;
    lex->state = lex->goes_on == LEX_MAY_GO_ON ? RD_LEX_STRING_ESCAPED : RD_LEX_STRING;
    lex->escaped = false;
    (*at)++;
}

/* What was taken for a tag is a word behind a '$'. */
static void lex_tag_fails(struct rd_dump_lex *lex)
{
    size_t at = 1;

    lex->state = RD_LEX_SQL;
    if (lex->tag_length == 1)
        return;
    lex->in_word = true;
    lex->variable = lex->number = false;
    lex->word_length = 0;
    rd_lex_word(lex, lex->tag, (size_t)lex->tag_length, &at);
}

static void lex_tag(struct rd_dump_lex *lex, char character, size_t *at)
{
    enum lex_class class = rd_lex_class(character);
    bool fits = class == LEX_LETTER || (class == LEX_DIGIT && lex->tag_length > 1);

    if (character == '$') {
        lex->tag[lex->tag_length++] = '$';
        lex->tag_match = 0;
        lex->state = RD_LEX_DOLLAR;
        (*at)++;
    } else if (fits) {
        if (lex->tag_length < RD_DUMP_LEX_TAG - 1)
            lex->tag[lex->tag_length++] = character;
        else
            rd_lex_lose(lex);
        (*at)++;
    } else {
        lex_tag_fails(lex);
    }
}

static void lex_dollar(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    while (*at < length) {
        if (lex->tag_match == 0) {
            const char *sign = memchr(data + *at, '$', length - *at);
            size_t end = sign != NULL ? (size_t)(sign - data) + 1 : length;
            lex_count(lex, data + *at, data + end);
            *at = end;
            lex->tag_match = sign != NULL;
        } else if (data[*at] == lex->tag[lex->tag_match]) {
            (*at)++;
            lex->tag_match++;
        } else {
            lex->tag_match = 0; /* the byte itself may be the '$' of the next try */
        }
        if (lex->tag_match == lex->tag_length) {
            lex->state = RD_LEX_SQL;
            return;
        }
    }
}

static enum rd_dump_lex_event lex_meta(struct rd_dump_lex *lex, const char *data, size_t length,
                                       size_t *at)
{
    const char *newline = memchr(data + *at, '\n', length - *at);
    size_t end = newline != NULL ? (size_t)(newline - data) : length;

    lex_text_add(lex, data + *at, end - *at);
    *at = end;
    if (newline == NULL)
        return RD_LEX_MORE;
    lex->state = RD_LEX_SQL;
    return RD_LEX_COMMAND;
}

/* Rows: only the beginning of a line is looked at, for the "\." that ends them. */
static enum rd_dump_lex_event lex_rows(struct rd_dump_lex *lex, const char *data, size_t length,
                                       size_t *at)
{
    static const char last[] = "\\.\r";

    while (*at < length) {
        char character = data[*at];
        if (character == '\n') {
            bool ends = lex->row_match == 2 || lex->row_match == 3;
            lex->row_match = 0;
            lex->line++;
            (*at)++;
            if (ends) {
                lex->state = RD_LEX_SQL;
                return RD_LEX_ROWS_END;
            }
        } else if (lex->row_match >= 0 && lex->row_match < 3 && character == last[lex->row_match]) {
            lex->row_match++;
            (*at)++;
        } else {
            const char *newline = memchr(data + *at, '\n', length - *at);
            lex->row_match = -1;
            *at = newline != NULL ? (size_t)(newline - data) : length;
        }
    }
    return RD_LEX_MORE;
}

/* psql reads rows from the line after the COPY, and does what else is on COPY's line after them. */
static void lex_rows_wait(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at)
{
    const char *newline = memchr(data + *at, '\n', length - *at);

    size_t end = newline != NULL ? (size_t)(newline - data) : length;

    for (; *at < end; (*at)++) {
        if (rd_lex_class(data[*at]) != LEX_SPACE)
            rd_lex_lose(lex);
    }
    if (newline != NULL) {
        (*at)++;
        lex->line++;
        lex->state = RD_LEX_ROWS;
    }
}

/* A backslash is told first and followed when the caller comes back. */
static enum rd_dump_lex_event lex_step_sql(struct rd_dump_lex *lex, const char *data, size_t length,
                                           size_t *at)
{
    enum rd_dump_lex_event event = rd_lex_sql(lex, data, length, at);

    if (event == RD_LEX_BACKSLASH) {
        lex_text_begins(lex, "");
        lex->state = RD_LEX_META;
    }
    return event;
}

static enum rd_dump_lex_event lex_step(struct rd_dump_lex *lex, const char *data, size_t length,
                                       size_t *at)
{
    switch (lex->state) {
    case RD_LEX_DASH:
    case RD_LEX_SLASH:
        lex_maybe_comment(lex, data[*at], at);
        break;
    case RD_LEX_LINE_COMMENT:
        return lex_line_comment(lex, data, length, at);
    case RD_LEX_BLOCK_COMMENT:
        lex_block_comment(lex, data, length, at);
        break;
    case RD_LEX_STRING:
        lex_quoted(lex, data, length, at, '\'');
        break;
    case RD_LEX_STRING_ESCAPED:
        lex_string_escaped(lex, data, length, at);
        break;
    case RD_LEX_STRING_CLOSED:
        lex_string_closed(lex, data[*at], at);
        break;
    case RD_LEX_NAME:
        lex_quoted(lex, data, length, at, '"');
        break;
    case RD_LEX_TAG:
        lex_tag(lex, data[*at], at);
        break;
    case RD_LEX_DOLLAR:
        lex_dollar(lex, data, length, at);
        break;
    case RD_LEX_META:
        return lex_meta(lex, data, length, at);
    case RD_LEX_ROWS_WAIT:
        lex_rows_wait(lex, data, length, at);
        break;
    case RD_LEX_ROWS:
        return lex_rows(lex, data, length, at);
    default:
        return lex_step_sql(lex, data, length, at);
    }
    return RD_LEX_MORE;
}

enum rd_dump_lex_event rd_dump_lex_next(struct rd_dump_lex *lex, const char *data, size_t length,
                                        size_t *at)
{
    enum rd_dump_lex_event event = RD_LEX_MORE;

    while (*at < length && event == RD_LEX_MORE)
        event = lex_step(lex, data, length, at);
    return event;
}
