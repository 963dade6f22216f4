/*
 * shape_parse.c: from JSON to structs. Every fault is told with its path and parsing goes on; the
 * only error is that memory is gone.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/shape_types.h"
#include "drills/common/text.h"
#include "drills/common/times.h"

enum { PARSE_KNOWN = 64 }; /* as many keys are looked through for the nearest one */

static int parse_object(const struct rd_shape *shape, const struct rd_json *json,
                        const struct rd_shape_place *place, const char *skip,
                        struct rd_faults *faults, void *object);

/* A value of another type than the field wants. Never tells the value. */
static int parse_wrong_type(const struct rd_field *field, const struct rd_json *json,
                            const struct rd_shape_place *place, struct rd_faults *faults)
{
    rd_faults_add(faults, rd_shape_path(place, faults), "must be %s, not %s",
                  rd_shape_types[field->type].wanted, rd_json_type_name(json));
    return RD_OK;
}

static int parse_string(const struct rd_field *field, const struct rd_json *json,
                        const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    const char *text = rd_json_text(json);

    if (text == NULL)
        return parse_wrong_type(field, json, place, faults);
    *(const char **)slot = rd_arena_strdup(faults->arena, text);
    return *(const char **)slot != NULL ? RD_OK : RD_E_MEMORY;
}

static int parse_bool(const struct rd_field *field, const struct rd_json *json,
                      const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    if (rd_json_type(json) != RD_JSON_BOOL)
        return parse_wrong_type(field, json, place, faults);
    *(bool *)slot = rd_json_is_true(json);
    return RD_OK;
}

static void parse_check_range(const struct rd_field *field, double value,
                              const struct rd_shape_place *place, struct rd_faults *faults)
{
    bool bounded = field->max > field->min;

    if (field->min == 0 && field->max == 0)
        return;
    if (bounded && (value < field->min || value > field->max))
        rd_faults_add(faults, rd_shape_path(place, faults),
                      "must be from %.16g to %.16g, not %.16g", field->min, field->max, value);
    else if (value < field->min)
        rd_faults_add(faults, rd_shape_path(place, faults), "must be at least %.16g, not %.16g",
                      field->min, value);
}

static int parse_integer(const struct rd_field *field, const struct rd_json *json,
                         const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    double number = rd_json_number(json);

    if (rd_json_type(json) != RD_JSON_NUMBER)
        return parse_wrong_type(field, json, place, faults);
    if (rd_json_integer(json, slot))
        parse_check_range(field, number, place, faults);
    else
        rd_faults_add(faults, rd_shape_path(place, faults), "must be a whole number%s, not %.16g",
                      number == trunc(number) ? " between -2^53 and 2^53" : "", number);
    return RD_OK;
}

static int parse_bigint(const struct rd_field *field, const struct rd_json *json,
                        const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    const char *text = rd_json_text(json);

    if (text == NULL)
        return parse_wrong_type(field, json, place, faults);

    const char *digits = text[0] == '-' ? text + 1 : text;
    size_t length = strlen(digits);
    bool canonical = length > 0 && strspn(digits, "0123456789") == length &&
                     (digits[0] != '0' || strcmp(text, "0") == 0);
    errno = 0;
    long long value = canonical ? strtoll(text, NULL, 10) : 0;
    if (!canonical)
        rd_faults_add(faults, rd_shape_path(place, faults), "must be %s",
                      rd_shape_types[RD_T_BIGINT].wanted);
    else if (errno != 0 || value == RD_ABSENT)
        rd_faults_add(faults, rd_shape_path(place, faults), "is beyond 64 bits");
    else
        *(int64_t *)slot = value;
    return RD_OK;
}

static int parse_number(const struct rd_field *field, const struct rd_json *json,
                        const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    if (rd_json_type(json) != RD_JSON_NUMBER)
        return parse_wrong_type(field, json, place, faults);
    *(double *)slot = rd_json_number(json);
    parse_check_range(field, *(double *)slot, place, faults);
    return RD_OK;
}

/* Durations, sizes and times. */
static int parse_amount(const struct rd_field *field, const struct rd_json *json,
                        const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    const char *text = rd_json_text(json);
    struct rd_err err = RD_ERR_INIT;
    int rc;

    if (text == NULL)
        return parse_wrong_type(field, json, place, faults);
    if (field->type == RD_T_DURATION)
        rc = rd_duration_parse(text, slot, &err);
    else if (field->type == RD_T_SIZE)
        rc = rd_size_parse(text, slot, &err);
    else
        rc = rd_time_parse(text, slot, &err);
    if (rc != RD_OK)
        rd_faults_add(faults, rd_shape_path(place, faults), "%s", err.message);
    return RD_OK;
}

