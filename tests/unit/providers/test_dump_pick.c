/*
 * test_dump_pick.c: which file a plan means, by what time, and the settings that say so.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "drills/common/times.h"
#include "drills/providers/dump_parts.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

static struct {
    struct rd_drill drill;
    struct rd_dump_settings settings;
    struct rd_dump_file file;
    const char *picked;
    int64_t seed;
    struct rd_err err;
} it;

static void begin(void)
{
    memset(&it, 0, sizeof(it));
    it.drill.recorder = rd_recorder_new();
    it.settings.pick = RD_PICK_NEWEST;
    it.settings.seed = RD_ABSENT;
    it.settings.zone = "UTC";
    test_folder_make();
}

static void end(void)
{
    test_folder_remove();
    rd_recorder_free(it.drill.recorder);
}

static int64_t at(const char *text)
{
    struct rd_err err = RD_ERR_INIT;
    int64_t at_us;

    ck_assert_msg(rd_time_parse(text, &at_us, &err) == RD_OK, "%s", err.message);
    return at_us;
}

/* A plain dump that says when it was begun, unless `started` is NULL; with an mtime. */
static void make_dump(const char *name, const char *started, const char *changed)
{
    char text[400];
    struct rd_err err = RD_ERR_INIT;

    snprintf(text, sizeof(text), "--\n-- PostgreSQL database dump\n--\n\n%s%s\n",
             started != NULL ? "-- Started on " : "", started != NULL ? started : "");
    ck_assert_int_eq(rd_file_write(name, text, strlen(text), 0600, &err), RD_OK);
    int64_t at_us = at(changed);
    const struct timespec times[2] = {{.tv_sec = at_us / 1000000}, {.tv_sec = at_us / 1000000}};
    ck_assert_int_eq(utimensat(AT_FDCWD, name, times, 0), 0);
}

static int pick(const char *pattern)
{
    return rd_dump_pick(&it.drill, &it.settings, pattern, &it.file, &it.picked, &it.seed, &it.err);
}

static void expect(const char *pattern, const char *name)
{
    ck_assert_msg(pick(pattern) == RD_OK, "%s", it.err.message);
    ck_assert_str_eq(it.file.path, name);
}

static const struct {
    const char *name, *pattern, *zone;
    const char *time; /* NULL: none */
} names[] = {
    {"orders-2025-11-16.sql", NULL, "UTC", "2025-11-16T00:00:00Z"},
    {"orders-20251116.sql.gz", NULL, "UTC", "2025-11-16T00:00:00Z"},
    {"orders_2025_11_16_1430.dump", NULL, "UTC", "2025-11-16T14:30:00Z"},
    {"orders-20251116T143005Z.dump", NULL, "Europe/Berlin", "2025-11-16T14:30:05Z"},
    {"orders-20251116T143005.dump", NULL, "Europe/Berlin", "2025-11-16T13:30:05Z"},
    {"orders-20251116-143005.dump", NULL, "+02:00", "2025-11-16T12:30:05Z"},
    {"2025-11-16_14-30-05.dump", NULL, "UTC", "2025-11-16T14:30:05Z"},
    {"v12345678-2025-11-16.dump", NULL, "UTC", "2025-11-16T00:00:00Z"},
    {"orders-202511161430.dump", NULL, "UTC", "2025-11-16T14:30:00Z"},
    {"orders-20251116999999.dump", NULL, "UTC", "2025-11-16T00:00:00Z"},
    {"orders-2025-02-30.dump", NULL, "UTC", NULL},
    {"orders-20251399.dump", NULL, "UTC", NULL},
    {"orders-120251116.dump", NULL, "UTC", NULL},
    {"orders.dump", NULL, "UTC", NULL},
    {"", NULL, "UTC", NULL},
    {"orders-16.11.25.dump", "orders-%d.%m.%y", "UTC", "2025-11-16T00:00:00Z"},
    {"orders-16Nov2025-1430.dump", "orders-%d%b%Y-%H%M", "UTC", "2025-11-16T14:30:00Z"},
    {"orders-1763303400.dump", "orders-%s", "Europe/Berlin", "2025-11-16T14:30:00Z"},
    {"orders-20251116T1430+0200", "orders-%Y%m%dT%H%M%z", "UTC", "2025-11-16T12:30:00Z"},
    {"invoices-20251116.dump", "orders-%Y%m%d", "UTC", NULL},
    {"orders-20250230.dump", "orders-%Y%m%d", "UTC", NULL},
};

