/*
 * test_freshness.c: what `freshness` makes of the newest value of a column. Every drill of these
 * tests starts at 2025-11-16T12:00:00Z.
 */
#include <stdio.h>

#include "checks/checks.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct check_test test;

static void set_up(void)
{
    check_test_open(&test);
}

static void tear_down(void)
{
    check_test_close(&test);
}

static void run(const char *more)
{
    char settings[512];

    snprintf(settings, sizeof(settings),
             "{\"table\": \"public.orders\", \"column\": \"placed_at\", %s}", more);
    ck_assert_msg(check_test_run(&test, &rd_check_freshness, settings) == RD_OK, "%s",
                  test.err.message);
}

static const struct rd_finding *expect(int verdict, const char *words)
{
    ck_assert_uint_eq(check_test_count(&test), 1);
    return check_test_expect(&test, "public.orders.placed_at", verdict, words);
}

static void script_table(void)
{
    FAKE_PQ_ROWS("FROM pg_class c", 6, "42", "public", "orders", "r", "f", "f");
    fake_pq_also("$1=[public] $2=[orders]");
}

static void script_column(const char *type)
{
    static const char *cells[2];

    script_table();
    cells[0] = type;
    cells[1] = "some type";
    fake_pq_rows("FROM pg_attribute a", 2, 1, cells);
    fake_pq_also("$1=[42] $2=[placed_at]");
}

static void script_prepared(void)
{
    FAKE_PQ_ROWS("set_config('enable_indexonlyscan', 'off', false)", 1, "off");
    fake_pq_also("set_config('enable_indexscan', 'on', false)");
}

/* The column is a timestamptz, its newest value so many seconds before the drill's start. */
static void script_age(double seconds)
{
    static char epoch[40];
    static const char *cells[9] = {"t", "t", epoch, "2025", "11", "16", "0", "0", "0"};

    script_column("1184");
    script_prepared();
    snprintf(epoch, sizeof(epoch), "%.6f", 1763294400.0 - seconds);
    fake_pq_rows("max(\"placed_at\")::timestamptz AS v FROM \"public\".\"orders\"", 9, 1, cells);
}

/* The column has no zone; its newest value reads 2025-11-16 12:30:05.25. */
static void script_reading(const char *type)
{
    script_column(type);
    script_prepared();
    FAKE_PQ_ROWS("max(\"placed_at\")::timestamp AS v", 9, "t", "t", "0", "2025", "11", "16", "12",
                 "30", "5250000");
}

static const struct rd_evidence *evidence(void)
{
    const struct rd_record *record = rd_recorder_record(test.recorder);

    return record->rpo->evidence.count == 1 ? record->rpo->evidence.items : NULL;
}

START_TEST(a_row_within_max_age_passes_and_is_no_evidence_of_loss)
{
    script_age(899);
    run("\"max_age\": \"15m\"");
    const struct rd_finding *finding = expect(RD_PASS, "recent enough");
    ck_assert_str_eq(finding->actual, "2025-11-16T11:45:01.000Z, 14 min 59 s old");
    ck_assert_str_eq(evidence()->basis, "newest row of public.orders.placed_at");
    ck_assert_int_eq(evidence()->at_us, check_test_incident_us - INT64_C(899000000));
    ck_assert(!evidence()->counted);
}
END_TEST

START_TEST(a_row_beyond_max_age_fails_and_is_evidence_of_loss)
{
    script_age(900.001);
    run("\"max_age\": \"15m\"");
    expect(RD_FAIL, "too old");
    ck_assert(evidence()->counted);
}
END_TEST

START_TEST(age_counts_from_the_incident_not_from_now)
{
    test.drill.incident_us = check_test_incident_us - INT64_C(3600000000);
    test.drill.target_given = true;
    script_age(3700);
    run("\"max_age\": \"15m\"");
    expect(RD_PASS, "recent enough");
}
END_TEST

START_TEST(the_future_is_allowed_as_far_as_clocks_may_differ)
{
    script_age(-59);
    run("\"max_age\": \"15m\"");
    expect(RD_PASS, "recent enough");
}
END_TEST

