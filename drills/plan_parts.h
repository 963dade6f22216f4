/*
 * plan_parts.h: what the parts of plan (loading, modules, changes, tables) share. For them only.
 */
#ifndef RD_PLAN_PARTS_H
#define RD_PLAN_PARTS_H

#include "drills/plan.h"

/* A plan as it is written, before its modules have been looked up. */
struct rd_plan_text {
    const char *schema;
    const char *name;
    const struct rd_plan_subject *subject;
    const struct rd_json *source;
    const char *target;
    const struct rd_plan_objectives *objectives;
    const struct rd_instance_wish *wish;
    const struct rd_json *checks;
    const struct rd_plan_signing *signing;
    const struct rd_plan_schedule *schedule;
    int64_t timeout_ms;
};

/* The module of that name, or NULL. */
const struct rd_provider *rd_plan_provider(const char *name);
const struct rd_check *rd_plan_check_module(const char *name);

/* The field of that name, or NULL. `length` bytes of `name` count. */
const struct rd_field *rd_plan_field(const struct rd_shape *shape, const char *name, size_t length);

/* Fill the plan from its `source` and `checks`; `checks` NULL: the standard ones. Faults are
 * collected; an error is that memory, or the room for a plan, is gone. */
int rd_plan_read_source(struct rd_plan *plan, const struct rd_json *source,
                        struct rd_faults *faults, struct rd_err *reterr) RD_MUST_CHECK;
int rd_plan_read_checks(struct rd_plan *plan, const struct rd_json *checks,
                        struct rd_faults *faults, struct rd_err *reterr) RD_MUST_CHECK;

/* Applies one KEY=VALUE of the command line to the tree and notes it in `changed`, without the
 * value where that may be secret. */
int rd_plan_change(struct rd_plan *plan, const char *change, struct rd_err *reterr) RD_MUST_CHECK;

/* The error that made something of the plan NULL: its room or memory is gone. */
int rd_plan_no_room(const struct rd_plan *plan, struct rd_err *reterr);

#endif
