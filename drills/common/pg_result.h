/*
 * pg_result.h: the rows of one answer, copied out of libpq as they arrive, so that what an answer
 * may weigh is bounded. Filled by pg.c, read through pg.h.
 */
#ifndef RD_PG_RESULT_H
#define RD_PG_RESULT_H

#include "drills/common/pg.h"

struct rd_pg_result {
    size_t columns;
    size_t rows;
    int64_t affected;      /* what the command says: rows inserted, moved over, … */
    struct rd_buf cells;   /* the columns' names, then the values row by row, each with its NUL */
    struct rd_buf offsets; /* of each of them in `cells`: uint32_t, UINT32_MAX for SQL NULL */
};

/* NULL when memory is gone. */
struct rd_pg_result *rd_pg_result_new(void) RD_MUST_CHECK;

/* The next name or value; NULL is SQL NULL. */
void rd_pg_result_add(struct rd_pg_result *result, const char *value, size_t length);

/* RD_E_LIMIT once more than RD_PG_ANSWER_MAX was added, RD_E_MEMORY when memory is gone. */
int rd_pg_result_status(const struct rd_pg_result *result, struct rd_err *reterr) RD_MUST_CHECK;

#endif
