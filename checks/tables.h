/*
 * tables.h: the tables of the restored database, as its catalog lists them, without those of
 * PostgreSQL itself and without temporary ones.
 */
#ifndef RD_TABLES_H
#define RD_TABLES_H

#include "drills/common/check.h"
#include "drills/common/relation.h"

/* As in pg_class.relkind. */
enum {
    RD_TABLE_PLAIN = 'r',
    RD_TABLE_PARTITIONED = 'p',
    RD_TABLE_MATERIALIZED = 'm',
    RD_TABLE_VIEW = 'v',
    RD_TABLE_FOREIGN = 'f',
};

struct rd_table {
    const char *oid;
    const char *schema;
    const char *name;
    char kind;
    bool partition; /* counted with the table that it is a part of */
    bool foreign; /* reading it would reach another server: it is foreign, or has a foreign part */
};

struct rd_tables; /* a list of them; its texts live as long as it */

/*
 * Loads all tables, or with `like` (may be NULL; no pattern) only those whose names differ from it
 * in upper and lower case at most. Sorted by schema and name, byte by byte.
 */
int rd_tables_load(const struct rd_check_run *run, const struct rd_relation *like,
                   struct rd_tables **ret_tables, struct rd_err *reterr) RD_MUST_CHECK;
size_t rd_tables_count(const struct rd_tables *tables);
struct rd_table rd_tables_at(const struct rd_tables *tables, size_t index);
void rd_tables_free(struct rd_tables *tables);
void rd_tables_freep(struct rd_tables **tables);

/* For the hint of a finding about a table that is not there: the table that was probably meant,
 * because only upper and lower case differ; NULL when there is none. In the record's arena. */
const char *rd_tables_meant(const struct rd_check_run *run, const struct rd_tables *tables,
                            const struct rd_relation *wanted);

/* Why a table of this kind is not read, as the message of a finding; NULL when it may be read. */
const char *rd_tables_unreadable(const struct rd_table *table);

#endif
