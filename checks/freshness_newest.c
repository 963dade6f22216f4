/*
 * freshness_newest.c: asks for the newest value of a column, and makes a point in time of it.
 */
#include <string.h>

#include "checks/freshness_parts.h"
#include "drills/common/times.h"

enum { FRESHNESS_SQL_MAX = 4096 };

enum {
    NEWEST_FINITE,
    NEWEST_LATE,
    NEWEST_EPOCH,
    NEWEST_YEAR,
    NEWEST_MONTH,
    NEWEST_DAY,
    NEWEST_HOUR,
    NEWEST_MINUTE,
    NEWEST_MICROSECONDS,
};

/* The server's text of a wall clock depends on the era; its fields do not. Infinity has none. */
static const char newest_head[] =
    "SELECT isfinite(v), v > 'epoch', extract(epoch FROM f), extract(year FROM f)::int8,"
    " extract(month FROM f)::int8, extract(day FROM f)::int8, extract(hour FROM f)::int8,"
    " extract(minute FROM f)::int8, extract(microseconds FROM f)::int8 "
    "FROM (SELECT v, CASE WHEN isfinite(v) THEN v END AS f FROM (SELECT max(";

static int newest_sql(const struct rd_check_run *run, const struct rd_table *table,
                      const char *column, enum rd_freshness_kind kind, struct rd_buf *sql,
                      struct rd_err *reterr)
{
    rd_buf_puts(sql, newest_head);
    int code = rd_pg_quote_name(run->pg, column, sql, reterr);
    if (code != RD_OK)
        return code;
    rd_buf_puts(sql, kind == RD_FRESHNESS_INSTANT ? ")::timestamptz AS v FROM "
                                                  : ")::timestamp AS v FROM ");
    code = rd_relation_quote(run->pg, table->schema, table->name, sql, reterr);
    if (code != RD_OK)
        return code;
    rd_buf_puts(sql, ") newest) finite");
    return rd_buf_status(sql, "query for the newest row", reterr);
}

static int newest_from_wall(const struct rd_pg_result *result, const char *zone, int64_t *ret_us,
                            struct rd_err *reterr)
{
    int64_t us = rd_pg_get_int(result, 0, NEWEST_MICROSECONDS);
    const struct rd_wall wall = {
        .year = (int)rd_pg_get_int(result, 0, NEWEST_YEAR),
        .month = (int)rd_pg_get_int(result, 0, NEWEST_MONTH),
        .day = (int)rd_pg_get_int(result, 0, NEWEST_DAY),
        .hour = (int)rd_pg_get_int(result, 0, NEWEST_HOUR),
        .minute = (int)rd_pg_get_int(result, 0, NEWEST_MINUTE),
        .second = (int)(us / 1000000),
    };

    int code = rd_time_from_wall(&wall, zone, ret_us, reterr);
    if (code == RD_OK)
        *ret_us += us % 1000000;
    return code;
}

int rd_freshness_ask(const struct rd_check_run *run, const struct rd_table *table,
                     const char *column, enum rd_freshness_kind kind, const char *zone,
                     struct rd_freshness_newest *ret_newest, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(FRESHNESS_SQL_MAX);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    struct rd_freshness_newest newest = {.state = RD_FRESHNESS_AT};

    int code = newest_sql(run, table, column, kind, &sql, reterr);
    if (code == RD_OK)
        code = rd_pg_query(run->pg, &run->deadline, rd_buf_text(&sql), 0, NULL, &result, reterr);
    if (code != RD_OK)
        return code;

    if (rd_pg_get(result, 0, NEWEST_FINITE) == NULL)
        newest.state = RD_FRESHNESS_NONE;
    else if (!rd_pg_get_bool(result, 0, NEWEST_FINITE))
        newest.state = rd_pg_get_bool(result, 0, NEWEST_LATE) ? RD_FRESHNESS_INFINITY
                                                              : RD_FRESHNESS_MINUS_INFINITY;
    else if (kind == RD_FRESHNESS_INSTANT)
        newest.at_us = rd_pg_epoch_us(rd_pg_get(result, 0, NEWEST_EPOCH));
    else
        code = newest_from_wall(result, zone, &newest.at_us, reterr);
    if (code != RD_OK)
        return code;
    if (newest.at_us == RD_ABSENT)
        return rd_err_set(reterr, RD_E_LIMIT, "newest value lies beyond every calendar");
    *ret_newest = newest;
    return RD_OK;
}
