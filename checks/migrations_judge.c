/*
 * migrations_judge.c: compares what a framework's table says with the folder and the plan, and adds
 * one finding for each migration, one for the version, and one for a lock that is held.
 */
#include <string.h>

#include "checks/migrations_parts.h"
#include "drills/common/file.h"

static bool judge_is_applied(const struct rd_migration *row)
{
    return row->state == RD_MIGRATION_APPLIED || row->state == RD_MIGRATION_UPTO ||
           row->state == RD_MIGRATION_BASELINE;
}

static struct rd_finding *judge_find(const struct rd_migrations *migrations, int verdict,
                                     const char *name, const char *what)
{
    struct rd_recorder *recorder = migrations->run->drill->recorder;
    const char *subject = rd_record_text(recorder, "%s: %s", migrations->label, name);

    return rd_find(recorder, migrations->run->group, verdict, subject, "the migration %s", what);
}

static void judge_error(const struct rd_migrations *migrations, const char *name,
                        const struct rd_err *err)
{
    struct rd_recorder *recorder = migrations->run->drill->recorder;
    const char *subject = rd_record_text(recorder, "%s: %s", migrations->label, name);

    rd_find_err(recorder, migrations->run->group, subject, err);
}

/* Whether a row of a later migration says that this one, which has no row, is applied as well. */
static bool judge_is_covered(const struct rd_migrations *migrations,
                             const struct rd_migration_file *file)
{
    for (size_t i = 0; i < migrations->row_count && rd_migrations_is_version(file->key); i++) {
        const struct rd_migration *row = &migrations->rows[i];
        if (row->key == NULL || !rd_migrations_is_version(row->key))
            continue;
        int order = rd_migrations_compare_keys(file->key, row->key);
        if ((row->state == RD_MIGRATION_UPTO || row->state == RD_MIGRATION_BASELINE) && order <= 0)
            return true;
        if (row->state == RD_MIGRATION_DIRTY && order < 0)
            return true;
    }
    return file->implied;
}

/* Whether a later row of the same scope has a file: then the folder is not merely behind. */
static bool judge_later_has_file(const struct rd_migrations *migrations, size_t index)
{
    for (size_t i = index + 1; i < migrations->row_count; i++) {
        const struct rd_migration *row = &migrations->rows[i];
        if (row->key != NULL && strcmp(row->scope, migrations->rows[index].scope) == 0 &&
            rd_migrations_file(migrations, row->key) != NULL)
            return true;
    }
    return false;
}

static bool judge_scope_has_files(const struct rd_migrations *migrations, const char *scope)
{
    for (size_t i = 0; i < migrations->file_count; i++) {
        if (strcmp(migrations->files[i].scope, scope) == 0)
            return true;
    }
    return false;
}

/* An applied migration that the folder does not have. */
static void judge_missing(const struct rd_migrations *migrations, size_t index)
{
    const struct rd_migration *row = &migrations->rows[index];
    struct rd_finding *finding;

    if (row->state == RD_MIGRATION_BASELINE) {
        judge_find(migrations, RD_PASS, row->name, "is the baseline");
        return;
    }
    if (migrations->framework->files == RD_FILES_APPS &&
        !judge_scope_has_files(migrations, row->scope)) {
        judge_find(migrations, RD_PASS, row->name,
                   "is applied; its application has no migrations in the folder");
        return;
    }
    if (!judge_later_has_file(migrations, index)) {
        finding = judge_find(migrations, RD_FAIL, row->name,
                             "is applied, and the folder does not have it: the database is ahead");
    } else if (migrations->framework->missing_fails) {
        finding = judge_find(migrations, RD_FAIL, row->name,
                             "is applied, and its file is missing in the folder");
    } else {
        judge_find(migrations, RD_SKIP, row->name,
                   "is applied, and its old file is gone from the folder, which the framework "
                   "allows");
        return;
    }
    finding->expected = rd_record_text(migrations->run->drill->recorder, "a file in '%s'",
                                       migrations->settings->dir);
    finding->hint = "Compare with the migrations of the version that was running when the backup "
                    "was made.";
}

