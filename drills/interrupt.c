/*
 * interrupt.c: see interrupt.h. The handler writes one byte that nobody reads, so the descriptor
 * stays readable for every later wait.
 */
#include "drills/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupt_signal;
static int interrupt_pipe[2] = {-1, -1};

static void interrupt_handle(int number)
{
    int saved = errno;

    if (interrupt_signal == 0) {
        interrupt_signal = number;
        if (write(interrupt_pipe[1], "!", 1) < 0)
            interrupt_signal = number; /* the pipe is full: readable already */
    }
    errno = saved;
}

/* Who starts redrill with nohup wants it to outlive the terminal. */
static bool interrupt_ignores_hangup(void)
{
    struct sigaction before;

    return sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
}

int rd_interrupt_setup(int *ret_fd, struct rd_err *reterr)
{
    struct sigaction handle = {.sa_handler = interrupt_handle, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction usual = {.sa_handler = SIG_DFL};

    if (pipe2(interrupt_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return rd_err_errno(reterr, errno, "cannot make a pipe");
    sigemptyset(&handle.sa_mask);
    if (sigaction(SIGINT, &handle, NULL) != 0 || sigaction(SIGTERM, &handle, NULL) != 0 ||
        (!interrupt_ignores_hangup() && sigaction(SIGHUP, &handle, NULL) != 0) ||
        sigaction(SIGPIPE, &ignore, NULL) != 0 ||
        /* Inherited as ignored, it would hide how children end. */
        sigaction(SIGCHLD, &usual, NULL) != 0)
        return rd_err_errno(reterr, errno, "cannot handle signals");
    *ret_fd = interrupt_pipe[0];
    return RD_OK;
}

int rd_interrupt_signal(void)
{
    return interrupt_signal;
}
