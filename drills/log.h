/*
 * log.h: what redrill tells on stderr. Only commands and the runner use it; stdout is for results.
 */
#ifndef RD_LOG_H
#define RD_LOG_H

#include "drills/common/err.h"

/* Once, before anything is told. Progress goes away with `quiet`; errors never do. */
void rd_log_setup(bool quiet, bool json);

void rd_log_progress(const char *format, ...) RD_PRINTF(1, 2);
void rd_log_warning(const char *format, ...) RD_PRINTF(1, 2);

/* Message, detail and hint of an error, a line each. */
void rd_log_error(const struct rd_err *err);

#endif
