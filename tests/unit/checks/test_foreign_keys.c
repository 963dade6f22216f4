/*
 * test_foreign_keys.c: what `foreign_keys` makes of the keys that the catalog lists. That its
 * queries find orphans is tested with a real server (tests/unit/drills/test_checks.c).
 */
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

static void run(const char *settings)
{
    ck_assert_msg(check_test_run(&test, &rd_check_foreign_keys, settings) == RD_OK, "%s",
                  test.err.message);
}

/* A key as the catalog's query tells it, of public.TABLE to public.users. */
#define KEY(enforced, temporal, table, valid, full, width)                               \
    enforced, temporal, "public", table, table "_fkey", "public", "users", valid, full,  \
        "ONLY public." table " AS fk LEFT JOIN ONLY public.users AS pk ON pk.id = fk.a", \
        "pk.id IS NULL AND (fk.a IS NOT NULL)", "NOT (fk.a IS NOT NULL)", "fk.a::text",  \
        "ONLY public." table, width

enum { KEY_COLUMNS = 15 };

static void script_prepared(void)
{
    FAKE_PQ_ROWS("set_config('enable_indexscan', 'off', false)", 1, "off");
    fake_pq_also("set_config('enable_indexonlyscan', 'off', false)");
    fake_pq_also("set_config('enable_bitmapscan', 'off', false)");
}

static void script_two_keys(void)
{
    FAKE_PQ_ROWS("FROM pg_constraint c", KEY_COLUMNS, KEY("t", "f", "items", "t", "f", "1"),
                 KEY("t", "f", "orders", "t", "f", "1"));
    script_prepared();
}

START_TEST(keys_without_orphans_pass_each)
{
    script_two_keys();
    FAKE_PQ_ROWS("LEFT JOIN ONLY public.users AS pk ON pk.id = fk.a WHERE pk.id IS NULL", 3, "0",
                 "0", "t");
    fake_pq_also("EXISTS (SELECT FROM ONLY public.items)");
    FAKE_PQ_ROWS("ONLY public.orders AS fk", 3, "0", "0", "t");
    run("{}");
    ck_assert_uint_eq(check_test_count(&test), 2);
    check_test_expect(&test, "public.items.items_fkey", RD_PASS, "no orphaned row");
    check_test_expect(&test, "public.orders.orders_fkey", RD_PASS, "no orphaned row");
}
END_TEST

START_TEST(orphans_fail_and_their_keys_are_shown_as_hashes)
{
    script_two_keys();
    FAKE_PQ_ROWS("public.items AS fk", 3, "0", "0", "t");
    FAKE_PQ_ROWS("public.orders AS fk", 3, "7", "0", "t");
    FAKE_PQ_ROWS("SELECT DISTINCT fk.a::text FROM", 1, "secret-1", "secret-2");
    fake_pq_also("ORDER BY 1 LIMIT 3");
    run("{}");
    const struct rd_finding *finding = check_test_expect(
        &test, "public.orders.orders_fkey", RD_FAIL, "7 rows point at no row of public.users");
    ck_assert_str_eq(finding->expected, "no orphaned row");
    ck_assert_ptr_nonnull(strstr(finding->actual, "7 orphaned rows, with the keys (hmac:"));
    ck_assert_ptr_null(strstr(finding->actual, "secret"));
    check_test_expect(&test, "public.items.items_fkey", RD_PASS, "no orphaned row");
}
END_TEST

START_TEST(keys_are_shown_as_they_are_only_when_the_plan_asks)
{
    FAKE_PQ_ROWS("FROM pg_constraint c", KEY_COLUMNS, KEY("t", "f", "orders", "t", "t", "2"));
    script_prepared();
    FAKE_PQ_ROWS("public.orders AS fk", 3, "2", "1", "t");
    FAKE_PQ_ROWS("ORDER BY 1, 2 LIMIT 10", 2, "5", NULL, "5", "x");
    run("{\"clear\": true, \"samples\": 10}");
    const struct rd_finding *finding = check_test_finding(&test, "public.orders.orders_fkey");
    ck_assert_str_eq(finding->actual,
                     "2 orphaned rows (1 with a key that is partly NULL, against MATCH FULL), with "
                     "the keys (5, NULL), (5, x)");
}
END_TEST

START_TEST(no_samples_are_asked_for_when_none_are_wanted)
{
    FAKE_PQ_ROWS("FROM pg_constraint c", KEY_COLUMNS, KEY("t", "f", "orders", "t", "f", "1"));
    script_prepared();
    FAKE_PQ_ROWS("public.orders AS fk", 3, "1", "0", "t");
    run("{\"samples\": 0}");
    const struct rd_finding *finding =
        check_test_expect(&test, "public.orders.orders_fkey", RD_FAIL, "1 row points at no row");
    ck_assert_str_eq(finding->actual, "1 orphaned row");
}
END_TEST

START_TEST(the_verdict_stands_when_samples_cannot_be_had)
{
    script_two_keys();
    FAKE_PQ_ROWS("public.items AS fk", 3, "1", "0", "t");
    fake_pq_fails("SELECT DISTINCT", "53200", "out of memory");
    FAKE_PQ_ROWS("public.orders AS fk", 3, "0", "0", "t");
    run("{}");
    check_test_expect(&test, "public.items.items_fkey", RD_FAIL, "1 row points at no row");
    check_test_expect(&test, "public.orders.orders_fkey", RD_PASS, "no orphaned row");
}
END_TEST

