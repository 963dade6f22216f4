/*
 * migrations.c: the check `migrations`: is the restored schema at the version that the application
 * expects, and did every migration run to its end, as its file says? It finds the tables of the
 * frameworks that it knows, or takes the one that the plan names.
 */
#include <stddef.h>

#include "checks/checks.h"
#include "checks/migrations_parts.h"
#include "drills/common/file.h"
#include "drills/common/relation.h"

enum {
    MIGRATIONS_MEMORY_MAX = 32 * 1024 * 1024, /* for one table with its folder */
    MIGRATIONS_AUTO = 1,
};

#define FIELD(member) .offset = offsetof(struct rd_migrations_settings, member)

static const struct rd_field migrations_fields[] = {
    {.name = "framework",
     .type = RD_T_ENUM,
     FIELD(framework),
     .fallback = "auto",
     .choices = rd_migration_choices,
     .help = "the tool whose table is judged; 'auto' looks for all of them"},
    {.name = "expect",
     .type = RD_T_STRING,
     FIELD(expect),
     .help = "name or version of the migration that must be the newest applied one"},
    {.name = "dir",
     .type = RD_T_STRING,
     FIELD(dir),
     .unit = "path",
     .help = "folder of the migrations: every file must be applied and unchanged, and every "
             "applied one must have its file"},
    {.name = "table",
     .type = RD_T_STRING,
     FIELD(table),
     .help = "the migration table (schema.table), where it does not have its usual name; needs "
             "'framework'"},
    {.name = "pending",
     .type = RD_T_BOOL,
     FIELD(pending),
     .fallback = "true",
     .help = "whether a migration in 'dir' that is not applied is a failure"},
    {0},
};

static void migrations_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct rd_migrations_settings *settings = object;
    const struct rd_migration_framework *framework =
        settings->framework > MIGRATIONS_AUTO ? &rd_migration_frameworks[settings->framework - 2]
                                              : NULL;

    if (settings->table != NULL && framework == NULL)
        rd_faults_add(faults, path, "'table' needs 'framework': a name does not tell whose it is");
    if (settings->table != NULL)
        rd_relation_validate(settings->table, false,
                             rd_arena_printf(faults->arena, "%s.table", path), faults);
    if (settings->dir != NULL && framework != NULL && framework->files == RD_FILES_NONE)
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.dir", path),
                      "the files of %s cannot be compared with its table", framework->name);
}

static const struct rd_shape migrations_shape = {
    .name = "migrations",
    .size = sizeof(struct rd_migrations_settings),
    .fields = migrations_fields,
    .validate = migrations_validate,
};

/* The tables that were found, by framework. */
struct migrations_search {
    const struct rd_check_run *run;
    const struct rd_migrations_settings *settings;
    struct rd_arena *arena;
    struct rd_pg_result *tables[RD_MIGRATION_FRAMEWORKS];
    size_t found;  /* frameworks that have a table */
    bool straight; /* `expect` and `dir` are about the framework that was found */
};

static void migrations_search_end(struct migrations_search *search)
{
    for (size_t i = 0; i < RD_COUNT(search->tables); i++)
        rd_pg_result_free(search->tables[i]);
    rd_arena_free(search->arena);
}

static int migrations_search_run(struct migrations_search *search, struct rd_err *reterr)
{
    const struct rd_migrations_settings *settings = search->settings;
    struct rd_relation table = {0};

    if (settings->table != NULL) {
        int result = rd_relation_parse(settings->table, search->arena, &table, reterr);
        if (result != RD_OK)
            return result;
    }
    for (size_t i = 0; i < RD_MIGRATION_FRAMEWORKS; i++) {
        bool sure = settings->framework == (int)i + 2;
        if (settings->framework != MIGRATIONS_AUTO && !sure)
            continue;
        int result = rd_migrations_find(search->run, &rd_migration_frameworks[i], table.schema.text,
                                        table.name.text, sure, &search->tables[i], reterr);
        if (result != RD_OK)
            return result;
        search->found += rd_pg_rows(search->tables[i]) > 0;
    }
    return rd_arena_status(search->arena, reterr);
}

