/*
 * test_dump.c: the provider `dump` against real PostgreSQL: healthy dumps of every kind are
 * restored without a finding that is not a pass, and broken ones are caught. The provider is asked
 * as the runner asks it; its settings are JSON, as in a plan.
 */
#include <check.h>
#include <dirent.h>
#include <sys/stat.h>

#include "drills/common/clock.h"
#include "drills/common/file.h"
#include "drills/common/provider.h"
#include "drills/common/times.h"
#include "drills/providers/dump_parts.h"
#include "tests/unit/own_postgres.h"
#include "tests/unit/suite.h"

extern const struct rd_provider rd_provider_dump;

static struct own_postgres source;
static char dumps[64]; /* folder of the dumps */

/* One drill, as far as a provider sees it. */
static struct {
    struct rd_drill drill;
    struct rd_instance_wish *wish;
    struct rd_instance instance;
    struct rd_group *group;
    struct rd_err err;
    char work[64];
    void *handle;
    int code;
} it;

static const char source_roles[] =
    "CREATE ROLE shop_owner; CREATE ROLE \"read \"\"only\"\"\" NOLOGIN;";

static const char source_shop[] =
    "SET ROLE shop_owner;\n"
    "CREATE TABLE items (id int PRIMARY KEY, name text, note text);\n"
    "INSERT INTO items SELECT n, 'item ' || n, E'a\\tb\\\\c\\n' || n\n"
    "  FROM generate_series(1, 2000) AS n;\n"
    "CREATE TABLE orders (id int PRIMARY KEY, item int REFERENCES items);\n"
    "INSERT INTO orders SELECT n, n FROM generate_series(1, 500) AS n;\n"
    "GRANT SELECT ON orders TO \"read \"\"only\"\"\";\n"
    "CREATE TABLE nothing (a text);\n"
    "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql\n"
    "  BEGIN ATOMIC SELECT CASE WHEN $1 > 0 THEN $1 ELSE 0 END; SELECT $1 * 2; END;\n"
    "CREATE FUNCTION quoted() RETURNS text LANGUAGE plpgsql AS\n"
    "  $x$ BEGIN RETURN $y$it's \"a; \\! id$y$; END $x$;\n"
    "RESET ROLE;\n"
    "CREATE SCHEMA \"a \"\"b\"\" 'c;\nd\";\n"
    "CREATE TABLE \"a \"\"b\"\" 'c;\nd\".\"]]> from stdin; \\! x\" (\"from\" text, \"$a$\" text);\n"
    "INSERT INTO \"a \"\"b\"\" 'c;\nd\".\"]]> from stdin; \\! x\" VALUES\n"
    "  (E'\\\\.', E'--\\n-- PostgreSQL database dump complete\\n--\\n'), ('C:\\', ''), (NULL, "
    "'x''y');\n"
    "COMMENT ON TABLE orders IS E'\\n-- PostgreSQL database dump complete\\n\\\\! id\\n\\\\connect "
    "x y z';\n"
    "SELECT lo_from_bytea(4711, '\\x0102030405');\n";

static const char source_billing[] = "CREATE TABLE bills (id int); INSERT INTO bills VALUES (1);";

/* Runs a program to its end; anything but success aborts the tests. */
static void must_run(const char *const *argv)
{
    pid_t pid = fork();
    int status = -1;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        setenv("PGHOST", source.folder, 1);
        setenv("PGUSER", "postgres", 1);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(status == 0, "'%s %s' failed", argv[0], argv[1]);
}
#define RUN(...) must_run((const char *const[]){__VA_ARGS__, NULL})

static const char *in_dumps(const char *name)
{
    static char paths[8][200];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/%s", dumps, name);
    return path;
}

static void read_dump(const char *name, struct rd_buf *out)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_file_read(in_dumps(name), out, &err) == RD_OK, "%s", err.message);
}

static void write_dump(const char *name, const char *data, size_t length)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_file_write(in_dumps(name), data, length, 0600, &err) == RD_OK, "%s",
                  err.message);
}

/* Makes `copy` of the first `bytes` of a dump; negative counts from its end. */
static void cut_dump(const char *name, const char *copy, long bytes)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);

    read_dump(name, &all);
    write_dump(copy, all.data, bytes >= 0 ? (size_t)bytes : all.length - (size_t)-bytes);
}

static long size_of(const char *name)
{
    struct stat facts;

    ck_assert_int_eq(stat(in_dumps(name), &facts), 0);
    return facts.st_size;
}

/* A dump with `what` put before the first occurrence of `where`. */
static void insert_into_dump(const char *name, const char *copy, const char *where,
                             const char *what)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);
    RD_CLEANUP(rd_buf_free) struct rd_buf made = RD_BUF_INIT(64 * 1024 * 1024);

    read_dump(name, &all);
    const char *at = strstr(all.data, where);
    ck_assert_ptr_nonnull(at);
    rd_buf_add(&made, all.data, (size_t)(at - all.data));
    rd_buf_puts(&made, what);
    rd_buf_puts(&made, at);
    write_dump(copy, made.data, made.length);
}

