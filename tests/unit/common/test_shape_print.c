/*
 * test_shape_print.c: what is printed reads back as the same; what must not be printed is not.
 */
#include <math.h>

#include "tests/unit/common/sample_shape.h"
#include "tests/unit/failing_malloc.h"
#include "tests/unit/suite.h"

static struct rd_err err;
static struct rd_arena *arena;
static struct sample *sample;
static struct rd_json *json;

static void set_up(void)
{
    rd_err_clear(&err);
    arena = rd_arena_new(1024 * 1024);
    sample = rd_shape_new(&sample_shape, arena);
    json = NULL;
}

static void tear_down(void)
{
    rd_json_free(json);
    rd_arena_free(arena);
}

static const char *print(void)
{
    static struct rd_buf out = RD_BUF_INIT(100000);

    rd_json_freep(&json);
    rd_buf_clear(&out);
    ck_assert_int_eq(rd_shape_print(&sample_shape, sample, &json, &err), RD_OK);
    ck_assert_int_eq(rd_json_print(json, false, &out, &err), RD_OK);
    return rd_buf_text(&out);
}

static const char *printed_member(const char *name)
{
    static struct rd_buf out = RD_BUF_INIT(100000);

    print();
    rd_buf_clear(&out);
    if (rd_json_get(json, name) == NULL)
        return "absent";
    ck_assert_int_eq(rd_json_print(rd_json_get(json, name), false, &out, &err), RD_OK);
    return rd_buf_text(&out);
}

START_TEST(a_whole_struct_survives_the_round_trip)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *before = NULL;
    RD_CLEANUP(rd_json_freep) struct rd_json *after = NULL;
    struct rd_faults faults = {.arena = arena};

    ck_assert_int_eq(rd_json_parse(sample_whole, strlen(sample_whole), 0, &before, &err), RD_OK);
    const struct sample *first = rd_shape_parse(&sample_shape, before, "$", NULL, &faults);
    ck_assert_int_eq(rd_shape_print(&sample_shape, first, &after, &err), RD_OK);
    ck_assert(rd_json_equal(before, after));
    const struct sample *second = rd_shape_parse(&sample_shape, after, "$", NULL, &faults);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(second->bigint, first->bigint);
    ck_assert_int_eq(second->time_us, first->time_us);
    ck_assert_int_eq(second->duration_ms, first->duration_ms);
    ck_assert_int_eq(second->size_bytes, first->size_bytes);
    ck_assert_uint_eq(second->map.count, first->map.count);
}
END_TEST

START_TEST(absent_values_are_left_out)
{
    ck_assert_str_eq(print(), "{\"flag\":false,\"on\":false}");
}
END_TEST

START_TEST(members_come_in_the_order_of_the_table)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(100000);
    RD_CLEANUP(rd_json_freep) struct rd_json *document = NULL;
    struct rd_faults faults = {.arena = arena};
    const char *text = "{\"pick\":\"oldest\",\"integer\":1,\"text\":\"x\"}";

    ck_assert_int_eq(rd_json_parse(text, strlen(text), 0, &document, &err), RD_OK);
    sample = rd_shape_parse(&sample_shape, document, "$", NULL, &faults);
    ck_assert_str_eq(print(), "{\"text\":\"x\",\"flag\":false,\"on\":true,\"integer\":1,"
                              "\"percent\":10,\"grace\":\"30s\",\"pick\":\"oldest\","
                              "\"arguments\":[\"a\",\"b\"]}");
}
END_TEST

START_TEST(a_time_is_printed_to_the_millisecond)
{
    sample->time_us = INT64_C(1763303400123999);
    ck_assert_str_eq(printed_member("time"), "\"2025-11-16T14:30:00.123Z\"");
    sample->time_us = -1;
    ck_assert_str_eq(printed_member("time"), "\"1969-12-31T23:59:59.999Z\"");
}
END_TEST

START_TEST(numbers_are_printed_exactly)
{
    sample->integer = INT64_C(9007199254740992);
    sample->bigint = INT64_MIN + 1;
    sample->number = 0.1;
    sample->duration_ms = 5400000;
    sample->size_bytes = 0;
    ck_assert_str_eq(print(), "{\"flag\":false,\"on\":false,\"integer\":9007199254740992,"
                              "\"bigint\":\"-9223372036854775807\",\"number\":0.1,"
                              "\"duration\":\"90m\",\"size\":\"0\"}");
}
END_TEST

