/*
 * plan_text.h: a plan as it is written, before its modules have been looked up. For plan.c and
 * plan_shape.c only.
 */
#ifndef RD_PLAN_TEXT_H
#define RD_PLAN_TEXT_H

#include "drills/plan.h"

struct rd_plan_text {
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

#endif
