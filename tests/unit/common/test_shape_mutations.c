/*
 * test_shape_mutations.c: every prefix and every altered byte of a good plan goes through JSON and
 * shape. Nothing but sanitizers may complain; and what is taken must read back as the same.
 */
#include <stdlib.h>

#include "tests/unit/common/sample_shape.h"
#include "tests/unit/suite.h"

static const char good[] = "// a plan\n"
                           "{\"text\": \"gr\xc3\xbc\xc3\x9f \\u20ac\\ud83d\\ude00\", // of people\n"
                           "\"integer\": -12, \"number\": 1.5e3, \"bigint\": \"-42\",\n"
                           "\"duration\": \"1h 30m\", \"size\": \"1.5GB\", \"flag\": true,\n"
                           "\"time\": \"2024-02-29 23:59:59.5+02:00\", \"pick\": \"oldest\",\n"
                           "\"secret\": {\"env\": \"A\"}, \"value\": \"v\", \"strings\": [\"a\"],\n"
                           "\"object\": {\"name\": \"one\"}, \"list\": [{\"name\": \"x\"}],\n"
                           "\"map\": {\"a.b\": {\"name\": \"y\", \"count\": 2}}, \"json\": [null]}";

/* Whether it is taken. */
static bool offer(const char *text, size_t length)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    RD_CLEANUP(rd_json_freep) struct rd_json *printed = NULL;
    RD_CLEANUP(rd_json_freep) struct rd_json *again = NULL;
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(1024 * 1024);
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(10000);
    struct rd_faults faults = {.arena = arena};
    struct rd_err err = RD_ERR_INIT;

    int rc = rd_json_parse(text, length, RD_JSON_COMMENTS, &json, &err);
    ck_assert(rc == RD_OK || rc == RD_E_FORMAT);
    ck_assert_int_eq(rc == RD_OK, json != NULL);
    if (rc != RD_OK) {
        ck_assert_int_eq(strncmp(err.message, "line ", 5), 0);
        return false;
    }
    const struct sample *sample = rd_shape_parse(&sample_shape, json, "$", NULL, &faults);
    ck_assert_ptr_nonnull(sample);
    if (faults.count > 0)
        return false;
    ck_assert_int_eq(rd_shape_print(&sample_shape, sample, &printed, &err), RD_OK);
    ck_assert_int_eq(rd_json_print(printed, true, &out, &err), RD_OK);
    ck_assert_int_eq(rd_json_parse(out.data, out.length, 0, &again, &err), RD_OK);
    ck_assert(rd_json_equal(printed, again));
    return true;
}

/* The text lies in a block of its own size, so that a sanitizer sees every byte too far. */
static bool offer_alone(const char *text, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, length);
    bool taken = offer(copy, length);
    free(copy);
    return taken;
}

START_TEST(the_plan_is_good)
{
    ck_assert(offer_alone(good, strlen(good)));
}
END_TEST

START_TEST(no_prefix_of_the_plan_is_taken)
{
    for (size_t length = 0; length < strlen(good); length++)
        ck_assert(!offer_alone(good, length));
}
END_TEST

/* The 256 values of a byte are spread over the loop's rounds, for the sake of the time limit. */
START_TEST(every_altered_byte_is_taken_or_refused_but_never_harmful)
{
    char text[sizeof(good)];
    size_t taken = 0;

    for (size_t at = 0; at < strlen(good); at++) {
        memcpy(text, good, sizeof(good));
        for (int value = _i; value < 256; value += 8) {
            text[at] = (char)value;
            taken += offer_alone(text, strlen(good));
        }
    }
    ck_assert_uint_gt(taken, 0);
    ck_assert_uint_lt(taken, strlen(good) * 32);
}
END_TEST

START_TEST(every_byte_left_out_or_doubled_is_taken_or_refused_but_never_harmful)
{
    char text[sizeof(good) + 1];

    for (size_t at = 0; at < strlen(good); at++) {
        memcpy(text, good, at);
        memcpy(text + at, good + at + 1, strlen(good) - at);
        offer_alone(text, strlen(good) - 1);
        memcpy(text, good, at + 1);
        memcpy(text + at + 1, good + at, strlen(good) - at);
        offer_alone(text, strlen(good) + 1);
    }
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("shape_mutations");
    TCase *all = tcase_create("shape_mutations");

    tcase_set_timeout(all, 120);
    tcase_add_test(all, the_plan_is_good);
    tcase_add_test(all, no_prefix_of_the_plan_is_taken);
    tcase_add_loop_test(all, every_altered_byte_is_taken_or_refused_but_never_harmful, 0, 8);
    tcase_add_test(all, every_byte_left_out_or_doubled_is_taken_or_refused_but_never_harmful);
    suite_add_tcase(suite, all);
    return suite;
}
