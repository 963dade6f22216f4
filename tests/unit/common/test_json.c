/*
 * test_json.c: what is read, what is refused and where, and the tree.
 */
#include "drills/common/json.h"

#include <math.h>
#include <string.h>

#include "tests/unit/failing_malloc.h"
#include "tests/unit/suite.h"

static struct rd_err err;
static struct rd_json *json;

static void set_up(void)
{
    rd_err_clear(&err);
    json = NULL;
}

static void tear_down(void)
{
    rd_json_free(json);
}

static int parse(const char *text, unsigned flags)
{
    return rd_json_parse(text, strlen(text), flags, &json, &err);
}

static const char *print(const struct rd_json *value)
{
    static struct rd_buf out = RD_BUF_INIT(100000);

    rd_buf_clear(&out);
    ck_assert_int_eq(rd_json_print(value, false, &out, &err), RD_OK);
    return rd_buf_text(&out);
}

static const struct {
    const char *text;
    const char *printed;
} good[] = {
    {"null", "null"},
    {" true\r\n\t", "true"},
    {"[]", "[]"},
    {"{ }", "{}"},
    {"[1, [2], {\"a\" : [ ]}]", "[1,[2],{\"a\":[]}]"},
    {"\"\"", "\"\""},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\""},
    {"\"\\u00e9\\u20AC\\uD83D\\uDE00\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\"\xe2\x80\xa8\xef\xbf\xbf\"", "\"\xe2\x80\xa8\xef\xbf\xbf\""},
    {"{\"\":1,\" \":2,\"a\":3,\"A\":4}", "{\"\":1,\" \":2,\"a\":3,\"A\":4}"},
    {"{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}", "{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}"},
    {"0", "0"},
    {"-0", "0"},
    {"-1.5e2", "-150"},
    {"0.1", "0.1"},
    {"1e-7", "1e-07"},
    {"0.30000000000000004", "0.30000000000000004"},
    {"1.7976931348623157e308", "1.7976931348623157e+308"},
    {"2.2250738585072014E-308", "2.2250738585072014e-308"},
    {"5e-324", "4.94065645841247e-324"},
    {"1763303400123", "1763303400123"},
    {"9007199254740991", "9007199254740991"},
    {"9007199254740992", "9007199254740992"},
    {"-9007199254740992", "-9007199254740992"},
    {"0e99999", "0"},
};

