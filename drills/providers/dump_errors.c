/*
 * dump_errors.c: lines of psql and pg_restore become findings. Only the primary message is looked
 * at: DETAIL, CONTEXT and the failed command quote the restored data.
 */
#include <string.h>

#include "drills/common/text.h"
#include "drills/providers/dump_messages.h"
#include "drills/providers/dump_parts.h"

enum { ERRORS_SHOWN = 100 };

/* A role or tablespace that is missing is complained about by each statement that names it: true
 * once it was told. */
static bool errors_told(struct rd_dump_errors *errors, const char *text)
{
    struct rd_arena *arena = rd_recorder_arena(errors->drill->recorder);
    struct rd_strings *told = &errors->told;

    for (size_t i = 0; i < told->count; i++) {
        if (strcmp(told->items[i], text) == 0)
            return true;
    }
    const char *copy = rd_arena_strdup(arena, text);
    if (told->count == errors->told_room)
        told->items = rd_arena_grow(arena, told->items, told->count, &errors->told_room,
                                    sizeof(*told->items));
    if (copy != NULL && told->items != NULL)
        told->items[told->count++] = copy;
    else
        *told = (struct rd_strings){0};
    return false;
}

/* The first error of the machine explains all that come after it. */
static void errors_add(struct rd_dump_errors *errors, const char *subject,
                       const struct rd_dump_message *message)
{
    if (errors->machine.code != RD_OK)
        return;
    if (message->of_machine) {
        rd_err_set(&errors->machine, RD_E_CHILD, "the restore failed on this machine: %s",
                   message->text);
        rd_err_detail(&errors->machine, "%s", subject);
        rd_err_hint(&errors->machine, "%s", message->hint);
        return;
    }
    if (message->hint != NULL && errors_told(errors, message->text))
        return;
    if (++errors->count > ERRORS_SHOWN)
        return;
    rd_find(errors->drill->recorder, errors->group, RD_FAIL, subject, "%s", message->text)->hint =
        message->hint;
}

/* Of DROP on a cluster that has nothing in it yet: it is not there, or it is in use by us. */
static bool errors_nothing_to_drop(const char *sqlstate)
{
    static const char *const states[] = {"3D000", "3F000", "42P01", "42704",
                                         "42883", "42703", "55006", "2BP01"};

    for (size_t i = 0; i < RD_COUNT(states); i++) {
        if (strcmp(sqlstate, states[i]) == 0)
            return true;
    }
    return false;
}

/* What a fresh cluster has from the start; pg_dump --schema=public makes that one again. */
static bool errors_there_already(const struct rd_dump_errors *errors, const char *sqlstate,
                                 const char *message)
{
    char role[300];

    if (strcmp(message, "schema \"public\" already exists") == 0)
        return true;
    snprintf(role, sizeof(role), "role \"%s\" already exists", errors->superuser);
    return (strcmp(sqlstate, "42710") == 0 && strcmp(message, role) == 0) ||
           (strcmp(sqlstate, "42P04") == 0 &&
            (strcmp(message, "database \"postgres\" already exists") == 0 ||
             strcmp(message, "database \"template1\" already exists") == 0));
}

/* Whether the complaint had to come; then it is counted as such. */
static bool errors_expected(struct rd_dump_errors *errors, enum rd_plain_line kind,
                            const char *sqlstate, const char *message)
{
    static const char unknown[] = "unrecognized configuration parameter ";

    /* pg_dump turns off time-outs that only newer servers know. */
    bool newer = kind == RD_PLAIN_SET && strncmp(message, unknown, sizeof(unknown) - 1) == 0;
    bool nothing = kind == RD_PLAIN_DROP && errors_nothing_to_drop(sqlstate);
    if (!newer && !nothing && !errors_there_already(errors, sqlstate, message))
        return false;
    errors->expected++;
    return true;
}

