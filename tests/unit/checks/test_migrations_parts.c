/*
 * test_migrations_parts.c: how the check `migrations` knows files, and makes their checksums.
 */
#include <stdlib.h>
#include <unistd.h>

#include "checks/migrations_parts.h"
#include "tests/unit/checks/check_test.h"
#include "tests/unit/suite.h"

static struct rd_err err;
static struct rd_arena *arena;

static void set_up(void)
{
    rd_err_clear(&err);
    arena = rd_arena_new(1024 * 1024);
}

static void tear_down(void)
{
    rd_arena_free(arena);
}

static bool matches(rd_migration_matches *rule, const char *checksum, const char *text)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf buf = RD_BUF_INIT(4096);
    bool same = false;

    rd_buf_puts(&buf, text);
    ck_assert_int_eq(rule(NULL, checksum, &buf, &same, &err), RD_OK);
    return same;
}

START_TEST(versions_are_ordered_by_value)
{
    ck_assert_int_lt(rd_migrations_compare_keys("9", "10"), 0);
    ck_assert_int_eq(rd_migrations_compare_keys("007", "7"), 0);
    ck_assert_int_eq(rd_migrations_compare_keys("V1", "V1.0"), 0);
    ck_assert_int_eq(rd_migrations_compare_keys("V1.2", "1.2"), 0);
    ck_assert_int_lt(rd_migrations_compare_keys("V1.9", "V1.10"), 0);
    ck_assert_int_lt(rd_migrations_compare_keys("V1.9", "V2"), 0);
    ck_assert_int_gt(rd_migrations_compare_keys("99999999999999999999999", "9"), 0);
}
END_TEST

START_TEST(other_keys_are_ordered_by_their_bytes_before_versions)
{
    ck_assert_int_lt(rd_migrations_compare_keys("1f0a", "7be4"), 0);
    ck_assert_int_ne(rd_migrations_compare_keys("01_a", "1_a"), 0);
    ck_assert_int_lt(rd_migrations_compare_keys("zzz", "1"), 0);
    ck_assert_int_gt(rd_migrations_compare_keys("1", "zzz"), 0);
    ck_assert_int_lt(rd_migrations_compare_keys("Ra view", "V1"), 0);
}
END_TEST

START_TEST(flyways_names_are_taken_apart)
{
    ck_assert_str_eq(rd_migrations_flyway_key(arena, "V1_2__add_users.sql"), "V1.2");
    ck_assert_str_eq(rd_migrations_flyway_key(arena, "V2.1__a.sql"), "V2.1");
    ck_assert_str_eq(rd_migrations_flyway_key(arena, "R__my_view.sql"), "Rmy view");
    ck_assert_ptr_null(rd_migrations_flyway_key(arena, "U1__undo.sql"));
    ck_assert_ptr_null(rd_migrations_flyway_key(arena, "V1__a.sql.bak"));
    ck_assert_ptr_null(rd_migrations_flyway_key(arena, "V1_a.sql"));
    ck_assert_ptr_null(rd_migrations_flyway_key(arena, "Vx__a.sql"));
    ck_assert_ptr_null(rd_migrations_flyway_key(arena, "afterMigrate.sql"));
}
END_TEST

START_TEST(prismas_checksum_takes_either_kind_of_line_ends)
{
    char lf[RD_SHA256_HEX], crlf[RD_SHA256_HEX];
    ck_assert_int_eq(rd_sha256("a\nb\n", 4, lf, &err), RD_OK);
    ck_assert_int_eq(rd_sha256("a\r\nb\r\n", 6, crlf, &err), RD_OK);

    ck_assert(matches(rd_migrations_matches_prisma, lf, "a\nb\n"));
    ck_assert(matches(rd_migrations_matches_prisma, lf, "a\r\nb\r\n"));
    ck_assert(matches(rd_migrations_matches_prisma, crlf, "a\nb\n"));
    ck_assert(!matches(rd_migrations_matches_prisma, lf, "a\nb"));
    ck_assert(!matches(rd_migrations_matches_prisma, "", "a\nb\n"));
}
END_TEST

START_TEST(prismas_old_checksums_had_no_leading_zeros)
{
    /* SHA-256 of "hello" is 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824. */
    ck_assert(matches(rd_migrations_matches_prisma,
                      "2cf24dba5fb0a3e26e83b2ac5b9e29e1b161e5c1fa7425e7343362938b9824", "hello"));
    ck_assert(!matches(rd_migrations_matches_prisma,
                       "2cf24dba5fb0a3e26e83b2ac5b9e29e1b161e5c1fa7425e7343362938b9825", "hello"));
}
END_TEST

