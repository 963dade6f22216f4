/*
 * json_scan.c: see json_scan.h. A recursive descent along the grammar of RFC 8259; it builds
 * nothing.
 */
#include "drills/common/json_scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/text.h"

enum {
    SCAN_DEPTH = 64,
    SCAN_NUMBER = 63, /* cJSON reads no more characters of a number than these */
};

/* Every integer up to this one is a double. */
static const long long scan_exact = 1LL << 53;

struct json_scan {
    char *text;
    size_t length;
    size_t at;
    size_t line_start; /* offset of the line's first byte */
    size_t line;
    size_t depth;
    unsigned flags;
    size_t keys;
    size_t duplicate; /* the number of the key to complain about; 0: none */
    struct rd_err *reterr;
};

static int scan_value(struct json_scan *scan);

/* Complains about the character at offset `at` of the present line. */
static int scan_fail(struct json_scan *scan, size_t at, const char *what)
{
    size_t column = 1;

    for (size_t i = scan->line_start; i < at; i++)
        column += ((unsigned char)scan->text[i] & 0xC0) != 0x80;
    return rd_err_set(scan->reterr, RD_E_FORMAT, "line %zu, column %zu: %s", scan->line, column,
                      what);
}

static int scan_expected(struct json_scan *scan, const char *what)
{
    char text[80];

    if (scan->at == scan->length)
        snprintf(text, sizeof(text), "the text ends where %s is expected", what);
    else
        snprintf(text, sizeof(text), "%s is expected", what);
    return scan_fail(scan, scan->at, text);
}

/* Past one character of a string or comment. */
static int scan_character(struct json_scan *scan)
{
    size_t bytes = rd_text_character(scan->text + scan->at, scan->length - scan->at, NULL);

    if (bytes == 0)
        return scan_fail(scan, scan->at, "invalid UTF-8");
    scan->at += bytes;
    return RD_OK;
}

static int scan_comment(struct json_scan *scan)
{
    size_t start = scan->at;
    int rc = RD_OK;

    while (rc == RD_OK && scan->at < scan->length && scan->text[scan->at] != '\n')
        rc = scan_character(scan);
    if (rc == RD_OK)
        memset(scan->text + start, ' ', scan->at - start);
    return rc;
}

/* Past white space and comments. */
static int scan_blank(struct json_scan *scan)
{
    for (;;) {
        const char *here = scan->text + scan->at;
        if (*here == '\n') {
            scan->line++;
            scan->line_start = ++scan->at;
        } else if (*here == ' ' || *here == '\t' || *here == '\r') {
            scan->at++;
        } else if ((scan->flags & RD_JSON_COMMENTS) && strncmp(here, "//", 2) == 0) {
            int rc = scan_comment(scan);
            if (rc != RD_OK)
                return rc;
        } else {
            return RD_OK;
        }
    }
}

/* The four digits after "\u"; -1 when they are none. */
static long scan_hex(const char *digits)
{
    char text[5] = {0};

    memcpy(text, digits, strnlen(digits, 4));
    if (strspn(text, "0123456789abcdefABCDEF") != 4)
        return -1;
    return strtol(text, NULL, 16);
}

/* Past an escape; the backslash is at `at`. */
static int scan_escape(struct json_scan *scan)
{
    const char *here = scan->text + scan->at;

    if (here[1] != 'u') {
        if (here[1] == '\0' || strchr("\"\\/bfnrt", here[1]) == NULL)
            return scan_fail(scan, scan->at, "unknown escape in a string");
        scan->at += 2;
        return RD_OK;
    }

    long unit = scan_hex(here + 2);
    if (unit < 0)
        return scan_fail(scan, scan->at, "'\\u' needs four hexadecimal digits");
    if (unit == 0)
        return scan_fail(scan, scan->at, "a string must not hold the character NUL");
    scan->at += 6;
    if (unit < 0xD800 || unit > 0xDFFF)
        return RD_OK;

    long low = here[6] == '\\' && here[7] == 'u' ? scan_hex(here + 8) : -1;
    if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
        return scan_fail(scan, scan->at - 6, "half a surrogate pair");
    scan->at += 6;
    return RD_OK;
}

static int scan_string(struct json_scan *scan)
{
    size_t start = scan->at++;

    while (scan->at < scan->length) {
        unsigned char here = (unsigned char)scan->text[scan->at];
        int rc = RD_OK;
        if (here == '"') {
            scan->at++;
            return RD_OK;
        }
        if (here == '\n')
            break;
        if (here < 0x20)
            return scan_fail(scan, scan->at, "a control character in a string must be escaped");
        if (here == '\\')
            rc = scan_escape(scan);
        else
            rc = scan_character(scan);
        if (rc != RD_OK)
            return rc;
    }
    return scan_fail(scan, start, "the string does not end on its line");
}

static size_t scan_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* The length of the number at the head of `text`, and whether it has no fraction and no exponent;
 * 0 when it is none. */
