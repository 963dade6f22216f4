/*
 * http_app.c: runs the application on the restored database: its start, its output, its end.
 *
 * Its output may hold data of the restored database, so it never enters the record. It is read as
 * it comes, so that a full pipe never blocks the application, the last of it is kept in memory, and
 * written to the work folder in the end, which `--keep` leaves in place.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks/http_parts.h"
#include "drills/common/file.h"

enum {
    APP_READ_BYTES = 16 * 1024,
    APP_READS = 64,     /* at a time, so that a flood cannot hold up the drill */
    APP_TERM_MS = 5000, /* from SIGTERM to SIGKILL */
    APP_ENV_MAX = 512 * 1024,
    APP_LOGS_MAX = 100,
};

const char rd_check_http_output_hint[] =
    "Run the drill again with --keep and read the application's output in the work folder "
    "(app-*.log); it may hold data and is not part of the record.";

/* Keeps the last bytes of the output. */
static void app_keep(struct rd_buf *output, const char *data, size_t length)
{
    if (length > output->max) {
        data += length - output->max;
        length = output->max;
    }
    if (output->length + length > output->max) {
        size_t drop = output->length + length - output->max;
        memmove(output->data, output->data + drop, output->length - drop);
        output->length -= drop;
    }
    rd_buf_add(output, data, length);
}

static void app_drain(void *context)
{
    struct rd_check_http_job *http = context;
    char piece[APP_READ_BYTES];

    for (int i = 0; i < APP_READS && http->pump.fd >= 0; i++) {
        ssize_t got = read(http->pump.fd, piece, sizeof(piece));
        if (got > 0) {
            app_keep(&http->output, piece, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(http->pump.fd);
            http->pump.fd = -1;
        } else {
            return;
        }
    }
}

int rd_check_http_bind(int64_t port, int64_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int reuse = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse)) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        int number = errno;
        close(fd);
        errno = number;
        return -1;
    }
    *ret_port = ntohs(address.sin_port);
    return fd;
}

/* Finds the port, and makes sure that nobody else answers there: another program's answers would be
 * taken for the application's. */
static int app_take_port(struct rd_check_http_job *http, struct rd_err *reterr)
{
    int64_t wanted = http->settings->app->port;
    int fd = rd_check_http_bind(wanted != RD_ABSENT ? wanted : 0, &http->port);

    if (fd < 0) {
        int result = rd_err_errno(reterr, errno, "the application's port %" PRId64 " is not free",
                                  wanted != RD_ABSENT ? wanted : 0);
        rd_err_hint(reterr, "End what listens there, or leave 'port' out of the plan.");
        return result;
    }
    close(fd);
    return RD_OK;
}

/* Appends "NAME=value" and a NUL for each entry of the plan. */
static int app_add_env(const struct rd_check_http_job *http, const struct rd_json *entries,
                       struct rd_buf *env, struct rd_err *reterr)
{
    struct rd_faults faults = {.arena = rd_recorder_arena(http->run->drill->recorder)};
    const struct rd_secret *const *values = rd_check_http_values(entries, "env", &faults);
    const struct rd_json *entry = rd_json_first(entries);
    int result = values != NULL ? RD_OK : rd_err_memory(reterr);

    for (; result == RD_OK && entry != NULL; entry = rd_json_next(entry), values++) {
        struct rd_buf value = RD_BUF_INIT(RD_SECRET_MAX);
        result = rd_check_http_reveal(http, *values, &value, reterr);
        if (result == RD_OK) {
            rd_buf_printf(env, "%s=%s", rd_json_key(entry), rd_buf_text(&value));
            rd_buf_add(env, "", 1);
        }
        rd_buf_wipe(&value);
    }
    return result;
}

/* The environment, in one piece of memory that can be wiped; `ret_env` points into it. */
static int app_make_env(const struct rd_check_http_job *http, struct rd_buf *text,
                        const char *const **ret_env, struct rd_err *reterr)
{
    const struct rd_json *entries = http->settings->app->env;
    struct rd_arena *arena = rd_recorder_arena(http->run->drill->recorder);
    size_t count = 1 + (entries != NULL ? rd_json_count(entries) : 0);
    const char **more = rd_arena_alloc(arena, (count + 1) * sizeof(*more));
    int result = more != NULL ? RD_OK : rd_err_memory(reterr);

    rd_buf_printf(text, "PORT=%" PRId64, http->port);
    rd_buf_add(text, "", 1);
    if (result == RD_OK && entries != NULL)
        result = app_add_env(http, entries, text, reterr);
    if (result == RD_OK)
        result = rd_buf_status(text, "the application's environment", reterr);
    if (result != RD_OK)
        return result;

    const char *at = text->data;
    for (size_t i = 0; i < count; i++) {
        more[i] = at;
        at += strlen(at) + 1;
    }
    *ret_env = rd_drill_env(http->run->drill, more);
    return *ret_env != NULL ? RD_OK : rd_err_memory(reterr);
}

