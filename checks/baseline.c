/*
 * baseline.c: see baseline.h.
 */
#include "checks/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "drills/common/file.h"
#include "drills/common/json.h"
#include "drills/common/relation.h"

static int baseline_compare(const void *a, const void *b)
{
    const struct rd_baseline_table *left = a;
    const struct rd_baseline_table *right = b;
    int order = strcmp(left->schema, right->schema);

    return order != 0 ? order : strcmp(left->name, right->name);
}

static int baseline_malformed(const char *path, const char *what, struct rd_err *reterr)
{
    int code = rd_err_set(reterr, RD_E_FORMAT, "'%s' is no baseline: %s", path, what);

    rd_err_hint(reterr, "A baseline looks like {\"format\": \"" RD_BASELINE_FORMAT
                        "\", \"tables\": {\"public.users\": {\"rows\": 1234}}}.");
    return code;
}

static int baseline_table(const char *path, const struct rd_json *member, struct rd_arena *arena,
                          struct rd_baseline_table *ret_table, struct rd_err *reterr)
{
    const struct rd_json *rows = rd_json_get(member, "rows");
    struct rd_relation relation;
    struct rd_err err = RD_ERR_INIT;

    int code = rd_relation_parse(rd_json_key(member), arena, &relation, &err);
    if (code == RD_E_MEMORY || code == RD_E_LIMIT)
        return rd_err_set(reterr, code, "%s", err.message);
    if (code != RD_OK)
        return baseline_malformed(path, err.message, reterr);
    if (rd_relation_is_pattern(&relation))
        return baseline_malformed(path, "the name of a table has a wildcard", reterr);

    *ret_table = (struct rd_baseline_table){
        .schema = relation.schema.text,
        .name = relation.name.text,
    };
    if (rows == NULL || !rd_json_integer(rows, &ret_table->rows) || ret_table->rows < 0)
        return baseline_malformed(path, "a table has no number of rows", reterr);
    return RD_OK;
}

static int baseline_tables(const char *path, const struct rd_json *members, struct rd_arena *arena,
                           struct rd_baseline *ret_baseline, struct rd_err *reterr)
{
    size_t count = rd_json_count(members);
    struct rd_baseline_table *tables = rd_arena_alloc(arena, (count + 1) * sizeof(*tables));
    size_t i = 0;

    if (tables == NULL)
        return rd_arena_status(arena, reterr);
    for (const struct rd_json *member = rd_json_first(members); member != NULL;
         member = rd_json_next(member)) {
        int code = baseline_table(path, member, arena, &tables[i++], reterr);
        if (code != RD_OK)
            return code;
    }
    qsort(tables, count, sizeof(*tables), baseline_compare);
    for (i = 1; i < count; i++) {
        if (baseline_compare(&tables[i - 1], &tables[i]) == 0)
            return baseline_malformed(path, "a table is in it twice", reterr);
    }
    *ret_baseline = (struct rd_baseline){.count = count, .tables = tables};
    return RD_OK;
}

int rd_baseline_load(const char *path, struct rd_arena *arena, struct rd_baseline *ret_baseline,
                     struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_BASELINE_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    struct rd_err err = RD_ERR_INIT;

    int code = rd_file_read(path, &text, reterr);
    if (code != RD_OK)
        return code;
    code = rd_json_parse(rd_buf_text(&text), text.length, 0, &json, &err);
    if (code == RD_E_FORMAT)
        return baseline_malformed(path, err.message, reterr);
    if (code != RD_OK)
        return rd_err_set(reterr, code, "'%s': %s", path, err.message);

    const struct rd_json *format = rd_json_get(json, "format");
    const struct rd_json *tables = rd_json_get(json, "tables");
    if (format == NULL || rd_json_text(format) == NULL ||
        strcmp(rd_json_text(format), RD_BASELINE_FORMAT) != 0)
        return baseline_malformed(path, "its format is not " RD_BASELINE_FORMAT, reterr);
    if (tables == NULL || rd_json_type(tables) != RD_JSON_OBJECT || rd_json_count(tables) == 0)
        return baseline_malformed(path, "it has no tables", reterr);
    return baseline_tables(path, tables, arena, ret_baseline, reterr);
}

struct rd_baseline_table *rd_baseline_find(const struct rd_baseline *baseline, const char *schema,
                                           const char *name)
{
    const struct rd_baseline_table wanted = {.schema = schema, .name = name};

    if (baseline->count == 0)
        return NULL;
    return bsearch(&wanted, baseline->tables, baseline->count, sizeof(wanted), baseline_compare);
}
