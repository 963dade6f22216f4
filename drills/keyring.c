/*
 * keyring.c: see keyring.h.
 */
#include "drills/keyring.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/file.h"

enum { KEYRING_PATHS = 4 * PATH_MAX };

static const char keyring_private[] = "private key";
static const char keyring_public[] = "public key";

/* What people give where a key belongs, and what to tell them. `sort` is what it is, and then no
 * mistake where that is wanted. */
static const struct {
    const char *mark;
    const char *sort;
    const char *what;
    const char *hint;
} keyring_mistakes[] = {
    {"-----BEGIN PUBLIC KEY-----", keyring_public, "a public key",
     "Give the private key: 'redrill keygen --out KEY' writes it to KEY, the public one to "
     "KEY.pub."},
    {"-----BEGIN PRIVATE KEY-----", keyring_private, "a private key",
     "Give the public key, which 'redrill keygen --out KEY' writes to KEY.pub; the private one "
     "stays with the signer."},
    {"-----BEGIN ENCRYPTED PRIVATE KEY-----", keyring_private, "a private key",
     "Give the public key, which 'redrill keygen --out KEY' writes to KEY.pub; the private one "
     "stays with the signer."},
    {"-----BEGIN EC PRIVATE KEY-----", keyring_private, "a private key",
     "Give the public key, which 'openssl pkey -pubout' prints; the private one stays with the "
     "signer."},
    {"-----BEGIN OPENSSH PRIVATE KEY-----", NULL, "a private key in OpenSSH's own format",
     "Use keys in PEM; 'redrill keygen --out KEY' makes a pair."},
    {"-----BEGIN CERTIFICATE-----", NULL, "a certificate",
     "Use keys in PEM; a certificate's public key is what 'openssl x509 -pubkey -noout' prints."},
    {"ssh-ed25519 ", NULL, "a public key in OpenSSH's own format",
     "Use keys in PEM; 'redrill keygen --out KEY' makes a pair."},
    {"ecdsa-sha2-nistp256 ", NULL, "a public key in OpenSSH's own format",
     "Use keys in PEM; this one in PEM is what 'ssh-keygen -e -m PKCS8 -f FILE' prints."},
};

/* Tells why there is no `wanted` in the text from `where`; `err` is what keys.c says. */
static int keyring_refuse(const char *where, const struct rd_buf *text, const char *wanted,
                          const struct rd_err *err, struct rd_err *reterr)
{
    int code;

    for (size_t i = 0; i < RD_COUNT(keyring_mistakes) && err->code == RD_E_FORMAT; i++) {
        const char *mark = keyring_mistakes[i].mark;
        if (keyring_mistakes[i].sort == wanted || strstr(rd_buf_text(text), mark) == NULL)
            continue;
        code = rd_err_set(reterr, RD_E_FORMAT, "'%s' is %s, and a %s is needed", where,
                          keyring_mistakes[i].what, wanted);
        rd_err_hint(reterr, "%s", keyring_mistakes[i].hint);
        return code;
    }
    code = rd_err_set(reterr, err->code, "cannot use the key '%s': %s", where, err->message);
    rd_err_detail(reterr, "%s", err->detail);
    rd_err_hint(reterr, "%s", err->hint);
    return code;
}

