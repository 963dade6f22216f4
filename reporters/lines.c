/*
 * lines.c: see lines.h.
 */
#include "reporters/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line in the making. */
struct lines_line {
    struct rd_buf *out;
    size_t column;
    size_t indent;
    bool bare; /* nothing but blanks so far */
};

static size_t lines_count(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

size_t rd_lines_columns(const char *text)
{
    return lines_count(text, strlen(text));
}

static void lines_spaces(struct rd_buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rd_buf_puts(out, " ");
}

/* Runners skip blanks of every script before a command, so characters beyond ASCII do not make a
 * line's start safe. */
static void lines_add(struct lines_line *line, const char *word, size_t length)
{
    size_t start = 0;

    while (line->bare && start < length && (unsigned char)word[start] >= 0x80)
        start++;
    for (size_t i = 0; i < length; i++) {
        bool twice = i > 0 && word[i] == word[i - 1];
        if (twice && (word[i] == '#' || (word[i] == ':' && line->bare && i == start + 1)))
            rd_buf_printf(line->out, "\\x%02x", (unsigned)word[i]);
        else
            rd_buf_add(line->out, &word[i], 1);
    }
    line->bare = line->bare && start == length;
}

/* A word with the blanks before it, which are dropped where a line begins. */
static void lines_word(struct lines_line *line, size_t blanks, const char *word, size_t length)
{
    size_t columns = lines_count(word, length);

    if (line->column > line->indent && line->column + blanks + columns > RD_LINES_WIDTH) {
        rd_buf_puts(line->out, "\n");
        lines_spaces(line->out, line->indent);
        line->column = line->indent;
        line->bare = true;
        blanks = 0;
    }
    lines_spaces(line->out, blanks);
    lines_add(line, word, length);
    line->column += blanks + columns;
}

/* `length` bytes that hold no line break. */
static void lines_fill(struct rd_buf *out, const char *head, size_t indent, const char *text,
                       size_t length)
{
    struct lines_line line = {
        .out = out,
        .column = rd_lines_columns(head),
        .indent = indent,
        .bare = head[0] == '\0',
    };

    rd_buf_puts(out, head);
    size_t gap = line.column < indent ? indent - line.column : line.column > 0;
    if (length > 0)
        lines_spaces(out, gap);
    line.column += gap;
    for (size_t at = 0; at < length;) {
        size_t blanks = strspn(text + at, " \t");
        if (blanks > length - at)
            blanks = length - at;
        at += blanks;
        size_t word = strcspn(text + at, " \t");
        if (word > length - at)
            word = length - at;
        if (word > 0)
            lines_word(&line, blanks, text + at, word);
        at += word;
    }
    rd_buf_puts(out, "\n");
}

void rd_lines_wrap(struct rd_buf *out, const char *head, size_t indent, const char *text)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf one = RD_BUF_INIT(out->max);

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\t')
            rd_buf_puts(&one, *at == '\n' ? "\\n" : "\\t");
        else
            rd_buf_add(&one, at, 1);
    }
    if (one.broken != RD_OK && out->broken == RD_OK)
        out->broken = one.broken;
    lines_fill(out, head, indent, rd_buf_text(&one), one.length);
}

void rd_lines_printf(struct rd_buf *out, const char *head, size_t indent, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        out->broken = RD_E_MEMORY;
        return;
    }
    rd_lines_wrap(out, head, indent, text);
    free(text);
}

void rd_lines_block(struct rd_buf *out, const char *head, size_t indent, const char *text)
{
    for (const char *at = text;;) {
        size_t length = strcspn(at, "\n");
        lines_fill(out, at == text ? head : "", indent, at, length);
        if (at[length] == '\0' || at[length + 1] == '\0')
            return;
        at += length + 1;
    }
}
