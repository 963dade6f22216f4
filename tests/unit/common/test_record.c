/*
 * test_record.c: everything that was found is kept, told apart, and counted where it does not fit.
 */
#include "tests/unit/common/record_fixture.h"

START_TEST(every_verdict_has_its_word)
{
    static const char *const words[] = {"none", "pass", "fail", "error", "skip", "none"};

    for (int verdict = 0; verdict <= 5; verdict++)
        ck_assert_str_eq(rd_verdict_name(verdict), words[verdict]);
    ck_assert_str_eq(rd_verdict_name(-1), "none");
}
END_TEST

START_TEST(an_error_of_the_backup_is_a_fail_and_any_other_an_error)
{
    struct rd_group *only = group("restore");

    for (int code = RD_E_MEMORY; code >= RD_E_UNSUPPORTED; code--) {
        struct rd_err err = RD_ERR_INIT;
        rd_err_set(&err, code, "cannot restore");
        struct rd_finding *finding = rd_find_err(recorder, only, "data", &err);
        ck_assert_int_eq(finding->verdict, code == RD_E_BACKUP ? RD_FAIL : RD_ERROR);
        ck_assert_str_eq(finding->cause, rd_err_name(code));
        ck_assert_ptr_null(finding->hint);
    }
}
END_TEST

START_TEST(an_errors_message_detail_and_hint_are_kept)
{
    struct rd_err err = RD_ERR_INIT;

    rd_err_set(&err, RD_E_CHILD, "'pg_restore' failed with status 1");
    rd_err_detail(&err, "role \"app\" does not exist");
    rd_err_hint(&err, "Give the globals file.");
    struct rd_finding *finding = rd_find_err(recorder, group("restore"), "data", &err);
    rd_err_clear(&err);
    ck_assert_str_eq(finding->message, "'pg_restore' failed with status 1");
    ck_assert_str_eq(finding->detail, "role \"app\" does not exist");
    ck_assert_str_eq(finding->hint, "Give the globals file.");
}
END_TEST

START_TEST(subjects_that_are_taken_get_numbers_that_are_free)
{
    static const char *const given[] = {"a", "b", "a (2)", "a", "a", "a (2)", "b"};
    static const char *const kept[] = {"a", "b", "a (2)", "a (3)", "a (4)", "a (2) (2)", "b (2)"};
    struct rd_group *only = group("sql");

    for (size_t i = 0; i < RD_COUNT(given); i++)
        rd_find(recorder, only, RD_PASS, given[i], "is so");
    sealed();
    for (size_t i = 0; i < RD_COUNT(kept); i++)
        ck_assert_str_eq(finding_of(only, i)->subject, kept[i]);
}
END_TEST

START_TEST(subjects_that_differ_only_where_they_are_cut_or_cleaned_stay_apart)
{
    char endless[9000];
    struct rd_group *only = group("row_counts");

    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    rd_find(recorder, only, RD_PASS, endless, "is so");
    endless[sizeof(endless) - 2] = 'y';
    rd_find(recorder, only, RD_PASS, endless, "is so");
    rd_find(recorder, only, RD_PASS, "\xff", "is so");
    rd_find(recorder, only, RD_PASS, "\xfe", "is so");
    sealed();
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(finding_of(only, i)->subject, finding_of(only, j)->subject);
    }
}
END_TEST

START_TEST(a_finding_without_subject_is_about_its_check)
{
    struct rd_group *only = rd_record_group(recorder, "my checks", "sql", true);

    ck_assert_str_eq(rd_find(recorder, only, RD_PASS, "", "is so")->subject, "sql");
    ck_assert_str_eq(rd_find(recorder, only, RD_PASS, NULL, "is so")->subject, "sql");
}
END_TEST

START_TEST(names_of_groups_that_are_taken_get_numbers)
{
    ck_assert_str_eq(group("sql")->name, "sql");
    ck_assert_str_eq(group("sql")->name, "sql-2");
    ck_assert_str_eq(group("sql-3")->name, "sql-3");
    ck_assert_str_eq(group("sql")->name, "sql-4");
    ck_assert_str_eq(group("sql-2")->name, "sql-2-2");
}
END_TEST

