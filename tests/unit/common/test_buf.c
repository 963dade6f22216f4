/*
 * test_buf.c: a buffer holds what was written up to its maximum, and tells when that was not all.
 */
#include "drills/common/buf.h"

#include <string.h>

#include "tests/unit/failing_malloc.h"
#include "tests/unit/suite.h"

START_TEST(a_buffer_nobody_wrote_to_is_empty_text)
{
    struct rd_buf buf = RD_BUF_INIT(10);

    ck_assert_str_eq(rd_buf_text(&buf), "");
    ck_assert_int_eq(rd_buf_status(&buf, "it", NULL), RD_OK);
    rd_buf_wipe(&buf);
    rd_buf_free(&buf);
}
END_TEST

START_TEST(pieces_come_one_after_the_other)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(100);

    rd_buf_puts(&buf, "a");
    rd_buf_add(&buf, "\0b", 2);
    rd_buf_printf(&buf, "%s-%d", "c", 7);
    ck_assert_uint_eq(buf.length, 6);
    ck_assert_int_eq(memcmp(buf.data, "a\0bc-7", 7), 0);
}
END_TEST

START_TEST(a_buffer_grows_to_its_maximum_and_no_further)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(1000);
    struct rd_err err = RD_ERR_INIT;

    for (int i = 0; i < 1000; i++)
        rd_buf_add(&buf, &"0123456789"[i % 10], 1);
    ck_assert_int_eq(rd_buf_status(&buf, "it", &err), RD_OK);
    rd_buf_puts(&buf, "x");
    ck_assert_int_eq(rd_buf_status(&buf, "it", &err), RD_E_LIMIT);
    ck_assert_str_eq(err.message, "it is larger than 1000 bytes");
    ck_assert_uint_eq(buf.length, 1000);
    ck_assert_int_eq(buf.data[999], '9');
    ck_assert_int_eq(buf.data[1000], '\0');
}
END_TEST

START_TEST(nothing_is_written_after_a_piece_was_lost)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(4);

    rd_buf_puts(&buf, "ab");
    rd_buf_printf(&buf, "%s", "cde");
    rd_buf_puts(&buf, "f");
    ck_assert_str_eq(rd_buf_text(&buf), "ab");
    ck_assert_int_eq(rd_buf_status(&buf, "it", NULL), RD_E_LIMIT);
}
END_TEST

START_TEST(a_length_that_would_overflow_is_beyond_the_maximum)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(SIZE_MAX - 1);

    rd_buf_puts(&buf, "ab");
    rd_buf_add(&buf, "c", SIZE_MAX - 2);
    ck_assert_int_eq(rd_buf_status(&buf, "it", NULL), RD_E_LIMIT);
}
END_TEST

START_TEST(a_cleared_buffer_keeps_its_memory_and_works_again)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(4);

    rd_buf_puts(&buf, "abc");
    const char *data = buf.data;
    rd_buf_puts(&buf, "de");
    rd_buf_clear(&buf);
    ck_assert_str_eq(rd_buf_text(&buf), "");
    rd_buf_puts(&buf, "wxyz");
    ck_assert_str_eq(rd_buf_text(&buf), "wxyz");
    ck_assert_ptr_eq(buf.data, data);
    ck_assert_int_eq(rd_buf_status(&buf, "it", NULL), RD_OK);
}
END_TEST

START_TEST(a_freed_buffer_keeps_its_maximum)
{
    struct rd_buf buf = RD_BUF_INIT(4);

    rd_buf_puts(&buf, "abcde");
    rd_buf_free(&buf);
    rd_buf_puts(&buf, "abcde");
    ck_assert_int_eq(buf.broken, RD_E_LIMIT);
    rd_buf_wipe(&buf);
    ck_assert_ptr_null(buf.data);
    ck_assert_uint_eq(buf.max, 4);
}
END_TEST

#if FAILING_MALLOC
static int fill_a_buffer(void)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(100000);

    for (int i = 0; i < 1000; i++)
        rd_buf_printf(&buf, "%08d", i);
    int rc = rd_buf_status(&buf, "it", NULL);
    return rc != RD_OK || buf.length == 8000 ? rc : RD_E_FORMAT;
}

START_TEST(lost_memory_is_told_whenever_it_happens)
{
    ck_assert_int_gt(failing_malloc_try(fill_a_buffer), 3);
}
END_TEST
#endif

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("buf");
    TCase *all = tcase_create("buf");

    tcase_add_test(all, a_buffer_nobody_wrote_to_is_empty_text);
    tcase_add_test(all, pieces_come_one_after_the_other);
    tcase_add_test(all, a_buffer_grows_to_its_maximum_and_no_further);
    tcase_add_test(all, nothing_is_written_after_a_piece_was_lost);
    tcase_add_test(all, a_length_that_would_overflow_is_beyond_the_maximum);
    tcase_add_test(all, a_cleared_buffer_keeps_its_memory_and_works_again);
    tcase_add_test(all, a_freed_buffer_keeps_its_maximum);
#if FAILING_MALLOC
    tcase_add_test(all, lost_memory_is_told_whenever_it_happens);
#endif
    suite_add_tcase(suite, all);
    return suite;
}
