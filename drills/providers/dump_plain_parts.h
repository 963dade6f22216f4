/*
 * dump_plain_parts.h: the scanner's insides, shared by dump_plain.c (characters) and
 * dump_plain_text.c (statements, meta-commands and comments).
 */
#ifndef RD_DUMP_PLAIN_PARTS_H
#define RD_DUMP_PLAIN_PARTS_H

#include "drills/providers/dump_plain.h"

enum plain_state {
    PLAIN_TOP = 1,       /* SQL outside of everything below */
    PLAIN_COMMENT,       /* from -- to the end of the line */
    PLAIN_BLOCK_COMMENT, /* nested */
    PLAIN_QUOTE,         /* '…' */
    PLAIN_ESCAPE_QUOTE,  /* E'…' */
    PLAIN_NAME,          /* "…" */
    PLAIN_DOLLAR,        /* $tag$…$tag$ */
    PLAIN_META,          /* a meta-command, until the end of the line; held back */
    PLAIN_COPY_BEGINS,   /* between COPY … FROM stdin; and the next line */
    PLAIN_COPY,          /* rows, until a line \. */
};

enum {
    PLAIN_STATEMENT_MAX = 1024,
    PLAIN_TAIL = 16,
    PLAIN_LINE_MAX = 1024,
    PLAIN_TAG_MAX = 64,
    PLAIN_HELD_MAX = 64 * 1024,
    PLAIN_LINES_MAX = 200000,
};

struct plain_line {
    int64_t line;
    enum rd_plain_line kind;
    char *statement; /* of ROLE and DATABASE */
};

/* A piece of what psql gets: of the scanned piece, or of `changed`. */
struct plain_segment {
    const char *data; /* NULL: `changed` from `offset` */
    size_t offset, length;
};

struct rd_plain {
    struct rd_plain_listener listener;
    enum plain_state state;
    int64_t line;                   /* from 1 */
    char previous, before_previous; /* characters, where two make a sign */
    char pending;                   /* a '-' or '/' that may begin a comment */
    bool pending_begins_line;
    enum plain_state last_quote;
    bool line_begins;
    int depth; /* of block comments */
    bool escaped;

    bool in_statement;
    char statement[PLAIN_STATEMENT_MAX];
    size_t statement_length; /* what fits */
    char tail[PLAIN_TAIL];   /* its last characters */
    int64_t statement_line;

    char text[PLAIN_LINE_MAX]; /* of a comment's line or a COPY row's first bytes */
    size_t text_length;
    bool text_whole_line; /* the comment began its line */

    char tag[PLAIN_TAG_MAX]; /* "$tag$" */
    size_t tag_length, tag_match;

    char copy_table[PLAIN_STATEMENT_MAX];
    bool cluster, dump_complete, cluster_complete;

    bool rewriting; /* inside CREATE TABLESPACE */
    int64_t rewriting_line;
    const char *unsent_from; /* first byte of the piece that is not in a segment yet */
    const char
        *statement_from;  /* where the statement begins in the piece; NULL: in an earlier one */
    struct rd_buf unsent; /* the beginning of a statement that might be CREATE TABLESPACE */
    struct rd_buf held;   /* a meta-command */
    struct rd_buf changed;
    struct plain_segment *segments;
    size_t segment_count, segment_room, segment_next;

    struct plain_line *lines;
    size_t line_count, line_room;
    bool broken; /* memory is gone */
};

/* Adds to the statement, white space folded to one blank. */
void rd_plain_statement_add(struct rd_plain *plain, char character);

/* At its semicolon: remembers the line, finds COPY, tells the listener. */
int rd_plain_statement_end(struct rd_plain *plain, struct rd_err *reterr) RD_MUST_CHECK;

/* The text of a CREATE TABLESPACE that uses our folder, appended to `changed`. */
int rd_plain_rewrite(struct rd_plain *plain, struct rd_err *reterr) RD_MUST_CHECK;

/* A whole meta-command in `held`. */
int rd_plain_meta(struct rd_plain *plain, struct rd_err *reterr) RD_MUST_CHECK;

/* A comment line in `text`. */
void rd_plain_comment(struct rd_plain *plain);

void rd_plain_segment_add(struct rd_plain *plain, const char *data, size_t offset, size_t length);

#endif
