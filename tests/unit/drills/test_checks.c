/*
 * test_checks.c: the queries of the SQL checks, put to a real server: that they find what is
 * damaged, pass what is not, and are not fooled by indexes or by what a restored database brings
 * along.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/checks.h"
#include "drills/common/json.h"
#include "tests/unit/own_postgres.h"
#include "tests/unit/suite.h"

static struct own_postgres server;

/* One check's run, and what it found. */
struct answer {
    struct rd_recorder *recorder;
    struct rd_group *group;
};

static void start_server(void)
{
    own_postgres_start(&server);
}

static void stop_server(void)
{
    own_postgres_stop(&server);
}

static struct rd_pg *open_database(const char *database, unsigned flags)
{
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = own_postgres_open(&server, database, "postgres", flags, &err);

    ck_assert_msg(pg != NULL, "%s: %s", database, err.message);
    return pg;
}

static void say(struct rd_pg *pg, const char *sql)
{
    struct rd_deadline deadline = rd_deadline_in_ms(30000, -1);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_pg_exec(pg, &deadline, sql, &err) == RD_OK, "%s: %s", sql, err.message);
}

static struct answer ask(const char *database, const struct rd_check *check, const char *settings)
{
    struct answer answer = {.recorder = rd_recorder_new()};
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database(database, 0);
    struct rd_faults faults = {.arena = rd_recorder_arena(answer.recorder)};
    struct rd_err err = RD_ERR_INIT;
    struct rd_drill drill = {
        .plan_folder = "/",
        .recorder = answer.recorder,
        .deadline = rd_deadline_in_ms(60000, -1),
        .incident_us = INT64_C(1763294400) * 1000000, /* 2025-11-16T12:00:00Z */
    };
    const struct rd_instance instance = {.database = database};

    answer.group = rd_record_group(answer.recorder, check->name, check->name, true);
    ck_assert_int_eq(rd_json_parse(settings, strlen(settings), 0, &json, &err), RD_OK);
    const void *parsed = rd_shape_parse(check->settings, json, "$", NULL, &faults);
    ck_assert_msg(faults.count == 0, "%s", faults.items[0].message);
    const struct rd_check_run run = {
        .drill = &drill,
        .instance = &instance,
        .database = database,
        .pg = pg,
        .group = answer.group,
        .deadline = drill.deadline,
    };
    ck_assert_msg(check->run(&run, parsed, &err) == RD_OK, "%s (%s)", err.message, err.detail);
    return answer;
}

static void expect(const struct answer *answer, const char *subject, int verdict, const char *words)
{
    const struct rd_finding *findings = answer->group->findings.items;

    for (size_t i = 0; i < answer->group->findings.count; i++) {
        if (strcmp(findings[i].subject, subject) != 0)
            continue;
        ck_assert_msg(
            findings[i].verdict == verdict &&
                (strstr(findings[i].message, words) != NULL ||
                 (findings[i].actual != NULL && strstr(findings[i].actual, words) != NULL)),
            "%s: %s: %s (%s)", subject, rd_verdict_name(findings[i].verdict), findings[i].message,
            findings[i].actual);
        return;
    }
    ck_abort_msg("nothing was found about '%s'", subject);
}

