/*
 * dump_plain_lines.c: which statements ended at which line of psql's. The last ones are kept: psql
 * complains about what it was given a pipe's length ago at most.
 */
#include "drills/providers/dump_plain_parts.h"

int rd_plain_mark(struct rd_plain *plain, enum rd_plain_line kind, struct rd_err *reterr)
{
    struct rd_plain_mark *mark = &plain->marks[plain->mark_count % RD_PLAIN_LINES_MAX];

    if (plain->added > INT64_MAX / 2 - plain->lex.line)
        return rd_err_set(reterr, RD_E_LIMIT, "the dump has too many lines");
    *mark = (struct rd_plain_mark){
        .psql_line = plain->lex.line + plain->added,
        .added = plain->added,
        .kind = kind,
    };
    plain->mark_count++;
    return RD_OK;
}

/* The `index`th of all marks, one of those that are still kept. */
static const struct rd_plain_mark *lines_mark(const struct rd_plain *plain, size_t index)
{
    return &plain->marks[index % RD_PLAIN_LINES_MAX];
}

enum rd_plain_line rd_plain_look_up(const struct rd_plain *plain, int64_t psql_line,
                                    int64_t *ret_line)
{
    size_t low =
        plain->mark_count > RD_PLAIN_LINES_MAX ? plain->mark_count - RD_PLAIN_LINES_MAX : 0;
    size_t high = plain->mark_count;

    /* Up to `low` marks are at or before the line. */
    size_t first = low;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lines_mark(plain, middle)->psql_line <= psql_line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == first) {
        *ret_line = psql_line - (first > 0 ? lines_mark(plain, first)->added : 0);
        return RD_PLAIN_ORDINARY;
    }
    const struct rd_plain_mark *mark = lines_mark(plain, low - 1);
    *ret_line = psql_line - mark->added;
    return mark->psql_line == psql_line ? mark->kind : RD_PLAIN_ORDINARY;
}
