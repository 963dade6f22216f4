/*
 * clock.h: the only place where redrill reads a clock.
 */
#ifndef RD_CLOCK_H
#define RD_CLOCK_H

#include "drills/common/base.h"

/* Microseconds since 1970-01-01T00:00:00Z, without leap seconds. */
int64_t rd_clock_utc_us(void);

/* Microseconds of a clock that never goes back: for durations and deadlines. */
int64_t rd_clock_monotonic_us(void);

#endif
