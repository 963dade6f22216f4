/*
 * relation.h: names of tables and columns, as plans write them and as findings show them.
 *
 * A plan writes them like SQL: `public.users`, `"odd ""name"."x.y"`. What is not quoted is folded
 * to lower case (ASCII letters only) and may hold the wildcards * and ?: `sales.*`, `*.audit_?`. In
 * quotes every character stands for itself.
 */
#ifndef RD_RELATION_H
#define RD_RELATION_H

#include "drills/common/faults.h"
#include "drills/common/pg.h"

struct rd_name {
    const char *text; /* without quotes, folded */
    bool pattern;     /* * and ? in it are wildcards */
};

struct rd_relation {
    struct rd_name schema, name;
};

/* Two names with a dot between them; anything else is RD_E_ARGUMENT, which says how to write it.
 */
int rd_relation_parse(const char *text, struct rd_arena *arena, struct rd_relation *ret_relation,
                      struct rd_err *reterr) RD_MUST_CHECK;

/* One name without wildcards: a column. */
int rd_relation_parse_column(const char *text, struct rd_arena *arena, const char **ret_column,
                             struct rd_err *reterr) RD_MUST_CHECK;

/* For the `validate` of a shape: adds a fault when it is no relation; or no single one, when
 * patterns are not allowed. */
void rd_relation_validate(const char *text, bool patterns, const char *path,
                          struct rd_faults *faults);
void rd_relation_validate_column(const char *text, const char *path, struct rd_faults *faults);

bool rd_relation_is_pattern(const struct rd_relation *relation);
bool rd_relation_matches(const struct rd_relation *relation, const char *schema, const char *name);

/* Appends the name as findings and baselines show it, in quotes only where they are needed to read
 * it back: `users`, `"Users"`. Not for SQL: keywords are not quoted. */
void rd_relation_write_name(struct rd_buf *out, const char *name);
void rd_relation_write(struct rd_buf *out, const char *schema, const char *name);

/* The same as a new string in `arena`; "" when memory is gone. `column` may be NULL. */
const char *rd_relation_text(struct rd_arena *arena, const char *schema, const char *name,
                             const char *column);

/* Appends schema and name for SQL, quoted by libpq. */
int rd_relation_quote(struct rd_pg *pg, const char *schema, const char *name, struct rd_buf *out,
                      struct rd_err *reterr) RD_MUST_CHECK;

#endif
