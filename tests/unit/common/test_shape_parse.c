/*
 * test_shape_parse.c: what a shape makes of a document, and every way to get it wrong.
 */
#include <math.h>

#include "tests/unit/common/sample_shape.h"
#include "tests/unit/failing_malloc.h"
#include "tests/unit/suite.h"

static struct rd_faults faults;
static struct rd_json *json;

static void set_up(void)
{
    faults = (struct rd_faults){.arena = rd_arena_new(4 * 1024 * 1024)};
    json = NULL;
}

static void tear_down(void)
{
    rd_json_free(json);
    rd_arena_free(faults.arena);
}

static const struct sample *parse(const char *text)
{
    rd_json_freep(&json);
    faults.count = 0;
    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &json, NULL), RD_OK);
    const struct sample *sample = rd_shape_parse(&sample_shape, json, "$", NULL, &faults);
    ck_assert_ptr_nonnull(sample);
    return sample;
}

START_TEST(a_whole_document_fills_the_struct)
{
    const struct sample *sample = parse(sample_whole);

    ck_assert_uint_eq(faults.count, 0);
    ck_assert_str_eq(sample->text, "gr\xc3\xbc\xc3\x9f\n");
    ck_assert(sample->flag && !sample->on);
    ck_assert_int_eq(sample->integer, INT64_C(-9007199254740992));
    ck_assert_int_eq(sample->percent, 0);
    ck_assert_int_eq(sample->bigint, INT64_MAX);
    ck_assert_double_eq(sample->number, 0.5);
    ck_assert_int_eq(sample->duration_ms, 900000);
    ck_assert_int_eq(sample->grace_ms, 250);
    ck_assert_int_eq(sample->size_bytes, INT64_C(10) << 30);
    ck_assert_int_eq(sample->time_us, INT64_C(1763303400123000));
    ck_assert_int_eq(sample->pick, 3);
    ck_assert_str_eq(sample->secret->env, "PASSWORD");
    ck_assert_ptr_null(sample->secret->literal);
    ck_assert_uint_eq(sample->value->exec.count, 2);
    ck_assert_str_eq(sample->value->exec.items[1], "x");
    ck_assert_uint_eq(sample->strings.count, 2);
    ck_assert_str_eq(sample->strings.items[0], "");
    ck_assert_uint_eq(sample->arguments.count, 1);
    ck_assert_str_eq(sample->object->name, "one");
    ck_assert_uint_eq(rd_json_count(sample->json), 2);
}
END_TEST

START_TEST(lists_and_maps_have_their_items_in_order)
{
    const struct sample *sample = parse(sample_whole);
    const struct sample_item *list = sample->list.items, *map = sample->map.items;

    ck_assert_uint_eq(sample->list.count, 2);
    ck_assert_str_eq(list[0].name, "two");
    ck_assert_int_eq(list[0].count, RD_ABSENT);
    ck_assert_ptr_null(list[0].key);
    ck_assert_int_eq(list[1].count, 3);
    ck_assert_uint_eq(sample->map.count, 2);
    ck_assert_str_eq(map[0].key, "odd key");
    ck_assert_str_eq(map[0].name, "four");
    ck_assert_str_eq(map[1].key, "");
    ck_assert_int_eq(map[1].count, 5);
}
END_TEST

