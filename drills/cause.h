/*
 * cause.h: why a server of ours went away. Whoever talks to it sees a lost connection; its log says
 * that the disk was full.
 */
#ifndef RD_CAUSE_H
#define RD_CAUSE_H

#include "drills/common/err.h"

/* Adds the last PANIC or FATAL of the log to the error's detail, and the right hint for a full
 * disk. Does nothing when there is no log or it has none. Such messages hold no data of tables. */
void rd_cause_explain(const char *log_file, struct rd_err *err);

#endif
