/*
 * server_programs.c: see server_programs.h. What a folder is called says little about what is in
 * it, so every candidate is asked for its version.
 */
#include "drills/providers/server_programs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROGRAMS_VERSION_MAX = 256, PROGRAMS_ERRORS_MAX = 800 };

/* Where distributions put them; the major version stands between the two parts. */
static const struct {
    const char *before, *after;
} programs_places[] = {
    {"/usr/lib/postgresql/", "/bin"}, /* Debian, Ubuntu */
    {"/usr/pgsql-", "/bin"},          /* Red Hat, of postgresql.org */
    {"/usr/lib/postgresql", "/bin"},  /* SUSE */
    {"/usr/libexec/postgresql", ""},  /* Alpine */
};

static const char programs_built[] = "/usr/local/pgsql/bin"; /* built from source */

static struct rd_arena *programs_arena(const struct rd_drill *drill)
{
    return rd_recorder_arena(drill->recorder);
}

/* "postgres (PostgreSQL) 15.18 (Debian …)", "postgres (PostgreSQL) 18beta1" */
static int programs_parse_version(const char *text)
{
    static const char before[] = "(PostgreSQL) ";
    const char *at = strstr(text, before);

    return at != NULL ? (int)strtol(at + strlen(before), NULL, 10) : 0;
}

static int programs_ask_version(const struct rd_drill *drill, const char *postgres, int *ret_major,
                                struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf output = RD_BUF_INIT(PROGRAMS_VERSION_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf errors = RD_BUF_INIT(PROGRAMS_ERRORS_MAX);
    const char *argv[] = {postgres, "--version", NULL};
    struct rd_proc_run run = {
        .spec = {.argv = argv, .env = rd_drill_env(drill, NULL), .user = &drill->user},
        .output = &output,
        .errors = &errors,
    };
    int status = 0;

    if (run.spec.env == NULL)
        return rd_err_memory(reterr);
    int code = rd_proc_run(&run, &drill->deadline, "asking for the version of PostgreSQL", &status,
                           reterr);
    if (code != RD_OK)
        return code;
    *ret_major = programs_parse_version(rd_buf_text(&output));
    if (*ret_major > 0)
        return RD_OK;
    code = rd_err_set(reterr, RD_E_CHILD, "'%s' does not tell its version", postgres);
    rd_err_detail(reterr, "%s", rd_buf_text(&errors));
    return code;
}

/* Whether version `a` serves better than `b` (0: none so far) where `wanted` is asked for. */
static bool programs_better(int wanted, int a, int b)
{
    if (a < RD_SERVER_OLDEST || a > RD_SERVER_NEWEST || a < wanted)
        return false;
    return b == 0 || (wanted == 0 ? a > b : a < b);
}

/* Looks at one folder, and keeps it if it serves better. Where nothing can be asked there is
 * nothing. */
static void programs_consider(const struct rd_drill *drill, int wanted, const char *folder,
                              struct rd_server_programs *best)
{
    const char *postgres =
        folder != NULL ? rd_arena_printf(programs_arena(drill), "%s/postgres", folder) : NULL;
    int major = 0;

    if (postgres == NULL || access(postgres, F_OK) != 0)
        return;
    if (programs_ask_version(drill, postgres, &major, NULL) == RD_OK &&
        programs_better(wanted, major, best->major)) {
        best->major = major;
        best->folder = folder;
    }
}

static const char *programs_in_path(const struct rd_drill *drill)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(PATH_MAX);

    if (rd_proc_find("postgres", &path, NULL) != RD_OK)
        return NULL;
    return rd_arena_strndup(programs_arena(drill), path.data,
                            (size_t)(strrchr(path.data, '/') - path.data));
}

static int programs_search(const struct rd_drill *drill, int wanted,
                           struct rd_server_programs *best, struct rd_err *reterr)
{
    for (int major = RD_SERVER_OLDEST; major <= RD_SERVER_NEWEST; major++) {
        for (size_t i = 0; i < RD_COUNT(programs_places); i++)
            programs_consider(drill, wanted,
                              rd_arena_printf(programs_arena(drill), "%s%d%s",
                                              programs_places[i].before, major,
                                              programs_places[i].after),
                              best);
    }
    programs_consider(drill, wanted, programs_built, best);
    programs_consider(drill, wanted, programs_in_path(drill), best);

