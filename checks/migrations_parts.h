/*
 * migrations_parts.h: what the files of the check `migrations` share. The frameworks are data
 * (migrations_frameworks.c); their tables are found and read by migrations_table.c, the folder with
 * the migrations by migrations_folder.c, and migrations_judge.c compares the two.
 */
#ifndef RD_CHECKS_MIGRATIONS_PARTS_H
#define RD_CHECKS_MIGRATIONS_PARTS_H

#include "drills/common/check.h"

struct rd_migrations_settings {
    int framework; /* 1: found by itself; else 2 + the index in rd_migration_frameworks */
    const char *expect;
    const char *dir;
    const char *table; /* "schema.table" */
    bool pending;
};

/* The words that a framework's query uses for the state of a row, in this order. */
enum rd_migration_state {
    RD_MIGRATION_APPLIED = 1,
    RD_MIGRATION_UPTO,     /* applied, and so is everything before it, which has no row */
    RD_MIGRATION_BASELINE, /* the same, and it is no migration itself */
    RD_MIGRATION_FAILED,   /* began and did not end */
    RD_MIGRATION_DIRTY,    /* the same, and everything before it is applied */
    RD_MIGRATION_UNDONE,   /* was taken back: as if it were not there */
};

/* One row of a framework's table. */
struct rd_migration {
    const char *name;  /* for people */
    const char *key;   /* what its file is known by; NULL when it has none by its nature */
    const char *scope; /* rows of one scope follow one another: Django's applications */
    enum rd_migration_state state;
    const char *checksum; /* as recorded; NULL when nothing was */
};

/* One migration in the folder. */
struct rd_migration_file {
    const char *name;
    const char *key;
    const char *scope;
    const char *path;
    struct rd_strings parents; /* keys of what must be applied before it, where files say so */
    bool seen;                 /* a row has answered for it */
    bool implied;              /* applied, as a row of a later one says */
};

struct rd_migrations;

/* How a framework's files are named, and so how they are found. */
enum rd_migration_files {
    RD_FILES_NONE,      /* not one file a migration: a folder cannot be compared */
    RD_FILES_NAMES,     /* the key is the file's name without its last extension */
    RD_FILES_NUMBERS,   /* the key is the number at the name's start, without leading zeros */
    RD_FILES_PRISMA,    /* NAME/migration.sql */
    RD_FILES_DRIZZLE,   /* meta/_journal.json names them */
    RD_FILES_FLYWAY,    /* V1_2__name.sql, R__name.sql */
    RD_FILES_REVISIONS, /* Alembic: the file's text says its revision and its parents */
    RD_FILES_APPS,      /* Django: APP/migrations/NAME.py */
};

/* Whether the text of a migration's file is what the row's checksum was made of. */
typedef int rd_migration_matches(const struct rd_migrations *migrations, const char *checksum,
                                 const struct rd_buf *text, bool *ret_matches,
                                 struct rd_err *reterr);

struct rd_migration_framework {
    const char *name;
    const char *tables;  /* its table's usual names, as an array literal */
    const char *columns; /* columns that its table has, as an array literal */
    bool exact;          /* and no others */
    const char *tell;    /* MAY: an SQL condition on pg_class c and its pg_namespace n, where
                            columns do not tell two frameworks apart */
    /* Name, key, scope, state and checksum of each row, in the order of their files. "@" stands
     * for the table. */
    const char *query;
    const char *lock_suffix; /* MAY: what its lock table's name has more than the table's */
    const char *lock_query;  /* "@" is that table: true while a migration runs, or was killed */
    enum rd_migration_files files;
    const char *suffixes[5]; /* of RD_FILES_NAMES and RD_FILES_NUMBERS */
    const char *others[4];   /* suffixes that fit, and are no migrations */
    bool deep;               /* files may lie in folders below the folder */
    bool missing_fails; /* the framework itself refuses to go on when an applied file is missing */
    rd_migration_matches *matches; /* MAY */
    const char *failed_hint;       /* what to do about a failed migration */
};