START_TEST(what_is_not_given_is_absent_or_the_default)
{
    const struct sample *sample = parse("{\"text\":\"\"}");

    ck_assert_uint_eq(faults.count, 0);
    ck_assert_str_eq(sample->text, "");
    ck_assert(!sample->flag && sample->on);
    ck_assert_int_eq(sample->integer, RD_ABSENT);
    ck_assert_int_eq(sample->percent, 10);
    ck_assert_int_eq(sample->bigint, RD_ABSENT);
    ck_assert(isnan(sample->number));
    ck_assert_int_eq(sample->duration_ms, RD_ABSENT);
    ck_assert_int_eq(sample->grace_ms, 30000);
    ck_assert_int_eq(sample->size_bytes, RD_ABSENT);
    ck_assert_int_eq(sample->time_us, RD_ABSENT);
    ck_assert_int_eq(sample->pick, 1);
    ck_assert_ptr_null(sample->secret);
    ck_assert_ptr_null(sample->value);
    ck_assert_uint_eq(sample->strings.count, 0);
    ck_assert_uint_eq(sample->arguments.count, 2);
    ck_assert_str_eq(sample->arguments.items[1], "b");
    ck_assert_ptr_null(sample->object);
    ck_assert_uint_eq(sample->list.count, 0);
    ck_assert_uint_eq(sample->map.count, 0);
    ck_assert_ptr_null(sample->json);
}
END_TEST

START_TEST(everything_but_json_values_outlives_the_document)
{
    const struct sample *sample = parse(sample_whole);

    rd_json_freep(&json);
    ck_assert_str_eq(sample->text, "gr\xc3\xbc\xc3\x9f\n");
    ck_assert_str_eq(sample->value->exec.items[0], "show");
    ck_assert_str_eq(((const struct sample_item *)sample->map.items)[0].key, "odd key");
}
END_TEST

