/*
 * http.h: one HTTP request. libcurl is included by http.c only. Redirects are not followed, proxies
 * of the environment are not used, only http and https are spoken, certificates are verified, and
 * nothing is kept from one request to the next.
 */
#ifndef RD_HTTP_H
#define RD_HTTP_H

#include "drills/common/buf.h"
#include "drills/common/deadline.h"

struct rd_http_header {
    const char *name;
    const char *value;
};

/* What must be read while a request waits, so that its writer never blocks: the output of the very
 * program that is to answer. */
struct rd_http_pump {
    int fd; /* its becoming readable ends the wait; -1: nothing (more) to read */
    /* Reads what is there without blocking, and sets `fd` to -1 at the end. Called at least once a
     * second, also when nothing is there. */
    void (*drain)(void *context);
    void *context;
};

struct rd_http_request {
    const char *method; /* "GET" */
    const char *url;
    const struct rd_http_header *headers;
    size_t header_count;
    const char *body; /* NULL without one */
    size_t body_length;
    struct rd_http_pump *pump; /* MAY */
};

enum { RD_HTTP_HEADERS_MAX = 64 * 1024 };

struct rd_http_answer {
    int status;
    struct rd_buf headers; /* "name: value\n" lines, names in lower case */
    struct rd_buf body;    /* its maximum is set by the caller; more is RD_E_LIMIT */
    int64_t
        latency_us; /* from the start of the request to its last byte, the connection included */
};

/*
 * An answer of any status is RD_OK, and what `ret_answer` held before is freed. No connection, a
 * broken one, a certificate that does not fit: RD_E_NETWORK. What came is no HTTP: RD_E_FORMAT. A
 * URL or a header that cannot be sent: RD_E_ARGUMENT. Errors name the host, never the rest of the
 * URL, which may be secret.
 */
int rd_http_send(const struct rd_http_request *request, const struct rd_deadline *deadline,
                 struct rd_http_answer *ret_answer, struct rd_err *reterr) RD_MUST_CHECK;
/* First value of a header (name in lower case) copied to `out`; false when there is none. */
bool rd_http_header(const struct rd_http_answer *answer, const char *name, struct rd_buf *out);
void rd_http_answer_free(struct rd_http_answer *answer);

#endif
