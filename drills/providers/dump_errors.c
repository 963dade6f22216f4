/*
 * dump_errors.c: lines of psql and pg_restore become findings. Only the primary message is kept:
 * DETAIL, CONTEXT and the failed command can quote the restored data. An error of the machine is
 * kept apart from those of the backup.
 */
#include <ctype.h>
#include <string.h>

#include "drills/providers/dump_parts.h"

enum { ERRORS_SHOWN = 100, ERRORS_MESSAGE = 400 };

/* What SQLSTATEs that begin like this are not the backup's fault. */
static const struct {
    const char *sqlstate;
    const char *hint;
} errors_machine[] = {
    {"53100", "Free space where the state folder lies, or name another one with --state."},
    {"53", "The machine ran out of memory, connections or locks; give it more and drill again."},
    {"57P", "The server was stopped from outside; see server.log."},
    {"58", "The operating system refused something; see server.log."},
    {"08", "The connection broke; see server.log."},
    {"XX", "The server failed internally; see server.log."},
};

/* Words of programs that speak without SQLSTATE. */
static const struct {
    const char *text;
    const char *hint;
} errors_machine_texts[] = {
    {"No space left on device",
     "Free space where the state folder lies, or name another one with --state."},
    {"server closed the connection", "The server died; see server.log."},
    {"connection to server", "The server does not answer; see server.log."},
    {"terminating connection", "The server was stopped from outside; see server.log."},
    {"out of memory", "Give the machine more memory and drill again."},
    {"unsupported version", "Install the client programs of the version that made the dump."},
};

/* Values stand in double quotes in messages about data. */
static void errors_mask(char *message)
{
    char *out = message;
    bool quoted = false;

    for (const char *in = message; *in != '\0'; in++) {
        if (*in == '"') {
            quoted = !quoted;
            *out++ = '"';
            if (quoted && in[1] != '\0')
                *out++ = '.'; /* at most as long as what it stands for, with the closing quote */
        } else if (!quoted) {
            *out++ = *in;
        }
    }
    *out = '\0';
}

static bool errors_about_data(const char *sqlstate, const char *message)
{
    static const char *const words[] = {"invalid input", "out of range", "invalid byte",
                                        "too long",      "malformed",    "COPY failed"};

    if (sqlstate[0] != '\0')
        return strncmp(sqlstate, "22", 2) == 0;
    for (size_t i = 0; i < RD_COUNT(words); i++) {
        if (strstr(message, words[i]) != NULL)
            return true;
    }
    return false;
}

/* Whether psql's complaint about this line had to come on a fresh cluster. */
static bool errors_expected(const struct rd_dump_errors *errors, int64_t line, const char *sqlstate)
{
    static const char *const absent[] = {"3D000", "3F000", "42P01", "42704",
                                         "42883", "42703", "55006"};
    const char *statement = NULL;
    char name[256];

    switch (errors->plain != NULL ? rd_plain_line_kind(errors->plain, line, &statement)
                                  : RD_PLAIN_ORDINARY) {
    case RD_PLAIN_CLEANUP:
        for (size_t i = 0; i < RD_COUNT(absent); i++) {
            if (strcmp(sqlstate, absent[i]) == 0)
                return true;
        }
        return false;
    case RD_PLAIN_ROLE:
        snprintf(name, sizeof(name), "CREATE ROLE %s", errors->superuser);
        if (strcmp(sqlstate, "42710") == 0 && strcmp(statement, name) == 0)
            return true;
        snprintf(name, sizeof(name), "CREATE ROLE \"%s\"", errors->superuser);
        return strcmp(sqlstate, "42710") == 0 && strcmp(statement, name) == 0;
    case RD_PLAIN_DATABASE:
        return strcmp(sqlstate, "42P04") == 0 &&
               (strncmp(statement, "CREATE DATABASE postgres ", 25) == 0 ||
                strncmp(statement, "CREATE DATABASE template1 ", 26) == 0);
    default:
        return false;
    }
}

static bool errors_of_machine(struct rd_dump_errors *errors, const char *sqlstate,
                              const char *message)
{
    const char *hint = NULL;

    for (size_t i = 0; i < RD_COUNT(errors_machine) && sqlstate[0] != '\0' && hint == NULL; i++) {
        if (strncmp(sqlstate, errors_machine[i].sqlstate, strlen(errors_machine[i].sqlstate)) == 0)
            hint = errors_machine[i].hint;
    }
    for (size_t i = 0; i < RD_COUNT(errors_machine_texts) && hint == NULL; i++) {
        if (strstr(message, errors_machine_texts[i].text) != NULL)
            hint = errors_machine_texts[i].hint;
    }
    if (hint == NULL)
        return false;
    rd_err_set(&errors->machine, RD_E_CHILD, "the restore failed on this machine: %s", message);
    rd_err_detail(&errors->machine, "SQLSTATE %s", sqlstate[0] != '\0' ? sqlstate : "unknown");
    rd_err_hint(&errors->machine, "%s", hint);
    return true;
}