static size_t scan_number_length(const char *text, bool *ret_whole)
{
    size_t length = text[0] == '-' ? 1 : 0;
    size_t digits = scan_digits(text + length);

    *ret_whole = true;
    if (digits == 0 || (digits > 1 && text[length] == '0'))
        return 0;
    length += digits;
    if (text[length] == '.') {
        digits = scan_digits(text + length + 1);
        if (digits == 0)
            return 0;
        length += 1 + digits;
        *ret_whole = false;
    }
    if (text[length] == 'e' || text[length] == 'E') {
        size_t sign = text[length + 1] == '+' || text[length + 1] == '-' ? 1 : 0;
        digits = scan_digits(text + length + 1 + sign);
        if (digits == 0)
            return 0;
        length += 1 + sign + digits;
        *ret_whole = false;
    }
    return length;
}

static int scan_number(struct json_scan *scan)
{
    const char *text = scan->text + scan->at;
    char number[SCAN_NUMBER + 1] = {0};
    bool whole;
    size_t length = scan_number_length(text, &whole);

    if (length == 0)
        return scan_fail(scan, scan->at, "this is no JSON number");
    if (length > SCAN_NUMBER)
        return scan_fail(scan, scan->at, "the number has too many digits");
    memcpy(number, text, length);

    double value = strtod(number, NULL);
    size_t mantissa = strcspn(number, "eE");
    if (isinf(value) || (value == 0 && strcspn(number, "123456789") < mantissa))
        return scan_fail(scan, scan->at, "the number is beyond what a double can hold");
    long long integer = strtoll(number, NULL, 10);
    if (whole && !(scan->flags & RD_JSON_ROUND) && (integer < -scan_exact || integer > scan_exact))
        return scan_fail(scan, scan->at, "the integer is beyond 2^53 and must be a string");
    scan->at += length;
    return RD_OK;
}

static int scan_word(struct json_scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < RD_COUNT(words); i++) {
        size_t length = strlen(words[i]);
        if (strncmp(scan->text + scan->at, words[i], length) == 0) {
            scan->at += length;
            return RD_OK;
        }
    }
    return scan_expected(scan, "a value");
}

/* Past a key and its colon. */
static int scan_key(struct json_scan *scan)
{
    if (scan->text[scan->at] != '"')
        return scan_expected(scan, "a key in double quotes");
    if (++scan->keys == scan->duplicate)
        return scan_fail(scan, scan->at, "the object has this key already");

    int rc = scan_string(scan);
    if (rc == RD_OK)
        rc = scan_blank(scan);
    if (rc != RD_OK)
        return rc;
    if (scan->text[scan->at] != ':')
        return scan_expected(scan, "':'");
    scan->at++;
    return RD_OK;
}

/* Past an array or object, whose opening bracket is at `at`. */
static int scan_container(struct json_scan *scan)
{
    bool object = scan->text[scan->at] == '{';
    char close = object ? '}' : ']';

    if (scan->depth == SCAN_DEPTH)
        return scan_fail(scan, scan->at, "the nesting is deeper than 64 levels");
    scan->depth++;
    scan->at++;
    int rc = scan_blank(scan);
    bool more = rc == RD_OK && scan->text[scan->at] != close;
    while (more) {
        rc = scan_blank(scan);
        if (rc == RD_OK && object)
            rc = scan_key(scan);
        if (rc == RD_OK)
            rc = scan_value(scan);
        more = rc == RD_OK && scan->text[scan->at] == ',';
        scan->at += more ? 1 : 0;
    }
    if (rc == RD_OK && scan->text[scan->at] != close)
        rc = scan_expected(scan, object ? "',' or '}'" : "',' or ']'");
    scan->at++;
    scan->depth--;
    return rc;
}

/* Past a value and the white space around it. */
static int scan_value(struct json_scan *scan)
{
    int rc = scan_blank(scan);

    if (rc != RD_OK)
        return rc;
    char here = scan->text[scan->at];
    if (here == '{' || here == '[')
        rc = scan_container(scan);
    else if (here == '"')
        rc = scan_string(scan);
    else if (here == '-' || (here >= '0' && here <= '9'))
        rc = scan_number(scan);
    else
        rc = scan_word(scan);
    return rc == RD_OK ? scan_blank(scan) : rc;
}

static int scan_text(struct json_scan *scan)
{
    int rc = scan_value(scan);

    if (rc == RD_OK && scan->at < scan->length)
        rc = scan_fail(scan, scan->at, "nothing may follow the value");
    return rc;
}

int rd_json_scan(char *text, size_t length, unsigned flags, struct rd_err *reterr)
{
    return scan_text(&(struct json_scan){
        .text = text, .length = length, .line = 1, .flags = flags, .reterr = reterr});
}

int rd_json_scan_duplicate(char *text, size_t length, size_t number, struct rd_err *reterr)
{
    return scan_text(&(struct json_scan){.text = text,
                                         .length = length,
                                         .line = 1,
                                         .flags = RD_JSON_ROUND,
                                         .duplicate = number,
                                         .reterr = reterr});
}
