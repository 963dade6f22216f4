/*
 * check.h: what a check is: a module that puts one kind of question to an instance. One file each,
 * listed in checks/checks.c.
 *
 * A check adds at least one finding for each thing that it looked at; a check that found nothing to
 * look at adds a skip with the reason, or an error where the plan named something that is not
 * there. A failed expectation is a finding; what kept the check from knowing is an error, returned
 * or as a finding.
 */
#ifndef RD_CHECK_H
#define RD_CHECK_H

#include "drills/common/drill.h"

enum rd_need {
    RD_NEEDS_SQL = 1, /* a session: run gets `pg` */
    RD_NEEDS_SUPERUSER =
        2, /* the session's role must be superuser; else the check is skipped with that reason */
};

struct rd_check_run {
    struct rd_drill *drill;
    const struct rd_instance *instance;
    const char *database;        /* the check's own `database`, else the instance's */
    struct rd_pg *pg;            /* read-only session with it; NULL unless needed */
    struct rd_group *group;      /* where findings go */
    struct rd_deadline deadline; /* the check's own `timeout`, within the drill's */
};

struct rd_check {
    const char *name;
    const char *summary;
    const struct rd_shape *settings; /* its own; `check`, `name`, `required`, `database` and
                                        `timeout` belong to every check */
    unsigned needs;
    bool application; /* its time counts as the phase "application", not "checks" */
    /* MUST. An error that is returned becomes a finding. */
    int (*run)(const struct rd_check_run *run, const void *settings, struct rd_err *reterr);
};

/* NULL-terminated. */
extern const struct rd_check *const rd_checks[];

#endif
