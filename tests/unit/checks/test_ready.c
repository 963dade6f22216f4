/*
 * test_ready.c: what `ready` makes of a server's answers.
 */
#include "checks/checks.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct check_test test;

static void set_up(void)
{
    check_test_open(&test);
    FAKE_PQ_ROWS("current_database()", 1, "shop");
}

static void tear_down(void)
{
    check_test_close(&test);
}

static void run(const char *settings)
{
    ck_assert_int_eq(check_test_run(&test, &rd_check_ready, settings), RD_OK);
}

START_TEST(a_server_that_answers_and_has_left_recovery_is_ready)
{
    FAKE_PQ_ROWS("pg_is_in_recovery()", 1, "f");
    run("{}");
    ck_assert_uint_eq(check_test_count(&test), 2);
    check_test_expect(&test, "queries", RD_PASS, "'shop' answers");
    check_test_expect(&test, "recovery", RD_PASS, "is over");
}
END_TEST

START_TEST(a_server_that_answers_in_recovery_is_not_ready)
{
    FAKE_PQ_ROWS("pg_is_in_recovery()", 1, "t");
    run("{}");
    check_test_expect(&test, "recovery", RD_FAIL, "still going on");
}
END_TEST

START_TEST(a_version_matches_by_its_parts)
{
    static const struct {
        const char *settings;
        int verdict;
    } cases[] = {
        {"{\"version\": \"15\"}", RD_PASS},   {"{\"version\": \"15.18\"}", RD_PASS},
        {"{\"version\": \"15.1\"}", RD_FAIL}, {"{\"version\": \"1\"}", RD_FAIL},
        {"{\"version\": \"14\"}", RD_FAIL},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        check_test_close(&test);
        set_up();
        FAKE_PQ_ROWS("pg_is_in_recovery()", 1, "f");
        run(cases[i].settings);
        const struct rd_finding *finding =
            check_test_expect(&test, "version", cases[i].verdict, "is 15.18");
        ck_assert_str_eq(finding->actual, "15.18");
    }
}
END_TEST

START_TEST(identity_and_encoding_are_compared)
{
    FAKE_PQ_ROWS("pg_is_in_recovery()", 1, "f");
    FAKE_PQ_ROWS("pg_control_system()", 1, "7710524045596250986");
    FAKE_PQ_ROWS("server_encoding", 1, "LATIN1");
    run("{\"system_identifier\": \"7710524045596250986\", \"encoding\": \"utf-8\"}");
    check_test_expect(&test, "system identifier", RD_PASS, "7710524045596250986");
    check_test_expect(&test, "encoding", RD_FAIL, "is LATIN1 instead of utf-8");
}
END_TEST

START_TEST(an_encoding_has_several_spellings)
{
    FAKE_PQ_ROWS("pg_is_in_recovery()", 1, "f");
    FAKE_PQ_ROWS("server_encoding", 1, "UTF8");
    run("{\"encoding\": \"utf-8\"}");
    check_test_expect(&test, "encoding", RD_PASS, "is UTF8");
}
END_TEST

START_TEST(each_database_must_be_there_and_take_connections)
{
    FAKE_PQ_ROWS("pg_is_in_recovery()", 1, "f");
    FAKE_PQ_ROWS("$1=[shop]", 1, "t");
    FAKE_PQ_ROWS("$1=[closed]", 1, "f");
    fake_pq_rows("$1=[gone]", 1, 0, NULL);
    run("{\"databases\": [\"shop\", \"closed\", \"gone\"]}");
    check_test_expect(&test, "database shop", RD_PASS, "takes connections");
    check_test_expect(&test, "database closed", RD_FAIL, "takes no connections");
    check_test_expect(&test, "database gone", RD_FAIL, "is not there");
}
END_TEST

START_TEST(a_server_that_stops_answering_is_an_error)
{
    fake_pq_breaks("pg_is_in_recovery()");
    ck_assert_int_eq(check_test_run(&test, &rd_check_ready, "{}"), RD_E_NETWORK);
}
END_TEST

START_TEST(settings_that_mean_nothing_are_faults)
{
    check_test_refused(&rd_check_ready, "{\"version\": \"15.\"}", "$.checks[0].version",
                       "is no version");
    check_test_refused(&rd_check_ready, "{\"version\": \"\"}", "$.checks[0].version",
                       "is no version");
    check_test_refused(&rd_check_ready, "{\"system_identifier\": \"x\"}",
                       "$.checks[0].system_identifier", "is no system identifier");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("ready");
    TCase *answers = tcase_create("answers");
    TCase *settings = tcase_create("settings");

    tcase_add_checked_fixture(answers, set_up, tear_down);
    tcase_add_test(answers, a_server_that_answers_and_has_left_recovery_is_ready);
    tcase_add_test(answers, a_server_that_answers_in_recovery_is_not_ready);
    tcase_add_test(answers, a_version_matches_by_its_parts);
    tcase_add_test(answers, identity_and_encoding_are_compared);
    tcase_add_test(answers, an_encoding_has_several_spellings);
    tcase_add_test(answers, each_database_must_be_there_and_take_connections);
    tcase_add_test(answers, a_server_that_stops_answering_is_an_error);
    suite_add_tcase(suite, answers);

    tcase_add_test(settings, settings_that_mean_nothing_are_faults);
    suite_add_tcase(suite, settings);
    return suite;
}
