/*
 * dump_lex.h: takes SQL text apart where psql does: statements, comments, quotes, meta-commands and
 * the rows of COPY. It must agree with psql about every byte, because what psql takes for a
 * meta-command runs programs (src/fe_utils/psqlscan.l; `COPY` in src/bin/psql/copy.c). Pieces of
 * the text may end anywhere.
 */
#ifndef RD_DUMP_LEX_H
#define RD_DUMP_LEX_H

#include "drills/common/base.h"

enum rd_dump_lex_event {
    RD_LEX_MORE = 1,  /* the piece is used up */
    RD_LEX_BEGINS,    /* a statement begins with the next byte */
    RD_LEX_KIND,      /* its first words are known: `words` */
    RD_LEX_ENDS,      /* its semicolon was the last byte */
    RD_LEX_COMMENT,   /* a comment outside of statements ends before the next byte: `text` */
    RD_LEX_BACKSLASH, /* a meta-command begins with the next byte */
    RD_LEX_COMMAND,   /* and ends before the next byte: `text` */
    RD_LEX_ROWS_END,  /* the line "\." is passed */
};

enum {
    RD_DUMP_LEX_WORDS = 2,
    RD_DUMP_LEX_WORD = 24,
    RD_DUMP_LEX_TEXT = 1024,
    RD_DUMP_LEX_TAG = 128
};

enum rd_dump_lex_state {
    RD_LEX_SQL = 1,        /* outside of everything below */
    RD_LEX_DASH,           /* after a '-' that may begin a comment */
    RD_LEX_SLASH,          /* after a '/' that may */
    RD_LEX_LINE_COMMENT,   /* -- to the end of the line */
    RD_LEX_BLOCK_COMMENT,  /* nested */
    RD_LEX_STRING,         /* '…' */
    RD_LEX_STRING_ESCAPED, /* E'…' */
    RD_LEX_STRING_CLOSED,  /* after a closing ', which another one would undo */
    RD_LEX_NAME,           /* "…" */
    RD_LEX_TAG,            /* after a '$' that may begin $tag$ */
    RD_LEX_DOLLAR,         /* $tag$…$tag$ */
    RD_LEX_META,           /* a meta-command, to the end of the line */
    RD_LEX_ROWS_WAIT,      /* COPY's own line */
    RD_LEX_ROWS,           /* rows, until a line "\." */
};

/* Zeroed, then rd_dump_lex_init. The first members are for users, the others are the lexer's. */
struct rd_dump_lex {
    int64_t line; /* from 1: of the next byte */
    enum rd_dump_lex_state state;
    bool in_statement;
    bool backslashes; /* standard_conforming_strings is off: a user sets it */
    char words[RD_DUMP_LEX_WORDS][RD_DUMP_LEX_WORD]; /* lower case, cut; "" for what is no word */
    char text[RD_DUMP_LEX_TEXT]; /* of a comment or meta-command, with its mark */
    size_t text_length;          /* of the whole; what is beyond the array is not kept */

    int64_t
        lost_line; /* from this line on it is not certain that psql would read the same; else 0 */

    bool kind_told, in_word, escaped, keep_text;
    bool variable;             /* the word is psql's :name */
    bool number, after_number; /* the word follows a number without a blank, or would */
    int goes_on;
    char prefix; /* the word of one letter directly before the next byte */
    int word_count;
    int word_length;
    char word[RD_DUMP_LEX_WORD];
    char heads[4]; /* what the statement's first words mean for BEGIN ATOMIC … END */
    int parens, begins, comments;
    char previous;
    char tag[RD_DUMP_LEX_TAG];
    int tag_length, tag_match;
    int row_match;
};

void rd_dump_lex_init(struct rd_dump_lex *lex);

/*
 * Goes on in `data` from *at and moves *at to where the event says. Call again until RD_LEX_MORE,
 * which comes at the end of the piece only. `lost_line` is set by a $tag$ longer than
 * RD_DUMP_LEX_TAG, and by anything behind COPY … FROM stdin on its line.
 */
enum rd_dump_lex_event rd_dump_lex_next(struct rd_dump_lex *lex, const char *data, size_t length,
                                        size_t *at);

/* After RD_LEX_ENDS of a COPY … FROM stdin: rows follow from the next line on. */
void rd_dump_lex_rows(struct rd_dump_lex *lex);

#endif
