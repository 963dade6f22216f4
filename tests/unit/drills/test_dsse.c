/*
 * test_dsse.c: an envelope opens with the one key, as it was written, and not otherwise.
 */
#include "drills/dsse.h"

#include <stdlib.h>
#include <string.h>

#include "drills/common/base64.h"
#include "tests/unit/suite.h"

static const enum rd_key_kind kinds[] = {RD_KEY_ED25519, RD_KEY_P256};
static const char payload[] = "{\"hello\":\"w\xC3\xB6rld\",\"n\":[1,2,3]}\n";

static struct rd_key *key;
static char key_id[RD_KEYID_TEXT];
static struct rd_buf envelope = RD_BUF_INIT(1024 * 1024);

static void seal(enum rd_key_kind kind)
{
    ck_assert_int_eq(rd_key_generate(kind, &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(key, key_id, NULL), RD_OK);
    ck_assert_int_eq(rd_dsse_seal(payload, strlen(payload), key, &envelope, NULL), RD_OK);
}

static void teardown(void)
{
    rd_key_freep(&key);
    rd_buf_free(&envelope);
}

/* Opens, and sees that a failure hands nothing out and says what to do. */
static int open_envelope(const char *text, size_t length, const struct rd_key *with)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1024 * 1024);
    struct rd_err err = RD_ERR_INIT;

    int code = rd_dsse_open(text, length, with, &out, &err);
    if (code == RD_OK) {
        ck_assert_str_eq(out.data, payload);
    } else {
        ck_assert_uint_eq(out.length, 0);
        ck_assert_str_ne(err.message, "");
        ck_assert_str_ne(err.hint, "");
    }
    return code;
}

