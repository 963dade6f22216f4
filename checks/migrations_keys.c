/*
 * migrations_keys.c: what a migration is known by, in a file's name and in a row.
 */
#include <string.h>

#include "checks/migrations_parts.h"

const char *rd_migrations_stem(struct rd_arena *arena, const char *name)
{
    const char *dot = strrchr(name, '.');

    return rd_arena_strndup(arena, name, dot != NULL ? (size_t)(dot - name) : strlen(name));
}

const char *rd_migrations_number(struct rd_arena *arena, const char *name)
{
    size_t digits = strspn(name, "0123456789");

    return digits > 0 ? rd_arena_strndup(arena, name, digits) : NULL;
}

/* flyway/flyway: core/internal/resource/ResourceNameParser.java, with its default prefixes. */
const char *rd_migrations_flyway_key(struct rd_arena *arena, const char *name)
{
    const char *parting = strstr(name, "__");
    const char *end = strstr(name, ".sql");

    if (parting == NULL || end == NULL || strcmp(end, ".sql") != 0 || end < parting)
        return NULL;
    if (name[0] == 'R' && parting == name + 1) {
        char *key = rd_arena_printf(arena, "R%.*s", (int)(end - parting - 2), parting + 2);
        for (char *at = key; at != NULL && *at != '\0'; at++)
            *at = *at == '_' ? ' ' : *at;
        return key;
    }
    if (name[0] != 'V' || strspn(name + 1, "0123456789._") < (size_t)(parting - name) - 1)
        return NULL;
    char *key = rd_arena_strndup(arena, name, (size_t)(parting - name));
    for (char *at = key; at != NULL && *at != '\0'; at++)
        *at = *at == '_' ? '.' : *at;
    return key;
}

bool rd_migrations_is_version(const char *key)
{
    if (*key == 'V')
        key++;
    return *key != '\0' && key[strspn(key, "0123456789.")] == '\0';
}

static int keys_compare_numbers(const char *a, size_t a_length, const char *b, size_t b_length)
{
    for (; a_length > 0 && *a == '0'; a_length--)
        a++;
    for (; b_length > 0 && *b == '0'; b_length--)
        b++;
    if (a_length != b_length)
        return a_length < b_length ? -1 : 1;
    return memcmp(a, b, a_length);
}

int rd_migrations_compare_keys(const char *a, const char *b)
{
    bool a_version = rd_migrations_is_version(a);
    bool b_version = rd_migrations_is_version(b);

    if (a_version != b_version)
        return a_version ? 1 : -1;
    if (!a_version)
        return strcmp(a, b);

    a += *a == 'V';
    b += *b == 'V';
    while (*a != '\0' || *b != '\0') {
        size_t a_length = strcspn(a, ".");
        size_t b_length = strcspn(b, ".");
        int order = keys_compare_numbers(a, a_length, b, b_length);
        if (order != 0)
            return order;
        a += a_length + (a[a_length] == '.');
        b += b_length + (b[b_length] == '.');
    }
    return 0;
}
