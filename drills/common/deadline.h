/*
 * deadline.h: until when something may take, and who may call it off. Every wait in
 * redrill takes one.
 */
#ifndef RD_DEADLINE_H
#define RD_DEADLINE_H

#include <poll.h>

#include "drills/common/err.h"

struct rd_deadline {
    int64_t until_us; /* on the monotonic clock */
    int cancel_fd;    /* readable once the user wants an end (SIGINT, SIGTERM); -1: nobody may */
};

struct rd_deadline rd_deadline_in_ms(int64_t ms, int cancel_fd);

/* The earlier of `outer` and now + `ms`, with the same right to call off. */
struct rd_deadline rd_deadline_within(const struct rd_deadline *outer, int64_t ms);

/* Milliseconds left, at least 0. */
int64_t rd_deadline_left_ms(const struct rd_deadline *deadline);

/* RD_OK, RD_E_TIMEOUT or RD_E_INTERRUPTED; `what` completes "… took too long". */
int rd_deadline_check(const struct rd_deadline *deadline, const char *what,
                      struct rd_err *reterr) RD_MUST_CHECK;

/*
 * poll(2) over at most 15 descriptors, bounded by the deadline and by `most_ms` (-1: by the
 * deadline alone). RD_OK with `revents` filled, all 0 when only `most_ms` passed; else as
 * rd_deadline_check.
 */
int rd_deadline_poll(const struct rd_deadline *deadline, struct pollfd *fds, size_t count,
                     int64_t most_ms, const char *what, struct rd_err *reterr) RD_MUST_CHECK;

#endif
