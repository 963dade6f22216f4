/*
 * test_pg.c: sessions with a real PostgreSQL server: what they are proof against, how they end, and
 * what their errors say.
 */
#include "drills/common/pg.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "drills/common/clock.h"
#include "drills/common/pg_error.h"
#include "tests/unit/own_postgres.h"
#include "tests/unit/suite.h"

static struct own_postgres server;
static struct rd_deadline deadline;

static void start_server(void)
{
    own_postgres_start(&server);
}

static void stop_server(void)
{
    own_postgres_stop(&server);
}

static void set_deadline(void)
{
    deadline = rd_deadline_in_ms(30000, -1);
}

static struct rd_pg *open_as(const char *user, unsigned flags)
{
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = own_postgres_open(&server, "postgres", user, flags, &err);

    ck_assert_msg(pg != NULL, "%s (%s)", err.message, err.detail);
    return pg;
}

static void run(struct rd_pg *pg, const char *sql)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_pg_exec(pg, &deadline, sql, &err) == RD_OK, "%s: %s", sql, err.message);
}

static void expect_value(struct rd_pg *pg, const char *sql, const char *expected)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf value = RD_BUF_INIT(4096);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_pg_value(pg, &deadline, sql, &value, NULL, &err) == RD_OK, "%s: %s", sql,
                  err.message);
    ck_assert_str_eq(rd_buf_text(&value), expected);
}

START_TEST(a_session_has_the_settings_that_its_header_promises)
{
    static const char *const settings[][2] = {
        {"SHOW search_path", "pg_catalog"},
        {"SHOW client_encoding", "UTF8"},
        {"SHOW DateStyle", "ISO, YMD"},
        {"SHOW TimeZone", "UTC"},
        {"SHOW row_security", "off"},
        {"SHOW transaction_read_only", "on"},
        {"SHOW lc_messages", "C"},
        {"SHOW log_statement", "none"},
        {"SHOW application_name", "redrill"},
    };
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);

    for (size_t i = 0; i < RD_COUNT(settings); i++)
        expect_value(pg, settings[i][0], settings[i][1]);
    ck_assert_int_ge(rd_pg_version(pg), 150000);
    ck_assert_int_lt(rd_pg_version(pg), 160000);
}
END_TEST

START_TEST(settings_of_roles_do_not_reach_a_session)
{
    static const char *const hostile[] = {
        "CREATE ROLE weak",
        "CREATE ROLE hostile LOGIN SUPERUSER",
        "ALTER ROLE hostile SET search_path = public",
        "ALTER ROLE hostile SET statement_timeout = 1",
        "ALTER ROLE hostile SET lock_timeout = 1",
        "ALTER ROLE hostile SET idle_session_timeout = 1",
        "ALTER ROLE hostile SET idle_in_transaction_session_timeout = 1",
        "ALTER ROLE hostile SET role = weak",
        "ALTER ROLE hostile SET session_preload_libraries = 'there_is_no_such_library'",
        "ALTER ROLE hostile SET local_preload_libraries = 'there_is_no_such_library'",
        "ALTER ROLE hostile SET zero_damaged_pages = on",
        "ALTER ROLE hostile SET log_statement = 'all'",
        "ALTER ROLE hostile SET default_transaction_isolation = serializable",
        "ALTER ROLE hostile SET client_encoding = latin1",
        "ALTER ROLE hostile SET standard_conforming_strings = off",
        "ALTER ROLE hostile SET default_transaction_read_only = on",
    };
    static const char *const settings[][2] = {
        {"SHOW search_path", "pg_catalog"},
        {"SHOW lock_timeout", "0"},
        {"SHOW idle_session_timeout", "0"},
        {"SHOW role", "none"},
        {"SELECT current_user", "hostile"},
        {"SHOW session_preload_libraries", ""},
        {"SHOW local_preload_libraries", ""},
        {"SHOW zero_damaged_pages", "off"},
        {"SHOW log_statement", "none"},
        {"SHOW transaction_isolation", "read committed"},
        {"SHOW client_encoding", "UTF8"},
        {"SHOW standard_conforming_strings", "on"},
        {"SHOW transaction_read_only", "off"},
        /* What the session began with, before its first statement. */
        {"SELECT reset_val FROM pg_settings WHERE name = 'statement_timeout'", "0"},
    };
    RD_CLEANUP(rd_pg_closep) struct rd_pg *owner = open_as("postgres", RD_PG_WRITES);

    for (size_t i = 0; i < RD_COUNT(hostile); i++)
        run(owner, hostile[i]);
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("hostile", RD_PG_WRITES);
    for (size_t i = 0; i < RD_COUNT(settings); i++)
        expect_value(pg, settings[i][0], settings[i][1]);
    expect_value(pg, "SELECT pg_sleep(0.1)::text", "");
}
END_TEST

