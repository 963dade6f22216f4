/*
 * plan_schema.c: the JSON Schema of plans: the plan's own table, with every provider's settings as
 * a choice for `source` and every check's for the entries of `checks`; and that of records.
 */
#include "drills/plan.h"

/* Adds the properties that every check has to those of one check. */
static int schema_add_common(struct rd_json *schema, const struct rd_shape *common,
                             struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *more = NULL;
    char path[128];

    int code = rd_shape_schema(common, true, &more, reterr);
    const struct rd_json *item = rd_json_first(rd_json_get(more, "properties"));
    for (; item != NULL && code == RD_OK; item = rd_json_next(item)) {
        snprintf(path, sizeof(path), "properties.%s", rd_json_key(item));
        code = rd_json_set(schema, path, rd_json_copy(item), reterr);
    }
    return code;
}

/* Adds the required key that names the module: "provider": {"const": "dump"}. */
static int schema_add_name(struct rd_json *schema, const char *key, const char *name,
                           struct rd_err *reterr)
{
    struct rd_json *required = rd_json_copy(rd_json_get(schema, "required"));
    char path[128];

    if (rd_json_push(required, rd_json_new_text(key)) != RD_OK) {
        rd_json_free(required);
        return rd_err_memory(reterr);
    }
    int code = rd_json_set(schema, "required", required, reterr);
    snprintf(path, sizeof(path), "properties.%s.const", key);
    return code == RD_OK ? rd_json_set(schema, path, rd_json_new_text(name), reterr) : code;
}

/* The schema of a module's settings, with the key that names it and, unless NULL, with what all
 * such modules have. */
static int schema_module(const struct rd_shape *settings, const struct rd_shape *common,
                         const char *key, const char *name, struct rd_json **ret_json,
                         struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *schema = NULL;

    int code = rd_shape_schema(settings, true, &schema, reterr);
    if (code == RD_OK)
        code = schema_add_name(schema, key, name, reterr);
    if (code == RD_OK && common != NULL)
        code = schema_add_common(schema, common, reterr);
    if (code == RD_OK) {
        *ret_json = schema;
        schema = NULL;
    }
    return code;
}

/* {"oneOf": [one schema a module]} */
static int schema_choice(struct rd_json *choices, const char *path, struct rd_json *plan,
                         struct rd_err *reterr)
{
    struct rd_json *choice = rd_json_new_object();

    if (rd_json_put(choice, "oneOf", choices) != RD_OK) {
        rd_json_free(choice);
        return rd_err_memory(reterr);
    }
    return rd_json_set(plan, path, choice, reterr);
}

static int schema_providers(struct rd_json *plan, struct rd_err *reterr)
{
    struct rd_json *choices = rd_json_new_array();

    for (size_t i = 0; rd_providers[i] != NULL; i++) {
        struct rd_json *schema = NULL;
        int code = schema_module(rd_providers[i]->settings, NULL, "provider", rd_providers[i]->name,
                                 &schema, reterr);
        if (code == RD_OK && rd_json_push(choices, schema) != RD_OK)
            code = rd_err_memory(reterr);
        if (code != RD_OK) {
            rd_json_free(choices);
            return code;
        }
    }
    return schema_choice(choices, "properties.source", plan, reterr);
}

static int schema_checks(struct rd_json *plan, struct rd_err *reterr)
{
    struct rd_json *choices = rd_json_new_array();
    struct rd_json *list = rd_json_new_object();

    int code = RD_OK;
    for (size_t i = 0; rd_checks[i] != NULL && code == RD_OK; i++) {
        struct rd_json *schema = NULL;
        code = schema_module(rd_checks[i]->settings, &rd_plan_check_shape, "check",
                             rd_checks[i]->name, &schema, reterr);
        if (code == RD_OK && rd_json_push(choices, schema) != RD_OK)
            code = rd_err_memory(reterr);
    }
    if (code == RD_OK && (rd_json_put(list, "type", rd_json_new_text("array")) != RD_OK ||
                          rd_json_put(list, "minItems", rd_json_new_integer(1)) != RD_OK))
        code = rd_err_memory(reterr);
    if (code != RD_OK) {
        rd_json_free(choices);
        rd_json_free(list);
        return code;
    }
    code = schema_choice(choices, "items", list, reterr);
    if (code != RD_OK) {
        rd_json_free(list);
        return code;
    }
    return rd_json_set(plan, "properties.checks", list, reterr);
}

/* The document: `body`, which is taken, below the name of the language that it is written in. */
static int schema_document(struct rd_json *body, struct rd_json **ret_json, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *inner = body;
    RD_CLEANUP(rd_json_freep) struct rd_json *document = rd_json_new_object();

    int code = rd_json_put(document, "$schema",
                           rd_json_new_text("https://json-schema.org/draft/2020-12/schema"));
    for (const struct rd_json *member = rd_json_first(inner); member != NULL && code == RD_OK;
         member = rd_json_next(member))
        code = rd_json_put(document, rd_json_key(member), rd_json_copy(member));
    if (code != RD_OK)
        return rd_err_memory(reterr);
    *ret_json = document;
    document = NULL;
    return RD_OK;
}

int rd_plan_schema(struct rd_json **ret_json, struct rd_err *reterr)
{
    struct rd_json *plan = NULL;

    int code = rd_shape_schema(&rd_plan_shape, true, &plan, reterr);
    if (code == RD_OK)
        code = schema_providers(plan, reterr);
    if (code == RD_OK)
        code = schema_checks(plan, reterr);
    if (code == RD_OK)
        return schema_document(plan, ret_json, reterr);
    rd_json_free(plan);
    return code;
}

int rd_plan_record_schema(struct rd_json **ret_json, struct rd_err *reterr)
{
    struct rd_json *record = NULL;

    int code = rd_shape_schema(&rd_record_shape, true, &record, reterr);
    return code == RD_OK ? schema_document(record, ret_json, reterr) : code;
}
