/*
 * dump_choose.c: what came out of a dump: which database the checks ask, and whether there is
 * anything in it.
 */
#include <string.h>

#include "drills/providers/dump_parts.h"

enum { CHOOSE_NAMES_MAX = 400 };

/* All but the templates; `postgres`, which every cluster has, comes last. */
static int choose_list(const struct rd_dump_target *target, struct rd_pg_result **ret_result,
                       struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    const struct rd_deadline *deadline = &target->drill->deadline;

    int code = rd_instance_open(target->instance, "template1", 0, deadline, &pg, reterr);
    if (code != RD_OK)
        return code;
    return rd_pg_query(pg, deadline,
                       "select datname from pg_database where datallowconn and not datistemplate "
                       "order by datname = 'postgres', datname",
                       0, NULL, ret_result, reterr);
}

/* How many tables somebody made in a database. */
static int choose_count_tables(const struct rd_dump_target *target, const char *database,
                               int64_t *ret_tables, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf count = RD_BUF_INIT(64);
    const struct rd_deadline *deadline = &target->drill->deadline;

    int code = rd_instance_open(target->instance, database, 0, deadline, &pg, reterr);
    if (code == RD_OK)
        code = rd_pg_value(pg, deadline,
                           "select count(*) from pg_class c join pg_namespace n on n.oid = "
                           "c.relnamespace where c.relkind in ('r', 'p', 'f') and n.nspname not in "
                           "('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'",
                           &count, NULL, reterr);
    if (code == RD_OK)
        *ret_tables = strtoll(rd_buf_text(&count), NULL, 10);
    return code;
}

static int choose_nothing(const struct rd_pg_result *result, const char *wanted,
                          struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf names = RD_BUF_INIT(CHOOSE_NAMES_MAX);

    for (size_t i = 0; i < rd_pg_rows(result) && names.broken == RD_OK; i++)
        rd_buf_printf(&names, "%s%s", i == 0 ? "" : ", ", rd_pg_get(result, i, 0));
    if (wanted != NULL) {
        rd_err_set(reterr, RD_E_BACKUP, "the database '%s' is not in the dump", wanted);
        rd_err_hint(reterr, "After the restore there are: %s.", rd_buf_text(&names));
    } else {
        rd_err_set(reterr, RD_E_ARGUMENT, "the dump holds several databases");
        rd_err_hint(reterr, "Name the one to check as 'instance.database' in the plan: %s.",
                    rd_buf_text(&names));
    }
    return reterr->code;
}

/* The one that the plan names, else the only one. */
static int choose(const struct rd_dump_target *target, const char **ret_name, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    const char *wanted = target->drill->wish->database;
    const char *chosen = NULL;

    int code = choose_list(target, &result, reterr);
    if (code != RD_OK)
        return code;
    size_t count = rd_pg_rows(result);
    bool has_postgres = count > 0 && strcmp(rd_pg_get(result, count - 1, 0), "postgres") == 0;
    for (size_t i = 0; i < count && wanted != NULL; i++) {
        if (strcmp(rd_pg_get(result, i, 0), wanted) == 0)
            chosen = wanted;
    }
    if (wanted == NULL && count == 0)
        return rd_err_set(reterr, RD_E_BACKUP, "no database came out of the dump");
    if (wanted == NULL && count - has_postgres <= 1)
        chosen = rd_pg_get(result, 0, 0);
    if (chosen == NULL)
        return choose_nothing(result, wanted, reterr);
    *ret_name = rd_record_text(target->drill->recorder, "%s", chosen);
    return RD_OK;
}

int rd_dump_choose(const struct rd_dump_target *target, const char **ret_database,
                   struct rd_err *reterr)
{
    struct rd_recorder *recorder = target->drill->recorder;
    const char *name = NULL;
    int64_t tables = 0;

    int code = choose(target, &name, reterr);
    if (code == RD_OK)
        code = choose_count_tables(target, name, &tables, reterr);
    if (code != RD_OK)
        return code;
    *ret_database = name;
    struct rd_finding *finding = rd_find(
        recorder, target->group, tables > 0 ? RD_PASS : RD_FAIL, "content",
        tables > 0 ? "tables were restored into '%s'" : "not a single table was restored into '%s'",
        name);
    finding->expected = "at least one table";
    finding->actual = rd_record_text(recorder, "%lld tables", (long long)tables);
    return RD_OK;
}
