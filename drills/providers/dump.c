/*
 * dump.c: the provider for logical backups: plain SQL, custom, directory and tar, compressed or
 * not, with an optional file of globals. A fresh cluster of the dump's encoding and locale is made
 * and the dump is restored with ownership and privileges, as it is.
 */
#include <string.h>

#include "drills/common/file.h"
#include "drills/common/stream.h"
#include "drills/providers/dump_parts.h"
#include "drills/providers/providers.h"

enum { DUMP_STATEMENT_MAX = 4096 };

struct dump {
    struct rd_drill *drill;
    const struct rd_dump_settings *settings;
    struct rd_dump_file file;
    const char *globals; /* path; NULL without */
    struct rd_server *server;
    struct rd_server *newer; /* NULL, or where a newer psql and pg_restore are */
};

static int dump_open(struct rd_drill *drill, const void *settings, void **ret_handle,
                     struct rd_err *reterr)
{
    struct dump *dump = calloc(1, sizeof(*dump));

    if (dump == NULL)
        return rd_err_memory(reterr);
    dump->drill = drill;
    dump->settings = settings;
    *ret_handle = dump;
    return RD_OK;
}

/* What the head says goes into the record. */
static void dump_describe(struct dump *dump)
{
    struct rd_recorder *recorder = dump->drill->recorder;
    struct rd_backup *backup = rd_recorder_record(recorder)->backup;
    const struct rd_dump_head *head = &dump->file.head;

    backup->format = rd_dump_format_name(head->format);
    backup->compression = head->compression;
    backup->server_version = head->server_version;
    if (head->tool_version != NULL)
        backup->tool_version = rd_record_text(recorder, "pg_dump %s", head->tool_version);
    backup->database = head->database;
    backup->encoding = head->encoding;
    backup->locale_provider = head->locale_provider;
    backup->locale = head->icu_locale != NULL ? head->icu_locale : head->collate;
}

static int dump_locate(void *handle, struct rd_err *reterr)
{
    struct dump *dump = handle;
    struct rd_drill *drill = dump->drill;
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    struct rd_backup *backup = rd_recorder_record(drill->recorder)->backup;
    const char *path = rd_file_resolve(arena, drill->plan_folder, dump->settings->path);

    if (path == NULL)
        return rd_err_memory(reterr);
    int code = rd_dump_pick(drill, dump->settings, path, &dump->file, &backup->picked,
                            &backup->seed, reterr);
    if (code != RD_OK)
        return code;
    backup->name = dump->file.path;
    backup->bytes = dump->file.bytes;
    rd_drill_say(drill, "the dump is %s", dump->file.path);
    rd_dump_tell_created(drill, dump->settings, &dump->file);
    if (dump->file.head_is_read)
        dump_describe(dump);

    if (dump->settings->globals != NULL) {
        struct rd_dump_file globals;
        const char *picked;
        int64_t seed;
        path = rd_file_resolve(arena, drill->plan_folder, dump->settings->globals);
        if (path == NULL)
            return rd_err_memory(reterr);
        const struct rd_dump_settings newest = {.pick = RD_PICK_NEWEST,
                                                .zone = dump->settings->zone};
        code = rd_dump_pick(drill, &newest, path, &globals, &picked, &seed, reterr);
        dump->globals = globals.path;
    }
    return code;
}

/* A dump that cannot be read at all still has a digest, so that the report says which one it was.
 */
static void dump_record_digest(struct dump *dump, const char *hex)
{
    struct rd_recorder *recorder = dump->drill->recorder;
    struct rd_backup *backup = rd_recorder_record(recorder)->backup;

    if (hex[0] == '\0')
        return;
    backup->sha256 = rd_record_text(recorder, "%s", hex);
    backup->sha256_of = dump->file.head.format == RD_DUMP_DIRECTORY
                            ? "the listing of its files as sha256sum prints it"
                            : "the file as stored";
}

/* The digest of a file that is not restored. */
static void dump_digest_unread(struct dump *dump)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    struct rd_err err = RD_ERR_INIT;
    char hex[RD_SHA256_HEX];

    if (rd_stream_open(dump->file.path, &stream, &err) == RD_OK &&
        rd_dump_digest_stream(dump->drill, stream, hex, &err) == RD_OK)
        dump_record_digest(dump, hex);
}

static int dump_unreadable(struct dump *dump, struct rd_err *reterr)
{
    dump_digest_unread(dump);
    *reterr = dump->file.head_err;
    return reterr->code;
}

static int dump_empty(struct dump *dump, struct rd_err *reterr)
{
    dump_digest_unread(dump);
    int code = rd_err_set(reterr, RD_E_BACKUP, "the dump is empty");
    rd_err_hint(reterr, "Look at the exit status of pg_dump and of every program behind it in a "
                        "pipe, and at full disks.");
    return code;
}

