/*
 * dump_messages.c: see dump_messages.h. Patterns are those of rd_text_matches; the messages are
 * PostgreSQL's, in English because children run with LC_ALL=C.
 */
#include "drills/providers/dump_messages.h"

#include <stdio.h>
#include <string.h>

#include "drills/common/text.h"

static const char messages_space[] =
    "Free space where the state folder lies, or name another one with --state.";
static const char messages_extension[] =
    "Install this extension, in the version of the source, on the machine that drills.";
static const char messages_locale[] =
    "Install this locale on the machine that drills, or drill where it is installed.";
static const char messages_preload[] =
    "Name the library in 'instance.preload' of the plan, and install it on this machine.";
static const char messages_log[] = "Look at server.log among the reports.";
static const char messages_roles[] =
    "pg_dump does not save roles: dump them with 'pg_dumpall --globals-only' and name that file as "
    "'source.globals'.";
static const char messages_tablespaces[] =
    "pg_dump does not save tablespaces: dump them with 'pg_dumpall --globals-only' and name that "
    "file as 'source.globals'.";

/* What is not the backup's fault: by the beginning of the SQLSTATE, or by the message. */
static const struct {
    const char *sqlstate; /* "" : any */
    const char *pattern;
    const char *hint;
} messages_machine[] = {
    {"", "*No space left on device*", messages_space},
    {"", "*Disk quota exceeded*", messages_space},
    {"", "extension \"*\" is not available", messages_extension},
    {"", "could not open extension control file \"*", messages_extension},
    {"", "extension \"*\" has no installation script nor update path for version \"*",
     messages_extension},
    {"", "could not access file \"*", messages_extension},
    {"", "could not load library \"*", messages_extension},
    {"", "*must be loaded via *shared_preload_libraries*", messages_preload},
    {"", "collation \"*\" for encoding \"*\" does not exist", messages_locale},
    {"", "could not create locale \"*", messages_locale},
    {"", "invalid locale name: \"*", messages_locale},
    {"", "invalid LC_C* locale name: \"*", messages_locale},
    {"", "could not open collator for locale \"*", messages_locale},
    {"", "ICU is not supported in this build*", messages_locale},
    {"", "*server closed the connection*", messages_log},
    {"", "connection to server was lost*", messages_log},
    {"", "*connection to server on socket*", messages_log},
    {"", "terminating connection *", messages_log},
    {"", "the database system is *", messages_log},
    {"", "*out of memory*", "Give the machine more memory, and drill again."},
    {"", "unsupported version (*",
     "Install PostgreSQL's programs of the version that made the dump."},
    {"", "*Permission denied*", "Let the user that the drill runs as read every file of the dump."},
    {"", "*Input/output error*", "Look at the disk that holds the dump."},
    {"53", "*", "Give the machine more memory, connections or locks, and drill again."},
    {"57P", "*", messages_log},
    {"58", "*", messages_log},
    {"08", "*", messages_log},
    {"XX", "*", messages_log},
};

