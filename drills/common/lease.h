/*
 * lease.h: the note on disk of what a running drill has created, so that it can always be removed:
 * by the drill itself, or by `reap` after redrill was killed. A lease is STATE/leases/ID.json,
 * locked (flock) as long as its redrill lives. The work folder is STATE/work/ID; in it the file
 * RD_LEASE_MARKER names the drill. Nothing is ever removed without that marker.
 */
#ifndef RD_LEASE_H
#define RD_LEASE_H

#include "drills/common/deadline.h"
#include "drills/common/proc.h"

#define RD_LEASE_MARKER ".redrill-drill"

struct rd_lease;

/* Creates STATE (0711), STATE/leases (0700) and STATE/work (0711) where missing, the lease (on disk
 * before the folder), the work folder (0700, owned by `user`) and its marker. */
int rd_lease_open(const char *state, const char *drill_id, const char *plan_name,
                  const struct rd_user *user, struct rd_lease **ret_lease,
                  struct rd_err *reterr) RD_MUST_CHECK;
const char *
rd_lease_work(const struct rd_lease *lease); /* the work folder: absolute, without links */

/*
 * Removes what the lease names and proves it by asking again: processes of the drill (SIGTERM, then
 * SIGKILL), System V shared memory of its server (found through postmaster.pid; only when nobody is
 * attached any more), the work folder. Then the lease itself. `proof` (may be NULL) gets one
 * sentence a line about what was asked and answered. On failure the lease stays for `reap`.
 */
int rd_lease_remove(struct rd_lease *lease, const struct rd_deadline *deadline,
                    struct rd_buf *proof, struct rd_err *reterr) RD_MUST_CHECK;

/* Leaves everything in place (`--keep`), marked as kept: `reap` passes it over unless told
 * otherwise. */
int rd_lease_keep(struct rd_lease *lease, struct rd_err *reterr) RD_MUST_CHECK;
void rd_lease_free(struct rd_lease *lease); /* forgets it; what it names stays */

/* What reap did with one lease. */
struct rd_reaped {
    const char *drill_id;
    const char *plan_name;
    enum { RD_REAP_REMOVED = 1, RD_REAP_RUNNING, RD_REAP_KEPT, RD_REAP_FAILED } what;
    const char *proof; /* as above; of a failure the error's text */
};

/* Goes through all leases of a state folder; safe at any time and beside running drills. `kept`:
 * also removes what --keep left. A lease that cannot be read is RD_REAP_FAILED and stays. RD_OK
 * when it went through all, whatever happened to each. */
int rd_lease_reap(const char *state, bool kept, const struct rd_deadline *deadline,
                  void (*tell)(void *context, const struct rd_reaped *reaped), void *context,
                  struct rd_err *reterr) RD_MUST_CHECK;

#endif
