/*
 * codec_bzip2.c: bzip2 with libbz2, which verifies the CRC of each block and of the whole stream.
 */
#include <bzlib.h>
#include <stdlib.h>

#include "drills/common/codec.h"

struct bzip2_state {
    bz_stream bz;
    bool running;
};

enum { BZIP2_MARK = 10 }; /* "BZh", the block size, then the mark of a block or of the end */

static bool bzip2_begins(const unsigned char *data, size_t length)
{
    static const char first_block[] = "\x31\x41\x59\x26\x53\x59";
    static const char no_block[] = "\x17\x72\x45\x38\x50\x90";

    if (!rd_codec_marked(data, length, "BZh", 3))
        return false;
    if (length < 4)
        return true;
    if (data[3] < '1' || data[3] > '9')
        return false;
    return rd_codec_marked(data + 4, length - 4, first_block, BZIP2_MARK - 4) ||
           rd_codec_marked(data + 4, length - 4, no_block, BZIP2_MARK - 4);
}

static void *bzip2_open(void)
{
    return calloc(1, sizeof(struct bzip2_state));
}

static void bzip2_stop(struct bzip2_state *state)
{
    if (state->running)
        BZ2_bzDecompressEnd(&state->bz);
    *state = (struct bzip2_state){0};
}

static int bzip2_decode(void *opened, struct rd_codec_step *step)
{
    struct bzip2_state *state = opened;
    bz_stream *bz = &state->bz;

    if (!state->running) {
        if (BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK)
            return RD_E_MEMORY;
        state->running = true;
    }
    bz->next_in = (char *)step->in;
    bz->avail_in = (unsigned)step->in_length;
    bz->next_out = (char *)step->out;
    bz->avail_out = (unsigned)step->out_room;

    int result = BZ2_bzDecompress(bz);
    step->in += step->in_length - bz->avail_in;
    step->in_length = bz->avail_in;
    step->out += step->out_room - bz->avail_out;
    step->out_room = bz->avail_out;

    step->ended = result == BZ_STREAM_END;
    if (step->ended)
        bzip2_stop(state);
    if (result == BZ_OK || result == BZ_STREAM_END)
        return RD_OK;
    if (result == BZ_MEM_ERROR)
        return RD_E_MEMORY;
    step->reason = result == BZ_DATA_ERROR_MAGIC ? "not a bzip2 header" : "corrupt data";
    return RD_E_BACKUP;
}

static void bzip2_close(void *opened)
{
    bzip2_stop(opened);
    free(opened);
}

const struct rd_codec rd_codec_bzip2 = {
    .name = "bzip2",
    .begins = bzip2_begins,
    .open = bzip2_open,
    .decode = bzip2_decode,
    .close = bzip2_close,
};
