/*
 * lease_reap.c: rd_lease_reap of lease.h: removes what the leases of dead drills name.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/lease_parts.h"

enum { REAP_ARENA_MAX = 64 * 1024, REAP_PROOF_MAX = 16 * 1024 };

static const char reap_ending[] = ".json";

struct reap {
    const char *state;
    bool kept;
    const struct rd_deadline *deadline;
    void (*tell)(void *context, const struct rd_reaped *reaped);
    void *context;
};

/* Names of leases; everything else in the folder is somebody else's. */
static int reap_is_lease(const struct dirent *entry)
{
    char id[RD_LEASE_ID_MAX + 1];
    size_t length = strlen(entry->d_name);
    size_t ending = strlen(reap_ending);

    if (length <= ending || length - ending > RD_LEASE_ID_MAX ||
        strcmp(entry->d_name + length - ending, reap_ending) != 0)
        return 0;
    memcpy(id, entry->d_name, length - ending);
    id[length - ending] = '\0';
    return rd_lease_is_id(id);
}

/* Whether the locked file is still the lease: whoever held the lock before may have removed it. */
static bool reap_is_current(const struct rd_lease *lease)
{
    struct stat locked, named;

    return fstat(lease->note_fd, &locked) == 0 && lstat(lease->note, &named) == 0 &&
           locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

/* What to do with a lease. 0: nothing, it has gone meanwhile. */
static int reap_lock(struct rd_lease *lease, int *ret_what, struct rd_err *reterr)
{
    *ret_what = 0;
    lease->note_fd = open(lease->note, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (lease->note_fd < 0)
        return errno == ENOENT
                   ? RD_OK
                   : rd_err_errno(reterr, errno, "cannot open the lease '%s'", lease->note);
    if (flock(lease->note_fd, LOCK_EX | LOCK_NB) == 0) {
        if (!reap_is_current(lease))
            return RD_OK;
        *ret_what = RD_REAP_REMOVED;
        return rd_lease_read_note(lease, reterr);
    }
    if (errno != EWOULDBLOCK)
        return rd_err_errno(reterr, errno, "cannot lock the lease '%s'", lease->note);
    *ret_what = RD_REAP_RUNNING;
    return rd_lease_read_note(lease, reterr);
}

static void reap_tell(const struct reap *reap, const struct rd_lease *lease, int what,
                      const char *proof)
{
    struct rd_reaped reaped = {
        .drill_id = lease->drill_id,
        .plan_name = lease->plan_name,
        .what = what,
        .proof = proof,
    };

    reap->tell(reap->context, &reaped);
}

static void reap_failed(const struct reap *reap, const struct rd_lease *lease,
                        const struct rd_err *err)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(REAP_PROOF_MAX);

    rd_buf_printf(&text, "%s%s%s%s%s", err->message, err->detail[0] != '\0' ? ": " : "",
                  err->detail, err->hint[0] != '\0' ? "\n" : "", err->hint);
    reap_tell(reap, lease, RD_REAP_FAILED, rd_buf_text(&text));
}

static void reap_one(const struct reap *reap, struct rd_lease *lease)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf proof = RD_BUF_INIT(REAP_PROOF_MAX);
    struct rd_err err = RD_ERR_INIT;
    int what = 0;

    int code = reap_lock(lease, &what, &err);
    if (code == RD_OK && what == 0)
        return;
    if (code != RD_OK) {
        rd_err_hint(&err, "Look what is in '%s', and remove both by hand.", lease->work);
        reap_failed(reap, lease, &err);
        return;
    }
    if (what == RD_REAP_REMOVED && lease->kept && !reap->kept)
        what = RD_REAP_KEPT;
    if (what == RD_REAP_REMOVED && rd_lease_remove(lease, reap->deadline, &proof, &err) != RD_OK)
        reap_failed(reap, lease, &err);
    else
        reap_tell(reap, lease, what, rd_buf_text(&proof));
}

static void reap_free_list(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

static int reap_all(const struct reap *reap, struct dirent **entries, int count,
                    struct rd_err *reterr)
{
    for (int i = 0; i < count; i++) {
        RD_CLEANUP(rd_lease_freep) struct rd_lease *lease = NULL;
        size_t length = strlen(entries[i]->d_name) - strlen(reap_ending);

        entries[i]->d_name[length] = '\0';
        int code = rd_lease_new(reap->state, entries[i]->d_name, &lease, reterr);
        if (code != RD_OK)
            return code;
        reap_one(reap, lease);
        code = rd_deadline_check(reap->deadline, "reaping", reterr);
        if (code != RD_OK && i + 1 < count)
            return code;
    }
    return RD_OK;
}

int rd_lease_reap(const char *state, bool kept, const struct rd_deadline *deadline,
                  void (*tell)(void *context, const struct rd_reaped *reaped), void *context,
                  struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(REAP_ARENA_MAX);
    struct reap reap = {.kept = kept, .deadline = deadline, .tell = tell, .context = context};
    struct dirent **entries = NULL;
    struct rd_err err = RD_ERR_INIT;

    if (arena == NULL)
        return rd_err_memory(reterr);
    int code = rd_lease_state(state, arena, &reap.state, &err);
    if (code == RD_E_NOT_FOUND)
        return RD_OK; /* no drill was ever run here */
    if (code != RD_OK)
        return rd_err_set(reterr, code, "%s", err.message);
    const char *leases = rd_arena_printf(arena, "%s/leases", reap.state);
    if (leases == NULL)
        return rd_err_memory(reterr);

    int count = scandir(leases, &entries, reap_is_lease, alphasort);
    if (count < 0)
        return errno == ENOENT ? RD_OK : rd_err_errno(reterr, errno, "cannot read '%s'", leases);
    code = reap_all(&reap, entries, count, reterr);
    reap_free_list(entries, count);
    return code;
}
