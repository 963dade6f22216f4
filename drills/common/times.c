/*
 * times.c: points in time; see times.h. Durations and sizes are in times_amount.c.
 */
#include "drills/common/times.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drills/common/text.h"

#define TIMES_ZONES "/usr/share/zoneinfo/"

enum {
    TIMES_SECOND = 1000000,
    TIMES_DAY_S = 24 * 60 * 60,
    TIMES_ZONE = 64, /* longest name of a zone */
};

const char rd_time_pattern[] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}"
                               "(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";

/* A reading of digits and separators from the left; `text` is NULL once something did not fit. */
struct times_reader {
    const char *text;
};

static int times_digits(struct times_reader *reader, size_t count)
{
    int value = 0;

    if (reader->text == NULL || strspn(reader->text, "0123456789") < count) {
        reader->text = NULL;
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (*reader->text++ - '0');
    return value;
}

/* Past one of the `wanted` characters, which is returned. */
static char times_mark(struct times_reader *reader, const char *wanted)
{
    if (reader->text == NULL || *reader->text == '\0' || strchr(wanted, *reader->text) == NULL) {
        reader->text = NULL;
        return '\0';
    }
    return *reader->text++;
}

/* A fraction of a second with its point, in microseconds; further digits are cut off. */
static int64_t times_fraction(struct times_reader *reader)
{
    int64_t us = 0;
    int64_t unit = TIMES_SECOND / 10;

    if (reader->text == NULL || *reader->text != '.')
        return 0;
    reader->text++;
    size_t digits = strspn(reader->text, "0123456789");
    if (digits == 0) {
        reader->text = NULL;
        return 0;
    }
    for (; digits > 0; digits--, unit /= 10)
        us += (*reader->text++ - '0') * unit;
    return us;
}

/* "Z", "+02:00": seconds east of UTC. */
static int64_t times_offset(struct times_reader *reader)
{
    char sign = times_mark(reader, "Zz+-");

    if (sign != '+' && sign != '-')
        return 0;
    int hours = times_digits(reader, 2);
    times_mark(reader, ":");
    int minutes = times_digits(reader, 2);
    if (hours > 23 || minutes > 59)
        reader->text = NULL;
    return (sign == '-' ? -60 : 60) * (hours * 60 + minutes);
}

static bool times_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool times_possible(const struct rd_wall *wall)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (wall->year < 0 || wall->year > 9999 || wall->month < 1 || wall->month > 12)
        return false;
    int last = days[wall->month - 1] + (wall->month == 2 && times_leap(wall->year) ? 1 : 0);
    return wall->day >= 1 && wall->day <= last && wall->hour >= 0 && wall->hour <= 23 &&
           wall->minute >= 0 && wall->minute <= 59 && wall->second >= 0 && wall->second <= 59;
}

/* The seconds since 1970 that a possible reading stands for in UTC. */
static int64_t times_as_utc_s(const struct rd_wall *wall)
{
    struct tm tm = {.tm_year = wall->year - 1900,
                    .tm_mon = wall->month - 1,
                    .tm_mday = wall->day,
                    .tm_hour = wall->hour,
                    .tm_min = wall->minute,
                    .tm_sec = wall->second};

    return timegm(&tm);
}

int rd_time_parse(const char *text, int64_t *ret_us, struct rd_err *reterr)
{
    struct times_reader reader = {text};
    struct rd_wall wall;

    wall.year = times_digits(&reader, 4);
    times_mark(&reader, "-");
    wall.month = times_digits(&reader, 2);
    times_mark(&reader, "-");
    wall.day = times_digits(&reader, 2);
    times_mark(&reader, "Tt ");
    wall.hour = times_digits(&reader, 2);
    times_mark(&reader, ":");
    wall.minute = times_digits(&reader, 2);
    times_mark(&reader, ":");
    wall.second = times_digits(&reader, 2);
    int64_t fraction_us = times_fraction(&reader);
    bool zoneless = reader.text != NULL && *reader.text == '\0';
    int64_t offset_s = times_offset(&reader);

    if (zoneless)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' has no zone, such as Z or +02:00", text);
    if (reader.text == NULL || *reader.text != '\0')
        return rd_err_set(reterr, RD_E_ARGUMENT,
                          "'%.*s' is not a time such as 2025-11-16T14:30:00Z",
                          (int)rd_text_cut(text, strlen(text), 60), text);
    if (!times_possible(&wall))
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is no time that exists", text);
    *ret_us = (times_as_utc_s(&wall) - offset_s) * TIMES_SECOND + fraction_us;
    return RD_OK;
}

/* Whole seconds, rounded down, broken down in UTC; the rest of the second is returned, in us. */
static int64_t times_break_down(int64_t us, struct tm *ret_tm)
{
    int64_t rest_us = us % TIMES_SECOND;
    time_t seconds = us / TIMES_SECOND;

    if (rest_us < 0) {
        rest_us += TIMES_SECOND;
        seconds--;
    }
    gmtime_r(&seconds, ret_tm);
    return rest_us;
}

