/*
 * test_record_seal.c: what was found becomes a verdict, and nothing unclear ever becomes a pass.
 */
#include "tests/unit/common/record_fixture.h"

/* Findings of two required groups and one that is not; the drill's verdict and reason. */
static const struct {
    int first, second, optional;
    int verdict;
    const char *reason;
} outcomes[] = {
    {RD_PASS, RD_PASS, RD_PASS, RD_PASS, "every required check passed: 2 findings pass"},
    {RD_PASS, RD_SKIP, RD_PASS, RD_PASS,
     "every required check passed: 1 finding passes, 1 is skipped"},
    {RD_PASS, RD_PASS, RD_FAIL, RD_PASS,
     "every required check passed: 2 findings pass; of checks that are not required 1 finding does "
     "not pass"},
    {RD_FAIL, RD_PASS, RD_PASS, RD_FAIL, "1 finding fails: one a"},
    {RD_FAIL, RD_FAIL, RD_PASS, RD_FAIL, "2 findings fail: one a, two b"},
    {RD_ERROR, RD_FAIL, RD_PASS, RD_FAIL, "1 finding fails: two b; 1 is in error"},
    {RD_PASS, RD_ERROR, RD_PASS, RD_ERROR, "1 finding is in error: two b"},
    {RD_SKIP, RD_SKIP, RD_PASS, RD_ERROR, "no required check passed: 2 findings are skipped"},
    {RD_PASS, 0, RD_PASS, RD_ERROR, "1 finding is in error: two b"},
    {RD_PASS, 5, RD_PASS, RD_ERROR, "1 finding is in error: two b"},
    {RD_PASS, -1, RD_PASS, RD_ERROR, "1 finding is in error: two b"},
};

START_TEST(the_required_findings_decide)
{
    rd_find(recorder, group("one"), outcomes[_i].first, "a", "is so");
    rd_find(recorder, group("two"), outcomes[_i].second, "b", "is so");
    rd_find(recorder, rd_record_group(recorder, "three", "three", false), outcomes[_i].optional,
            "c", "is so");
    sealed();
    ck_assert_int_eq(record->verdict, outcomes[_i].verdict);
    ck_assert_str_eq(record->reason, outcomes[_i].reason);
}
END_TEST

START_TEST(a_record_without_any_group_is_an_error)
{
    sealed();
    ck_assert_int_eq(record->verdict, RD_ERROR);
    ck_assert_str_eq(record->reason, "nothing was examined");
}
END_TEST

START_TEST(a_group_without_findings_is_an_error_that_shows)
{
    struct rd_group *empty = group("row_counts");

    rd_find(recorder, group("ready"), RD_PASS, "server", "accepts queries");
    sealed();
    ck_assert_int_eq(empty->verdict, RD_ERROR);
    ck_assert_str_eq(finding_of(empty, 0)->message, "nothing was examined");
    ck_assert_int_eq(record->verdict, RD_ERROR);
    ck_assert_int_eq(record->counts->errors, 1);
}
END_TEST

START_TEST(a_skip_without_a_reason_is_an_error)
{
    struct rd_group *only = group("migrations");

    rd_find(recorder, only, RD_SKIP, "prisma", "%s", "");
    sealed();
    ck_assert_int_eq(finding_of(only, 0)->verdict, RD_ERROR);
    ck_assert_str_eq(finding_of(only, 0)->message, "skipped without a reason");
}
END_TEST

START_TEST(a_verdict_taken_back_is_an_error)
{
    struct rd_group *only = group("sql");

    rd_find(recorder, only, RD_PASS, "query", "is so")->verdict = 0;
    sealed();
    ck_assert_int_eq(only->verdict, RD_ERROR);
    ck_assert_str_eq(finding_of(only, 0)->detail, "the check gave no verdict");
}
END_TEST