START_TEST(a_value_may_be_written_or_referred_to)
{
    ck_assert_str_eq(parse("{\"text\":\"\",\"value\":\"plain\"}")->value->literal, "plain");
    ck_assert_str_eq(parse("{\"text\":\"\",\"value\":{\"file\":\"f\"}}")->value->file, "f");
    ck_assert_str_eq(parse("{\"text\":\"\",\"secret\":{\"file\":\"f\"}}")->secret->file, "f");
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

/* What is put beside "text" in a document, and the one fault that it makes. */
static const struct {
    const char *member;
    const char *path;
    const char *message;
} wrong[] = {
    {"\"flag\":1", "$.flag", "must be true or false, not a number"},
    {"\"flag\":\"true\"", "$.flag", "must be true or false, not a string"},
    {"\"flag\":null", "$.flag", "must be true or false, not null"},
    {"\"integer\":\"1\"", "$.integer", "must be a whole number, not a string"},
    {"\"integer\":1.5", "$.integer", "must be a whole number, not 1.5"},
    {"\"integer\":1e300", "$.integer", "must be a whole number between -2^53 and 2^53, not 1e+300"},
    {"\"percent\":101", "$.percent", "must be from 0 to 100, not 101"},
    {"\"percent\":-1", "$.percent", "must be from 0 to 100, not -1"},
    {"\"bigint\":1", "$.bigint", "must be a whole number in quotes such as \"42\", not a number"},
    {"\"bigint\":\"01\"", "$.bigint", "must be a whole number in quotes such as \"42\""},
    {"\"bigint\":\"+1\"", "$.bigint", "must be a whole number in quotes such as \"42\""},
    {"\"bigint\":\"-0\"", "$.bigint", "must be a whole number in quotes such as \"42\""},
    {"\"bigint\":\"\"", "$.bigint", "must be a whole number in quotes such as \"42\""},
    {"\"bigint\":\"-\"", "$.bigint", "must be a whole number in quotes such as \"42\""},
    {"\"bigint\":\"1 \"", "$.bigint", "must be a whole number in quotes such as \"42\""},
    {"\"bigint\":\"9223372036854775808\"", "$.bigint", "is beyond 64 bits"},
    {"\"bigint\":\"-9223372036854775808\"", "$.bigint", "is beyond 64 bits"},
    {"\"number\":\"1\"", "$.number", "must be a number, not a string"},
    {"\"number\":0.25", "$.number", "must be at least 0.5, not 0.25"},
    {"\"duration\":900", "$.duration", "must be a duration such as \"15m\", not a number"},
    {"\"duration\":\"15 parsecs\"", "$.duration",
     "'15 parsecs' is not a duration: it must look like 15m, 1h30m, 31d or PT15M"},
    {"\"duration\":\"0s\"", "$.duration", "'0s' is not a duration: it must be longer than zero"},
    {"\"size\":10", "$.size", "must be a size such as \"10GiB\", not a number"},
    {"\"size\":\"big\"", "$.size", "'big' is not a size: it must look like 512, 64kB or 10GiB"},
    {"\"time\":{}", "$.time", "must be a time such as \"2025-11-16T14:30:00Z\", not an object"},
    {"\"time\":\"noon\"", "$.time", "'noon' is not a time such as 2025-11-16T14:30:00Z"},
    {"\"pick\":1", "$.pick", "must be one of newest, oldest, random, not a number"},
    {"\"pick\":\"newst\"", "$.pick",
     "must be one of newest, oldest, random, not 'newst'; did you mean 'newest'?"},
    {"\"pick\":\"Newest\"", "$.pick",
     "must be one of newest, oldest, random, not 'Newest'; did you mean 'newest'?"},
    {"\"pick\":\"best\"", "$.pick", "must be one of newest, oldest, random, not 'best'"},
    {"\"value\":5", "$.value", "must be a string or a reference to a secret, not a number"},
    {"\"value\":{}", "$.value", "must have exactly one of 'env', 'file' and 'exec'"},
    {"\"secret\":{}", "$.secret", "must have exactly one of 'env', 'file' and 'exec'"},
    {"\"secret\":{\"exec\":[]}", "$.secret", "must have exactly one of 'env', 'file' and 'exec'"},
    {"\"secret\":{\"env\":\"A\",\"file\":\"b\"}", "$.secret",
     "must have exactly one of 'env', 'file' and 'exec'"},
    {"\"secret\":{\"evn\":\"A\"}", "$.secret.evn", "'evn' is not known; did you mean 'env'?"},
    {"\"secret\":{\"literal\":\"A\"}", "$.secret.literal",
     "'literal' is not known; known are env, file, exec"},
    {"\"secret\":{\"env\":5}", "$.secret.env", "must be a string, not a number"},
    {"\"secret\":{\"exec\":\"cat x\"}", "$.secret.exec",
     "must be an array of strings, not a string"},
    {"\"strings\":\"a\"", "$.strings", "must be an array of strings, not a string"},
    {"\"strings\":{}", "$.strings", "must be an array of strings, not an object"},
    {"\"strings\":[\"a\",null]", "$.strings[1]", "must be a string, not null"},
    {"\"object\":[]", "$.object", "must be an object, not an array"},
    {"\"object\":{}", "$.object", "'name' is required"},
    {"\"object\":{\"name\":\"forbidden\"}", "$.object", "must not be called 'forbidden'"},
    {"\"list\":{}", "$.list", "must be an array of objects, not an object"},
    {"\"list\":[{\"name\":\"a\"},5]", "$.list[1]", "must be an object, not a number"},
    {"\"list\":[{\"name\":\"a\"},{\"name\":\"b\",\"count\":0}]", "$.list[1].count",
     "must be at least 1, not 0"},
    {"\"map\":[]", "$.map", "must be an object of objects, not an array"},
    {"\"map\":{\"a\":1}", "$.map.a", "must be an object, not a number"},
    {"\"map\":{\"odd key\":{\"name\":1}}", "$.map[\"odd key\"].name",
     "must be a string, not a number"},
    {"\"map\":{\"public.users\":{}}", "$.map[\"public.users\"]", "'name' is required"},
    {"\"map\":{\"\":{}}", "$.map[\"\"]", "'name' is required"},
    {"\"map\":{\"1a\":{}}", "$.map[\"1a\"]", "'name' is required"},
    {"\"map\":{\"a\\\"]\\n\":{}}", "$.map[\"a\\\"]\\n\"]", "'name' is required"},
    {"\"map\":{\"_a1\":{}}", "$.map._a1", "'name' is required"},
    {"\"durations\":\"1s\"", "$.durations", "'durations' is not known; did you mean 'duration'?"},
    {"\"Flag\":true", "$.Flag", "'Flag' is not known; did you mean 'flag'?"},
    {"\"x\":1", "$.x",
     "'x' is not known; known are text, flag, on, integer, percent, bigint, number, duration, "
     "grace, size, time, pick, secret, value, strings, arguments, object, list, map, json, "
     "private"},
    {"\"odd key\":1", "$[\"odd key\"]", NULL},
};

START_TEST(a_mistake_is_told_with_its_path)
{
    char text[300];

    snprintf(text, sizeof(text), "{\"text\":\"\",%s}", wrong[_i].member);
    parse(text);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.items[0].path, wrong[_i].path);
    if (wrong[_i].message != NULL)
        ck_assert_str_eq(faults.items[0].message, wrong[_i].message);
}
END_TEST

