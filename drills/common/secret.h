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

/*
 * Writes the value into `out`, in place of what is there. `out` must have been made with
 * RD_SECRET_MAX or less, which the value must stay below; on failure it is wiped. Relative paths,
 * and the program's working folder, count from `folder`; a program without slash is looked for in
 * PATH and gets redrill's environment. An unset variable, a program that fails, an empty value and
 * one with a NUL are errors (a literal may be empty). No error tells the value.
 */
int rd_secret_reveal(const struct rd_secret *secret, const char *folder,
                     const struct rd_deadline *deadline, struct rd_buf *out,
                     struct rd_err *reterr) RD_MUST_CHECK;

#endif
