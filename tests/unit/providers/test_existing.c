/*
 * test_existing.c: the provider for a server that somebody else restored, with a real one. It is
 * asked as the runner asks it; its settings are JSON, as in a plan.
 */
#include <string.h>

#include "drills/common/clock.h"
#include "drills/common/quarantine.h"
#include "drills/providers/providers.h"
#include "tests/unit/own_postgres.h"
#include "tests/unit/suite.h"

enum { SECONDS_PER_TEST = 60 };

static struct own_postgres server;

/* One drill, as far as a provider sees it. */
static struct {
    struct rd_drill drill;
    struct rd_instance_wish wish;
    struct rd_instance instance;
    struct rd_faults faults;
    struct rd_json *json;
    void *handle;
    struct rd_err err;
} it;

static void run_sql(const char *sql)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = own_postgres_open(&server, "postgres", "postgres", RD_PG_WRITES, &err);

    ck_assert_msg(pg != NULL && rd_pg_exec(pg, &deadline, sql, &err) == RD_OK, "%s", err.message);
    rd_pg_close(pg);
}

static void start_server(void)
{
    char path[120];

    own_postgres_start(&server);
    run_sql("CREATE ROLE clerk LOGIN PASSWORD 'hunter2'");
    run_sql("CREATE DATABASE orders");
    snprintf(path, sizeof(path), "%s/pg_hba.conf", server.data);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("local all clerk scram-sha-256\nlocal all all trust\n", file);
    ck_assert_int_eq(fclose(file), 0);
    run_sql("SELECT pg_reload_conf()");
}

static void stop_server(void)
{
    own_postgres_stop(&server);
}

/* Opens and locates with the settings of a plan. */
static int locate(const char *json)
{
    ck_assert_int_eq(rd_json_parse(json, strlen(json), 0, &it.json, NULL), RD_OK);
    const void *settings =
        rd_shape_parse(rd_provider_existing.settings, it.json, "$.source", "provider", &it.faults);
    ck_assert_ptr_nonnull(settings);
    ck_assert_uint_eq(it.faults.count, 0);
    ck_assert_int_eq(rd_provider_existing.open(&it.drill, settings, &it.handle, &it.err), RD_OK);
    return rd_provider_existing.locate(it.handle, &it.err);
}

static int restore(const char *conninfo)
{
    char text[300];
    struct rd_group *group = rd_record_group(it.drill.recorder, "restore", "restore", true);

    snprintf(text, sizeof(text), "host=%s port=5432 %s", server.folder, conninfo);
    ck_assert_int_eq(setenv("RESTORED", text, 1), 0);
    int code = locate("{\"provider\": \"existing\", \"connection\": {\"env\": \"RESTORED\"}}");
    return code != RD_OK ? code
                         : rd_provider_existing.restore(it.handle, group, &it.instance, &it.err);
}

static void setup(void)
{
    it.drill = (struct rd_drill){
        .plan_folder = "/",
        .wish = &it.wish,
        .work = "/nonexistent",
        .deadline = rd_deadline_in_ms(30000, -1),
        .recorder = rd_recorder_new(),
    };
    ck_assert_int_eq(rd_uuid7(rd_clock_utc_us(), it.drill.id, NULL), RD_OK);
    it.faults.arena = rd_arena_new(1024 * 1024);
}

static void teardown(void)
{
    struct rd_deadline deadline = rd_deadline_in_ms(5000, -1);

    if (it.handle != NULL)
        ck_assert_int_eq(rd_provider_existing.destroy(it.handle, &deadline, &it.err), RD_OK);
    rd_json_free(it.json);
    rd_arena_free(it.faults.arena);
    rd_recorder_free(it.drill.recorder);
}

static const struct rd_finding *find(const struct rd_group *group, const char *subject)
{
    const struct rd_finding *findings = group->findings.items;

    for (size_t i = 0; i < group->findings.count; i++) {
        if (strcmp(findings[i].subject, subject) == 0)
            return &findings[i];
    }
    ck_abort_msg("no finding about '%s'", subject);
}

START_TEST(a_server_is_described_and_stays_somebody_elses)
{
    const struct rd_record *record = rd_recorder_record(it.drill.recorder);

    int code = restore("user=clerk password=hunter2 dbname=orders");
    ck_assert_msg(code == RD_OK, "%s", it.err.message);
    ck_assert(!it.instance.ours);
    ck_assert_str_eq(it.instance.provider, "existing");
    ck_assert_str_eq(it.instance.database, "orders");
    ck_assert_int_eq(it.instance.version / 10000, 15);
    ck_assert_ptr_nonnull(it.instance.system_identifier);
    ck_assert_ptr_null(it.instance.host);
    ck_assert_ptr_nonnull(strstr(record->backup->name, "dbname=orders"));
    ck_assert_ptr_null(strstr(record->backup->name, "hunter2"));
    ck_assert_int_eq(record->backup->created_us, RD_ABSENT);
    ck_assert_uint_eq(record->rpo->evidence.count, 0);
    ck_assert_uint_eq(record->limits.count, 1);
}
END_TEST

START_TEST(the_plans_database_wins_over_the_connection_strings)
{
    it.wish.database = "orders";
    ck_assert_int_eq(restore("user=postgres dbname=postgres"), RD_OK);
    ck_assert_str_eq(it.instance.database, "orders");
}
END_TEST

