/*
 * report.h: a sealed record becomes files: every reporter's, the signed evidence, the server's log.
 */
#ifndef RD_REPORT_H
#define RD_REPORT_H

#include "drills/common/keys.h"
#include "drills/common/reporter.h"

/* The reporter of that name, or NULL. */
const struct rd_reporter *rd_report_find(const char *name);

/* Writes the reporters' files and, with a key, audit.dsse.json into `folder`, which exists. Goes on
 * after an error and returns the first. */
int rd_report_write(const struct rd_record *record, const struct rd_key *key, const char *folder,
                    struct rd_err *reterr) RD_MUST_CHECK;

/*
 * A copy of the server's log. Messages of failed statements can quote the restored data, so of
 * those lines only the time and the SQLSTATE are kept; they are findings anyway. At most the first
 * 8 MiB.
 */
int rd_report_write_log(const char *log_file, const char *folder,
                        struct rd_err *reterr) RD_MUST_CHECK;

#endif