static void make_source(void)
{
    own_postgres_start(&source);
    snprintf(dumps, sizeof(dumps), "/tmp/redrill-dumps-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dumps));
    RUN("psql", "-Xqd", "postgres", "-c", source_roles);
    RUN("psql", "-Xqd", "postgres", "-c",
        "CREATE DATABASE shop OWNER shop_owner TEMPLATE template0");
    RUN("psql", "-Xqd", "shop", "-c", "ALTER SCHEMA public OWNER TO shop_owner");
    RUN("psql", "-Xqd", "shop", "-o", "/dev/null", "-c", source_shop);
    RUN("pg_dump", "-f", in_dumps("plain.sql"), "shop");
    RUN("pg_dump", "-C", "-f", in_dumps("create.sql"), "shop");
    RUN("pg_dump", "--clean", "-f", in_dumps("clean.sql"), "shop");
    RUN("pg_dump", "--clean", "-C", "--inserts", "-f", in_dumps("inserts.sql"), "shop");
    RUN("pg_dump", "-C", "-Z6", "-f", in_dumps("create.sql.gz"), "shop");
    RUN("pg_dump", "-Fc", "-f", in_dumps("custom.dump"), "shop");
    RUN("pg_dump", "-Fc", "-Z0", "-f", in_dumps("stored.dump"), "shop");
    RUN("pg_dump", "-Ft", "-f", in_dumps("dump.tar"), "shop");
    RUN("pg_dump", "-Fd", "-Z0", "-f", in_dumps("folder"), "shop");
    RUN("pg_dump", "-Fd", "-f", in_dumps("packed"), "shop");
    RUN("gzip", "-k", in_dumps("custom.dump"));
    RUN("pg_dumpall", "-g", "-f", in_dumps("globals.sql"));
    RUN("psql", "-Xqd", "postgres", "-c", "CREATE DATABASE billing");
    RUN("psql", "-Xqd", "billing", "-c", source_billing);
    RUN("pg_dump", "-f", in_dumps("bills.sql"), "billing");
    RUN("pg_dump", "-C", "--inserts", "-f", in_dumps("bills-inserts.sql"), "billing");
    RUN("pg_dumpall", "-f", in_dumps("cluster.sql"));
    RUN("pg_dumpall", "--clean", "-f", in_dumps("cluster-clean.sql"));
}

static void remove_source(void)
{
    own_postgres_stop(&source);
    ck_assert_int_eq(rd_file_remove_tree(dumps, NULL), RD_OK);
}

static void begin(void)
{
    struct rd_err err = RD_ERR_INIT;

    memset(&it, 0, sizeof(it));
    it.drill.recorder = rd_recorder_new();
    ck_assert_ptr_nonnull(it.drill.recorder);
    it.wish = rd_shape_new(&rd_instance_shape, rd_recorder_arena(it.drill.recorder));
    it.wish->profile = RD_PROFILE_FAST;
    it.wish->superuser = "postgres";
    ck_assert_int_eq(rd_user_resolve(NULL, &it.drill.user, &err), RD_OK);
    snprintf(it.work, sizeof(it.work), "/tmp/redrill-drill-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(it.work));
    if (it.drill.user.change)
        ck_assert_int_eq(chown(it.work, it.drill.user.uid, it.drill.user.gid), 0);
    it.drill.started_us = it.drill.incident_us = rd_clock_utc_us();
    ck_assert_int_eq(rd_uuid7(it.drill.started_us, it.drill.id, &err), RD_OK);
    it.drill.plan_folder = dumps;
    it.drill.work = it.work;
    it.drill.wish = it.wish;
    it.drill.deadline = rd_deadline_in_ms(40000, -1);
    rd_recorder_record(it.drill.recorder)->rpo->incident_us = it.drill.incident_us;
    it.group = rd_record_group(it.drill.recorder, "restore", "restore", true);
}

static void end(void)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);
    struct rd_err err = RD_ERR_INIT;

    if (it.handle != NULL)
        ck_assert_msg(rd_provider_dump.destroy(it.handle, &deadline, &err) == RD_OK, "%s",
                      err.message);
    ck_assert_int_eq(rd_file_remove_tree(it.work, &err), RD_OK);
    rd_recorder_free(it.drill.recorder);
}

static const void *settings_of(const char *text)
{
    static struct rd_faults faults;
    struct rd_json *json = NULL;
    struct rd_err err = RD_ERR_INIT;

    faults = (struct rd_faults){.arena = rd_recorder_arena(it.drill.recorder)};
    ck_assert_msg(rd_json_parse(text, strlen(text), 0, &json, &err) == RD_OK, "%s", err.message);
    const void *settings =
        rd_shape_parse(rd_provider_dump.settings, json, "$.source", "provider", &faults);
    ck_assert_msg(faults.count == 0, "%s %s", faults.items[0].path, faults.items[0].message);
    rd_json_free(json); /* no setting is RD_T_JSON */
    return settings;
}

static void locate(const char *settings)
{
    it.code = rd_provider_dump.open(&it.drill, settings_of(settings), &it.handle, &it.err);
    if (it.code == RD_OK)
        it.code = rd_provider_dump.locate(it.handle, &it.err);
}

/* What the runner does with the settings: an error becomes a finding. */
static void drill(const char *settings)
{
    locate(settings);
    if (it.code == RD_OK)
        it.code = rd_provider_dump.restore(it.handle, it.group, &it.instance, &it.err);
    if (it.code != RD_OK)
        rd_find_err(it.drill.recorder, it.group, "restore", &it.err);
}

static void tell_findings(void)
{
    const struct rd_finding *findings = it.group->findings.items;

    for (size_t i = 0; i < it.group->findings.count; i++)
        fprintf(stderr, "  %s: %s: %s%s%s%s%s\n", rd_verdict_name(findings[i].verdict),
                findings[i].subject, findings[i].message, findings[i].detail != NULL ? " | " : "",
                findings[i].detail != NULL ? findings[i].detail : "",
                findings[i].hint != NULL ? " | " : "",
                findings[i].hint != NULL ? findings[i].hint : "");
}

/* How many findings have this verdict, and the text in their subject, message or hint. */
static int found(int verdict, const char *text)
{
    const struct rd_finding *findings = it.group->findings.items;
    int count = 0;

    for (size_t i = 0; i < it.group->findings.count; i++) {
        const struct rd_finding *finding = &findings[i];
        count += finding->verdict == verdict &&
                 (text == NULL || strstr(finding->subject, text) != NULL ||
                  strstr(finding->message, text) != NULL ||
                  (finding->hint != NULL && strstr(finding->hint, text) != NULL));
    }
    return count;
}

static void expect_all_passed(void)
{
    bool passed = it.code == RD_OK && found(RD_PASS, NULL) > 0 &&
                  found(RD_PASS, NULL) == (int)it.group->findings.count;

    if (!passed)
        tell_findings();
    ck_assert(passed);
}

/* The drill fails, is not merely in error, and a failed finding has the text. */
static void expect_failed(const char *text)
{
    bool failed = found(RD_FAIL, text) > 0 && found(RD_ERROR, NULL) == 0;

    if (!failed)
        tell_findings();
    ck_assert_msg(failed, "no failed finding has '%s'", text);
}

/* No finding, whatever its verdict, shows the text. */
static void expect_untold(const char *text)
{
    const struct rd_finding *findings = it.group->findings.items;

    for (size_t i = 0; i < it.group->findings.count; i++) {
        const char *texts[] = {findings[i].subject, findings[i].message, findings[i].detail,
                               findings[i].hint};
        for (size_t j = 0; j < RD_COUNT(texts); j++)
            ck_assert_msg(texts[j] == NULL || strstr(texts[j], text) == NULL, "told: %s", texts[j]);
    }
}

