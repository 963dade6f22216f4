/*
 * reporter.h: what a reporter is: a pure function from a sealed record to bytes. No clock, no
 * network, no files. Listed in reporters/reporters.c.
 */
#ifndef RD_REPORTER_H
#define RD_REPORTER_H

#include "drills/common/record.h"

enum { RD_REPORT_MAX = 64 * 1024 * 1024 };

struct rd_reporter {
    const char *name;
    const char *summary;
    const char *file; /* its name in the folder of reports; NULL: not written there */
    int (*render)(const struct rd_record *record, struct rd_buf *out, struct rd_err *reterr);
};

/* NULL-terminated. */
extern const struct rd_reporter *const rd_reporters[];

#endif
