/*
 * migrations_checksums.c: how each framework makes a checksum of a migration's file, so that a file
 * that was edited after it was applied is noticed.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/migrations_parts.h"
#include "drills/common/crypto.h"
#include "drills/common/text.h"

/* Windows' line ends, which git puts in and takes out, made Unix's. */
static int checksums_to_lf(const struct rd_buf *text, struct rd_buf *out, struct rd_err *reterr)
{
    for (size_t i = 0; i < text->length; i++) {
        if (text->data[i] != '\r' || i + 1 == text->length || text->data[i + 1] != '\n')
            rd_buf_add(out, &text->data[i], 1);
    }
    return rd_buf_status(out, "a migration", reterr);
}

/* Unix's line ends made Windows', every one. */
static int checksums_to_crlf(const struct rd_buf *text, struct rd_buf *out, struct rd_err *reterr)
{
    for (size_t i = 0; i < text->length; i++) {
        if (text->data[i] == '\n')
            rd_buf_add(out, "\r", 1);
        rd_buf_add(out, &text->data[i], 1);
    }
    return rd_buf_status(out, "a migration", reterr);
}

/* Old versions of Prisma wrote each byte without its leading zero. */
static void checksums_unpad(const char hex[RD_SHA256_HEX], char ret_short[RD_SHA256_HEX])
{
    size_t length = 0;

    for (size_t i = 0; i + 1 < RD_SHA256_HEX; i += 2) {
        if (hex[i] != '0')
            ret_short[length++] = hex[i];
        ret_short[length++] = hex[i + 1];
    }
    ret_short[length] = '\0';
}

static int checksums_prisma_one(const struct rd_buf *text, const char *checksum, bool *ret_matches,
                                struct rd_err *reterr)
{
    char hex[RD_SHA256_HEX];
    char unpadded[RD_SHA256_HEX];
    int result = rd_sha256(rd_buf_text(text), text->length, hex, reterr);

    if (result != RD_OK)
        return result;
    checksums_unpad(hex, unpadded);
    *ret_matches = strcmp(checksum, strlen(checksum) + 1 == RD_SHA256_HEX ? hex : unpadded) == 0;
    return RD_OK;
}

/* prisma/prisma-engines: schema-engine/connectors/schema-connector/src/checksum.rs: SHA-256 of the
 * file as it is, or with either kind of line ends. */
int rd_migrations_matches_prisma(const struct rd_migrations *migrations, const char *checksum,
                                 const struct rd_buf *text, bool *ret_matches,
                                 struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf lf = RD_BUF_INIT(RD_MIGRATION_FILE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf crlf = RD_BUF_INIT(2 * RD_MIGRATION_FILE_MAX);
    bool matches = false;

    (void)migrations;
    int result = checksums_prisma_one(text, checksum, &matches, reterr);
    if (result == RD_OK && !matches) {
        result = checksums_to_lf(text, &lf, reterr);
        if (result == RD_OK)
            result = checksums_prisma_one(&lf, checksum, &matches, reterr);
    }
    if (result == RD_OK && !matches) {
        result = checksums_to_crlf(text, &crlf, reterr);
        if (result == RD_OK)
            result = checksums_prisma_one(&crlf, checksum, &matches, reterr);
    }
    if (result == RD_OK)
        *ret_matches = matches;
    return result;
}

/* drizzle-team/drizzle-orm: drizzle-orm/src/migrator.ts: SHA-256 of the text with Unix line ends;
 * older versions took the file as it is. */
int rd_migrations_matches_drizzle(const struct rd_migrations *migrations, const char *checksum,
                                  const struct rd_buf *text, bool *ret_matches,
                                  struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf lf = RD_BUF_INIT(RD_MIGRATION_FILE_MAX);
    char as_is[RD_SHA256_HEX];
    char as_lf[RD_SHA256_HEX];

    (void)migrations;
    int result = checksums_to_lf(text, &lf, reterr);
    if (result == RD_OK)
        result = rd_sha256(rd_buf_text(text), text->length, as_is, reterr);
    if (result == RD_OK)
        result = rd_sha256(rd_buf_text(&lf), lf.length, as_lf, reterr);
    if (result == RD_OK)
        *ret_matches = strcmp(checksum, as_is) == 0 || strcmp(checksum, as_lf) == 0;
    return result;
}

/* CRC-32 of ISO 3309, as in java.util.zip. */
static uint32_t checksums_crc32(uint32_t crc, const char *data, size_t length)
{
    crc = ~crc;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

/* flyway/flyway: core/internal/resolver/ChecksumCalculator.java: CRC-32 over the lines without
 * their ends, and without a byte order mark; written as a signed number. */
int rd_migrations_matches_flyway(const struct rd_migrations *migrations, const char *checksum,
                                 const struct rd_buf *text, bool *ret_matches,
                                 struct rd_err *reterr)
{
    const char *data = rd_buf_text(text);
    size_t length = text->length;
    uint32_t crc = 0;

    (void)migrations;
    if (!rd_text_is_utf8(data, length)) {
        int result = rd_err_set(reterr, RD_E_UNSUPPORTED, "the migration's file is not UTF-8");
        rd_err_hint(reterr, "Flyway's checksum depends on the encoding that it was set to; only "
                            "UTF-8 can be compared.");
        return result;
    }
    if (length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
        data += 3;
        length -= 3;
    }
    for (size_t i = 0; i < length;) {
        size_t line = strcspn(data + i, "\r\n");
        crc = checksums_crc32(crc, data + i, line);
        i += line + (i + line < length);
    }
    *ret_matches = strtoll(checksum, NULL, 10) == (int64_t)(int32_t)crc;
    return RD_OK;
}

/* launchbadge/sqlx: sqlx-core/src/migrate/migration.rs: SHA-384 of the file as it is. The server
 * computes it: the digest is PostgreSQL's own function. */
int rd_migrations_matches_sqlx(const struct rd_migrations *migrations, const char *checksum,
                               const struct rd_buf *text, bool *ret_matches, struct rd_err *reterr)
{
    const struct rd_check_run *run = migrations->run;
    RD_CLEANUP(rd_buf_free) struct rd_buf hex = RD_BUF_INIT(2 * RD_MIGRATION_FILE_MAX + 2);
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *digest = NULL;

    rd_buf_puts(&hex, "\\x");
    for (size_t i = 0; i < text->length; i++)
        rd_buf_printf(&hex, "%02x", (unsigned char)text->data[i]);
    int result = rd_buf_status(&hex, "a migration", reterr);
    if (result != RD_OK)
        return result;

    const char *const params[] = {hex.data, checksum};
    result =
        rd_pg_query(run->pg, &run->deadline, "SELECT encode(sha384($1::bytea), 'hex') = $2::text",
                    RD_COUNT(params), params, &digest, reterr);
    if (result == RD_OK)
        *ret_matches = rd_pg_rows(digest) > 0 && rd_pg_get_bool(digest, 0, 0);
    return result;
}
