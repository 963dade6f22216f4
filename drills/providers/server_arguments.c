/*
 * server_arguments.c: see server_arguments.h.
 */
#include "drills/providers/server_arguments.h"

#include "drills/common/quarantine.h"

enum { ARGUMENTS_MAX = 1024 };

/* For volume: a plan may know better. */
static const char *const arguments_sizes[] = {"max_wal_size=4GB", NULL};
static const char *const arguments_sizes_fast[] = {
    "maintenance_work_mem=256MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    NULL,
};

/* What a production server must have, so that the time that a restore takes means something. */
static const char *const arguments_faithful[] = {
    "fsync=on", "full_page_writes=on", "synchronous_commit=on", "wal_level=replica", NULL,
};
static const char *const arguments_fast[] = {
    "fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", NULL,
};

/*
 * The log goes into reports, so statements, their parameters and what errors quote must not reach
 * it: `log` is what the server says of itself, and ranks above errors and warnings of sessions.
 * Sessions may still ask for more: a role's own settings beat these.
 */
static const char *const arguments_log[] = {
    "log_line_prefix=%m [%p %b] %e ", /* drills/report_log.c reads it */
    "log_error_verbosity=terse",
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_statement=none",
    "log_duration=off",
    "log_min_duration_statement=-1",
    "log_min_duration_sample=-1",
    "log_transaction_sample_rate=0",
    "log_autovacuum_min_duration=-1",
    "log_temp_files=-1",
    "log_lock_waits=off",
    "log_connections=off",
    "log_disconnections=off",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "debug_print_parse=off",
    "debug_print_rewritten=off",
    "debug_print_plan=off",
    "lc_messages=C",
    "log_timezone=UTC",
    "TimeZone=UTC",
    NULL,
};

struct arguments {
    struct rd_arena *arena;
    const char **items;
    size_t count;
    bool lost; /* memory or room is gone */
};

static void arguments_add(struct arguments *arguments, const char *text)
{
    if (text == NULL || arguments->count + 1 >= ARGUMENTS_MAX)
        arguments->lost = true;
    else
        arguments->items[arguments->count++] = text;
}

static void arguments_add_settings(struct arguments *arguments, const char *const *settings)
{
    for (; *settings != NULL; settings++) {
        arguments_add(arguments, "-c");
        arguments_add(arguments, *settings);
    }
}

static void arguments_add_wishes(struct arguments *arguments, const struct rd_list *settings)
{
    const struct rd_setting *items = settings->items;

    for (size_t i = 0; i < settings->count; i++) {
        arguments_add(arguments, "-c");
        arguments_add(arguments,
                      rd_arena_printf(arguments->arena, "%s=%s", items[i].name, items[i].value));
    }
}

const char *const *rd_server_arguments(const struct rd_drill *drill, int major,
                                       const char *postgres, const char *data_folder,
                                       const char *socket_folder)
{
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    struct arguments arguments = {.arena = arena};
    bool fast = drill->wish->profile == RD_PROFILE_FAST;

    const char *const *quarantine = rd_quarantine_arguments(drill, major, socket_folder);
    arguments.items = rd_arena_alloc(arena, ARGUMENTS_MAX * sizeof(*arguments.items));
    if (quarantine == NULL || arguments.items == NULL)
        return NULL;

    arguments_add(&arguments, postgres);
    arguments_add(&arguments, "-D");
    arguments_add(&arguments, data_folder);
    arguments_add_settings(&arguments, fast ? arguments_sizes_fast : arguments_sizes);
    arguments_add_wishes(&arguments, &drill->wish->settings);
    arguments_add_settings(&arguments, arguments_log);
    arguments_add_settings(&arguments, fast ? arguments_fast : arguments_faithful);
    for (; *quarantine != NULL; quarantine++)
        arguments_add(&arguments, *quarantine);
    return arguments.lost ? NULL : arguments.items;
}
