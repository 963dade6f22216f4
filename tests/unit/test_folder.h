/*
 * test_folder.h: a folder of its own for a test, which becomes the working folder; removed
 * afterwards with the program rm, because redrill's own removing may be what is tested.
 */
#ifndef RD_TESTS_TEST_FOLDER_H
#define RD_TESTS_TEST_FOLDER_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char test_folder[64];

static inline void test_folder_make(void)
{
    memcpy(test_folder, "/tmp/redrill-test-XXXXXX", sizeof("/tmp/redrill-test-XXXXXX"));
    ck_assert_ptr_nonnull(mkdtemp(test_folder));
    ck_assert_int_eq(chdir(test_folder), 0);
}

static inline void test_folder_remove(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", "--", test_folder, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

#endif
