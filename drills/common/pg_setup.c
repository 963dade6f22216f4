/*
 * pg_setup.c: see pg_setup.h.
 */
#include "drills/common/pg_setup.h"

#include <stdio.h>
#include <string.h>

enum { SETUP_OLDEST = 13 }; /* major version; every server that we meet knows what it knows */

static const struct {
    const char *option;
    int since; /* major version */
    bool superuser;
} setup_options[] = {
    {"search_path=pg_catalog", SETUP_OLDEST, false},
    {"role=none", SETUP_OLDEST, false},
    /* Time-outs could end the session before the first statement lifts them. */
    {"statement_timeout=0", SETUP_OLDEST, false},
    {"idle_session_timeout=0", 14, false},
    {"transaction_timeout=0", 17, false},
    /* No code of the database's choice runs in the session: libraries, and triggers on login. */
    {"local_preload_libraries=", SETUP_OLDEST, false},
    {"session_preload_libraries=", SETUP_OLDEST, true},
    {"event_triggers=off", 17, true},
    {"session_replication_role=origin", SETUP_OLDEST, true},
    /* Damage is an error, and never repaired or passed over in silence. */
    {"zero_damaged_pages=off", SETUP_OLDEST, true},
    {"ignore_checksum_failure=off", SETUP_OLDEST, true},
    /* Statements may hold values that a plan names, so they do not reach the server's log. */
    {"log_statement=none", SETUP_OLDEST, true},
    {"log_duration=off", SETUP_OLDEST, true},
    {"log_min_duration_statement=-1", SETUP_OLDEST, true},
    {"log_min_error_statement=panic", SETUP_OLDEST, true},
    /* Messages are English: see pg_error.c. */
    {"lc_messages=C", SETUP_OLDEST, true},
};

struct rd_pg_startup rd_pg_startup_first(bool before_17)
{
    return (struct rd_pg_startup){.major = before_17 ? 16 : 17, .superuser = true};
}

void rd_pg_startup_text(const struct rd_pg_startup *startup, struct rd_buf *out)
{
    for (size_t i = 0; i < RD_COUNT(setup_options); i++) {
        if (startup->major >= setup_options[i].since &&
            (startup->superuser || !setup_options[i].superuser))
            rd_buf_printf(out, "%s-c %s", out->length > 0 ? " " : "", setup_options[i].option);
    }
}

bool rd_pg_startup_weaken(struct rd_pg_startup *startup, const char *sqlstate)
{
    if (startup->major == 0)
        return false;
    if (strcmp(sqlstate, "42501") == 0 && startup->superuser) {
        startup->superuser = false;
        return true;
    }
    if (strcmp(sqlstate, "42704") == 0) {
        startup->major = startup->major > 14 ? 14 : startup->major > 13 ? SETUP_OLDEST : 0;
        return true;
    }
    /* What connection poolers say to any options. */
    if (strcmp(sqlstate, "08P01") == 0) {
        startup->major = 0;
        return true;
    }
    return false;
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
