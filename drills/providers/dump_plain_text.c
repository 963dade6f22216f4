/*
 * dump_plain_text.c: what the scanner makes of whole statements and meta-commands: which may pass,
 * which are changed, which say something about the dump. See dump_plain.h.
 */
#include <string.h>
#include <strings.h>

#include "drills/providers/dump_plain_parts.h"
#include "drills/providers/dump_tokens.h"

/* psql masks the second bytes of characters in these, which may look like quotes. We do not. */
static const char *const text_unsafe[] = {
    "SJIS",       "SHIFT_JIS_2004", "SHIFTJIS",   "MSKANJI", "WIN932",  "BIG5",  "WIN950",
    "GBK",        "WIN936",         "UHC",        "WIN949",  "GB18030", "JOHAB", "WINDOWS932",
    "WINDOWS936", "WINDOWS949",     "WINDOWS950",
};

static int text_refuse(const struct rd_plain *plain, const char *what, struct rd_err *reterr)
{
    int code = rd_err_set(reterr, RD_E_BACKUP, "line %lld has %s, which no dump has",
                          (long long)plain->lex.line, what);

    rd_err_hint(reterr, "It could run programs or reach other servers and files, so the restore "
                        "stopped before it; find out who wrote it into the dump.");
    return code;
}

/* A name with its schema, from the current token on. */
static bool text_take_name(struct rd_dump_tokens *tokens)
{
    do {
        if (tokens->kind != RD_TOKEN_WORD && tokens->kind != RD_TOKEN_NAME)
            return false;
        rd_dump_tokens_next(tokens);
    } while (rd_dump_tokens_take(tokens, "."));
    return true;
}

/* COPY name [(column, …)] FROM stdin; is all that pg_dump writes. */
static bool text_is_copy_from_stdin(struct rd_dump_tokens *tokens, struct rd_plain *plain)
{
    rd_dump_tokens_take(tokens, "copy");
    const char *name = tokens->text;
    if (!text_take_name(tokens))
        return false;
    size_t length = (size_t)(tokens->text - name);
    while (length > 0 && strchr(" \t\r\n", name[length - 1]) != NULL)
        length--;
    if (length > RD_PLAIN_NAME - 1)
        length = RD_PLAIN_NAME - 1;
    memcpy(plain->table, name, length);
    plain->table[length] = '\0';

    if (rd_dump_tokens_take(tokens, "(")) {
        do {
            if (tokens->kind != RD_TOKEN_WORD && tokens->kind != RD_TOKEN_NAME)
                return false;
            rd_dump_tokens_next(tokens);
        } while (rd_dump_tokens_take(tokens, ","));
        if (!rd_dump_tokens_take(tokens, ")"))
            return false;
    }
    return rd_dump_tokens_take(tokens, "from") && rd_dump_tokens_take(tokens, "stdin") &&
           rd_dump_tokens_take(tokens, ";") && tokens->kind == RD_TOKEN_END;
}

static int text_copy(struct rd_plain *plain, const char *text, size_t length, bool *ret_replaced,
                     struct rd_err *reterr)
{
    struct rd_dump_tokens tokens;

    rd_dump_tokens_init(&tokens, text, length);
    if (!text_is_copy_from_stdin(&tokens, plain))
        return text_refuse(plain, "a COPY from or to somewhere else than the dump itself", reterr);
    rd_buf_puts(&plain->made, "\\set ON_ERROR_STOP 1\n");
    rd_buf_add(&plain->made, text, length);
    plain->added++;
    rd_dump_lex_rows(&plain->lex);
    *ret_replaced = true;
    return rd_plain_mark(plain, RD_PLAIN_ORDINARY, reterr);
}

/* As a string of SQL that has as many lines as the one that it replaces. */
static void text_add_string(struct rd_buf *out, const char *text, const struct rd_dump_tokens *old)
{
    rd_buf_puts(out, "'");
    for (; *text != '\0'; text++) {
        rd_buf_add(out, text, 1);
        if (*text == '\'')
            rd_buf_add(out, text, 1);
    }
    rd_buf_puts(out, "'");
    for (size_t i = 0; i < old->length; i++) {
        if (old->text[i] == '\n')
            rd_buf_puts(out, "\n");
    }
}

/* CREATE TABLESPACE … LOCATION 'folder': another folder. */
static int text_tablespace(struct rd_plain *plain, const char *text, size_t length,
                           bool *ret_replaced, struct rd_err *reterr)
{
    struct rd_dump_tokens tokens;

    rd_dump_tokens_init(&tokens, text, length);
    while (tokens.kind != RD_TOKEN_END && !rd_dump_tokens_take(&tokens, "location"))
        rd_dump_tokens_next(&tokens);
    if (tokens.kind != RD_TOKEN_STRING || plain->host.tablespace == NULL)
        return text_refuse(plain, "a tablespace in no folder", reterr);
    const char *folder = plain->host.tablespace(plain->host.context, ++plain->tablespaces, reterr);
    if (folder == NULL)
        return reterr->code;

    rd_buf_add(&plain->made, text, (size_t)(tokens.text - text));
    text_add_string(&plain->made, folder, &tokens);
    rd_buf_add(&plain->made, tokens.at, (size_t)(text + length - tokens.at));
    *ret_replaced = true;
    return RD_OK;
}