START_TEST(names_of_groups_stay_apart_where_they_are_cut)
{
    char endless[9000];

    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    struct rd_group *first = group(endless);
    ck_assert_str_ne(group(endless)->name, first->name);
}
END_TEST

START_TEST(a_limit_that_several_name_is_told_once)
{
    for (int i = 0; i < 3; i++)
        rd_record_limit(recorder, "Collations are not %s.", i < 2 ? "compared" : "known");
    ck_assert_uint_eq(record->limits.count, 2);
}
END_TEST

START_TEST(a_group_takes_findings_after_others_were_opened)
{
    struct rd_group *first = group("restore");
    char name[20];

    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "check%d", i);
        rd_find(recorder, group(name), RD_PASS, "a", "is so");
    }
    rd_find(recorder, first, RD_FAIL, "server log", "has a PANIC");
    sealed();
    ck_assert_int_eq(record->verdict, RD_FAIL);
    ck_assert_int_ge(first->duration_ms, 1);
}
END_TEST

START_TEST(findings_beyond_the_maximum_are_counted_and_still_fail)
{
    struct rd_group *only = group("foreign_keys");

    for (int i = 0; i < RD_FINDINGS_MAX + 10; i++)
        rd_find(recorder, only, RD_FAIL, "key", "is broken")->hint = "Look.";
    rd_find(recorder, only, RD_PASS, "key", "is whole");
    rd_find(recorder, only, 0, "key", "is unknown");
    sealed();
    ck_assert_uint_eq(only->findings.count, RD_FINDINGS_MAX);
    const struct rd_finding *last = finding_of(only, RD_FINDINGS_MAX - 1);
    ck_assert_int_eq(last->verdict, RD_FAIL);
    ck_assert_str_eq(last->subject, "further findings");
    ck_assert_str_eq(last->message,
                     "13 more are not listed: 11 fail, 1 in error, 1 pass, 0 skipped");
    ck_assert_int_eq(record->verdict, RD_FAIL);
}
END_TEST

START_TEST(what_passes_leaves_room_for_what_does_not)
{
    struct rd_group *only = group("row_counts");

    for (int i = 0; i < RD_FINDINGS_MAX; i++)
        rd_find(recorder, only, RD_PASS, "table", "is whole");
    ck_assert_str_eq(rd_find(recorder, only, RD_FAIL, "orders", "is empty")->subject, "orders");
    sealed();
    ck_assert_uint_eq(only->findings.count, RD_FINDINGS_MAX / 4 * 3 + 1);
    ck_assert_int_eq(finding_of(only, only->findings.count - 1)->verdict, RD_PASS);
    ck_assert_str_eq(record->reason, "1 finding fails: row_counts orders");
}
END_TEST

START_TEST(all_groups_share_the_room_of_the_record)
{
    static const char *const names[] = {"one", "two", "three"};
    size_t listed = 0;

    for (size_t i = 0; i < RD_COUNT(names); i++) {
        struct rd_group *each = group(names[i]);
        for (int j = 0; j < RD_FINDINGS_MAX; j++)
            rd_find(recorder, each, RD_FAIL, "table", "is empty");
    }
    sealed();
    for (size_t i = 0; i < RD_COUNT(names); i++) {
        const struct rd_group *each = (const struct rd_group *)record->groups.items + i;
        ck_assert_int_eq(each->verdict, RD_FAIL);
        listed += each->findings.count;
    }
    ck_assert_uint_eq(listed, RD_RECORD_FINDINGS_MAX + RD_COUNT(names));
}
END_TEST

START_TEST(more_groups_than_fit_make_the_record_incomplete)
{
    char name[20];

    for (int i = 0; i <= RD_GROUPS_MAX; i++) {
        snprintf(name, sizeof(name), "check%d", i);
        rd_find(recorder, group(name), RD_PASS, "a", "is so");
    }
    refused(RD_E_LIMIT);
}
END_TEST

