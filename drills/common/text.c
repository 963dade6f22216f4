/*
 * text.c: see text.h.
 */
#include "drills/common/text.h"

#include <ctype.h>
#include <string.h>

/* The lead bytes of UTF-8: which bits they have, and the first character that needs their length.
 */
static const struct {
    unsigned char mask, lead;
    size_t length;
    uint32_t first;
} text_leads[] = {
    {0x80, 0x00, 1, 0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x10000},
};

size_t rd_text_character(const char *text, size_t length, uint32_t *ret_character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t kind = 0;

    if (length == 0)
        return 0;
    while (kind < RD_COUNT(text_leads) &&
           (bytes[0] & text_leads[kind].mask) != text_leads[kind].lead)
        kind++;
    if (kind == RD_COUNT(text_leads) || text_leads[kind].length > length)
        return 0;

    uint32_t character = bytes[0] & (unsigned char)~text_leads[kind].mask;
    for (size_t i = 1; i < text_leads[kind].length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        character = character << 6 | (bytes[i] & 0x3FU);
    }
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < text_leads[kind].first || character > 0x10FFFF || surrogate)
        return 0;
    if (ret_character != NULL)
        *ret_character = character;
    return text_leads[kind].length;
}

bool rd_text_is_utf8(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t bytes = rd_text_character(text + at, length - at, NULL);
        if (bytes == 0 || text[at] == '\0')
            return false;
        at += bytes;
    }
    return true;
}

size_t rd_text_cut(const char *text, size_t length, size_t max)
{
    if (length <= max)
        return length;

    /* At most three bytes back stands the head of the character that `max` would tear. */
    size_t end = max;
    while (end > 0 && max - end < 3 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    return end;
}

static bool text_is_unsafe(uint32_t character)
{
    if (character < 0x20)
        return character != '\n' && character != '\t';
    return (character >= 0x7F && character <= 0x9F) ||     /* DEL and the C1 controls */
           (character >= 0x2028 && character <= 0x202E) || /* line ends; embeddings, overrides */
           (character >= 0x2066 && character <= 0x2069) || /* isolates */
           character == 0xFFFE || character == 0xFFFF;     /* no characters at all */
}

void rd_text_clean(struct rd_buf *out, const char *text, size_t length)
{
    size_t clean = 0; /* bytes before `at` that can be added as they are */

    for (size_t at = 0; at < length;) {
        uint32_t character = 0;
        size_t bytes = rd_text_character(text + at, length - at, &character);
        if (bytes > 0 && !text_is_unsafe(character)) {
            at += bytes;
            clean += bytes;
            continue;
        }
        rd_buf_add(out, text + at - clean, clean);
        clean = 0;
        if (bytes == 0)
            rd_buf_puts(out, "\xEF\xBF\xBD");
        else
            rd_buf_printf(out, character < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)character);
        at += bytes > 0 ? bytes : 1;
    }
    rd_buf_add(out, text + length - clean, clean);
}

enum { TEXT_WORD = 64 };

static bool text_same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t text_least(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Optimal string alignment distance of two words of at most TEXT_WORD bytes, row by row. */
static size_t text_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][TEXT_WORD + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = text_same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
            row[j] = text_least(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            bool swapped = i > 1 && j > 1 && text_same_letter(a[i - 1], b[j - 2]) &&
                           text_same_letter(a[i - 2], b[j - 1]);
            if (swapped && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
    }
    return row[b_length];
}

const char *rd_text_nearest(const char *word, const char *const *words)
{
    size_t length = strlen(word);
    const char *nearest = NULL;
    size_t least = length / 3 + 1; /* the first distance that is too far */

    if (length > TEXT_WORD)
        return NULL;
    for (; *words != NULL; words++) {
        size_t other = strlen(*words);
        if (other > TEXT_WORD)
            continue;
        size_t distance = text_distance(word, length, *words, other);
        if (distance < least) {
            least = distance;
            nearest = *words;
        }
    }
    return nearest;
}

/* Bytes of the character at the head of a string that is not empty; a stray byte counts as one. */
static size_t text_step(const char *text)
{
    size_t bytes = rd_text_character(text, strnlen(text, 4), NULL);

    return bytes > 0 ? bytes : 1;
}

bool rd_text_matches(const char *pattern, const char *name)
{
    const char *star = NULL;  /* what follows the last `*` */
    const char *taken = NULL; /* where that rest is tried next */

    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            taken = name;
        } else if (*pattern == '?') {
            pattern++;
            name += text_step(name);
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            taken += text_step(taken);
            pattern = star;
            name = taken;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
