/*
 * test_http.c: requests to a child that answers canned bytes on the loopback.
 */
#include "drills/common/http.h"

#include <fcntl.h>

#include "tests/unit/canned_server.h"
#include "tests/unit/suite.h"

static struct rd_err err;
static struct rd_http_answer answer;
static struct canned_server server;
static int cancel[2];

static void set_up(void)
{
    rd_err_clear(&err);
    answer = (struct rd_http_answer){.body = RD_BUF_INIT(4096)};
    ck_assert_int_eq(pipe(cancel), 0);
}

static void tear_down(void)
{
    rd_http_answer_free(&answer);
    if (server.pid > 0)
        canned_server_stop(&server);
    server = (struct canned_server){0};
    close(cancel[0]);
    close(cancel[1]);
}

static int send_request(struct rd_http_request request)
{
    struct rd_deadline deadline = rd_deadline_in_ms(3000, cancel[0]);

    if (request.url == NULL)
        request.url = server.url;
    if (request.method == NULL)
        request.method = "GET";
    return rd_http_send(&request, &deadline, &answer, &err);
}

static const char *header(const char *name)
{
    static struct rd_buf value = RD_BUF_INIT(4096);

    rd_buf_clear(&value);
    return rd_http_header(&answer, name, &value) ? rd_buf_text(&value) : NULL;
}

START_TEST(an_answer_is_taken_apart)
{
    server = canned_server_start("HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\nX-Empty:\r\n"
                                 "X-Two: a\r\nX-Two: b\r\nContent-Length: 5\r\n\r\nhello");

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_OK);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(rd_buf_text(&answer.body), "hello");
    ck_assert_str_eq(header("content-type"), "text/plain");
    ck_assert_str_eq(header("x-empty"), "");
    ck_assert_str_eq(header("x-two"), "a");
    ck_assert_ptr_null(header("x-three"));
    ck_assert_ptr_null(header("x"));
    ck_assert_int_gt(answer.latency_us, 0);
    ck_assert_int_lt(answer.latency_us, 3000000);
}
END_TEST

START_TEST(any_status_is_an_answer_and_a_redirect_is_not_followed)
{
    server = canned_server_start(
        "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n");

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_OK);
    ck_assert_int_eq(answer.status, 302);
    ck_assert_str_eq(header("location"), "http://192.0.2.1/");
}
END_TEST

START_TEST(the_head_of_an_interim_answer_is_forgotten)
{
    server = canned_server_start("HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n"
                                 "HTTP/1.1 500 Oh\r\nX-Late: yes\r\nContent-Length: 0\r\n\r\n");

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_OK);
    ck_assert_int_eq(answer.status, 500);
    ck_assert_ptr_null(header("x-early"));
    ck_assert_str_eq(header("x-late"), "yes");
}
END_TEST

