/*
 * proc.h: child processes. Arguments are vectors, never a shell. Every child has a session and
 * process group of its own, without a terminal; dies with redrill (parent-death signal, so Linux
 * only); writes no core file; and has only the descriptors and the environment that are given here.
 */
#ifndef RD_PROC_H
#define RD_PROC_H

#include <sys/types.h>

#include "drills/common/buf.h"
#include "drills/common/deadline.h"
#include "drills/common/user.h"

enum { RD_PROC_OUTLIVES = -1 }; /* in place of a death signal */

struct rd_proc_spec {
    const char *const *argv; /* NULL-terminated; argv[0] is a path with a slash */
    const char *const
        *env; /* NULL-terminated "NAME=value"; nothing else is in the child's environment */
    const char *folder;                 /* working folder; NULL: "/" */
    const struct rd_user *user;         /* NULL: as redrill runs */
    int stdin_fd, stdout_fd, stderr_fd; /* -1: /dev/null. Stay open in redrill. */
    int death_signal;                   /* when redrill dies; 0: SIGKILL; RD_PROC_OUTLIVES: none */
};

struct rd_proc {
    pid_t pid;  /* 0: none, or already waited for; also the number of its process group */
    int status; /* as of waitpid(2), once it has ended */
};

/*
 * Starts the child. A program that is missing or may not be executed, a folder that cannot be
 * entered and a user that cannot be assumed are errors here, not a child that failed:
 * RD_E_NOT_FOUND or RD_E_SYSTEM, with the program's name.
 */
int rd_proc_start(const struct rd_proc_spec *spec, struct rd_proc *ret_proc,
                  struct rd_err *reterr) RD_MUST_CHECK;

/* Whether it has ended; reaps it then and fills `status`. Does not block. */
bool rd_proc_ended(struct rd_proc *proc);

/* Waits until it has ended. On RD_E_TIMEOUT and RD_E_INTERRUPTED it is still running. */
int rd_proc_wait(struct rd_proc *proc, const struct rd_deadline *deadline, const char *what,
                 struct rd_err *reterr) RD_MUST_CHECK;

/* Ends the whole process group: `signal_number` first, SIGKILL after `grace_ms`; reaps the child.
 * Never waits longer than grace_ms + 5 s. Does nothing for a proc without pid. */
void rd_proc_end(struct rd_proc *proc, int signal_number, int64_t grace_ms);

/* "exit status 3" or "killed by signal 9 (Killed)", of a child that has ended. */
void rd_proc_status_text(int status, struct rd_buf *out);
bool rd_proc_succeeded(const struct rd_proc *proc);

/*
 * Runs a child to its end, feeding and reading it at once, so that neither side can block the
 * other. The spec's descriptors are ignored.
 */
struct rd_proc_run {
    struct rd_proc_spec spec;
    /* MAY: where stdin comes from. Points `*ret_data` at the next piece, valid until the next call;
     * length 0 is the end. An error ends the child (SIGTERM) and is rd_proc_run's result. Without
     * it stdin is empty. */
    int (*feed)(void *context, const char **ret_data, size_t *ret_length, struct rd_err *reterr);
    /* MAY: one line of stderr without its newline, cut at 8 KiB. */
    void (*on_error_line)(void *context, const char *line);
    void *context;
    struct rd_buf
        *output; /* MAY: stdout up to its maximum; what comes after that is read and dropped. */
    struct rd_buf *errors; /* MAY: the last bytes of stderr, at most its maximum */
    bool fed_whole;        /* set by the run: the child took everything that feed had */
};

/*
 * RD_OK when the child was run to its end, however it ended: ask ret_status. A child that stops
 * reading early is no error; fed_whole tells. What it leaves behind in its process group is killed,
 * one second later at most where that still holds the pipes. At the deadline, or when called off,
 * the group gets SIGTERM, SIGKILL 5 s later, and the error is returned.
 */
int rd_proc_run(struct rd_proc_run *run, const struct rd_deadline *deadline, const char *what,
                int *ret_status, struct rd_err *reterr) RD_MUST_CHECK;

/* The full path of a program in the folders of PATH that redrill was started with, into `out`. */
int rd_proc_find(const char *program, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

#endif