START_TEST(a_good_text_is_read_and_printed_as_the_same_value)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *again = NULL;

    ck_assert_msg(parse(good[_i].text, 0) == RD_OK, "%s", err.message);
    ck_assert_str_eq(print(json), good[_i].printed);
    ck_assert_int_eq(rd_json_parse(good[_i].printed, strlen(good[_i].printed), 0, &again, NULL),
                     RD_OK);
    ck_assert(rd_json_equal(json, again));
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} bad[] = {
    {"", "line 1, column 1: the text ends where a value is expected"},
    {" \n ", "line 2, column 2: the text ends where a value is expected"},
    {"tru", "line 1, column 1: a value is expected"},
    {"True", "line 1, column 1: a value is expected"},
    {"NaN", "line 1, column 1: a value is expected"},
    {"'a'", "line 1, column 1: a value is expected"},
    {"\xef\xbb\xbf{}", "line 1, column 1: a value is expected"},
    {"truex", "line 1, column 5: nothing may follow the value"},
    {"{} {}", "line 1, column 4: nothing may follow the value"},
    {"[1] // x", "line 1, column 5: nothing may follow the value"},
    {"[1,]", "line 1, column 4: a value is expected"},
    {"[1 2]", "line 1, column 4: ',' or ']' is expected"},
    {"[1", "line 1, column 3: the text ends where ',' or ']' is expected"},
    {"[", "line 1, column 2: the text ends where a value is expected"},
    {"{", "line 1, column 2: the text ends where a key in double quotes is expected"},
    {"{\"a\":1,}", "line 1, column 8: a key in double quotes is expected"},
    {"{a:1}", "line 1, column 2: a key in double quotes is expected"},
    {"{\"a\" 1}", "line 1, column 6: ':' is expected"},
    {"{\"a\":1", "line 1, column 7: the text ends where ',' or '}' is expected"},
    {"{\"a\":1]", "line 1, column 7: ',' or '}' is expected"},
    {"[1}", "line 1, column 3: ',' or ']' is expected"},
    {"{\n  \"gr\xc3\xbc\xc3\x9f\": x}", "line 2, column 11: a value is expected"},
    {"\"a", "line 1, column 1: the string does not end on its line"},
    {"[\"a\nb\"]", "line 1, column 2: the string does not end on its line"},
    {"\"a\tb\"", "line 1, column 3: a control character in a string must be escaped"},
    {"\"\\x\"", "line 1, column 2: unknown escape in a string"},
    {"\"\\", "line 1, column 2: unknown escape in a string"},
    {"\"\\u12", "line 1, column 2: '\\u' needs four hexadecimal digits"},
    {"\"\\u12g4\"", "line 1, column 2: '\\u' needs four hexadecimal digits"},
    {"\"\\u-123\"", "line 1, column 2: '\\u' needs four hexadecimal digits"},
    {"\"a\\u0000b\"", "line 1, column 3: a string must not hold the character NUL"},
    {"\"\\ud83d\"", "line 1, column 2: half a surrogate pair"},
    {"\"\\ud83d\\u0041\"", "line 1, column 2: half a surrogate pair"},
    {"\"\\ud83dx\"", "line 1, column 2: half a surrogate pair"},
    {"\"\\ude00\"", "line 1, column 2: half a surrogate pair"},
    {"\"a\xff\"", "line 1, column 3: invalid UTF-8"},
    {"\"\xed\xa0\x80\"", "line 1, column 2: invalid UTF-8"},
    {"\"\xc3", "line 1, column 2: invalid UTF-8"},
    {"{\"\xc0\x80\":1}", "line 1, column 3: invalid UTF-8"},
    {"01", "line 1, column 1: this is no JSON number"},
    {"-", "line 1, column 1: this is no JSON number"},
    {"1.", "line 1, column 1: this is no JSON number"},
    {"1e", "line 1, column 1: this is no JSON number"},
    {"1e+", "line 1, column 1: this is no JSON number"},
    {"-a", "line 1, column 1: this is no JSON number"},
    {"+1", "line 1, column 1: a value is expected"},
    {".5", "line 1, column 1: a value is expected"},
    {"0x10", "line 1, column 2: nothing may follow the value"},
    {"1e400", "line 1, column 1: the number is beyond what a double can hold"},
    {"-1e400", "line 1, column 1: the number is beyond what a double can hold"},
    {"1e-400", "line 1, column 1: the number is beyond what a double can hold"},
    {"9007199254740993", "line 1, column 1: the integer is beyond 2^53 and must be a string"},
    {"-9007199254740993", "line 1, column 1: the integer is beyond 2^53 and must be a string"},
    {"99999999999999999999999",
     "line 1, column 1: the integer is beyond 2^53 and must be a string"},
    {"0.1000000000000000000000000000000000000000000000000000000000000000",
     "line 1, column 1: the number has too many digits"},
    {"{\"a\":1,\"b\":2,\"a\":3}", "line 1, column 14: the object has this key already"},
    {"{\"a\":1,\n \"\\u0061\":3}", "line 2, column 2: the object has this key already"},
    {"[{\"b\":1},{\"x\":{\"a\":1,\"a\":1}}]", "line 1, column 22: the object has this key already"},
    {"{\"a\":1,\"b\":{\"c\":[{}]},\"d\":1,\"b\":0,\"a\":0}",
     "line 1, column 29: the object has this key already"},
    {"/* x */ 1", "line 1, column 1: a value is expected"},
};

START_TEST(a_bad_text_is_refused_with_line_and_column)
{
    struct rd_json *none = NULL;

    ck_assert_int_eq(rd_json_parse(bad[_i].text, strlen(bad[_i].text), 0, &none, &err),
                     RD_E_FORMAT);
    ck_assert_str_eq(err.message, bad[_i].message);
    ck_assert_ptr_null(none);
}
END_TEST

