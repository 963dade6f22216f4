/*
 * lines.h: plain text for people, in lines of at most RD_LINES_WIDTH columns where words allow it.
 * A column is a character. Texts are clean UTF-8; what would break a line is shown as "\n", and
 * what CI runners would obey ("::error::" at the start of a line, "##[" and "##vso[" anywhere) with
 * one character as "\x3a" or "\x23", because names of the restored database are in it.
 */
#ifndef RD_LINES_H
#define RD_LINES_H

#include "drills/common/buf.h"

enum { RD_LINES_WIDTH = 100 };

/* Characters of a text. */
size_t rd_lines_columns(const char *text);

/* `head`, then `text` from column `indent` on; where it needs more lines they begin there, too. */
void rd_lines_wrap(struct rd_buf *out, const char *head, size_t indent, const char *text);
void rd_lines_printf(struct rd_buf *out, const char *head, size_t indent, const char *format, ...)
    RD_PRINTF(4, 5);

/* The same, for a text of several lines that stay what they are; tabs become blanks. */
void rd_lines_block(struct rd_buf *out, const char *head, size_t indent, const char *text);

#endif