/* The first value of a query in the restored database; "" for NULL and for none. */
static const char *ask(const char *database, const char *sql)
{
    static char answer[256];
    RD_CLEANUP(rd_buf_free) struct rd_buf value = RD_BUF_INIT(sizeof(answer) - 1);
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_instance_open(&it.instance, database, 0, &it.drill.deadline, &pg, &err) ==
                      RD_OK,
                  "%s: %s", err.message, err.detail);
    int code = rd_pg_value(pg, &it.drill.deadline, sql, &value, NULL, &err);
    ck_assert_msg(code == RD_OK || code == RD_E_NOT_FOUND, "%s", err.message);
    snprintf(answer, sizeof(answer), "%s", rd_buf_text(&value));
    return answer;
}

/* The shop as it was, with its owner, its odd names and values, and its large object. */
static void expect_shop(void)
{
    ck_assert_str_eq(ask("shop", "SELECT count(*) FROM public.items"), "2000");
    ck_assert_str_eq(ask("shop", "SELECT sum(length(note)) FROM public.items"), "18893");
    ck_assert_str_eq(ask("shop", "SELECT pg_get_userbyid(relowner) FROM pg_class "
                                 "WHERE relname = 'orders'"),
                     "shop_owner");
    ck_assert_str_eq(ask("shop", "SELECT has_table_privilege('read \"only\"', 'public.orders', "
                                 "'SELECT')"),
                     "t");
    ck_assert_str_eq(ask("shop", "SELECT string_agg(\"from\", '|' ORDER BY \"from\") FROM "
                                 "\"a \"\"b\"\" 'c;\nd\".\"]]> from stdin; \\! x\""),
                     "C:\\|\\.");
    ck_assert_str_eq(ask("shop", "SELECT public.twice(21)"), "42");
    ck_assert_str_eq(ask("shop", "SELECT public.quoted()"), "it's \"a; \\! id");
    ck_assert_str_eq(ask("shop", "SELECT lo_get(4711)"), "\\x0102030405");
}

static const struct rd_backup *backup(void)
{
    return rd_recorder_record(it.drill.recorder)->backup;
}

static void expect_digest(const char *name)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);
    char hex[RD_SHA256_HEX];

    read_dump(name, &all);
    ck_assert_int_eq(rd_sha256(all.data, all.length, hex, NULL), RD_OK);
    ck_assert_ptr_nonnull(backup()->sha256);
    ck_assert_str_eq(backup()->sha256, hex);
}

static const struct {
    const char *settings;
    const char *format;
    const char *file; /* NULL for a folder */
} healthy[] = {
    {"{\"path\": \"create.sql\", \"globals\": \"globals.sql\"}", "plain", "create.sql"},
    {"{\"path\": \"create.sql.gz\", \"globals\": \"globals.sql\"}", "plain", "create.sql.gz"},
    {"{\"path\": \"inserts.sql\", \"globals\": \"globals.sql\"}", "plain", "inserts.sql"},
    {"{\"path\": \"custom.dump\", \"globals\": \"globals.sql\"}", "custom", "custom.dump"},
    {"{\"path\": \"custom.dump.gz\", \"globals\": \"globals.sql\"}", "custom", "custom.dump.gz"},
    {"{\"path\": \"dump.tar\", \"globals\": \"globals.sql\"}", "tar", "dump.tar"},
    {"{\"path\": \"folder\", \"globals\": \"globals.sql\"}", "directory", NULL},
};

START_TEST(a_healthy_dump_is_restored_whole)
{
    drill(healthy[_i].settings);
    expect_all_passed();
    expect_shop();
    ck_assert_str_eq(it.instance.database, "shop");
    ck_assert_str_eq(backup()->format, healthy[_i].format);
    ck_assert_str_eq(backup()->database, "shop");
    ck_assert_ptr_nonnull(strstr(backup()->server_version, "15."));
    if (healthy[_i].file != NULL)
        expect_digest(healthy[_i].file);
}
END_TEST

/* `(cd folder && LC_ALL=C sha256sum *) | sha256sum` must say the same. */
START_TEST(a_folder_has_the_digest_of_its_listing)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf listing = RD_BUF_INIT(1024 * 1024);
    char command[256], digest[RD_SHA256_HEX];

    drill("{\"path\": \"packed\", \"globals\": \"globals.sql\"}");
    expect_all_passed();
    snprintf(command, sizeof(command), "cd '%s/packed' && LC_ALL=C sha256sum * > ../listing",
             dumps);
    RUN("sh", "-c", command);
    read_dump("listing", &listing);
    ck_assert_int_eq(rd_sha256(listing.data, listing.length, digest, NULL), RD_OK);
    ck_assert_str_eq(backup()->sha256, digest);
    ck_assert_uint_gt(backup()->files.count, 4);
}
END_TEST

/* Names that psql's \\connect and libpq read otherwise, another encoding, another locale provider,
 * what fires on DDL, and the database that every cluster has. */
