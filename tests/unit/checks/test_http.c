/*
 * test_http.c: the check `http` with an application that is this very program: run with ACT set, it
 * behaves as the test wants instead of running tests.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "checks/checks.h"
#include "checks/http_parts.h"
#include "drills/common/file.h"
#include "tests/unit/canned_server.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct check_test test;
static char work[] = "/tmp/redrill-http-XXXXXX";
static char program[4096];

/* What the application answers to a request. */
static void act_answer(int client, const char *act, const char *request)
{
    char answer[2048];
    bool health = strstr(request, "GET /health") != NULL;
    const char *status = strcmp(act, "broken") == 0 ? "500 Oh" : "200 OK";
    const char *body = getenv("SAY") != NULL ? getenv("SAY") : "{\"status\":\"ok\"}";

    if ((strcmp(act, "dies") == 0 || strcmp(act, "leaves") == 0) && !health)
        _exit(3);
    if (strcmp(act, "hangs") == 0 && !health)
        pause();
    if (strcmp(act, "late") == 0) {
        static int asked;
        status = ++asked < 4 ? "503 Wait" : status;
    }
    snprintf(answer, sizeof(answer), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
             strlen(body), body);
    if (write(client, answer, strlen(answer)) < 0)
        _exit(9);
}

static void act_serve(const char *act)
{
    static char request[65536];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtol(getenv("PORT"), NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 16) != 0)
        _exit(8);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        size_t length = canned_server_read(client, request, sizeof(request) - 1);
        request[length] = '\0';
        printf("asked: %s\n", request);
        fflush(stdout);
        for (int i = 0; strcmp(act, "floods") == 0 && i < 5000; i++)
            printf("line %d of a flood that nobody can stop, and it goes on and on\n", i);
        fflush(stdout);
        act_answer(client, act, request);
        close(client);
    }
}

__attribute__((constructor)) static void act_as_application(void)
{
    const char *act = getenv("ACT");

    if (act == NULL)
        return;
    if (strcmp(act, "exits") == 0)
        _exit((int)strtol(getenv("WITH"), NULL, 10));
    if (strcmp(act, "killed") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(act, "stubborn") == 0)
        signal(SIGTERM, SIG_IGN);
    if ((strcmp(act, "forks") == 0 || strcmp(act, "leaves") == 0) && fork() == 0) {
        for (;;)
            pause();
    }
    if (strcmp(act, "silent") == 0) {
        for (;;)
            pause();
    }
    act_serve(act);
}

