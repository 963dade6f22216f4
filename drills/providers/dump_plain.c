/*
 * dump_plain.c: see dump_plain.h. One state a place in the text; the long stretches (rows, strings,
 * comments, function bodies) are passed over with memchr.
 */
#include "drills/providers/dump_plain.h"

#include <ctype.h>
#include <string.h>

#include "drills/providers/dump_plain_parts.h"

static const char plain_tablespace[] = "CREATE TABLESPACE ";

int rd_plain_new(const struct rd_plain_listener *listener, struct rd_plain **ret_plain,
                 struct rd_err *reterr)
{
    struct rd_plain *plain = calloc(1, sizeof(*plain));

    if (plain == NULL)
        return rd_err_memory(reterr);
    plain->listener = *listener;
    plain->state = PLAIN_TOP;
    plain->line = 1;
    plain->line_begins = true;
    plain->unsent = (struct rd_buf)RD_BUF_INIT(PLAIN_HELD_MAX);
    plain->held = (struct rd_buf)RD_BUF_INIT(PLAIN_HELD_MAX);
    plain->changed = (struct rd_buf)RD_BUF_INIT(16 * PLAIN_HELD_MAX);
    *ret_plain = plain;
    return RD_OK;
}

void rd_plain_free(struct rd_plain *plain)
{
    if (plain == NULL)
        return;
    for (size_t i = 0; i < plain->line_count; i++)
        free(plain->lines[i].statement);
    free(plain->lines);
    free(plain->segments);
    rd_buf_free(&plain->unsent);
    rd_buf_free(&plain->held);
    rd_buf_free(&plain->changed);
    free(plain);
}

void rd_plain_freep(struct rd_plain **plain)
{
    rd_plain_free(*plain);
    *plain = NULL;
}

void rd_plain_segment_add(struct rd_plain *plain, const char *data, size_t offset, size_t length)
{
    if (length == 0)
        return;
    if (plain->segment_count == plain->segment_room) {
        size_t room = plain->segment_room > 0 ? plain->segment_room * 2 : 16;
        struct plain_segment *segments = realloc(plain->segments, room * sizeof(*segments));
        if (segments == NULL) {
            plain->broken = true;
            return;
        }
        plain->segments = segments;
        plain->segment_room = room;
    }
    plain->segments[plain->segment_count++] =
        (struct plain_segment){.data = data, .offset = offset, .length = length};
}

/* Hands on what of the piece lies before `end`. */
static void plain_send_until(struct rd_plain *plain, const char *end)
{
    rd_plain_segment_add(plain, plain->unsent_from, 0, (size_t)(end - plain->unsent_from));
    plain->unsent_from = end;
}

/* Hands on bytes of our own. */
static void plain_send_copy(struct rd_plain *plain, struct rd_buf *bytes)
{
    size_t before = plain->changed.length;

    rd_buf_add(&plain->changed, rd_buf_text(bytes), bytes->length);
    plain->broken = plain->broken || plain->changed.broken != RD_OK || bytes->broken != RD_OK;
    rd_plain_segment_add(plain, NULL, before, plain->changed.length - before);
    rd_buf_clear(bytes);
}

/* Whether the statement so far may still become CREATE TABLESPACE. */
static bool plain_undecided(const struct rd_plain *plain)
{
    size_t length = plain->statement_length;

    return plain->in_statement && !plain->rewriting && length < sizeof(plain_tablespace) - 1 &&
           strncasecmp(plain->statement, plain_tablespace, length) == 0;
}

/* After each character of a statement's beginning. */
static void plain_decide(struct rd_plain *plain, bool ended)
{
    size_t length = sizeof(plain_tablespace) - 1;

    if (plain->rewriting || (plain->statement_length > length && plain->unsent.length == 0))
        return;
    if (plain->statement_length >= length && plain->listener.tablespace != NULL &&
        plain->statement_length == length &&
        strncasecmp(plain->statement, plain_tablespace, length) == 0) {
        plain->rewriting = true;
        plain->rewriting_line = plain->statement_line;
        rd_buf_clear(&plain->unsent);
        if (plain->statement_from != NULL)
            plain_send_until(plain, plain->statement_from);
    } else if (plain->unsent.length > 0 && (ended || !plain_undecided(plain))) {
        plain_send_copy(plain, &plain->unsent);
    }
}

static void plain_statement_begins(struct rd_plain *plain, const char *at)
{
    plain->in_statement = true;
    plain->statement_length = 0;
    plain->statement_line = plain->line;
    plain->statement_from = at;
    plain->dump_complete = plain->cluster_complete = false;
}

/* A character that is part of a statement. */
static void plain_statement_character(struct rd_plain *plain, char character, const char *at)
{
    if (!plain->in_statement) {
        if (isspace((unsigned char)character))
            return;
        plain_statement_begins(plain, at);
    }
    rd_plain_statement_add(plain, character);
    plain_decide(plain, false);
}

