/*
 * test_text.c: what is UTF-8, what is safe to show, what was probably meant, what matches.
 */
#include "drills/common/text.h"

#include <string.h>

#include "tests/unit/suite.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *text;
    size_t length;
    bool valid;
} encodings[] = {
    {BYTES(""), true},
    {BYTES("plain\n\x01\x7f"), true},
    {BYTES("\xc2\x80 \xdf\xbf"), true},                 /* the ends of two bytes */
    {BYTES("\xe0\xa0\x80 \xef\xbf\xbf"), true},         /* of three */
    {BYTES("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"), true}, /* of four */
    {BYTES("\xed\x9f\xbf \xee\x80\x80"), true},         /* beside the surrogates */
    {BYTES("a\0b"), false},                             /* NUL */
    {BYTES("\x80"), false},                             /* continuation without a head */
    {BYTES("\xc3"), false},                             /* cut short */
    {BYTES("\xe2\x82"), false},
    {BYTES("\xf0\x9f\x98"), false},
    {BYTES("\xc3("), false},
    {BYTES("\xe2\x82("), false},
    {BYTES("\xc0\x80 \xc1\xbf"), false}, /* overlong */
    {BYTES("\xc1\xbf"), false},
    {BYTES("\xe0\x9f\xbf"), false},
    {BYTES("\xf0\x8f\xbf\xbf"), false},
    {BYTES("\xed\xa0\x80"), false}, /* surrogates */
    {BYTES("\xed\xbf\xbf"), false},
    {BYTES("\xf4\x90\x80\x80"), false}, /* beyond U+10FFFF */
    {BYTES("\xf8\x88\x80\x80\x80"), false},
    {BYTES("\xfe"), false},
    {BYTES("\xff"), false},
};

START_TEST(utf8_is_told_from_what_is_not)
{
    ck_assert_int_eq(rd_text_is_utf8(encodings[_i].text, encodings[_i].length),
                     encodings[_i].valid);
}
END_TEST

START_TEST(a_character_is_read_with_its_length)
{
    uint32_t character = 0;

    ck_assert_uint_eq(rd_text_character("\xe2\x82\xacx", 4, &character), 3);
    ck_assert_uint_eq(character, 0x20AC);
    ck_assert_uint_eq(rd_text_character("\xe2\x82\xac", 2, &character), 0);
    ck_assert_uint_eq(rd_text_character("", 0, &character), 0);
    ck_assert_uint_eq(rd_text_character("\0", 1, &character), 1);
    ck_assert_uint_eq(character, 0);
}
END_TEST

START_TEST(a_cut_does_not_tear_a_character)
{
    const char *text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

    for (size_t max = 0; max < RD_COUNT(ends); max++)
        ck_assert_uint_eq(rd_text_cut(text, strlen(text), max), ends[max]);
}
END_TEST

START_TEST(bytes_that_are_no_characters_are_cut_too)
{
    ck_assert_uint_le(rd_text_cut("\x80\x80\x80\x80\x80\x80\x80\x80", 8, 6), 6);
    ck_assert_uint_ge(rd_text_cut("\x80\x80\x80\x80\x80\x80\x80\x80", 8, 6), 3);
}
END_TEST

static const struct {
    const char *text;
    size_t length;
    const char *clean;
} cleanings[] = {
    {BYTES(""), ""},
    {BYTES("gr\xc3\xbc\xc3\x9f dich\n\t]]><b>\\x1b"), "gr\xc3\xbc\xc3\x9f dich\n\t]]><b>\\x1b"},
    {BYTES("\x1b[31mred\x7f"), "\\x1b[31mred\\x7f"},
    {BYTES("a\0b\r"), "a\\x00b\\x0d"},
    {BYTES("\xc2\x85"), "\\x85"},
    {BYTES("\xc3"), "\xef\xbf\xbd"},
    {BYTES("a\xff\xfe"
           "b"),
     "a\xef\xbf\xbd\xef\xbf\xbd"
     "b"},
    {BYTES("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {BYTES("user\xe2\x80\xaetxt.exe"), "user\\u202etxt.exe"},
    {BYTES("\xe2\x81\xa6x\xe2\x81\xa9"), "\\u2066x\\u2069"},
    {BYTES("a\xe2\x80\xa8"
           "b"),
     "a\\u2028b"},
    {BYTES("\xef\xbf\xbe\xef\xbf\xbf"), "\\ufffe\\uffff"},
    {BYTES("\xef\xbf\xbd"), "\xef\xbf\xbd"},
};

START_TEST(what_cannot_be_shown_is_written_as_text)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);

    rd_text_clean(&out, cleanings[_i].text, cleanings[_i].length);
    ck_assert_str_eq(rd_buf_text(&out), cleanings[_i].clean);
}
END_TEST

