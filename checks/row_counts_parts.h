/*
 * row_counts_parts.h: what the files of the check `row_counts` share.
 */
#ifndef RD_ROW_COUNTS_PARTS_H
#define RD_ROW_COUNTS_PARTS_H

#include "checks/baseline.h"
#include "checks/tables.h"

struct rd_row_counts_entry {
    const char *name; /* the key: a table or a pattern */
    int64_t exact, min, max;
    double tolerance;
};

struct rd_row_counts_settings {
    struct rd_list tables; /* struct rd_row_counts_entry */
    const char *baseline;
    double tolerance;
    struct rd_strings ignore;
};

extern const struct rd_shape rd_row_counts_shape;

/* What is expected of one table. */
struct rd_row_counts_wish {
    const struct rd_row_counts_entry *entry; /* the plan's; may be NULL */
    bool named;                              /* the entry names the very table */
    const struct rd_baseline_table *known;   /* the baseline's; may be NULL */
    double tolerance;                        /* from the baseline, in percent */
};

/*
 * Counts the rows of a table, with all parts of a partitioned one and all heirs, as the application
 * sees them, and adds the finding. A table that must not be read is a skip, or an error where the
 * plan named it, because its expectation stays open. Fails when no other table could be counted.
 */
int rd_row_counts_count(const struct rd_check_run *run, const struct rd_table *table,
                        const struct rd_row_counts_wish *wish, struct rd_err *reterr) RD_MUST_CHECK;

#endif