START_TEST(what_is_signed_is_as_in_the_specifications_example)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(1000);

    rd_dsse_encode("http://example.com/HelloWorld", "hello world", 11, &out);
    ck_assert_str_eq(out.data, "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}
END_TEST

START_TEST(a_sealed_payload_opens_with_the_key)
{
    seal(kinds[_i]);
    ck_assert_int_eq(open_envelope(envelope.data, envelope.length, key), RD_OK);
    ck_assert_int_eq(open_envelope(envelope.data, envelope.length, NULL), RD_OK);
    ck_assert_int_eq(envelope.data[envelope.length - 1], '\n');
    ck_assert_ptr_eq(strchr(envelope.data, '\n'), envelope.data + envelope.length - 1);
}
END_TEST

START_TEST(no_bit_of_an_envelope_can_be_changed)
{
    seal(kinds[_i]);
    for (size_t bit = 0; bit < 8 * envelope.length; bit++) {
        envelope.data[bit / 8] ^= (char)(1 << bit % 8);
        int code = open_envelope(envelope.data, envelope.length, key);
        ck_assert_msg(code == RD_E_FORMAT || code == RD_E_TRUST, "bit %zu of byte %zu: %d", bit % 8,
                      bit / 8, code);
        envelope.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    ck_assert_int_eq(open_envelope(envelope.data, envelope.length, key), RD_OK);
}
END_TEST

START_TEST(no_byte_of_an_envelope_can_be_another_one)
{
    seal(RD_KEY_ED25519);
    for (size_t at = 0; at < envelope.length; at += 7) {
        char good = envelope.data[at];
        for (int other = 0; other < 256; other++) {
            envelope.data[at] = (char)other;
            int code = open_envelope(envelope.data, envelope.length, key);
            ck_assert_int_eq(code == RD_OK, envelope.data[at] == good);
        }
        envelope.data[at] = good;
    }
}
END_TEST

START_TEST(no_byte_can_be_left_out_or_slipped_in)
{
    static const char additions[] = " \n\t\r,\"A=\0";
    char *changed = malloc(envelope.max);

    seal(kinds[_i]);
    for (size_t at = 0; at <= envelope.length; at++) {
        memcpy(changed, envelope.data, at);
        if (at < envelope.length) {
            memcpy(changed + at, envelope.data + at + 1, envelope.length - at - 1);
            ck_assert_int_ne(open_envelope(changed, envelope.length - 1, key), RD_OK);
            ck_assert_int_ne(open_envelope(changed, at, key), RD_OK);
        }
        memcpy(changed + at + 1, envelope.data + at, envelope.length - at);
        for (size_t i = 0; i < sizeof(additions) - 1; i++) {
            changed[at] = additions[i];
            ck_assert_int_ne(open_envelope(changed, envelope.length + 1, key), RD_OK);
        }
    }
    free(changed);
}
END_TEST

START_TEST(another_key_opens_nothing)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *other = NULL;

    seal(kinds[_i]);
    for (size_t i = 0; i < RD_COUNT(kinds); i++) {
        ck_assert_int_eq(rd_key_generate(kinds[i], &other, NULL), RD_OK);
        ck_assert_int_eq(open_envelope(envelope.data, envelope.length, other), RD_E_TRUST);
        rd_key_freep(&other);
    }
}
END_TEST

/* An envelope that an attacker wrote around another payload or with a key of his own. @P is the
 * payload, @K the pinned key's id, @S its signature. */
static const struct {
    const char *what;
    const char *format;
    int expected;
    const char *says; /* part of the message; NULL: any */
} forgeries[] = {
    {"as written",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_OK, NULL},
    {"another payload type",
     "{\"payloadType\":\"application/json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, "its payload is of another type"},
    {"another order",
     "{\"payload\":\"@P\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, NULL},
    {"white space",
     "{\"payloadType\": \"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, "it is not spelt as redrill spells it"},
    {"an unknown member",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}],\"note\":\"\"}\n",
     RD_E_FORMAT, NULL},
    {"a key in the envelope",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\",\"publicKey\":\"x\"}]}\n",
     RD_E_FORMAT, NULL},
    {"a payload twice",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"AAAA\",\"payload\":\"@P\","
     "\"signatures\":[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, "it is not JSON"},
    {"two signatures",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"},{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, "it does not have exactly one signature"},
    {"no signature",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":[]}\n",
     RD_E_FORMAT, "it does not have exactly one signature"},
    {"signatures that are no list",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":7}\n",
     RD_E_FORMAT, NULL},
    {"an empty signature",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"\"}]}\n",
     RD_E_TRUST, NULL},
    {"no key id",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, "its signature is not complete"},
    {"an empty key id",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"\",\"sig\":\"@S\"}]}\n",
     RD_E_TRUST, NULL},
    {"an escape",
     "{\"payloadType\":\"application\\/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_FORMAT, NULL},
    {"no final newline",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}",
     RD_E_FORMAT, NULL},
    {"something behind it",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"@P\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n{}\n",
     RD_E_FORMAT, NULL},
    {"an empty payload",
     "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\",\"signatures\":"
     "[{\"keyid\":\"@K\",\"sig\":\"@S\"}]}\n",
     RD_E_TRUST, NULL},
    {"an array", "[\"@P\",\"@K\",\"@S\"]\n", RD_E_FORMAT, "it is no DSSE envelope"},
};

static void expand(const char *format, const char *body, const char *sig, struct rd_buf *out)
{
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '@') {
            rd_buf_add(out, at, 1);
            continue;
        }
        at++;
        rd_buf_puts(out, *at == 'P' ? body : *at == 'K' ? key_id : sig);
    }
}

START_TEST(an_envelope_in_any_other_form_is_refused)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf encoded = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf signature = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf body = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf sig = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf forged = RD_BUF_INIT(10000);

    seal(RD_KEY_ED25519);
    rd_dsse_encode(RD_DSSE_PAYLOAD_TYPE, payload, strlen(payload), &encoded);
    ck_assert_int_eq(rd_key_sign(key, encoded.data, encoded.length, &signature, NULL), RD_OK);
    rd_base64_encode(payload, strlen(payload), &body);
    rd_base64_encode(signature.data, signature.length, &sig);
    expand(forgeries[_i].format, body.data, sig.data, &forged);
    int code = open_envelope(forged.data, forged.length, key);
    if (forgeries[_i].says != NULL) {
        struct rd_err err = RD_ERR_INIT;
        ck_assert_int_eq(rd_dsse_open(forged.data, forged.length, key, &body, &err), code);
        ck_assert_ptr_nonnull(strstr(err.message, forgeries[_i].says));
    }
    ck_assert_msg(code == forgeries[_i].expected, "%s: %d", forgeries[_i].what, code);
}
END_TEST

START_TEST(a_signature_by_another_key_under_the_pinned_ones_name_is_refused)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *other = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf forged = RD_BUF_INIT(10000);
    struct rd_err err = RD_ERR_INIT;
    char other_id[RD_KEYID_TEXT];

    seal(RD_KEY_ED25519);
    ck_assert_int_eq(rd_key_generate(RD_KEY_ED25519, &other, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(other, other_id, NULL), RD_OK);
    ck_assert_int_eq(rd_dsse_seal(payload, strlen(payload), other, &forged, NULL), RD_OK);
    memcpy(strstr(forged.data, other_id), key_id, strlen(key_id));
    ck_assert_int_eq(open_envelope(forged.data, forged.length, key), RD_E_TRUST);
    ck_assert_int_eq(rd_dsse_open(forged.data, forged.length, key, &envelope, &err), RD_E_TRUST);
    ck_assert_str_eq(err.message, "the signature is not this key's");
}
END_TEST

START_TEST(a_signature_over_another_type_is_refused)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf encoded = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf signature = RD_BUF_INIT(1000);
    RD_CLEANUP(rd_buf_free) struct rd_buf sig = RD_BUF_INIT(1000);

    seal(RD_KEY_ED25519);
    rd_dsse_encode("application/json", payload, strlen(payload), &encoded);
    ck_assert_int_eq(rd_key_sign(key, encoded.data, encoded.length, &signature, NULL), RD_OK);
    rd_base64_encode(signature.data, signature.length, &sig);
    memcpy(strstr(envelope.data, "\"sig\":\"") + 7, sig.data, sig.length);
    ck_assert_int_eq(open_envelope(envelope.data, envelope.length, key), RD_E_TRUST);
}
END_TEST

