/*
 * test_evidence.c: which statements count, what opening learns, and what people are told. Foreign
 * programs verify what redrill signed.
 */
#include "drills/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "drills/common/record.h"
#include "tests/unit/foreign.h"
#include "tests/unit/suite.h"

#define DIGEST "40781f5b00047342d9a11689153214add58c84598b71d8d9427c5dfc0bd9ff88"
#define SUBJECTS "[{\"name\":\"orders.dump\",\"digest\":{\"sha256\":\"" DIGEST "\"}}]"
#define STATEMENT(type, subject, predicate_type, predicate)                               \
    "{\"_type\":\"" type "\",\"subject\":" subject ",\"predicateType\":\"" predicate_type \
    "\",\"predicate\":" predicate "}"
#define TYPE "https://in-toto.io/Statement/v1"
#define RECORD                                                                                 \
    "{\"drill\":{\"id\":\"018f3c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f\",\"plan\":\"orders-prod\","    \
    "\"startedAt\":\"2025-11-16T14:30:00.000Z\",\"finishedAt\":\"2025-11-16T14:45:41.120Z\"}," \
    "\"verdict\":\"fail\",\"reason\":\"row_counts failed\"}"

static const char statement[] = STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE, RECORD);
static const enum rd_key_kind kinds[] = {RD_KEY_ED25519, RD_KEY_P256};

static struct rd_key *key;
static struct rd_buf envelope = RD_BUF_INIT(1024 * 1024);
static struct rd_buf opened = RD_BUF_INIT(1024 * 1024);
static struct rd_evidence_proof proof;
static char folder[] = "/tmp/redrill-evidence-XXXXXX";
static char evidence_file[sizeof(folder) + 20], key_file[sizeof(folder) + 20];

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(evidence_file, sizeof(evidence_file), "%s/evidence", folder);
    snprintf(key_file, sizeof(key_file), "%s/key.pub", folder);
}

static void teardown(void)
{
    remove(evidence_file);
    remove(key_file);
    remove(folder);
    rd_evidence_proof_free(&proof);
    rd_key_freep(&key);
    rd_buf_free(&envelope);
    rd_buf_free(&opened);
}

static void seal(enum rd_key_kind kind, const char *text)
{
    ck_assert_int_eq(rd_key_generate(kind, &key, NULL), RD_OK);
    ck_assert_int_eq(rd_evidence_seal(text, strlen(text), key, &envelope, NULL), RD_OK);
}

START_TEST(evidence_opens_as_the_very_bytes_that_were_signed)
{
    char key_id[RD_KEYID_TEXT], sha256[RD_SHA256_HEX];

    seal(kinds[_i], statement);
    ck_assert_int_eq(rd_evidence_open(envelope.data, envelope.length, key, &opened, &proof, NULL),
                     RD_OK);
    ck_assert_str_eq(opened.data, statement);
    ck_assert(proof.verified);
    ck_assert_int_eq(rd_key_id(key, key_id, NULL), RD_OK);
    ck_assert_str_eq(proof.key_id, key_id);
    ck_assert_int_eq(proof.key_kind, kinds[_i]);
    ck_assert_uint_eq(proof.statement_bytes, strlen(statement));
    ck_assert_int_eq(rd_sha256(statement, strlen(statement), sha256, NULL), RD_OK);
    ck_assert_str_eq(proof.statement_sha256, sha256);
    ck_assert_uint_eq(rd_json_count(proof.subjects), 1);
    ck_assert_str_eq(rd_json_text(rd_json_get(proof.predicate, "verdict")), "fail");
}
END_TEST

START_TEST(without_a_key_evidence_opens_and_proves_nothing)
{
    seal(RD_KEY_ED25519, statement);
    ck_assert_int_eq(
        rd_evidence_open_unverified(envelope.data, envelope.length, &opened, &proof, NULL), RD_OK);
    ck_assert_str_eq(opened.data, statement);
    ck_assert(!proof.verified);
    ck_assert_str_eq(proof.key_id, "");
    rd_evidence_proof_free(&proof);
    ck_assert_int_eq(rd_evidence_open(envelope.data, envelope.length, NULL, &opened, &proof, NULL),
                     RD_E_ARGUMENT);
}
END_TEST

START_TEST(no_bit_of_evidence_can_be_changed)
{
    seal(kinds[_i], statement);
    for (size_t bit = 0; bit < 8 * envelope.length; bit++) {
        struct rd_err err = RD_ERR_INIT;
        envelope.data[bit / 8] ^= (char)(1 << bit % 8);
        int code = rd_evidence_open(envelope.data, envelope.length, key, &opened, &proof, &err);
        envelope.data[bit / 8] ^= (char)(1 << bit % 8);
        ck_assert_msg(code == RD_E_TRUST, "bit %zu of byte %zu: %d", bit % 8, bit / 8, code);
        ck_assert_int_eq(err.code, RD_E_TRUST);
        ck_assert_str_ne(err.hint, "");
        ck_assert_uint_eq(opened.length, 0);
        ck_assert_ptr_null(proof.statement);
    }
}
END_TEST