static const struct {
    const char *database, *create;
} odd[] = {
    {"a \"b\" 'c' = d://\\e", "CREATE DATABASE \"a \"\"b\"\" 'c' = d://\\e\" TEMPLATE template0"},
    {"latin", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"},
    {"ascii", "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"},
    {"icu", "CREATE DATABASE icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' "
            "LOCALE 'C.UTF-8'"},
    {"postgres", NULL},
};

static const char odd_content[] =
    "CREATE TABLE words (id int PRIMARY KEY, word text);\n"
    "INSERT INTO words SELECT n, 'Stra' || chr(126) || 'e' FROM generate_series(1, 10) AS n;\n"
    "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
    "CREATE INDEX ON words USING gin (word gin_trgm_ops);\n"
    "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS\n"
    "  $$ BEGIN RAISE EXCEPTION 'no DDL here'; END $$;\n"
    "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no();\n";

/* The programs, too, read a name with '=' as a connection string. */
static const char *odd_name(size_t i)
{
    static char name[200];
    size_t length = (size_t)snprintf(name, sizeof(name), "dbname='");

    for (const char *at = odd[i].database; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            name[length++] = '\\';
        name[length++] = *at;
    }
    snprintf(name + length, sizeof(name) - length, "'");
    return name;
}

static void make_odd(size_t i)
{
    if (odd[i].create != NULL)
        RUN("psql", "-Xqd", "template1", "-c", odd[i].create);
    RUN("psql", "-Xqd", odd_name(i), "-v", "ON_ERROR_STOP=1", "-c", odd_content);
}

START_TEST(odd_databases_are_restored)
{
    size_t i = (size_t)_i / 2;
    const char *file = _i % 2 == 0 ? "odd.sql" : "odd.dump";
    char settings[64];

    if (_i % 2 == 0) /* it stays for the other format */
        make_odd(i);
    RUN("pg_dump", "-C", _i % 2 == 0 ? "-Fp" : "-Fc", "-f", in_dumps(file), "-d", odd_name(i));
    snprintf(settings, sizeof(settings), "{\"path\": \"%s\"}", file);
    drill(settings);
    expect_all_passed();
    ck_assert_str_eq(it.instance.database, odd[i].database);
    ck_assert_str_eq(ask(odd[i].database, "SELECT count(*) FROM public.words"), "10");
}
END_TEST

START_TEST(a_dump_with_clean_has_nothing_to_drop_and_that_is_fine)
{
    it.wish->database = "shop";
    drill("{\"path\": \"clean.sql\", \"globals\": \"globals.sql\"}");
    expect_all_passed();
    expect_shop();
}
END_TEST

START_TEST(a_whole_cluster_is_restored)
{
    it.wish->database = "billing";
    drill(_i == 0 ? "{\"path\": \"cluster.sql\"}" : "{\"path\": \"cluster-clean.sql\"}");
    expect_all_passed();
    ck_assert_str_eq(it.instance.database, "billing");
    ck_assert_str_eq(ask("billing", "SELECT count(*) FROM public.bills"), "1");
    expect_shop();
}
END_TEST

START_TEST(of_several_databases_the_plan_must_name_one)
{
    drill("{\"path\": \"cluster.sql\"}");
    ck_assert_int_eq(it.code, RD_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(it.err.hint, "billing"));
    ck_assert_ptr_nonnull(strstr(it.err.hint, "shop"));
}
END_TEST

START_TEST(a_dump_of_another_database_fails)
{
    it.wish->database = "orders";
    drill("{\"path\": \"custom.dump\", \"globals\": \"globals.sql\"}");
    expect_failed("orders");
}
END_TEST

START_TEST(roles_that_are_not_there_fail_once_each_and_globals_are_the_advice)
{
    drill(_i == 0 ? "{\"path\": \"create.sql\"}" : "{\"path\": \"custom.dump\"}");
    expect_failed("role \"shop_owner\" does not exist");
    ck_assert_int_gt(found(RD_FAIL, "globals"), 0);
    ck_assert_int_eq(found(RD_FAIL, "role \"shop_owner\""), 1);
    ck_assert_str_eq(ask("shop", "SELECT count(*) FROM public.items"), "2000");
}
END_TEST

START_TEST(a_plain_dump_that_was_cut_is_truncated)
{
    static const int parts[] = {10, 99};

    cut_dump("create.sql", "cut.sql", size_of("create.sql") * parts[_i] / 100);
    drill("{\"path\": \"cut.sql\", \"globals\": \"globals.sql\"}");
    expect_failed("truncated");
    expect_digest("cut.sql");
}
END_TEST

START_TEST(a_plain_dump_that_was_cut_between_statements_is_truncated)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);

    read_dump("create.sql", &all);
    const char *at = strstr(all.data, "\nALTER TABLE ONLY public.orders\n");
    ck_assert_ptr_nonnull(at);
    write_dump("cut.sql", all.data, (size_t)(at - all.data) + 1);
    drill("{\"path\": \"cut.sql\", \"globals\": \"globals.sql\"}");
    expect_failed("truncated");
    ck_assert_str_eq(ask("shop", "SELECT count(*) FROM public.items"), "2000");
}
END_TEST

START_TEST(a_cut_within_rows_names_the_table)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);

    read_dump("create.sql", &all);
    const char *at = strstr(all.data, "\n1000\titem 1000\t");
    ck_assert_ptr_nonnull(at);
    write_dump("cut.sql", all.data, (size_t)(at - all.data) + 1);
    drill("{\"path\": \"cut.sql\", \"globals\": \"globals.sql\"}");
    expect_failed("public.items");
}
END_TEST

START_TEST(a_whole_gzip_of_half_a_dump_is_truncated)
{
    cut_dump("create.sql", "half.sql", size_of("create.sql") / 2);
    RUN("gzip", "-kf", in_dumps("half.sql"));
    drill("{\"path\": \"half.sql.gz\", \"globals\": \"globals.sql\"}");
    expect_failed("truncated");
    expect_digest("half.sql.gz");
}
END_TEST

START_TEST(half_a_gzip_fails)
{
    cut_dump("create.sql.gz", "half.gz", size_of("create.sql.gz") / 2);
    drill("{\"path\": \"half.gz\", \"globals\": \"globals.sql\"}");
    expect_failed("ends within");
    expect_digest("half.gz");
}
END_TEST

static const char *no_folder(void *context, int64_t number, struct rd_err *reterr)
{
    (void)context;
    (void)number;
    (void)reterr;
    return "/nowhere";
}

static int judge_beginning(const char *text, size_t length)
{
    const struct rd_plain_host host = {.tablespace = no_folder};
    RD_CLEANUP(rd_plain_freep) struct rd_plain *plain = NULL;
    const char *piece;
    size_t got = 1;

    int code = rd_plain_new(&host, &plain, NULL);
    if (code == RD_OK)
        rd_plain_give(plain, text, length);
    while (code == RD_OK && got > 0)
        code = rd_plain_next(plain, &piece, &got, NULL);
    return code == RD_OK ? rd_plain_end(plain, NULL) : code;
}

