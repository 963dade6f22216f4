/*
 * test_migrations.c: the check `migrations` against a scripted server and the folders in
 * fixtures/migrations. What the frameworks' queries answer on a real server is tested end to end.
 */
#include "checks/checks.h"
#include "checks/migrations_parts.h"
#include "drills/common/crypto.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

#define FIRST "20250110093000_create_customers"
#define SECOND "20250402141500_create_orders"
#define THIRD "20251101080000_add_index"

static struct check_test test;

static void set_up(void)
{
    check_test_open(&test);
}

static void tear_down(void)
{
    check_test_close(&test);
}

static void run(const char *json)
{
    ck_assert_int_eq(check_test_run(&test, &rd_check_migrations, json), RD_OK);
}

/* The only table of a framework that the plan names. */
static void found(const char *table)
{
    static const char *cells[2] = {"public"};

    cells[1] = table;
    fake_pq_rows("FROM pg_class AS c JOIN pg_namespace", 2, 1, cells);
}

/* SHA-256 of a fixture, as Prisma and Drizzle keep it. */
static const char *sha256_of(const char *path, char hex[RD_SHA256_HEX])
{
    static char text[4096];
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    size_t length = fread(text, 1, sizeof(text), file);
    fclose(file);
    ck_assert_int_eq(rd_sha256(text, length, hex, &test.err), RD_OK);
    return hex;
}

static const char *prisma_sum(const char *name)
{
    static char hex[3][RD_SHA256_HEX];
    static int next;
    char path[256];

    snprintf(path, sizeof(path), "fixtures/migrations/prisma/%s/migration.sql", name);
    next = (next + 1) % 3;
    return sha256_of(path, hex[next]);
}

/* Prisma's three rows, the last of them with another state or checksum. */
static void prisma_rows(const char *state, const char *checksum)
{
    static const char *cells[15];
    const char *const rows[] = {FIRST,  FIRST,  "", "applied", prisma_sum(FIRST),
                                SECOND, SECOND, "", "applied", prisma_sum(SECOND),
                                THIRD,  THIRD,  "", state,     checksum};

    memcpy(cells, rows, sizeof(rows));
    found("_prisma_migrations");
    fake_pq_rows("FROM \"public\".\"_prisma_migrations\"", 5, 3, cells);
}

START_TEST(every_framework_can_be_chosen_by_its_name)
{
    ck_assert_str_eq(rd_migration_choices[0], "auto");
    for (size_t i = 0; i < RD_MIGRATION_FRAMEWORKS; i++)
        ck_assert_str_eq(rd_migration_choices[i + 1], rd_migration_frameworks[i].name);
    ck_assert_ptr_null(rd_migration_choices[RD_MIGRATION_FRAMEWORKS + 1]);
}
END_TEST

START_TEST(a_healthy_history_passes_with_one_finding_a_migration)
{
    prisma_rows("applied", prisma_sum(THIRD));
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/migrations/prisma\", \"expect\": "
        "\"" THIRD "\"}");

    ck_assert_uint_eq(check_test_count(&test), 4);
    check_test_expect(&test, "prisma: version", RD_PASS, "is the expected one");
    check_test_expect(&test, "prisma: " FIRST, RD_PASS, "its file is unchanged");
    check_test_expect(&test, "prisma: " THIRD, RD_PASS, "its file is unchanged");
}
END_TEST

START_TEST(an_edited_migration_fails)
{
    prisma_rows("applied", prisma_sum(FIRST));
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/migrations/prisma\"}");

    check_test_expect(&test, "prisma: " THIRD, RD_FAIL, "was edited after it was applied");
    check_test_expect(&test, "prisma: " FIRST, RD_PASS, "unchanged");
}
END_TEST