START_TEST(evidence_by_another_key_is_not_trusted)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *other = NULL;
    struct rd_err err = RD_ERR_INIT;

    seal(kinds[_i], statement);
    ck_assert_int_eq(rd_key_generate(kinds[_i], &other, NULL), RD_OK);
    ck_assert_int_eq(rd_evidence_open(envelope.data, envelope.length, other, &opened, &proof, &err),
                     RD_E_TRUST);
    ck_assert_ptr_nonnull(strstr(err.message, "names another key"));
}
END_TEST

/* Signed with the right key, and nothing that a drill says. */
static const char *const others[] = {
    "",
    "hello",
    "[]",
    "{}",
    STATEMENT("https://in-toto.io/Statement/v0.1", SUBJECTS, RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, SUBJECTS, "https://in-toto.io/attestation/test-result/v0.1", RECORD),
    STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE "x", RECORD),
    STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE, "\"pass\""),
    STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE, "null"),
    STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE, "{},\"note\":1"),
    STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE, "{\"verdict\":\"fail\",\"verdict\":\"pass\"}"),
    STATEMENT(TYPE, SUBJECTS, RD_PREDICATE_TYPE, RECORD) "{}",
    STATEMENT(TYPE, "[]", RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, "{\"name\":1}", RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, "[{\"name\":\"a\"}]", RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, "[{\"name\":\"a\",\"digest\":{}}]", RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, "[{\"name\":\"a\",\"digest\":{\"sha256\":\"4078\"}}]", RD_PREDICATE_TYPE,
              RECORD),
    STATEMENT(TYPE, "[{\"name\":\"a\",\"digest\":{\"md5\":\"" DIGEST "\"}}]", RD_PREDICATE_TYPE,
              RECORD),
    STATEMENT(TYPE, "[{\"name\":\"a\",\"digest\":{\"md5\":\"0\",\"sha256\":\"" DIGEST "\"}}]",
              RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, "[{\"digest\":{\"sha256\":\"" DIGEST "\"}}]", RD_PREDICATE_TYPE, RECORD),
    STATEMENT(TYPE, "[{\"name\":\"a\",\"digest\":{\"sha256\":\"" DIGEST "\"},\"uri\":\"b\"}]",
              RD_PREDICATE_TYPE, RECORD),
};

START_TEST(a_statement_about_something_else_is_neither_sealed_nor_trusted)
{
    const char *other = others[_i];
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_key_generate(RD_KEY_ED25519, &key, NULL), RD_OK);
    ck_assert_int_eq(rd_evidence_seal(other, strlen(other), key, &envelope, NULL), RD_E_FORMAT);
    ck_assert_uint_eq(envelope.length, 0);

    ck_assert_int_eq(rd_dsse_seal(other, strlen(other), key, &envelope, NULL), RD_OK);
    ck_assert_int_eq(rd_evidence_open(envelope.data, envelope.length, key, &opened, &proof, &err),
                     RD_E_TRUST);
    ck_assert_ptr_nonnull(strstr(err.message, "is not about a drill"));
    ck_assert_str_ne(err.hint, "");
    ck_assert_int_eq(
        rd_evidence_open_unverified(envelope.data, envelope.length, &opened, &proof, NULL),
        RD_E_FORMAT);
    ck_assert_uint_eq(opened.length, 0);
    ck_assert_ptr_null(proof.statement);
}
END_TEST

START_TEST(people_are_told_what_is_proven_and_what_is_not)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(100000);
    RD_CLEANUP(rd_buf_free) struct rd_buf first = RD_BUF_INIT(1000);

    seal(RD_KEY_ED25519, statement);
    ck_assert_int_eq(rd_evidence_open(envelope.data, envelope.length, key, &opened, &proof, NULL),
                     RD_OK);
    rd_evidence_explain(&proof, &text);
    rd_buf_printf(&first,
                  "Proven: the holder of the key %s (ed25519) signed this statement, and none of "
                  "its %zu bytes was changed since (SHA-256 %s).\n",
                  proof.key_id, strlen(statement), proof.statement_sha256);
    ck_assert_int_eq(strncmp(text.data, first.data, first.length), 0);
    ck_assert_str_eq(
        text.data + first.length,
        "The statement is about (compare with 'sha256sum'):\n"
        "  " DIGEST "  orders.dump\n"
        "and says:\n"
        "  verdict   fail\n"
        "  reason    row_counts failed\n"
        "  plan      orders-prod\n"
        "  drill     018f3c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f\n"
        "  started   2025-11-16T14:30:00.000Z\n"
        "  finished  2025-11-16T14:45:41.120Z\n"
        "Not proven by this file:\n"
        "  - that the clock of the signer was right\n"
        "  - that no other drill was left out: only the ledger shows which ones there were\n"
        "  - that the key is held by whom you think: compare its id with the one that the holder "
        "published\n"
        "  - that the instance was removed: the report is signed before the teardown\n");
}
END_TEST