/* The inside of a string or a quoted name; of a long one the end, for the tail. */
static void plain_statement_text(struct rd_plain *plain, const char *from, const char *end)
{
    bool full = plain->statement_length == PLAIN_STATEMENT_MAX - 1;

    if (full && end - from > PLAIN_TAIL)
        from = end - PLAIN_TAIL;
    else if (end - from > PLAIN_STATEMENT_MAX + PLAIN_TAIL)
        end = from + PLAIN_STATEMENT_MAX + PLAIN_TAIL;
    for (; from < end; from++)
        rd_plain_statement_add(plain, *from);
}

static int plain_semicolon(struct rd_plain *plain, const char *at, struct rd_err *reterr)
{
    int code = RD_OK;

    if (!plain->in_statement)
        return RD_OK;
    plain_decide(plain, true);
    if (plain->rewriting) {
        code = rd_plain_rewrite(plain, reterr);
        plain->rewriting = false;
        plain->unsent_from = at + 1;
    }
    return code == RD_OK ? rd_plain_statement_end(plain, reterr) : code;
}

static bool plain_is_word(char character)
{
    return isalnum((unsigned char)character) || character == '_' ||
           ((unsigned char)character & 0x80) != 0;
}

/* Follows "$tag$": a '$' outside of words, then letters, then '$'. True when it is complete. */
static bool plain_tag_character(struct rd_plain *plain, char character)
{
    if (character == '$' && plain->tag_length > 0) {
        plain->tag[plain->tag_length++] = '$';
        plain->tag_match = 0;
        return true;
    }
    bool digit_first = plain->tag_length == 1 && isdigit((unsigned char)character);
    if (character == '$' && !plain_is_word(plain->previous)) {
        plain->tag[0] = '$';
        plain->tag_length = 1;
    } else if (plain->tag_length > 0 && plain_is_word(character) && !digit_first &&
               plain->tag_length < PLAIN_TAG_MAX - 1) {
        plain->tag[plain->tag_length++] = character;
    } else {
        plain->tag_length = 0;
    }
    return false;
}

/* A quote directly after a closing one goes on with the same string. */
static enum plain_state plain_quote(const struct rd_plain *plain)
{
    if (plain->previous == '\'')
        return plain->last_quote;
    bool escapes = (plain->previous == 'E' || plain->previous == 'e') &&
                   !plain_is_word(plain->before_previous);
    return escapes ? PLAIN_ESCAPE_QUOTE : PLAIN_QUOTE;
}

static int plain_backslash(struct rd_plain *plain, const char *at, struct rd_err *reterr)
{
    rd_buf_clear(&plain->held);
    if (plain->in_statement) {
        rd_buf_puts(&plain->held, "\\ inside a statement");
        return rd_plain_meta(plain, reterr);
    }
    rd_buf_puts(&plain->held, "\\");
    plain_send_until(plain, at);
    plain->state = PLAIN_META;
    return RD_OK;
}

/* The second character after '-' or '/'. True when the two begin a comment. */
static bool plain_comment_begins(struct rd_plain *plain, char character, const char *at)
{
    char first = plain->pending;

    plain->pending = '\0';
    if (first == '-' && character == '-') {
        plain->state = PLAIN_COMMENT;
        plain->text_length = 0;
        plain->text_whole_line = plain->pending_begins_line && !plain->in_statement;
        memcpy(plain->text, "--", 2);
        plain->text_length = 2;
        return true;
    }
    if (first == '/' && character == '*') {
        plain->state = PLAIN_BLOCK_COMMENT;
        plain->depth = 1;
        plain->previous = '\0';
        return true;
    }
    plain_statement_character(plain, first, at);
    plain->before_previous = plain->previous;
    plain->previous = first;
    return false;
}

/* One character of SQL outside of strings and comments. */
static int plain_top(struct rd_plain *plain, const char *at, struct rd_err *reterr)
{
    char character = *at;
    bool begins = plain->line_begins;
    int code = RD_OK;

    plain->line_begins = character == '\n';
    if (plain->pending != '\0' && plain_comment_begins(plain, character, at))
        return RD_OK;
    if (character == '\\')
        return plain_backslash(plain, at, reterr);
    if (character == '-' || character == '/') {
        plain->pending = character;
        plain->pending_begins_line = begins;
        plain->tag_length = 0;
        return RD_OK;
    }

    if (character == ';') {
        code = plain_semicolon(plain, at, reterr);
        plain->tag_length = 0;
    } else {
        plain_statement_character(plain, character, at);
        if (plain_tag_character(plain, character))
            plain->state = PLAIN_DOLLAR;
        else if (character == '\'')
            plain->state = plain->last_quote = plain_quote(plain);
        else if (character == '"')
            plain->state = PLAIN_NAME;
    }
    if (character == '\n') {
        plain->line++;
        if (plain->state == PLAIN_COPY_BEGINS)
            plain->state = PLAIN_COPY;
    }
    plain->before_previous = plain->previous;
    plain->previous = character;
    return code;
}

