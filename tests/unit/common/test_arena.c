/*
 * test_arena.c: memory is zeroed, aligned and bounded, and a loss is remembered.
 */
#include "drills/common/arena.h"

#include <stdalign.h>
#include <string.h>

#include "tests/unit/failing_malloc.h"
#include "tests/unit/suite.h"

START_TEST(memory_is_zeroed_aligned_and_apart)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1024 * 1024);
    unsigned char *pieces[300];

    for (size_t i = 0; i < RD_COUNT(pieces); i++) {
        pieces[i] = rd_arena_alloc(arena, i);
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_eq(pieces[i][j], 0);
        memset(pieces[i], (int)(i % 256), i);
    }
    for (size_t i = 0; i < RD_COUNT(pieces); i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_eq(pieces[i][j], i % 256);
    }
    ck_assert_int_eq(rd_arena_status(arena, NULL), RD_OK);
}
END_TEST

START_TEST(a_piece_larger_than_a_block_is_whole)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1024 * 1024);
    char *before = rd_arena_strdup(arena, "before");
    char *large = rd_arena_alloc(arena, 100 * 1024);
    char *after = rd_arena_strdup(arena, "after");

    memset(large, 'x', 100 * 1024);
    ck_assert_str_eq(before, "before");
    ck_assert_str_eq(after, "after");
}
END_TEST

START_TEST(the_maximum_is_kept_to_the_byte_and_remembered)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(100);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_ptr_nonnull(rd_arena_alloc(arena, 60));
    ck_assert_ptr_null(rd_arena_alloc(arena, 41));
    ck_assert_ptr_nonnull(rd_arena_alloc(arena, 40));
    ck_assert_int_eq(rd_arena_status(arena, &err), RD_E_LIMIT);
    ck_assert_str_eq(err.message, "more than 100 bytes of memory are needed");
}
END_TEST

START_TEST(a_size_that_would_overflow_is_beyond_the_maximum)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1000);

    ck_assert_ptr_nonnull(rd_arena_alloc(arena, 10));
    ck_assert_ptr_null(rd_arena_alloc(arena, SIZE_MAX));
    ck_assert_int_eq(rd_arena_status(arena, NULL), RD_E_LIMIT);
}
END_TEST

START_TEST(strings_are_copied)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1000);
    char text[] = "abcdef";
    const char *whole = rd_arena_strdup(arena, text);
    const char *part = rd_arena_strndup(arena, text, 3);
    const char *made = rd_arena_printf(arena, "%s/%d", text, 12);

    text[0] = 'x';
    ck_assert_str_eq(whole, "abcdef");
    ck_assert_str_eq(part, "abc");
    ck_assert_str_eq(made, "abcdef/12");
}
END_TEST

START_TEST(an_array_of_unknown_room_grows_beyond_its_items)
{
    struct rd_arena *arena = rd_arena_new(1 << 20);
    int64_t items[20] = {[0] = 1, [19] = 20};
    size_t room = 0;

    int64_t *grown = rd_arena_grow(arena, items, RD_COUNT(items), &room, sizeof(*items));
    ck_assert_ptr_nonnull(grown);
    ck_assert_uint_gt(room, RD_COUNT(items));
    ck_assert_int_eq(grown[19], 20);
    rd_arena_free(arena);
}
END_TEST

START_TEST(an_array_grows_and_keeps_its_items)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1024 * 1024);
    size_t room = 0;
    int *items = NULL;

    for (size_t count = 0; count < 1000; count++) {
        if (count == room)
            items = rd_arena_grow(arena, items, count, &room, sizeof(*items));
        ck_assert_uint_gt(room, count);
        items[count] = (int)count;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
}
END_TEST

START_TEST(an_arena_that_was_never_made_can_be_freed)
{
    struct rd_arena *arena = NULL;

    rd_arena_freep(&arena);
    ck_assert_ptr_null(arena);
}
END_TEST

#if FAILING_MALLOC
static int fill_an_arena(void)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1024 * 1024);
    bool whole = true;

    if (arena == NULL)
        return RD_E_MEMORY;
    for (size_t i = 0; i < 20; i++)
        whole = rd_arena_alloc(arena, 5000) != NULL && whole;
    int rc = rd_arena_status(arena, NULL);
    return (rc == RD_OK) == whole ? rc : RD_E_FORMAT;
}

START_TEST(lost_memory_is_told_whenever_it_happens)
{
    ck_assert_int_gt(failing_malloc_try(fill_an_arena), 5);
}
END_TEST
#endif

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("arena");
    TCase *all = tcase_create("arena");

    tcase_add_test(all, memory_is_zeroed_aligned_and_apart);
    tcase_add_test(all, a_piece_larger_than_a_block_is_whole);
    tcase_add_test(all, the_maximum_is_kept_to_the_byte_and_remembered);
    tcase_add_test(all, a_size_that_would_overflow_is_beyond_the_maximum);
    tcase_add_test(all, strings_are_copied);
    tcase_add_test(all, an_array_of_unknown_room_grows_beyond_its_items);
    tcase_add_test(all, an_array_grows_and_keeps_its_items);
    tcase_add_test(all, an_arena_that_was_never_made_can_be_freed);
#if FAILING_MALLOC
    tcase_add_test(all, lost_memory_is_told_whenever_it_happens);
#endif
    suite_add_tcase(suite, all);
    return suite;
}
