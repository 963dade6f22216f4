/*
 * sql.c: the check `sql`: the user's own query, and what it must answer. The query becomes a cursor
 * in a read-only transaction, so that any number of rows can be counted without fetching them.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/checks.h"
#include "checks/reading.h"

struct sql_settings {
    const char *query;
    const struct rd_json *value;
    int64_t rows, min_rows, max_rows;
    bool empty;
    const char *title;
    bool clear;
};

enum { SQL_TEXT_MAX = 1024 * 1024 + 256 };

#define FIELD(member) .offset = offsetof(struct sql_settings, member)

static const struct rd_field sql_fields[] = {
    {.name = "query",
     .type = RD_T_STRING,
     FIELD(query),
     .flags = RD_REQUIRED,
     .help =
         "one SELECT, VALUES or WITH query; names without schema are looked up in \"$user\" and "
         "public"},
    {.name = "value",
     .type = RD_T_JSON,
     FIELD(value),
     .help = "the one value that it must return: numbers are compared as numbers, everything else "
             "as text, null is SQL's NULL"},
    {.name = "rows",
     .type = RD_T_INTEGER,
     FIELD(rows),
     .unit = "rows",
     .max = 9007199254740992.0,
     .help = "how many rows it must return"},
    {.name = "min_rows",
     .type = RD_T_INTEGER,
     FIELD(min_rows),
     .unit = "rows",
     .max = 9007199254740992.0,
     .help = "how many rows it must return at least"},
    {.name = "max_rows",
     .type = RD_T_INTEGER,
     FIELD(max_rows),
     .unit = "rows",
     .max = 9007199254740992.0,
     .help = "how many rows it may return at most"},
    {.name = "empty",
     .type = RD_T_BOOL,
     FIELD(empty),
     .help = "it must return no row: for queries that look for what must not be"},
    {.name = "title",
     .type = RD_T_STRING,
     FIELD(title),
     .help = "what the query asks, for reports"},
    {.name = "clear",
     .type = RD_T_BOOL,
     FIELD(clear),
     .help = "shows the value that it returned, instead of a keyed hash; reports then hold data of "
             "the database"},
    {0},
};
#undef FIELD

static void sql_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct sql_settings *settings = object;
    bool bounded = settings->min_rows != RD_ABSENT || settings->max_rows != RD_ABSENT;
    int ways =
        (settings->value != NULL) + (settings->rows != RD_ABSENT) + bounded + settings->empty;

    if (settings->query[strspn(settings->query, " \t\r\n;")] == '\0')
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.query", path), "is empty");
    if (ways != 1)
        rd_faults_add(
            faults, path,
            "exactly one of 'value', 'rows', 'min_rows' with 'max_rows', and 'empty' must "
            "say what is expected");
    if (settings->min_rows != RD_ABSENT && settings->max_rows != RD_ABSENT &&
        settings->min_rows > settings->max_rows)
        rd_faults_add(faults, path, "'min_rows' is larger than 'max_rows'");
    if (settings->value != NULL && (rd_json_type(settings->value) == RD_JSON_ARRAY ||
                                    rd_json_type(settings->value) == RD_JSON_OBJECT))
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.value", path),
                      "must be a text, a number, true, false or null, not %s",
                      rd_json_type_name(settings->value));
}

static const struct rd_shape sql_shape = {
    .name = "sql",
    .size = sizeof(struct sql_settings),
    .fields = sql_fields,
    .validate = sql_validate,
};

/* One execution. */
struct sql {
    const struct rd_check_run *run;
    const struct sql_settings *settings;
    const char *subject;
};

static void sql_finding(const struct sql *sql, bool same, const char *expected, const char *actual)
{
    struct rd_finding *finding =
        rd_find(sql->run->drill->recorder, sql->run->group, same ? RD_PASS : RD_FAIL, sql->subject,
                same ? "answers as expected" : "does not answer as expected");

    finding->expected = expected;
    finding->actual = actual;
    if (!same && sql->settings->value != NULL && !sql->settings->clear)
        finding->hint = "Add \"clear\": true to see the value that the query returned.";
}

static bool sql_same_number(const struct rd_json *expected, const char *actual)
{
    char *end;
    int64_t whole;

    /* A double cannot hold every bigint, so whole numbers are compared as such. */
    errno = 0;
    long long value = strtoll(actual, &end, 10);
    if (*actual != '\0' && *end == '\0' && errno == 0 && rd_json_integer(expected, &whole))
        return value == whole;
    double number = strtod(actual, &end);
    return *actual != '\0' && *end == '\0' && number == rd_json_number(expected);
}

static bool sql_same(const struct rd_json *expected, const char *actual)
{
    if (rd_json_type(expected) == RD_JSON_NULL || actual == NULL)
        return rd_json_type(expected) == RD_JSON_NULL && actual == NULL;
    switch (rd_json_type(expected)) {
    case RD_JSON_BOOL:
        return rd_json_is_true(expected) ? strcmp(actual, "t") == 0 || strcmp(actual, "true") == 0
                                         : strcmp(actual, "f") == 0 || strcmp(actual, "false") == 0;
    case RD_JSON_NUMBER:
        return sql_same_number(expected, actual);
    default:
        return strcmp(rd_json_text(expected), actual) == 0;
    }
}

