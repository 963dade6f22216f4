/*
 * command_run.c: `redrill run` and `redrill plan`.
 */
#include <string.h>

#include "drills/commands.h"
#include "drills/common/times.h"
#include "drills/interrupt.h"
#include "drills/keyring.h"
#include "drills/log.h"
#include "drills/runner.h"
#include "drills/state.h"

enum { COMMAND_FAULTS_MAX = 1024 * 1024, COMMAND_KEY_MS = 60 * 1000 };

/* Every fault of the plan: as the result on stdout, or among what goes wrong on stderr. */
static void command_tell_faults(const char *path, const struct rd_faults *faults, bool result)
{
    size_t kept = faults->count < RD_FAULTS_MAX ? faults->count : RD_FAULTS_MAX;
    struct rd_err err = RD_ERR_INIT;

    for (size_t i = 0; i < kept; i++) {
        if (result)
            printf("%s: %s\n", faults->items[i].path, faults->items[i].message);
        else
            rd_log_fault(faults->items[i].path, faults->items[i].message);
    }
    rd_err_set(&err, RD_E_ARGUMENT, "'%s' has %zu fault%s", path, faults->count,
               faults->count == 1 ? "" : "s");
    if (kept < faults->count)
        rd_err_detail(&err, "the first %zu are shown", kept);
    if (!result)
        rd_err_hint(&err, "'redrill plan' checks a plan and touches nothing.");
    rd_log_error(&err);
}

/* --set and --target as changes of the plan, which borrow from `target`. */
static int command_changes(const struct rd_invocation *invocation, struct rd_buf *target,
                           const char **items, struct rd_strings *ret_changes,
                           struct rd_err *reterr)
{
    *ret_changes = (struct rd_strings){.items = items};
    for (size_t i = 0; i < invocation->set.count; i++)
        items[ret_changes->count++] = invocation->set.items[i];
    if (invocation->target == NULL)
        return RD_OK;
    rd_buf_printf(target, "target=%s", invocation->target);
    items[ret_changes->count++] = rd_buf_text(target);
    return rd_buf_status(target, "the target", reterr);
}

/* Loads a plan and tells what is wrong with it; NULL and an exit status when it is not usable. */
static struct rd_plan *command_load_plan(const struct rd_invocation *invocation,
                                         struct rd_arena *arena, bool faults_are_the_result,
                                         int *ret_exit)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf target = RD_BUF_INIT(RD_PLAN_MAX);
    const char *path = invocation->arguments[0];
    struct rd_plan *plan = NULL;
    struct rd_faults faults = {.arena = arena};
    struct rd_err err = RD_ERR_INIT;
    const char *items[RD_OPTION_TEXTS_MAX + 1];
    struct rd_strings changes;

    int code = arena != NULL ? command_changes(invocation, &target, items, &changes, &err)
                             : rd_err_memory(&err);
    if (code == RD_OK)
        code = rd_plan_load(path, &changes, &faults, &plan, &err);
    /* A plan that cannot be read is a usage error, whatever the reason. */
    *ret_exit = code == RD_E_MEMORY ? RD_EXIT_ERROR : RD_EXIT_USAGE;
    if (code != RD_OK)
        rd_log_error(&err);
    else if (plan == NULL)
        command_tell_faults(path, &faults, faults_are_the_result);
    return plan;
}

static int command_load_key(const struct rd_plan *plan, bool unsigned_drill, int cancel_fd,
                            struct rd_key **ret_key, int *ret_exit)
{
    struct rd_deadline deadline = rd_deadline_in_ms(COMMAND_KEY_MS, cancel_fd);
    struct rd_err err = RD_ERR_INIT;
    int code = RD_OK;

    if (unsigned_drill)
        return RD_OK;
    *ret_exit = RD_EXIT_USAGE;
    if (plan->signing == NULL) {
        code = rd_err_set(&err, RD_E_ARGUMENT, "the plan '%s' has no signing key", plan->name);
        rd_err_hint(&err, "Make one with 'redrill keygen --out drill.pem' and name it under "
                          "\"signing\", or run with --unsigned.");
    } else {
        code = rd_keyring_load_private(plan->signing->key, plan->signing->passphrase, plan->folder,
                                       &deadline, ret_key, &err);
        *ret_exit = RD_EXIT_ERROR;
    }
    if (code != RD_OK)
        rd_log_error(&err);
    return code;
}

static int command_exit_status(const struct rd_run_result *result)
{
    bool settled = result->removed || result->kept;

    switch (result->verdict) {
    case RD_PASS:
        return settled ? RD_EXIT_PASS : RD_EXIT_ERROR;
    case RD_FAIL:
        return RD_EXIT_FAIL;
    default:
        return RD_EXIT_ERROR;
    }
}

static int command_drill(const struct rd_plan *plan, const struct rd_invocation *invocation,
                         const struct rd_key *key, int cancel_fd)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf state = RD_BUF_INIT(4096);
    struct rd_err err = RD_ERR_INIT;
    struct rd_run_result result;

    if (rd_state_folder(invocation->state, &state, &err) != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_USAGE;
    }
    struct rd_run_wish wish = {
        .out = invocation->out,
        .state = rd_buf_text(&state),
        .key = key,
        .keep = invocation->keep,
        .cancel_fd = cancel_fd,
    };
    int code = rd_run(plan, &wish, &result, &err);
    int status = command_exit_status(&result);
    if (fputs(rd_buf_text(&result.summary), stdout) < 0 || fflush(stdout) != 0) {
        /* The reports hold it all; the verdict decides the exit status. */
        rd_log_warning("the summary could not be written to stdout");
        clearerr(stdout);
    }
    rd_buf_free(&result.summary);
    if (code != RD_OK) {
        rd_log_error(&err);
        return status == RD_EXIT_FAIL ? RD_EXIT_FAIL : RD_EXIT_ERROR;
    }
    return status;
}

int rd_command_run(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(RD_PLAN_ARENA_MAX);
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    struct rd_err err = RD_ERR_INIT;
    int cancel_fd = -1;
    int status = RD_EXIT_ERROR;

    if (rd_interrupt_setup(&cancel_fd, &err) != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_ERROR;
    }
    plan = command_load_plan(invocation, arena, false, &status);
    if (plan == NULL)
        return status;
    if (command_load_key(plan, invocation->unsigned_drill, cancel_fd, &key, &status) != RD_OK)
        return status;
    return command_drill(plan, invocation, key, cancel_fd);
}

int rd_command_plan(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(RD_PLAN_ARENA_MAX);
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = NULL;
    int status = RD_EXIT_ERROR;
    char text[RD_TIME_TEXT];

    plan = command_load_plan(invocation, arena, true, &status);
    if (plan == NULL)
        return status;

    printf("plan      %s\n", plan->name);
    printf("provider  %s\n", plan->provider->name);
    printf("target    %s\n",
           plan->target_us == RD_ABSENT ? "latest" : rd_time_format(plan->target_us, text));
    for (size_t i = 0; i < plan->check_count; i++)
        printf("%s%s%s\n", i == 0 ? "checks    " : "          ", plan->checks[i].module->name,
               plan->checks[i].required ? "" : " (not required)");
    printf("signing   %s\n", plan->signing != NULL ? "yes" : "no: needs 'run --unsigned'");
    puts("The plan is valid.");
    return RD_EXIT_PASS;
}
