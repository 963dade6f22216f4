/*
 * pg_error.h: what PostgreSQL says when it refuses, as an error of ours that may be shown: values
 * of the database are taken out, DETAIL and CONTEXT are never looked at. For pg.c.
 */
#ifndef RD_PG_ERROR_H
#define RD_PG_ERROR_H

#include "drills/common/err.h"

enum { RD_PG_SQLSTATE_TEXT = 6 };

/* The fields of an ErrorResponse (protocol-error-fields); any may be NULL. */
struct rd_pg_refusal {
    const char *sqlstate;
    const char *message;  /* PG_DIAG_MESSAGE_PRIMARY */
    const char *function; /* PG_DIAG_SOURCE_FUNCTION */
};

/*
 * Fills `reterr`: "`what`: message". RD_E_AUTH for SQLSTATE class 28 and 42501, RD_E_NETWORK for
 * class 08 and 57P01 to 57P05, else RD_E_DATABASE. Messages of classes that quote values lose what
 * they quote; what the database's own functions raise is not shown at all.
 */
int rd_pg_error(const struct rd_pg_refusal *refusal, const char *what, struct rd_err *reterr);

/*
 * The same for libpq's text about a connection that could not be made, written with verbosity
 * PQERRORS_VERBOSE, because libpq has no other way to tell the SQLSTATE: only the first line
 * counts. Without SQLSTATE it is RD_E_NETWORK, or RD_E_AUTH when the server wanted a password that
 * was not given. `ret_sqlstate` is set in any case, to "" when there is none.
 */
int rd_pg_error_connect(const char *text, bool needs_password,
                        char ret_sqlstate[RD_PG_SQLSTATE_TEXT], struct rd_err *reterr);

#endif
