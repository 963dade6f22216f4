/*
 * dump_plain.h: follows a plain SQL dump on its way into psql: finds out what the dump says about
 * itself and whether it is whole, keeps back what a dump must not hold, and changes what would
 * reach outside of the work folder. It takes pieces of any size and hands on pieces.
 *
 * What psql gets differs from the dump in this: \restrict and \unrestrict are left out, CREATE
 * TABLESPACE gets a folder of ours, and around COPY psql is told to stop at an error, because it
 * would take the rows of a COPY that failed for statements, and run them.
 */
#ifndef RD_DUMP_PLAIN_H
#define RD_DUMP_PLAIN_H

#include "drills/common/buf.h"

struct rd_plain;

enum { RD_PLAIN_FACT = 128, RD_PLAIN_NAME = 256 };

/* What a dump says about itself; "" where it does not (yet). */
struct rd_plain_facts {
    bool cluster;                       /* of pg_dumpall */
    bool connects;                      /* \connect was seen: it goes to databases of its own */
    char server_version[RD_PLAIN_FACT]; /* "15.18 (Debian …)" */
    char tool_version[RD_PLAIN_FACT];
    char started[RD_PLAIN_FACT]; /* "2026-11-21 06:58:20 UTC" */
    char client_encoding[RD_PLAIN_FACT];
    /* Of the first CREATE DATABASE. */
    char database[RD_PLAIN_NAME];
    char encoding[RD_PLAIN_FACT], locale_provider[RD_PLAIN_FACT];
    char collate[RD_PLAIN_FACT], ctype[RD_PLAIN_FACT], icu_locale[RD_PLAIN_FACT];
};

struct rd_plain_host {
    /* MAY: the folder that a tablespace gets instead of its own; `number` counts them. Without it
     * CREATE TABLESPACE is refused. NULL is an error, filled into `reterr`. */
    const char *(*tablespace)(void *context, int64_t number, struct rd_err *reterr);
    void *context;
};

int rd_plain_new(const struct rd_plain_host *host, struct rd_plain **ret_plain,
                 struct rd_err *reterr) RD_MUST_CHECK;
void rd_plain_free(struct rd_plain *plain);
void rd_plain_freep(struct rd_plain **plain);

/* The next piece; must stay as it is until rd_plain_next has said that it is used up. */
void rd_plain_give(struct rd_plain *plain, const char *data, size_t length);

/*
 * What is to be handed on next, valid until the next call; length 0 when the piece is used up.
 * RD_E_BACKUP for what no dump holds: meta-commands but those of pg_dump,
 * COPY with programs and files, a zero byte. RD_E_UNSUPPORTED for what cannot be followed.
 */
int rd_plain_next(struct rd_plain *plain, const char **ret_data, size_t *ret_length,
                  struct rd_err *reterr) RD_MUST_CHECK;

const struct rd_plain_facts *rd_plain_facts(const struct rd_plain *plain);

/*
 * After the last piece. RD_OK: it has pg_dump's end marker. RD_E_BACKUP: it is truncated, the
 * message says where. RD_E_FORMAT: nothing tells whether it is whole, because it has no header of
 * pg_dump, or goes on after the end marker.
 */
int rd_plain_end(struct rd_plain *plain, struct rd_err *reterr) RD_MUST_CHECK;

/* What psql may complain about at a line without the backup being at fault. */
enum rd_plain_line {
    RD_PLAIN_ORDINARY = 1,
    RD_PLAIN_DROP, /* a statement that clears the way, on a cluster that has nothing in it, ends */
    RD_PLAIN_SET,  /* a SET, maybe of what a newer server knows, ends */
};

/* For a line as psql counts them: its kind, and its number in the dump. Only for the last ones that
 * were handed on, of which there are more than a pipe can hold. */
enum rd_plain_line rd_plain_look_up(const struct rd_plain *plain, int64_t psql_line,
                                    int64_t *ret_line);

#endif
