/*
 * keys.h: keys that sign and verify: Ed25519 or ECDSA P-256, no other. OpenSSL is included by
 * keys.c and crypto.c only. Files of keys are drills/keyring.h's.
 */
#ifndef RD_KEYS_H
#define RD_KEYS_H

#include "drills/common/buf.h"

enum { RD_KEYID_TEXT = 64, RD_PASSPHRASE_MAX = 1024 };

struct rd_key;
enum rd_key_kind { RD_KEY_ED25519 = 1, RD_KEY_P256 = 2 };

int rd_key_generate(enum rd_key_kind kind, struct rd_key **ret_key,
                    struct rd_err *reterr) RD_MUST_CHECK;

/*
 * From PEM. An encrypted private key needs `passphrase`, else NULL is fine; a missing or wrong one
 * is RD_E_AUTH. Nobody is ever asked on the terminal. Text without a key of the wanted sort, and
 * two public keys, are RD_E_FORMAT. Another algorithm is RD_E_UNSUPPORTED.
 */
int rd_key_load_private(const char *pem, size_t length, const char *passphrase,
                        struct rd_key **ret_key, struct rd_err *reterr) RD_MUST_CHECK;
int rd_key_load_public(const char *pem, size_t length, struct rd_key **ret_key,
                       struct rd_err *reterr) RD_MUST_CHECK;

/* PKCS#8 PEM, encrypted (PBES2, AES-256-CBC) when a passphrase is given; SPKI PEM. Whoever writes a
 * private key wipes `out` afterwards. */
int rd_key_write_private(const struct rd_key *key, const char *passphrase, struct rd_buf *out,
                         struct rd_err *reterr) RD_MUST_CHECK;
int rd_key_write_public(const struct rd_key *key, struct rd_buf *out,
                        struct rd_err *reterr) RD_MUST_CHECK;

bool rd_key_is_private(const struct rd_key *key);
enum rd_key_kind rd_key_kind(const struct rd_key *key);
const char *rd_key_kind_name(enum rd_key_kind kind); /* "ed25519", "ecdsa-p256" */

/* "SHA256:" and the unpadded base64 of the SHA-256 of the SSH wire form (RFC 4253, 5656, 8709), as
 * `ssh-keygen -lf` prints it. */
int rd_key_id(const struct rd_key *key, char ret_id[RD_KEYID_TEXT],
              struct rd_err *reterr) RD_MUST_CHECK;
/* The public key as an OpenSSH line ("ssh-ed25519 AAAA..."), without comment and newline. */
int rd_key_ssh_line(const struct rd_key *key, struct rd_buf *out,
                    struct rd_err *reterr) RD_MUST_CHECK;

void rd_key_free(struct rd_key *key);
void rd_key_freep(struct rd_key **key);

/* Raw 64 bytes for Ed25519, ASN.1 DER over SHA-256 for P-256. RD_E_ARGUMENT for a public key. */
int rd_key_sign(const struct rd_key *key, const void *data, size_t length, struct rd_buf *out,
                struct rd_err *reterr) RD_MUST_CHECK;
/* RD_OK only for a good signature; RD_E_TRUST for a bad or malformed one. */
int rd_key_verify(const struct rd_key *key, const void *data, size_t length, const void *signature,
                  size_t signature_length, struct rd_err *reterr) RD_MUST_CHECK;

#endif
