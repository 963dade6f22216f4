/*
 * buf.c: see buf.h.
 */
#include "drills/common/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `more` bytes and the NUL. */
static bool buf_grow(struct rd_buf *buf, size_t more)
{
    if (buf->broken != RD_OK)
        return false;
    if (more > buf->max || buf->length > buf->max - more) {
        buf->broken = RD_E_LIMIT;
        return false;
    }

    size_t need = buf->length + more + 1;
    if (need <= buf->room)
        return true;

    size_t room = buf->room * 2 > need ? buf->room * 2 : need;
    if (room < 256)
        room = 256;
    char *data = realloc(buf->data, room);
    if (data == NULL) {
        buf->broken = RD_E_MEMORY;
        return false;
    }
    buf->data = data;
    buf->room = room;
    return true;
}

void rd_buf_add(struct rd_buf *buf, const void *data, size_t length)
{
    if (!buf_grow(buf, length))
        return;
    if (length > 0)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void rd_buf_puts(struct rd_buf *buf, const char *text)
{
    rd_buf_add(buf, text, strlen(text));
}

void rd_buf_printf(struct rd_buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        buf->broken = RD_E_LIMIT;
        return;
    }
    if (!buf_grow(buf, (size_t)length))
        return;

    va_start(args, format);
    vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
    va_end(args);
    buf->length += (size_t)length;
}

int rd_buf_status(const struct rd_buf *buf, const char *what, struct rd_err *reterr)
{
    switch (buf->broken) {
    case RD_OK:
        return RD_OK;
    case RD_E_LIMIT:
        return rd_err_set(reterr, RD_E_LIMIT, "%s is larger than %zu bytes", what, buf->max);
    default:
        return rd_err_memory(reterr);
    }
}

const char *rd_buf_text(const struct rd_buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}

void rd_buf_clear(struct rd_buf *buf)
{
    buf->length = 0;
    buf->broken = RD_OK;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

void rd_buf_wipe(struct rd_buf *buf)
{
    if (buf->data != NULL)
        explicit_bzero(buf->data, buf->room);
    rd_buf_free(buf);
}

void rd_buf_free(struct rd_buf *buf)
{
    free(buf->data);
    *buf = (struct rd_buf)RD_BUF_INIT(buf->max);
}
