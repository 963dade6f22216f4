/*
 * test_junit.c: golden documents, the rules that consumers rely on, and both schemas. The schemas
 * are not part of this project: REDRILL_SCHEMAS names the folder that has them.
 */
#include "reporters/reporters.h"
#include "tests/unit/reporters/records.h"
#include "tests/unit/suite.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static void rendered(struct rd_recorder *recorder, struct rd_buf *xml)
{
    records_render(&rd_reporter_junit, recorder, xml);
    rd_recorder_free(recorder);
}

/* The exit status of a program, or -1 when it could not run. */
static int run(const char *const argv[])
{
    extern char **environ;
    pid_t pid;
    int status;

    if (posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int xmllint(const char *schema, const char *text, size_t length)
{
    char path[] = "/tmp/redrill-junit-XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, length), (ssize_t)length);
    close(fd);
    const char *const with[] = {"xmllint", "--noout", "--schema", schema, path, NULL};
    const char *const without[] = {"xmllint", "--noout", path, NULL};
    int status = run(schema != NULL ? with : without);
    unlink(path);
    return status;
}

/* The number of an attribute's first appearance. */
static double attribute_of(const char *xml, const char *attribute)
{
    char key[40];

    snprintf(key, sizeof(key), " %s=\"", attribute);
    const char *at = strstr(xml, key);
    ck_assert_msg(at != NULL, "no %s", attribute);
    return strtod(at + strlen(key), NULL);
}

static size_t count_of(const char *xml, const char *piece)
{
    size_t count = 0;

    for (const char *at = xml; (at = strstr(at, piece)) != NULL; at += strlen(piece))
        count++;
    return count;
}

static struct rd_recorder *(*const samples[])(void) = {
    records_passed,
    records_failed,
    records_errored,
    records_hostile,
};

START_TEST(a_drill_that_passed)
{
    records_expect(&rd_reporter_junit, records_passed(), "junit-passed.xml");
}
END_TEST

START_TEST(a_drill_that_failed)
{
    records_expect(&rd_reporter_junit, records_failed(), "junit-failed.xml");
}
END_TEST

START_TEST(a_drill_that_never_read_a_backup)
{
    records_expect(&rd_reporter_junit, records_errored(), "junit-errored.xml");
}
END_TEST

START_TEST(hostile_text_in_every_field)
{
    records_expect(&rd_reporter_junit, records_hostile(), "junit-hostile.xml");
}
END_TEST

START_TEST(another_reader_of_xml_takes_every_document)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);

    rendered(samples[_i](), &xml);
    ck_assert_int_eq(xmllint(NULL, xml.data, xml.length), 0);
}
END_TEST

START_TEST(counts_are_those_of_the_cases)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);

    rendered(samples[_i](), &xml);
    ck_assert_double_eq(attribute_of(xml.data, "tests"), (double)count_of(xml.data, "<testcase "));
    ck_assert_double_eq(attribute_of(xml.data, "failures"),
                        (double)count_of(xml.data, "<failure "));
    ck_assert_double_eq(attribute_of(xml.data, "errors"), (double)count_of(xml.data, "<error "));
    ck_assert_double_eq(attribute_of(xml.data, "skipped"), (double)count_of(xml.data, "<skipped "));
}
END_TEST

START_TEST(the_suites_time_is_the_sum_of_its_cases)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);
    double sum = 0;

    rendered(samples[_i](), &xml);
    for (const char *at = xml.data; (at = strstr(at, "<testcase ")) != NULL; at++)
        sum += attribute_of(at, "time");
    ck_assert_double_eq_tol(attribute_of(xml.data, "time"), sum, 0.0005);
    ck_assert_double_eq_tol(sum, 221.5, 0.0005);
}
END_TEST

/* The classname and name of a case, up to the end of its tag's attributes. */
static size_t case_identity(const char *at)
{
    return (size_t)(strstr(at, " time=\"") - at);
}

START_TEST(no_two_cases_have_the_same_name)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);

    rendered(samples[_i](), &xml);
    for (const char *a = xml.data; (a = strstr(a, "<testcase ")) != NULL; a++) {
        size_t length = case_identity(a);
        for (const char *b = a + 1; (b = strstr(b, "<testcase ")) != NULL; b++)
            ck_assert_msg(length != case_identity(b) || memcmp(a, b, length) != 0, "%.*s",
                          (int)length, a);
    }
}
END_TEST

START_TEST(a_drill_without_verdict_to_show_is_an_error_case)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_recorder *recorder = records_begin("orders-prod");
    struct rd_group *group = rd_record_group(recorder, "row_counts", "row_counts", true);

    rd_find(recorder, group, RD_SKIP, "row_counts", "there is no table");
    records_end(recorder);
    rendered(recorder, &xml);
    ck_assert_double_eq(attribute_of(xml.data, "errors"), 1);
}
END_TEST

START_TEST(no_text_of_the_backup_reaches_what_consumers_take_for_attachments)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);

    rendered(samples[_i](), &xml);
    ck_assert_ptr_null(strstr(xml.data, "<system-out"));
    ck_assert_ptr_null(strstr(xml.data, "<system-err"));
}
END_TEST

START_TEST(both_schemas_accept_every_document)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf xml = RD_BUF_INIT(RD_REPORT_MAX);
    const char *folder = getenv("REDRILL_SCHEMAS");
    char schema[4200];

    if (folder == NULL) {
        fprintf(stderr,
                "SKIP: REDRILL_SCHEMAS is not set: JUnit not validated against the schemas\n");
        return;
    }
    rendered(samples[_i](), &xml);
    snprintf(schema, sizeof(schema), "%s/jenkins-junit-10.xsd", folder);
    ck_assert_int_eq(xmllint(schema, xml.data, xml.length), 0);

    /* Surefire's schema is that of one suite. */
    static const char end[] = "</testsuite>";
    const char *suite = strstr(xml.data, "<testsuite ");
    const char *last = strstr(suite, end);
    snprintf(schema, sizeof(schema), "%s/surefire-test-report-3.0.2.xsd", folder);
    ck_assert_int_eq(xmllint(schema, suite, (size_t)(last - suite) + strlen(end)), 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("junit");
    TCase *tests = tcase_create("junit");
    int count = (int)RD_COUNT(samples);

    tcase_add_test(tests, a_drill_that_passed);
    tcase_add_test(tests, a_drill_that_failed);
    tcase_add_test(tests, a_drill_that_never_read_a_backup);
    tcase_add_test(tests, hostile_text_in_every_field);
    tcase_add_loop_test(tests, another_reader_of_xml_takes_every_document, 0, count);
    tcase_add_loop_test(tests, counts_are_those_of_the_cases, 0, count);
    tcase_add_loop_test(tests, the_suites_time_is_the_sum_of_its_cases, 0, count);
    tcase_add_loop_test(tests, no_two_cases_have_the_same_name, 0, count);
    tcase_add_test(tests, a_drill_without_verdict_to_show_is_an_error_case);
    tcase_add_loop_test(tests, no_text_of_the_backup_reaches_what_consumers_take_for_attachments, 0,
                        count);
    tcase_add_loop_test(tests, both_schemas_accept_every_document, 0, count);
    suite_add_tcase(suite, tests);
    return suite;
}
