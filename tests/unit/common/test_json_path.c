/*
 * test_json_path.c: JSON Pointers, dotted paths, and when two values are the same.
 */
#include <string.h>

#include "drills/common/json.h"
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

static struct rd_json *parsed(const char *text)
{
    struct rd_json *value = NULL;

    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &value, NULL), RD_OK);
    return value;
}

static const char *print(const struct rd_json *value)
{
    static struct rd_buf out = RD_BUF_INIT(10000);

    rd_buf_clear(&out);
    ck_assert_int_eq(rd_json_print(value, false, &out, NULL), RD_OK);
    return rd_buf_text(&out);
}

/* The document and most of the pointers are those of RFC 6901, section 5. */
static const char document[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                               "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,"
                               "\"~1\":9,\"10\":10}";
static const struct {
    const char *pointer;
    const char *value; /* NULL: nothing is there */
} pointers[] = {
    {"/foo", "[\"bar\",\"baz\"]"},
    {"/foo/0", "\"bar\""},
    {"/foo/1", "\"baz\""},
    {"/", "0"},
    {"/a~1b", "1"},
    {"/c%d", "2"},
    {"/e^f", "3"},
    {"/g|h", "4"},
    {"/i\\j", "5"},
    {"/k\"l", "6"},
    {"/ ", "7"},
    {"/m~0n", "8"},
    {"/~01", "9"},
    {"/10", "10"},
    {"foo", NULL},
    {"/fo", NULL},
    {"/fooo", NULL},
    {"/foo/2", NULL},
    {"/foo/-", NULL},
    {"/foo/00", NULL},
    {"/foo/01", NULL},
    {"/foo/+1", NULL},
    {"/foo/1 ", NULL},
    {"/foo/", NULL},
    {"/foo/99999999999999999999", NULL},
    {"/foo/18446744073709551616", NULL},
    {"/foo/0/0", NULL},
    {"//", NULL},
    {"/m~n", NULL},
    {"/m~2n", NULL},
    {"/m~", NULL},
    {"/a/b", NULL},
    {"/10/", NULL},
};

START_TEST(a_pointer_leads_to_one_value_or_nowhere)
{
    json = parsed(document);
    const struct rd_json *value = rd_json_at(json, pointers[_i].pointer);

    if (pointers[_i].value == NULL)
        ck_assert_ptr_null(value);
    else
        ck_assert_str_eq(print(value), pointers[_i].value);
    ck_assert_ptr_eq(rd_json_at(json, ""), json);
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    bool equal;
} pairs[] = {
    {"null", "null", true},
    {"null", "false", false},
    {"0", "false", false},
    {"true", "true", true},
    {"true", "false", false},
    {"1", "1.0", true},
    {"1", "\"1\"", false},
    {"9007199254740991", "9007199254740992", false},
    {"0.1", "0.10000000000000002", false},
    {"\"a\"", "\"\\u0061\"", true},
    {"\"a\"", "\"A\"", false},
    {"[1,2]", "[1,2]", true},
    {"[1,2]", "[2,1]", false},
    {"[1,2]", "[1,2,3]", false},
    {"[]", "{}", false},
    {"{\"a\":1,\"b\":[{}]}", "{\"b\":[{}],\"a\":1}", true},
    {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
    {"{\"a\":1,\"b\":1}", "{\"a\":1,\"c\":1}", false},
    {"{\"a\":1}", "{\"A\":1}", false},
    {"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}", false},
};

START_TEST(two_values_are_the_same_or_not)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *a = parsed(pairs[_i].a);
    RD_CLEANUP(rd_json_freep) struct rd_json *b = parsed(pairs[_i].b);

    ck_assert_int_eq(rd_json_equal(a, b), pairs[_i].equal);
    ck_assert_int_eq(rd_json_equal(b, a), pairs[_i].equal);
}
END_TEST

static const char plan[] = "{\"source\":{\"path\":\"x\"},\"checks\":[{\"a\":1},{\"a\":2}]}";
static const struct {
    const char *path;
    const char *result; /* NULL: refused with the message */
    const char *message;
} changes[] = {
    {"source.path", "{\"source\":{\"path\":7},\"checks\":[{\"a\":1},{\"a\":2}]}", NULL},
    {"source.pick", "{\"source\":{\"path\":\"x\",\"pick\":7},\"checks\":[{\"a\":1},{\"a\":2}]}",
     NULL},
    {"source", "{\"source\":7,\"checks\":[{\"a\":1},{\"a\":2}]}", NULL},
    {"checks.0.a", "{\"source\":{\"path\":\"x\"},\"checks\":[{\"a\":7},{\"a\":2}]}", NULL},
    {"checks.1", "{\"source\":{\"path\":\"x\"},\"checks\":[{\"a\":1},7]}", NULL},
    {"checks.2", "{\"source\":{\"path\":\"x\"},\"checks\":[{\"a\":1},{\"a\":2},7]}", NULL},
    {"checks.2.b.c",
     "{\"source\":{\"path\":\"x\"},\"checks\":[{\"a\":1},{\"a\":2},{\"b\":{\"c\":7}}]}", NULL},
    {"new.0.b",
     "{\"source\":{\"path\":\"x\"},\"checks\":[{\"a\":1},{\"a\":2}],\"new\":{\"0\":{\"b\":7}}}",
     NULL},
    {"", NULL, "'' is no path: a name in it is empty"},
    {".", NULL, "'.' is no path: a name in it is empty"},
    {"a..b", NULL, "'a..b' is no path: a name in it is empty"},
    {"a.", NULL, "'a.' is no path: a name in it is empty"},
    {".a", NULL, "'.a' is no path: a name in it is empty"},
    {"source.path.x", NULL, "'source.path.x' leads into a string, where nothing can be set"},
    {"source.path.x.y", NULL, "'source.path.x.y' leads into a string, where nothing can be set"},
    {"checks.3", NULL, "'checks.3' leads into an array, where '3' is no index from 0 to 2"},
    {"checks.3.a", NULL, "'checks.3.a' leads into an array, where '3' is no index from 0 to 2"},
    {"checks.a", NULL, "'checks.a' leads into an array, where 'a' is no index from 0 to 2"},
    {"checks.-1", NULL, "'checks.-1' leads into an array, where '-1' is no index from 0 to 2"},
    {"checks.00", NULL, "'checks.00' leads into an array, where '00' is no index from 0 to 2"},
};

START_TEST(a_value_is_set_or_nothing_changes)
{
    json = parsed(plan);
    int rc = rd_json_set(json, changes[_i].path, rd_json_new_integer(7), &err);

    if (changes[_i].result != NULL) {
        ck_assert_int_eq(rc, RD_OK);
        ck_assert_str_eq(print(json), changes[_i].result);
    } else {
        ck_assert_int_eq(rc, RD_E_ARGUMENT);
        ck_assert_str_eq(err.message, changes[_i].message);
        ck_assert_str_eq(print(json), plan);
    }
}
END_TEST

START_TEST(a_path_has_at_most_64_names)
{
    char path[131] = {0};

    json = parsed("{}");
    for (size_t i = 0; i < 127; i++)
        path[i] = i % 2 == 0 ? 'a' : '.';
    ck_assert_int_eq(rd_json_set(json, path, rd_json_new_null(), &err), RD_OK);
    memcpy(path + 127, ".a", 2);
    ck_assert_int_eq(rd_json_set(json, path, rd_json_new_null(), &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "a path of 65 names is too deep");
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("json_path");
    TCase *all = tcase_create("json_path");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_loop_test(all, a_pointer_leads_to_one_value_or_nowhere, 0, RD_COUNT(pointers));
    tcase_add_loop_test(all, two_values_are_the_same_or_not, 0, RD_COUNT(pairs));
    tcase_add_loop_test(all, a_value_is_set_or_nothing_changes, 0, RD_COUNT(changes));
    tcase_add_test(all, a_path_has_at_most_64_names);
    suite_add_tcase(suite, all);
    return suite;
}
