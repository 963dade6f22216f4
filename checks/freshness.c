/*
 * freshness.c: the check `freshness`: is the newest row of a table recent enough, and not from the
 * future? It says more about lost data than the age of any file.
 */
#include <stddef.h>
#include <string.h>

#include "checks/checks.h"
#include "checks/freshness_parts.h"
#include "checks/reading.h"
#include "drills/common/times.h"

struct freshness_settings {
    const char *table;
    const char *column;
    int64_t max_age_ms;
    int64_t not_after_us;
    const char *zone;
    int64_t clock_skew_ms;
};

enum { FRESHNESS_MEMORY_MAX = 1024 * 1024 };

#define FIELD(member) .offset = offsetof(struct freshness_settings, member)

static const struct rd_field freshness_fields[] = {
    {.name = "table",
     .type = RD_T_STRING,
     FIELD(table),
     .flags = RD_REQUIRED,
     .help = "table whose newest row counts: public.orders"},
    {.name = "column",
     .type = RD_T_STRING,
     FIELD(column),
     .flags = RD_REQUIRED,
     .help =
         "column that says when a row was written: timestamptz, timestamp or date, where a date "
         "counts as the start of its day; an index that leads with it makes this fast"},
    {.name = "max_age",
     .type = RD_T_DURATION,
     FIELD(max_age_ms),
     .help = "how old the newest row may be at the time of the incident: the plan's target, or the "
             "start of the drill"},
    {.name = "not_after",
     .type = RD_T_TIME,
     FIELD(not_after_us),
     .help = "time after which there must be no row"},
    {.name = "zone",
     .type = RD_T_STRING,
     FIELD(zone),
     .help = "zone of the clock that filled the column, needed where the column has none: "
             "Europe/Berlin, UTC, +02:00"},
    {.name = "clock_skew",
     .type = RD_T_DURATION,
     FIELD(clock_skew_ms),
     .fallback = "1m",
     .help = "how far the newest row may lie in the future"},
    {0},
};
#undef FIELD

static void freshness_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct freshness_settings *settings = object;
    const struct rd_wall some_day = {.year = 2025, .month = 7, .day = 1};
    struct rd_err err = RD_ERR_INIT;
    int64_t ignored;

    rd_relation_validate(settings->table, false, rd_arena_printf(faults->arena, "%s.table", path),
                         faults);
    rd_relation_validate_column(settings->column, rd_arena_printf(faults->arena, "%s.column", path),
                                faults);
    if (settings->max_age_ms == RD_ABSENT && settings->not_after_us == RD_ABSENT)
        rd_faults_add(faults, path, "'max_age' or 'not_after' must say what is expected");
    if (settings->zone != NULL &&
        rd_time_from_wall(&some_day, settings->zone, &ignored, &err) != RD_OK)
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.zone", path), "%s", err.message);
}

static const struct rd_shape freshness_shape = {
    .name = "freshness",
    .size = sizeof(struct freshness_settings),
    .fields = freshness_fields,
    .validate = freshness_validate,
};

/* One execution. */
struct freshness {
    const struct rd_check_run *run;
    const struct freshness_settings *settings;
    struct rd_relation wanted;
    const char *column;
    const char *subject; /* public.orders.placed_at */
};

static struct rd_finding *freshness_find(const struct freshness *fresh, int verdict,
                                         const char *message)
{
    return rd_find(fresh->run->drill->recorder, fresh->run->group, verdict, fresh->subject, "%s",
                   message);
}

/* The table, or a finding that says why there is none; `ret_found` tells. */
static int freshness_table(const struct freshness *fresh, struct rd_tables **tables,
                           struct rd_table *ret_table, bool *ret_found, struct rd_err *reterr)
{
    struct rd_recorder *recorder = fresh->run->drill->recorder;

    int code = rd_tables_load(fresh->run, &fresh->wanted, tables, reterr);
    if (code != RD_OK)
        return code;
    for (size_t i = 0; !*ret_found && i < rd_tables_count(*tables); i++) {
        *ret_table = rd_tables_at(*tables, i);
        *ret_found = rd_relation_matches(&fresh->wanted, ret_table->schema, ret_table->name);
    }
    if (!*ret_found) {
        const char *meant = rd_tables_meant(fresh->run, *tables, &fresh->wanted);
        struct rd_finding *finding =
            freshness_find(fresh, RD_FAIL, "the table is not in the restored database");
        finding->expected = "a table of this name";
        finding->actual = "none";
        if (meant != NULL)
            finding->hint = rd_record_text(
                recorder, "There is %s; names with capitals need double quotes.", meant);
        return RD_OK;
    }
    const char *why = rd_tables_unreadable(ret_table);
    if (why != NULL) {
        struct rd_finding *finding =
            rd_find(recorder, fresh->run->group, RD_ERROR, fresh->subject, "the table %s", why);
        finding->hint = "Take it out of the plan, or ask for it with the check sql.";
        *ret_found = false;
    }
    return RD_OK;
}

