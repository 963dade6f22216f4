/*
 * test_relation.c: names of tables and columns, read from plans and written to findings.
 */
#include "drills/common/relation.h"

#include <string.h>

#include "tests/unit/suite.h"

static struct rd_arena *arena;

static void set_up(void)
{
    arena = rd_arena_new(1024 * 1024);
    ck_assert_ptr_nonnull(arena);
}

static void tear_down(void)
{
    rd_arena_free(arena);
}

static struct rd_relation parse(const char *text)
{
    struct rd_relation relation = {0};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_relation_parse(text, arena, &relation, &err) == RD_OK, "%s", err.message);
    return relation;
}

static void refuse(const char *text, const char *words)
{
    struct rd_relation relation;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_relation_parse(text, arena, &relation, &err), RD_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s: %s", text, err.message);
}

START_TEST(a_plain_name_is_folded_to_lower_case)
{
    struct rd_relation relation = parse("Public.USERS_2$");

    ck_assert_str_eq(relation.schema.text, "public");
    ck_assert_str_eq(relation.name.text, "users_2$");
    ck_assert(!rd_relation_is_pattern(&relation));
}
END_TEST

START_TEST(quotes_keep_every_character)
{
    struct rd_relation relation = parse("\"odd \"\"name\".\"x.y*?\nZ\"");

    ck_assert_str_eq(relation.schema.text, "odd \"name");
    ck_assert_str_eq(relation.name.text, "x.y*?\nZ");
    ck_assert(!rd_relation_is_pattern(&relation));
    ck_assert(rd_relation_matches(&relation, "odd \"name", "x.y*?\nZ"));
    ck_assert(!rd_relation_matches(&relation, "odd \"name", "x.yabc\nZ"));
}
END_TEST

START_TEST(characters_beyond_ascii_need_no_quotes_and_are_not_folded)
{
    ck_assert_str_eq(parse("public.ÄRGER").name.text, "Ärger");
}
END_TEST

START_TEST(wildcards_match_within_their_part_only)
{
    struct rd_relation tables = parse("sales.*");
    struct rd_relation schemas = parse("*.audit_?");
    struct rd_relation quoted = parse("*.\"a*\"");

    ck_assert(rd_relation_is_pattern(&tables));
    ck_assert(rd_relation_matches(&tables, "sales", "any.thing"));
    ck_assert(!rd_relation_matches(&tables, "sales2", "orders"));
    ck_assert(rd_relation_matches(&schemas, "x", "audit_1"));
    ck_assert(!rd_relation_matches(&schemas, "x", "audit_12"));
    ck_assert(rd_relation_matches(&quoted, "x", "a*"));
    ck_assert(!rd_relation_matches(&quoted, "x", "abc"));
}
END_TEST

START_TEST(what_is_no_name_is_refused_with_its_reason)
{
    refuse("users", "lacks its schema");
    refuse("", "empty name");
    refuse(".users", "empty name");
    refuse("public.", "empty name");
    refuse("public.\"\"", "empty name");
    refuse("a.b.c", "too many parts");
    refuse("public.order items", "needs double quotes");
    refuse("public.\"a\"b", "needs double quotes");
    refuse("public.a\"b\"", "needs double quotes");
    refuse("public.\"users", "closing quotation mark");
    refuse("public.\"users\"\"", "closing quotation mark");
    refuse("public .users", "needs double quotes");
}
END_TEST

START_TEST(a_column_is_one_name_without_wildcards)
{
    const char *column = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_relation_parse_column("Placed_At", arena, &column, &err), RD_OK);
    ck_assert_str_eq(column, "placed_at");
    ck_assert_int_eq(rd_relation_parse_column("\"placedAt\"", arena, &column, &err), RD_OK);
    ck_assert_str_eq(column, "placedAt");
    ck_assert_int_eq(rd_relation_parse_column("a*", arena, &column, &err), RD_E_ARGUMENT);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_relation_parse_column("a.b", arena, &column, &err), RD_E_ARGUMENT);
}
END_TEST

START_TEST(names_are_written_so_that_they_can_be_read_back)
{
    static const char *const names[][3] = {
        {"public", "users", "public.users"},
        {"public", "Users", "public.\"Users\""},
        {"a b", "1st", "\"a b\".\"1st\""},
        {"odd \"name", "x.y", "\"odd \"\"name\".\"x.y\""},
        {"s", "*", "s.\"*\""},
        {"s", "line\nbreak", "s.\"line\nbreak\""},
        {"s", "]]>", "s.\"]]>\""},
        {"s", "größe", "s.\"größe\""},
    };

    for (size_t i = 0; i < RD_COUNT(names); i++) {
        const char *text = rd_relation_text(arena, names[i][0], names[i][1], NULL);
        ck_assert_str_eq(text, names[i][2]);
        struct rd_relation relation = parse(text);
        ck_assert_str_eq(relation.schema.text, names[i][0]);
        ck_assert_str_eq(relation.name.text, names[i][1]);
        ck_assert(!rd_relation_is_pattern(&relation));
    }
    ck_assert_str_eq(rd_relation_text(arena, "a", "b", "C"), "a.b.\"C\"");
}
END_TEST

START_TEST(faults_tell_path_and_remedy)
{
    struct rd_faults faults = {.arena = arena};

    rd_relation_validate("public.users", false, "$.table", &faults);
    rd_relation_validate("sales.*", true, "$.tables[0]", &faults);
    ck_assert_uint_eq(faults.count, 0);
    rd_relation_validate("users", true, "$.tables[1]", &faults);
    rd_relation_validate("sales.*", false, "$.table", &faults);
    rd_relation_validate_column("a b", "$.column", &faults);
    ck_assert_uint_eq(faults.count, 3);
    ck_assert_str_eq(faults.items[0].path, "$.tables[1]");
    ck_assert_ptr_nonnull(strstr(faults.items[0].message, "public.users"));
    ck_assert_ptr_nonnull(strstr(faults.items[1].message, "without wildcards"));
    ck_assert_str_eq(faults.items[2].path, "$.column");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("relation");
    TCase *names = tcase_create("names");

    tcase_add_checked_fixture(names, set_up, tear_down);
    tcase_add_test(names, a_plain_name_is_folded_to_lower_case);
    tcase_add_test(names, quotes_keep_every_character);
    tcase_add_test(names, characters_beyond_ascii_need_no_quotes_and_are_not_folded);
    tcase_add_test(names, wildcards_match_within_their_part_only);
    tcase_add_test(names, what_is_no_name_is_refused_with_its_reason);
    tcase_add_test(names, a_column_is_one_name_without_wildcards);
    tcase_add_test(names, names_are_written_so_that_they_can_be_read_back);
    tcase_add_test(names, faults_tell_path_and_remedy);
    suite_add_tcase(suite, names);
    return suite;
}
