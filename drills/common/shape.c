/*
 * shape.c: new structs, and what people are told about types. Parsing, printing and schemas have
 * files of their own; see shape.h.
 */
#include "drills/common/shape.h"

#include <math.h>
#include <string.h>

#include "drills/common/shape_types.h"

const struct rd_shape_type rd_shape_types[RD_T_JSON + 1] = {
    [RD_T_STRING] = {"text", "a string"},
    [RD_T_BOOL] = {"true or false", "true or false"},
    [RD_T_INTEGER] = {"whole number", "a whole number"},
    [RD_T_BIGINT] = {"whole number in quotes", "a whole number in quotes such as \"42\""},
    [RD_T_NUMBER] = {"number", "a number"},
    [RD_T_DURATION] = {"duration", "a duration such as \"15m\""},
    [RD_T_SIZE] = {"size", "a size such as \"10GiB\""},
    [RD_T_TIME] = {"time", "a time such as \"2025-11-16T14:30:00Z\""},
    [RD_T_ENUM] = {"one of ", "one of "},
    [RD_T_SECRET] = {"secret", "a reference to a secret"},
    [RD_T_VALUE] = {"text or secret", "a string or a reference to a secret"},
    [RD_T_STRINGS] = {"list of texts", "an array of strings"},
    [RD_T_OBJECT] = {"object", "an object"},
    [RD_T_LIST] = {"list of objects", "an array of objects"},
    [RD_T_MAP] = {"objects by name", "an object of objects"},
    [RD_T_JSON] = {"any value", "a value"},
};

static void shape_validate_secret(const void *object, const char *path, struct rd_faults *faults)
{
    const struct rd_secret *secret = object;
    int given = (secret->env != NULL) + (secret->file != NULL) + (secret->exec.count > 0);

    if (given != 1)
        rd_faults_add(faults, path, "must have exactly one of 'env', 'file' and 'exec'");
}

const struct rd_shape rd_shape_secret = {
    .name = "secret",
    .size = sizeof(struct rd_secret),
    .validate = shape_validate_secret,
    .fields =
        (const struct rd_field[]){
            {.name = "env",
             .type = RD_T_STRING,
             .offset = offsetof(struct rd_secret, env),
             .help = "environment variable that holds the value"},
            {.name = "file",
             .type = RD_T_STRING,
             .offset = offsetof(struct rd_secret, file),
             .help = "file that holds the value; one newline at its end does not count"},
            {.name = "exec",
             .type = RD_T_STRINGS,
             .offset = offsetof(struct rd_secret, exec),
             .help = "program with arguments that prints the value"},
            {0},
        },
};

void rd_shape_clear(const struct rd_shape *shape, void *object)
{
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        void *slot = (char *)object + field->offset;
        switch (field->type) {
        case RD_T_STRING:
        case RD_T_SECRET:
        case RD_T_VALUE:
        case RD_T_OBJECT:
        case RD_T_JSON:
            memset(slot, 0, sizeof(void *));
            break;
        case RD_T_BOOL:
            *(bool *)slot = false;
            break;
        case RD_T_INTEGER:
        case RD_T_BIGINT:
        case RD_T_DURATION:
        case RD_T_SIZE:
        case RD_T_TIME:
            *(int64_t *)slot = RD_ABSENT;
            break;
        case RD_T_NUMBER:
            *(double *)slot = NAN;
            break;
        case RD_T_ENUM:
            *(int *)slot = 0;
            break;
        case RD_T_STRINGS:
            *(struct rd_strings *)slot = (struct rd_strings){0};
            break;
        case RD_T_LIST:
        case RD_T_MAP:
            *(struct rd_list *)slot = (struct rd_list){0};
            break;
        }
    }
}

void *rd_shape_new(const struct rd_shape *shape, struct rd_arena *arena)
{
    void *object = rd_arena_alloc(arena, shape->size);

    if (object != NULL)
        rd_shape_clear(shape, object);
    return object;
}

void *rd_list_add(struct rd_list *list, const struct rd_shape *shape, struct rd_arena *arena)
{
    if (list->count >= list->room) {
        size_t room = list->count;
        void *items = rd_arena_grow(arena, list->items, list->count, &room, shape->size);
        if (items == NULL)
            return NULL;
        list->items = items;
        list->room = room;
    }
    void *item = (char *)list->items + list->count++ * shape->size;
    memset(item, 0, shape->size);
    rd_shape_clear(shape, item);
    return item;
}

void rd_shape_choices_text(const struct rd_field *field, struct rd_buf *out)
{
    for (size_t i = 0; field->choices[i] != NULL; i++)
        rd_buf_printf(out, "%s%s", i > 0 ? ", " : "", field->choices[i]);
}

void rd_shape_type_text(const struct rd_field *field, struct rd_buf *out)
{
    rd_buf_puts(out, rd_shape_types[field->type].name);
    if (field->type == RD_T_ENUM)
        rd_shape_choices_text(field, out);
}

struct rd_json *rd_shape_fallback(const struct rd_field *field)
{
    const char *text = field->fallback;
    struct rd_json *json = NULL;

    switch (field->type) {
    case RD_T_STRING:
    case RD_T_BIGINT:
    case RD_T_DURATION:
    case RD_T_SIZE:
    case RD_T_TIME:
    case RD_T_ENUM:
    case RD_T_VALUE:
        return rd_json_new_text(text);
    default:
        if (rd_json_parse(text, strlen(text), 0, &json, NULL) == RD_OK)
            return json;
        return rd_json_new_text(text); /* a fault of the table, which parsing will tell */
    }
}
