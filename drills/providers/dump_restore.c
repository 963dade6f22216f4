/*
 * dump_restore.c: gets a dump into the server: plain scripts through psql, archives through
 * pg_restore, both from their stdin, so that the bytes are read once and no copy of the dump is
 * made. Only a folder in directory format is read by pg_restore itself.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/common/proc.h"
#include "drills/common/stream.h"
#include "drills/providers/dump_parts.h"
#include "drills/providers/dump_tar.h"

enum { RESTORE_STEPS = 10, RESTORE_TELL_BYTES = 64 * 1024 * 1024 };

/* One program that is fed from a file. */
struct restore_feed {
    const struct rd_dump_target *target;
    const char *what;
    struct rd_stream *stream;
    struct rd_plain *plain;  /* NULL for archives */
    struct rd_dump_tar *tar; /* NULL for all but tar */
    struct rd_dump_errors *errors;
    bool read_all;
    bool fed_whole; /* the program took all of it */
    int64_t steps_told;
    int code; /* of reading the backup: RD_OK or the error that stopped the feed */
};

static void restore_tell(struct restore_feed *feed)
{
    int64_t size = rd_stream_size(feed->stream);
    int64_t step = size > 0 ? rd_stream_position(feed->stream) * RESTORE_STEPS / size : 0;

    if (step > feed->steps_told && size > RESTORE_TELL_BYTES) {
        feed->steps_told = step;
        rd_drill_say(feed->target->drill, "restoring the %s: %lld %%", feed->what,
                     (long long)(step * 100 / RESTORE_STEPS));
    }
}

/* The next piece of the file, followed. */
static int restore_read(struct restore_feed *feed, const char **ret_data, size_t *ret_length,
                        struct rd_err *reterr)
{
    int code = rd_stream_read(feed->stream, ret_data, ret_length, reterr);

    if (code != RD_OK)
        return code;
    feed->read_all = *ret_length == 0;
    restore_tell(feed);
    if (feed->plain != NULL)
        rd_plain_give(feed->plain, *ret_data, *ret_length);
    if (feed->tar == NULL)
        return RD_OK;
    /* pg_restore waits for ever for the rest of a tar file that ends too early. */
    return feed->read_all ? rd_dump_tar_end(feed->tar, reterr)
                          : rd_dump_tar_add(feed->tar, *ret_data, *ret_length, reterr);
}

/* The feed of rd_proc_run. What the scanner has to hand on goes first, then the file goes on. */
static int restore_feed(void *context, const char **ret_data, size_t *ret_length,
                        struct rd_err *reterr)
{
    struct restore_feed *feed = context;
    int code = RD_OK;

    *ret_length = 0;
    if (feed->plain == NULL) {
        code = restore_read(feed, ret_data, ret_length, reterr);
    } else {
        while (code == RD_OK && *ret_length == 0 && !feed->read_all) {
            const char *piece;
            size_t length;
            code = rd_plain_next(feed->plain, ret_data, ret_length, reterr);
            if (code == RD_OK && *ret_length == 0)
                code = restore_read(feed, &piece, &length, reterr);
        }
    }
    feed->code = code;
    return code;
}

static void restore_error_line(void *context, const char *line)
{
    struct rd_dump_errors *errors = ((struct restore_feed *)context)->errors;

    errors->line(errors, line);
}

/* A tablespace's folder inside the work folder; the clone touches no other. */
static const char *restore_tablespace(void *context, int64_t number, struct rd_err *reterr)
{
    const struct restore_feed *feed = context;
    const struct rd_drill *drill = feed->target->drill;
    const char *folder = rd_record_text(drill->recorder, "%s/tablespace-%s-%lld", drill->work,
                                        feed->what, (long long)number);

    if (rd_file_make_folder(folder, 0700, reterr) != RD_OK)
        return NULL;
    if (drill->user.change && chown(folder, drill->user.uid, drill->user.gid) != 0) {
        rd_err_set(reterr, RD_E_SYSTEM, "cannot give '%s' to the user '%s'", folder,
                   drill->user.name);
        return NULL;
    }
    if (number == 1)
        rd_record_limit(drill->recorder, "Tablespaces were restored into the work folder: the "
                                         "folders that they have at the source were not tried.");
    return folder;
}