START_TEST(a_role_that_may_set_little_gets_a_session_all_the_same)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *owner = open_as("postgres", RD_PG_WRITES);

    run(owner, "CREATE ROLE reader LOGIN");
    run(owner, "ALTER ROLE reader SET statement_timeout = 1");
    run(owner, "ALTER ROLE reader SET search_path = public");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("reader", 0);
    expect_value(pg, "SHOW search_path", "pg_catalog");
    expect_value(pg, "SELECT pg_sleep(0.1)::text", "");
}
END_TEST

START_TEST(a_server_that_does_not_know_event_triggers_is_asked_again_without)
{
    struct rd_pg *pg = NULL;
    struct rd_err err = RD_ERR_INIT;
    const struct rd_pg_option options[] = {
        {"host", server.folder}, {"user", "postgres"}, {"dbname", "postgres"}, {NULL, NULL}};

    ck_assert_int_eq(rd_pg_open(NULL, options, 0, &deadline, &pg, &err), RD_OK);
    expect_value(pg, "SHOW zero_damaged_pages", "off");
    rd_pg_close(pg);
}
END_TEST

START_TEST(options_of_a_connection_string_are_kept)
{
    struct rd_pg *pg = NULL;
    struct rd_err err = RD_ERR_INIT;
    char conninfo[256];

    snprintf(conninfo, sizeof(conninfo),
             "host=%s user=postgres dbname=nowhere options='-c work_mem=5MB'", server.folder);
    const struct rd_pg_option options[] = {{"dbname", "postgres"}, {NULL, NULL}};
    ck_assert_int_eq(rd_pg_open(conninfo, options, 0, &deadline, &pg, &err), RD_OK);
    expect_value(pg, "SHOW work_mem", "5MB");
    expect_value(pg, "SELECT current_database()", "postgres");
    rd_pg_close(pg);
}
END_TEST

START_TEST(the_environment_leads_to_no_other_server)
{
    setenv("PGHOSTADDR", "192.0.2.1", 1);
    setenv("PGSERVICE", "production", 1);
    setenv("PGCHANNELBINDING", "require", 1);
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    expect_value(pg, "SELECT 1", "1");
    ck_assert_str_eq(getenv("PGHOSTADDR"), "192.0.2.1");
}
END_TEST

START_TEST(a_database_name_is_never_read_as_a_connection_string)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_ptr_null(own_postgres_open(&server, "host=192.0.2.1 dbname=x", "postgres", 0, &err));
    ck_assert_int_eq(err.code, RD_E_DATABASE);
    ck_assert_str_eq(err.detail, "SQLSTATE 3D000");
}
END_TEST

START_TEST(a_wrong_user_is_a_matter_of_authorization)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_ptr_null(own_postgres_open(&server, "postgres", "nobody_known", 0, &err));
    ck_assert_int_eq(err.code, RD_E_AUTH);
    ck_assert_str_eq(err.message, "cannot connect: role \"nobody_known\" does not exist");
    ck_assert_str_eq(err.detail, "SQLSTATE 28000");
}
END_TEST

START_TEST(a_server_that_is_not_there_is_a_matter_of_the_network)
{
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = NULL;

    ck_assert_int_eq(rd_pg_open("host=/nonexistent", NULL, 0, &deadline, &pg, &err), RD_E_NETWORK);
    ck_assert_ptr_nonnull(strstr(err.message, "/nonexistent"));
    ck_assert_ptr_null(pg);
}
END_TEST

START_TEST(a_connection_string_that_cannot_be_read_is_not_told)
{
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = NULL;

    ck_assert_int_eq(rd_pg_open("host=x password='secret", NULL, 0, &deadline, &pg, &err),
                     RD_E_ARGUMENT);
    ck_assert_ptr_null(strstr(err.message, "secret"));
    ck_assert_ptr_null(strstr(err.detail, "secret"));
    ck_assert_ptr_null(strstr(err.hint, "secret"));
}
END_TEST