/* Each case makes tables with one foreign key and rows that satisfy it, and then one orphan. */
static const struct key_case {
    const char *set_up[4];
    const char *damage;
    const char *subject;
} key_cases[] = {
    {{"CREATE TABLE k.a1 (id int PRIMARY KEY)", "CREATE TABLE k.a2 (a int REFERENCES k.a1)",
      "INSERT INTO k.a1 VALUES (1)", "INSERT INTO k.a2 VALUES (1), (NULL)"},
     "DELETE FROM k.a1",
     "k.a2.a2_a_fkey"},
    {{"CREATE TABLE k.b1 (a int, b text, PRIMARY KEY (a, b))",
      "CREATE TABLE k.b2 (x int, y text, CONSTRAINT simple FOREIGN KEY (x, y) REFERENCES k.b1)",
      "INSERT INTO k.b1 VALUES (1, 'one')",
      "INSERT INTO k.b2 VALUES (1, 'one'), (7, NULL), (NULL, 'none'), (NULL, NULL)"},
     "INSERT INTO k.b2 VALUES (1, 'two')",
     "k.b2.simple"},
    {{"CREATE TABLE k.c1 (a int, b text, PRIMARY KEY (a, b))",
      "CREATE TABLE k.c2 (x int, y text,"
      " CONSTRAINT \"full\" FOREIGN KEY (x, y) REFERENCES k.c1 MATCH FULL)",
      "INSERT INTO k.c1 VALUES (1, 'one')", "INSERT INTO k.c2 VALUES (1, 'one'), (NULL, NULL)"},
     "INSERT INTO k.c2 VALUES (1, NULL)",
     "k.c2.full"},
    {{"CREATE TABLE k.tree (id int PRIMARY KEY, up int REFERENCES k.tree)",
      "INSERT INTO k.tree VALUES (1, NULL), (2, 1), (3, 3)"},
     "UPDATE k.tree SET up = 9 WHERE id = 2",
     "k.tree.tree_up_fkey"},
    {{"CREATE TABLE k.p1 (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
      "CREATE TABLE k.p1_old PARTITION OF k.p1 FOR VALUES FROM (MINVALUE) TO ('2025-01-01')",
      "CREATE TABLE k.p1_new PARTITION OF k.p1 FOR VALUES FROM ('2025-01-01') TO (MAXVALUE)",
      "INSERT INTO k.p1 VALUES (1, '2024-05-05'), (1, '2025-05-05')"},
     "SELECT",
     NULL},
    {{"CREATE TABLE k.p2 (id int, at date, CONSTRAINT parts FOREIGN KEY (id, at) REFERENCES k.p1)"
      " PARTITION BY LIST (id)",
      "CREATE TABLE k.p2_1 PARTITION OF k.p2 FOR VALUES IN (1)",
      "INSERT INTO k.p2 VALUES (1, '2024-05-05'), (1, '2025-05-05')"},
     "DELETE FROM k.p1 WHERE at = '2025-05-05'",
     "k.p2.parts"},
    {{"CREATE TABLE k2.far (id int PRIMARY KEY)",
      "CREATE TABLE k.near (id int CONSTRAINT across REFERENCES k2.far)",
      "INSERT INTO k2.far VALUES (1)", "INSERT INTO k.near VALUES (1)"},
     "INSERT INTO k.near VALUES (2)",
     "k.near.across"},
    {{"CREATE TABLE k.\"odd \"\"%s\nname\" (\"i d\" int PRIMARY KEY)",
      "CREATE TABLE k.\"größe ]]>\" (\"x.y\" int CONSTRAINT \"<script>\""
      " REFERENCES k.\"odd \"\"%s\nname\")",
      "INSERT INTO k.\"odd \"\"%s\nname\" VALUES (1)", "INSERT INTO k.\"größe ]]>\" VALUES (1)"},
     "INSERT INTO k.\"größe ]]>\" VALUES (2)",
     "k.\"größe ]]>\".\"<script>\""},
    /* The operator's types are not those of the columns. */
    {{"CREATE TABLE k.d1 (v char(5) PRIMARY KEY)",
      "CREATE TABLE k.d2 (v varchar(9) CONSTRAINT blanks REFERENCES k.d1)",
      "INSERT INTO k.d1 VALUES ('abc'), ('abcde')",
      "INSERT INTO k.d2 VALUES ('abc'), ('abcde'), ('abc  ')"},
     "INSERT INTO k.d2 VALUES ('abcd')",
     "k.d2.blanks"},
    {{"CREATE TABLE k.j1 (v varchar(9) PRIMARY KEY)",
      "CREATE TABLE k.j2 (v char(5) CONSTRAINT no_blanks REFERENCES k.j1)",
      "INSERT INTO k.j1 VALUES ('abc')", "INSERT INTO k.j2 VALUES ('abc')"},
     "UPDATE k.j1 SET v = 'abc '",
     "k.j2.no_blanks"},
    {{"CREATE TABLE k.e1 (n numeric PRIMARY KEY)",
      "CREATE TABLE k.e2 (n k2.whole CONSTRAINT cast_to_numeric REFERENCES k.e1)",
      "INSERT INTO k.e1 VALUES (1.0)", "INSERT INTO k.e2 VALUES (1)"},
     "INSERT INTO k.e2 VALUES (2)",
     "k.e2.cast_to_numeric"},
    {{"CREATE TABLE k.f1 (c k2.color PRIMARY KEY)",
      "CREATE TABLE k.f2 (c k2.color CONSTRAINT enum REFERENCES k.f1)",
      "INSERT INTO k.f1 VALUES ('red')", "INSERT INTO k.f2 VALUES ('red')"},
     "INSERT INTO k.f2 VALUES ('green')",
     "k.f2.enum"},
    {{"CREATE TABLE k.g1 (a int[] PRIMARY KEY)",
      "CREATE TABLE k.g2 (a int[] CONSTRAINT \"array\" REFERENCES k.g1)",
      "INSERT INTO k.g1 VALUES ('{1,2}')", "INSERT INTO k.g2 VALUES ('{1,2}')"},
     "INSERT INTO k.g2 VALUES ('{2,1}')",
     "k.g2.array"},
    /* The operator is not one of PostgreSQL's own. */
    {{"CREATE TABLE k.i1 (m public.citext PRIMARY KEY)",
      "CREATE TABLE k.i2 (m public.citext CONSTRAINT foreign_operator REFERENCES k.i1)",
      "INSERT INTO k.i1 VALUES ('Abc')", "INSERT INTO k.i2 VALUES ('aBC')"},
     "INSERT INTO k.i2 VALUES ('abd')",
     "k.i2.foreign_operator"},
    /* The referenced column's collation decides what is equal. */
    {{"CREATE TABLE k.h1 (t text COLLATE k2.any_case PRIMARY KEY)",
      "CREATE TABLE k.h2 (t text COLLATE \"C\" CONSTRAINT collated REFERENCES k.h1)",
      "INSERT INTO k.h1 VALUES ('Abc')", "INSERT INTO k.h2 VALUES ('aBC')"},
     "INSERT INTO k.h2 VALUES ('abd')",
     "k.h2.collated"},
    {{"CREATE TABLE k.u1 (id int, u int UNIQUE)",
      "CREATE TABLE k.u2 (u int CONSTRAINT to_unique REFERENCES k.u1 (u))",
      "INSERT INTO k.u1 VALUES (1, NULL), (2, 7)", "INSERT INTO k.u2 VALUES (7), (NULL)"},
     "UPDATE k.u1 SET u = 8 WHERE u = 7",
     "k.u2.to_unique"},
};

