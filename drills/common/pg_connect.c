/*
 * pg_connect.c: see pg_connect.h. Connection strings, and connections without blocking.
 */
#include "drills/common/pg_connect.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/pg_setup.h"

enum {
    PG_PARAMETERS_MAX = 96, /* libpq knows about 45 */
    PG_OPTIONS_MAX = 4096,  /* bytes of the connection parameter `options` */
};

/* What libpq is asked to connect with; later values win. */
struct pg_parameters {
    bool ours; /* nothing is taken from the environment that leads elsewhere */
    bool lost; /* there were more than fit */
    size_t count;
    const char *keywords[PG_PARAMETERS_MAX + 1];
    const char *values[PG_PARAMETERS_MAX + 1];
};

static void pg_ignore_notice(void *context, const char *text)
{
    (void)context;
    (void)text;
}

static void pg_conninfo_freep(PQconninfoOption **options)
{
    PQconninfoFree(*options);
}

static int pg_conninfo_parse(const char *conninfo, PQconninfoOption **ret_options,
                             struct rd_err *reterr)
{
    char *why = NULL;

    *ret_options = PQconninfoParse(conninfo, &why);
    /* libpq's reason quotes the string, which may hold a password. */
    PQfreemem(why);
    if (*ret_options != NULL)
        return RD_OK;
    int code = rd_err_set(reterr, RD_E_ARGUMENT, "connection string cannot be read");
    rd_err_hint(reterr, "Write it as postgresql://user@host:port/database or as "
                        "\"host=... port=... dbname=... user=...\".");
    return code;
}

int rd_pg_conninfo(const char *conninfo,
                   void (*tell)(void *context, const char *keyword, const char *value),
                   void *context, struct rd_err *reterr)
{
    RD_CLEANUP(pg_conninfo_freep) PQconninfoOption *options = NULL;

    int code = pg_conninfo_parse(conninfo, &options, reterr);
    if (code != RD_OK)
        return code;
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val != NULL)
            tell(context, option->keyword, option->val);
    }
    return RD_OK;
}

static void pg_describe_one(void *context, const char *keyword, const char *value)
{
    static const char *const shown[] = {"host", "port", "dbname", "user"};
    struct rd_buf *out = context;

    for (size_t i = 0; i < RD_COUNT(shown); i++) {
        if (strcmp(keyword, shown[i]) == 0)
            rd_buf_printf(out, "%s%s=%s", out->length > 0 ? " " : "", keyword, value);
    }
}

int rd_pg_describe(const char *conninfo, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(out->max);

    int code = rd_pg_conninfo(conninfo, pg_describe_one, &text, reterr);
    if (code != RD_OK)
        return code;
    rd_buf_puts(out, text.length > 0 ? rd_buf_text(&text) : "libpq's defaults");
    return rd_buf_status(out, "description of the connection", reterr);
}

static void pg_parameter(struct pg_parameters *parameters, const char *keyword, const char *value)
{
    if (value == NULL)
        return;
    if (parameters->count == PG_PARAMETERS_MAX) {
        parameters->lost = true;
        return;
    }
    parameters->keywords[parameters->count] = keyword;
    parameters->values[parameters->count++] = value;
    parameters->keywords[parameters->count] = NULL;
    parameters->values[parameters->count] = NULL;
}

/*
 * libpq fills what is not given from the environment. The instance of a drill must not turn into
 * another server because of that, so these are out of sight while the connection is described.
 */
static PGconn *pg_start_ours(const struct pg_parameters *parameters)
{
    static const char *const hidden[] = {
        "PGHOSTADDR",           "PGSERVICE",        "PGSSLMODE",
        "PGGSSENCMODE",         "PGCHANNELBINDING", "PGREQUIREAUTH",
        "PGTARGETSESSIONATTRS",
    };
    char *kept[RD_COUNT(hidden)];
    bool whole = true;

    for (size_t i = 0; i < RD_COUNT(hidden); i++) {
        const char *value = getenv(hidden[i]);
        kept[i] = value != NULL ? strdup(value) : NULL;
        whole = whole && (value == NULL || kept[i] != NULL);
    }
    for (size_t i = 0; whole && i < RD_COUNT(hidden); i++)
        (void)unsetenv(hidden[i]);

    PGconn *conn = whole ? PQconnectStartParams(parameters->keywords, parameters->values, 0) : NULL;

    for (size_t i = 0; i < RD_COUNT(hidden); i++) {
        if (kept[i] != NULL)
            (void)setenv(hidden[i], kept[i], 1);
        free(kept[i]);
    }
    return conn;
}