const char *rd_time_format_plain(int64_t us, char text[RD_TIME_TEXT])
{
    struct tm tm;

    times_break_down(us, &tm);
    snprintf(text, RD_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return text;
}

const char *rd_time_format(int64_t us, char text[RD_TIME_TEXT])
{
    struct tm tm;
    int64_t rest_us = times_break_down(us, &tm);

    rd_time_format_plain(us, text);
    size_t length = strlen(text);
    snprintf(text + length, RD_TIME_TEXT - length, ".%03dZ", (int)(rest_us / 1000));
    return text;
}

static int times_unknown_zone(const char *zone, struct rd_err *reterr)
{
    int rc = rd_err_set(reterr, RD_E_ARGUMENT, "'%.*s' is no known time zone",
                        (int)rd_text_cut(zone, strlen(zone), 60), zone);
    rd_err_hint(reterr, "Use UTC, an offset such as +02:00, or a name such as Europe/Berlin, which "
                        "needs the package tzdata.");
    return rc;
}

/* Sets TZ to the zone's file. A name without file would silently be UTC, so the file is looked at
 * first. `*ret_before` owns what TZ was, NULL for unset. */
static int times_enter_zone(const char *zone, char **ret_before, struct rd_err *reterr)
{
    char setting[sizeof(TIMES_ZONES) + TIMES_ZONE + 1];
    char magic[4] = {0};
    bool safe = strlen(zone) <= TIMES_ZONE && strstr(zone, "..") == NULL;

    if (!safe)
        return times_unknown_zone(zone, reterr);
    snprintf(setting, sizeof(setting), ":" TIMES_ZONES "%s", zone);
    int fd = open(setting + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, magic, sizeof(magic)) : -1;
    if (fd >= 0)
        close(fd);
    if (got != sizeof(magic) || memcmp(magic, "TZif", sizeof(magic)) != 0)
        return times_unknown_zone(zone, reterr);

    const char *present = getenv("TZ");
    char *before = present != NULL ? strdup(present) : NULL;
    if ((present != NULL && before == NULL) || setenv("TZ", setting, true) != 0) {
        free(before);
        return rd_err_memory(reterr);
    }
    tzset();
    *ret_before = before;
    return RD_OK;
}

static void times_leave_zone(char *before)
{
    if (before == NULL || setenv("TZ", before, true) != 0)
        unsetenv("TZ");
    tzset();
    free(before);
}

static bool times_reads(const struct tm *tm, const struct rd_wall *wall)
{
    return tm->tm_year + 1900 == wall->year && tm->tm_mon + 1 == wall->month &&
           tm->tm_mday == wall->day && tm->tm_hour == wall->hour && tm->tm_min == wall->minute &&
           tm->tm_sec == wall->second;
}

/*
 * The earliest time at which the local clock shows `wall`; false when it never does, because the
 * clock was set forward over it. The offsets of the day before and the day after are the only ones
 * that it can have. mktime(3) leaves open which of two readings it means.
 */
static bool times_find_reading(const struct rd_wall *wall, int64_t *ret_s)
{
    int64_t as_utc_s = times_as_utc_s(wall);
    bool found = false;

    for (int day = -1; day <= 1; day += 2) {
        struct tm tm;
        time_t near = as_utc_s + day * TIMES_DAY_S;
        if (localtime_r(&near, &tm) == NULL)
            continue;
        time_t candidate = as_utc_s - tm.tm_gmtoff;
        if (localtime_r(&candidate, &tm) == NULL || !times_reads(&tm, wall))
            continue;
        if (!found || candidate < *ret_s)
            *ret_s = candidate;
        found = true;
    }
    return found;
}

static int times_from_zone(const struct rd_wall *wall, const char *zone, int64_t *ret_s,
                           struct rd_err *reterr)
{
    char *before = NULL;
    int rc = times_enter_zone(zone, &before, reterr);

    if (rc != RD_OK)
        return rc;
    bool found = times_find_reading(wall, ret_s);
    times_leave_zone(before);
    if (!found)
        return rd_err_set(reterr, RD_E_ARGUMENT, "the clocks of '%s' never showed that time", zone);
    return RD_OK;
}

int rd_time_from_wall(const struct rd_wall *wall, const char *zone, int64_t *ret_us,
                      struct rd_err *reterr)
{
    struct times_reader reader = {zone};
    int64_t seconds = 0;

    if (!times_possible(wall))
        return rd_err_set(reterr, RD_E_ARGUMENT,
                          "%04d-%02d-%02d %02d:%02d:%02d is no possible time", wall->year,
                          wall->month, wall->day, wall->hour, wall->minute, wall->second);
    int64_t offset_s = times_offset(&reader);
    if (strcmp(zone, "UTC") == 0) {
        seconds = times_as_utc_s(wall);
    } else if (reader.text != NULL && *reader.text == '\0') {
        seconds = times_as_utc_s(wall) - offset_s;
    } else {
        int rc = times_from_zone(wall, zone, &seconds, reterr);
        if (rc != RD_OK)
            return rc;
    }
    *ret_us = seconds * TIMES_SECOND;
    return RD_OK;
}
