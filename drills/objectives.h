/*
 * objectives.h: RPO and RTO from what the drill recorded. RPO is data lost, not a file's age: the
 * worst of the evidence that counts. RTO runs from the drill's start to the end of the last
 * required check, plus the human part that the plan declares.
 */
#ifndef RD_OBJECTIVES_H
#define RD_OBJECTIVES_H

#include "drills/common/drill.h"
#include "drills/plan.h"

/* Where the clock of the RTO stopped. */
struct rd_stop_line {
    int64_t elapsed_ms; /* since the drill's start; RD_ABSENT when it never got there */
    const char *what;   /* "the last required check, http" */
};

/* Fills the record's rpo and rto and adds one finding for each to a group "objectives". Measures
 * also without an objective, which is then a skip that tells the number. An RTO is not met by an
 * instance that redrill did not restore: how long that took is not known. */
void rd_objectives_judge(struct rd_drill *drill, const struct rd_plan *plan, bool restored_by_us,
                         const struct rd_stop_line *stop);

#endif
