/*
 * plan.h: what to drill, how, and what is expected. Read from JSON with `//` comments; every
 * fault is collected, so that all of them can be told at once.
 */
#ifndef RD_PLAN_H
#define RD_PLAN_H

#include "drills/common/check.h"
#include "drills/common/provider.h"

enum { RD_PLAN_MAX = 1024 * 1024, RD_PLAN_ARENA_MAX = 32 * 1024 * 1024 };

struct rd_plan_subject {
    const char *system_name, *environment, *owner;
};

struct rd_plan_objectives {
    int64_t rpo_ms, rto_ms;
    int64_t declare_ms; /* the human part of an incident, added to the measured RTO */
};

struct rd_plan_signing {
    const struct rd_secret *key;
    const struct rd_secret *passphrase;
};

struct rd_plan_schedule {
    int64_t every_ms, grace_ms;
};

/* One entry of `checks`: what belongs to every check, and the module's own settings. */
struct rd_plan_check {
    const struct rd_check *module;
    const char *name; /* of its group of findings; NULL: the module's name */
    bool required;
    const char *database;
    int64_t timeout_ms;
    const void *settings;
};

struct rd_plan {
    struct rd_arena *arena;     /* the caller's; everything here lives in it */
    struct rd_json *json;       /* the parsed text: some settings borrow from it */
    struct rd_json *parts;      /* entries of `checks`, taken apart: the same */
    const char *folder;         /* relative paths in the plan count from here */
    char sha256[RD_SHA256_HEX]; /* of the file's bytes */

    const char *name;
    const struct rd_plan_subject *subject; /* may be NULL, as the other objects */
    const struct rd_provider *provider;
    const void *provider_settings;
    int64_t target_us; /* RD_ABSENT for "latest" */
    const struct rd_plan_objectives *objectives;
    const struct rd_instance_wish *wish; /* never NULL */
    struct rd_plan_check *checks;
    size_t check_count;
    const struct rd_plan_signing *signing;
    const struct rd_plan_schedule *schedule;
    int64_t timeout_ms;
    struct rd_list changed; /* struct rd_setting: what the command line changed; "(not shown)" for
                               what may be secret */
};

/*
 * Reads a plan. `changes` are "KEY=VALUE" of the command line, applied before anything is checked;
 * the value is JSON where it parses as JSON and the place does not want text, else text.
 *
 * The plan and its faults live in `faults->arena`, which the caller makes (RD_PLAN_ARENA_MAX) and
 * frees after rd_plan_free. RD_OK with faults->count > 0 is a plan with faults: `*ret_plan` stays
 * untouched then. An error is returned when the file cannot be read or is no JSON object, when a
 * change does not fit it, and when memory is gone.
 */
int rd_plan_load(const char *path, const struct rd_strings *changes, struct rd_faults *faults,
                 struct rd_plan **ret_plan, struct rd_err *reterr) RD_MUST_CHECK;
void rd_plan_free(struct rd_plan *plan);
void rd_plan_freep(struct rd_plan **plan);

/* The shape of a plan without `source` and `checks`, which depend on the modules; and what every
 * entry of `checks` has. */
extern const struct rd_shape rd_plan_shape;
extern const struct rd_shape rd_plan_check_shape;

/* The JSON Schema of plans, with every provider's and check's settings, and that of records. Both
 * are whole documents, with "$schema". */
int rd_plan_schema(struct rd_json **ret_json, struct rd_err *reterr) RD_MUST_CHECK;
int rd_plan_record_schema(struct rd_json **ret_json, struct rd_err *reterr) RD_MUST_CHECK;

#endif
