/*
 * dump_restore.c: gets a dump into the server: plain scripts through psql, archives through
 * pg_restore, both from their stdin, so that the bytes are read once and no copy of the dump is
 * made. Only a folder in directory format is read by pg_restore itself.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/common/proc.h"
#include "drills/common/stream.h"
#include "drills/providers/dump_parts.h"

enum { RESTORE_HEAD_MAX = 1024 * 1024, RESTORE_STEPS = 10 };

/* One program that is fed from a file. */
struct restore_feed {
    struct rd_drill *drill;
    const char *what;
    struct rd_stream *stream;
    struct rd_plain *plain; /* NULL for archives */
    bool read_all;
    int64_t steps_told;
    int code; /* of reading the backup: RD_OK or the error that stopped the feed */
};

struct restore_context {
    struct restore_feed *feed;
    struct rd_dump_errors *errors;
};

static void restore_tell(struct restore_feed *feed)
{
    int64_t size = rd_stream_size(feed->stream);
    int64_t step = size > 0 ? rd_stream_position(feed->stream) * RESTORE_STEPS / size : 0;

    if (step > feed->steps_told && size > 64 * 1024 * 1024) {
        feed->steps_told = step;
        rd_drill_say(feed->drill, "restoring the %s: %lld %%", feed->what,
                     (long long)(step * 100 / RESTORE_STEPS));
    }
}

/* The feed of rd_proc_run. What the scanner holds goes first, then the next piece of the file. */
static int restore_feed(void *context, const char **ret_data, size_t *ret_length,
                        struct rd_err *reterr)
{
    struct restore_feed *feed = ((struct restore_context *)context)->feed;
    const char *data;
    size_t length;

    for (;;) {
        if (feed->plain != NULL && rd_plain_next(feed->plain, ret_data, ret_length))
            return RD_OK;
        int code = rd_stream_read(feed->stream, &data, &length, reterr);
        if (code == RD_OK && length == 0) {
            feed->read_all = true;
            *ret_length = 0;
            return RD_OK;
        }
        if (code == RD_OK && feed->plain != NULL)
            code = rd_plain_scan(feed->plain, data, length, reterr);
        if (code != RD_OK) {
            feed->code = code;
            return code;
        }
        restore_tell(feed);
        if (feed->plain == NULL) {
            *ret_data = data;
            *ret_length = length;
            return RD_OK;
        }
    }
}

static void restore_error_line(void *context, const char *line)
{
    struct rd_dump_errors *errors = ((struct restore_context *)context)->errors;

    errors->line(errors, line);
}

/* A tablespace's folder inside the work folder; the clone touches no other. Named by digest, so
 * that no name can lead out of it. */
static const char *restore_tablespace(void *context, const char *name)
{
    const struct rd_drill *drill = context;
    struct rd_err err = RD_ERR_INIT;
    char hex[RD_SHA256_HEX];

    if (rd_sha256(name, strlen(name), hex, &err) != RD_OK)
        return NULL;
    const char *folder = rd_record_text(drill->recorder, "%s/tablespace-%.16s", drill->work, hex);
    if (strchr(folder, '\'') != NULL || rd_file_make_folder(folder, 0700, &err) != RD_OK)
        return NULL;
    if (drill->user.change && chown(folder, drill->user.uid, drill->user.gid) != 0)
        return NULL;
    rd_drill_say(drill, "tablespace %s gets a folder in the work folder", name);
    return folder;
}

/* Runs the program over the feed. What is wrong with the backup becomes findings. */
static int restore_run(const struct rd_dump_target *target, struct restore_feed *feed,
                       struct rd_dump_errors *errors, const char *const *argv,
                       const struct rd_user *user, int *ret_status, struct rd_err *reterr)
{
    struct restore_context context = {.feed = feed, .errors = errors};
    struct rd_err err = RD_ERR_INIT;
    struct rd_proc_run run = {
        .spec =
            {
                .argv = argv,
                .env = rd_drill_env(target->drill, NULL),
                .folder = target->drill->work,
                .user = user,
            },
        .feed = feed->stream != NULL ? restore_feed : NULL,
        .on_error_line = restore_error_line,
        .context = &context,
    };

    if (run.spec.env == NULL)
        return rd_err_memory(reterr);
    int code = rd_proc_run(&run, &target->drill->deadline, feed->what, ret_status, &err);
    if (code == RD_E_BACKUP) {
        rd_find_err(target->drill->recorder, target->group, feed->what, &err);
        *ret_status = 0;
    } else if (code != RD_OK) {
        *reterr = err;
        return code;
    }
    return rd_dump_errors_end(errors, reterr);
}

/* A program that failed without a word about the backup has a reason of its own. */
static int restore_judge_status(const struct rd_dump_target *target, const char *program,
                                int status, const struct rd_dump_errors *errors,
                                struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(256);

    (void)target;
    if (status == 0 || (WIFEXITED(status) && errors->count > 0))
        return RD_OK;
    rd_proc_status_text(status, &text);
    rd_err_set(reterr, RD_E_CHILD, "%s ended with %s", program, rd_buf_text(&text));
    rd_err_hint(reterr, "Look at server.log among the reports.");
    return RD_E_CHILD;
}

/* The digest of all that lies on disk; a file that changed meanwhile explains everything else. */
static int restore_digest(struct restore_feed *feed, int code, char ret_hex[RD_SHA256_HEX],
                          struct rd_err *reterr)
{
    struct rd_err err = RD_ERR_INIT;

    int digest_code = rd_stream_digest(feed->stream, ret_hex, &err);
    if (digest_code == RD_OK)
        return code;
    ret_hex[0] = '\0';
    *reterr = err;
    return digest_code;
}

