/*
 * test_err.c: the first error is kept, and text is cut at characters.
 */
#include "drills/common/err.h"

#include <errno.h>
#include <string.h>

#include "drills/common/text.h"
#include "tests/unit/suite.h"

START_TEST(an_error_has_its_code_and_message)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_err_set(&err, RD_E_LIMIT, "'%s' is %d", "x", 3), RD_E_LIMIT);
    ck_assert_int_eq(err.code, RD_E_LIMIT);
    ck_assert_str_eq(err.message, "'x' is 3");
    ck_assert_str_eq(err.detail, "");
    ck_assert_str_eq(err.hint, "");
}
END_TEST

START_TEST(the_first_error_is_kept)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_err_set(&err, RD_E_BACKUP, "first"), RD_E_BACKUP);
    rd_err_detail(&err, "first detail");
    rd_err_hint(&err, "First hint.");
    ck_assert_int_eq(rd_err_set(&err, RD_E_MEMORY, "second"), RD_E_BACKUP);
    ck_assert_int_eq(rd_err_errno(&err, EIO, "third"), RD_E_BACKUP);
    rd_err_detail(&err, "second detail");
    rd_err_hint(&err, "Second hint.");
    ck_assert_str_eq(err.message, "first");
    ck_assert_str_eq(err.detail, "first detail");
    ck_assert_str_eq(err.hint, "First hint.");
}
END_TEST

START_TEST(a_cleared_error_can_be_used_again)
{
    struct rd_err err = RD_ERR_INIT;

    rd_err_set(&err, RD_E_BACKUP, "first");
    rd_err_hint(&err, "First hint.");
    rd_err_clear(&err);
    ck_assert_int_eq(rd_err_memory(&err), RD_E_MEMORY);
    ck_assert_str_eq(err.message, "out of memory");
    ck_assert_str_eq(err.hint, "");
}
END_TEST

START_TEST(nobody_needs_to_ask_for_the_error)
{
    ck_assert_int_eq(rd_err_set(NULL, RD_E_TRUST, "lost"), RD_E_TRUST);
    ck_assert_int_eq(rd_err_errno(NULL, ENOENT, "lost"), RD_E_NOT_FOUND);
    rd_err_detail(NULL, "lost");
    rd_err_hint(NULL, "Lost.");
}
END_TEST

static const struct {
    int number;
    int code;
} errnos[] = {
    {ENOENT, RD_E_NOT_FOUND}, {ENOMEM, RD_E_MEMORY}, {EACCES, RD_E_SYSTEM}, {EIO, RD_E_SYSTEM}};

START_TEST(an_errno_has_a_code_and_its_text_as_detail)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_err_errno(&err, errnos[_i].number, "cannot open '%s'", "f"),
                     errnos[_i].code);
    ck_assert_str_eq(err.message, "cannot open 'f'");
    ck_assert_str_eq(err.detail, strerror(errnos[_i].number));
}
END_TEST

/* A text of characters of 1 to 4 bytes, so that each cut falls into another place of one. */
START_TEST(overlong_text_is_cut_at_a_character)
{
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

    for (size_t shift = 0; shift < 4; shift++) {
        struct rd_err err = RD_ERR_INIT;
        char text[1200] = {0};
        for (size_t i = 0; i < shift; i++)
            text[i] = 'a';
        while (strlen(text) + 4 < sizeof(text))
            memcpy(text + strlen(text), characters[_i], strlen(characters[_i]));
        rd_err_set(&err, RD_E_FORMAT, "%s", text);
        size_t length = strlen(err.message);
        ck_assert(rd_text_is_utf8(err.message, length));
        ck_assert_int_eq(memcmp(err.message, text, length), 0);
        /* Not one character less than what fits. */
        ck_assert_uint_ge(length + strlen(characters[_i]), sizeof(err.message));
    }
}
END_TEST

START_TEST(the_numbers_and_names_of_codes_are_frozen)
{
    static const char *const names[] = {"ok",     "memory",  "argument",    "system",
                                        "limit",  "timeout", "interrupted", "not-found",
                                        "format", "child",   "database",    "network",
                                        "backup", "auth",    "trust",       "unsupported"};

    for (int i = 0; i < (int)RD_COUNT(names); i++)
        ck_assert_str_eq(rd_err_name(-i), names[i]);
    ck_assert_str_eq(rd_err_name(-(int)RD_COUNT(names)), "unknown");
    ck_assert_str_eq(rd_err_name(1), "unknown");
    ck_assert_int_eq(RD_E_UNSUPPORTED, -15);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("err");
    TCase *all = tcase_create("err");

    tcase_add_test(all, an_error_has_its_code_and_message);
    tcase_add_test(all, the_first_error_is_kept);
    tcase_add_test(all, a_cleared_error_can_be_used_again);
    tcase_add_test(all, nobody_needs_to_ask_for_the_error);
    tcase_add_loop_test(all, an_errno_has_a_code_and_its_text_as_detail, 0, RD_COUNT(errnos));
    tcase_add_loop_test(all, overlong_text_is_cut_at_a_character, 0, 4);
    tcase_add_test(all, the_numbers_and_names_of_codes_are_frozen);
    suite_add_tcase(suite, all);
    return suite;
}
