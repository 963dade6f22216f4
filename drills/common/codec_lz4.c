/*
 * codec_lz4.c: LZ4 frames with liblz4, which verifies the checksums and the length where a frame
 * has them. A block is at most 4 MiB, so memory needs no bound of its own.
 */
#include <lz4frame.h>
#include <string.h>

#include "drills/common/codec.h"

static bool lz4_begins(const unsigned char *data, size_t length)
{
    return rd_codec_marked(data, length, "\x04\x22\x4D\x18", 4) || rd_codec_skippable(data, length);
}

static void *lz4_open(void)
{
    LZ4F_dctx *context = NULL;

    return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static int lz4_decode(void *context, struct rd_codec_step *step)
{
    size_t used = step->in_length;
    size_t made = step->out_room;

    size_t result = LZ4F_decompress(context, step->out, &made, step->in, &used, NULL);
    if (LZ4F_isError(result)) {
        step->reason = LZ4F_getErrorName(result);
        return strcmp(step->reason, "ERROR_allocation_failed") == 0 ? RD_E_MEMORY : RD_E_BACKUP;
    }
    step->in += used;
    step->in_length -= used;
    step->out += made;
    step->out_room -= made;
    step->ended = result == 0;
    return RD_OK;
}

static void lz4_close(void *context)
{
    LZ4F_freeDecompressionContext(context);
}

const struct rd_codec rd_codec_lz4 = {
    .name = "lz4",
    .begins = lz4_begins,
    .open = lz4_open,
    .decode = lz4_decode,
    .close = lz4_close,
};