static int sql_judge_value(const struct sql *sql, const struct rd_pg_result *result,
                           struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf expected = RD_BUF_INIT(SQL_TEXT_MAX);
    const struct sql_settings *settings = sql->settings;
    struct rd_recorder *recorder = sql->run->drill->recorder;

    int code = rd_json_print(settings->value, false, &expected, reterr);
    if (code != RD_OK)
        return code;
    const char *wanted = rd_record_text(recorder, "%s", rd_buf_text(&expected));
    if (rd_pg_rows(result) == 0) {
        sql_finding(sql, false, wanted, "no row");
        return RD_OK;
    }
    if (rd_pg_rows(result) > 1 || rd_pg_columns(result) != 1) {
        struct rd_finding *finding = rd_find(recorder, sql->run->group, RD_ERROR, sql->subject,
                                             "the query returns more than one value");
        finding->expected = "one row with one column";
        return RD_OK;
    }
    const char *actual = rd_pg_get(result, 0, 0);
    sql_finding(sql, sql_same(settings->value, actual), wanted,
                rd_drill_hash(sql->run->drill, actual, settings->clear));
    return RD_OK;
}

static void sql_judge_rows(const struct sql *sql, int64_t rows)
{
    const struct sql_settings *settings = sql->settings;
    struct rd_recorder *recorder = sql->run->drill->recorder;
    int64_t least = settings->min_rows != RD_ABSENT ? settings->min_rows : 0;
    int64_t most = settings->max_rows != RD_ABSENT ? settings->max_rows : INT64_MAX;
    const char *expected;

    if (settings->empty || settings->rows != RD_ABSENT) {
        least = most = settings->empty ? 0 : settings->rows;
        expected = rd_record_text(recorder, "%lld rows", (long long)least);
    } else if (most == INT64_MAX) {
        expected = rd_record_text(recorder, "at least %lld rows", (long long)least);
    } else {
        expected = rd_record_text(recorder, "%lld to %lld rows", (long long)least, (long long)most);
    }
    sql_finding(sql, rows >= least && rows <= most, expected,
                rd_record_text(recorder, "%lld row%s", (long long)rows, rows == 1 ? "" : "s"));
}

/* What the query names and the database lacks is a fail: the plan expects it to be there. */
static int sql_refused(const struct sql *sql, struct rd_err *err, struct rd_err *reterr)
{
    static const char *const lacking[] = {
        "42P01", /* undefined_table */
        "3F000", /* invalid_schema_name */
        "42703", /* undefined_column */
        "42883", /* undefined_function */
        "42704", /* undefined_object: a type, for example */
    };
    const char *sqlstate = rd_pg_sqlstate(sql->run->pg);

    for (size_t i = 0; i < RD_COUNT(lacking); i++) {
        if (strcmp(sqlstate, lacking[i]) != 0)
            continue;
        struct rd_finding *finding =
            rd_find(sql->run->drill->recorder, sql->run->group, RD_FAIL, sql->subject,
                    "the database lacks what the query names; %s", err->message);
        finding->hint = "Either the backup lacks it, or the query misspells it; names outside of "
                        "public need their schema.";
        return RD_OK;
    }
    if (strcmp(sqlstate, "42601") == 0 || strcmp(sqlstate, "0A000") == 0)
        rd_err_hint(err, "It must be one SELECT, VALUES or WITH query that only reads.");
    return rd_reading_failed(sql->run, sql->subject, err, reterr);
}

static int sql_ask(const struct sql *sql, struct rd_pg_result **ret_result, struct rd_err *reterr)
{
    static const char *const before[] = {
        "BEGIN TRANSACTION READ ONLY",
        "SELECT set_config('search_path', '\"$user\", public', true)",
    };
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(SQL_TEXT_MAX);
    const struct rd_check_run *run = sql->run;
    int code = RD_OK;

    rd_buf_puts(&text, "DECLARE redrill_rows NO SCROLL CURSOR FOR ");
    rd_buf_puts(&text, sql->settings->query);
    code = rd_buf_status(&text, "query", reterr);
    for (size_t i = 0; code == RD_OK && i < RD_COUNT(before); i++)
        code = rd_pg_exec(run->pg, &run->deadline, before[i], reterr);
    if (code == RD_OK)
        code = rd_pg_exec(run->pg, &run->deadline, rd_buf_text(&text), reterr);
    if (code == RD_OK)
        code = rd_pg_query(run->pg, &run->deadline,
                           sql->settings->value != NULL ? "FETCH FORWARD 2 FROM redrill_rows"
                                                        : "MOVE FORWARD ALL IN redrill_rows",
                           0, NULL, ret_result, reterr);
    return code;
}

static int sql_run(const struct rd_check_run *run, const void *object, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    const struct sql_settings *settings = object;
    const struct sql sql = {
        .run = run,
        .settings = settings,
        .subject = settings->title != NULL ? settings->title : "query",
    };
    struct rd_err err = RD_ERR_INIT;
    struct rd_err ignored = RD_ERR_INIT;

    int code = sql_ask(&sql, &result, &err);
    if (code != RD_OK)
        code = sql_refused(&sql, &err, reterr);
    else if (settings->value != NULL)
        code = sql_judge_value(&sql, result, reterr);
    else
        sql_judge_rows(&sql, rd_pg_affected(result));
    /* The session goes with the check; its answer stands even if this fails. */
    (void)!rd_pg_exec(run->pg, &run->deadline, "ROLLBACK", &ignored);
    return code;
}

const struct rd_check rd_check_sql = {
    .name = "sql",
    .summary = "a query of your own answers as expected",
    .settings = &sql_shape,
    .needs = RD_NEEDS_SQL,
    .run = sql_run,
};
