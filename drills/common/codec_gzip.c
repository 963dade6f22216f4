/*
 * codec_gzip.c: gzip (RFC 1952) with zlib, which verifies the CRC-32 and the length of each member.
 */
#include <stdlib.h>
#include <zlib.h>

#include "drills/common/codec.h"

struct gzip_state {
    z_stream zlib;
    bool ended;
};

enum { GZIP_ONLY = 16 }; /* added to the window's bits: a gzip header is required */

static bool gzip_begins(const unsigned char *data, size_t length)
{
    return rd_codec_marked(data, length, "\x1F\x8B\x08", 3);
}

static void *gzip_open(void)
{
    struct gzip_state *state = calloc(1, sizeof(*state));

    if (state != NULL && inflateInit2(&state->zlib, MAX_WBITS + GZIP_ONLY) != Z_OK) {
        free(state);
        return NULL;
    }
    return state;
}

static int gzip_decode(void *opened, struct rd_codec_step *step)
{
    struct gzip_state *state = opened;
    z_stream *zlib = &state->zlib;

    if (state->ended && inflateReset(zlib) != Z_OK)
        return RD_E_MEMORY;
    zlib->next_in = (z_const Bytef *)step->in;
    zlib->avail_in = (uInt)step->in_length;
    zlib->next_out = step->out;
    zlib->avail_out = (uInt)step->out_room;

    int result = inflate(zlib, Z_NO_FLUSH);
    step->in = zlib->next_in;
    step->in_length = zlib->avail_in;
    step->out = zlib->next_out;
    step->out_room = zlib->avail_out;
    state->ended = step->ended = result == Z_STREAM_END;
    switch (result) {
    case Z_OK:
    case Z_STREAM_END:
    case Z_BUF_ERROR: /* no progress was possible */
        return RD_OK;
    case Z_MEM_ERROR:
        return RD_E_MEMORY;
    default:
        step->reason = zlib->msg != NULL ? zlib->msg : zError(result);
        return RD_E_BACKUP;
    }
}

static void gzip_close(void *opened)
{
    struct gzip_state *state = opened;

    inflateEnd(&state->zlib);
    free(state);
}

const struct rd_codec rd_codec_gzip = {
    .name = "gzip",
    .begins = gzip_begins,
    .open = gzip_open,
    .decode = gzip_decode,
    .close = gzip_close,
};