/* Hostile to any session that trusts what a database brings along. */
static const char *const hostile[] = {
    "CREATE FUNCTION public.evil(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true'",
    "CREATE OPERATOR public.= (LEFTARG = int, RIGHTARG = int, PROCEDURE = public.evil)",
    "CREATE FUNCTION public.count() RETURNS int LANGUAGE sql AS 'SELECT 0'",
    "ALTER DATABASE hostile SET search_path = public, pg_catalog",
    "ALTER DATABASE hostile SET statement_timeout = 1",
    "ALTER DATABASE hostile SET enable_seqscan = off",
    "ALTER DATABASE hostile SET zero_damaged_pages = on",
};

static void expect_keys(const char *database, int verdict, const char *words)
{
    struct answer answer = ask(database, &rd_check_foreign_keys, "{}");
    size_t keys = 0;

    for (size_t i = 0; i < RD_COUNT(key_cases); i++) {
        if (key_cases[i].subject != NULL) {
            expect(&answer, key_cases[i].subject, verdict, words);
            keys++;
        }
    }
    ck_assert_uint_eq(answer.group->findings.count, keys);
    rd_recorder_free(answer.recorder);
}

START_TEST(every_kind_of_key_passes_whole_and_fails_with_one_orphan)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *first = open_database("postgres", RD_PG_WRITES);
    say(first, "CREATE DATABASE hostile");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database("hostile", RD_PG_WRITES);

    say(pg, "CREATE SCHEMA k");
    say(pg, "CREATE SCHEMA k2");
    say(pg, "CREATE EXTENSION citext SCHEMA public");
    say(pg, "CREATE DOMAIN k2.whole AS int");
    say(pg, "CREATE TYPE k2.color AS ENUM ('red', 'green')");
    say(pg, "CREATE COLLATION k2.any_case (provider = icu, locale = 'und-u-ks-level2',"
            " deterministic = false)");
    for (size_t i = 0; i < RD_COUNT(key_cases); i++) {
        for (size_t j = 0; j < RD_COUNT(key_cases[i].set_up) && key_cases[i].set_up[j] != NULL; j++)
            say(pg, key_cases[i].set_up[j]);
    }
    for (size_t i = 0; i < RD_COUNT(hostile); i++)
        say(pg, hostile[i]);
    expect_keys("hostile", RD_PASS, "no orphaned row");

    say(pg, "SET session_replication_role = replica");
    for (size_t i = 0; i < RD_COUNT(key_cases); i++)
        say(pg, key_cases[i].damage);
    expect_keys("hostile", RD_FAIL, "1 orphaned row");
}
END_TEST

