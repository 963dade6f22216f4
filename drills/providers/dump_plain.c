/*
 * dump_plain.c: pieces of a plain dump in, pieces for psql out; see dump_plain.h. Bytes go on as
 * they are unless an event of the lexer says otherwise. A statement is held back from its first
 * byte until its first words tell that nobody has to look at it, else until its semicolon.
 */
#include "drills/providers/dump_plain.h"

#include <stdlib.h>
#include <string.h>

#include "drills/providers/dump_plain_parts.h"

int rd_plain_new(const struct rd_plain_host *host, struct rd_plain **ret_plain,
                 struct rd_err *reterr)
{
    struct rd_plain *plain = calloc(1, sizeof(*plain));

    if (plain == NULL)
        return rd_err_memory(reterr);
    rd_dump_lex_init(&plain->lex);
    plain->host = *host;
    plain->held = (struct rd_buf)RD_BUF_INIT(RD_PLAIN_HELD_MAX);
    plain->made = (struct rd_buf)RD_BUF_INIT(2 * RD_PLAIN_HELD_MAX);
    plain->clearing = true;
    plain->marks = calloc(RD_PLAIN_LINES_MAX, sizeof(*plain->marks));
    if (plain->marks == NULL) {
        rd_plain_free(plain);
        return rd_err_memory(reterr);
    }
    *ret_plain = plain;
    return RD_OK;
}

void rd_plain_free(struct rd_plain *plain)
{
    if (plain == NULL)
        return;
    rd_buf_free(&plain->held);
    rd_buf_free(&plain->made);
    free(plain->marks);
    free(plain);
}

void rd_plain_freep(struct rd_plain **plain)
{
    rd_plain_free(*plain);
    *plain = NULL;
}

const struct rd_plain_facts *rd_plain_facts(const struct rd_plain *plain)
{
    return &plain->facts;
}

void rd_plain_give(struct rd_plain *plain, const char *data, size_t length)
{
    plain->piece = data;
    plain->length = length;
    plain->at = plain->sent = plain->held_from = 0;
}

static enum rd_plain_kind plain_kind(const struct rd_plain *plain)
{
    static const struct {
        const char *first, *second; /* NULL: any */
        enum rd_plain_kind kind;
    } kinds[] = {
        {"copy", NULL, RD_PLAIN_COPY},
        {"create", "tablespace", RD_PLAIN_TABLESPACE},
        {"create", "database", RD_PLAIN_DATABASE},
        {"create", "or", RD_PLAIN_VIEW},
        {"alter", NULL, RD_PLAIN_ALTER},
        {"drop", NULL, RD_PLAIN_DROPS},
        {"set", NULL, RD_PLAIN_SETS},
        {"select", "pg_catalog", RD_PLAIN_CALL},
    };

    for (size_t i = 0; i < RD_COUNT(kinds); i++) {
        if (strcmp(plain->lex.words[0], kinds[i].first) == 0 &&
            (kinds[i].second == NULL || strcmp(plain->lex.words[1], kinds[i].second) == 0))
            return kinds[i].kind >= RD_PLAIN_CALL && !plain->clearing ? RD_PLAIN_OTHER
                                                                      : kinds[i].kind;
    }
    return RD_PLAIN_OTHER;
}

/* What was held goes on unchanged. */
static void plain_release(struct rd_plain *plain)
{
    plain->holding = false;
    if (plain->held.length == 0)
        return;
    rd_buf_add(&plain->made, plain->held.data, plain->held.length);
    plain->made_ready = true;
    rd_buf_clear(&plain->held);
}

/* Adds what the piece has of a held statement. */
static int plain_hold(struct rd_plain *plain, struct rd_err *reterr)
{
    size_t length = plain->at - plain->held_from;

    if (length <= plain->held.max - plain->held.length) {
        rd_buf_add(&plain->held, plain->piece + plain->held_from, length);
        plain->held_from = plain->at;
        return rd_buf_status(&plain->held, "a statement", reterr);
    }
    if (plain->kind == RD_PLAIN_COPY || plain->kind == RD_PLAIN_TABLESPACE)
        return rd_err_set(reterr, RD_E_UNSUPPORTED,
                          "the statement at line %lld is longer than %zu bytes",
                          (long long)plain->statement_line, plain->held.max);
    plain->kind = RD_PLAIN_OTHER;
    plain_release(plain);
    return RD_OK;
}

static int plain_statement_ends(struct rd_plain *plain, size_t *ret_until, size_t *ret_resume,
                                struct rd_err *reterr)
{
    const char *text = plain->piece + plain->held_from;
    size_t length = plain->at - plain->held_from;
    size_t from = plain->held_from;
    bool replaced = false;

    if (!plain->holding)
        return RD_OK;
    if (plain->held.length > 0) {
        int code = plain_hold(plain, reterr);
        if (code != RD_OK || !plain->holding)
            return code;
        text = plain->held.data;
        length = plain->held.length;
    }
    int code = rd_plain_statement(plain, text, length, &replaced, reterr);
    if (code != RD_OK)
        return code;
    if (replaced) {
        *ret_until = from;
        *ret_resume = plain->at;
        plain->made_ready = true;
        rd_buf_clear(&plain->held);
    } else if (plain->held.length > 0) {
        *ret_resume = plain->at;
        plain_release(plain);
    }
    plain->holding = false;
    return RD_OK;
}

