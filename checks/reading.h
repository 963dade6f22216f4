/*
 * reading.h: how checks read tables, and what it means when a table cannot be read.
 */
#ifndef RD_READING_H
#define RD_READING_H

#include "drills/common/check.h"

enum {
    RD_READING_TABLES = 0, /* no index at all: the question is put to the table */
    RD_READING_INDEXES,    /* an index may lead to the row, but the row itself is read */
};

/*
 * Tells the session how queries may find rows. Index-only scans are off in any case: they answer
 * from an index and never touch a damaged page of the table.
 */
int rd_reading_prepare(const struct rd_check_run *run, int how,
                       struct rd_err *reterr) RD_MUST_CHECK;

/*
 * Adds the finding about `subject` for a statement that the server refused: a fail when it says
 * that data are damaged or gone, else an error. RD_OK when the check may go on with its next
 * subject; the error itself when no further statement can succeed (no connection, no time).
 */
int rd_reading_failed(const struct rd_check_run *run, const char *subject, const struct rd_err *err,
                      struct rd_err *reterr) RD_MUST_CHECK;

#endif
