/*
 * tables.c: see tables.h.
 */
#include "checks/tables.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct rd_tables {
    struct rd_pg_result *rows;
};

enum { TABLES_OID, TABLES_SCHEMA, TABLES_NAME, TABLES_KIND, TABLES_PARTITION, TABLES_FOREIGN };

/* Names are compared as type name, which sorts byte by byte. */
static const char tables_sql[] =
    "WITH RECURSIVE reaching (oid) AS ("
    "  SELECT oid FROM pg_class WHERE relkind = 'f'"
    "  UNION SELECT i.inhparent FROM pg_inherits i JOIN reaching r ON i.inhrelid = r.oid) "
    "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition,"
    "  c.oid IN (SELECT r.oid FROM reaching r) "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND left(n.nspname::text, 3) <> 'pg_' "
    "  AND n.nspname <> 'information_schema' "
    "  AND ($1::text IS NULL OR lower(n.nspname::text) = lower($1::text)) "
    "  AND ($2::text IS NULL OR lower(c.relname::text) = lower($2::text)) "
    "ORDER BY n.nspname, c.relname";

int rd_tables_load(const struct rd_check_run *run, const struct rd_relation *like,
                   struct rd_tables **ret_tables, struct rd_err *reterr)
{
    RD_CLEANUP(rd_tables_freep) struct rd_tables *tables = calloc(1, sizeof(*tables));
    const char *const params[] = {
        like != NULL ? like->schema.text : NULL,
        like != NULL ? like->name.text : NULL,
    };

    if (tables == NULL)
        return rd_err_memory(reterr);
    int code = rd_pg_query(run->pg, &run->deadline, tables_sql, 2, params, &tables->rows, reterr);
    if (code != RD_OK)
        return code;
    *ret_tables = tables;
    tables = NULL;
    return RD_OK;
}

size_t rd_tables_count(const struct rd_tables *tables)
{
    return rd_pg_rows(tables->rows);
}

struct rd_table rd_tables_at(const struct rd_tables *tables, size_t index)
{
    return (struct rd_table){
        .oid = rd_pg_get(tables->rows, index, TABLES_OID),
        .schema = rd_pg_get(tables->rows, index, TABLES_SCHEMA),
        .name = rd_pg_get(tables->rows, index, TABLES_NAME),
        .kind = *rd_pg_get(tables->rows, index, TABLES_KIND),
        .partition = rd_pg_get_bool(tables->rows, index, TABLES_PARTITION),
        .foreign = rd_pg_get_bool(tables->rows, index, TABLES_FOREIGN),
    };
}

void rd_tables_free(struct rd_tables *tables)
{
    if (tables == NULL)
        return;
    rd_pg_result_free(tables->rows);
    free(tables);
}

void rd_tables_freep(struct rd_tables **tables)
{
    rd_tables_free(*tables);
    *tables = NULL;
}

const char *rd_tables_meant(const struct rd_check_run *run, const struct rd_tables *tables,
                            const struct rd_relation *wanted)
{
    for (size_t i = 0; i < rd_tables_count(tables); i++) {
        struct rd_table table = rd_tables_at(tables, i);
        if (strcasecmp(table.schema, wanted->schema.text) == 0 &&
            strcasecmp(table.name, wanted->name.text) == 0)
            return rd_relation_text(rd_recorder_arena(run->drill->recorder), table.schema,
                                    table.name, NULL);
    }
    return NULL;
}

const char *rd_tables_unreadable(const struct rd_table *table)
{
    if (table->kind == RD_TABLE_VIEW)
        return "is a view, which holds no rows of its own";
    if (table->kind == RD_TABLE_FOREIGN)
        return "is a foreign table: its rows are on another server, which a drill never touches";
    if (table->foreign)
        return "has a foreign part: its rows are on another server, which a drill never touches";
    return NULL;
}
