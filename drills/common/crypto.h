/*
 * crypto.h: digests, keyed hashes, random bytes, signatures. OpenSSL is included by crypto.c only.
 */
#ifndef RD_CRYPTO_H
#define RD_CRYPTO_H

#include "drills/common/buf.h"

enum {
    RD_SHA256_BYTES = 32,
    RD_SHA256_HEX = 65, /* with the NUL */
    RD_KEYID_TEXT = 64,
    RD_UUID_TEXT = 37,
};

struct rd_sha256; /* a digest in the making */
int rd_sha256_new(struct rd_sha256 **ret_sha, struct rd_err *reterr) RD_MUST_CHECK;
void rd_sha256_add(struct rd_sha256 *sha, const void *data, size_t length);
/* Ends it: only rd_sha256_free may follow. */
int rd_sha256_end(struct rd_sha256 *sha, unsigned char ret_digest[RD_SHA256_BYTES],
                  struct rd_err *reterr) RD_MUST_CHECK;
void rd_sha256_free(struct rd_sha256 *sha);

int rd_sha256(const void *data, size_t length, char ret_hex[RD_SHA256_HEX],
              struct rd_err *reterr) RD_MUST_CHECK;
void rd_hex(const unsigned char *data, size_t length,
            char *ret_hex); /* 2 * length + 1 characters */

int rd_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                   char ret_hex[RD_SHA256_HEX], struct rd_err *reterr) RD_MUST_CHECK;

int rd_random(void *ret_data, size_t length, struct rd_err *reterr) RD_MUST_CHECK;

/* A UUID version 7 (RFC 9562) for the given time. */
int rd_uuid7(int64_t utc_us, char ret_text[RD_UUID_TEXT], struct rd_err *reterr) RD_MUST_CHECK;

/* Standard alphabet with padding. Decoding also takes the URL-safe alphabet and missing padding;
 * anything else is RD_E_FORMAT. */
void rd_base64_encode(const void *data, size_t length, struct rd_buf *out);
int rd_base64_decode(const char *text, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/* A private or public key: Ed25519 or ECDSA P-256, no other. */
struct rd_key;
enum rd_key_kind { RD_KEY_ED25519 = 1, RD_KEY_P256 = 2 };

int rd_key_generate(enum rd_key_kind kind, struct rd_key **ret_key,
                    struct rd_err *reterr) RD_MUST_CHECK;
/* PEM. A private key that is encrypted needs `passphrase`; a wrong one is RD_E_AUTH. */
int rd_key_load_private(const char *pem, size_t length, const char *passphrase,
                        struct rd_key **ret_key, struct rd_err *reterr) RD_MUST_CHECK;
int rd_key_load_public(const char *pem, size_t length, struct rd_key **ret_key,
                       struct rd_err *reterr) RD_MUST_CHECK;
/* PKCS#8 PEM, encrypted (AES-256-CBC) when a passphrase is given; SPKI PEM. */
int rd_key_write_private(const struct rd_key *key, const char *passphrase, struct rd_buf *out,
                         struct rd_err *reterr) RD_MUST_CHECK;
int rd_key_write_public(const struct rd_key *key, struct rd_buf *out,
                        struct rd_err *reterr) RD_MUST_CHECK;
enum rd_key_kind rd_key_kind(const struct rd_key *key);
const char *rd_key_kind_name(enum rd_key_kind kind); /* "ed25519", "ecdsa-p256" */
/* "SHA256:" and the unpadded base64 of the SHA-256 of the SSH wire form, as `ssh-keygen -lf` prints
 * it. */
int rd_key_id(const struct rd_key *key, char ret_id[RD_KEYID_TEXT],
              struct rd_err *reterr) RD_MUST_CHECK;
/* The public key as an OpenSSH line ("ssh-ed25519 AAAA…"), without comment and newline. */
int rd_key_ssh_line(const struct rd_key *key, struct rd_buf *out,
                    struct rd_err *reterr) RD_MUST_CHECK;
bool rd_key_is_private(const struct rd_key *key);
void rd_key_free(struct rd_key *key);
void rd_key_freep(struct rd_key **key);

/* Raw 64 bytes for Ed25519, ASN.1 DER over SHA-256 for P-256. */
int rd_key_sign(const struct rd_key *key, const void *data, size_t length, struct rd_buf *out,
                struct rd_err *reterr) RD_MUST_CHECK;
/* RD_OK only for a good signature; RD_E_TRUST for a bad or malformed one. */
int rd_key_verify(const struct rd_key *key, const void *data, size_t length, const void *signature,
                  size_t signature_length, struct rd_err *reterr) RD_MUST_CHECK;

#endif
