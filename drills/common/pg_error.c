/*
 * pg_error.c: see pg_error.h. SQLSTATEs: appendix "PostgreSQL Error Codes" of its manual.
 */
#include "drills/common/pg_error.h"

#include <stdio.h>
#include <string.h>

#include "drills/common/buf.h"

enum { PG_ERROR_TEXT_MAX = 4096 };

/* Classes whose messages quote names and settings, but never values of rows. */
static const char *const pg_error_plain[] = {
    "08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX",
};

static bool pg_error_in_class(const char *sqlstate, const char *class)
{
    return strncmp(sqlstate, class, strlen(class)) == 0;
}

static bool pg_error_quotes_values(const char *sqlstate)
{
    for (size_t i = 0; i < RD_COUNT(pg_error_plain); i++) {
        if (pg_error_in_class(sqlstate, pg_error_plain[i]))
            return false;
    }
    return true;
}

/* RAISE takes any SQLSTATE, so the function that reported the error is asked, too. */
static bool pg_error_raised(const struct rd_pg_refusal *refusal, const char *sqlstate)
{
    return pg_error_in_class(sqlstate, "P0") || pg_error_in_class(sqlstate, "38") ||
           (refusal->function != NULL && strcmp(refusal->function, "exec_stmt_raise") == 0);
}

/* Writes `message` without what stands between its first and its last quotation mark: a value may
 * hold marks of its own. In another language the marks are others, so only English is trusted. */
static void pg_error_hide(const char *message, struct rd_buf *out)
{
    const char *first = strchr(message, '"');
    const char *last = strrchr(message, '"');
    size_t before = first != NULL ? (size_t)(first - message) : strlen(message);
    const char *after = first != NULL ? last + 1 : "";

    for (const char *c = message; *c != '\0'; c++) {
        bool hidden = first != NULL && c >= first && c <= last;
        if (!hidden && (unsigned char)*c >= 0x80) {
            rd_buf_puts(out, "the server's words could hold values and are not shown");
            return;
        }
    }
    rd_buf_add(out, message, before);
    if (first != NULL)
        rd_buf_puts(out, "\"…\"");
    rd_buf_puts(out, after);
}

static void pg_error_text(const struct rd_pg_refusal *refusal, const char *sqlstate,
                          struct rd_buf *out)
{
    const char *message = refusal->message != NULL ? refusal->message : "no reason given";

    if (pg_error_raised(refusal, sqlstate))
        rd_buf_puts(out, "a function of the database raised an error");
    else if (pg_error_quotes_values(sqlstate))
        pg_error_hide(message, out);
    else
        rd_buf_puts(out, message);

    /* A name in a message may hold a newline; ours are one line. */
    for (size_t i = 0; i < out->length; i++) {
        if (out->data[i] == '\n' || out->data[i] == '\r' || out->data[i] == '\t')
            out->data[i] = ' ';
    }
}

static int pg_error_code(const char *sqlstate)
{
    if (pg_error_in_class(sqlstate, "28") || strcmp(sqlstate, "42501") == 0)
        return RD_E_AUTH;
    if (pg_error_in_class(sqlstate, "08") || pg_error_in_class(sqlstate, "57P0"))
        return RD_E_NETWORK;
    return RD_E_DATABASE;
}

int rd_pg_error(const struct rd_pg_refusal *refusal, const char *what, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(PG_ERROR_TEXT_MAX);
    const char *sqlstate = refusal->sqlstate != NULL ? refusal->sqlstate : "XX000";

    pg_error_text(refusal, sqlstate, &text);
    int code = rd_err_set(reterr, pg_error_code(sqlstate), "%s: %s", what, rd_buf_text(&text));
    rd_err_detail(reterr, "SQLSTATE %s", sqlstate);
    if (strcmp(sqlstate, "42501") == 0)
        rd_err_hint(reterr, "Let redrill use a role that may read everything, best a superuser.");
    return code;
}

/* Where "FATAL:  28P01: …" begins its SQLSTATE, or NULL. The severity may be in any language. */
static const char *pg_error_find_sqlstate(const char *line)
{
    static const char known[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    for (const char *c = strstr(line, ":  "); c != NULL; c = strstr(c + 1, ":  ")) {
        if (strspn(c + 3, known) == 5 && strncmp(c + 8, ": ", 2) == 0)
            return c + 3;
    }
    return NULL;
}

int rd_pg_error_connect(const char *text, bool needs_password,
                        char ret_sqlstate[RD_PG_SQLSTATE_TEXT], struct rd_err *reterr)
{
    char line[512];

    snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
    const char *sqlstate = pg_error_find_sqlstate(line);
    if (sqlstate != NULL) {
        snprintf(ret_sqlstate, RD_PG_SQLSTATE_TEXT, "%.5s", sqlstate);
        struct rd_pg_refusal refusal = {.sqlstate = ret_sqlstate, .message = sqlstate + 7};
        return rd_pg_error(&refusal, "cannot connect", reterr);
    }

    ret_sqlstate[0] = '\0';
    int code = needs_password ? RD_E_AUTH : RD_E_NETWORK;
    return rd_err_set(reterr, code, "cannot connect: %s", *line != '\0' ? line : "no reason given");
}