/* A domain counts as the type below it. */
static const char freshness_column_sql[] =
    "WITH RECURSIVE base (oid) AS ("
    "  SELECT a.atttypid FROM pg_attribute a"
    "    WHERE a.attrelid = $1::oid AND a.attname::text = $2 AND a.attnum > 0"
    "  UNION SELECT t.typbasetype FROM pg_type t JOIN base b ON t.oid = b.oid"
    "    WHERE t.typtype = 'd') "
    "SELECT t.oid, format_type(t.oid, NULL) FROM pg_type t JOIN base b ON t.oid = b.oid "
    "WHERE t.typtype <> 'd'";

/* What the column holds; stays 0 after a finding that says why it is of no use. */
static int freshness_kind(const struct freshness *fresh, const struct rd_table *table,
                          enum rd_freshness_kind *ret_kind, struct rd_err *reterr)
{
    /* Numbers of types in pg_type.dat, the same in every server. */
    static const struct {
        int64_t type;
        enum rd_freshness_kind kind;
    } kinds[] = {
        {1184, RD_FRESHNESS_INSTANT}, {1114, RD_FRESHNESS_READING}, {1082, RD_FRESHNESS_DATE}};
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    const char *const params[] = {table->oid, fresh->column};

    int code = rd_pg_query(fresh->run->pg, &fresh->run->deadline, freshness_column_sql, 2, params,
                           &result, reterr);
    if (code != RD_OK)
        return code;
    if (rd_pg_rows(result) == 0) {
        struct rd_finding *missing = freshness_find(fresh, RD_FAIL, "the table has no such column");
        missing->expected = "a column of this name";
        missing->actual = "none";
        return RD_OK;
    }
    for (size_t i = 0; i < RD_COUNT(kinds); i++) {
        if (rd_pg_get_int(result, 0, 0) == kinds[i].type)
            *ret_kind = kinds[i].kind;
    }
    struct rd_finding *finding;
    if (*ret_kind == 0) {
        finding = rd_find(fresh->run->drill->recorder, fresh->run->group, RD_ERROR, fresh->subject,
                          "the column is of type %s, which is no time", rd_pg_get(result, 0, 1));
        finding->hint = "Name a column of type timestamptz, timestamp or date, or use the check "
                        "sql.";
    } else if (*ret_kind != RD_FRESHNESS_INSTANT && fresh->settings->zone == NULL) {
        finding = freshness_find(fresh, RD_ERROR,
                                 "the column has no zone, and the plan does not say which");
        finding->hint = "Add the zone of the clock that filled it: \"zone\": \"UTC\".";
        *ret_kind = 0;
    }
    return RD_OK;
}

/* Evidence of loss only where the owner's own limit says so: an idle database lost nothing. */
static void freshness_evidence(const struct freshness *fresh, int64_t at_us, bool old)
{
    struct rd_recorder *recorder = fresh->run->drill->recorder;
    const char *note = "the plan gives no max_age for it";

    if (old)
        note = "older than the plan's max_age";
    else if (fresh->settings->max_age_ms != RD_ABSENT)
        note = "within the plan's max_age; the database may have been idle since";
    rd_record_evidence(recorder, rd_record_text(recorder, "newest row of %s", fresh->subject),
                       at_us, old, note);
}

static const char *freshness_expected(const struct freshness *fresh)
{
    const struct freshness_settings *settings = fresh->settings;
    struct rd_recorder *recorder = fresh->run->drill->recorder;
    char age[RD_DURATION_TEXT], until[RD_TIME_TEXT];

    if (settings->not_after_us == RD_ABSENT)
        return rd_record_text(recorder, "at most %s old",
                              rd_duration_format(settings->max_age_ms, age));
    if (settings->max_age_ms == RD_ABSENT)
        return rd_record_text(recorder, "not after %s",
                              rd_time_format(settings->not_after_us, until));
    return rd_record_text(recorder, "at most %s old and not after %s",
                          rd_duration_format(settings->max_age_ms, age),
                          rd_time_format(settings->not_after_us, until));
}