/* An index that holds nothing and says that it holds everything. */
static void empty_the_index(struct rd_pg *pg, const char *create, const char *name)
{
    char sql[200];

    say(pg, create);
    snprintf(sql, sizeof(sql),
             "UPDATE pg_index SET indpred = NULL WHERE indexrelid = '%s'::regclass", name);
    say(pg, sql);
}

START_TEST(a_damaged_index_neither_hides_orphans_nor_makes_them_up)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *first = open_database("postgres", RD_PG_WRITES);
    say(first, "CREATE DATABASE fooled");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database("fooled", RD_PG_WRITES);

    say(pg, "CREATE TABLE public.users (id int PRIMARY KEY)");
    say(pg, "CREATE TABLE public.orders (id int REFERENCES public.users)");
    say(pg, "INSERT INTO public.users SELECT generate_series(1, 10000)");
    say(pg, "INSERT INTO public.orders SELECT generate_series(1, 10)");
    empty_the_index(pg, "CREATE INDEX empty ON public.users (id) WHERE false", "public.empty");
    say(pg, "VACUUM ANALYZE public.users");
    say(pg, "ALTER DATABASE fooled SET enable_seqscan = off");

    struct answer answer = ask("fooled", &rd_check_foreign_keys, "{}");
    expect(&answer, "public.orders.orders_id_fkey", RD_PASS, "no orphaned row");
    rd_recorder_free(answer.recorder);
    answer =
        ask("fooled", &rd_check_row_counts, "{\"tables\": {\"public.users\": {\"exact\": 10000}}}");
    expect(&answer, "public.users", RD_PASS, "has 10000 rows");
    rd_recorder_free(answer.recorder);
}
END_TEST

static void overwrite_page(const char *file, int page)
{
    char path[256];
    char garbage[64];

    memset(garbage, 0xFF, sizeof(garbage));
    snprintf(path, sizeof(path), "%s/%s", server.data, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, garbage, sizeof(garbage), (off_t)page * 8192), sizeof(garbage));
    close(fd);
}

/* A copy of a database is not in the server's memory, so damage on disk is met by the next query.
 */
