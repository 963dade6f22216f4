/*
 * foreign_keys.c: the check `foreign_keys`: does every row that points at another one find it?
 * Constraints that a backup brought along prove nothing: they were not asked when the rows were
 * restored, or the rows were damaged afterwards.
 */
#include <stddef.h>
#include <string.h>

#include "checks/checks.h"
#include "checks/foreign_keys_parts.h"
#include "checks/reading.h"
#include "drills/common/clock.h"
#include "drills/common/relation.h"

struct foreign_keys_settings {
    struct rd_strings tables;
    struct rd_strings ignore;
    int64_t samples;
    bool clear;
};

enum {
    FOREIGN_KEYS_MEMORY_MAX = 8 * 1024 * 1024,
    FOREIGN_KEYS_SQL_MAX = 256 * 1024, /* keys may have 32 columns, their names 63 bytes */
    FOREIGN_KEYS_TEXT_MAX = 64 * 1024,
};

#define FIELD(member) .offset = offsetof(struct foreign_keys_settings, member)

static const struct rd_field foreign_keys_fields[] = {
    {.name = "tables",
     .type = RD_T_STRINGS,
     FIELD(tables),
     .help = "tables or patterns (sales.*) whose foreign keys are examined; without it, all"},
    {.name = "ignore",
     .type = RD_T_STRINGS,
     FIELD(ignore),
     .help = "tables or patterns whose foreign keys are left out"},
    {.name = "samples",
     .type = RD_T_INTEGER,
     FIELD(samples),
     .fallback = "3",
     .max = 10,
     .help = "how many keys of orphaned rows are shown, as keyed hashes"},
    {.name = "clear",
     .type = RD_T_BOOL,
     FIELD(clear),
     .help = "shows those keys as they are; reports then hold data of the database"},
    {0},
};
#undef FIELD

static void foreign_keys_validate_list(const struct rd_strings *list, const char *name,
                                       const char *path, struct rd_faults *faults)
{
    for (size_t i = 0; i < list->count; i++)
        rd_relation_validate(list->items[i], true,
                             rd_arena_printf(faults->arena, "%s.%s[%zu]", path, name, i), faults);
}

static void foreign_keys_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct foreign_keys_settings *settings = object;

    foreign_keys_validate_list(&settings->tables, "tables", path, faults);
    foreign_keys_validate_list(&settings->ignore, "ignore", path, faults);
}

static const struct rd_shape foreign_keys_shape = {
    .name = "foreign_keys",
    .size = sizeof(struct foreign_keys_settings),
    .fields = foreign_keys_fields,
    .validate = foreign_keys_validate,
};

/* Patterns, and which of them a key's table matched. */
struct foreign_keys_patterns {
    const struct rd_strings *texts;
    struct rd_relation *parsed;
    bool *found;
};

static int foreign_keys_parse(const struct rd_strings *texts, struct rd_arena *arena,
                              struct foreign_keys_patterns *ret_patterns, struct rd_err *reterr)
{
    struct rd_relation *parsed = rd_arena_alloc(arena, (texts->count + 1) * sizeof(*parsed));
    bool *found = rd_arena_alloc(arena, (texts->count + 1) * sizeof(*found));

    if (parsed == NULL || found == NULL)
        return rd_arena_status(arena, reterr);
    for (size_t i = 0; i < texts->count; i++) {
        int code = rd_relation_parse(texts->items[i], arena, &parsed[i], reterr);
        if (code != RD_OK)
            return code;
    }
    *ret_patterns = (struct foreign_keys_patterns){texts, parsed, found};
    return RD_OK;
}

static bool foreign_keys_match(const struct foreign_keys_patterns *patterns,
                               const struct rd_foreign_key *key)
{
    bool any = false;

    for (size_t i = 0; i < patterns->texts->count; i++) {
        if (rd_relation_matches(&patterns->parsed[i], key->schema, key->table)) {
            patterns->found[i] = true;
            any = true;
        }
    }
    return any;
}

struct foreign_keys_answer {
    int64_t orphans; /* partly NULL keys of MATCH FULL included */
    int64_t partly;
    bool rows; /* the table has any */
};

