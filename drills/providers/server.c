/*
 * server.c: see server.h. The postmaster is a direct child, so that redrill sees at once when it
 * ends and the kernel ends it (an immediate shutdown) when redrill does, unless it is to be kept.
 * As root everything that the server writes belongs to the drill's user; its configuration and its
 * log belong to root.
 */
#include "drills/providers/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/providers/server_arguments.h"
#include "drills/providers/server_initdb.h"
#include "drills/providers/server_programs.h"

#define SERVER_PORT "5432"

enum {
    SERVER_ERRORS_MAX = 900, /* bytes of the log that stand in an error */
    SERVER_LOOK_MS = 25,     /* between two attempts to connect */
    SERVER_QUIT_MS = 5 * 1000,
    SERVER_SOCKET_MAX = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1,
};

struct rd_server {
    struct rd_drill *drill;
    struct rd_server_programs programs;
    const char *data, *sockets, *config, *log; /* in the record's arena */
    int log_fd;                                /* -1 before the first start */
    struct rd_proc proc;
};

/* Nothing is decided by these files: see server_arguments.h. */
static const struct {
    const char *name;
    const char *text;
} server_files[] = {
    {"postgresql.conf", "# All settings are on the server's command line.\n"},
    {"pg_hba.conf", "# The folder of the socket is private.\nlocal all all trust\n"},
    {"pg_ident.conf", "# No mappings.\n"},
};

static const char *server_superuser(const struct rd_server *server)
{
    const char *name = server->drill->wish->superuser;

    return name != NULL ? name : "postgres";
}

/* libpq takes a comma in a socket's path for the next host, the kernel cuts what is too long. */
static int server_check_socket(const struct rd_server *server, struct rd_err *reterr)
{
    size_t length = strlen(server->sockets) + strlen("/.s.PGSQL." SERVER_PORT);
    int code;

    if (length <= SERVER_SOCKET_MAX && strpbrk(server->sockets, ",\"\n") == NULL)
        return RD_OK;
    if (length > SERVER_SOCKET_MAX)
        code = rd_err_set(reterr, RD_E_ARGUMENT,
                          "the work folder's path is %zu bytes too long for a socket in it",
                          length - SERVER_SOCKET_MAX);
    else
        code =
            rd_err_set(reterr, RD_E_ARGUMENT,
                       "the work folder's path has a comma, a quotation mark or a newline in it");
    rd_err_detail(reterr, "%s", server->sockets);
    rd_err_hint(reterr, "Use another state folder (--state), with a short and plain path.");
    return code;
}

int rd_server_new(struct rd_drill *drill, int major, struct rd_server **ret_server,
                  struct rd_err *reterr)
{
    RD_CLEANUP(rd_server_freep) struct rd_server *server = calloc(1, sizeof(*server));
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);

    if (server == NULL)
        return rd_err_memory(reterr);
    server->drill = drill;
    server->log_fd = -1;
    server->data = rd_arena_printf(arena, "%s/data", drill->work);
    server->sockets = rd_arena_printf(arena, "%s/run", drill->work);
    server->config = rd_arena_printf(arena, "%s/config", drill->work);
    server->log = rd_arena_printf(arena, "%s/server.log", drill->work);
    if (server->data == NULL || server->sockets == NULL || server->config == NULL ||
        server->log == NULL)
        return rd_err_memory(reterr);

    int code = server_check_socket(server, reterr);
    if (code == RD_OK)
        code = rd_server_programs_find(drill, major, &server->programs, reterr);
    if (code != RD_OK)
        return code;
    *ret_server = server;
    server = NULL;
    return RD_OK;
}

const char *rd_server_program(const struct rd_server *server, const char *name)
{
    const struct rd_server_programs *programs = &server->programs;
    const char *const all[] = {programs->postgres, programs->initdb, programs->psql,
                               programs->pg_restore};

    for (size_t i = 0; i < RD_COUNT(all); i++) {
        if (strcmp(rd_file_name(all[i]), name) == 0)
            return all[i];
    }
    return NULL;
}

int rd_server_major(const struct rd_server *server)
{
    return server->programs.major;
}

