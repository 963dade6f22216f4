/*
 * lease_parts.h: the inside of a lease. For lease.c, lease_note.c, lease_folder.c, lease_end.c and
 * lease_reap.c.
 */
#ifndef RD_LEASE_PARTS_H
#define RD_LEASE_PARTS_H

#include "drills/common/arena.h"
#include "drills/common/lease.h"

enum { RD_LEASE_ID_MAX = 36 };

struct rd_lease {
    struct rd_arena *arena;
    const char *drill_id;
    const char *plan_name;
    const char *note;    /* STATE/leases/ID.json */
    const char *work;    /* STATE/work/ID */
    const char *leaving; /* STATE/work/ID.removing: what was work, its marker checked */
    uid_t uid;           /* who the drill's processes run as */
    const char *user;    /* the same by name, for people */
    bool kept;
    int note_fd; /* holds the lock; -1 without */
};

/* A lease without lock and folder. Letters, digits and '-' make a drill's id. */
int rd_lease_new(const char *state, const char *drill_id, struct rd_lease **ret_lease,
                 struct rd_err *reterr) RD_MUST_CHECK;
void rd_lease_freep(struct rd_lease **lease);
bool rd_lease_is_id(const char *text);

/* STATE as an absolute path without links, in `arena`. RD_E_NOT_FOUND when it is not there;
 * RD_E_ARGUMENT when others than redrill's user could put something into it. */
int rd_lease_state(const char *state, struct rd_arena *arena, const char **ret_state,
                   struct rd_err *reterr) RD_MUST_CHECK;

/*
 * Writes the note; it is locked before it has its name, so that no reap can come in between, and
 * the lock of an earlier note is given up after that. `replace`: there is one.
 */
int rd_lease_write_note(struct rd_lease *lease, bool replace, struct rd_err *reterr) RD_MUST_CHECK;

/* Takes plan, user and kept from the note behind note_fd. RD_E_FORMAT when it is none. */
int rd_lease_read_note(struct rd_lease *lease, struct rd_err *reterr) RD_MUST_CHECK;

/* Removes the note, for good. */
int rd_lease_drop_note(const struct rd_lease *lease, struct rd_err *reterr) RD_MUST_CHECK;

/* Makes the work folder and its marker, and gives the folder to the user. */
int rd_lease_make_work(const struct rd_lease *lease, const struct rd_user *user,
                       struct rd_err *reterr) RD_MUST_CHECK;

/* Whether the work folder may be removed: RD_OK when it is ours, only begun or not there at all,
 * RD_E_TRUST when it holds something and its marker does not name this drill. */
int rd_lease_check_work(const struct rd_lease *lease, struct rd_err *reterr) RD_MUST_CHECK;

/* Removes the work folder, and a removal that was interrupted; checks again first. */
int rd_lease_remove_work(const struct rd_lease *lease, struct rd_buf *proof,
                         struct rd_err *reterr) RD_MUST_CHECK;

/* Appends a regular file below `folder`, never following a link and never waiting for one that is a
 * FIFO; RD_E_NOT_FOUND when there is no such file. */
int rd_lease_read_file(const char *folder, const char *name, struct rd_buf *out,
                       struct rd_err *reterr) RD_MUST_CHECK;

/* Ends the drill's processes, and removes the shared memory of its server. */
int rd_lease_end_processes(const struct rd_lease *lease, const struct rd_deadline *deadline,
                           struct rd_buf *proof, struct rd_err *reterr) RD_MUST_CHECK;
int rd_lease_end_memory(const struct rd_lease *lease, const struct rd_deadline *deadline,
                        struct rd_buf *proof, struct rd_err *reterr) RD_MUST_CHECK;

#endif
