/*
 * test_json_print.c: the layout of printed JSON, and what is not printed. That numbers and strings
 * survive is shown by test_json.c.
 */
#include <math.h>
#include <string.h>

#include "drills/common/json.h"
#include "tests/unit/suite.h"

static struct rd_json *parsed(const char *text)
{
    struct rd_json *value = NULL;

    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &value, NULL), RD_OK);
    return value;
}

START_TEST(pretty_printing_indents_by_two_spaces)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_json_freep)
    struct rd_json *json = parsed("{\"a\":[1,{\"b\":\"x\"}],\"c\":{},\"d\":[]}");

    ck_assert_int_eq(rd_json_print(json, true, &out, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "{\n"
                                        "  \"a\": [\n"
                                        "    1,\n"
                                        "    {\n"
                                        "      \"b\": \"x\"\n"
                                        "    }\n"
                                        "  ],\n"
                                        "  \"c\": {},\n"
                                        "  \"d\": []\n"
                                        "}\n");
}
END_TEST

START_TEST(what_json_cannot_hold_is_not_printed)
{
    static const double numbers[] = {INFINITY, -INFINITY, NAN};
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_json_freep) struct rd_json *text = rd_json_new_text("a\xff");
    struct rd_err err = RD_ERR_INIT;

    for (size_t i = 0; i < RD_COUNT(numbers); i++) {
        RD_CLEANUP(rd_json_freep) struct rd_json *number = rd_json_new_number(numbers[i]);
        ck_assert_int_eq(rd_json_print(number, false, &out, NULL), RD_E_ARGUMENT);
    }
    ck_assert_int_eq(rd_json_print(text, false, &out, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "a string that is not UTF-8 cannot be JSON");
}
END_TEST

START_TEST(a_text_that_does_not_fit_is_a_limit)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(5);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = parsed("[1,2,3]");

    ck_assert_int_eq(rd_json_print(json, false, &out, NULL), RD_E_LIMIT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("json_print");
    TCase *all = tcase_create("json_print");

    tcase_add_test(all, pretty_printing_indents_by_two_spaces);
    tcase_add_test(all, what_json_cannot_hold_is_not_printed);
    tcase_add_test(all, a_text_that_does_not_fit_is_a_limit);
    suite_add_tcase(suite, all);
    return suite;
}
