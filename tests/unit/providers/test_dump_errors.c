/*
 * test_dump_errors.c: whose fault a complaint is, how much of it is told, and what the lines of
 * psql and pg_restore become. The lines are real ones of PostgreSQL 15.
 */
#include "drills/providers/dump_messages.h"

#include <check.h>
#include <string.h>

#include "drills/providers/dump_parts.h"
#include "tests/unit/suite.h"

static const struct {
    const char *sqlstate, *message, *text;
    bool of_machine;
} server_messages[] = {
    {"42704", "role \"shop_owner\" does not exist",
     "role \"shop_owner\" does not exist (SQLSTATE 42704)", false},
    {"", "role \"shop_owner\" does not exist", "role \"shop_owner\" does not exist", false},
    {"23505", "duplicate key value violates unique constraint \"items_pkey\"",
     "duplicate key value violates unique constraint \"items_pkey\" (SQLSTATE 23505)", false},
    {"23502", "null value in column \"a\" of relation \"b\" violates not-null constraint",
     "null value in column \"a\" of relation \"b\" violates not-null constraint (SQLSTATE 23502)",
     false},
    {"22P02", "invalid input syntax for type integer: \"SECRET\"",
     "a value is not valid for its column's type (SQLSTATE 22P02)", false},
    {"22P02", "invalid input value for enum mood: \"SECRET\"",
     "a value is not one of its enum's (SQLSTATE 22P02)", false},
    {"22021", "invalid byte sequence for encoding \"UTF8\": 0x53 0x45",
     "a value is not valid in the database's encoding (SQLSTATE 22021)", false},
    {"22003", "value \"SECRET\" is out of range for type integer",
     "a value is out of range for its column's type (SQLSTATE 22003)", false},
    {"22008", "date/time field value out of range: \"SECRET\"",
     "a value is out of range for its column's type (SQLSTATE 22008)", false},
    {"42601", "syntax error at or near \"SECRET\"", "a statement is no valid SQL (SQLSTATE 42601)",
     false},
    {"P0001", "bad customer SECRET", "the server refused a statement (SQLSTATE P0001)", false},
    {"P0001", "role \"SECRET\" does not exist", "the server refused a statement (SQLSTATE P0001)",
     false},
    {"42P01", "bad SECRET", "the server refused a statement (SQLSTATE 42P01)", false},
    {"53100", "could not extend file \"base/5/16384\": No space left on device",
     "could not extend file \"base/5/16384\": No space left on device", true},
    {"", "could not extend file \"base/5/16384\": No space left on device",
     "could not extend file \"base/5/16384\": No space left on device", true},
    {"57P01", "terminating connection due to administrator command",
     "terminating connection due to administrator command", true},
    {"0A000", "extension \"postgis\" is not available", "extension \"postgis\" is not available",
     true},
    {"58P01", "could not access file \"$libdir/x\": No such file or directory",
     "could not access file \"$libdir/x\": No such file or directory", true},
    {"42704", "collation \"de_DE\" for encoding \"UTF8\" does not exist",
     "collation \"de_DE\" for encoding \"UTF8\" does not exist", true},
};

START_TEST(what_the_server_says_is_told_without_values)
{
    struct rd_dump_message message;

    rd_dump_message_server(server_messages[_i].sqlstate, server_messages[_i].message, &message);
    ck_assert_str_eq(message.text, server_messages[_i].text);
    ck_assert_int_eq(message.of_machine, server_messages[_i].of_machine);
    if (message.of_machine)
        ck_assert_ptr_nonnull(message.hint);
}
END_TEST

static const struct {
    const char *message;
    bool of_machine, truncated;
} program_messages[] = {
    {"could not read from input file: end of file", false, true},
    {"could not find block ID 3301 in archive -- possibly corrupt archive", false, true},
    {"could not find header for file \"3349.dat\" in tar archive", false, true},
    {"input file is too short (read 3, expected 5)", false, true},
    {"unrecognized data block type (0) while searching archive", false, false},
    {"could not open input file \"d/3349.dat\": No such file or directory", false, false},
    {"could not open input file \"d/3349.dat\": Permission denied", true, false},
    {"unsupported version (1.16) in file header", true, false},
    {"connection to server was lost", true, false},
    {"could not read from input file: Input/output error", true, false},
};

START_TEST(what_a_program_says_is_the_backups_or_the_machines)
{
    struct rd_dump_message message;

    rd_dump_message_program(program_messages[_i].message, &message);
    ck_assert_int_eq(message.of_machine, program_messages[_i].of_machine);
    ck_assert_int_eq(strstr(message.text, "truncated") != NULL, program_messages[_i].truncated);
    ck_assert_ptr_nonnull(strstr(message.text, program_messages[_i].message));
}
END_TEST

