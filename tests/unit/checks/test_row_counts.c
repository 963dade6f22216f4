/*
 * test_row_counts.c: which tables `row_counts` counts, and what it makes of the numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "checks/checks.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct check_test test;
static char baseline_path[64];

static void set_up(void)
{
    check_test_open(&test);
    baseline_path[0] = '\0';
}

static void tear_down(void)
{
    check_test_close(&test);
    if (baseline_path[0] != '\0')
        unlink(baseline_path);
}

static void run(const char *settings)
{
    ck_assert_msg(check_test_run(&test, &rd_check_row_counts, settings) == RD_OK, "%s",
                  test.err.message);
}

/* The tables of the shop as the catalog lists them, and that indexes are off before any count. */
static void script_tables(void)
{
    FAKE_PQ_ROWS("FROM pg_class c", 6,                     /**/
                 "1", "odd", "a\"b\nc", "r", "f", "f",     /**/
                 "2", "public", "Users", "r", "f", "f",    /**/
                 "3", "public", "events", "p", "f", "f",   /**/
                 "4", "public", "events_1", "r", "t", "f", /**/
                 "5", "public", "orders", "r", "f", "f",   /**/
                 "6", "public", "remote", "f", "f", "t",   /**/
                 "7", "public", "summary", "m", "f", "f",  /**/
                 "8", "public", "view", "v", "f", "f");
    FAKE_PQ_ROWS("set_config('enable_indexonlyscan', 'off', false)", 1, "off");
    fake_pq_also("set_config('enable_indexscan', 'off', false)");
    fake_pq_also("set_config('enable_seqscan', 'on', false)");
}