START_TEST(a_row_from_the_future_fails_and_is_no_evidence_at_all)
{
    script_age(-61);
    run("\"max_age\": \"15m\"");
    const struct rd_finding *finding = expect(RD_FAIL, "from the future");
    ck_assert_ptr_nonnull(strstr(finding->actual, "in the future"));
    ck_assert_ptr_null(evidence());
}
END_TEST

START_TEST(a_row_after_the_plans_time_fails)
{
    script_age(60);
    run("\"not_after\": \"2025-11-16T11:58:59Z\"");
    expect(RD_FAIL, "after the time that the plan sets");
}
END_TEST

START_TEST(a_row_before_the_plans_time_passes_however_old)
{
    script_age(1e7);
    run("\"not_after\": \"2025-11-16T11:58:59Z\"");
    expect(RD_PASS, "no row is after");
    ck_assert(!evidence()->counted);
}
END_TEST

START_TEST(a_table_without_rows_fails_where_an_age_is_expected)
{
    script_column("1184");
    script_prepared();
    FAKE_PQ_ROWS("max(", 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    run("\"max_age\": \"15m\"");
    expect(RD_FAIL, "there is no row");
    ck_assert_ptr_null(evidence());
}
END_TEST

START_TEST(a_table_without_rows_is_no_pass_either)
{
    script_column("1184");
    script_prepared();
    FAKE_PQ_ROWS("max(", 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    run("\"not_after\": \"2025-11-16T11:58:59Z\"");
    expect(RD_SKIP, "there is no row");
}
END_TEST

START_TEST(infinity_fails_and_says_why)
{
    script_column("1184");
    script_prepared();
    FAKE_PQ_ROWS("max(", 9, "f", "t", NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    run("\"max_age\": \"15m\"");
    expect(RD_FAIL, "'infinity'");
    ck_assert_ptr_null(evidence());
}
END_TEST

START_TEST(minus_infinity_fails_and_says_why)
{
    script_column("1184");
    script_prepared();
    FAKE_PQ_ROWS("max(", 9, "f", "f", NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    run("\"max_age\": \"15m\"");
    expect(RD_FAIL, "'-infinity'");
}
END_TEST

START_TEST(a_column_without_zone_is_read_in_the_plans_zone)
{
    script_reading("1114");
    run("\"max_age\": \"15m\", \"zone\": \"Europe/Berlin\", \"clock_skew\": \"1s\"");
    const struct rd_finding *finding = expect(RD_FAIL, "too old");
    ck_assert_str_eq(finding->actual, "2025-11-16T11:30:05.250Z, 29 min 55 s old");
}
END_TEST

START_TEST(a_date_counts_as_the_start_of_its_day)
{
    script_column("1082");
    script_prepared();
    FAKE_PQ_ROWS("max(\"placed_at\")::timestamp AS v", 9, "t", "t", "0", "2025", "11", "16", "0",
                 "0", "0");
    run("\"max_age\": \"12h\", \"zone\": \"UTC\"");
    const struct rd_finding *finding = expect(RD_PASS, "recent enough");
    ck_assert_str_eq(finding->actual, "2025-11-16T00:00:00.000Z, 12 h 00 min old");
}
END_TEST

START_TEST(a_column_without_zone_is_not_guessed)
{
    script_column("1114");
    run("\"max_age\": \"15m\"");
    const struct rd_finding *finding = expect(RD_ERROR, "has no zone");
    ck_assert_ptr_nonnull(strstr(finding->hint, "zone"));
}
END_TEST

START_TEST(a_column_that_is_no_time_is_an_error)
{
    script_column("25");
    run("\"max_age\": \"15m\"");
    expect(RD_ERROR, "is of type some type");
}
END_TEST

START_TEST(a_missing_column_fails)
{
    script_table();
    fake_pq_rows("FROM pg_attribute a", 2, 0, NULL);
    run("\"max_age\": \"15m\"");
    expect(RD_FAIL, "no such column");
}
END_TEST

START_TEST(a_missing_table_fails_and_its_probable_name_is_told)
{
    FAKE_PQ_ROWS("FROM pg_class c", 6, "42", "public", "Orders", "r", "f", "f");
    run("\"max_age\": \"15m\"");
    const struct rd_finding *finding = expect(RD_FAIL, "is not in the restored database");
    ck_assert_ptr_nonnull(strstr(finding->hint, "public.\"Orders\""));
}
END_TEST

START_TEST(a_table_on_another_server_is_not_touched)
{
    FAKE_PQ_ROWS("FROM pg_class c", 6, "42", "public", "orders", "p", "f", "t");
    run("\"max_age\": \"15m\"");
    expect(RD_ERROR, "another server");
}
END_TEST

START_TEST(a_damaged_table_fails)
{
    script_column("1184");
    script_prepared();
    fake_pq_fails("max(", "XX001", "invalid page in block 3");
    run("\"max_age\": \"15m\"");
    expect(RD_FAIL, "invalid page");
}
END_TEST

START_TEST(settings_that_mean_nothing_are_faults)
{
    static const struct {
        const char *settings;
        const char *path;
        const char *words;
    } cases[] = {
        {"{\"table\": \"a.b\", \"column\": \"c\"}", "$.checks[0]", "must say what is expected"},
        {"{\"table\": \"b\", \"column\": \"c\", \"max_age\": \"1h\"}", "$.checks[0].table",
         "lacks its schema"},
        {"{\"table\": \"a.*\", \"column\": \"c\", \"max_age\": \"1h\"}", "$.checks[0].table",
         "without wildcards"},
        {"{\"table\": \"a.b\", \"column\": \"c d\", \"max_age\": \"1h\"}", "$.checks[0].column",
         "double quotes"},
        {"{\"table\": \"a.b\", \"column\": \"c\", \"max_age\": \"1h\", \"zone\": \"Mars\"}",
         "$.checks[0].zone", "Mars"},
        {"{\"table\": \"a.b\", \"max_age\": \"1h\"}", "$.checks[0]", "'column' is required"},
    };

    for (size_t i = 0; i < RD_COUNT(cases); i++)
        check_test_refused(&rd_check_freshness, cases[i].settings, cases[i].path, cases[i].words);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("freshness");
    TCase *values = tcase_create("values");
    TCase *settings = tcase_create("settings");

    tcase_add_checked_fixture(values, set_up, tear_down);
    tcase_add_test(values, a_row_within_max_age_passes_and_is_no_evidence_of_loss);
    tcase_add_test(values, a_row_beyond_max_age_fails_and_is_evidence_of_loss);
    tcase_add_test(values, age_counts_from_the_incident_not_from_now);
    tcase_add_test(values, the_future_is_allowed_as_far_as_clocks_may_differ);
    tcase_add_test(values, a_row_from_the_future_fails_and_is_no_evidence_at_all);
    tcase_add_test(values, a_row_after_the_plans_time_fails);
    tcase_add_test(values, a_row_before_the_plans_time_passes_however_old);
    tcase_add_test(values, a_table_without_rows_fails_where_an_age_is_expected);
    tcase_add_test(values, a_table_without_rows_is_no_pass_either);
    tcase_add_test(values, infinity_fails_and_says_why);
    tcase_add_test(values, minus_infinity_fails_and_says_why);
    tcase_add_test(values, a_column_without_zone_is_read_in_the_plans_zone);
    tcase_add_test(values, a_date_counts_as_the_start_of_its_day);
    tcase_add_test(values, a_column_without_zone_is_not_guessed);
    tcase_add_test(values, a_column_that_is_no_time_is_an_error);
    tcase_add_test(values, a_missing_column_fails);
    tcase_add_test(values, a_missing_table_fails_and_its_probable_name_is_told);
    tcase_add_test(values, a_table_on_another_server_is_not_touched);
    tcase_add_test(values, a_damaged_table_fails);
    suite_add_tcase(suite, values);

    tcase_add_test(settings, settings_that_mean_nothing_are_faults);
    suite_add_tcase(suite, settings);
    return suite;
}
