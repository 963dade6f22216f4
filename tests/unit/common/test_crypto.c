/*
 * test_crypto.c: digests, keyed hashes and identifiers against published vectors.
 */
#include "drills/common/crypto.h"

#include <string.h>

#include "tests/unit/suite.h"

/* FIPS 180-4's examples. */
#define SHA_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_MILLION_A "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

START_TEST(sha256_of_known_texts)
{
    char hex[RD_SHA256_HEX];

    ck_assert_int_eq(rd_sha256("", 0, hex, NULL), RD_OK);
    ck_assert_str_eq(hex, SHA_EMPTY);
    ck_assert_int_eq(rd_sha256("abc", 3, hex, NULL), RD_OK);
    ck_assert_str_eq(hex, SHA_ABC);
}
END_TEST

START_TEST(sha256_in_pieces_is_that_of_the_whole)
{
    RD_CLEANUP(rd_sha256_freep) struct rd_sha256 *sha = NULL;
    unsigned char digest[RD_SHA256_BYTES];
    char hex[RD_SHA256_HEX], piece[1000];

    memset(piece, 'a', sizeof(piece));
    ck_assert_int_eq(rd_sha256_new(&sha, NULL), RD_OK);
    for (int i = 0; i < 1000; i++)
        rd_sha256_add(sha, piece, sizeof(piece));
    ck_assert_int_eq(rd_sha256_end(sha, digest, NULL), RD_OK);
    rd_hex(digest, sizeof(digest), hex);
    ck_assert_str_eq(hex, SHA_MILLION_A);
}
END_TEST

START_TEST(hmac_of_rfc_4231)
{
    char hex[RD_SHA256_HEX];

    ck_assert_int_eq(rd_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, hex, NULL),
                     RD_OK);
    ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    ck_assert_int_eq(rd_hmac_sha256("k", 1, "", 0, hex, NULL), RD_OK);
}
END_TEST

START_TEST(a_uuid_has_the_time_the_version_and_the_variant)
{
    char text[RD_UUID_TEXT], other[RD_UUID_TEXT];

    /* The example of RFC 9562, appendix A.6: 2022-02-22T14:22:22-05:00. */
    ck_assert_int_eq(rd_uuid7(INT64_C(1645557742000) * 1000 + 999, text, NULL), RD_OK);
    ck_assert_uint_eq(strlen(text), 36);
    ck_assert_int_eq(strncmp(text, "017f22e2-79b0-7", 15), 0);
    ck_assert_ptr_nonnull(strchr("89ab", text[19]));
    ck_assert_uint_eq(strspn(text, "0123456789abcdef-"), 36);
    ck_assert_int_eq(rd_uuid7(INT64_C(1645557742000) * 1000, other, NULL), RD_OK);
    ck_assert_str_ne(text, other);
    ck_assert_int_eq(rd_uuid7(-1, text, NULL), RD_E_ARGUMENT);
}
END_TEST

START_TEST(random_bytes_differ)
{
    unsigned char a[32] = {0}, b[32] = {0};

    ck_assert_int_eq(rd_random(a, sizeof(a), NULL), RD_OK);
    ck_assert_int_eq(rd_random(b, sizeof(b), NULL), RD_OK);
    ck_assert_int_ne(memcmp(a, b, sizeof(a)), 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("crypto");
    TCase *all = tcase_create("crypto");

    tcase_add_test(all, sha256_of_known_texts);
    tcase_add_test(all, sha256_in_pieces_is_that_of_the_whole);
    tcase_add_test(all, hmac_of_rfc_4231);
    tcase_add_test(all, a_uuid_has_the_time_the_version_and_the_variant);
    tcase_add_test(all, random_bytes_differ);
    suite_add_tcase(suite, all);
    return suite;
}
