/*
 * record_text.c: the texts of a record. They come from backups, servers and programs, so any byte
 * may be in them; in a record each is UTF-8 that a person can read, of bounded length.
 */
#include <string.h>

#include "drills/common/recorder_parts.h"
#include "drills/common/text.h"

void rd_recorder_clean(struct rd_buf *out, const char *text, size_t max)
{
    static const char mark[] = " (cut)";
    size_t start = out->length;

    /* Cleaning never makes a text shorter, so one byte over the maximum is enough to see it. */
    rd_text_clean(out, text, strnlen(text, max + 1));
    if (out->length - start <= max)
        return;
    out->length = start + rd_text_cut(out->data + start, out->length - start, max - strlen(mark));
    rd_buf_puts(out, mark);
}

static int settle_text(struct rd_arena *arena, const char **text, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(8 * RD_RECORD_TEXT_MAX);

    if (*text == NULL)
        return RD_OK;
    rd_recorder_clean(&clean, *text, RD_RECORD_TEXT_MAX);
    int code = rd_buf_status(&clean, "a text of the record", reterr);
    if (code != RD_OK || strcmp(rd_buf_text(&clean), *text) == 0)
        return code;
    const char *copy = rd_arena_strndup(arena, rd_buf_text(&clean), clean.length);
    if (copy == NULL)
        return rd_arena_status(arena, reterr);
    *text = copy;
    return RD_OK;
}

static bool settle_absent(const struct rd_field *field, const void *member)
{
    switch (field->type) {
    case RD_T_STRING:
        return *(const char *const *)member == NULL;
    case RD_T_OBJECT:
        return *(const void *const *)member == NULL;
    case RD_T_ENUM:
        return *(const int *)member < RD_PASS || *(const int *)member > RD_SKIP;
    case RD_T_INTEGER:
    case RD_T_BIGINT:
    case RD_T_TIME:
        return *(const int64_t *)member == RD_ABSENT;
    default:
        return false;
    }
}

static int settle_object(struct rd_arena *arena, const struct rd_shape *shape, void *object,
                         struct rd_err *reterr);

static int settle_list(struct rd_arena *arena, const struct rd_shape *shape,
                       const struct rd_list *list, struct rd_err *reterr)
{
    for (size_t i = 0; i < list->count; i++) {
        int code = settle_object(arena, shape, (char *)list->items + i * shape->size, reterr);
        if (code != RD_OK)
            return code;
    }
    return RD_OK;
}

static int settle_strings(struct rd_arena *arena, const struct rd_strings *strings,
                          struct rd_err *reterr)
{
    for (size_t i = 0; i < strings->count; i++) {
        int code = settle_text(arena, &strings->items[i], reterr);
        if (code != RD_OK)
            return code;
    }
    return RD_OK;
}

static int settle_member(struct rd_arena *arena, const struct rd_field *field, void *member,
                         struct rd_err *reterr)
{
    switch (field->type) {
    case RD_T_STRING:
        return settle_text(arena, member, reterr);
    case RD_T_STRINGS:
        return settle_strings(arena, member, reterr);
    case RD_T_LIST:
        return settle_list(arena, field->sub, member, reterr);
    case RD_T_OBJECT:
        return *(void **)member != NULL ? settle_object(arena, field->sub, *(void **)member, reterr)
                                        : RD_OK;
    default:
        return RD_OK;
    }
}

static int settle_object(struct rd_arena *arena, const struct rd_shape *shape, void *object,
                         struct rd_err *reterr)
{
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        void *member = (char *)object + field->offset;
        if ((field->flags & RD_REQUIRED) != 0 && settle_absent(field, member))
            return rd_err_set(reterr, RD_E_ARGUMENT, "the record is incomplete: no '%s' in its %s",
                              field->name, shape->name);
        int code = settle_member(arena, field, member, reterr);
        if (code != RD_OK)
            return code;
    }
    return RD_OK;
}

int rd_recorder_settle(struct rd_arena *arena, struct rd_record *record, struct rd_err *reterr)
{
    return settle_object(arena, &rd_record_shape, record, reterr);
}
