/*
 * test_file.c: files that are whole or as before, and bounded reading.
 */
#include "drills/common/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

static struct rd_err err;

static void set_up(void)
{
    rd_err_clear(&err);
    test_folder_make();
}

static void tear_down(void)
{
    test_folder_remove();
}

static const char *content(const char *path)
{
    static struct rd_buf out = RD_BUF_INIT(100000);

    rd_buf_clear(&out);
    ck_assert_int_eq(rd_file_read(path, &out, &err), RD_OK);
    return rd_buf_text(&out);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static int entries(const char *folder)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, NULL, NULL);

    ck_assert_int_ge(count, 2);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return count - 2; /* "." and ".." */
}

START_TEST(a_file_is_read_as_it_is)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(100000);
    char data[40000];

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (char)(i * 7 / 3);
    ck_assert_int_eq(rd_file_write("data", data, sizeof(data), 0600, &err), RD_OK);
    rd_buf_puts(&out, "before ");
    ck_assert_int_eq(rd_file_read("data", &out, &err), RD_OK);
    ck_assert_uint_eq(out.length, 7 + sizeof(data));
    ck_assert_int_eq(memcmp(out.data, "before ", 7), 0);
    ck_assert_int_eq(memcmp(out.data + 7, data, sizeof(data)), 0);
}
END_TEST

START_TEST(a_file_beyond_the_maximum_is_a_limit)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(5);

    ck_assert_int_eq(rd_file_write("five", "12345", 5, 0600, &err), RD_OK);
    ck_assert_int_eq(rd_file_read("five", &out, &err), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "12345");
    rd_buf_clear(&out);
    ck_assert_int_eq(rd_file_write("six", "123456", 6, 0600, &err), RD_OK);
    ck_assert_int_eq(rd_file_read("six", &out, &err), RD_E_LIMIT);
    ck_assert_str_eq(err.message, "'six' is larger than 5 bytes");
}
END_TEST

START_TEST(what_cannot_be_read_is_told_with_its_name)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(5);

    ck_assert_int_eq(rd_file_read("missing", &out, &err), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "cannot open 'missing'");
    rd_err_clear(&err);
    ck_assert_int_eq(rd_file_read(test_folder, &out, &err), RD_E_SYSTEM);
    ck_assert_str_eq(err.detail, "Is a directory");
}
END_TEST