static int foreign_keys_ask(const struct rd_check_run *run, const struct rd_foreign_key *key,
                            struct foreign_keys_answer *ret_answer, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(FOREIGN_KEYS_SQL_MAX);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;

    rd_buf_printf(&sql, "SELECT count(*), count(*) FILTER (WHERE %s), EXISTS (SELECT FROM %s) ",
                  key->partly, key->only);
    rd_buf_printf(&sql, "FROM %s WHERE %s", key->from, key->orphan);
    int code = rd_buf_status(&sql, "query for orphaned rows", reterr);
    if (code == RD_OK)
        code = rd_pg_query(run->pg, &run->deadline, rd_buf_text(&sql), 0, NULL, &result, reterr);
    if (code != RD_OK)
        return code;
    *ret_answer = (struct foreign_keys_answer){
        .orphans = rd_pg_get_int(result, 0, 0),
        .partly = rd_pg_get_int(result, 0, 1),
        .rows = rd_pg_get_bool(result, 0, 2),
    };
    return RD_OK;
}

/* Appends the keys of some orphaned rows: "(hmac:…, hmac:…)". */
static int foreign_keys_show(const struct rd_check_run *run, const struct rd_foreign_key *key,
                             const struct foreign_keys_settings *settings, struct rd_buf *out,
                             struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(FOREIGN_KEYS_SQL_MAX);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;

    rd_buf_printf(&sql, "SELECT DISTINCT %s FROM %s WHERE %s ORDER BY 1", key->columns, key->from,
                  key->orphan);
    for (size_t i = 2; i <= key->width; i++)
        rd_buf_printf(&sql, ", %zu", i);
    rd_buf_printf(&sql, " LIMIT %lld", (long long)settings->samples);
    int code = rd_buf_status(&sql, "query for keys of orphaned rows", reterr);
    if (code == RD_OK)
        code = rd_pg_query(run->pg, &run->deadline, rd_buf_text(&sql), 0, NULL, &result, reterr);
    if (code != RD_OK)
        return code;
    for (size_t row = 0; row < rd_pg_rows(result); row++) {
        rd_buf_puts(out, row > 0 ? ", (" : ", with the keys (");
        for (size_t i = 0; i < key->width; i++)
            rd_buf_printf(out, "%s%s", i > 0 ? ", " : "",
                          rd_drill_hash(run->drill, rd_pg_get(result, row, i), settings->clear));
        rd_buf_puts(out, ")");
    }
    return RD_OK;
}

static void foreign_keys_fail(const struct rd_check_run *run, const struct rd_foreign_key *key,
                              const char *subject, const struct foreign_keys_settings *settings,
                              const struct foreign_keys_answer *answer)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf actual = RD_BUF_INIT(FOREIGN_KEYS_TEXT_MAX);
    struct rd_recorder *recorder = run->drill->recorder;
    struct rd_err err = RD_ERR_INIT;
    const char *plural = answer->orphans == 1 ? "" : "s";

    rd_buf_printf(&actual, "%lld orphaned row%s", (long long)answer->orphans, plural);
    if (answer->partly > 0)
        rd_buf_printf(&actual, " (%lld with a key that is partly NULL, against MATCH FULL)",
                      (long long)answer->partly);
    struct rd_finding *finding =
        rd_find(recorder, run->group, RD_FAIL, subject, "%lld row%s at no row of %s%s",
                (long long)answer->orphans, answer->orphans == 1 ? " points" : "s point",
                rd_relation_text(rd_recorder_arena(recorder), key->referenced_schema,
                                 key->referenced_table, NULL),
                key->validated ? "" : "; the key was not validated at the source either");
    finding->expected = "no orphaned row";
    /* The verdict stands without samples, whatever keeps them from being shown. */
    if (settings->samples > 0)
        (void)!foreign_keys_show(run, key, settings, &actual, &err);
    finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&actual));
}