/* What the server says about definitions, and never about rows. `text` NULL: as it is. */
static const struct {
    const char *pattern;
    const char *text;
    const char *hint;
} messages_known[] = {
    {"role \"*\" does not exist", NULL, messages_roles},
    {"tablespace \"*\" does not exist", NULL, messages_tablespaces},
    {"relation \"*\" does not exist", NULL, NULL},
    {"column \"*\" does not exist", NULL, NULL},
    {"column \"*\" of relation \"*\" does not exist", NULL, NULL},
    {"column \"*\" named in key does not exist", NULL, NULL},
    {"schema \"*\" does not exist", NULL, NULL},
    {"type \"*\" does not exist", NULL, NULL},
    {"function * does not exist", NULL, NULL},
    {"operator does not exist: *", NULL, NULL},
    {"operator class \"*\" does not exist for access method \"*\"", NULL, NULL},
    {"access method \"*\" does not exist", NULL, NULL},
    {"collation \"*\" does not exist", NULL, NULL},
    {"language \"*\" does not exist", NULL, NULL},
    {"extension \"*\" does not exist", NULL, NULL},
    {"database \"*\" does not exist", NULL, NULL},
    {"server \"*\" does not exist", NULL, NULL},
    {"foreign-data wrapper \"*\" does not exist", NULL, NULL},
    {"publication \"*\" does not exist", NULL, NULL},
    {"constraint \"*\" of relation \"*\" does not exist", NULL, NULL},
    {"large object * does not exist", NULL, NULL},
    {"policy \"*\" for table \"*\" does not exist", NULL, NULL},
    {"trigger \"*\" for table \"*\" does not exist", NULL, NULL},
    {"rule \"*\" for relation \"*\" does not exist", NULL, NULL},
    {"index \"*\" does not exist", NULL, NULL},
    {"sequence \"*\" does not exist", NULL, NULL},
    {"event trigger \"*\" does not exist", NULL, NULL},
    {"text search configuration \"*\" does not exist", NULL, NULL},
    {"could not determine which collation to use for *", NULL, NULL},
    {"unrecognized configuration parameter \"*\"", NULL, NULL},
    {"* \"*\" already exists", NULL, NULL},
    {"* \"*\" for relation \"*\" already exists", NULL, NULL},
    {"multiple primary keys for table \"*\" are not allowed", NULL, NULL},
    {"there is no unique constraint matching given keys for referenced table \"*\"", NULL, NULL},
    {"permission denied for *", NULL, NULL},
    {"permission denied to *", NULL, NULL},
    {"must be owner of *", NULL, NULL},
    {"must be superuser to *", NULL, NULL},
    {"insert or update on table \"*\" violates foreign key constraint \"*\"", NULL, NULL},
    {"duplicate key value violates unique constraint \"*\"", NULL, NULL},
    {"could not create unique index \"*\"", NULL, NULL},
    {"could not create exclusion constraint \"*\"", NULL, NULL},
    {"null value in column \"*\" of relation \"*\" violates not-null constraint", NULL, NULL},
    {"column \"*\" of relation \"*\" contains null values", NULL, NULL},
    {"new row for relation \"*\" violates check constraint \"*\"", NULL, NULL},
    {"check constraint \"*\" of relation \"*\" is violated by some row", NULL, NULL},
    {"no partition of relation \"*\" found for row", NULL, NULL},
    {"value for domain * violates check constraint \"*\"", NULL, NULL},
    {"current transaction is aborted, *", NULL, NULL},
    {"missing data for column \"*\"", NULL, NULL},
    {"extra data after last expected column", NULL, NULL},
    {"unexpected EOF on client connection with an open transaction", NULL, NULL},
    {"invalid input syntax for type *: \"*", "a value is not valid for its column's type", NULL},
    {"invalid input syntax for type *", "a value is not valid for its column's type", NULL},
    {"invalid input value for enum *", "a value is not one of its enum's", NULL},
    {"invalid byte sequence for encoding \"*", "a value is not valid in the database's encoding",
     NULL},
    {"character with byte sequence * has no equivalent in encoding \"*",
     "a character does not exist in the database's encoding", NULL},
    {"value too long for type *", NULL, NULL},
    {"*out of range*", "a value is out of range for its column's type", NULL},
    {"numeric field overflow", NULL, NULL},
    {"syntax error at end of input", NULL, NULL},
    {"syntax error at or near \"*", "a statement is no valid SQL", NULL},
    {"unterminated quoted string at or near \"*", "a statement is no valid SQL", NULL},
    {"zero-length delimited identifier *", "a statement is no valid SQL", NULL},
};

/* What pg_restore says when an archive ends too early. */
static const char *const messages_truncated[] = {
    "*: end of file*",
    "input file is too short*",
    "incomplete tar header found*",
    "could not find block ID * in archive*",
    "could not find header for file \"*\" in tar archive*",
    "could not find file \"*\" in archive",
    "unexpected end of file*",
};

static bool messages_judge_machine(const char *sqlstate, const char *message,
                                   struct rd_dump_message *ret_message)
{
    for (size_t i = 0; i < RD_COUNT(messages_machine); i++) {
        size_t length = strlen(messages_machine[i].sqlstate);
        if (strncmp(sqlstate, messages_machine[i].sqlstate, length) != 0 ||
            !rd_text_matches(messages_machine[i].pattern, message))
            continue;
        ret_message->of_machine = true;
        ret_message->hint = messages_machine[i].hint;
        snprintf(ret_message->text, sizeof(ret_message->text), "%s", message);
        return true;
    }
    return false;
}

void rd_dump_message_server(const char *sqlstate, const char *message,
                            struct rd_dump_message *ret_message)
{
    const char *suffix = sqlstate[0] != '\0' ? " (SQLSTATE " : "";
    const char *end = sqlstate[0] != '\0' ? ")" : "";
    const char *text = "the server refused a statement";

    *ret_message = (struct rd_dump_message){0};
    /* Raised by a function of the database: about anything. */
    bool raised = strncmp(sqlstate, "P0", 2) == 0;
    if (!raised && messages_judge_machine(sqlstate, message, ret_message))
        return;
    for (size_t i = 0; i < RD_COUNT(messages_known) && !raised; i++) {
        if (!rd_text_matches(messages_known[i].pattern, message))
            continue;
        text = messages_known[i].text != NULL ? messages_known[i].text : message;
        ret_message->hint = messages_known[i].hint;
        break;
    }
    snprintf(ret_message->text, sizeof(ret_message->text), "%s%s%s%s", text, suffix, sqlstate, end);
}

void rd_dump_message_program(const char *message, struct rd_dump_message *ret_message)
{
    *ret_message = (struct rd_dump_message){0};
    if (messages_judge_machine("", message, ret_message))
        return;
    for (size_t i = 0; i < RD_COUNT(messages_truncated); i++) {
        if (!rd_text_matches(messages_truncated[i], message))
            continue;
        ret_message->hint = "Look at the exit status of pg_dump and of whatever copied the file, "
                            "and at full disks.";
        snprintf(ret_message->text, sizeof(ret_message->text), "the dump is truncated: %s",
                 message);
        return;
    }
    snprintf(ret_message->text, sizeof(ret_message->text), "%s", message);
}
