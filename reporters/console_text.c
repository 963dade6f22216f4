/*
 * console_text.c: words and lines that all parts of the console report share.
 */
#include <stdio.h>
#include <string.h>

#include "reporters/console_parts.h"

const char *rd_console_word(int verdict)
{
    switch (verdict) {
    case RD_FAIL:
        return "FAIL";
    case RD_ERROR:
        return "ERROR";
    default:
        return rd_verdict_name(verdict);
    }
}

void rd_console_part(struct rd_buf *line, const char *before, const char *value, const char *after)
{
    if (value == NULL)
        return;
    rd_buf_printf(line, "%s%s%s%s", line->length > 0 ? ", " : "", before, value, after);
}

void rd_console_parts(struct rd_buf *out, const char *head, const struct rd_buf *line)
{
    if (line->broken != RD_OK && out->broken == RD_OK)
        out->broken = line->broken;
    if (line->length > 0)
        rd_lines_wrap(out, head, RD_CONSOLE_INDENT, rd_buf_text(line));
}

const char *rd_console_time(int64_t us, char text[RD_TIME_TEXT])
{
    char plain[RD_TIME_TEXT];

    if (us == RD_ABSENT)
        return NULL;
    rd_time_format_plain(us, plain);
    char *middle = strchr(plain, 'T');
    if (middle != NULL)
        *middle = ' ';
    snprintf(text, RD_TIME_TEXT, "%.*s UTC", RD_TIME_TEXT - 5, plain);
    return text;
}