START_TEST(an_empty_table_is_no_pass)
{
    FAKE_PQ_ROWS("FROM pg_constraint c", KEY_COLUMNS, KEY("t", "f", "orders", "t", "f", "1"));
    script_prepared();
    FAKE_PQ_ROWS("public.orders AS fk", 3, "0", "0", "f");
    run("{}");
    check_test_expect(&test, "public.orders.orders_fkey", RD_SKIP, "has no rows");
}
END_TEST

START_TEST(a_key_that_was_never_validated_is_judged_by_its_rows)
{
    FAKE_PQ_ROWS("FROM pg_constraint c", KEY_COLUMNS, KEY("t", "f", "items", "f", "f", "1"),
                 KEY("t", "f", "orders", "f", "f", "1"));
    script_prepared();
    FAKE_PQ_ROWS("public.items AS fk", 3, "0", "0", "t");
    FAKE_PQ_ROWS("public.orders AS fk", 3, "1", "0", "t");
    run("{\"samples\": 0}");
    check_test_expect(&test, "public.items.items_fkey", RD_PASS, "not validated at the source");
    check_test_expect(&test, "public.orders.orders_fkey", RD_FAIL, "not validated at the source");
}
END_TEST

START_TEST(keys_that_the_server_does_not_enforce_or_that_are_temporal_are_skipped)
{
    check_test_close(&test);
    check_test_open_version(&test, 180001);
    FAKE_PQ_ROWS("SELECT c.conenforced, c.conperiod, ", KEY_COLUMNS,
                 KEY("f", "f", "items", "f", "f", "1"), KEY("t", "t", "orders", "t", "f", "1"));
    script_prepared();
    run("{}");
    check_test_expect(&test, "public.items.items_fkey", RD_SKIP, "NOT ENFORCED");
    check_test_expect(&test, "public.orders.orders_fkey", RD_SKIP, "temporal");
}
END_TEST

START_TEST(patterns_choose_the_referencing_tables)
{
    script_two_keys();
    FAKE_PQ_ROWS("public.items AS fk", 3, "0", "0", "t");
    run("{\"tables\": [\"public.i*\", \"public.users\"], \"ignore\": [\"*.orders\"]}");
    ck_assert_uint_eq(check_test_count(&test), 2);
    check_test_expect(&test, "public.items.items_fkey", RD_PASS, "no orphaned row");
    check_test_expect(&test, "public.users", RD_ERROR, "no foreign key belongs to");
}
END_TEST

START_TEST(a_database_without_keys_is_skipped)
{
    fake_pq_rows("FROM pg_constraint c", KEY_COLUMNS, 0, NULL);
    script_prepared();
    run("{}");
    ck_assert_uint_eq(check_test_count(&test), 1);
    check_test_expect(&test, "foreign keys", RD_SKIP, "has no foreign keys");
}
END_TEST

START_TEST(ignoring_every_key_is_told)
{
    script_two_keys();
    run("{\"ignore\": [\"public.*\"]}");
    ck_assert_uint_eq(check_test_count(&test), 1);
    check_test_expect(&test, "foreign keys", RD_SKIP, "the plan ignores all 2");
}
END_TEST

START_TEST(a_damaged_table_fails_and_the_next_key_is_still_examined)
{
    script_two_keys();
    fake_pq_fails("public.items AS fk", "XX001", "invalid page in block 3");
    FAKE_PQ_ROWS("public.orders AS fk", 3, "0", "0", "t");
    run("{}");
    check_test_expect(&test, "public.items.items_fkey", RD_FAIL, "invalid page");
    check_test_expect(&test, "public.orders.orders_fkey", RD_PASS, "no orphaned row");
}
END_TEST

START_TEST(settings_that_mean_nothing_are_faults)
{
    check_test_refused(&rd_check_foreign_keys, "{\"tables\": [\"a.b\", \"users\"]}",
                       "$.checks[0].tables[1]", "lacks its schema");
    check_test_refused(&rd_check_foreign_keys, "{\"ignore\": [\"users\"]}", "$.checks[0].ignore[0]",
                       "lacks its schema");
    check_test_refused(&rd_check_foreign_keys, "{\"samples\": 11}", "$.checks[0].samples", "10");
    check_test_refused(&rd_check_foreign_keys, "{\"samples\": -1}", "$.checks[0].samples", "0");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("foreign_keys");
    TCase *keys = tcase_create("keys");
    TCase *settings = tcase_create("settings");

    tcase_add_checked_fixture(keys, set_up, tear_down);
    tcase_add_test(keys, keys_without_orphans_pass_each);
    tcase_add_test(keys, orphans_fail_and_their_keys_are_shown_as_hashes);
    tcase_add_test(keys, keys_are_shown_as_they_are_only_when_the_plan_asks);
    tcase_add_test(keys, no_samples_are_asked_for_when_none_are_wanted);
    tcase_add_test(keys, the_verdict_stands_when_samples_cannot_be_had);
    tcase_add_test(keys, an_empty_table_is_no_pass);
    tcase_add_test(keys, a_key_that_was_never_validated_is_judged_by_its_rows);
    tcase_add_test(keys, keys_that_the_server_does_not_enforce_or_that_are_temporal_are_skipped);
    tcase_add_test(keys, patterns_choose_the_referencing_tables);
    tcase_add_test(keys, a_database_without_keys_is_skipped);
    tcase_add_test(keys, ignoring_every_key_is_told);
    tcase_add_test(keys, a_damaged_table_fails_and_the_next_key_is_still_examined);
    suite_add_tcase(suite, keys);

    tcase_add_test(settings, settings_that_mean_nothing_are_faults);
    suite_add_tcase(suite, settings);
    return suite;
}