START_TEST(a_nul_byte_is_not_the_end)
{
    ck_assert_int_eq(rd_json_parse("1\0", 2, 0, &json, &err), RD_E_FORMAT);
    ck_assert_int_eq(rd_json_parse("\"a\0b\"", 5, 0, &json, NULL), RD_E_FORMAT);
    ck_assert_int_eq(rd_json_parse("[1,\0 2]", 7, 0, &json, NULL), RD_E_FORMAT);
    ck_assert_ptr_null(json);
}
END_TEST

START_TEST(no_byte_behind_the_length_is_looked_at)
{
    const char text[] = {'1', '2', '3'};

    ck_assert_int_eq(rd_json_parse(text, 2, 0, &json, &err), RD_OK);
    ck_assert_str_eq(print(json), "12");
}
END_TEST

START_TEST(nesting_ends_at_64_levels)
{
    char text[200] = {0};

    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    ck_assert_int_eq(parse(text, 0), RD_OK);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    ck_assert_int_eq(rd_json_parse(text, 130, 0, NULL, &err), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "line 1, column 65: the nesting is deeper than 64 levels");
}
END_TEST

START_TEST(containers_beside_each_other_are_not_nested)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(10000);

    for (int i = 0; i < 100; i++)
        rd_buf_printf(&text, "%c[{}]", i == 0 ? '[' : ',');
    rd_buf_puts(&text, "]");
    ck_assert_msg(parse(text.data, 0) == RD_OK, "%s", err.message);
    ck_assert_uint_eq(rd_json_count(json), 100);
}
END_TEST

START_TEST(comments_are_white_space_but_not_in_strings)
{
    const char *text = "// first \xc3\xa9 \"\n"
                       "{ // second }\n"
                       "  \"url\": \"http://example.test/\", //\n"
                       "  \"a//b\"// third\r\n"
                       "  : [1, // \\\n"
                       "  2]\n"
                       "} // last";

    ck_assert_msg(parse(text, RD_JSON_COMMENTS) == RD_OK, "%s", err.message);
    ck_assert_str_eq(print(json), "{\"url\":\"http://example.test/\",\"a//b\":[1,2]}");
    ck_assert_ptr_eq(strchr(text, '/'), text);
}
END_TEST

START_TEST(lines_and_columns_count_comments_too)
{
    ck_assert_int_eq(parse("// \xc3\xa9\n{ // x\n  // y\n  1}", RD_JSON_COMMENTS), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "line 4, column 3: a key in double quotes is expected");
    rd_err_clear(&err);
    ck_assert_int_eq(parse("1 / 2", RD_JSON_COMMENTS), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "line 1, column 3: nothing may follow the value");
    rd_err_clear(&err);
    ck_assert_int_eq(parse("1 // \xff", RD_JSON_COMMENTS), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "line 1, column 6: invalid UTF-8");
    rd_err_clear(&err);
    ck_assert_int_eq(parse("{\"a\":1, // \xc3\xa9\n\"a\":2}", RD_JSON_COMMENTS), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "line 2, column 1: the object has this key already");
}
END_TEST

START_TEST(the_integers_of_others_are_rounded_when_that_is_asked_for)
{
    int64_t value = 42;

    ck_assert_int_eq(parse("[9007199254740993, 12345678901234567890, 1e400]", RD_JSON_ROUND),
                     RD_E_FORMAT);
    ck_assert_int_eq(parse("[12345678901234567890, 7]", RD_JSON_ROUND), RD_OK);
    ck_assert_double_eq(rd_json_number(rd_json_first(json)), 12345678901234567890.0);
    ck_assert(!rd_json_integer(rd_json_first(json), &value));
    ck_assert_int_eq(value, 42);
}
END_TEST

START_TEST(an_object_of_many_keys_is_searched_quickly_for_duplicates)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(16 * 1024 * 1024);

    rd_buf_puts(&text, "{");
    for (int i = 0; i < 200000; i++)
        rd_buf_printf(&text, "\"k%06d\":%d,", i, i);
    rd_buf_puts(&text, "\n\"k199998\":0}");
    ck_assert_int_eq(rd_json_parse(text.data, text.length, 0, &json, &err), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "line 2, column 1: the object has this key already");
}
END_TEST

