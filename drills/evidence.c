/*
 * evidence.c: see evidence.h. Explaining is in evidence_explain.c.
 */
#include "drills/evidence.h"

#include <string.h>

#include "drills/common/record.h"

enum { EVIDENCE_SUBJECTS_MAX = 1024 };

static const char evidence_statement_type[] = "https://in-toto.io/Statement/v1";

void rd_evidence_proof_free(struct rd_evidence_proof *proof)
{
    rd_json_free(proof->statement);
    *proof = (struct rd_evidence_proof){0};
}

static int evidence_other(const char *what, struct rd_err *reterr)
{
    int code = rd_err_set(reterr, RD_E_FORMAT, "this statement is not about a drill: %s", what);

    rd_err_hint(reterr,
                "Take the file 'audit.dsse.json' that 'redrill run' wrote, and a version of "
                "redrill that is not older.");
    return code;
}

static bool evidence_is_text(const struct rd_json *json, const char *text)
{
    return rd_json_text(json) != NULL && strcmp(rd_json_text(json), text) == 0;
}

static bool evidence_is_subject(const struct rd_json *subject)
{
    const struct rd_json *digest = rd_json_get(subject, "digest");
    const char *sha256 = rd_json_text(rd_json_get(digest, "sha256"));

    return rd_json_count(subject) == 2 && rd_json_text(rd_json_get(subject, "name")) != NULL &&
           rd_json_count(digest) == 1 && sha256 != NULL && strlen(sha256) == RD_SHA256_HEX - 1 &&
           strspn(sha256, "0123456789abcdef") == RD_SHA256_HEX - 1;
}

/* Whether the statement is one about a drill, with nothing in it that nobody reads. */
static int evidence_check(const struct rd_json *statement, struct rd_err *reterr)
{
    const struct rd_json *subjects = rd_json_get(statement, "subject");
    const struct rd_json *predicate = rd_json_get(statement, "predicate");
    size_t count = rd_json_count(subjects);

    if (!evidence_is_text(rd_json_get(statement, "_type"), evidence_statement_type))
        return evidence_other("it is no in-toto statement v1", reterr);
    if (!evidence_is_text(rd_json_get(statement, "predicateType"), RD_PREDICATE_TYPE))
        return evidence_other("its predicate is of another type", reterr);
    if (predicate == NULL || rd_json_type(predicate) != RD_JSON_OBJECT)
        return evidence_other("its predicate is no record", reterr);
    if (rd_json_count(statement) != 4)
        return evidence_other("it has unknown members", reterr);
    if (subjects == NULL || rd_json_type(subjects) != RD_JSON_ARRAY || count == 0 ||
        count > EVIDENCE_SUBJECTS_MAX)
        return evidence_other("it has no list of subjects", reterr);
    for (const struct rd_json *subject = rd_json_first(subjects); subject != NULL;
         subject = rd_json_next(subject)) {
        if (!evidence_is_subject(subject))
            return evidence_other("a subject is more or less than a name and a SHA-256 digest",
                                  reterr);
    }
    return RD_OK;
}

static int evidence_parse(const char *statement, size_t length, struct rd_json **ret_json,
                          struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    struct rd_err err = RD_ERR_INIT;

    int code = rd_json_parse(statement, length, 0, &json, &err);
    if (code == RD_E_MEMORY)
        return rd_err_memory(reterr);
    if (code != RD_OK) {
        code = evidence_other("it is not JSON", reterr);
        rd_err_detail(reterr, "%s", err.message);
        return code;
    }
    code = evidence_check(json, reterr);
    if (code != RD_OK)
        return code;
    *ret_json = json;
    json = NULL;
    return RD_OK;
}

int rd_evidence_seal(const char *statement, size_t length, const struct rd_key *key,
                     struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;

    int code = evidence_parse(statement, length, &json, reterr);
    if (code != RD_OK)
        return code;
    return rd_dsse_seal(statement, length, key, out, reterr);
}

static int evidence_open(const char *envelope, size_t length, const struct rd_key *key,
                         struct rd_buf *ret_statement, struct rd_evidence_proof *ret_proof,
                         struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf statement = RD_BUF_INIT(RD_EVIDENCE_MAX);
    struct rd_evidence_proof proof = {.verified = key != NULL};

    int code = rd_dsse_open(envelope, length, key, &statement, reterr);
    if (code == RD_OK && key != NULL)
        code = rd_key_id(key, proof.key_id, reterr);
    if (code == RD_OK)
        code = rd_sha256(rd_buf_text(&statement), statement.length, proof.statement_sha256, reterr);
    if (code == RD_OK)
        code = evidence_parse(rd_buf_text(&statement), statement.length, &proof.statement, reterr);
    if (code != RD_OK)
        return code;
    rd_buf_add(ret_statement, statement.data, statement.length);
    code = rd_buf_status(ret_statement, "the statement", reterr);
    if (code != RD_OK) {
        rd_evidence_proof_free(&proof);
        return code;
    }
    proof.key_kind = key != NULL ? rd_key_kind(key) : 0;
    proof.statement_bytes = statement.length;
    proof.subjects = rd_json_get(proof.statement, "subject");
    proof.predicate = rd_json_get(proof.statement, "predicate");
    *ret_proof = proof;
    return RD_OK;
}

int rd_evidence_open(const char *envelope, size_t length, const struct rd_key *key,
                     struct rd_buf *ret_statement, struct rd_evidence_proof *ret_proof,
                     struct rd_err *reterr)
{
    struct rd_err err = RD_ERR_INIT;

    if (key == NULL)
        return rd_err_set(reterr, RD_E_ARGUMENT, "evidence is verified with a key only");
    int code = evidence_open(envelope, length, key, ret_statement, ret_proof, &err);
    /* What is no evidence, whatever the reason, cannot be trusted: nobody can tell a fault of
     * writing from a change. */
    if (code == RD_E_FORMAT)
        err.code = code = RD_E_TRUST;
    if (code != RD_OK && reterr != NULL && reterr->code == RD_OK)
        *reterr = err;
    return code;
}

int rd_evidence_open_unverified(const char *envelope, size_t length, struct rd_buf *ret_statement,
                                struct rd_evidence_proof *ret_proof, struct rd_err *reterr)
{
    return evidence_open(envelope, length, NULL, ret_statement, ret_proof, reterr);
}