START_TEST(a_secret_that_was_written_down_is_not_repeated)
{
    static const char *const written[] = {"\"hunter2\"",
                                          "[\"hunter2\"]",
                                          "20042004",
                                          "{\"env\":[\"hunter2\"]}",
                                          "{\"literal\":\"hunter2\"}",
                                          "{\"exec\":\"hunter2\"}"};

    for (size_t i = 0; i < RD_COUNT(written); i++) {
        char text[100];
        snprintf(text, sizeof(text), "{\"text\":\"\",\"secret\":%s}", written[i]);
        parse(text);
        ck_assert_uint_eq(faults.count, 1);
        ck_assert_ptr_null(strstr(faults.items[0].message, "hunter2"));
        ck_assert_ptr_null(strstr(faults.items[0].message, "2004"));
    }
    parse("{\"text\":\"\",\"secret\":\"hunter2\"}");
    ck_assert_str_eq(faults.items[0].message,
                     "secrets are never written in a plan; use {\"env\": \"NAME\"}, "
                     "{\"file\": \"PATH\"} or {\"exec\": [\"command\"]}");
}
END_TEST

START_TEST(all_mistakes_are_told_at_once)
{
    parse("{\"flagg\":1,\"pick\":2,\"list\":[{},{\"count\":0}],\"object\":{\"x\":1}}");
    static const char *const paths[] = {"$.flagg",   "$.pick",     "$.list[0]", "$.list[1].count",
                                        "$.list[1]", "$.object.x", "$.object",  "$"};

    ck_assert_uint_eq(faults.count, RD_COUNT(paths));
    for (size_t i = 0; i < RD_COUNT(paths); i++)
        ck_assert_str_eq(faults.items[i].path, paths[i]);
    ck_assert_str_eq(faults.items[7].message, "'text' is required");
}
END_TEST

START_TEST(the_root_must_be_an_object)
{
    const struct sample *sample = parse("[]");

    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.items[0].path, "$");
    ck_assert_str_eq(faults.items[0].message, "must be an object, not an array");
    ck_assert_int_eq(sample->integer, RD_ABSENT);
}
END_TEST

START_TEST(a_key_can_be_passed_over_and_the_root_may_lie_deeper)
{
    ck_assert_int_eq(rd_json_parse("{\"check\":1,\"nam\":2}", 19, 0, &json, NULL), RD_OK);
    ck_assert_ptr_nonnull(
        rd_shape_parse(&sample_item_shape, json, "$.checks[2]", "check", &faults));
    ck_assert_uint_eq(faults.count, 2);
    ck_assert_str_eq(faults.items[0].path, "$.checks[2].nam");
    ck_assert_str_eq(faults.items[1].path, "$.checks[2]");
}
END_TEST

START_TEST(validation_waits_for_an_object_without_faults)
{
    parse("{\"text\":\"\",\"object\":{\"name\":\"forbidden\",\"count\":0}}");
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.items[0].path, "$.object.count");
}
END_TEST

