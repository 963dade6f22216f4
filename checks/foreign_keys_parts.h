/*
 * foreign_keys_parts.h: what the files of the check `foreign_keys` share.
 */
#ifndef RD_FOREIGN_KEYS_PARTS_H
#define RD_FOREIGN_KEYS_PARTS_H

#include "drills/common/check.h"

/* One foreign key. Texts are borrowed from the list that it came from. */
struct rd_foreign_key {
    const char *schema, *table, *name;
    const char *referenced_schema, *referenced_table;
    bool validated;
    bool enforced; /* PostgreSQL 18 knows keys that are not */
    bool temporal; /* WITHOUT OVERLAPS … PERIOD: PostgreSQL 18 */
    bool full;     /* MATCH FULL */
    /* For SQL, with the aliases fk and pk, quoted by the server: */
    const char *from;    /* both tables and how they are joined */
    const char *orphan;  /* condition: a row of fk that should have its pk and has not */
    const char *partly;  /* condition: some columns of the key are NULL */
    const char *columns; /* the key's columns as text, with commas between them */
    const char *only;    /* the referencing table alone */
    size_t width;        /* how many columns */
};

struct rd_foreign_keys;

/* Every foreign key of the database but those of PostgreSQL's own schemas; of a partitioned table
 * the one key that its partitions inherit. Sorted by schema, table and name, byte by byte. */
int rd_foreign_keys_load(const struct rd_check_run *run, struct rd_foreign_keys **ret_keys,
                         struct rd_err *reterr) RD_MUST_CHECK;
size_t rd_foreign_keys_count(const struct rd_foreign_keys *keys);
struct rd_foreign_key rd_foreign_keys_at(const struct rd_foreign_keys *keys, size_t index);
void rd_foreign_keys_free(struct rd_foreign_keys *keys);
void rd_foreign_keys_freep(struct rd_foreign_keys **keys);

#endif
