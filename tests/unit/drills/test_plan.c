/*
 * test_plan.c: plans that are right, plans with every kind of fault, and files that are no plans.
 */
#include "tests/unit/drills/plan_test.h"

#include <sys/stat.h>

#include "tests/unit/suite.h"

#define SOURCE "\"source\": {\"provider\": \"dump\", \"path\": \"shop.dump\"}"

static const char smallest[] = "{\"name\": \"shop\", " SOURCE "}";

START_TEST(the_smallest_plan_asks_the_standard_questions)
{
    char here[4096];

    ck_assert_int_eq(plan_test_load(smallest), RD_OK);
    ck_assert_ptr_nonnull(plan_test_plan);
    ck_assert_str_eq(plan_test_plan->name, "shop");
    ck_assert_str_eq(plan_test_plan->provider->name, "dump");
    ck_assert_ptr_nonnull(plan_test_plan->provider_settings);
    ck_assert_uint_eq(plan_test_plan->check_count, 2);
    ck_assert_str_eq(plan_test_plan->checks[0].module->name, "ready");
    ck_assert_str_eq(plan_test_plan->checks[1].module->name, "foreign_keys");
    ck_assert(plan_test_plan->checks[0].required && plan_test_plan->checks[1].required);
    ck_assert_int_eq(plan_test_plan->checks[0].timeout_ms, 3600 * 1000);
    ck_assert_int_eq(plan_test_plan->timeout_ms, INT64_C(12) * 3600 * 1000);
    ck_assert_int_eq(plan_test_plan->target_us, RD_ABSENT);
    ck_assert_int_eq(plan_test_plan->wish->profile, RD_PROFILE_FAITHFUL);
    ck_assert_ptr_null(plan_test_plan->objectives);
    ck_assert_ptr_null(plan_test_plan->signing);
    ck_assert_uint_eq(plan_test_plan->changed.count, 0);
    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    ck_assert_str_eq(plan_test_plan->folder, here);
    ck_assert_uint_eq(strlen(plan_test_plan->sha256), 64);
}
END_TEST

START_TEST(paths_count_from_where_the_file_really_is)
{
    ck_assert_int_eq(mkdir("elsewhere", 0700), 0);
    plan_test_write(smallest, strlen(smallest));
    ck_assert_int_eq(rename("plan.json", "elsewhere/real.json"), 0);
    ck_assert_int_eq(symlink("elsewhere/real.json", "link.json"), 0);
    plan_test_accepts("link.json");
    ck_assert_str_eq(strrchr(plan_test_plan->folder, '/'), "/elsewhere");
}
END_TEST

START_TEST(an_editors_schema_may_be_named)
{
    ck_assert_int_eq(plan_test_load("{\"$schema\": \"./s.json\", \"name\": \"shop\", " SOURCE "}"),
                     RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 0);
}
END_TEST

START_TEST(settings_of_checks_outlive_the_loading)
{
    ck_assert_int_eq(plan_test_load("{\"name\": \"shop\", " SOURCE ", \"checks\": ["
                                    "{\"check\": \"sql\", \"name\": \"one\", \"required\": false,"
                                    " \"timeout\": \"5s\", \"database\": \"other\","
                                    " \"query\": \"select 1\", \"value\": \"1\"},"
                                    "{\"check\": \"http\", \"app\": {\"command\": [\"./app\"]},"
                                    " \"requests\": [{\"get\": \"/\", \"expect\":"
                                    " {\"json\": {\"/a\": {\"b\": [1, 2]}}}}]}]}"),
                     RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 0);
    ck_assert_uint_eq(plan_test_plan->check_count, 2);
    const struct rd_plan_check *check = &plan_test_plan->checks[0];
    ck_assert_str_eq(check->module->name, "sql");
    ck_assert_str_eq(check->name, "one");
    ck_assert_str_eq(check->database, "other");
    ck_assert_int_eq(check->timeout_ms, 5000);
    ck_assert(!check->required);
    ck_assert_ptr_null(plan_test_plan->checks[1].name);

    /* What the settings borrow is still there: the address sanitizer looks on. */
    struct rd_json *printed = NULL;
    ck_assert_int_eq(rd_shape_print(plan_test_plan->checks[1].module->settings,
                                    plan_test_plan->checks[1].settings, &printed, NULL),
                     RD_OK);
    rd_json_free(printed);
}
END_TEST

