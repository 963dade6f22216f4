/*
 * deadline.c: see deadline.h.
 */
#include "drills/common/deadline.h"

#include <errno.h>
#include <string.h>

#include "drills/common/clock.h"

enum { DEADLINE_FDS = 15 };

struct rd_deadline rd_deadline_in_ms(int64_t ms, int cancel_fd)
{
    return (struct rd_deadline){
        .until_us = rd_clock_monotonic_us() + ms * 1000,
        .cancel_fd = cancel_fd,
    };
}

struct rd_deadline rd_deadline_within(const struct rd_deadline *outer, int64_t ms)
{
    struct rd_deadline inner = rd_deadline_in_ms(ms, outer->cancel_fd);

    if (outer->until_us < inner.until_us)
        inner.until_us = outer->until_us;
    return inner;
}

int64_t rd_deadline_left_ms(const struct rd_deadline *deadline)
{
    int64_t left_us = deadline->until_us - rd_clock_monotonic_us();

    return left_us > 0 ? (left_us + 999) / 1000 : 0;
}

static int deadline_interrupted(const char *what, struct rd_err *reterr)
{
    return rd_err_set(reterr, RD_E_INTERRUPTED, "%s was interrupted by a signal", what);
}

static int deadline_passed(const char *what, struct rd_err *reterr)
{
    return rd_err_set(reterr, RD_E_TIMEOUT, "%s took too long", what);
}

int rd_deadline_check(const struct rd_deadline *deadline, const char *what, struct rd_err *reterr)
{
    struct pollfd cancel = {.fd = deadline->cancel_fd, .events = POLLIN};

    if (deadline->cancel_fd >= 0 && poll(&cancel, 1, 0) == 1)
        return deadline_interrupted(what, reterr);
    if (rd_deadline_left_ms(deadline) == 0)
        return deadline_passed(what, reterr);
    return RD_OK;
}

int rd_deadline_poll(const struct rd_deadline *deadline, struct pollfd *fds, size_t count,
                     int64_t most_ms, const char *what, struct rd_err *reterr)
{
    struct pollfd all[DEADLINE_FDS + 1];
    int64_t left_ms = rd_deadline_left_ms(deadline);
    bool bounded = most_ms >= 0 && most_ms < left_ms;
    int64_t wait_ms = bounded ? most_ms : left_ms;

    if (count > DEADLINE_FDS)
        return rd_err_set(reterr, RD_E_ARGUMENT, "cannot wait for %zu descriptors", count);
    if (count > 0)
        memcpy(all, fds, count * sizeof(*fds));
    all[count] = (struct pollfd){.fd = deadline->cancel_fd, .events = POLLIN};

    /* A signal that is not ours to handle only shortens this wait; callers poll in loops. */
    int ready = poll(all, count + 1, wait_ms > INT32_MAX ? INT32_MAX : (int)wait_ms);
    if (ready < 0 && errno != EINTR)
        return rd_err_errno(reterr, errno, "cannot wait for %s", what);
    for (size_t i = 0; i < count; i++)
        fds[i].revents = ready > 0 ? all[i].revents : 0;
    if (ready > 0 && all[count].revents != 0)
        return deadline_interrupted(what, reterr);
    if (ready == 0 && !bounded)
        return deadline_passed(what, reterr);
    return RD_OK;
}
