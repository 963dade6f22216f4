/*
 * test_secret.c: secrets come from where they are kept, or not at all, and errors do not tell them.
 */
#include "drills/common/secret.h"

#include <stdio.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

static struct rd_err err;
static struct rd_buf out;
static struct rd_deadline deadline;

static void set_up(void)
{
    rd_err_clear(&err);
    test_folder_make();
    out = (struct rd_buf)RD_BUF_INIT(RD_SECRET_MAX);
    deadline = rd_deadline_in_ms(10000, -1);
}

static void tear_down(void)
{
    rd_buf_free(&out);
    test_folder_remove();
}

static int reveal(struct rd_secret secret)
{
    return rd_secret_reveal(&secret, test_folder, &deadline, &out, &err);
}

static void put(const char *name, const char *data, size_t length)
{
    ck_assert_int_eq(rd_file_write(name, data, length, 0600, &err), RD_OK);
}

/* A program of the shell in the test's folder. */
static void put_program(const char *name, const char *commands)
{
    char text[1000];

    int length = snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", commands);
    ck_assert_int_eq(rd_file_write(name, text, (size_t)length, 0700, &err), RD_OK);
}

static int run(const char *first, const char *second)
{
    const char *items[] = {first, second};

    return reveal((struct rd_secret){.exec = {.count = second != NULL ? 2 : 1, .items = items}});
}

/* Nothing of the value is left where it could be read. */
static void assert_wiped(void)
{
    ck_assert_ptr_null(out.data);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_uint_eq(out.max, RD_SECRET_MAX);
    ck_assert_ptr_null(strstr(err.message, "hunter2"));
    ck_assert_ptr_null(strstr(err.detail, "hunter2"));
    ck_assert_ptr_null(strstr(err.hint, "hunter2"));
}

START_TEST(a_literal_is_the_value_itself)
{
    ck_assert_int_eq(reveal((struct rd_secret){.literal = "plain\n"}), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "plain\n");
    ck_assert_int_eq(reveal((struct rd_secret){.literal = ""}), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "");
}
END_TEST

START_TEST(a_variable_is_taken_as_it_is)
{
    setenv("RD_TEST_SECRET", "hunter2\n", true);
    rd_buf_puts(&out, "what was there before");
    ck_assert_int_eq(reveal((struct rd_secret){.env = "RD_TEST_SECRET"}), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "hunter2\n");
}
END_TEST

START_TEST(a_variable_that_is_unset_or_empty_is_an_error)
{
    unsetenv("RD_TEST_SECRET");
    ck_assert_int_eq(reveal((struct rd_secret){.env = "RD_TEST_SECRET"}), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "environment variable 'RD_TEST_SECRET' is not set");
    ck_assert_str_ne(err.hint, "");
    assert_wiped();
    rd_err_clear(&err);
    setenv("RD_TEST_SECRET", "", true);
    ck_assert_int_eq(reveal((struct rd_secret){.env = "RD_TEST_SECRET"}), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "the secret from 'RD_TEST_SECRET' is empty");
}
END_TEST

START_TEST(a_file_loses_one_newline_at_its_end)
{
    static const struct {
        const char *file;
        const char *value;
    } files[] = {{"hunter2", "hunter2"},
                 {"hunter2\n", "hunter2"},
                 {"hunter2\n\n", "hunter2\n"},
                 {" two\nlines ", " two\nlines "}};

    for (size_t i = 0; i < RD_COUNT(files); i++) {
        put("secret", files[i].file, strlen(files[i].file));
        ck_assert_int_eq(reveal((struct rd_secret){.file = "secret"}), RD_OK);
        ck_assert_str_eq(rd_buf_text(&out), files[i].value);
        ck_assert_uint_eq(out.length, strlen(files[i].value));
    }
}
END_TEST

START_TEST(a_file_counts_from_the_folder_unless_it_is_absolute)
{
    char path[100];

    put("secret", "hunter2", 7);
    snprintf(path, sizeof(path), "%s/secret", test_folder);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(reveal((struct rd_secret){.file = "secret"}), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "hunter2");
    ck_assert_int_eq(reveal((struct rd_secret){.file = path}), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "hunter2");
}
END_TEST

