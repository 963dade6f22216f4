/*
 * cause.c: see cause.h.
 */
#include "drills/cause.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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

/* What follows our log_line_prefix ("… [123 checkpointer] 53100 "), or NULL. Whatever stands later
 * in a line may have been written by the restored database. */
static const char *cause_message(const char *line)
{
    const char *end = strchr(line, ']');

    if (line[0] < '0' || line[0] > '9' || end == NULL || strlen(end) < 9 || end[1] != ' ' ||
        end[7] != ' ')
        return NULL;
    return end + 8;
}

/* The message of a line that tells a cause, or NULL. */
static const char *cause_of_line(const char *line)
{
    static const char full[] = ": No space left on device";
    const char *message = cause_message(line);

    if (message == NULL)
        return NULL;
    if (strncmp(message, "PANIC:  ", 8) == 0 || strncmp(message, "FATAL:  ", 8) == 0)
        return cause_is_consequence(message) ? NULL : message;

    /* Everybody may complain about a full disk without giving up. */
    size_t length = strlen(message);
    bool could_not = strncmp(message, "ERROR:  could not ", 18) == 0 ||
                     strncmp(message, "LOG:  could not ", 16) == 0;
    return could_not && length > sizeof(full) &&
                   strcmp(message + length - (sizeof(full) - 1), full) == 0
               ? message
               : NULL;
}

void rd_cause_explain(const char *log_file, struct rd_err *err)
{
    char line[CAUSE_LINE], last[CAUSE_LINE] = "";

    /* The folder belongs to the server's user: no link, and nothing that waits, in the log's place.
     */
    int fd = open(log_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    FILE *log = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (log == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
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