START_TEST(values_tell_their_type)
{
    static const struct {
        enum rd_json_type type;
        const char *name;
    } types[] = {{RD_JSON_NULL, "null"},       {RD_JSON_BOOL, "true"},
                 {RD_JSON_BOOL, "false"},      {RD_JSON_NUMBER, "a number"},
                 {RD_JSON_STRING, "a string"}, {RD_JSON_ARRAY, "an array"},
                 {RD_JSON_OBJECT, "an object"}};
    size_t i = 0;

    ck_assert_int_eq(parse("[null,true,false,1.5,\"x\",[],{}]", 0), RD_OK);
    for (const struct rd_json *value = rd_json_first(json); value != NULL;
         value = rd_json_next(value), i++) {
        enum rd_json_type type = rd_json_type(value);
        ck_assert_int_eq(type, types[i].type);
        ck_assert_str_eq(rd_json_type_name(value), types[i].name);
        ck_assert_int_eq(rd_json_text(value) != NULL, type == RD_JSON_STRING);
        ck_assert_int_eq(isnan(rd_json_number(value)), type != RD_JSON_NUMBER);
        ck_assert_int_eq(rd_json_is_true(value), i == 1);
        ck_assert_ptr_null(rd_json_first(value));
    }
    ck_assert_uint_eq(i, RD_COUNT(types));
    ck_assert_uint_eq(rd_json_count(json), i);
}
END_TEST

START_TEST(integers_are_whole_and_not_too_large)
{
    int64_t value = 42;

    ck_assert_int_eq(parse("[1.5, \"1\", 1e16, null, -3e0]", 0), RD_OK);
    const struct rd_json *item = rd_json_first(json);
    for (int i = 0; i < 4; i++, item = rd_json_next(item))
        ck_assert(!rd_json_integer(item, &value));
    ck_assert_int_eq(value, 42);
    ck_assert(rd_json_integer(item, &value));
    ck_assert_int_eq(value, -3);
}
END_TEST

START_TEST(members_are_found_by_their_exact_key)
{
    ck_assert_int_eq(parse("{\"a\":1,\"A\":2,\"\":3}", 0), RD_OK);
    ck_assert_double_eq(rd_json_number(rd_json_get(json, "A")), 2);
    ck_assert_double_eq(rd_json_number(rd_json_get(json, "")), 3);
    ck_assert_ptr_null(rd_json_get(json, "b"));
    ck_assert_ptr_null(rd_json_get(rd_json_get(json, "a"), "a"));
    ck_assert_str_eq(rd_json_key(rd_json_first(json)), "a");
}
END_TEST

START_TEST(a_value_that_is_not_there_has_nothing)
{
    int64_t value = 42;

    ck_assert_ptr_null(rd_json_text(NULL));
    ck_assert(isnan(rd_json_number(NULL)));
    ck_assert(!rd_json_is_true(NULL));
    ck_assert(!rd_json_integer(NULL, &value));
    ck_assert_uint_eq(rd_json_count(NULL), 0);
    ck_assert_ptr_null(rd_json_first(NULL));
    ck_assert_ptr_null(rd_json_get(NULL, "a"));
    ck_assert_ptr_null(rd_json_at(NULL, "/a"));
}
END_TEST

START_TEST(a_tree_is_built_and_changed)
{
    json = rd_json_new_object();
    ck_assert_int_eq(rd_json_put(json, "list", rd_json_new_array()), RD_OK);
    struct rd_json *list = (struct rd_json *)rd_json_get(json, "list");
    ck_assert_int_eq(rd_json_push(list, rd_json_new_integer(9007199254740992)), RD_OK);
    ck_assert_int_eq(rd_json_push(list, rd_json_new_null()), RD_OK);
    ck_assert_int_eq(rd_json_push(list, rd_json_new_bool(true)), RD_OK);
    ck_assert_int_eq(rd_json_put(json, "b", rd_json_new_number(0.5)), RD_OK);
    ck_assert_str_eq(print(json), "{\"list\":[9007199254740992,null,true],\"b\":0.5}");
    ck_assert_int_eq(rd_json_replace(list, rd_json_first(list), rd_json_new_text("x")), RD_OK);
    ck_assert_int_eq(rd_json_put(json, "list", rd_json_copy(rd_json_first(list))), RD_OK);
    ck_assert_str_eq(print(json), "{\"list\":\"x\",\"b\":0.5}");
    ck_assert_int_eq(rd_json_put(json, "c", rd_json_copy(rd_json_get(json, "b"))), RD_OK);
    ck_assert_str_eq(print(json), "{\"list\":\"x\",\"b\":0.5,\"c\":0.5}");
}
END_TEST

