/*
 * proc_start.c: rd_proc_start of proc.h. Between fork and exec the child only calls what is safe in
 * a signal handler; what fails there comes back through a pipe that a successful exec closes.
 */
#include "drills/common/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdnoreturn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/proc_watch.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

enum {
    START_FIRST_FREE = 3,    /* behind the three standard descriptors */
    START_FDS_MAX = 1 << 16, /* looked at one by one on kernels without close_range(2) */
};

enum start_step { START_SETUP = 1, START_USER, START_FOLDER, START_EXEC };

/* What the child tells when it could not become the program. */
struct start_failure {
    int step; /* enum start_step */
    int number;
};

static noreturn void start_fail(int error_fd, enum start_step step)
{
    struct start_failure failure = {.step = step, .number = errno};
    ssize_t written = write(error_fd, &failure, sizeof(failure));

    _exit(written == (ssize_t)sizeof(failure) ? 127 : 126);
}

static void start_reset_signals(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        sigaction(number, &plain, NULL); /* refused for SIGKILL and the like */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A copy of `fd`, or of /dev/null for -1, that is in nobody's way. */
static int start_set_aside(int fd)
{
    if (fd < 0)
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, START_FIRST_FREE);
}

/* All are set aside before the first is put in its place: they may overlap in any way. */
static bool start_place_descriptors(const struct rd_proc_spec *spec)
{
    const int wanted[] = {spec->stdin_fd, spec->stdout_fd, spec->stderr_fd};
    int aside[RD_COUNT(wanted)];

    for (size_t i = 0; i < RD_COUNT(wanted); i++) {
        aside[i] = start_set_aside(wanted[i]);
        if (aside[i] < 0)
            return false;
    }
    for (size_t i = 0; i < RD_COUNT(wanted); i++) {
        if (dup2(aside[i], (int)i) < 0)
            return false;
    }
    if (syscall(SYS_close_range, START_FIRST_FREE, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        for (int fd = START_FIRST_FREE; fd < START_FDS_MAX; fd++)
            fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return true;
}

static bool start_become(const struct rd_user *user)
{
    if (user == NULL || !user->change)
        return true;
    return setgroups(0, NULL) == 0 && setresgid(user->gid, user->gid, user->gid) == 0 &&
           setresuid(user->uid, user->uid, user->uid) == 0;
}

static bool start_set_death_signal(const struct rd_proc_spec *spec)
{
    int number = spec->death_signal != 0 ? spec->death_signal : SIGKILL;

    return number == RD_PROC_OUTLIVES || prctl(PR_SET_PDEATHSIG, number) == 0;
}

static noreturn void start_child(const struct rd_proc_spec *spec, int error_fd, pid_t parent)
{
    const struct rlimit no_core = {0, 0}; /* it would hold what was restored */

    start_reset_signals();
    int fd = start_set_aside(error_fd);
    if (fd < 0 || setsid() < 0 || !start_place_descriptors(spec))
        start_fail(fd < 0 ? error_fd : fd, START_SETUP);
    if (!start_become(spec->user))
        start_fail(fd, START_USER);

    /* A change of identity forgets the death signal, so it comes after. Whoever died before is not
     * noticed by the kernel any more. */
    if (!start_set_death_signal(spec))
        start_fail(fd, START_SETUP);
    if (getppid() != parent)
        _exit(126);

    umask(077);
    if (setrlimit(RLIMIT_CORE, &no_core) != 0)
        start_fail(fd, START_SETUP);
    if (chdir(spec->folder != NULL ? spec->folder : "/") != 0)
        start_fail(fd, START_FOLDER);
    execve(spec->argv[0], (char *const *)spec->argv, (char *const *)spec->env);
    start_fail(fd, START_EXEC);
}

static int start_failed(const struct rd_proc_spec *spec, const struct start_failure *failure,
                        struct rd_err *reterr)
{
    const struct rd_user *user = spec->user;
    bool changed = user != NULL && user->change;
    int code;

    switch (failure->step) {
    case START_USER:
        code = rd_err_errno(reterr, failure->number, "cannot run '%s' as user '%s'", spec->argv[0],
                            user->name);
        rd_err_hint(reterr, "Root must be allowed to change its user and groups here.");
        return code;
    case START_FOLDER:
        code = rd_err_errno(reterr, failure->number, "cannot enter the folder '%s' to run '%s'",
                            spec->folder != NULL ? spec->folder : "/", spec->argv[0]);
        if (changed && failure->number == EACCES)
            rd_err_hint(reterr,
                        "User '%s' must be able to pass through every folder above it; "
                        "choose another place, or open them (chmod o+x).",
                        user->name);
        return code;
    case START_EXEC:
        code = rd_err_errno(reterr, failure->number, "cannot run the program '%s'", spec->argv[0]);
        if (changed && failure->number == EACCES)
            rd_err_hint(reterr, "User '%s' must be able to read and execute it.", user->name);
        return code;
    default:
        return rd_err_errno(reterr, failure->number, "cannot start '%s'", spec->argv[0]);
    }
}

/* Waits until the child has become its program; then there is nothing to read. */
static int start_hear(const struct rd_proc_spec *spec, pid_t pid, int error_fd,
                      struct rd_err *reterr)
{
    struct start_failure failure = {0};
    ssize_t length;

    do
        length = read(error_fd, &failure, sizeof(failure));
    while (length < 0 && errno == EINTR);
    if (length == 0)
        return RD_OK;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return start_failed(spec, &failure, reterr);
}

int rd_proc_start(const struct rd_proc_spec *spec, struct rd_proc *ret_proc, struct rd_err *reterr)
{
    int fds[2];
    sigset_t all, before;
    pid_t parent = getpid();

    if (pipe2(fds, O_CLOEXEC) != 0)
        return rd_err_errno(reterr, errno, "cannot start '%s'", spec->argv[0]);
    RD_CLEANUP(rd_proc_close) int hear_fd = fds[0];
    RD_CLEANUP(rd_proc_close) int tell_fd = fds[1];

    /* No handler of ours may run in the child. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        start_child(spec, tell_fd, parent);
    int number = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return rd_err_errno(reterr, number, "cannot start '%s'", spec->argv[0]);

    rd_proc_close(&tell_fd);
    int code = start_hear(spec, pid, hear_fd, reterr);
    if (code == RD_OK)
        *ret_proc = (struct rd_proc){.pid = pid};
    return code;
}
