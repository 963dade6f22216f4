/*
 * existing.c: the provider for a server that somebody else restored and runs. It only connects:
 * nothing is made, so there is nothing to remove, and neither the backup's age nor the time that
 * its restore took is known.
 */
#include <stdlib.h>
#include <string.h>

#include "drills/providers/providers.h"

enum { EXISTING_TEXT_MAX = 4096 };

struct existing_settings {
    const struct rd_secret *connection;
};

struct existing {
    struct rd_drill *drill;
    const struct existing_settings *settings;
    struct rd_buf conninfo; /* may hold a password */
};

static const struct rd_shape existing_shape = {
    .name = "existing",
    .size = sizeof(struct existing_settings),
    .fields =
        (const struct rd_field[]){
            {.name = "connection",
             .type = RD_T_SECRET,
             .offset = offsetof(struct existing_settings, connection),
             .flags = RD_REQUIRED,
             .help = "where the restored server is: a libpq connection string or URI, which may "
                     "hold a password"},
            {0},
        },
};

static int existing_open(struct rd_drill *drill, const void *settings, void **ret_handle,
                         struct rd_err *reterr)
{
    struct existing *existing = calloc(1, sizeof(*existing));

    if (existing == NULL)
        return rd_err_memory(reterr);
    existing->drill = drill;
    existing->settings = settings;
    existing->conninfo = (struct rd_buf)RD_BUF_INIT(RD_SECRET_MAX);
    *ret_handle = existing;
    return RD_OK;
}

static int existing_locate(void *handle, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf name = RD_BUF_INIT(EXISTING_TEXT_MAX);
    struct existing *existing = handle;
    struct rd_drill *drill = existing->drill;

    int code = rd_secret_reveal(existing->settings->connection, drill->plan_folder,
                                &drill->deadline, &existing->conninfo, reterr);
    if (code == RD_OK)
        code = rd_pg_describe(rd_buf_text(&existing->conninfo), &name, reterr);
    if (code != RD_OK)
        return code;

    struct rd_backup *backup = rd_recorder_record(drill->recorder)->backup;
    backup->name = rd_record_text(drill->recorder, "%s", rd_buf_text(&name));
    backup->format = "running server";
    rd_record_limit(drill->recorder, "The server was restored by somebody else: which backup it "
                                     "came from, and how old that was, is not known.");
    return RD_OK;
}

/* Roles without the right to ask for it leave the system identifier unknown. */
static const char *existing_identifier(const struct existing *existing, struct rd_pg *pg)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf identifier = RD_BUF_INIT(EXISTING_TEXT_MAX);

    if (rd_pg_value(pg, &existing->drill->deadline,
                    "SELECT system_identifier FROM pg_control_system()", &identifier, NULL,
                    NULL) != RD_OK)
        return NULL;
    return rd_record_text(existing->drill->recorder, "%s", rd_buf_text(&identifier));
}

static int existing_restore(void *handle, struct rd_group *group, struct rd_instance *ret_instance,
                            struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf database = RD_BUF_INIT(EXISTING_TEXT_MAX);
    struct existing *existing = handle;
    struct rd_drill *drill = existing->drill;
    struct rd_instance instance = {
        .provider = rd_provider_existing.name,
        .conninfo = rd_buf_text(&existing->conninfo),
        .database = drill->wish->database,
    };

    (void)group; /* nothing was restored here, so there is nothing to find */
    int code = rd_instance_open(&instance, NULL, 0, &drill->deadline, &pg, reterr);
    if (code == RD_OK)
        code =
            rd_pg_value(pg, &drill->deadline, "SELECT current_database()", &database, NULL, reterr);
    if (code != RD_OK) {
        rd_err_hint(reterr, "The plan's \"connection\" must lead to the restored server.");
        return code;
    }
    instance.database = rd_record_text(drill->recorder, "%s", rd_buf_text(&database));
    instance.version = rd_pg_version(pg);
    instance.system_identifier = existing_identifier(existing, pg);
    *ret_instance = instance;
    return RD_OK;
}

static int existing_destroy(void *handle, const struct rd_deadline *deadline, struct rd_err *reterr)
{
    struct existing *existing = handle;

    (void)deadline;
    (void)reterr;
    rd_buf_wipe(&existing->conninfo);
    free(existing);
    return RD_OK;
}

const struct rd_provider rd_provider_existing = {
    .name = "existing",
    .summary = "a server that somebody else restored: its checks run, and nothing of it is removed",
    .settings = &existing_shape,
    .open = existing_open,
    .locate = existing_locate,
    .restore = existing_restore,
    .destroy = existing_destroy,
};
