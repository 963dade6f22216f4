/*
 * ready.c: the check `ready`: does the server answer, has it left recovery, and is it the one that
 * the plan means?
 */
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "checks/checks.h"

struct ready_settings {
    const char *version;
    const char *system_identifier;
    struct rd_strings databases;
    const char *encoding;
};

enum { READY_TEXT_MAX = 4096 };

#define FIELD(member) .offset = offsetof(struct ready_settings, member)

static const struct rd_field ready_fields[] = {
    {.name = "version",
     .type = RD_T_STRING,
     FIELD(version),
     .help = "version that the server must have: '15' takes any 15.x, '15.4' only that one"},
    {.name = "system_identifier",
     .type = RD_T_STRING,
     FIELD(system_identifier),
     .help =
         "identifier that the cluster must have, as pg_controldata prints it; a cluster that "
         "was made anew to take a dump has one of its own, which says nothing about the source"},
    {.name = "databases",
     .type = RD_T_STRINGS,
     FIELD(databases),
     .help = "databases that must be there and take connections"},
    {.name = "encoding",
     .type = RD_T_STRING,
     FIELD(encoding),
     .help = "encoding that the database must have: 'UTF8'"},
    {0},
};

static bool ready_is_version(const char *text)
{
    size_t major = strspn(text, "0123456789");
    const char *rest = text + major;

    if (major == 0 || *rest == '\0')
        return major > 0;
    return *rest == '.' && rest[1] != '\0' && rest[1 + strspn(rest + 1, "0123456789")] == '\0';
}

static void ready_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct ready_settings *settings = object;
    const char *identifier = settings->system_identifier;

    if (settings->version != NULL && !ready_is_version(settings->version))
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.version", path),
                      "'%s' is no version; it must look like 15 or 15.4", settings->version);
    if (identifier != NULL &&
        (*identifier == '\0' || identifier[strspn(identifier, "0123456789")] != '\0'))
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.system_identifier", path),
                      "'%s' is no system identifier; it must be a number in quotes", identifier);
}

static const struct rd_shape ready_shape = {
    .name = "ready",
    .size = sizeof(struct ready_settings),
    .fields = ready_fields,
    .validate = ready_validate,
};

/* Adds one finding that compares what was expected with what the server says. */
static void ready_compare(const struct rd_check_run *run, const char *subject, bool same,
                          const char *expected, const char *actual)
{
    struct rd_recorder *recorder = run->drill->recorder;
    struct rd_finding *finding =
        same ? rd_find(recorder, run->group, RD_PASS, subject, "is %s", actual)
             : rd_find(recorder, run->group, RD_FAIL, subject, "is %s instead of %s", actual,
                       expected);

    finding->expected = rd_record_text(recorder, "%s", expected);
    finding->actual = rd_record_text(recorder, "%s", actual);
}

static int ready_ask(const struct rd_check_run *run, const char *sql, struct rd_buf *out,
                     struct rd_err *reterr)
{
    rd_buf_clear(out);
    return rd_pg_value(run->pg, &run->deadline, sql, out, NULL, reterr);
}

static void ready_version(const struct rd_check_run *run, const char *expected)
{
    char actual[32];
    int version = rd_pg_version(run->pg);
    size_t length = strlen(expected);

    snprintf(actual, sizeof(actual), "%d.%d", version / 10000, version % 10000);
    bool same =
        strncmp(actual, expected, length) == 0 && (actual[length] == '\0' || actual[length] == '.');
    ready_compare(run, "version", same, expected, actual);
}

/* "utf-8" and "UTF8" are the same to PostgreSQL, which ignores case and what is no letter or digit.
 */
static bool ready_same_encoding(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a != '\0' && !isalnum((unsigned char)*a))
            a++;
        while (*b != '\0' && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

static const char ready_connects[] = "is there and takes connections";

static int ready_database(const struct rd_check_run *run, const char *name, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    const char *const params[] = {name};
    struct rd_recorder *recorder = run->drill->recorder;
    const char *subject = rd_record_text(recorder, "database %s", name);

    int code = rd_pg_query(run->pg, &run->deadline,
                           "SELECT datallowconn FROM pg_database WHERE datname = $1", 1, params,
                           &result, reterr);
    if (code != RD_OK)
        return code;
    const char *actual = rd_pg_rows(result) == 0        ? "is not there"
                         : rd_pg_get_bool(result, 0, 0) ? ready_connects
                                                        : "takes no connections";
    struct rd_finding *finding = rd_find(
        recorder, run->group, actual == ready_connects ? RD_PASS : RD_FAIL, subject, "%s", actual);
    finding->expected = ready_connects;
    finding->actual = actual;
    return RD_OK;
}

static int ready_recovery(const struct rd_check_run *run, struct rd_buf *out, struct rd_err *reterr)
{
    int code = ready_ask(run, "SELECT pg_is_in_recovery()", out, reterr);

    if (code != RD_OK)
        return code;
    bool over = strcmp(rd_buf_text(out), "f") == 0;
    struct rd_finding *finding =
        over ? rd_find(run->drill->recorder, run->group, RD_PASS, "recovery", "is over")
             : rd_find(run->drill->recorder, run->group, RD_FAIL, "recovery",
                       "is still going on: the server answers, but is a standby");
    finding->expected = "not in recovery";
    finding->actual = over ? "not in recovery" : "in recovery";
    return RD_OK;
}

static int ready_run(const struct rd_check_run *run, const void *object, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf value = RD_BUF_INIT(READY_TEXT_MAX);
    const struct ready_settings *settings = object;

    int code = ready_ask(run, "SELECT current_database()", &value, reterr);
    if (code != RD_OK)
        return code;
    struct rd_finding *finding = rd_find(run->drill->recorder, run->group, RD_PASS, "queries",
                                         "database '%s' answers", rd_buf_text(&value));
    finding->expected = "an answer";
    finding->actual = "an answer";
    code = ready_recovery(run, &value, reterr);

    if (code == RD_OK && settings->version != NULL)
        ready_version(run, settings->version);
    if (code == RD_OK && settings->system_identifier != NULL) {
        code = ready_ask(run, "SELECT system_identifier FROM pg_control_system()", &value, reterr);
        if (code == RD_OK)
            ready_compare(run, "system identifier",
                          strcmp(rd_buf_text(&value), settings->system_identifier) == 0,
                          settings->system_identifier, rd_buf_text(&value));
    }
    if (code == RD_OK && settings->encoding != NULL) {
        code = ready_ask(run, "SHOW server_encoding", &value, reterr);
        if (code == RD_OK)
            ready_compare(run, "encoding",
                          ready_same_encoding(rd_buf_text(&value), settings->encoding),
                          settings->encoding, rd_buf_text(&value));
    }
    for (size_t i = 0; code == RD_OK && i < settings->databases.count; i++)
        code = ready_database(run, settings->databases.items[i], reterr);
    return code;
}

const struct rd_check rd_check_ready = {
    .name = "ready",
    .summary = "the server answers, has left recovery and is the one that the plan means",
    .settings = &ready_shape,
    .needs = RD_NEEDS_SQL,
    .run = ready_run,
};
