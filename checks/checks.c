/*
 * checks.c: the table of checks, in the order in which they are listed.
 */
#include "checks/checks.h"

const struct rd_check *const rd_checks[] = {
    &rd_check_ready,      &rd_check_row_counts, &rd_check_foreign_keys, &rd_check_freshness,
    &rd_check_migrations, &rd_check_sql,        &rd_check_http,         NULL,
};