/* Nothing before the last letter of the end marker is taken for the whole. */
START_TEST(a_cut_at_any_byte_is_seen)
{
    static const char *const names[] = {"bills.sql", "bills-inserts.sql", "globals.sql"};
    static const char mark[] = "dump complete";
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);

    read_dump(names[_i], &all);
    const char *end = NULL;
    for (const char *at = all.data; (at = strstr(at, mark)) != NULL; at++)
        end = at + strlen(mark);
    ck_assert_ptr_nonnull(end);
    for (size_t length = 0; length < (size_t)(end - all.data); length++)
        ck_assert_msg(judge_beginning(all.data, length) != RD_OK, "%zu bytes pass", length);
    ck_assert_int_eq(judge_beginning(all.data, (size_t)(end - all.data)), RD_OK);
    ck_assert_int_eq(judge_beginning(all.data, all.length), RD_OK);
}
END_TEST

static const struct {
    const char *name;
    int part;
} archive_cuts[] = {
    {"custom.dump", 1}, {"custom.dump", 99}, {"stored.dump", 99}, {"dump.tar", 2}, {"dump.tar", 99},
};

START_TEST(an_archive_that_was_cut_is_truncated)
{
    const char *name = archive_cuts[_i].name;

    cut_dump(name, "cut.dump", size_of(name) * archive_cuts[_i].part / 100);
    drill("{\"path\": \"cut.dump\", \"globals\": \"globals.sql\"}");
    expect_failed("truncated");
    expect_digest("cut.dump");
}
END_TEST

START_TEST(an_archive_without_its_last_byte_is_truncated)
{
    cut_dump("stored.dump", "cut.dump", -1);
    drill("{\"path\": \"cut.dump\", \"globals\": \"globals.sql\"}");
    expect_failed("truncated");
}
END_TEST

START_TEST(two_archives_in_one_file_are_not_whole)
{
    char command[400];

    /* More than a pipe holds, so that pg_restore is seen to leave it. */
    snprintf(command, sizeof(command),
             "cd '%s' && for i in 1 2 3 4 5 6 7 8 9 10; do cat stored.dump; done > many.dump",
             dumps);
    RUN("sh", "-c", command);
    drill("{\"path\": \"many.dump\", \"globals\": \"globals.sql\"}");
    expect_failed("after its end");
}
END_TEST

/* The folder's biggest data file: that of the items. */
static void biggest_file(const char *folder, char path[300])
{
    DIR *dir = opendir(in_dumps(folder));
    off_t biggest = 0;
    struct stat facts;
    char candidate[300];

    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strstr(entry->d_name, ".dat") == NULL || strcmp(entry->d_name, "toc.dat") == 0)
            continue;
        snprintf(candidate, sizeof(candidate), "%s/%s", in_dumps(folder), entry->d_name);
        if (stat(candidate, &facts) == 0 && facts.st_size > biggest) {
            biggest = facts.st_size;
            memcpy(path, candidate, sizeof(candidate));
        }
    }
    closedir(dir);
    ck_assert_int_gt(biggest, 0);
}

static void copy_folder(const char *from, const char *to)
{
    RUN("rm", "-rf", in_dumps(to));
    RUN("cp", "-r", in_dumps(from), in_dumps(to));
}

START_TEST(a_folder_without_one_of_its_files_fails)
{
    char path[300];

    copy_folder("folder", "broken");
    biggest_file("broken", path);
    ck_assert_int_eq(unlink(path), 0);
    drill("{\"path\": \"broken\", \"globals\": \"globals.sql\"}");
    expect_failed(rd_file_name(path));
}
END_TEST

/* pg_restore takes what is there for all rows. */
START_TEST(a_file_of_a_folder_that_was_cut_between_rows_fails)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);
    char path[300];

    copy_folder("folder", "broken");
    biggest_file("broken", path);
    ck_assert_int_eq(rd_file_read(path, &all, NULL), RD_OK);
    const char *at = strstr(all.data, "\n1000\t");
    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(truncate(path, at - all.data + 1), 0);
    drill("{\"path\": \"broken\", \"globals\": \"globals.sql\"}");
    expect_failed(rd_file_name(path));
}
END_TEST

START_TEST(a_packed_file_of_a_folder_that_was_cut_fails)
{
    struct stat facts;
    char path[300];

    copy_folder("packed", "broken");
    biggest_file("broken", path);
    ck_assert_int_eq(stat(path, &facts), 0);
    ck_assert_int_eq(truncate(path, facts.st_size / 2), 0);
    drill("{\"path\": \"broken\", \"globals\": \"globals.sql\"}");
    expect_failed(rd_file_name(path));
}
END_TEST

START_TEST(an_empty_file_fails)
{
    write_dump("empty.sql", "", 0);
    drill("{\"path\": \"empty.sql\"}");
    expect_failed("empty");
    expect_digest("empty.sql");
}
END_TEST

START_TEST(a_dump_without_a_table_fails)
{
    RUN("pg_dump", "-C", "-f", in_dumps("none.sql"), "postgres");
    drill("{\"path\": \"none.sql\"}");
    expect_failed("table");
}
END_TEST

START_TEST(a_page_of_a_web_server_fails)
{
    static const char page[] = "<html><body>403 Forbidden</body></html>\n";

    write_dump("page.sql", page, sizeof(page) - 1);
    drill("{\"path\": \"page.sql\"}");
    ck_assert_int_gt(found(RD_FAIL, NULL), 0);
}
END_TEST

static const char *const forbidden[] = {
    "\\! touch %s/touched\n",
    "COPY (SELECT 1) TO PROGRAM 'cat > %s/touched';\n",
    "\\connect -reuse-previous=on \"dbname='shop' host='%s'\"\n",
};

/* The folder for "touched" may be written by everyone: only the provider keeps it untouched. */
START_TEST(what_no_dump_holds_is_never_done)
{
    char folder[] = "/tmp/redrill-touch-XXXXXX", text[400], path[64];
    struct rd_err err = RD_ERR_INIT;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chmod(folder, 0777), 0);
    snprintf(path, sizeof(path), "%s/touched", folder);
    const char *place = strstr(forbidden[_i], "%s");
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - forbidden[_i]), forbidden[_i], folder,
             place + 2);
    insert_into_dump("create.sql", "evil.sql", "--\n-- Name: orders; Type: TABLE;", text);
    drill("{\"path\": \"evil.sql\", \"globals\": \"globals.sql\"}");
    bool touched = rd_file_exists(path);
    ck_assert_int_eq(rd_file_remove_tree(folder, &err), RD_OK);
    ck_assert_msg(!touched, "%s", text);
    expect_failed("line");
}
END_TEST

