/*
 * base64.c: see base64.h. Both directions work in pieces on the stack, so that the buffer is asked
 * for room once a piece and not once a group.
 */
#include "drills/common/base64.h"

#include <string.h>

enum { BASE64_GROUPS = 256, BASE64_BAD = 64 };

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64_group(const unsigned char *bytes, size_t count, char *text)
{
    unsigned bits = (unsigned)bytes[0] << 16;

    if (count > 1)
        bits |= (unsigned)bytes[1] << 8;
    if (count > 2)
        bits |= bytes[2];
    text[0] = base64_alphabet[bits >> 18];
    text[1] = base64_alphabet[bits >> 12 & 63];
    text[2] = count > 1 ? base64_alphabet[bits >> 6 & 63] : '=';
    text[3] = count > 2 ? base64_alphabet[bits & 63] : '=';
}

void rd_base64_encode(const void *data, size_t length, struct rd_buf *out)
{
    const unsigned char *bytes = data;
    char piece[4 * BASE64_GROUPS];
    size_t used = 0;

    for (size_t at = 0; at < length; at += 3) {
        base64_group(bytes + at, length - at < 3 ? length - at : 3, piece + used);
        used += 4;
        if (used == sizeof(piece)) {
            rd_buf_add(out, piece, used);
            used = 0;
        }
    }
    rd_buf_add(out, piece, used);
}

static unsigned base64_value(char character)
{
    if (character >= 'A' && character <= 'Z')
        return (unsigned)(character - 'A');
    if (character >= 'a' && character <= 'z')
        return (unsigned)(character - 'a') + 26;
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0') + 52;
    if (character == '+' || character == '-')
        return 62;
    if (character == '/' || character == '_')
        return 63;
    return BASE64_BAD;
}

/* The length without padding. Padding counts only where it fills the last group. */
static size_t base64_unpadded(const char *text, size_t length)
{
    if (length == 0 || length % 4 != 0 || text[length - 1] != '=')
        return length;
    return text[length - 2] == '=' ? length - 2 : length - 1;
}

int rd_base64_decode(const char *text, struct rd_buf *out, struct rd_err *reterr)
{
    size_t length = base64_unpadded(text, strlen(text));
    unsigned char piece[3 * BASE64_GROUPS];
    size_t used = 0;
    unsigned bits = 0, pending = 0; /* `pending` bits of `bits` wait for the rest of their byte */

    if (length % 4 == 1)
        return rd_err_set(reterr, RD_E_FORMAT, "base64 text ends within a group");
    for (size_t at = 0; at < length; at++) {
        unsigned value = base64_value(text[at]);
        if (value == BASE64_BAD)
            return rd_err_set(reterr, RD_E_FORMAT, "byte %zu is not base64", at + 1);
        bits = bits << 6 | value;
        pending += 6;
        if (pending < 8)
            continue;
        pending -= 8;
        piece[used++] = (unsigned char)(bits >> pending);
        bits &= (1U << pending) - 1;
        if (used == sizeof(piece)) {
            rd_buf_add(out, piece, used);
            used = 0;
        }
    }
    if (bits != 0)
        return rd_err_set(reterr, RD_E_FORMAT, "base64 text has stray bits at its end");
    rd_buf_add(out, piece, used);
    return rd_buf_status(out, "decoded base64", reterr);
}