/* Runs the program over the feed. What is wrong with the backup becomes findings. */
static int restore_run(struct restore_feed *feed, const char *const *argv,
                       const struct rd_user *user, int *ret_status, struct rd_err *reterr)
{
    /* These beat what the dump sets for its databases and roles: messages are known in English. */
    static const char *const more[] = {"PGOPTIONS=-c lc_messages=C -c client_min_messages=warning",
                                       NULL};
    const struct rd_dump_target *target = feed->target;
    struct rd_err err = RD_ERR_INIT;
    struct rd_proc_run run = {
        .spec =
            {
                .argv = argv,
                .env = rd_drill_env(target->drill, more),
                .folder = target->drill->work,
                .user = user,
            },
        .feed = feed->stream != NULL ? restore_feed : NULL,
        .on_error_line = restore_error_line,
        .context = feed,
    };

    *ret_status = 0;
    if (run.spec.env == NULL)
        return rd_err_memory(reterr);
    int code = rd_proc_run(&run, &target->drill->deadline, feed->what, ret_status, &err);
    feed->fed_whole = run.fed_whole;
    if (code == RD_E_BACKUP) {
        rd_find_err(target->drill->recorder, target->group, feed->what, &err);
    } else if (code != RD_OK) {
        *reterr = err;
        return code;
    }
    return rd_dump_errors_end(feed->errors, reterr);
}

/* A program that failed without a word about the backup has a reason of its own. */
static int restore_judge_status(const struct restore_feed *feed, const char *program, int status,
                                struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(256);

    bool told = feed->errors->count > 0 || feed->errors->expected > 0;
    if (status == 0 || (WIFEXITED(status) && told))
        return RD_OK;
    rd_proc_status_text(status, &text);
    rd_err_set(reterr, RD_E_CHILD, "%s failed: %s", program, rd_buf_text(&text));
    rd_err_hint(reterr, "Look at server.log among the reports.");
    return RD_E_CHILD;
}

/* The digest of all that lies on disk; a file that changed meanwhile explains everything else. Who
 * called the drill off does not wait for it. */
static int restore_digest(struct restore_feed *feed, int code, char ret_hex[RD_SHA256_HEX],
                          struct rd_err *reterr)
{
    struct rd_err err = RD_ERR_INIT;

    if (code == RD_E_TIMEOUT || code == RD_E_INTERRUPTED)
        return code;
    int digest_code = rd_dump_digest_stream(feed->target->drill, feed->stream, ret_hex, &err);
    if (digest_code == RD_OK)
        return code;
    ret_hex[0] = '\0';
    *reterr = err;
    return digest_code;
}

/* Goes through what the program did not take any more. */
static int restore_follow(struct restore_feed *feed, struct rd_err *reterr)
{
    const char *data;
    size_t length;
    int code = RD_OK;

    while (code == RD_OK && !feed->read_all) {
        code = rd_deadline_check(&feed->target->drill->deadline, "reading the dump", reterr);
        if (code == RD_OK)
            code = restore_feed(feed, &data, &length, reterr);
    }
    return code;
}

/* Whether the dump is whole: one finding. RD_OK also when it is not. */
static int restore_judge_end(struct restore_feed *feed, struct rd_err *reterr)
{
    const struct rd_dump_target *target = feed->target;
    struct rd_recorder *recorder = target->drill->recorder;
    const char *subject = rd_record_text(recorder, "end of the %s", feed->what);
    struct rd_err err = RD_ERR_INIT;

    int code = restore_follow(feed, &err);
    if (code == RD_OK)
        code = feed->plain != NULL ? rd_plain_end(feed->plain, &err)
                                   : rd_dump_tar_end(feed->tar, &err);
    if (code == RD_OK)
        rd_find(recorder, target->group, RD_PASS, subject,
                "it is there, and nothing is open before it");
    else if (code == RD_E_BACKUP || code == RD_E_FORMAT)
        rd_find_err(recorder, target->group, subject, &err);
    else
        *reterr = err;
    return code == RD_E_BACKUP || code == RD_E_FORMAT ? RD_OK : code;
}

/* psql takes the rows of a COPY that failed for statements, so it stops there. */
static void restore_tell_stopped(struct restore_feed *feed)
{
    const struct rd_dump_target *target = feed->target;

    rd_find(target->drill->recorder, target->group, RD_FAIL,
            rd_record_text(target->drill->recorder, "rest of the %s", feed->what),
            "not restored, because the restore ended at its last error")
        ->hint = "Mend the first error; psql must not go on after rows that it could not copy, "
                 "because it would run them as statements.";
}

