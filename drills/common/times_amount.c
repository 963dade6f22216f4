/*
 * times_amount.c: durations and sizes; see times.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/text.h"
#include "drills/common/times.h"

/* A unit, with every way to write it. */
struct amount_unit {
    const char *names[5];
    int64_t value;
};

#define AMOUNT_SECOND INT64_C(1000)
#define AMOUNT_DAY (24 * 60 * 60 * AMOUNT_SECOND)

/* From large to small: the order in which a duration is written. */
static const struct amount_unit amount_times[] = {
    {{"y", "year", "years"}, 365 * AMOUNT_DAY},
    {{"month", "months"}, 30 * AMOUNT_DAY},
    {{"w", "week", "weeks"}, 7 * AMOUNT_DAY},
    {{"d", "day", "days"}, AMOUNT_DAY},
    {{"h", "hour", "hours"}, 60 * 60 * AMOUNT_SECOND},
    {{"m", "min", "minute", "minutes"}, 60 * AMOUNT_SECOND},
    {{"s", "second", "seconds"}, AMOUNT_SECOND},
    {{"ms"}, 1},
};

#define AMOUNT_SPAN \
    "[0-9]+ ?(y|years?|months?|w|weeks?|d|days?|h|hours?|m|min|minutes?|s|seconds?|ms)"

const char rd_duration_pattern[] = "^(?=.*[1-9])(" AMOUNT_SPAN "( ?" AMOUNT_SPAN ")*"
                                   "|P([0-9]+[YMWD])*(T([0-9]+[HMS])+)?)$";

const char rd_size_pattern[] = "^[0-9]+(\\.[0-9]{1,3})?( ?([kKMGTP]i?B|B))?$";

enum { AMOUNT_DAYS = 3 }; /* the index of the largest unit that everyone reads alike */

/* Far from where microseconds would overflow. */
#define AMOUNT_LONGEST (100 * 365 * AMOUNT_DAY)

/* The letters of the same units in ISO 8601; those of the time part follow a T. */
static const char amount_iso_letters[] = "YMWDHMS";
enum { AMOUNT_ISO_TIME = 4 };

static const struct amount_unit amount_sizes[] = {
    {{"PiB"}, INT64_C(1) << 50},
    {{"PB"}, INT64_C(1000000000000000)},
    {{"TiB"}, INT64_C(1) << 40},
    {{"TB"}, INT64_C(1000000000000)},
    {{"GiB"}, INT64_C(1) << 30},
    {{"GB"}, INT64_C(1000000000)},
    {{"MiB"}, INT64_C(1) << 20},
    {{"MB"}, INT64_C(1000000)},
    {{"KiB", "kiB"}, INT64_C(1) << 10},
    {{"kB", "KB"}, INT64_C(1000)},
    {{"", "B"}, 1},
};

/* Why a text is no amount. */
static const char amount_no_duration[] = "it must look like 15m, 1h30m, 31d or PT15M";
static const char amount_no_order[] = "its units must go from large to small";
static const char amount_no_size[] = "it must look like 512, 64kB or 10GiB";
static const char amount_too_long[] = "it is longer than 100 years";

/* The unit that the first `length` bytes of `text` name, as an index; `count` when they name none.
 */
static size_t amount_find(const struct amount_unit *units, size_t count, const char *text,
                          size_t length)
{
    for (size_t i = 0; i < count; i++) {
        const char *const *names = units[i].names;
        for (size_t j = 0; j < RD_COUNT(units[i].names) && names[j] != NULL; j++) {
            if (strlen(names[j]) == length && memcmp(names[j], text, length) == 0)
                return i;
        }
    }
    return count;
}

/* Past decimal digits; false when there are none. Too large a number is INT64_MAX. */
static bool amount_digits(const char **text, int64_t *ret_value)
{
    size_t digits = strspn(*text, "0123456789");

    *ret_value = digits > 0 ? strtoll(*text, NULL, 10) : 0;
    *text += digits;
    return digits > 0;
}

/* False when the sum is beyond `max`. */
static bool amount_add(int64_t *sum, int64_t count, int64_t unit, int64_t max)
{
    int64_t product;

    return !__builtin_mul_overflow(count, unit, &product) &&
           !__builtin_add_overflow(*sum, product, sum) && *sum <= max;
}

/* This and the next return why the text is no duration, or NULL. */
static const char *amount_parse_words(const char *text, int64_t *ret_ms)
{
    size_t next = 0; /* the largest unit that may still come */

    do {
        int64_t count;
        if (!amount_digits(&text, &count))
            return amount_no_duration;
        text += *text == ' ' ? 1 : 0;
        size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz");
        size_t unit = amount_find(amount_times, RD_COUNT(amount_times), text, length);
        if (unit == RD_COUNT(amount_times))
            return amount_no_duration;
        if (unit < next)
            return amount_no_order;
        if (!amount_add(ret_ms, count, amount_times[unit].value, AMOUNT_LONGEST))
            return amount_too_long;
        next = unit + 1;
        text += length;
        text += text[0] == ' ' && text[1] != '\0' ? 1 : 0;
    } while (*text != '\0');
    return NULL;
}

static const char *amount_parse_iso(const char *text, int64_t *ret_ms)
{
    size_t next = 0;
    bool time = false; /* after the T */

    do {
        int64_t count;
        if (*text == 'T' && !time) {
            text++;
            time = true;
            next = AMOUNT_ISO_TIME;
        }
        if (!amount_digits(&text, &count) || *text == '\0')
            return amount_no_duration;
        const char *letter = strchr(amount_iso_letters + next, *text++);
        size_t unit = letter != NULL ? (size_t)(letter - amount_iso_letters) : SIZE_MAX;
        if (letter == NULL || (unit >= AMOUNT_ISO_TIME) != time)
            return amount_no_duration;
        if (!amount_add(ret_ms, count, amount_times[unit].value, AMOUNT_LONGEST))
            return amount_too_long;
        next = unit + 1;
    } while (*text != '\0');
    return NULL;
}

