/*
 * shape_schema.c: JSON Schema (draft 2020-12) from the tables that parsing uses. Only memory can
 * fail here, so a schema in the making is a value or NULL, and NULL is handed through.
 */
#include <string.h>

#include "drills/common/shape_types.h"
#include "drills/common/times.h"

/* What JSON Schema says of a value that needs no more than this. */
static const struct {
    const char *type;
    const char *format;
    const char *pattern;
} schema_types[RD_T_JSON + 1] = {
    [RD_T_STRING] = {"string", NULL, NULL},
    [RD_T_BOOL] = {"boolean", NULL, NULL},
    [RD_T_INTEGER] = {"integer", NULL, NULL},
    [RD_T_BIGINT] = {"string", NULL, "^(0|-?[1-9][0-9]{0,18})$"},
    [RD_T_NUMBER] = {"number", NULL, NULL},
    [RD_T_DURATION] = {"string", NULL, rd_duration_pattern},
    [RD_T_SIZE] = {"string", NULL, rd_size_pattern},
    [RD_T_TIME] = {"string", "date-time", rd_time_pattern},
    [RD_T_STRINGS] = {"array", NULL, NULL},
    [RD_T_LIST] = {"array", NULL, NULL},
    [RD_T_MAP] = {"object", NULL, NULL},
};

static struct rd_json *schema_object(const struct rd_shape *shape, bool strict);

/* The object with one more member. */
static struct rd_json *schema_with(struct rd_json *object, const char *key, struct rd_json *value)
{
    if (rd_json_put(object, key, value) == RD_OK)
        return object;
    rd_json_free(object);
    return NULL;
}

static struct rd_json *schema_with_text(struct rd_json *object, const char *key, const char *text)
{
    return text != NULL ? schema_with(object, key, rd_json_new_text(text)) : object;
}

/* The array with one more element. */
static struct rd_json *schema_also(struct rd_json *array, struct rd_json *value)
{
    if (rd_json_push(array, value) == RD_OK)
        return array;
    rd_json_free(array);
    return NULL;
}

static struct rd_json *schema_of_type(enum rd_type type)
{
    struct rd_json *json = rd_json_new_object();

    json = schema_with_text(json, "type", schema_types[type].type);
    json = schema_with_text(json, "format", schema_types[type].format);
    return schema_with_text(json, "pattern", schema_types[type].pattern);
}

static struct rd_json *schema_choices(const struct rd_field *field)
{
    struct rd_json *choices = rd_json_new_array();

    for (size_t i = 0; field->choices[i] != NULL; i++)
        choices = schema_also(choices, rd_json_new_text(field->choices[i]));
    return schema_with(rd_json_new_object(), "enum", choices);
}

/* Exactly one of the ways to refer to a secret, or a plain string where that is allowed. */
static struct rd_json *schema_secret(const struct rd_field *field)
{
    struct rd_json *ways = rd_json_new_array();

    if (field->type == RD_T_VALUE)
        ways = schema_also(ways, schema_of_type(RD_T_STRING));
    for (const struct rd_field *way = rd_shape_secret.fields; way->name != NULL; way++) {
        const struct rd_field fields[] = {*way, {0}};
        struct rd_json *object = schema_object(&(struct rd_shape){.fields = fields}, true);
        struct rd_json *required = schema_also(rd_json_new_array(), rd_json_new_text(way->name));
        ways = schema_also(ways, schema_with(object, "required", required));
    }
    return schema_with(rd_json_new_object(), "oneOf", ways);
}

static struct rd_json *schema_value(const struct rd_field *field, bool strict)
{
    struct rd_json *json = NULL;

    switch (field->type) {
    case RD_T_ENUM:
        return schema_choices(field);
    case RD_T_SECRET:
    case RD_T_VALUE:
        return schema_secret(field);
    case RD_T_OBJECT:
        return schema_object(field->sub, strict);
    case RD_T_STRINGS:
        return schema_with(schema_of_type(field->type), "items", schema_of_type(RD_T_STRING));
    case RD_T_LIST:
        return schema_with(schema_of_type(field->type), "items", schema_object(field->sub, strict));
    case RD_T_MAP:
        return schema_with(schema_of_type(field->type), "additionalProperties",
                           schema_object(field->sub, strict));
    default:
        json = schema_of_type(field->type);
        break;
    }
    if (field->min != 0 || field->max != 0)
        json = schema_with(json, "minimum", rd_json_new_number(field->min));
    if (field->max > field->min)
        json = schema_with(json, "maximum", rd_json_new_number(field->max));
    return json;
}

static struct rd_json *schema_field(const struct rd_field *field, bool strict)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf help = RD_BUF_INIT(4096);
    struct rd_json *json = schema_value(field, strict);

    rd_buf_puts(&help, field->help != NULL ? field->help : "");
    if (field->unit != NULL)
        rd_buf_printf(&help, " (%s)", field->unit);
    if (help.length > 0)
        json = schema_with_text(json, "description", help.data);
    if (field->fallback != NULL)
        json = schema_with(json, "default", rd_shape_fallback(field));
    return json;
}

static struct rd_json *schema_object(const struct rd_shape *shape, bool strict)
{
    struct rd_json *json = rd_json_new_object();
    struct rd_json *properties = rd_json_new_object();
    struct rd_json *required = rd_json_new_array();

    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        properties = schema_with(properties, field->name, schema_field(field, strict));
        if (field->flags & RD_REQUIRED)
            required = schema_also(required, rd_json_new_text(field->name));
    }
    json = schema_with_text(json, "title", shape->name);
    json = schema_with_text(json, "type", "object");
    json = schema_with(json, "properties", properties);
    json = schema_with(json, "required", required);
    if (strict)
        json = schema_with(json, "additionalProperties", rd_json_new_bool(false));
    return json;
}

int rd_shape_schema(const struct rd_shape *shape, bool strict, struct rd_json **ret_json,
                    struct rd_err *reterr)
{
    struct rd_json *json = schema_object(shape, strict);

    if (json == NULL)
        return rd_err_memory(reterr);
    *ret_json = json;
    return RD_OK;
}
