/*
 * test_shape_schema.c: the schema of the sample, member by member.
 */
#include "drills/common/times.h"
#include "tests/unit/common/sample_shape.h"
#include "tests/unit/failing_malloc.h"
#include "tests/unit/suite.h"

static struct rd_json *schema;

static void set_up(void)
{
    schema = NULL;
    ck_assert_int_eq(rd_shape_schema(&sample_shape, true, &schema, NULL), RD_OK);
}

static void tear_down(void)
{
    rd_json_free(schema);
}

static const char *at(const char *pointer)
{
    static struct rd_buf out = RD_BUF_INIT(100000);
    const struct rd_json *value = rd_json_at(schema, pointer);

    rd_buf_clear(&out);
    if (value == NULL)
        return "absent";
    ck_assert_int_eq(rd_json_print(value, false, &out, NULL), RD_OK);
    return rd_buf_text(&out);
}

#define ITEM                                                                                  \
    "{\"title\":\"item\",\"type\":\"object\",\"properties\":{"                                \
    "\"name\":{\"type\":\"string\",\"description\":\"what it is called\"},"                   \
    "\"count\":{\"type\":\"integer\",\"minimum\":1,\"description\":\"how many there are\"}}," \
    "\"required\":[\"name\"],\"additionalProperties\":false"

#define WAY(name, type, help)                                                                     \
    "{\"type\":\"object\",\"properties\":{\"" name "\":{" type ",\"description\":\"" help "\"}}," \
    "\"required\":[\"" name "\"],\"additionalProperties\":false}"

#define WAYS                                                                                       \
    WAY("env", "\"type\":\"string\"", "environment variable that holds the value")                 \
    "," WAY(                                                                                       \
        "file", "\"type\":\"string\"",                                                             \
        "file that holds the value; one newline at its end does not count") "," WAY("exec",        \
                                                                                    "\"type\":"    \
                                                                                    "\"array\","   \
                                                                                    "\"items\":{"  \
                                                                                    "\"type\":"    \
                                                                                    "\"string\"}", \
                                                                                    "program "     \
                                                                                    "with "        \
                                                                                    "arguments "   \
                                                                                    "that prints " \
                                                                                    "the value")

static const struct {
    const char *pointer;
    const char *value;
} members[] = {
    {"/title", "\"sample\""},
    {"/type", "\"object\""},
    {"/required", "[\"text\"]"},
    {"/additionalProperties", "false"},
    {"/$schema", "absent"},
    {"/properties/text", "{\"type\":\"string\",\"description\":\"any text\"}"},
    {"/properties/flag", "{\"type\":\"boolean\",\"description\":\"yes or no\"}"},
    {"/properties/on",
     "{\"type\":\"boolean\",\"description\":\"yes unless told otherwise\",\"default\":true}"},
    {"/properties/integer", "{\"type\":\"integer\",\"description\":\"any integer\"}"},
    {"/properties/percent", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":100,"
                            "\"description\":\"a part (%)\",\"default\":10}"},
    {"/properties/bigint", "{\"type\":\"string\",\"pattern\":\"^(0|-?[1-9][0-9]{0,18})$\","
                           "\"description\":\"64 bits\"}"},
    {"/properties/number", "{\"type\":\"number\",\"minimum\":0.5,\"description\":\"a number\"}"},
    {"/properties/duration/default", "absent"},
    {"/properties/grace/default", "\"30s\""},
    {"/properties/time/format", "\"date-time\""},
    {"/properties/pick", "{\"enum\":[\"newest\",\"oldest\",\"random\"],"
                         "\"description\":\"which\",\"default\":\"newest\"}"},
    {"/properties/secret/oneOf", "[" WAYS "]"},
    {"/properties/value/oneOf", "[{\"type\":\"string\"}," WAYS "]"},
    {"/properties/strings",
     "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"some texts\"}"},
    {"/properties/arguments/default", "[\"a\",\"b\"]"},
    {"/properties/object", ITEM ",\"description\":\"one item\"}"},
    {"/properties/list",
     "{\"type\":\"array\",\"items\":" ITEM "},\"description\":\"items in order\"}"},
    {"/properties/map",
     "{\"type\":\"object\",\"additionalProperties\":" ITEM "},\"description\":\"items by name\"}"},
    {"/properties/json", "{\"description\":\"anything\"}"},
    {"/properties/private/type", "\"string\""},
};

START_TEST(every_type_has_its_schema)
{
    ck_assert_str_eq(at(members[_i].pointer), members[_i].value);
}
END_TEST

START_TEST(texts_with_a_form_have_the_patterns_of_their_parsers)
{
    static const struct {
        const char *pointer;
        const char *pattern;
    } forms[] = {{"/properties/duration/pattern", rd_duration_pattern},
                 {"/properties/grace/pattern", rd_duration_pattern},
                 {"/properties/size/pattern", rd_size_pattern},
                 {"/properties/time/pattern", rd_time_pattern}};

    for (size_t i = 0; i < RD_COUNT(forms); i++)
        ck_assert_str_eq(rd_json_text(rd_json_at(schema, forms[i].pointer)), forms[i].pattern);
}
END_TEST

START_TEST(every_field_is_there_in_the_order_of_the_table)
{
    const struct rd_json *property = rd_json_first(rd_json_get(schema, "properties"));

    for (const struct rd_field *field = sample_fields; field->name != NULL; field++) {
        ck_assert_str_eq(rd_json_key(property), field->name);
        property = rd_json_next(property);
    }
    ck_assert_ptr_null(property);
}
END_TEST

START_TEST(unknown_keys_are_allowed_unless_it_is_strict)
{
    rd_json_freep(&schema);
    ck_assert_int_eq(rd_shape_schema(&sample_shape, false, &schema, NULL), RD_OK);
    ck_assert_str_eq(at("/additionalProperties"), "absent");
    ck_assert_str_eq(at("/properties/object/additionalProperties"), "absent");
    ck_assert_str_eq(at("/properties/list/items/additionalProperties"), "absent");
    ck_assert_str_eq(at("/properties/secret/oneOf/0/additionalProperties"), "false");
}
END_TEST

#if FAILING_MALLOC
static int make_schema(void)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *made = NULL;
    int rc = rd_shape_schema(&sample_shape, true, &made, NULL);

    return (rc == RD_OK) == (made != NULL) ? rc : RD_E_FORMAT;
}

START_TEST(memory_may_be_lost_at_any_point)
{
    ck_assert_int_gt(failing_malloc_try(make_schema), 300);
}
END_TEST
#endif

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("shape_schema");
    TCase *all = tcase_create("shape_schema");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_loop_test(all, every_type_has_its_schema, 0, RD_COUNT(members));
    tcase_add_test(all, texts_with_a_form_have_the_patterns_of_their_parsers);
    tcase_add_test(all, every_field_is_there_in_the_order_of_the_table);
    tcase_add_test(all, unknown_keys_are_allowed_unless_it_is_strict);
#if FAILING_MALLOC
    tcase_add_test(all, memory_may_be_lost_at_any_point);
#endif
    suite_add_tcase(suite, all);
    return suite;
}
