/*
 * test_console.c: what people read: golden texts, and the promises that hold for every record.
 */
#include "reporters/reporters.h"
#include "tests/unit/reporters/records.h"
#include "tests/unit/suite.h"

#include "drills/common/text.h"
#include "reporters/lines.h"

static void rendered(struct rd_recorder *recorder, struct rd_buf *text)
{
    records_render(&rd_reporter_console, recorder, text);
    rd_recorder_free(recorder);
}

START_TEST(a_drill_that_passed)
{
    records_expect(&rd_reporter_console, records_passed(), "console-passed.txt");
}
END_TEST

START_TEST(a_drill_that_failed_names_every_cause_in_full)
{
    records_expect(&rd_reporter_console, records_failed(), "console-failed.txt");
}
END_TEST

START_TEST(a_drill_that_never_read_a_backup)
{
    records_expect(&rd_reporter_console, records_errored(), "console-errored.txt");
}
END_TEST

START_TEST(hostile_text_cannot_steer_the_terminal_or_forge_lines)
{
    records_expect(&rd_reporter_console, records_hostile(), "console-hostile.txt");
}
END_TEST

START_TEST(the_bytes_hold_no_escape_codes_and_are_utf8)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_REPORT_MAX);

    rendered(records_hostile(), &text);
    ck_assert(rd_text_is_utf8(text.data, text.length));
    for (size_t i = 0; i < text.length; i++)
        ck_assert_msg((unsigned char)text.data[i] >= ' ' || text.data[i] == '\n', "byte %zu", i);
}
END_TEST

START_TEST(lines_are_at_most_as_wide_as_promised)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_REPORT_MAX);
    char *rest = NULL;

    rendered(records_failed(), &text);
    for (char *line = strtok_r(text.data, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        ck_assert_msg(rd_lines_columns(line) <= RD_LINES_WIDTH, "%s", line);
}
END_TEST

START_TEST(the_first_and_the_last_line_tell_the_verdict)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_REPORT_MAX);

    rendered(records_failed(), &text);
    ck_assert_int_eq(strncmp(rd_buf_text(&text), "FAIL ", 5), 0);
    static const char last[] = "\nFAIL: 9 pass, 2 fail, 1 in error, 1 skipped\n";
    ck_assert_str_eq(rd_buf_text(&text) + text.length - strlen(last), last);
}
END_TEST

START_TEST(many_failures_are_counted_after_the_first)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_recorder *recorder = records_begin("orders-prod");
    struct rd_group *group = rd_record_group(recorder, "row_counts", "row_counts", true);

    for (int i = 0; i < 25; i++)
        rd_find(recorder, group, RD_FAIL, "table", "is empty");
    records_end(recorder);
    rendered(recorder, &text);
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), "FAIL   table (20)\n"));
    ck_assert_ptr_null(strstr(rd_buf_text(&text), "FAIL   table (21)\n"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), "and 5 more of verdict 'fail'"));
}
END_TEST

START_TEST(names_of_the_database_give_no_orders_to_the_ci_runner)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_recorder *recorder = records_begin("orders-prod");
    struct rd_group *group = rd_record_group(recorder, "sql", "sql", true);

    struct rd_finding *finding =
        rd_find(recorder, group, RD_FAIL, "a##[error]b ##vso[task.complete]", "::error::c::text");
    finding->detail = "::stop-commands::x\n \xc2\xa0 \xc2\xa0::error::y\nz::error::";
    finding->hint = "####";
    records_end(recorder);
    rendered(recorder, &text);
    ck_assert_ptr_null(strstr(rd_buf_text(&text), "##"));
    ck_assert_ptr_nonnull(
        strstr(rd_buf_text(&text), " a#\\x23[error]b #\\x23vso[task.complete]\n"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), "\n           :\\x3aerror::c::text\n"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), " detail    ::stop-commands::x\n"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), " \xc2\xa0 \xc2\xa0:\\x3aerror::y\n"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), "  z::error::\n"));
}
END_TEST

START_TEST(an_output_that_is_too_small_is_an_error)
{
    struct rd_recorder *recorder = records_failed();
    struct rd_err err = RD_ERR_INIT;

    for (size_t max = 0; max < 1000; max += 50) {
        RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(max);
        rd_err_clear(&err);
        ck_assert_int_eq(rd_reporter_console.render(rd_recorder_record(recorder), &text, &err),
                         RD_E_LIMIT);
    }
    rd_recorder_free(recorder);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("console");
    TCase *tests = tcase_create("console");

    tcase_add_test(tests, a_drill_that_passed);
    tcase_add_test(tests, a_drill_that_failed_names_every_cause_in_full);
    tcase_add_test(tests, a_drill_that_never_read_a_backup);
    tcase_add_test(tests, hostile_text_cannot_steer_the_terminal_or_forge_lines);
    tcase_add_test(tests, the_bytes_hold_no_escape_codes_and_are_utf8);
    tcase_add_test(tests, lines_are_at_most_as_wide_as_promised);
    tcase_add_test(tests, the_first_and_the_last_line_tell_the_verdict);
    tcase_add_test(tests, many_failures_are_counted_after_the_first);
    tcase_add_test(tests, names_of_the_database_give_no_orders_to_the_ci_runner);
    tcase_add_test(tests, an_output_that_is_too_small_is_an_error);
    suite_add_tcase(suite, tests);
    return suite;
}