/* Errors as one program makes them; the scanner has seen the script. */
static struct {
    struct rd_drill drill;
    struct rd_group *group;
    struct rd_plain *plain;
    struct rd_dump_errors errors;
} it;

static void scan(const char *script)
{
    const char *piece;
    size_t length = 1;
    struct rd_err err = RD_ERR_INIT;

    rd_plain_give(it.plain, script, strlen(script));
    while (length > 0)
        ck_assert_msg(rd_plain_next(it.plain, &piece, &length, &err) == RD_OK, "%s", err.message);
}

static void begin(void)
{
    static const struct rd_plain_host host;

    memset(&it, 0, sizeof(it));
    it.drill.recorder = rd_recorder_new();
    it.group = rd_record_group(it.drill.recorder, "restore", "restore", true);
    ck_assert_int_eq(rd_plain_new(&host, &it.plain, NULL), RD_OK);
    it.errors = (struct rd_dump_errors){
        .drill = &it.drill,
        .group = it.group,
        .what = "dump",
        .plain = it.plain,
        .superuser = "postgres",
    };
}

static void end(void)
{
    rd_plain_free(it.plain);
    rd_recorder_free(it.drill.recorder);
}

static const struct rd_finding *finding(size_t index)
{
    ck_assert_uint_lt(index, it.group->findings.count);
    return (const struct rd_finding *)it.group->findings.items + index;
}

START_TEST(a_line_of_psql_becomes_a_finding_with_its_line)
{
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:12: ERROR:  42704: role \"app\" does not exist");
    rd_dump_errors_psql(&it.errors, "LOCATION:  get_role_oid, acl.c:5182");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:13: NOTICE:  00000: nothing");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:14: WARNING:  01000: nothing");
    ck_assert_uint_eq(it.group->findings.count, 1);
    ck_assert_int_eq(finding(0)->verdict, RD_FAIL);
    ck_assert_str_eq(finding(0)->subject, "dump line 12");
    ck_assert_ptr_nonnull(strstr(finding(0)->message, "role \"app\" does not exist"));
    ck_assert_ptr_nonnull(strstr(finding(0)->hint, "globals"));
}
END_TEST

START_TEST(details_are_not_told)
{
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:12: ERROR:  23505: duplicate key value violates "
                                    "unique constraint \"items_pkey\"");
    rd_dump_errors_psql(&it.errors, "DETAIL:  Key (name)=(SECRET) already exists.");
    rd_dump_errors_psql(&it.errors, "SCHEMA NAME:  public");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:13: ERROR:  P0001: bad");
    rd_dump_errors_psql(&it.errors, "SECRET ERROR:  42P01: relation \"SECRET\" does not exist");
    ck_assert_uint_eq(it.group->findings.count, 2);
    for (size_t i = 0; i < 2; i++)
        ck_assert_ptr_null(strstr(finding(i)->message, "SECRET"));
}
END_TEST

START_TEST(a_missing_role_is_told_once)
{
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:1: ERROR:  42704: role \"app\" does not exist");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:2: ERROR:  42704: role \"app\" does not exist");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:3: ERROR:  42704: role \"web\" does not exist");
    ck_assert_uint_eq(it.group->findings.count, 2);
}
END_TEST

START_TEST(clearing_the_way_on_a_fresh_cluster_is_no_error)
{
    scan("DROP TABLE public.items;\n"
         "ALTER TABLE public.items DROP CONSTRAINT items_pkey;\n"
         "DROP DATABASE shop;\n"
         "SELECT pg_catalog.lo_unlink('4711');\n"
         "CREATE ROLE postgres;\n"
         "SET transaction_timeout = 0;\n"
         "ALTER TABLE public.items OWNER TO app;\n");
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:1: ERROR:  42P01: table \"items\" does not exist");
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:2: ERROR:  42P01: relation \"public.items\" does not exist");
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:3: ERROR:  3D000: database \"shop\" does not exist");
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:4: ERROR:  42704: large object 4711 does not exist");
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:5: ERROR:  42710: role \"postgres\" already exists");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:6: ERROR:  42704: unrecognized configuration "
                                    "parameter \"transaction_timeout\"");
    ck_assert_uint_eq(it.group->findings.count, 0);
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:7: ERROR:  42P01: relation \"public.items\" does not exist");
    ck_assert_uint_eq(it.group->findings.count, 1);
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:1: ERROR:  42501: must be owner of table items");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:5: ERROR:  42710: role \"app\" already exists");
    ck_assert_uint_eq(it.group->findings.count, 3);
}
END_TEST