START_TEST(the_reason_names_three_causes_and_counts_the_rest)
{
    struct rd_group *only = group("foreign_keys");

    for (int i = 0; i < 5; i++)
        rd_find(recorder, only, RD_FAIL, rd_record_text(recorder, "key%d", i), "is broken");
    sealed();
    ck_assert_str_eq(record->reason, "5 findings fail: foreign_keys key0, foreign_keys key1, "
                                     "foreign_keys key2 and 2 more");
}
END_TEST

START_TEST(counts_hold_all_groups)
{
    rd_find(recorder, group("one"), RD_PASS, "a", "is so");
    rd_find(recorder, group("two"), RD_FAIL, "b", "is not so");
    rd_find(recorder, rd_record_group(recorder, "three", "three", false), RD_SKIP, "c", "is none");
    group("four");
    sealed();
    ck_assert_int_eq(record->counts->passed, 1);
    ck_assert_int_eq(record->counts->failed, 1);
    ck_assert_int_eq(record->counts->errors, 1);
    ck_assert_int_eq(record->counts->skipped, 1);
}
END_TEST

START_TEST(an_objective_that_nobody_judged_is_an_error_where_there_is_a_target)
{
    record->rpo->target_ms = 1000;
    rd_find(recorder, group("ready"), RD_FAIL, "server", "is in recovery");
    sealed();
    ck_assert_int_eq(record->rpo->verdict, RD_ERROR);
    ck_assert_int_eq(record->rto->verdict, RD_SKIP);
}
END_TEST

START_TEST(a_pass_with_an_objective_that_is_not_met_is_refused)
{
    static const int verdicts[] = {0, RD_FAIL, RD_ERROR};

    (_i < 3 ? (record->rpo->target_ms = 1000) : (record->rto->target_ms = 1000));
    *(_i < 3 ? &record->rpo->verdict : &record->rto->verdict) = verdicts[_i % 3];
    rd_find(recorder, group("ready"), RD_PASS, "server", "accepts queries");
    refused(RD_E_ARGUMENT);
}
END_TEST

START_TEST(a_record_that_lacks_what_identifies_it_is_refused)
{
    const char **required[] = {&record->drill->id, &record->drill->plan_name,
                               &record->drill->plan_sha256, &record->tool->version};

    rd_find(recorder, group("ready"), RD_PASS, "server", "accepts queries");
    if (_i < 4)
        *required[_i] = NULL;
    else
        record->drill->started_us = RD_ABSENT;
    refused(RD_E_ARGUMENT);
}
END_TEST

START_TEST(a_sealed_record_takes_nothing)
{
    struct rd_group *only = group("ready");

    rd_find(recorder, only, RD_PASS, "server", "accepts queries");
    sealed();
    size_t limits = record->limits.count;
    rd_find(recorder, only, RD_FAIL, "server", "is gone")->hint = "Look.";
    rd_find(recorder, group("late"), RD_FAIL, "server", "is gone");
    rd_record_limit(recorder, "late");
    rd_record_phase(recorder, "late");
    rd_record_evidence(recorder, "late", started_us, true, NULL);
    rd_record_backup_file(recorder, "late", 1, SHA256, true);
    ck_assert_uint_eq(only->findings.count, 1);
    ck_assert_uint_eq(record->groups.count, 1);
    ck_assert_uint_eq(record->limits.count, limits);
    ck_assert_uint_eq(record->phases.count, 0);
    ck_assert_uint_eq(record->rpo->evidence.count, 0);
    refused(RD_E_ARGUMENT);
}
END_TEST

START_TEST(parts_that_nobody_filled_are_absent)
{
    rd_find(recorder, group("ready"), RD_PASS, "server", "accepts queries");
    sealed();
    ck_assert_ptr_null(record->subject);
    ck_assert_ptr_null(record->backup);
    ck_assert_ptr_null(record->instance);
    ck_assert_uint_eq(record->limits.count, 1);
    ck_assert_ptr_nonnull(strstr(record->limits.items[0], "No backup was read"));
}
END_TEST