START_TEST(files_of_a_backup_beyond_the_maximum_are_counted)
{
    record->backup->name = "orders.dir";
    for (int i = 0; i < RD_BACKUP_FILES_MAX + 3; i++)
        rd_record_backup_file(recorder, "1.dat", 10, SHA256, false);
    rd_record_backup_file(recorder, "globals.sql", 10, SHA256, true);
    ck_assert_uint_eq(record->backup->files.count, RD_BACKUP_FILES_MAX + 1);
    ck_assert_int_eq(record->backup->files_unlisted, 3);
}
END_TEST

START_TEST(phases_follow_one_another_and_take_time)
{
    rd_record_phase(recorder, "locate");
    rd_record_phase(recorder, "restore");
    rd_record_phase(recorder, "restore");
    rd_record_phase(recorder, NULL);
    rd_record_phase(recorder, NULL);
    rd_record_phase(recorder, "restore");
    sealed();
    const struct rd_phase *phases = record->phases.items;
    ck_assert_uint_eq(record->phases.count, 3);
    ck_assert_str_eq(phases[0].name, "locate");
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_ge(phases[i].duration_ms, 1);
}
END_TEST

START_TEST(evidence_has_the_age_that_it_had_at_the_incident)
{
    record->rpo->incident_us = RD_ABSENT;
    rd_record_evidence(recorder, "file name", started_us - 1500001, true, NULL);
    rd_record_evidence(recorder, "newest row", started_us + 2000, true, "later");
    const struct rd_evidence *evidence = record->rpo->evidence.items;
    ck_assert_int_eq(evidence[0].age_ms, RD_ABSENT);
    record->rpo->incident_us = started_us;
    sealed();
    ck_assert_int_eq(evidence[0].age_ms, 1501);
    ck_assert_int_eq(evidence[1].age_ms, -2);
}
END_TEST

START_TEST(a_time_that_no_calendar_knows_never_counts)
{
    static const int64_t times[] = {RD_ABSENT, INT64_MAX, -62135596800000001, 253402300800000000};

    rd_record_evidence(recorder, "newest row", times[_i], true, NULL);
    const struct rd_evidence *evidence = record->rpo->evidence.items;
    ck_assert(!evidence->counted);
    ck_assert_int_eq(evidence->at_us, RD_ABSENT);
    ck_assert_int_eq(evidence->age_ms, RD_ABSENT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("record");
    TCase *tests = tcase_create("record");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, every_verdict_has_its_word);
    tcase_add_test(tests, an_error_of_the_backup_is_a_fail_and_any_other_an_error);
    tcase_add_test(tests, an_errors_message_detail_and_hint_are_kept);
    tcase_add_test(tests, subjects_that_are_taken_get_numbers_that_are_free);
    tcase_add_test(tests, subjects_that_differ_only_where_they_are_cut_or_cleaned_stay_apart);
    tcase_add_test(tests, a_finding_without_subject_is_about_its_check);
    tcase_add_test(tests, names_of_groups_that_are_taken_get_numbers);
    tcase_add_test(tests, names_of_groups_stay_apart_where_they_are_cut);
    tcase_add_test(tests, a_limit_that_several_name_is_told_once);
    tcase_add_test(tests, a_group_takes_findings_after_others_were_opened);
    tcase_add_test(tests, findings_beyond_the_maximum_are_counted_and_still_fail);
    tcase_add_test(tests, what_passes_leaves_room_for_what_does_not);
    tcase_add_test(tests, all_groups_share_the_room_of_the_record);
    tcase_add_test(tests, more_groups_than_fit_make_the_record_incomplete);
    tcase_add_test(tests, files_of_a_backup_beyond_the_maximum_are_counted);
    tcase_add_test(tests, phases_follow_one_another_and_take_time);
    tcase_add_test(tests, evidence_has_the_age_that_it_had_at_the_incident);
    tcase_add_loop_test(tests, a_time_that_no_calendar_knows_never_counts, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