/* Whose psql and pg_restore run. */
static const struct rd_server *dump_tools(const struct dump *dump)
{
    return dump->newer != NULL ? dump->newer : dump->server;
}

/* The server is of the source's version. An archive needs a pg_restore that is not older than the
 * pg_dump that made it. */
static int dump_find_programs(struct dump *dump, struct rd_err *reterr)
{
    struct rd_drill *drill = dump->drill;
    const struct rd_dump_head *head = &dump->file.head;
    int major = rd_dump_major(head->server_version);
    int tool_major = rd_dump_major(head->tool_version);

    int code = rd_server_new(drill, major, &dump->server, reterr);
    if (code == RD_OK && head->format != RD_DUMP_PLAIN &&
        tool_major > rd_server_major(dump->server))
        code = rd_server_new(drill, tool_major, &dump->newer, reterr);
    if (code == RD_OK && major > 0 && rd_server_major(dump->server) != major)
        rd_record_limit(drill->recorder,
                        "The dump is of PostgreSQL %d and was restored into %d, the oldest one on "
                        "this machine that can.",
                        major, rd_server_major(dump->server));
    return code;
}

/* The programs and the cluster that the dump wants. */
static int dump_provision(struct dump *dump, struct rd_instance *instance, struct rd_err *reterr)
{
    struct rd_drill *drill = dump->drill;
    const struct rd_dump_head *head = &dump->file.head;

    rd_record_phase(drill->recorder, "provision");
    int code = dump_find_programs(dump, reterr);
    if (code == RD_OK && head->format != RD_DUMP_PLAIN)
        code = rd_dump_read_database(drill, dump_tools(dump), &dump->file, reterr);
    if (code != RD_OK)
        return code;
    dump_describe(dump);

    const char *fallback = drill->wish->locale;
    struct rd_server_spec spec = {
        .major = rd_server_major(dump->server),
        .encoding = head->encoding != NULL ? head->encoding : "UTF8",
        .locale_provider = head->locale_provider,
        .collate = head->collate != NULL ? head->collate : fallback,
        .ctype = head->ctype != NULL ? head->ctype : fallback,
        .icu_locale = head->icu_locale,
    };
    rd_drill_say(drill, "making a cluster of PostgreSQL %d", spec.major);
    code = rd_server_init(dump->server, &spec, reterr);
    if (code == RD_OK)
        code = rd_server_start(dump->server, instance, reterr);
    if (code == RD_OK) {
        instance->provider = "dump";
        instance->database = "postgres";
    }
    return code;
}

/* One statement about a database, as superuser. */
static int dump_database_statement(struct dump *dump, const struct rd_instance *instance,
                                   const char *where, const char *before, const char *name,
                                   const char *after, struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf sql = RD_BUF_INIT(DUMP_STATEMENT_MAX);

    int code = rd_instance_open(instance, where, RD_PG_WRITES, &dump->drill->deadline, &pg, reterr);
    if (code != RD_OK)
        return code;
    rd_buf_puts(&sql, before);
    code = rd_pg_quote_name(pg, name, &sql, reterr);
    rd_buf_puts(&sql, after);
    if (code == RD_OK)
        code = rd_buf_status(&sql, "a statement", reterr);
    return code == RD_OK ? rd_pg_exec(pg, &dump->drill->deadline, rd_buf_text(&sql), reterr) : code;
}

/* A database for a dump that brings none: of the name that the plan or the archive tells. */
static int dump_make_database(struct dump *dump, struct rd_dump_target *target,
                              struct rd_err *reterr)
{
    const char *named = dump->file.head.database != NULL ? dump->file.head.database : "restored";

    target->database = dump->drill->wish->database != NULL ? dump->drill->wish->database : named;
    if (strcmp(target->database, "postgres") == 0 || strcmp(target->database, "template1") == 0)
        return RD_OK;
    return dump_database_statement(dump, target->instance, "postgres", "CREATE DATABASE ",
                                   target->database, " TEMPLATE template0", reterr);
}

static int dump_restore_plain(struct dump *dump, struct rd_dump_target *target,
                              char hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    int code = RD_OK;

    if (!dump->file.head.creates_database)
        code = dump_make_database(dump, target, reterr);
    return code == RD_OK ? rd_dump_run_psql(target, "dump", dump->file.path, hex, reterr) : code;
}

