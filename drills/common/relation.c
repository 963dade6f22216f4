/*
 * relation.c: see relation.h. Quoting and folding: PostgreSQL's manual, "Identifiers and Key
 * Words".
 */
#include "drills/common/relation.h"

#include <string.h>

#include "drills/common/text.h"

enum { RELATION_TEXT_MAX = 1024 }; /* two names of 63 bytes, every byte of them a quote, and more */

static bool relation_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

/* A quoted name; `*at` is on its opening quote and then behind the closing one. NULL: none. */
static char *relation_quoted(const char **at, char *out)
{
    const char *c = *at + 1;

    for (; *c != '\0'; c++) {
        if (*c == '"' && *++c != '"') {
            *out = '\0';
            *at = c;
            return out;
        }
        *out++ = *c;
    }
    return NULL;
}

static char *relation_unquoted(const char **at, char *out, bool *ret_pattern)
{
    const char *c = *at;

    for (; relation_plain(*c) || *c == '*' || *c == '?'; c++) {
        *ret_pattern = *ret_pattern || *c == '*' || *c == '?';
        *out++ = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    *out = '\0';
    *at = c;
    return out;
}

/* One name from `*at` on, which is then behind it. */
static int relation_name(const char *text, const char **at, struct rd_arena *arena,
                         struct rd_name *ret_name, struct rd_err *reterr)
{
    char *name = rd_arena_alloc(arena, strlen(*at) + 1);
    bool pattern = false;

    if (name == NULL)
        return rd_arena_status(arena, reterr);
    const char *end =
        **at == '"' ? relation_quoted(at, name) : relation_unquoted(at, name, &pattern);
    if (end == NULL)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' lacks a closing quotation mark", text);
    if (end == name)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' has an empty name in it", text);
    *ret_name = (struct rd_name){.text = name, .pattern = pattern};
    return RD_OK;
}

/* What stands where a name should have ended. */
static int relation_trailing(const char *text, const char *at, struct rd_err *reterr)
{
    if (*at == '.')
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' has too many parts", text);
    return rd_err_set(reterr, RD_E_ARGUMENT,
                      "'%s' has a character that needs double quotes around the name, as in SQL",
                      text);
}

int rd_relation_parse(const char *text, struct rd_arena *arena, struct rd_relation *ret_relation,
                      struct rd_err *reterr)
{
    struct rd_relation relation;
    const char *at = text;

    int code = relation_name(text, &at, arena, &relation.schema, reterr);
    if (code != RD_OK)
        return code;
    if (*at == '\0')
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' lacks its schema; write it as public.%s",
                          text, text);
    if (*at != '.')
        return relation_trailing(text, at, reterr);
    at++;
    code = relation_name(text, &at, arena, &relation.name, reterr);
    if (code != RD_OK)
        return code;
    if (*at != '\0')
        return relation_trailing(text, at, reterr);
    *ret_relation = relation;
    return RD_OK;
}

int rd_relation_parse_column(const char *text, struct rd_arena *arena, const char **ret_column,
                             struct rd_err *reterr)
{
    struct rd_name name;
    const char *at = text;

    int code = relation_name(text, &at, arena, &name, reterr);
    if (code != RD_OK)
        return code;
    if (*at != '\0')
        return relation_trailing(text, at, reterr);
    if (name.pattern)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' must name one column, without wildcards",
                          text);
    *ret_column = name.text;
    return RD_OK;
}

void rd_relation_validate(const char *text, bool patterns, const char *path,
                          struct rd_faults *faults)
{
    struct rd_relation relation;
    struct rd_err err = RD_ERR_INIT;

    if (rd_relation_parse(text, faults->arena, &relation, &err) != RD_OK)
        rd_faults_add(faults, path, "%s", err.message);
    else if (!patterns && rd_relation_is_pattern(&relation))
        rd_faults_add(faults, path, "'%s' must name one table, without wildcards", text);
}

void rd_relation_validate_column(const char *text, const char *path, struct rd_faults *faults)
{
    struct rd_err err = RD_ERR_INIT;
    const char *column;

    if (rd_relation_parse_column(text, faults->arena, &column, &err) != RD_OK)
        rd_faults_add(faults, path, "%s", err.message);
}

bool rd_relation_is_pattern(const struct rd_relation *relation)
{
    return relation->schema.pattern || relation->name.pattern;
}

static bool relation_name_matches(const struct rd_name *wanted, const char *name)
{
    return wanted->pattern ? rd_text_matches(wanted->text, name) : strcmp(wanted->text, name) == 0;
}

bool rd_relation_matches(const struct rd_relation *relation, const char *schema, const char *name)
{
    return relation_name_matches(&relation->schema, schema) &&
           relation_name_matches(&relation->name, name);
}

void rd_relation_write_name(struct rd_buf *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    bool digit = *name >= '0' && *name <= '9';

    if (*name != '\0' && !digit && name[strspn(name, plain)] == '\0') {
        rd_buf_puts(out, name);
        return;
    }
    rd_buf_puts(out, "\"");
    for (const char *c = name; *c != '\0'; c++)
        rd_buf_add(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    rd_buf_puts(out, "\"");
}

void rd_relation_write(struct rd_buf *out, const char *schema, const char *name)
{
    rd_relation_write_name(out, schema);
    rd_buf_puts(out, ".");
    rd_relation_write_name(out, name);
}

const char *rd_relation_text(struct rd_arena *arena, const char *schema, const char *name,
                             const char *column)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RELATION_TEXT_MAX);

    rd_relation_write(&text, schema, name);
    if (column != NULL) {
        rd_buf_puts(&text, ".");
        rd_relation_write_name(&text, column);
    }
    const char *copy = rd_arena_strdup(arena, rd_buf_text(&text));
    return copy != NULL ? copy : "";
}

int rd_relation_quote(struct rd_pg *pg, const char *schema, const char *name, struct rd_buf *out,
                      struct rd_err *reterr)
{
    int code = rd_pg_quote_name(pg, schema, out, reterr);

    if (code != RD_OK)
        return code;
    rd_buf_puts(out, ".");
    return rd_pg_quote_name(pg, name, out, reterr);
}
