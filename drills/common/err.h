/*
 * err.h: how a function says why it failed. The buffers are fixed, so that an
 * error can be told when memory is gone. A failed check is data, not an error.
 */
#ifndef RD_ERR_H
#define RD_ERR_H

#include <stdarg.h>

#include "drills/common/base.h"

/* The numbers are frozen: they stand in records and are never given a new meaning. */
enum rd_code {
    RD_OK = 0,
    RD_E_MEMORY = -1,       /* out of memory */
    RD_E_ARGUMENT = -2,     /* the command line or the plan asks for something impossible */
    RD_E_SYSTEM = -3,       /* the operating system refused (errno in the detail) */
    RD_E_LIMIT = -4,        /* an input is larger than its maximum */
    RD_E_TIMEOUT = -5,      /* the deadline passed */
    RD_E_INTERRUPTED = -6,  /* SIGINT or SIGTERM */
    RD_E_NOT_FOUND = -7,    /* file, program, row or key is not there */
    RD_E_FORMAT = -8,       /* an input is not what it claims to be */
    RD_E_CHILD = -9,        /* a program that we ran failed */
    RD_E_DATABASE = -10,    /* PostgreSQL refused a statement (SQLSTATE in the detail) */
    RD_E_NETWORK = -11,     /* no connection, or it broke */
    RD_E_BACKUP = -12,      /* the backup itself is bad: a verdict of fail, not of error */
    RD_E_AUTH = -13,        /* wrong password or missing privilege */
    RD_E_TRUST = -14,       /* a signature does not prove what it should */
    RD_E_UNSUPPORTED = -15, /* known, and not possible here */
};

struct rd_err {
    int code;          /* an enum rd_code; RD_OK while nothing happened */
    char message[256]; /* one lower-case line, the subject in single quotes, no stop */
    char detail[1024]; /* facts: errno, SQLSTATE, the child's last lines; may be empty */
    char hint[512];    /* a full sentence: what to do next; may be empty */
};

#define RD_ERR_INIT \
    {               \
        0           \
    }

/*
 * Fills `reterr` and returns `code`. The first error is kept: a second call on an
 * error that is already set changes nothing and returns the first one's code.
 * `reterr` may be NULL. Overlong text is cut at a character.
 */
int rd_err_set(struct rd_err *reterr, int code, const char *format, ...) RD_PRINTF(3, 4);

/* Like rd_err_set with RD_E_SYSTEM (RD_E_MEMORY for ENOMEM, RD_E_NOT_FOUND for ENOENT);
 * the detail is the text of `number`, an errno. */
int rd_err_errno(struct rd_err *reterr, int number, const char *format, ...) RD_PRINTF(3, 4);

/* RD_E_MEMORY with a fixed text. */
int rd_err_memory(struct rd_err *reterr);

/* Set detail and hint of an error that was just set. Both keep what is already there. */
void rd_err_detail(struct rd_err *reterr, const char *format, ...) RD_PRINTF(2, 3);
void rd_err_hint(struct rd_err *reterr, const char *format, ...) RD_PRINTF(2, 3);

/* Forgets the error, so that the same struct can be used for another call. */
void rd_err_clear(struct rd_err *err);

/* The frozen name of a code in records and reports: "timeout", "backup", … */
const char *rd_err_name(int code);

#endif
