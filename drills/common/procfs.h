/*
 * procfs.h: what Linux tells about running processes in /proc. The only file that reads it;
 * elsewhere every question answers RD_E_UNSUPPORTED.
 */
#ifndef RD_PROCFS_H
#define RD_PROCFS_H

#include <sys/types.h>

#include "drills/common/buf.h"

/* The environment variable that every child of a drill carries, with the drill's id. */
#define RD_PROCFS_MARK "REDRILL_DRILL"

struct rd_procfs_found {
    pid_t pid;
    int64_t started; /* clock ticks since boot: with the pid it names one process for ever */
};

/*
 * The processes of a drill: those whose environment has RD_PROCFS_MARK=`drill_id`, and those
 * without a terminal whose working folder is `folder` (absolute, without links; NULL: none) or
 * below it. A person who looks around there has a terminal; what a drill starts has none. Zombies
 * and the caller do not count. Fills at most `room` entries and says how many there are.
 *
 * A process that redrill may not look at is none that it started: those have no more rights than
 * redrill itself.
 */
int rd_procfs_find(const char *folder, const char *drill_id, struct rd_procfs_found *found,
                   size_t room, size_t *ret_count, struct rd_err *reterr) RD_MUST_CHECK;

/* Start time of a process (see above); RD_E_NOT_FOUND when there is none. */
int rd_procfs_started(pid_t pid, int64_t *ret_started, struct rd_err *reterr) RD_MUST_CHECK;

/*
 * Writes one line for each TCP, UDP, raw and unix socket on which one of the processes listens, or
 * by which it is connected to something else than this machine's unix sockets: "listens on
 * 0.0.0.0:5432", "listens on unix /path", "is connected to 192.0.2.1:443", "listens on udp
 * [::]:53", "has a raw socket". Processes that are gone have none; one that may not be looked at is
 * an error.
 */
int rd_procfs_sockets(const struct rd_procfs_found *found, size_t count, struct rd_buf *out,
                      struct rd_err *reterr) RD_MUST_CHECK;

#endif