static int foreign_keys_one(const struct rd_check_run *run, const struct rd_foreign_key *key,
                            const struct foreign_keys_settings *settings, struct rd_err *reterr)
{
    struct rd_recorder *recorder = run->drill->recorder;
    const char *subject =
        rd_relation_text(rd_recorder_arena(recorder), key->schema, key->table, key->name);
    struct foreign_keys_answer answer;
    struct rd_err err = RD_ERR_INIT;
    int64_t started_us = rd_clock_monotonic_us();

    if (!key->enforced) {
        rd_find(recorder, run->group, RD_SKIP, subject, "is NOT ENFORCED at the source");
        return RD_OK;
    }
    if (key->temporal) {
        rd_find(recorder, run->group, RD_SKIP, subject, "is temporal (PERIOD): not examined");
        rd_record_limit(recorder, "Temporal foreign keys (PERIOD) were not examined.");
        return RD_OK;
    }
    if (foreign_keys_ask(run, key, &answer, &err) != RD_OK)
        return rd_reading_failed(run, subject, &err, reterr);
    if (answer.orphans > 0) {
        foreign_keys_fail(run, key, subject, settings, &answer);
        return RD_OK;
    }
    if (!answer.rows) {
        rd_find(recorder, run->group, RD_SKIP, subject, "its table has no rows");
        return RD_OK;
    }
    struct rd_finding *finding =
        rd_find(recorder, run->group, RD_PASS, subject, "no orphaned row%s",
                key->validated ? "" : "; the key was not validated at the source");
    finding->expected = "no orphaned row";
    finding->actual = "no orphaned row";
    finding->duration_ms = (rd_clock_monotonic_us() - started_us) / 1000;
    return RD_OK;
}

/* What the plan named and no key was found for; and that there was nothing to look at. */
static void foreign_keys_rest(const struct rd_check_run *run, size_t keys,
                              const struct foreign_keys_patterns *tables)
{
    struct rd_recorder *recorder = run->drill->recorder;

    for (size_t i = 0; i < tables->texts->count; i++) {
        if (!tables->found[i])
            rd_find(recorder, run->group, RD_ERROR, tables->texts->items[i],
                    "no foreign key belongs to a table of this name");
    }
    if (keys == 0)
        rd_find(recorder, run->group, RD_SKIP, "foreign keys", "the database has no foreign keys");
    else if (run->group->findings.count == 0)
        rd_find(recorder, run->group, RD_SKIP, "foreign keys", "the plan ignores all %zu", keys);
}

static int foreign_keys_run(const struct rd_check_run *run, const void *object,
                            struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(FOREIGN_KEYS_MEMORY_MAX);
    RD_CLEANUP(rd_foreign_keys_freep) struct rd_foreign_keys *keys = NULL;
    const struct foreign_keys_settings *settings = object;
    struct foreign_keys_patterns tables, ignored;

    if (arena == NULL)
        return rd_err_memory(reterr);
    int code = foreign_keys_parse(&settings->tables, arena, &tables, reterr);
    if (code == RD_OK)
        code = foreign_keys_parse(&settings->ignore, arena, &ignored, reterr);
    if (code == RD_OK)
        code = rd_foreign_keys_load(run, &keys, reterr);
    /* A damaged index of the referenced table could hide orphans, or make some up. */
    if (code == RD_OK)
        code = rd_reading_prepare(run, RD_READING_TABLES, reterr);
    if (code != RD_OK)
        return code;
    for (size_t i = 0; code == RD_OK && i < rd_foreign_keys_count(keys); i++) {
        struct rd_foreign_key key = rd_foreign_keys_at(keys, i);
        bool wanted = foreign_keys_match(&tables, &key) || settings->tables.count == 0;
        if (wanted && !foreign_keys_match(&ignored, &key))
            code = foreign_keys_one(run, &key, settings, reterr);
    }
    if (code == RD_OK)
        foreign_keys_rest(run, rd_foreign_keys_count(keys), &tables);
    return code;
}

const struct rd_check rd_check_foreign_keys = {
    .name = "foreign_keys",
    .summary = "every row that points at another row finds it",
    .settings = &foreign_keys_shape,
    .needs = RD_NEEDS_SQL,
    .run = foreign_keys_run,
};