START_TEST(a_migration_that_did_not_end_fails_and_is_not_the_version)
{
    prisma_rows("failed", prisma_sum(THIRD));
    run("{\"framework\": \"prisma\", \"expect\": \"" THIRD "\"}");

    check_test_expect(&test, "prisma: " THIRD, RD_FAIL, "began and did not end");
    const struct rd_finding *version =
        check_test_expect(&test, "prisma: version", RD_FAIL, "is not applied");
    ck_assert_str_eq(version->expected, THIRD);
    ck_assert_str_eq(version->actual, SECOND);
}
END_TEST

START_TEST(a_migration_that_was_rolled_back_is_pending)
{
    prisma_rows("undone", prisma_sum(THIRD));
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/migrations/prisma\"}");

    ck_assert_uint_eq(check_test_count(&test), 4);
    check_test_expect(&test, "prisma: " THIRD, RD_FAIL, "is in the folder and is not applied");
}
END_TEST

START_TEST(a_pending_migration_may_be_allowed)
{
    found("_prisma_migrations");
    FAKE_PQ_ROWS("FROM \"public\".\"_prisma_migrations\"", 5, FIRST, FIRST, "", "applied", NULL,
                 SECOND, SECOND, "", "applied", NULL);
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/migrations/prisma\", \"pending\": "
        "false}");

    check_test_expect(&test, "prisma: " THIRD, RD_SKIP, "which the plan allows");
    check_test_expect(&test, "prisma: " FIRST, RD_PASS, "is applied");
}
END_TEST

START_TEST(a_database_that_is_ahead_of_the_folder_fails)
{
    static const char ahead[] = "20260101000000_drop_everything";
    found("_prisma_migrations");
    fake_pq_rows("FROM \"public\".\"_prisma_migrations\"", 5, 4,
                 (const char *const[]){
                     FIRST, FIRST, "", "applied", NULL, SECOND, SECOND, "", "applied", NULL,
                     THIRD, THIRD, "", "applied", NULL, ahead,  ahead,  "", "applied", NULL});
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/migrations/prisma\", \"expect\": "
        "\"" THIRD "\"}");

    check_test_expect(&test, "prisma: 20260101000000_drop_everything", RD_FAIL,
                      "the database is ahead");
    check_test_expect(&test, "prisma: version", RD_FAIL, "a newer migration");
}
END_TEST

START_TEST(an_applied_migration_without_file_fails_where_the_framework_refuses_it)
{
    found("_prisma_migrations");
    fake_pq_rows("FROM \"public\".\"_prisma_migrations\"", 5, 2,
                 (const char *const[]){"2024_gone", "2024_gone", "", "applied", NULL, THIRD, THIRD,
                                       "", "applied", NULL});
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/migrations/prisma\", \"pending\": "
        "false}");

    check_test_expect(&test, "prisma: 2024_gone", RD_FAIL, "its file is missing");
}
END_TEST

START_TEST(rails_may_lose_old_files_and_no_new_ones)
{
    found("schema_migrations");
    fake_pq_rows("FROM \"public\".\"schema_migrations\"", 5, 5,
                 (const char *const[]){"20190101000000", "20190101000000", "", "applied", NULL,
                                       "20250110093000", "20250110093000", "", "applied", NULL,
                                       "20250402141500", "20250402141500", "", "applied", NULL,
                                       "20251101080000", "20251101080000", "", "applied", NULL,
                                       "20260101000000", "20260101000000", "", "applied", NULL});
    run("{\"framework\": \"rails\", \"dir\": \"fixtures/migrations/rails\"}");

    check_test_expect(&test, "rails: 20190101000000", RD_SKIP, "its old file is gone");
    check_test_expect(&test, "rails: 20250110093000_create_customers.rb", RD_PASS, "is applied");
    check_test_expect(&test, "rails: 20260101000000", RD_FAIL, "the database is ahead");
}
END_TEST