static void judge_checksum(const struct rd_migrations *migrations, const struct rd_migration *row,
                           const struct rd_migration_file *file)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_MIGRATION_FILE_MAX);
    struct rd_err err = RD_ERR_INIT;
    bool matches = false;

    int result = rd_file_read(file->path, &text, &err);
    if (result == RD_OK)
        result = migrations->framework->matches(migrations, row->checksum, &text, &matches, &err);
    if (result != RD_OK) {
        judge_error(migrations, file->name, &err);
    } else if (matches) {
        judge_find(migrations, RD_PASS, file->name, "is applied, and its file is unchanged");
    } else {
        struct rd_finding *finding =
            judge_find(migrations, RD_FAIL, file->name,
                       "was edited after it was applied, or another one was applied");
        finding->expected = rd_record_text(migrations->run->drill->recorder,
                                           "a file with the recorded checksum %s", row->checksum);
        finding->hint = "Look at the file's history; what was applied is not what the file says.";
    }
}

static void judge_row(const struct rd_migrations *migrations, size_t index)
{
    const struct rd_migration *row = &migrations->rows[index];
    struct rd_migration_file *file =
        row->key != NULL ? rd_migrations_file(migrations, row->key) : NULL;
    struct rd_finding *finding;

    if (row->state == RD_MIGRATION_UNDONE)
        return;
    if (file != NULL)
        file->seen = true;
    if (!judge_is_applied(row)) {
        finding = judge_find(migrations, RD_FAIL, row->name, "began and did not end");
        finding->hint = migrations->framework->failed_hint;
        return;
    }

    if (migrations->folder == NULL || row->key == NULL)
        judge_find(migrations, RD_PASS, row->name, "is applied");
    else if (file == NULL)
        judge_missing(migrations, index);
    else if (migrations->framework->matches != NULL && row->checksum != NULL)
        judge_checksum(migrations, row, file);
    else
        judge_find(migrations, RD_PASS, file->name, "is applied");
}

static bool judge_scope_has_rows(const struct rd_migrations *migrations, const char *scope)
{
    for (size_t i = 0; i < migrations->row_count; i++) {
        if (strcmp(migrations->rows[i].scope, scope) == 0)
            return true;
    }
    return false;
}

/* A migration in the folder that no row has answered for. */
static void judge_file(const struct rd_migrations *migrations, const struct rd_migration_file *file)
{
    if (judge_is_covered(migrations, file)) {
        judge_find(migrations, RD_PASS, file->name, "is applied, as the present version says");
    } else if (migrations->framework->files == RD_FILES_APPS &&
               !judge_scope_has_rows(migrations, file->scope)) {
        judge_find(migrations, RD_SKIP, file->name,
                   "belongs to an application of which no migration is applied");
    } else if (!migrations->settings->pending) {
        judge_find(migrations, RD_SKIP, file->name,
                   "is not applied, which the plan allows ('pending' is false)");
    } else {
        struct rd_finding *finding =
            judge_find(migrations, RD_FAIL, file->name, "is in the folder and is not applied");
        finding->hint = "The backup is older than the folder, or rows of the migration table are "
                        "missing; set 'pending' to false where that is to be expected.";
    }
}

static void judge_lock(struct rd_migrations *migrations)
{
    struct rd_recorder *recorder = migrations->run->drill->recorder;
    struct rd_err err = RD_ERR_INIT;
    bool locked = false;

    if (rd_migrations_locked(migrations, &locked, &err) != RD_OK) {
        judge_error(migrations, "lock", &err);
    } else if (locked) {
        const char *subject = rd_record_text(recorder, "%s: lock", migrations->label);
        struct rd_finding *finding = rd_find(recorder, migrations->run->group, RD_FAIL, subject,
                                             "the migration lock is held");
        finding->hint = "The backup was made while a migration ran, or after one was killed: the "
                        "next migration on the restored database would wait for it.";
    }
}

/* The newest applied row of a scope; NULL for any scope. */
static const struct rd_migration *judge_newest(const struct rd_migrations *migrations,
                                               const char *scope)
{
    for (size_t i = migrations->row_count; i-- > 0;) {
        const struct rd_migration *row = &migrations->rows[i];
        if (judge_is_applied(row) && (scope == NULL || strcmp(row->scope, scope) == 0))
            return row;
    }
    return NULL;
}