/* The piece's end. What is left of it goes on, but for what is held back or left out. */
static int plain_piece_ends(struct rd_plain *plain, size_t *ret_until, size_t *ret_resume,
                            struct rd_err *reterr)
{
    int code = RD_OK;

    *ret_until = plain->in_command ? plain->sent : plain->length;
    *ret_resume = plain->length;
    if (plain->holding) {
        *ret_until = plain->held_from;
        code = plain_hold(plain, reterr);
        if (code == RD_OK && !plain->holding)
            *ret_resume = plain->held_from; /* too long to be held: the piece's part goes on, too */
    }
    return code;
}

/* Before the rows psql was told to stop at an error. */
static void plain_rows_end(struct rd_plain *plain)
{
    rd_buf_puts(&plain->made, "\\set ON_ERROR_STOP 0 \\\\ ");
    plain->made_ready = true;
}

static int plain_command_begins(struct rd_plain *plain, struct rd_err *reterr)
{
    plain->in_command = true;
    if (!plain->lex.in_statement)
        return RD_OK;
    int code = rd_err_set(reterr, RD_E_BACKUP,
                          "line %lld has a meta-command inside a statement, which no dump has",
                          (long long)plain->lex.line);
    rd_err_hint(reterr, "It could run programs, so the restore stopped before it; find out who "
                        "wrote it into the dump.");
    return code;
}

/* Bytes from `sent` to *ret_until go on, then what was made; the piece goes on at *ret_resume. */
static int plain_event(struct rd_plain *plain, enum rd_dump_lex_event event, size_t *ret_until,
                       size_t *ret_resume, struct rd_err *reterr)
{
    int code = RD_OK;

    *ret_until = *ret_resume = plain->sent;
    switch (event) {
    case RD_LEX_BEGINS:
        plain->holding = true;
        plain->held_from = plain->at;
        plain->statement_line = plain->lex.line;
        plain->kind = RD_PLAIN_OTHER;
        rd_plain_goes_on(plain);
        return RD_OK;
    case RD_LEX_KIND:
        plain->kind = plain_kind(plain);
        if (plain->kind != RD_PLAIN_OTHER)
            return RD_OK;
        plain->clearing = plain->clearing && strcmp(plain->lex.words[0], "select") == 0;
        plain_release(plain);
        return RD_OK;
    case RD_LEX_ENDS:
        return plain_statement_ends(plain, ret_until, ret_resume, reterr);
    case RD_LEX_COMMENT:
        rd_plain_comment(plain);
        return RD_OK;
    case RD_LEX_BACKSLASH:
        *ret_until = *ret_resume = plain->at;
        return plain_command_begins(plain, reterr);
    case RD_LEX_COMMAND:
        *ret_resume = plain->at;
        plain->in_command = false;
        plain->made_ready = true;
        return rd_plain_command(plain, reterr);
    case RD_LEX_ROWS_END:
        *ret_until = *ret_resume = plain->at;
        plain_rows_end(plain);
        return RD_OK;
    default:
        code = plain_piece_ends(plain, ret_until, ret_resume, reterr);
        return code;
    }
}

/* Text has no zero bytes, and psql would pass over the rest of a line that has one. */
static int plain_check(struct rd_plain *plain, struct rd_err *reterr)
{
    bool fresh = plain->at == 0 && plain->length > 0;
    const char *zero = fresh ? memchr(plain->piece, '\0', plain->length) : NULL;
    int code = RD_OK;

    if (zero != NULL) {
        int64_t line = plain->lex.line;
        for (const char *at = plain->piece; at < zero; at++)
            line += *at == '\n';
        code = rd_err_set(reterr, RD_E_BACKUP, "line %lld has a zero byte, which no dump has",
                          (long long)line);
        rd_err_hint(reterr, "The file was overwritten in part, or it is no SQL text in UTF-8 or "
                            "another encoding of PostgreSQL.");
    } else if (plain->lex.lost_line > 0) {
        code = rd_err_set(reterr, RD_E_UNSUPPORTED,
                          "line %lld cannot be followed as psql would: it is not pg_dump's",
                          (long long)plain->lex.lost_line);
    }
    return code;
}

int rd_plain_next(struct rd_plain *plain, const char **ret_data, size_t *ret_length,
                  struct rd_err *reterr)
{
    int code = plain_check(plain, reterr);

    if (code == RD_OK && plain->made_ready) {
        plain->made_ready = false;
        *ret_data = rd_buf_text(&plain->made);
        *ret_length = plain->made.length;
        if (*ret_length > 0)
            return rd_buf_status(&plain->made, "a statement", reterr);
    }
    while (code == RD_OK && plain->sent < plain->length) {
        size_t until, resume, from = plain->sent;

        rd_buf_clear(&plain->made);
        enum rd_dump_lex_event event =
            rd_dump_lex_next(&plain->lex, plain->piece, plain->length, &plain->at);
        code = plain_check(plain, reterr);
        if (code == RD_OK)
            code = plain_event(plain, event, &until, &resume, reterr);
        if (code != RD_OK)
            return code;
        plain->sent = resume;
        if (until > from) {
            *ret_data = plain->piece + from;
            *ret_length = until - from;
            return RD_OK;
        }
        if (plain->made_ready)
            return rd_plain_next(plain, ret_data, ret_length, reterr);
    }
    *ret_length = 0;
    return code;
}