START_TEST(a_server_that_says_nothing_ends_the_attempt_at_the_deadline)
{
    struct rd_err err = RD_ERR_INIT;
    struct rd_deadline soon = rd_deadline_in_ms(300, -1);
    struct rd_pg *pg = NULL;
    char path[96];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(path, sizeof(path), "%s/.s.PGSQL.1111", server.folder);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(listener, 5), 0);
    const struct rd_pg_option options[] = {
        {"host", server.folder}, {"port", "1111"}, {"user", "postgres"}, {NULL, NULL}};
    ck_assert_int_eq(rd_pg_open(NULL, options, 0, &soon, &pg, &err), RD_E_TIMEOUT);
    close(listener);
}
END_TEST

START_TEST(a_query_ends_at_its_deadline_and_the_session_goes_on)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;
    struct rd_deadline soon = rd_deadline_in_ms(300, -1);
    int64_t before_us = rd_clock_monotonic_us();

    ck_assert_int_eq(rd_pg_exec(pg, &soon, "SELECT pg_sleep(60)", &err), RD_E_TIMEOUT);
    ck_assert_int_lt(rd_clock_monotonic_us() - before_us, 3000000);
    expect_value(pg,
                 "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' "
                 "AND state = 'active' AND pid <> pg_backend_pid()",
                 "0");
}
END_TEST

START_TEST(a_signal_calls_a_query_off)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    struct rd_deadline called_off = rd_deadline_in_ms(60000, ends[0]);
    ck_assert_int_eq(rd_pg_exec(pg, &called_off, "SELECT pg_sleep(60)", &err), RD_E_INTERRUPTED);
    expect_value(pg, "SELECT 1", "1");
}
END_TEST

START_TEST(rows_without_end_stop_at_the_deadline)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;
    struct rd_deadline soon = rd_deadline_in_ms(300, -1);

    /* Rows without columns weigh nothing, so that the limit of an answer does not end them. */
    ck_assert_int_eq(rd_pg_exec(pg, &soon, "SELECT FROM generate_series(1, 1000000000000)", &err),
                     RD_E_TIMEOUT);
    expect_value(pg, "SELECT 1", "1");
}
END_TEST

START_TEST(a_later_deadline_than_the_first_is_granted)
{
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = NULL;
    struct rd_deadline first = rd_deadline_in_ms(5000, -1);
    const struct rd_pg_option options[] = {
        {"host", server.folder}, {"user", "postgres"}, {"dbname", "postgres"}, {NULL, NULL}};

    ck_assert_int_eq(rd_pg_open(NULL, options, 0, &first, &pg, &err), RD_OK);
    expect_value(pg, "SELECT 1", "1");
    expect_value(
        pg, "SELECT setting::int > 30000 FROM pg_settings WHERE name = 'statement_timeout'", "t");
    rd_pg_close(pg);
}
END_TEST

START_TEST(an_answer_that_is_too_large_is_refused_and_the_session_goes_on)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(
        rd_pg_exec(pg, &deadline, "SELECT repeat('x', 1000) FROM generate_series(1, 100000)", &err),
        RD_E_LIMIT);
    expect_value(pg, "SELECT 1", "1");
}
END_TEST

START_TEST(rows_nulls_names_and_parameters_come_through)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    const char *const params[] = {"it's", NULL};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_pg_query(pg, &deadline,
                                 "SELECT i AS n, $1::text AS \"odd \"\"name\", $2::text, i = 2, '' "
                                 "FROM generate_series(1, 3) i",
                                 2, params, &result, &err),
                     RD_OK);
    ck_assert_uint_eq(rd_pg_rows(result), 3);
    ck_assert_uint_eq(rd_pg_columns(result), 5);
    ck_assert_str_eq(rd_pg_column_name(result, 1), "odd \"name");
    ck_assert_int_eq(rd_pg_get_int(result, 2, 0), 3);
    ck_assert_str_eq(rd_pg_get(result, 1, 1), "it's");
    ck_assert_ptr_null(rd_pg_get(result, 1, 2));
    ck_assert_int_eq(rd_pg_get_int(result, 1, 2), RD_ABSENT);
    ck_assert(rd_pg_get_bool(result, 1, 3));
    ck_assert(!rd_pg_get_bool(result, 2, 3));
    ck_assert_str_eq(rd_pg_get(result, 0, 4), "");
    ck_assert_ptr_null(rd_pg_get(result, 3, 0));
    ck_assert_ptr_null(rd_pg_get(result, 0, 5));
}
END_TEST

