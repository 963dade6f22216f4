/*
 * pg.h: sessions on a PostgreSQL server. libpq is included by pg.c only. A session never blocks
 * beyond its deadline: a query that is still running then is cancelled at the server.
 */
#ifndef RD_PG_H
#define RD_PG_H

#include "drills/common/buf.h"
#include "drills/common/deadline.h"

struct rd_pg;        /* a session */
struct rd_pg_result; /* rows, all as text */

struct rd_pg_option {
    const char *keyword; /* of libpq: host, port, user, dbname, password, … */
    const char *value;
};

enum {
    RD_PG_WRITES = 1, /* the session may write; else default_transaction_read_only is on */
};

/*
 * Opens a session with search_path = pg_catalog, client_encoding UTF8, DateStyle ISO, IntervalStyle
 * iso_8601, TimeZone UTC, extra_float_digits 3, row_security off (so that a policy is an error
 * rather than missing rows), lock and statement timeout from the deadline, event triggers and
 * session_preload of no effect where the server allows it. `conninfo` (may be NULL) is a libpq
 * connection string; `options` (may be NULL, ends with a NULL keyword) win over it. RD_E_AUTH for
 * wrong credentials, RD_E_NETWORK when nobody answers, RD_E_DATABASE else. No message tells a
 * password.
 */
int rd_pg_open(const char *conninfo, const struct rd_pg_option *options, unsigned flags,
               const struct rd_deadline *deadline, struct rd_pg **ret_pg,
               struct rd_err *reterr) RD_MUST_CHECK;
void rd_pg_close(struct rd_pg *pg);
void rd_pg_closep(struct rd_pg **pg);

/* 150018 for 15.18. */
int rd_pg_version(const struct rd_pg *pg);

/*
 * Runs one statement with text parameters ($1 …; NULL for SQL NULL). At most 256 MiB of rows are
 * taken. RD_E_DATABASE has the SQLSTATE in the detail and never the values that PostgreSQL puts
 * into DETAIL and CONTEXT.
 */
int rd_pg_query(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql, size_t count,
                const char *const *params, struct rd_pg_result **ret_result,
                struct rd_err *reterr) RD_MUST_CHECK;

/* The same for one statement without parameters whose rows do not matter. */
int rd_pg_exec(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
               struct rd_err *reterr) RD_MUST_CHECK;

/* The single value of the first row, copied to `out`; NULL leaves it empty and sets *ret_null (may
 * be NULL). No row is RD_E_NOT_FOUND. */
int rd_pg_value(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
                struct rd_buf *out, bool *ret_null, struct rd_err *reterr) RD_MUST_CHECK;

/* SQLSTATE of the last failed statement of this session: "42P01"; "" when none. */
const char *rd_pg_sqlstate(const struct rd_pg *pg);

size_t rd_pg_rows(const struct rd_pg_result *result);
size_t rd_pg_columns(const struct rd_pg_result *result);
const char *rd_pg_get(const struct rd_pg_result *result, size_t row,
                      size_t column); /* NULL for SQL NULL; else text */
int64_t rd_pg_get_int(const struct rd_pg_result *result, size_t row,
                      size_t column); /* RD_ABSENT for NULL and what is no int64 */
bool rd_pg_get_bool(const struct rd_pg_result *result, size_t row, size_t column); /* "t" */
const char *rd_pg_column_name(const struct rd_pg_result *result, size_t column);
void rd_pg_result_free(struct rd_pg_result *result);
void rd_pg_result_freep(struct rd_pg_result **result);

/* Appends the identifier or literal, quoted by libpq for this session. */
int rd_pg_quote_name(struct rd_pg *pg, const char *name, struct rd_buf *out,
                     struct rd_err *reterr) RD_MUST_CHECK;
int rd_pg_quote_literal(struct rd_pg *pg, const char *text, struct rd_buf *out,
                        struct rd_err *reterr) RD_MUST_CHECK;

/* The connection string with everything secret left out, for people: host, port, dbname, user only.
 */
int rd_pg_describe(const char *conninfo, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/* What PostgreSQL says in the form of a duration since 1970 in microseconds: the text of
 * `extract(epoch …)`; RD_ABSENT when it is none. */
int64_t rd_pg_epoch_us(const char *text);

#endif