START_TEST(drizzles_rows_get_their_names_from_the_journal)
{
    char first[RD_SHA256_HEX], third[RD_SHA256_HEX];
    found("__drizzle_migrations");
    fake_pq_rows("FROM \"public\".\"__drizzle_migrations\"", 5, 2,
                 (const char *const[]){
                     "1736501400000", "1736501400000", "", "applied",
                     sha256_of("fixtures/migrations/drizzle/0000_create_customers.sql", first),
                     "1761984000000", "1761984000000", "", "applied",
                     sha256_of("fixtures/migrations/drizzle/0002_add_index.sql", third)});
    run("{\"framework\": \"drizzle\", \"dir\": \"fixtures/migrations/drizzle\", \"expect\": "
        "\"0002_add_index\"}");

    check_test_expect(&test, "drizzle: version", RD_PASS, "is the expected one");
    check_test_expect(&test, "drizzle: 0000_create_customers", RD_PASS, "unchanged");
    /* Drizzle looks at the newest row only, and never applies what it passed over. */
    check_test_expect(&test, "drizzle: 0001_create_orders", RD_FAIL, "is not applied");
}
END_TEST

START_TEST(a_baseline_stands_for_everything_before_it)
{
    found("flyway_schema_history");
    fake_pq_rows("FROM \"public\".\"flyway_schema_history\"", 5, 2,
                 (const char *const[]){"<< Flyway Baseline >>", "V1.1", "", "baseline", NULL,
                                       "V2__add_index.sql", "V2", "", "applied", "-1023692056"});
    run("{\"framework\": \"flyway\", \"dir\": \"fixtures/migrations/flyway\", \"pending\": false, "
        "\"expect\": \"2.0\"}");

    check_test_expect(&test, "flyway: V1__create_customers.sql", RD_PASS, "as the present version");
    check_test_expect(&test, "flyway: V2__add_index.sql", RD_PASS, "unchanged");
    check_test_expect(&test, "flyway: R__order_days.sql", RD_SKIP, "is not applied");
    check_test_expect(&test, "flyway: version", RD_PASS, "is the expected one");
}
END_TEST

START_TEST(the_present_version_stands_for_everything_before_it)
{
    found("schema_migrations");
    FAKE_PQ_ROWS("FROM \"public\".\"schema_migrations\"", 5, "2", "2", "", "upto", NULL);
    run("{\"framework\": \"golang-migrate\", \"dir\": \"fixtures/migrations/golang-migrate\"}");

    check_test_expect(&test, "golang-migrate: 000001_create_customers.up.sql", RD_PASS,
                      "as the present version says");
    check_test_expect(&test, "golang-migrate: 000002_create_orders.up.sql", RD_PASS, "is applied");
    check_test_expect(&test, "golang-migrate: 000003_add_index.up.sql", RD_FAIL, "is not applied");
}
END_TEST

START_TEST(a_dirty_version_fails_and_those_before_it_are_applied)
{
    found("schema_migrations");
    FAKE_PQ_ROWS("FROM \"public\".\"schema_migrations\"", 5, "3", "3", "", "dirty", NULL);
    run("{\"framework\": \"golang-migrate\", \"dir\": \"fixtures/migrations/golang-migrate\"}");

    check_test_expect(&test, "golang-migrate: 3", RD_FAIL, "began and did not end");
    check_test_expect(&test, "golang-migrate: 000002_create_orders.up.sql", RD_PASS, "is applied");
    check_test_expect(&test, "golang-migrate: version", RD_FAIL, "wholly applied");
    ck_assert_uint_eq(check_test_count(&test), 4);
}
END_TEST

START_TEST(a_head_stands_for_its_ancestors)
{
    found("alembic_version");
    FAKE_PQ_ROWS("FROM \"public\".\"alembic_version\"", 5, "7be4410c55aa", "7be4410c55aa",
                 "7be4410c55aa", "applied", NULL);
    run("{\"framework\": \"alembic\", \"dir\": \"fixtures/migrations/alembic\", \"expect\": "
        "\"7be4410c55aa\"}");

    check_test_expect(&test, "alembic: version", RD_PASS, "is the expected one");
    check_test_expect(&test, "alembic: 1f0a6c2b9d31_create_customers.py", RD_PASS, "is applied");
    check_test_expect(&test, "alembic: c3d92e8f7706_add_index.py", RD_FAIL, "is not applied");
}
END_TEST

