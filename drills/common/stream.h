/*
 * stream.h: reads a file that may be compressed (gzip, zstd, lz4, xz, bzip2; found by content, not
 * by name) in one pass, and hashes the bytes as they lie on disk. libarchive is included by
 * stream.c only.
 */
#ifndef RD_STREAM_H
#define RD_STREAM_H

#include "drills/common/arena.h"
#include "drills/common/crypto.h"

struct rd_stream;

/* Opens `path`. A missing or unreadable file is RD_E_NOT_FOUND or RD_E_SYSTEM (of the machine). */
int rd_stream_open(const char *path, struct rd_stream **ret_stream,
                   struct rd_err *reterr) RD_MUST_CHECK;

/*
 * The next decompressed piece, valid until the next call; length 0 at the end. Data that cannot be
 * decompressed, or ends early, is RD_E_BACKUP; a failing disk is RD_E_SYSTEM.
 */
int rd_stream_read(struct rd_stream *stream, const char **ret_data, size_t *ret_length,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* "none", "gzip", "zstd", "lz4", "xz", "bzip2": known after the first read. */
const char *rd_stream_compression(const struct rd_stream *stream);

/* Bytes read from disk so far, and the file's size when it was opened. */
int64_t rd_stream_position(const struct rd_stream *stream);
int64_t rd_stream_size(const struct rd_stream *stream);

/*
 * The SHA-256 of the whole file as it lies on disk. What was not read yet is read now, so it is
 * true also after an early end. RD_E_SYSTEM when the file changed its size or time since it was
 * opened.
 */
int rd_stream_digest(struct rd_stream *stream, char ret_hex[RD_SHA256_HEX],
                     struct rd_err *reterr) RD_MUST_CHECK;

void rd_stream_close(struct rd_stream *stream);
void rd_stream_closep(struct rd_stream **stream);

#endif
