/*
 * baseline.h: reads a baseline: facts about tables, recorded at the source when the backup was
 * made. A JSON file:
 *
 *   {"format": "redrill.baseline/1", "database": "shop",
 *    "tables": {"public.users": {"rows": 1234}, …}}
 *
 * Tables are named as in plans (relation.h), without wildcards. `database` is for people, because a
 * restored database may have another name. Members that are not known are passed over, because
 * later versions record more.
 */
#ifndef RD_BASELINE_H
#define RD_BASELINE_H

#include "drills/common/arena.h"

#define RD_BASELINE_FORMAT "redrill.baseline/1"

struct rd_baseline_table {
    const char *schema;
    const char *name;
    int64_t rows;
    bool found; /* for the check: the restored database has it */
};

struct rd_baseline {
    size_t count;
    struct rd_baseline_table *tables; /* sorted by schema and name, byte by byte */
};

enum { RD_BASELINE_MAX = 4 * 1024 * 1024 };

/* Everything is in `arena`. RD_E_NOT_FOUND, RD_E_SYSTEM and RD_E_FORMAT name the file. */
int rd_baseline_load(const char *path, struct rd_arena *arena, struct rd_baseline *ret_baseline,
                     struct rd_err *reterr) RD_MUST_CHECK;

/* NULL when the baseline does not know the table. */
struct rd_baseline_table *rd_baseline_find(const struct rd_baseline *baseline, const char *schema,
                                           const char *name);

#endif
