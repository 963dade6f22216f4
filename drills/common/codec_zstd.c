/*
 * codec_zstd.c: Zstandard frames (RFC 8878) with libzstd, which verifies the checksum and the
 * length where a frame has them. pg_dump's own zstd frames have no checksum.
 */
#include <zstd.h>
#include <zstd_errors.h>

#include "drills/common/codec.h"

static bool zstd_begins(const unsigned char *data, size_t length)
{
    return rd_codec_marked(data, length, "\x28\xB5\x2F\xFD", 4) || rd_codec_skippable(data, length);
}

static void *zstd_open(void)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();

    if (context != NULL &&
        ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, RD_CODEC_WINDOW_BITS))) {
        ZSTD_freeDCtx(context);
        return NULL;
    }
    return context;
}

static int zstd_decode(void *context, struct rd_codec_step *step)
{
    ZSTD_inBuffer in = {.src = step->in, .size = step->in_length};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->out_room};

    size_t result = ZSTD_decompressStream(context, &out, &in);
    step->in += in.pos;
    step->in_length -= in.pos;
    step->out += out.pos;
    step->out_room -= out.pos;
    step->ended = result == 0;
    if (!ZSTD_isError(result))
        return RD_OK;

    step->reason = ZSTD_getErrorName(result);
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return RD_E_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
        return RD_E_LIMIT;
    case ZSTD_error_dictionary_wrong: /* made with a dictionary, which is not in the file */
        return RD_E_UNSUPPORTED;
    default:
        return RD_E_BACKUP;
    }
}

static void zstd_close(void *context)
{
    ZSTD_freeDCtx(context);
}

const struct rd_codec rd_codec_zstd = {
    .name = "zstd",
    .begins = zstd_begins,
    .open = zstd_open,
    .decode = zstd_decode,
    .close = zstd_close,
};
