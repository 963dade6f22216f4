/*
 * dump_database.c: what an archive says about its database: pg_restore is asked for the statement
 * that would create it.
 */
#include "drills/common/proc.h"
#include "drills/common/stream.h"
#include "drills/providers/dump_parts.h"
#include "drills/providers/dump_tar.h"

enum { DATABASE_SCRIPT_MAX = 1024 * 1024 };

struct database_feed {
    struct rd_stream *stream;
    bool is_tar;
    struct rd_dump_tar tar;
};

/* pg_restore waits for ever for the rest of a tar file that ends too early. */
static int database_feed(void *context, const char **ret_data, size_t *ret_length,
                         struct rd_err *reterr)
{
    struct database_feed *feed = context;

    int code = rd_stream_read(feed->stream, ret_data, ret_length, reterr);
    if (code != RD_OK || !feed->is_tar)
        return code;
    return *ret_length > 0 ? rd_dump_tar_add(&feed->tar, *ret_data, *ret_length, reterr)
                           : rd_dump_tar_end(&feed->tar, reterr);
}

int rd_dump_read_database(struct rd_drill *drill, const struct rd_server *server,
                          struct rd_dump_file *file, struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf script = RD_BUF_INIT(DATABASE_SCRIPT_MAX);
    bool folder = file->head.format == RD_DUMP_DIRECTORY;
    const char *const argv[] = {
        rd_server_program(server, "pg_restore"),
        folder ? "--format=directory"
               : (file->head.format == RD_DUMP_TAR ? "--format=tar" : "--format=custom"),
        "--create",
        "--schema-only",
        "--file=-",
        folder ? file->path : NULL,
        NULL,
    };
    int status = 0;

    int code = folder ? RD_OK : rd_stream_open(file->path, &stream, reterr);
    if (code != RD_OK)
        return code;
    struct database_feed feed = {.stream = stream, .is_tar = file->head.format == RD_DUMP_TAR};
    struct rd_proc_run run = {
        .spec =
            {
                .argv = argv,
                .env = rd_drill_env(drill, NULL),
                .folder = drill->work,
                .user = folder ? rd_dump_folder_reader(drill, file->path) : &drill->user,
            },
        .feed = folder ? NULL : database_feed,
        .context = &feed,
        .output = &script,
    };
    if (run.spec.env == NULL)
        return rd_err_memory(reterr);
    code = rd_proc_run(&run, &drill->deadline, "reading the archive", &status, reterr);
    if (code == RD_E_BACKUP) {
        rd_err_clear(reterr); /* found again when it is restored */
        code = RD_OK;
    }
    if (code == RD_OK)
        code = rd_dump_head_take_script(&file->head, rd_recorder_arena(drill->recorder),
                                        rd_buf_text(&script), script.length, reterr);
    return code;
}