static int parse_enum(const struct rd_field *field, const struct rd_json *json,
                      const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf wanted = RD_BUF_INIT(1024);
    const char *text = rd_json_text(json);

    for (int i = 0; text != NULL && field->choices[i] != NULL; i++) {
        if (strcmp(field->choices[i], text) == 0) {
            *(int *)slot = 1 + i;
            return RD_OK;
        }
    }

    rd_shape_choices_text(field, &wanted);
    const char *path = rd_shape_path(place, faults);
    const char *nearest = text != NULL ? rd_text_nearest(text, field->choices) : NULL;
    if (text == NULL)
        rd_faults_add(faults, path, "must be one of %s, not %s", rd_buf_text(&wanted),
                      rd_json_type_name(json));
    else if (nearest != NULL)
        rd_faults_add(faults, path, "must be one of %s, not '%s'; did you mean '%s'?",
                      rd_buf_text(&wanted), text, nearest);
    else
        rd_faults_add(faults, path, "must be one of %s, not '%s'", rd_buf_text(&wanted), text);
    return RD_OK;
}

static int parse_secret(const struct rd_field *field, const struct rd_json *json,
                        const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    const char *text = rd_json_text(json);
    bool literal = text != NULL && field->type == RD_T_VALUE;

    if (field->type == RD_T_SECRET && rd_json_type(json) != RD_JSON_OBJECT) {
        rd_faults_add(faults, rd_shape_path(place, faults),
                      "secrets are never written in a plan; use {\"env\": \"NAME\"}, "
                      "{\"file\": \"PATH\"} or {\"exec\": [\"command\"]}");
        return RD_OK;
    }
    if (!literal && rd_json_type(json) != RD_JSON_OBJECT)
        return parse_wrong_type(field, json, place, faults);

    struct rd_secret *secret = rd_shape_new(&rd_shape_secret, faults->arena);
    if (secret == NULL)
        return RD_E_MEMORY;
    *(const struct rd_secret **)slot = secret;
    if (!literal)
        return parse_object(&rd_shape_secret, json, place, NULL, faults, secret);
    secret->literal = rd_arena_strdup(faults->arena, text);
    return secret->literal != NULL ? RD_OK : RD_E_MEMORY;
}

static int parse_strings(const struct rd_field *field, const struct rd_json *json,
                         const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    static const struct rd_field item = {.type = RD_T_STRING};
    struct rd_shape_place below = {.up = place};
    size_t count = rd_json_count(json);

    if (rd_json_type(json) != RD_JSON_ARRAY)
        return parse_wrong_type(field, json, place, faults);
    const char **items = rd_arena_alloc(faults->arena, count * sizeof(*items));
    if (items == NULL)
        return RD_E_MEMORY;
    for (json = rd_json_first(json); json != NULL; json = rd_json_next(json), below.index++) {
        if (parse_string(&item, json, &below, faults, &items[below.index]) != RD_OK)
            return RD_E_MEMORY;
    }
    *(struct rd_strings *)slot = (struct rd_strings){.count = count, .items = items};
    return RD_OK;
}

static int parse_sub(const struct rd_field *field, const struct rd_json *json,
                     const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    void *object = rd_shape_new(field->sub, faults->arena);

    if (object == NULL)
        return RD_E_MEMORY;
    memcpy(slot, &object, sizeof(object));
    return parse_object(field->sub, json, place, NULL, faults, object);
}

/* Lists and maps: an item each for what the array or object holds. */
static int parse_items(const struct rd_field *field, const struct rd_json *json,
                       const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    bool map = field->type == RD_T_MAP;
    struct rd_shape_place below = {.up = place};
    size_t count = rd_json_count(json);

    if (rd_json_type(json) != (map ? RD_JSON_OBJECT : RD_JSON_ARRAY))
        return parse_wrong_type(field, json, place, faults);
    char *items = rd_arena_alloc(faults->arena, count * field->sub->size);
    if (items == NULL)
        return RD_E_MEMORY;
    for (json = rd_json_first(json); json != NULL; json = rd_json_next(json), below.index++) {
        char *item = items + below.index * field->sub->size;
        below.key = rd_json_key(json);
        int rc = parse_object(field->sub, json, &below, NULL, faults, item);
        if (rc == RD_OK && map) {
            *(const char **)item = rd_arena_strdup(faults->arena, below.key);
            rc = *(const char **)item != NULL ? RD_OK : RD_E_MEMORY;
        }
        if (rc != RD_OK)
            return rc;
    }
    *(struct rd_list *)slot = (struct rd_list){.count = count, .items = items};
    return RD_OK;
}

static int parse_any(const struct rd_field *field, const struct rd_json *json,
                     const struct rd_shape_place *place, struct rd_faults *faults, void *slot)
{
    (void)field;
    (void)place;
    (void)faults;
    *(const struct rd_json **)slot = json;
    return RD_OK;
}

