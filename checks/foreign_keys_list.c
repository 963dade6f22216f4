/*
 * foreign_keys_list.c: lists the foreign keys of the database, each with the pieces of the query
 * that finds its orphans. The query is the one that PostgreSQL itself asks when it validates a key
 * (RI_Initial_Check in its ri_triggers.c): the key's own operators, casts to their types where the
 * columns have others, and the referenced column's collation where the two differ.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/foreign_keys_parts.h"

struct rd_foreign_keys {
    struct rd_pg_result *rows;
};

enum {
    LIST_ENFORCED,
    LIST_TEMPORAL,
    LIST_SCHEMA,
    LIST_TABLE,
    LIST_NAME,
    LIST_REFERENCED_SCHEMA,
    LIST_REFERENCED_TABLE,
    LIST_VALIDATED,
    LIST_FULL,
    LIST_FROM,
    LIST_ORPHAN,
    LIST_PARTLY,
    LIST_COLUMNS,
    LIST_ONLY,
    LIST_WIDTH,
};

/*
 * A cast names the type as the catalog does, because the names of the SQL standard mean more:
 * "character" is of length 1. Polymorphic operators take columns as they are.
 */
#define LIST_SIDE(alias, column, type)                                                     \
    "format('" alias ".%I', " column ".attname) || CASE WHEN " column ".atttypid <> " type \
    ".oid AND " type ".typtype <> 'p' THEN format('::%I.%I', " type "n.nspname, " type     \
    ".typname) ELSE '' END"

/* What tells whether a key is enforced and temporal depends on the server's version and comes
 * before it. */
static const char list_sql[] =
    ", fn.nspname, f.relname, c.conname, pn.nspname, p.relname, c.convalidated,"
    "  c.confmatchtype = 'f',"
    "  format('%s AS fk LEFT JOIN %s AS pk ON %s', fo.only, po.only, k.joined),"
    "  format('%s IS NULL AND (%s)', k.first_pk,"
    "    CASE c.confmatchtype WHEN 'f' THEN k.any_given ELSE k.all_given END),"
    "  format('NOT (%s)', k.all_given), k.columns, fo.only, k.width "
    "FROM pg_constraint c"
    "  JOIN pg_class f ON f.oid = c.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace"
    "  JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace"
    "  CROSS JOIN LATERAL (SELECT format('%s%I.%I',"
    "    CASE f.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, fn.nspname, f.relname) AS only) fo"
    "  CROSS JOIN LATERAL (SELECT format('%s%I.%I',"
    "    CASE p.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, pn.nspname, p.relname) AS only) po"
    "  CROSS JOIN LATERAL ("
    "    SELECT string_agg(" LIST_SIDE(
        "pk", "pa",
        "lt") " || format(' OPERATOR(%I.%s) ',"
              "        opn.nspname, o.oprname) || " LIST_SIDE(
                  "fk", "fa",
                  "rt") " ||"
                        "        CASE WHEN pa.attcollation <> fa.attcollation AND pa.attcollation "
                        "<> 0"
                        "          THEN format(' COLLATE %I.%I', cln.nspname, cl.collname) ELSE '' "
                        "END,"
                        "      ' AND ' ORDER BY i) AS joined,"
                        "      min(format('pk.%I', pa.attname)) FILTER (WHERE i = 1) AS first_pk,"
                        "      string_agg(format('fk.%I IS NOT NULL', fa.attname), ' AND ' ORDER "
                        "BY i) AS all_given,"
                        "      string_agg(format('fk.%I IS NOT NULL', fa.attname), ' OR ' ORDER BY "
                        "i) AS any_given,"
                        "      string_agg(format('fk.%I::text COLLATE \"C\"', fa.attname), ', ' "
                        "ORDER BY i)"
                        "        AS columns,"
                        "      count(*) AS width"
                        "    FROM generate_subscripts(c.conkey, 1) i"
                        "      JOIN pg_attribute fa ON fa.attrelid = c.conrelid AND fa.attnum = "
                        "c.conkey[i]"
                        "      JOIN pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = "
                        "c.confkey[i]"
                        "      JOIN pg_operator o ON o.oid = c.conpfeqop[i]"
                        "      JOIN pg_namespace opn ON opn.oid = o.oprnamespace"
                        "      JOIN pg_type lt ON lt.oid = o.oprleft JOIN pg_namespace ltn ON "
                        "ltn.oid = lt.typnamespace"
                        "      JOIN pg_type rt ON rt.oid = o.oprright"
                        "      JOIN pg_namespace rtn ON rtn.oid = rt.typnamespace"
                        "      LEFT JOIN pg_collation cl ON cl.oid = pa.attcollation"
                        "      LEFT JOIN pg_namespace cln ON cln.oid = cl.collnamespace) k "
                        "WHERE c.contype = 'f' AND c.conparentid = 0 AND left(fn.nspname::text, 3) "
                        "<> 'pg_'"
                        "  AND fn.nspname <> 'information_schema' "
                        "ORDER BY fn.nspname, f.relname, c.conname";

