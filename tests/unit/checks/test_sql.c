/*
 * test_sql.c: how `sql` asks a query of the user's, and what it makes of the answer.
 */
#include <stdio.h>

#include "checks/checks.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct check_test test;

static void set_up(void)
{
    check_test_open(&test);
}

static void tear_down(void)
{
    check_test_close(&test);
}

static void run(const char *more)
{
    char settings[512];

    snprintf(settings, sizeof(settings), "{\"query\": \"SELECT total\", %s}", more);
    ck_assert_msg(check_test_run(&test, &rd_check_sql, settings) == RD_OK, "%s", test.err.message);
}

static void script_before(void)
{
    fake_pq_done("BEGIN TRANSACTION READ ONLY", "");
    FAKE_PQ_ROWS("set_config('search_path', '\"$user\", public', true)", 1, "");
}

static void script_rows(const char *rows)
{
    script_before();
    fake_pq_done("DECLARE redrill_rows NO SCROLL CURSOR FOR SELECT total", "");
    fake_pq_done("MOVE FORWARD ALL IN redrill_rows", rows);
    fake_pq_done("ROLLBACK", "");
}

static void script_value(const char *value)
{
    static const char *cells[1];

    cells[0] = value;
    script_before();
    fake_pq_done("CURSOR FOR SELECT total", "");
    fake_pq_rows("FETCH FORWARD 2 FROM redrill_rows", 1, 1, cells);
    fake_pq_done("ROLLBACK", "");
}

START_TEST(values_are_compared_by_their_kind)
{
    static const struct {
        const char *expected;
        const char *actual;
        int verdict;
    } cases[] = {
        {"5", "5", RD_PASS},
        {"5", "5.00", RD_PASS},
        {"5", "05", RD_PASS},
        {"5", "6", RD_FAIL},
        {"5", "5 apples", RD_FAIL},
        {"5", "", RD_FAIL},
        {"5", NULL, RD_FAIL},
        {"12.5", "12.50", RD_PASS},
        {"0.1", "0.1", RD_PASS},
        {"-3", "-3", RD_PASS},
        {"9007199254740992", "9007199254740993", RD_FAIL},
        {"\"5\"", "5", RD_PASS},
        {"\"5\"", "5.0", RD_FAIL},
        {"\"\"", "", RD_PASS},
        {"\"\"", NULL, RD_FAIL},
        {"true", "t", RD_PASS},
        {"true", "f", RD_FAIL},
        {"false", "f", RD_PASS},
        {"false", NULL, RD_FAIL},
        {"null", NULL, RD_PASS},
        {"null", "", RD_FAIL},
        {"0", NULL, RD_FAIL},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        char more[100];
        tear_down();
        set_up();
        script_value(cases[i].actual);
        snprintf(more, sizeof(more), "\"value\": %s", cases[i].expected);
        run(more);
        const struct rd_finding *finding = check_test_finding(&test, "query");
        ck_assert_msg(finding->verdict == cases[i].verdict, "%s and %s", cases[i].expected,
                      cases[i].actual);
        ck_assert_str_eq(finding->expected, cases[i].expected);
    }
}
END_TEST

START_TEST(a_value_of_the_database_is_shown_only_when_the_plan_asks)
{
    script_value("secret");
    run("\"value\": \"known\"");
    const struct rd_finding *finding =
        check_test_expect(&test, "query", RD_FAIL, "does not answer");
    ck_assert_ptr_null(strstr(finding->actual, "secret"));
    ck_assert_ptr_nonnull(strstr(finding->hint, "clear"));

    tear_down();
    set_up();
    script_value("secret");
    run("\"value\": \"known\", \"clear\": true");
    ck_assert_str_eq(check_test_finding(&test, "query")->actual, "secret");
}
END_TEST

START_TEST(no_row_is_not_the_value)
{
    script_before();
    fake_pq_done("CURSOR FOR SELECT total", "");
    fake_pq_rows("FETCH", 1, 0, NULL);
    fake_pq_done("ROLLBACK", "");
    run("\"value\": null");
    const struct rd_finding *finding =
        check_test_expect(&test, "query", RD_FAIL, "does not answer");
    ck_assert_str_eq(finding->actual, "no row");
}
END_TEST

START_TEST(more_than_one_value_is_an_error)
{
    script_before();
    fake_pq_done("CURSOR FOR SELECT total", "");
    FAKE_PQ_ROWS("FETCH", 1, "5", "5");
    fake_pq_done("ROLLBACK", "");
    run("\"value\": 5");
    check_test_expect(&test, "query", RD_ERROR, "more than one value");
}
END_TEST