static const char *errors_hint(const char *message)
{
    if (strstr(message, "role \"") != NULL && strstr(message, "does not exist") != NULL)
        return "pg_dump does not save roles: dump them with 'pg_dumpall --globals-only' and name "
               "that file as 'source.globals'.";
    if (strstr(message, "tablespace \"") != NULL && strstr(message, "does not exist") != NULL)
        return "pg_dump does not save tablespaces: 'pg_dumpall --globals-only' does.";
    return NULL;
}

/* An extension that this machine lacks says nothing about the backup. */
static bool errors_lack_extension(const char *message)
{
    return strstr(message, "extension \"") != NULL &&
           (strstr(message, "is not available") != NULL || strstr(message, "control file") != NULL);
}

static void errors_add(struct rd_dump_errors *errors, const char *subject, const char *sqlstate,
                       const char *text)
{
    struct rd_recorder *recorder = errors->drill->recorder;
    char message[ERRORS_MESSAGE];

    snprintf(message, sizeof(message), "%s", text);
    if (errors_about_data(sqlstate, message))
        errors_mask(message);
    if (errors->machine.code != RD_OK || errors_of_machine(errors, sqlstate, message))
        return;
    if (++errors->count > ERRORS_SHOWN)
        return;
    bool lacking = errors_lack_extension(message);
    struct rd_finding *finding =
        rd_find(recorder, errors->group, lacking ? RD_ERROR : RD_FAIL, subject,
                sqlstate[0] != '\0' ? "%s (SQLSTATE %s)" : "%s", message, sqlstate);
    finding->hint =
        lacking ? "Install this extension on the machine that drills." : errors_hint(message);
}

/* "psql:<stdin>:12: ERROR:  42P01: relation …"; the version of psql decides about "<stdin>". */
void rd_dump_errors_psql(struct rd_dump_errors *errors, const char *line)
{
    char sqlstate[6] = "", subject[128];
    long long number = 0;

    const char *at = strstr(line, "ERROR:  ");
    const char *fatal = strstr(line, "FATAL:  ");
    if (strncmp(line, "psql:", 5) != 0)
        return;
    const char *colon = strchr(line + 5, ':');
    if (colon != NULL)
        number = strtoll(colon + 1, NULL, 10);
    if (at == NULL && fatal == NULL) {
        /* psql's own complaints: "psql: error: …", "psql:<stdin>:3: error: …". */
        const char *own = strstr(line, "error: ");
        if (own == NULL)
            return;
        snprintf(subject, sizeof(subject), "%s line %lld", errors->what, number);
        errors_add(errors, subject, "", own + strlen("error: "));
        return;
    }
    at = at != NULL ? at + strlen("ERROR:  ") : fatal + strlen("FATAL:  ");
    if (strlen(at) > 7 && at[5] == ':') {
        memcpy(sqlstate, at, 5);
        at += 7;
    }
    if (errors_expected(errors, number, sqlstate))
        return;
    snprintf(subject, sizeof(subject), "%s line %lld", errors->what, number);
    errors_add(errors, subject, sqlstate, at);
}

/* "TOC entry 215; 1259 16386 TABLE foo postgres" without its numbers: "TABLE foo". */
static void errors_take_entry(struct rd_dump_errors *errors, const char *text)
{
    const char *at = strchr(text, ';');

    if (at == NULL)
        return;
    at++;
    for (int i = 0; i < 2; i++) {
        at += strspn(at, " ");
        at += strcspn(at, " ");
    }
    at += strspn(at, " ");
    snprintf(errors->entry, sizeof(errors->entry), "%s", at);
}

void rd_dump_errors_restore(struct rd_dump_errors *errors, const char *line)
{
    static const char entry[] = "pg_restore: from TOC entry ";
    static const char error[] = "pg_restore: error: ";
    char subject[300];

    if (strncmp(line, entry, sizeof(entry) - 1) == 0) {
        errors_take_entry(errors, line + sizeof(entry) - 1);
        return;
    }
    if (strncmp(line, error, sizeof(error) - 1) != 0)
        return;
    const char *message = line + sizeof(error) - 1;
    const char *of_server = strstr(message, "ERROR:  ");
    if (of_server != NULL) {
        snprintf(subject, sizeof(subject), "%s",
                 errors->entry[0] != '\0' ? errors->entry : errors->what);
        errors_add(errors, subject, "", of_server + strlen("ERROR:  "));
        return;
    }
    errors_add(errors, errors->what, "", message);
}

int rd_dump_errors_end(struct rd_dump_errors *errors, struct rd_err *reterr)
{
    if (errors->machine.code != RD_OK) {
        *reterr = errors->machine;
        return reterr->code;
    }
    if (errors->count > ERRORS_SHOWN)
        rd_find(errors->drill->recorder, errors->group, RD_FAIL, "further errors",
                "%lld more errors of the same program are not listed",
                (long long)(errors->count - ERRORS_SHOWN));
    return RD_OK;
}
