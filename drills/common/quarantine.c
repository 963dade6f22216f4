/*
 * quarantine.c: see quarantine.h. One table of settings: the server's command line and the proof
 * that it holds both come from it. What else is asked of the server is in quarantine_state.c.
 */
#include "drills/common/quarantine.h"

#include <string.h>

#include "drills/common/quarantine_state.h"

enum {
    QUARANTINE_FOREIGN = 1,  /* also asked of a server that somebody else runs */
    QUARANTINE_PRIVATE = 2,  /* another value than ours may hold a password: never shown */
    QUARANTINE_OVERRIDE = 4, /* the server repeats it to itself, which hides where it came from */
    QUARANTINE_SESSION = 8,  /* redrill's own sessions set it, which hides what others would see */
};

enum quarantine_kind {
    QUARANTINE_TEXT = 0, /* the value as it stands */
    QUARANTINE_IN_WORK,  /* a path below the work folder */
    QUARANTINE_SOCKETS,  /* the folder for sockets */
    QUARANTINE_PRELOAD,  /* the libraries that the plan allows */
};

struct quarantine_setting {
    const char *name;
    const char *value;
    int since, before; /* major versions that know it: since <= version < before; 0: no bound */
    unsigned flags;
    enum quarantine_kind kind;
    const char *also;    /* another way in which the server tells the same value */
    const char *library; /* only where this library is preloaded */
};