/* Counts the newlines of a stretch that was passed over. */
static void plain_count_lines(struct rd_plain *plain, const char *from, const char *end)
{
    while ((from = memchr(from, '\n', (size_t)(end - from))) != NULL) {
        plain->line++;
        from++;
    }
}

/* Up to and with the closing character of a string or name, or to the end of the piece. */
static const char *plain_skip_quoted(struct rd_plain *plain, const char *at, const char *end,
                                     char quote)
{
    const char *close = memchr(at, quote, (size_t)(end - at));
    const char *stop = close != NULL ? close + 1 : end;

    plain_count_lines(plain, at, stop);
    plain_statement_text(plain, at, stop);
    if (close != NULL) {
        plain->state = PLAIN_TOP;
        plain->before_previous = '\0';
        plain->previous = quote;
    }
    return stop;
}

static const char *plain_skip_escaped(struct rd_plain *plain, const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '\n')
            plain->line++;
        rd_plain_statement_add(plain, *at);
        if (plain->escaped) {
            plain->escaped = false;
        } else if (*at == '\\') {
            plain->escaped = true;
        } else if (*at == '\'') {
            plain->state = PLAIN_TOP;
            plain->previous = '\'';
            return at + 1;
        }
    }
    return at;
}

static const char *plain_skip_dollar(struct rd_plain *plain, const char *at, const char *end)
{
    while (at < end) {
        if (plain->tag_match == 0) {
            const char *sign = memchr(at, '$', (size_t)(end - at));
            plain_count_lines(plain, at, sign != NULL ? sign : end);
            if (sign == NULL)
                return end;
            at = sign + 1;
            plain->tag_match = 1;
        } else if (*at == plain->tag[plain->tag_match]) {
            at++;
            plain->tag_match++;
        } else {
            /* Not our tag; its '$', if this is one, may begin the next try. */
            plain->tag_match = 0;
        }
        if (plain->tag_match == plain->tag_length) {
            plain->state = PLAIN_TOP;
            plain->tag_length = 0;
            plain->previous = '$';
            return at;
        }
    }
    return at;
}

static const char *plain_skip_comment(struct rd_plain *plain, const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    const char *stop = newline != NULL ? newline : end;
    size_t room = PLAIN_LINE_MAX - 1 - plain->text_length;
    size_t length = (size_t)(stop - at) < room ? (size_t)(stop - at) : room;

    memcpy(plain->text + plain->text_length, at, length);
    plain->text_length += length;
    if (newline == NULL)
        return end;
    if (plain->text_whole_line)
        rd_plain_comment(plain);
    plain->line++;
    plain->line_begins = true;
    plain->state = PLAIN_TOP;
    plain->previous = '\n';
    return newline + 1;
}

static const char *plain_skip_block(struct rd_plain *plain, const char *at, const char *end)
{
    for (; at < end; at++) {
        char pair = plain->previous;
        plain->previous = *at;
        if (*at == '\n')
            plain->line++;
        if (pair == '/' && *at == '*') {
            plain->depth++;
            plain->previous = '\0';
        } else if (pair == '*' && *at == '/') {
            plain->previous = '\0';
            if (--plain->depth == 0) {
                plain->state = PLAIN_TOP;
                return at + 1;
            }
        }
    }
    return at;
}

/* Rows, until the line that ends them. */
static const char *plain_skip_rows(struct rd_plain *plain, const char *at, const char *end)
{
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline != NULL ? newline : end;

        for (; at < stop && plain->text_length < 4; at++)
            plain->text[plain->text_length++] = *at;
        if (newline == NULL)
            return end;
        at = newline + 1;
        plain->line++;
        bool last = (plain->text_length == 2 && memcmp(plain->text, "\\.", 2) == 0) ||
                    (plain->text_length == 3 && memcmp(plain->text, "\\.\r", 3) == 0);
        plain->text_length = 0;
        if (last) {
            plain->state = PLAIN_TOP;
            plain->line_begins = true;
            plain->previous = '\n';
            return at;
        }
    }
    return at;
}

/* A meta-command is held back until its line is whole. */
static int plain_hold_meta(struct rd_plain *plain, const char **at, const char *end,
                           struct rd_err *reterr)
{
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    const char *stop = newline != NULL ? newline + 1 : end;

