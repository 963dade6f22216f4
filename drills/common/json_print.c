/*
 * json_print.c: writes a tree as text. cJSON's own printer rounds large numbers and lets bad
 * strings through, so it is not used.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/json.h"
#include "drills/common/text.h"

enum { PRINT_COMPACT = -1 }; /* the indentation of a tree on one line */

static int print_value(const struct rd_json *json, int indent, struct rd_buf *out,
                       struct rd_err *reterr);

static void print_escape(char character, struct rd_buf *out)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *known = strchr(plain, character);

    if (known != NULL)
        rd_buf_printf(out, "\\%c", letters[known - plain]);
    else
        rd_buf_printf(out, "\\u%04x", (unsigned)character);
}

static int print_string(const char *text, struct rd_buf *out, struct rd_err *reterr)
{
    size_t length = strlen(text);
    size_t plain = 0; /* bytes before `i` that need no escape */

    if (!rd_text_is_utf8(text, length))
        return rd_err_set(reterr, RD_E_ARGUMENT, "a string that is not UTF-8 cannot be JSON");
    rd_buf_puts(out, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char here = (unsigned char)text[i];
        if (here >= 0x20 && here != '"' && here != '\\') {
            plain++;
            continue;
        }
        rd_buf_add(out, text + i - plain, plain);
        plain = 0;
        print_escape(text[i], out);
    }
    rd_buf_add(out, text + length - plain, plain);
    rd_buf_puts(out, "\"");
    return RD_OK;
}

/* An integer as one; else the fewest digits that read back as the same double. */
static int print_number(const struct rd_json *json, struct rd_buf *out, struct rd_err *reterr)
{
    double number = rd_json_number(json);
    char text[32];
    int64_t integer;

    if (!isfinite(number))
        return rd_err_set(reterr, RD_E_ARGUMENT, "a number that is not finite cannot be JSON");
    if (rd_json_integer(json, &integer)) {
        rd_buf_printf(out, "%lld", (long long)integer);
        return RD_OK;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    rd_buf_puts(out, text);
    return RD_OK;
}

static void print_line(int indent, struct rd_buf *out)
{
    if (indent != PRINT_COMPACT)
        rd_buf_printf(out, "\n%*s", 2 * indent, "");
}

static int print_container(const struct rd_json *json, int indent, struct rd_buf *out,
                           struct rd_err *reterr)
{
    bool object = rd_json_type(json) == RD_JSON_OBJECT;
    const struct rd_json *child = rd_json_first(json);
    int inner = indent == PRINT_COMPACT ? PRINT_COMPACT : indent + 1;
    int rc = RD_OK;

    rd_buf_puts(out, object ? "{" : "[");
    if (child != NULL) {
        for (; rc == RD_OK && child != NULL; child = rd_json_next(child)) {
            print_line(inner, out);
            if (object) {
                rc = print_string(rd_json_key(child), out, reterr);
                rd_buf_puts(out, indent == PRINT_COMPACT ? ":" : ": ");
            }
            if (rc == RD_OK)
                rc = print_value(child, inner, out, reterr);
            if (rd_json_next(child) != NULL)
                rd_buf_puts(out, ",");
        }
        print_line(indent, out);
    }
    rd_buf_puts(out, object ? "}" : "]");
    return rc;
}

static int print_value(const struct rd_json *json, int indent, struct rd_buf *out,
                       struct rd_err *reterr)
{
    switch (rd_json_type(json)) {
    case RD_JSON_NUMBER:
        return print_number(json, out, reterr);
    case RD_JSON_STRING:
        return print_string(rd_json_text(json), out, reterr);
    case RD_JSON_ARRAY:
    case RD_JSON_OBJECT:
        return print_container(json, indent, out, reterr);
    case RD_JSON_BOOL:
        rd_buf_puts(out, rd_json_is_true(json) ? "true" : "false");
        return RD_OK;
    default:
        rd_buf_puts(out, "null");
        return RD_OK;
    }
}

int rd_json_print(const struct rd_json *json, bool pretty, struct rd_buf *out,
                  struct rd_err *reterr)
{
    int rc = print_value(json, pretty ? 0 : PRINT_COMPACT, out, reterr);

    if (pretty)
        rd_buf_puts(out, "\n");
    return rc == RD_OK ? rd_buf_status(out, "JSON text", reterr) : rc;
}
