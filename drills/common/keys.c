/*
 * keys.c: see keys.h.
 */
#include "drills/common/keys.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/base64.h"
#include "drills/common/crypto.h"

enum {
    KEYS_PEM_MAX = 64 * 1024,
    KEYS_PBKDF2_ROUNDS = 600000, /* OWASP's advice for PBKDF2-HMAC-SHA256 */
    KEYS_P256_BYTES = 32,
    KEYS_ED25519_BYTES = 32,
};

struct rd_key {
    EVP_PKEY *pkey;
    enum rd_key_kind kind;
    bool is_private;
};

static void keys_bio_freep(BIO **bio)
{
    BIO_free(*bio);
}

static void keys_context_freep(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* 0 for every key that redrill does not sign with. */
static enum rd_key_kind keys_kind_of(const EVP_PKEY *pkey)
{
    char group[32];

    if (EVP_PKEY_is_a(pkey, "ED25519"))
        return RD_KEY_ED25519;
    if (EVP_PKEY_is_a(pkey, "EC") &&
        EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
        strcmp(group, SN_X9_62_prime256v1) == 0)
        return RD_KEY_P256;
    return 0;
}

/* Takes `pkey` in any case. */
static int keys_new(EVP_PKEY *pkey, bool is_private, struct rd_key **ret_key, struct rd_err *reterr)
{
    enum rd_key_kind kind = keys_kind_of(pkey);
    const char *name = EVP_PKEY_get0_type_name(pkey);
    struct rd_key *key;
    int status;

    ERR_clear_error();
    if (kind == 0) {
        status = rd_err_set(reterr, RD_E_UNSUPPORTED, "keys of type '%s' cannot be used",
                            name != NULL ? name : "unknown");
        rd_err_hint(reterr, "Use an Ed25519 or ECDSA P-256 key; 'redrill keygen' makes one.");
        EVP_PKEY_free(pkey);
        return status;
    }
    key = calloc(1, sizeof(*key));
    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return rd_err_memory(reterr);
    }
    *key = (struct rd_key){.pkey = pkey, .kind = kind, .is_private = is_private};
    *ret_key = key;
    return RD_OK;
}

void rd_key_free(struct rd_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

void rd_key_freep(struct rd_key **key)
{
    rd_key_free(*key);
    *key = NULL;
}

int rd_key_generate(enum rd_key_kind kind, struct rd_key **ret_key, struct rd_err *reterr)
{
    EVP_PKEY *pkey = NULL;

    switch (kind) {
    case RD_KEY_ED25519:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    case RD_KEY_P256:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        break;
    default:
        return rd_err_set(reterr, RD_E_ARGUMENT, "there is no kind of key with number %d", kind);
    }
    if (pkey == NULL)
        return rd_crypto_failed("make a key", reterr);
    return keys_new(pkey, true, ret_key, reterr);
}

bool rd_key_is_private(const struct rd_key *key)
{
    return key->is_private;
}

enum rd_key_kind rd_key_kind(const struct rd_key *key)
{
    return key->kind;
}

const char *rd_key_kind_name(enum rd_key_kind kind)
{
    switch (kind) {
    case RD_KEY_ED25519:
        return "ed25519";
    case RD_KEY_P256:
        return "ecdsa-p256";
    }
    return "unknown";
}

static int keys_none(const char *wanted, struct rd_err *reterr)
{
    if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
        return rd_crypto_failed("read a key", reterr);
    ERR_clear_error();
    return rd_err_set(reterr, RD_E_FORMAT, "there is no %s in PEM, or it is damaged", wanted);
}

static int keys_bio_of(const char *pem, size_t length, BIO **ret_bio, struct rd_err *reterr)
{
    if (length > KEYS_PEM_MAX)
        return rd_err_set(reterr, RD_E_LIMIT, "a key is larger than %d bytes", KEYS_PEM_MAX);
    *ret_bio = BIO_new_mem_buf(pem, (int)length);
    return *ret_bio != NULL ? RD_OK : rd_crypto_failed("read a key", reterr);
}

/* What OpenSSL is told when it asks for the passphrase. Without this it would ask the terminal. */
struct keys_answer {
    const char *passphrase;
    bool asked;
};

static int keys_passphrase(char *text, int room, int writing, void *context)
{
    struct keys_answer *answer = context;

    (void)writing;
    answer->asked = true;
    if (answer->passphrase == NULL || strlen(answer->passphrase) > (size_t)room)
        return -1;
    memcpy(text, answer->passphrase, strlen(answer->passphrase));
    return (int)strlen(answer->passphrase);
}

static int keys_not_opened(const char *passphrase, struct rd_err *reterr)
{
    int status;

    ERR_clear_error();
    if (passphrase == NULL) {
        status = rd_err_set(reterr, RD_E_AUTH, "the private key is encrypted");
        rd_err_hint(reterr, "Say in 'signing.passphrase' where its passphrase comes from.");
    } else {
        status = rd_err_set(reterr, RD_E_AUTH, "the passphrase does not open the private key");
        rd_err_hint(reterr, "Check the passphrase; if it is right, the key is damaged.");
    }
    return status;
}

int rd_key_load_private(const char *pem, size_t length, const char *passphrase,
                        struct rd_key **ret_key, struct rd_err *reterr)
{
    struct keys_answer answer = {.passphrase = passphrase};
    RD_CLEANUP(keys_bio_freep) BIO *bio = NULL;

    int status = keys_bio_of(pem, length, &bio, reterr);
    if (status != RD_OK)
        return status;
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, keys_passphrase, &answer);
    if (pkey != NULL)
        return keys_new(pkey, true, ret_key, reterr);
    if (answer.asked)
        return keys_not_opened(passphrase, reterr);
    return keys_none("private key", reterr);
}

