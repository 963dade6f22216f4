/*
 * pg_result.c: see pg_result.h and pg.h.
 */
#include "drills/common/pg_result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PG_RESULT_OFFSETS_MAX = RD_PG_ANSWER_MAX / 4 };

struct rd_pg_result *rd_pg_result_new(void)
{
    struct rd_pg_result *result = calloc(1, sizeof(*result));

    if (result == NULL)
        return NULL;
    result->affected = RD_ABSENT;
    result->cells.max = RD_PG_ANSWER_MAX - PG_RESULT_OFFSETS_MAX;
    result->offsets.max = PG_RESULT_OFFSETS_MAX;
    return result;
}

void rd_pg_result_add(struct rd_pg_result *result, const char *value, size_t length)
{
    uint32_t offset = value == NULL ? UINT32_MAX : (uint32_t)result->cells.length;

    rd_buf_add(&result->offsets, &offset, sizeof(offset));
    if (value != NULL) {
        rd_buf_add(&result->cells, value, length);
        rd_buf_add(&result->cells, "", 1);
    }
}

int rd_pg_result_status(const struct rd_pg_result *result, struct rd_err *reterr)
{
    if (result->cells.broken == RD_E_MEMORY || result->offsets.broken == RD_E_MEMORY)
        return rd_err_memory(reterr);
    if (result->cells.broken != RD_OK || result->offsets.broken != RD_OK)
        return rd_err_set(reterr, RD_E_LIMIT, "answer of the server is larger than %d MiB",
                          RD_PG_ANSWER_MAX / 1024 / 1024);
    return RD_OK;
}

static const char *pg_result_cell(const struct rd_pg_result *result, size_t index)
{
    uint32_t offset;

    memcpy(&offset, result->offsets.data + index * sizeof(offset), sizeof(offset));
    return offset == UINT32_MAX ? NULL : result->cells.data + offset;
}

size_t rd_pg_rows(const struct rd_pg_result *result)
{
    return result->rows;
}

size_t rd_pg_columns(const struct rd_pg_result *result)
{
    return result->columns;
}

int64_t rd_pg_affected(const struct rd_pg_result *result)
{
    return result->affected;
}

const char *rd_pg_get(const struct rd_pg_result *result, size_t row, size_t column)
{
    if (row >= result->rows || column >= result->columns)
        return NULL;
    return pg_result_cell(result, (row + 1) * result->columns + column);
}

int64_t rd_pg_get_int(const struct rd_pg_result *result, size_t row, size_t column)
{
    const char *text = rd_pg_get(result, row, column);
    char *end;

    if (text == NULL || *text == '\0' || strspn(text, "-0123456789") != strlen(text))
        return RD_ABSENT;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    return errno != 0 || *end != '\0' ? RD_ABSENT : value;
}

bool rd_pg_get_bool(const struct rd_pg_result *result, size_t row, size_t column)
{
    const char *text = rd_pg_get(result, row, column);

    return text != NULL && strcmp(text, "t") == 0;
}

const char *rd_pg_column_name(const struct rd_pg_result *result, size_t column)
{
    return column < result->columns ? pg_result_cell(result, column) : NULL;
}

void rd_pg_result_free(struct rd_pg_result *result)
{
    if (result == NULL)
        return;
    rd_buf_free(&result->cells);
    rd_buf_free(&result->offsets);
    free(result);
}

void rd_pg_result_freep(struct rd_pg_result **result)
{
    rd_pg_result_free(*result);
    *result = NULL;
}

/* Six digits after the point at most, rounded towards zero: PostgreSQL writes no more. */
static int64_t pg_fraction_us(const char *digits)
{
    int64_t us = 0;

    for (size_t i = 0; i < 6; i++)
        us = us * 10 + (*digits != '\0' ? *digits++ - '0' : 0);
    return us;
}

int64_t rd_pg_epoch_us(const char *text)
{
    char *end;

    if (text == NULL)
        return RD_ABSENT;
    bool negative = *text == '-';
    const char *digits = negative ? text + 1 : text;
    size_t whole = strspn(digits, "0123456789");
    const char *fraction = digits[whole] == '.' ? digits + whole + 1 : digits + whole;
    if (whole == 0 || fraction[strspn(fraction, "0123456789")] != '\0')
        return RD_ABSENT;

    errno = 0;
    long long seconds = strtoll(digits, &end, 10);
    if (errno != 0 || seconds > INT64_MAX / 1000000 - 1)
        return RD_ABSENT;
    int64_t us = seconds * 1000000 + pg_fraction_us(fraction);
    return negative ? -us : us;
}