START_TEST(applications_of_others_need_no_files)
{
    found("django_migrations");
    fake_pq_rows("FROM \"public\".\"django_migrations\"", 5, 4,
                 (const char *const[]){"auth.0001_initial",
                                       "auth.0001_initial",
                                       "auth",
                                       "applied",
                                       NULL,
                                       "shop.0001_create_customers",
                                       "shop.0001_create_customers",
                                       "shop",
                                       "applied",
                                       NULL,
                                       "shop.0002_create_orders",
                                       "shop.0002_create_orders",
                                       "shop",
                                       "applied",
                                       NULL,
                                       "sessions.0001_initial",
                                       "sessions.0001_initial",
                                       "sessions",
                                       "applied",
                                       NULL});
    run("{\"framework\": \"django\", \"dir\": \"fixtures/migrations/django\", \"expect\": "
        "\"shop.0002_create_orders\"}");

    check_test_expect(&test, "django: version", RD_PASS, "is the expected one");
    check_test_expect(&test, "django: auth.0001_initial", RD_PASS, "no migrations in the folder");
    check_test_expect(&test, "django: shop.0003_add_index", RD_FAIL, "is not applied");
}
END_TEST

START_TEST(applications_that_are_not_installed_are_not_pending)
{
    found("django_migrations");
    FAKE_PQ_ROWS("FROM \"public\".\"django_migrations\"", 5, "auth.0001_initial",
                 "auth.0001_initial", "auth", "applied", NULL);
    run("{\"framework\": \"django\", \"dir\": \"fixtures/migrations/django\"}");

    check_test_expect(&test, "django: shop.0003_add_index", RD_SKIP, "of which no migration");
}
END_TEST

START_TEST(a_lock_that_is_held_fails)
{
    found("knex_migrations");
    FAKE_PQ_ROWS("FROM \"public\".\"knex_migrations\"", 5, FIRST ".js", FIRST, "", "applied", NULL);
    FAKE_PQ_ROWS("lower(c.relname) = lower($2::text || $3::text)", 1, "knex_migrations_lock");
    fake_pq_also("$3=[_lock]");
    FAKE_PQ_ROWS("FROM \"public\".\"knex_migrations_lock\"", 1, "t");
    run("{\"framework\": \"knex\"}");

    check_test_expect(&test, "knex: lock", RD_FAIL, "is held");
}
END_TEST

START_TEST(sqlx_lets_the_server_compute_its_checksum)
{
    found("_sqlx_migrations");
    FAKE_PQ_ROWS("FROM \"public\".\"_sqlx_migrations\"", 5, "20250110093000 create customers",
                 "20250110093000", "", "applied", "abcd");
    FAKE_PQ_ROWS("encode(sha384($1::bytea), 'hex') = $2", 1, "f");
    fake_pq_also("$2=[abcd]");
    run("{\"framework\": \"sqlx\", \"dir\": \"fixtures/migrations/sqlx\", \"pending\": false}");

    check_test_expect(&test, "sqlx: 20250110093000_create_customers.up.sql", RD_FAIL, "was edited");
    check_test_expect(&test, "sqlx: 20251101080000_add_index.up.sql", RD_SKIP, "is not applied");
}
END_TEST

START_TEST(an_empty_table_fails)
{
    found("_prisma_migrations");
    fake_pq_rows("FROM \"public\".\"_prisma_migrations\"", 5, 0, NULL);
    run("{\"framework\": \"prisma\"}");

    check_test_expect(&test, "prisma: version", RD_FAIL, "no migration is recorded");
}
END_TEST