/* A key that others could have read or replaced proves nothing about who signed. */
static int keyring_check_file(const char *path, const char *folder, struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(KEYRING_PATHS);
    const char *full = arena != NULL ? rd_file_resolve(arena, folder, path) : NULL;
    struct stat status;

    if (full == NULL)
        return rd_err_memory(reterr);
    if (stat(full, &status) != 0) {
        int code = rd_err_errno(reterr, errno, "cannot read the private key '%s'", path);
        if (code == RD_E_NOT_FOUND)
            rd_err_hint(reterr, "'redrill keygen --out %s' makes one.", path);
        return code;
    }
    if (!S_ISREG(status.st_mode))
        return rd_err_set(reterr, RD_E_ARGUMENT, "the private key '%s' is not a file", path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return RD_OK;
    int code =
        rd_err_set(reterr, RD_E_ARGUMENT, "others may read or write the private key '%s'", path);
    rd_err_detail(reterr, "its mode is %04o", (unsigned)status.st_mode & 07777);
    rd_err_hint(reterr, "Run 'chmod 600 %s'; if somebody may have read it, make a new key.", path);
    return code;
}

/* The place of a secret, for people. */
static const char *keyring_place(const struct rd_secret *secret)
{
    if (secret->file != NULL)
        return secret->file;
    return secret->env != NULL ? secret->env : secret->exec.items[0];
}

int rd_keyring_load_private(const struct rd_secret *key, const struct rd_secret *passphrase,
                            const char *folder, const struct rd_deadline *deadline,
                            struct rd_key **ret_key, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(RD_SECRET_MAX);
    RD_CLEANUP(rd_buf_wipe) struct rd_buf word = RD_BUF_INIT(RD_SECRET_MAX);
    struct rd_err err = RD_ERR_INIT;
    int code = RD_OK;

    if (key->file != NULL)
        code = keyring_check_file(key->file, folder, reterr);
    if (code == RD_OK)
        code = rd_secret_reveal(key, folder, deadline, &pem, reterr);
    if (code == RD_OK && passphrase != NULL)
        code = rd_secret_reveal(passphrase, folder, deadline, &word, reterr);
    if (code != RD_OK)
        return code;
    code = rd_key_load_private(pem.data, pem.length, passphrase != NULL ? word.data : NULL, ret_key,
                               &err);
    if (code != RD_OK)
        return keyring_refuse(keyring_place(key), &pem, keyring_private, &err, reterr);
    return RD_OK;
}

int rd_keyring_load_public(const char *path, struct rd_key **ret_key, struct rd_err *reterr)
{
    /* People do give a private key by mistake. */
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(RD_SECRET_MAX);
    struct rd_err err = RD_ERR_INIT;

    int code = rd_file_read(path, &pem, reterr);
    if (code != RD_OK)
        return code;
    code = rd_key_load_public(rd_buf_text(&pem), pem.length, ret_key, &err);
    if (code != RD_OK)
        return keyring_refuse(path, &pem, keyring_public, &err, reterr);
    return RD_OK;
}

static int keyring_create(const char *path, const struct rd_buf *pem, mode_t mode,
                          struct rd_err *reterr)
{
    int code = rd_file_create(path, pem->data, pem->length, mode, reterr);

    if (code == RD_E_ARGUMENT)
        rd_err_hint(reterr, "Choose another name: a key is never overwritten.");
    return code;
}

/* Both files or none. */
static int keyring_save(const char *path, const struct rd_buf *private_pem,
                        const struct rd_buf *public_pem, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf public_path = RD_BUF_INIT(KEYRING_PATHS);

    rd_buf_printf(&public_path, "%s.pub", path);
    int code = rd_buf_status(&public_path, "a path", reterr);
    if (code == RD_OK)
        code = keyring_create(path, private_pem, 0600, reterr);
    if (code != RD_OK)
        return code;
    code = keyring_create(public_path.data, public_pem, 0644, reterr);
    if (code != RD_OK)
        unlink(path);
    return code;
}

int rd_keyring_generate(const char *path, enum rd_key_kind kind, const struct rd_secret *passphrase,
                        const struct rd_deadline *deadline, char ret_id[RD_KEYID_TEXT],
                        struct rd_err *reterr)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    RD_CLEANUP(rd_buf_wipe) struct rd_buf word = RD_BUF_INIT(RD_SECRET_MAX);
    RD_CLEANUP(rd_buf_wipe) struct rd_buf private_pem = RD_BUF_INIT(RD_SECRET_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf public_pem = RD_BUF_INIT(RD_SECRET_MAX);
    char id[RD_KEYID_TEXT];
    int code = RD_OK;

    if (passphrase != NULL)
        code = rd_secret_reveal(passphrase, ".", deadline, &word, reterr);
    if (code == RD_OK)
        code = rd_key_generate(kind, &key, reterr);
    if (code == RD_OK)
        code = rd_key_id(key, id, reterr);
    if (code == RD_OK)
        code =
            rd_key_write_private(key, passphrase != NULL ? word.data : NULL, &private_pem, reterr);
    if (code == RD_OK)
        code = rd_key_write_public(key, &public_pem, reterr);
    if (code == RD_OK)
        code = keyring_save(path, &private_pem, &public_pem, reterr);
    if (code == RD_OK)
        memcpy(ret_id, id, sizeof(id));
    return code;
}
