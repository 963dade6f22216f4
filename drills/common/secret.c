/*
 * secret.c: see secret.h. The value goes into memory that is large enough from the start, so that
 * growing leaves no copies behind, and is wiped on every failure.
 */
#include "drills/common/secret.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/common/proc.h"

enum { SECRET_PATHS = 2 * 1024 * 1024 }; /* of a program and its arguments */

static int secret_from_env(const char *name, struct rd_buf *out, struct rd_err *reterr)
{
    const char *value = getenv(name);

    if (value == NULL) {
        int rc = rd_err_set(reterr, RD_E_NOT_FOUND, "environment variable '%s' is not set", name);
        rd_err_hint(reterr, "Set it where redrill is started, or refer to another secret.");
        return rc;
    }
    rd_buf_puts(out, value);
    return rd_buf_status(out, "a secret", reterr);
}

static int secret_from_file(const char *path, const char *folder, struct rd_buf *out,
                            struct rd_err *reterr)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(SECRET_PATHS);
    const char *full = arena != NULL ? rd_file_resolve(arena, folder, path) : NULL;

    return full != NULL ? rd_file_read(full, out, reterr) : rd_err_memory(reterr);
}

/* The argument vector, in the arena, its program found: by PATH, or from `folder` when it has a
 * slash. */
static int secret_argv(const struct rd_strings *exec, const char *folder, struct rd_arena *arena,
                       const char ***ret_argv, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf found = RD_BUF_INIT(SECRET_PATHS);
    const char *program = exec->items[0];
    const char **argv = rd_arena_alloc(arena, (exec->count + 1) * sizeof(*argv));

    if (argv == NULL)
        return rd_err_memory(reterr);
    memcpy(argv, exec->items, exec->count * sizeof(*argv));
    if (strchr(program, '/') == NULL) {
        int rc = rd_proc_find(program, &found, reterr);
        if (rc != RD_OK)
            return rc;
        argv[0] = rd_arena_strdup(arena, found.data);
    } else {
        argv[0] = rd_file_resolve(arena, folder, program);
    }
    if (argv[0] == NULL)
        return rd_err_memory(reterr);
    *ret_argv = argv;
    return RD_OK;
}

/* The program gets redrill's own environment: it finds its access to the secret there. What it
 * says on stderr is not told, because nobody knows what that holds. */
static int secret_from_program(const struct rd_strings *exec, const char *folder,
                               const struct rd_deadline *deadline, struct rd_buf *out,
                               struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf end = RD_BUF_INIT(256);
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(SECRET_PATHS);
    struct rd_proc_run run = {.output = out};
    const char **argv = NULL;
    int status = 0;

    if (arena == NULL)
        return rd_err_memory(reterr);
    int rc = secret_argv(exec, folder, arena, &argv, reterr);
    if (rc != RD_OK)
        return rc;
    run.spec =
        (struct rd_proc_spec){.argv = argv, .env = (const char *const *)environ, .folder = folder};
    rc = rd_proc_run(&run, deadline, exec->items[0], &status, reterr);
    if (rc != RD_OK)
        return rc;
    if (status != 0) {
        rd_proc_status_text(status, &end);
        rc = rd_err_set(reterr, RD_E_CHILD, "program '%s' gave no secret: %s", exec->items[0],
                        rd_buf_text(&end));
        rd_err_hint(reterr, "Run it by hand, as the user that redrill runs as, to see why.");
        return rc;
    }
    /* What did not fit was dropped in silence. */
    if (out->length == out->max)
        return rd_err_set(reterr, RD_E_LIMIT, "program '%s' printed %zu bytes or more",
                          exec->items[0], out->max);
    return rd_buf_status(out, "a secret", reterr);
}

/* The rules that every value has to meet; one newline at its end goes unless it stands in the
 * environment. */
static int secret_check(const struct rd_secret *secret, struct rd_buf *out, struct rd_err *reterr)
{
    const char *from = secret->env    ? secret->env
                       : secret->file ? secret->file
                                      : secret->exec.items[0];

    if (secret->env == NULL && out->length > 0 && out->data[out->length - 1] == '\n')
        out->data[--out->length] = '\0';
    if (out->length == 0)
        return rd_err_set(reterr, RD_E_FORMAT, "the secret from '%s' is empty", from);
    if (memchr(out->data, '\0', out->length) != NULL)
        return rd_err_set(reterr, RD_E_FORMAT, "the secret from '%s' has a NUL in it", from);
    return RD_OK;
}

int rd_secret_reveal(const struct rd_secret *secret, const char *folder,
                     const struct rd_deadline *deadline, struct rd_buf *out, struct rd_err *reterr)
{
    int rc;

    rd_buf_printf(out, "%*s", (int)(out->max - out->length), "");
    rd_buf_clear(out);
    if (secret->literal != NULL) {
        rd_buf_puts(out, secret->literal);
        return rd_buf_status(out, "a value", reterr);
    }
    if (secret->env != NULL)
        rc = secret_from_env(secret->env, out, reterr);
    else if (secret->file != NULL)
        rc = secret_from_file(secret->file, folder, out, reterr);
    else
        rc = secret_from_program(&secret->exec, folder, deadline, out, reterr);
    if (rc == RD_OK)
        rc = secret_check(secret, out, reterr);
    if (rc != RD_OK)
        rd_buf_wipe(out);
    return rc;
}
