/*
 * drill.c: see drill.h.
 */
#include "drills/common/drill.h"

#include <stdio.h>
#include <string.h>

#include "drills/common/procfs.h"
#include "drills/common/text.h"

enum {
    DRILL_SAY_BYTES = 1024,
    DRILL_HASH_DIGITS = 16,
    DRILL_CLEAR_BYTES = 200,
};

void rd_drill_say(const struct rd_drill *drill, const char *format, ...)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(8 * DRILL_SAY_BYTES);
    char text[DRILL_SAY_BYTES];
    va_list args;

    if (drill->progress == NULL)
        return;
    va_start(args, format);
    int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (length < 0)
        return;

    /* Names from the backup may be in it: one line, whatever they hold. */
    for (char *at = text; (at = strpbrk(at, "\n\t")) != NULL;)
        *at = ' ';
    rd_text_clean(&line, text, rd_text_cut(text, strlen(text), sizeof(text) - 2));
    drill->progress(drill->progress_context, rd_buf_text(&line));
}

static const char *drill_hash(const struct rd_drill *drill, const char *value)
{
    char hex[RD_SHA256_HEX];

    if (rd_hmac_sha256(drill->hash_key, sizeof(drill->hash_key), value, strlen(value), hex, NULL) !=
        RD_OK)
        return "hmac:unavailable"; /* rather than the value */
    return rd_record_text(drill->recorder, "hmac:%.*s", DRILL_HASH_DIGITS, hex);
}

const char *rd_drill_hash(const struct rd_drill *drill, const char *value, bool clear)
{
    if (value == NULL)
        return "NULL";
    if (!clear)
        return drill_hash(drill, value);
    size_t length = strlen(value);
    size_t kept = rd_text_cut(value, length, DRILL_CLEAR_BYTES);
    return rd_record_text(drill->recorder, "%.*s%s", (int)kept, value,
                          kept < length ? " (cut)" : "");
}

/* Whether both entries, "NAME=value", set the same variable. */
static bool drill_same_variable(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");

    return length == strcspn(b, "=") && strncmp(a, b, length) == 0;
}

static bool drill_sets(const char *const *entries, const char *entry)
{
    for (size_t i = 0; entries != NULL && entries[i] != NULL; i++) {
        if (drill_same_variable(entries[i], entry))
            return true;
    }
    return false;
}

const char *const *rd_drill_env(const struct rd_drill *drill, const char *const *more)
{
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    const char *mark = rd_arena_printf(arena, "%s=%s", RD_PROCFS_MARK, drill->id);
    const char *home = rd_arena_printf(arena, "HOME=%s", drill->work);
    const char *own[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", home};
    size_t room = RD_COUNT(own) + 2; /* the mark and the end */
    size_t count = 0;

    for (size_t i = 0; more != NULL && more[i] != NULL; i++)
        room++;
    const char **env = rd_arena_alloc(arena, room * sizeof(*env));
    if (mark == NULL || home == NULL || env == NULL)
        return NULL;

    for (size_t i = 0; i < RD_COUNT(own); i++) {
        if (!drill_sets(more, own[i]))
            env[count++] = own[i];
    }
    /* Of two entries for one variable the later counts: a child might read either. */
    for (size_t i = 0; more != NULL && more[i] != NULL; i++) {
        if (!drill_sets(more + i + 1, more[i]) && !drill_same_variable(more[i], mark))
            env[count++] = more[i];
    }
    env[count++] = mark;
    return env;
}
