/*
 * report.h: a sealed record becomes files: every reporter's, the signed evidence, the server's log.
 */
#ifndef RD_REPORT_H
#define RD_REPORT_H

#include "drills/common/keys.h"
#include "drills/common/reporter.h"

/* The reporter of that name, or NULL. */
const struct rd_reporter *rd_report_find(const char *name);

/* Removes the reports of an earlier drill from `folder`, so that none of them is taken for one of
 * the drill that begins. */
void rd_report_clear(const char *folder);

/* Writes one file of the reports. */
int rd_report_write_file(const char *folder, const char *name, const struct rd_buf *content,
                         struct rd_err *reterr) RD_MUST_CHECK;

/* Writes the reporters' files and, with a key, audit.dsse.json into `folder`, which exists. Goes on
 * after an error and returns the first. */
int rd_report_write(const struct rd_record *record, const struct rd_key *key, const char *folder,
                    struct rd_err *reterr) RD_MUST_CHECK;

/*
 * A copy of the server's log as server.log. Messages of sessions can quote the restored data and
 * what SQL of the backup says, so of those only time, process, SQLSTATE and severity are kept; what
 * the server itself says is kept whole. At most the first 8 MiB. Reads the lines that
 * rd_server_arguments asks for ("time [process backend type] SQLSTATE severity:  message").
 * RD_E_FORMAT when the log is no file any more.
 */
int rd_report_write_log(const char *log_file, const char *folder,
                        struct rd_err *reterr) RD_MUST_CHECK;

#endif