/* Fourteen questions for tables, of which those of `names` are found. */
static void search(const char *const *names, size_t count)
{
    static const char *const cells[] = {"public", "found"};

    for (size_t i = 0; i < RD_MIGRATION_FRAMEWORKS; i++) {
        bool there = false;
        for (size_t n = 0; n < count; n++)
            there |= strcmp(names[n], rd_migration_frameworks[i].name) == 0;
        fake_pq_rows("FROM pg_class AS c JOIN pg_namespace", 2, there ? 1 : 0, cells);
        fake_pq_also(rd_migration_frameworks[i].columns);
    }
}

START_TEST(a_database_without_migrations_is_passed_over)
{
    search(NULL, 0);
    run("{}");

    ck_assert_uint_eq(check_test_count(&test), 1);
    check_test_expect(&test, "migration table", RD_SKIP, "no migration table was found");
}
END_TEST

START_TEST(a_database_that_should_have_migrations_and_has_none_fails)
{
    search(NULL, 0);
    run("{\"expect\": \"" THIRD "\"}");

    check_test_expect(&test, "migration table", RD_FAIL, "no migration table was found");
}
END_TEST

START_TEST(a_framework_is_found_by_itself)
{
    search((const char *const[]){"goose"}, 1);
    FAKE_PQ_ROWS("FROM \"public\".\"found\"", 5, "1", "1", "", "applied", NULL);
    run("{\"expect\": \"1\"}");

    check_test_expect(&test, "goose: version", RD_PASS, "is the expected one");
}
END_TEST

START_TEST(an_expectation_without_framework_needs_a_single_one)
{
    search((const char *const[]){"goose", "typeorm"}, 2);
    FAKE_PQ_ROWS("FROM \"public\".\"found\"", 5, "Init1", "1", "", "applied", NULL);
    FAKE_PQ_ROWS("FROM \"public\".\"found\"", 5, "1", "1", "", "applied", NULL);
    run("{\"expect\": \"1\"}");

    check_test_expect(&test, "framework", RD_ERROR, "several frameworks were found");
    check_test_expect(&test, "goose: version", RD_PASS, "the newest applied migration is '1'");
    check_test_expect(&test, "typeorm: version", RD_PASS, "is 'Init1'");
}
END_TEST

START_TEST(a_table_in_each_of_two_schemas_is_judged_twice)
{
    FAKE_PQ_ROWS("FROM pg_class AS c JOIN pg_namespace", 2, "a b", "flyway_schema_history", "c",
                 "flyway_schema_history");
    FAKE_PQ_ROWS("FROM \"a b\".\"flyway_schema_history\"", 5, "V1__a.sql", "V1", "", "applied",
                 NULL);
    FAKE_PQ_ROWS("FROM \"c\".\"flyway_schema_history\"", 5, "V1__a.sql", "V1", "", "failed", NULL);
    run("{\"framework\": \"flyway\"}");

    check_test_expect(&test, "flyway \"a b\".flyway_schema_history: version", RD_PASS, "V1__a.sql");
    check_test_expect(&test, "flyway c.flyway_schema_history: V1__a.sql", RD_FAIL, "did not end");
}
END_TEST

START_TEST(a_table_of_another_name_is_asked_for_by_name)
{
    FAKE_PQ_ROWS("FROM pg_class AS c JOIN pg_namespace", 2, "ops", "History");
    fake_pq_also("$1=[ops] $2=[History]");
    FAKE_PQ_ROWS("FROM \"ops\".\"History\"", 5, "1", "1", "", "applied", NULL);
    run("{\"framework\": \"dbmate\", \"table\": \"ops.\\\"History\\\"\"}");

    check_test_expect(&test, "dbmate: version", RD_PASS, "'1'");
}
END_TEST

START_TEST(a_table_that_cannot_be_read_is_an_error)
{
    found("_prisma_migrations");
    fake_pq_fails("FROM \"public\".\"_prisma_migrations\"", "42501", "permission denied");
    run("{\"framework\": \"prisma\"}");

    ck_assert_uint_eq(check_test_count(&test), 1);
    ck_assert_int_eq(check_test_finding(&test, "prisma")->verdict, RD_ERROR);
}
END_TEST

