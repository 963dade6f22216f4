/*
 * evidence.h: the record of a drill as evidence: an in-toto Statement v1, signed into a DSSE
 * envelope (see dsse.h for the one form that counts), opened, checked and explained.
 */
#ifndef RD_EVIDENCE_H
#define RD_EVIDENCE_H

#include "drills/common/crypto.h"
#include "drills/common/json.h"
#include "drills/dsse.h"

enum { RD_EVIDENCE_MAX = RD_DSSE_MAX };

/* What opening learned. */
struct rd_evidence_proof {
    bool verified;                        /* with a key that the caller brought */
    char key_id[RD_KEYID_TEXT];           /* that key's; "" unless verified */
    enum rd_key_kind key_kind;            /* that key's; 0 unless verified */
    size_t statement_bytes;               /* the statement's length */
    char statement_sha256[RD_SHA256_HEX]; /* and digest */
    struct rd_json *statement;            /* parsed */
    const struct rd_json *subjects;       /* borrowed from it: each has name and digest.sha256 */
    const struct rd_json *predicate;      /* borrowed from it: the record */
};

/* Frees what opening allocated; fine for {0}. */
void rd_evidence_proof_free(struct rd_evidence_proof *proof);

/* Signs the statement and appends the envelope. RD_E_ARGUMENT for a public key, RD_E_LIMIT when the
 * envelope would be larger than its maximum, RD_E_FORMAT for a statement that would not open. */
int rd_evidence_seal(const char *statement, size_t length, const struct rd_key *key,
                     struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/*
 * RD_OK only when the holder of `key` signed exactly the bytes that are then appended to
 * `ret_statement`, when the envelope is byte for byte what sealing writes, and when the statement
 * is one about a drill. RD_E_TRUST for everything else, with a hint; RD_E_LIMIT beyond the maximum.
 * Nothing in the document ever chooses the key. On failure nothing is appended.
 */
int rd_evidence_open(const char *envelope, size_t length, const struct rd_key *key,
                     struct rd_buf *ret_statement, struct rd_evidence_proof *ret_proof,
                     struct rd_err *reterr) RD_MUST_CHECK;

/* The same without a key, for showing what a document says: it proves nothing, and the proof says
 * so. RD_E_FORMAT for what is no evidence. */
int rd_evidence_open_unverified(const char *envelope, size_t length, struct rd_buf *ret_statement,
                                struct rd_evidence_proof *ret_proof,
                                struct rd_err *reterr) RD_MUST_CHECK;

/* Appends what was proven and what was not, for people. Text of the document is made safe to show
 * and kept to its line. */
void rd_evidence_explain(const struct rd_evidence_proof *proof, struct rd_buf *out);

#endif
