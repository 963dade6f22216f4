/*
 * http.c: the check `http`: does the application work on the restored database? It is started on
 * it, or something that runs already is asked, and each request of the plan is one finding.
 */
#include "checks/checks.h"
#include "checks/http_parts.h"

/* The base of every request, without its last slash. */
static int http_set_url(struct rd_check_http_job *http, struct rd_err *reterr)
{
    const char *url = http->settings->url;

    http->url = (struct rd_buf)RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);
    int result = rd_check_http_fill_in(http, url != NULL ? url : "http://127.0.0.1:${app.port}",
                                       &http->url, reterr);
    if (result == RD_OK && http->url.length > 0 && http->url.data[http->url.length - 1] == '/')
        http->url.data[--http->url.length] = '\0';
    return result;
}

/* True when requests may follow. */
static bool http_prepare(struct rd_check_http_job *http)
{
    const struct rd_check_run *run = http->run;
    struct rd_err err = RD_ERR_INIT;
    bool started = http->settings->app != NULL;
    int result = RD_OK;

    if (started)
        result = rd_check_http_start(http, &err);
    if (result == RD_OK)
        result = http_set_url(http, &err);
    if (result != RD_OK) {
        rd_find_err(run->drill->recorder, run->group, started ? "application starts" : "url", &err);
        return false;
    }
    return !started || rd_check_http_await(http);
}

static int http_run(const struct rd_check_run *run, const void *settings, struct rd_err *reterr)
{
    struct rd_check_http_job http = {
        .run = run,
        .settings = settings,
        .port = RD_ABSENT,
        .pump = {.fd = -1},
    };
    const struct rd_check_http_request *requests = http.settings->requests.items;
    bool ready = http_prepare(&http);

    (void)reterr; /* whatever goes wrong is a finding of its own */
    rd_check_http_look_outside(&http);
    for (size_t i = 0; i < http.settings->requests.count; i++) {
        if (!ready) {
            rd_find(run->drill->recorder, run->group, RD_SKIP,
                    rd_check_http_subject(run, &requests[i]), "there is nothing to ask");
            continue;
        }
        rd_check_http_ask(&http, &requests[i]);
        rd_check_http_look_outside(&http);
    }
    if (http.group != 0)
        rd_check_http_judge_outside(&http);
    rd_check_http_stop(&http);
    return RD_OK;
}

const struct rd_check rd_check_http = {
    .name = "http",
    .summary = "the application on the restored database: starts, answers as expected",
    .settings = &rd_check_http_shape,
    .application = true,
    .run = http_run,
};