int rd_key_load_public(const char *pem, size_t length, struct rd_key **ret_key,
                       struct rd_err *reterr)
{
    RD_CLEANUP(keys_bio_freep) BIO *bio = NULL;

    int status = keys_bio_of(pem, length, &bio, reterr);
    if (status != RD_OK)
        return status;
    EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    if (pkey == NULL)
        return keys_none("public key", reterr);

    /* Of two keys only the first would count, and nobody could tell which one was meant. */
    EVP_PKEY *another = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    ERR_clear_error();
    if (another == NULL)
        return keys_new(pkey, false, ret_key, reterr);
    EVP_PKEY_free(another);
    EVP_PKEY_free(pkey);
    status = rd_err_set(reterr, RD_E_FORMAT, "there is more than one public key");
    rd_err_hint(reterr, "Give only the key that you trust for this.");
    return status;
}

static int keys_drain(BIO *bio, const char *what, struct rd_buf *out, struct rd_err *reterr)
{
    char *text = NULL;
    long length = BIO_get_mem_data(bio, &text);

    if (length <= 0)
        return rd_crypto_failed(what, reterr);
    rd_buf_add(out, text, (size_t)length);
    return rd_buf_status(out, "a key", reterr);
}

static bool keys_encrypt(BIO *bio, const EVP_PKEY *pkey, const char *passphrase)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey);
    X509_SIG *sealed = NULL;

    if (plain != NULL)
        sealed = PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase, (int)strlen(passphrase), NULL, 0,
                               KEYS_PBKDF2_ROUNDS, plain);
    bool done = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed) == 1;
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return done;
}

int rd_key_write_private(const struct rd_key *key, const char *passphrase, struct rd_buf *out,
                         struct rd_err *reterr)
{
    size_t length = passphrase != NULL ? strlen(passphrase) : 0;
    bool done;

    if (!key->is_private)
        return rd_err_set(reterr, RD_E_ARGUMENT, "a public key has no private part to write");
    if (passphrase != NULL && (length == 0 || length > RD_PASSPHRASE_MAX))
        return rd_err_set(reterr, RD_E_ARGUMENT, "a passphrase has 1 to %d bytes",
                          RD_PASSPHRASE_MAX);

    /* This kind of memory is overwritten before it is freed. */
    RD_CLEANUP(keys_bio_freep) BIO *bio = BIO_new(BIO_s_secmem());
    if (bio == NULL)
        return rd_crypto_failed("write a private key", reterr);
    if (passphrase != NULL)
        done = keys_encrypt(bio, key->pkey, passphrase);
    else
        done = PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1;
    if (!done)
        return rd_crypto_failed("write a private key", reterr);
    return keys_drain(bio, "write a private key", out, reterr);
}

int rd_key_write_public(const struct rd_key *key, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(keys_bio_freep) BIO *bio = BIO_new(BIO_s_mem());

    if (bio == NULL || PEM_write_bio_PUBKEY(bio, key->pkey) != 1)
        return rd_crypto_failed("write a public key", reterr);
    return keys_drain(bio, "write a public key", out, reterr);
}

static void keys_wire_string(struct rd_buf *wire, const void *data, size_t length)
{
    unsigned char prefix[4] = {(unsigned char)(length >> 24), (unsigned char)(length >> 16),
                               (unsigned char)(length >> 8), (unsigned char)length};

    rd_buf_add(wire, prefix, sizeof(prefix));
    rd_buf_add(wire, data, length);
}