/* The program: a path counts from the plan's folder, a bare name is looked for in PATH. */
static int app_find_program(const struct rd_check_http_job *http, const char *program,
                            const char **ret_path, struct rd_err *reterr)
{
    struct rd_arena *arena = rd_recorder_arena(http->run->drill->recorder);
    RD_CLEANUP(rd_buf_free) struct rd_buf found = RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);
    int result = RD_OK;

    if (strchr(program, '/') != NULL) {
        *ret_path = rd_file_resolve(arena, http->run->drill->plan_folder, program);
    } else {
        result = rd_proc_find(program, &found, reterr);
        *ret_path = result == RD_OK ? rd_arena_strdup(arena, rd_buf_text(&found)) : "";
    }
    return result == RD_OK && *ret_path == NULL ? rd_err_memory(reterr) : result;
}

static int app_make_argv(const struct rd_check_http_job *http, const char *const **ret_argv,
                         struct rd_err *reterr)
{
    const struct rd_strings *command = &http->settings->app->command;
    struct rd_arena *arena = rd_recorder_arena(http->run->drill->recorder);
    const char **argv = rd_arena_alloc(arena, (command->count + 1) * sizeof(*argv));
    int result = argv != NULL ? RD_OK : rd_err_memory(reterr);

    for (size_t i = 0; result == RD_OK && i < command->count; i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_CHECK_HTTP_TEXT_MAX);
        result = rd_check_http_fill_in(http, command->items[i], &text, reterr);
        argv[i] = result == RD_OK ? rd_arena_strdup(arena, rd_buf_text(&text)) : NULL;
        if (result == RD_OK && argv[i] == NULL)
            result = rd_err_memory(reterr);
    }
    if (result == RD_OK)
        result = app_find_program(http, argv[0], &argv[0], reterr);
    if (result == RD_OK)
        *ret_argv = argv;
    return result;
}

static int app_spawn(struct rd_check_http_job *http, const char *const *argv,
                     const char *const *env, struct rd_err *reterr)
{
    const struct rd_drill *drill = http->run->drill;
    const char *folder = http->settings->app->folder;
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    int pipes[2];

    folder =
        folder != NULL ? rd_file_resolve(arena, drill->plan_folder, folder) : drill->plan_folder;
    if (folder == NULL)
        return rd_err_memory(reterr);
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return rd_err_errno(reterr, errno, "cannot make a pipe for the application");
    struct rd_proc_spec spec = {
        .argv = argv,
        .env = env,
        .folder = folder,
        .user = &drill->user,
        .stdin_fd = -1,
        .stdout_fd = pipes[1],
        .stderr_fd = pipes[1],
    };
    int result = rd_proc_start(&spec, &http->proc, reterr);
    close(pipes[1]);
    if (result != RD_OK) {
        close(pipes[0]);
        rd_err_hint(reterr, "Check 'app.command' and 'app.folder' in the plan, and that the user "
                            "whom servers run as may run it.");
        return result;
    }
    /* Only this end of the pipe: the application must not find its output non-blocking. */
    fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    http->group = http->proc.pid;
    http->pump = (struct rd_http_pump){.fd = pipes[0], .drain = app_drain, .context = http};
    return RD_OK;
}

int rd_check_http_start(struct rd_check_http_job *http, struct rd_err *reterr)
{
    struct rd_buf env_text = RD_BUF_INIT(APP_ENV_MAX);
    const char *const *argv = NULL;
    const char *const *env = NULL;

    http->output = (struct rd_buf)RD_BUF_INIT((size_t)http->settings->app->output);
    int result = app_take_port(http, reterr);
    if (result == RD_OK)
        result = app_make_argv(http, &argv, reterr);
    if (result == RD_OK)
        result = app_make_env(http, &env_text, &env, reterr);
    if (result == RD_OK)
        result = app_spawn(http, argv, env, reterr);
    rd_buf_wipe(&env_text);
    return result;
}

bool rd_check_http_ended(struct rd_check_http_job *http)
{
    if (http->group == 0 || http->proc.pid == 0)
        return http->group != 0;
    if (!rd_proc_ended(&http->proc))
        return false;
    /* The rest of its group has no reason to stay; nobody else can have its number yet. */
    kill(-http->group, SIGKILL);
    app_drain(http);
    return true;
}

bool rd_check_http_died_of_machine(const struct rd_check_http_job *http)
{
    int status = http->proc.status;

    /* 126 and 127: the shell, env and the dynamic linker say so that they could not start
     * something; SIGKILL comes from the kernel when memory is short, or from a person. */
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Writes the last output to WORK/app-N.log, N being the first that is free. */
static void app_write_log(const struct rd_check_http_job *http)
{
    const struct rd_drill *drill = http->run->drill;
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    struct rd_err err = RD_ERR_INIT;

    for (int i = 1; i <= APP_LOGS_MAX && http->output.length > 0; i++) {
        const char *path = rd_arena_printf(arena, "%s/app-%d.log", drill->work, i);
        if (path == NULL || rd_file_exists(path))
            continue;
        if (rd_file_create(path, http->output.data, http->output.length, 0600, &err) != RD_OK)
            rd_drill_say(drill, "cannot keep the application's output: %s", err.message);
        return;
    }
}

void rd_check_http_stop(struct rd_check_http_job *http)
{
    if (http->group != 0) {
        if (!rd_check_http_ended(http))
            rd_proc_end(&http->proc, SIGTERM, APP_TERM_MS);
        app_drain(http);
        app_write_log(http);
    }
    if (http->group != 0 && http->pump.fd >= 0)
        close(http->pump.fd);
    rd_buf_free(&http->output);
    rd_buf_free(&http->outside);
    rd_buf_free(&http->url);
}
