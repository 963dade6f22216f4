/*
 * test_record_shape.c: the format of record.json, and the texts in it.
 */
#include "tests/unit/common/record_fixture.h"

START_TEST(every_text_is_clean_and_bounded)
{
    static const char hostile[] = "a\xff\x1b[31m\xe2\x80\xae\nb";
    char endless[9000];
    struct rd_group *only = group(hostile);

    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    record->drill->host = hostile;
    record->backup->name = endless;
    struct rd_finding *finding = rd_find(recorder, only, RD_PASS, hostile, "%s", endless);
    finding->expected = hostile;
    finding->actual = endless;
    rd_record_limit(recorder, "%s", hostile);
    sealed();

    static const char clean[] = "a\xef\xbf\xbd\\x1b[31m\\u202e\nb";
    ck_assert_str_eq(record->drill->host, clean);
    ck_assert_str_eq(only->name, clean);
    ck_assert_str_eq(finding_of(only, 0)->subject, clean);
    ck_assert_str_eq(finding_of(only, 0)->expected, clean);
    ck_assert_str_eq(record->limits.items[0], clean);
    ck_assert_uint_eq(strlen(record->backup->name), RD_RECORD_TEXT_MAX);
    ck_assert_uint_eq(strlen(finding_of(only, 0)->actual), RD_RECORD_TEXT_MAX);
    ck_assert_uint_eq(strlen(finding_of(only, 0)->message), RD_RECORD_TEXT_MAX);
    ck_assert_str_eq(finding_of(only, 0)->message + RD_RECORD_TEXT_MAX - 6, " (cut)");
}
END_TEST

START_TEST(a_text_is_cut_between_characters)
{
    char text[9000] = "";

    for (size_t i = 0; i + 3 < sizeof(text); i += 2)
        memcpy(text + i, "ü", 3);
    struct rd_group *only = group("sql");
    for (size_t shift = 0; shift < 2; shift++)
        rd_find(recorder, only, RD_PASS, "query", "%.*s%s", (int)shift, "x", text);
    sealed();
    for (size_t i = 0; i < 2; i++) {
        const char *message = finding_of(only, i)->message;
        ck_assert_uint_le(strlen(message), RD_RECORD_TEXT_MAX);
        ck_assert_ptr_null(strstr(message, "\xef\xbf\xbd"));
    }
}
END_TEST

/* A record as JSON, and its tree for changes. */
static struct rd_json *as_json(void)
{
    struct rd_json *json = NULL;

    rd_find(recorder, group("ready"), RD_PASS, "server", "accepts queries");
    sealed();
    ck_assert_int_eq(rd_record_to_json(record, &json, NULL), RD_OK);
    return json;
}

static int read_back(const struct rd_json *json, struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(RD_RECORD_MAX);
    struct rd_record *again = NULL;

    return rd_record_from_json(json, arena, &again, reterr);
}

START_TEST(what_was_written_can_be_read)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = as_json();
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(read_back(json, &err) == RD_OK, "%s: %s", err.message, err.detail);
}
END_TEST

START_TEST(what_was_read_is_clean_again)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(RD_RECORD_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = as_json();
    struct rd_record *again = NULL;

    ck_assert_int_eq(rd_json_set(json, "limits.0", rd_json_new_text("\x1b[2J"), NULL), RD_OK);
    ck_assert_int_eq(rd_json_set(json, "drill.plan", rd_json_new_text("\x1b[2J"), NULL), RD_OK);
    ck_assert_int_eq(rd_record_from_json(json, arena, &again, NULL), RD_OK);
    ck_assert_str_eq(again->limits.items[0], "\\x1b[2J");
    ck_assert_str_eq(again->drill->plan_name, "\\x1b[2J");
}
END_TEST

START_TEST(what_is_not_known_is_not_passed_over)
{
    static const struct {
        const char *path;
        const char *text;
    } changes[] = {
        {"extra", "x"},           {"drill.extra", "x"},   {"groups.0.findings.0.extra", "x"},
        {"verdict", "passed"},    {"verdict", ""},        {"groups.0.verdict", "none"},
        {"format", "redrill/2"},  {"rpo.verdict", "met"}, {"counts.passed", "1"},
        {"drill.startedAt", "x"},
    };
    RD_CLEANUP(rd_json_freep) struct rd_json *json = as_json();
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_json_set(json, changes[_i].path, rd_json_new_text(changes[_i].text), NULL),
                     RD_OK);
    ck_assert_int_eq(read_back(json, &err), RD_E_FORMAT);
}
END_TEST

START_TEST(what_is_no_record_is_refused)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    static const char *const texts[] = {"{}",
                                        "[]",
                                        "null",
                                        "\"redrill.record/1\"",
                                        "{\"format\":\"redrill.record/1\"}",
                                        "{\"format\":1}"};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_json_parse(texts[_i], strlen(texts[_i]), 0, &json, NULL), RD_OK);
    ck_assert_int_eq(read_back(json, &err), RD_E_FORMAT);
}
END_TEST

/* The schema of an object, or of what a list holds, describes every field of its table. */
static void schema_covers(const struct rd_json *schema, const struct rd_shape *shape)
{
    const struct rd_json *properties = rd_json_get(schema, "properties");
    size_t count = 0;

    ck_assert_msg(properties != NULL, "%s has no properties", shape->name);
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++, count++) {
        const struct rd_json *property = rd_json_get(properties, field->name);
        ck_assert_msg(property != NULL, "%s.%s is missing", shape->name, field->name);
        ck_assert_msg(field->help != NULL && strlen(field->help) > 5, "%s.%s has no help",
                      shape->name, field->name);
        ck_assert_ptr_nonnull(rd_json_text(rd_json_get(property, "description")));
        if (field->type == RD_T_OBJECT)
            schema_covers(property, field->sub);
        if (field->type == RD_T_LIST)
            schema_covers(rd_json_get(property, "items"), field->sub);
    }
    ck_assert_uint_eq(rd_json_count(properties), count);
}

START_TEST(the_schema_describes_every_member)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *schema = NULL;

    ck_assert_int_eq(rd_shape_schema(&rd_record_shape, true, &schema, NULL), RD_OK);
    schema_covers(schema, &rd_record_shape);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("record shape");
    TCase *tests = tcase_create("record shape");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, every_text_is_clean_and_bounded);
    tcase_add_test(tests, a_text_is_cut_between_characters);
    tcase_add_test(tests, what_was_written_can_be_read);
    tcase_add_test(tests, what_was_read_is_clean_again);
    tcase_add_loop_test(tests, what_is_not_known_is_not_passed_over, 0, 10);
    tcase_add_loop_test(tests, what_is_no_record_is_refused, 0, 6);
    tcase_add_test(tests, the_schema_describes_every_member);
    suite_add_tcase(suite, tests);
    return suite;
}
