/*
 * plan_schema.c: the JSON Schema of plans: the plan's own table, with every provider's settings as
 * a choice for `source` and every check's for the entries of `checks`.
 */
#include "drills/plan.h"

/* The schema of a module's settings with the key that names the module ("provider": "dump"). */
static int schema_module(const struct rd_shape *settings, const struct rd_shape *common,
                         const char *key, const char *name, struct rd_json **ret_json,
                         struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *schema = NULL;
    RD_CLEANUP(rd_json_freep) struct rd_json *more = NULL;
    struct rd_json *constant = rd_json_new_object();
    char path[128];

    if (rd_json_put(constant, "const", rd_json_new_text(name)) != RD_OK) {
        rd_json_free(constant);
        return rd_err_memory(reterr);
    }
    int code = rd_shape_schema(settings, true, &schema, reterr);
    if (code != RD_OK) {
        rd_json_free(constant);
        return code;
    }
    snprintf(path, sizeof(path), "properties.%s", key);
    code = rd_json_set(schema, path, constant, reterr);

    if (code == RD_OK && common != NULL)
        code = rd_shape_schema(common, true, &more, reterr);
    if (code == RD_OK && common != NULL) {
        const struct rd_json *item = rd_json_first(rd_json_get(more, "properties"));
        for (; item != NULL && code == RD_OK; item = rd_json_next(item)) {
            snprintf(path, sizeof(path), "properties.%s", rd_json_key(item));
            code = rd_json_set(schema, path, rd_json_copy(item), reterr);
        }
    }
    if (code != RD_OK)
        return code;

    struct rd_json *required = rd_json_copy(rd_json_get(schema, "required"));
    if (required == NULL)
        required = rd_json_new_array();
    if (rd_json_push(required, rd_json_new_text(key)) != RD_OK) {
        rd_json_free(required);
        return rd_err_memory(reterr);
    }
    code = rd_json_set(schema, "required", required, reterr);
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

int rd_plan_schema(struct rd_json **ret_json, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *plan = NULL;

    int code = rd_shape_schema(&rd_plan_shape, true, &plan, reterr);
    if (code == RD_OK)
        code = schema_providers(plan, reterr);
    if (code == RD_OK)
        code = schema_checks(plan, reterr);
    if (code == RD_OK) {
        *ret_json = plan;
        plan = NULL;
    }
    return code;
}
