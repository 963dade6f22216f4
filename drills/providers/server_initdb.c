/*
 * server_initdb.c: see server_initdb.h.
 */
#include "drills/providers/server_initdb.h"

#include <locale.h>
#include <string.h>

enum {
    INITDB_ERRORS_MAX = 900, /* bytes of what it said last, to stand in an error's detail */
    INITDB_ARGUMENTS = 16,
};

static int initdb_check_locale(const char *name, struct rd_err *reterr)
{
    locale_t locale = newlocale(LC_COLLATE_MASK | LC_CTYPE_MASK, name, (locale_t)0);

    if (locale != (locale_t)0) {
        freelocale(locale);
        return RD_OK;
    }
    int code = rd_err_set(reterr, RD_E_NOT_FOUND, "this machine has no locale '%s'", name);
    rd_err_hint(reterr, "Generate it (on Debian: add it to /etc/locale.gen and run locale-gen), or "
                        "name another one as \"locale\" of the plan's \"instance\".");
    return code;
}

/* C.UTF-8 only goes with UTF-8; the locale C goes with every encoding. */
static const char *initdb_locale(const struct rd_server_spec *spec, const char *wanted)
{
    if (wanted != NULL)
        return wanted;
    return spec->encoding == NULL || strcmp(spec->encoding, "UTF8") == 0 ? "C.UTF-8" : "C";
}

static int initdb_run(const struct rd_drill *drill, const char *const *argv, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf errors = RD_BUF_INIT(INITDB_ERRORS_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf how = RD_BUF_INIT(INITDB_ERRORS_MAX);
    struct rd_proc_run run = {
        .spec = {.argv = argv,
                 .env = rd_drill_env(drill, NULL),
                 .folder = drill->work,
                 .user = &drill->user},
        .errors = &errors,
    };
    int status = 0;

    if (run.spec.env == NULL)
        return rd_err_memory(reterr);
    int code = rd_proc_run(&run, &drill->deadline, "initdb", &status, reterr);
    if (code != RD_OK || status == 0)
        return code;
    rd_proc_status_text(status, &how);
    code = rd_err_set(reterr, RD_E_CHILD, "initdb failed: %s", rd_buf_text(&how));
    rd_err_detail(reterr, "%s", rd_buf_text(&errors));
    return code;
}

int rd_server_initdb(const struct rd_drill *drill, const char *initdb, const char *data_folder,
                     const char *superuser, const struct rd_server_spec *spec,
                     struct rd_err *reterr)
{
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    const char *collate = initdb_locale(spec, spec->collate);
    const char *ctype = initdb_locale(spec, spec->ctype);
    const char *argv[INITDB_ARGUMENTS] = {initdb, "-D", data_folder, "-U", superuser};
    size_t count = 5;

    int code = initdb_check_locale(collate, reterr);
    if (code == RD_OK)
        code = initdb_check_locale(ctype, reterr);
    if (code != RD_OK)
        return code;

    /* The other categories are C, as the environment says. */
    argv[count++] = "--auth=trust";
    argv[count++] = rd_arena_printf(arena, "--lc-collate=%s", collate);
    argv[count++] = rd_arena_printf(arena, "--lc-ctype=%s", ctype);
    argv[count++] =
        rd_arena_printf(arena, "--encoding=%s", spec->encoding != NULL ? spec->encoding : "UTF8");
    if (spec->locale_provider != NULL && strcmp(spec->locale_provider, "libc") != 0) {
        argv[count++] = rd_arena_printf(arena, "--locale-provider=%s", spec->locale_provider);
        if (spec->icu_locale != NULL)
            argv[count++] =
                rd_arena_printf(arena,
                                strcmp(spec->locale_provider, "icu") == 0 ? "--icu-locale=%s"
                                                                          : "--builtin-locale=%s",
                                spec->icu_locale);
    }
    if (drill->wish->profile == RD_PROFILE_FAST)
        argv[count++] = "--no-sync";
    code = rd_arena_status(arena, reterr);
    return code == RD_OK ? initdb_run(drill, argv, reterr) : code;
}