START_TEST(a_name_tells_its_time)
{
    int64_t at_us = rd_dump_name_time(names[_i].name, names[_i].pattern, names[_i].zone);
    char text[RD_TIME_TEXT] = "";

    if (at_us != RD_ABSENT)
        rd_time_format(at_us, text);
    ck_assert_msg(at_us == (names[_i].time != NULL ? at(names[_i].time) : RD_ABSENT), "%s: %s",
                  names[_i].name, text);
}
END_TEST

START_TEST(the_time_inside_comes_before_the_name_and_the_name_before_the_mtime)
{
    const char *basis;

    make_dump("a-20250101.sql", "2025-11-16 10:00:00 UTC", "2025-01-03T00:00:00Z");
    make_dump("b-20250102.sql", NULL, "2025-12-01T00:00:00Z");
    make_dump("c.sql", NULL, "2025-01-01T12:00:00Z");
    expect("*.sql", "a-20250101.sql");
    ck_assert_int_eq(rd_dump_file_time(&it.file, &basis), at("2025-11-16T10:00:00Z"));
    ck_assert_str_eq(basis, "archive header");
    ck_assert_str_eq(it.picked, "newest of 3, by archive header");
    it.settings.pick = RD_PICK_OLDEST;
    expect("*.sql", "c.sql");
    ck_assert_int_eq(rd_dump_file_time(&it.file, &basis), at("2025-01-01T12:00:00Z"));
    ck_assert_str_eq(basis, "file mtime (last resort)");
    expect("b*", "b-20250102.sql");
    rd_dump_file_time(&it.file, &basis);
    ck_assert_str_eq(basis, "file name");
    ck_assert_str_eq(it.picked, "the only one");
}
END_TEST

START_TEST(a_reading_without_zone_is_taken_in_the_plans)
{
    it.settings.zone = "America/New_York";
    make_dump("a.sql", "2025-11-16 10:00:00 EST", "2025-01-01T00:00:00Z");
    expect("a.sql", "a.sql");
    ck_assert_int_eq(it.file.head_us, at("2025-11-16T15:00:00Z"));
}
END_TEST

START_TEST(a_target_takes_the_newest_that_is_not_later)
{
    make_dump("a-20251114.sql", NULL, "2025-01-01T00:00:00Z");
    make_dump("a-20251115.sql", NULL, "2025-01-01T00:00:00Z");
    make_dump("a-20251116.sql", NULL, "2025-01-01T00:00:00Z");
    it.drill.target_given = true;
    it.drill.incident_us = at("2025-11-15T00:00:00Z");
    expect("a-*", "a-20251115.sql");
    it.drill.incident_us = at("2025-11-14T23:59:59Z");
    expect("a-*", "a-20251114.sql");
    it.drill.incident_us = at("2025-11-13T23:59:59Z");
    ck_assert_int_eq(pick("a-*"), RD_E_BACKUP);
    ck_assert_ptr_nonnull(strstr(it.err.message, "2025-11-14"));
}
END_TEST

START_TEST(a_seed_picks_the_same_again_and_seeds_differ)
{
    char first[64];
    bool differs = false;

    for (int i = 0; i < 10; i++) {
        char name[32];
        snprintf(name, sizeof(name), "a-%d.sql", i);
        make_dump(name, NULL, "2025-01-01T00:00:00Z");
    }
    it.settings.pick = RD_PICK_RANDOM;
    ck_assert_int_eq(pick("a-*"), RD_OK);
    ck_assert_int_ne(it.seed, RD_ABSENT);
    it.settings.seed = it.seed;
    snprintf(first, sizeof(first), "%s", it.file.path);
    expect("a-*", first);
    for (it.settings.seed = 0; it.settings.seed < 20; it.settings.seed++) {
        ck_assert_int_eq(pick("a-*"), RD_OK);
        ck_assert_int_eq(it.seed, it.settings.seed);
        differs = differs || strcmp(it.file.path, first) != 0;
    }
    ck_assert(differs);
}
END_TEST

START_TEST(odd_names_are_meant_as_they_are)
{
    static const char *const odd[] = {"a[1].sql", "b*.sql", "c?.sql", "d\\e.sql", "f g\n'\".sql"};

    make_dump("a1.sql", NULL, "2026-01-01T00:00:00Z");
    make_dump("bb.sql", NULL, "2026-01-01T00:00:00Z");
    for (size_t i = 0; i < RD_COUNT(odd); i++) {
        make_dump(odd[i], NULL, "2025-01-01T00:00:00Z");
        expect(odd[i], odd[i]);
    }
    expect("a[0-9]*.sql", "a1.sql");
}
END_TEST