/* psql takes the rows of a COPY that failed for statements. */
START_TEST(rows_are_never_executed)
{
    insert_into_dump("create.sql", "evil.sql", "COPY public.items ",
                     "COPY public.gone (a, b) FROM stdin;\n"
                     "1\tx; CREATE TABLE public.hacked(); --\n"
                     "2\tSECRET\n"
                     "\\.\n");
    drill("{\"path\": \"evil.sql\", \"globals\": \"globals.sql\"}");
    expect_failed("gone");
    expect_untold("SECRET");
    ck_assert_str_eq(ask("shop", "SELECT count(*) FROM pg_class WHERE relname = 'hacked'"), "0");
}
END_TEST

/* The last one stops psql. */
static const char telling[] =
    "SELECT 'SECRET'::int;\n"
    "DO $$ BEGIN RAISE EXCEPTION 'bad customer SECRET'; END $$;\n"
    "DO $$ BEGIN RAISE EXCEPTION 'bad SECRET' USING ERRCODE = '42P01'; END $$;\n"
    "SELECT SECRET SECRET SECRET;\n"
    "SELECT '{\"a\": SECRET}'::json;\n"
    "SELECT 'a\" role \"SECRET'::int;\n"
    "SELECT '9999999999999'::int, convert_from('\\xff53'::bytea, 'UTF8');\n"
    "INSERT INTO public.items VALUES (1, 'SECRET'), (1, 'SECRET');\n"
    "INSERT INTO public.items VALUES (NULL, 'SECRET');\n"
    "COPY public.items (id) FROM stdin;\nSECRET\n\\.\n";

START_TEST(values_of_the_data_are_never_told)
{
    insert_into_dump("create.sql", "wrong.sql", "--\n-- Data for Name: items;", telling);
    drill("{\"path\": \"wrong.sql\", \"globals\": \"globals.sql\"}");
    expect_failed("line");
    expect_failed("rest of the dump");
    ck_assert_int_ge(found(RD_FAIL, NULL), 10);
    expect_untold("SECRET");
    expect_untold("secret");
    expect_untold("999999");
}
END_TEST

START_TEST(values_in_an_archive_are_never_told)
{
    char path[300];
    struct stat facts;

    copy_folder("folder", "wrong");
    biggest_file("wrong", path);
    ck_assert_int_eq(stat(path, &facts), 0);
    FILE *file = fopen(path, "r+");
    ck_assert_ptr_nonnull(file);
    fputs("SECRET", file);
    fclose(file);
    drill("{\"path\": \"wrong\", \"globals\": \"globals.sql\"}");
    expect_failed("items");
    expect_untold("SECRET");
}
END_TEST

START_TEST(tablespaces_stay_in_the_work_folder)
{
    insert_into_dump(
        "globals.sql", "spaces.sql", "CREATE ROLE shop_owner;",
        "CREATE TABLESPACE \"fast; disk\" OWNER postgres\n LOCATION '/mnt/fast ''1''';\n");
    insert_into_dump("create.sql", "fast.sql", "--\n-- Name: nothing; Type: TABLE;",
                     "SET default_tablespace = \"fast; disk\";\n");
    drill("{\"path\": \"fast.sql\", \"globals\": \"spaces.sql\"}");
    expect_all_passed();
    ck_assert_ptr_nonnull(
        strstr(ask("shop", "SELECT pg_tablespace_location(oid) FROM pg_tablespace "
                           "WHERE spcname = 'fast; disk'"),
               it.work));
}
END_TEST

START_TEST(an_extension_that_this_machine_lacks_is_not_the_backups_fault)
{
    insert_into_dump("create.sql", "extended.sql", "--\n-- Name: items; Type: TABLE;",
                     "CREATE EXTENSION IF NOT EXISTS no_such_extension WITH SCHEMA public;\n");
    drill("{\"path\": \"extended.sql\", \"globals\": \"globals.sql\"}");
    ck_assert_int_eq(found(RD_FAIL, NULL), 0);
    ck_assert_int_gt(found(RD_ERROR, "no_such_extension"), 0);
}
END_TEST

START_TEST(a_locale_that_this_machine_lacks_is_not_the_backups_fault)
{
    char command[300];

    snprintf(command, sizeof(command), "sed s/C.UTF-8/xx_XX.utf8/ '%s' > '%s'",
             in_dumps("create.sql"), in_dumps("foreign.sql"));
    RUN("sh", "-c", command);
    drill("{\"path\": \"foreign.sql\", \"globals\": \"globals.sql\"}");
    ck_assert_int_eq(found(RD_FAIL, NULL), 0);
    ck_assert_int_gt(found(RD_ERROR, "locale"), 0);
}
END_TEST

START_TEST(nothing_at_the_path_is_no_verdict_about_the_backup)
{
    locate("{\"path\": \"nowhere-*.sql\"}");
    ck_assert_int_eq(it.code, RD_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(it.err.message, "nowhere-"));
}
END_TEST

static void evidence_of(const char *basis, int64_t *ret_us, bool *ret_counted)
{
    const struct rd_list *list = &rd_recorder_record(it.drill.recorder)->rpo->evidence;
    const struct rd_evidence *evidence = list->items;

    *ret_us = RD_ABSENT;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(evidence[i].basis, basis) == 0) {
            *ret_us = evidence[i].at_us;
            *ret_counted = evidence[i].counted;
        }
    }
}

START_TEST(the_time_in_the_archive_decides_and_others_are_told)
{
    int64_t at_us;
    bool counted = false;

    locate("{\"path\": \"custom.dump\"}");
    ck_assert_int_eq(it.code, RD_OK);
    ck_assert_str_eq(backup()->created_basis, "archive header");
    ck_assert_int_lt(it.drill.started_us - backup()->created_us, (int64_t)3600 * 1000000);
    evidence_of("archive header", &at_us, &counted);
    ck_assert_int_eq(at_us, backup()->created_us);
    ck_assert(counted);
    evidence_of("file mtime (last resort)", &at_us, &counted);
    ck_assert_int_ne(at_us, RD_ABSENT);
    ck_assert(!counted);
}
END_TEST