START_TEST(an_envelope_has_a_maximum)
{
    size_t length = (size_t)RD_DSSE_MAX / 4 * 3;
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(2 * (size_t)RD_DSSE_MAX);
    char *large = calloc(1, (size_t)RD_DSSE_MAX + 1);

    seal(RD_KEY_ED25519);
    ck_assert_int_eq(rd_dsse_seal(large, length, key, &out, NULL), RD_E_LIMIT);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_int_eq(rd_dsse_open(large, (size_t)RD_DSSE_MAX + 1, key, &out, NULL), RD_E_LIMIT);
    ck_assert_int_eq(rd_dsse_open(large, 0, key, &out, NULL), RD_E_FORMAT);
    free(large);
}
END_TEST

START_TEST(a_public_key_cannot_seal)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *public_key = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf pem = RD_BUF_INIT(4096);

    seal(RD_KEY_P256);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    ck_assert_int_eq(rd_key_load_public(pem.data, pem.length, &public_key, NULL), RD_OK);
    ck_assert_int_eq(rd_dsse_seal("x", 1, public_key, &pem, NULL), RD_E_ARGUMENT);
    ck_assert_int_eq(open_envelope(envelope.data, envelope.length, public_key), RD_OK);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dsse");
    TCase *all = tcase_create("dsse");

    tcase_add_checked_fixture(all, NULL, teardown);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, what_is_signed_is_as_in_the_specifications_example);
    tcase_add_loop_test(all, a_sealed_payload_opens_with_the_key, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, no_bit_of_an_envelope_can_be_changed, 0, RD_COUNT(kinds));
    tcase_add_test(all, no_byte_of_an_envelope_can_be_another_one);
    tcase_add_loop_test(all, no_byte_can_be_left_out_or_slipped_in, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, another_key_opens_nothing, 0, RD_COUNT(kinds));
    tcase_add_loop_test(all, an_envelope_in_any_other_form_is_refused, 0, RD_COUNT(forgeries));
    tcase_add_test(all, a_signature_by_another_key_under_the_pinned_ones_name_is_refused);
    tcase_add_test(all, a_signature_over_another_type_is_refused);
    tcase_add_test(all, an_envelope_has_a_maximum);
    tcase_add_test(all, a_public_key_cannot_seal);
    suite_add_tcase(suite, all);
    return suite;
}
