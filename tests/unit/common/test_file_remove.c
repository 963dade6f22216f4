/*
 * test_file_remove.c: a tree goes away, and nothing else does.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

enum { NOBODY = 65534 };

static struct rd_err err;

/* Permissions mean nothing to root, so the tests work as somebody else. */
static void set_up(void)
{
    rd_err_clear(&err);
    test_folder_make();
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(test_folder, NOBODY, NOBODY), 0);
        ck_assert_int_eq(seteuid(NOBODY), 0);
    }
}

static void tear_down(void)
{
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    test_folder_remove();
}

static void make_folder(const char *path)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(a_tree_is_removed_with_everything_in_it)
{
    make_folder("tree");
    make_folder("tree/.hidden");
    make_folder("tree/odd\nname");
    make_file("tree/odd\nname/file");
    make_file("tree/.hidden/read-only");
    ck_assert_int_eq(chmod("tree/.hidden/read-only", 0), 0);
    ck_assert_int_eq(mkfifo("tree/pipe", 0600), 0);
    ck_assert_int_eq(rd_file_remove_tree("tree", &err), RD_OK);
    ck_assert(!rd_file_exists("tree"));
}
END_TEST

START_TEST(many_files_and_a_deep_path_are_removed)
{
    char path[2000] = "tree";

    make_folder(path);
    for (int i = 0; i < 500; i++) {
        char name[100];
        snprintf(name, sizeof(name), "tree/file-%d", i);
        make_file(name);
    }
    for (int i = 0; i < 200; i++) {
        memcpy(path + strlen(path), "/deep", 6);
        make_folder(path);
    }
    ck_assert_int_eq(rd_file_remove_tree("tree", &err), RD_OK);
    ck_assert(!rd_file_exists("tree"));
}
END_TEST

START_TEST(a_tree_that_is_not_there_is_removed_already)
{
    ck_assert_int_eq(rd_file_remove_tree("missing", &err), RD_OK);
    ck_assert_int_eq(rd_file_remove_tree("missing/deeper", &err), RD_OK);
}
END_TEST

START_TEST(links_are_removed_and_never_followed)
{
    make_folder("other");
    make_file("other/file");
    make_folder("tree");
    ck_assert_int_eq(symlink("../other", "tree/folder"), 0);
    ck_assert_int_eq(symlink("../other/file", "tree/file"), 0);
    ck_assert_int_eq(symlink("/nowhere", "tree/dangling"), 0);
    ck_assert_int_eq(link("other/file", "tree/hard"), 0);
    ck_assert_int_eq(rd_file_remove_tree("tree", &err), RD_OK);
    ck_assert(!rd_file_exists("tree"));
    ck_assert(rd_file_exists("other/file"));
}
END_TEST

START_TEST(what_is_no_folder_is_not_removed)
{
    make_folder("other");
    make_file("file");
    ck_assert_int_eq(symlink("other", "link"), 0);
    ck_assert_int_eq(rd_file_remove_tree("file", &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "cannot remove 'file': it is no folder");
    ck_assert_int_eq(rd_file_remove_tree("link", NULL), RD_E_ARGUMENT);
    ck_assert(rd_file_exists("file") && rd_file_exists("link"));
}
END_TEST

START_TEST(folders_without_permissions_are_opened_up)
{
    static const mode_t modes[] = {0, 0100, 0200, 0400, 0500, 0600, 0300};

    make_folder("tree");
    for (size_t i = 0; i < RD_COUNT(modes); i++) {
        char name[100];
        snprintf(name, sizeof(name), "tree/%zu", i);
        make_folder(name);
        snprintf(name, sizeof(name), "tree/%zu/folder", i);
        make_folder(name);
        snprintf(name, sizeof(name), "tree/%zu/folder/file", i);
        make_file(name);
        snprintf(name, sizeof(name), "tree/%zu", i);
        ck_assert_int_eq(chmod(name, modes[i]), 0);
    }
    ck_assert_int_eq(chmod("tree", 0), 0);
    ck_assert_int_eq(rd_file_remove_tree("tree", &err), RD_OK);
    ck_assert(!rd_file_exists("tree"));
}
END_TEST

START_TEST(the_first_error_is_told_and_the_rest_is_removed)
{
    if (getuid() != 0) {
        fprintf(stderr, "skipped: only root can make a folder of somebody else\n");
        return;
    }
    make_folder("tree");
    make_file("tree/a");
    make_folder("tree/mine");
    make_file("tree/mine/b");
    ck_assert_int_eq(seteuid(0), 0);
    make_folder("tree/roots");
    make_file("tree/roots/file");
    ck_assert_int_eq(seteuid(NOBODY), 0);
    ck_assert_int_eq(rd_file_remove_tree("tree", &err), RD_E_SYSTEM);
    ck_assert_str_eq(err.message, "cannot remove 'roots' in 'tree'");
    ck_assert_str_eq(err.detail, "Permission denied");
    ck_assert(!rd_file_exists("tree/a") && !rd_file_exists("tree/mine"));
    ck_assert(rd_file_exists("tree/roots"));
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert(rd_file_exists("tree/roots/file"));
}
END_TEST

START_TEST(nothing_that_is_mounted_in_the_tree_is_touched)
{
    if (getuid() != 0 || seteuid(0) != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        fprintf(stderr, "skipped: only root can mount\n");
        return;
    }
    make_folder("production");
    make_file("production/data");
    make_folder("tree");
    make_file("tree/file");
    make_folder("tree/bound");
    make_folder("tree/other");
    ck_assert_int_eq(mount("production", "tree/bound", NULL, MS_BIND, NULL), 0);
    ck_assert_int_eq(mount("tmpfs", "tree/other", "tmpfs", 0, NULL), 0);
    make_file("tree/other/data");
    int rc = rd_file_remove_tree("tree", &err);
    bool kept = rd_file_exists("tree/other/data") && rd_file_exists("production/data");
    ck_assert_int_eq(umount("tree/bound"), 0);
    ck_assert_int_eq(umount("tree/other"), 0);
    ck_assert_int_eq(rc, RD_E_SYSTEM);
    ck_assert_str_eq(err.detail, "Invalid cross-device link");
    ck_assert(kept);
    ck_assert(!rd_file_exists("tree/file"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("file_remove");
    TCase *all = tcase_create("file_remove");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_tree_is_removed_with_everything_in_it);
    tcase_add_test(all, many_files_and_a_deep_path_are_removed);
    tcase_add_test(all, a_tree_that_is_not_there_is_removed_already);
    tcase_add_test(all, links_are_removed_and_never_followed);
    tcase_add_test(all, what_is_no_folder_is_not_removed);
    tcase_add_test(all, folders_without_permissions_are_opened_up);
    tcase_add_test(all, the_first_error_is_told_and_the_rest_is_removed);
    tcase_add_test(all, nothing_that_is_mounted_in_the_tree_is_touched);
    suite_add_tcase(suite, all);
    return suite;
}