static void freshness_judge(const struct freshness *fresh, int64_t at_us)
{
    const struct freshness_settings *settings = fresh->settings;
    struct rd_recorder *recorder = fresh->run->drill->recorder;
    int64_t age_ms = (fresh->run->drill->incident_us - at_us) / 1000;
    char at[RD_TIME_TEXT], age[RD_DURATION_TEXT];
    bool future = age_ms < -settings->clock_skew_ms;
    bool late = settings->not_after_us != RD_ABSENT && at_us > settings->not_after_us;
    bool old = settings->max_age_ms != RD_ABSENT && age_ms > settings->max_age_ms;
    const char *where = age_ms < 0 ? "in the future" : "old";
    struct rd_finding *finding;

    rd_time_format(at_us, at);
    rd_duration_format(age_ms < 0 ? -age_ms : age_ms, age);
    if (late)
        finding =
            freshness_find(fresh, RD_FAIL, "there is a row after the time that the plan sets");
    else if (future)
        finding = freshness_find(fresh, RD_FAIL, "the newest row is from the future");
    else if (old)
        finding = freshness_find(fresh, RD_FAIL, "the newest row is too old");
    else if (settings->max_age_ms != RD_ABSENT)
        finding = freshness_find(fresh, RD_PASS, "the newest row is recent enough");
    else
        finding = freshness_find(fresh, RD_PASS, "no row is after the time that the plan sets");
    finding->expected = freshness_expected(fresh);
    finding->actual = rd_record_text(recorder, "%s, %s %s", at, age, where);
    /* A row from the future hides the newest real one, and says nothing about what was lost. */
    if (!future)
        freshness_evidence(fresh, at_us, old);
}

static void freshness_nothing(const struct freshness *fresh)
{
    if (fresh->settings->max_age_ms == RD_ABSENT) {
        freshness_find(fresh, RD_SKIP, "there is no row with a time in it, so none is too late");
        return;
    }
    struct rd_finding *finding =
        freshness_find(fresh, RD_FAIL, "there is no row with a time in it");
    finding->expected = freshness_expected(fresh);
    finding->actual = "no row";
}

static void freshness_infinite(const struct freshness *fresh, const char *actual,
                               const char *message)
{
    struct rd_finding *finding = freshness_find(fresh, RD_FAIL, message);

    finding->expected = freshness_expected(fresh);
    finding->actual = actual;
}

static int freshness_newest(const struct freshness *fresh, const struct rd_table *table,
                            enum rd_freshness_kind kind, struct rd_err *reterr)
{
    struct rd_freshness_newest newest;
    struct rd_err err = RD_ERR_INIT;

    int code = rd_reading_prepare(fresh->run, RD_READING_INDEXES, reterr);
    if (code != RD_OK)
        return code;
    if (rd_freshness_ask(fresh->run, table, fresh->column, kind, fresh->settings->zone, &newest,
                         &err) != RD_OK)
        return rd_reading_failed(fresh->run, fresh->subject, &err, reterr);
    switch (newest.state) {
    case RD_FRESHNESS_NONE:
        freshness_nothing(fresh);
        break;
    case RD_FRESHNESS_INFINITY:
        freshness_infinite(fresh, "infinity",
                           "a row has the time 'infinity', which hides the newest real one");
        break;
    case RD_FRESHNESS_MINUS_INFINITY:
        freshness_infinite(fresh, "-infinity", "every time is '-infinity'");
        break;
    case RD_FRESHNESS_AT:
        freshness_judge(fresh, newest.at_us);
        break;
    }
    return RD_OK;
}

static int freshness_run(const struct rd_check_run *run, const void *object, struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(FRESHNESS_MEMORY_MAX);
    RD_CLEANUP(rd_tables_freep) struct rd_tables *tables = NULL;
    struct freshness fresh = {.run = run, .settings = object};
    struct rd_table table;
    bool found = false;
    enum rd_freshness_kind kind = 0;

    if (arena == NULL)
        return rd_err_memory(reterr);
    int code = rd_relation_parse(fresh.settings->table, arena, &fresh.wanted, reterr);
    if (code == RD_OK)
        code = rd_relation_parse_column(fresh.settings->column, arena, &fresh.column, reterr);
    if (code != RD_OK)
        return code;
    fresh.subject =
        rd_relation_text(rd_recorder_arena(run->drill->recorder), fresh.wanted.schema.text,
                         fresh.wanted.name.text, fresh.column);
    code = freshness_table(&fresh, &tables, &table, &found, reterr);
    if (code == RD_OK && found)
        code = freshness_kind(&fresh, &table, &kind, reterr);
    if (code == RD_OK && kind != 0)
        code = freshness_newest(&fresh, &table, kind, reterr);
    return code;
}

const struct rd_check rd_check_freshness = {
    .name = "freshness",
    .summary = "the newest row of a table is recent enough and not from the future",
    .settings = &freshness_shape,
    .needs = RD_NEEDS_SQL,
    .run = freshness_run,
};
