/*
 * test_audit.c: the statement has the members of in-toto Statement v1 and no others, and its
 * subjects are what a verifier can match.
 */
#include "reporters/reporters.h"
#include "tests/unit/reporters/records.h"
#include "tests/unit/suite.h"

#define OTHER_SHA256 "b5c54a2acc60d52d09b500e5fa50a42b3e294314b472e89268ee5e7a415d3947"

/* The statement about a record, which is freed. */
static struct rd_json *stated(struct rd_recorder *recorder)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf bytes = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_json *json = NULL;
    struct rd_err err = RD_ERR_INIT;

    records_render(&rd_reporter_audit, recorder, &bytes);
    rd_recorder_free(recorder);
    ck_assert_msg(rd_json_parse(bytes.data, bytes.length, 0, &json, &err) == RD_OK, "%s",
                  err.message);
    return json;
}

static const char *text_at(const struct rd_json *json, const char *pointer)
{
    const char *text = rd_json_text(rd_json_at(json, pointer));

    ck_assert_msg(text != NULL, "nothing at %s", pointer);
    return text;
}

START_TEST(the_statement_about_a_failed_drill)
{
    records_expect(&rd_reporter_audit, records_failed(), "audit-failed.json");
}
END_TEST

START_TEST(the_statement_is_one_line_with_four_members)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf bytes = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_recorder *recorder = records_passed();

    records_render(&rd_reporter_audit, recorder, &bytes);
    rd_recorder_free(recorder);
    ck_assert_ptr_null(strchr(bytes.data, '\n'));

    RD_CLEANUP(rd_json_freep) struct rd_json *json = stated(records_passed());
    ck_assert_uint_eq(rd_json_count(json), 4);
    ck_assert_str_eq(text_at(json, "/_type"), "https://in-toto.io/Statement/v1");
    ck_assert_str_eq(text_at(json, "/predicateType"), RD_PREDICATE_TYPE);
    ck_assert_str_eq(text_at(json, "/predicate/format"), RD_RECORD_FORMAT);
}
END_TEST

START_TEST(the_backup_comes_first_and_side_files_follow)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = stated(records_passed());

    ck_assert_uint_eq(rd_json_count(rd_json_get(json, "subject")), 2);
    ck_assert_str_eq(text_at(json, "/subject/0/name"), "backups/orders-2025-11-16.sql.gz");
    ck_assert_str_eq(text_at(json, "/subject/0/digest/sha256"), RECORDS_SHA256);
    ck_assert_uint_eq(rd_json_count(rd_json_at(json, "/subject/0")), 2);
    ck_assert_str_eq(text_at(json, "/subject/1/name"), "backups/globals.sql");
}
END_TEST

START_TEST(without_a_backup_the_subject_is_the_plan_and_the_record_says_so)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = stated(records_errored());

    ck_assert_uint_eq(rd_json_count(rd_json_get(json, "subject")), 1);
    ck_assert_str_eq(text_at(json, "/subject/0/name"), "plan:orders-prod");
    ck_assert_str_eq(text_at(json, "/subject/0/digest/sha256"), RECORDS_PLAN_SHA256);
    ck_assert_ptr_nonnull(strstr(text_at(json, "/predicate/limits/0"), "No backup was read"));
}
END_TEST

START_TEST(a_backup_that_was_not_read_to_its_end_is_no_subject)
{
    struct rd_recorder *recorder = records_begin("orders-prod");

    rd_recorder_record(recorder)->backup->name = "backups/orders.sql.gz";
    rd_record_backup_file(recorder, "backups/globals.sql", 1, OTHER_SHA256, true);
    records_end(recorder);

    RD_CLEANUP(rd_json_freep) struct rd_json *json = stated(recorder);
    ck_assert_uint_eq(rd_json_count(rd_json_get(json, "subject")), 1);
    ck_assert_str_eq(text_at(json, "/subject/0/name"), "plan:orders-prod");
    ck_assert_str_eq(text_at(json, "/predicate/backup/name"), "backups/orders.sql.gz");
}
END_TEST

START_TEST(subjects_that_share_a_name_get_numbers)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = stated(records_hostile());
    const char *name = text_at(json, "/subject/0/name");

    for (int number = 2; number <= 3; number++) {
        char pointer[40], want[200];
        snprintf(pointer, sizeof(pointer), "/subject/%d/name", number);
        snprintf(want, sizeof(want), "%s (%d)", name, number);
        ck_assert_str_eq(text_at(json, pointer), want);
    }
}
END_TEST

START_TEST(a_folder_with_many_files_keeps_its_side_files_and_the_limit)
{
    struct rd_recorder *recorder = records_begin("orders-prod");
    struct rd_backup *backup = rd_recorder_record(recorder)->backup;

    backup->name = "backups/orders.dir";
    backup->sha256 = RECORDS_SHA256;
    for (int i = 0; i < 1500; i++)
        rd_record_backup_file(recorder, rd_record_text(recorder, "%d.dat.gz", i), 1, OTHER_SHA256,
                              false);
    rd_record_backup_file(recorder, "backups/globals.sql", 1, OTHER_SHA256, true);
    rd_find(recorder, rd_record_group(recorder, "restore", "restore", true), RD_PASS, "data",
            "is complete");
    records_end(recorder);

    RD_CLEANUP(rd_json_freep) struct rd_json *json = stated(recorder);
    ck_assert_uint_eq(rd_json_count(rd_json_get(json, "subject")), 1024);
    ck_assert_str_eq(text_at(json, "/subject/1/name"), "backups/globals.sql");
    ck_assert_str_eq(text_at(json, "/subject/2/name"), "backups/orders.dir/0.dat.gz");
    ck_assert_uint_eq(rd_json_count(rd_json_at(json, "/predicate/backup/files")), 1501);
}
END_TEST

START_TEST(what_is_no_digest_is_refused)
{
    static const char *const wrong[] = {
        "", "40781f5b",
        "40781F5B00047342D9A11689153214ADD58C84598B71D8D9427C5DFC0BD"
        "9FF88",
        RECORDS_SHA256 "00"};
    RD_CLEANUP(rd_buf_free) struct rd_buf bytes = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_recorder *recorder = records_passed();
    struct rd_err err = RD_ERR_INIT;

    rd_recorder_record(recorder)->backup->sha256 = wrong[_i];
    ck_assert_int_eq(rd_reporter_audit.render(rd_recorder_record(recorder), &bytes, &err),
                     RD_E_FORMAT);
    ck_assert_uint_eq(bytes.length, 0);
    rd_recorder_free(recorder);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("audit");
    TCase *tests = tcase_create("audit");

    tcase_add_test(tests, the_statement_about_a_failed_drill);
    tcase_add_test(tests, the_statement_is_one_line_with_four_members);
    tcase_add_test(tests, the_backup_comes_first_and_side_files_follow);
    tcase_add_test(tests, without_a_backup_the_subject_is_the_plan_and_the_record_says_so);
    tcase_add_test(tests, a_backup_that_was_not_read_to_its_end_is_no_subject);
    tcase_add_test(tests, subjects_that_share_a_name_get_numbers);
    tcase_add_test(tests, a_folder_with_many_files_keeps_its_side_files_and_the_limit);
    tcase_add_loop_test(tests, what_is_no_digest_is_refused, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
