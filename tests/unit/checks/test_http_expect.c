/*
 * test_http_expect.c: how the check `http` judges an answer, and what it accepts in a plan.
 */
#include "checks/checks.h"
#include "checks/http_parts.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct check_test test;
static struct rd_http_answer answer;

static void set_up(void)
{
    check_test_open(&test);
    answer = (struct rd_http_answer){
        .status = 200,
        .headers = RD_BUF_INIT(4096),
        .body = RD_BUF_INIT(4096),
        .latency_us = 1500,
    };
    rd_buf_puts(&answer.headers, "content-type: application/json\nx-count: 12\n");
    rd_buf_puts(&answer.body, "{\"status\": \"ok\", \"items\": [{\"id\": 7, \"email\": "
                              "\"jane@example.test\"}], \"a/b\": null}");
}

static void tear_down(void)
{
    rd_http_answer_free(&answer);
    check_test_close(&test);
}

/* Judges the answer by an `expect` as a plan has it. */
static const struct rd_finding *judge(const char *expect)
{
    char json[2048];
    struct rd_check_run run = {.drill = &test.drill, .group = test.group};

    snprintf(json, sizeof(json),
             "{\"url\": \"http://x\", \"requests\": [{\"get\": \"/\", \"expect\": %s}]}", expect);
    rd_json_freep(&test.json);
    const struct rd_check_http_settings *settings =
        check_test_settings(&test, &rd_check_http, json);
    ck_assert_uint_eq(test.faults.count, 0);
    const struct rd_check_http_request *requests = settings->requests.items;
    return rd_check_http_judge(&run, "GET /", requests[0].expect, &answer, settings->clear);
}

static void passes(const char *expect)
{
    const struct rd_finding *finding = judge(expect);
    ck_assert_msg(finding->verdict == RD_PASS, "%s: %s", expect, finding->message);
}

/* Fails with this behind "as expected: ", and these words for what was wanted and found. */
static const struct rd_finding *fails(const char *expect, const char *subjects,
                                      const char *expected, const char *actual)
{
    const struct rd_finding *finding = judge(expect);

    ck_assert_int_eq(finding->verdict, RD_FAIL);
    ck_assert_str_eq(strrchr(finding->message, ':') + 2, subjects);
    ck_assert_msg(strstr(finding->expected, expected) != NULL, "%s", finding->expected);
    ck_assert_msg(strstr(finding->actual, actual) != NULL, "%s", finding->actual);
    return finding;
}

START_TEST(any_good_status_passes_without_expectation)
{
    answer.status = 204;
    passes("{}");
    answer.status = 301;
    fails("{}", "status", "200 to 299", "status 301");
}
END_TEST

START_TEST(an_answer_of_500_fails)
{
    answer.status = 500;
    fails("{\"status\": 200}", "status", "status 200", "status 500");
}
END_TEST

START_TEST(an_expected_error_status_passes)
{
    answer.status = 404;
    passes("{\"status\": 404}");
}
END_TEST

START_TEST(values_in_json_are_compared_by_pointer)
{
    passes("{\"json\": {\"/status\": \"ok\", \"/items/0/id\": 7, \"/a~1b\": null}}");
    passes("{\"json\": {\"/items/0\": {\"email\": \"jane@example.test\", \"id\": 7.0}}}");
    fails("{\"json\": {\"/status\": \"down\"}}", "/status", "/status \"down\"", "/status hmac:");
    fails("{\"json\": {\"/none\": 1}}", "/none", "/none 1", "/none is not there");
    fails("{\"json\": {\"/items/0/id\": \"7\"}}", "/items/0/id", "\"7\"", "hmac:");
}
END_TEST

START_TEST(values_of_the_answer_are_hashed)
{
    const struct rd_finding *finding =
        fails("{\"json\": {\"/items/0/email\": \"x\"}}", "/items/0/email", "\"x\"", "hmac:");
    ck_assert_ptr_null(strstr(finding->actual, "jane"));
    finding = fails("{\"headers\": {\"X-Count\": \"13\"}}", "header 'X-Count'", "13", "hmac:");
    ck_assert_ptr_null(strstr(finding->actual, "12"));
}
END_TEST

START_TEST(values_are_shown_where_the_plan_wants_it)
{
    struct rd_check_run run = {.drill = &test.drill, .group = test.group};
    const struct rd_check_http_settings *settings =
        check_test_settings(&test, &rd_check_http,
                            "{\"url\": \"http://x\", \"clear\": true, \"requests\": [{\"get\": "
                            "\"/\", \"expect\": {\"json\": {\"/items/0/email\": 1}}}]}");
    const struct rd_check_http_request *requests = settings->requests.items;
    const struct rd_finding *finding =
        rd_check_http_judge(&run, "GET /", requests[0].expect, &answer, settings->clear);

    ck_assert_ptr_nonnull(strstr(finding->actual, "jane@example.test"));
}
END_TEST

