/*
 * fake_pq.c: see fake_pq.h. Only the functions that drills/common/pg*.c use are here.
 */
#include "tests/unit/fake_pq.h"

#include <check.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drills/common/buf.h"

enum { FAKE_STEPS_MAX = 256, FAKE_ALSO_MAX = 8, FAKE_SQL_MAX = 1024 * 1024 };

enum fake_answer { FAKE_ROWS = 1, FAKE_DONE, FAKE_FAILS, FAKE_BREAKS };

struct fake_step {
    enum fake_answer answer;
    const char *fragments[FAKE_ALSO_MAX];
    size_t fragment_count;
    size_t columns, rows;
    const char *const *cells;
    const char *affected;
    const char *sqlstate, *message;
};

struct pg_conn {
    int socket;
    bool broken;
    const struct fake_step *asked; /* whose answer is not taken yet */
    bool ended;                    /* the answer is taken, its end is not */
};

struct pg_result {
    const struct fake_step *step;
};

static struct {
    int version;
    size_t count, next;
    struct fake_step steps[FAKE_STEPS_MAX];
} fake;

/* Statements of pg.c itself, and the answer to them. */
static const struct fake_step fake_setting = {
    .answer = FAKE_ROWS,
    .columns = 1,
    .rows = 1,
    .cells = (const char *const[]){""},
};

void fake_pq_start(int version)
{
    memset(&fake, 0, sizeof(fake));
    fake.version = version;
}

static struct fake_step *fake_add(enum fake_answer answer, const char *fragment)
{
    ck_assert_uint_lt(fake.count, FAKE_STEPS_MAX);
    struct fake_step *step = &fake.steps[fake.count++];
    step->answer = answer;
    step->fragments[step->fragment_count++] = fragment;
    return step;
}

void fake_pq_rows(const char *fragment, size_t columns, size_t rows, const char *const *cells)
{
    struct fake_step *step = fake_add(FAKE_ROWS, fragment);

    step->columns = columns;
    step->rows = rows;
    step->cells = cells;
}

void fake_pq_done(const char *fragment, const char *affected)
{
    fake_add(FAKE_DONE, fragment)->affected = affected;
}

void fake_pq_fails(const char *fragment, const char *sqlstate, const char *message)
{
    struct fake_step *step = fake_add(FAKE_FAILS, fragment);

    step->sqlstate = sqlstate;
    step->message = message;
}

void fake_pq_breaks(const char *fragment)
{
    fake_add(FAKE_BREAKS, fragment);
}

void fake_pq_also(const char *fragment)
{
    struct fake_step *step = &fake.steps[fake.count - 1];

    ck_assert_uint_lt(step->fragment_count, FAKE_ALSO_MAX);
    step->fragments[step->fragment_count++] = fragment;
}

void fake_pq_end(void)
{
    if (fake.next < fake.count)
        ck_abort_msg("this statement never came: %s", fake.steps[fake.next].fragments[0]);
}

/* The statement on one line, with its parameters. */
static void fake_write(const char *sql, int count, const char *const *params, struct rd_buf *out)
{
    for (const char *c = sql; *c != '\0'; c++) {
        bool blank = strchr(" \n\t", *c) != NULL;
        if (!blank)
            rd_buf_add(out, c, 1);
        else if (out->length == 0 || out->data[out->length - 1] != ' ')
            rd_buf_puts(out, " ");
    }
    for (int i = 0; i < count; i++)
        rd_buf_printf(out, " $%d=[%s]", i + 1, params[i] != NULL ? params[i] : "NULL");
}

static const struct fake_step *fake_match(const char *sql)
{
    if (strstr(sql, "set_config('statement_timeout', ") != NULL)
        return &fake_setting;
    if (fake.next == fake.count) {
        ck_abort_msg("nobody expected: %s", sql);
        return NULL;
    }
    const struct fake_step *step = &fake.steps[fake.next++];
    for (size_t i = 0; i < step->fragment_count; i++) {
        if (strstr(sql, step->fragments[i]) == NULL)
            ck_abort_msg("expected: %s\nbut this came: %s", step->fragments[i], sql);
    }
    return step;
}

PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
    PGconn *conn = calloc(1, sizeof(*conn));

    (void)keywords;
    (void)values;
    (void)expand;
    ck_assert_ptr_nonnull(conn);
    /* Ready for everything at any time. */
    conn->socket = open("/dev/null", O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(conn->socket, 0);
    return conn;
}

PostgresPollingStatusType PQconnectPoll(PGconn *conn)
{
    (void)conn;
    return PGRES_POLLING_OK;
}

void PQfinish(PGconn *conn)
{
    if (conn == NULL)
        return;
    close(conn->socket);
    free(conn);
}

int PQsocket(const PGconn *conn)
{
    return conn->socket;
}

ConnStatusType PQstatus(const PGconn *conn)
{
    return conn->broken ? CONNECTION_BAD : CONNECTION_OK;
}

char *PQerrorMessage(const PGconn *conn)
{
    static char broken[] = "server closed the connection unexpectedly";
    static char fine[] = "";

    return conn->broken ? broken : fine;
}

int PQserverVersion(const PGconn *conn)
{
    (void)conn;
    return fake.version;
}

