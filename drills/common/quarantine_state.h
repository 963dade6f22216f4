/*
 * quarantine_state.h: the part of the quarantine's proof that is not about settings: what the
 * server does. For quarantine.c only.
 */
#ifndef RD_QUARANTINE_STATE_H
#define RD_QUARANTINE_STATE_H

#include "drills/common/drill.h"

/* Adds one finding for each question; one that cannot be asked is in error. */
void rd_quarantine_prove_state(struct rd_drill *drill, const struct rd_instance *instance,
                               struct rd_pg *pg, struct rd_group *group);

#endif