int rd_pg_wait(const struct pg_conn *conn, short events, const struct rd_deadline *deadline,
               const char *what, struct rd_err *reterr)
{
    struct pollfd fd = {.fd = PQsocket(conn), .events = events};

    /* Asked first, because a server that never stops sending is always ready. */
    int code = rd_deadline_check(deadline, what, reterr);
    return code != RD_OK ? code : rd_deadline_poll(deadline, &fd, 1, -1, what, reterr);
}

static void pg_finishp(PGconn **conn)
{
    PQfinish(*conn);
}

/* One attempt. Sets the SQLSTATE when the server refuses, else "". */
static int pg_connect(const struct pg_parameters *parameters, const struct rd_deadline *deadline,
                      PGconn **ret_conn, char sqlstate[RD_PG_SQLSTATE_TEXT], struct rd_err *reterr)
{
    RD_CLEANUP(pg_finishp)
    PGconn *conn = parameters->ours
                       ? pg_start_ours(parameters)
                       : PQconnectStartParams(parameters->keywords, parameters->values, 0);
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;

    sqlstate[0] = '\0';
    if (conn == NULL)
        return rd_err_memory(reterr);
    PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
    PQsetNoticeProcessor(conn, pg_ignore_notice, NULL);

    while (PQstatus(conn) != CONNECTION_BAD && next != PGRES_POLLING_OK &&
           next != PGRES_POLLING_FAILED) {
        short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        int code = rd_pg_wait(conn, events, deadline, "connecting to the server", reterr);
        if (code != RD_OK)
            return code;
        next = PQconnectPoll(conn);
    }
    if (PQstatus(conn) != CONNECTION_OK)
        return rd_pg_error_connect(PQerrorMessage(conn), PQconnectionNeedsPassword(conn) != 0,
                                   sqlstate, reterr);
    *ret_conn = conn;
    conn = NULL;
    return RD_OK;
}

/* Tries the startup options from the strongest on, each after the `given` ones. */
static int pg_connect_any(struct pg_parameters *parameters, const char *given, unsigned flags,
                          const struct rd_deadline *deadline, PGconn **ret_conn,
                          struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(PG_OPTIONS_MAX);
    struct rd_pg_startup startup = rd_pg_startup_first((flags & RD_PG_BEFORE_17) != 0);
    char sqlstate[RD_PG_SQLSTATE_TEXT];
    size_t common = parameters->count;

    for (;;) {
        struct rd_err err = RD_ERR_INIT;

        rd_buf_clear(&text);
        rd_buf_puts(&text, given);
        rd_pg_startup_text(&startup, &text);
        int code = rd_buf_status(&text, "connection parameter 'options'", reterr);
        if (code != RD_OK)
            return code;
        parameters->count = common;
        pg_parameter(parameters, "options", rd_buf_text(&text));
        if (parameters->lost)
            return rd_err_set(reterr, RD_E_LIMIT, "connection has more than %d parameters",
                              PG_PARAMETERS_MAX);
        code = pg_connect(parameters, deadline, ret_conn, sqlstate, &err);
        if (code == RD_OK)
            return RD_OK;
        if (!rd_pg_startup_weaken(&startup, sqlstate)) {
            rd_err_set(reterr, code, "%s", err.message);
            rd_err_detail(reterr, "%s", err.detail);
            rd_err_hint(reterr, "%s", err.hint);
            return code;
        }
    }
}

int rd_pg_connect(const char *conninfo, const struct rd_pg_option *options, unsigned flags,
                  const struct rd_deadline *deadline, struct pg_conn **ret_conn,
                  struct rd_err *reterr)
{
    RD_CLEANUP(pg_conninfo_freep) PQconninfoOption *parsed = NULL;
    struct pg_parameters parameters = {.ours = conninfo == NULL};
    const char *given = "";

    int code = conninfo != NULL ? pg_conninfo_parse(conninfo, &parsed, reterr) : RD_OK;
    if (code != RD_OK)
        return code;

    /* Bounds PQcancel, which waits for the network by itself, and notices a dead one. */
    pg_parameter(&parameters, "tcp_user_timeout", "10000");
    for (PQconninfoOption *option = parsed; option != NULL && option->keyword != NULL; option++) {
        pg_parameter(&parameters, option->keyword, option->val);
        if (strcmp(option->keyword, "options") == 0 && option->val != NULL)
            given = option->val;
    }
    for (; options != NULL && options->keyword != NULL; options++)
        pg_parameter(&parameters, options->keyword, options->value);
    pg_parameter(&parameters, "client_encoding", "UTF8");
    pg_parameter(&parameters, "fallback_application_name", "redrill");
    return pg_connect_any(&parameters, given, flags, deadline, ret_conn, reterr);
}
