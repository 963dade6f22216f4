/*
 * faults.c: see faults.h. Keys of a plan come into messages, so these are made safe to show.
 */
#include "drills/common/faults.h"

#include <stdio.h>

#include "drills/common/text.h"

enum { FAULTS_TEXT = 600 };

/* One line in the arena; a fixed text when memory is gone, so that the fault still counts. */
static const char *faults_text(struct rd_arena *arena, const char *text, size_t length)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(4 * FAULTS_TEXT);

    rd_text_clean(&clean, text, rd_text_cut(text, length, FAULTS_TEXT));
    for (size_t i = 0; i < clean.length; i++) {
        if (clean.data[i] == '\n' || clean.data[i] == '\t')
            clean.data[i] = ' ';
    }
    const char *copy = rd_arena_strdup(arena, rd_buf_text(&clean));
    return copy != NULL && clean.broken == RD_OK ? copy : "out of memory";
}

void rd_faults_add(struct rd_faults *faults, const char *path, const char *format, ...)
{
    char message[FAULTS_TEXT + 4]; /* room for a whole character beyond the cut */
    va_list args;

    if (faults->count++ >= RD_FAULTS_MAX)
        return;
    va_start(args, format);
    int length = vsnprintf(message, sizeof(message), format, args);
    va_end(args);

    size_t kept = length < 0 ? 0 : strnlen(message, sizeof(message));
    faults->items[faults->count - 1] = (struct rd_fault){
        .path = faults_text(faults->arena, path, strlen(path)),
        .message = faults_text(faults->arena, message, kept),
    };
}
