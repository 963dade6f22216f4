/*
 * http_parts.h: what the files of the check `http` share: http_settings.c says what a plan may ask,
 * http_text.c fills in ${...}, http_app.c runs the application, http_ready.c awaits it,
 * http_outside.c looks at its connections, http_request.c sends a request and http_expect.c judges
 * the answer.
 */
#ifndef RD_CHECKS_HTTP_PARTS_H
#define RD_CHECKS_HTTP_PARTS_H

#include "drills/common/check.h"
#include "drills/common/http.h"

struct rd_check_http_app {
    struct rd_strings command;
    const struct rd_json *env; /* an object: NAME to a string or a reference; NULL: nothing */
    const char *folder;        /* working folder */
    int64_t port;              /* RD_ABSENT: a free one */
    int64_t output;            /* bytes of its output that are kept */
    bool outside;              /* it may connect to other machines */
};

struct rd_check_http_ready {
    const char *get;
    int64_t status; /* RD_ABSENT: any */
    int64_t timeout_ms;
};

struct rd_check_http_expect {
    int64_t status;                /* RD_ABSENT: any of 200 to 299 */
    const struct rd_json *headers; /* an object: name to pattern; NULL: nothing */
    const struct rd_json *json;    /* an object: JSON Pointer to value; NULL: nothing */
    const char *contains;
    const char *lacks;
    int64_t max_latency_ms;
};

enum { RD_CHECK_HTTP_METHODS = 6 };

struct rd_check_http_request {
    const char *name;
    const char *paths[RD_CHECK_HTTP_METHODS]; /* by method; one is given */
    const struct rd_json *headers; /* an object: name to a string or a reference; NULL: nothing */
    const struct rd_json *body;
    const struct rd_check_http_expect *expect; /* NULL: a status from 200 to 299 */
    int64_t timeout_ms;
};

struct rd_check_http_settings {
    const struct rd_check_http_app *app;
    const char *url;
    const struct rd_check_http_ready *ready;
    struct rd_list requests; /* struct rd_check_http_request */
    bool clear;              /* values of answers may be shown */
};

extern const struct rd_shape rd_check_http_shape;

/* The name of a request's method, and its path. */
const char *rd_check_http_method(const struct rd_check_http_request *request);
const char *rd_check_http_path(const struct rd_check_http_request *request);

enum {
    RD_CHECK_HTTP_HEADERS_MAX = 100,          /* of a request */
    RD_CHECK_HTTP_TEXT_MAX = 64 * 1024,       /* of a text that was filled in */
    RD_CHECK_HTTP_BODY_MAX = 4 * 1024 * 1024, /* of an answer */
};

/* The check at work. */
struct rd_check_http_job {
    const struct rd_check_run *run;
    const struct rd_check_http_settings *settings;
    int64_t port; /* where the application shall listen; RD_ABSENT without one */
    struct rd_buf url;
    struct rd_proc proc;
    pid_t group; /* of the application's processes; 0 before it was started */
    struct rd_http_pump pump;
    struct rd_buf output;  /* the last of what it wrote */
    struct rd_buf outside; /* other machines that it was connected to */
    struct rd_err blind;   /* why its connections could not be looked at */
    bool listens_outside;  /* it was seen listening on more than the loopback */
};

/* Replaces ${...}; "$${" stands for "${". RD_E_UNSUPPORTED where the instance does not say it. */
int rd_check_http_fill_in(const struct rd_check_http_job *http, const char *text,
                          struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/*
 * The values of an object of texts and references (`env`, `headers`), in its order; NULL when
 * memory is gone. What is neither is a fault.
 */
const struct rd_secret *const *rd_check_http_values(const struct rd_json *json, const char *path,
                                                    struct rd_faults *faults) RD_MUST_CHECK;

/* One of them: filled in, or fetched where it is a reference. */
int rd_check_http_reveal(const struct rd_check_http_job *http, const struct rd_secret *value,
                         struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/* Adds a fault for every ${...} in `text` that is not known, or not allowed there. */
enum { RD_CHECK_HTTP_PRIVATE = 1, RD_CHECK_HTTP_PORT = 2 };
void rd_check_http_check_text(const char *text, unsigned allowed, const char *path,
                              struct rd_faults *faults);

/* Starts the application. What it writes is read whenever something waits for it. */
int rd_check_http_start(struct rd_check_http_job *http, struct rd_err *reterr) RD_MUST_CHECK;

/* A socket of the loopback for `port` (0: any), that nobody listens on; -1 with errno set. */
int rd_check_http_bind(int64_t port, int64_t *ret_port) RD_MUST_CHECK;

/* Waits until it is ready and adds a finding about that; true when it is. */
bool rd_check_http_await(struct rd_check_http_job *http);

/* Whether it has ended; it is reaped then, with what it left in its process group. */
bool rd_check_http_ended(struct rd_check_http_job *http);

/* Ends it, and keeps its last output in the work folder, where `--keep` leaves it. */
void rd_check_http_stop(struct rd_check_http_job *http);

/* Whether its end was the machine's fault rather than its own. */
bool rd_check_http_died_of_machine(const struct rd_check_http_job *http);

/* A sentence for people: how to see what it wrote. */
extern const char rd_check_http_output_hint[];

/* Remembers connections of the application that lead to other machines (of a list as procfs.h
 * writes it, or of what it has now), and judges them. */
void rd_check_http_look_outside(struct rd_check_http_job *http);
void rd_check_http_note_sockets(struct rd_check_http_job *http, const char *sockets);
void rd_check_http_judge_outside(const struct rd_check_http_job *http);

/* What the finding of a request is called: its name, else "GET /health". */
const char *rd_check_http_subject(const struct rd_check_run *run,
                                  const struct rd_check_http_request *request);

/* Sends one request of the plan and adds its finding. */
void rd_check_http_ask(struct rd_check_http_job *http, const struct rd_check_http_request *request);

/* Judges an answer: adds the finding and returns it. */
struct rd_finding *rd_check_http_judge(const struct rd_check_run *run, const char *subject,
                                       const struct rd_check_http_expect *expect,
                                       const struct rd_http_answer *answer, bool clear);

#endif
