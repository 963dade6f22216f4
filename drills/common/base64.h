/*
 * base64.h: bytes as text and back (RFC 4648).
 */
#ifndef RD_BASE64_H
#define RD_BASE64_H

#include "drills/common/buf.h"

/* Standard alphabet with padding, no line breaks. */
void rd_base64_encode(const void *data, size_t length, struct rd_buf *out);

/* Also takes the URL-safe alphabet and missing padding. Everything else is RD_E_FORMAT: other
 * characters, white space, a wrong length, and unused bits that are not zero. */
int rd_base64_decode(const char *text, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

#endif
