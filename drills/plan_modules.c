/*
 * plan_modules.c: looks up the modules that a plan names and hands each the part that is its own.
 */
#include <string.h>

#include "drills/common/text.h"
#include "drills/plan_parts.h"

enum { MODULES_CHECKS_MAX = 1000, MODULES_WORDS_MAX = 128 };

/* What a plan without `checks` asks. */
static const char *const modules_standard[] = {"ready", "foreign_keys"};

const struct rd_provider *rd_plan_provider(const char *name)
{
    for (size_t i = 0; rd_providers[i] != NULL; i++) {
        if (strcmp(rd_providers[i]->name, name) == 0)
            return rd_providers[i];
    }
    return NULL;
}

const struct rd_check *rd_plan_check_module(const char *name)
{
    for (size_t i = 0; rd_checks[i] != NULL; i++) {
        if (strcmp(rd_checks[i]->name, name) == 0)
            return rd_checks[i];
    }
    return NULL;
}

const struct rd_field *rd_plan_field(const struct rd_shape *shape, const char *name, size_t length)
{
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        if (strlen(field->name) == length && memcmp(field->name, name, length) == 0)
            return field;
    }
    return NULL;
}

/* The fault of a module that does not exist. `words` are the names of those that do. */
static void modules_unknown(const char *path, const char *kind, const char *name,
                            const char *const *words, struct rd_faults *faults)
{
    const char *nearest = rd_text_nearest(name, words);

    if (nearest != NULL)
        rd_faults_add(faults, path, "there is no %s '%s'; did you mean '%s'?", kind, name, nearest);
    else
        rd_faults_add(faults, path, "there is no %s '%s'; 'redrill list %ss' shows all", kind, name,
                      kind);
}

/* The module's name in an object, or NULL after adding a fault. */
static const char *modules_name(const struct rd_json *json, const char *path, const char *key,
                                struct rd_faults *faults)
{
    if (rd_json_type(json) != RD_JSON_OBJECT) {
        rd_faults_add(faults, path, "must be an object, not %s", rd_json_type_name(json));
        return NULL;
    }
    const char *name = rd_json_text(rd_json_get(json, key));
    if (name == NULL)
        rd_faults_add(faults, path, "'%s' is required and must be a string", key);
    return name;
}

int rd_plan_read_source(struct rd_plan *plan, const struct rd_json *source,
                        struct rd_faults *faults, struct rd_err *reterr)
{
    const char *words[MODULES_WORDS_MAX] = {0};
    const char *name = modules_name(source, "$.source", "provider", faults);

    if (name == NULL)
        return RD_OK;
    plan->provider = rd_plan_provider(name);
    if (plan->provider == NULL) {
        for (size_t i = 0; rd_providers[i] != NULL; i++)
            words[i] = rd_providers[i]->name;
        modules_unknown("$.source.provider", "provider", name, words, faults);
        return RD_OK;
    }
    plan->provider_settings =
        rd_shape_parse(plan->provider->settings, source, "$.source", "provider", faults);
    return plan->provider_settings != NULL ? RD_OK : rd_plan_no_room(plan, reterr);
}

static void modules_unknown_key(const struct rd_check *module, const char *path, const char *key,
                                struct rd_faults *faults)
{
    const char *words[MODULES_WORDS_MAX] = {0};
    size_t count = 0;

    for (const struct rd_field *field = module->settings->fields; field->name != NULL; field++)
        words[count++] = field->name;
    for (const struct rd_field *field = rd_plan_check_shape.fields; field->name != NULL; field++)
        words[count++] = field->name;

    const char *nearest = rd_text_nearest(key, words);
    if (nearest != NULL)
        rd_faults_add(faults, path, "'%s' is not known; did you mean '%s'?", key, nearest);
    else
        rd_faults_add(faults, path,
                      "'%s' is not a setting of '%s'; 'redrill list checks' shows all", key,
                      module->name);
}

/*
 * Splits an entry of `checks` into the keys that every check has, [0], and the module's own, [1].
 * The two stay with the plan, because settings may borrow from them. NULL when memory is gone.
 */
static const struct rd_json *modules_split(struct rd_plan *plan, const struct rd_check *module,
                                           const struct rd_json *entry, const char *path,
                                           struct rd_faults *faults)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *parts = rd_json_new_array();
    struct rd_json *common = rd_json_new_object();
    struct rd_json *own = rd_json_new_object();

    if (rd_json_push(parts, common) != RD_OK) {
        rd_json_free(own);
        return NULL;
    }
    if (rd_json_push(parts, own) != RD_OK)
        return NULL;
    for (const struct rd_json *item = rd_json_first(entry); item != NULL;
         item = rd_json_next(item)) {
        const char *key = rd_json_key(item);
        bool of_all = rd_plan_field(&rd_plan_check_shape, key, strlen(key)) != NULL;
        if (strcmp(key, "check") == 0)
            continue;
        if (!of_all && rd_plan_field(module->settings, key, strlen(key)) == NULL)
            modules_unknown_key(module, path, key, faults);
        else if (rd_json_put(of_all ? common : own, key, rd_json_copy(item)) != RD_OK)
            return NULL;
    }
    struct rd_json *kept = parts;
    parts = NULL;
    return rd_json_push(plan->parts, kept) == RD_OK ? kept : NULL;
}