/* Nothing is there: a failure where the plan expects something, else the check does not apply. */
static void migrations_none(const struct migrations_search *search)
{
    const struct rd_migrations_settings *settings = search->settings;
    struct rd_recorder *recorder = search->run->drill->recorder;
    bool expected = settings->framework != MIGRATIONS_AUTO || settings->expect != NULL ||
                    settings->dir != NULL || settings->table != NULL;
    struct rd_finding *finding = rd_find(recorder, search->run->group, expected ? RD_FAIL : RD_SKIP,
                                         "migration table", "no migration table was found");
    const struct rd_migration_framework *framework =
        settings->framework != MIGRATIONS_AUTO ? &rd_migration_frameworks[settings->framework - 2]
                                               : NULL;

    if (settings->table != NULL)
        finding->expected = rd_record_text(recorder, "the table %s with the columns %s",
                                           settings->table, framework->columns);
    else if (framework != NULL)
        finding->expected = rd_record_text(recorder, "a table %s with the columns %s",
                                           framework->tables, framework->columns);
    finding->hint = expected ? "Set 'table' if the framework's table has another name; else the "
                               "backup does not hold it."
                             : "Remove the check, or say which 'framework' the database must have.";
}

static void migrations_judge_table(const struct migrations_search *search, size_t index, size_t row)
{
    const struct rd_check_run *run = search->run;
    const struct rd_migration_framework *framework = &rd_migration_frameworks[index];
    const struct rd_pg_result *tables = search->tables[index];
    struct rd_recorder *recorder = run->drill->recorder;
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(MIGRATIONS_MEMORY_MAX);
    struct rd_err err = RD_ERR_INIT;
    struct rd_migrations migrations = {
        .run = run,
        .settings = search->settings,
        .framework = framework,
        .schema = rd_pg_get(tables, row, 0),
        .table = rd_pg_get(tables, row, 1),
        .expect = search->straight ? search->settings->expect : NULL,
        .arena = arena,
    };
    int result = arena != NULL ? RD_OK : rd_err_memory(&err);

    migrations.label =
        rd_pg_rows(tables) == 1
            ? framework->name
            : rd_record_text(recorder, "%s %s", framework->name,
                             rd_relation_text(rd_recorder_arena(recorder), migrations.schema,
                                              migrations.table, NULL));
    if (result == RD_OK && search->straight && search->settings->dir != NULL) {
        migrations.folder = rd_file_resolve(arena, run->drill->plan_folder, search->settings->dir);
        result = rd_arena_status(arena, &err);
    }
    if (result == RD_OK)
        result = rd_migrations_judge(&migrations, &err);
    if (result != RD_OK)
        rd_find_err(recorder, run->group, migrations.label, &err);
}

static int migrations_run(const struct rd_check_run *run, const void *settings,
                          struct rd_err *reterr)
{
    RD_CLEANUP(migrations_search_end)
    struct migrations_search search = {
        .run = run,
        .settings = settings,
        .arena = rd_arena_new(MIGRATIONS_MEMORY_MAX),
    };

    if (search.arena == NULL)
        return rd_err_memory(reterr);
    int result = migrations_search_run(&search, reterr);
    if (result != RD_OK)
        return result;
    if (search.found == 0) {
        migrations_none(&search);
        return RD_OK;
    }

    search.straight = search.found == 1;
    if (!search.straight && (search.settings->expect != NULL || search.settings->dir != NULL)) {
        struct rd_finding *finding =
            rd_find(run->drill->recorder, run->group, RD_ERROR, "framework",
                    "several frameworks were found, and the plan does not say which one is meant");
        finding->hint = "Set 'framework'; one check for each framework is fine.";
    }
    for (size_t i = 0; i < RD_MIGRATION_FRAMEWORKS; i++) {
        for (size_t row = 0; search.tables[i] != NULL && row < rd_pg_rows(search.tables[i]); row++)
            migrations_judge_table(&search, i, row);
    }
    return RD_OK;
}

const struct rd_check rd_check_migrations = {
    .name = "migrations",
    .summary = "the schema's migrations: version as expected, none failed, edited, missing or "
               "pending",
    .settings = &migrations_shape,
    .needs = RD_NEEDS_SQL,
    .run = migrations_run,
};