int rd_dump_run_psql(const struct rd_dump_target *target, const char *what, const char *path,
                     char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    const struct rd_plain_listener listener = {
        .context = target->drill,
        .tablespace = restore_tablespace,
    };
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    RD_CLEANUP(rd_plain_freep) struct rd_plain *plain = NULL;
    const struct rd_instance *instance = target->instance;
    const char *const argv[] = {
        rd_server_program(target->server, "psql"),
        "--no-psqlrc",
        "--no-password",
        "--quiet",
        "--set=ON_ERROR_STOP=0",
        "--set=VERBOSITY=verbose",
        "--set=SHOW_CONTEXT=never",
        "--output=/dev/null",
        "--host",
        instance->host,
        "--port",
        instance->port,
        "--username",
        instance->user,
        "--dbname",
        target->database,
        "--file=-",
        NULL,
    };
    int status = 0;

    ret_hex[0] = '\0';
    int code = rd_stream_open(path, &stream, reterr);
    if (code == RD_OK)
        code = rd_plain_new(&listener, &plain, reterr);
    if (code != RD_OK)
        return code;

    struct restore_feed feed = {
        .drill = target->drill,
        .what = what,
        .stream = stream,
        .plain = plain,
    };
    struct rd_dump_errors errors = {
        .drill = target->drill,
        .group = target->group,
        .what = what,
        .plain = plain,
        .superuser = instance->user,
        .line = rd_dump_errors_psql,
    };
    code = restore_run(target, &feed, &errors, argv, &target->drill->user, &status, reterr);
    if (code == RD_OK && feed.code == RD_OK && !feed.read_all)
        code = restore_judge_status(target, "psql", status != 0 ? status : -1, &errors, reterr);
    if (code == RD_OK && feed.code == RD_OK) {
        struct rd_err err = RD_ERR_INIT;
        if (rd_plain_end(plain, &err) != RD_OK)
            rd_find_err(target->drill->recorder, target->group, what, &err);
        code = restore_judge_status(target, "psql", status, &errors, reterr);
    }
    return restore_digest(&feed, code, ret_hex, reterr);
}

static const char *restore_format(enum rd_dump_format format)
{
    return format == RD_DUMP_CUSTOM ? "--format=custom"
           : format == RD_DUMP_TAR  ? "--format=tar"
                                    : "--format=directory";
}

int rd_dump_run_restore(const struct rd_dump_target *target, const struct rd_dump_file *file,
                        bool create, char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    const struct rd_instance *instance = target->instance;
    bool folder = file->head.format == RD_DUMP_DIRECTORY;
    const char *argv[16] = {
        rd_server_program(target->server, "pg_restore"),
        "--no-password",
        restore_format(file->head.format),
        "--host",
        instance->host,
        "--port",
        instance->port,
        "--username",
        instance->user,
        "--dbname",
        target->database,
    };
    size_t count = 11;
    int status = 0;

    if (create)
        argv[count++] = "--create";
    if (folder)
        argv[count++] = file->path;
    int code = folder ? RD_OK : rd_stream_open(file->path, &stream, reterr);
    if (code != RD_OK)
        return code;

    struct restore_feed feed = {.drill = target->drill, .what = "dump", .stream = stream};
    struct rd_dump_errors errors = {
        .drill = target->drill,
        .group = target->group,
        .what = "dump",
        .superuser = instance->user,
        .line = rd_dump_errors_restore,
    };
    /* pg_restore runs nothing of what it reads, so a folder that only redrill may read is read by
     * redrill's own user. */
    code = restore_run(target, &feed, &errors, argv, folder ? NULL : &target->drill->user, &status,
                       reterr);
    if (code == RD_OK && feed.code == RD_OK)
        code = restore_judge_status(target, "pg_restore", status, &errors, reterr);
    return folder ? code : restore_digest(&feed, code, ret_hex, reterr);
}

int rd_dump_read_database(struct rd_drill *drill, const struct rd_server *server,
                          struct rd_dump_file *file, struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf script = RD_BUF_INIT(RESTORE_HEAD_MAX);
    bool folder = file->head.format == RD_DUMP_DIRECTORY;
    const char *const argv[] = {
        rd_server_program(server, "pg_restore"),
        restore_format(file->head.format),
        "--create",
        "--schema-only",
        "--file=-",
        folder ? file->path : NULL,
        NULL,
    };
    struct restore_feed feed = {.drill = drill, .what = "dump"};
    struct restore_context context = {.feed = &feed};
    struct rd_proc_run run = {
        .spec =
            {
                .argv = argv,
                .env = rd_drill_env(drill, NULL),
                .folder = drill->work,
                .user = folder ? NULL : &drill->user,
            },
        .feed = folder ? NULL : restore_feed,
        .context = &context,
        .output = &script,
    };
    int status;

    int code = folder ? RD_OK : rd_stream_open(file->path, &stream, reterr);
    if (code == RD_OK && run.spec.env == NULL)
        code = rd_err_memory(reterr);
    if (code != RD_OK)
        return code;
    feed.stream = stream;
    code = rd_proc_run(&run, &drill->deadline, "reading the archive", &status, reterr);
    if (code == RD_E_BACKUP) {
        rd_err_clear(reterr); /* found again when it is restored */
        code = RD_OK;
    }
    const char *statement = strstr(rd_buf_text(&script), "\nCREATE DATABASE ");
    if (code == RD_OK && statement != NULL) {
        char *line = rd_arena_strndup(rd_recorder_arena(drill->recorder), statement + 1,
                                      strcspn(statement + 1, "\n"));
        if (line == NULL)
            return rd_err_memory(reterr);
        rd_dump_head_take_database(&file->head, rd_recorder_arena(drill->recorder), line);
    }
    return code;
}