static void set_up(void)
{
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

    program[length > 0 ? length : 0] = '\0';
    check_test_open(&test);
    snprintf(work, sizeof(work), "/tmp/redrill-http-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(work));
    test.drill.work = work;
    snprintf(test.drill.id, sizeof(test.drill.id), "0190a0a0-0000-7000-8000-%012d", getpid());
    test.drill.user = (struct rd_user){.uid = geteuid(), .gid = getegid(), .name = "me"};
}

static void tear_down(void)
{
    ck_assert_int_eq(rd_file_remove_tree(work, &test.err), RD_OK);
    check_test_close(&test);
}

/* Runs the check with this application, and `more` settings behind it. */
static void run_app(const char *act, const char *app, const char *more)
{
    char json[8192];

    snprintf(json, sizeof(json),
             "{\"app\": {\"command\": [\"%s\"], \"env\": {\"ACT\": \"%s\"%s}}%s}", program, act,
             app, more);
    ck_assert_int_eq(check_test_run(&test, &rd_check_http, json), RD_OK);
}

#define HEALTH ", \"ready\": {\"get\": \"/health\", \"timeout\": \"5s\"}"
#define SHORT ", \"ready\": {\"get\": \"/health\", \"timeout\": \"300ms\"}"
#define ASK                                                                                      \
    ", \"requests\": [{\"get\": \"/integrity\", \"timeout\": \"500ms\", \"expect\": {\"json\": " \
    "{\"/status\": \"ok\"}}}, {\"get\": \"/second\", \"timeout\": \"500ms\"}]"

/* The application's output, as it was kept. */
static const char *log_text(void)
{
    static struct rd_buf text = RD_BUF_INIT(1024 * 1024);
    char path[256];

    rd_buf_clear(&text);
    snprintf(path, sizeof(path), "%s/app-1.log", work);
    ck_assert_int_eq(rd_file_read(path, &text, &test.err), RD_OK);
    return rd_buf_text(&text);
}

START_TEST(an_application_that_works_passes)
{
    run_app("serves", "", HEALTH ASK);

    check_test_expect(&test, "application starts", RD_PASS, "is ready");
    check_test_expect(&test, "GET /integrity", RD_PASS, "status 200, as expected");
    check_test_expect(&test, "GET /second", RD_PASS, "status 200");
    check_test_expect(&test, "application stays inside", RD_PASS, "was seen");
    ck_assert_uint_eq(check_test_count(&test), 4);
    ck_assert_ptr_nonnull(strstr(log_text(), "asked: GET /integrity"));
}
END_TEST

START_TEST(an_application_without_ready_is_ready_with_its_first_answer)
{
    run_app("broken", "", ASK);

    check_test_expect(&test, "application starts", RD_PASS, "is ready");
    check_test_expect(&test, "GET /integrity", RD_FAIL, "status");
}
END_TEST

START_TEST(an_application_that_needs_time_is_waited_for)
{
    run_app("late", "", HEALTH ASK);

    check_test_expect(&test, "application starts", RD_PASS, "is ready");
}
END_TEST

START_TEST(an_application_that_answers_500_fails)
{
    run_app("broken", "", SHORT ASK);

    const struct rd_finding *finding = check_test_expect(&test, "application starts", RD_FAIL,
                                                         "answers, and does not become ready");
    ck_assert_str_eq(finding->actual, "status 500");
    check_test_expect(&test, "GET /integrity", RD_SKIP, "nothing to ask");
}
END_TEST

START_TEST(an_application_that_hangs_at_its_start_is_an_error)
{
    run_app("silent", "", SHORT);

    check_test_expect(&test, "application starts", RD_ERROR, "did not answer in time");
}
END_TEST

START_TEST(an_application_that_hangs_at_a_request_is_an_error)
{
    run_app("hangs", "", HEALTH ASK);

    check_test_expect(&test, "GET /integrity", RD_ERROR, "took too long");
}
END_TEST

START_TEST(an_application_that_ends_at_its_start_fails)
{
    run_app("exits", ", \"WITH\": \"3\"", HEALTH ASK);

    const struct rd_finding *finding =
        check_test_expect(&test, "application starts", RD_FAIL, "ended before it was ready");
    ck_assert_str_eq(finding->actual, "exit status 3");
}
END_TEST

START_TEST(an_end_that_the_machine_is_to_blame_for_is_an_error)
{
    run_app("exits", ", \"WITH\": \"127\"", HEALTH);
    check_test_expect(&test, "application starts", RD_ERROR, "ended before it was ready");
    tear_down();
    set_up();
    run_app("killed", "", HEALTH);
    check_test_expect(&test, "application starts", RD_ERROR, "ended before it was ready");
    tear_down();
    set_up();
    run_app("exits", ", \"WITH\": \"0\"", HEALTH);
    check_test_expect(&test, "application starts", RD_ERROR, "ended before it was ready");
}
END_TEST

START_TEST(a_program_that_is_not_there_is_an_error)
{
    ck_assert_int_eq(
        check_test_run(&test, &rd_check_http, "{\"app\": {\"command\": [\"./no-such-program\"]}}"),
        RD_OK);

    check_test_expect(&test, "application starts", RD_ERROR, "no-such-program");
    ck_assert_uint_eq(check_test_count(&test), 1);
}
END_TEST

START_TEST(an_application_that_dies_of_a_request_fails_and_is_asked_no_more)
{
    run_app("dies", "", HEALTH ASK);

    const struct rd_finding *finding =
        check_test_expect(&test, "GET /integrity", RD_FAIL, "ended instead of answering");
    ck_assert_str_eq(finding->actual, "exit status 3");
    check_test_expect(&test, "GET /second", RD_SKIP, "has ended before");
}
END_TEST

START_TEST(a_flood_of_output_blocks_nobody_and_only_its_end_is_kept)
{
    run_app("floods", "", HEALTH ASK);

    check_test_expect(&test, "GET /second", RD_PASS, "status 200");
    const char *text = log_text();
    ck_assert_uint_eq(strlen(text), 64 * 1024);
    ck_assert_ptr_nonnull(strstr(text, "line 4999 of a flood"));
}
END_TEST

START_TEST(what_the_application_writes_is_not_in_the_findings)
{
    run_app("broken", ", \"SAY\": \"jane@example.test\"", ASK);

    const struct rd_finding *findings = test.group->findings.items;
    for (size_t i = 0; i < test.group->findings.count; i++) {
        ck_assert_ptr_null(strstr(findings[i].message, "jane"));
        ck_assert(findings[i].actual == NULL || strstr(findings[i].actual, "jane") == NULL);
    }
}
END_TEST

/* How many processes carry this drill's mark. */
static size_t processes_left(void)
{
    char path[300], text[16384], mark[128];
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    size_t count = 0;

    snprintf(mark, sizeof(mark), "REDRILL_DRILL=%s", test.drill.id);
    while ((entry = readdir(proc)) != NULL) {
        snprintf(path, sizeof(path), "/proc/%s/environ", entry->d_name);
        int fd = open(path, O_RDONLY);
        ssize_t got = fd >= 0 ? read(fd, text, sizeof(text)) : 0;
        if (got > 0 && memmem(text, (size_t)got, mark, strlen(mark)) != NULL)
            count++;
        if (fd >= 0)
            close(fd);
    }
    closedir(proc);
    return count;
}

START_TEST(the_whole_process_group_is_ended)
{
    run_app("forks", "", HEALTH);
    check_test_expect(&test, "application starts", RD_PASS, "is ready");
    ck_assert_uint_eq(processes_left(), 0);
}
END_TEST

START_TEST(what_an_application_leaves_when_it_dies_is_ended)
{
    run_app("leaves", "", HEALTH ASK);
    check_test_expect(&test, "GET /integrity", RD_FAIL, "ended instead of answering");
    ck_assert_uint_eq(processes_left(), 0);
}
END_TEST

START_TEST(an_application_that_ignores_sigterm_is_killed)
{
    run_app("stubborn", "", HEALTH);
    check_test_expect(&test, "application starts", RD_PASS, "is ready");
    ck_assert_uint_eq(processes_left(), 0);
}
END_TEST

START_TEST(secrets_reach_the_application_and_nothing_else)
{
    setenv("TEST_SECRET", "hush", 1);
    run_app("serves", ", \"SAY\": {\"env\": \"TEST_SECRET\"}",
            HEALTH ", \"requests\": [{\"get\": \"/\", \"expect\": {\"contains\": \"hush\"}}, "
                   "{\"get\": \"/other\", \"expect\": {\"json\": {\"\": 1}}}]");

    check_test_expect(&test, "GET /", RD_PASS, "status 200");
    check_test_expect(&test, "GET /other", RD_FAIL, "body");
}
END_TEST

START_TEST(a_port_that_is_taken_is_an_error)
{
    struct canned_server server = canned_server_start("HTTP/1.1 200 OK\r\n\r\n");
    char json[8192];

    snprintf(json, sizeof(json), "{\"app\": {\"command\": [\"%s\"], \"port\": %d}}", program,
             server.port);
    ck_assert_int_eq(check_test_run(&test, &rd_check_http, json), RD_OK);
    canned_server_stop(&server);
    check_test_expect(&test, "application starts", RD_ERROR, "is not free");
}
END_TEST

START_TEST(something_that_runs_already_can_be_asked)
{
    struct canned_server server =
        canned_server_start("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}");
    char json[1024];

    snprintf(json, sizeof(json),
             "{\"url\": \"%s/base/\", \"requests\": [{\"post\": \"/x\", \"body\": {\"a\": [1]}, "
             "\"headers\": {\"X-Key\": \"k\"}, \"name\": \"create\", \"expect\": {\"headers\": "
             "{\"X-a\": \"b\"}}}]}",
             server.url);
    ck_assert_int_eq(check_test_run(&test, &rd_check_http, json), RD_OK);
    const char *seen = canned_server_seen(&server);
    ck_assert_ptr_nonnull(strstr(seen, "POST /base/x HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "Content-Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "X-Key: k\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\n\r\n{\"a\":[1]}"));
    canned_server_stop(&server);
    check_test_expect(&test, "create", RD_PASS, "status 200");
    ck_assert_uint_eq(check_test_count(&test), 1);
}
END_TEST

START_TEST(nobody_at_the_url_is_an_error)
{
    ck_assert_int_eq(
        check_test_run(&test, &rd_check_http,
                       "{\"url\": \"http://127.0.0.1:1\", \"requests\": [{\"get\": \"/\"}]}"),
        RD_OK);
    check_test_expect(&test, "GET /", RD_ERROR, "cannot connect to '127.0.0.1:1'");
}
END_TEST

/* Judges sockets as procfs lists them. */
static const struct rd_finding *judge_sockets(const char *sockets, const char *settings)
{
    struct rd_check_run check_run = {
        .drill = &test.drill, .instance = &test.instance, .group = test.group};
    struct rd_check_http_job job = {.run = &check_run};

    job.settings = check_test_settings(&test, &rd_check_http, settings);
    rd_check_http_note_sockets(&job, sockets);
    rd_check_http_judge_outside(&job);
    rd_buf_free(&job.outside);
    return check_test_finding(&test, "application stays inside");
}

START_TEST(a_connection_to_another_machine_fails)
{
    const struct rd_finding *finding =
        judge_sockets("listens on 127.0.0.1:80\nis connected to 192.0.2.1:25\n"
                      "is connected to [::1]:5432\nis connected to 192.0.2.1:25\n"
                      "is connected to udp 192.0.2.9:53\n",
                      "{\"app\": {\"command\": [\"x\"]}}");

    ck_assert_int_eq(finding->verdict, RD_FAIL);
    ck_assert_str_eq(finding->actual, "192.0.2.1:25, udp 192.0.2.9:53");
}
END_TEST

START_TEST(connections_within_the_machine_pass)
{
    const struct rd_finding *finding =
        judge_sockets("listens on unix /tmp/a is connected to 192.0.2.1:25\n"
                      "is connected to 127.0.0.1:5432\nis connected to [::ffff:127.0.0.1]:1\n"
                      "is connected to udp 127.0.0.53:53\nlistens on 0.0.0.0:80\n",
                      "{\"app\": {\"command\": [\"x\"]}}");

    ck_assert_int_eq(finding->verdict, RD_PASS);
    const struct rd_strings *limits = &rd_recorder_record(test.recorder)->limits;
    ck_assert_ptr_nonnull(strstr(limits->items[0], "more than the loopback"));
}
END_TEST

START_TEST(a_connection_that_the_plan_allows_is_passed_over)
{
    const struct rd_finding *finding = judge_sockets(
        "is connected to 192.0.2.1:25\n", "{\"app\": {\"command\": [\"x\"], \"outside\": true}}");

    ck_assert_int_eq(finding->verdict, RD_SKIP);
}
END_TEST

START_TEST(an_interrupted_drill_ends_the_application)
{
    int cancel[2];
    ck_assert_int_eq(pipe(cancel), 0);
    ck_assert_int_eq(write(cancel[1], "x", 1), 1);
    test.drill.deadline.cancel_fd = cancel[0];
    run_app("serves", "", HEALTH ASK);

    ck_assert_int_eq(check_test_finding(&test, "application starts")->verdict, RD_ERROR);
    ck_assert_uint_eq(processes_left(), 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("http_check");
    TCase *tests = tcase_create("http_check");

    tcase_set_timeout(tests, 30);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_application_that_works_passes);
    tcase_add_test(tests, an_application_without_ready_is_ready_with_its_first_answer);
    tcase_add_test(tests, an_application_that_needs_time_is_waited_for);
    tcase_add_test(tests, an_application_that_answers_500_fails);
    tcase_add_test(tests, an_application_that_hangs_at_its_start_is_an_error);
    tcase_add_test(tests, an_application_that_hangs_at_a_request_is_an_error);
    tcase_add_test(tests, an_application_that_ends_at_its_start_fails);
    tcase_add_test(tests, an_end_that_the_machine_is_to_blame_for_is_an_error);
    tcase_add_test(tests, a_program_that_is_not_there_is_an_error);
    tcase_add_test(tests, an_application_that_dies_of_a_request_fails_and_is_asked_no_more);
    tcase_add_test(tests, a_flood_of_output_blocks_nobody_and_only_its_end_is_kept);
    tcase_add_test(tests, what_the_application_writes_is_not_in_the_findings);
    tcase_add_test(tests, the_whole_process_group_is_ended);
    tcase_add_test(tests, what_an_application_leaves_when_it_dies_is_ended);
    tcase_add_test(tests, an_application_that_ignores_sigterm_is_killed);
    tcase_add_test(tests, secrets_reach_the_application_and_nothing_else);
    tcase_add_test(tests, a_port_that_is_taken_is_an_error);
    tcase_add_test(tests, something_that_runs_already_can_be_asked);
    tcase_add_test(tests, nobody_at_the_url_is_an_error);
    tcase_add_test(tests, a_connection_to_another_machine_fails);
    tcase_add_test(tests, connections_within_the_machine_pass);
    tcase_add_test(tests, a_connection_that_the_plan_allows_is_passed_over);
    tcase_add_test(tests, an_interrupted_drill_ends_the_application);
    suite_add_tcase(suite, tests);
    return suite;
}