static void copy_and_damage(struct rd_pg *first)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf file = RD_BUF_INIT(200);
    struct rd_deadline deadline = rd_deadline_in_ms(30000, -1);
    struct rd_err err = RD_ERR_INIT;
    struct rd_pg *pg = open_database("whole", RD_PG_WRITES);

    say(pg, "CREATE TABLE public.t (id int PRIMARY KEY, at timestamptz, more text)");
    say(pg, "INSERT INTO public.t SELECT i, '2025-11-16T11:59Z', repeat('x', 200)"
            " FROM generate_series(1, 5000) i");
    say(pg, "VACUUM ANALYZE public.t");
    rd_pg_close(pg);
    say(first, "CREATE DATABASE damaged TEMPLATE whole STRATEGY file_copy");
    ck_assert_int_eq(rd_pg_value(first, &deadline,
                                 "SELECT 'base/' || oid || '/' FROM pg_database"
                                 " WHERE datname = 'damaged'",
                                 &file, NULL, &err),
                     RD_OK);
    pg = open_database("whole", 0);
    ck_assert_int_eq(
        rd_pg_value(pg, &deadline, "SELECT pg_relation_filenode('public.t')", &file, NULL, &err),
        RD_OK);
    rd_pg_close(pg);
    overwrite_page(rd_buf_text(&file), 3);
}

START_TEST(a_damaged_page_that_an_index_would_hide_is_found)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *first = open_database("postgres", RD_PG_WRITES);
    say(first, "CREATE DATABASE whole");
    copy_and_damage(first);

    /* The server itself would count by the index and see nothing. */
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database("damaged", 0);
    say(pg, "SELECT count(*) FROM public.t");
    struct answer answer =
        ask("damaged", &rd_check_row_counts, "{\"tables\": {\"public.t\": {\"exact\": 5000}}}");
    expect(&answer, "public.t", RD_FAIL, "invalid page in block 3");
    rd_recorder_free(answer.recorder);
    answer = ask("damaged", &rd_check_freshness,
                 "{\"table\": \"public.t\", \"column\": \"at\", \"max_age\": \"1h\"}");
    expect(&answer, "public.t.at", RD_FAIL, "invalid page in block 3");
    rd_recorder_free(answer.recorder);
}
END_TEST

