/*
 * keyring.h: keys from where people keep them: files, or what a plan's secret refers to. Errors
 * name the place; what a key is and what it signs is keys.h's.
 */
#ifndef RD_KEYRING_H
#define RD_KEYRING_H

#include "drills/common/keys.h"
#include "drills/common/secret.h"

/*
 * The key that signs: a plan's `signing.key`, and `signing.passphrase` or NULL. Relative paths
 * count from `folder`. A file that group or others may read or write is RD_E_ARGUMENT. What is no
 * private key is told apart: a public key, a certificate, another program's format (RD_E_FORMAT);
 * an encrypted key without its passphrase, or with another's (RD_E_AUTH).
 */
int rd_keyring_load_private(const struct rd_secret *key, const struct rd_secret *passphrase,
                            const char *folder, const struct rd_deadline *deadline,
                            struct rd_key **ret_key, struct rd_err *reterr) RD_MUST_CHECK;

/* The key that verifies, from a file that holds exactly one. */
int rd_keyring_load_public(const char *path, struct rd_key **ret_key,
                           struct rd_err *reterr) RD_MUST_CHECK;

/*
 * Makes a pair of keys: `path` (0600) and `path`.pub (0644), and returns the key's id. Neither file
 * may exist: a key is never overwritten (RD_E_ARGUMENT), and on failure no file is left.
 * `passphrase` (may be NULL) encrypts the private key.
 */
int rd_keyring_generate(const char *path, enum rd_key_kind kind, const struct rd_secret *passphrase,
                        const struct rd_deadline *deadline, char ret_id[RD_KEYID_TEXT],
                        struct rd_err *reterr) RD_MUST_CHECK;

#endif
