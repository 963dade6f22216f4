/*
 * dsse.h: a payload is signed into an envelope and taken out again: DSSE 1.0
 * (https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md), with one signature and
 * the payload type of in-toto.
 *
 * The signature covers the payload and not the JSON around it. So that no byte of a file can be
 * changed without being noticed, only that envelope is taken of which rd_dsse_seal would write
 * every byte the same: white space, other members, another order, escapes or another spelling of
 * base64 are refused. Foreign verifiers take it like any other envelope.
 */
#ifndef RD_DSSE_H
#define RD_DSSE_H

#include "drills/common/keys.h"

#define RD_DSSE_PAYLOAD_TYPE "application/vnd.in-toto+json"

enum { RD_DSSE_MAX = 64 * 1024 * 1024 }; /* bytes of an envelope */

/* Appends what is signed: the "pre-authentication encoding" of a payload. */
void rd_dsse_encode(const char *type, const void *payload, size_t length, struct rd_buf *out);

/* Appends the envelope, one line, after verifying it with the same key: what would not open is
 * never handed out. RD_E_LIMIT when it would be larger than its maximum. */
int rd_dsse_seal(const void *payload, size_t length, const struct rd_key *key, struct rd_buf *out,
                 struct rd_err *reterr) RD_MUST_CHECK;

/*
 * Appends the payload. RD_E_FORMAT when this is no such envelope, RD_E_TRUST when it names another
 * key or the signature is not `key`'s, each with a hint; RD_E_LIMIT beyond the maximum. Without
 * `key` the signature is not looked at, and nothing is proven. On failure nothing is appended.
 */
int rd_dsse_open(const char *envelope, size_t length, const struct rd_key *key,
                 struct rd_buf *ret_payload, struct rd_err *reterr) RD_MUST_CHECK;

#endif
