/*
 * test_times.c: times, durations and sizes as text, and clocks on walls.
 */
#include "drills/common/times.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/suite.h"

static const struct {
    const char *text;
    const char *utc; /* NULL: refused */
} times[] = {
    {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
    {"2025-11-16T14:30:00Z", "2025-11-16T14:30:00.000Z"},
    {"2025-11-16t14:30:00z", "2025-11-16T14:30:00.000Z"},
    {"2025-11-16 14:30:00Z", "2025-11-16T14:30:00.000Z"},
    {"2025-11-16T14:30:00+02:00", "2025-11-16T12:30:00.000Z"},
    {"2025-11-16T14:30:00-23:59", "2025-11-17T14:29:00.000Z"},
    {"2025-11-16T14:30:00-00:00", "2025-11-16T14:30:00.000Z"},
    {"2025-11-16T14:30:00.5Z", "2025-11-16T14:30:00.500Z"},
    {"2025-11-16T14:30:00.123456789Z", "2025-11-16T14:30:00.123Z"},
    {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
    {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
    {"0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000Z"},
    {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"},
    {"2025-02-29T00:00:00Z", NULL},
    {"1900-02-29T00:00:00Z", NULL},
    {"2025-04-31T00:00:00Z", NULL},
    {"2025-00-01T00:00:00Z", NULL},
    {"2025-13-01T00:00:00Z", NULL},
    {"2025-01-00T00:00:00Z", NULL},
    {"2025-11-16T24:00:00Z", NULL},
    {"2025-11-16T23:60:00Z", NULL},
    {"2025-11-16T23:59:60Z", NULL},
    {"2025-11-16T14:30:00", NULL},
    {"2025-11-16T14:30:00.5", NULL},
    {"2025-11-16T14:30Z", NULL},
    {"2025-11-16", NULL},
    {"2025-11-16T14:30:00+0200", NULL},
    {"2025-11-16T14:30:00+02", NULL},
    {"2025-11-16T14:30:00+24:00", NULL},
    {"2025-11-16T14:30:00+02:60", NULL},
    {"2025-11-16T14:30:00 CET", NULL},
    {"2025-11-16T14:30:00.Z", NULL},
    {"2025-11-16T14:30:00Z ", NULL},
    {" 2025-11-16T14:30:00Z", NULL},
    {"+025-11-16T14:30:00Z", NULL},
    {"2025-1-16T14:30:00Z", NULL},
    {"12025-11-16T14:30:00Z", NULL},
    {"2025/11/16T14:30:00Z", NULL},
    {"latest", NULL},
    {"", NULL},
};

START_TEST(a_time_is_what_rfc_3339_says_or_refused)
{
    struct rd_err err = RD_ERR_INIT;
    int64_t us = 42;
    char text[RD_TIME_TEXT];

    int rc = rd_time_parse(times[_i].text, &us, &err);
    if (times[_i].utc != NULL) {
        ck_assert_int_eq(rc, RD_OK);
        ck_assert_str_eq(rd_time_format(us, text), times[_i].utc);
    } else {
        ck_assert_int_eq(rc, RD_E_ARGUMENT);
        ck_assert_int_eq(us, 42);
        ck_assert_ptr_nonnull(strstr(err.message, times[_i].text));
    }
}
END_TEST

START_TEST(the_pattern_of_times_accepts_what_is_accepted)
{
    regex_t regex;

    ck_assert_int_eq(regcomp(&regex, rd_time_pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool match = regexec(&regex, times[_i].text, 0, NULL, 0) == 0;
    regfree(&regex);
    if (times[_i].utc != NULL)
        ck_assert(match);
    else if (strlen(times[_i].text) != strlen("2025-11-16T14:30:00Z"))
        ck_assert_int_eq(match, strstr(times[_i].text, "+24:00") || strstr(times[_i].text, ":60"));
}
END_TEST

START_TEST(a_time_without_zone_is_told_that_it_lacks_one)
{
    struct rd_err err = RD_ERR_INIT;
    int64_t us;

    ck_assert_int_eq(rd_time_parse("2025-11-16T14:30:00", &us, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'2025-11-16T14:30:00' has no zone, such as Z or +02:00");
}
END_TEST

START_TEST(microseconds_are_kept_and_written_as_milliseconds)
{
    char text[RD_TIME_TEXT];
    int64_t us;

    ck_assert_int_eq(rd_time_parse("2025-11-16T14:30:00.123456Z", &us, NULL), RD_OK);
    ck_assert_int_eq(us, INT64_C(1763303400123456));
    ck_assert_str_eq(rd_time_format(us, text), "2025-11-16T14:30:00.123Z");
    ck_assert_str_eq(rd_time_format_plain(us, text), "2025-11-16T14:30:00");
    ck_assert_str_eq(rd_time_format(-1, text), "1969-12-31T23:59:59.999Z");
}
END_TEST

START_TEST(every_number_can_be_written_as_a_time)
{
    char text[RD_TIME_TEXT];

    ck_assert_str_eq(rd_time_format(INT64_MAX, text), "294247-01-10T04:00:54.775Z");
    ck_assert_str_eq(rd_time_format(INT64_MIN, text), "-290308-12-21T19:59:05.224Z");
}
END_TEST

static const struct {
    struct rd_wall wall;
    const char *zone;
    const char *utc; /* NULL: refused */
} walls[] = {
    {{2025, 7, 1, 12, 0, 0}, "Europe/Berlin", "2025-07-01T10:00:00.000Z"},
    {{2025, 12, 1, 12, 0, 0}, "Europe/Berlin", "2025-12-01T11:00:00.000Z"},
    {{2025, 7, 1, 12, 0, 0}, "America/New_York", "2025-07-01T16:00:00.000Z"},
    {{2025, 7, 1, 12, 0, 0}, "Asia/Kathmandu", "2025-07-01T06:15:00.000Z"},
    {{2025, 7, 1, 12, 0, 0}, "UTC", "2025-07-01T12:00:00.000Z"},
    {{2025, 7, 1, 12, 0, 0}, "Z", "2025-07-01T12:00:00.000Z"},
    {{2025, 7, 1, 12, 0, 0}, "+02:00", "2025-07-01T10:00:00.000Z"},
    {{2024, 2, 29, 23, 59, 59}, "-03:30", "2024-03-01T03:29:59.000Z"},
    {{2025, 10, 26, 2, 30, 0}, "Europe/Berlin", "2025-10-26T00:30:00.000Z"}, /* twice */
    {{2014, 10, 26, 1, 30, 0}, "Europe/Moscow", "2014-10-25T21:30:00.000Z"}, /* twice, no DST */
    {{2025, 11, 2, 1, 30, 0}, "America/New_York", "2025-11-02T05:30:00.000Z"},
    {{2025, 3, 30, 2, 30, 0}, "Europe/Berlin", NULL}, /* skipped */
    {{2011, 12, 30, 12, 0, 0}, "Pacific/Apia", NULL}, /* a whole day skipped */
    {{2025, 3, 30, 3, 0, 0}, "Europe/Berlin", "2025-03-30T01:00:00.000Z"},
    {{2025, 7, 1, 12, 0, 0}, "Europe/Nowhere", NULL},
    {{2025, 7, 1, 12, 0, 0}, "CEST", NULL},
    {{2025, 7, 1, 12, 0, 0}, "Europe", NULL},
    {{2025, 7, 1, 12, 0, 0}, "tzdata.zi", NULL},
    {{2025, 7, 1, 12, 0, 0}, "../zoneinfo/Europe/Berlin", NULL},
    {{2025, 7, 1, 12, 0, 0}, "/usr/share/zoneinfo/Europe/Berlin", NULL},
    {{2025, 7, 1, 12, 0, 0}, ":Europe/Berlin", NULL},
    {{2025, 7, 1, 12, 0, 0}, "+2", NULL},
    {{2025, 7, 1, 12, 0, 0}, "+02:00x", NULL},
    {{2025, 7, 1, 12, 0, 0}, "", NULL},
    {{2025, 2, 29, 12, 0, 0}, "UTC", NULL},
    {{2025, 7, 1, 24, 0, 0}, "Europe/Berlin", NULL},
    {{2025, 7, 1, 12, 0, 60}, "UTC", NULL},
    {{2025, 7, 1, 12, -1, 0}, "UTC", NULL},
    {{10000, 7, 1, 12, 0, 0}, "UTC", NULL},
};

START_TEST(a_clock_on_a_wall_is_understood_in_its_zone)
{
    static const char *const own[] = {NULL, "America/New_York", "Pacific/Apia", "Mars/Olympus"};

    for (size_t i = 0; i < RD_COUNT(own); i++) {
        int64_t us = 42;
        char text[RD_TIME_TEXT];
        if (own[i] != NULL)
            setenv("TZ", own[i], true);
        tzset();
        int rc = rd_time_from_wall(&walls[_i].wall, walls[_i].zone, &us, NULL);
        if (walls[_i].utc != NULL) {
            ck_assert_int_eq(rc, RD_OK);
            ck_assert_str_eq(rd_time_format(us, text), walls[_i].utc);
        } else {
            ck_assert_int_eq(rc, RD_E_ARGUMENT);
            ck_assert_int_eq(us, 42);
        }
    }
}
END_TEST

START_TEST(the_zone_of_the_process_is_as_before)
{
    struct rd_wall wall = {2025, 7, 1, 12, 0, 0};
    time_t noon = 1751371200;
    struct tm tm;
    int64_t us;

    setenv("TZ", "Asia/Kathmandu", true);
    ck_assert_int_eq(rd_time_from_wall(&wall, "Europe/Berlin", &us, NULL), RD_OK);
    ck_assert_str_eq(getenv("TZ"), "Asia/Kathmandu");
    ck_assert_int_eq(localtime_r(&noon, &tm)->tm_gmtoff, 5 * 3600 + 45 * 60);
    unsetenv("TZ");
    ck_assert_int_eq(rd_time_from_wall(&wall, "Europe/Berlin", &us, NULL), RD_OK);
    ck_assert_ptr_null(getenv("TZ"));
}
END_TEST

START_TEST(an_unknown_zone_comes_with_advice)
{
    struct rd_wall wall = {2025, 7, 1, 12, 0, 0};
    struct rd_err err = RD_ERR_INIT;
    int64_t us;

    ck_assert_int_eq(rd_time_from_wall(&wall, "Europe/Brelin", &us, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'Europe/Brelin' is no known time zone");
    ck_assert_ptr_nonnull(strstr(err.hint, "+02:00"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("times");
    TCase *all = tcase_create("times");

    tcase_add_loop_test(all, a_time_is_what_rfc_3339_says_or_refused, 0, RD_COUNT(times));
    tcase_add_loop_test(all, the_pattern_of_times_accepts_what_is_accepted, 0, RD_COUNT(times));
    tcase_add_test(all, a_time_without_zone_is_told_that_it_lacks_one);
    tcase_add_test(all, microseconds_are_kept_and_written_as_milliseconds);
    tcase_add_test(all, every_number_can_be_written_as_a_time);
    tcase_add_loop_test(all, a_clock_on_a_wall_is_understood_in_its_zone, 0, RD_COUNT(walls));
    tcase_add_test(all, the_zone_of_the_process_is_as_before);
    tcase_add_test(all, an_unknown_zone_comes_with_advice);
    suite_add_tcase(suite, all);
    return suite;
}