START_TEST(what_no_json_can_say_is_an_error)
{
    sample->integer = INT64_C(9007199254740993);
    ck_assert_int_eq(rd_shape_print(&sample_shape, sample, &json, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'integer' is beyond 2^53");
    rd_err_clear(&err);
    sample->integer = RD_ABSENT;
    sample->number = -INFINITY;
    ck_assert_int_eq(rd_shape_print(&sample_shape, sample, &json, &err), RD_E_ARGUMENT);
    rd_err_clear(&err);
    sample->number = NAN;
    sample->pick = 4;
    ck_assert_int_eq(rd_shape_print(&sample_shape, sample, &json, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'pick' is 4, which is none of its choices");
    sample->pick = -1;
    ck_assert_int_eq(rd_shape_print(&sample_shape, sample, &json, NULL), RD_E_ARGUMENT);
    ck_assert_ptr_null(json);
}
END_TEST

START_TEST(what_is_private_or_secret_is_not_printed)
{
    const struct rd_secret written = {.literal = "hunter2"};
    const struct rd_secret referred = {.file = "password.txt"};

    sample->private_text = "hunter2";
    sample->secret = &written;
    ck_assert_str_eq(print(), "{\"flag\":false,\"on\":false}");
    sample->secret = &referred;
    sample->value = &written;
    ck_assert_str_eq(printed_member("secret"), "{\"file\":\"password.txt\"}");
    ck_assert_str_eq(printed_member("value"), "\"hunter2\"");
    ck_assert_str_eq(printed_member("private"), "absent");
}
END_TEST

START_TEST(text_that_is_not_utf8_is_cleaned)
{
    const char *strings[] = {"fine\x01", "b\xff"};
    struct sample_item item = {.key = "k\xff", .name = "n\xc3"};

    sample->text = "a\xff\x1b";
    sample->strings = (struct rd_strings){.count = 2, .items = strings};
    sample->map = (struct rd_list){.count = 1, .items = &item};
    item.count = RD_ABSENT;
    ck_assert_str_eq(printed_member("text"), "\"a\xef\xbf\xbd\\\\x1b\"");
    ck_assert_str_eq(printed_member("strings"), "[\"fine\\u0001\",\"b\xef\xbf\xbd\"]");
    ck_assert_str_eq(printed_member("map"), "{\"k\xef\xbf\xbd\":{\"name\":\"n\xef\xbf\xbd\"}}");
}
END_TEST

START_TEST(a_required_list_is_printed_even_without_items)
{
    static const struct rd_field fields[] = {
        {.name = "list", .type = RD_T_LIST, .sub = &sample_item_shape, .flags = RD_REQUIRED}, {0}};
    static const struct rd_shape shape = {.size = sizeof(struct rd_list), .fields = fields};
    const struct rd_list none = {0};

    ck_assert_int_eq(rd_shape_print(&shape, &none, &json, &err), RD_OK);
    ck_assert_ptr_nonnull(rd_json_get(json, "list"));
    ck_assert_uint_eq(rd_json_count(rd_json_get(json, "list")), 0);
}
END_TEST

START_TEST(a_list_grows_and_new_items_are_absent)
{
    struct rd_list list = {0};

    for (int64_t i = 0; i < 100; i++) {
        struct sample_item *item = rd_list_add(&list, &sample_item_shape, arena);
        ck_assert_int_eq(item->count, RD_ABSENT);
        ck_assert_ptr_null(item->name);
        ck_assert_ptr_null(item->key);
        item->count = i;
    }
    ck_assert_uint_eq(list.count, 100);
    for (int64_t i = 0; i < 100; i++)
        ck_assert_int_eq(((struct sample_item *)list.items)[i].count, i);
}
END_TEST

START_TEST(a_list_that_was_parsed_can_grow)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(10000);
    struct rd_faults faults = {.arena = arena};

    rd_buf_puts(&text, "{\"text\":\"\",\"list\":[");
    for (int i = 0; i < 20; i++)
        rd_buf_printf(&text, "%s{\"name\":\"%d\"}", i > 0 ? "," : "", i);
    rd_buf_puts(&text, "]}");
    ck_assert_int_eq(rd_json_parse(text.data, text.length, 0, &json, &err), RD_OK);
    sample = rd_shape_parse(&sample_shape, json, "$", NULL, &faults);
    for (int i = 20; i < 40; i++) {
        struct sample_item *item = rd_list_add(&sample->list, &sample_item_shape, arena);
        item->name = rd_arena_printf(arena, "%d", i);
    }
    ck_assert_uint_eq(sample->list.count, 40);
    for (int i = 0; i < 40; i++) {
        char name[10];
        snprintf(name, sizeof(name), "%d", i);
        const struct sample_item *item = (struct sample_item *)sample->list.items + i;
        ck_assert_str_eq(item->name, name);
        ck_assert_ptr_null(item->key);
        ck_assert_int_eq(item->count, RD_ABSENT);
    }
}
END_TEST

START_TEST(a_list_without_memory_stays_as_it_is)
{
    RD_CLEANUP(rd_arena_freep)
    struct rd_arena *small = rd_arena_new(8 * sizeof(struct sample_item));
    struct rd_list list = {0};

    for (int i = 0; i < 8; i++)
        ck_assert_ptr_nonnull(rd_list_add(&list, &sample_item_shape, small));
    ck_assert_ptr_null(rd_list_add(&list, &sample_item_shape, small));
    ck_assert_uint_eq(list.count, 8);
}
END_TEST

#if FAILING_MALLOC
static int print_sample(void)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *printed = NULL;
    struct rd_err lost = RD_ERR_INIT;
    int rc = rd_shape_print(&sample_shape, sample, &printed, &lost);

    return (rc == RD_OK) == (printed != NULL) && lost.code == rc ? rc : RD_E_FORMAT;
}

START_TEST(memory_may_be_lost_at_any_point)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *document = NULL;
    struct rd_faults faults = {.arena = arena};
    struct sample_item item = {.key = "k\xff", .name = "n\xc3", .count = 1};

    ck_assert_int_eq(rd_json_parse(sample_whole, strlen(sample_whole), 0, &document, &err), RD_OK);
    sample = rd_shape_parse(&sample_shape, document, "$", NULL, &faults);
    sample->map = (struct rd_list){.count = 1, .items = &item};
    ck_assert_int_gt(failing_malloc_try(print_sample), 50);
}
END_TEST
#endif

START_TEST(people_are_told_a_fields_type)
{
    static const struct {
        const char *field;
        const char *text;
    } types[] = {{"text", "text"},           {"duration", "duration"},
                 {"size", "size"},           {"pick", "one of newest, oldest, random"},
                 {"secret", "secret"},       {"value", "text or secret"},
                 {"list", "list of objects"}};

    for (size_t i = 0; i < RD_COUNT(types); i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(100);
        const struct rd_field *field = sample_fields;
        while (strcmp(field->name, types[i].field) != 0)
            field++;
        rd_shape_type_text(field, &out);
        ck_assert_str_eq(rd_buf_text(&out), types[i].text);
    }
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("shape_print");
    TCase *all = tcase_create("shape_print");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_whole_struct_survives_the_round_trip);
    tcase_add_test(all, absent_values_are_left_out);
    tcase_add_test(all, members_come_in_the_order_of_the_table);
    tcase_add_test(all, a_time_is_printed_to_the_millisecond);
    tcase_add_test(all, numbers_are_printed_exactly);
    tcase_add_test(all, what_no_json_can_say_is_an_error);
    tcase_add_test(all, what_is_private_or_secret_is_not_printed);
    tcase_add_test(all, text_that_is_not_utf8_is_cleaned);
    tcase_add_test(all, a_required_list_is_printed_even_without_items);
    tcase_add_test(all, a_list_grows_and_new_items_are_absent);
    tcase_add_test(all, a_list_that_was_parsed_can_grow);
    tcase_add_test(all, a_list_without_memory_stays_as_it_is);
#if FAILING_MALLOC
    tcase_add_test(all, memory_may_be_lost_at_any_point);
#endif
    tcase_add_test(all, people_are_told_a_fields_type);
    suite_add_tcase(suite, all);
    return suite;
}
