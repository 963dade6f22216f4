/*
 * test_faults.c: faults are kept as safe lines, and counted even when they cannot be kept.
 */
#include "drills/common/faults.h"

#include <string.h>

#include "drills/common/text.h"
#include "tests/unit/suite.h"

static struct rd_faults faults;

static void set_up(void)
{
    faults = (struct rd_faults){.arena = rd_arena_new(1024 * 1024)};
}

static void tear_down(void)
{
    rd_arena_free(faults.arena);
}

START_TEST(a_fault_has_its_path_and_message)
{
    char path[] = "$.name";

    rd_faults_add(&faults, path, "'%s' is required", "name");
    path[0] = 'x';
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.items[0].path, "$.name");
    ck_assert_str_eq(faults.items[0].message, "'name' is required");
}
END_TEST

START_TEST(a_fault_is_one_line_that_can_be_shown)
{
    rd_faults_add(&faults, "$.a\nb", "'%s' is not known", "x\n\t\x1b[0m\xff");
    ck_assert_str_eq(faults.items[0].path, "$.a b");
    ck_assert_str_eq(faults.items[0].message, "'x  \\x1b[0m\xef\xbf\xbd' is not known");
}
END_TEST

START_TEST(an_overlong_fault_is_cut_at_a_character)
{
    char text[4000] = {0};

    for (size_t i = 0; i + 3 < sizeof(text); i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    for (int shift = 0; shift < 3; shift++)
        rd_faults_add(&faults, text, "%.*s%s", shift, "ab", text);
    for (size_t i = 0; i < 3; i++) {
        const char *message = faults.items[i].message;
        ck_assert(rd_text_is_utf8(message, strlen(message)));
        ck_assert_uint_gt(strlen(message), 500);
        ck_assert_uint_le(strlen(message), 600);
        ck_assert_ptr_null(strstr(message, "\xef\xbf\xbd"));
    }
    ck_assert_uint_le(strlen(faults.items[0].path), 600);
}
END_TEST

START_TEST(faults_beyond_the_maximum_are_counted)
{
    for (int i = 0; i < RD_FAULTS_MAX + 50; i++)
        rd_faults_add(&faults, "$", "number %d", i);
    ck_assert_uint_eq(faults.count, RD_FAULTS_MAX + 50);
    ck_assert_str_eq(faults.items[RD_FAULTS_MAX - 1].message, "number 199");
}
END_TEST

START_TEST(a_fault_counts_when_memory_is_gone)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *small = rd_arena_new(3);
    struct rd_faults poor = {.arena = small};

    rd_faults_add(&poor, "$.name", "a message");
    ck_assert_uint_eq(poor.count, 1);
    ck_assert_str_eq(poor.items[0].message, "out of memory");
    ck_assert_ptr_nonnull(poor.items[0].path);
    ck_assert_int_eq(rd_arena_status(small, NULL), RD_E_LIMIT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("faults");
    TCase *all = tcase_create("faults");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_fault_has_its_path_and_message);
    tcase_add_test(all, a_fault_is_one_line_that_can_be_shown);
    tcase_add_test(all, an_overlong_fault_is_cut_at_a_character);
    tcase_add_test(all, faults_beyond_the_maximum_are_counted);
    tcase_add_test(all, a_fault_counts_when_memory_is_gone);
    suite_add_tcase(suite, all);
    return suite;
}