/* clang-format off */
static const struct quarantine_setting quarantine_settings[] = {
    /* Its configuration is ours, not what the backup brought along. */
    {.name = "config_file", .value = "config/postgresql.conf", .kind = QUARANTINE_IN_WORK,
     .flags = QUARANTINE_OVERRIDE},
    {.name = "hba_file", .value = "config/pg_hba.conf", .kind = QUARANTINE_IN_WORK,
     .flags = QUARANTINE_OVERRIDE},
    {.name = "ident_file", .value = "config/pg_ident.conf", .kind = QUARANTINE_IN_WORK,
     .flags = QUARANTINE_OVERRIDE},
    {.name = "data_directory", .value = "data", .kind = QUARANTINE_IN_WORK,
     .flags = QUARANTINE_OVERRIDE},

    /* Nobody comes in but through a socket in a private folder. */
    {.name = "listen_addresses", .value = "", .flags = QUARANTINE_FOREIGN},
    {.name = "port", .value = "5432"},
    {.name = "unix_socket_directories", .kind = QUARANTINE_SOCKETS},
    {.name = "unix_socket_group", .value = ""},
    {.name = "unix_socket_permissions", .value = "0700"},
    {.name = "ssl", .value = "off"},
    {.name = "ssl_passphrase_command", .value = "", .flags = QUARANTINE_PRIVATE},
    {.name = "krb_server_keyfile", .value = ""},
    {.name = "oauth_validator_libraries", .value = "", .since = 18},
    {.name = "bonjour", .value = "off", .flags = QUARANTINE_FOREIGN},

    /* It archives nothing, fetches nothing, follows nobody and feeds nobody. */
    {.name = "archive_mode", .value = "off", .flags = QUARANTINE_FOREIGN},
    {.name = "archive_command", .value = "", .also = "(disabled)",
     .flags = QUARANTINE_FOREIGN | QUARANTINE_PRIVATE},
    {.name = "archive_library", .value = "", .since = 15, .flags = QUARANTINE_FOREIGN},
    {.name = "archive_cleanup_command", .value = "",
     .flags = QUARANTINE_FOREIGN | QUARANTINE_PRIVATE},
    {.name = "restore_command", .value = "", .flags = QUARANTINE_FOREIGN | QUARANTINE_PRIVATE},
    {.name = "recovery_end_command", .value = "", .flags = QUARANTINE_FOREIGN | QUARANTINE_PRIVATE},
    {.name = "promote_trigger_file", .value = "", .before = 16},
    {.name = "primary_conninfo", .value = "", .flags = QUARANTINE_FOREIGN | QUARANTINE_PRIVATE},
    {.name = "primary_slot_name", .value = "", .flags = QUARANTINE_FOREIGN},
    {.name = "synchronous_standby_names", .value = "", .flags = QUARANTINE_FOREIGN},
    {.name = "synchronized_standby_slots", .value = "", .since = 17},
    {.name = "sync_replication_slots", .value = "off", .since = 17, .flags = QUARANTINE_FOREIGN},
    {.name = "max_wal_senders", .value = "0"},
    {.name = "max_logical_replication_workers", .value = "0", .flags = QUARANTINE_FOREIGN},
    {.name = "max_sync_workers_per_subscription", .value = "0"},
    {.name = "max_parallel_apply_workers_per_subscription", .value = "0", .since = 16},

    /* It runs no code but its own and what the plan allows. */
    {.name = "shared_preload_libraries", .kind = QUARANTINE_PRELOAD, .flags = QUARANTINE_FOREIGN},
    {.name = "session_preload_libraries", .value = "", .flags = QUARANTINE_SESSION},
    {.name = "local_preload_libraries", .value = "", .flags = QUARANTINE_SESSION},
    {.name = "dynamic_library_path", .value = "$libdir"},
    {.name = "extension_control_path", .value = "$system", .since = 18},
    {.name = "jit_provider", .value = "llvmjit"},
    {.name = "event_triggers", .value = "off", .since = 17, .flags = QUARANTINE_SESSION},
    {.name = "cron.launch_active_jobs", .value = "off", .library = "pg_cron"},
    {.name = "timescaledb.max_background_workers", .value = "0", .library = "timescaledb"},
    {.name = "timescaledb.telemetry_level", .value = "off", .library = "timescaledb"},

    /* It writes to its work folder and to redrill, and leaves nothing elsewhere. */
    {.name = "log_destination", .value = "stderr"},
    {.name = "logging_collector", .value = "off"},
    {.name = "log_directory", .value = "data/log", .kind = QUARANTINE_IN_WORK},
    {.name = "log_hostname", .value = "off"},
    {.name = "external_pid_file", .value = ""},
    {.name = "stats_temp_directory", .value = "pg_stat_tmp", .before = 15},
    {.name = "dynamic_shared_memory_type", .value = "mmap"},
    {.name = "shared_memory_type", .value = "mmap"},

    /* It does not pass over damage in silence. */
    {.name = "zero_damaged_pages", .value = "off", .flags = QUARANTINE_SESSION},
    {.name = "ignore_checksum_failure", .value = "off", .flags = QUARANTINE_SESSION},
    {.name = "ignore_invalid_pages", .value = "off"},
    {.name = "ignore_system_indexes", .value = "off"},
    {.name = "session_replication_role", .value = "origin", .flags = QUARANTINE_SESSION},
};
/* clang-format on */

/* What the server says of all its settings. */
struct quarantine_answers {
    struct rd_pg_result *settings;  /* name, value, source */
    struct rd_pg_result *overrides; /* name, number of roles and databases that set it */
};

static bool quarantine_preloads(const struct rd_drill *drill, const char *library)
{
    for (size_t i = 0; i < drill->wish->preload.count; i++) {
        if (strcmp(drill->wish->preload.items[i], library) == 0)
            return true;
    }
    return false;
}

static bool quarantine_applies(const struct quarantine_setting *setting,
                               const struct rd_drill *drill, int major)
{
    return major >= setting->since && (setting->before == 0 || major < setting->before) &&
           (setting->library == NULL || quarantine_preloads(drill, setting->library));
}

static const char *quarantine_libraries(const struct rd_drill *drill)
{
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    const char *list = "";

    for (size_t i = 0; i < drill->wish->preload.count && list != NULL; i++)
        list =
            rd_arena_printf(arena, "%s%s%s", list, i > 0 ? "," : "", drill->wish->preload.items[i]);
    return list;
}

