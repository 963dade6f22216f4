/*
 * secret.h: a value that a plan refers to and never holds. It is fetched when it is needed
 * and wiped afterwards; it never reaches argv, logs, records or reports.
 */
#ifndef RD_SECRET_H
#define RD_SECRET_H

#include "drills/common/buf.h"
#include "drills/common/deadline.h"

/* Exactly one is set. Borrowed from the plan's arena. */
struct rd_secret {
    const char *literal;    /* a value that is not secret (RD_T_VALUE) */
    const char *env;        /* name of an environment variable */
    const char *file;       /* path; one final newline does not count */
    struct rd_strings exec; /* argument vector; its stdout is the value, as for a file */
};

enum { RD_SECRET_MAX = 64 * 1024 };

/* Writes the value into `out`, which must have been made with RD_SECRET_MAX or less. Relative paths
 * count from `folder`. An unset variable, an empty value and a value with a NUL are errors; no
 * error tells the value. */
int rd_secret_reveal(const struct rd_secret *secret, const char *folder,
                     const struct rd_deadline *deadline, struct rd_buf *out,
                     struct rd_err *reterr) RD_MUST_CHECK;

#endif
