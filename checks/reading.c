/*
 * reading.c: see reading.h.
 */
#include "checks/reading.h"

#include <string.h>

int rd_reading_prepare(const struct rd_check_run *run, int how, struct rd_err *reterr)
{
    static const char *const statements[] = {
        [RD_READING_TABLES] = "SELECT set_config('enable_indexonlyscan', 'off', false), "
                              "set_config('enable_indexscan', 'off', false), "
                              "set_config('enable_bitmapscan', 'off', false), "
                              "set_config('enable_seqscan', 'on', false), "
                              "set_config('enable_hashjoin', 'on', false), "
                              "set_config('enable_mergejoin', 'on', false)",
        [RD_READING_INDEXES] = "SELECT set_config('enable_indexonlyscan', 'off', false), "
                               "set_config('enable_indexscan', 'on', false), "
                               "set_config('enable_seqscan', 'on', false)",
    };

    return rd_pg_exec(run->pg, &run->deadline, statements[how], reterr);
}

/* 58P01 is also said of libraries that this machine lacks; those are no file of the database. */
static bool reading_found_damage(const char *sqlstate, const char *message)
{
    return strcmp(sqlstate, "XX001") == 0 || strcmp(sqlstate, "XX002") == 0 ||
           (strcmp(sqlstate, "58P01") == 0 && strstr(message, "could not open file") != NULL);
}

int rd_reading_failed(const struct rd_check_run *run, const char *subject, const struct rd_err *err,
                      struct rd_err *reterr)
{
    switch (err->code) {
    case RD_E_MEMORY:
    case RD_E_TIMEOUT:
    case RD_E_INTERRUPTED:
    case RD_E_NETWORK:
        rd_err_set(reterr, err->code, "%s", err->message);
        rd_err_detail(reterr, "while reading %s%s%s", subject, *err->detail != '\0' ? ": " : "",
                      err->detail);
        rd_err_hint(reterr, "%s", err->hint);
        return err->code;
    default:
        break;
    }
    if (!reading_found_damage(rd_pg_sqlstate(run->pg), err->message)) {
        rd_find_err(run->drill->recorder, run->group, subject, err);
        return RD_OK;
    }
    struct rd_finding *finding = rd_find(run->drill->recorder, run->group, RD_FAIL, subject,
                                         "the data are damaged: %s", err->message);
    finding->hint = "The restored files are damaged; restore an older backup and look at the disks "
                    "and at the server that this one was made on.";
    return RD_OK;
}
