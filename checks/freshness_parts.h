/*
 * freshness_parts.h: what the files of the check `freshness` share.
 */
#ifndef RD_FRESHNESS_PARTS_H
#define RD_FRESHNESS_PARTS_H

#include "checks/tables.h"

/* What a column holds. A point in time without zone is a reading of a clock somewhere. */
enum rd_freshness_kind {
    RD_FRESHNESS_INSTANT = 1, /* timestamptz */
    RD_FRESHNESS_READING,     /* timestamp */
    RD_FRESHNESS_DATE,        /* date: the start of the day */
};

enum rd_freshness_state {
    RD_FRESHNESS_NONE = 1,       /* no row, or NULL in every row */
    RD_FRESHNESS_AT,             /* at_us is the newest value */
    RD_FRESHNESS_INFINITY,       /* 'infinity', which hides the newest real value */
    RD_FRESHNESS_MINUS_INFINITY, /* nothing but '-infinity' */
};

struct rd_freshness_newest {
    enum rd_freshness_state state;
    int64_t at_us;
};

/*
 * The newest value of a column. An index that leads with the column may find it, but the row itself
 * is read (rd_reading_prepare): a damaged index can make the newest row look older, never newer.
 * `zone` is needed for all but RD_FRESHNESS_INSTANT.
 */
int rd_freshness_ask(const struct rd_check_run *run, const struct rd_table *table,
                     const char *column, enum rd_freshness_kind kind, const char *zone,
                     struct rd_freshness_newest *ret_newest, struct rd_err *reterr) RD_MUST_CHECK;

#endif
