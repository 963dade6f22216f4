/*
 * command_run.c: `redrill run` and `redrill plan`.
 */
#include <string.h>

#include "drills/commands.h"
#include "drills/common/text.h"
#include "drills/common/times.h"
#include "drills/interrupt.h"
#include "drills/keyring.h"
#include "drills/log.h"
#include "drills/runner.h"
#include "drills/state.h"

enum { COMMAND_FAULTS_MAX = 1024 * 1024, COMMAND_KEY_MS = 60 * 1000 };

/* Every fault of the plan, a line each. */
static void command_tell_faults(const char *path, const struct rd_faults *faults, FILE *out)
{
    size_t shown = faults->count < RD_FAULTS_MAX ? faults->count : RD_FAULTS_MAX;
    struct rd_err err = RD_ERR_INIT;

    for (size_t i = 0; i < shown; i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(16 * 1024);
        const struct rd_fault *fault = &faults->items[i];
        rd_text_clean(&line, fault->path, strlen(fault->path));
        rd_buf_puts(&line, ": ");
        rd_text_clean(&line, fault->message, strlen(fault->message));
        fprintf(out, "%s\n", rd_buf_text(&line));
    }
    rd_err_set(&err, RD_E_ARGUMENT, "'%s' has %zu fault%s", path, faults->count,
               faults->count == 1 ? "" : "s");
    rd_log_error(&err);
}

/* Loads a plan and tells what is wrong with it; NULL and an exit status when it is not usable. */
static struct rd_plan *command_load_plan(const struct rd_invocation *invocation, FILE *faults_to,
                                         int *ret_exit)
{
    const char *path = invocation->arguments[0];
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = NULL;
    struct rd_faults faults = {0};
    struct rd_err err = RD_ERR_INIT;
    const char *items[RD_OPTION_TEXTS_MAX + 1];
    struct rd_strings changes = {.items = items};
    char target[256];

    for (size_t i = 0; i < invocation->set.count; i++)
        items[changes.count++] = invocation->set.items[i];
    if (invocation->target != NULL) {
        snprintf(target, sizeof(target), "target=\"%s\"", invocation->target);
        items[changes.count++] = target;
    }

    int code = rd_plan_load(path, &changes, &faults, &plan, &err);
    if (code != RD_OK) {
        rd_log_error(&err);
        /* A plan that cannot be read is a usage error, whatever the reason. */
        *ret_exit = code == RD_E_MEMORY ? RD_EXIT_ERROR : RD_EXIT_USAGE;
        return NULL;
    }
    if (faults.count > 0) {
        command_tell_faults(path, &faults, faults_to);
        *ret_exit = RD_EXIT_USAGE;
        return NULL;
    }
    struct rd_plan *loaded = plan;
    plan = NULL;
    return loaded;
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
    if (fputs(rd_buf_text(&result.summary), stdout) < 0 || fflush(stdout) != 0)
        rd_log_warning("the summary could not be written to stdout");
    rd_buf_free(&result.summary);
    if (code != RD_OK) {
        rd_log_error(&err);
        return status == RD_EXIT_FAIL ? RD_EXIT_FAIL : RD_EXIT_ERROR;
    }
    return status;
}

int rd_command_run(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = NULL;
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    struct rd_err err = RD_ERR_INIT;
    int cancel_fd = -1;
    int status = RD_EXIT_ERROR;

    if (rd_interrupt_setup(&cancel_fd, &err) != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_ERROR;
    }
    plan = command_load_plan(invocation, stderr, &status);
    if (plan == NULL)
        return status;
    if (command_load_key(plan, invocation->unsigned_drill, cancel_fd, &key, &status) != RD_OK)
        return status;
    return command_drill(plan, invocation, key, cancel_fd);
}

int rd_command_plan(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = NULL;
    int status = RD_EXIT_ERROR;
    char text[RD_TIME_TEXT];

    plan = command_load_plan(invocation, stdout, &status);
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