START_TEST(an_answer_without_rows_still_has_columns)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf value = RD_BUF_INIT(100);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(
        rd_pg_query(pg, &deadline, "SELECT 1 AS one WHERE false", 0, NULL, &result, &err), RD_OK);
    ck_assert_uint_eq(rd_pg_rows(result), 0);
    ck_assert_str_eq(rd_pg_column_name(result, 0), "one");
    ck_assert_int_eq(rd_pg_value(pg, &deadline, "SELECT 1 WHERE false", &value, NULL, &err),
                     RD_E_NOT_FOUND);
}
END_TEST

START_TEST(a_command_says_how_much_it_did)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *result = NULL;
    struct rd_err err = RD_ERR_INIT;

    run(pg, "BEGIN");
    run(pg, "DECLARE numbers CURSOR FOR SELECT generate_series(1, 70000)");
    ck_assert_int_eq(
        rd_pg_query(pg, &deadline, "MOVE FORWARD ALL IN numbers", 0, NULL, &result, &err), RD_OK);
    ck_assert_int_eq(rd_pg_affected(result), 70000);
}
END_TEST

START_TEST(several_statements_at_once_are_refused)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "SELECT 1; SELECT 2", &err), RD_E_DATABASE);
    ck_assert_str_eq(rd_pg_sqlstate(pg), "42601");
    expect_value(pg, "SELECT 1", "1");
    ck_assert_str_eq(rd_pg_sqlstate(pg), "");
}
END_TEST

START_TEST(a_session_writes_only_when_it_was_opened_for_it)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "CREATE TABLE public.t ()", &err), RD_E_DATABASE);
    ck_assert_str_eq(rd_pg_sqlstate(pg), "25006");
}
END_TEST

START_TEST(copy_neither_hangs_nor_passes)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "COPY (SELECT 1) TO STDOUT", &err),
                     RD_E_UNSUPPORTED);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "SELECT 1", &err), RD_E_NETWORK);
}
END_TEST

START_TEST(a_killed_session_is_lost_and_says_so)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    RD_CLEANUP(rd_pg_closep) struct rd_pg *other = open_as("postgres", 0);
    RD_CLEANUP(rd_buf_free) struct rd_buf pid = RD_BUF_INIT(20);
    struct rd_err err = RD_ERR_INIT;
    char sql[100];

    ck_assert_int_eq(rd_pg_value(pg, &deadline, "SELECT pg_backend_pid()", &pid, NULL, &err),
                     RD_OK);
    snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%s, 5000)", rd_buf_text(&pid));
    run(other, sql);
    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "SELECT 1", &err), RD_E_NETWORK);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "SELECT 1", &err), RD_E_NETWORK);
}
END_TEST

START_TEST(errors_about_values_do_not_tell_them)
{
    static const struct {
        const char *sql;
        const char *sqlstate;
        const char *message;
    } cases[] = {
        {"SELECT 'se\"cret'::int", "22P02",
         "query failed: invalid input syntax for type integer: \"…\""},
        {"SELECT 'secret'::text::date", "22007",
         "query failed: invalid input syntax for type date: \"…\""},
        {"DO $$ BEGIN RAISE 'secret'; END $$", "P0001",
         "query failed: a function of the database raised an error"},
        {"DO $$ BEGIN RAISE 'secret' USING ERRCODE = '42P01'; END $$", "42P01",
         "query failed: a function of the database raised an error"},
        {"SELECT * FROM public.\"no\nwhere\"", "42P01",
         "query failed: relation \"public.no where\" does not exist"},
        {"SELECT 1 / 0", "22012", "query failed: division by zero"},
    };
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        struct rd_err err = RD_ERR_INIT;
        ck_assert_int_eq(rd_pg_exec(pg, &deadline, cases[i].sql, &err), RD_E_DATABASE);
        ck_assert_str_eq(err.message, cases[i].message);
        ck_assert_str_eq(rd_pg_sqlstate(pg), cases[i].sqlstate);
        ck_assert_ptr_null(strstr(err.detail, "secret"));
    }
}
END_TEST

