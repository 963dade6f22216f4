/*
 * pg.c: see pg.h. libpq is used without blocking: every wait is a poll with a deadline, rows are
 * taken one by one, and what they weigh is counted as they arrive.
 */
#include "drills/common/pg.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/pg_connect.h"
#include "drills/common/pg_error.h"
#include "drills/common/pg_result.h"
#include "drills/common/pg_setup.h"

enum {
    PG_SQL_MAX = 8192,       /* bytes of the set-up statement */
    PG_CANCEL_MS = 5 * 1000, /* for a cancelled query to end */
    PG_TIMEOUT_SLACK_MS =
        5 * 1000,                  /* so that the server's own timeout comes after our cancelling */
    PG_TIMEOUT_MAX_MS = INT32_MAX, /* PostgreSQL takes no more */
};

struct rd_pg {
    PGconn *conn; /* NULL once the session was given up */
    int version;
    char sqlstate[RD_PG_SQLSTATE_TEXT];
    int64_t timeout_ms; /* the statement timeout as the server has it */
};

/* Longer than the deadline, and never 0, which would be no timeout at all. */
static int64_t pg_timeout_ms(const struct rd_deadline *deadline)
{
    int64_t ms = rd_deadline_left_ms(deadline);

    return ms < PG_TIMEOUT_MAX_MS - PG_TIMEOUT_SLACK_MS ? ms + PG_TIMEOUT_SLACK_MS
                                                        : PG_TIMEOUT_MAX_MS;
}

static int pg_setup(struct rd_pg *pg, unsigned flags, const struct rd_deadline *deadline,
                    struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(PG_SQL_MAX);

    if (PQsetnonblocking(pg->conn, 1) != 0)
        return rd_err_set(reterr, RD_E_NETWORK, "session cannot be used without blocking");
    pg->version = PQserverVersion(pg->conn);
    pg->timeout_ms = pg_timeout_ms(deadline);
    rd_pg_setup_sql(pg->version, (flags & RD_PG_WRITES) != 0, pg->timeout_ms, &sql);
    int code = rd_buf_status(&sql, "set-up of the session", reterr);
    return code != RD_OK ? code : rd_pg_exec(pg, deadline, rd_buf_text(&sql), reterr);
}

int rd_pg_open(const char *conninfo, const struct rd_pg_option *options, unsigned flags,
               const struct rd_deadline *deadline, struct rd_pg **ret_pg, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = calloc(1, sizeof(*pg));

    if (pg == NULL)
        return rd_err_memory(reterr);
    int code = rd_pg_connect(conninfo, options, flags, deadline, &pg->conn, reterr);
    if (code == RD_OK)
        code = pg_setup(pg, flags, deadline, reterr);
    if (code != RD_OK)
        return code;
    *ret_pg = pg;
    pg = NULL;
    return RD_OK;
}

void rd_pg_close(struct rd_pg *pg)
{
    if (pg == NULL)
        return;
    PQfinish(pg->conn);
    free(pg);
}

void rd_pg_closep(struct rd_pg **pg)
{
    rd_pg_close(*pg);
    *pg = NULL;
}

int rd_pg_version(const struct rd_pg *pg)
{
    return pg->version;
}

const char *rd_pg_sqlstate(const struct rd_pg *pg)
{
    return pg->sqlstate;
}

static int pg_lost(struct rd_pg *pg, struct rd_err *reterr)
{
    const char *why = PQerrorMessage(pg->conn);

    int code = rd_err_set(reterr, RD_E_NETWORK, "session with the server was lost");
    rd_err_detail(reterr, "%.*s", (int)strcspn(why, "\n"), why);
    PQfinish(pg->conn);
    pg->conn = NULL;
    return code;
}

static int pg_gone(struct rd_err *reterr)
{
    return rd_err_set(reterr, RD_E_NETWORK, "session with the server was lost before");
}