START_TEST(a_folder_that_cannot_be_read_is_an_error_and_the_table_is_judged)
{
    prisma_rows("failed", prisma_sum(THIRD));
    run("{\"framework\": \"prisma\", \"dir\": \"fixtures/no-such-folder\"}");

    check_test_expect(&test, "prisma: dir", RD_ERROR, "no-such-folder");
    check_test_expect(&test, "prisma: " THIRD, RD_FAIL, "did not end");
    check_test_expect(&test, "prisma: " FIRST, RD_PASS, "is applied");
}
END_TEST

START_TEST(a_folder_of_another_framework_is_an_error)
{
    found("goose_db_version");
    FAKE_PQ_ROWS("FROM \"public\".\"goose_db_version\"", 5, "1", "1", "", "applied", NULL);
    run("{\"framework\": \"goose\", \"dir\": \"fixtures/migrations/knex\"}");

    check_test_expect(&test, "goose: dir", RD_ERROR, "there is no migration of goose");
}
END_TEST

START_TEST(settings_that_cannot_be_are_refused)
{
    const struct rd_check *check = &rd_check_migrations;

    check_test_refused(check, "{\"table\": \"a.b\"}", "$.checks[0]", "needs 'framework'");
    check_test_refused(check, "{\"framework\": \"goose\", \"table\": \"b\"}", "$.checks[0].table",
                       "");
    check_test_refused(check, "{\"framework\": \"liquibase\", \"dir\": \"x\"}", "$.checks[0].dir",
                       "cannot be compared");
    check_test_refused(check, "{\"framework\": \"flywaay\"}", "$.checks[0].framework", "flyway");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("migrations");
    TCase *tests = tcase_create("migrations");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_framework_can_be_chosen_by_its_name);
    tcase_add_test(tests, a_healthy_history_passes_with_one_finding_a_migration);
    tcase_add_test(tests, an_edited_migration_fails);
    tcase_add_test(tests, a_migration_that_did_not_end_fails_and_is_not_the_version);
    tcase_add_test(tests, a_migration_that_was_rolled_back_is_pending);
    tcase_add_test(tests, a_pending_migration_may_be_allowed);
    tcase_add_test(tests, a_database_that_is_ahead_of_the_folder_fails);
    tcase_add_test(tests, an_applied_migration_without_file_fails_where_the_framework_refuses_it);
    tcase_add_test(tests, rails_may_lose_old_files_and_no_new_ones);
    tcase_add_test(tests, drizzles_rows_get_their_names_from_the_journal);
    tcase_add_test(tests, a_baseline_stands_for_everything_before_it);
    tcase_add_test(tests, the_present_version_stands_for_everything_before_it);
    tcase_add_test(tests, a_dirty_version_fails_and_those_before_it_are_applied);
    tcase_add_test(tests, a_head_stands_for_its_ancestors);
    tcase_add_test(tests, applications_of_others_need_no_files);
    tcase_add_test(tests, applications_that_are_not_installed_are_not_pending);
    tcase_add_test(tests, a_lock_that_is_held_fails);
    tcase_add_test(tests, sqlx_lets_the_server_compute_its_checksum);
    tcase_add_test(tests, an_empty_table_fails);
    tcase_add_test(tests, a_database_without_migrations_is_passed_over);
    tcase_add_test(tests, a_database_that_should_have_migrations_and_has_none_fails);
    tcase_add_test(tests, a_framework_is_found_by_itself);
    tcase_add_test(tests, an_expectation_without_framework_needs_a_single_one);
    tcase_add_test(tests, a_table_in_each_of_two_schemas_is_judged_twice);
    tcase_add_test(tests, a_table_of_another_name_is_asked_for_by_name);
    tcase_add_test(tests, a_table_that_cannot_be_read_is_an_error);
    tcase_add_test(tests, a_folder_that_cannot_be_read_is_an_error_and_the_table_is_judged);
    tcase_add_test(tests, a_folder_of_another_framework_is_an_error);
    tcase_add_test(tests, settings_that_cannot_be_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
