/*
 * http_expect.c: compares an answer with what the plan expects. Everything that is wrong with one
 * answer is told in one finding. What an answer holds are data of the restored database: they are
 * hashed unless the plan wants them in clear.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "checks/http_parts.h"
#include "drills/common/text.h"
#include "drills/common/times.h"

enum { EXPECT_TEXT_MAX = 64 * 1024 };

struct expect_judge {
    const struct rd_check_run *run;
    const struct rd_http_answer *answer;
    bool clear;
    size_t wrong;
    struct rd_buf subjects; /* "status, /items/0/id" */
    struct rd_buf expected;
    struct rd_buf actual;
};

/* One thing that is not as expected. Text that is too long for the buffers is left out there; the
 * verdict does not depend on it. */
static void expect_wrong(struct expect_judge *judge, const char *subject, const char *expected,
                         const char *actual)
{
    const char *comma = judge->wrong++ > 0 ? "; " : "";

    rd_buf_printf(&judge->subjects, "%s%s", *comma != '\0' ? ", " : "", subject);
    rd_buf_printf(&judge->expected, "%s%s %s", comma, subject, expected);
    rd_buf_printf(&judge->actual, "%s%s %s", comma, subject, actual);
}

static const char *expect_value(const struct expect_judge *judge, const char *value)
{
    return rd_drill_hash(judge->run->drill, value, judge->clear);
}

static void expect_status(struct expect_judge *judge, int64_t wanted)
{
    struct rd_recorder *recorder = judge->run->drill->recorder;
    int status = judge->answer->status;
    bool fits = wanted == RD_ABSENT ? status >= 200 && status <= 299 : status == wanted;

    if (!fits)
        expect_wrong(judge, "status",
                     wanted == RD_ABSENT ? "200 to 299"
                                         : rd_record_text(recorder, "%" PRId64, wanted),
                     rd_record_text(recorder, "%d", status));
}

static void expect_header(struct expect_judge *judge, const struct rd_json *wanted)
{
    const char *pattern = rd_json_text(wanted);
    struct rd_recorder *recorder = judge->run->drill->recorder;
    RD_CLEANUP(rd_buf_free) struct rd_buf name = RD_BUF_INIT(RD_HTTP_HEADERS_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf value = RD_BUF_INIT(RD_HTTP_HEADERS_MAX);
    const char *subject = rd_record_text(recorder, "header '%s'", rd_json_key(wanted));

    for (const char *at = rd_json_key(wanted); *at != '\0'; at++) {
        char low = (char)tolower((unsigned char)*at);
        rd_buf_add(&name, &low, 1);
    }
    if (!rd_http_header(judge->answer, rd_buf_text(&name), &value))
        expect_wrong(judge, subject, pattern, "is not there");
    else if (value.broken != RD_OK || !rd_text_matches(pattern, rd_buf_text(&value)))
        expect_wrong(judge, subject, pattern, expect_value(judge, rd_buf_text(&value)));
}

/* A JSON value as text in the record's arena. */
static const char *expect_json_text(const struct expect_judge *judge, const struct rd_json *json)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_CHECK_HTTP_BODY_MAX);

    if (rd_json_print(json, false, &text, NULL) != RD_OK)
        return "a value that cannot be shown";
    return rd_record_text(judge->run->drill->recorder, "%s", rd_buf_text(&text));
}

static void expect_pointer(struct expect_judge *judge, const struct rd_json *body,
                           const struct rd_json *wanted)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_CHECK_HTTP_BODY_MAX);
    const char *pointer = rd_json_key(wanted);
    const struct rd_json *found = rd_json_at(body, pointer);
    const char *subject = *pointer != '\0' ? pointer : "the whole body";

    if (found == NULL)
        expect_wrong(judge, subject, expect_json_text(judge, wanted), "is not there");
    else if (!rd_json_equal(found, wanted))
        expect_wrong(judge, subject, expect_json_text(judge, wanted),
                     rd_json_print(found, false, &text, NULL) == RD_OK
                         ? expect_value(judge, rd_buf_text(&text))
                         : "is another value");
}

