/*
 * test_record.c: record.json: golden documents, and that reading one back loses nothing.
 */
#include "reporters/reporters.h"
#include "tests/unit/reporters/records.h"
#include "tests/unit/suite.h"

enum { ARENA_MAX = 64 * 1024 * 1024 };

static struct rd_recorder *(*const samples[])(void) = {
    records_passed,
    records_failed,
    records_errored,
    records_hostile,
};

START_TEST(a_drill_that_failed)
{
    records_expect(&rd_reporter_record, records_failed(), "record-failed.json");
}
END_TEST

START_TEST(hostile_text_in_every_field)
{
    records_expect(&rd_reporter_record, records_hostile(), "record-hostile.json");
}
END_TEST

START_TEST(reading_and_writing_again_gives_the_same_bytes)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf first = RD_BUF_INIT(RD_REPORT_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf second = RD_BUF_INIT(RD_REPORT_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(ARENA_MAX);
    struct rd_recorder *recorder = samples[_i]();
    struct rd_record *record = NULL;
    struct rd_err err = RD_ERR_INIT;

    records_render(&rd_reporter_record, recorder, &first);
    rd_recorder_free(recorder);
    ck_assert_int_eq(rd_json_parse(first.data, first.length, 0, &json, &err), RD_OK);
    ck_assert_msg(rd_record_from_json(json, arena, &record, &err) == RD_OK, "%s: %s", err.message,
                  err.detail);
    ck_assert_int_eq(rd_reporter_record.render(record, &second, &err), RD_OK);
    ck_assert_str_eq(rd_buf_text(&second), rd_buf_text(&first));
}
END_TEST

START_TEST(a_record_that_was_read_back_renders_as_before)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(ARENA_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    struct rd_recorder *recorder = samples[_i]();
    struct rd_record *record = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_record_to_json(rd_recorder_record(recorder), &json, &err), RD_OK);
    ck_assert_int_eq(rd_record_from_json(json, arena, &record, &err), RD_OK);
    for (size_t i = 0; rd_reporters[i] != NULL; i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf first = RD_BUF_INIT(RD_REPORT_MAX);
        RD_CLEANUP(rd_buf_free) struct rd_buf second = RD_BUF_INIT(RD_REPORT_MAX);
        records_render(rd_reporters[i], recorder, &first);
        ck_assert_int_eq(rd_reporters[i]->render(record, &second, &err), RD_OK);
        ck_assert_str_eq(rd_buf_text(&second), rd_buf_text(&first));
    }
    rd_recorder_free(recorder);
}
END_TEST

START_TEST(the_table_of_reporters_is_fit_to_be_listed)
{
    for (size_t i = 0; rd_reporters[i] != NULL; i++) {
        ck_assert_ptr_nonnull(rd_reporters[i]->summary);
        ck_assert_ptr_nonnull(rd_reporters[i]->render);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(rd_reporters[i]->name, rd_reporters[j]->name);
    }
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("reporter record");
    TCase *tests = tcase_create("record");
    int count = (int)RD_COUNT(samples);

    tcase_add_test(tests, a_drill_that_failed);
    tcase_add_test(tests, hostile_text_in_every_field);
    tcase_add_loop_test(tests, reading_and_writing_again_gives_the_same_bytes, 0, count);
    tcase_add_loop_test(tests, a_record_that_was_read_back_renders_as_before, 0, count);
    tcase_add_test(tests, the_table_of_reporters_is_fit_to_be_listed);
    suite_add_tcase(suite, tests);
    return suite;
}
