/*
 * test_drill.c: what a drill hands to everyone: progress, hashed values, the children's
 * environment.
 */
#include "drills/common/drill.h"

#include <string.h>

#include "tests/unit/suite.h"

static struct rd_drill drill;
static char said[4000];

static void hear(void *context, const char *text)
{
    ck_assert_ptr_eq(context, &drill);
    snprintf(said, sizeof(said), "%s", text);
}

static void begin(void)
{
    drill = (struct rd_drill){
        .id = "019a8c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f",
        .work = "/var/lib/redrill/work/1",
        .recorder = rd_recorder_new(),
        .hash_key = "a key of thirty-two bytes: 12345",
        .progress = hear,
        .progress_context = &drill,
    };
    said[0] = '\0';
}

static void end(void)
{
    rd_recorder_free(drill.recorder);
}

START_TEST(progress_is_one_clean_line)
{
    rd_drill_say(&drill, "restoring %s", "a\nb\x1b[2J\xff");
    ck_assert_str_eq(said, "restoring a b\\x1b[2J\xef\xbf\xbd");
}
END_TEST

START_TEST(overlong_progress_is_cut_between_characters)
{
    char text[3001] = "";

    for (size_t i = 0; i < 3000; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 4);
    for (int shift = 0; shift < 3; shift++) {
        rd_drill_say(&drill, "%.*s%s", shift, "xx", text);
        ck_assert_uint_gt(strlen(said), 1000);
        ck_assert_ptr_null(strstr(said, "\xef\xbf\xbd"));
    }
}
END_TEST

START_TEST(nobody_needs_to_listen)
{
    drill.progress = NULL;
    rd_drill_say(&drill, "restoring");
    ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(a_value_is_shown_as_a_keyed_hash)
{
    /* printf %s 42 | openssl dgst -sha256 -hmac "a key of thirty-two bytes: 12345" */
    ck_assert_str_eq(rd_drill_hash(&drill, "42", false), "hmac:dfd4fddf8b3e6f4f");
    ck_assert_str_eq(rd_drill_hash(&drill, NULL, false), "NULL");
    ck_assert_str_eq(rd_drill_hash(&drill, NULL, true), "NULL");
    ck_assert_str_ne(rd_drill_hash(&drill, "", false), "");
}
END_TEST

START_TEST(equal_values_are_equal_in_one_drill_only)
{
    const char *value = rd_drill_hash(&drill, "42", false);

    ck_assert_str_eq(rd_drill_hash(&drill, "42", false), value);
    ck_assert_str_ne(rd_drill_hash(&drill, "43", false), value);
    drill.hash_key[0]++;
    ck_assert_str_ne(rd_drill_hash(&drill, "42", false), value);
}
END_TEST

START_TEST(a_value_in_clear_is_clean_and_short)
{
    char endless[1000];

    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    ck_assert_str_eq(rd_drill_hash(&drill, "\x1b", true), "\\x1b");
    const char *cut = rd_drill_hash(&drill, endless, true);
    ck_assert_uint_eq(strlen(cut), 200 + strlen(" (cut)"));
}
END_TEST

static void expect_env(const char *const *more, const char *const *want)
{
    const char *const *env = rd_drill_env(&drill, more);

    ck_assert_ptr_nonnull(env);
    for (; *want != NULL; want++, env++) {
        ck_assert_ptr_nonnull(*env);
        ck_assert_str_eq(*env, *want);
    }
    ck_assert_ptr_null(*env);
}

#define MARK "REDRILL_DRILL=019a8c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f"

START_TEST(children_see_a_fixed_environment)
{
    expect_env(NULL, (const char *const[]){"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC",
                                           "HOME=/var/lib/redrill/work/1", MARK, NULL});
}
END_TEST

START_TEST(what_a_child_needs_more_wins)
{
    expect_env((const char *const[]){"PATH=/opt", "PGPASSFILE=/x", "TZ=", "PATH=/last", NULL},
               (const char *const[]){"LC_ALL=C", "HOME=/var/lib/redrill/work/1", "PGPASSFILE=/x",
                                     "TZ=", "PATH=/last", MARK, NULL});
}
END_TEST

START_TEST(nothing_takes_away_the_mark_of_the_drill)
{
    expect_env((const char *const[]){"REDRILL_DRILL=", "REDRILL_DRILLS=1", NULL},
               (const char *const[]){"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC",
                                     "HOME=/var/lib/redrill/work/1", "REDRILL_DRILLS=1", MARK,
                                     NULL});
}
END_TEST

START_TEST(without_memory_there_is_no_environment)
{
    char endless[100000];

    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    drill.work = endless;
    for (int i = 0; i < 1000; i++) {
        if (rd_drill_env(&drill, NULL) == NULL)
            return;
    }
    ck_abort_msg("the record's memory has no end");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("drill");
    TCase *tests = tcase_create("drill");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, progress_is_one_clean_line);
    tcase_add_test(tests, overlong_progress_is_cut_between_characters);
    tcase_add_test(tests, nobody_needs_to_listen);
    tcase_add_test(tests, a_value_is_shown_as_a_keyed_hash);
    tcase_add_test(tests, equal_values_are_equal_in_one_drill_only);
    tcase_add_test(tests, a_value_in_clear_is_clean_and_short);
    tcase_add_test(tests, children_see_a_fixed_environment);
    tcase_add_test(tests, what_a_child_needs_more_wins);
    tcase_add_test(tests, nothing_takes_away_the_mark_of_the_drill);
    tcase_add_test(tests, without_memory_there_is_no_environment);
    suite_add_tcase(suite, tests);
    return suite;
}