START_TEST(a_file_is_written_with_its_mode_and_nothing_else)
{
    umask(0077);
    ck_assert_int_eq(rd_file_write("file", "abc", 3, 0644, &err), RD_OK);
    ck_assert_str_eq(content("file"), "abc");
    ck_assert_uint_eq(mode_of("file"), 0644);
    umask(0);
    ck_assert_int_eq(rd_file_write("file", "", 0, 0600, &err), RD_OK);
    ck_assert_str_eq(content("file"), "");
    ck_assert_uint_eq(mode_of("file"), 0600);
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_file_as_before)
{
    struct rlimit limit;
    static char large[100000];

    ck_assert_int_eq(rd_file_write("file", "before", 6, 0640, &err), RD_OK);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit small = {.rlim_cur = 50000, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = rd_file_write("file", large, sizeof(large), 0600, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(rc, RD_E_SYSTEM);
    ck_assert_str_eq(err.message, "cannot write 'file'");
    ck_assert_str_eq(content("file"), "before");
    ck_assert_uint_eq(mode_of("file"), 0640);
    ck_assert_int_eq(entries("."), 1);
}
END_TEST

START_TEST(a_file_cannot_be_written_where_a_folder_is)
{
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    ck_assert_int_eq(rd_file_write("folder", "x", 1, 0600, &err), RD_E_SYSTEM);
    ck_assert_str_eq(err.message, "cannot create 'folder'");
    ck_assert_int_eq(entries("."), 1);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_file_write("missing/file", "x", 1, 0600, &err), RD_E_NOT_FOUND);
}
END_TEST

START_TEST(a_link_is_replaced_and_its_target_is_not_touched)
{
    char path[100];

    snprintf(path, sizeof(path), "%s/link", test_folder);
    ck_assert_int_eq(rd_file_write("target", "old", 3, 0600, &err), RD_OK);
    ck_assert_int_eq(symlink("target", "link"), 0);
    ck_assert_int_eq(rd_file_write(path, "new", 3, 0600, &err), RD_OK);
    ck_assert_str_eq(content("target"), "old");
    ck_assert_str_eq(content("link"), "new");
}
END_TEST

START_TEST(a_file_that_exists_is_not_created)
{
    ck_assert_int_eq(rd_file_create("file", "first", 5, 0600, &err), RD_OK);
    ck_assert_str_eq(content("file"), "first");
    ck_assert_int_eq(rd_file_create("file", "second", 6, 0600, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'file' exists already");
    ck_assert_str_eq(content("file"), "first");
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    ck_assert_int_eq(rd_file_create("dangling", "x", 1, 0600, NULL), RD_E_ARGUMENT);
    ck_assert_int_eq(entries("."), 2);
}
END_TEST

START_TEST(a_folder_is_made_with_its_parents)
{
    umask(0077);
    ck_assert_int_eq(rd_file_make_folder("a//b/c/", 0711, &err), RD_OK);
    ck_assert_uint_eq(mode_of("a"), 0711);
    ck_assert_uint_eq(mode_of("a/b"), 0711);
    ck_assert_uint_eq(mode_of("a/b/c"), 0711);
    ck_assert_int_eq(rd_file_make_folder("a/b", 0700, &err), RD_OK);
    ck_assert_uint_eq(mode_of("a/b"), 0711);
    ck_assert_int_eq(symlink("a", "link"), 0);
    ck_assert_int_eq(rd_file_make_folder("link/d", 0700, &err), RD_OK);
    ck_assert_uint_eq(mode_of("a/d"), 0700);
    ck_assert_int_eq(rd_file_make_folder("/", 0700, &err), RD_OK);
}
END_TEST

START_TEST(a_file_in_the_way_of_a_folder_is_an_error)
{
    ck_assert_int_eq(rd_file_write("file", "x", 1, 0600, &err), RD_OK);
    ck_assert_int_eq(rd_file_make_folder("file", 0700, &err), RD_E_SYSTEM);
    ck_assert_str_eq(err.message, "'file' exists and is no folder");
    rd_err_clear(&err);
    ck_assert_int_eq(rd_file_make_folder("file/sub", 0700, &err), RD_E_SYSTEM);
    ck_assert_str_eq(err.message, "cannot create the folder 'file/sub'");
    ck_assert_int_eq(rd_file_make_folder("", 0700, NULL), RD_E_NOT_FOUND);
}
END_TEST

START_TEST(paths_count_from_their_folder)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1000);

    ck_assert_str_eq(rd_file_resolve(arena, "/plans", "a/b"), "/plans/a/b");
    ck_assert_str_eq(rd_file_resolve(arena, "/plans", "/a/b"), "/a/b");
    ck_assert_str_eq(rd_file_name("/a/b"), "b");
    ck_assert_str_eq(rd_file_name("b"), "b");
    ck_assert_str_eq(rd_file_name("a/"), "");
    ck_assert(rd_file_exists(test_folder));
    ck_assert(!rd_file_exists("missing"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("file");
    TCase *all = tcase_create("file");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_file_is_read_as_it_is);
    tcase_add_test(all, a_file_beyond_the_maximum_is_a_limit);
    tcase_add_test(all, what_cannot_be_read_is_told_with_its_name);
    tcase_add_test(all, a_file_is_written_with_its_mode_and_nothing_else);
    tcase_add_test(all, a_write_that_fails_leaves_the_file_as_before);
    tcase_add_test(all, a_file_cannot_be_written_where_a_folder_is);
    tcase_add_test(all, a_link_is_replaced_and_its_target_is_not_touched);
    tcase_add_test(all, a_file_that_exists_is_not_created);
    tcase_add_test(all, a_folder_is_made_with_its_parents);
    tcase_add_test(all, a_file_in_the_way_of_a_folder_is_an_error);
    tcase_add_test(all, paths_count_from_their_folder);
    suite_add_tcase(suite, all);
    return suite;
}