static int (*const parse_value[RD_T_JSON + 1])(const struct rd_field *field,
                                               const struct rd_json *json,
                                               const struct rd_shape_place *place,
                                               struct rd_faults *faults, void *slot) = {
    [RD_T_STRING] = parse_string, [RD_T_BOOL] = parse_bool,     [RD_T_INTEGER] = parse_integer,
    [RD_T_BIGINT] = parse_bigint, [RD_T_NUMBER] = parse_number, [RD_T_DURATION] = parse_amount,
    [RD_T_SIZE] = parse_amount,   [RD_T_TIME] = parse_amount,   [RD_T_ENUM] = parse_enum,
    [RD_T_SECRET] = parse_secret, [RD_T_VALUE] = parse_secret,  [RD_T_STRINGS] = parse_strings,
    [RD_T_OBJECT] = parse_sub,    [RD_T_LIST] = parse_items,    [RD_T_MAP] = parse_items,
    [RD_T_JSON] = parse_any,
};

static void parse_unknown_key(const struct rd_shape *shape, const char *key,
                              const struct rd_shape_place *place, struct rd_faults *faults)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf list = RD_BUF_INIT(1024);
    const char *known[PARSE_KNOWN + 1] = {0};

    for (size_t i = 0; i < PARSE_KNOWN && shape->fields[i].name != NULL; i++) {
        known[i] = shape->fields[i].name;
        rd_buf_printf(&list, "%s%s", i > 0 ? ", " : "", known[i]);
    }

    const char *path = rd_shape_path(place, faults);
    const char *nearest = rd_text_nearest(key, known);
    if (nearest != NULL)
        rd_faults_add(faults, path, "'%s' is not known; did you mean '%s'?", key, nearest);
    else
        rd_faults_add(faults, path, "'%s' is not known; known are %s", key, rd_buf_text(&list));
}

static int parse_member(const struct rd_shape *shape, const struct rd_json *json,
                        const struct rd_shape_place *place, struct rd_faults *faults, void *object)
{
    const struct rd_shape_place here = {.up = place, .key = rd_json_key(json)};
    const struct rd_field *field = shape->fields;

    while (field->name != NULL && strcmp(field->name, here.key) != 0)
        field++;
    if (field->name == NULL) {
        parse_unknown_key(shape, here.key, &here, faults);
        return RD_OK;
    }
    return parse_value[field->type](field, json, &here, faults, (char *)object + field->offset);
}

/* A field that was not given. */
static int parse_absent(const struct rd_field *field, const struct rd_shape_place *place,
                        struct rd_faults *faults, void *object)
{
    const struct rd_shape_place here = {.up = place, .key = field->name};

    if (field->flags & RD_REQUIRED)
        rd_faults_add(faults, rd_shape_path(place, faults), "'%s' is required", field->name);
    if (field->fallback == NULL || (field->flags & RD_REQUIRED))
        return RD_OK;

    RD_CLEANUP(rd_json_freep) struct rd_json *json = rd_shape_fallback(field);
    if (json == NULL)
        return RD_E_MEMORY;
    return parse_value[field->type](field, json, &here, faults, (char *)object + field->offset);
}

static int parse_object(const struct rd_shape *shape, const struct rd_json *json,
                        const struct rd_shape_place *place, const char *skip,
                        struct rd_faults *faults, void *object)
{
    size_t before = faults->count;
    int rc = RD_OK;

    rd_shape_clear(shape, object);
    if (rd_json_type(json) != RD_JSON_OBJECT) {
        rd_faults_add(faults, rd_shape_path(place, faults), "must be an object, not %s",
                      rd_json_type_name(json));
        return RD_OK;
    }
    for (const struct rd_json *member = rd_json_first(json); rc == RD_OK && member != NULL;
         member = rd_json_next(member)) {
        if (skip == NULL || strcmp(rd_json_key(member), skip) != 0)
            rc = parse_member(shape, member, place, faults, object);
    }
    for (const struct rd_field *field = shape->fields; rc == RD_OK && field->name != NULL;
         field++) {
        if (rd_json_get(json, field->name) == NULL)
            rc = parse_absent(field, place, faults, object);
    }
    if (rc == RD_OK && shape->validate != NULL && faults->count == before)
        shape->validate(object, rd_shape_path(place, faults), faults);
    return rc;
}

void *rd_shape_parse(const struct rd_shape *shape, const struct rd_json *json, const char *path,
                     const char *skip, struct rd_faults *faults)
{
    const struct rd_shape_place root = {.key = path};
    void *object = rd_shape_new(shape, faults->arena);

    if (object == NULL || parse_object(shape, json, &root, skip, faults, object) != RD_OK)
        return NULL;

    /* Paths and messages of faults may have been lost too. */
    return rd_arena_status(faults->arena, NULL) == RD_OK ? object : NULL;
}