/* What the setting is to be; NULL when memory is gone. */
static const char *quarantine_value(const struct quarantine_setting *setting,
                                    const struct rd_drill *drill, const char *socket_folder)
{
    switch (setting->kind) {
    case QUARANTINE_IN_WORK:
        return rd_arena_printf(rd_recorder_arena(drill->recorder), "%s/%s", drill->work,
                               setting->value);
    case QUARANTINE_SOCKETS:
        return socket_folder;
    case QUARANTINE_PRELOAD:
        return quarantine_libraries(drill);
    default:
        return setting->value;
    }
}

const char *const *rd_quarantine_arguments(const struct rd_drill *drill, int major,
                                           const char *socket_folder)
{
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    const char **arguments =
        rd_arena_alloc(arena, (2 * RD_COUNT(quarantine_settings) + 1) * sizeof(*arguments));
    size_t count = 0;

    if (arguments == NULL)
        return NULL;
    for (size_t i = 0; i < RD_COUNT(quarantine_settings); i++) {
        const struct quarantine_setting *setting = &quarantine_settings[i];
        if (!quarantine_applies(setting, drill, major))
            continue;
        const char *value = quarantine_value(setting, drill, socket_folder);
        if (value == NULL)
            return NULL;
        arguments[count++] = "-c";
        arguments[count] = rd_arena_printf(arena, "%s=%s", setting->name, value);
        if (arguments[count++] == NULL)
            return NULL;
    }
    return arguments;
}

static int quarantine_ask(struct rd_pg *pg, const struct rd_deadline *deadline,
                          struct quarantine_answers *answers, struct rd_err *reterr)
{
    int code = rd_pg_query(pg, deadline, "SELECT name, setting, source FROM pg_settings", 0, NULL,
                           &answers->settings, reterr);
    if (code != RD_OK)
        return code;
    return rd_pg_query(pg, deadline,
                       "SELECT lower(split_part(entry, '=', 1)), count(*) "
                       "FROM pg_db_role_setting, unnest(setconfig) AS entry GROUP BY 1",
                       0, NULL, &answers->overrides, reterr);
}

static void quarantine_answers_free(struct quarantine_answers *answers)
{
    rd_pg_result_free(answers->settings);
    rd_pg_result_free(answers->overrides);
}

/* The row whose first column is `name`; the number of rows when there is none. */
static size_t quarantine_row(const struct rd_pg_result *result, const char *name)
{
    size_t row = 0;

    while (row < rd_pg_rows(result) && strcmp(rd_pg_get(result, row, 0), name) != 0)
        row++;
    return row;
}

static bool quarantine_source_holds(const struct quarantine_setting *setting, const char *source)
{
    return strcmp(source, "command line") == 0 ||
           ((setting->flags & QUARANTINE_OVERRIDE) != 0 && strcmp(source, "override") == 0) ||
           ((setting->flags & QUARANTINE_SESSION) != 0 && strcmp(source, "client") == 0);
}

static const char *quarantine_shown(const char *value)
{
    return *value != '\0' ? value : "(empty)";
}

struct quarantine_proof {
    struct rd_drill *drill;
    const struct rd_instance *instance;
    struct rd_group *group;
    const struct quarantine_answers *answers;
};

