/*
 * pg.h: sessions on a PostgreSQL server. libpq is included by pg.c and pg_connect.c only. A session
 * never blocks beyond its deadline: a query that is still running then is cancelled at the server.
 * (Looking up a host's name is the C library's and has its own timeout.)
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
    RD_PG_WRITES = 1,    /* the session may write; else default_transaction_read_only is on */
    RD_PG_BEFORE_17 = 2, /* the server is known to be older than 17: it has no login triggers, and
                            would log an error about the option that turns them off */
};

/* Of one answer, in bytes, column names included. */
enum { RD_PG_ANSWER_MAX = 16 * 1024 * 1024 };

/*
 * Opens a session with search_path = pg_catalog, client_encoding UTF8, DateStyle ISO, IntervalStyle
 * iso_8601, TimeZone UTC, extra_float_digits 3, row_security off (so that a policy is an error
 * rather than missing rows) and the statement timeout of the deadline, as a belt: it ends a query
 * of a redrill that was killed. Settings that the database brought along (ALTER ROLE … SET) do not
 * count. For a superuser libraries that it wants preloaded, and triggers on login, do not either.
 *
 * `conninfo` (may be NULL) is a libpq connection string; `options` (may be NULL, ends with a NULL
 * keyword) win over it. Without conninfo the environment (PGHOSTADDR, PGSERVICE …) leads nowhere
 * else. RD_E_AUTH for wrong credentials, RD_E_NETWORK when nobody answers, RD_E_ARGUMENT for a
 * connection string that cannot be read, RD_E_DATABASE else, with rd_err's detail "SQLSTATE 3D000".
 * No message tells a password.
 */
int rd_pg_open(const char *conninfo, const struct rd_pg_option *options, unsigned flags,
               const struct rd_deadline *deadline, struct rd_pg **ret_pg,
               struct rd_err *reterr) RD_MUST_CHECK;
void rd_pg_close(struct rd_pg *pg);
void rd_pg_closep(struct rd_pg **pg);

/* 150018 for 15.18. */
int rd_pg_version(const struct rd_pg *pg);

/*
 * Runs one statement with text parameters ($1 …; NULL for SQL NULL). More rows than
 * RD_PG_ANSWER_MAX are RD_E_LIMIT; one row is held twice while it arrives, and libpq does not bound
 * it. What the server refuses has the SQLSTATE in the detail, never DETAIL and CONTEXT, where
 * PostgreSQL puts values; codes as pg_error.h says. After a time-out, a signal or too large an
 * answer the query is cancelled and the session is good for more; if that fails, it is closed, and
 * every later query is RD_E_NETWORK.
 */
int rd_pg_query(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql, size_t count,
                const char *const *params, struct rd_pg_result **ret_result,
                struct rd_err *reterr) RD_MUST_CHECK;

/* The same for one statement without parameters whose rows do not matter. */
int rd_pg_exec(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
               struct rd_err *reterr) RD_MUST_CHECK;

/* The first value of the first row, copied to `out`; NULL leaves it empty and sets *ret_null (may
 * be NULL). No row is RD_E_NOT_FOUND. */
int rd_pg_value(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
                struct rd_buf *out, bool *ret_null, struct rd_err *reterr) RD_MUST_CHECK;

/* SQLSTATE of the session's last statement, when the server refused it: "42P01"; else "". */
const char *rd_pg_sqlstate(const struct rd_pg *pg);

size_t rd_pg_rows(const struct rd_pg_result *result);
size_t rd_pg_columns(const struct rd_pg_result *result);
/* What the command says that it did: rows inserted, moved over, …; RD_ABSENT when it says none. */
int64_t rd_pg_affected(const struct rd_pg_result *result);
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

/* Tells each parameter that a connection string gives, the password too. RD_E_ARGUMENT, without a
 * word of the string, when it cannot be read. */
int rd_pg_conninfo(const char *conninfo,
                   void (*tell)(void *context, const char *keyword, const char *value),
                   void *context, struct rd_err *reterr) RD_MUST_CHECK;

/* The connection string with everything secret left out, for people: host, port, dbname, user only.
 */
int rd_pg_describe(const char *conninfo, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/* What PostgreSQL says in the form of a duration since 1970 in microseconds: the text of
 * `extract(epoch …)`; RD_ABSENT when it is none. */
int64_t rd_pg_epoch_us(const char *text);

#endif
