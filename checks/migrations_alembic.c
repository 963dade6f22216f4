/*
 * migrations_alembic.c: Alembic's folder. Its table knows the heads only; which migrations a head
 * stands for is in the files: "revision = '...'" and "down_revision = ..." at the start of a line,
 * with or without a type (sqlalchemy/alembic: alembic/templates/generic/script.py.mako).
 */
#include <string.h>

#include "checks/migrations_parts.h"
#include "drills/common/file.h"

/* The right-hand side of an assignment to `name`, to the end of the text; NULL without one. */
static const char *alembic_value(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; line != NULL && *line != '\0';) {
        const char *at = line + length;
        if (strncmp(line, name, length) == 0 && (*at == ':' || *at == ' ' || *at == '=')) {
            const char *equals = at + strcspn(at, "=\n");
            if (*equals == '=')
                return equals + 1;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return NULL;
}

/* The next quoted string of the value, after which `*at` stands; NULL at its end. A value ends with
 * its line, one in brackets with the bracket. */
static const char *alembic_next_string(const char **at, bool *brackets, struct rd_arena *arena)
{
    for (const char *c = *at; *c != '\0'; c++) {
        if (*c == '(' || *c == '[') {
            *brackets = true;
        } else if (*c == ')' || *c == ']' || *c == '#' || (*c == '\n' && !*brackets)) {
            break;
        } else if (*c == '"' || *c == '\'') {
            const char *end = c + 1 + strcspn(c + 1, "\"'\n");
            *at = *end != '\0' ? end + 1 : end;
            return rd_arena_strndup(arena, c + 1, (size_t)(end - c - 1));
        }
    }
    *at = "";
    return NULL;
}

static int alembic_add_parents(struct rd_migration_file *file, size_t *room, const char *value,
                               struct rd_arena *arena, struct rd_err *reterr)
{
    struct rd_strings *parents = &file->parents;
    bool brackets = false;
    const char *parent;

    while (value != NULL && (parent = alembic_next_string(&value, &brackets, arena)) != NULL) {
        if (parents->count == *room) {
            const char **items =
                rd_arena_grow(arena, parents->items, parents->count, room, sizeof(parent));
            if (items == NULL)
                break;
            parents->items = items;
        }
        parents->items[parents->count++] = parent;
    }
    return rd_arena_status(arena, reterr);
}

int rd_migrations_read_revision(struct rd_migration_file *file, struct rd_arena *arena,
                                struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_MIGRATION_FILE_MAX);
    bool brackets = false;
    size_t room = 0;
    int result = rd_file_read(file->path, &text, reterr);

    if (result != RD_OK)
        return result;
    const char *revision = alembic_value(rd_buf_text(&text), "revision");
    if (revision == NULL)
        return RD_OK;

    file->key = alembic_next_string(&revision, &brackets, arena);
    result = alembic_add_parents(file, &room, alembic_value(rd_buf_text(&text), "down_revision"),
                                 arena, reterr);
    /* A head that others depend on has no row of its own either. */
    if (result == RD_OK)
        result = alembic_add_parents(file, &room, alembic_value(rd_buf_text(&text), "depends_on"),
                                     arena, reterr);
    return result;
}

void rd_migrations_imply_parents(struct rd_migrations *migrations)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = migrations->file_count; i-- > 0;) {
            const struct rd_migration_file *file = &migrations->files[i];
            for (size_t p = 0; (file->seen || file->implied) && p < file->parents.count; p++) {
                struct rd_migration_file *parent =
                    rd_migrations_file(migrations, file->parents.items[p]);
                if (parent != NULL && !parent->seen && !parent->implied)
                    parent->implied = more = true;
            }
        }
    }
}
