/*
 * proc_watch.h: to see a child end without reaping it: as long as it is not reaped, its number
 * belongs to nobody else and its process group can be signalled safely. For proc.c and proc_run.c.
 */
#ifndef RD_PROC_WATCH_H
#define RD_PROC_WATCH_H

#include "drills/common/proc.h"

enum { RD_PROC_LOOK_MS = 20 }; /* how often to look where nothing can be waited for */

/* A descriptor that is readable once the child has ended; -1 where the kernel has none. */
int rd_proc_watch(pid_t pid) RD_MUST_CHECK;

/* How long a poll with that descriptor may last. */
int64_t rd_proc_watch_ms(int watch_fd);

/* Whether the child has ended; it is not reaped. */
bool rd_proc_over(const struct rd_proc *proc);

/* Closes *fd unless it is -1, and makes it -1. */
void rd_proc_close(int *fd);

#endif