static bool keys_wire_ed25519(const EVP_PKEY *pkey, struct rd_buf *wire)
{
    unsigned char point[KEYS_ED25519_BYTES];
    size_t length = sizeof(point);

    if (EVP_PKEY_get_raw_public_key(pkey, point, &length) != 1)
        return false;
    keys_wire_string(wire, "ssh-ed25519", strlen("ssh-ed25519"));
    keys_wire_string(wire, point, length);
    return true;
}

/* From the coordinates, because the encoded point may be a compressed one. */
static bool keys_wire_p256(const EVP_PKEY *pkey, struct rd_buf *wire)
{
    unsigned char point[1 + 2 * KEYS_P256_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    BIGNUM *x = NULL, *y = NULL;

    bool done = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                BN_bn2binpad(x, point + 1, KEYS_P256_BYTES) == KEYS_P256_BYTES &&
                BN_bn2binpad(y, point + 1 + KEYS_P256_BYTES, KEYS_P256_BYTES) == KEYS_P256_BYTES;
    BN_free(x);
    BN_free(y);
    if (!done)
        return false;
    keys_wire_string(wire, "ecdsa-sha2-nistp256", strlen("ecdsa-sha2-nistp256"));
    keys_wire_string(wire, "nistp256", strlen("nistp256"));
    keys_wire_string(wire, point, sizeof(point));
    return true;
}

/* The public key as SSH sends it. */
static int keys_wire(const struct rd_key *key, struct rd_buf *wire, struct rd_err *reterr)
{
    bool done = key->kind == RD_KEY_ED25519 ? keys_wire_ed25519(key->pkey, wire)
                                            : keys_wire_p256(key->pkey, wire);

    if (!done)
        return rd_crypto_failed("read a public key's value", reterr);
    return rd_buf_status(wire, "a public key", reterr);
}

int rd_key_id(const struct rd_key *key, char ret_id[RD_KEYID_TEXT], struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf wire = RD_BUF_INIT(256);
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_KEYID_TEXT);
    unsigned char digest[RD_SHA256_BYTES];

    int status = keys_wire(key, &wire, reterr);
    if (status != RD_OK)
        return status;
    if (EVP_Digest(wire.data, wire.length, digest, NULL, EVP_sha256(), NULL) != 1)
        return rd_crypto_failed("compute a key's id", reterr);
    rd_base64_encode(digest, sizeof(digest), &text);
    status = rd_buf_status(&text, "a key's id", reterr);
    if (status != RD_OK)
        return status;
    snprintf(ret_id, RD_KEYID_TEXT, "SHA256:%.*s", (int)strcspn(text.data, "="), text.data);
    return RD_OK;
}

int rd_key_ssh_line(const struct rd_key *key, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf wire = RD_BUF_INIT(256);

    int status = keys_wire(key, &wire, reterr);
    if (status != RD_OK)
        return status;
    rd_buf_puts(out, key->kind == RD_KEY_ED25519 ? "ssh-ed25519 " : "ecdsa-sha2-nistp256 ");
    rd_base64_encode(wire.data, wire.length, out);
    return rd_buf_status(out, "a public key", reterr);
}

/* Ed25519 brings its own digest and refuses to be told one. */
static const char *keys_digest(const struct rd_key *key)
{
    return key->kind == RD_KEY_ED25519 ? NULL : "SHA256";
}

int rd_key_sign(const struct rd_key *key, const void *data, size_t length, struct rd_buf *out,
                struct rd_err *reterr)
{
    RD_CLEANUP(keys_context_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[128]; /* Ed25519: 64, P-256 in DER: at most 72 */
    size_t room = sizeof(signature);

    if (!key->is_private)
        return rd_err_set(reterr, RD_E_ARGUMENT, "a public key cannot sign");
    if (context == NULL ||
        EVP_DigestSignInit_ex(context, NULL, keys_digest(key), NULL, NULL, key->pkey, NULL) != 1 ||
        EVP_DigestSign(context, signature, &room, data, length) != 1)
        return rd_crypto_failed("sign", reterr);
    rd_buf_add(out, signature, room);
    return rd_buf_status(out, "a signature", reterr);
}

int rd_key_verify(const struct rd_key *key, const void *data, size_t length, const void *signature,
                  size_t signature_length, struct rd_err *reterr)
{
    RD_CLEANUP(keys_context_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (context == NULL ||
        EVP_DigestVerifyInit_ex(context, NULL, keys_digest(key), NULL, NULL, key->pkey, NULL) != 1)
        return rd_crypto_failed("verify a signature", reterr);
    /* 0 is a wrong signature, a negative number a malformed one. */
    if (EVP_DigestVerify(context, signature, signature_length, data, length) == 1)
        return RD_OK;
    ERR_clear_error();
    return rd_err_set(reterr, RD_E_TRUST, "the signature is not this key's");
}