int rd_server_init(struct rd_server *server, const struct rd_server_spec *spec,
                   struct rd_err *reterr)
{
    return rd_server_initdb(server->drill, server->programs.initdb, server->data,
                            server_superuser(server), spec, reterr);
}

/* Makes a folder in the work folder, which others than us may write to: no links are followed. One
 * that is there is from an earlier start. */
static int server_make_folder(const char *path, mode_t mode, const struct rd_user *owner,
                              bool *ret_made, struct rd_err *reterr)
{
    *ret_made = mkdir(path, mode) == 0;
    if (!*ret_made)
        return errno == EEXIST ? RD_OK : rd_err_errno(reterr, errno, "cannot create '%s'", path);
    if (owner == NULL || !owner->change)
        return RD_OK;

    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int result = fd >= 0 ? fchown(fd, owner->uid, owner->gid) : -1;
    int number = errno;
    if (fd >= 0)
        close(fd);
    return result == 0
               ? RD_OK
               : rd_err_errno(reterr, number, "cannot give '%s' to user '%s'", path, owner->name);
}

static int server_configure(struct rd_server *server, struct rd_err *reterr)
{
    bool made = false;

    int code = server_make_folder(server->sockets, 0700, &server->drill->user, &made, reterr);
    if (code == RD_OK)
        code = server_make_folder(server->config, 0755, NULL, &made, reterr);
    for (size_t i = 0; code == RD_OK && made && i < RD_COUNT(server_files); i++) {
        const char *path = rd_arena_printf(rd_recorder_arena(server->drill->recorder), "%s/%s",
                                           server->config, server_files[i].name);
        if (path == NULL)
            return rd_err_memory(reterr);
        code =
            rd_file_write(path, server_files[i].text, strlen(server_files[i].text), 0644, reterr);
    }
    if (code != RD_OK || server->log_fd >= 0)
        return code;

    server->log_fd =
        open(server->log, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return server->log_fd >= 0 ? RD_OK
                               : rd_err_errno(reterr, errno, "cannot create '%s'", server->log);
}

/* The log's last lines, as the detail of an error that was just set. */
static void server_tell_log(const struct rd_server *server, struct rd_err *reterr)
{
    char text[SERVER_ERRORS_MAX + 1];
    struct stat info;

    if (fstat(server->log_fd, &info) != 0)
        return;
    off_t from = info.st_size > SERVER_ERRORS_MAX ? info.st_size - SERVER_ERRORS_MAX : 0;
    ssize_t length = pread(server->log_fd, text, SERVER_ERRORS_MAX, from);
    if (length <= 0)
        return;
    text[length] = '\0';
    const char *line = from > 0 ? strchr(text, '\n') : NULL;
    rd_err_detail(reterr, "%s", line != NULL ? line + 1 : text);
}

/* Hands an attempt's error on: that it was made more than once is nobody's concern. */
static int server_pass(const struct rd_err *err, struct rd_err *reterr)
{
    if (reterr != NULL && reterr->code == RD_OK)
        *reterr = *err;
    return err->code;
}

static int server_ended(const struct rd_server *server, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf how = RD_BUF_INIT(SERVER_ERRORS_MAX);

    rd_proc_status_text(server->proc.status, &how);
    int code = rd_err_set(reterr, RD_E_CHILD, "the server ended while it was starting: %s",
                          rd_buf_text(&how));
    server_tell_log(server, reterr);
    return code;
}

static int server_connect(const struct rd_server *server, const char *database,
                          struct rd_pg **ret_pg, struct rd_err *reterr)
{
    const struct rd_pg_option options[] = {
        {"host", server->sockets}, {"port", SERVER_PORT}, {"user", server_superuser(server)},
        {"dbname", database},      {NULL, NULL},
    };
    unsigned flags = server->programs.major < 17 ? RD_PG_BEFORE_17 : 0;

    return rd_pg_open(NULL, options, flags, &server->drill->deadline, ret_pg, reterr);
}

/* A restored cluster may have lost the database `postgres`. */
static int server_try(const struct rd_server *server, struct rd_pg **ret_pg, struct rd_err *reterr)
{
    struct rd_err err = RD_ERR_INIT;

    int code = server_connect(server, "postgres", ret_pg, &err);
    if (code == RD_E_DATABASE && strstr(err.detail, "3D000") != NULL)
        return server_connect(server, "template1", ret_pg, reterr);
    return code == RD_OK ? RD_OK : server_pass(&err, reterr);
}

/* Connects again and again until the server answers. */
static int server_wait(struct rd_server *server, struct rd_pg **ret_pg, struct rd_err *reterr)
{
    const struct rd_deadline *deadline = &server->drill->deadline;

    for (;;) {
        struct rd_err err = RD_ERR_INIT;
        struct rd_deadline pause = rd_deadline_within(deadline, SERVER_LOOK_MS);

        int code = server_try(server, ret_pg, &err);
        if (code == RD_OK)
            return RD_OK;
        if (rd_proc_wait(&server->proc, &pause, "server", NULL) == RD_OK)
            return server_ended(server, reterr);
        if (code != RD_E_NETWORK)
            return server_pass(&err, reterr);
        code = rd_deadline_check(deadline, "starting the server", reterr);
        if (code != RD_OK) {
            server_tell_log(server, reterr);
            return code;
        }
    }
}

static int server_describe(const struct rd_server *server, struct rd_pg *pg,
                           struct rd_instance *ret_instance, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf identifier = RD_BUF_INIT(64);

    int code =
        rd_pg_value(pg, &server->drill->deadline,
                    "SELECT system_identifier FROM pg_control_system()", &identifier, NULL, reterr);
    if (code != RD_OK)
        return code;
    *ret_instance = (struct rd_instance){
        .provider = ret_instance->provider,
        .database = ret_instance->database,
        .host = server->sockets,
        .port = SERVER_PORT,
        .user = server_superuser(server),
        .ours = true,
        .postmaster = server->proc.pid,
        .data_folder = server->data,
        .log_file = server->log,
        .version = rd_pg_version(pg),
        .system_identifier =
            rd_record_text(server->drill->recorder, "%s", rd_buf_text(&identifier)),
    };
    return RD_OK;
}

int rd_server_start(struct rd_server *server, struct rd_instance *ret_instance,
                    struct rd_err *reterr)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    struct rd_drill *drill = server->drill;

    int code = server_configure(server, reterr);
    if (code != RD_OK)
        return code;
    struct rd_proc_spec spec = {
        .argv = rd_server_arguments(drill, server->programs.major, server->programs.postgres,
                                    server->data, server->sockets),
        .env = rd_drill_env(drill, NULL),
        .folder = drill->work,
        .user = &drill->user,
        .stdin_fd = -1,
        .stdout_fd = server->log_fd,
        .stderr_fd = server->log_fd,
        .death_signal = drill->keep ? RD_PROC_OUTLIVES : SIGQUIT,
    };
    if (spec.argv == NULL || spec.env == NULL)
        return rd_err_memory(reterr);
    code = rd_proc_start(&spec, &server->proc, reterr);
    if (code == RD_OK)
        code = server_wait(server, &pg, reterr);
    if (code == RD_OK)
        code = server_describe(server, pg, ret_instance, reterr);
    return code;
}

int rd_server_stop(struct rd_server *server, const struct rd_deadline *deadline,
                   struct rd_err *reterr)
{
    if (server->proc.pid <= 0)
        return RD_OK;
    kill(server->proc.pid, SIGINT);
    if (rd_proc_wait(&server->proc, deadline, "stopping the server", NULL) != RD_OK)
        rd_proc_end(&server->proc, SIGQUIT, SERVER_QUIT_MS);
    if (server->proc.pid <= 0)
        return RD_OK;
    return rd_err_set(reterr, RD_E_TIMEOUT, "the server cannot be ended, its process is %d",
                      (int)server->proc.pid);
}

void rd_server_free(struct rd_server *server)
{
    if (server == NULL)
        return;
    rd_proc_end(&server->proc, SIGQUIT, SERVER_QUIT_MS);
    if (server->log_fd >= 0)
        close(server->log_fd);
    free(server);
}

void rd_server_freep(struct rd_server **server)
{
    rd_server_free(*server);
    *server = NULL;
}
