/*
 * checks.h: the checks that redrill comes with, a file each.
 */
#ifndef RD_CHECKS_H
#define RD_CHECKS_H

#include "drills/common/check.h"

extern const struct rd_check rd_check_ready;
extern const struct rd_check rd_check_row_counts;
extern const struct rd_check rd_check_foreign_keys;
extern const struct rd_check rd_check_freshness;
extern const struct rd_check rd_check_migrations;
extern const struct rd_check rd_check_sql;
extern const struct rd_check rd_check_http;

#endif