static int amount_fail(const char *text, const char *kind, const char *reason,
                       struct rd_err *reterr)
{
    return rd_err_set(reterr, RD_E_ARGUMENT, "'%.*s' is not a %s: %s",
                      (int)rd_text_cut(text, strlen(text), 60), text, kind, reason);
}

int rd_duration_parse(const char *text, int64_t *ret_ms, struct rd_err *reterr)
{
    int64_t ms = 0;
    const char *reason =
        text[0] == 'P' ? amount_parse_iso(text + 1, &ms) : amount_parse_words(text, &ms);

    if (reason == NULL && ms == 0)
        reason = "it must be longer than zero";
    if (reason != NULL)
        return amount_fail(text, "duration", reason, reterr);
    *ret_ms = ms;
    return RD_OK;
}

/* The largest unit, of those from `first` on, of which `value` is a whole number; the last unit is
 * one of which every value is. */
static const struct amount_unit *amount_largest(const struct amount_unit *first, int64_t value)
{
    while (first->value > 1 && (value == 0 || value % first->value != 0))
        first++;
    return first;
}

const char *rd_duration_print(int64_t ms, char text[RD_DURATION_TEXT])
{
    const struct amount_unit *unit = amount_largest(amount_times + AMOUNT_DAYS, ms);

    snprintf(text, RD_DURATION_TEXT, "%lld%s", (long long)(ms / unit->value), unit->names[0]);
    return text;
}

const char *rd_duration_format(int64_t ms, char text[RD_DURATION_TEXT])
{
    const char *sign = ms < 0 ? "-" : "";
    unsigned long long size = ms < 0 ? 0 - (unsigned long long)ms : (unsigned long long)ms;
    unsigned long long seconds = (size + 500) / 1000;
    unsigned long long minutes = (size + 30000) / 60000;
    unsigned long long hours = (size + 1800000) / 3600000;

    if (size < 1000)
        snprintf(text, RD_DURATION_TEXT, "%s%llu ms", sign, size);
    else if (size < 59950)
        snprintf(text, RD_DURATION_TEXT, "%s%llu.%llu s", sign, (size + 50) / 1000,
                 (size + 50) / 100 % 10);
    else if (seconds < 60 * 60)
        snprintf(text, RD_DURATION_TEXT, "%s%llu min %02llu s", sign, seconds / 60, seconds % 60);
    else if (minutes < 24 * 60)
        snprintf(text, RD_DURATION_TEXT, "%s%llu h %02llu min", sign, minutes / 60, minutes % 60);
    else
        snprintf(text, RD_DURATION_TEXT, "%s%llu d %llu h", sign, hours / 24, hours % 24);
    return text;
}

/* The digits after the point, counted in units of a thousandth; false when there are more than
 * three. */
static bool amount_thousandths(const char **text, int64_t *ret_count)
{
    static const int64_t scale[] = {0, 100, 10, 1};
    size_t digits = strspn(*text, "0123456789");

    if (digits == 0 || digits >= RD_COUNT(scale))
        return false;
    *ret_count = strtoll(*text, NULL, 10) * scale[digits];
    *text += digits;
    return true;
}

static const char *amount_parse_size(const char *text, int64_t *ret_bytes)
{
    int64_t count, thousandths = 0;

    if (!amount_digits(&text, &count))
        return amount_no_size;
    if (*text == '.') {
        text++;
        if (!amount_thousandths(&text, &thousandths))
            return "a fraction has one to three digits";
    }
    text += text[0] == ' ' && text[1] != '\0' ? 1 : 0;
    size_t unit = amount_find(amount_sizes, RD_COUNT(amount_sizes), text, strlen(text));
    if (unit == RD_COUNT(amount_sizes))
        return amount_no_size;

    int64_t value = amount_sizes[unit].value;
    if (thousandths * value % 1000 != 0)
        return "it is no whole number of bytes";
    if (!amount_add(ret_bytes, count, value, INT64_MAX) ||
        !amount_add(ret_bytes, thousandths * value / 1000, 1, INT64_MAX))
        return "it is too large";
    return NULL;
}

int rd_size_parse(const char *text, int64_t *ret_bytes, struct rd_err *reterr)
{
    int64_t bytes = 0;
    const char *reason = amount_parse_size(text, &bytes);

    if (reason != NULL)
        return amount_fail(text, "size", reason, reterr);
    *ret_bytes = bytes;
    return RD_OK;
}

const char *rd_size_print(int64_t bytes, char text[RD_DURATION_TEXT])
{
    const struct amount_unit *unit = amount_largest(amount_sizes, bytes);

    snprintf(text, RD_DURATION_TEXT, "%lld%s", (long long)(bytes / unit->value), unit->names[0]);
    return text;
}

const char *rd_size_format(int64_t bytes, char text[RD_DURATION_TEXT])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double size = (double)bytes;
    size_t unit = 0;

    for (; unit + 1 < RD_COUNT(units) && fabs(size) >= 1023.95; unit++)
        size /= 1024;
    if (unit == 0)
        snprintf(text, RD_DURATION_TEXT, "%lld B", (long long)bytes);
    else
        snprintf(text, RD_DURATION_TEXT, "%.1f %s", size, units[unit]);
    return text;
}