START_TEST(rows_are_counted_at_the_server)
{
    static const struct {
        const char *expected;
        const char *rows;
        int verdict;
    } cases[] = {
        {"\"rows\": 3", "3", RD_PASS},     {"\"rows\": 3", "2", RD_FAIL},
        {"\"rows\": 0", "0", RD_PASS},     {"\"min_rows\": 3", "3", RD_PASS},
        {"\"min_rows\": 3", "2", RD_FAIL}, {"\"max_rows\": 3", "3", RD_PASS},
        {"\"max_rows\": 3", "4", RD_FAIL}, {"\"min_rows\": 2, \"max_rows\": 3", "4", RD_FAIL},
        {"\"empty\": true", "0", RD_PASS}, {"\"empty\": true", "1", RD_FAIL},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        tear_down();
        set_up();
        script_rows(cases[i].rows);
        run(cases[i].expected);
        const struct rd_finding *finding = check_test_finding(&test, "query");
        ck_assert_msg(finding->verdict == cases[i].verdict, "%s and %s", cases[i].expected,
                      cases[i].rows);
        ck_assert_ptr_nonnull(finding->expected);
        ck_assert_int_eq(strncmp(finding->actual, cases[i].rows, strlen(cases[i].rows)), 0);
    }
}
END_TEST

START_TEST(a_title_names_the_finding)
{
    script_rows("0");
    run("\"empty\": true, \"title\": \"no order without customer\"");
    check_test_expect(&test, "no order without customer", RD_PASS, "answers as expected");
}
END_TEST

START_TEST(what_the_database_lacks_is_a_fail)
{
    static const char *const sqlstates[] = {"42P01", "3F000", "42703", "42883", "42704"};

    for (size_t i = 0; i < RD_COUNT(sqlstates); i++) {
        tear_down();
        set_up();
        script_before();
        fake_pq_fails("CURSOR FOR SELECT total", sqlstates[i], "it does not exist");
        fake_pq_done("ROLLBACK", "");
        run("\"empty\": true");
        check_test_expect(&test, "query", RD_FAIL, "it does not exist");
    }
}
END_TEST

START_TEST(what_is_wrong_with_the_query_is_an_error)
{
    static const char *const sqlstates[] = {"42601", "42501", "22012", "25006", "0A000"};

    for (size_t i = 0; i < RD_COUNT(sqlstates); i++) {
        tear_down();
        set_up();
        script_before();
        fake_pq_fails("CURSOR FOR SELECT total", sqlstates[i], "no");
        fake_pq_done("ROLLBACK", "");
        run("\"empty\": true");
        check_test_expect(&test, "query", RD_ERROR, "query failed: no");
    }
}
END_TEST

START_TEST(damage_that_the_query_meets_is_a_fail)
{
    script_before();
    fake_pq_done("CURSOR FOR SELECT total", "");
    fake_pq_fails("MOVE", "XX001", "invalid page in block 3");
    fake_pq_done("ROLLBACK", "");
    run("\"empty\": true");
    check_test_expect(&test, "query", RD_FAIL, "invalid page");
}
END_TEST

START_TEST(settings_that_mean_nothing_are_faults)
{
    static const struct {
        const char *settings;
        const char *path;
        const char *words;
    } cases[] = {
        {"{\"query\": \"SELECT 1\"}", "$.checks[0]", "exactly one of"},
        {"{\"query\": \"SELECT 1\", \"value\": 1, \"rows\": 1}", "$.checks[0]", "exactly one of"},
        {"{\"query\": \"SELECT 1\", \"empty\": true, \"max_rows\": 1}", "$.checks[0]",
         "exactly one of"},
        {"{\"query\": \"SELECT 1\", \"empty\": false}", "$.checks[0]", "exactly one of"},
        {"{\"query\": \"SELECT 1\", \"min_rows\": 2, \"max_rows\": 1}", "$.checks[0]",
         "is larger than"},
        {"{\"query\": \" ;\\n\", \"rows\": 1}", "$.checks[0].query", "is empty"},
        {"{\"query\": \"SELECT 1\", \"value\": {}}", "$.checks[0].value", "not an object"},
        {"{\"query\": \"SELECT 1\", \"value\": [1]}", "$.checks[0].value", "not an array"},
        {"{\"rows\": 1}", "$.checks[0]", "'query' is required"},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++)
        check_test_refused(&rd_check_sql, cases[i].settings, cases[i].path, cases[i].words);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("sql");
    TCase *answers = tcase_create("answers");
    TCase *settings = tcase_create("settings");

    tcase_add_checked_fixture(answers, set_up, tear_down);
    tcase_add_test(answers, values_are_compared_by_their_kind);
    tcase_add_test(answers, a_value_of_the_database_is_shown_only_when_the_plan_asks);
    tcase_add_test(answers, no_row_is_not_the_value);
    tcase_add_test(answers, more_than_one_value_is_an_error);
    tcase_add_test(answers, rows_are_counted_at_the_server);
    tcase_add_test(answers, a_title_names_the_finding);
    tcase_add_test(answers, what_the_database_lacks_is_a_fail);
    tcase_add_test(answers, what_is_wrong_with_the_query_is_an_error);
    tcase_add_test(answers, damage_that_the_query_meets_is_a_fail);
    suite_add_tcase(suite, answers);

    tcase_add_test(settings, settings_that_mean_nothing_are_faults);
    suite_add_tcase(suite, settings);
    return suite;
}
