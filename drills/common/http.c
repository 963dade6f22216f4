/*
 * http.c: see http.h. One easy handle in one multi handle a request: the multi interface lets the
 * wait end at the deadline, by a signal, and whenever the pump has something to read.
 */
#include "drills/common/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    HTTP_WAIT_MS = 1000, /* the pump is looked after at least that often */
    HTTP_HOST_TEXT = 200,
};

struct http_call {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    struct rd_http_answer answer;
    char host[HTTP_HOST_TEXT];
    char detail[CURL_ERROR_SIZE];
};

void rd_http_answer_free(struct rd_http_answer *answer)
{
    rd_buf_free(&answer->headers);
    rd_buf_free(&answer->body);
    answer->status = 0;
    answer->latency_us = 0;
}

static void http_call_end(struct http_call *call)
{
    if (call->multi != NULL && call->easy != NULL)
        curl_multi_remove_handle(call->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_multi_cleanup(call->multi);
    curl_slist_free_all(call->headers);
    rd_http_answer_free(&call->answer);
}

static size_t http_on_body(char *data, size_t size, size_t count, void *context)
{
    struct http_call *call = context;

    rd_buf_add(&call->answer.body, data, size * count);
    return call->answer.body.broken == RD_OK ? size * count : 0;
}

/* One line of the head. A status line begins a new head: what came before belonged to an interim
 * answer such as 100 Continue. */
static size_t http_on_header(char *data, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    struct rd_buf *out = &call->answer.headers;
    size_t length = size * count;

    if (length >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        rd_buf_clear(out);
        return length;
    }
    const char *colon = memchr(data, ':', length);
    if (colon == NULL)
        return length;

    for (const char *at = data; at < colon; at++) {
        char low = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        rd_buf_add(out, &low, 1);
    }
    const char *value = colon + 1;
    const char *end = data + length;
    while (value < end && strchr(" \t", *value) != NULL)
        value++;
    while (end > value && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    rd_buf_puts(out, ": ");
    rd_buf_add(out, value, (size_t)(end - value));
    rd_buf_puts(out, "\n");
    return out->broken == RD_OK ? length : 0;
}

bool rd_http_header(const struct rd_http_answer *answer, const char *name, struct rd_buf *out)
{
    const char *line = rd_buf_text(&answer->headers);
    size_t name_length = strlen(name);

    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        if (length >= name_length + 2 && memcmp(line, name, name_length) == 0 &&
            memcmp(line + name_length, ": ", 2) == 0) {
            rd_buf_add(out, line + name_length + 2, length - name_length - 2);
            return true;
        }
        line += length + (line[length] == '\n');
    }
    return false;
}

/* Takes the URL apart, so that errors can name its host and nothing else of it. */
static int http_read_url(struct http_call *call, const char *url, struct rd_err *reterr)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int result = RD_OK;

    if (parts == NULL)
        return rd_err_memory(reterr);
    CURLUcode code = curl_url_set(parts, CURLUPART_URL, url, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_HOST, &host, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);

    if (code == CURLUE_OUT_OF_MEMORY) {
        result = rd_err_memory(reterr);
    } else if (code != CURLUE_OK) {
        result = rd_err_set(reterr, RD_E_ARGUMENT, "the URL of a request cannot be read");
        rd_err_detail(reterr, "%s", curl_url_strerror(code));
    } else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
        result = rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is not http or https", scheme);
    } else {
        snprintf(call->host, sizeof(call->host), "%s:%s", host, port);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parts);
    return result;
}

static int http_add_header(struct http_call *call, const char *name, const char *value,
                           struct rd_err *reterr)
{
    struct rd_buf line = RD_BUF_INIT(RD_HTTP_HEADERS_MAX);

    if (*name == '\0' || strpbrk(name, ":\r\n \t") != NULL || strpbrk(value, "\r\n") != NULL)
        return rd_err_set(reterr, RD_E_ARGUMENT, "the header '%s' cannot be sent", name);

