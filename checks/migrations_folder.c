/*
 * migrations_folder.c: finds the migrations in the folder that the plan names. A file's key is made
 * so that it can be compared with what the framework keeps in its table.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "checks/migrations_parts.h"
#include "drills/common/file.h"

struct folder_walk {
    struct rd_migrations *migrations;
    size_t entries;
};

static bool folder_ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    size_t tail = strlen(suffix);

    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

static bool folder_fits(const struct rd_migration_framework *framework, const char *name)
{
    for (size_t i = 0; i < RD_COUNT(framework->others) && framework->others[i] != NULL; i++) {
        if (folder_ends_with(name, framework->others[i]) || strcmp(name, framework->others[i]) == 0)
            return false;
    }
    for (size_t i = 0; i < RD_COUNT(framework->suffixes) && framework->suffixes[i] != NULL; i++) {
        if (folder_ends_with(name, framework->suffixes[i]))
            return true;
    }
    return false;
}

/* Django: .../APP/migrations/NAME.py; another file is none of its. */
static int folder_add_app_file(struct rd_migrations *migrations, const char *folder,
                               const char *name, const char *path, struct rd_err *reterr)
{
    struct rd_arena *arena = migrations->arena;
    size_t length = strlen(folder);

    if (!folder_ends_with(folder, "/migrations"))
        return RD_OK;
    const char *end = folder + length - strlen("/migrations");
    const char *start = end;
    while (start > folder && start[-1] != '/')
        start--;

    const char *app = rd_arena_strndup(arena, start, (size_t)(end - start));
    const char *stem = rd_migrations_stem(arena, name);
    const char *key = app != NULL && stem != NULL ? rd_arena_printf(arena, "%s.%s", app, stem) : "";
    struct rd_migration_file *file =
        key != NULL ? rd_migrations_add_file(migrations, key, key, path) : NULL;
    if (file == NULL || app == NULL)
        return rd_arena_status(arena, reterr);
    file->scope = app;
    return RD_OK;
}

/* Adds the file if its name says that it is a migration. `name` and `path` are in the arena. */
static int folder_add(struct rd_migrations *migrations, const char *folder, const char *name,
                      const char *path, struct rd_err *reterr)
{
    const struct rd_migration_framework *framework = migrations->framework;
    struct rd_arena *arena = migrations->arena;
    const char *key = NULL;
    struct rd_migration_file *file;

    switch (framework->files) {
    case RD_FILES_FLYWAY:
        key = rd_migrations_flyway_key(arena, name);
        break;
    case RD_FILES_NUMBERS:
        key = folder_fits(framework, name) ? rd_migrations_number(arena, name) : NULL;
        break;
    case RD_FILES_NAMES:
        key = folder_fits(framework, name) ? rd_migrations_stem(arena, name) : NULL;
        break;
    case RD_FILES_APPS:
        return folder_fits(framework, name)
                   ? folder_add_app_file(migrations, folder, name, path, reterr)
                   : RD_OK;
    case RD_FILES_REVISIONS:
        if (!folder_fits(framework, name))
            return RD_OK;
        file = rd_migrations_add_file(migrations, name, NULL, path);
        if (file == NULL)
            return rd_arena_status(arena, reterr);
        int result = rd_migrations_read_revision(file, arena, reterr);
        if (file->key == NULL)
            migrations->file_count--;
        return result;
    case RD_FILES_PRISMA:
        key = strcmp(name, "migration.sql") == 0 ? rd_file_name(folder) : NULL;
        name = key;
        break;
    case RD_FILES_DRIZZLE:
    case RD_FILES_NONE:
        break;
    }
    if (key != NULL && rd_migrations_add_file(migrations, name, key, path) == NULL)
        return rd_arena_status(arena, reterr);
    return rd_arena_status(arena, reterr);
}

static int folder_walk(struct folder_walk *walk, const char *folder, int depth,
                       struct rd_err *reterr);

static int folder_visit(struct folder_walk *walk, const char *folder, const char *name, int depth,
                        struct rd_err *reterr)
{
    struct rd_arena *arena = walk->migrations->arena;
    bool deep = walk->migrations->framework->deep ||
                (walk->migrations->framework->files == RD_FILES_PRISMA && depth == 0);
    const char *kept = rd_arena_strdup(arena, name);
    const char *path = rd_arena_printf(arena, "%s/%s", folder, name);
    struct stat status;

    if (kept == NULL || path == NULL)
        return rd_arena_status(arena, reterr);
    if (++walk->entries > RD_MIGRATION_FILES_MAX)
        return rd_err_set(reterr, RD_E_LIMIT, "there are more than %d files in '%s'",
                          RD_MIGRATION_FILES_MAX, walk->migrations->folder);
    if (stat(path, &status) != 0)
        return errno == ENOENT ? RD_OK : rd_err_errno(reterr, errno, "cannot look at '%s'", path);
    if (S_ISDIR(status.st_mode))
        return deep && depth < RD_MIGRATION_DEPTH_MAX ? folder_walk(walk, path, depth + 1, reterr)
                                                      : RD_OK;
    if (!S_ISREG(status.st_mode))
        return RD_OK;
    return folder_add(walk->migrations, folder, kept, path, reterr);
}

static void folder_closep(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static int folder_walk(struct folder_walk *walk, const char *folder, int depth,
                       struct rd_err *reterr)
{
    RD_CLEANUP(folder_closep) DIR *dir = opendir(folder);
    const struct dirent *entry;
    int result = RD_OK;

    if (dir == NULL)
        return rd_err_errno(reterr, errno, "cannot read the folder '%s'", folder);
    while (result == RD_OK && (errno = 0, entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            result = folder_visit(walk, folder, entry->d_name, depth, reterr);
    }
    if (result == RD_OK && errno != 0 && entry == NULL)
        result = rd_err_errno(reterr, errno, "cannot read the folder '%s'", folder);
    return result;
}

static int folder_order(const void *a, const void *b)
{
    const struct rd_migration_file *left = a;
    const struct rd_migration_file *right = b;
    int order = rd_migrations_compare_keys(left->key, right->key);

    return order != 0 ? order : strcmp(left->path, right->path);
}

/* Two files of one key (a class and what it was compiled to) are one migration. */
static void folder_unite(struct rd_migrations *migrations)
{
    size_t kept = 0;

    if (migrations->file_count > 1)
        qsort(migrations->files, migrations->file_count, sizeof(*migrations->files), folder_order);
    for (size_t i = 0; i < migrations->file_count; i++) {
        if (kept == 0 || rd_migrations_compare_keys(migrations->files[kept - 1].key,
                                                    migrations->files[i].key) != 0)
            migrations->files[kept++] = migrations->files[i];
    }
    migrations->file_count = kept;
}

int rd_migrations_read_folder(struct rd_migrations *migrations, struct rd_err *reterr)
{
    struct folder_walk walk = {.migrations = migrations};
    int result = migrations->framework->files == RD_FILES_DRIZZLE
                     ? rd_migrations_read_drizzle(migrations, reterr)
                     : folder_walk(&walk, migrations->folder, 0, reterr);

    if (result != RD_OK)
        return result;
    if (migrations->file_count == 0) {
        result = rd_err_set(reterr, RD_E_NOT_FOUND, "there is no migration of %s in '%s'",
                            migrations->framework->name, migrations->folder);
        rd_err_hint(reterr, "Set 'dir' to the folder that holds the migrations themselves.");
        return result;
    }
    folder_unite(migrations);
    return RD_OK;
}
