/*
 * reporters.h: the reporters that the table in reporters.c lists.
 */
#ifndef RD_REPORTERS_H
#define RD_REPORTERS_H

#include "drills/common/reporter.h"

extern const struct rd_reporter rd_reporter_console;
extern const struct rd_reporter rd_reporter_record;
extern const struct rd_reporter rd_reporter_junit;
extern const struct rd_reporter rd_reporter_audit;

#endif
