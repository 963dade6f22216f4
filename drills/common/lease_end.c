/*
 * lease_end.c: ends what a drill left running: processes, and the System V shared memory that a
 * killed server cannot remove itself.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "drills/common/lease_parts.h"
#include "drills/common/proc_watch.h"
#include "drills/common/procfs.h"

enum {
    END_TERM_MS = 5 * 1000,       /* of SIGTERM, before SIGKILL */
    END_PROCESSES_MS = 30 * 1000, /* then it is an error */
    END_MEMORY_MS = 5 * 1000,     /* for the kernel to detach the memory of the killed */
    END_LOOK_MS = 50,
    END_PROCESSES = 256, /* at once */
    END_PID_FILE_MAX = 4096,
};

/* What a server's postmaster.pid says about its shared memory. */
struct end_memory {
    uint32_t key;
    int id;
};

/* By a descriptor of the process, so that it cannot be another one of that number. */
static void end_signal(const struct rd_procfs_found *process, int signal_number)
{
    RD_CLEANUP(rd_proc_close) int fd = rd_proc_watch(process->pid);
    int64_t started = 0;

    if (fd < 0 && errno == ESRCH)
        return;
    if (rd_procfs_started(process->pid, &started, NULL) != RD_OK || started != process->started)
        return;
    if (fd >= 0)
        syscall(SYS_pidfd_send_signal, fd, signal_number, NULL, 0);
    else
        kill(process->pid, signal_number);
}

static int end_all(const struct rd_procfs_found *found, size_t count,
                   const struct rd_deadline *term, const struct rd_deadline *deadline,
                   struct rd_err *reterr)
{
    for (size_t i = 0; i < count && i < END_PROCESSES; i++)
        end_signal(&found[i], rd_deadline_left_ms(term) > 0 ? SIGTERM : SIGKILL);
    int code =
        rd_deadline_poll(deadline, NULL, 0, END_LOOK_MS, "ending the drill's processes", reterr);
    if (code != RD_OK)
        rd_err_detail(reterr, "%zu are left, one of them is %d", count, (int)found[0].pid);
    return code;
}

int rd_lease_end_processes(const struct rd_lease *lease, const struct rd_deadline *deadline,
                           struct rd_buf *proof, struct rd_err *reterr)
{
    struct rd_procfs_found found[END_PROCESSES];
    struct rd_deadline within = rd_deadline_within(deadline, END_PROCESSES_MS);
    struct rd_deadline term = rd_deadline_within(&within, END_TERM_MS);

    for (;;) {
        size_t count = 0;
        int code =
            rd_procfs_find(lease->work, lease->drill_id, found, END_PROCESSES, &count, reterr);
        if (code != RD_OK)
            return code;
        if (count == 0)
            break;
        code = end_all(found, count, &term, &within, reterr);
        if (code != RD_OK)
            return code;
    }
    if (proof != NULL)
        rd_buf_printf(proof, "No process works in '%s' or carries the mark of this drill.\n",
                      lease->work);
    return RD_OK;
}

/* The seventh line of postmaster.pid: key and id (PostgreSQL's src/include/miscadmin.h). False when
 * no server runs or has been killed here. */
static int end_read_memory(const struct rd_lease *lease, bool *ret_there,
                           struct end_memory *ret_memory, struct rd_err *reterr)
{
    enum { LINES_BEFORE = 6 };
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(END_PID_FILE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf folder = RD_BUF_INIT(PATH_MAX);
    struct rd_err err = RD_ERR_INIT;

    *ret_there = false;
    rd_buf_printf(&folder, "%s/data", lease->work);
    int code = rd_buf_status(&folder, "path of the data folder", reterr);
    if (code != RD_OK)
        return code;
    code = rd_lease_read_file(folder.data, "postmaster.pid", &text, &err);
    if (code == RD_E_NOT_FOUND)
        return RD_OK;
    if (code != RD_OK)
        return rd_err_set(reterr, code, "%s", err.message);

    const char *line = rd_buf_text(&text);
    unsigned long key = 0; /* a key_t below 0 fills it with ones */
    for (int i = 0; i < LINES_BEFORE && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    *ret_there = line != NULL && sscanf(line, " %lu %d", &key, &ret_memory->id) == 2;
    ret_memory->key = (uint32_t)key;
    return RD_OK;
}

enum end_state { END_GONE = 1, END_USED, END_UNUSED };

/* An id that was given to somebody else's memory since says that ours is gone. */
static int end_look(const struct rd_lease *lease, const struct end_memory *memory,
                    enum end_state *ret_state, struct rd_err *reterr)
{
    struct shmid_ds info;

    *ret_state = END_GONE;
    if (shmctl(memory->id, IPC_STAT, &info) != 0)
        return errno == EINVAL || errno == EIDRM || errno == EACCES
                   ? RD_OK
                   : rd_err_errno(reterr, errno, "cannot look at shared memory %d", memory->id);
    if ((uint32_t)info.shm_perm.__key == memory->key && info.shm_perm.uid == lease->uid)
        *ret_state = info.shm_nattch == 0 ? END_UNUSED : END_USED;
    return RD_OK;
}

int rd_lease_end_memory(const struct rd_lease *lease, const struct rd_deadline *deadline,
                        struct rd_buf *proof, struct rd_err *reterr)
{
    struct rd_deadline within = rd_deadline_within(deadline, END_MEMORY_MS);
    struct end_memory memory;
    enum end_state state = END_USED;
    bool there = false;

    int code = end_read_memory(lease, &there, &memory, reterr);
    if (code != RD_OK)
        return code;
    if (!there) {
        if (proof != NULL)
            rd_buf_printf(proof,
                          "No server left shared memory: it noted none in its data folder.\n");
        return RD_OK;
    }
    for (;;) {
        code = end_look(lease, &memory, &state, reterr);
        if (code != RD_OK || state == END_GONE)
            break;
        if (state == END_UNUSED && shmctl(memory.id, IPC_RMID, NULL) == 0)
            continue;
        code = rd_deadline_poll(&within, NULL, 0, END_LOOK_MS, "removing shared memory", reterr);
        if (code != RD_OK)
            break;
    }
    if (code == RD_OK && proof != NULL)
        rd_buf_printf(proof, "The server's shared memory %d is not there any more.\n", memory.id);
    return code;
}
