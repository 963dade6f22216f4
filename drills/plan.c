/*
 * plan.c: see plan.h. The tables do the parsing; this file looks up the modules that a plan
 * names and hands each the part that is its own.
 */
#include "drills/plan.h"

#include <stdlib.h>
#include <string.h>

#include "drills/common/file.h"
#include "drills/common/text.h"
#include "drills/common/times.h"
#include "drills/plan_text.h"

enum { PLAN_ARENA_MAX = 32 * 1024 * 1024, PLAN_CHECKS_MAX = 1000, PLAN_WORDS_MAX = 128 };

/* What a plan without `checks` asks. */
static const char *const plan_standard_checks[] = {"ready", "foreign_keys"};

void rd_plan_free(struct rd_plan *plan)
{
    if (plan == NULL)
        return;
    struct rd_json *json = plan->json;
    rd_arena_free(plan->arena);
    rd_json_free(json);
}

void rd_plan_freep(struct rd_plan **plan)
{
    rd_plan_free(*plan);
    *plan = NULL;
}

static const struct rd_provider *plan_provider(const char *name)
{
    for (size_t i = 0; rd_providers[i] != NULL; i++) {
        if (strcmp(rd_providers[i]->name, name) == 0)
            return rd_providers[i];
    }
    return NULL;
}

static const struct rd_check *plan_check(const char *name)
{
    for (size_t i = 0; rd_checks[i] != NULL; i++) {
        if (strcmp(rd_checks[i]->name, name) == 0)
            return rd_checks[i];
    }
    return NULL;
}