START_TEST(the_machines_first_error_is_returned_and_explains_what_follows)
{
    struct rd_err err = RD_ERR_INIT;

    rd_dump_errors_psql(&it.errors, "psql:<stdin>:1: ERROR:  42601: syntax error at end of input");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:9: ERROR:  53100: could not extend file "
                                    "\"base/5/16384\": No space left on device");
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:10: ERROR:  42P01: relation \"a\" does not exist");
    rd_dump_errors_psql(&it.errors, "psql:<stdin>:11: error: connection to server was lost");
    ck_assert_uint_eq(it.group->findings.count, 1);
    ck_assert_int_eq(rd_dump_errors_end(&it.errors, &err), RD_E_CHILD);
    ck_assert_ptr_nonnull(strstr(err.message, "No space left on device"));
    ck_assert_str_ne(err.hint, "");
}
END_TEST

START_TEST(a_connection_that_fails_is_the_machines_unless_the_database_is_missing)
{
    rd_dump_errors_psql(&it.errors,
                        "psql:<stdin>:3: error: \\connect: connection to server on socket "
                        "\"/w/.s.PGSQL.5432\" failed: FATAL:  database \"shop\" does not exist");
    ck_assert_int_eq(it.errors.machine.code, RD_OK);
    ck_assert_uint_eq(it.group->findings.count, 1);
    rd_dump_errors_psql(&it.errors, "psql: error: connection to server on socket "
                                    "\"/w/.s.PGSQL.5432\" failed: FATAL:  sorry, too many clients "
                                    "already");
    ck_assert_int_eq(it.errors.machine.code, RD_E_CHILD);
}
END_TEST

START_TEST(pg_restore_names_the_entry_or_the_table)
{
    it.errors.plain = NULL;
    rd_dump_errors_restore(&it.errors, "pg_restore: creating TABLE \"public.items\"");
    rd_dump_errors_restore(&it.errors,
                           "pg_restore: from TOC entry 215; 1259 16386 TABLE items app");
    rd_dump_errors_restore(&it.errors, "pg_restore: error: could not execute query: ERROR:  role "
                                       "\"app\" does not exist");
    rd_dump_errors_restore(&it.errors, "Command was: ALTER TABLE public.items OWNER TO app;");
    rd_dump_errors_restore(&it.errors,
                           "pg_restore: error: COPY failed for table \"items\": ERROR:  "
                           "invalid input syntax for type integer: \"SECRET\"");
    rd_dump_errors_restore(&it.errors, "CONTEXT:  COPY items, line 1, column id: \"SECRET\"");
    rd_dump_errors_restore(&it.errors, "pg_restore: warning: errors ignored on restore: 2");
    ck_assert_uint_eq(it.group->findings.count, 2);
    ck_assert_str_eq(finding(0)->subject, "TABLE items app");
    ck_assert_str_eq(finding(1)->subject, "rows of items");
    ck_assert_ptr_null(strstr(finding(1)->message, "SECRET"));
}
END_TEST

START_TEST(a_flood_of_errors_is_counted)
{
    struct rd_err err = RD_ERR_INIT;

    for (int i = 0; i < 250; i++)
        rd_dump_errors_psql(&it.errors,
                            "psql:<stdin>:1: ERROR:  42601: syntax error at end of input");
    ck_assert_int_eq(rd_dump_errors_end(&it.errors, &err), RD_OK);
    ck_assert_uint_eq(it.group->findings.count, 101);
    ck_assert_ptr_nonnull(strstr(finding(100)->message, "150"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dump_errors");
    TCase *tcase = tcase_create("dump_errors");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_loop_test(tcase, what_the_server_says_is_told_without_values, 0,
                        RD_COUNT(server_messages));
    tcase_add_loop_test(tcase, what_a_program_says_is_the_backups_or_the_machines, 0,
                        RD_COUNT(program_messages));
    tcase_add_test(tcase, a_line_of_psql_becomes_a_finding_with_its_line);
    tcase_add_test(tcase, details_are_not_told);
    tcase_add_test(tcase, a_missing_role_is_told_once);
    tcase_add_test(tcase, clearing_the_way_on_a_fresh_cluster_is_no_error);
    tcase_add_test(tcase, the_machines_first_error_is_returned_and_explains_what_follows);
    tcase_add_test(tcase, a_connection_that_fails_is_the_machines_unless_the_database_is_missing);
    tcase_add_test(tcase, pg_restore_names_the_entry_or_the_table);
    tcase_add_test(tcase, a_flood_of_errors_is_counted);
    suite_add_tcase(suite, tcase);
    return suite;
}
