/*
 * row_counts.c: the check `row_counts`: does each table have as many rows as the plan or the
 * baseline says? This file finds out which tables those are.
 */
#include <math.h>
#include <string.h>

#include "checks/checks.h"
#include "checks/reading.h"
#include "checks/row_counts_parts.h"
#include "drills/common/file.h"

enum {
    ROW_COUNTS_MEMORY_MAX = 24 * 1024 * 1024, /* names, of a baseline most of all */
    ROW_COUNTS_NAMES_MAX = 4096,
    ROW_COUNTS_NAMED = 10, /* tables that the finding about unknown ones names */
};

/* One execution. */
struct row_counts {
    const struct rd_check_run *run;
    const struct rd_row_counts_settings *settings;
    struct rd_arena *arena;
    struct rd_relation *wanted; /* the names of the plan's entries */
    bool *found;                /* the entries that a table belongs to */
    struct rd_relation *ignored;
    struct rd_baseline baseline;
    struct rd_tables *tables;
    size_t unknown; /* tables that the baseline does not know */
    struct rd_buf unknown_names;
};

static const struct rd_row_counts_entry *row_counts_entry(const struct row_counts *counts, size_t i)
{
    return (const struct rd_row_counts_entry *)counts->settings->tables.items + i;
}

static int row_counts_parse(struct row_counts *counts, struct rd_err *reterr)
{
    const struct rd_row_counts_settings *settings = counts->settings;
    size_t entries = settings->tables.count;
    size_t ignored = settings->ignore.count;
    int code = RD_OK;

    counts->wanted = rd_arena_alloc(counts->arena, (entries + 1) * sizeof(*counts->wanted));
    counts->found = rd_arena_alloc(counts->arena, (entries + 1) * sizeof(*counts->found));
    counts->ignored = rd_arena_alloc(counts->arena, (ignored + 1) * sizeof(*counts->ignored));
    if (counts->wanted == NULL || counts->found == NULL || counts->ignored == NULL)
        return rd_arena_status(counts->arena, reterr);
    for (size_t i = 0; code == RD_OK && i < entries; i++)
        code = rd_relation_parse(row_counts_entry(counts, i)->name, counts->arena,
                                 &counts->wanted[i], reterr);
    for (size_t i = 0; code == RD_OK && i < ignored; i++)
        code = rd_relation_parse(settings->ignore.items[i], counts->arena, &counts->ignored[i],
                                 reterr);
    return code;
}

static int row_counts_load(struct row_counts *counts, struct rd_err *reterr)
{
    const char *baseline = counts->settings->baseline;

    if (baseline != NULL) {
        const char *path =
            rd_file_resolve(counts->arena, counts->run->drill->plan_folder, baseline);
        if (path == NULL)
            return rd_arena_status(counts->arena, reterr);
        int code = rd_baseline_load(path, counts->arena, &counts->baseline, reterr);
        if (code != RD_OK)
            return code;
    }
    return rd_tables_load(counts->run, NULL, &counts->tables, reterr);
}

static bool row_counts_ignored(const struct row_counts *counts, const char *schema,
                               const char *name)
{
    for (size_t i = 0; i < counts->settings->ignore.count; i++) {
        if (rd_relation_matches(&counts->ignored[i], schema, name))
            return true;
    }
    return false;
}

/* Fills the wish with the entry for a table: its own, else the first pattern that means it. Every
 * entry that means it is noted as found. */
static void row_counts_choose(struct row_counts *counts, const struct rd_table *table, bool ignored,
                              struct rd_row_counts_wish *wish)
{
    bool common = table->kind == RD_TABLE_PLAIN || table->kind == RD_TABLE_PARTITIONED ||
                  table->kind == RD_TABLE_FOREIGN;

    for (size_t i = 0; i < counts->settings->tables.count; i++) {
        bool pattern = rd_relation_is_pattern(&counts->wanted[i]);
        if (pattern && (!common || table->partition || ignored))
            continue;
        if (!rd_relation_matches(&counts->wanted[i], table->schema, table->name))
            continue;
        counts->found[i] = true;
        if (!pattern || wish->entry == NULL)
            wish->entry = row_counts_entry(counts, i);
        wish->named = wish->named || !pattern;
    }
}

static void row_counts_note_unknown(struct row_counts *counts, const struct rd_table *table)
{
    bool common = table->kind == RD_TABLE_PLAIN || table->kind == RD_TABLE_PARTITIONED;

    if (counts->settings->baseline == NULL || !common || table->partition)
        return;
    if (counts->unknown++ < ROW_COUNTS_NAMED) {
        rd_buf_puts(&counts->unknown_names, counts->unknown > 1 ? ", " : "");
        rd_relation_write(&counts->unknown_names, table->schema, table->name);
    }
}