START_TEST(a_body_that_is_no_json_fails_once)
{
    rd_buf_puts(&answer.body, "}");
    fails("{\"json\": {\"/status\": \"ok\", \"/items\": 1}}", "body", "JSON", "is not JSON");
}
END_TEST

START_TEST(headers_are_compared_by_pattern_whatever_their_case)
{
    passes("{\"headers\": {\"Content-TYPE\": \"application/*\", \"x-count\": \"1?\"}}");
    fails("{\"headers\": {\"x-other\": \"*\"}}", "header 'x-other'", "*", "is not there");
    fails("{\"headers\": {\"content-type\": \"text/*\"}}", "header 'content-type'", "text/*",
          "hmac:");
}
END_TEST

START_TEST(text_of_the_body_may_be_wanted_or_not)
{
    passes("{\"contains\": \"jane\", \"lacks\": \"error\"}");
    fails("{\"contains\": \"error\"}", "body", "contains 'error'", "lacks it");
    fails("{\"lacks\": \"jane\"}", "body", "lacks 'jane'", "contains it");
}
END_TEST

START_TEST(text_behind_a_nul_is_found)
{
    rd_buf_add(&answer.body, "\0error", 6);
    fails("{\"lacks\": \"error\"}", "body", "lacks", "contains it");
}
END_TEST

START_TEST(a_slow_answer_fails)
{
    answer.latency_us = 100000;
    passes("{\"max_latency\": \"100ms\"}");
    answer.latency_us = 100001;
    fails("{\"max_latency\": \"100ms\"}", "latency", "at most 100 ms", "101 ms");
}
END_TEST

START_TEST(everything_wrong_with_one_answer_is_one_finding)
{
    answer.status = 500;
    fails("{\"status\": 200, \"json\": {\"/status\": \"x\"}, \"contains\": \"y\"}",
          "status, /status, body", "status 200; /status \"x\"; body contains 'y'", "status 500;");
    ck_assert_uint_eq(check_test_count(&test), 1);
}
END_TEST

START_TEST(settings_that_cannot_be_are_refused)
{
    static const struct {
        const char *json, *path, *words;
    } bad[] = {
        {"{}", "$.checks[0]", "'app' to start"},
        {"{\"url\": \"http://x\"}", "$.checks[0]", "must have 'requests'"},
        {"{\"url\": \"http://x\", \"ready\": {\"get\": \"/\"}, \"requests\": [{\"get\": \"/\"}]}",
         "$.checks[0].ready", "needs an 'app'"},
        {"{\"url\": \"http://x:${app.port}\", \"requests\": [{\"get\": \"/\"}]}", "$.checks[0].url",
         "needs an 'app'"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"/\", \"post\": \"/\"}]}",
         "$.checks[0].requests[0]", "exactly one of"},
        {"{\"url\": \"http://x\", \"requests\": [{}]}", "$.checks[0].requests[0]",
         "exactly one of"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"a\"}]}", "$.checks[0].requests[0]",
         "must begin with '/'"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"/${instance.url}\"}]}",
         "$.checks[0].requests[0]", "may hold a password"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"/\", \"body\": 1}]}",
         "$.checks[0].requests[0].body", "has no body"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"/\", \"headers\": {\"a\": 1}}]}",
         "$.checks[0].requests[0].headers.a", "must be a string or a reference"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"/\", \"expect\": {\"json\": {\"a\": "
         "1}}}]}",
         "$.checks[0].requests[0].expect.json", "no JSON Pointer"},
        {"{\"url\": \"http://x\", \"requests\": [{\"get\": \"/\", \"expect\": {\"headers\": "
         "[]}}]}",
         "$.checks[0].requests[0].expect.headers", "must be an object"},
        {"{\"app\": {\"command\": []}}", "$.checks[0].app.command", "must name a program"},
        {"{\"app\": {\"command\": [\"a\", \"${instance.url}\"]}}", "$.checks[0].app.command",
         "may hold a password"},
        {"{\"app\": {\"command\": [\"a\", \"${HOME}\"]}}", "$.checks[0].app.command",
         "'${HOME}' is not known"},
        {"{\"app\": {\"command\": [\"a\"], \"env\": {\"A\": \"${instance.nmae}\"}}}",
         "$.checks[0].app.env.A", "is not known"},
        {"{\"app\": {\"command\": [\"a\"], \"env\": {\"A=B\": \"\"}}}", "$.checks[0].app.env",
         "is no name"},
        {"{\"app\": {\"command\": [\"a\"], \"env\": {\"A\": {\"enw\": \"X\"}}}}",
         "$.checks[0].app.env.A.enw", "did you mean 'env'"},
        {"{\"app\": {\"command\": [\"a\"], \"output\": \"1GiB\"}}", "$.checks[0].app.output",
         "1KiB to 16MiB"},
    };

    for (size_t i = 0; i < RD_COUNT(bad); i++)
        check_test_refused(&rd_check_http, bad[i].json, bad[i].path, bad[i].words);
}
END_TEST

