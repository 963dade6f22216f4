/*
 * shape_print.c: from structs to JSON.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "drills/common/shape_types.h"
#include "drills/common/text.h"
#include "drills/common/times.h"

/* Every printer below leaves `*ret_json` NULL for a value that is absent. What rd_json_new_* could
 * not make for want of memory looks the same, so they end with this. */
static int print_made(struct rd_json *json, struct rd_json **ret_json, struct rd_err *reterr)
{
    if (json == NULL)
        return rd_err_memory(reterr);
    *ret_json = json;
    return RD_OK;
}

static int print_text(const char *text, struct rd_json **ret_json, struct rd_err *reterr)
{
    size_t length = strlen(text);

    if (rd_text_is_utf8(text, length))
        return print_made(rd_json_new_text(text), ret_json, reterr);

    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(SIZE_MAX / 2);
    rd_text_clean(&clean, text, length);
    int rc = rd_buf_status(&clean, "text", reterr);
    return rc == RD_OK ? print_made(rd_json_new_text(clean.data), ret_json, reterr) : rc;
}

static int print_string(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                        struct rd_err *reterr)
{
    const char *text = *(const char *const *)slot;

    (void)field;
    return text != NULL ? print_text(text, ret_json, reterr) : RD_OK;
}

static int print_bool(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                      struct rd_err *reterr)
{
    (void)field;
    return print_made(rd_json_new_bool(*(const bool *)slot), ret_json, reterr);
}

static int print_integer(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                         struct rd_err *reterr)
{
    const int64_t most = INT64_C(1) << 53;
    int64_t value = *(const int64_t *)slot;

    if (value == RD_ABSENT)
        return RD_OK;
    if (value < -most || value > most)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is beyond 2^53", field->name);
    return print_made(rd_json_new_integer(value), ret_json, reterr);
}

static int print_number(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                        struct rd_err *reterr)
{
    double value = *(const double *)slot;

    if (isnan(value))
        return RD_OK;
    if (isinf(value))
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is infinite", field->name);
    return print_made(rd_json_new_number(value), ret_json, reterr);
}

/* 64-bit integers, durations, sizes and times. */
static int print_amount(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                        struct rd_err *reterr)
{
    int64_t value = *(const int64_t *)slot;
    char text[RD_TIME_TEXT];

    if (value == RD_ABSENT)
        return RD_OK;
    if (field->type == RD_T_DURATION)
        rd_duration_print(value, text);
    else if (field->type == RD_T_SIZE)
        rd_size_print(value, text);
    else if (field->type == RD_T_TIME)
        rd_time_format(value, text);
    else
        snprintf(text, sizeof(text), "%lld", (long long)value);
    return print_made(rd_json_new_text(text), ret_json, reterr);
}

static int print_enum(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                      struct rd_err *reterr)
{
    int value = *(const int *)slot;

    if (value == 0)
        return RD_OK;
    for (int i = 0; field->choices[i] != NULL; i++) {
        if (value == 1 + i)
            return print_made(rd_json_new_text(field->choices[i]), ret_json, reterr);
    }
    return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is %d, which is none of its choices",
                      field->name, value);
}

static int print_secret(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                        struct rd_err *reterr)
{
    const struct rd_secret *secret = *(const struct rd_secret *const *)slot;

    if (secret == NULL)
        return RD_OK;
    if (secret->literal == NULL)
        return rd_shape_print(&rd_shape_secret, secret, ret_json, reterr);
    return field->type == RD_T_VALUE ? print_text(secret->literal, ret_json, reterr) : RD_OK;
}

/* Whether a list without items is left out. */
static bool print_leaves_out(const struct rd_field *field, size_t count)
{
    return count == 0 && !(field->flags & RD_REQUIRED);
}