static void text_fact(const struct rd_dump_tokens *tokens, char *fact, size_t size)
{
    if (fact[0] == '\0')
        rd_dump_tokens_text(tokens, fact, size);
}

/* CREATE DATABASE name WITH KEY = value … */
static void text_database(struct rd_plain_facts *facts, const char *text, size_t length)
{
    const struct {
        const char *key;
        char *fact;
    } options[] = {
        {"encoding", facts->encoding},     {"locale_provider", facts->locale_provider},
        {"lc_collate", facts->collate},    {"lc_ctype", facts->ctype},
        {"locale", facts->collate},        {"locale", facts->ctype},
        {"icu_locale", facts->icu_locale}, {"builtin_locale", facts->icu_locale},
    };
    struct rd_dump_tokens tokens;

    if (facts->database[0] != '\0')
        return;
    rd_dump_tokens_init(&tokens, text, length);
    rd_dump_tokens_take(&tokens, "create");
    rd_dump_tokens_take(&tokens, "database");
    text_fact(&tokens, facts->database, sizeof(facts->database));
    while (tokens.kind != RD_TOKEN_END) {
        struct rd_dump_tokens key = tokens;
        rd_dump_tokens_next(&tokens);
        if (!rd_dump_tokens_take(&tokens, "="))
            continue;
        for (size_t i = 0; i < RD_COUNT(options); i++) {
            if (rd_dump_tokens_is(&key, options[i].key))
                text_fact(&tokens, options[i].fact, RD_PLAIN_FACT);
        }
    }
}

static int text_client_encoding(struct rd_plain *plain, const struct rd_dump_tokens *tokens,
                                struct rd_err *reterr)
{
    char encoding[RD_PLAIN_FACT];

    rd_dump_tokens_text(tokens, encoding, sizeof(encoding));
    text_fact(tokens, plain->facts.client_encoding, RD_PLAIN_FACT);
    for (size_t i = 0; i < RD_COUNT(text_unsafe); i++) {
        if (strcasecmp(encoding, text_unsafe[i]) != 0)
            continue;
        int code =
            rd_err_set(reterr, RD_E_UNSUPPORTED,
                       "the dump is in the encoding %s, in which it cannot be followed", encoding);
        rd_err_hint(reterr, "Dump with --encoding=UTF8, or as an archive: pg_dump -Fc.");
        return code;
    }
    return RD_OK;
}

/* SET name = value */
static int text_set(struct rd_plain *plain, const char *text, size_t length, struct rd_err *reterr)
{
    struct rd_dump_tokens tokens;
    char value[RD_PLAIN_FACT];

    rd_dump_tokens_init(&tokens, text, length);
    rd_dump_tokens_take(&tokens, "set");
    struct rd_dump_tokens name = tokens;
    rd_dump_tokens_next(&tokens);
    if (!rd_dump_tokens_take(&tokens, "=") && !rd_dump_tokens_take(&tokens, "to"))
        return RD_OK;
    if (rd_dump_tokens_is(&name, "standard_conforming_strings")) {
        rd_dump_tokens_text(&tokens, value, sizeof(value));
        plain->lex.backslashes = strcasecmp(value, "off") == 0;
    } else if (rd_dump_tokens_is(&name, "client_encoding")) {
        int code = text_client_encoding(plain, &tokens, reterr);
        if (code != RD_OK)
            return code;
    }
    return rd_plain_mark(plain, RD_PLAIN_SET, reterr);
}

/* ALTER … DROP CONSTRAINT, DEFAULT and so on, of pg_dump --clean. */
static bool text_alter_drops(const char *text, size_t length)
{
    static const char *const parts[] = {"constraint", "default", "column", "identity",
                                        "expression"};
    struct rd_dump_tokens tokens;
    bool qualified = false;

    rd_dump_tokens_init(&tokens, text, length);
    while (tokens.kind != RD_TOKEN_END) {
        bool drop = !qualified && rd_dump_tokens_is(&tokens, "drop");
        qualified = rd_dump_tokens_is(&tokens, ".");
        rd_dump_tokens_next(&tokens);
        for (size_t i = 0; drop && i < RD_COUNT(parts); i++) {
            if (rd_dump_tokens_is(&tokens, parts[i]))
                return true;
        }
    }
    return false;
}

/* SELECT pg_catalog.lo_unlink('…'), of pg_dump --clean. */
static bool text_call_unlinks(const char *text, size_t length)
{
    struct rd_dump_tokens tokens;

    rd_dump_tokens_init(&tokens, text, length);
    return rd_dump_tokens_take(&tokens, "select") && rd_dump_tokens_take(&tokens, "pg_catalog") &&
           rd_dump_tokens_take(&tokens, ".") && rd_dump_tokens_is(&tokens, "lo_unlink");
}

