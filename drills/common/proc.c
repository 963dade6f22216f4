/*
 * proc.c: see proc.h. Waiting for children and ending them; proc_start.c starts them, proc_run.c
 * feeds and reads them.
 */
#include "drills/common/proc.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/proc_watch.h"

enum {
    PROC_KILL_MS = 5 * 1000,        /* for SIGKILL to take effect */
    PROC_STATUS_UNKNOWN = 255 << 8, /* as of waitpid(2): exit status 255 */
};

int rd_proc_watch(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int64_t rd_proc_watch_ms(int watch_fd)
{
    return watch_fd >= 0 ? -1 : RD_PROC_LOOK_MS;
}

bool rd_proc_over(const struct rd_proc *proc)
{
    siginfo_t info = {0};

    if (proc->pid <= 0)
        return true;
    if (waitid(P_PID, (id_t)proc->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno == ECHILD;
    return info.si_pid == proc->pid;
}

void rd_proc_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool rd_proc_ended(struct rd_proc *proc)
{
    int status = 0;

    if (proc->pid <= 0)
        return true;
    pid_t pid = waitpid(proc->pid, &status, WNOHANG);
    if (pid == proc->pid) {
        proc->status = status;
    } else if (pid < 0 && errno == ECHILD) {
        /* Somebody else took the status. What nobody knows must not look like a success. */
        proc->status = PROC_STATUS_UNKNOWN;
    } else {
        return false;
    }
    proc->pid = 0;
    return true;
}

int rd_proc_wait(struct rd_proc *proc, const struct rd_deadline *deadline, const char *what,
                 struct rd_err *reterr)
{
    RD_CLEANUP(rd_proc_close) int watch_fd = proc->pid > 0 ? rd_proc_watch(proc->pid) : -1;

    while (!rd_proc_ended(proc)) {
        struct pollfd end = {.fd = watch_fd, .events = POLLIN};
        int code = rd_deadline_poll(deadline, &end, 1, rd_proc_watch_ms(watch_fd), what, reterr);
        if (code != RD_OK)
            return code;
    }
    return RD_OK;
}

void rd_proc_end(struct rd_proc *proc, int signal_number, int64_t grace_ms)
{
    struct rd_deadline grace = rd_deadline_in_ms(grace_ms, -1);
    pid_t group = proc->pid;

    if (group <= 0)
        return;
    kill(-group, signal_number);
    if (rd_proc_wait(proc, &grace, "child", NULL) == RD_OK) {
        /* The child is gone. The rest of its group keeps the number taken, and has its grace. */
        while (kill(-group, 0) == 0) {
            if (rd_deadline_poll(&grace, NULL, 0, RD_PROC_LOOK_MS, "group", NULL) != RD_OK) {
                kill(-group, SIGKILL);
                return;
            }
        }
        return;
    }
    kill(-group, SIGKILL);
    grace = rd_deadline_in_ms(PROC_KILL_MS, -1);
    if (rd_proc_wait(proc, &grace, "child", NULL) != RD_OK)
        return; /* stuck in the kernel; it keeps its pid here, so that a caller can tell */
}

void rd_proc_status_text(int status, struct rd_buf *out)
{
    if (WIFSIGNALED(status))
        rd_buf_printf(out, "killed by signal %d (%s)", WTERMSIG(status),
                      strsignal(WTERMSIG(status)));
    else
        rd_buf_printf(out, "exit status %d", WEXITSTATUS(status));
}

bool rd_proc_succeeded(const struct rd_proc *proc)
{
    return proc->pid == 0 && WIFEXITED(proc->status) && WEXITSTATUS(proc->status) == 0;
}

static bool proc_is_program(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

int rd_proc_find(const char *program, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(4096);
    const char *folders = getenv("PATH");

    if (folders == NULL)
        folders = "/usr/local/bin:/usr/bin:/bin";
    while (*folders != '\0' && strchr(program, '/') == NULL) {
        size_t length = strcspn(folders, ":");

        /* A folder that is not absolute means the working folder, where anybody may have put it. */
        if (*folders == '/') {
            rd_buf_clear(&path);
            rd_buf_printf(&path, "%.*s/%s", (int)length, folders, program);
            if (path.broken == RD_OK && proc_is_program(path.data)) {
                rd_buf_puts(out, path.data);
                return rd_buf_status(out, "path of a program", reterr);
            }
        }
        folders += length + (folders[length] == ':');
    }
    return rd_err_set(reterr, RD_E_NOT_FOUND, "program '%s' is not in any folder of PATH", program);
}