START_TEST(cleaning_any_two_bytes_gives_utf8_that_stays_as_it_is)
{
    for (unsigned pair = 0; pair < 65536; pair++) {
        const char bytes[] = {(char)(pair >> 8), (char)(pair & 0xFF)};
        RD_CLEANUP(rd_buf_free) struct rd_buf once = RD_BUF_INIT(100);
        RD_CLEANUP(rd_buf_free) struct rd_buf twice = RD_BUF_INIT(100);
        rd_text_clean(&once, bytes, sizeof(bytes));
        ck_assert(rd_text_is_utf8(once.data, once.length));
        rd_text_clean(&twice, once.data, once.length);
        ck_assert_str_eq(rd_buf_text(&twice), rd_buf_text(&once));
    }
}
END_TEST

static const char *const words[] = {"max_age", "not_after", "table", "column", "zone",
                                    "to",      "path",      "pick",  NULL};
static const struct {
    const char *word;
    const char *nearest;
} guesses[] = {
    {"max_age", "max_age"},
    {"max_agee", "max_age"},
    {"mx_age", "max_age"},
    {"max-age", "max_age"},
    {"mxa_age", "max_age"},
    {"MAX_AGE", "max_age"},
    {"maxAge", "max_age"},
    {"tabel", "table"},
    {"colum", "column"},
    {"columns", "column"},
    {"pikc", "pick"},
    {"pth", "path"},
    {"TO", "to"},
    {"ot", NULL},
    {"x", NULL},
    {"", NULL},
    {"connection", NULL},
    {"age", NULL},
    {"not_before", NULL},
    {"tbl", NULL},
};

START_TEST(the_word_that_was_probably_meant_is_found)
{
    const char *nearest = rd_text_nearest(guesses[_i].word, words);

    if (guesses[_i].nearest == NULL)
        ck_assert_ptr_null(nearest);
    else
        ck_assert_str_eq(nearest, guesses[_i].nearest);
}
END_TEST

START_TEST(the_nearest_word_wins_over_an_earlier_one)
{
    static const char *const close[] = {"expected", "expects", "expect", NULL};

    ck_assert_str_eq(rd_text_nearest("expct", close), "expect");
    ck_assert_str_eq(rd_text_nearest("expectd", close), "expected");
}
END_TEST

START_TEST(words_of_any_length_are_compared_or_given_up)
{
    char text[66];
    const char *const long_words[] = {text, NULL};

    for (size_t length = 63; length < sizeof(text); length++) {
        memset(text, 'a', length);
        text[length] = '\0';
        ck_assert_ptr_eq(rd_text_nearest(text, long_words), length <= 64 ? text : NULL);
        ck_assert_ptr_null(rd_text_nearest("aaa", long_words));
    }
}
END_TEST

static const struct {
    const char *pattern;
    const char *name;
    bool matches;
} globs[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "any.thing/at all", true},
    {"public.*", "public.users", true},
    {"public.*", "publicXusers", false},
    {"*.users", "public.users", true},
    {"*.users", "public.users2", false},
    {"*a*b*c*", "xxaxxbxxcxx", true},
    {"*a*b*c*", "xxaxxcxxbxx", false},
    {"*aab", "aaaaab", true},
    {"a**b", "ab", true},
    {"?", "", false},
    {"?", "\xe2\x82\xac", true},
    {"??", "\xe2\x82\xac", false},
    {"a?c", "abc", true},
    {"a?c", "a\xffz", false},
    {"*?", "", false},
    {"*\xe2\x82\xac", "x\xe2\x82\xac", true},
    {"[ab]", "a", false},
    {"[ab]", "[ab]", true},
    {"\\*", "\\anything", true},
    {"Users", "users", false},
    {"a*", "", false},
    {"abc", "ab", false},
};

START_TEST(a_pattern_matches_the_whole_name)
{
    ck_assert_int_eq(rd_text_matches(globs[_i].pattern, globs[_i].name), globs[_i].matches);
}
END_TEST

START_TEST(a_pattern_of_many_stars_does_not_take_for_ever)
{
    char name[5001], pattern[1002];

    memset(name, 'a', 5000);
    name[5000] = '\0';
    for (size_t i = 0; i < 1000; i += 2)
        memcpy(pattern + i, "*a", 2);
    memcpy(pattern + 1000, "b", 2);
    ck_assert(!rd_text_matches(pattern, name));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *all = tcase_create("text");

    tcase_add_loop_test(all, utf8_is_told_from_what_is_not, 0, RD_COUNT(encodings));
    tcase_add_test(all, a_character_is_read_with_its_length);
    tcase_add_test(all, a_cut_does_not_tear_a_character);
    tcase_add_test(all, bytes_that_are_no_characters_are_cut_too);
    tcase_add_loop_test(all, what_cannot_be_shown_is_written_as_text, 0, RD_COUNT(cleanings));
    tcase_add_test(all, cleaning_any_two_bytes_gives_utf8_that_stays_as_it_is);
    tcase_add_loop_test(all, the_word_that_was_probably_meant_is_found, 0, RD_COUNT(guesses));
    tcase_add_test(all, the_nearest_word_wins_over_an_earlier_one);
    tcase_add_test(all, words_of_any_length_are_compared_or_given_up);
    tcase_add_loop_test(all, a_pattern_matches_the_whole_name, 0, RD_COUNT(globs));
    tcase_add_test(all, a_pattern_of_many_stars_does_not_take_for_ever);
    suite_add_tcase(suite, all);
    return suite;
}
