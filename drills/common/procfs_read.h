/*
 * procfs_read.h: one process in /proc. For procfs.c and procfs_sockets.c.
 *
 * A process that has gone is RD_E_NOT_FOUND; one that may not be looked at is RD_E_AUTH. Root
 * without CAP_SYS_PTRACE, as containers have it, may look at its own processes only: where it is
 * refused it looks again with the eyes of the process's owner.
 */
#ifndef RD_PROCFS_READ_H
#define RD_PROCFS_READ_H

#include <sys/types.h>

#include "drills/common/buf.h"

/* What one line of /proc/PID/stat says. */
struct rd_procfs_stat {
    char state;      /* 'Z' and 'X' have ended */
    int terminal;    /* 0: none */
    int64_t started; /* clock ticks since boot */
};

int rd_procfs_stat(pid_t pid, struct rd_procfs_stat *ret_stat, struct rd_err *reterr) RD_MUST_CHECK;

/* Appends what the link /proc/PID/NAME points at. */
int rd_procfs_link(pid_t pid, const char *name, struct rd_buf *out,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* Appends the file /proc/PID/NAME, cut at the buffer's maximum. */
int rd_procfs_read(pid_t pid, const char *name, struct rd_buf *out,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* Calls `tell` with each entry of the folder /proc/PID/NAME and what it links to; stops at its
 * first error. */
int rd_procfs_each_link(pid_t pid, const char *name,
                        int (*tell)(void *context, const char *target, struct rd_err *reterr),
                        void *context, struct rd_err *reterr) RD_MUST_CHECK;

/* Hands on the error of a step that might have failed without harm. */
int rd_procfs_pass(const struct rd_err *err, struct rd_err *reterr);

#endif