START_TEST(a_duplicate_key_does_not_tell_the_key)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", RD_PG_WRITES);
    struct rd_err err = RD_ERR_INIT;

    run(pg, "CREATE TEMP TABLE t (mail text PRIMARY KEY)");
    run(pg, "INSERT INTO t VALUES ('secret')");
    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "INSERT INTO t VALUES ('secret')", &err),
                     RD_E_DATABASE);
    ck_assert_str_eq(rd_pg_sqlstate(pg), "23505");
    ck_assert_ptr_null(strstr(err.message, "secret"));
    ck_assert_str_eq(err.detail, "SQLSTATE 23505");
}
END_TEST

START_TEST(a_missing_privilege_is_a_matter_of_authorization)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *owner = open_as("postgres", RD_PG_WRITES);
    struct rd_err err = RD_ERR_INIT;

    run(owner, "CREATE ROLE poor LOGIN");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("poor", 0);
    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "SELECT * FROM pg_authid", &err), RD_E_AUTH);
    ck_assert(err.hint[0] != '\0');
}
END_TEST

START_TEST(row_security_is_an_error_rather_than_missing_rows)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *owner = open_as("postgres", RD_PG_WRITES);
    struct rd_err err = RD_ERR_INIT;

    run(owner, "CREATE TABLE public.guarded (n int)");
    run(owner, "ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY");
    run(owner, "CREATE ROLE guarded_reader LOGIN");
    run(owner, "GRANT SELECT ON public.guarded TO guarded_reader");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("guarded_reader", 0);
    ck_assert_int_eq(rd_pg_exec(pg, &deadline, "SELECT count(*) FROM public.guarded", &err),
                     RD_E_AUTH);
}
END_TEST

START_TEST(names_and_literals_are_quoted)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_as("postgres", 0);
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(1000);
    struct rd_err err = RD_ERR_INIT;

    rd_buf_puts(&sql, "SELECT ");
    ck_assert_int_eq(rd_pg_quote_literal(pg, "it's \\ \"odd\"\n", &sql, &err), RD_OK);
    rd_buf_puts(&sql, " AS ");
    ck_assert_int_eq(rd_pg_quote_name(pg, "o\"dd; DROP", &sql, &err), RD_OK);
    expect_value(pg, rd_buf_text(&sql), "it's \\ \"odd\"\n");
    ck_assert_int_eq(rd_pg_quote_name(pg, "\xff\xfe", &sql, &err), RD_E_FORMAT);
}
END_TEST

START_TEST(a_described_connection_holds_no_secret)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(
        rd_pg_describe("postgresql://me:hidden@db.example.test:6432/shop?sslpassword=hidden", &out,
                       &err),
        RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "user=me dbname=shop host=db.example.test port=6432");
}
END_TEST

START_TEST(seconds_since_1970_are_read_to_the_microsecond)
{
    ck_assert_int_eq(rd_pg_epoch_us("1763294400"), INT64_C(1763294400000000));
    ck_assert_int_eq(rd_pg_epoch_us("1763294400.5"), INT64_C(1763294400500000));
    ck_assert_int_eq(rd_pg_epoch_us("1763294400.000001"), INT64_C(1763294400000001));
    ck_assert_int_eq(rd_pg_epoch_us("-0.25"), -250000);
    ck_assert_int_eq(rd_pg_epoch_us("-210866803200.000000"), INT64_C(-210866803200000000));
    ck_assert_int_eq(rd_pg_epoch_us("Infinity"), RD_ABSENT);
    ck_assert_int_eq(rd_pg_epoch_us("-"), RD_ABSENT);
    ck_assert_int_eq(rd_pg_epoch_us("1.2.3"), RD_ABSENT);
    ck_assert_int_eq(rd_pg_epoch_us("99999999999999"), RD_ABSENT);
    ck_assert_int_eq(rd_pg_epoch_us(""), RD_ABSENT);
    ck_assert_int_eq(rd_pg_epoch_us(NULL), RD_ABSENT);
}
END_TEST

