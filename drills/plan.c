/*
 * plan.c: see plan.h. The tables do the parsing; what depends on the modules that a plan names is
 * in plan_modules.c, what the command line changes in plan_change.c.
 */
#include "drills/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/file.h"
#include "drills/common/times.h"
#include "drills/plan_parts.h"

enum { PLAN_NAME_MAX = 100 };

void rd_plan_free(struct rd_plan *plan)
{
    if (plan == NULL)
        return;
    rd_json_freep(&plan->parts);
    rd_json_freep(&plan->json);
}

void rd_plan_freep(struct rd_plan **plan)
{
    rd_plan_free(*plan);
    *plan = NULL;
}

int rd_plan_no_room(const struct rd_plan *plan, struct rd_err *reterr)
{
    int code = rd_arena_status(plan->arena, reterr);

    if (code == RD_E_LIMIT)
        rd_err_hint(reterr, "The plan holds too many values; split it into several plans.");
    return code != RD_OK ? code : rd_err_memory(reterr);
}

/* Names stand in file names, metrics and report identifiers. */
static void plan_check_name(const char *name, struct rd_faults *faults)
{
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(name);

    if (length == 0 || length > PLAN_NAME_MAX || strspn(name, allowed) != length ||
        name[0] == '.' || name[0] == '-')
        rd_faults_add(faults, "$.name",
                      "must be 1 to %d letters, digits, '.', '_' or '-', not beginning with '.' or "
                      "'-'",
                      PLAN_NAME_MAX);
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

/* Where the file really is: paths in a plan do not depend on links to it. */
static int plan_find_folder(struct rd_plan *plan, const char *path, struct rd_err *reterr)
{
    char *real = realpath(path, NULL);
    if (real == NULL)
        return rd_err_errno(reterr, errno, "cannot find the folder of '%s'", path);

    char *slash = strrchr(real, '/');
    plan->folder = rd_arena_strndup(plan->arena, real, slash == real ? 1 : (size_t)(slash - real));
    free(real);
    return plan->folder != NULL ? RD_OK : rd_plan_no_room(plan, reterr);
}

/* The tree of the file's text. */
static int plan_parse(struct rd_plan *plan, const char *path, const struct rd_buf *text,
                      struct rd_err *reterr)
{
    struct rd_err err = RD_ERR_INIT;

    int code = rd_json_parse(rd_buf_text(text), text->length, RD_JSON_COMMENTS, &plan->json, &err);
    if (code == RD_E_FORMAT) {
        rd_err_set(reterr, code, "'%s', %s", rd_file_name(path), err.message);
        rd_err_hint(reterr, "A plan is JSON in UTF-8, in which // begins a comment.");
        return code;
    }
    if (code != RD_OK)
        return rd_err_set(reterr, code, "%s", err.message);
    if (rd_json_type(plan->json) != RD_JSON_OBJECT)
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' must hold an object, not %s",
                          rd_file_name(path), rd_json_type_name(plan->json));
    return RD_OK;
}

static int plan_read_file(struct rd_plan *plan, const char *path, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_PLAN_MAX);

    int code = rd_file_read(path, &text, reterr);
    if (code == RD_E_LIMIT)
        rd_err_hint(reterr, "A plan has at most 1 MiB.");
    else if (code != RD_OK)
        rd_err_hint(reterr, "Name the file of a plan; 'redrill help run' shows how.");
    if (code != RD_OK)
        return code;
    code = plan_find_folder(plan, path, reterr);
    if (code == RD_OK)
        code = rd_sha256(rd_buf_text(&text), text.length, plan->sha256, reterr);
    return code == RD_OK ? plan_parse(plan, path, &text, reterr) : code;
}

/* A plan without `instance` wishes for what the table's defaults say. */
static int plan_default_wish(struct rd_plan *plan, struct rd_faults *faults, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *empty = rd_json_new_object();

    if (empty != NULL)
        plan->wish = rd_shape_parse(&rd_instance_shape, empty, "$.instance", NULL, faults);
    return plan->wish != NULL ? RD_OK : rd_plan_no_room(plan, reterr);
}

/* Looks up everything that the text names. */
static int plan_resolve(struct rd_plan *plan, const struct rd_plan_text *text,
                        struct rd_faults *faults, struct rd_err *reterr)
{
    int code = RD_OK;

    plan->name = text->name;
    plan->subject = text->subject;
    plan->objectives = text->objectives;
    plan->wish = text->wish;
    plan->signing = text->signing;
    plan->schedule = text->schedule;
    plan->timeout_ms = text->timeout_ms;
    if (plan->wish == NULL)
        code = plan_default_wish(plan, faults, reterr);
    if (text->name != NULL)
        plan_check_name(text->name, faults);
    if (text->target != NULL)
        plan_read_target(plan, text->target, faults);
    if (code == RD_OK && text->source != NULL)
        code = rd_plan_read_source(plan, text->source, faults, reterr);
    if (code == RD_OK)
        code = rd_plan_read_checks(plan, text->checks, faults, reterr);
    return code;
}

static int plan_load(struct rd_plan *plan, const char *path, const struct rd_strings *changes,
                     struct rd_faults *faults, struct rd_err *reterr)
{
    int code = plan_read_file(plan, path, reterr);

    for (size_t i = 0; code == RD_OK && i < changes->count; i++)
        code = rd_plan_change(plan, changes->items[i], reterr);
    if (code != RD_OK)
        return code;

    const struct rd_plan_text *text = rd_shape_parse(&rd_plan_shape, plan->json, "$", NULL, faults);
    if (text == NULL)
        return rd_plan_no_room(plan, reterr);
    code = plan_resolve(plan, text, faults, reterr);
    return code == RD_OK && rd_arena_status(plan->arena, NULL) != RD_OK
               ? rd_plan_no_room(plan, reterr)
               : code;
}

int rd_plan_load(const char *path, const struct rd_strings *changes, struct rd_faults *faults,
                 struct rd_plan **ret_plan, struct rd_err *reterr)
{
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = rd_arena_alloc(faults->arena, sizeof(*plan));

    if (plan == NULL)
        return rd_arena_status(faults->arena, reterr);
    plan->arena = faults->arena;
    int code = plan_load(plan, path, changes, faults, reterr);
    if (code == RD_OK && faults->count == 0) {
        *ret_plan = plan;
        plan = NULL;
    }
    return code;
}
