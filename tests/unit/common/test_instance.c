/*
 * test_instance.c: the plan's wishes for an instance, and the URLs that applications get.
 */
#include "drills/common/instance.h"

#include <string.h>

#include "drills/common/record.h"
#include "tests/unit/suite.h"

static struct rd_faults faults;

static void set_up(void)
{
    memset(&faults, 0, sizeof(faults));
    faults.arena = rd_arena_new(1024 * 1024);
    ck_assert_ptr_nonnull(faults.arena);
}

static void tear_down(void)
{
    rd_arena_free(faults.arena);
}

static const struct rd_instance_wish *parse(const char *text)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &json, &err), RD_OK);
    return rd_shape_parse(&rd_instance_shape, json, "$.instance", NULL, &faults);
}

static void expect_url(const struct rd_instance *instance, const char *database, const char *url)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(10000);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_instance_url(instance, database, &out, &err), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), url);
}

START_TEST(wishes_have_their_defaults)
{
    const struct rd_instance_wish *wish = parse("{}");

    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(wish->profile, RD_PROFILE_FAITHFUL);
    ck_assert_str_eq(wish->superuser, "postgres");
    ck_assert_ptr_null(wish->database);
    ck_assert_uint_eq(wish->settings.count, 0);
}
END_TEST

START_TEST(wishes_are_read)
{
    const struct rd_instance_wish *wish =
        parse("{\"profile\": \"fast\", \"database\": \"shop\", \"preload\": [\"pg_cron\"],"
              " \"settings\": [{\"name\": \"shared_buffers\", \"value\": \"1GB\"}]}");
    const struct rd_setting *setting = wish->settings.items;

    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(wish->profile, RD_PROFILE_FAST);
    ck_assert_str_eq(wish->preload.items[0], "pg_cron");
    ck_assert_uint_eq(wish->settings.count, 1);
    ck_assert_str_eq(setting->name, "shared_buffers");
    ck_assert_str_eq(setting->value, "1GB");
}
END_TEST

START_TEST(impossible_wishes_are_faults)
{
    static const char *const texts[] = {
        "{\"superuser\": \"pg_monitor\"}",
        "{\"superuser\": \"\"}",
        "{\"preload\": [\"a,b\"]}",
        "{\"settings\": [{\"name\": \"a b\", \"value\": \"1\"}]}",
        "{\"settings\": [{\"name\": \"a.b.c\", \"value\": \"1\"}]}",
        "{\"settings\": [{\"name\": \"a=1 -c b\", \"value\": \"1\"}]}",
    };

    for (size_t i = 0; i < RD_COUNT(texts); i++) {
        faults.count = 0;
        (void)!parse(texts[i]);
        ck_assert_msg(faults.count == 1, "%s: %zu faults", texts[i], faults.count);
    }
}
END_TEST

START_TEST(the_url_of_our_own_server_names_its_socket)
{
    const struct rd_instance instance = {
        .host = "/var/lib/redrill/work/a b/run",
        .port = "5432",
        .user = "post gres",
        .database = "shop",
        .ours = true,
    };

    expect_url(&instance, NULL,
               "postgresql://post%20gres@/"
               "shop?host=%2Fvar%2Flib%2Fredrill%2Fwork%2Fa%20b%2Frun&port=5432");
    expect_url(&instance, "o&dd/näme?",
               "postgresql://post%20gres@/o%26dd%2Fn%C3%A4me%3F"
               "?host=%2Fvar%2Flib%2Fredrill%2Fwork%2Fa%20b%2Frun&port=5432");
}
END_TEST

START_TEST(the_url_of_another_server_keeps_what_its_connection_string_says)
{
    const struct rd_instance words = {
        .conninfo = "host=db.example.test port=6432 user=me password='p@ss:w/rd' dbname=shop "
                    "sslmode=require options='-c work_mem=1MB'",
    };
    const struct rd_instance uri = {.conninfo = "postgres://me@[::1]:5433/shop?sslmode=disable"};
    const struct rd_instance several = {.conninfo = "host=a,b port=1,2 dbname=shop"};

    expect_url(&words, NULL,
               "postgresql://me:p%40ss%3Aw%2Frd@db.example.test:6432/shop"
               "?options=-c%20work_mem%3D1MB&sslmode=require");
    expect_url(&uri, "other", "postgresql://me@[::1]:5433/other?sslmode=disable");
    expect_url(&several, NULL, "postgresql:///shop?host=a%2Cb&port=1%2C2");
}
END_TEST

START_TEST(a_url_means_the_same_to_libpq)
{
    const struct rd_instance instance = {
        .host = "/tmp/a b", .port = "5432", .user = "me", .database = "o&dd/näme?"};
    RD_CLEANUP(rd_buf_free) struct rd_buf url = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_instance_url(&instance, NULL, &url, &err), RD_OK);
    ck_assert_int_eq(rd_pg_describe(rd_buf_text(&url), &out, &err), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "user=me dbname=o&dd/näme? host=/tmp/a b port=5432");
}
END_TEST

START_TEST(a_connection_string_that_cannot_be_read_gives_no_url)
{
    const struct rd_instance instance = {.conninfo = "host=x password='secret"};
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_instance_url(&instance, NULL, &out, &err), RD_E_ARGUMENT);
    ck_assert_ptr_null(strstr(err.message, "secret"));
    ck_assert_uint_eq(out.length, 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("instance");
    TCase *instances = tcase_create("instances");

    tcase_add_checked_fixture(instances, set_up, tear_down);
    tcase_add_test(instances, wishes_have_their_defaults);
    tcase_add_test(instances, wishes_are_read);
    tcase_add_test(instances, impossible_wishes_are_faults);
    tcase_add_test(instances, the_url_of_our_own_server_names_its_socket);
    tcase_add_test(instances, the_url_of_another_server_keeps_what_its_connection_string_says);
    tcase_add_test(instances, a_url_means_the_same_to_libpq);
    tcase_add_test(instances, a_connection_string_that_cannot_be_read_gives_no_url);
    suite_add_tcase(suite, instances);
    return suite;
}