    /* libcurl takes "Name:" for "leave it out", and "Name;" for an empty value. */
    rd_buf_printf(&line, *value == '\0' ? "%s;" : "%s: %s", name, value);
    int result = rd_buf_status(&line, "a header", reterr);
    if (result == RD_OK) {
        struct curl_slist *longer = curl_slist_append(call->headers, line.data);
        if (longer == NULL)
            result = rd_err_memory(reterr);
        else
            call->headers = longer;
    }
    rd_buf_wipe(&line);
    return result;
}

/* The request's own headers, and an end to those that libcurl would add to a body by itself. */
static int http_add_headers(struct http_call *call, const struct rd_http_request *request,
                            struct rd_err *reterr)
{
    bool typed = false;

    for (size_t i = 0; i < request->header_count; i++) {
        const struct rd_http_header *header = &request->headers[i];
        int result = http_add_header(call, header->name, header->value, reterr);
        if (result != RD_OK)
            return result;
        if (strcasecmp(header->name, "content-type") == 0)
            typed = true;
    }
    const char *const ends[] = {"Expect:", typed ? NULL : "Content-Type:"};
    for (size_t i = 0; i < RD_COUNT(ends) && ends[i] != NULL; i++) {
        struct curl_slist *longer = curl_slist_append(call->headers, ends[i]);
        if (longer == NULL)
            return rd_err_memory(reterr);
        call->headers = longer;
    }
    return RD_OK;
}

/* How the request is sent. */
static CURLcode http_set_request(struct http_call *call, const struct rd_http_request *request)
{
    CURL *easy = call->easy;
    bool carries = strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0 ||
                   strcmp(request->method, "PATCH") == 0;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, request->url);

    if (strcmp(request->method, "HEAD") == 0)
        code |= curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request->body != NULL || carries) {
        size_t length = request->body != NULL ? request->body_length : 0;
        code |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        code |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, length > 0 ? request->body : "");
    }
    code |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    code |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    code |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "redrill/" RD_VERSION);
    code |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    return code;
}

/* What a request may and may not do, whatever it is. */
static CURLcode http_set_rules(struct http_call *call)
{
    CURL *easy = call->easy;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);

    /* A name server that hangs must not hold up the end of a request. */
    code |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    code |= curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    code |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    code |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
    code |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    code |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->detail);
    code |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_on_body);
    code |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    code |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_on_header);
    code |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    return code;
}

static int http_prepare(struct http_call *call, const struct rd_http_request *request,
                        struct rd_err *reterr)
{
    int result = http_read_url(call, request->url, reterr);

    if (result == RD_OK)
        result = http_add_headers(call, request, reterr);
    if (result != RD_OK)
        return result;

    call->easy = curl_easy_init();
    call->multi = curl_multi_init();
    if (call->easy == NULL || call->multi == NULL)
        return rd_err_memory(reterr);
    if ((http_set_rules(call) | http_set_request(call, request)) != CURLE_OK)
        return rd_err_set(reterr, RD_E_SYSTEM, "libcurl %s refused a request's options",
                          curl_version_info(CURLVERSION_NOW)->version);
    if (curl_multi_add_handle(call->multi, call->easy) != CURLM_OK)
        return rd_err_memory(reterr);
    return RD_OK;
}

/* Waits for one of the descriptors, or until it is time to look again. */
static CURLMcode http_wait(struct http_call *call, const struct rd_http_pump *pump,
                           const struct rd_deadline *deadline)
{
    struct curl_waitfd fds[2];
    unsigned count = 0;
    int64_t left_ms = rd_deadline_left_ms(deadline);

    if (deadline->cancel_fd >= 0)
        fds[count++] = (struct curl_waitfd){.fd = deadline->cancel_fd, .events = CURL_WAIT_POLLIN};
    if (pump != NULL && pump->fd >= 0)
        fds[count++] = (struct curl_waitfd){.fd = pump->fd, .events = CURL_WAIT_POLLIN};
    return curl_multi_poll(call->multi, fds, count,
                           left_ms < HTTP_WAIT_MS ? (int)left_ms : HTTP_WAIT_MS, NULL);
}