START_TEST(a_file_without_a_usable_value_is_an_error)
{
    static char large[RD_SECRET_MAX + 1];

    ck_assert_int_eq(reveal((struct rd_secret){.file = "missing"}), RD_E_NOT_FOUND);
    rd_err_clear(&err);
    put("secret", "\n", 1);
    ck_assert_int_eq(reveal((struct rd_secret){.file = "secret"}), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "the secret from 'secret' is empty");
    rd_err_clear(&err);
    put("secret", "hunter2\0x", 9);
    ck_assert_int_eq(reveal((struct rd_secret){.file = "secret"}), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "the secret from 'secret' has a NUL in it");
    assert_wiped();
    rd_err_clear(&err);
    memset(large, 'x', sizeof(large));
    put("secret", large, sizeof(large));
    ck_assert_int_eq(reveal((struct rd_secret){.file = "secret"}), RD_E_LIMIT);
    assert_wiped();
}
END_TEST

START_TEST(a_program_prints_the_value)
{
    put_program("show", "printf '%s\\n' \"$1\"");
    ck_assert_int_eq(run("./show", "hunter2 $(x)"), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "hunter2 $(x)");
    ck_assert_int_eq(run("printf", "by path"), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "by path");
}
END_TEST

START_TEST(a_program_has_our_environment_and_its_folder)
{
    put_program("show", "printf '%s' \"$RD_TEST_TOKEN,$PWD\"");
    setenv("RD_TEST_TOKEN", "token", true);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(run("./show", NULL), RD_OK);
    ck_assert_int_eq(memcmp(rd_buf_text(&out), "token,", 6), 0);
    ck_assert_str_eq(rd_buf_text(&out) + 6, test_folder);
}
END_TEST

START_TEST(a_program_that_fails_gave_no_secret)
{
    put_program("fail", "echo hunter2; echo hunter2 >&2; exit 3");
    ck_assert_int_eq(run("./fail", NULL), RD_E_CHILD);
    ck_assert_str_eq(err.message, "program './fail' gave no secret: exit status 3");
    assert_wiped();
    rd_err_clear(&err);
    put_program("killed", "echo hunter2; kill -9 $$");
    ck_assert_int_eq(run("./killed", NULL), RD_E_CHILD);
    assert_wiped();
    rd_err_clear(&err);
    ck_assert_int_eq(run("true", NULL), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "the secret from 'true' is empty");
    rd_err_clear(&err);
    ck_assert_int_eq(run("./missing", NULL), RD_E_NOT_FOUND);
    rd_err_clear(&err);
    ck_assert_int_eq(run("rd-no-such-program", NULL), RD_E_NOT_FOUND);
}
END_TEST

START_TEST(a_program_that_prints_too_much_is_not_cut_short)
{
    put_program("flood", "head -c 70000 /dev/zero | tr '\\0' x");
    ck_assert_int_eq(run("./flood", NULL), RD_E_LIMIT);
    assert_wiped();
}
END_TEST

START_TEST(a_program_that_hangs_ends_at_the_deadline)
{
    put_program("hang", "echo hunter2; exec sleep 60");
    deadline = rd_deadline_in_ms(200, -1);
    ck_assert_int_eq(run("./hang", NULL), RD_E_TIMEOUT);
    assert_wiped();
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("secret");
    TCase *all = tcase_create("secret");

    tcase_set_timeout(all, 20);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_literal_is_the_value_itself);
    tcase_add_test(all, a_variable_is_taken_as_it_is);
    tcase_add_test(all, a_variable_that_is_unset_or_empty_is_an_error);
    tcase_add_test(all, a_file_loses_one_newline_at_its_end);
    tcase_add_test(all, a_file_counts_from_the_folder_unless_it_is_absolute);
    tcase_add_test(all, a_file_without_a_usable_value_is_an_error);
    tcase_add_test(all, a_program_prints_the_value);
    tcase_add_test(all, a_program_has_our_environment_and_its_folder);
    tcase_add_test(all, a_program_that_fails_gave_no_secret);
    tcase_add_test(all, a_program_that_prints_too_much_is_not_cut_short);
    tcase_add_test(all, a_program_that_hangs_ends_at_the_deadline);
    suite_add_tcase(suite, all);
    return suite;
}