int rd_foreign_keys_load(const struct rd_check_run *run, struct rd_foreign_keys **ret_keys,
                         struct rd_err *reterr)
{
    RD_CLEANUP(rd_foreign_keys_freep) struct rd_foreign_keys *keys = calloc(1, sizeof(*keys));
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(sizeof(list_sql) + 100);

    if (keys == NULL)
        return rd_err_memory(reterr);
    rd_buf_puts(&sql, rd_pg_version(run->pg) >= 180000 ? "SELECT c.conenforced, c.conperiod"
                                                       : "SELECT true, false");
    rd_buf_puts(&sql, list_sql);
    int code = rd_buf_status(&sql, "query for foreign keys", reterr);
    if (code == RD_OK)
        code =
            rd_pg_query(run->pg, &run->deadline, rd_buf_text(&sql), 0, NULL, &keys->rows, reterr);
    if (code != RD_OK)
        return code;
    *ret_keys = keys;
    keys = NULL;
    return RD_OK;
}

size_t rd_foreign_keys_count(const struct rd_foreign_keys *keys)
{
    return rd_pg_rows(keys->rows);
}

struct rd_foreign_key rd_foreign_keys_at(const struct rd_foreign_keys *keys, size_t index)
{
    const struct rd_pg_result *rows = keys->rows;

    return (struct rd_foreign_key){
        .schema = rd_pg_get(rows, index, LIST_SCHEMA),
        .table = rd_pg_get(rows, index, LIST_TABLE),
        .name = rd_pg_get(rows, index, LIST_NAME),
        .referenced_schema = rd_pg_get(rows, index, LIST_REFERENCED_SCHEMA),
        .referenced_table = rd_pg_get(rows, index, LIST_REFERENCED_TABLE),
        .validated = rd_pg_get_bool(rows, index, LIST_VALIDATED),
        .enforced = rd_pg_get_bool(rows, index, LIST_ENFORCED),
        .temporal = rd_pg_get_bool(rows, index, LIST_TEMPORAL),
        .full = rd_pg_get_bool(rows, index, LIST_FULL),
        .from = rd_pg_get(rows, index, LIST_FROM),
        .orphan = rd_pg_get(rows, index, LIST_ORPHAN),
        .partly = rd_pg_get(rows, index, LIST_PARTLY),
        .columns = rd_pg_get(rows, index, LIST_COLUMNS),
        .only = rd_pg_get(rows, index, LIST_ONLY),
        .width = (size_t)rd_pg_get_int(rows, index, LIST_WIDTH),
    };
}

void rd_foreign_keys_free(struct rd_foreign_keys *keys)
{
    if (keys == NULL)
        return;
    rd_pg_result_free(keys->rows);
    free(keys);
}

void rd_foreign_keys_freep(struct rd_foreign_keys **keys)
{
    rd_foreign_keys_free(*keys);
    *keys = NULL;
}
