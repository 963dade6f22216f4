/*
 * stream.h: reads a file that may be compressed (gzip, zstd, lz4, xz, bzip2; found by content, not
 * by name) in one pass, and hashes the bytes as they lie on disk. The libraries for the formats are
 * behind codec.h.
 */
#ifndef RD_STREAM_H
#define RD_STREAM_H

#include "drills/common/crypto.h"

struct rd_stream;

/* Opens `path`. A missing or unreadable file is RD_E_NOT_FOUND or RD_E_SYSTEM (of the machine);
 * what is not a regular file, such as a folder or a FIFO, is RD_E_ARGUMENT. Never blocks. */
int rd_stream_open(const char *path, struct rd_stream **ret_stream,
                   struct rd_err *reterr) RD_MUST_CHECK;

/*
 * The next decompressed piece, valid until the next call; length 0 at the end. Members that follow
 * one another are one content; zeros between and after them are padding.
 *
 * RD_E_BACKUP: data that cannot be decompressed, that ends within a member, or that goes on with
 * something else after its last one. A cut exactly between two members leaves a well-formed file,
 * and frames without a checksum (pg_dump's own zstd and lz4 write none) may be damaged and still
 * decode: then only the content can tell. RD_E_SYSTEM: the disk fails, or the file changed its size
 * or time since it was opened, which explains everything else that may be wrong with it.
 * RD_E_LIMIT: it needs a window of more than 128 MiB. RD_E_UNSUPPORTED: compressed in a way that
 * redrill does not read. After an error every further call returns it again.
 */
int rd_stream_read(struct rd_stream *stream, const char **ret_data, size_t *ret_length,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* "none", "gzip", "zstd", "lz4", "xz", "bzip2": known after the first read, "none" before. */
const char *rd_stream_compression(const struct rd_stream *stream);

/* Bytes read from disk so far, and the file's size when it was opened. */
int64_t rd_stream_position(const struct rd_stream *stream);
int64_t rd_stream_size(const struct rd_stream *stream);

/* For the digest alone: reads one more raw piece, which rd_stream_read will not see any more.
 * *ret_more is false at the end of the file. For whoever must look at a deadline between pieces;
 * rd_stream_digest does the rest in one go. */
int rd_stream_skim(struct rd_stream *stream, bool *ret_more, struct rd_err *reterr) RD_MUST_CHECK;

/*
 * The SHA-256 of the whole file as it lies on disk. What was not read yet is read now, so it is
 * true also after an early end; nothing but this may follow. RD_E_SYSTEM when the file changed its
 * size or time since it was opened.
 */
int rd_stream_digest(struct rd_stream *stream, char ret_hex[RD_SHA256_HEX],
                     struct rd_err *reterr) RD_MUST_CHECK;

void rd_stream_close(struct rd_stream *stream);
void rd_stream_closep(struct rd_stream **stream);

#endif
