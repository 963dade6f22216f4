/*
 * http_request.c: sends one request of the plan and turns what comes back into a finding.
 */
#include <strings.h>

#include "checks/http_parts.h"

enum {
    REQUEST_END_MS = 500, /* a connection that broke is often the first sign of a process's end */
};

/* What a request is made of; header values may be secret. */
struct request_parts {
    struct rd_buf url;
    struct rd_buf body;
    struct rd_buf values[RD_CHECK_HTTP_HEADERS_MAX];
    struct rd_http_header headers[RD_CHECK_HTTP_HEADERS_MAX + 1];
    struct rd_http_request request;
    bool typed; /* the plan says a Content-Type */
};

static void request_parts_end(struct request_parts *parts)
{
    rd_buf_wipe(&parts->url);
    rd_buf_free(&parts->body);
    for (size_t i = 0; i < RD_COUNT(parts->values); i++)
        rd_buf_wipe(&parts->values[i]);
}

static int request_add_headers(const struct rd_check_http_job *http, struct request_parts *parts,
                               const struct rd_json *headers, struct rd_err *reterr)
{
    struct rd_faults faults = {.arena = rd_recorder_arena(http->run->drill->recorder)};
    const struct rd_secret *const *secrets = rd_check_http_values(headers, "headers", &faults);
    const struct rd_json *item = rd_json_first(headers);

    if (secrets == NULL)
        return rd_err_memory(reterr);
    for (size_t i = 0; item != NULL && i < RD_CHECK_HTTP_HEADERS_MAX; i++) {
        struct rd_buf *value = &parts->values[i];
        *value = (struct rd_buf)RD_BUF_INIT(RD_SECRET_MAX);
        int result = rd_check_http_reveal(http, secrets[i], value, reterr);
        if (result != RD_OK)
            return result;
        parts->headers[i] = (struct rd_http_header){rd_json_key(item), rd_buf_text(value)};
        parts->request.header_count = i + 1;
        parts->typed |= strcasecmp(rd_json_key(item), "content-type") == 0;
        item = rd_json_next(item);
    }
    return RD_OK;
}

/* A string is sent as it is, every other value as JSON, which a header says unless the plan has its
 * own. */
static int request_add_body(struct request_parts *parts, const struct rd_json *body,
                            struct rd_err *reterr)
{
    const char *text = rd_json_text(body);

    if (text != NULL) {
        rd_buf_puts(&parts->body, text);
    } else {
        int result = rd_json_print(body, false, &parts->body, reterr);
        if (result != RD_OK)
            return result;
        if (!parts->typed)
            parts->headers[parts->request.header_count++] =
                (struct rd_http_header){"Content-Type", "application/json"};
    }
    parts->request.body = rd_buf_text(&parts->body);
    parts->request.body_length = parts->body.length;
    return rd_buf_status(&parts->body, "the body of a request", reterr);
}

static int request_build(struct rd_check_http_job *http, const struct rd_check_http_request *wish,
                         struct request_parts *parts, struct rd_err *reterr)
{
    parts->url = (struct rd_buf)RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);
    parts->body = (struct rd_buf)RD_BUF_INIT(RD_CHECK_HTTP_BODY_MAX);
    rd_buf_puts(&parts->url, rd_buf_text(&http->url));
    int result = rd_check_http_fill_in(http, rd_check_http_path(wish), &parts->url, reterr);
    if (result == RD_OK && wish->headers != NULL)
        result = request_add_headers(http, parts, wish->headers, reterr);
    if (result == RD_OK && wish->body != NULL)
        result = request_add_body(parts, wish->body, reterr);

    parts->request.method = rd_check_http_method(wish);
    parts->request.url = rd_buf_text(&parts->url);
    parts->request.headers = parts->headers;
    parts->request.pump = http->settings->app != NULL ? &http->pump : NULL;
    return result;
}

/* Whether the application has ended, a moment after a connection to it broke. */
static bool request_found_end(struct rd_check_http_job *http)
{
    struct rd_deadline moment = rd_deadline_within(&http->run->deadline, REQUEST_END_MS);

    if (http->settings->app == NULL)
        return false;
    while (!rd_check_http_ended(http) && rd_deadline_left_ms(&moment) > 0) {
        struct rd_err ignored = RD_ERR_INIT;
        if (rd_deadline_poll(&moment, NULL, 0, 20, "a pause", &ignored) != RD_OK)
            break;
    }
    return rd_check_http_ended(http);
}

/* There was no answer. */
static void request_judge_error(struct rd_check_http_job *http, const char *subject,
                                const struct rd_err *err)
{
    const struct rd_check_run *run = http->run;
    struct rd_recorder *recorder = run->drill->recorder;
    RD_CLEANUP(rd_buf_free) struct rd_buf how = RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);

    if (err->code != RD_E_NETWORK || !request_found_end(http)) {
        struct rd_finding *finding = rd_find_err(recorder, run->group, subject, err);
        if (finding->hint == NULL && http->settings->app != NULL)
            finding->hint = rd_check_http_output_hint;
        return;
    }
    rd_proc_status_text(http->proc.status, &how);
    struct rd_finding *finding =
        rd_find(recorder, run->group, rd_check_http_died_of_machine(http) ? RD_ERROR : RD_FAIL,
                subject, "the application ended instead of answering");
    finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&how));
    finding->hint = rd_check_http_output_hint;
}

const char *rd_check_http_subject(const struct rd_check_run *run,
                                  const struct rd_check_http_request *request)
{
    return request->name != NULL
               ? request->name
               : rd_record_text(run->drill->recorder, "%s %s", rd_check_http_method(request),
                                rd_check_http_path(request));
}

void rd_check_http_ask(struct rd_check_http_job *http, const struct rd_check_http_request *request)
{
    const struct rd_check_run *run = http->run;
    struct rd_recorder *recorder = run->drill->recorder;
    const char *subject = rd_check_http_subject(run, request);
    struct rd_http_answer answer = {.body = RD_BUF_INIT(RD_CHECK_HTTP_BODY_MAX)};
    struct rd_deadline deadline = rd_deadline_within(&run->deadline, request->timeout_ms);
    RD_CLEANUP(request_parts_end) struct request_parts parts = {0};
    struct rd_err err = RD_ERR_INIT;

    if (http->settings->app != NULL && rd_check_http_ended(http)) {
        rd_find(recorder, run->group, RD_SKIP, subject, "the application has ended before");
        return;
    }
    int result = request_build(http, request, &parts, &err);
    if (result == RD_OK)
        result = rd_http_send(&parts.request, &deadline, &answer, &err);
    if (result == RD_OK)
        rd_check_http_judge(run, subject, request->expect, &answer, http->settings->clear);
    else
        request_judge_error(http, subject, &err);
    rd_http_answer_free(&answer);
}