START_TEST(a_copy_stands_alone)
{
    ck_assert_int_eq(parse("{\"a\":{\"b\":[1,\"x\"]}}", 0), RD_OK);
    RD_CLEANUP(rd_json_freep) struct rd_json *copy = rd_json_copy(rd_json_get(json, "a"));
    rd_json_freep(&json);
    ck_assert_str_eq(print(copy), "{\"b\":[1,\"x\"]}");
    ck_assert_ptr_null(rd_json_key(copy));
    ck_assert_ptr_null(rd_json_next(copy));
}
END_TEST

START_TEST(lost_memory_is_passed_on)
{
    json = rd_json_new_object();
    ck_assert_int_eq(rd_json_put(json, "a", NULL), RD_E_MEMORY);
    ck_assert_int_eq(rd_json_put(NULL, "a", rd_json_new_null()), RD_E_MEMORY);
    ck_assert_int_eq(rd_json_push(NULL, rd_json_new_null()), RD_E_MEMORY);
    ck_assert_int_eq(rd_json_push(json, NULL), RD_E_MEMORY);
    ck_assert_int_eq(rd_json_replace(json, NULL, NULL), RD_E_MEMORY);
    ck_assert_str_eq(print(json), "{}");
}
END_TEST

#if FAILING_MALLOC
static int read_change_and_print(void)
{
    static const char text[] = "{\"a\":[1,\"x\",{\"b\":null}],\"c\":{\"d\":true}}";
    RD_CLEANUP(rd_json_freep) struct rd_json *tree = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);

    int rc = rd_json_parse(text, sizeof(text) - 1, 0, &tree, NULL);
    if (rc == RD_OK)
        rc = rd_json_set(tree, "c.e.f.g", rd_json_copy(rd_json_get(tree, "a")), NULL);
    if (rc == RD_OK)
        rc = rd_json_put(tree, "a", rd_json_new_text("new"));
    if (rc == RD_OK)
        rc = rd_json_print(tree, true, &out, NULL);
    return rc;
}

START_TEST(memory_may_be_lost_at_any_point)
{
    ck_assert_int_gt(failing_malloc_try(read_change_and_print), 20);
}
END_TEST
#endif

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *all = tcase_create("json");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_loop_test(all, a_good_text_is_read_and_printed_as_the_same_value, 0, RD_COUNT(good));
    tcase_add_loop_test(all, a_bad_text_is_refused_with_line_and_column, 0, RD_COUNT(bad));
    tcase_add_test(all, a_nul_byte_is_not_the_end);
    tcase_add_test(all, no_byte_behind_the_length_is_looked_at);
    tcase_add_test(all, nesting_ends_at_64_levels);
    tcase_add_test(all, containers_beside_each_other_are_not_nested);
    tcase_add_test(all, comments_are_white_space_but_not_in_strings);
    tcase_add_test(all, lines_and_columns_count_comments_too);
    tcase_add_test(all, the_integers_of_others_are_rounded_when_that_is_asked_for);
    tcase_add_test(all, an_object_of_many_keys_is_searched_quickly_for_duplicates);
    tcase_add_test(all, values_tell_their_type);
    tcase_add_test(all, integers_are_whole_and_not_too_large);
    tcase_add_test(all, members_are_found_by_their_exact_key);
    tcase_add_test(all, a_value_that_is_not_there_has_nothing);
    tcase_add_test(all, a_tree_is_built_and_changed);
    tcase_add_test(all, a_copy_stands_alone);
    tcase_add_test(all, lost_memory_is_passed_on);
#if FAILING_MALLOC
    tcase_add_test(all, memory_may_be_lost_at_any_point);
#endif
    suite_add_tcase(suite, all);
    return suite;
}
