/*
 * plan_change.c: KEY=VALUE of the command line. The tables say what stands at a path: so a version
 * made of digits stays text where text is wanted, and what may be secret stays out of the record.
 */
#include <string.h>

#include "drills/common/text.h"
#include "drills/plan_parts.h"

/* What a dotted path leads to. All zero: nothing that the tables know. */
struct change_place {
    bool known;
    bool text;   /* a field whose value is a JSON string */
    bool secret; /* may be, or hold, what must not be shown */
};

static const bool change_text_types[RD_T_JSON + 1] = {
    [RD_T_STRING] = true, [RD_T_BIGINT] = true, [RD_T_DURATION] = true,
    [RD_T_SIZE] = true,   [RD_T_TIME] = true,   [RD_T_ENUM] = true,
};

/* Plain values may stand in a plan, also in an application's environment or a request's headers
 * (RD_T_JSON), but the command line is where people put tokens. */
static bool change_is_secret(const struct rd_field *field)
{
    return (field->flags & RD_PRIVATE) != 0 || field->type == RD_T_SECRET ||
           field->type == RD_T_VALUE || field->type == RD_T_JSON;
}

static bool change_holds_secret(const struct rd_shape *shape)
{
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        if (change_is_secret(field) || (field->sub != NULL && change_holds_secret(field->sub)))
            return true;
    }
    return false;
}

/* Moves *path over its first segment and returns that segment's length. */
static size_t change_segment(const char **path, const char **ret_segment)
{
    size_t length = strcspn(*path, ".");

    *ret_segment = *path;
    *path += length + ((*path)[length] == '.' ? 1 : 0);
    return length;
}

static struct change_place change_walk(const struct rd_shape *shape, const char *path)
{
    const char *segment;

    while (*path != '\0') {
        size_t length = change_segment(&path, &segment);
        const struct rd_field *field = rd_plan_field(shape, segment, length);
        if (field == NULL)
            return (struct change_place){0};
        if (change_is_secret(field))
            return (struct change_place){.known = true, .secret = true};
        if (field->sub == NULL)
            return (struct change_place){
                .known = true,
                .text = change_text_types[field->type] ||
                        (field->type == RD_T_STRINGS && *path != '\0'),
            };
        shape = field->sub;
        if ((field->type == RD_T_LIST || field->type == RD_T_MAP) && *path != '\0')
            change_segment(&path, &segment);
    }
    return (struct change_place){.known = true, .secret = change_holds_secret(shape)};
}

static struct change_place change_walk_source(const struct rd_json *plan, const char *path)
{
    const char *name = rd_json_text(rd_json_get(rd_json_get(plan, "source"), "provider"));
    const struct rd_provider *provider = name != NULL ? rd_plan_provider(name) : NULL;

    if (strcmp(path, "provider") == 0)
        return (struct change_place){.known = true, .text = true};
    return provider != NULL ? change_walk(provider->settings, path) : (struct change_place){0};
}

static struct change_place change_walk_check(const struct rd_json *plan, const char *path)
{
    const char *index;
    size_t length = change_segment(&path, &index);
    char pointer[64];

    snprintf(pointer, sizeof(pointer), "/checks/%.*s/check", (int)length, index);
    const char *name = rd_json_text(rd_json_at(plan, pointer));
    const struct rd_check *module = name != NULL ? rd_plan_check_module(name) : NULL;

    if (strcmp(path, "check") == 0)
        return (struct change_place){.known = true, .text = true};
    if (module == NULL)
        return (struct change_place){0};
    if (rd_plan_field(&rd_plan_check_shape, path, strlen(path)) != NULL)
        return change_walk(&rd_plan_check_shape, path);
    return change_walk(module->settings, path);
}

static struct change_place change_find(const struct rd_json *plan, const char *path)
{
    if (strncmp(path, "source.", 7) == 0)
        return change_walk_source(plan, path + 7);
    if (strncmp(path, "checks.", 7) == 0)
        return change_walk_check(plan, path + 7);
    return change_walk(&rd_plan_shape, path);
}

/* JSON where the text is JSON that the place can take, else the text itself; NULL when memory is
 * gone. */
static struct rd_json *change_value(const char *text, const struct change_place *place)
{
    struct rd_json *value = NULL;

    if (rd_json_parse(text, strlen(text), 0, &value, NULL) == RD_OK) {
        if (!place->text || rd_json_type(value) == RD_JSON_STRING)
            return value;
        rd_json_free(value);
    }
    return rd_json_new_text(text);
}

int rd_plan_change(struct rd_plan *plan, const char *change, struct rd_err *reterr)
{
    const char *equals = strchr(change, '=');

    if (equals == NULL || equals == change) {
        rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is not KEY=VALUE", change);
        rd_err_hint(reterr, "Write for example --set source.path=backups/today.dump.");
        return RD_E_ARGUMENT;
    }
    if (!rd_text_is_utf8(change, strlen(change)))
        return rd_err_set(reterr, RD_E_ARGUMENT, "a change of the plan is not UTF-8");
    const char *key = rd_arena_strndup(plan->arena, change, (size_t)(equals - change));
    const char *text = rd_arena_strdup(plan->arena, equals + 1);
    struct rd_setting *setting = rd_list_add(&plan->changed, &rd_setting_shape, plan->arena);
    if (key == NULL || text == NULL || setting == NULL)
        return rd_plan_no_room(plan, reterr);

    struct change_place place = change_find(plan->json, key);
    setting->name = key;
    setting->value = place.known && !place.secret ? text : "(not shown)";
    int code = rd_json_set(plan->json, key, change_value(text, &place), reterr);
    if (code == RD_E_ARGUMENT)
        rd_err_hint(reterr, "Write names and places between dots, as in checks.0.max_age.");
    return code;
}