START_TEST(the_sqlstate_of_a_failed_connection_is_found)
{
    static const struct {
        const char *text;
        bool needs_password;
        int code;
        const char *sqlstate;
        const char *message;
    } cases[] = {
        {"connection to server on socket \"/x\" failed: FATAL:  28P01: password authentication "
         "failed for user \"me\"\nLOCATION:  auth_failed, auth.c:326\n",
         false, RD_E_AUTH, "28P01",
         "cannot connect: password authentication failed for user \"me\""},
        {"connection to server on socket \"/x\" failed: FATAL:  57P03: the database system is "
         "starting up\n",
         false, RD_E_NETWORK, "57P03", "cannot connect: the database system is starting up"},
        {"connection to server at \"x\", port 1 failed: fe_sendauth: no password supplied\n", true,
         RD_E_AUTH, "",
         "cannot connect: connection to server at \"x\", port 1 failed: fe_sendauth: no password "
         "supplied"},
        {"connection to server at \"x\", port 1 failed: Connection refused\n\tIs the server\n",
         false, RD_E_NETWORK, "",
         "cannot connect: connection to server at \"x\", port 1 failed: Connection refused"},
        {"", false, RD_E_NETWORK, "", "cannot connect: no reason given"},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        struct rd_err err = RD_ERR_INIT;
        char sqlstate[RD_PG_SQLSTATE_TEXT];

        ck_assert_int_eq(
            rd_pg_error_connect(cases[i].text, cases[i].needs_password, sqlstate, &err),
            cases[i].code);
        ck_assert_str_eq(sqlstate, cases[i].sqlstate);
        ck_assert_str_eq(err.message, cases[i].message);
    }
}
END_TEST

START_TEST(words_in_another_language_are_not_trusted_with_values)
{
    const struct rd_pg_refusal refusal = {
        .sqlstate = "22P02",
        .message = "ungültige Eingabesyntax für Typ integer: »secret«",
    };
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_pg_error(&refusal, "query failed", &err), RD_E_DATABASE);
    ck_assert_ptr_null(strstr(err.message, "secret"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("pg");
    TCase *live = tcase_create("server");
    TCase *pure = tcase_create("texts");

    tcase_set_timeout(live, 60);
    tcase_add_unchecked_fixture(live, start_server, stop_server);
    tcase_add_checked_fixture(live, set_deadline, NULL);
    tcase_add_test(live, a_session_has_the_settings_that_its_header_promises);
    tcase_add_test(live, settings_of_roles_do_not_reach_a_session);
    tcase_add_test(live, a_role_that_may_set_little_gets_a_session_all_the_same);
    tcase_add_test(live, a_server_that_does_not_know_event_triggers_is_asked_again_without);
    tcase_add_test(live, options_of_a_connection_string_are_kept);
    tcase_add_test(live, the_environment_leads_to_no_other_server);
    tcase_add_test(live, a_database_name_is_never_read_as_a_connection_string);
    tcase_add_test(live, a_wrong_user_is_a_matter_of_authorization);
    tcase_add_test(live, a_server_that_is_not_there_is_a_matter_of_the_network);
    tcase_add_test(live, a_server_that_says_nothing_ends_the_attempt_at_the_deadline);
    tcase_add_test(live, a_query_ends_at_its_deadline_and_the_session_goes_on);
    tcase_add_test(live, a_signal_calls_a_query_off);
    tcase_add_test(live, rows_without_end_stop_at_the_deadline);
    tcase_add_test(live, a_later_deadline_than_the_first_is_granted);
    tcase_add_test(live, an_answer_that_is_too_large_is_refused_and_the_session_goes_on);
    tcase_add_test(live, rows_nulls_names_and_parameters_come_through);
    tcase_add_test(live, an_answer_without_rows_still_has_columns);
    tcase_add_test(live, a_command_says_how_much_it_did);
    tcase_add_test(live, several_statements_at_once_are_refused);
    tcase_add_test(live, a_session_writes_only_when_it_was_opened_for_it);
    tcase_add_test(live, copy_neither_hangs_nor_passes);
    tcase_add_test(live, a_killed_session_is_lost_and_says_so);
    tcase_add_test(live, errors_about_values_do_not_tell_them);
    tcase_add_test(live, a_duplicate_key_does_not_tell_the_key);
    tcase_add_test(live, a_missing_privilege_is_a_matter_of_authorization);
    tcase_add_test(live, row_security_is_an_error_rather_than_missing_rows);
    tcase_add_test(live, names_and_literals_are_quoted);
    suite_add_tcase(suite, live);

    tcase_add_checked_fixture(pure, set_deadline, NULL);
    tcase_add_test(pure, a_connection_string_that_cannot_be_read_is_not_told);
    tcase_add_test(pure, a_described_connection_holds_no_secret);
    tcase_add_test(pure, seconds_since_1970_are_read_to_the_microsecond);
    tcase_add_test(pure, the_sqlstate_of_a_failed_connection_is_found);
    tcase_add_test(pure, words_in_another_language_are_not_trusted_with_values);
    suite_add_tcase(suite, pure);
    return suite;
}
