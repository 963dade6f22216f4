/*
 * runner.h: one drill, from a plan to evidence. runner.c is the only file that knows the order.
 */
#ifndef RD_RUNNER_H
#define RD_RUNNER_H

#include "drills/common/keys.h"
#include "drills/plan.h"

struct rd_run_wish {
    const char *out;          /* folder of the reports; NULL: below the state folder */
    const char *state;        /* state folder */
    const struct rd_key *key; /* signs the report; NULL: unsigned */
    bool keep;
    int cancel_fd; /* of rd_interrupt_setup */
};

struct rd_run_result {
    int verdict;  /* enum rd_verdict of the drill */
    bool removed; /* the teardown is proven; false with `keep` as well */
    bool kept;
    char id[RD_UUID_TEXT];
    struct rd_buf
        summary; /* the console report, then where the reports are, then the teardown's proof */
};

/*
 * Runs the drill. An error is returned when it could not begin or no report could be written;
 * everything else is in the record and the verdict. The teardown runs on every path. Free
 * `ret_result->summary` in any case.
 */
int rd_run(const struct rd_plan *plan, const struct rd_run_wish *wish,
           struct rd_run_result *ret_result, struct rd_err *reterr) RD_MUST_CHECK;

#endif