static int restore_judge_psql(struct restore_feed *feed, int code, int status,
                              struct rd_err *reterr)
{
    struct rd_err err = RD_ERR_INIT;
    int end_code = RD_OK;

    if (feed->code != RD_OK)
        return code;
    if (code == RD_OK)
        code = restore_judge_status(feed, "psql", status, reterr);
    if (code == RD_OK && status != 0)
        restore_tell_stopped(feed);
    /* An error of the machine says nothing about the dump, but what was read of it may. */
    if (code == RD_OK || feed->read_all)
        end_code = restore_judge_end(feed, &err);
    if (code == RD_OK && end_code != RD_OK) {
        *reterr = err;
        code = end_code;
    }
    return code;
}

int rd_dump_run_psql(const struct rd_dump_target *target, const char *what, const char *path,
                     char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    RD_CLEANUP(rd_plain_freep) struct rd_plain *plain = NULL;
    const struct rd_instance *instance = target->instance;
    const char *const argv[] = {
        rd_server_program(target->tools, "psql"),
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
    struct rd_dump_errors errors = {
        .drill = target->drill,
        .group = target->group,
        .what = what,
        .superuser = instance->user,
        .line = rd_dump_errors_psql,
    };
    struct restore_feed feed = {.target = target, .what = what, .errors = &errors};
    const struct rd_plain_host host = {.tablespace = restore_tablespace, .context = &feed};
    int status = 0;

    ret_hex[0] = '\0';
    int code = rd_stream_open(path, &stream, reterr);
    if (code == RD_OK)
        code = rd_plain_new(&host, &plain, reterr);
    if (code != RD_OK)
        return code;
    feed.stream = stream;
    feed.plain = plain;
    errors.plain = plain;
    code = restore_run(&feed, argv, &target->drill->user, &status, reterr);
    if (code == RD_OK || errors.machine.code != RD_OK)
        code = restore_judge_psql(&feed, code, status, reterr);
    return restore_digest(&feed, code, ret_hex, reterr);
}

/* pg_restore ends where the archive says that it ends. */
static int restore_judge_archive(struct restore_feed *feed, struct rd_err *reterr)
{
    const struct rd_dump_target *target = feed->target;
    const char *data;
    size_t length = 0;

    if (feed->tar != NULL)
        return restore_judge_end(feed, reterr);
    bool more = feed->read_all && !feed->fed_whole;
    if (!feed->read_all) {
        int code = restore_read(feed, &data, &length, reterr);
        if (code != RD_OK && code != RD_E_BACKUP)
            return code;
        rd_err_clear(reterr);
        more = code == RD_E_BACKUP || length > 0;
    }
    if (more)
        rd_find(target->drill->recorder, target->group, RD_FAIL, "end of the dump",
                "the file goes on after its end")
            ->hint = "Look at what wrote or copied the file: it holds more than one archive.";
    return RD_OK;
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
        rd_server_program(target->tools, "pg_restore"),
        "--no-password",
        "--verbose", /* tells which entry an error is about */
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
    size_t count = 12;
    struct rd_dump_errors errors = {
        .drill = target->drill,
        .group = target->group,
        .what = "dump",
        .superuser = instance->user,
        .line = rd_dump_errors_restore,
    };
    struct rd_dump_tar tar = {0};
    struct restore_feed feed = {
        .target = target,
        .what = "dump",
        .errors = &errors,
        .tar = file->head.format == RD_DUMP_TAR ? &tar : NULL,
    };
    int status = 0;

    if (create)
        argv[count++] = "--create";
    if (folder)
        argv[count++] = file->path;
    int code = folder ? RD_OK : rd_stream_open(file->path, &stream, reterr);
    if (code != RD_OK)
        return code;
    feed.stream = stream;
    code = restore_run(&feed, argv,
                       folder ? rd_dump_folder_reader(target->drill, file->path)
                              : &target->drill->user,
                       &status, reterr);
    if (code == RD_OK && feed.code == RD_OK)
        code = restore_judge_status(&feed, "pg_restore", status, reterr);
    if (folder)
        return code;
    /* What had to come is no reason to stop. */
    if (code == RD_OK && feed.code == RD_OK && (errors.count == 0 || feed.tar != NULL))
        code = restore_judge_archive(&feed, reterr);
    return restore_digest(&feed, code, ret_hex, reterr);
}
