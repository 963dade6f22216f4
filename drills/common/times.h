/*
 * times.h: points in time, durations and sizes as text. Times are microseconds since
 * 1970-01-01T00:00:00Z, durations are milliseconds, sizes are bytes. What cannot be parsed is
 * RD_E_ARGUMENT, with a message that is enough to mend it. Functions that write text return it.
 */
#ifndef RD_TIMES_H
#define RD_TIMES_H

#include "drills/common/err.h"

enum { RD_TIME_TEXT = 40, RD_DURATION_TEXT = 40 };

/* RFC 3339 with a zone ("2025-11-16T14:30:00Z", "…+02:00", ' ' for 'T'). A fraction is allowed, its
 * digits after the sixth are cut off. Leap seconds (":60") are not. */
int rd_time_parse(const char *text, int64_t *ret_us, struct rd_err *reterr) RD_MUST_CHECK;

/* "2025-11-16T14:30:00.123Z": UTC, three decimals. */
const char *rd_time_format(int64_t us, char text[RD_TIME_TEXT]);

/* The same without a zone, as JUnit wants it: "2025-11-16T14:30:00". */
const char *rd_time_format_plain(int64_t us, char text[RD_TIME_TEXT]);

/* A wall clock reading, as broken down by whoever parsed it. */
struct rd_wall {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
};

/*
 * The time that a clock on the wall in `zone` showed: an IANA name ("Europe/Berlin"),
 * "UTC", or an offset ("+02:00"). Where the clock was set back and the reading happened
 * twice, the earlier one is meant. RD_E_ARGUMENT for an unknown zone or an impossible
 * reading. Not safe against other threads that read TZ.
 */
int rd_time_from_wall(const struct rd_wall *wall, const char *zone, int64_t *ret_us,
                      struct rd_err *reterr) RD_MUST_CHECK;

/*
 * "250ms", "15m", "1h 30m", "31d", "2w", "1 month" (30 days), "1 year" (365 days); or ISO 8601
 * ("PT15M", "P1DT12H"). Whole numbers, larger units first, each at most once. Zero, negative ones
 * and more than 100 years are errors.
 */
int rd_duration_parse(const char *text, int64_t *ret_ms, struct rd_err *reterr) RD_MUST_CHECK;

/* As rd_duration_parse reads it back, in the largest unit that fits: "15m". */
const char *rd_duration_print(int64_t ms, char text[RD_DURATION_TEXT]);

/* For people, rounded: "850 ms", "12.4 s", "3 min 20 s", "2 h 05 min", "3 d 4 h". */
const char *rd_duration_format(int64_t ms, char text[RD_DURATION_TEXT]);

/* "512", "64kB" (64000), "10GiB", "1.5 GB". A fraction of a byte is an error; zero is none. */
int rd_size_parse(const char *text, int64_t *ret_bytes, struct rd_err *reterr) RD_MUST_CHECK;

/* As rd_size_parse reads it back, in the largest unit that fits: "10GiB". */
const char *rd_size_print(int64_t bytes, char text[RD_DURATION_TEXT]);

/* For people, rounded: "1.6 GiB". */
const char *rd_size_format(int64_t bytes, char text[RD_DURATION_TEXT]);

/* Regular expressions (ECMA-262) for what the parsers accept, except that they know no calendar, no
 * maximum and no order of units. */
extern const char rd_time_pattern[];
extern const char rd_duration_pattern[];
extern const char rd_size_pattern[];

#endif
