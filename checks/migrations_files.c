/*
 * migrations_files.c: the list of migrations that the folder holds.
 */
#include <string.h>

#include "checks/migrations_parts.h"

struct rd_migration_file *rd_migrations_add_file(struct rd_migrations *migrations, const char *name,
                                                 const char *key, const char *path)
{
    struct rd_migration_file *files = migrations->files;

    if (migrations->file_count == migrations->file_room) {
        files = rd_arena_grow(migrations->arena, files, migrations->file_count,
                              &migrations->file_room, sizeof(*files));
        if (files == NULL)
            return NULL;
        migrations->files = files;
    }
    files[migrations->file_count] =
        (struct rd_migration_file){.name = name, .key = key, .scope = "", .path = path};
    return &files[migrations->file_count++];
}

struct rd_migration_file *rd_migrations_file(const struct rd_migrations *migrations,
                                             const char *key)
{
    size_t low = 0, high = migrations->file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = rd_migrations_compare_keys(migrations->files[middle].key, key);
        if (order == 0)
            return &migrations->files[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