static void expect_json(struct expect_judge *judge, const struct rd_json *wanted)
{
    const struct rd_buf *text = &judge->answer->body;
    RD_CLEANUP(rd_json_freep) struct rd_json *body = NULL;
    struct rd_err err = RD_ERR_INIT;

    if (wanted == NULL)
        return;
    if (rd_json_parse(rd_buf_text(text), text->length, RD_JSON_ROUND, &body, &err) != RD_OK) {
        expect_wrong(judge, "body", "JSON", "is not JSON");
        return;
    }
    for (const struct rd_json *item = rd_json_first(wanted); item != NULL;
         item = rd_json_next(item))
        expect_pointer(judge, body, item);
}

static void expect_text(struct expect_judge *judge, const char *wanted, bool there)
{
    struct rd_recorder *recorder = judge->run->drill->recorder;
    const struct rd_buf *body = &judge->answer->body;

    if (wanted == NULL)
        return;
    bool found = memmem(rd_buf_text(body), body->length, wanted, strlen(wanted)) != NULL;
    if (found != there)
        expect_wrong(judge, "body",
                     rd_record_text(recorder, "%s '%s'", there ? "contains" : "lacks", wanted),
                     rd_record_text(recorder, "of %zu bytes %s it", body->length,
                                    found ? "contains" : "lacks"));
}

static void expect_latency(struct expect_judge *judge, int64_t most_ms)
{
    struct rd_recorder *recorder = judge->run->drill->recorder;
    char limit[RD_DURATION_TEXT];
    char taken[RD_DURATION_TEXT];

    if (most_ms == RD_ABSENT || judge->answer->latency_us <= most_ms * 1000)
        return;
    rd_duration_format(most_ms, limit);
    rd_duration_format((judge->answer->latency_us + 999) / 1000, taken);
    expect_wrong(judge, "latency", rd_record_text(recorder, "at most %s", limit),
                 rd_record_text(recorder, "%s", taken));
}

struct rd_finding *rd_check_http_judge(const struct rd_check_run *run, const char *subject,
                                       const struct rd_check_http_expect *expect,
                                       const struct rd_http_answer *answer, bool clear)
{
    struct rd_recorder *recorder = run->drill->recorder;
    struct expect_judge judge = {.run = run,
                                 .answer = answer,
                                 .clear = clear,
                                 .subjects = RD_BUF_INIT(EXPECT_TEXT_MAX),
                                 .expected = RD_BUF_INIT(EXPECT_TEXT_MAX),
                                 .actual = RD_BUF_INIT(EXPECT_TEXT_MAX)};
    char taken[RD_DURATION_TEXT];
    struct rd_finding *finding;

    expect_status(&judge, expect != NULL ? expect->status : RD_ABSENT);
    if (expect != NULL) {
        const struct rd_json *header =
            expect->headers != NULL ? rd_json_first(expect->headers) : NULL;
        for (; header != NULL; header = rd_json_next(header))
            expect_header(&judge, header);
        expect_json(&judge, expect->json);
        expect_text(&judge, expect->contains, true);
        expect_text(&judge, expect->lacks, false);
        expect_latency(&judge, expect->max_latency_ms);
    }

    if (judge.wrong == 0) {
        finding = rd_find(recorder, run->group, RD_PASS, subject,
                          "answered with status %d, as expected, in %s", answer->status,
                          rd_duration_format((answer->latency_us + 999) / 1000, taken));
    } else {
        finding = rd_find(recorder, run->group, RD_FAIL, subject,
                          "the answer is not as expected: %s", rd_buf_text(&judge.subjects));
        finding->expected = rd_record_text(recorder, "%s", rd_buf_text(&judge.expected));
        finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&judge.actual));
    }
    finding->duration_ms = (answer->latency_us + 999) / 1000;
    rd_buf_free(&judge.subjects);
    rd_buf_free(&judge.expected);
    rd_buf_free(&judge.actual);
    return finding;
}
