/*
 * provider.h: what a provider is: a module that turns a backup into an instance and removes it
 * again. One file each (with helpers of its own), listed in drills/providers/providers.c.
 *
 * Order of calls, by the runner only: open, locate, restore, destroy. Destroy is called exactly
 * once after an open that succeeded, whatever failed in between. Everything that a provider creates
 * lies in the drill's work folder or is noted in the lease first, so that `reap` can do without the
 * provider.
 */
#ifndef RD_PROVIDER_H
#define RD_PROVIDER_H

#include "drills/common/drill.h"

struct rd_provider {
    const char *name;    /* in plans */
    const char *summary; /* one line without stop */
    const struct rd_shape *settings;

    /* MUST: looks at the settings only; touches neither files nor network. */
    int (*open)(struct rd_drill *drill, const void *settings, void **ret_handle,
                struct rd_err *reterr);

    /* MUST: finds the restore point that the plan asks for, fills the record's backup and adds
     * evidence of its age. RD_E_BACKUP when there is none that could be restored; RD_E_NOT_FOUND
     * and RD_E_SYSTEM when one cannot look. */
    int (*locate)(void *handle, struct rd_err *reterr);

    /*
     * MUST: makes the instance and leaves it running and accepting queries. Adds findings to
     * `group` about everything that the backup did wrong; RD_E_BACKUP when there is nothing to ask
     * questions to, any other error when the machine is to blame. Marks phases with
     * rd_record_phase.
     */
    int (*restore)(void *handle, struct rd_group *group, struct rd_instance *ret_instance,
                   struct rd_err *reterr);

    /* MUST: stops what restore started, in an orderly way, and frees the handle. Files are left to
     * the lease. */
    int (*destroy)(void *handle, const struct rd_deadline *deadline, struct rd_err *reterr);
};

/* NULL-terminated. */
extern const struct rd_provider *const rd_providers[];

#endif