START_TEST(what_is_allowed_is_not_refused)
{
    check_test_settings(
        &test, &rd_check_http,
        "{\"app\": {\"command\": [\"./app\", \"--port=${app.port}\", \"$${HOME}\", \"$$\", \"$(x)"
        "\"], \"env\": {\"DATABASE_URL\": \"${instance.url}\", \"KEY\": {\"file\": \"k\"}, "
        "\"_a1\": "
        "\"\"}}, \"url\": \"http://localhost:${app.port}/v1/\", \"ready\": {\"get\": \"/health\"}, "
        "\"requests\": [{\"post\": \"/a?db=${instance.database}\", \"body\": {\"a\": 1}, "
        "\"headers\": {\"Authorization\": {\"env\": \"TOKEN\"}}, \"expect\": {\"json\": {\"\": []}}"
        "}]}");
    for (size_t i = 0; i < test.faults.count; i++)
        ck_abort_msg("%s: %s", test.faults.items[i].path, test.faults.items[i].message);
}
END_TEST

/* What a text of the plan becomes. */
static const char *filled(const char *text)
{
    static struct rd_buf out = RD_BUF_INIT(4096);
    struct rd_check_run run = {
        .drill = &test.drill, .instance = &test.instance, .database = "sh op"};
    struct rd_check_http_job job = {.run = &run, .port = 8123};

    rd_buf_clear(&out);
    return rd_check_http_fill_in(&job, text, &out, &test.err) == RD_OK ? rd_buf_text(&out) : NULL;
}

START_TEST(names_are_filled_in)
{
    test.instance.host = "/tmp/s";
    test.instance.port = "5433";
    test.instance.user = "admin";

    ck_assert_str_eq(filled("plain"), "plain");
    ck_assert_str_eq(filled("p=${app.port} h=${instance.host} ${instance.port}${instance.user}"),
                     "p=8123 h=/tmp/s 5433admin");
    ck_assert_str_eq(filled("${instance.database}"), "sh op");
    ck_assert_str_eq(filled("$${app.port} $$ $ {} $${x"), "${app.port} $$ $ {} ${x");
    ck_assert_str_eq(filled("a$${b}${app.port}$"), "a${b}8123$");
}
END_TEST

START_TEST(what_a_connection_string_says_is_not_filled_in)
{
    test.instance.host = NULL;
    ck_assert_ptr_null(filled("${instance.host}"));
    ck_assert_int_eq(test.err.code, RD_E_UNSUPPORTED);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("http_expect");
    TCase *tests = tcase_create("http_expect");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, any_good_status_passes_without_expectation);
    tcase_add_test(tests, an_answer_of_500_fails);
    tcase_add_test(tests, an_expected_error_status_passes);
    tcase_add_test(tests, values_in_json_are_compared_by_pointer);
    tcase_add_test(tests, values_of_the_answer_are_hashed);
    tcase_add_test(tests, values_are_shown_where_the_plan_wants_it);
    tcase_add_test(tests, a_body_that_is_no_json_fails_once);
    tcase_add_test(tests, headers_are_compared_by_pattern_whatever_their_case);
    tcase_add_test(tests, text_of_the_body_may_be_wanted_or_not);
    tcase_add_test(tests, text_behind_a_nul_is_found);
    tcase_add_test(tests, a_slow_answer_fails);
    tcase_add_test(tests, everything_wrong_with_one_answer_is_one_finding);
    tcase_add_test(tests, settings_that_cannot_be_are_refused);
    tcase_add_test(tests, what_is_allowed_is_not_refused);
    tcase_add_test(tests, names_are_filled_in);
    tcase_add_test(tests, what_a_connection_string_says_is_not_filled_in);
    suite_add_tcase(suite, tests);
    return suite;
}
