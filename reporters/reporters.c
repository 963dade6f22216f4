/*
 * reporters.c: the table of all reporters.
 */
#include "reporters/reporters.h"

const struct rd_reporter *const rd_reporters[] = {
    &rd_reporter_console, &rd_reporter_record, &rd_reporter_junit, &rd_reporter_audit, NULL,
};