/* One finding about one setting of a server of ours. */
static struct rd_finding *quarantine_judge_ours(const struct quarantine_proof *proof,
                                                const struct quarantine_setting *setting,
                                                bool equal, const char *source)
{
    struct rd_recorder *recorder = proof->drill->recorder;
    const struct rd_pg_result *overrides = proof->answers->overrides;
    size_t row = quarantine_row(overrides, setting->name);

    if (!equal)
        return rd_find(recorder, proof->group, RD_FAIL, setting->name,
                       "the server runs with another value");
    if (!quarantine_source_holds(setting, source))
        return rd_find(recorder, proof->group, RD_FAIL, setting->name,
                       "the value comes from '%s' and not from redrill", source);
    if (row < rd_pg_rows(overrides))
        return rd_find(recorder, proof->group, RD_SKIP, setting->name,
                       "not proven: %s of the restored roles and databases set it for sessions of "
                       "their own",
                       rd_pg_get(overrides, row, 1));
    return rd_find(recorder, proof->group, RD_PASS, setting->name,
                   "the server runs with redrill's value");
}

static struct rd_finding *quarantine_judge_foreign(const struct quarantine_proof *proof,
                                                   const struct quarantine_setting *setting,
                                                   bool equal)
{
    if (equal)
        return rd_find(proof->drill->recorder, proof->group, RD_PASS, setting->name,
                       "the server runs with the safe value");
    return rd_find(proof->drill->recorder, proof->group, RD_SKIP, setting->name,
                   "not proven: the server runs with another value than a quarantine would set");
}

static void quarantine_judge(const struct quarantine_proof *proof,
                             const struct quarantine_setting *setting)
{
    struct rd_recorder *recorder = proof->drill->recorder;
    const struct rd_pg_result *settings = proof->answers->settings;
    bool ours = proof->instance->ours;
    const char *expected = ours ? quarantine_value(setting, proof->drill, proof->instance->host)
                                : (setting->kind == QUARANTINE_TEXT ? setting->value : "");
    size_t row = quarantine_row(settings, setting->name);

    if (expected == NULL)
        expected = ""; /* memory is gone, and the record knows */
    if (row == rd_pg_rows(settings)) {
        struct rd_finding *unseen =
            rd_find(recorder, proof->group, ours ? RD_ERROR : RD_SKIP, setting->name,
                    "not proven: the server does not show this setting");
        unseen->expected = quarantine_shown(expected);
        return;
    }
    const char *actual = rd_pg_get(settings, row, 1);
    const char *source = rd_pg_get(settings, row, 2);
    actual = actual != NULL ? actual : "";
    bool equal = strcmp(actual, expected) == 0 ||
                 (setting->also != NULL && strcmp(actual, setting->also) == 0);

    struct rd_finding *finding = ours ? quarantine_judge_ours(proof, setting, equal, source)
                                      : quarantine_judge_foreign(proof, setting, equal);
    finding->expected = rd_record_text(recorder, "%s", quarantine_shown(expected));
    finding->actual = !equal && (setting->flags & QUARANTINE_PRIVATE) != 0
                          ? "another value, which is not shown"
                          : rd_record_text(recorder, "%s", quarantine_shown(actual));
}

int rd_quarantine_prove(struct rd_drill *drill, const struct rd_instance *instance,
                        struct rd_group *group, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    RD_CLEANUP(quarantine_answers_free) struct quarantine_answers answers = {0};

    int code = rd_instance_open(instance, NULL, 0, &drill->deadline, &pg, reterr);
    if (code == RD_OK)
        code = quarantine_ask(pg, &drill->deadline, &answers, reterr);
    if (code != RD_OK)
        return code;

    struct quarantine_proof proof = {drill, instance, group, &answers};
    for (size_t i = 0; i < RD_COUNT(quarantine_settings); i++) {
        const struct quarantine_setting *setting = &quarantine_settings[i];
        bool asked = instance->ours || (setting->flags & QUARANTINE_FOREIGN) != 0;
        if (asked && quarantine_applies(setting, drill, instance->version / 10000))
            quarantine_judge(&proof, setting);
    }
    rd_quarantine_prove_state(drill, instance, pg, group);
    if (!instance->ours)
        rd_record_limit(drill->recorder,
                        "The server is run by somebody else: whether it can touch the world was "
                        "asked of the server itself, as far as SQL tells, and is not proven.");
    return RD_OK;
}