/* Settings with a baseline file of this content. */
static const char *with_baseline(const char *content, const char *more)
{
    static char settings[512];

    snprintf(baseline_path, sizeof(baseline_path), "/tmp/redrill-baseline-XXXXXX");
    int fd = mkstemp(baseline_path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    snprintf(settings, sizeof(settings), "{\"baseline\": \"%s\"%s}", baseline_path, more);
    return settings;
}

START_TEST(bounds_are_judged_each)
{
    static const struct {
        const char *bounds;
        int verdict;
    } cases[] = {
        {"\"exact\": 1000", RD_PASS},        {"\"exact\": 999", RD_FAIL},
        {"\"exact\": 0", RD_FAIL},           {"\"min\": 1000", RD_PASS},
        {"\"min\": 1001", RD_FAIL},          {"\"max\": 1000", RD_PASS},
        {"\"max\": 999", RD_FAIL},           {"\"min\": 1, \"max\": 2000", RD_PASS},
        {"\"min\": 1, \"max\": 2", RD_FAIL},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        char settings[256];
        check_test_close(&test);
        set_up();
        script_tables();
        FAKE_PQ_ROWS("SELECT count(*) FROM \"public\".\"orders\"", 1, "1000");
        snprintf(settings, sizeof(settings), "{\"tables\": {\"public.orders\": {%s}}}",
                 cases[i].bounds);
        run(settings);
        ck_assert_uint_eq(check_test_count(&test), 1);
        const struct rd_finding *finding =
            check_test_expect(&test, "public.orders", cases[i].verdict, "has 1000 rows");
        ck_assert_str_eq(finding->actual, "1000");
        ck_assert_ptr_nonnull(finding->expected);
    }
}
END_TEST

START_TEST(an_empty_table_is_no_pass_where_rows_are_expected)
{
    script_tables();
    FAKE_PQ_ROWS("\"orders\"", 1, "0");
    run("{\"tables\": {\"public.orders\": {\"min\": 1}}}");
    const struct rd_finding *finding =
        check_test_expect(&test, "public.orders", RD_FAIL, "has 0 rows instead of at least 1");
    ck_assert_str_eq(finding->expected, "at least 1");
}
END_TEST

START_TEST(a_table_of_its_own_beats_patterns_and_the_first_pattern_the_second)
{
    script_tables();
    FAKE_PQ_ROWS("\"Users\"", 1, "5");
    FAKE_PQ_ROWS("\"events\"", 1, "5");
    FAKE_PQ_ROWS("\"orders\"", 1, "5");
    run("{\"tables\": {\"public.e*\": {\"min\": 6}, \"public.*\": {\"min\": 4},"
        " \"public.orders\": {\"min\": 7}}}");
    check_test_expect(&test, "public.\"Users\"", RD_PASS, "has 5 rows");
    check_test_expect(&test, "public.events", RD_FAIL, "at least 6");
    check_test_expect(&test, "public.orders", RD_FAIL, "at least 7");
    check_test_expect(&test, "public.remote", RD_SKIP, "another server");
    /* Partitions, views and materialized views belong to no pattern. */
    ck_assert_uint_eq(check_test_count(&test), 4);
}
END_TEST

START_TEST(hostile_names_are_quoted_for_the_server_and_for_people)
{
    script_tables();
    FAKE_PQ_ROWS("FROM \"odd\".\"a\"\"b c\"", 1, "1");
    run("{\"tables\": {\"odd.\\\"a\\\"\\\"b\\nc\\\"\": {\"exact\": 1}}}");
    check_test_expect(&test, "odd.\"a\"\"b\nc\"", RD_PASS, "has 1 row");
}
END_TEST

START_TEST(a_missing_table_fails_and_its_probable_name_is_told)
{
    script_tables();
    run("{\"tables\": {\"public.users\": {\"min\": 1}, \"public.gone\": {\"min\": 1}}}");
    const struct rd_finding *finding =
        check_test_expect(&test, "public.users", RD_FAIL, "is not in the restored database");
    ck_assert_ptr_nonnull(strstr(finding->hint, "public.\"Users\""));
    finding = check_test_expect(&test, "public.gone", RD_FAIL, "the plan names it");
    ck_assert_ptr_null(finding->hint);
}
END_TEST

START_TEST(a_pattern_that_matches_nothing_is_an_error)
{
    script_tables();
    run("{\"tables\": {\"sales.*\": {\"min\": 0}}}");
    check_test_expect(&test, "sales.*", RD_ERROR, "no table matches");
}
END_TEST

START_TEST(what_the_plan_names_and_must_not_be_read_is_an_error)
{
    script_tables();
    run("{\"tables\": {\"public.remote\": {\"min\": 1}, \"public.view\": {\"min\": 1}}}");
    check_test_expect(&test, "public.remote", RD_ERROR, "another server");
    check_test_expect(&test, "public.view", RD_ERROR, "is a view");
}
END_TEST

START_TEST(a_materialized_view_that_was_not_filled_fails)
{
    script_tables();
    fake_pq_fails("\"summary\"", "55000", "materialized view \"summary\" has not been populated");
    run("{\"tables\": {\"public.summary\": {\"min\": 1}}}");
    check_test_expect(&test, "public.summary", RD_FAIL, "was not filled");
}
END_TEST

START_TEST(a_damaged_page_fails_and_the_next_table_is_still_counted)
{
    script_tables();
    fake_pq_fails("\"events\"", "XX001", "invalid page in block 3 of relation base/5/16384");
    FAKE_PQ_ROWS("\"orders\"", 1, "1");
    run("{\"tables\": {\"public.events\": {\"min\": 1}, \"public.orders\": {\"min\": 1}}}");
    check_test_expect(&test, "public.events", RD_FAIL, "invalid page in block 3");
    check_test_expect(&test, "public.orders", RD_PASS, "has 1 row");
}
END_TEST

START_TEST(a_file_of_the_database_that_is_gone_fails_a_missing_library_does_not)
{
    script_tables();
    fake_pq_fails("\"events\"", "58P01",
                  "could not open file \"base/5/16384\": No such file or directory");
    fake_pq_fails("\"orders\"", "58P01",
                  "could not access file \"$libdir/citext\": No such file or directory");
    run("{\"tables\": {\"public.events\": {\"min\": 1}, \"public.orders\": {\"min\": 1}}}");
    check_test_expect(&test, "public.events", RD_FAIL, "could not open file");
    check_test_expect(&test, "public.orders", RD_ERROR, "could not access file");
}
END_TEST

START_TEST(a_table_that_must_not_be_read_is_not_known)
{
    script_tables();
    fake_pq_fails("\"orders\"", "42501", "permission denied for table orders");
    run("{\"tables\": {\"public.orders\": {\"min\": 1}}}");
    check_test_expect(&test, "public.orders", RD_ERROR, "permission denied");
}
END_TEST

START_TEST(a_lost_session_ends_the_check_with_an_error)
{
    script_tables();
    fake_pq_breaks("\"events\"");
    ck_assert_int_eq(check_test_run(&test, &rd_check_row_counts,
                                    "{\"tables\": {\"public.*\": {\"min\": 1}},"
                                    " \"ignore\": [\"public.\\\"Users\\\"\"]}"),
                     RD_E_NETWORK);
    ck_assert_ptr_nonnull(strstr(test.err.detail, "public.events"));
}
END_TEST

START_TEST(a_baseline_is_compared_exactly_or_within_a_tolerance)
{
    static const struct {
        const char *more;
        const char *rows;
        int verdict;
    } cases[] = {
        {"", "1000", RD_PASS},
        {"", "999", RD_FAIL},
        {"", "1001", RD_FAIL},
        {", \"tolerance\": 5", "950", RD_PASS},
        {", \"tolerance\": 5", "1050", RD_PASS},
        {", \"tolerance\": 5", "949", RD_FAIL},
        {", \"tolerance\": 5", "1051", RD_FAIL},
        {", \"tolerance\": 50", "1500", RD_PASS},
        {", \"tolerance\": 50", "1501", RD_FAIL},
        {", \"tolerance\": 50", "499", RD_FAIL},
        {", \"tables\": {\"public.orders\": {\"tolerance\": 1}}, \"tolerance\": 50", "950",
         RD_FAIL},
        {", \"tables\": {\"public.orders\": {\"min\": 1}}", "950", RD_FAIL},
        {", \"tables\": {\"public.orders\": {\"min\": 2000}}", "1000", RD_FAIL},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        tear_down();
        set_up();
        const char *settings =
            with_baseline("{\"format\": \"redrill.baseline/1\", \"later\": true,"
                          " \"tables\": {\"public.orders\": {\"rows\": 1000, \"later\": 1}}}",
                          cases[i].more);
        script_tables();
        fake_pq_rows("\"orders\"", 1, 1, &cases[i].rows);
        run(settings);
        const struct rd_finding *finding = check_test_finding(&test, "public.orders");
        ck_assert_msg(finding->verdict == cases[i].verdict, "case %zu: %s", i, finding->message);
    }
}
END_TEST

START_TEST(a_baseline_of_an_empty_table_allows_no_row)
{
    const char *settings = with_baseline("{\"format\": \"redrill.baseline/1\","
                                         " \"tables\": {\"public.orders\": {\"rows\": 0}}}",
                                         ", \"tolerance\": 50");
    script_tables();
    FAKE_PQ_ROWS("\"orders\"", 1, "1");
    run(settings);
    check_test_expect(&test, "public.orders", RD_FAIL, "has 1 row instead of");
}
END_TEST

START_TEST(tables_that_only_one_side_knows_are_told)
{
    const char *settings = with_baseline("{\"format\": \"redrill.baseline/1\", \"tables\":"
                                         " {\"public.gone\": {\"rows\": 5},"
                                         " \"public.\\\"Users\\\"\": {\"rows\": 5}}}",
                                         "");
    script_tables();
    FAKE_PQ_ROWS("\"Users\"", 1, "5");
    run(settings);
    check_test_expect(&test, "public.gone", RD_FAIL, "the baseline names it");
    check_test_expect(&test, "public.\"Users\"", RD_PASS, "has 5 rows");
    check_test_expect(&test, "tables that the baseline does not know", RD_SKIP,
                      "3 not counted: odd.\"a\"\"b\nc\", public.events, public.orders");
}
END_TEST

START_TEST(ignored_tables_are_neither_counted_nor_missed)
{
    const char *settings =
        with_baseline("{\"format\": \"redrill.baseline/1\", \"tables\":"
                      " {\"public.gone\": {\"rows\": 5}, \"public.orders\": {\"rows\": 5}}}",
                      ", \"ignore\": [\"*.*\"]");
    script_tables();
    run(settings);
    ck_assert_uint_eq(check_test_count(&test), 1);
    check_test_expect(&test, "tables", RD_SKIP, "every table of the baseline is ignored");
}
END_TEST

START_TEST(a_file_that_is_no_baseline_is_an_error)
{
    static const char *const contents[] = {
        "",
        "{}",
        "[]",
        "{\"format\": \"redrill.baseline/2\", \"tables\": {\"a.b\": {\"rows\": 1}}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"a.b\": {}}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"a.b\": {\"rows\": -1}}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"a.b\": {\"rows\": 1.5}}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"a.b\": 1}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"a.*\": {\"rows\": 1}}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"b\": {\"rows\": 1}}}",
        "{\"format\": \"redrill.baseline/1\", \"tables\": {\"a.b\": {\"rows\": 1},"
        " \"a.\\\"b\\\"\": {\"rows\": 1}}}",
    };

    for (size_t i = 0; i < RD_COUNT(contents); i++) {
        tear_down();
        set_up();
        const char *settings = with_baseline(contents[i], "");
        int code = check_test_run(&test, &rd_check_row_counts, settings);
        ck_assert_msg(code == RD_E_FORMAT, "%s: %d", contents[i], code);
        ck_assert_ptr_nonnull(strstr(test.err.message, "is no baseline"));
    }
}
END_TEST

START_TEST(a_baseline_that_is_not_there_is_an_error)
{
    ck_assert_int_eq(
        check_test_run(&test, &rd_check_row_counts, "{\"baseline\": \"/nonexistent/file\"}"),
        RD_E_NOT_FOUND);
}
END_TEST

START_TEST(expectations_that_mean_nothing_are_faults)
{
    static const struct {
        const char *settings;
        const char *path;
        const char *words;
    } cases[] = {
        {"{}", "$.checks[0]", "must say what is expected"},
        {"{\"tables\": {}}", "$.checks[0]", "must say what is expected"},
        {"{\"tables\": {\"users\": {\"min\": 1}}}", "$.checks[0].tables[\"users\"]", "schema"},
        {"{\"tables\": {\"a.b\": {}}}", "$.checks[0].tables[\"a.b\"]", "how many rows"},
        {"{\"tables\": {\"a.b\": {\"tolerance\": 1}}}", "$.checks[0].tables[\"a.b\"]",
         "needs a 'baseline'"},
        {"{\"tables\": {\"a.b\": {\"exact\": 1, \"max\": 1}}}", "$.checks[0].tables[\"a.b\"]",
         "leaves nothing"},
        {"{\"tables\": {\"a.b\": {\"min\": 2, \"max\": 1}}}", "$.checks[0].tables[\"a.b\"]",
         "is larger than"},
        {"{\"tables\": {\"a.b\": {\"min\": 1}}, \"ignore\": [\"x\"]}", "$.checks[0].ignore[0]",
         "lacks its schema"},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++)
        check_test_refused(&rd_check_row_counts, cases[i].settings, cases[i].path, cases[i].words);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("row_counts");
    TCase *counts = tcase_create("counts");
    TCase *settings = tcase_create("settings");

    tcase_add_checked_fixture(counts, set_up, tear_down);
    tcase_add_test(counts, bounds_are_judged_each);
    tcase_add_test(counts, an_empty_table_is_no_pass_where_rows_are_expected);
    tcase_add_test(counts, a_table_of_its_own_beats_patterns_and_the_first_pattern_the_second);
    tcase_add_test(counts, hostile_names_are_quoted_for_the_server_and_for_people);
    tcase_add_test(counts, a_missing_table_fails_and_its_probable_name_is_told);
    tcase_add_test(counts, a_pattern_that_matches_nothing_is_an_error);
    tcase_add_test(counts, what_the_plan_names_and_must_not_be_read_is_an_error);
    tcase_add_test(counts, a_materialized_view_that_was_not_filled_fails);
    tcase_add_test(counts, a_damaged_page_fails_and_the_next_table_is_still_counted);
    tcase_add_test(counts, a_file_of_the_database_that_is_gone_fails_a_missing_library_does_not);
    tcase_add_test(counts, a_table_that_must_not_be_read_is_not_known);
    tcase_add_test(counts, a_lost_session_ends_the_check_with_an_error);
    tcase_add_test(counts, a_baseline_is_compared_exactly_or_within_a_tolerance);
    tcase_add_test(counts, a_baseline_of_an_empty_table_allows_no_row);
    tcase_add_test(counts, tables_that_only_one_side_knows_are_told);
    tcase_add_test(counts, ignored_tables_are_neither_counted_nor_missed);
    tcase_add_test(counts, a_file_that_is_no_baseline_is_an_error);
    tcase_add_test(counts, a_baseline_that_is_not_there_is_an_error);
    suite_add_tcase(suite, counts);

    tcase_add_test(settings, expectations_that_mean_nothing_are_faults);
    suite_add_tcase(suite, settings);
    return suite;
}
