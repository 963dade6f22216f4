/*
 * proc_run.c: rd_proc_run of proc.h. One loop over poll: neither a child that floods its outputs
 * nor one that never reads can block it. The fed memory is written as it is, without a copy.
 */
#include "drills/common/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drills/common/proc_watch.h"

enum {
    RUN_PIPE_BYTES = 1024 * 1024, /* what stdin's pipe should hold */
    RUN_READ_BYTES = 64 * 1024,
    RUN_LINE_BYTES = 8 * 1024,
    RUN_TERM_MS = 5 * 1000,
    RUN_DRAIN_MS = 1000, /* for descendants that keep a pipe open after the child has ended */
};

struct run_state {
    struct rd_proc_run *run;
    struct rd_proc proc;
    int watch_fd;
    int feed_fd;              /* where stdin is written; -1 once nothing more comes */
    int fed_fd;               /* the child's end of it, kept to see what it left unread; a write can
                                 therefore never raise SIGPIPE */
    int output_fd, errors_fd; /* -1 once they are at their end */
    const char *piece;        /* the rest of what was fed and is not written yet */
    size_t piece_length;
    bool fed_all; /* everything was written */
    char line[RUN_LINE_BYTES + 1];
    size_t line_length;
};

static void run_close(struct run_state *state)
{
    rd_proc_close(&state->watch_fd);
    rd_proc_close(&state->feed_fd);
    rd_proc_close(&state->fed_fd);
    rd_proc_close(&state->output_fd);
    rd_proc_close(&state->errors_fd);
}

/* A pipe whose end on our side never blocks. */
static int run_pipe(int *ret_ours, int *ret_childs, bool we_write, struct rd_err *reterr)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) != 0)
        return rd_err_errno(reterr, errno, "cannot make a pipe");
    *ret_ours = fds[we_write];
    *ret_childs = fds[!we_write];
    if (fcntl(*ret_ours, F_SETFL, O_NONBLOCK) != 0)
        return rd_err_errno(reterr, errno, "cannot make a pipe");
    return RD_OK;
}

static int run_start(struct run_state *state, struct rd_err *reterr)
{
    struct rd_proc_run *run = state->run;
    struct rd_proc_spec spec = run->spec;
    RD_CLEANUP(rd_proc_close) int output = -1;
    RD_CLEANUP(rd_proc_close) int errors = -1;
    int code = RD_OK;

    if (run->feed != NULL)
        code = run_pipe(&state->feed_fd, &state->fed_fd, true, reterr);
    if (code == RD_OK && run->output != NULL)
        code = run_pipe(&state->output_fd, &output, false, reterr);
    if (code == RD_OK && (run->errors != NULL || run->on_error_line != NULL))
        code = run_pipe(&state->errors_fd, &errors, false, reterr);
    if (code != RD_OK)
        return code;
    if (state->feed_fd >= 0)
        fcntl(state->feed_fd, F_SETPIPE_SZ, RUN_PIPE_BYTES); /* for speed; the default will do */

    spec.stdin_fd = state->fed_fd;
    spec.stdout_fd = output;
    spec.stderr_fd = errors;
    code = rd_proc_start(&spec, &state->proc, reterr);
    if (code == RD_OK)
        state->watch_fd = rd_proc_watch(state->proc.pid);
    return code;
}

static int run_feed(struct run_state *state, struct rd_err *reterr)
{
    struct rd_proc_run *run = state->run;

    if (state->piece_length == 0) {
        int code = run->feed(run->context, &state->piece, &state->piece_length, reterr);
        if (code != RD_OK)
            return code;
        if (state->piece_length == 0) {
            state->fed_all = true;
            rd_proc_close(&state->feed_fd);
            return RD_OK;
        }
    }
    ssize_t written = write(state->feed_fd, state->piece, state->piece_length);
    if (written > 0) {
        state->piece += written;
        state->piece_length -= (size_t)written;
        return RD_OK;
    }
    if (written < 0 && errno != EAGAIN && errno != EINTR)
        return rd_err_errno(reterr, errno, "cannot write to '%s'", run->spec.argv[0]);
    return RD_OK;
}

static void run_keep_head(struct rd_buf *out, const char *data, size_t length)
{
    size_t room = out->max - out->length;

    rd_buf_add(out, data, length < room ? length : room);
}

static void run_keep_tail(struct rd_buf *out, const char *data, size_t length)
{
    if (length > out->max) {
        data += length - out->max;
        length = out->max;
    }
    if (out->length + length > out->max) {
        size_t kept = out->max - length;
        memmove(out->data, out->data + out->length - kept, kept);
        out->length = kept;
    }
    rd_buf_add(out, data, length);
}

