/*
 * test_dump_head.c: what the first bytes of a dump say. The archives' heads are built as pg_dump
 * writes them, field by field, and then cut and changed everywhere.
 */
#include <check.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "drills/providers/dump_head.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

static struct rd_arena *arena;
static struct rd_buf bytes;
static struct rd_dump_head head;
static struct rd_err err;

static void begin(void)
{
    test_folder_make();
    arena = rd_arena_new(64 * 1024 * 1024);
    bytes = (struct rd_buf)RD_BUF_INIT(4 * 1024 * 1024);
    head = (struct rd_dump_head){0};
    rd_err_clear(&err);
}

static void end(void)
{
    rd_buf_free(&bytes);
    rd_arena_free(arena);
    test_folder_remove();
}

static void add_byte(int value)
{
    const char byte = (char)value;

    rd_buf_add(&bytes, &byte, 1);
}

static void add_int(int value)
{
    add_byte(value < 0);
    for (int i = 0, rest = value < 0 ? -value : value; i < 4; i++, rest >>= 8)
        add_byte(rest & 0xFF);
}

static void add_string(const char *text)
{
    add_int(text != NULL ? (int)strlen(text) : -1);
    rd_buf_puts(&bytes, text != NULL ? text : "");
}

/* The head of an archive of the format 1.`minor`: 14 is PostgreSQL 12 to 15, 16 is 17. */
static void add_archive(int minor, const char *database)
{
    rd_buf_puts(&bytes, "PGDMP");
    add_byte(1);
    add_byte(minor);
    add_byte(0);
    add_byte(4); /* sizes of an int and an offset */
    add_byte(8);
    add_byte(1);
    if (minor >= 15)
        add_byte(1); /* gzip */
    else
        add_int(-1);
    add_int(5);
    add_int(30);
    add_int(14);
    add_int(16);
    add_int(10);
    add_int(125);
    add_int(0);
    add_string(database);
    add_string("15.18 (Debian 15.18-0+deb12u1)");
    add_string("16.4");
}

static int read_head(const char *path)
{
    rd_err_clear(&err);
    head = (struct rd_dump_head){0};
    return rd_dump_head_read(path, arena, &head, &err);
}

static int read_bytes(const char *data, size_t length)
{
    ck_assert_int_eq(rd_file_write("dump", data, length, 0600, NULL), RD_OK);
    return read_head("dump");
}

static void expect_archive(enum rd_dump_format format)
{
    ck_assert_int_eq(head.format, format);
    ck_assert(head.has_wall);
    ck_assert_ptr_null(head.wall_zone);
    ck_assert_int_eq(head.wall.year, 2025);
    ck_assert_int_eq(head.wall.month, 11);
    ck_assert_int_eq(head.wall.day, 16);
    ck_assert_int_eq(head.wall.hour, 14);
    ck_assert_int_eq(head.wall.minute, 30);
    ck_assert_int_eq(head.wall.second, 5);
    ck_assert_str_eq(head.server_version, "15.18 (Debian 15.18-0+deb12u1)");
    ck_assert_str_eq(head.tool_version, "16.4");
    ck_assert_int_eq(rd_dump_major(head.server_version), 15);
}

START_TEST(the_head_of_a_custom_archive_is_read)
{
    static const int minors[] = {10, 14, 15, 16};

    for (size_t i = 0; i < RD_COUNT(minors); i++) {
        rd_buf_clear(&bytes);
        add_archive(minors[i], "a 'shop'");
        ck_assert_msg(read_bytes(bytes.data, bytes.length) == RD_OK, "%s", err.message);
        expect_archive(RD_DUMP_CUSTOM);
        ck_assert_str_eq(head.database, "a 'shop'");
        ck_assert_str_eq(head.compression, "none");
    }
}
END_TEST

START_TEST(the_head_of_a_tar_is_that_of_its_first_member)
{
    rd_buf_puts(&bytes, "toc.dat");
    while (bytes.length < 512)
        add_byte(0);
    add_archive(14, "shop");
    ck_assert_int_eq(read_bytes(bytes.data, bytes.length), RD_OK);
    expect_archive(RD_DUMP_TAR);
}
END_TEST

START_TEST(the_head_of_a_folder_is_that_of_its_table_of_contents)
{
    add_archive(14, "shop");
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    ck_assert_int_eq(read_head("folder"), RD_E_BACKUP);
    ck_assert_ptr_nonnull(strstr(err.message, "table of contents"));
    ck_assert_int_eq(rd_file_write("folder/toc.dat", "", 0, 0600, NULL), RD_OK);
    ck_assert_int_eq(read_head("folder"), RD_E_BACKUP);
    ck_assert_int_eq(rd_file_write("folder/toc.dat", bytes.data, bytes.length, 0600, NULL), RD_OK);
    ck_assert_int_eq(read_head("folder"), RD_OK);
    expect_archive(RD_DUMP_DIRECTORY);
}
END_TEST

START_TEST(every_cut_head_is_the_backups_fault_or_no_archive)
{
    add_archive(14, "shop");
    for (size_t length = 0; length < bytes.length; length++) {
        int code = read_bytes(bytes.data, length);
        if (length > 5)
            ck_assert_int_eq(code, RD_E_BACKUP);
        else
            ck_assert_int_eq(code == RD_OK ? (int)head.format : RD_DUMP_PLAIN, RD_DUMP_PLAIN);
    }
}
END_TEST