START_TEST(all_faults_are_told_at_once)
{
    ck_assert_int_eq(plan_test_load("{\"name\": \"bad name\", \"nmae\": 1,"
                                    " \"source\": {\"provider\": \"dump\", \"pth\": \"x\"},"
                                    " \"objectives\": {\"rpo\": \"-15m\", \"rtto\": \"2h\"},"
                                    " \"target\": \"yesterday\", \"timeout\": \"soon\","
                                    " \"signing\": {\"key\": \"hunter2\"},"
                                    " \"checks\": [{\"check\": \"redy\"}, 7, {\"chck\": \"x\"},"
                                    " {\"check\": \"sql\", \"qery\": \"select 1\"}]}"),
                     RD_OK);
    ck_assert_ptr_null(plan_test_plan);
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.nmae"), "'name'"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.name"), "letters"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.source.pth"), "'path'"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.source"), "'path' is required"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.objectives.rpo"), "-15m"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.objectives.rtto"), "'rto'"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.target"), "RFC 3339"));
    ck_assert_ptr_nonnull(plan_test_fault_at("$.timeout"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.checks[0].check"), "'ready'"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.checks[1]"), "must be an object"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.checks[2]"), "'check' is required"));
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.checks[3]"), "'qery' is not known"));
    const char *secret = plan_test_fault_at("$.signing.key");
    ck_assert_ptr_nonnull(secret);
    ck_assert_ptr_null(strstr(secret, "hunter2"));
}
END_TEST

/* clang-format off */
static const struct {
    const char *text, *path, *message;
} faulty[] = {
    {"{\"name\": \"shop\"}", "$", "'source' is required"},
    {"{\"name\": \"\", " SOURCE "}", "$.name", "1 to 100"},
    {"{\"name\": \".shop\", " SOURCE "}", "$.name", "not beginning"},
    {"{\"name\": \"-shop\", " SOURCE "}", "$.name", "not beginning"},
    {"{\"name\": \"a/b\", " SOURCE "}", "$.name", "letters"},
    {"{\"name\": \"b\\u00fccher\", " SOURCE "}", "$.name", "letters"},
    {"{\"name\": 7, " SOURCE "}", "$.name", "not a number"},
    {"{\"name\": \"shop\", \"source\": []}", "$.source", "must be an object, not an array"},
    {"{\"name\": \"shop\", \"source\": {}}", "$.source", "'provider' is required"},
    {"{\"name\": \"shop\", \"source\": {\"provider\": 1}}", "$.source", "must be a string"},
    {"{\"name\": \"shop\", \"source\": {\"provider\": \"dmup\"}}", "$.source.provider", "'dump'"},
    {"{\"name\": \"shop\", \"source\": {\"provider\": \"tapes\"}}", "$.source.provider",
     "'redrill list providers'"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": []}", "$.checks", "at least one"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": {}}", "$.checks", "must be an array"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": null}", "$.checks", "must be an array"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": [{\"check\": \"astrology\"}]}",
     "$.checks[0].check", "'redrill list checks'"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": [{\"check\": \"ready\", \"name\": \"\"}]}",
     "$.checks[0].name", "must not be empty"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": [{\"check\": \"ready\", \"database\": \"\"}]}",
     "$.checks[0].database", "must not be empty"},
    {"{\"name\": \"shop\", " SOURCE ", \"checks\": [{\"check\": \"ready\", \"name\": \"x\"},"
     " {\"check\": \"foreign_keys\", \"name\": \"x\"}]}", "$.checks[1].name", "already"},
    {"{\"name\": \"shop\", " SOURCE ", \"target\": \"2025-11-16T14:30:00\"}", "$.target", "zone"},
    {"{\"name\": \"shop\", " SOURCE ", \"schedule\": {}}", "$.schedule", "'every' is required"},
    {"{\"name\": \"shop\", " SOURCE ", \"signing\": {}}", "$.signing", "'key' is required"},
    {"{\"name\": \"shop\", " SOURCE ", \"timeout\": \"0s\"}", "$.timeout", ""},
};
/* clang-format on */

START_TEST(a_fault_is_told_where_it_is)
{
    plan_test_one_fault(faulty[_i].text, faulty[_i].path, faulty[_i].message);
}
END_TEST

