/*
 * dump_plain.h: follows a plain SQL dump on its way into psql: where statements, COPY data and
 * comments begin and end, whether the end marker was seen, and what a dump must not hold. It is
 * given pieces of any size and hands them on, changed only where the quarantine asks for it.
 */
#ifndef RD_DUMP_PLAIN_H
#define RD_DUMP_PLAIN_H

#include "drills/common/buf.h"

struct rd_plain;

struct rd_plain_listener {
    void *context;
    void (*on_comment)(void *context,
                       const char *line); /* MAY: a whole line "-- …", without its newline */
    /* MAY: the beginning of a statement (at most 1023 bytes, white space folded) when it has ended,
     * or a meta-command. */
    void (*on_statement)(void *context, const char *statement);
    /* MAY: the folder that CREATE TABLESPACE shall use instead of its own; NULL is an error
     * that ends the scan. */
    const char *(*tablespace)(void *context, const char *name);
};

/* What psql's complaint about a line may be expected for. */
enum rd_plain_line {
    RD_PLAIN_ORDINARY = 1,
    RD_PLAIN_CLEANUP,  /* ends a DROP or an ALTER … DROP */
    RD_PLAIN_ROLE,     /* ends a CREATE ROLE */
    RD_PLAIN_DATABASE, /* ends a CREATE DATABASE */
};

int rd_plain_new(const struct rd_plain_listener *listener, struct rd_plain **ret_plain,
                 struct rd_err *reterr) RD_MUST_CHECK;
void rd_plain_free(struct rd_plain *plain);
void rd_plain_freep(struct rd_plain **plain);

/*
 * Follows the next piece, which must stay as it is until the one after it. RD_E_BACKUP for what a
 * dump must not hold: meta-commands other than \connect, \restrict and \unrestrict, \connect to
 * another server, COPY with a program or a file. Then nothing of this piece may be handed on.
 */
int rd_plain_scan(struct rd_plain *plain, const char *data, size_t length,
                  struct rd_err *reterr) RD_MUST_CHECK;

/* The pieces to hand on, in their order, after a scan; valid until the next one. False when there
 * are no more. */
bool rd_plain_next(struct rd_plain *plain, const char **ret_data, size_t *ret_length);

/* After the last piece: RD_OK when the dump is whole, else RD_E_BACKUP that says where it breaks
 * off. */
int rd_plain_end(struct rd_plain *plain, struct rd_err *reterr) RD_MUST_CHECK;

/* What kind of statement ended at this line (from 1), as psql counts lines, and the beginning of it
 * for ROLE and DATABASE. */
enum rd_plain_line rd_plain_line_kind(const struct rd_plain *plain, int64_t line,
                                      const char **ret_statement);

#endif