static void run_end_line(struct run_state *state)
{
    state->line[state->line_length] = '\0';
    state->run->on_error_line(state->run->context, state->line);
    state->line_length = 0;
}

static void run_split_lines(struct run_state *state, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '\n')
            run_end_line(state);
        else if (state->line_length < RUN_LINE_BYTES)
            state->line[state->line_length++] = data[i] != '\0' ? data[i] : '?';
    }
}

static void run_read(struct run_state *state, int *fd)
{
    char data[RUN_READ_BYTES];
    struct rd_proc_run *run = state->run;
    ssize_t length = read(*fd, data, sizeof(data));

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0) {
        rd_proc_close(fd);
        return;
    }
    if (fd == &state->output_fd) {
        run_keep_head(run->output, data, (size_t)length);
        return;
    }
    if (run->errors != NULL)
        run_keep_tail(run->errors, data, (size_t)length);
    if (run->on_error_line != NULL)
        run_split_lines(state, data, (size_t)length);
}

/* Waits for something to do, and does it. */
static int run_turn(struct run_state *state, const struct rd_deadline *deadline, const char *what,
                    struct rd_err *reterr)
{
    struct pollfd fds[] = {
        {.fd = state->watch_fd, .events = POLLIN},
        {.fd = state->feed_fd, .events = POLLOUT},
        {.fd = state->output_fd, .events = POLLIN},
        {.fd = state->errors_fd, .events = POLLIN},
    };

    /* Something is always ready where a child floods. */
    if (rd_deadline_left_ms(deadline) == 0)
        return rd_deadline_check(deadline, what, reterr);
    int code = rd_deadline_poll(deadline, fds, RD_COUNT(fds), rd_proc_watch_ms(state->watch_fd),
                                what, reterr);
    if (code != RD_OK)
        return code;
    if (fds[2].revents != 0)
        run_read(state, &state->output_fd);
    if (fds[3].revents != 0)
        run_read(state, &state->errors_fd);
    return fds[1].revents != 0 ? run_feed(state, reterr) : RD_OK;
}

/* The child has ended. What is still in the pipes is taken; who else holds them has not for ever.
 */
static void run_drain(struct run_state *state)
{
    struct rd_deadline grace = rd_deadline_in_ms(RUN_DRAIN_MS, -1);

    rd_proc_close(&state->watch_fd);
    rd_proc_close(&state->feed_fd);
    while (state->output_fd >= 0 || state->errors_fd >= 0) {
        if (run_turn(state, &grace, "output", NULL) != RD_OK)
            break;
    }
    if (state->line_length > 0 && state->run->on_error_line != NULL)
        run_end_line(state);
}

/* Its outputs are read on, so that a last word cannot block it. */
static void run_terminate(struct run_state *state)
{
    struct rd_deadline grace = rd_deadline_in_ms(RUN_TERM_MS, -1);

    rd_proc_close(&state->feed_fd);
    kill(-state->proc.pid, SIGTERM);
    while (!rd_proc_over(&state->proc)) {
        if (run_turn(state, &grace, "child", NULL) != RD_OK)
            break;
    }
}

static bool run_fed_whole(const struct run_state *state)
{
    int unread = 0;

    if (state->run->feed == NULL)
        return true;
    return state->fed_all && ioctl(state->fed_fd, FIONREAD, &unread) == 0 && unread == 0;
}

int rd_proc_run(struct rd_proc_run *run, const struct rd_deadline *deadline, const char *what,
                int *ret_status, struct rd_err *reterr)
{
    RD_CLEANUP(run_close)
    struct run_state state = {
        .run = run,
        .watch_fd = -1,
        .feed_fd = -1,
        .fed_fd = -1,
        .output_fd = -1,
        .errors_fd = -1,
    };

    run->fed_whole = false;
    int code = run_start(&state, reterr);
    if (code != RD_OK)
        return code;
    while (code == RD_OK && !rd_proc_over(&state.proc))
        code = run_turn(&state, deadline, what, reterr);
    if (code != RD_OK)
        run_terminate(&state);

    /* Reaped last: until then its number, which is its group's too, is nobody else's. */
    run->fed_whole = code == RD_OK && run_fed_whole(&state);
    if (code == RD_OK)
        run_drain(&state);
    rd_proc_end(&state.proc, SIGKILL, 0);
    if (code != RD_OK) {
        run_drain(&state);
        return code;
    }
    *ret_status = state.proc.status;
    return RD_OK;
}
