/*
 * log.h: what redrill tells on stderr. Only commands and the runner use it; stdout is for results.
 */
#ifndef RD_LOG_H
#define RD_LOG_H

#include "drills/common/err.h"

/* Once, before anything is told. Progress goes away with `quiet`; warnings and errors
 * never do. */
void rd_log_setup(bool quiet, bool json);

void rd_log_progress(const char *format, ...) RD_PRINTF(1, 2);
void rd_log_warning(const char *format, ...) RD_PRINTF(1, 2);

/* One fault of a plan. */
void rd_log_fault(const char *path, const char *message);

/* Message, detail and hint of an error, a line each; a detail may take more. */
void rd_log_error(const struct rd_err *err);

#endif