/* The fault of one of a check's own keys. */
static void modules_fault(const char *path, const char *key, const char *message,
                          struct rd_faults *faults)
{
    const char *where = rd_arena_printf(faults->arena, "%s.%s", path, key);

    rd_faults_add(faults, where != NULL ? where : path, "%s", message);
}

/* Reports tell checks apart by their names, so a name that a plan gives must be one check's. */
static void modules_check_names(const struct rd_plan *plan, const char *path,
                                const struct rd_plan_check *check, struct rd_faults *faults)
{
    if (check->database != NULL && check->database[0] == '\0')
        modules_fault(path, "database", "must not be empty", faults);
    if (check->name != NULL && check->name[0] == '\0')
        modules_fault(path, "name", "must not be empty", faults);
    for (size_t i = 0; check->name != NULL && i < plan->check_count; i++) {
        if (plan->checks[i].name != NULL && strcmp(plan->checks[i].name, check->name) == 0) {
            modules_fault(path, "name", "another check is called so already", faults);
            return;
        }
    }
}

static int modules_read_check(struct rd_plan *plan, const struct rd_json *entry, const char *path,
                              struct rd_faults *faults, struct rd_err *reterr)
{
    const char *words[MODULES_WORDS_MAX] = {0};
    const char *name = modules_name(entry, path, "check", faults);

    if (name == NULL)
        return RD_OK;
    const struct rd_check *module = rd_plan_check_module(name);
    if (module == NULL) {
        const char *where = rd_arena_printf(plan->arena, "%s.check", path);
        for (size_t i = 0; rd_checks[i] != NULL; i++)
            words[i] = rd_checks[i]->name;
        modules_unknown(where != NULL ? where : path, "check", name, words, faults);
        return RD_OK;
    }

    const struct rd_json *parts = modules_split(plan, module, entry, path, faults);
    if (parts == NULL)
        return rd_err_memory(reterr);
    const struct rd_json *common = rd_json_first(parts);
    struct rd_plan_check *check = rd_shape_parse(&rd_plan_check_shape, common, path, NULL, faults);
    const void *settings =
        rd_shape_parse(module->settings, rd_json_next(common), path, NULL, faults);
    if (check == NULL || settings == NULL)
        return rd_plan_no_room(plan, reterr);

    check->module = module;
    check->settings = settings;
    modules_check_names(plan, path, check, faults);
    plan->checks[plan->check_count++] = *check;
    return RD_OK;
}

static int modules_read_checks(struct rd_plan *plan, const struct rd_json *checks,
                               struct rd_faults *faults, struct rd_err *reterr)
{
    size_t index = 0;

    plan->parts = rd_json_new_array();
    plan->checks = rd_arena_alloc(plan->arena, rd_json_count(checks) * sizeof(*plan->checks));
    if (plan->parts == NULL || plan->checks == NULL)
        return rd_plan_no_room(plan, reterr);
    for (const struct rd_json *entry = rd_json_first(checks); entry != NULL;
         entry = rd_json_next(entry)) {
        const char *path = rd_arena_printf(plan->arena, "$.checks[%zu]", index++);
        if (path == NULL)
            return rd_plan_no_room(plan, reterr);
        int code = modules_read_check(plan, entry, path, faults, reterr);
        if (code != RD_OK)
            return code;
    }
    return RD_OK;
}

/* The standard checks as a plan would write them, so that their settings have their defaults. NULL
 * when memory is gone. */
static struct rd_json *modules_standard_checks(void)
{
    struct rd_json *checks = rd_json_new_array();

    for (size_t i = 0; i < RD_COUNT(modules_standard); i++) {
        struct rd_json *entry = rd_json_new_object();
        if (rd_json_put(entry, "check", rd_json_new_text(modules_standard[i])) != RD_OK) {
            rd_json_free(entry);
            entry = NULL;
        }
        if (rd_json_push(checks, entry) != RD_OK) {
            rd_json_free(checks);
            return NULL;
        }
    }
    return checks;
}

int rd_plan_read_checks(struct rd_plan *plan, const struct rd_json *checks,
                        struct rd_faults *faults, struct rd_err *reterr)
{
    if (checks == NULL) {
        RD_CLEANUP(rd_json_freep) struct rd_json *standard = modules_standard_checks();
        return standard != NULL ? modules_read_checks(plan, standard, faults, reterr)
                                : rd_err_memory(reterr);
    }
    if (rd_json_type(checks) != RD_JSON_ARRAY || rd_json_count(checks) == 0) {
        rd_faults_add(faults, "$.checks",
                      "must be an array with at least one check; leave it out for the standard "
                      "checks");
        return RD_OK;
    }
    if (rd_json_count(checks) > MODULES_CHECKS_MAX) {
        rd_faults_add(faults, "$.checks", "has more than %d checks", MODULES_CHECKS_MAX);
        return RD_OK;
    }
    return modules_read_checks(plan, checks, faults, reterr);
}
