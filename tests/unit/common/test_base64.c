/*
 * test_base64.c: the vectors of RFC 4648, and what must not pass for base64.
 */
#include "drills/common/base64.h"

#include <string.h>

#include "tests/unit/suite.h"

static const struct {
    const char *plain;
    const char *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xef\xff", "++//"},
};

START_TEST(the_vectors_of_rfc_4648_encode_and_decode)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(100);
    RD_CLEANUP(rd_buf_free) struct rd_buf plain = RD_BUF_INIT(100);

    rd_base64_encode(vectors[_i].plain, strlen(vectors[_i].plain), &text);
    ck_assert_str_eq(rd_buf_text(&text), vectors[_i].text);
    ck_assert_int_eq(rd_base64_decode(vectors[_i].text, &plain, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&plain), vectors[_i].plain);
}
END_TEST

START_TEST(every_length_up_to_several_pieces_survives_a_round_trip)
{
    unsigned char data[4000];

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)(i * 7 + i / 256);
    for (size_t length = 0; length <= sizeof(data); length += length < 10 ? 1 : 83) {
        RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(8000);
        RD_CLEANUP(rd_buf_free) struct rd_buf plain = RD_BUF_INIT(sizeof(data));
        rd_base64_encode(data, length, &text);
        ck_assert_uint_eq(text.length, (length + 2) / 3 * 4);
        ck_assert_int_eq(rd_base64_decode(rd_buf_text(&text), &plain, NULL), RD_OK);
        ck_assert_uint_eq(plain.length, length);
        ck_assert_int_eq(memcmp(rd_buf_text(&plain), data, length), 0);
    }
}
END_TEST

START_TEST(the_url_safe_alphabet_and_missing_padding_are_taken)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf plain = RD_BUF_INIT(100);

    ck_assert_int_eq(rd_base64_decode("--__", &plain, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&plain), "\xfb\xef\xff");
    rd_buf_clear(&plain);
    ck_assert_int_eq(rd_base64_decode("Zm9vYg", &plain, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&plain), "foob");
}
END_TEST

static const char *const broken[] = {
    "Z",     "Zm9vY",  "Zg=",   "Zg===", "====",    "=",    "Zm9v====", "Zg==Zg==",
    "Zm 9v", "Zm9v\n", " Zm9v", "Zm9*",  "Zm9\x80", "Zh==", "Zm9=", /* stray bits */
};

START_TEST(what_is_not_base64_is_refused)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf plain = RD_BUF_INIT(100);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_base64_decode(broken[_i], &plain, &err), RD_E_FORMAT);
    ck_assert_int_eq(err.code, RD_E_FORMAT);
}
END_TEST

START_TEST(text_that_is_too_long_is_a_limit)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf plain = RD_BUF_INIT(5);

    ck_assert_int_eq(rd_base64_decode("Zm9vYmFy", &plain, NULL), RD_E_LIMIT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("base64");
    TCase *all = tcase_create("base64");

    tcase_add_loop_test(all, the_vectors_of_rfc_4648_encode_and_decode, 0, RD_COUNT(vectors));
    tcase_add_test(all, every_length_up_to_several_pieces_survives_a_round_trip);
    tcase_add_test(all, the_url_safe_alphabet_and_missing_padding_are_taken);
    tcase_add_loop_test(all, what_is_not_base64_is_refused, 0, RD_COUNT(broken));
    tcase_add_test(all, text_that_is_too_long_is_a_limit);
    suite_add_tcase(suite, all);
    return suite;
}