START_TEST(the_newest_row_is_found_in_every_type_of_column)
{
    static const char *const set_up[] = {
        "CREATE DOMAIN public.stamp AS timestamptz",
        "CREATE TABLE public.t (a timestamptz, b timestamp, c date, d public.stamp, e timestamptz,"
        " f text, \"g h\" timestamptz, i timestamptz)",
        "INSERT INTO public.t VALUES ('2025-11-16T11:50Z', '2025-11-16 12:50', '2025-11-16',"
        " '2025-11-16T11:59:59.5Z', 'infinity', '', '2025-11-16T12:10Z', '-infinity'),"
        " ('2024-01-01', '2024-01-01', '2024-01-01', NULL, NULL, NULL, NULL, NULL)",
        "CREATE INDEX ON public.t (a)",
        "CREATE TABLE public.parts (at timestamptz) PARTITION BY RANGE (at)",
        "CREATE TABLE public.parts_1 PARTITION OF public.parts"
        " FOR VALUES FROM (MINVALUE) TO ('2025-01-01')",
        "CREATE TABLE public.parts_2 PARTITION OF public.parts"
        " FOR VALUES FROM ('2025-01-01') TO (MAXVALUE)",
        "INSERT INTO public.parts VALUES ('2024-05-05'), ('2025-11-16T11:50Z')",
        "CREATE TABLE public.base (at timestamptz)",
        "CREATE TABLE public.heir () INHERITS (public.base)",
        "INSERT INTO public.heir VALUES ('2025-11-16T11:50Z')",
    };
    static const struct {
        const char *settings;
        const char *subject;
        int verdict;
        const char *words;
    } cases[] = {
        {"\"public.t\", \"column\": \"a\"", "public.t.a", RD_PASS, "11:50:00.000Z"},
        {"\"public.t\", \"column\": \"b\", \"zone\": \"Europe/Berlin\"", "public.t.b", RD_PASS,
         "11:50:00.000Z"},
        {"\"public.t\", \"column\": \"b\", \"zone\": \"UTC\"", "public.t.b", RD_FAIL, "future"},
        {"\"public.t\", \"column\": \"c\", \"zone\": \"+01:00\"", "public.t.c", RD_FAIL,
         "2025-11-15T23:00:00.000Z"},
        {"\"public.t\", \"column\": \"d\"", "public.t.d", RD_PASS, "11:59:59.500Z"},
        {"\"public.t\", \"column\": \"e\"", "public.t.e", RD_FAIL, "'infinity'"},
        {"\"public.t\", \"column\": \"f\"", "public.t.f", RD_ERROR, "type text"},
        {"\"public.t\", \"column\": \"\\\"g h\\\"\"", "public.t.\"g h\"", RD_FAIL, "future"},
        {"\"public.t\", \"column\": \"i\"", "public.t.i", RD_FAIL, "'-infinity'"},
        {"\"public.parts\", \"column\": \"at\"", "public.parts.at", RD_PASS, "11:50:00.000Z"},
        {"\"public.base\", \"column\": \"at\"", "public.base.at", RD_PASS, "11:50:00.000Z"},
    };
    RD_CLEANUP(rd_pg_closep) struct rd_pg *first = open_database("postgres", RD_PG_WRITES);
    say(first, "CREATE DATABASE fresh");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database("fresh", RD_PG_WRITES);

    for (size_t i = 0; i < RD_COUNT(set_up); i++)
        say(pg, set_up[i]);
    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        char settings[200];
        snprintf(settings, sizeof(settings), "{\"table\": %s, \"max_age\": \"11m\"}",
                 cases[i].settings);
        struct answer answer = ask("fresh", &rd_check_freshness, settings);
        expect(&answer, cases[i].subject, cases[i].verdict, cases[i].words);
        rd_recorder_free(answer.recorder);
    }
}
END_TEST

START_TEST(foreign_tables_and_what_contains_them_are_never_touched)
{
    /* Nobody answers at this address (RFC 5737): touching it would take the whole deadline. */
    static const char *const set_up[] = {
        "CREATE EXTENSION postgres_fdw SCHEMA public",
        "CREATE SERVER production FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '192.0.2.1')",
        "CREATE FOREIGN TABLE public.remote (at timestamptz) SERVER production",
        "CREATE TABLE public.parts (at timestamptz) PARTITION BY RANGE (at)",
        "CREATE FOREIGN TABLE public.part PARTITION OF public.parts DEFAULT SERVER production",
    };
    RD_CLEANUP(rd_pg_closep) struct rd_pg *first = open_database("postgres", RD_PG_WRITES);
    say(first, "CREATE DATABASE reaching");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database("reaching", RD_PG_WRITES);

    for (size_t i = 0; i < RD_COUNT(set_up); i++)
        say(pg, set_up[i]);
    struct answer answer =
        ask("reaching", &rd_check_row_counts,
            "{\"tables\": {\"public.*\": {\"min\": 0}, \"public.parts\": {\"min\": 0}}}");
    expect(&answer, "public.remote", RD_SKIP, "another server");
    expect(&answer, "public.parts", RD_ERROR, "another server");
    rd_recorder_free(answer.recorder);
    answer = ask("reaching", &rd_check_freshness,
                 "{\"table\": \"public.parts\", \"column\": \"at\", \"max_age\": \"1h\"}");
    expect(&answer, "public.parts.at", RD_ERROR, "another server");
    rd_recorder_free(answer.recorder);
}
END_TEST