START_TEST(an_old_archive_under_a_new_name_fails_and_its_own_time_counts)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);

    /* The header's year lies behind seconds, minutes, hours, day and month, 5 bytes each. */
    read_dump("custom.dump", &all);
    ck_assert_int_eq(all.data[10], 1);
    all.data[16 + 5 * 5 + 1] -= 1;
    RUN("sh", "-c", "true");
    char name[64], stamp[RD_TIME_TEXT];
    rd_time_format(it.drill.started_us, stamp);
    snprintf(name, sizeof(name), "stale-%.10s.dump", stamp);
    write_dump(name, all.data, all.length);
    drill("{\"path\": \"stale-*.dump\", \"globals\": \"globals.sql\"}");
    expect_failed("older");
    ck_assert_str_eq(backup()->created_basis, "archive header");
}
END_TEST

START_TEST(an_archive_from_the_future_is_an_error)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);

    read_dump("custom.dump", &all);
    all.data[16 + 5 * 5 + 1] += 1;
    write_dump("future.dump", all.data, all.length);
    drill("{\"path\": \"future.dump\", \"globals\": \"globals.sql\"}");
    ck_assert_int_gt(found(RD_ERROR, "zone"), 0);
}
END_TEST

static void make_dated(void)
{
    static const char *const names[] = {"dated/orders-2025-11-14.sql",
                                        "dated/orders-20251116T143000Z.sql",
                                        "dated/orders-2025-11-15_14-30.sql"};

    RUN("mkdir", "-p", in_dumps("dated"));
    for (size_t i = 0; i < RD_COUNT(names); i++)
        write_dump(names[i], "-- x\n", 5);
}

START_TEST(the_newest_by_name_is_picked)
{
    make_dated();
    locate("{\"path\": \"dated/*.sql\"}");
    ck_assert_int_eq(it.code, RD_OK);
    ck_assert_ptr_nonnull(strstr(backup()->name, "orders-20251116T143000Z.sql"));
    ck_assert_str_eq(backup()->created_basis, "file name");
    ck_assert_ptr_nonnull(strstr(backup()->picked, "newest of 3"));
}
END_TEST

START_TEST(for_a_target_the_newest_before_it_is_picked)
{
    struct rd_err err = RD_ERR_INIT;

    make_dated();
    it.drill.target_given = true;
    ck_assert_int_eq(rd_time_parse("2025-11-15T20:00:00Z", &it.drill.incident_us, &err), RD_OK);
    locate("{\"path\": \"dated/*.sql\"}");
    ck_assert_int_eq(it.code, RD_OK);
    ck_assert_ptr_nonnull(strstr(backup()->name, "orders-2025-11-15_14-30.sql"));
}
END_TEST

START_TEST(a_target_before_every_dump_fails)
{
    struct rd_err err = RD_ERR_INIT;

    make_dated();
    it.drill.target_given = true;
    ck_assert_int_eq(rd_time_parse("2025-11-01T00:00:00Z", &it.drill.incident_us, &err), RD_OK);
    locate("{\"path\": \"dated/*.sql\"}");
    ck_assert_int_eq(it.code, RD_E_BACKUP);
    ck_assert_ptr_nonnull(strstr(it.err.message, "2025-11-14"));
}
END_TEST

START_TEST(a_random_pick_can_be_repeated)
{
    make_dated();
    locate("{\"path\": \"dated/*.sql\", \"pick\": \"random\", \"seed\": 5}");
    ck_assert_int_eq(it.code, RD_OK);
    ck_assert_int_eq(backup()->seed, 5);
    char first[200];
    snprintf(first, sizeof(first), "%s", backup()->name);
    end();
    begin();
    locate("{\"path\": \"dated/*.sql\", \"pick\": \"random\", \"seed\": 5}");
    ck_assert_str_eq(backup()->name, first);
}
END_TEST

/* What is not compressed is taken as it is, whatever its first row looks like. */
START_TEST(rows_that_look_like_a_compressed_file_are_rows)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf all = RD_BUF_INIT(64 * 1024 * 1024);
    static const char row[] = "BZh91AY&SY";
    char path[300];
    struct rd_err err = RD_ERR_INIT;

    RUN("psql", "-Xqd", "postgres", "-c", "CREATE DATABASE letters");
    RUN("psql", "-Xqd", "letters", "-c",
        "CREATE TABLE letters AS SELECT 'BZh91AY&SY' || n AS letter FROM generate_series(1, 9) n");
    RUN("pg_dump", "-Fd", "-Z0", "-f", in_dumps("letters"), "letters");
    RUN("psql", "-Xqd", "postgres", "-c", "DROP DATABASE letters");
    biggest_file("letters", path);
    ck_assert_int_eq(rd_file_read(path, &all, &err), RD_OK);
    ck_assert_int_eq(memcmp(all.data, row, sizeof(row) - 1), 0);
    drill("{\"path\": \"letters\"}");
    expect_all_passed();
}
END_TEST

/* Such a dump makes a schema that every database has. */
START_TEST(a_dump_of_one_schema_is_restored)
{
    it.wish->database = "shop";
    RUN("pg_dump", "--schema=public", "-f", in_dumps("schema.sql"), "shop");
    RUN("pg_dump", "--schema=public", "-Fc", "-f", in_dumps("schema.dump"), "shop");
    drill(_i == 0 ? "{\"path\": \"schema.sql\", \"globals\": \"globals.sql\"}"
                  : "{\"path\": \"schema.dump\", \"globals\": \"globals.sql\"}");
    expect_all_passed();
    ck_assert_str_eq(ask("shop", "SELECT count(*) FROM public.items"), "2000");
}
END_TEST

START_TEST(a_folder_that_was_packed_later_is_no_verdict)
{
    char command[300];

    snprintf(command, sizeof(command), "cd '%s' && tar cf packed.tar folder", dumps);
    RUN("sh", "-c", command);
    drill("{\"path\": \"packed.tar\", \"globals\": \"globals.sql\"}");
    ck_assert_int_eq(it.code, RD_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(it.err.hint, "Unpack"));
}
END_TEST

START_TEST(a_dump_that_changes_after_it_was_found_is_no_verdict)
{
    RUN("cp", in_dumps("custom.dump"), in_dumps("moving.dump"));
    locate("{\"path\": \"moving.dump\"}");
    ck_assert_int_eq(it.code, RD_OK);
    cut_dump("custom.dump", "moving.dump", -10);
    it.code = rd_provider_dump.restore(it.handle, it.group, &it.instance, &it.err);
    ck_assert_int_eq(it.code, RD_E_SYSTEM);
    ck_assert_ptr_nonnull(strstr(it.err.message, "changed"));
}
END_TEST

