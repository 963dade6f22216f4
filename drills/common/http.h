/*
 * http.h: one HTTP request. libcurl is included by http.c only. Redirects are not followed, proxies
 * of the environment are not used, only http and https are spoken.
 */
#ifndef RD_HTTP_H
#define RD_HTTP_H

#include "drills/common/buf.h"
#include "drills/common/deadline.h"

struct rd_http_header {
    const char *name;
    const char *value;
};

struct rd_http_request {
    const char *method; /* "GET" */
    const char *url;
    const struct rd_http_header *headers;
    size_t header_count;
    const char *body; /* NULL without one */
    size_t body_length;
};

enum { RD_HTTP_HEADERS_MAX = 64 * 1024 };

struct rd_http_answer {
    int status;
    struct rd_buf headers; /* "name: value\n" lines, names in lower case */
    struct rd_buf body;    /* its maximum is set by the caller; more is RD_E_LIMIT */
    int64_t
        latency_us; /* from the start of the request to its last byte, the connection included */
};

/* An answer of any status is RD_OK. No connection, a broken one: RD_E_NETWORK. */
int rd_http_send(const struct rd_http_request *request, const struct rd_deadline *deadline,
                 struct rd_http_answer *ret_answer, struct rd_err *reterr) RD_MUST_CHECK;
/* First value of a header (name in lower case) copied to `out`; false when there is none. */
bool rd_http_header(const struct rd_http_answer *answer, const char *name, struct rd_buf *out);
void rd_http_answer_free(struct rd_http_answer *answer);

#endif
