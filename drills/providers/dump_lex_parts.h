/*
 * dump_lex_parts.h: what the two halves of the lexer share: dump_lex_sql.c (words and signs of SQL)
 * and dump_lex.c (everything that is passed over: comments, strings, bodies, rows).
 */
#ifndef RD_DUMP_LEX_PARTS_H
#define RD_DUMP_LEX_PARTS_H

#include "drills/providers/dump_lex.h"

enum lex_class {
    LEX_OTHER,
    LEX_SPACE,
    LEX_NEWLINE,
    LEX_LETTER,
    LEX_DIGIT,
    LEX_MARK, /* has a meaning of its own, see lex_mark */
};

/*
 * Whether a string that follows is the second part of an E'…', which has no E of its own. SQL wants
 * a newline between them; psql looks at one line at a time and so knows only carriage returns.
 */
enum { LEX_IS_OVER, LEX_MAY_GO_ON, LEX_GOES_ON };

enum lex_class rd_lex_class(char character);

/* From here on it is not certain that psql would read the same. */
void rd_lex_lose(struct rd_dump_lex *lex);

void rd_lex_statement_begins(struct rd_dump_lex *lex);

/* The bytes of a word, from *at on. */
void rd_lex_word(struct rd_dump_lex *lex, const char *data, size_t length, size_t *at);

/* SQL outside of quotes and comments: one byte, or one word. */
enum rd_dump_lex_event rd_lex_sql(struct rd_dump_lex *lex, const char *data, size_t length,
                                  size_t *at);

#endif
