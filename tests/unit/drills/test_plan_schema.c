/*
 * test_plan_schema.c: the JSON Schemas hold every module and setting, and accept what is accepted
 * elsewhere; the plans that people copy from are plans.
 */
#include "tests/unit/drills/plan_test.h"

#include <glob.h>

#include "drills/common/file.h"
#include "tests/unit/suite.h"

static struct rd_json *schema;

static void setup(void)
{
    ck_assert_int_eq(rd_plan_schema(&schema, NULL), RD_OK);
}

static void teardown(void)
{
    rd_json_freep(&schema);
    plan_test_forget();
}

static const struct rd_json *at(const struct rd_json *json, const char *pointer)
{
    const struct rd_json *found = rd_json_at(json, pointer);

    ck_assert_msg(found != NULL, "nothing at %s", pointer);
    return found;
}

/* Every field of the table is a property, with its help, and required where it is; all the way. */
static void holds_shape(const struct rd_json *object, const struct rd_shape *shape, size_t depth)
{
    const struct rd_json *properties = at(object, "/properties");

    if (depth > 8)
        return;
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        const struct rd_json *property = rd_json_get(properties, field->name);
        bool required = false;
        ck_assert_msg(property != NULL, "%s.%s", shape->name, field->name);
        const char *help = rd_json_text(rd_json_get(property, "description"));
        ck_assert_msg(field->help == NULL || (help != NULL && strstr(help, field->help) == help),
                      "%s.%s", shape->name, field->name);
        const struct rd_json *name = rd_json_first(rd_json_get(object, "required"));
        for (; name != NULL; name = rd_json_next(name))
            required = required || strcmp(rd_json_text(name), field->name) == 0;
        ck_assert_msg(required == ((field->flags & RD_REQUIRED) != 0), "%s.%s", shape->name,
                      field->name);
        if (field->type == RD_T_OBJECT)
            holds_shape(property, field->sub, depth + 1);
        else if (field->type == RD_T_LIST)
            holds_shape(at(property, "/items"), field->sub, depth + 1);
        else if (field->type == RD_T_MAP)
            holds_shape(at(property, "/additionalProperties"), field->sub, depth + 1);
    }
    ck_assert(!rd_json_is_true(at(object, "/additionalProperties")));
}

/* The choice whose `key` is the constant `name`. */
static const struct rd_json *choice(const struct rd_json *choices, const char *key,
                                    const char *name)
{
    for (const struct rd_json *one = rd_json_first(choices); one != NULL; one = rd_json_next(one)) {
        const struct rd_json *constant =
            rd_json_get(rd_json_get(rd_json_get(one, "properties"), key), "const");
        if (constant != NULL && strcmp(rd_json_text(constant), name) == 0)
            return one;
    }
    ck_abort_msg("no %s '%s'", key, name);
    return NULL;
}

static bool is_required(const struct rd_json *object, const char *key)
{
    const struct rd_json *name = rd_json_first(rd_json_get(object, "required"));

    while (name != NULL && strcmp(rd_json_text(name), key) != 0)
        name = rd_json_next(name);
    return name != NULL;
}

START_TEST(both_schemas_name_their_language_first)
{
    struct rd_json *record = NULL;

    ck_assert_int_eq(rd_plan_record_schema(&record, NULL), RD_OK);
    ck_assert_str_eq(rd_json_key(rd_json_first(schema)), "$schema");
    ck_assert_str_eq(rd_json_key(rd_json_first(record)), "$schema");
    ck_assert_str_eq(rd_json_text(rd_json_first(record)),
                     "https://json-schema.org/draft/2020-12/schema");
    rd_json_free(record);
}
END_TEST

START_TEST(the_schemas_are_json_that_we_read_ourselves)
{
    struct rd_buf text = RD_BUF_INIT(1024 * 1024);
    struct rd_json *read = NULL;

    ck_assert_int_eq(rd_json_print(schema, true, &text, NULL), RD_OK);
    ck_assert_int_eq(rd_json_parse(rd_buf_text(&text), text.length, 0, &read, NULL), RD_OK);
    ck_assert(rd_json_equal(read, schema));
    rd_json_free(read);
    rd_buf_free(&text);
}
END_TEST