/* Runs the request to its end and says how that was. */
static int http_drive(struct http_call *call, struct rd_http_pump *pump,
                      const struct rd_deadline *deadline, CURLcode *ret_code, struct rd_err *reterr)
{
    char what[HTTP_HOST_TEXT + 32];
    int running = 1;
    int left;

    snprintf(what, sizeof(what), "the answer of '%s'", call->host);
    for (;;) {
        CURLMcode code = curl_multi_perform(call->multi, &running);
        if (code == CURLM_OK && running == 0)
            break;
        int result = rd_deadline_check(deadline, what, reterr);
        if (result != RD_OK)
            return result;
        if (code == CURLM_OK)
            code = http_wait(call, pump, deadline);
        if (code != CURLM_OK)
            return rd_err_set(reterr, RD_E_SYSTEM, "cannot wait for %s: %s", what,
                              curl_multi_strerror(code));
        if (pump != NULL && pump->fd >= 0)
            pump->drain(pump->context);
    }

    const CURLMsg *message = curl_multi_info_read(call->multi, &left);
    *ret_code = message != NULL ? message->data.result : CURLE_FAILED_INIT;
    return RD_OK;
}

static int http_failed(const struct http_call *call, CURLcode code, struct rd_err *reterr)
{
    const char *detail = call->detail[0] != '\0' ? call->detail : curl_easy_strerror(code);
    int result = rd_buf_status(&call->answer.body, "the body of an answer", reterr);

    if (result == RD_OK)
        result = rd_buf_status(&call->answer.headers, "the head of an answer", reterr);
    if (result != RD_OK)
        return result;

    switch (code) {
    case CURLE_OUT_OF_MEMORY:
        return rd_err_memory(reterr);
    case CURLE_URL_MALFORMAT:
        result = rd_err_set(reterr, RD_E_ARGUMENT, "the URL of a request cannot be used");
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        result = rd_err_set(reterr, RD_E_FORMAT, "'%s' does not answer in HTTP", call->host);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        result =
            rd_err_set(reterr, RD_E_NETWORK, "the certificate of '%s' is not trusted", call->host);
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        result = rd_err_set(reterr, RD_E_NETWORK, "cannot connect to '%s'", call->host);
        break;
    default:
        result = rd_err_set(reterr, RD_E_NETWORK, "the connection to '%s' broke", call->host);
        break;
    }
    rd_err_detail(reterr, "%s", detail);
    return result;
}

int rd_http_send(const struct rd_http_request *request, const struct rd_deadline *deadline,
                 struct rd_http_answer *ret_answer, struct rd_err *reterr)
{
    RD_CLEANUP(http_call_end)
    struct http_call call = {
        .answer = {.headers = RD_BUF_INIT(RD_HTTP_HEADERS_MAX),
                   .body = RD_BUF_INIT(ret_answer->body.max)},
    };
    CURLcode code = CURLE_OK;
    long status = 0;
    curl_off_t total_us = 0;

    int result = http_prepare(&call, request, reterr);
    if (result == RD_OK)
        result = http_drive(&call, request->pump, deadline, &code, reterr);
    if (result != RD_OK)
        return result;
    if (code != CURLE_OK)
        return http_failed(&call, code, reterr);

    curl_easy_getinfo(call.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call.easy, CURLINFO_TOTAL_TIME_T, &total_us);
    call.answer.status = (int)status;
    call.answer.latency_us = (int64_t)total_us;
    rd_http_answer_free(ret_answer);
    *ret_answer = call.answer;
    call.answer = (struct rd_http_answer){0};
    return RD_OK;
}