/* One table under judgement. */
struct rd_migrations {
    const struct rd_check_run *run;
    const struct rd_migrations_settings *settings;
    const struct rd_migration_framework *framework;
    const char *label;  /* how its findings begin: "prisma" */
    const char *schema; /* of the table */
    const char *table;
    const char *expect; /* NULL: nothing */
    const char *folder; /* NULL: none; absolute */
    struct rd_arena *arena;
    size_t row_count, row_room;
    struct rd_migration *rows;
    size_t file_count, file_room;
    struct rd_migration_file *files;
};

enum {
    RD_MIGRATION_FILE_MAX = 16 * 1024 * 1024, /* bytes of one file */
    RD_MIGRATION_FILES_MAX = 100000,          /* entries of a folder, with all below it */
    RD_MIGRATION_DEPTH_MAX = 8,               /* folders below the folder */
};

enum { RD_MIGRATION_FRAMEWORKS = 14 };
extern const struct rd_migration_framework rd_migration_frameworks[RD_MIGRATION_FRAMEWORKS];
extern const char *const rd_migration_choices[]; /* "auto", then every name; NULL-terminated */

/* The tables of one framework: rows of schema and name. With `only_schema` and `only_table` the
 * one that the plan names; `sure`: the plan says that it is this framework's. */
int rd_migrations_find(const struct rd_check_run *run,
                       const struct rd_migration_framework *framework, const char *only_schema,
                       const char *only_table, bool sure, struct rd_pg_result **ret_tables,
                       struct rd_err *reterr) RD_MUST_CHECK;

/* Fills `rows`. */
int rd_migrations_read_rows(struct rd_migrations *migrations, struct rd_err *reterr) RD_MUST_CHECK;

/* Whether the framework's lock is held; false where it has none. */
int rd_migrations_locked(struct rd_migrations *migrations, bool *ret_locked,
                         struct rd_err *reterr) RD_MUST_CHECK;

/* Fills `files`, sorted by key, from `folder`. A folder without migrations is RD_E_NOT_FOUND. */
int rd_migrations_read_folder(struct rd_migrations *migrations,
                              struct rd_err *reterr) RD_MUST_CHECK;
/* One more file; NULL when memory is gone. `name` and `key` are borrowed. */
struct rd_migration_file *rd_migrations_add_file(struct rd_migrations *migrations, const char *name,
                                                 const char *key, const char *path) RD_MUST_CHECK;
struct rd_migration_file *rd_migrations_file(const struct rd_migrations *migrations,
                                             const char *key);

/*
 * Keys. Versions ("20240101", "V1.2") are ordered by value, number by number, so that "007" is "7"
 * and "V1" is "V1.0"; they come after everything else, which is ordered by its bytes.
 */
int rd_migrations_compare_keys(const char *a, const char *b);
bool rd_migrations_is_version(const char *key);
/* A file's name without its last extension. */
const char *rd_migrations_stem(struct rd_arena *arena, const char *name) RD_MUST_CHECK;
/* The number that a file's name begins with; NULL when it begins with none. */
const char *rd_migrations_number(struct rd_arena *arena, const char *name) RD_MUST_CHECK;
/* "V1_2__name.sql" is "V1.2", "R__a_view.sql" is "Ra view"; NULL for another name. */
const char *rd_migrations_flyway_key(struct rd_arena *arena, const char *name) RD_MUST_CHECK;

/* Reads the table and the folder and adds the findings; an error is one of the table. */
int rd_migrations_judge(struct rd_migrations *migrations, struct rd_err *reterr) RD_MUST_CHECK;

/* What is special to one framework. */
int rd_migrations_read_drizzle(struct rd_migrations *migrations,
                               struct rd_err *reterr) RD_MUST_CHECK;
int rd_migrations_read_revision(struct rd_migration_file *file, struct rd_arena *arena,
                                struct rd_err *reterr) RD_MUST_CHECK;
/* Sets `implied` for the ancestors of every file that a row has answered for. */
void rd_migrations_imply_parents(struct rd_migrations *migrations);
rd_migration_matches rd_migrations_matches_prisma;
rd_migration_matches rd_migrations_matches_drizzle;
rd_migration_matches rd_migrations_matches_flyway;
rd_migration_matches rd_migrations_matches_sqlx;

#endif
