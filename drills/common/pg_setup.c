/*
 * pg_setup.c: see pg_setup.h.
 */
#include "drills/common/pg_setup.h"

#include <stdio.h>
#include <string.h>

/* Everybody may set these. The timeout of a hostile role would end the very statement that lifts
 * it, and a library is loaded before any statement. */
#define SETUP_USER \
    "-c search_path=pg_catalog -c statement_timeout=0 -c role=none -c local_preload_libraries="

/*
 * Only superusers may set these. No code of the database's choice runs in the session; damage is an
 * error and never repaired or passed over in silence; statements, which may hold values that a plan
 * names, do not reach the server's log; messages are English (see pg_error.c).
 */
#define SETUP_SUPERUSER                                                           \
    "-c session_preload_libraries= -c session_replication_role=origin "           \
    "-c zero_damaged_pages=off -c ignore_checksum_failure=off "                   \
    "-c log_statement=none -c log_duration=off -c log_min_duration_statement=-1 " \
    "-c log_min_error_statement=panic -c lc_messages=C " SETUP_USER

/* Triggers on login (PostgreSQL 17) fire after these options and before the first statement. */
#define SETUP_17 "-c event_triggers=off " SETUP_SUPERUSER

const char *const rd_pg_startup[] = {SETUP_17, SETUP_SUPERUSER, SETUP_USER, "", NULL};

bool rd_pg_startup_refused(const char *sqlstate)
{
    /* Not known, not granted, and what connection poolers say to any options. */
    return strcmp(sqlstate, "42704") == 0 || strcmp(sqlstate, "42501") == 0 ||
           strcmp(sqlstate, "08P01") == 0;
}

static const struct {
    const char *name;
    const char *value;
    int since; /* version that brought it; 0: older than any that we meet */
} setup_settings[] = {
    {"search_path", "pg_catalog", 0},
    {"role", "none", 0},
    {"DateStyle", "ISO, YMD", 0},
    {"IntervalStyle", "iso_8601", 0},
    {"TimeZone", "UTC", 0},
    {"extra_float_digits", "3", 0},
    {"bytea_output", "hex", 0},
    {"standard_conforming_strings", "on", 0},
    {"quote_all_identifiers", "off", 0},
    {"transform_null_equals", "off", 0},
    {"row_security", "off", 0},
    {"lock_timeout", "0", 0},
    {"idle_in_transaction_session_timeout", "0", 0},
    {"idle_session_timeout", "0", 140000},
    {"transaction_timeout", "0", 170000},
    {"default_transaction_isolation", "read committed", 0},
    {"default_transaction_deferrable", "off", 0},
    {"cursor_tuple_fraction", "1", 0},
};

void rd_pg_setup_sql(int version, bool writes, int64_t timeout_ms, struct rd_buf *out)
{
    rd_buf_puts(out, "SELECT ");
    for (size_t i = 0; i < RD_COUNT(setup_settings); i++) {
        if (version >= setup_settings[i].since)
            rd_buf_printf(out, "pg_catalog.set_config('%s', '%s', false), ", setup_settings[i].name,
                          setup_settings[i].value);
    }
    rd_buf_printf(out, "pg_catalog.set_config('default_transaction_read_only', '%s', false), ",
                  writes ? "off" : "on");
    rd_buf_printf(out, "pg_catalog.set_config('statement_timeout', '%lld', false)",
                  (long long)timeout_ms);
}

void rd_pg_timeout_sql(int64_t timeout_ms, char *ret_sql, size_t size)
{
    snprintf(ret_sql, size, "SELECT pg_catalog.set_config('statement_timeout', '%lld', false)",
             (long long)timeout_ms);
}