int PQconnectionNeedsPassword(const PGconn *conn)
{
    (void)conn;
    return 0;
}

PGVerbosity PQsetErrorVerbosity(PGconn *conn, PGVerbosity verbosity)
{
    (void)conn;
    return verbosity;
}

PQnoticeProcessor PQsetNoticeProcessor(PGconn *conn, PQnoticeProcessor processor, void *context)
{
    (void)conn;
    (void)context;
    return processor;
}

int PQsetnonblocking(PGconn *conn, int on)
{
    (void)conn;
    (void)on;
    return 0;
}

PGTransactionStatusType PQtransactionStatus(const PGconn *conn)
{
    return conn->asked != NULL || conn->ended ? PQTRANS_ACTIVE : PQTRANS_IDLE;
}

int PQsendQueryParams(PGconn *conn, const char *sql, int count, const Oid *types,
                      const char *const *params, const int *lengths, const int *formats, int format)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(FAKE_SQL_MAX);

    (void)types;
    (void)lengths;
    (void)formats;
    (void)format;
    ck_assert_ptr_null(conn->asked);
    fake_write(sql, count, params, &text);
    conn->asked = fake_match(rd_buf_text(&text));
    return 1;
}

int PQsetSingleRowMode(PGconn *conn)
{
    (void)conn;
    return 1;
}

int PQflush(PGconn *conn)
{
    (void)conn;
    return 0;
}

int PQisBusy(PGconn *conn)
{
    return conn->asked != NULL && conn->asked->answer == FAKE_BREAKS;
}

int PQconsumeInput(PGconn *conn)
{
    conn->broken = PQisBusy(conn) != 0;
    return !conn->broken;
}

/* The whole answer at once, where libpq would give rows one by one: pg.c takes both. */
PGresult *PQgetResult(PGconn *conn)
{
    const struct fake_step *step = conn->asked;

    conn->asked = NULL;
    conn->ended = step != NULL;
    if (step == NULL)
        return NULL;
    PGresult *result = calloc(1, sizeof(*result));
    ck_assert_ptr_nonnull(result);
    result->step = step;
    return result;
}

void PQclear(PGresult *result)
{
    free(result);
}

ExecStatusType PQresultStatus(const PGresult *result)
{
    switch (result->step->answer) {
    case FAKE_ROWS:
        return PGRES_TUPLES_OK;
    case FAKE_DONE:
        return PGRES_COMMAND_OK;
    default:
        return PGRES_FATAL_ERROR;
    }
}

char *PQresultErrorField(const PGresult *result, int field)
{
    const char *text = field == PG_DIAG_SQLSTATE          ? result->step->sqlstate
                       : field == PG_DIAG_MESSAGE_PRIMARY ? result->step->message
                                                          : NULL;
    return (char *)text;
}

int PQntuples(const PGresult *result)
{
    return (int)result->step->rows;
}

int PQnfields(const PGresult *result)
{
    return (int)result->step->columns;
}

char *PQfname(const PGresult *result, int column)
{
    static char name[32];

    (void)result;
    snprintf(name, sizeof(name), "column%d", column + 1);
    return name;
}

static const char *fake_cell(const PGresult *result, int row, int column)
{
    return result->step->cells[(size_t)row * result->step->columns + (size_t)column];
}

int PQgetisnull(const PGresult *result, int row, int column)
{
    return fake_cell(result, row, column) == NULL;
}

char *PQgetvalue(const PGresult *result, int row, int column)
{
    const char *cell = fake_cell(result, row, column);

    return (char *)(cell != NULL ? cell : "");
}

int PQgetlength(const PGresult *result, int row, int column)
{
    return (int)strlen(PQgetvalue(result, row, column));
}

char *PQcmdTuples(PGresult *result)
{
    return (char *)(result->step->affected != NULL ? result->step->affected : "");
}

/* Nothing here takes long enough to be cancelled. */
PGcancel *PQgetCancel(PGconn *conn)
{
    (void)conn;
    return NULL;
}

int PQcancel(PGcancel *cancel, char *why, int size)
{
    (void)cancel;
    (void)why;
    (void)size;
    return 0;
}

void PQfreeCancel(PGcancel *cancel)
{
    (void)cancel;
}

static char *fake_quote(const char *text, size_t length, char mark)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(FAKE_SQL_MAX);

    rd_buf_add(&out, &mark, 1);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == mark)
            rd_buf_add(&out, &mark, 1);
        rd_buf_add(&out, text + i, 1);
    }
    rd_buf_add(&out, &mark, 1);
    return strdup(rd_buf_text(&out));
}

char *PQescapeIdentifier(PGconn *conn, const char *text, size_t length)
{
    (void)conn;
    return fake_quote(text, length, '"');
}

char *PQescapeLiteral(PGconn *conn, const char *text, size_t length)
{
    (void)conn;
    return fake_quote(text, length, '\'');
}

void PQfreemem(void *memory)
{
    free(memory);
}

/* Connection strings are the real libpq's business. */
PQconninfoOption *PQconninfoParse(const char *conninfo, char **why)
{
    (void)conninfo;
    *why = NULL;
    return NULL;
}

void PQconninfoFree(PQconninfoOption *options)
{
    (void)options;
}
