/*
 * dump_plain_parts.h: what the files of the scanner share: dump_plain.c (pieces), dump_plain_text.c
 * (statements and meta-commands), dump_plain_end.c (comments, and whether a dump is whole) and
 * dump_plain_lines.c (lines of psql).
 */
#ifndef RD_DUMP_PLAIN_PARTS_H
#define RD_DUMP_PLAIN_PARTS_H

#include "drills/providers/dump_lex.h"
#include "drills/providers/dump_plain.h"

enum {
    RD_PLAIN_HELD_MAX = 1024 * 1024, /* of a statement that is looked at as a whole */
    RD_PLAIN_LINES_MAX = 128 * 1024, /* more than end in what a pipe and two buffers hold */
};

enum rd_plain_kind {
    RD_PLAIN_OTHER = 1, /* nobody looks at it */
    RD_PLAIN_COPY,
    RD_PLAIN_TABLESPACE,
    RD_PLAIN_DATABASE,
    RD_PLAIN_ALTER,
    RD_PLAIN_DROPS,
    RD_PLAIN_SETS,
    RD_PLAIN_CALL, /* SELECT pg_catalog.…: lo_unlink among what clears the way */
    RD_PLAIN_VIEW, /* CREATE OR REPLACE: pg_dump --clean cuts a view's dependencies so */
};

struct rd_plain_mark {
    int64_t psql_line;
    int64_t added; /* lines that psql got and the dump does not have, up to here */
    enum rd_plain_line kind;
};

struct rd_plain {
    struct rd_dump_lex lex;
    struct rd_plain_host host;
    struct rd_plain_facts facts;

    const char *piece;
    size_t length;
    size_t at;   /* the lexer has come this far */
    size_t sent; /* and this far the piece is handed on, held or left out */

    bool holding;       /* a statement may have to be changed: it is not handed on */
    size_t held_from;   /* where it begins, or goes on, in the piece */
    struct rd_buf held; /* what of it was in earlier pieces */
    bool in_command;    /* a meta-command is left out of the piece */
    enum rd_plain_kind kind;
    int64_t statement_line;
    struct rd_buf made; /* is handed on before the piece goes on */
    bool made_ready;

    bool clearing; /* nothing but statements that clear the way so far */
    int64_t tablespaces;
    char table[RD_PLAIN_NAME]; /* of the last COPY */

    /* Dumps within the text; lines of their headers, 0 without an open one. */
    int64_t cluster_from, dump_from;
    int64_t unfinished_line; /* where a dump's header came before the end of the one before */
    int64_t after_end_line;  /* the first statement after the last end marker */
    int64_t ends;            /* markers */

    struct rd_plain_mark *marks; /* a ring */
    size_t mark_count;           /* all that there were */
    int64_t added;
};

/* A statement with its semicolon. Sets `made` where it is to be replaced, and then *ret_replaced.
 */
int rd_plain_statement(struct rd_plain *plain, const char *text, size_t length, bool *ret_replaced,
                       struct rd_err *reterr) RD_MUST_CHECK;

/* The meta-command in the lexer's text, into `made`. */
int rd_plain_command(struct rd_plain *plain, struct rd_err *reterr) RD_MUST_CHECK;

/* The comment in the lexer's text. */
void rd_plain_comment(struct rd_plain *plain);

/* A statement begins at this line, which an end marker must not be followed by. */
void rd_plain_goes_on(struct rd_plain *plain);

/* Remembers the line that the lexer has come to. */
int rd_plain_mark(struct rd_plain *plain, enum rd_plain_line kind,
                  struct rd_err *reterr) RD_MUST_CHECK;

#endif