START_TEST(the_plans_own_settings_are_all_there)
{
    const struct rd_json *properties = at(schema, "/properties");

    for (const struct rd_field *field = rd_plan_shape.fields; field->name != NULL; field++) {
        const struct rd_json *property = rd_json_get(properties, field->name);
        ck_assert_msg(property != NULL, "%s", field->name);
        if (field->type == RD_T_OBJECT)
            holds_shape(property, field->sub, 1);
    }
    ck_assert(is_required(schema, "name") && is_required(schema, "source"));
    ck_assert(!is_required(schema, "checks") && !is_required(schema, "$schema"));
}
END_TEST

START_TEST(every_provider_is_a_choice_with_its_settings)
{
    const struct rd_json *choices = at(schema, "/properties/source/oneOf");
    size_t count = 0;

    for (; rd_providers[count] != NULL; count++) {
        const struct rd_json *one = choice(choices, "provider", rd_providers[count]->name);
        ck_assert(is_required(one, "provider"));
        holds_shape(one, rd_providers[count]->settings, 0);
    }
    ck_assert_uint_eq(rd_json_count(choices), count);
    ck_assert_uint_gt(count, 0);
}
END_TEST

START_TEST(every_check_is_a_choice_with_its_settings_and_those_of_all)
{
    const struct rd_json *choices = at(schema, "/properties/checks/items/oneOf");
    size_t count = 0;

    for (; rd_checks[count] != NULL; count++) {
        const struct rd_json *one = choice(choices, "check", rd_checks[count]->name);
        ck_assert(is_required(one, "check"));
        holds_shape(one, rd_checks[count]->settings, 0);
        for (const struct rd_field *all = rd_plan_check_shape.fields; all->name != NULL; all++)
            ck_assert_ptr_nonnull(rd_json_get(at(one, "/properties"), all->name));
    }
    ck_assert_uint_eq(rd_json_count(choices), count);
    ck_assert_uint_gt(count, 0);
}
END_TEST

START_TEST(the_schema_of_records_holds_the_record)
{
    struct rd_json *record = NULL;

    ck_assert_int_eq(rd_plan_record_schema(&record, NULL), RD_OK);
    holds_shape(record, &rd_record_shape, 0);
    rd_json_free(record);
}
END_TEST

START_TEST(the_example_plans_are_plans)
{
    glob_t found;

    ck_assert_int_eq(glob("drills/plans/*.json", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 4);
    for (size_t i = 0; i < found.gl_pathc; i++)
        plan_test_accepts(found.gl_pathv[i]);
    globfree(&found);
}
END_TEST

START_TEST(the_plan_in_the_readme_is_a_plan)
{
    struct rd_buf text = RD_BUF_INIT(1024 * 1024);

    ck_assert_int_eq(rd_file_read("README.md", &text, NULL), RD_OK);
    const char *begin = strstr(rd_buf_text(&text), "```jsonc\n");
    ck_assert_ptr_nonnull(begin);
    begin += strlen("```jsonc\n");
    const char *end = strstr(begin, "```");
    ck_assert_ptr_nonnull(end);

    test_folder_make();
    plan_test_write(begin, (size_t)(end - begin));
    plan_test_accepts("plan.json");
    ck_assert_uint_eq(plan_test_plan->check_count, 4);
    ck_assert_ptr_nonnull(plan_test_plan->signing);
    plan_test_forget();
    test_folder_remove();
    rd_buf_free(&text);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("plan_schema");
    TCase *schemas = tcase_create("schemas");
    TCase *examples = tcase_create("examples");

    tcase_add_checked_fixture(schemas, setup, teardown);
    tcase_add_test(schemas, both_schemas_name_their_language_first);
    tcase_add_test(schemas, the_schemas_are_json_that_we_read_ourselves);
    tcase_add_test(schemas, the_plans_own_settings_are_all_there);
    tcase_add_test(schemas, every_provider_is_a_choice_with_its_settings);
    tcase_add_test(schemas, every_check_is_a_choice_with_its_settings_and_those_of_all);
    tcase_add_test(schemas, the_schema_of_records_holds_the_record);
    suite_add_tcase(suite, schemas);

    tcase_add_checked_fixture(examples, setup, teardown);
    tcase_add_test(examples, the_example_plans_are_plans);
    tcase_add_test(examples, the_plan_in_the_readme_is_a_plan);
    suite_add_tcase(suite, examples);
    return suite;
}