START_TEST(queries_of_the_user_are_answered_and_cannot_write)
{
    static const struct {
        const char *settings;
        int verdict;
        const char *words;
    } cases[] = {
        {"{\"query\": \"SELECT count(*) FROM t;\", \"value\": 2}", RD_PASS, "as expected"},
        {"{\"query\": \"SELECT 1 -- comment\", \"value\": 1}", RD_PASS, "as expected"},
        {"{\"query\": \"TABLE t\", \"rows\": 2}", RD_PASS, "as expected"},
        {"{\"query\": \"SELECT * FROM generate_series(1, 1000000)\", \"rows\": 1000000}", RD_PASS,
         "1000000 rows"},
        {"{\"query\": \"WITH x AS (SELECT 1) SELECT * FROM x\", \"empty\": true}", RD_FAIL,
         "1 row"},
        {"{\"query\": \"SELECT * FROM nowhere\", \"empty\": true}", RD_FAIL, "nowhere"},
        {"{\"query\": \"SELECT 1; SELECT 2\", \"rows\": 1}", RD_ERROR, "multiple commands"},
        {"{\"query\": \"DELETE FROM t\", \"rows\": 2}", RD_ERROR, "syntax error"},
        {"{\"query\": \"SELECT f()\", \"rows\": 1}", RD_ERROR, "read-only transaction"},
        {"{\"query\": \"SELECT 'secret'::int\", \"rows\": 1}", RD_ERROR, "\"\342\200\246\""},
    };
    RD_CLEANUP(rd_pg_closep) struct rd_pg *first = open_database("postgres", RD_PG_WRITES);
    say(first, "CREATE DATABASE asked");
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = open_database("asked", RD_PG_WRITES);

    say(pg, "CREATE TABLE public.t (a int)");
    say(pg, "INSERT INTO public.t VALUES (1), (2)");
    say(pg, "CREATE FUNCTION public.f() RETURNS void LANGUAGE sql AS 'DELETE FROM public.t'");
    for (size_t i = 0; i < RD_COUNT(cases); i++) {
        struct answer answer = ask("asked", &rd_check_sql, cases[i].settings);
        expect(&answer, "query", cases[i].verdict, cases[i].words);
        rd_recorder_free(answer.recorder);
    }
}
END_TEST

START_TEST(a_server_says_who_it_is)
{
    struct answer answer = ask("postgres", &rd_check_ready,
                               "{\"version\": \"15\", \"encoding\": \"utf-8\","
                               " \"databases\": [\"postgres\", \"template0\", \"none\"],"
                               " \"system_identifier\": \"1\"}");

    expect(&answer, "queries", RD_PASS, "answers");
    expect(&answer, "recovery", RD_PASS, "is over");
    expect(&answer, "version", RD_PASS, "is 15.");
    expect(&answer, "encoding", RD_PASS, "UTF8");
    expect(&answer, "system identifier", RD_FAIL, "instead of 1");
    expect(&answer, "database postgres", RD_PASS, "is there");
    expect(&answer, "database template0", RD_FAIL, "takes no connections");
    expect(&answer, "database none", RD_FAIL, "is not there");
    rd_recorder_free(answer.recorder);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("checks");
    TCase *live = tcase_create("server");

    tcase_set_timeout(live, 120);
    tcase_add_unchecked_fixture(live, start_server, stop_server);
    tcase_add_test(live, every_kind_of_key_passes_whole_and_fails_with_one_orphan);
    tcase_add_test(live, a_damaged_index_neither_hides_orphans_nor_makes_them_up);
    tcase_add_test(live, a_damaged_page_that_an_index_would_hide_is_found);
    tcase_add_test(live, the_newest_row_is_found_in_every_type_of_column);
    tcase_add_test(live, foreign_tables_and_what_contains_them_are_never_touched);
    tcase_add_test(live, queries_of_the_user_are_answered_and_cannot_write);
    tcase_add_test(live, a_server_says_who_it_is);
    suite_add_tcase(suite, live);
    return suite;
}