/* "42P01: relation …": takes the code off. */
static const char *errors_take_sqlstate(const char *message, char ret_sqlstate[6])
{
    ret_sqlstate[0] = '\0';
    if (strspn(message, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != 5 ||
        strncmp(message + 5, ": ", 2) != 0)
        return message;
    memcpy(ret_sqlstate, message, 5);
    ret_sqlstate[5] = '\0';
    return message + 7;
}

/* What follows "ERROR:  ", "FATAL:  " or "PANIC:  "; NULL without any. */
static const char *errors_of_server(const char *text)
{
    static const char *const marks[] = {"ERROR:  ", "FATAL:  ", "PANIC:  "};

    for (size_t i = 0; i < RD_COUNT(marks); i++) {
        const char *at = strstr(text, marks[i]);
        if (at != NULL)
            return at + strlen(marks[i]);
    }
    return NULL;
}

/* "psql:<stdin>:12: " before the message; the number is 0 where psql tells none. NULL for the
 * further lines of a message. */
static const char *errors_take_place(const char *line, int64_t *ret_line)
{
    static const char program[] = "psql:";
    static const char place[] = "<stdin>:";

    *ret_line = 0;
    if (strncmp(line, program, sizeof(program) - 1) != 0)
        return NULL;
    line += sizeof(program) - 1;
    if (strncmp(line, place, sizeof(place) - 1) != 0)
        return line;
    char *after;
    *ret_line = strtoll(line + sizeof(place) - 1, &after, 10);
    return after;
}

void rd_dump_errors_psql(struct rd_dump_errors *errors, const char *line)
{
    enum rd_plain_line kind = RD_PLAIN_ORDINARY;
    struct rd_dump_message message;
    char sqlstate[6], subject[128];
    int64_t number, dump_line = 0;

    const char *text = errors_take_place(line, &number);
    if (text == NULL)
        return;
    if (number > 0)
        kind = rd_plain_look_up(errors->plain, number, &dump_line);
    snprintf(subject, sizeof(subject), "%s line %lld", errors->what, (long long)dump_line);

    static const char own[] = ": error: ";
    const char *of_psql = strstr(text, own);
    const char *of_server = errors_of_server(text);
    /* A database that did not come out of the dump is the only reason of the dump's own. */
    bool connecting = strstr(text, "connection to server on socket") != NULL;
    if (of_server != NULL &&
        (!connecting || rd_text_matches("database \"*\" does not exist", of_server))) {
        of_server = errors_take_sqlstate(of_server, sqlstate);
        if (errors_expected(errors, kind, sqlstate, of_server))
            return;
        rd_dump_message_server(sqlstate, of_server, &message);
    } else if (of_psql != NULL || strncmp(text, own + 1, sizeof(own) - 2) == 0) {
        rd_dump_message_program(
            of_psql != NULL ? of_psql + sizeof(own) - 1 : text + sizeof(own) - 2, &message);
    } else if (strstr(text, "server closed the connection") != NULL) {
        rd_dump_message_program(text + strspn(text, ": "), &message);
    } else {
        return;
    }
    errors_add(errors, subject, &message);
}

/* "TOC entry 215; 1259 16386 TABLE foo postgres" without its numbers: "TABLE foo postgres". */
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

/* What the error is about: the table whose rows do not fit, else the entry. */
static void errors_subject(const struct rd_dump_errors *errors, const char *text, char *ret_subject,
                           size_t size)
{
    static const char copy[] = "COPY failed for table \"";

    if (strncmp(text, copy, sizeof(copy) - 1) == 0) {
        text += sizeof(copy) - 1;
        const char *end = strstr(text, "\": ");
        size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        snprintf(ret_subject, size, "rows of %.*s", (int)(length < size ? length : size), text);
    } else {
        snprintf(ret_subject, size, "%s", errors->entry[0] != '\0' ? errors->entry : errors->what);
    }
}

void rd_dump_errors_restore(struct rd_dump_errors *errors, const char *line)
{
    static const char entry[] = "pg_restore: from TOC entry ";
    static const char error[] = "pg_restore: error: ";
    struct rd_dump_message message;
    char subject[300];

    if (strncmp(line, entry, sizeof(entry) - 1) == 0) {
        errors_take_entry(errors, line + sizeof(entry) - 1);
        return;
    }
    if (strncmp(line, error, sizeof(error) - 1) != 0)
        return;
    const char *text = line + sizeof(error) - 1;
    const char *of_server = errors_of_server(text);
    if (of_server == NULL) {
        rd_dump_message_program(text, &message);
        errors_add(errors, errors->what, &message);
        return;
    }
    /* Before the first entry there are only pg_restore's own settings. */
    if (errors_expected(errors, errors->entry[0] == '\0' ? RD_PLAIN_SET : RD_PLAIN_ORDINARY, "",
                        of_server))
        return;
    rd_dump_message_server("", of_server, &message);
    errors_subject(errors, text, subject, sizeof(subject));
    errors_add(errors, subject, &message);
}

int rd_dump_errors_end(struct rd_dump_errors *errors, struct rd_err *reterr)
{
    if (errors->count > ERRORS_SHOWN)
        rd_find(errors->drill->recorder, errors->group, RD_FAIL, "further errors",
                "%lld more errors of the same program are not listed",
                (long long)(errors->count - ERRORS_SHOWN));
    if (errors->machine.code == RD_OK)
        return RD_OK;
    *reterr = errors->machine;
    return reterr->code;
}