static int dump_restore_archive(struct dump *dump, struct rd_dump_target *target,
                                char hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    const char *name = dump->file.head.database;
    bool create = dump->file.head.creates_database;
    int code = RD_OK;

    if (!create) {
        code = dump_make_database(dump, target, reterr);
    } else if (name != NULL && strcmp(name, "postgres") == 0) {
        /* Ours is empty and in the way of the archive's own, which has settings and grants. */
        target->database = "template1";
        code = dump_database_statement(dump, target->instance, "template1", "DROP DATABASE ", name,
                                       "", reterr);
    } else if (name != NULL && strcmp(name, "template1") == 0) {
        target->database = "template1";
        create = false;
    }
    return code == RD_OK ? rd_dump_run_restore(target, &dump->file, create, hex, reterr) : code;
}

static int dump_restore_folder(struct dump *dump, struct rd_dump_target *target,
                               char hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    struct rd_record *record = rd_recorder_record(dump->drill->recorder);
    char before[RD_SHA256_HEX], after[RD_SHA256_HEX];
    int64_t bytes;

    rd_record_phase(dump->drill->recorder, "fetch");
    int code = rd_dump_digest_folder(target, dump->file.path, hex, before, reterr);
    rd_record_phase(dump->drill->recorder, "restore");
    if (code == RD_OK)
        code = dump_restore_archive(dump, target, hex, reterr);
    if (code == RD_OK)
        code = rd_dump_folder_state(dump->file.path, after, &bytes, reterr);
    if (code != RD_OK)
        return code;
    record->backup->bytes = bytes;
    if (strcmp(before, after) != 0) {
        rd_err_set(reterr, RD_E_SYSTEM, "the dump '%s' changed while it was restored",
                   dump->file.path);
        rd_err_hint(reterr, "Drill a dump that nobody is writing to.");
        return RD_E_SYSTEM;
    }
    return RD_OK;
}

static int dump_restore_globals(struct dump *dump, struct rd_dump_target *target,
                                struct rd_err *reterr)
{
    struct rd_recorder *recorder = dump->drill->recorder;
    char hex[RD_SHA256_HEX] = "";
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;

    if (dump->globals == NULL)
        return RD_OK;
    int code = rd_stream_open(dump->globals, &stream, reterr);
    if (code == RD_OK)
        code = rd_dump_run_psql(target, "globals", dump->globals, hex, reterr);
    if (hex[0] != '\0')
        rd_record_backup_file(recorder, rd_record_text(recorder, "%s", rd_file_name(dump->globals)),
                              rd_stream_size(stream), rd_record_text(recorder, "%s", hex), true);
    return code;
}

static int dump_restore(void *handle, struct rd_group *group, struct rd_instance *ret_instance,
                        struct rd_err *reterr)
{
    struct dump *dump = handle;
    char hex[RD_SHA256_HEX] = "";

    if (!dump->file.head_is_read)
        return dump_unreadable(dump, reterr);
    rd_dump_judge_created(dump->drill, dump->settings, &dump->file, group);
    if (dump->file.head.empty)
        return dump_empty(dump, reterr);
    int code = rd_dump_file_unchanged(&dump->file, reterr);
    if (code == RD_OK)
        code = dump_provision(dump, ret_instance, reterr);
    if (code != RD_OK)
        return code;

    rd_record_phase(dump->drill->recorder, "restore");
    rd_drill_say(dump->drill, "restoring");
    struct rd_dump_target target = {
        .drill = dump->drill,
        .tools = dump_tools(dump),
        .instance = ret_instance,
        .group = group,
        .database = "postgres",
    };
    code = dump_restore_globals(dump, &target, reterr);
    if (code == RD_OK && dump->file.head.format == RD_DUMP_PLAIN)
        code = dump_restore_plain(dump, &target, hex, reterr);
    else if (code == RD_OK && dump->file.head.format == RD_DUMP_DIRECTORY)
        code = dump_restore_folder(dump, &target, hex, reterr);
    else if (code == RD_OK)
        code = dump_restore_archive(dump, &target, hex, reterr);
    dump_record_digest(dump, hex);
    return code == RD_OK ? rd_dump_choose(&target, &ret_instance->database, reterr) : code;
}

static int dump_destroy(void *handle, const struct rd_deadline *deadline, struct rd_err *reterr)
{
    struct dump *dump = handle;
    int code = RD_OK;

    if (dump->server != NULL)
        code = rd_server_stop(dump->server, deadline, reterr);
    rd_server_free(dump->server);
    rd_server_free(dump->newer);
    free(dump);
    return code;
}

const struct rd_provider rd_provider_dump = {
    .name = "dump",
    .summary = "Restores what pg_dump or pg_dumpall wrote into a fresh cluster",
    .settings = &rd_dump_shape,
    .open = dump_open,
    .locate = dump_locate,
    .restore = dump_restore,
    .destroy = dump_destroy,
};
