/*
 * test_times_amount.c: durations and sizes as text.
 */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "drills/common/times.h"
#include "tests/unit/suite.h"

static const struct {
    const char *text;
    int64_t ms; /* 0: refused */
} durations[] = {
    {"250ms", 250},
    {"1s", 1000},
    {"15m", 900000},
    {"15 min", 900000},
    {"2h", 7200000},
    {"1h30m", 5400000},
    {"1h 30m", 5400000},
    {"1 h 30 min", 5400000},
    {"0h5m", 300000},
    {"31d", INT64_C(31) * 86400000},
    {"2w", INT64_C(14) * 86400000},
    {"1 month", INT64_C(30) * 86400000},
    {"2 months", INT64_C(60) * 86400000},
    {"1 year", INT64_C(365) * 86400000},
    {"1y 1month 1w 1d 1h 1m 1s 1ms", INT64_C(403) * 86400000 + 3661001},
    {"100y", INT64_C(36500) * 86400000},
    {"PT15M", 900000},
    {"P1D", 86400000},
    {"P2W", INT64_C(14) * 86400000},
    {"P1M", INT64_C(30) * 86400000},
    {"PT1M", 60000},
    {"P1Y2M3DT4H5M6S", INT64_C(428) * 86400000 + 14706000},
    {"", 0},
    {"0s", 0},
    {"PT0S", 0},
    {"-5m", 0},
    {"+5m", 0},
    {"15", 0},
    {"m", 0},
    {"15x", 0},
    {"15M", 0},
    {"15m ", 0},
    {" 15m", 0},
    {"15  m", 0},
    {"1h  30m", 0},
    {"1h,30m", 0},
    {"1.5h", 0},
    {"30m1h", 0},
    {"1h1h", 0},
    {"1ms1s", 0},
    {"P", 0},
    {"PT", 0},
    {"P1DT", 0},
    {"P1", 0},
    {"P1H", 0},
    {"PT1D", 0},
    {"PT1M1H", 0},
    {"P1D1D", 0},
    {"PT1HT1M", 0},
    {"P1D ", 0},
    {"p1d", 0},
    {"P-1D", 0},
    {"PT1.5S", 0},
    {"15m\n", 0},
    {"101y", 0},
    {"36501d", 0},
    {"99999999999999999999ms", 0},
    {"9223372036854775807s", 0},
    {"9223372036854775807ms", 0},
    {"P9223372036854775807Y", 0},
};

START_TEST(a_duration_is_understood_or_refused)
{
    struct rd_err err = RD_ERR_INIT;
    int64_t ms = 42;

    int rc = rd_duration_parse(durations[_i].text, &ms, &err);
    ck_assert_int_eq(rc, durations[_i].ms > 0 ? RD_OK : RD_E_ARGUMENT);
    ck_assert_int_eq(ms, durations[_i].ms > 0 ? durations[_i].ms : 42);
    ck_assert(durations[_i].ms > 0 || strstr(err.message, "is not a duration: it") != NULL);
}
END_TEST

static const struct {
    const char *text;
    int64_t bytes; /* -1: refused */
} sizes[] = {
    {"0", 0},
    {"512", 512},
    {"512B", 512},
    {"64kB", 64000},
    {"64KB", 64000},
    {"64KiB", 65536},
    {"10GiB", INT64_C(10) << 30},
    {"10 GiB", INT64_C(10) << 30},
    {"1.5GB", 1500000000},
    {"1.25MiB", 1310720},
    {"0.125KiB", 128},
    {"8191PiB", INT64_C(8191) << 50},
    {"9223372036854775807", INT64_MAX},
    {"", -1},
    {"GiB", -1},
    {"-1", -1},
    {"1.5", -1},
    {"0.1KiB", -1},
    {"1.GB", -1},
    {".5GB", -1},
    {"1.2345GB", -1},
    {"10gib", -1},
    {"10 ", -1},
    {"10  GiB", -1},
    {"10GiB ", -1},
    {"10G", -1},
    {"10Gb", -1},
    {"1e3", -1},
    {"8192PiB", -1},
    {"8191.999PiBx", -1},
    {"9223372036854775808PiB", -1},
};

START_TEST(a_size_is_understood_or_refused)
{
    struct rd_err err = RD_ERR_INIT;
    int64_t bytes = 42;

    int rc = rd_size_parse(sizes[_i].text, &bytes, &err);
    ck_assert_int_eq(rc, sizes[_i].bytes >= 0 ? RD_OK : RD_E_ARGUMENT);
    ck_assert_int_eq(bytes, sizes[_i].bytes >= 0 ? sizes[_i].bytes : 42);
}
END_TEST