START_TEST(a_wrong_password_is_an_error_that_does_not_tell_it)
{
    ck_assert_int_eq(restore("user=clerk password=swordfish dbname=orders"), RD_E_AUTH);
    ck_assert_ptr_null(strstr(it.err.message, "swordfish"));
    ck_assert_ptr_null(strstr(it.err.detail, "swordfish"));
    ck_assert_int_ne(it.err.hint[0], '\0');
    ck_assert_int_eq(it.instance.version, 0);
}
END_TEST

START_TEST(a_server_that_is_not_there_is_an_error)
{
    ck_assert_int_eq(restore("port=1 user=postgres"), RD_E_NETWORK);
    ck_assert_ptr_nonnull(strstr(it.err.hint, "connection"));
}
END_TEST

START_TEST(a_connection_that_cannot_be_read_is_an_error_that_does_not_tell_it)
{
    ck_assert_int_eq(setenv("RESTORED", "password=swordfish host", 1), 0);
    ck_assert_int_eq(locate("{\"connection\": {\"env\": \"RESTORED\"}}"), RD_E_ARGUMENT);
    ck_assert_ptr_null(strstr(it.err.message, "swordfish"));
    ck_assert_ptr_null(strstr(it.err.detail, "swordfish"));
}
END_TEST

START_TEST(a_connection_in_clear_is_a_fault_of_the_plan)
{
    static const char json[] = "{\"connection\": \"host=x password=swordfish\"}";

    ck_assert_int_eq(rd_json_parse(json, strlen(json), 0, &it.json, NULL), RD_OK);
    ck_assert_ptr_nonnull(
        rd_shape_parse(rd_provider_existing.settings, it.json, "$.source", "provider", &it.faults));
    ck_assert_uint_eq(it.faults.count, 1);
    ck_assert_str_eq(it.faults.items[0].path, "$.source.connection");
    ck_assert_ptr_null(strstr(it.faults.items[0].message, "swordfish"));
}
END_TEST

START_TEST(its_quarantine_is_never_known_bad_and_never_wholly_proven)
{
    const struct rd_record *record = rd_recorder_record(it.drill.recorder);
    size_t passed = 0, skipped = 0;

    ck_assert_int_eq(restore("user=postgres dbname=postgres"), RD_OK);
    struct rd_group *group = rd_record_group(it.drill.recorder, "quarantine", "quarantine", true);
    ck_assert_int_eq(rd_quarantine_prove(&it.drill, &it.instance, group, &it.err), RD_OK);
    const struct rd_finding *findings = group->findings.items;
    for (size_t i = 0; i < group->findings.count; i++) {
        bool skip = findings[i].verdict == RD_SKIP;
        ck_assert_msg(skip || findings[i].verdict == RD_PASS, "%s: %s", findings[i].subject,
                      findings[i].message);
        ck_assert(!skip || strstr(findings[i].message, "not proven: ") == findings[i].message);
        passed += !skip;
        skipped += skip;
    }
    ck_assert_uint_ge(passed, 10);
    ck_assert_uint_ge(skipped, 3);
    ck_assert_int_eq(find(group, "archive_mode")->verdict, RD_PASS);
    ck_assert_int_eq(find(group, "max_logical_replication_workers")->verdict, RD_SKIP);
    ck_assert_str_eq(find(group, "max_logical_replication_workers")->actual, "4");
    ck_assert_int_eq(find(group, "listening sockets")->verdict, RD_SKIP);
    ck_assert_int_eq(find(group, "system identifier")->verdict, RD_SKIP);
    ck_assert_uint_eq(record->limits.count, 2);
}
END_TEST

START_TEST(what_a_role_may_not_see_is_not_proven)
{
    ck_assert_int_eq(restore("user=clerk password=hunter2 dbname=orders"), RD_OK);
    struct rd_group *group = rd_record_group(it.drill.recorder, "quarantine", "quarantine", true);
    ck_assert_int_eq(rd_quarantine_prove(&it.drill, &it.instance, group, &it.err), RD_OK);
    ck_assert_int_eq(find(group, "primary_conninfo")->verdict, RD_SKIP);
    ck_assert_ptr_nonnull(
        strstr(find(group, "primary_conninfo")->message, "does not show this setting"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("existing");
    TCase *tests = tcase_create("existing");

    tcase_set_timeout(tests, SECONDS_PER_TEST);
    tcase_add_unchecked_fixture(tests, start_server, stop_server);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_server_is_described_and_stays_somebody_elses);
    tcase_add_test(tests, the_plans_database_wins_over_the_connection_strings);
    tcase_add_test(tests, a_wrong_password_is_an_error_that_does_not_tell_it);
    tcase_add_test(tests, a_server_that_is_not_there_is_an_error);
    tcase_add_test(tests, a_connection_that_cannot_be_read_is_an_error_that_does_not_tell_it);
    tcase_add_test(tests, a_connection_in_clear_is_a_fault_of_the_plan);
    tcase_add_test(tests, its_quarantine_is_never_known_bad_and_never_wholly_proven);
    tcase_add_test(tests, what_a_role_may_not_see_is_not_proven);
    suite_add_tcase(suite, tests);
    return suite;
}
