/*
 * http_ready.c: waits until the application answers as it does when it is ready. An application
 * that answers wrongly, or ends, is known bad; one that stays silent is not known.
 */
#include <inttypes.h>
#include <unistd.h>

#include "checks/http_parts.h"

enum {
    READY_PAUSE_MS = 50,      /* between two questions */
    READY_TIMEOUT_MS = 30000, /* without `ready` in the plan */
};

/* Lets time pass, and reads the output meanwhile. RD_OK, or as rd_deadline_check. */
static int ready_pause(struct rd_check_http_job *http, const struct rd_deadline *deadline,
                       struct rd_err *reterr)
{
    struct rd_deadline pause = rd_deadline_within(deadline, READY_PAUSE_MS);

    while (rd_deadline_left_ms(&pause) > 0) {
        struct pollfd fd = {.fd = http->pump.fd, .events = POLLIN};
        struct rd_err ignored = RD_ERR_INIT;
        int result = rd_deadline_poll(&pause, &fd, 1, -1, "a pause", &ignored);
        if (result != RD_OK && result != RD_E_TIMEOUT)
            break;
        if (fd.revents != 0)
            http->pump.drain(http);
    }
    return rd_deadline_check(deadline, "the application's start", reterr);
}

/* The end of an application that did not become ready. */
static void ready_judge_end(const struct rd_check_http_job *http)
{
    const struct rd_check_run *run = http->run;
    struct rd_recorder *recorder = run->drill->recorder;
    RD_CLEANUP(rd_buf_free) struct rd_buf how = RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);
    bool clean = rd_proc_succeeded(&http->proc);
    bool machine = clean || rd_check_http_died_of_machine(http);
    int64_t port;
    int fd = rd_check_http_bind(http->port, &port);

    if (fd >= 0)
        close(fd);
    rd_proc_status_text(http->proc.status, &how);
    struct rd_finding *finding =
        rd_find(recorder, run->group, machine || fd < 0 ? RD_ERROR : RD_FAIL, "application starts",
                "the application ended before it was ready");
    finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&how));
    finding->hint = rd_check_http_output_hint;
    if (clean)
        finding->hint = "The command must stay in the foreground as long as the application runs.";
    else if (fd < 0)
        finding->hint = "Another program took the application's port; run the drill again.";
}

/* One question whether it is ready. RD_OK when there was an answer. */
static int ready_ask(struct rd_check_http_job *http, const struct rd_deadline *deadline,
                     int *ret_status, struct rd_err *reterr)
{
    const struct rd_check_http_ready *ready = http->settings->ready;
    RD_CLEANUP(rd_buf_free) struct rd_buf url = RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);
    struct rd_http_answer answer = {.body = RD_BUF_INIT(RD_CHECK_HTTP_BODY_MAX)};

    rd_buf_puts(&url, rd_buf_text(&http->url));
    int result = rd_check_http_fill_in(http, ready != NULL ? ready->get : "/", &url, reterr);
    if (result != RD_OK)
        return result;
    struct rd_http_request request = {.method = "GET", .url = url.data, .pump = &http->pump};
    result = rd_http_send(&request, deadline, &answer, reterr);
    if (result == RD_OK)
        *ret_status = answer.status;
    rd_http_answer_free(&answer);
    return result;
}

/* It did not become ready in time: a wrong answer is known bad, silence is not known. */
static void ready_judge_late(const struct rd_check_http_job *http, int status,
                             const struct rd_err *err)
{
    const struct rd_check_run *run = http->run;
    struct rd_recorder *recorder = run->drill->recorder;
    struct rd_finding *finding;

    if (err->code == RD_E_INTERRUPTED) {
        rd_find_err(recorder, run->group, "application starts", err);
        return;
    }
    if (status != 0) {
        finding = rd_find(recorder, run->group, RD_FAIL, "application starts",
                          "the application answers, and does not become ready");
        finding->expected =
            rd_record_text(recorder, "status %" PRId64, http->settings->ready->status);
        finding->actual = rd_record_text(recorder, "status %d", status);
    } else {
        finding = rd_find(recorder, run->group, RD_ERROR, "application starts",
                          "the application did not answer in time");
        finding->actual = rd_record_text(recorder, "%s", err->message);
    }
    finding->hint = rd_check_http_output_hint;
}

bool rd_check_http_await(struct rd_check_http_job *http)
{
    const struct rd_check_run *run = http->run;
    const struct rd_check_http_ready *ready = http->settings->ready;
    int64_t wanted = ready != NULL ? ready->status : RD_ABSENT;
    struct rd_deadline deadline =
        rd_deadline_within(&run->deadline, ready != NULL ? ready->timeout_ms : READY_TIMEOUT_MS);
    int64_t started_ms = rd_deadline_left_ms(&deadline);
    struct rd_err err = RD_ERR_INIT;
    int status = 0;

    for (;;) {
        struct rd_err told = RD_ERR_INIT;
        int asked = ready_ask(http, &deadline, &status, &told);
        if (rd_check_http_ended(http)) {
            ready_judge_end(http);
            return false;
        }
        if (asked == RD_OK && (wanted == RD_ABSENT || status == wanted))
            break;
        if (asked != RD_OK && asked != RD_E_NETWORK && asked != RD_E_TIMEOUT &&
            asked != RD_E_INTERRUPTED) {
            rd_find_err(run->drill->recorder, run->group, "application starts", &told);
            return false;
        }
        if (ready_pause(http, &deadline, &err) != RD_OK) {
            ready_judge_late(http, status,
                             asked != RD_OK && err.code == RD_E_TIMEOUT ? &told : &err);
            return false;
        }
    }
    struct rd_finding *finding = rd_find(run->drill->recorder, run->group, RD_PASS,
                                         "application starts", "the application is ready");
    finding->duration_ms = started_ms - rd_deadline_left_ms(&deadline) + 1; /* begun ones count */
    return true;
}