/* The fault of a module that does not exist. */
static void plan_unknown_module(const char *path, const char *kind, const char *name,
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
static const char *plan_module_name(const struct rd_json *json, const char *path, const char *key,
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

static void plan_read_source(struct rd_plan *plan, const struct rd_json *source,
                             struct rd_faults *faults)
{
    const char *words[PLAN_WORDS_MAX] = {0};
    const char *name = plan_module_name(source, "$.source", "provider", faults);

    if (name == NULL)
        return;
    plan->provider = plan_provider(name);
    if (plan->provider == NULL) {
        for (size_t i = 0; rd_providers[i] != NULL; i++)
            words[i] = rd_providers[i]->name;
        plan_unknown_module("$.source.provider", "provider", name, words, faults);
        return;
    }
    plan->provider_settings =
        rd_shape_parse(plan->provider->settings, source, "$.source", "provider", faults);
}

static bool plan_shape_has(const struct rd_shape *shape, const char *key)
{
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        if (strcmp(field->name, key) == 0)
            return true;
    }
    return false;
}

static void plan_unknown_key(const struct rd_check *module, const char *path, const char *key,
                             struct rd_faults *faults)
{
    const char *words[PLAN_WORDS_MAX] = {0};
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
 * Splits an entry of `checks` into the keys that every check has and the module's own. Both
 * parts stay with the plan, because settings may borrow from them.
 */
static int plan_split_check(struct rd_plan *plan, const struct rd_check *module,
                            const struct rd_json *entry, const char *path,
                            const struct rd_json **ret_common, const struct rd_json **ret_own,
                            struct rd_faults *faults)
{
    struct rd_json *common = rd_json_new_object();
    struct rd_json *own = rd_json_new_object();
    struct rd_json *parts = rd_json_new_object();
    int code = RD_OK;

    for (const struct rd_json *item = rd_json_first(entry); item != NULL && code == RD_OK;
         item = rd_json_next(item)) {
        const char *key = rd_json_key(item);
        if (strcmp(key, "check") == 0)
            continue;
        if (plan_shape_has(&rd_plan_check_shape, key))
            code = rd_json_put(common, key, rd_json_copy(item));
        else if (plan_shape_has(module->settings, key))
            code = rd_json_put(own, key, rd_json_copy(item));
        else
            plan_unknown_key(module, path, key, faults);
    }

    *ret_common = common;
    *ret_own = own;
    if (rd_json_put(parts, "common", common) != RD_OK || rd_json_put(parts, "own", own) != RD_OK ||
        code != RD_OK) {
        rd_json_free(parts);
        return RD_E_MEMORY;
    }
    /* Kept beside the plan's own tree, under a key that a plan cannot have. */
    return rd_json_put(plan->json, path, parts);
}

static int plan_read_check(struct rd_plan *plan, const struct rd_json *entry, const char *path,
                           struct rd_faults *faults, struct rd_err *reterr)
{
    const char *words[PLAN_WORDS_MAX] = {0};
    const char *name = plan_module_name(entry, path, "check", faults);

    if (name == NULL)
        return RD_OK;
    const struct rd_check *module = plan_check(name);
    if (module == NULL) {
        const char *where = rd_arena_printf(faults->arena, "%s.check", path);
        for (size_t i = 0; rd_checks[i] != NULL; i++)
            words[i] = rd_checks[i]->name;
        plan_unknown_module(where != NULL ? where : path, "check", name, words, faults);
        return RD_OK;
    }

    const struct rd_json *common, *own;
    if (plan_split_check(plan, module, entry, path, &common, &own, faults) != RD_OK)
        return rd_err_memory(reterr);
    struct rd_plan_check *parsed = rd_shape_parse(&rd_plan_check_shape, common, path, NULL, faults);
    void *settings = rd_shape_parse(module->settings, own, path, NULL, faults);
    if (parsed == NULL || settings == NULL)
        return rd_err_memory(reterr);

    struct rd_plan_check *check = &plan->checks[plan->check_count++];
    *check = *parsed;
    check->module = module;
    check->settings = settings;
    return RD_OK;
}

static int plan_read_checks(struct rd_plan *plan, const struct rd_json *checks,
                            struct rd_faults *faults, struct rd_err *reterr)
{
    if (rd_json_type(checks) != RD_JSON_ARRAY || rd_json_count(checks) == 0) {
        rd_faults_add(faults, "$.checks",
                      "must be an array with at least one check; leave it out for the standard "
                      "checks");
        return RD_OK;
    }
    if (rd_json_count(checks) > PLAN_CHECKS_MAX) {
        rd_faults_add(faults, "$.checks", "has more than %d checks", PLAN_CHECKS_MAX);
        return RD_OK;
    }
    plan->checks = rd_arena_alloc(plan->arena, rd_json_count(checks) * sizeof(*plan->checks));
    if (plan->checks == NULL)
        return rd_err_memory(reterr);

    size_t index = 0;
    for (const struct rd_json *entry = rd_json_first(checks); entry != NULL;
         entry = rd_json_next(entry)) {
        const char *path = rd_arena_printf(plan->arena, "$.checks[%zu]", index++);
        if (path == NULL)
            return rd_err_memory(reterr);
        int code = plan_read_check(plan, entry, path, faults, reterr);
        if (code != RD_OK)
            return code;
    }
    return RD_OK;
}

/* The standard checks, read like written ones, so that their settings have their defaults. */
static int plan_add_standard(struct rd_plan *plan, struct rd_faults *faults, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *checks = rd_json_new_array();

    for (size_t i = 0; i < RD_COUNT(plan_standard_checks); i++) {
        struct rd_json *entry = rd_json_new_object();
        if (rd_json_put(entry, "check", rd_json_new_text(plan_standard_checks[i])) != RD_OK) {
            rd_json_free(entry);
            return rd_err_memory(reterr);
        }
        if (rd_json_push(checks, entry) != RD_OK)
            return rd_err_memory(reterr);
    }
    return plan_read_checks(plan, checks, faults, reterr);
}

static void plan_read_target(struct rd_plan *plan, const char *target, struct rd_faults *faults)
{
    struct rd_err err = RD_ERR_INIT;

    plan->target_us = RD_ABSENT;
    if (strcmp(target, "latest") == 0)
        return;
    if (rd_time_parse(target, &plan->target_us, &err) != RD_OK)
        rd_faults_add(faults, "$.target", "must be 'latest' or an RFC 3339 time with a zone: %s",
                      err.message);
}

/* One KEY=VALUE of the command line. */
static int plan_change(struct rd_plan *plan, const char *change, struct rd_err *reterr)
{
    const char *equals = strchr(change, '=');

    if (equals == NULL || equals == change) {
        rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is not KEY=VALUE", change);
        rd_err_hint(reterr, "Write for example --set source.path=backups/today.dump.");
        return RD_E_ARGUMENT;
    }
    const char *key = rd_arena_strndup(plan->arena, change, (size_t)(equals - change));
    const char *text = rd_arena_strdup(plan->arena, equals + 1);
    struct rd_setting *setting = rd_list_add(&plan->changed, &rd_setting_shape, plan->arena);
    if (key == NULL || text == NULL || setting == NULL)
        return rd_err_memory(reterr);
    setting->name = key;
    setting->value = text;

    struct rd_json *value = NULL;
    if (rd_json_parse(text, strlen(text), 0, &value, NULL) != RD_OK)
        value = rd_json_new_text(text);
    return rd_json_set(plan->json, key, value, reterr);
}

static const char *plan_folder(struct rd_arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    if (real == NULL)
        return NULL;

    char *slash = strrchr(real, '/');
    const char *folder = rd_arena_strndup(arena, real, slash == real ? 1 : (size_t)(slash - real));
    free(real);
    return folder;
}

static int plan_read_file(struct rd_plan *plan, const char *path, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_PLAN_MAX);

    int code = rd_file_read(path, &text, reterr);
    if (code == RD_E_LIMIT)
        rd_err_hint(reterr, "A plan has at most 1 MiB.");
    if (code != RD_OK)
        return code;
    plan->folder = plan_folder(plan->arena, path);
    if (plan->folder == NULL)
        return rd_err_set(reterr, RD_E_SYSTEM, "cannot find the folder of '%s'", path);

    code = rd_sha256(rd_buf_text(&text), text.length, plan->sha256, reterr);
    if (code == RD_OK)
        code =
            rd_json_parse(rd_buf_text(&text), text.length, RD_JSON_COMMENTS, &plan->json, reterr);
    if (code == RD_OK && rd_json_type(plan->json) != RD_JSON_OBJECT)
        code = rd_err_set(reterr, RD_E_FORMAT, "a plan is an object, not %s",
                          rd_json_type_name(plan->json));
    return code;
}

/* Looks up everything that the text names. */
static int plan_resolve(struct rd_plan *plan, const struct rd_plan_text *text,
                        struct rd_faults *faults, struct rd_err *reterr)
{
    plan->name = text->name;
    plan->subject = text->subject;
    plan->objectives = text->objectives;
    plan->wish = text->wish;
    plan->signing = text->signing;
    plan->schedule = text->schedule;
    plan->timeout_ms = text->timeout_ms;
    if (plan->wish == NULL) {
        RD_CLEANUP(rd_json_freep) struct rd_json *empty = rd_json_new_object();
        if (empty == NULL)
            return rd_err_memory(reterr);
        plan->wish = rd_shape_parse(&rd_instance_shape, empty, "$.instance", NULL, faults);
    }
    if (text->target != NULL)
        plan_read_target(plan, text->target, faults);
    if (text->source != NULL)
        plan_read_source(plan, text->source, faults);
    return text->checks != NULL ? plan_read_checks(plan, text->checks, faults, reterr)
                                : plan_add_standard(plan, faults, reterr);
}

static int plan_load(struct rd_plan *plan, const char *path, const struct rd_strings *changes,
                     struct rd_faults *faults, struct rd_err *reterr)
{
    int code = plan_read_file(plan, path, reterr);

    for (size_t i = 0; code == RD_OK && i < changes->count; i++)
        code = plan_change(plan, changes->items[i], reterr);
    if (code != RD_OK)
        return code;

    const struct rd_plan_text *text = rd_shape_parse(&rd_plan_shape, plan->json, "$", NULL, faults);
    if (text == NULL)
        return rd_err_memory(reterr);
    code = plan_resolve(plan, text, faults, reterr);
    return code == RD_OK ? rd_arena_status(plan->arena, reterr) : code;
}

int rd_plan_load(const char *path, const struct rd_strings *changes, struct rd_faults *faults,
                 struct rd_plan **ret_plan, struct rd_err *reterr)
{
    struct rd_arena *arena = rd_arena_new(PLAN_ARENA_MAX);
    if (arena == NULL)
        return rd_err_memory(reterr);
    struct rd_plan *plan = rd_arena_alloc(arena, sizeof(*plan));
    if (plan == NULL) {
        rd_arena_free(arena);
        return rd_err_memory(reterr);
    }
    plan->arena = arena;

    /* What is parsed lives as long as the plan, and so do the texts of its faults for the caller.
     */
    struct rd_arena *for_faults = faults->arena;
    faults->arena = arena;
    int code = plan_load(plan, path, changes, faults, reterr);
    faults->arena = for_faults;

    *ret_plan = plan;
    if (code != RD_OK) {
        rd_plan_free(plan);
        *ret_plan = NULL;
    }
    return code;
}