int rd_plain_statement(struct rd_plain *plain, const char *text, size_t length, bool *ret_replaced,
                       struct rd_err *reterr)
{
    bool clears = true;
    int code = RD_OK;

    switch (plain->kind) {
    case RD_PLAIN_SETS:
        return text_set(plain, text, length, reterr);
    case RD_PLAIN_DROPS:
    case RD_PLAIN_VIEW:
        break;
    case RD_PLAIN_CALL:
        if (!text_call_unlinks(text, length))
            return RD_OK;
        break;
    case RD_PLAIN_ALTER:
        clears = text_alter_drops(text, length);
        break;
    default:
        clears = false;
        break;
    }
    if (clears)
        return rd_plain_mark(plain, RD_PLAIN_DROP, reterr);

    plain->clearing = false;
    if (plain->kind == RD_PLAIN_COPY)
        code = text_copy(plain, text, length, ret_replaced, reterr);
    else if (plain->kind == RD_PLAIN_TABLESPACE)
        code = text_tablespace(plain, text, length, ret_replaced, reterr);
    else if (plain->kind == RD_PLAIN_DATABASE)
        text_database(&plain->facts, text, length);
    return code;
}

/* A database's name, bare or in double quotes, and nothing behind it. libpq takes a name with '='
 * or "://" for a connection string, which could name another server. */
static bool text_is_database(const char *argument)
{
    size_t length = strlen(argument);

    if (length > 2 && argument[0] == '"' && argument[length - 1] == '"') {
        for (const char *at = argument + 1; at < argument + length - 1; at++) {
            if (*at == '"' && *++at != '"')
                return false;
        }
        return strchr(argument, '=') == NULL && strstr(argument, "://") == NULL;
    }
    for (const char *at = argument; *at != '\0'; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= '0' && *at <= '9') || ((unsigned char)*at & 0x80) != 0;
        if (!plain && strchr(at == argument ? "_" : "_$.-", *at) == NULL)
            return false;
    }
    return length > 0;
}

/* "dbname='NAME'", quoted as pg_dump does for names that need it, and no other parameter. */
static bool text_is_dbname(const char *argument)
{
    static const char beginning[] = "\"dbname='";
    static const char end[] = "'\"";
    size_t length = strlen(argument);

    if (strncmp(argument, beginning, sizeof(beginning) - 1) != 0 ||
        length < sizeof(beginning) - 1 + sizeof(end) - 1 ||
        strcmp(argument + length - (sizeof(end) - 1), end) != 0)
        return false;
    const char *last = argument + length - (sizeof(end) - 1);
    const char *at = argument + sizeof(beginning) - 1;
    for (; at < last; at++) {
        if (*at == '\'' || (*at == '"' && *++at != '"') || (*at == '\\' && ++at == last))
            return false;
    }
    return at == last;
}

static bool text_is_connect(const char *command)
{
    static const char connect[] = "\\connect ";
    static const char reuse[] = "-reuse-previous=on ";

    if (strncmp(command, connect, sizeof(connect) - 1) != 0)
        return false;
    const char *argument = command + sizeof(connect) - 1;
    if (strncmp(argument, reuse, sizeof(reuse) - 1) == 0)
        return text_is_dbname(argument + sizeof(reuse) - 1);
    return text_is_database(argument);
}

static bool text_is_restrict(const char *command)
{
    const char *key = strncmp(command, "\\restrict ", 10) == 0     ? command + 10
                      : strncmp(command, "\\unrestrict ", 12) == 0 ? command + 12
                                                                   : "";

    return *key != '\0' && strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789") == strlen(key);
}

int rd_plain_command(struct rd_plain *plain, struct rd_err *reterr)
{
    char *command = plain->lex.text;
    size_t length = plain->lex.text_length;
    char what[64];

    if (length >= RD_DUMP_LEX_TEXT)
        return text_refuse(plain, "a meta-command that is too long", reterr);
    while (length > 0 && strchr(" \t\r", command[length - 1]) != NULL)
        command[--length] = '\0';
    if (text_is_restrict(command))
        return RD_OK;
    /* Before a \\connect to a database whose name has odd characters. */
    if (strcmp(command, "\\encoding SQL_ASCII") == 0) {
        rd_buf_puts(&plain->made, command);
        return RD_OK;
    }
    if (text_is_connect(command)) {
        plain->facts.connects = true;
        plain->clearing = true;
        plain->lex.backslashes = false;
        rd_buf_puts(&plain->made, command);
        return RD_OK;
    }
    /* Its arguments may be data. */
    snprintf(what, sizeof(what), "the meta-command '%.*s'", (int)strcspn(command, " \t\r"),
             command);
    return text_refuse(plain, what, reterr);
}