START_TEST(method_headers_and_body_are_sent_as_given)
{
    const struct rd_http_header headers[] = {{"X-Key", "secret"}, {"X-None", ""}};
    server = canned_server_start("HTTP/1.1 204 No Content\r\n\r\n");

    ck_assert_int_eq(send_request((struct rd_http_request){.method = "PUT",
                                                           .headers = headers,
                                                           .header_count = 2,
                                                           .body = "{\"a\":1}",
                                                           .body_length = 7}),
                     RD_OK);
    ck_assert_int_eq(answer.status, 204);
    const char *seen = canned_server_seen(&server);
    ck_assert_ptr_nonnull(strstr(seen, "PUT / HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "X-Key: secret\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "X-None:\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "User-Agent: redrill/" RD_VERSION "\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "Content-Length: 7\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "\r\n\r\n{\"a\":1}"));
    ck_assert_ptr_null(strstr(seen, "urlencoded"));
}
END_TEST

START_TEST(a_post_without_body_says_that_it_has_none)
{
    server = canned_server_start("HTTP/1.1 204 No Content\r\n\r\n");

    ck_assert_int_eq(send_request((struct rd_http_request){.method = "POST"}), RD_OK);
    const char *seen = canned_server_seen(&server);
    ck_assert_ptr_nonnull(strstr(seen, "POST / HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(seen, "Content-Length: 0\r\n"));
}
END_TEST

START_TEST(an_answer_to_head_has_no_body)
{
    server = canned_server_start("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");

    ck_assert_int_eq(send_request((struct rd_http_request){.method = "HEAD"}), RD_OK);
    ck_assert_uint_eq(answer.body.length, 0);
    ck_assert_ptr_nonnull(strstr(canned_server_seen(&server), "HEAD / "));
}
END_TEST

START_TEST(a_header_with_a_line_end_is_refused)
{
    const struct rd_http_header bad_value = {"X-A", "b\r\nX-C: d"};
    const struct rd_http_header bad_name = {"X A", "b"};
    server = canned_server_start("HTTP/1.1 204 No Content\r\n\r\n");

    ck_assert_int_eq(
        send_request((struct rd_http_request){.headers = &bad_value, .header_count = 1}),
        RD_E_ARGUMENT);
    ck_assert_ptr_null(strstr(err.message, "X-C"));
    rd_err_clear(&err);
    ck_assert_int_eq(
        send_request((struct rd_http_request){.headers = &bad_name, .header_count = 1}),
        RD_E_ARGUMENT);
}
END_TEST

START_TEST(a_body_beyond_the_maximum_is_an_error)
{
    answer.body.max = 4;
    server = canned_server_start("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_E_LIMIT);
    ck_assert_str_eq(err.message, "the body of an answer is larger than 4 bytes");
    ck_assert_int_eq(answer.status, 0);
}
END_TEST

START_TEST(a_head_without_end_is_an_error)
{
    static char big[80 * 1024];
    int length = snprintf(big, sizeof(big), "HTTP/1.1 200 OK\r\n");
    for (int i = 0; length < 70 * 1024; i++)
        length += snprintf(big + length, sizeof(big) - (size_t)length, "X-%d: %0500d\r\n", i, i);
    server = canned_server_start(big);

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_E_LIMIT);
}
END_TEST

START_TEST(a_body_that_ends_early_is_a_broken_connection)
{
    server = canned_server_start("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_E_NETWORK);
    ck_assert_ptr_nonnull(strstr(err.message, "broke"));
}
END_TEST

START_TEST(bytes_that_are_no_http_are_a_format_error)
{
    server = canned_server_start("220 mail.example.test ESMTP\r\n");

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_E_FORMAT);
}
END_TEST

START_TEST(nobody_there_is_a_network_error_that_names_the_host_only)
{
    char url[128];
    server = canned_server_start("");
    snprintf(url, sizeof(url), "http://me:pass@127.0.0.1:%d/hooks/T0KEN?k=v", server.port);
    canned_server_stop(&server);
    server.pid = 0;

    ck_assert_int_eq(send_request((struct rd_http_request){.url = url}), RD_E_NETWORK);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot connect to '127.0.0.1:"));
    ck_assert_ptr_null(strstr(err.message, "T0KEN"));
    ck_assert_ptr_null(strstr(err.message, "pass"));
    ck_assert_ptr_null(strstr(err.detail, "T0KEN"));
    ck_assert_ptr_null(strstr(err.detail, "pass"));
}
END_TEST

START_TEST(other_protocols_are_refused)
{
    ck_assert_int_eq(send_request((struct rd_http_request){.url = "file:///etc/passwd"}),
                     RD_E_ARGUMENT);
    rd_err_clear(&err);
    ck_assert_int_eq(send_request((struct rd_http_request){.url = "ftp://127.0.0.1/"}),
                     RD_E_ARGUMENT);
    rd_err_clear(&err);
    ck_assert_int_eq(send_request((struct rd_http_request){.url = "http://[::1"}), RD_E_ARGUMENT);
}
END_TEST

START_TEST(a_proxy_of_the_environment_is_not_used)
{
    server = canned_server_start("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    setenv("http_proxy", "http://127.0.0.1:1", 1);

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_OK);
    unsetenv("http_proxy");
}
END_TEST

START_TEST(a_silent_server_runs_into_the_deadline)
{
    server = canned_server_start_bytes("HTTP/1.1 200 OK\r\n", 17, true);
    struct rd_deadline deadline = rd_deadline_in_ms(150, -1);
    struct rd_http_request request = {.method = "GET", .url = server.url};

    ck_assert_int_eq(rd_http_send(&request, &deadline, &answer, &err), RD_E_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(err.message, "the answer of '127.0.0.1:"));
}
END_TEST

START_TEST(a_signal_ends_the_wait)
{
    server = canned_server_start_bytes("", 0, true);
    ck_assert_int_eq(write(cancel[1], "x", 1), 1);

    ck_assert_int_eq(send_request((struct rd_http_request){0}), RD_E_INTERRUPTED);
}
END_TEST

/* A pump that reads a pipe, and says how much it read. */
struct pump_probe {
    struct rd_http_pump pump;
    size_t bytes;
};

static void pump_probe_drain(void *context)
{
    struct pump_probe *probe = context;
    char piece[4096];
    ssize_t got;

    while ((got = read(probe->pump.fd, piece, sizeof(piece))) > 0)
        probe->bytes += (size_t)got;
    if (got == 0)
        probe->pump.fd = -1;
}

START_TEST(the_pump_is_drained_while_the_answer_is_awaited)
{
    struct pump_probe probe = {.pump = {.drain = pump_probe_drain}};
    int pipes[2];
    server = canned_server_start_bytes("", 0, true);
    ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
    probe.pump.fd = pipes[0];
    probe.pump.context = &probe;
    pid_t writer = fork();
    if (writer == 0) {
        static const char block[256 * 1024];
        fcntl(pipes[1], F_SETFL, 0);
        _exit(write(pipes[1], block, sizeof(block)) == sizeof(block) ? 0 : 1);
    }
    close(pipes[1]);

    struct rd_deadline deadline = rd_deadline_in_ms(300, -1);
    struct rd_http_request request = {.method = "GET", .url = server.url, .pump = &probe.pump};
    ck_assert_int_eq(rd_http_send(&request, &deadline, &answer, &err), RD_E_TIMEOUT);
    ck_assert_uint_eq(probe.bytes, 256 * 1024);
    ck_assert_int_eq(probe.pump.fd, -1);
    waitpid(writer, NULL, 0);
    close(pipes[0]);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("http");
    TCase *tests = tcase_create("http");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_answer_is_taken_apart);
    tcase_add_test(tests, any_status_is_an_answer_and_a_redirect_is_not_followed);
    tcase_add_test(tests, the_head_of_an_interim_answer_is_forgotten);
    tcase_add_test(tests, method_headers_and_body_are_sent_as_given);
    tcase_add_test(tests, a_post_without_body_says_that_it_has_none);
    tcase_add_test(tests, an_answer_to_head_has_no_body);
    tcase_add_test(tests, a_header_with_a_line_end_is_refused);
    tcase_add_test(tests, a_body_beyond_the_maximum_is_an_error);
    tcase_add_test(tests, a_head_without_end_is_an_error);
    tcase_add_test(tests, a_body_that_ends_early_is_a_broken_connection);
    tcase_add_test(tests, bytes_that_are_no_http_are_a_format_error);
    tcase_add_test(tests, nobody_there_is_a_network_error_that_names_the_host_only);
    tcase_add_test(tests, other_protocols_are_refused);
    tcase_add_test(tests, a_proxy_of_the_environment_is_not_used);
    tcase_add_test(tests, a_silent_server_runs_into_the_deadline);
    tcase_add_test(tests, a_signal_ends_the_wait);
    tcase_add_test(tests, the_pump_is_drained_while_the_answer_is_awaited);
    suite_add_tcase(suite, tests);
    return suite;
}
