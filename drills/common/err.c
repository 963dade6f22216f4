/*
 * err.c: see err.h. Formatting goes straight into the fixed buffers; text that does
 * not fit is cut before the first byte of a character that would be torn.
 */
#include "drills/common/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int code;
    const char *name;
} err_names[] = {
    {RD_OK, "ok"},
    {RD_E_MEMORY, "memory"},
    {RD_E_ARGUMENT, "argument"},
    {RD_E_SYSTEM, "system"},
    {RD_E_LIMIT, "limit"},
    {RD_E_TIMEOUT, "timeout"},
    {RD_E_INTERRUPTED, "interrupted"},
    {RD_E_NOT_FOUND, "not-found"},
    {RD_E_FORMAT, "format"},
    {RD_E_CHILD, "child"},
    {RD_E_DATABASE, "database"},
    {RD_E_NETWORK, "network"},
    {RD_E_BACKUP, "backup"},
    {RD_E_AUTH, "auth"},
    {RD_E_TRUST, "trust"},
    {RD_E_UNSUPPORTED, "unsupported"},
};

const char *rd_err_name(int code)
{
    for (size_t i = 0; i < RD_COUNT(err_names); i++) {
        if (err_names[i].code == code)
            return err_names[i].name;
    }
    return "unknown";
}

/* How much of `length` bytes is whole characters of UTF-8: all but a torn last one. */
static size_t err_whole(const char *text, size_t length)
{
    size_t head = length;

    while (head > 0 && length - head < 3 && ((unsigned char)text[head - 1] & 0xC0) == 0x80)
        head--;
    if (head == 0)
        return length;

    unsigned char first = (unsigned char)text[head - 1];
    size_t wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return length - (head - 1) < wanted ? head - 1 : length;
}

static void err_format(char *text, size_t size, const char *format, va_list args)
{
    int length = vsnprintf(text, size, format, args);

    if (length < 0) {
        text[0] = '\0';
        return;
    }
    if ((size_t)length < size)
        return;

    text[err_whole(text, size - 1)] = '\0';
}

int rd_err_set(struct rd_err *reterr, int code, const char *format, ...)
{
    va_list args;

    if (reterr == NULL)
        return code;
    if (reterr->code != RD_OK)
        return reterr->code;

    reterr->code = code;
    va_start(args, format);
    err_format(reterr->message, sizeof(reterr->message), format, args);
    va_end(args);
    return code;
}

int rd_err_errno(struct rd_err *reterr, int number, const char *format, ...)
{
    va_list args;
    int code = number == ENOMEM ? RD_E_MEMORY : number == ENOENT ? RD_E_NOT_FOUND : RD_E_SYSTEM;

    if (reterr == NULL)
        return code;
    if (reterr->code != RD_OK)
        return reterr->code;

    reterr->code = code;
    va_start(args, format);
    err_format(reterr->message, sizeof(reterr->message), format, args);
    va_end(args);
    rd_err_detail(reterr, "%s", strerror(number));
    return code;
}

int rd_err_memory(struct rd_err *reterr)
{
    return rd_err_set(reterr, RD_E_MEMORY, "out of memory");
}

void rd_err_detail(struct rd_err *reterr, const char *format, ...)
{
    va_list args;

    if (reterr == NULL || reterr->detail[0] != '\0')
        return;
    va_start(args, format);
    err_format(reterr->detail, sizeof(reterr->detail), format, args);
    va_end(args);
}

void rd_err_hint(struct rd_err *reterr, const char *format, ...)
{
    va_list args;

    if (reterr == NULL || reterr->hint[0] != '\0')
        return;
    va_start(args, format);
    err_format(reterr->hint, sizeof(reterr->hint), format, args);
    va_end(args);
}

void rd_err_clear(struct rd_err *err)
{
    *err = (struct rd_err)RD_ERR_INIT;
}
