/*
 * cause.c: see cause.h.
 */
#include "drills/cause.h"

#include <string.h>

enum { CAUSE_TAIL = 64 * 1024, CAUSE_LINE = 512 };

/* What follows from the cause and is not the cause. */
static const char *const cause_consequences[] = {
    "terminating connection",    "the database system is", "administrator command",
    "connection to client lost", "unexpected EOF",         "role \"",
    "password authentication",   "no pg_hba.conf entry",   "canceling",
};

static bool cause_is_consequence(const char *line)
{
    for (size_t i = 0; i < RD_COUNT(cause_consequences); i++) {
        if (strstr(line, cause_consequences[i]) != NULL)
            return true;
    }
    return false;
}

/* The message of a line that tells a cause, or NULL. */
static const char *cause_of_line(const char *line)
{
    static const char *const severities[] = {"PANIC:  ", "FATAL:  "};

    for (size_t i = 0; i < RD_COUNT(severities); i++) {
        const char *found = strstr(line, severities[i]);
        if (found != NULL && !cause_is_consequence(found))
            return found;
    }
    /* Background processes complain about a full disk without giving up. */
    return strstr(line, "No space left on device") != NULL ? line : NULL;
}

void rd_cause_explain(const char *log_file, struct rd_err *err)
{
    char line[CAUSE_LINE], last[CAUSE_LINE] = "";
    FILE *log = fopen(log_file, "re");

    if (log == NULL)
        return;
    if (fseek(log, -CAUSE_TAIL, SEEK_END) != 0)
        rewind(log);
    while (fgets(line, sizeof(line), log) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *cause = cause_of_line(line);
        if (cause != NULL)
            memmove(last, cause, strlen(cause) + 1);
    }
    fclose(log);
    if (last[0] == '\0')
        return;

    err->detail[0] = '\0';
    rd_err_detail(err, "the server's log says: %s", last);
    if (strstr(last, "No space left on device") != NULL) {
        err->hint[0] = '\0';
        rd_err_hint(err, "Free space where the state folder lies, or name another one with "
                         "--state.");
    }
}