static int pg_send(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
                   size_t count, const char *const *params, struct rd_err *reterr)
{
    if (PQsendQueryParams(pg->conn, sql, (int)count, NULL, params, NULL, NULL, 0) == 0 ||
        PQsetSingleRowMode(pg->conn) == 0)
        return pg_lost(pg, reterr);

    for (;;) {
        int unsent = PQflush(pg->conn);
        if (unsent == 0)
            return RD_OK;
        if (unsent < 0)
            return pg_lost(pg, reterr);
        int code = rd_pg_wait(pg->conn, POLLIN | POLLOUT, deadline, "query", reterr);
        if (code != RD_OK)
            return code;
        if (PQconsumeInput(pg->conn) == 0)
            return pg_lost(pg, reterr);
    }
}

/* Waits for the next result; NULL is the end of the query. */
static int pg_next(struct rd_pg *pg, const struct rd_deadline *deadline, PGresult **ret_part,
                   struct rd_err *reterr)
{
    while (PQisBusy(pg->conn)) {
        int code = rd_pg_wait(pg->conn, POLLIN, deadline, "query", reterr);
        if (code != RD_OK)
            return code;
        if (PQconsumeInput(pg->conn) == 0)
            return pg_lost(pg, reterr);
    }
    *ret_part = PQgetResult(pg->conn);
    return RD_OK;
}

static int pg_refused(struct rd_pg *pg, const PGresult *part, struct rd_err *reterr)
{
    struct rd_pg_refusal refusal = {
        .sqlstate = PQresultErrorField(part, PG_DIAG_SQLSTATE),
        .message = PQresultErrorField(part, PG_DIAG_MESSAGE_PRIMARY),
        .function = PQresultErrorField(part, PG_DIAG_SOURCE_FUNCTION),
    };

    /* Only libpq itself reports without SQLSTATE: that nobody is there any more. */
    if (refusal.sqlstate == NULL)
        return pg_lost(pg, reterr);
    snprintf(pg->sqlstate, sizeof(pg->sqlstate), "%s", refusal.sqlstate);
    return rd_pg_error(&refusal, "query failed", reterr);
}

static int pg_take(const PGresult *part, struct rd_pg_result *result, struct rd_err *reterr)
{
    ExecStatusType status = PQresultStatus(part);

    if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return rd_err_set(reterr, RD_E_UNSUPPORTED, "query is empty or copies data");

    int columns = PQnfields(part);
    if (result->columns == 0) {
        result->columns = (size_t)columns;
        for (int i = 0; i < columns; i++)
            rd_pg_result_add(result, PQfname(part, i), strlen(PQfname(part, i)));
    }
    for (int row = 0; row < PQntuples(part); row++) {
        for (int i = 0; i < columns; i++)
            rd_pg_result_add(result, PQgetisnull(part, row, i) ? NULL : PQgetvalue(part, row, i),
                             (size_t)PQgetlength(part, row, i));
        result->rows++;
    }
    if (status != PGRES_SINGLE_TUPLE && *PQcmdTuples((PGresult *)part) != '\0')
        result->affected = strtoll(PQcmdTuples((PGresult *)part), NULL, 10);
    return rd_pg_result_status(result, reterr);
}

static int pg_collect(struct rd_pg *pg, const struct rd_deadline *deadline,
                      struct rd_pg_result *result, struct rd_err *reterr)
{
    int refused = RD_OK;

    for (;;) {
        PGresult *part = NULL;
        int code = pg_next(pg, deadline, &part, reterr);
        if (code != RD_OK)
            return code;
        if (part == NULL)
            return refused;
        if (PQresultStatus(part) == PGRES_FATAL_ERROR)
            refused = pg_refused(pg, part, reterr);
        else
            code = pg_take(part, result, reterr);
        PQclear(part);
        if (code != RD_OK || pg->conn == NULL)
            return code != RD_OK ? code : refused;
    }
}