START_TEST(a_refusal_says_what_is_wrong)
{
    struct rd_err err = RD_ERR_INIT;
    int64_t value;

    ck_assert_int_eq(rd_duration_parse("30m1h", &value, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     "'30m1h' is not a duration: its units must go from large to small");
    rd_err_clear(&err);
    ck_assert_int_eq(rd_size_parse("many", &value, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'many' is not a size: it must look like 512, 64kB or 10GiB");
}
END_TEST

static const struct {
    int64_t ms;
    const char *text;
} spans[] = {
    {0, "0 ms"},
    {850, "850 ms"},
    {999, "999 ms"},
    {1000, "1.0 s"},
    {12449, "12.4 s"},
    {59949, "59.9 s"},
    {59950, "1 min 00 s"},
    {200000, "3 min 20 s"},
    {3599499, "59 min 59 s"},
    {3599500, "1 h 00 min"},
    {7500000, "2 h 05 min"},
    {86369999, "23 h 59 min"},
    {86370000, "1 d 0 h"},
    {INT64_C(76) * 3600000, "3 d 4 h"},
    {-12400, "-12.4 s"},
    {INT64_MIN, "-106751991167 d 7 h"},
    {INT64_MAX, "106751991167 d 7 h"},
};

START_TEST(a_duration_is_told_to_people)
{
    char text[RD_DURATION_TEXT];

    ck_assert_str_eq(rd_duration_format(spans[_i].ms, text), spans[_i].text);
}
END_TEST

static const struct {
    int64_t bytes;
    const char *text;
} amounts[] = {
    {0, "0 B"},
    {1023, "1023 B"},
    {1024, "1.0 KiB"},
    {1700000000, "1.6 GiB"},
    {1048524, "1023.9 KiB"},
    {1048575, "1.0 MiB"},
    {INT64_MAX, "8.0 EiB"},
    {-2048, "-2.0 KiB"},
};

START_TEST(a_size_is_told_to_people)
{
    char text[RD_DURATION_TEXT];

    ck_assert_str_eq(rd_size_format(amounts[_i].bytes, text), amounts[_i].text);
}
END_TEST

START_TEST(what_is_printed_reads_back_the_same)
{
    static const int64_t values[] = {1,     250,     1000,     1001,     1024,       60000,
                                     90000, 3600000, 86400000, 64000000, 1073741824, 3153600000000};
    char text[RD_DURATION_TEXT];
    int64_t back;

    for (size_t i = 0; i < RD_COUNT(values); i++) {
        ck_assert_int_eq(rd_duration_parse(rd_duration_print(values[i], text), &back, NULL), RD_OK);
        ck_assert_int_eq(back, values[i]);
        ck_assert_int_eq(rd_size_parse(rd_size_print(values[i], text), &back, NULL), RD_OK);
        ck_assert_int_eq(back, values[i]);
    }
    ck_assert_str_eq(rd_duration_print(5400000, text), "90m");
    ck_assert_str_eq(rd_duration_print(86400000, text), "1d");
    ck_assert_str_eq(rd_size_print(INT64_C(10) << 30, text), "10GiB");
    ck_assert_str_eq(rd_size_print(0, text), "0");
}
END_TEST

/* POSIX has no look-ahead, so the zero that it excludes is left to the parser here. */
static bool matches(const char *pattern, const char *text)
{
    const char *look_ahead = "(?=.*[1-9])";
    const char *found = strstr(pattern, look_ahead);
    char rest[2048];
    regex_t regex;

    snprintf(rest, sizeof(rest), "%s%s", found != NULL ? "^" : "",
             found != NULL ? found + strlen(look_ahead) : pattern);
    ck_assert_int_eq(regcomp(&regex, rest, REG_EXTENDED | REG_NOSUB), 0);
    bool match = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return match && (found == NULL || strpbrk(text, "123456789") != NULL);
}

START_TEST(the_pattern_of_durations_accepts_what_is_accepted)
{
    static const char *const beyond[] = {"30m1h",
                                         "1h1h",
                                         "1ms1s",
                                         "PT1M1H",
                                         "P1D1D",
                                         "101y",
                                         "36501d",
                                         "99999999999999999999ms",
                                         "9223372036854775807s",
                                         "9223372036854775807ms",
                                         "P9223372036854775807Y"};
    bool expected = durations[_i].ms > 0;

    for (size_t i = 0; i < RD_COUNT(beyond); i++)
        expected = expected || strcmp(beyond[i], durations[_i].text) == 0;
    ck_assert_int_eq(matches(rd_duration_pattern, durations[_i].text), expected);
}
END_TEST

START_TEST(the_pattern_of_sizes_accepts_what_is_accepted)
{
    static const char *const beyond[] = {"1.5", "0.1KiB", "8192PiB", "9223372036854775808PiB"};
    bool expected = sizes[_i].bytes >= 0;

    for (size_t i = 0; i < RD_COUNT(beyond); i++)
        expected = expected || strcmp(beyond[i], sizes[_i].text) == 0;
    ck_assert_int_eq(matches(rd_size_pattern, sizes[_i].text), expected);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("times_amount");
    TCase *all = tcase_create("times_amount");

    tcase_add_loop_test(all, a_duration_is_understood_or_refused, 0, RD_COUNT(durations));
    tcase_add_loop_test(all, a_size_is_understood_or_refused, 0, RD_COUNT(sizes));
    tcase_add_test(all, a_refusal_says_what_is_wrong);
    tcase_add_loop_test(all, a_duration_is_told_to_people, 0, RD_COUNT(spans));
    tcase_add_loop_test(all, a_size_is_told_to_people, 0, RD_COUNT(amounts));
    tcase_add_test(all, what_is_printed_reads_back_the_same);
    tcase_add_loop_test(all, the_pattern_of_durations_accepts_what_is_accepted, 0,
                        RD_COUNT(durations));
    tcase_add_loop_test(all, the_pattern_of_sizes_accepts_what_is_accepted, 0, RD_COUNT(sizes));
    suite_add_tcase(suite, all);
    return suite;
}