START_TEST(a_clock_that_was_set_back_is_told)
{
    record->drill->started_us = finished_us + 1;
    rd_find(recorder, group("ready"), RD_PASS, "server", "accepts queries");
    sealed();
    ck_assert_ptr_nonnull(strstr(record->limits.items[0], "clock was set back"));
}
END_TEST

/* Everything that a drill does with its recorder. */
static int drill_within(size_t max)
{
    struct rd_recorder *small = rd_recorder_new_within(max);
    struct rd_err err = RD_ERR_INIT;

    if (small == NULL)
        return RD_E_MEMORY;
    struct rd_record *of = rd_recorder_record(small);
    of->drill->id = "id";
    of->drill->plan_name = "orders";
    of->drill->plan_sha256 = SHA256;
    of->drill->started_us = started_us;
    of->rpo->incident_us = started_us;
    of->backup->name = "orders.dump\xff";
    rd_record_phase(small, "locate");
    rd_record_evidence(small, "file name", started_us - 1000, true, "a note");
    rd_record_backup_file(small, "globals.sql", 10, SHA256, true);
    rd_err_set(&err, RD_E_CHILD, "'psql' failed");
    rd_err_detail(&err, "out of memory");
    rd_err_hint(&err, "Buy some.");
    for (int i = 0; i < 3; i++) {
        struct rd_group *one = rd_record_group(small, "sql", "sql", true);
        rd_find(small, one, RD_PASS, "query", "is so")->actual = rd_record_text(small, "%d", i);
        rd_find(small, one, RD_PASS, "query", "is so");
        rd_find_err(small, one, "query", &err);
        rd_record_group_end(small, one);
        rd_record_limit(small, "not %d", i);
    }
    rd_record_phase(small, "restore");
    rd_err_clear(&err);
    int code = rd_record_seal(small, finished_us, &err);
    ck_assert(code == RD_OK || err.message[0] != '\0');
    if (code == RD_OK)
        ck_assert_int_eq(of->verdict, RD_ERROR);
    rd_recorder_free(small);
    return code;
}

START_TEST(lost_memory_at_any_point_is_told_when_the_record_is_sealed)
{
    size_t whole = 1024 * 1024;
    size_t enough = 0;

    ck_assert_int_eq(drill_within(whole), RD_OK);
    while (whole - enough > 1) {
        size_t middle = (whole + enough) / 2;
        if (drill_within(middle) == RD_OK)
            whole = middle;
        else
            enough = middle;
    }
    /* `whole` is what this drill needs to the byte; with less it must not come through. */
    for (size_t less = 1; less <= 6000 && less < whole; less++)
        ck_assert_int_ne(drill_within(whole - less), RD_OK);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("record seal");
    TCase *tests = tcase_create("record seal");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, the_required_findings_decide, 0, (int)RD_COUNT(outcomes));
    tcase_add_test(tests, a_record_without_any_group_is_an_error);
    tcase_add_test(tests, a_group_without_findings_is_an_error_that_shows);
    tcase_add_test(tests, a_skip_without_a_reason_is_an_error);
    tcase_add_test(tests, a_verdict_taken_back_is_an_error);
    tcase_add_test(tests, the_reason_names_three_causes_and_counts_the_rest);
    tcase_add_test(tests, counts_hold_all_groups);
    tcase_add_test(tests, an_objective_that_nobody_judged_is_an_error_where_there_is_a_target);
    tcase_add_loop_test(tests, a_pass_with_an_objective_that_is_not_met_is_refused, 0, 6);
    tcase_add_loop_test(tests, a_record_that_lacks_what_identifies_it_is_refused, 0, 5);
    tcase_add_test(tests, a_sealed_record_takes_nothing);
    tcase_add_test(tests, parts_that_nobody_filled_are_absent);
    tcase_add_test(tests, a_clock_that_was_set_back_is_told);
    tcase_add_test(tests, lost_memory_at_any_point_is_told_when_the_record_is_sealed);
    suite_add_tcase(suite, tests);
    return suite;
}
