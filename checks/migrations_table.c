/*
 * migrations_table.c: finds a framework's tables in the restored database and reads them. What a
 * table looks like is data in migrations_frameworks.c.
 */
#include <string.h>

#include "checks/migrations_parts.h"
#include "drills/common/relation.h"

enum { TABLE_QUERY_MAX = 16 * 1024 };

static const char *const table_states[] = {"applied", "upto",  "baseline",
                                           "failed",  "dirty", "undone"};

#define FIND_TABLES                                                                          \
    "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n"                  \
    " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'"   \
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"                             \
    " AND CASE WHEN $1::text IS NULL THEN c.relname = ANY ($3::text[])"                      \
    " ELSE n.nspname = $1 AND c.relname = $2 END"                                            \
    " AND ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid"      \
    " AND a.attnum > 0 AND NOT a.attisdropped) @> $4::text[]"                                \
    " AND (NOT $5::bool OR (SELECT count(*) FROM pg_attribute AS a WHERE a.attrelid = c.oid" \
    " AND a.attnum > 0 AND NOT a.attisdropped) = cardinality($4::text[]))"

int rd_migrations_find(const struct rd_check_run *run,
                       const struct rd_migration_framework *framework, const char *only_schema,
                       const char *only_table, bool sure, struct rd_pg_result **ret_tables,
                       struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(TABLE_QUERY_MAX);
    const char *const params[] = {only_schema, only_table, framework->tables, framework->columns,
                                  framework->exact ? "t" : "f"};

    rd_buf_puts(&sql, FIND_TABLES);
    if (framework->tell != NULL && !sure)
        rd_buf_printf(&sql, " AND %s", framework->tell);
    rd_buf_puts(&sql, " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"");
    int result = rd_buf_status(&sql, "a query", reterr);
    if (result != RD_OK)
        return result;
    return rd_pg_query(run->pg, &run->deadline, sql.data, RD_COUNT(params), params, ret_tables,
                       reterr);
}

/* Appends `query` with every "@" replaced by the table's quoted name. */
static int table_fill_in(const struct rd_migrations *migrations, const char *query,
                         const char *table, struct rd_buf *sql, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf name = RD_BUF_INIT(TABLE_QUERY_MAX);
    int result = rd_relation_quote(migrations->run->pg, migrations->schema, table, &name, reterr);

    if (result != RD_OK)
        return result;
    for (const char *at = query; *at != '\0'; at++) {
        if (*at == '@')
            rd_buf_puts(sql, rd_buf_text(&name));
        else
            rd_buf_add(sql, at, 1);
    }
    return rd_buf_status(sql, "a query", reterr);
}

static enum rd_migration_state table_state(const char *word)
{
    for (size_t i = 0; word != NULL && i < RD_COUNT(table_states); i++) {
        if (strcmp(word, table_states[i]) == 0)
            return (enum rd_migration_state)(i + 1);
    }
    return 0;
}

/* A copy in the arena; NULL stays NULL. */
static const char *table_copy(struct rd_arena *arena, const char *text)
{
    return text != NULL ? rd_arena_strdup(arena, text) : NULL;
}

static int table_add_row(struct rd_migrations *migrations, const struct rd_pg_result *result,
                         size_t row, struct rd_err *reterr)
{
    struct rd_arena *arena = migrations->arena;
    const char *name = rd_pg_get(result, row, 0);
    const char *scope = rd_pg_get(result, row, 2);
    struct rd_migration *rows = migrations->rows;

    if (migrations->row_count == migrations->row_room) {
        rows =
            rd_arena_grow(arena, rows, migrations->row_count, &migrations->row_room, sizeof(*rows));
        if (rows == NULL)
            return rd_arena_status(arena, reterr);
        migrations->rows = rows;
    }
    struct rd_migration migration = {
        .name = table_copy(arena, name != NULL ? name : "(no name)"),
        .key = table_copy(arena, rd_pg_get(result, row, 1)),
        .scope = table_copy(arena, scope != NULL ? scope : ""),
        .state = table_state(rd_pg_get(result, row, 3)),
        .checksum = table_copy(arena, rd_pg_get(result, row, 4)),
    };
    if (migration.state == 0)
        return rd_err_set(reterr, RD_E_FORMAT, "the row of '%s' has no known state",
                          migration.name);
    rows[migrations->row_count++] = migration;
    return RD_OK;
}

int rd_migrations_read_rows(struct rd_migrations *migrations, struct rd_err *reterr)
{
    const struct rd_check_run *run = migrations->run;
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(TABLE_QUERY_MAX);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *rows = NULL;

    int result =
        table_fill_in(migrations, migrations->framework->query, migrations->table, &sql, reterr);
    if (result == RD_OK)
        result = rd_pg_query(run->pg, &run->deadline, sql.data, 0, NULL, &rows, reterr);
    for (size_t i = 0; result == RD_OK && i < rd_pg_rows(rows); i++)
        result = table_add_row(migrations, rows, i, reterr);
    if (result == RD_OK)
        result = rd_arena_status(migrations->arena, reterr);
    return result;
}

/* Finds the lock table: its name follows from the other table's, in either case. */
static int table_find_lock(const struct rd_migrations *migrations, struct rd_pg_result **ret_name,
                           struct rd_err *reterr)
{
    const struct rd_check_run *run = migrations->run;
    const char *const params[] = {migrations->schema, migrations->table,
                                  migrations->framework->lock_suffix};

    return rd_pg_query(run->pg, &run->deadline,
                       "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n"
                       " ON n.oid = c.relnamespace WHERE n.nspname = $1"
                       " AND lower(c.relname) = lower($2::text || $3::text) AND c.relkind = 'r'",
                       RD_COUNT(params), params, ret_name, reterr);
}

int rd_migrations_locked(struct rd_migrations *migrations, bool *ret_locked, struct rd_err *reterr)
{
    const struct rd_migration_framework *framework = migrations->framework;
    const struct rd_check_run *run = migrations->run;
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(TABLE_QUERY_MAX);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *name = NULL;
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *locked = NULL;

    *ret_locked = false;
    if (framework->lock_suffix == NULL)
        return RD_OK;
    int result = table_find_lock(migrations, &name, reterr);
    if (result != RD_OK || rd_pg_rows(name) == 0)
        return result;

    result = table_fill_in(migrations, framework->lock_query, rd_pg_get(name, 0, 0), &sql, reterr);
    if (result == RD_OK)
        result = rd_pg_query(run->pg, &run->deadline, sql.data, 0, NULL, &locked, reterr);
    if (result == RD_OK)
        *ret_locked = rd_pg_rows(locked) > 0 && rd_pg_get_bool(locked, 0, 0);
    return result;
}
