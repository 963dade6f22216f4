/*
 * procfs.c: see procfs.h. Which processes belong to a drill; their sockets are in procfs_sockets.c.
 */
#include "drills/common/procfs.h"

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drills/common/procfs_read.h"

enum {
    PROCFS_ENVIRON_MAX = 8 * 1024 * 1024, /* more than the kernel lets anybody have */
    PROCFS_EXEC_LOOKS = 5,
    PROCFS_EXEC_MS = 1,
};

static const char procfs_deleted[] = " (deleted)"; /* what the kernel adds to a removed folder */

/* What is looked for. */
struct procfs_search {
    const char *folder; /* may be NULL */
    const char *entry;  /* "REDRILL_DRILL=…" */
};

int rd_procfs_started(pid_t pid, int64_t *ret_started, struct rd_err *reterr)
{
    struct rd_procfs_stat stat;

    int code = rd_procfs_stat(pid, &stat, reterr);
    if (code == RD_OK)
        *ret_started = stat.started;
    return code;
}

static int procfs_works_in(pid_t pid, const char *folder, bool *ret_is, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf cwd = RD_BUF_INIT(PATH_MAX);
    size_t length = strlen(folder);

    int code = rd_procfs_link(pid, "cwd", &cwd, reterr);
    if (code != RD_OK)
        return code;
    const char *rest = rd_buf_text(&cwd) + length;
    *ret_is = cwd.length >= length && memcmp(rd_buf_text(&cwd), folder, length) == 0 &&
              (*rest == '\0' || *rest == '/' || strcmp(rest, procfs_deleted) == 0);
    return RD_OK;
}

/*
 * In the middle of exec(2) a process has no environment for a moment. So one that runs a program,
 * which the kernel's own threads do not, and has none is asked again before that is believed.
 */
static int procfs_read_environ(pid_t pid, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf program = RD_BUF_INIT(PATH_MAX);

    int code = rd_procfs_read(pid, "environ", out, reterr);
    if (code != RD_OK || out->length > 0 || rd_procfs_link(pid, "exe", &program, NULL) != RD_OK)
        return code;
    for (int i = 0; i < PROCFS_EXEC_LOOKS && code == RD_OK && out->length == 0; i++) {
        poll(NULL, 0, PROCFS_EXEC_MS);
        code = rd_procfs_read(pid, "environ", out, reterr);
    }
    return code;
}

/* Entries of an environment end with a NUL each. */
static int procfs_is_marked(pid_t pid, const char *entry, bool *ret_is, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf entries = RD_BUF_INIT(PROCFS_ENVIRON_MAX);

    int code = procfs_read_environ(pid, &entries, reterr);
    if (code != RD_OK)
        return code;
    const char *at = rd_buf_text(&entries);
    const char *end = at + entries.length;
    *ret_is = false;
    for (; at < end && !*ret_is; at += strlen(at) + 1)
        *ret_is = strcmp(at, entry) == 0;
    return RD_OK;
}

static int procfs_belongs(const struct procfs_search *search, pid_t pid, bool *ret_belongs,
                          struct rd_procfs_stat *ret_stat, struct rd_err *reterr)
{
    bool belongs = false;

    int code = rd_procfs_stat(pid, ret_stat, reterr);
    if (code != RD_OK)
        return code;
    if (ret_stat->state != 'Z' && ret_stat->state != 'X') {
        if (search->folder != NULL && ret_stat->terminal == 0)
            code = procfs_works_in(pid, search->folder, &belongs, reterr);
        if (code == RD_OK && !belongs)
            code = procfs_is_marked(pid, search->entry, &belongs, reterr);
    }
    if (code == RD_OK)
        *ret_belongs = belongs;
    return code;
}

static void procfs_close(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

static int procfs_each(DIR *proc, const struct procfs_search *search, struct rd_procfs_found *found,
                       size_t room, size_t *ret_count, struct rd_err *reterr)
{
    const struct dirent *entry;
    size_t count = 0;

    while ((entry = readdir(proc)) != NULL) {
        char *end = NULL;
        long pid = strtol(entry->d_name, &end, 10);
        struct rd_procfs_stat stat;
        struct rd_err err = RD_ERR_INIT;
        bool belongs = false;

        if (*end != '\0' || pid <= 0 || pid == getpid())
            continue;
        int code = procfs_belongs(search, (pid_t)pid, &belongs, &stat, &err);
        if (code != RD_OK && code != RD_E_NOT_FOUND && code != RD_E_AUTH)
            return rd_procfs_pass(&err, reterr);
        if (belongs && count < room)
            found[count] = (struct rd_procfs_found){.pid = (pid_t)pid, .started = stat.started};
        count += belongs;
    }
    *ret_count = count;
    return RD_OK;
}

int rd_procfs_find(const char *folder, const char *drill_id, struct rd_procfs_found *found,
                   size_t room, size_t *ret_count, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf entry = RD_BUF_INIT(PATH_MAX);
    RD_CLEANUP(procfs_close) DIR *proc = opendir("/proc");

    if (proc == NULL || access("/proc/self/stat", R_OK) != 0)
        return rd_err_set(reterr, RD_E_UNSUPPORTED, "this machine shows no processes in /proc");
    rd_buf_printf(&entry, "%s=%s", RD_PROCFS_MARK, drill_id);
    int code = rd_buf_status(&entry, "drill's id", reterr);
    if (code != RD_OK)
        return code;
    struct procfs_search search = {.folder = folder, .entry = rd_buf_text(&entry)};
    return procfs_each(proc, &search, found, room, ret_count, reterr);
}