static int row_counts_table(struct row_counts *counts, const struct rd_table *table,
                            struct rd_err *reterr)
{
    bool ignored = row_counts_ignored(counts, table->schema, table->name);
    struct rd_baseline_table *known =
        rd_baseline_find(&counts->baseline, table->schema, table->name);
    struct rd_row_counts_wish wish = {
        .known = ignored ? NULL : known,
        .tolerance = counts->settings->tolerance,
    };

    if (known != NULL)
        known->found = true;
    row_counts_choose(counts, table, ignored, &wish);
    if (wish.entry != NULL && !isnan(wish.entry->tolerance))
        wish.tolerance = wish.entry->tolerance;
    if (wish.entry != NULL || wish.known != NULL)
        return rd_row_counts_count(counts->run, table, &wish, reterr);
    if (!ignored)
        row_counts_note_unknown(counts, table);
    return RD_OK;
}

static void row_counts_missing(const struct row_counts *counts, const struct rd_relation *wanted,
                               const char *source)
{
    struct rd_recorder *recorder = counts->run->drill->recorder;
    const char *meant = rd_tables_meant(counts->run, counts->tables, wanted);

    struct rd_finding *finding =
        rd_find(recorder, counts->run->group, RD_FAIL,
                rd_relation_text(counts->arena, wanted->schema.text, wanted->name.text, NULL),
                "is not in the restored database, but %s names it", source);
    finding->expected = "a table of this name";
    finding->actual = "none";
    if (meant != NULL)
        finding->hint =
            rd_record_text(recorder, "There is %s; names with capitals need double quotes.", meant);
}

/* What the plan and the baseline name and no table was found for. */
static void row_counts_rest(const struct row_counts *counts)
{
    struct rd_recorder *recorder = counts->run->drill->recorder;
    struct rd_group *group = counts->run->group;

    for (size_t i = 0; i < counts->settings->tables.count; i++) {
        if (!counts->found[i] && rd_relation_is_pattern(&counts->wanted[i]))
            rd_find(recorder, group, RD_ERROR, row_counts_entry(counts, i)->name,
                    "no table matches this pattern");
        else if (!counts->found[i])
            row_counts_missing(counts, &counts->wanted[i], "the plan");
    }
    for (size_t i = 0; i < counts->baseline.count; i++) {
        const struct rd_baseline_table *table = &counts->baseline.tables[i];
        const struct rd_relation wanted = {{table->schema, false}, {table->name, false}};
        if (!table->found && !row_counts_ignored(counts, table->schema, table->name))
            row_counts_missing(counts, &wanted, "the baseline");
    }
    if (counts->unknown > 0)
        rd_find(recorder, group, RD_SKIP, "tables that the baseline does not know",
                "%zu not counted: %s%s", counts->unknown, rd_buf_text(&counts->unknown_names),
                counts->unknown > ROW_COUNTS_NAMED ? " and more" : "");
    if (group->findings.count == 0)
        rd_find(recorder, group, RD_SKIP, "tables", "every table of the baseline is ignored");
}

static int row_counts_all(struct row_counts *counts, struct rd_err *reterr)
{
    int code = row_counts_parse(counts, reterr);

    if (code == RD_OK)
        code = row_counts_load(counts, reterr);
    if (code == RD_OK)
        code = rd_reading_prepare(counts->run, RD_READING_TABLES, reterr);
    for (size_t i = 0; code == RD_OK && i < rd_tables_count(counts->tables); i++) {
        struct rd_table table = rd_tables_at(counts->tables, i);
        code = row_counts_table(counts, &table, reterr);
    }
    if (code == RD_OK)
        row_counts_rest(counts);
    return code;
}

static int row_counts_run(const struct rd_check_run *run, const void *settings,
                          struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(ROW_COUNTS_MEMORY_MAX);
    struct row_counts counts = {
        .run = run,
        .settings = settings,
        .arena = arena,
        .unknown_names = RD_BUF_INIT(ROW_COUNTS_NAMES_MAX),
    };

    if (arena == NULL)
        return rd_err_memory(reterr);
    int code = row_counts_all(&counts, reterr);
    rd_tables_free(counts.tables);
    rd_buf_free(&counts.unknown_names);
    return code;
}

const struct rd_check rd_check_row_counts = {
    .name = "row_counts",
    .summary = "tables have as many rows as the plan or a baseline says",
    .settings = &rd_row_counts_shape,
    .needs = RD_NEEDS_SQL,
    .run = row_counts_run,
};