START_TEST(drizzles_checksum_is_of_unix_line_ends_or_of_the_file)
{
    char lf[RD_SHA256_HEX], crlf[RD_SHA256_HEX];
    ck_assert_int_eq(rd_sha256("a\nb\n", 4, lf, &err), RD_OK);
    ck_assert_int_eq(rd_sha256("a\r\nb\r\n", 6, crlf, &err), RD_OK);

    ck_assert(matches(rd_migrations_matches_drizzle, lf, "a\r\nb\r\n"));
    ck_assert(matches(rd_migrations_matches_drizzle, crlf, "a\r\nb\r\n"));
    ck_assert(matches(rd_migrations_matches_drizzle, lf, "a\nb\n"));
    ck_assert(!matches(rd_migrations_matches_drizzle, crlf, "a\nb\n"));
}
END_TEST

START_TEST(flyways_checksum_is_of_the_lines_alone)
{
    /* CRC-32 of "123456789" is cbf43926. */
    ck_assert(matches(rd_migrations_matches_flyway, "-873187034", "123456789"));
    ck_assert(matches(rd_migrations_matches_flyway, "-873187034", "1234\n56789\n"));
    ck_assert(matches(rd_migrations_matches_flyway, "-873187034",
                      "\xEF\xBB\xBF"
                      "1234\r\n56\r789"));
    ck_assert(!matches(rd_migrations_matches_flyway, "-873187034", "1234 56789"));
    ck_assert(matches(rd_migrations_matches_flyway, "0", ""));
}
END_TEST

START_TEST(flyways_checksum_of_another_encoding_is_not_known)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(64);
    bool same = false;

    rd_buf_puts(&text, "caf\xE9");
    ck_assert_int_eq(rd_migrations_matches_flyway(NULL, "1", &text, &same, &err), RD_E_UNSUPPORTED);
}
END_TEST

/* Reads a revision's file with this text. */
static struct rd_migration_file revision(const char *text)
{
    char path[] = "/tmp/redrill-revision-XXXXXX";
    struct rd_migration_file file = {.path = path};
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    ck_assert_int_eq(rd_migrations_read_revision(&file, arena, &err), RD_OK);
    unlink(path);
    return file;
}

START_TEST(a_revision_is_read_with_and_without_types)
{
    struct rd_migration_file file = revision("revision = 'b2'\ndown_revision = 'a1'  # \"c3\"\n");
    ck_assert_str_eq(file.key, "b2");
    ck_assert_uint_eq(file.parents.count, 1);
    ck_assert_str_eq(file.parents.items[0], "a1");

    file = revision("revision: str = \"a1\"\ndown_revision: Union[str, None] = None\nx = 'y'\n");
    ck_assert_str_eq(file.key, "a1");
    ck_assert_uint_eq(file.parents.count, 0);
}
END_TEST

START_TEST(a_merge_has_several_parents_and_what_it_depends_on_counts)
{
    struct rd_migration_file file = revision("revision = 'm'\n"
                                             "down_revision: Sequence[str] = (\n    'a',\n"
                                             "    \"b\",\n)\ndepends_on = ['c']\n");

    ck_assert_uint_eq(file.parents.count, 3);
    ck_assert_str_eq(file.parents.items[0], "a");
    ck_assert_str_eq(file.parents.items[1], "b");
    ck_assert_str_eq(file.parents.items[2], "c");
}
END_TEST

START_TEST(a_file_without_revision_is_no_migration)
{
    ck_assert_ptr_null(revision("import os\nrevisions = 'no'\n").key);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("migrations_parts");
    TCase *tests = tcase_create("migrations_parts");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, versions_are_ordered_by_value);
    tcase_add_test(tests, other_keys_are_ordered_by_their_bytes_before_versions);
    tcase_add_test(tests, flyways_names_are_taken_apart);
    tcase_add_test(tests, prismas_checksum_takes_either_kind_of_line_ends);
    tcase_add_test(tests, prismas_old_checksums_had_no_leading_zeros);
    tcase_add_test(tests, drizzles_checksum_is_of_unix_line_ends_or_of_the_file);
    tcase_add_test(tests, flyways_checksum_is_of_the_lines_alone);
    tcase_add_test(tests, flyways_checksum_of_another_encoding_is_not_known);
    tcase_add_test(tests, a_revision_is_read_with_and_without_types);
    tcase_add_test(tests, a_merge_has_several_parents_and_what_it_depends_on_counts);
    tcase_add_test(tests, a_file_without_revision_is_no_migration);
    suite_add_tcase(suite, tests);
    return suite;
}
