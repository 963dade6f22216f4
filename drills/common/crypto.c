/*
 * crypto.c: see crypto.h.
 */
#include "drills/common/crypto.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

struct rd_sha256 {
    EVP_MD_CTX *context;
    bool broken; /* an rd_sha256_add failed */
};

int rd_crypto_failed(const char *what, struct rd_err *reterr)
{
    unsigned long number = ERR_peek_error();
    char text[256];
    int code;

    if (ERR_GET_REASON(number) == ERR_R_MALLOC_FAILURE) {
        code = rd_err_memory(reterr);
    } else {
        code = rd_err_set(reterr, RD_E_SYSTEM, "cannot %s", what);
        ERR_error_string_n(number, text, sizeof(text));
        rd_err_detail(reterr, "OpenSSL: %s", number != 0 ? text : "no reason given");
    }
    ERR_clear_error();
    return code;
}

int rd_sha256_new(struct rd_sha256 **ret_sha, struct rd_err *reterr)
{
    struct rd_sha256 *sha = calloc(1, sizeof(*sha));

    if (sha == NULL)
        return rd_err_memory(reterr);
    sha->context = EVP_MD_CTX_new();
    if (sha->context == NULL || EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL) != 1) {
        rd_sha256_free(sha);
        return rd_crypto_failed("begin a SHA-256 digest", reterr);
    }
    *ret_sha = sha;
    return RD_OK;
}

void rd_sha256_add(struct rd_sha256 *sha, const void *data, size_t length)
{
    if (EVP_DigestUpdate(sha->context, data, length) != 1)
        sha->broken = true;
}

int rd_sha256_end(struct rd_sha256 *sha, unsigned char ret_digest[RD_SHA256_BYTES],
                  struct rd_err *reterr)
{
    if (sha->broken || EVP_DigestFinal_ex(sha->context, ret_digest, NULL) != 1)
        return rd_crypto_failed("compute a SHA-256 digest", reterr);
    return RD_OK;
}

void rd_sha256_free(struct rd_sha256 *sha)
{
    if (sha == NULL)
        return;
    EVP_MD_CTX_free(sha->context);
    free(sha);
}

void rd_sha256_freep(struct rd_sha256 **sha)
{
    rd_sha256_free(*sha);
    *sha = NULL;
}

int rd_sha256(const void *data, size_t length, char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    unsigned char digest[RD_SHA256_BYTES];

    if (EVP_Digest(data, length, digest, NULL, EVP_sha256(), NULL) != 1)
        return rd_crypto_failed("compute a SHA-256 digest", reterr);
    rd_hex(digest, sizeof(digest), ret_hex);
    return RD_OK;
}

void rd_hex(const unsigned char *data, size_t length, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        ret_hex[2 * i] = digits[data[i] >> 4];
        ret_hex[2 * i + 1] = digits[data[i] & 15];
    }
    ret_hex[2 * length] = '\0';
}

int rd_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                   char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    unsigned char digest[RD_SHA256_BYTES];

    if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_length, data, length, digest,
                  sizeof(digest), NULL) == NULL)
        return rd_crypto_failed("compute an HMAC", reterr);
    rd_hex(digest, sizeof(digest), ret_hex);
    return RD_OK;
}

int rd_random(void *ret_data, size_t length, struct rd_err *reterr)
{
    if (RAND_bytes_ex(NULL, ret_data, length, 0) != 1)
        return rd_crypto_failed("get random bytes", reterr);
    return RD_OK;
}

int rd_uuid7(int64_t utc_us, char ret_text[RD_UUID_TEXT], struct rd_err *reterr)
{
    unsigned char bytes[16];
    char hex[2 * sizeof(bytes) + 1];

    if (utc_us < 0)
        return rd_err_set(reterr, RD_E_ARGUMENT, "a time before 1970 cannot be in a UUID");
    int status = rd_random(bytes + 6, sizeof(bytes) - 6, reterr);
    if (status != RD_OK)
        return status;

    uint64_t ms = (uint64_t)utc_us / 1000;
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
    bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0F)); /* version 7 */
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F)); /* the variant of RFC 9562 */

    rd_hex(bytes, sizeof(bytes), hex);
    snprintf(ret_text, RD_UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    return RD_OK;
}