    /* A search that was called off must not read as one that found nothing. */
    int code = rd_deadline_check(&drill->deadline, "looking for PostgreSQL", reterr);
    if (code != RD_OK || best->major > 0)
        return code;
    code = wanted > 0
               ? rd_err_set(reterr, RD_E_NOT_FOUND,
                            "PostgreSQL %d or newer (up to %d) is not installed", wanted,
                            RD_SERVER_NEWEST)
               : rd_err_set(reterr, RD_E_NOT_FOUND, "no PostgreSQL from %d to %d is installed",
                            RD_SERVER_OLDEST, RD_SERVER_NEWEST);
    rd_err_hint(reterr,
                "Install it (on Debian: the package postgresql-%d), or name the folder of its "
                "programs as \"bindir\" of the plan's \"instance\".",
                wanted >= RD_SERVER_OLDEST ? wanted : RD_SERVER_NEWEST);
    return code;
}

/* The folder that the plan names, or nothing. */
static int programs_named(const struct rd_drill *drill, int wanted, struct rd_server_programs *best,
                          struct rd_err *reterr)
{
    const char *postgres =
        rd_arena_printf(programs_arena(drill), "%s/postgres", drill->wish->bindir);

    if (postgres == NULL)
        return rd_err_memory(reterr);
    best->folder = drill->wish->bindir;
    int code = programs_ask_version(drill, postgres, &best->major, reterr);
    if (code != RD_OK) {
        rd_err_hint(reterr, "The plan's \"bindir\" names the folder of PostgreSQL's programs.");
        return code;
    }
    if (best->major < RD_SERVER_OLDEST || best->major > RD_SERVER_NEWEST)
        return rd_err_set(reterr, RD_E_UNSUPPORTED,
                          "'%s' is PostgreSQL %d, and redrill knows %d to %d", best->folder,
                          best->major, RD_SERVER_OLDEST, RD_SERVER_NEWEST);
    if (best->major >= wanted)
        return RD_OK;
    code = rd_err_set(reterr, RD_E_UNSUPPORTED,
                      "'%s' is PostgreSQL %d, and the backup needs %d or newer", best->folder,
                      best->major, wanted);
    rd_err_hint(reterr, "Name the folder of a newer one as \"bindir\" of the plan's \"instance\".");
    return code;
}

static int programs_path(const struct rd_drill *drill, const struct rd_server_programs *programs,
                         const char *name, const char **ret_path, struct rd_err *reterr)
{
    *ret_path = rd_arena_printf(programs_arena(drill), "%s/%s", programs->folder, name);
    if (*ret_path == NULL)
        return rd_err_memory(reterr);
    if (access(*ret_path, X_OK) == 0)
        return RD_OK;
    int code = rd_err_set(reterr, RD_E_NOT_FOUND, "program '%s' is not there", *ret_path);
    rd_err_hint(reterr,
                "Install server and client of PostgreSQL %d (on Debian: the packages "
                "postgresql-%d and postgresql-client-%d).",
                programs->major, programs->major, programs->major);
    return code;
}

int rd_server_programs_find(const struct rd_drill *drill, int major,
                            struct rd_server_programs *ret_programs, struct rd_err *reterr)
{
    struct rd_server_programs found = {0};
    int code;

    if (major > RD_SERVER_NEWEST)
        return rd_err_set(reterr, RD_E_UNSUPPORTED,
                          "the backup is of PostgreSQL %d, and redrill knows %d to %d", major,
                          RD_SERVER_OLDEST, RD_SERVER_NEWEST);
    if (drill->wish->bindir != NULL)
        code = programs_named(drill, major, &found, reterr);
    else
        code = programs_search(drill, major, &found, reterr);
    if (code == RD_OK)
        code = programs_path(drill, &found, "postgres", &found.postgres, reterr);
    if (code == RD_OK)
        code = programs_path(drill, &found, "initdb", &found.initdb, reterr);
    if (code == RD_OK)
        code = programs_path(drill, &found, "psql", &found.psql, reterr);
    if (code == RD_OK)
        code = programs_path(drill, &found, "pg_restore", &found.pg_restore, reterr);
    if (code == RD_OK)
        *ret_programs = found;
    return code;
}
