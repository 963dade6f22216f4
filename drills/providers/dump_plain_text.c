/*
 * dump_plain_text.c: what the scanner makes of whole statements, meta-commands and comments. See
 * dump_plain.h.
 */
#include <ctype.h>
#include <string.h>

#include "drills/providers/dump_plain_parts.h"

void rd_plain_statement_add(struct rd_plain *plain, char character)
{
    bool space = character == ' ' || character == '\n' || character == '\t' || character == '\r';

    if (space) {
        if (plain->tail[PLAIN_TAIL - 1] == ' ' || plain->statement_length == 0)
            return;
        character = ' ';
    }
    if (plain->statement_length < PLAIN_STATEMENT_MAX - 1)
        plain->statement[plain->statement_length++] = character;
    memmove(plain->tail, plain->tail + 1, PLAIN_TAIL - 1);
    plain->tail[PLAIN_TAIL - 1] = character;
}

static bool plain_begins(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

static enum rd_plain_line plain_kind(const char *statement)
{
    if (plain_begins(statement, "DROP ") ||
        (plain_begins(statement, "ALTER ") && strcasestr(statement, " DROP ") != NULL))
        return RD_PLAIN_CLEANUP;
    if (plain_begins(statement, "CREATE ROLE "))
        return RD_PLAIN_ROLE;
    if (plain_begins(statement, "CREATE DATABASE "))
        return RD_PLAIN_DATABASE;
    return RD_PLAIN_ORDINARY;
}

/* Remembers lines whose complaint may be expected; more than the maximum become findings. */
static void plain_remember(struct rd_plain *plain, enum rd_plain_line kind)
{
    if (kind == RD_PLAIN_ORDINARY || plain->line_count == PLAIN_LINES_MAX)
        return;
    if (plain->line_count == plain->line_room) {
        size_t room = plain->line_room > 0 ? plain->line_room * 2 : 64;
        struct plain_line *lines = realloc(plain->lines, room * sizeof(*lines));
        if (lines == NULL) {
            plain->broken = true;
            return;
        }
        plain->lines = lines;
        plain->line_room = room;
    }
    struct plain_line *line = &plain->lines[plain->line_count++];
    *line = (struct plain_line){.line = plain->line, .kind = kind};
    if (kind != RD_PLAIN_CLEANUP) {
        line->statement = strdup(plain->statement);
        plain->broken = plain->broken || line->statement == NULL;
    }
}

/* COPY … FROM stdin begins rows; every other COPY of a script reaches files or programs. */
static int plain_copy(struct rd_plain *plain, struct rd_err *reterr)
{
    static const char from_stdin[] = " FROM stdin";
    size_t length = sizeof(from_stdin) - 1;

    if (strncasecmp(plain->tail + PLAIN_TAIL - length, from_stdin, length) != 0) {
        rd_err_set(reterr, RD_E_BACKUP,
                   "line %lld copies from or to somewhere else than the dump itself",
                   (long long)plain->line);
        rd_err_hint(reterr, "pg_dump writes COPY only with FROM stdin; find out who wrote this "
                            "statement into the dump.");
        return RD_E_BACKUP;
    }
    const char *table = plain->statement + strlen("COPY ");
    size_t name = 0;
    for (bool quoted = false; table[name] != '\0' && (quoted || table[name] != ' '); name++)
        quoted = table[name] == '"' ? !quoted : quoted;
    memcpy(plain->copy_table, table, name);
    plain->copy_table[name] = '\0';
    plain->state = PLAIN_COPY_BEGINS;
    return RD_OK;
}

int rd_plain_statement_end(struct rd_plain *plain, struct rd_err *reterr)
{
    int code = RD_OK;

    plain->statement[plain->statement_length] = '\0';
    plain_remember(plain, plain_kind(plain->statement));
    if (plain_begins(plain->statement, "COPY "))
        code = plain_copy(plain, reterr);
    if (code == RD_OK && plain->listener.on_statement != NULL)
        plain->listener.on_statement(plain->listener.context, plain->statement);
    plain->in_statement = false;
    plain->statement_length = 0;
    memset(plain->tail, 0, sizeof(plain->tail));
    return code;
}

int rd_plain_rewrite(struct rd_plain *plain, struct rd_err *reterr)
{
    char name[PLAIN_STATEMENT_MAX];
    const char *folder = NULL;

    plain->statement[plain->statement_length] = '\0';
    const char *location = strcasestr(plain->statement, " LOCATION '");
    const char *after = plain->statement + strlen("CREATE TABLESPACE ");
    if (location != NULL && plain->listener.tablespace != NULL) {
        size_t length = 0;
        for (bool quoted = false; after[length] != '\0' && (quoted || after[length] != ' ');
             length++)
            quoted = after[length] == '"' ? !quoted : quoted;
        memcpy(name, after, length);
        name[length] = '\0';
        folder = plain->listener.tablespace(plain->listener.context, name);
    }
    if (folder == NULL)
        return rd_err_set(reterr, RD_E_SYSTEM,
                          "the tablespace of line %lld cannot be made inside the work folder",
                          (long long)plain->line);

    /* Our folders hold no quotes; newlines are kept so that psql's count of lines stays ours. */
    size_t before = plain->changed.length;
    rd_buf_add(&plain->changed, plain->statement, (size_t)(location - plain->statement));
    rd_buf_printf(&plain->changed, " LOCATION '%s'", folder);
    for (int64_t line = plain->rewriting_line; line < plain->line; line++)
        rd_buf_puts(&plain->changed, "\n");
    rd_buf_puts(&plain->changed, ";");
    plain->broken = plain->broken || plain->changed.broken != RD_OK;
    rd_plain_segment_add(plain, NULL, before, plain->changed.length - before);
    return RD_OK;
}

/* \connect NAME, or as pg_dump writes it for odd names: \connect -reuse-previous=on
 * "dbname='NAME'". */
static bool plain_connect_is_local(const char *argument)
{
    static const char reuse[] = "-reuse-previous=on \"dbname='";
    size_t length = strlen(argument);

    if (strncmp(argument, reuse, sizeof(reuse) - 1) == 0) {
        const char *name = argument + sizeof(reuse) - 1;
        if (length < sizeof(reuse) + 1 || strcmp(argument + length - 2, "'\"") != 0)
            return false;
        for (; name < argument + length - 2; name++) {
            if (*name == '\\' && name[1] != '\0')
                name++;
            else if (*name == '\'')
                return false;
        }
        return true;
    }
    if (*argument == '"')
        return length > 2 && strchr(argument + 1, '"') == argument + length - 1 &&
               strchr(argument, '=') == NULL && strstr(argument, "://") == NULL;
    return *argument != '\0' && *argument != '-' && strcspn(argument, " \t=:'\"`") == length;
}

static int plain_refuse_meta(struct rd_plain *plain, const char *command, struct rd_err *reterr)
{
    rd_err_set(reterr, RD_E_BACKUP, "line %lld holds a meta-command that no dump needs: '%.40s'",
               (long long)plain->line, command);
    rd_err_hint(reterr, "It could run programs or reach other servers, so the restore stopped "
                        "before it; find out who wrote it into the dump.");
    return RD_E_BACKUP;
}

int rd_plain_meta(struct rd_plain *plain, struct rd_err *reterr)
{
    char command[PLAIN_STATEMENT_MAX];
    const char *text = rd_buf_text(&plain->held);
    size_t length = strcspn(text, "\r\n");

    if (plain->held.broken != RD_OK || length >= sizeof(command) ||
        strlen(text) != plain->held.length)
        return plain_refuse_meta(plain, "a line that is too long", reterr);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    memcpy(command, text, length);
    command[length] = '\0';

    bool allowed =
        strncmp(command, "\\restrict ", 10) == 0 || strncmp(command, "\\unrestrict ", 12) == 0;
    if (strncmp(command, "\\connect ", 9) == 0)
        allowed = plain_connect_is_local(command + 9 + strspn(command + 9, " "));
    else if (allowed)
        allowed = strpbrk(command + 1, "\\`") == NULL;
    if (!allowed)
        return plain_refuse_meta(plain, command, reterr);

    if (strncmp(command, "\\unrestrict ", 12) != 0)
        plain->dump_complete = plain->cluster_complete = false;
    if (plain->listener.on_statement != NULL)
        plain->listener.on_statement(plain->listener.context, command);
    return RD_OK;
}

void rd_plain_comment(struct rd_plain *plain)
{
    plain->text[plain->text_length] = '\0';
    if (plain->text_length > 0 && plain->text[plain->text_length - 1] == '\r')
        plain->text[plain->text_length - 1] = '\0';
    if (strcmp(plain->text, "-- PostgreSQL database cluster dump") == 0)
        plain->cluster = true;
    else if (strcmp(plain->text, "-- PostgreSQL database dump complete") == 0)
        plain->dump_complete = true;
    else if (strcmp(plain->text, "-- PostgreSQL database cluster dump complete") == 0)
        plain->cluster_complete = true;
    if (plain->listener.on_comment != NULL)
        plain->listener.on_comment(plain->listener.context, plain->text);
}
