/*
 * buf.h: bytes that grow up to a stated maximum. Writing past the maximum, or without
 * memory, marks the buffer as broken; later writes do nothing and rd_buf_status tells.
 * So a writer of many small pieces asks once, at its end.
 */
#ifndef RD_BUF_H
#define RD_BUF_H

#include "drills/common/err.h"

struct rd_buf {
    char *data;    /* always NUL-terminated once something was written; NULL before */
    size_t length; /* without the NUL */
    size_t room;
    size_t max; /* in bytes, the NUL not counted */
    int broken; /* RD_OK, RD_E_MEMORY or RD_E_LIMIT */
};

#define RD_BUF_INIT(maximum) \
    {                        \
        .max = (maximum)     \
    }

void rd_buf_add(struct rd_buf *buf, const void *data, size_t length);
void rd_buf_puts(struct rd_buf *buf, const char *text);
void rd_buf_printf(struct rd_buf *buf, const char *format, ...) RD_PRINTF(2, 3);

/* RD_OK, or the error that broke the buffer; `what` names the content in the message. */
int rd_buf_status(const struct rd_buf *buf, const char *what, struct rd_err *reterr) RD_MUST_CHECK;

/* The content as a string: never NULL. */
const char *rd_buf_text(const struct rd_buf *buf);

/* Forgets the content and keeps the memory. */
void rd_buf_clear(struct rd_buf *buf);

/* Overwrites the memory before it is freed: for secrets. */
void rd_buf_wipe(struct rd_buf *buf);
void rd_buf_free(struct rd_buf *buf);

#endif
