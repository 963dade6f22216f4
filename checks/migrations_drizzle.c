/*
 * migrations_drizzle.c: Drizzle's folder: meta/_journal.json names the migrations and the time by
 * which the table knows each (drizzle-team/drizzle-orm: drizzle-orm/src/migrator.ts).
 */
#include <inttypes.h>
#include <string.h>

#include "checks/migrations_parts.h"
#include "drills/common/file.h"

enum { DRIZZLE_JOURNAL_MAX = 4 * 1024 * 1024 };

static int drizzle_add(struct rd_migrations *migrations, const struct rd_json *entry,
                       struct rd_err *reterr)
{
    struct rd_arena *arena = migrations->arena;
    const char *tag = rd_json_text(rd_json_get(entry, "tag"));
    int64_t when;

    if (tag == NULL || strchr(tag, '/') != NULL ||
        !rd_json_integer(rd_json_get(entry, "when"), &when))
        return rd_err_set(reterr, RD_E_FORMAT,
                          "an entry of 'meta/_journal.json' in '%s' has no 'tag' and 'when'",
                          migrations->folder);

    const char *name = rd_arena_strdup(arena, tag);
    const char *key = rd_arena_printf(arena, "%" PRId64, when);
    const char *path = rd_arena_printf(arena, "%s/%s.sql", migrations->folder, tag);
    if (name == NULL || key == NULL || path == NULL ||
        rd_migrations_add_file(migrations, name, key, path) == NULL)
        return rd_arena_status(arena, reterr);
    return RD_OK;
}

int rd_migrations_read_drizzle(struct rd_migrations *migrations, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(DRIZZLE_JOURNAL_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *journal = NULL;
    const char *path = rd_file_resolve(migrations->arena, migrations->folder, "meta/_journal.json");

    if (path == NULL)
        return rd_arena_status(migrations->arena, reterr);
    int result = rd_file_read(path, &text, reterr);
    if (result == RD_OK)
        result = rd_json_parse(rd_buf_text(&text), text.length, 0, &journal, reterr);
    if (result != RD_OK)
        return result;

    const struct rd_json *entries = rd_json_get(journal, "entries");
    if (entries == NULL || rd_json_type(entries) != RD_JSON_ARRAY)
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' has no 'entries'", path);
    for (const struct rd_json *entry = rd_json_first(entries); result == RD_OK && entry != NULL;
         entry = rd_json_next(entry))
        result = drizzle_add(migrations, entry, reterr);
    return result;
}