/* What would an incident cost that comes before the next backup? */
START_TEST(an_incident_may_lie_in_the_future)
{
    ck_assert_int_eq(
        plan_test_load("{\"name\": \"shop\", " SOURCE ", \"target\": \"9025-11-16T14:30:00Z\"}"),
        RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 0);
}
END_TEST

START_TEST(two_checks_of_one_kind_need_no_names)
{
    ck_assert_int_eq(plan_test_load("{\"name\": \"shop\", " SOURCE ", \"checks\": ["
                                    "{\"check\": \"ready\"}, {\"check\": \"ready\"}]}"),
                     RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 0);
    ck_assert_uint_eq(plan_test_plan->check_count, 2);
}
END_TEST

START_TEST(a_name_of_100_letters_is_one_and_of_101_is_none)
{
    char text[256], name[102] = "";

    memset(name, 'a', 100);
    snprintf(text, sizeof(text), "{\"name\": \"%s\", " SOURCE "}", name);
    ck_assert_int_eq(plan_test_load(text), RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 0);
    name[100] = 'a';
    snprintf(text, sizeof(text), "{\"name\": \"%s\", " SOURCE "}", name);
    plan_test_one_fault(text, "$.name", "1 to 100");
}
END_TEST

/* A plan whose checks are `count` times the same text. */
static int load_many(const char *check, size_t count)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(2 * RD_PLAN_MAX);

    rd_buf_puts(&text, "{\"name\": \"shop\", " SOURCE ", \"checks\": [");
    for (size_t i = 0; i < count; i++)
        rd_buf_printf(&text, "%s%s", i > 0 ? "," : "", check);
    rd_buf_puts(&text, "]}");
    return plan_test_load(rd_buf_text(&text));
}

START_TEST(a_thousand_checks_are_taken_and_no_more)
{
    ck_assert_int_eq(load_many("{\"check\":\"ready\"}", 1000), RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 0);
    ck_assert_uint_eq(plan_test_plan->check_count, 1000);
    ck_assert_int_eq(load_many("{\"check\":\"ready\"}", 1001), RD_OK);
    ck_assert_uint_eq(plan_test_faults.count, 1);
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.checks"), "more than 1000"));
}
END_TEST

START_TEST(faults_are_counted_beyond_those_that_are_kept)
{
    ck_assert_int_eq(load_many("{\"check\":\"nothing like it\"}", 999), RD_OK);
    ck_assert_ptr_null(plan_test_plan);
    ck_assert_uint_eq(plan_test_faults.count, 999);
    ck_assert_str_eq(plan_test_faults.items[RD_FAULTS_MAX - 1].path, "$.checks[199].check");
}
END_TEST

START_TEST(a_plan_of_too_many_values_is_refused)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_PLAN_MAX);

    rd_buf_puts(&text, "{\"name\": \"shop\", " SOURCE ", \"instance\": {\"settings\": [{}");
    while (text.length < RD_PLAN_MAX - 16)
        rd_buf_puts(&text, ",{}");
    rd_buf_puts(&text, "]}}");
    int code = plan_test_load(rd_buf_text(&text));
    ck_assert(code == RD_OK ? plan_test_faults.count > RD_FAULTS_MAX : code == RD_E_LIMIT);
    ck_assert_ptr_null(plan_test_plan);
}
END_TEST

static void refused(const char *text, size_t length, int code, const char *message)
{
    plan_test_write(text, length);
    ck_assert_int_eq(plan_test_load_file("plan.json", NULL), code);
    ck_assert_ptr_null(plan_test_plan);
    ck_assert_msg(strstr(plan_test_err.message, message) != NULL, "%s", plan_test_err.message);
    ck_assert_str_ne(plan_test_err.hint, "");
}

START_TEST(what_is_no_plan_at_all_is_an_error_that_says_where)
{
    refused("", 0, RD_E_FORMAT, "'plan.json', line 1");
    refused("{\n \"name\": shop}", 16, RD_E_FORMAT, "'plan.json', line 2, column 10");
    refused("{\"a\": 1, \"a\": 2}", 16, RD_E_FORMAT, "'plan.json', line 1");
    refused("\xff\xfe{", 3, RD_E_FORMAT, "'plan.json', line 1");
    refused("{\0}", 3, RD_E_FORMAT, "'plan.json', line 1");
}
END_TEST

