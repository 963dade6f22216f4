/*
 * test_keys.c: keys made by redrill and by OpenSSL, what they sign, and what is no key.
 */
#include "drills/common/keys.h"

#include <string.h>

#include "tests/unit/suite.h"

static const enum rd_key_kind kinds[] = {RD_KEY_ED25519, RD_KEY_P256};

/* Written by openssl 3.0 for this test alone: genpkey, EC ones also with a compressed point and in
 * the old format. The ids are what ssh-keygen 9.2 printed for them. */
static const struct {
    const char *pem;
    const char *id;
} foreign[] = {
    {"-----BEGIN PRIVATE KEY-----\n"
     "MC4CAQAwBQYDK2VwBCIEIDpfoLsRbFL2A71L7am8uN6cLOFYW/pry+J9eagvVfxj\n"
     "-----END PRIVATE KEY-----\n",
     "SHA256:6R972axAcQRTd/QD6iT/jj1q5H+5ujpMFSUX9wIDLhE"},
    {"-----BEGIN PUBLIC KEY-----\n"
     "MCowBQYDK2VwAyEAcHLf2Q+rHn59K1HVJkJor/y82F2srYHUDFwHFTCHR1I=\n"
     "-----END PUBLIC KEY-----\n",
     "SHA256:6R972axAcQRTd/QD6iT/jj1q5H+5ujpMFSUX9wIDLhE"},
    {"-----BEGIN PRIVATE KEY-----\n"
     "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4kja3xrVZmykjHFl\n"
     "Qp06mMyGORP9AgskUEcDEnt8H0yhRANCAAQQHxn86gmZnGYuOOETvG9Cd499sEUk\n"
     "b53ExU7JgW3hkQqKYgb/vAAGS9/OQJBZqxwAGBQEUxtnUCObJwyGsa+5\n"
     "-----END PRIVATE KEY-----\n",
     "SHA256:tr02H0lFFx4qZFM4GrFaZvd+qaS8uOm+h7z0Srivn+U"},
    {"-----BEGIN PUBLIC KEY-----\n"
     "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEB8Z/OoJmZxmLjjhE7xvQnePfbBF\n"
     "JG+dxMVOyYFt4ZEKimIG/7wABkvfzkCQWascABgUBFMbZ1AjmycMhrGvuQ==\n"
     "-----END PUBLIC KEY-----\n",
     "SHA256:tr02H0lFFx4qZFM4GrFaZvd+qaS8uOm+h7z0Srivn+U"},
    {"-----BEGIN PUBLIC KEY-----\n"
     "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADEB8Z/OoJmZxmLjjhE7xvQnePfbBF\n"
     "JG+dxMVOyYFt4ZE=\n"
     "-----END PUBLIC KEY-----\n",
     "SHA256:tr02H0lFFx4qZFM4GrFaZvd+qaS8uOm+h7z0Srivn+U"},
    {"-----BEGIN EC PARAMETERS-----\n"
     "BggqhkjOPQMBBw==\n"
     "-----END EC PARAMETERS-----\n"
     "-----BEGIN EC PRIVATE KEY-----\n"
     "MHcCAQEEIOJI2t8a1WZspIxxZUKdOpjMhjkT/QILJFBHAxJ7fB9MoAoGCCqGSM49\n"
     "AwEHoUQDQgAEEB8Z/OoJmZxmLjjhE7xvQnePfbBFJG+dxMVOyYFt4ZEKimIG/7wA\n"
     "BkvfzkCQWascABgUBFMbZ1AjmycMhrGvuQ==\n"
     "-----END EC PRIVATE KEY-----\n",
     "SHA256:tr02H0lFFx4qZFM4GrFaZvd+qaS8uOm+h7z0Srivn+U"},
};

static const char secp384r1[] = "-----BEGIN PUBLIC KEY-----\n"
                                "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEGIzkbY6qerWZx45o5slhFNNJRRjCIzXq\n"
                                "xBj1JZJyz0PxDfpIujq8MpBaexpNqEI2Rfyee0KBp6Qi+gC5W7ZOzU+mXhHY8HUq\n"
                                "bFd3vGnaq9OzDXRSCfBakwAsC8TUWIUW\n"
                                "-----END PUBLIC KEY-----\n";

