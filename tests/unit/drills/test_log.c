/*
 * test_log.c: what redrill tells on stderr: for people, for machines, and for neither terminals nor
 * CI runners to obey.
 */
#include "drills/log.h"

#include <string.h>
#include <unistd.h>

#include "drills/common/json.h"
#include "tests/unit/suite.h"

static char told[64 * 1024];
static FILE *captured;
static int terminal;

static void setup(void)
{
    fflush(stderr);
    terminal = dup(STDERR_FILENO);
    captured = tmpfile();
    ck_assert_ptr_nonnull(captured);
    ck_assert_int_ge(dup2(fileno(captured), STDERR_FILENO), 0);
    rd_log_setup(false, false);
}

static void teardown(void)
{
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    fclose(captured);
}

/* What was told since the test began. */
static const char *read_back(void)
{
    fflush(stderr);
    rewind(captured);
    size_t length = fread(told, 1, sizeof(told) - 1, captured);
    told[length] = '\0';
    return told;
}

START_TEST(progress_and_warnings_are_a_line_each)
{
    rd_log_progress("restoring %d tables", 3);
    rd_log_warning("the disk is nearly full");
    ck_assert_str_eq(read_back(),
                     "redrill: restoring 3 tables\nredrill: warning: the disk is nearly full\n");
}
END_TEST

START_TEST(quiet_leaves_out_progress_and_nothing_else)
{
    struct rd_err err = RD_ERR_INIT;

    rd_log_setup(true, false);
    rd_err_set(&err, RD_E_SYSTEM, "it broke");
    rd_log_progress("unheard");
    rd_log_warning("heard");
    rd_log_fault("$.name", "is empty");
    rd_log_error(&err);
    ck_assert_str_eq(read_back(), "redrill: warning: heard\nredrill: error: $.name: is empty\n"
                                  "redrill: error: it broke\n");
}
END_TEST

START_TEST(an_error_has_its_detail_and_hint_below_it)
{
    struct rd_err err = RD_ERR_INIT;

    rd_err_set(&err, RD_E_CHILD, "'psql' failed");
    rd_err_detail(&err, "first line\nsecond line");
    rd_err_hint(&err, "Look into it.");
    rd_log_error(&err);
    ck_assert_str_eq(read_back(), "redrill: error: 'psql' failed\n  detail: first line\n"
                                  "    second line\n  hint: Look into it.\n");
}
END_TEST

START_TEST(a_line_break_in_a_name_makes_no_second_line)
{
    rd_log_progress("checking %s", "a\nredrill: drill passed");
    ck_assert_str_eq(read_back(), "redrill: checking a\\nredrill: drill passed\n");
}
END_TEST

START_TEST(terminals_and_runners_get_no_orders)
{
    struct rd_err err = RD_ERR_INIT;

    rd_log_progress("checking \033[2J ##vso[task.complete] ##[add-mask] a::b");
    rd_err_set(&err, RD_E_CHILD, "::set-env");
    rd_err_detail(&err, "x\n::error::y\n \t \xc2\xa0::z\nname::with");
    rd_log_error(&err);
    const char *text = read_back();
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_null(strstr(text, "##"));
    ck_assert_ptr_null(strstr(text, "    ::"));
    ck_assert_ptr_null(strstr(text, "\xa0::"));
    ck_assert_ptr_nonnull(strstr(text, "#\\x23vso[task.complete]") != NULL
                              ? text
                              : strstr(text, "\\x23#vso[task.complete]"));
    ck_assert_ptr_nonnull(strstr(text, "a::b"));
    ck_assert_ptr_nonnull(strstr(text, "name::with"));
}
END_TEST

START_TEST(a_run_of_hashes_holds_no_pair)
{
    rd_log_progress("%s", "#####[x]");
    ck_assert_ptr_null(strstr(read_back(), "##"));
    ck_assert_ptr_nonnull(strstr(told, "[x]"));
}
END_TEST

START_TEST(for_machines_every_line_is_an_object)
{
    struct rd_err err = RD_ERR_INIT;
    RD_CLEANUP(rd_json_freep) struct rd_json *line = NULL;

    rd_log_setup(false, true);
    rd_err_set(&err, RD_E_CHILD, "'psql' \"failed\"");
    rd_err_detail(&err, "one\ntwo ##[x]");
    rd_err_hint(&err, "Look into it.");
    rd_log_error(&err);
    const char *text = read_back();
    ck_assert_uint_eq(strcspn(text, "\n"), strlen(text) - 1);
    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &line, NULL), RD_OK);
    ck_assert_str_eq(rd_json_text(rd_json_get(line, "level")), "error");
    ck_assert_str_eq(rd_json_text(rd_json_get(line, "message")), "'psql' \"failed\"");
    ck_assert_int_eq(strncmp(rd_json_text(rd_json_get(line, "detail")), "one\ntwo ", 8), 0);
    ck_assert_str_eq(rd_json_text(rd_json_get(line, "hint")), "Look into it.");
    ck_assert_uint_eq(strlen(rd_json_text(rd_json_get(line, "at"))), 24);
    ck_assert_ptr_null(strstr(text, "##"));
}
END_TEST

START_TEST(progress_for_machines_has_its_level_and_nothing_empty)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *line = NULL;

    rd_log_setup(false, true);
    rd_log_progress("on \xff its way");
    const char *text = read_back();
    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &line, NULL), RD_OK);
    ck_assert_str_eq(rd_json_text(rd_json_get(line, "level")), "progress");
    ck_assert_str_eq(rd_json_text(rd_json_get(line, "message")), "on \xef\xbf\xbd its way");
    ck_assert_ptr_null(rd_json_get(line, "detail"));
    ck_assert_ptr_null(rd_json_get(line, "hint"));
}
END_TEST

START_TEST(the_longest_error_is_told_whole)
{
    struct rd_err err = RD_ERR_INIT;

    memset(err.detail, '\1', sizeof(err.detail) - 1);
    rd_err_set(&err, RD_E_CHILD, "x");
    memset(err.detail, '\1', sizeof(err.detail) - 1);
    rd_log_error(&err);
    const char *text = read_back();
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, "\\x01")) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, sizeof(err.detail) - 1);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("log");
    TCase *lines = tcase_create("lines");

    tcase_add_checked_fixture(lines, setup, teardown);
    tcase_add_test(lines, progress_and_warnings_are_a_line_each);
    tcase_add_test(lines, quiet_leaves_out_progress_and_nothing_else);
    tcase_add_test(lines, an_error_has_its_detail_and_hint_below_it);
    tcase_add_test(lines, a_line_break_in_a_name_makes_no_second_line);
    tcase_add_test(lines, terminals_and_runners_get_no_orders);
    tcase_add_test(lines, a_run_of_hashes_holds_no_pair);
    tcase_add_test(lines, for_machines_every_line_is_an_object);
    tcase_add_test(lines, progress_for_machines_has_its_level_and_nothing_empty);
    tcase_add_test(lines, the_longest_error_is_told_whole);
    suite_add_tcase(suite, lines);
    return suite;
}
