/*
 * command_reap.c: `redrill reap`.
 */
#include <string.h>

#include "drills/commands.h"
#include "drills/common/lease.h"
#include "drills/interrupt.h"
#include "drills/log.h"
#include "drills/state.h"

enum { REAP_MS = 30 * 60 * 1000 };

/* How often each outcome came. */
struct reap_counts {
    size_t of[RD_REAP_FAILED + 1];
};

static const char *const reap_words[] = {
    [RD_REAP_REMOVED] = "removed",
    [RD_REAP_RUNNING] = "running",
    [RD_REAP_KEPT] = "kept",
    [RD_REAP_FAILED] = "failed",
};

static void reap_tell(void *context, const struct rd_reaped *reaped)
{
    struct reap_counts *counts = context;
    const char *proof = reaped->proof != NULL ? reaped->proof : "";

    counts->of[reaped->what]++;
    printf("%-8s %s  %s\n", reap_words[reaped->what], reaped->drill_id,
           reaped->plan_name != NULL ? reaped->plan_name : "");
    while (proof[0] != '\0') {
        size_t length = strcspn(proof, "\n");
        printf("         %.*s\n", (int)length, proof);
        proof += length + (proof[length] == '\n' ? 1 : 0);
    }
}

int rd_command_reap(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf state = RD_BUF_INIT(4096);
    struct reap_counts counts = {0};
    struct rd_err err = RD_ERR_INIT;
    int cancel_fd = -1;

    int code = rd_interrupt_setup(&cancel_fd, &err);
    if (code == RD_OK)
        code = rd_state_folder(invocation->state, &state, &err);
    if (code == RD_OK) {
        struct rd_deadline deadline = rd_deadline_in_ms(REAP_MS, cancel_fd);
        code = rd_lease_reap(rd_buf_text(&state), invocation->kept, &deadline, reap_tell, &counts,
                             &err);
    }
    if (code != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_ERROR;
    }
    rd_log_progress("%zu removed, %zu running, %zu kept, %zu failed", counts.of[RD_REAP_REMOVED],
                    counts.of[RD_REAP_RUNNING], counts.of[RD_REAP_KEPT], counts.of[RD_REAP_FAILED]);
    return counts.of[RD_REAP_FAILED] == 0 ? RD_EXIT_PASS : RD_EXIT_ERROR;
}
