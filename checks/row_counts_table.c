/*
 * row_counts_table.c: counts one table and compares. The table itself is read, never an index of
 * it: that is what rd_reading_prepare was called for.
 */
#include <math.h>
#include <string.h>

#include "checks/reading.h"
#include "checks/row_counts_parts.h"
#include "drills/common/clock.h"

enum { ROW_COUNTS_TEXT_MAX = 2048 };

static void row_counts_bound(struct rd_buf *expected, bool *same, bool holds, const char *words,
                             int64_t rows)
{
    rd_buf_printf(expected, "%s%s %lld", expected->length > 0 ? ", " : "", words, (long long)rows);
    *same = *same && holds;
}

/* Whether a count is as expected; writes out the expectation. */
static bool row_counts_judge(const struct rd_row_counts_wish *wish, int64_t rows,
                             struct rd_buf *expected)
{
    const struct rd_row_counts_entry *entry = wish->entry;
    bool same = true;

    if (entry != NULL && entry->exact != RD_ABSENT)
        row_counts_bound(expected, &same, rows == entry->exact, "exactly", entry->exact);
    if (entry != NULL && entry->min != RD_ABSENT)
        row_counts_bound(expected, &same, rows >= entry->min, "at least", entry->min);
    if (entry != NULL && entry->max != RD_ABSENT)
        row_counts_bound(expected, &same, rows <= entry->max, "at most", entry->max);
    if (wish->known != NULL) {
        int64_t known = wish->known->rows;
        double off = fabs((double)rows - (double)known);
        bool near = rows == known || off * 100 <= wish->tolerance * (double)known;
        row_counts_bound(expected, &same, near, "the baseline's", known);
        if (wish->tolerance > 0)
            rd_buf_printf(expected, " within %g %%", wish->tolerance);
    }
    return same;
}

static void row_counts_report(const struct rd_check_run *run, const char *subject,
                              const struct rd_row_counts_wish *wish, int64_t rows,
                              int64_t started_us)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf expected = RD_BUF_INIT(ROW_COUNTS_TEXT_MAX);
    struct rd_recorder *recorder = run->drill->recorder;
    bool same = row_counts_judge(wish, rows, &expected);
    const char *plural = rows == 1 ? "" : "s";

    struct rd_finding *finding =
        same ? rd_find(recorder, run->group, RD_PASS, subject, "has %lld row%s", (long long)rows,
                       plural)
             : rd_find(recorder, run->group, RD_FAIL, subject, "has %lld row%s instead of %s",
                       (long long)rows, plural, rd_buf_text(&expected));
    finding->expected = rd_record_text(recorder, "%s", rd_buf_text(&expected));
    finding->actual = rd_record_text(recorder, "%lld", (long long)rows);
    finding->duration_ms = (rd_clock_monotonic_us() - started_us) / 1000;
}

/* A materialized view that was never filled is refused by the server, and known to be bad. */
static int row_counts_refused(const struct rd_check_run *run, const struct rd_table *table,
                              const char *subject, const struct rd_err *err, struct rd_err *reterr)
{
    if (table->kind == RD_TABLE_MATERIALIZED && strcmp(rd_pg_sqlstate(run->pg), "55000") == 0) {
        rd_find(run->drill->recorder, run->group, RD_FAIL, subject,
                "is a materialized view that was not filled");
        return RD_OK;
    }
    return rd_reading_failed(run, subject, err, reterr);
}

int rd_row_counts_count(const struct rd_check_run *run, const struct rd_table *table,
                        const struct rd_row_counts_wish *wish, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(ROW_COUNTS_TEXT_MAX);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    int64_t started_us = rd_clock_monotonic_us();
    struct rd_err err = RD_ERR_INIT;
    const char *why = rd_tables_unreadable(table);
    const char *subject =
        rd_relation_text(rd_recorder_arena(run->drill->recorder), table->schema, table->name, NULL);

    if (why != NULL) {
        struct rd_finding *finding = rd_find(run->drill->recorder, run->group,
                                             wish->named ? RD_ERROR : RD_SKIP, subject, "%s", why);
        if (wish->named)
            finding->hint = "Take it out of the plan, or ask for it with the check sql.";
        return RD_OK;
    }
    rd_buf_puts(&sql, "SELECT count(*) FROM ");
    int code = rd_relation_quote(run->pg, table->schema, table->name, &sql, &err);
    if (code == RD_OK)
        code = rd_pg_query(run->pg, &run->deadline, rd_buf_text(&sql), 0, NULL, &result, &err);
    if (code != RD_OK)
        return row_counts_refused(run, table, subject, &err, reterr);
    row_counts_report(run, subject, wish, rd_pg_get_int(result, 0, 0), started_us);
    return RD_OK;
}