/* What people call it: Drizzle's table knows numbers only, its folder has the names. */
static const char *judge_name(const struct rd_migrations *migrations,
                              const struct rd_migration *row)
{
    const struct rd_migration_file *file =
        row->key != NULL ? rd_migrations_file(migrations, row->key) : NULL;

    return migrations->framework->files == RD_FILES_DRIZZLE && file != NULL ? file->name
                                                                            : row->name;
}

static const struct rd_migration *judge_expected(const struct rd_migrations *migrations)
{
    const char *expect = migrations->expect;

    for (size_t i = migrations->row_count; i-- > 0;) {
        const struct rd_migration *row = &migrations->rows[i];
        if (judge_is_applied(row) &&
            (strcmp(row->name, expect) == 0 || strcmp(judge_name(migrations, row), expect) == 0 ||
             (row->key != NULL && rd_migrations_compare_keys(row->key, expect) == 0)))
            return row;
    }
    return NULL;
}

static void judge_version(const struct rd_migrations *migrations)
{
    struct rd_recorder *recorder = migrations->run->drill->recorder;
    struct rd_group *group = migrations->run->group;
    const char *subject = rd_record_text(recorder, "%s: version", migrations->label);
    const struct rd_migration *newest = judge_newest(migrations, NULL);
    struct rd_finding *finding;

    if (newest == NULL) {
        finding = rd_find(recorder, group, RD_FAIL, subject,
                          "no migration is recorded as wholly applied");
        if (migrations->expect != NULL)
            finding->expected = rd_record_text(recorder, "%s", migrations->expect);
        finding->hint = "The migration table lost its rows, or the backup is of an empty database.";
        return;
    }
    if (migrations->expect == NULL) {
        rd_find(recorder, group, RD_PASS, subject, "the newest applied migration is '%s'",
                judge_name(migrations, newest));
        return;
    }

    const struct rd_migration *expected = judge_expected(migrations);
    if (expected != NULL)
        newest = judge_newest(migrations, expected->scope);
    const char *name = judge_name(migrations, newest);
    if (expected == NULL) {
        finding =
            rd_find(recorder, group, RD_FAIL, subject, "the expected migration is not applied");
        finding->hint = "The backup is older than expected, or 'expect' names another migration.";
    } else if (expected != newest) {
        finding = rd_find(recorder, group, RD_FAIL, subject,
                          "a newer migration than the expected one is applied");
        finding->hint = "The backup is newer than expected: the plan's 'expect' is out of date.";
    } else {
        finding = rd_find(recorder, group, RD_PASS, subject,
                          "the newest applied migration is the expected one");
    }
    finding->expected = rd_record_text(recorder, "%s", migrations->expect);
    finding->actual = rd_record_text(recorder, "%s", name);
}

/* What cannot be read of the folder is told; the table is judged without it then. */
static void judge_folder(struct rd_migrations *migrations)
{
    struct rd_err err = RD_ERR_INIT;
    int result;

    if (migrations->folder == NULL)
        return;
    if (migrations->framework->files == RD_FILES_NONE)
        result = rd_err_set(&err, RD_E_UNSUPPORTED, "the files of %s cannot be compared",
                            migrations->framework->name);
    else
        result = rd_migrations_read_folder(migrations, &err);
    if (result != RD_OK) {
        judge_error(migrations, "dir", &err);
        migrations->folder = NULL;
        migrations->file_count = 0;
    }
}

int rd_migrations_judge(struct rd_migrations *migrations, struct rd_err *reterr)
{
    int result = rd_migrations_read_rows(migrations, reterr);

    if (result != RD_OK)
        return result;
    judge_folder(migrations);
    judge_version(migrations);
    for (size_t i = 0; i < migrations->row_count; i++)
        judge_row(migrations, i);
    rd_migrations_imply_parents(migrations);
    for (size_t i = 0; i < migrations->file_count; i++) {
        if (!migrations->files[i].seen)
            judge_file(migrations, &migrations->files[i]);
    }
    judge_lock(migrations);
    return RD_OK;
}
