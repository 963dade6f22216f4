/*
 * row_counts_settings.c: the settings of the check `row_counts`.
 */
#include <math.h>
#include <stddef.h>

#include "checks/row_counts_parts.h"

/* Up to here a double, and so JSON, holds every whole number. */
#define ROW_COUNTS_MOST 9007199254740992.0

enum { ROW_COUNTS_KEY_MAX = 1024 };

#define FIELD(member) .offset = offsetof(struct rd_row_counts_entry, member)

static const struct rd_field row_counts_entry_fields[] = {
    {.name = "exact",
     .type = RD_T_INTEGER,
     FIELD(exact),
     .unit = "rows",
     .max = ROW_COUNTS_MOST,
     .help = "exactly so many rows"},
    {.name = "min",
     .type = RD_T_INTEGER,
     FIELD(min),
     .unit = "rows",
     .max = ROW_COUNTS_MOST,
     .help = "at least so many rows"},
    {.name = "max",
     .type = RD_T_INTEGER,
     FIELD(max),
     .unit = "rows",
     .max = ROW_COUNTS_MOST,
     .help = "at most so many rows"},
    {.name = "tolerance",
     .type = RD_T_NUMBER,
     FIELD(tolerance),
     .unit = "%",
     .max = 1000000,
     .help = "how far this table may be from the baseline, in percent of the baseline's rows"},
    {0},
};
#undef FIELD

static const struct rd_shape row_counts_entry_shape = {
    .name = "table",
    .size = sizeof(struct rd_row_counts_entry),
    .fields = row_counts_entry_fields,
};

#define FIELD(member) .offset = offsetof(struct rd_row_counts_settings, member)

static const struct rd_field row_counts_fields[] = {
    {.name = "tables",
     .type = RD_T_MAP,
     FIELD(tables),
     .sub = &row_counts_entry_shape,
     .help = "what is expected, by table (public.users) or pattern (sales.*); a table's own entry "
             "beats patterns, of which the first counts; patterns stand for ordinary and "
             "partitioned tables"},
    {.name = "baseline",
     .type = RD_T_STRING,
     FIELD(baseline),
     .unit = "path",
     .help =
         "file with the counts that the source had when the backup was made; each of its tables "
         "must be there"},
    {.name = "tolerance",
     .type = RD_T_NUMBER,
     FIELD(tolerance),
     .unit = "%",
     .fallback = "0",
     .max = 1000000,
     .help = "how far tables may be from the baseline, in percent of the baseline's rows"},
    {.name = "ignore",
     .type = RD_T_STRINGS,
     FIELD(ignore),
     .help = "tables or patterns that are left out of the baseline and of patterns"},
    {0},
};
#undef FIELD

/* The path of an entry: $.checks[0].tables["public.users"]. */
static const char *row_counts_path(const char *path, const char *key, struct rd_faults *faults)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(ROW_COUNTS_KEY_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = rd_json_new_text(key);

    if (json == NULL || rd_json_print(json, false, &text, NULL) != RD_OK)
        return path;
    return rd_arena_printf(faults->arena, "%s.tables[%s]", path, rd_buf_text(&text));
}

static void row_counts_validate_entry(const struct rd_row_counts_entry *entry, bool baseline,
                                      const char *path, struct rd_faults *faults)
{
    bool bounded = entry->min != RD_ABSENT || entry->max != RD_ABSENT;

    rd_relation_validate(entry->name, true, path, faults);
    if (entry->exact != RD_ABSENT && bounded)
        rd_faults_add(faults, path, "'exact' leaves nothing to 'min' and 'max'");
    if (entry->min != RD_ABSENT && entry->max != RD_ABSENT && entry->min > entry->max)
        rd_faults_add(faults, path, "'min' is larger than 'max'");
    if (!baseline && !isnan(entry->tolerance))
        rd_faults_add(faults, path, "'tolerance' needs a 'baseline'");
    else if (!baseline && entry->exact == RD_ABSENT && !bounded)
        rd_faults_add(faults, path, "must say how many rows are expected");
}

static void row_counts_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct rd_row_counts_settings *settings = object;
    const struct rd_row_counts_entry *entries = settings->tables.items;

    if (settings->tables.count == 0 && settings->baseline == NULL)
        rd_faults_add(faults, path, "'tables' or 'baseline' must say what is expected");
    for (size_t i = 0; i < settings->ignore.count; i++)
        rd_relation_validate(settings->ignore.items[i], true,
                             rd_arena_printf(faults->arena, "%s.ignore[%zu]", path, i), faults);
    for (size_t i = 0; i < settings->tables.count; i++)
        row_counts_validate_entry(&entries[i], settings->baseline != NULL,
                                  row_counts_path(path, entries[i].name, faults), faults);
}

const struct rd_shape rd_row_counts_shape = {
    .name = "row_counts",
    .size = sizeof(struct rd_row_counts_settings),
    .fields = row_counts_fields,
    .validate = row_counts_validate,
};