START_TEST(a_damaged_head_does_not_hide_a_file)
{
    struct rd_err err = RD_ERR_INIT;

    make_dump("a-20251115.sql", NULL, "2025-01-01T00:00:00Z");
    ck_assert_int_eq(rd_file_write("a-20251116.dump", "PGDMP\1", 6, 0600, &err), RD_OK);
    expect("a-*", "a-20251116.dump");
    ck_assert(!it.file.head_is_read);
    ck_assert_int_eq(it.file.head_err.code, RD_E_BACKUP);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    ck_assert_int_eq(pick("nowhere"), RD_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(it.err.message, "nowhere"));
    ck_assert_str_ne(it.err.hint, "");
    rd_err_clear(&it.err);
    ck_assert_int_eq(pick("nowhere-*"), RD_E_NOT_FOUND);
    rd_err_clear(&it.err);
    ck_assert_int_eq(symlink("gone", "dangling"), 0);
    ck_assert_int_eq(pick("dangling"), RD_E_NOT_FOUND);
    rd_err_clear(&it.err);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(pick("fifo"), RD_E_ARGUMENT);
}
END_TEST

static const struct {
    const char *json;
    const char *fault; /* path; NULL: none */
} settings[] = {
    {"{\"path\": \"a\"}", NULL},
    {"{\"path\": \"a\", \"zone\": \"Europe/Berlin\", \"name_time\": \"a-%Y%m%d\"}", NULL},
    {"{\"path\": \"a\", \"zone\": \"-03:30\", \"name_time\": \"%Ey-%b-%e\"}", NULL},
    {"{\"path\": \"a\", \"name_time\": \"a-%F\"}", NULL},
    {"{\"path\": \"a\", \"name_time\": \"a-%s\"}", NULL},
    {"{\"path\": \"a\", \"pick\": \"random\", \"seed\": 1}", NULL},
    {"{\"path\": \"a\", \"seed\": 1}", "$.source.seed"},
    {"{\"path\": \"a\", \"pick\": \"oldest\", \"seed\": 0}", "$.source.seed"},
    {"{\"path\": \"a\", \"zone\": \"Europe/Nowhere\"}", "$.source.zone"},
    {"{\"path\": \"a\", \"zone\": \"\"}", "$.source.zone"},
    {"{\"path\": \"a\", \"name_time\": \"a-%Y%m\"}", "$.source.name_time"},
    {"{\"path\": \"a\", \"name_time\": \"a-%%Y%m%d\"}", "$.source.name_time"},
    {"{\"path\": \"a\", \"name_time\": \"a\"}", "$.source.name_time"},
    {"{\"path\": \"a\", \"name_time\": \"%\"}", "$.source.name_time"},
    {"{}", "$.source"},
};

START_TEST(settings_that_cannot_be_meant_are_faults)
{
    static struct rd_faults faults;
    struct rd_json *json = NULL;

    faults = (struct rd_faults){.arena = rd_recorder_arena(it.drill.recorder)};
    ck_assert_int_eq(rd_json_parse(settings[_i].json, strlen(settings[_i].json), 0, &json, NULL),
                     RD_OK);
    ck_assert_ptr_nonnull(rd_shape_parse(&rd_dump_shape, json, "$.source", "provider", &faults));
    ck_assert_msg(faults.count == (settings[_i].fault != NULL), "%zu: %s", faults.count,
                  settings[_i].json);
    if (settings[_i].fault != NULL)
        ck_assert_str_eq(faults.items[0].path, settings[_i].fault);
    rd_json_free(json);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dump_pick");
    TCase *tcase = tcase_create("dump_pick");

    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_loop_test(tcase, a_name_tells_its_time, 0, RD_COUNT(names));
    tcase_add_test(tcase, the_time_inside_comes_before_the_name_and_the_name_before_the_mtime);
    tcase_add_test(tcase, a_reading_without_zone_is_taken_in_the_plans);
    tcase_add_test(tcase, a_target_takes_the_newest_that_is_not_later);
    tcase_add_test(tcase, a_seed_picks_the_same_again_and_seeds_differ);
    tcase_add_test(tcase, odd_names_are_meant_as_they_are);
    tcase_add_test(tcase, a_damaged_head_does_not_hide_a_file);
    tcase_add_test(tcase, what_is_not_there_is_not_found);
    tcase_add_loop_test(tcase, settings_that_cannot_be_meant_are_faults, 0, RD_COUNT(settings));
    suite_add_tcase(suite, tcase);
    return suite;
}