START_TEST(unverified_evidence_never_reads_as_proven)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(100000);

    seal(RD_KEY_ED25519, statement);
    ck_assert_int_eq(
        rd_evidence_open_unverified(envelope.data, envelope.length, &opened, &proof, NULL), RD_OK);
    rd_evidence_explain(&proof, &text);
    ck_assert_int_eq(strncmp(text.data, "NOT VERIFIED: ", 14), 0);
    ck_assert_ptr_null(strstr(text.data, "Proven"));
}
END_TEST

START_TEST(text_of_the_document_cannot_look_like_ours)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(100000);

    seal(RD_KEY_ED25519,
         STATEMENT(TYPE,
                   "[{\"name\":\"a\\nProven: all\\u001b[2J\",\"digest\":{\"sha256\":\"" DIGEST
                   "\"}}]",
                   RD_PREDICATE_TYPE, "{\"verdict\":7,\"reason\":\"\\n\\n  verdict   pass\"}"));
    ck_assert_int_eq(rd_evidence_open(envelope.data, envelope.length, key, &opened, &proof, NULL),
                     RD_OK);
    rd_evidence_explain(&proof, &text);
    ck_assert_ptr_null(strchr(text.data, '\x1b'));
    ck_assert_ptr_null(strstr(text.data, "\nProven"));
    ck_assert_ptr_null(strstr(text.data, "\n  verdict   pass"));
    ck_assert_ptr_nonnull(strstr(text.data, "\n  verdict   -\n"));
}
END_TEST

START_TEST(openssl_and_jq_verify_what_redrill_signed)
{
    static const char *const command[] = {"ci/verify-evidence.sh", evidence_file, key_file, NULL};
    RD_CLEANUP(rd_buf_free) struct rd_buf pem = RD_BUF_INIT(4096);
    RD_CLEANUP(rd_buf_free) struct rd_buf printed = RD_BUF_INIT(100000);

    seal(kinds[_i], statement);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    save_file(evidence_file, envelope.data, envelope.length);
    save_file(key_file, pem.data, pem.length);
    ck_assert_int_eq(run_foreign(command, evidence_file, &printed), 0);
    ck_assert_str_eq(rd_buf_text(&printed), statement);

    /* And they refuse another statement, another signature and another key. */
    const size_t places[] = {100, envelope.length - 40};
    for (size_t i = 0; i < RD_COUNT(places); i++) {
        char *place = envelope.data + places[i], good = *place;
        *place = good == 'A' ? 'B' : 'A';
        save_file(evidence_file, envelope.data, envelope.length);
        *place = good;
        rd_buf_clear(&printed);
        ck_assert_int_eq(run_foreign(command, evidence_file, &printed), 1);
        ck_assert_uint_eq(printed.length, 0);
    }
    rd_key_freep(&key);
    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    rd_buf_clear(&pem);
    ck_assert_int_eq(rd_key_write_public(key, &pem, NULL), RD_OK);
    save_file(evidence_file, envelope.data, envelope.length);
    save_file(key_file, pem.data, pem.length);
    ck_assert_int_eq(run_foreign(command, evidence_file, &printed), 1);
}
END_TEST

START_TEST(the_key_id_is_the_fingerprint_that_ssh_keygen_prints)
{
    static const char *const command[] = {"ssh-keygen", "-lf", key_file, NULL};
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(4096);
    RD_CLEANUP(rd_buf_free) struct rd_buf printed = RD_BUF_INIT(4096);
    char key_id[RD_KEYID_TEXT];

    ck_assert_int_eq(rd_key_generate(kinds[_i], &key, NULL), RD_OK);
    ck_assert_int_eq(rd_key_id(key, key_id, NULL), RD_OK);
    ck_assert_int_eq(rd_key_ssh_line(key, &line, NULL), RD_OK);
    rd_buf_puts(&line, "\n");
    save_file(key_file, line.data, line.length);
    ck_assert_int_eq(run_foreign(command, key_file, &printed), 0);
    char *id = strchr(printed.data, ' ') + 1;
    ck_assert_uint_eq(strcspn(id, " "), strlen(key_id));
    ck_assert_int_eq(strncmp(id, key_id, strlen(key_id)), 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("evidence");
    TCase *all = tcase_create("evidence");
    const int count = RD_COUNT(kinds);

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, evidence_opens_as_the_very_bytes_that_were_signed, 0, count);
    tcase_add_test(all, without_a_key_evidence_opens_and_proves_nothing);
    tcase_add_loop_test(all, no_bit_of_evidence_can_be_changed, 0, count);
    tcase_add_loop_test(all, evidence_by_another_key_is_not_trusted, 0, count);
    tcase_add_loop_test(all, a_statement_about_something_else_is_neither_sealed_nor_trusted, 0,
                        RD_COUNT(others));
    tcase_add_test(all, people_are_told_what_is_proven_and_what_is_not);
    tcase_add_test(all, unverified_evidence_never_reads_as_proven);
    tcase_add_test(all, text_of_the_document_cannot_look_like_ours);
    tcase_add_loop_test(all, openssl_and_jq_verify_what_redrill_signed, 0, count);
    tcase_add_loop_test(all, the_key_id_is_the_fingerprint_that_ssh_keygen_prints, 0, count);
    suite_add_tcase(suite, all);
    return suite;
}