START_TEST(a_new_key_signs_and_its_public_half_verifies)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *public_key = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf pem = RD_BUF_INIT(4096);
    RD_CLEANUP(rd_buf_free) struct rd_buf signature = RD_BUF_INIT(4096);
    char id[RD_KEYID_TEXT], public_id[RD_KEYID_TEXT];

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_public(pem.data, pem.length, &public_key, NULL), RD_OK);
    ck_assert(rd_key_is_private(key) && !rd_key_is_private(public_key));
    ck_assert_int_eq(rd_key_kind(public_key), kinds[_i]);
    ck_assert_int_eq(rd_key_id(key, id, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(public_key, public_id, NULL), RD_OK);
    ck_assert_str_eq(id, public_id);

    ck_assert_int_eq(rd_key_sign(key, "drill", 5, &signature, NULL), RD_OK);
    ck_assert_int_eq(rd_key_verify(public_key, "drill", 5, signature.data, signature.length, NULL),
                     RD_OK);
    ck_assert_int_eq(rd_key_verify(public_key, "drilL", 5, signature.data, signature.length, NULL),
                     RD_E_TRUST);
}
END_TEST

START_TEST(no_signature_with_one_bit_changed_or_one_byte_less_or_more_verifies)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf good = RD_BUF_INIT(4096);
    char bad[200] = {0};

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_sign(key, "drill", 5, &good, NULL), RD_OK);
    for (size_t bit = 0; bit < 8 * good.length; bit++) {
        memcpy(bad, good.data, good.length);
        bad[bit / 8] ^= (char)(1 << bit % 8);
        ck_assert_int_eq(rd_key_verify(key, "drill", 5, bad, good.length, NULL), RD_E_TRUST);
    }
    memcpy(bad, good.data, good.length);
    bad[good.length] = 0;
    ck_assert_int_eq(rd_key_verify(key, "drill", 5, bad, good.length + 1, NULL), RD_E_TRUST);
    ck_assert_int_eq(rd_key_verify(key, "drill", 5, bad, good.length - 1, NULL), RD_E_TRUST);
    ck_assert_int_eq(rd_key_verify(key, "drill", 5, bad, 0, NULL), RD_E_TRUST);
}
END_TEST

START_TEST(another_key_does_not_verify)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *other = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf signature = RD_BUF_INIT(4096);

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_sign(key, "drill", 5, &signature, NULL), RD_OK);
    for (size_t i = 0; i < RD_COUNT(kinds); i++) {
        ck_assert_int_eq(rd_key_generate(kinds[i], &other, NULL), RD_OK);
        ck_assert_int_eq(rd_key_verify(other, "drill", 5, signature.data, signature.length, NULL),
                         RD_E_TRUST);
        rd_key_freep(&other);
    }
}
END_TEST

START_TEST(a_public_key_cannot_sign_or_be_written_as_private)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *public_key = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(4096);

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_public(key, &out, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_public(out.data, out.length, &public_key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_sign(public_key, "drill", 5, &out, NULL), RD_E_ARGUMENT);
    ck_assert_int_eq(rd_key_write_private(public_key, NULL, &out, NULL), RD_E_ARGUMENT);
}
END_TEST

