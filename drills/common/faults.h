/*
 * faults.h: everything that is wrong with a plan, each with its JSON path, so that all of
 * it can be told at once.
 */
#ifndef RD_FAULTS_H
#define RD_FAULTS_H

#include "drills/common/arena.h"

struct rd_fault {
    const char *path;    /* "$.checks[2].max_age" */
    const char *message; /* "'max_agee' is not known; did you mean 'max_age'?" */
};

enum { RD_FAULTS_MAX = 200 };

struct rd_faults {
    struct rd_arena *arena;
    size_t count; /* as many as were found, also beyond the maximum */
    struct rd_fault items[RD_FAULTS_MAX];
};

void rd_faults_add(struct rd_faults *faults, const char *path, const char *format, ...)
    RD_PRINTF(3, 4);

#endif