/* Ends a query whose answer nobody waits for any more, so that the session is good for another. */
static void pg_abandon(struct rd_pg *pg)
{
    struct rd_deadline deadline = rd_deadline_in_ms(PG_CANCEL_MS, -1);
    PGcancel *cancel = PQgetCancel(pg->conn);
    char why[256];
    bool ending = cancel != NULL && PQcancel(cancel, why, sizeof(why)) != 0;

    PQfreeCancel(cancel);
    while (ending) {
        PGresult *rest = NULL;
        ending = pg_next(pg, &deadline, &rest, NULL) == RD_OK;
        if (ending && rest == NULL)
            return;
        /* A COPY would be told for ever. */
        ending = ending && (PQresultStatus(rest) == PGRES_SINGLE_TUPLE ||
                            PQresultStatus(rest) == PGRES_TUPLES_OK ||
                            PQresultStatus(rest) == PGRES_FATAL_ERROR);
        PQclear(rest);
    }
    PQfinish(pg->conn);
    pg->conn = NULL;
}

static int pg_run(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
                  size_t count, const char *const *params, struct rd_pg_result *result,
                  struct rd_err *reterr)
{
    pg->sqlstate[0] = '\0';
    int code = pg_send(pg, deadline, sql, count, params, reterr);
    if (code == RD_OK)
        code = pg_collect(pg, deadline, result, reterr);
    if (pg->conn != NULL && PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        pg_abandon(pg);
    return code;
}

/* Gives the server more time where the deadline is later than those before. Within a transaction
 * the setting would be undone with it, so there the session's timeout stays. */
static int pg_raise_timeout(struct rd_pg *pg, const struct rd_deadline *deadline,
                            struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    int64_t wanted_ms = pg_timeout_ms(deadline);
    char sql[128];

    if (wanted_ms <= pg->timeout_ms || PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
        return RD_OK;
    result = rd_pg_result_new();
    if (result == NULL)
        return rd_err_memory(reterr);
    rd_pg_timeout_sql(wanted_ms, sql, sizeof(sql));
    int code = pg_run(pg, deadline, sql, 0, NULL, result, reterr);
    if (code == RD_OK)
        pg->timeout_ms = wanted_ms;
    return code;
}

int rd_pg_query(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql, size_t count,
                const char *const *params, struct rd_pg_result **ret_result, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = rd_pg_result_new();

    if (result == NULL)
        return rd_err_memory(reterr);
    if (pg->conn == NULL)
        return pg_gone(reterr);
    int code = pg_raise_timeout(pg, deadline, reterr);
    if (code == RD_OK)
        code = pg_run(pg, deadline, sql, count, params, result, reterr);
    if (code != RD_OK)
        return code;
    *ret_result = result;
    result = NULL;
    return RD_OK;
}

int rd_pg_exec(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
               struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;

    return rd_pg_query(pg, deadline, sql, 0, NULL, &result, reterr);
}

int rd_pg_value(struct rd_pg *pg, const struct rd_deadline *deadline, const char *sql,
                struct rd_buf *out, bool *ret_null, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;

    int code = rd_pg_query(pg, deadline, sql, 0, NULL, &result, reterr);
    if (code != RD_OK)
        return code;
    if (result->rows == 0 || result->columns == 0)
        return rd_err_set(reterr, RD_E_NOT_FOUND, "query has no value to give");
    const char *value = rd_pg_get(result, 0, 0);
    rd_buf_puts(out, value != NULL ? value : "");
    if (ret_null != NULL)
        *ret_null = value == NULL;
    return rd_buf_status(out, "value that a query gave", reterr);
}

static int pg_quoted(const struct rd_pg *pg, char *quoted, struct rd_buf *out,
                     struct rd_err *reterr)
{
    if (pg->conn == NULL)
        return pg_gone(reterr);
    if (quoted == NULL)
        return rd_err_set(reterr, RD_E_FORMAT, "name or text is not valid UTF-8");
    rd_buf_puts(out, quoted);
    PQfreemem(quoted);
    return rd_buf_status(out, "text of a query", reterr);
}

int rd_pg_quote_name(struct rd_pg *pg, const char *name, struct rd_buf *out, struct rd_err *reterr)
{
    return pg_quoted(pg, PQescapeIdentifier(pg->conn, name, strlen(name)), out, reterr);
}

int rd_pg_quote_literal(struct rd_pg *pg, const char *text, struct rd_buf *out,
                        struct rd_err *reterr)
{
    return pg_quoted(pg, PQescapeLiteral(pg->conn, text, strlen(text)), out, reterr);
}