START_TEST(a_private_key_survives_the_round_trip)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *loaded = NULL;
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(4096);
    char id[RD_KEYID_TEXT], loaded_id[RD_KEYID_TEXT];

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_private(key, NULL, &pem, NULL), RD_OK);
    ck_assert_int_eq(strncmp(pem.data, "-----BEGIN PRIVATE KEY-----\n", 28), 0);
    ck_assert_int_eq(rd_key_load_private(pem.data, pem.length, NULL, &loaded, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(key, id, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(loaded, loaded_id, NULL), RD_OK);
    ck_assert_str_eq(id, loaded_id);
    ck_assert(rd_key_is_private(loaded));
}
END_TEST

START_TEST(an_encrypted_key_opens_with_its_passphrase_only)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *loaded = NULL;
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(4096);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_private(key, "open sesame", &pem, NULL), RD_OK);
    ck_assert_int_eq(strncmp(pem.data, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", 38), 0);
    ck_assert_int_eq(rd_key_load_private(pem.data, pem.length, NULL, &loaded, &err), RD_E_AUTH);
    ck_assert_str_eq(err.message, "the private key is encrypted");
    rd_err_clear(&err);
    ck_assert_int_eq(rd_key_load_private(pem.data, pem.length, "open sesam", &loaded, &err),
                     RD_E_AUTH);
    ck_assert_str_eq(err.message, "the passphrase does not open the private key");
    ck_assert_ptr_null(loaded);
    ck_assert_int_eq(rd_key_load_private(pem.data, pem.length, "open sesame", &loaded, NULL),
                     RD_OK);
}
END_TEST

START_TEST(a_passphrase_has_its_limits)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *loaded = NULL;
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(4096);
    char long_one[RD_PASSPHRASE_MAX + 2];

    memset(long_one, 'x', sizeof(long_one));
    long_one[RD_PASSPHRASE_MAX + 1] = '\0';
    ck_assert_int_eq(rd_key_generate(RD_KEY_ED25519, &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_private(key, long_one, &pem, NULL), RD_E_ARGUMENT);
    ck_assert_int_eq(rd_key_write_private(key, "", &pem, NULL), RD_E_ARGUMENT);
    long_one[RD_PASSPHRASE_MAX] = '\0';
    ck_assert_int_eq(rd_key_write_private(key, long_one, &pem, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_private(pem.data, pem.length, long_one, &loaded, NULL), RD_OK);
}
END_TEST

START_TEST(keys_that_openssl_wrote_have_the_ids_that_ssh_keygen_prints)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(4096);
    const char *pem = foreign[_i].pem;
    bool is_private = strstr(pem, "PRIVATE") != NULL;
    char id[RD_KEYID_TEXT];

    if (is_private)
        ck_assert_int_eq(rd_key_load_private(pem, strlen(pem), NULL, &key, NULL), RD_OK);
    else
        ck_assert_int_eq(rd_key_load_public(pem, strlen(pem), &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(key, id, NULL), RD_OK);
    ck_assert_str_eq(id, foreign[_i].id);
    ck_assert_int_eq(rd_key_ssh_line(key, &line, NULL), RD_OK);
    ck_assert_int_eq(strncmp(line.data, rd_key_kind(key) == RD_KEY_P256 ? "ecdsa-" : "ssh-ed", 6),
                     0);
}
END_TEST

START_TEST(other_curves_are_not_supported)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_key_load_public(secp384r1, strlen(secp384r1), &key, &err),
                     RD_E_UNSUPPORTED);
    ck_assert_str_eq(err.message, "keys of type 'EC' cannot be used");
}
END_TEST

START_TEST(a_public_key_is_no_private_key_and_the_other_way_round)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *loaded = NULL;
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(4096);

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_private(key, NULL, &pem, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_public(pem.data, pem.length, &loaded, NULL), RD_E_FORMAT);
    rd_buf_clear(&pem);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_private(pem.data, pem.length, NULL, &loaded, NULL), RD_E_FORMAT);
    ck_assert_ptr_null(loaded);
}
END_TEST

START_TEST(two_public_keys_are_one_too_many)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *loaded = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf pem = RD_BUF_INIT(4096);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_key_generate(RD_KEY_ED25519, &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    rd_buf_puts(&pem, "a note between them\n");
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_public(pem.data, pem.length, &loaded, &err), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "there is more than one public key");
}
END_TEST

START_TEST(a_key_that_is_cut_short_anywhere_is_refused)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *loaded = NULL;
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(4096);

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_write_private(key, NULL, &pem, NULL), RD_OK);
    for (size_t length = 0; length + 2 < pem.length; length++)
        ck_assert_int_eq(rd_key_load_private(pem.data, length, NULL, &loaded, NULL), RD_E_FORMAT);
    rd_buf_clear(&pem);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    for (size_t length = 0; length + 2 < pem.length; length++)
        ck_assert_int_eq(rd_key_load_public(pem.data, length, &loaded, NULL), RD_E_FORMAT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("keys");
    TCase *all = tcase_create("keys");

    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_new_key_signs_and_its_public_half_verifies, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, no_signature_with_one_bit_changed_or_one_byte_less_or_more_verifies, 0,
                        RD_COUNT(kinds));
    tcase_add_loop_test(all, another_key_does_not_verify, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, a_public_key_cannot_sign_or_be_written_as_private, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, a_private_key_survives_the_round_trip, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, an_encrypted_key_opens_with_its_passphrase_only, 0, RD_COUNT(kinds));
    tcase_add_test(all, a_passphrase_has_its_limits);
    tcase_add_loop_test(all, keys_that_openssl_wrote_have_the_ids_that_ssh_keygen_prints, 0,
                        RD_COUNT(foreign));
    tcase_add_test(all, other_curves_are_not_supported);
    tcase_add_loop_test(all, a_public_key_is_no_private_key_and_the_other_way_round, 0,
                        RD_COUNT(kinds));
    tcase_add_test(all, two_public_keys_are_one_too_many);
    tcase_add_loop_test(all, a_key_that_is_cut_short_anywhere_is_refused, 0, RD_COUNT(kinds));
    suite_add_tcase(suite, all);
    return suite;
}
