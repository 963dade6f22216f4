/*
 * lease.c: see lease.h. The order in which a drill's traces come and go; what each step does is in
 * lease_note.c, lease_folder.c and lease_end.c.
 */
#include "drills/common/lease.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/common/lease_parts.h"

enum {
    LEASE_ARENA_MAX = 256 * 1024,
    LEASE_UNDO_MS = 10 * 1000, /* for taking back a lease whose folder could not be made */
};

bool rd_lease_is_id(const char *text)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    size_t length = strlen(text);

    return length > 0 && length <= RD_LEASE_ID_MAX && strspn(text, allowed) == length;
}

/* Whoever else could write there could make redrill remove what is not its own. */
static int lease_check_folder(const char *path, struct rd_err *reterr)
{
    struct stat info;

    if (lstat(path, &info) != 0)
        return rd_err_errno(reterr, errno, "cannot look at '%s'", path);
    if (S_ISDIR(info.st_mode) && info.st_uid == geteuid() && (info.st_mode & S_IWOTH) == 0)
        return RD_OK;
    int code =
        rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is not a folder of redrill's user alone", path);
    rd_err_hint(reterr, "A state folder belongs to the user who runs redrill, and nobody else may "
                        "write to it; choose another one (--state).");
    return code;
}

int rd_lease_state(const char *state, struct rd_arena *arena, const char **ret_state,
                   struct rd_err *reterr)
{
    char resolved[PATH_MAX];

    if (realpath(state, resolved) == NULL)
        return rd_err_errno(reterr, errno, "cannot find the state folder '%s'", state);
    int code = lease_check_folder(resolved, reterr);
    if (code != RD_OK)
        return code;
    *ret_state = rd_arena_strdup(arena, resolved);
    return *ret_state != NULL ? RD_OK : rd_err_memory(reterr);
}

int rd_lease_new(const char *state, const char *drill_id, struct rd_lease **ret_lease,
                 struct rd_err *reterr)
{
    RD_CLEANUP(rd_lease_freep) struct rd_lease *lease = calloc(1, sizeof(*lease));

    if (lease == NULL)
        return rd_err_memory(reterr);
    lease->note_fd = -1;
    lease->arena = rd_arena_new(LEASE_ARENA_MAX);
    if (lease->arena == NULL)
        return rd_err_memory(reterr);
    if (!rd_lease_is_id(drill_id))
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is no id of a drill", drill_id);

    int code = rd_lease_state(state, lease->arena, &state, reterr);
    if (code != RD_OK)
        return code;
    lease->drill_id = rd_arena_strdup(lease->arena, drill_id);
    lease->plan_name = "";
    lease->user = "";
    lease->note = rd_arena_printf(lease->arena, "%s/leases/%s.json", state, drill_id);
    lease->work = rd_arena_printf(lease->arena, "%s/work/%s", state, drill_id);
    lease->leaving = rd_arena_printf(lease->arena, "%s/work/%s.removing", state, drill_id);
    code = rd_arena_status(lease->arena, reterr);
    if (code != RD_OK)
        return code;
    *ret_lease = lease;
    lease = NULL;
    return RD_OK;
}

static int lease_make_state(const char *state, struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(LEASE_ARENA_MAX);
    const char *resolved = NULL;

    if (arena == NULL)
        return rd_err_memory(reterr);
    int code = rd_file_make_folder(state, 0711, reterr);
    if (code == RD_OK)
        code = rd_lease_state(state, arena, &resolved, reterr);
    if (code != RD_OK)
        return code;
    const char *leases = rd_arena_printf(arena, "%s/leases", resolved);
    const char *work = rd_arena_printf(arena, "%s/work", resolved);
    if (leases == NULL || work == NULL)
        return rd_err_memory(reterr);
    code = rd_file_make_folder(leases, 0700, reterr);
    return code == RD_OK ? rd_file_make_folder(work, 0711, reterr) : code;
}

/* Of a drill that could not begin nothing stays, as far as that is possible. */
static void lease_undo(struct rd_lease *lease, struct rd_err *reterr)
{
    struct rd_deadline deadline = rd_deadline_in_ms(LEASE_UNDO_MS, -1);

    if (rd_lease_remove(lease, &deadline, NULL, NULL) != RD_OK)
        rd_err_hint(reterr, "Run 'redrill reap' later: it removes what was begun.");
}

int rd_lease_open(const char *state, const char *drill_id, const char *plan_name,
                  const struct rd_user *user, struct rd_lease **ret_lease, struct rd_err *reterr)
{
    RD_CLEANUP(rd_lease_freep) struct rd_lease *lease = NULL;

    int code = lease_make_state(state, reterr);
    if (code == RD_OK)
        code = rd_lease_new(state, drill_id, &lease, reterr);
    if (code != RD_OK)
        return code;
    lease->plan_name = rd_arena_strdup(lease->arena, plan_name);
    lease->user = rd_arena_strdup(lease->arena, user->name);
    lease->uid = user->uid;
    if (lease->plan_name == NULL || lease->user == NULL)
        return rd_err_memory(reterr);

    code = rd_lease_write_note(lease, false, reterr);
    if (code != RD_OK)
        return code;
    code = rd_lease_make_work(lease, user, reterr);
    if (code != RD_OK) {
        lease_undo(lease, reterr);
        return code;
    }
    *ret_lease = lease;
    lease = NULL;
    return RD_OK;
}

const char *rd_lease_work(const struct rd_lease *lease)
{
    return lease->work;
}

int rd_lease_remove(struct rd_lease *lease, const struct rd_deadline *deadline,
                    struct rd_buf *proof, struct rd_err *reterr)
{
    int code = rd_lease_check_work(lease, reterr);
    if (code == RD_OK)
        code = rd_lease_end_processes(lease, deadline, proof, reterr);
    if (code == RD_OK)
        code = rd_lease_end_memory(lease, deadline, proof, reterr);
    if (code == RD_OK)
        code = rd_lease_remove_work(lease, proof, reterr);
    if (code == RD_OK)
        code = rd_lease_drop_note(lease, reterr);
    return code;
}

int rd_lease_keep(struct rd_lease *lease, struct rd_err *reterr)
{
    lease->kept = true;
    return rd_lease_write_note(lease, true, reterr);
}

void rd_lease_free(struct rd_lease *lease)
{
    if (lease == NULL)
        return;
    if (lease->note_fd >= 0)
        close(lease->note_fd);
    rd_arena_free(lease->arena);
    free(lease);
}

void rd_lease_freep(struct rd_lease **lease)
{
    rd_lease_free(*lease);
    *lease = NULL;
}
