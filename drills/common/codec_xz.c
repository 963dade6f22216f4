/*
 * codec_xz.c: .xz streams with liblzma, which verifies the check of each block and the index.
 */
#include <lzma.h>
#include <stdlib.h>

#include "drills/common/codec.h"

/* The dictionary, and room for what the decoder needs beside it. */
enum { XZ_MEMORY_MAX = RD_CODEC_WINDOW_MAX + 1024 * 1024 };

struct xz_state {
    lzma_stream lzma;
    bool running;
};

static bool xz_begins(const unsigned char *data, size_t length)
{
    return rd_codec_marked(data, length, "\xFD\x37\x7A\x58\x5A\x00", 6);
}

static void *xz_open(void)
{
    struct xz_state *state = malloc(sizeof(*state));

    if (state != NULL)
        *state = (struct xz_state){.lzma = LZMA_STREAM_INIT};
    return state;
}

static int xz_error(lzma_ret result, struct rd_codec_step *step)
{
    switch (result) {
    case LZMA_MEM_ERROR:
        return RD_E_MEMORY;
    case LZMA_MEMLIMIT_ERROR:
        step->reason = "the dictionary is too large";
        return RD_E_LIMIT;
    case LZMA_UNSUPPORTED_CHECK:
        step->reason = "a kind of check that liblzma does not know";
        return RD_E_UNSUPPORTED;
    case LZMA_OPTIONS_ERROR: /* what a damaged header looks like has failed its own check before */
        step->reason = "options that liblzma does not know";
        return RD_E_UNSUPPORTED;
    default:
        step->reason = result == LZMA_FORMAT_ERROR ? "not an xz header" : "corrupt data";
        return RD_E_BACKUP;
    }
}

static int xz_decode(void *opened, struct rd_codec_step *step)
{
    struct xz_state *state = opened;
    lzma_stream *lzma = &state->lzma;
    lzma_ret result = LZMA_OK;

    if (!state->running)
        result = lzma_stream_decoder(lzma, XZ_MEMORY_MAX, LZMA_TELL_UNSUPPORTED_CHECK);
    if (result != LZMA_OK)
        return xz_error(result, step);
    state->running = true;

    lzma->next_in = step->in;
    lzma->avail_in = step->in_length;
    lzma->next_out = step->out;
    lzma->avail_out = step->out_room;
    result = lzma_code(lzma, LZMA_RUN);
    step->in = lzma->next_in;
    step->in_length = lzma->avail_in;
    step->out = lzma->next_out;
    step->out_room = lzma->avail_out;

    step->ended = result == LZMA_STREAM_END;
    state->running = !step->ended;
    if (result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR)
        return RD_OK;
    return xz_error(result, step);
}

static void xz_close(void *opened)
{
    struct xz_state *state = opened;

    lzma_end(&state->lzma);
    free(state);
}

const struct rd_codec rd_codec_xz = {
    .name = "xz",
    .begins = xz_begins,
    .open = xz_open,
    .decode = xz_decode,
    .close = xz_close,
};