START_TEST(a_default_that_does_not_fit_is_a_fault)
{
    static const struct rd_field fields[] = {
        {.name = "wrong", .type = RD_T_INTEGER, .fallback = "ten"}, {0}};
    static const struct rd_shape shape = {.size = sizeof(int64_t), .fields = fields};

    json = rd_json_new_object();
    ck_assert_ptr_nonnull(rd_shape_parse(&shape, json, "$", NULL, &faults));
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.items[0].path, "$.wrong");
}
END_TEST

START_TEST(any_amount_of_memory_gives_all_or_nothing)
{
    size_t enough = 0;

    ck_assert_int_eq(rd_json_parse(sample_whole, sizeof(sample_whole) - 1, 0, &json, NULL), RD_OK);
    for (size_t max = 0; enough == 0; max++) {
        RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(max);
        struct rd_faults found = {.arena = arena};
        const struct sample *sample = rd_shape_parse(&sample_shape, json, "$", NULL, &found);
        ck_assert_uint_eq(found.count, 0);
        ck_assert_int_eq(sample != NULL, rd_arena_status(arena, NULL) == RD_OK);
        if (sample != NULL) {
            ck_assert_uint_eq(rd_json_count(sample->json), 2);
            enough = max;
        }
    }
    ck_assert_uint_gt(enough, sizeof(struct sample));
}
END_TEST

START_TEST(a_fault_that_was_lost_with_the_memory_is_no_success)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(sizeof(struct sample_item));
    struct rd_faults found = {.arena = arena};

    json = rd_json_new_object();
    ck_assert_ptr_null(rd_shape_parse(&sample_item_shape, json, "$", NULL, &found));
    ck_assert_uint_eq(found.count, 1);
}
END_TEST

#if FAILING_MALLOC
static int parse_whole(void)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1024 * 1024);
    struct rd_faults found = {.arena = arena};

    if (arena == NULL || rd_shape_parse(&sample_shape, json, "$", NULL, &found) == NULL)
        return RD_E_MEMORY;
    return found.count == 1 ? RD_OK : RD_E_FORMAT;
}

START_TEST(memory_may_be_lost_at_any_point)
{
    const char *text = "{\"text\":\"x\",\"secret\":{\"file\":\"f\"},\"map\":{\"odd key\":{}}}";

    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &json, NULL), RD_OK);
    ck_assert_int_gt(failing_malloc_try(parse_whole), 10);
}
END_TEST
#endif

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("shape_parse");
    TCase *all = tcase_create("shape_parse");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_whole_document_fills_the_struct);
    tcase_add_test(all, lists_and_maps_have_their_items_in_order);
    tcase_add_test(all, what_is_not_given_is_absent_or_the_default);
    tcase_add_test(all, everything_but_json_values_outlives_the_document);
    tcase_add_test(all, a_value_may_be_written_or_referred_to);
    tcase_add_loop_test(all, a_mistake_is_told_with_its_path, 0, RD_COUNT(wrong));
    tcase_add_test(all, a_secret_that_was_written_down_is_not_repeated);
    tcase_add_test(all, all_mistakes_are_told_at_once);
    tcase_add_test(all, the_root_must_be_an_object);
    tcase_add_test(all, a_key_can_be_passed_over_and_the_root_may_lie_deeper);
    tcase_add_test(all, validation_waits_for_an_object_without_faults);
    tcase_add_test(all, a_default_that_does_not_fit_is_a_fault);
    tcase_add_test(all, any_amount_of_memory_gives_all_or_nothing);
    tcase_add_test(all, a_fault_that_was_lost_with_the_memory_is_no_success);
#if FAILING_MALLOC
    tcase_add_test(all, memory_may_be_lost_at_any_point);
#endif
    suite_add_tcase(suite, all);
    return suite;
}