/* What comes of it does not matter, as long as it is a verdict; ASan watches. */
START_TEST(any_altered_byte_is_survived)
{
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};

    add_archive(14, "shop");
    for (size_t i = 0; i < bytes.length; i++) {
        char was = bytes.data[i];
        for (size_t j = 0; j < RD_COUNT(values); j++) {
            bytes.data[i] = (char)values[j];
            int code = read_bytes(bytes.data, bytes.length);
            ck_assert(code == RD_OK || code == RD_E_BACKUP);
        }
        bytes.data[i] = was;
    }
}
END_TEST

START_TEST(a_plain_dump_tells_itself_in_comments_and_settings)
{
    static const char text[] = "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n"
                               "-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)\n"
                               "-- Dumped by pg_dump version 16.4\n\n"
                               "-- Started on 2025-11-16 14:30:05 UTC\n\n"
                               "SET statement_timeout = 0;\nSET client_encoding = 'LATIN1';\n";

    ck_assert_int_eq(read_bytes(text, sizeof(text) - 1), RD_OK);
    ck_assert_int_eq(head.format, RD_DUMP_PLAIN);
    ck_assert_int_eq(rd_dump_major(head.server_version), 15);
    ck_assert_str_eq(head.tool_version, "16.4");
    ck_assert(head.has_wall);
    ck_assert_str_eq(head.wall_zone, "UTC");
    ck_assert_int_eq(head.wall.second, 5);
    ck_assert_str_eq(head.encoding, "LATIN1");
    ck_assert(!head.creates_database);
    ck_assert(!head.empty);
    ck_assert_ptr_null(head.database);
}
END_TEST

/* An abbreviation can mean anything: IST is Indian, Irish or Israeli. */
START_TEST(only_a_zone_that_is_clear_is_trusted)
{
    static const struct {
        const char *text, *zone;
    } rows[] = {
        {"GMT", "UTC"}, {"+02", "+02:00"}, {"-0330", "-03:30"}, {"CET", NULL}, {"+", NULL},
    };
    char text[128];

    for (size_t i = 0; i < RD_COUNT(rows); i++) {
        snprintf(text, sizeof(text), "-- Started on 2025-11-16 14:30:05 %s\n", rows[i].text);
        ck_assert_int_eq(read_bytes(text, strlen(text)), RD_OK);
        ck_assert(head.has_wall);
        ck_assert_pstr_eq(head.wall_zone, rows[i].zone);
    }
}
END_TEST

START_TEST(create_database_tells_encoding_and_locale)
{
    static const char text[] =
        "SET client_encoding = 'UTF8';\n"
        "CREATE DATABASE \"a \"\"b\"\" ENCODING = 'X'\" WITH TEMPLATE = template0 ENCODING = "
        "'LATIN1' LOCALE_PROVIDER = icu LOCALE = 'de_DE' ICU_LOCALE = 'de-DE';\n";

    ck_assert_int_eq(read_bytes(text, sizeof(text) - 1), RD_OK);
    ck_assert(head.creates_database);
    ck_assert_str_eq(head.database, "a \"b\" ENCODING = 'X'");
    ck_assert_str_eq(head.encoding, "LATIN1");
    ck_assert_str_eq(head.locale_provider, "icu");
    ck_assert_str_eq(head.collate, "de_DE");
    ck_assert_str_eq(head.ctype, "de_DE");
    ck_assert_str_eq(head.icu_locale, "de-DE");
}
END_TEST

START_TEST(a_dump_of_a_cluster_brings_its_databases)
{
    static const char text[] = "--\n-- PostgreSQL database cluster dump\n--\n\n"
                               "CREATE ROLE app;\n"
                               "CREATE TABLESPACE fast OWNER app LOCATION '/srv/fast';\n";

    ck_assert_int_eq(read_bytes(text, sizeof(text) - 1), RD_OK);
    ck_assert(head.whole_cluster);
    ck_assert(head.creates_database);
}
END_TEST

START_TEST(an_empty_file_is_empty)
{
    ck_assert_int_eq(read_bytes("", 0), RD_OK);
    ck_assert(head.empty);
}
END_TEST

START_TEST(a_version_without_number_is_none)
{
    head.server_version = NULL;
    ck_assert_int_eq(rd_dump_major(head.server_version), 0);
    head.server_version = "devel";
    ck_assert_int_eq(rd_dump_major(head.server_version), 0);
    head.server_version = "9.6.24";
    ck_assert_int_eq(rd_dump_major(head.server_version), 9);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_the_backups_fault)
{
    ck_assert_int_eq(read_head("gone"), RD_E_NOT_FOUND);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(read_head("fifo"), RD_E_ARGUMENT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dump_head");
    TCase *tcase = tcase_create("dump_head");

    tcase_set_timeout(tcase, 30);
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, the_head_of_a_custom_archive_is_read);
    tcase_add_test(tcase, the_head_of_a_tar_is_that_of_its_first_member);
    tcase_add_test(tcase, the_head_of_a_folder_is_that_of_its_table_of_contents);
    tcase_add_test(tcase, every_cut_head_is_the_backups_fault_or_no_archive);
    tcase_add_test(tcase, any_altered_byte_is_survived);
    tcase_add_test(tcase, a_plain_dump_tells_itself_in_comments_and_settings);
    tcase_add_test(tcase, only_a_zone_that_is_clear_is_trusted);
    tcase_add_test(tcase, create_database_tells_encoding_and_locale);
    tcase_add_test(tcase, a_dump_of_a_cluster_brings_its_databases);
    tcase_add_test(tcase, an_empty_file_is_empty);
    tcase_add_test(tcase, a_version_without_number_is_none);
    tcase_add_test(tcase, what_cannot_be_read_is_not_the_backups_fault);
    suite_add_tcase(suite, tcase);
    return suite;
}
