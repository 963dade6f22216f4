/*
 * crypto.h: digests, keyed hashes, random bytes and identifiers. OpenSSL is included by crypto.c
 * and keys.c only.
 */
#ifndef RD_CRYPTO_H
#define RD_CRYPTO_H

#include "drills/common/err.h"

enum {
    RD_SHA256_BYTES = 32,
    RD_SHA256_HEX = 65, /* with the NUL */
    RD_UUID_TEXT = 37,
};

/* A digest in the making. What goes wrong while bytes are added is told by rd_sha256_end. */
struct rd_sha256;
int rd_sha256_new(struct rd_sha256 **ret_sha, struct rd_err *reterr) RD_MUST_CHECK;
void rd_sha256_add(struct rd_sha256 *sha, const void *data, size_t length);
/* Ends it: only rd_sha256_free may follow. */
int rd_sha256_end(struct rd_sha256 *sha, unsigned char ret_digest[RD_SHA256_BYTES],
                  struct rd_err *reterr) RD_MUST_CHECK;
void rd_sha256_free(struct rd_sha256 *sha);
void rd_sha256_freep(struct rd_sha256 **sha);

int rd_sha256(const void *data, size_t length, char ret_hex[RD_SHA256_HEX],
              struct rd_err *reterr) RD_MUST_CHECK;

/* Lower case; writes 2 * length characters and the NUL. */
void rd_hex(const unsigned char *data, size_t length, char *ret_hex);

int rd_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                   char ret_hex[RD_SHA256_HEX], struct rd_err *reterr) RD_MUST_CHECK;

/* Fit for keys and salts. */
int rd_random(void *ret_data, size_t length, struct rd_err *reterr) RD_MUST_CHECK;

/* A UUID version 7 (RFC 9562) for the given time. RD_E_ARGUMENT for a time before 1970. */
int rd_uuid7(int64_t utc_us, char ret_text[RD_UUID_TEXT], struct rd_err *reterr) RD_MUST_CHECK;

/* For keys.c: fills `reterr` from OpenSSL's queue of errors, empties the queue and returns the
 * code: RD_E_MEMORY where that is the reason, else RD_E_SYSTEM. "cannot `what`" is the message. */
int rd_crypto_failed(const char *what, struct rd_err *reterr);

#endif