/* Nobody waits for the digest of what nobody wants to know any more. */
START_TEST(a_restore_that_is_called_off_reads_no_further)
{
    RD_CLEANUP(rd_server_freep) struct rd_server *tools = NULL;
    const struct rd_instance instance = {.host = it.work, .port = "5432", .user = "postgres"};
    struct rd_dump_target target = {
        .drill = &it.drill,
        .instance = &instance,
        .group = it.group,
        .database = "postgres",
    };
    char hex[RD_SHA256_HEX];
    int fds[2];

    ck_assert_int_eq(rd_server_new(&it.drill, 15, &tools, &it.err), RD_OK);
    target.tools = tools;
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    it.drill.deadline.cancel_fd = fds[0];
    it.code = rd_dump_run_psql(&target, "dump", in_dumps("create.sql"), hex, &it.err);
    ck_assert_int_eq(it.code, RD_E_INTERRUPTED);
    ck_assert_str_eq(hex, "");
}
END_TEST

START_TEST(a_folder_of_any_name_may_hold_the_plan)
{
    char folder[200];

    RUN("mkdir", "-p", in_dumps("[a]*?\\ b"));
    RUN("cp", in_dumps("custom.dump"), in_dumps("[a]*?\\ b/one.dump"));
    snprintf(folder, sizeof(folder), "%s", in_dumps("[a]*?\\ b"));
    it.drill.plan_folder = folder;
    locate("{\"path\": \"o*.dump\"}");
    ck_assert_int_eq(it.code, RD_OK);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dump");
    TCase *tcase = tcase_create("dump");

    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, make_source, remove_source);
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_loop_test(tcase, a_healthy_dump_is_restored_whole, 0, RD_COUNT(healthy));
    tcase_add_test(tcase, a_folder_has_the_digest_of_its_listing);
    tcase_add_test(tcase, a_dump_with_clean_has_nothing_to_drop_and_that_is_fine);
    tcase_add_loop_test(tcase, a_whole_cluster_is_restored, 0, 2);
    tcase_add_test(tcase, of_several_databases_the_plan_must_name_one);
    tcase_add_test(tcase, a_dump_of_another_database_fails);
    tcase_add_loop_test(tcase, roles_that_are_not_there_fail_once_each_and_globals_are_the_advice,
                        0, 2);
    tcase_add_loop_test(tcase, a_plain_dump_that_was_cut_is_truncated, 0, 2);
    tcase_add_test(tcase, a_plain_dump_that_was_cut_between_statements_is_truncated);
    tcase_add_test(tcase, a_cut_within_rows_names_the_table);
    tcase_add_test(tcase, a_whole_gzip_of_half_a_dump_is_truncated);
    tcase_add_test(tcase, half_a_gzip_fails);
    tcase_add_loop_test(tcase, a_cut_at_any_byte_is_seen, 0, 3);
    tcase_add_loop_test(tcase, an_archive_that_was_cut_is_truncated, 0, RD_COUNT(archive_cuts));
    tcase_add_test(tcase, an_archive_without_its_last_byte_is_truncated);
    tcase_add_test(tcase, two_archives_in_one_file_are_not_whole);
    tcase_add_test(tcase, a_folder_without_one_of_its_files_fails);
    tcase_add_test(tcase, a_file_of_a_folder_that_was_cut_between_rows_fails);
    tcase_add_test(tcase, a_packed_file_of_a_folder_that_was_cut_fails);
    tcase_add_test(tcase, an_empty_file_fails);
    tcase_add_test(tcase, a_dump_without_a_table_fails);
    tcase_add_test(tcase, a_page_of_a_web_server_fails);
    tcase_add_loop_test(tcase, what_no_dump_holds_is_never_done, 0, RD_COUNT(forbidden));
    tcase_add_test(tcase, rows_are_never_executed);
    tcase_add_test(tcase, values_of_the_data_are_never_told);
    tcase_add_test(tcase, values_in_an_archive_are_never_told);
    tcase_add_test(tcase, tablespaces_stay_in_the_work_folder);
    tcase_add_test(tcase, an_extension_that_this_machine_lacks_is_not_the_backups_fault);
    tcase_add_test(tcase, a_locale_that_this_machine_lacks_is_not_the_backups_fault);
    tcase_add_test(tcase, nothing_at_the_path_is_no_verdict_about_the_backup);
    tcase_add_test(tcase, the_time_in_the_archive_decides_and_others_are_told);
    tcase_add_test(tcase, an_old_archive_under_a_new_name_fails_and_its_own_time_counts);
    tcase_add_test(tcase, an_archive_from_the_future_is_an_error);
    tcase_add_test(tcase, the_newest_by_name_is_picked);
    tcase_add_test(tcase, for_a_target_the_newest_before_it_is_picked);
    tcase_add_test(tcase, a_target_before_every_dump_fails);
    tcase_add_test(tcase, a_random_pick_can_be_repeated);
    suite_add_tcase(suite, tcase);

    TCase *odd_ones = tcase_create("odd");
    tcase_set_timeout(odd_ones, 60);
    tcase_add_unchecked_fixture(odd_ones, make_source, remove_source);
    tcase_add_checked_fixture(odd_ones, begin, end);
    tcase_add_loop_test(odd_ones, odd_databases_are_restored, 0, 2 * RD_COUNT(odd));
    suite_add_tcase(suite, odd_ones);
    TCase *edges = tcase_create("edges");
    tcase_set_timeout(edges, 60);
    tcase_add_unchecked_fixture(edges, make_source, remove_source);
    tcase_add_checked_fixture(edges, begin, end);
    tcase_add_test(edges, rows_that_look_like_a_compressed_file_are_rows);
    tcase_add_loop_test(edges, a_dump_of_one_schema_is_restored, 0, 2);
    tcase_add_test(edges, a_folder_that_was_packed_later_is_no_verdict);
    tcase_add_test(edges, a_dump_that_changes_after_it_was_found_is_no_verdict);
    tcase_add_test(edges, a_restore_that_is_called_off_reads_no_further);
    tcase_add_test(edges, a_folder_of_any_name_may_hold_the_plan);
    suite_add_tcase(suite, edges);
    return suite;
}