START_TEST(an_array_is_no_plan)
{
    ck_assert_int_eq(plan_test_load("[]"), RD_E_FORMAT);
    ck_assert_str_eq(plan_test_err.message, "'plan.json' must hold an object, not an array");
}
END_TEST

START_TEST(endless_nesting_is_refused)
{
    char deep[4000];

    memset(deep, '[', sizeof(deep));
    refused(deep, sizeof(deep), RD_E_FORMAT, "'plan.json', line 1");
}
END_TEST

START_TEST(a_file_beyond_a_mebibyte_is_refused)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(2 * RD_PLAN_MAX);

    rd_buf_puts(&text, smallest);
    while (text.length < RD_PLAN_MAX)
        rd_buf_puts(&text, "\n");
    ck_assert_int_eq(plan_test_load(rd_buf_text(&text)), RD_OK);
    rd_buf_puts(&text, "\n");
    ck_assert_int_eq(plan_test_load(rd_buf_text(&text)), RD_E_LIMIT);
    ck_assert_str_ne(plan_test_err.hint, "");
}
END_TEST

START_TEST(a_file_that_is_not_there_is_told_with_a_hint)
{
    ck_assert_int_eq(plan_test_load_file("nowhere.json", NULL), RD_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(plan_test_err.message, "'nowhere.json'"));
    ck_assert_str_ne(plan_test_err.hint, "");
    ck_assert_int_ne(plan_test_load_file(".", NULL), RD_OK);
    ck_assert_str_ne(plan_test_err.hint, "");
}
END_TEST

/* No module may call a setting as every check, or the naming of modules, does: the setting could
 * never be given. */
START_TEST(no_setting_of_a_module_is_out_of_reach)
{
    for (size_t i = 0; rd_checks[i] != NULL; i++) {
        const struct rd_field *field = rd_checks[i]->settings->fields;
        for (; field->name != NULL; field++) {
            ck_assert_str_ne(field->name, "check");
            for (const struct rd_field *all = rd_plan_check_shape.fields; all->name != NULL; all++)
                ck_assert_msg(strcmp(field->name, all->name) != 0, "%s.%s", rd_checks[i]->name,
                              field->name);
        }
    }
    for (size_t i = 0; rd_providers[i] != NULL; i++) {
        const struct rd_field *field = rd_providers[i]->settings->fields;
        for (; field->name != NULL; field++)
            ck_assert_str_ne(field->name, "provider");
    }
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *right = tcase_create("right");
    TCase *wrong = tcase_create("wrong");

    tcase_add_checked_fixture(right, plan_test_setup, plan_test_teardown);
    tcase_add_test(right, the_smallest_plan_asks_the_standard_questions);
    tcase_add_test(right, paths_count_from_where_the_file_really_is);
    tcase_add_test(right, an_editors_schema_may_be_named);
    tcase_add_test(right, settings_of_checks_outlive_the_loading);
    tcase_add_test(right, an_incident_may_lie_in_the_future);
    tcase_add_test(right, two_checks_of_one_kind_need_no_names);
    tcase_add_test(right, no_setting_of_a_module_is_out_of_reach);
    suite_add_tcase(suite, right);

    tcase_add_checked_fixture(wrong, plan_test_setup, plan_test_teardown);
    tcase_set_timeout(wrong, 60);
    tcase_add_test(wrong, all_faults_are_told_at_once);
    tcase_add_loop_test(wrong, a_fault_is_told_where_it_is, 0, RD_COUNT(faulty));
    tcase_add_test(wrong, a_name_of_100_letters_is_one_and_of_101_is_none);
    tcase_add_test(wrong, a_thousand_checks_are_taken_and_no_more);
    tcase_add_test(wrong, faults_are_counted_beyond_those_that_are_kept);
    tcase_add_test(wrong, a_plan_of_too_many_values_is_refused);
    tcase_add_test(wrong, what_is_no_plan_at_all_is_an_error_that_says_where);
    tcase_add_test(wrong, an_array_is_no_plan);
    tcase_add_test(wrong, endless_nesting_is_refused);
    tcase_add_test(wrong, a_file_beyond_a_mebibyte_is_refused);
    tcase_add_test(wrong, a_file_that_is_not_there_is_told_with_a_hint);
    suite_add_tcase(suite, wrong);
    return suite;
}