    rd_buf_add(&plain->held, *at, (size_t)(stop - *at));
    *at = stop;
    if (newline == NULL)
        return plain->held.broken == RD_OK ? RD_OK : rd_plain_meta(plain, reterr);

    int code = rd_plain_meta(plain, reterr);
    if (code != RD_OK)
        return code;
    plain_send_copy(plain, &plain->held);
    plain->unsent_from = stop;
    plain->state = PLAIN_TOP;
    plain->line++;
    plain->line_begins = true;
    plain->previous = '\n';
    return RD_OK;
}

static int plain_step(struct rd_plain *plain, const char **at, const char *end,
                      struct rd_err *reterr)
{
    switch (plain->state) {
    case PLAIN_QUOTE:
        *at = plain_skip_quoted(plain, *at, end, '\'');
        return RD_OK;
    case PLAIN_NAME:
        *at = plain_skip_quoted(plain, *at, end, '"');
        return RD_OK;
    case PLAIN_ESCAPE_QUOTE:
        *at = plain_skip_escaped(plain, *at, end);
        return RD_OK;
    case PLAIN_DOLLAR:
        *at = plain_skip_dollar(plain, *at, end);
        return RD_OK;
    case PLAIN_COMMENT:
        *at = plain_skip_comment(plain, *at, end);
        return RD_OK;
    case PLAIN_BLOCK_COMMENT:
        *at = plain_skip_block(plain, *at, end);
        return RD_OK;
    case PLAIN_COPY:
        *at = plain_skip_rows(plain, *at, end);
        return RD_OK;
    case PLAIN_META:
        return plain_hold_meta(plain, at, end, reterr);
    default: {
        const char *character = (*at)++;
        return plain_top(plain, character, reterr);
    }
    }
}

/* What is left of the piece is handed on, but for what is held back. */
static void plain_send_rest(struct rd_plain *plain, const char *data, const char *end)
{
    if (plain->state == PLAIN_META || plain->rewriting)
        return;
    if (plain->listener.tablespace != NULL && plain_undecided(plain)) {
        const char *from = plain->statement_from != NULL ? plain->statement_from : data;
        if (from > plain->unsent_from)
            plain_send_until(plain, from);
        rd_buf_add(&plain->unsent, from, (size_t)(end - from));
        return;
    }
    plain_send_until(plain, end);
}

int rd_plain_scan(struct rd_plain *plain, const char *data, size_t length, struct rd_err *reterr)
{
    const char *at = data;
    const char *end = data + length;

    plain->segment_count = plain->segment_next = 0;
    rd_buf_clear(&plain->changed);
    plain->unsent_from = data;
    plain->statement_from = NULL;
    while (at < end) {
        int code = plain_step(plain, &at, end, reterr);
        if (code != RD_OK) {
            plain->segment_count = 0;
            return code;
        }
    }
    plain_send_rest(plain, data, end);
    return plain->broken ? rd_err_memory(reterr) : RD_OK;
}

bool rd_plain_next(struct rd_plain *plain, const char **ret_data, size_t *ret_length)
{
    if (plain->segment_next == plain->segment_count)
        return false;
    const struct plain_segment *segment = &plain->segments[plain->segment_next++];
    *ret_data =
        segment->data != NULL ? segment->data : rd_buf_text(&plain->changed) + segment->offset;
    *ret_length = segment->length;
    return true;
}

int rd_plain_end(struct rd_plain *plain, struct rd_err *reterr)
{
    if (plain->state == PLAIN_COMMENT && plain->text_whole_line)
        rd_plain_comment(plain);

    long long line = (long long)plain->line;
    if (plain->state == PLAIN_COPY || plain->state == PLAIN_COPY_BEGINS)
        return rd_err_set(reterr, RD_E_BACKUP,
                          "the dump is truncated: it breaks off at line %lld inside the rows of "
                          "'%.80s'",
                          line, plain->copy_table);
    if (plain->in_statement) {
        plain->statement[plain->statement_length < 40 ? plain->statement_length : 40] = '\0';
        return rd_err_set(reterr, RD_E_BACKUP,
                          "the dump is truncated: it breaks off at line %lld inside the statement "
                          "'%s'",
                          line, plain->statement);
    }
    if (plain->cluster ? !plain->cluster_complete : !plain->dump_complete)
        return rd_err_set(
            reterr, RD_E_BACKUP,
            "the dump is truncated: it ends at line %lld without pg_dump's end marker", line);
    return RD_OK;
}

enum rd_plain_line rd_plain_line_kind(const struct rd_plain *plain, int64_t line,
                                      const char **ret_statement)
{
    size_t low = 0, high = plain->line_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plain->lines[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == plain->line_count || plain->lines[low].line != line)
        return RD_PLAIN_ORDINARY;
    *ret_statement = plain->lines[low].statement;
    return plain->lines[low].kind;
}
