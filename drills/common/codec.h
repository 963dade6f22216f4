/*
 * codec.h: what a compression format is to stream.c. Each is one file around one library, because
 * a verdict needs more than bytes: every checksum verified, every early end seen, the memory
 * bounded.
 */
#ifndef RD_CODEC_H
#define RD_CODEC_H

#include "drills/common/err.h"

/* The largest window that a file may ask for: what the zstd and xz programs take unasked. */
enum { RD_CODEC_WINDOW_BITS = 27, RD_CODEC_WINDOW_MAX = 1 << RD_CODEC_WINDOW_BITS };

struct rd_codec_step {
    const unsigned char *in; /* moved on by what was used */
    size_t in_length;
    unsigned char *out; /* moved on by what was made */
    size_t out_room;
    bool ended;         /* set when a member (frame, stream) is complete and verified */
    const char *reason; /* why it failed, in the library's words; static */
};

struct rd_codec {
    const char *name;

    /* Whether a member begins like this. `length` is at least 1; where it is less than the format's
     * mark, as at the end of a file that was cut, the beginning of the mark is enough. */
    bool (*begins)(const unsigned char *data, size_t length);

    /* NULL when memory is gone. */
    void *(*open)(void);

    /*
     * Decodes what it can and returns RD_OK; nothing used and nothing made means that more input is
     * needed. After the end of a member the next call begins another one. Else RD_E_BACKUP for
     * damage, RD_E_LIMIT for a window that is too large, RD_E_UNSUPPORTED, RD_E_MEMORY; only close
     * may follow.
     */
    int (*decode)(void *state, struct rd_codec_step *step);

    void (*close)(void *state);
};

extern const struct rd_codec rd_codec_gzip, rd_codec_zstd, rd_codec_lz4, rd_codec_xz,
    rd_codec_bzip2;

/* The format of a file that begins with these bytes, at least one; NULL: it is not compressed. */
const struct rd_codec *rd_codec_of(const unsigned char *data, size_t length);

/* The name of a format that can be told and not read; NULL for all else. Such a file must not be
 * taken for a plain one that holds nonsense. */
const char *rd_codec_foreign(const unsigned char *data, size_t length);

/* For `begins`: a mark of fixed bytes, or the frame without content that zstd and lz4 share. */
bool rd_codec_marked(const unsigned char *data, size_t length, const void *mark,
                     size_t mark_length);
bool rd_codec_skippable(const unsigned char *data, size_t length);

#endif
