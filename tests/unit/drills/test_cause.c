/*
 * test_cause.c: why a server went away, from its log.
 */
#include <string.h>
#include <unistd.h>

#include "drills/cause.h"
#include "tests/unit/suite.h"

#define PREFIX "2025-11-16 14:30:00.123 UTC [4711 checkpointer] 53100 "

static struct rd_err explain(const char *text)
{
    struct rd_err err = RD_ERR_INIT;
    char path[] = "/tmp/redrill-cause-XXXXXX";

    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    rd_err_set(&err, RD_E_CHILD, "the restore failed");
    rd_err_hint(&err, "See server.log.");
    rd_cause_explain(path, &err);
    unlink(path);
    return err;
}

START_TEST(a_full_disk_is_named_and_has_its_own_hint)
{
    struct rd_err err = explain(
        PREFIX
        "LOG:  database system is ready\n" PREFIX
        "PANIC:  could not write to file \"pg_wal/xlogtemp.9\": No space left on device\n" PREFIX
        "FATAL:  terminating connection due to administrator command\n");

    ck_assert_ptr_nonnull(strstr(err.detail, "PANIC:  could not write"));
    ck_assert_ptr_nonnull(strstr(err.hint, "Free space"));
}
END_TEST

START_TEST(a_session_that_meets_the_full_disk_tells_it_too)
{
    struct rd_err err =
        explain(PREFIX "ERROR:  could not extend file \"base/5/1\": No space left on device\n");

    ck_assert_ptr_nonnull(strstr(err.detail, "could not extend file"));
}
END_TEST

START_TEST(what_the_database_writes_is_no_cause)
{
    static const char *const lines[] = {
        PREFIX "LOG:  statement: select 'PANIC:  secret: No space left on device'\n",
        PREFIX "ERROR:  secret: No space left on device\n",
        PREFIX "FATAL:  terminating connection because of crash of another server process\n",
        "\tPANIC:  secret\n",
        "PANIC:  secret\n",
        "",
    };
    struct rd_err err = explain(lines[_i]);

    ck_assert_str_eq(err.detail, "");
    ck_assert_str_eq(err.hint, "See server.log.");
}
END_TEST

START_TEST(a_log_that_is_not_there_changes_nothing)
{
    struct rd_err err = RD_ERR_INIT;

    rd_err_set(&err, RD_E_CHILD, "the restore failed");
    rd_cause_explain("/nonexistent/server.log", &err);
    ck_assert_str_eq(err.detail, "");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("cause");
    TCase *all = tcase_create("all");

    tcase_add_test(all, a_full_disk_is_named_and_has_its_own_hint);
    tcase_add_test(all, a_session_that_meets_the_full_disk_tells_it_too);
    tcase_add_loop_test(all, what_the_database_writes_is_no_cause, 0, 6);
    tcase_add_test(all, a_log_that_is_not_there_changes_nothing);
    suite_add_tcase(suite, all);
    return suite;
}
