/*
 * test_user.c: who children run as, seen from root and from somebody else.
 */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "drills/common/user.h"
#include "tests/unit/suite.h"

enum { NOBODY = 65534, UNNAMED = 54321 };

START_TEST(root_never_stays_root)
{
    struct rd_user user = {0};
    struct rd_err err = RD_ERR_INIT;

    if (geteuid() != 0)
        return; /* says something about root only */
    ck_assert_int_eq(rd_user_resolve(NULL, &user, &err), RD_OK);
    ck_assert_uint_ne(user.uid, 0);
    ck_assert(user.change);
    ck_assert_str_eq(user.name, getpwnam("redrill") != NULL ? "redrill" : "nobody");
    ck_assert_int_eq(rd_user_resolve("root", &user, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "a server cannot run as user 'root'");
}
END_TEST

START_TEST(root_can_be_whoever_exists)
{
    struct rd_user user = {0};
    struct rd_err err = RD_ERR_INIT;

    if (geteuid() != 0)
        return; /* says something about root only */
    ck_assert_int_eq(rd_user_resolve("nobody", &user, &err), RD_OK);
    ck_assert_uint_eq(user.uid, NOBODY);
    ck_assert_uint_eq(user.gid, NOBODY);
    ck_assert_int_eq(rd_user_resolve("no such user", &user, &err), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "user 'no such user' does not exist");
}
END_TEST

START_TEST(somebody_else_can_only_be_himself)
{
    struct rd_user user = {0};
    struct rd_err err = RD_ERR_INIT;

    bool root = geteuid() == 0;
    ck_assert_int_eq(root ? seteuid(NOBODY) : 0, 0);
    const struct passwd *entry = getpwuid(geteuid());
    ck_assert_ptr_nonnull(entry);
    ck_assert_int_eq(rd_user_resolve(NULL, &user, &err), RD_OK);
    ck_assert_uint_eq(user.uid, geteuid());
    ck_assert(!user.change);
    ck_assert_int_eq(rd_user_resolve(user.name, &user, &err), RD_OK);
    ck_assert_int_eq(rd_user_resolve("root", &user, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "only root can run a server as user 'root'");
    ck_assert_int_eq(root ? seteuid(0) : 0, 0);
}
END_TEST

START_TEST(a_user_without_a_name_has_a_number)
{
    struct rd_user user = {0};

    if (geteuid() != 0)
        return; /* nobody else can become one */
    ck_assert_int_eq(seteuid(UNNAMED), 0);
    ck_assert_int_eq(rd_user_resolve(NULL, &user, NULL), RD_OK);
    ck_assert_str_eq(user.name, "54321");
    ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("user");
    TCase *tests = tcase_create("user");

    tcase_add_test(tests, root_never_stays_root);
    tcase_add_test(tests, root_can_be_whoever_exists);
    tcase_add_test(tests, somebody_else_can_only_be_himself);
    tcase_add_test(tests, a_user_without_a_name_has_a_number);
    suite_add_tcase(suite, tests);
    return suite;
}