static int print_strings(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                         struct rd_err *reterr)
{
    const struct rd_strings *strings = slot;

    if (print_leaves_out(field, strings->count))
        return RD_OK;
    RD_CLEANUP(rd_json_freep) struct rd_json *array = rd_json_new_array();
    for (size_t i = 0; i < strings->count; i++) {
        struct rd_json *item = NULL;
        int rc = print_text(strings->items[i], &item, reterr);
        if (rc != RD_OK)
            return rc;
        if (rd_json_push(array, item) != RD_OK)
            return rd_err_memory(reterr);
    }
    int rc = print_made(array, ret_json, reterr);
    array = NULL;
    return rc;
}

static int print_sub(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                     struct rd_err *reterr)
{
    const void *object;

    memcpy(&object, slot, sizeof(object));
    return object != NULL ? rd_shape_print(field->sub, object, ret_json, reterr) : RD_OK;
}

/* Adds an item to the array, or under its key to the object. */
static int print_item(const struct rd_field *field, const char *item, struct rd_json *container,
                      struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf key = RD_BUF_INIT(SIZE_MAX / 2);
    struct rd_json *json = NULL;
    int rc = rd_shape_print(field->sub, item, &json, reterr);

    if (rc != RD_OK)
        return rc;
    if (field->type == RD_T_LIST)
        return rd_json_push(container, json) == RD_OK ? RD_OK : rd_err_memory(reterr);
    const char *name = *(const char *const *)item;
    if (!rd_text_is_utf8(name, strlen(name))) {
        rd_text_clean(&key, name, strlen(name));
        name = rd_buf_text(&key);
    }
    if (rd_json_put(container, name, json) != RD_OK || key.broken != RD_OK)
        return rd_err_memory(reterr);
    return RD_OK;
}

static int print_items(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                       struct rd_err *reterr)
{
    const struct rd_list *list = slot;

    if (print_leaves_out(field, list->count))
        return RD_OK;
    RD_CLEANUP(rd_json_freep)
    struct rd_json *container =
        field->type == RD_T_LIST ? rd_json_new_array() : rd_json_new_object();
    if (container == NULL)
        return rd_err_memory(reterr);
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * field->sub->size;
        int rc = print_item(field, item, container, reterr);
        if (rc != RD_OK)
            return rc;
    }
    *ret_json = container;
    container = NULL;
    return RD_OK;
}

static int print_any(const struct rd_field *field, const void *slot, struct rd_json **ret_json,
                     struct rd_err *reterr)
{
    const struct rd_json *json = *(const struct rd_json *const *)slot;

    (void)field;
    return json != NULL ? print_made(rd_json_copy(json), ret_json, reterr) : RD_OK;
}

static int (*const print_value[RD_T_JSON + 1])(const struct rd_field *field, const void *slot,
                                               struct rd_json **ret_json, struct rd_err *reterr) = {
    [RD_T_STRING] = print_string, [RD_T_BOOL] = print_bool,     [RD_T_INTEGER] = print_integer,
    [RD_T_BIGINT] = print_amount, [RD_T_NUMBER] = print_number, [RD_T_DURATION] = print_amount,
    [RD_T_SIZE] = print_amount,   [RD_T_TIME] = print_amount,   [RD_T_ENUM] = print_enum,
    [RD_T_SECRET] = print_secret, [RD_T_VALUE] = print_secret,  [RD_T_STRINGS] = print_strings,
    [RD_T_OBJECT] = print_sub,    [RD_T_LIST] = print_items,    [RD_T_MAP] = print_items,
    [RD_T_JSON] = print_any,
};

int rd_shape_print(const struct rd_shape *shape, const void *object, struct rd_json **ret_json,
                   struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = rd_json_new_object();

    if (json == NULL)
        return rd_err_memory(reterr);
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        struct rd_json *value = NULL;
        if (field->flags & RD_PRIVATE)
            continue;
        int rc =
            print_value[field->type](field, (const char *)object + field->offset, &value, reterr);
        if (rc != RD_OK)
            return rc;
        if (value != NULL && rd_json_put(json, field->name, value) != RD_OK)
            return rd_err_memory(reterr);
    }
    *ret_json = json;
    json = NULL;
    return RD_OK;
}
