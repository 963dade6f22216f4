/*
 * dump_plain_end.c: pg_dump's comments: what they say about the dump, and whether each dump in the
 * text has its end. A file may hold several: that of a cluster has one for each database inside,
 * and scripts put several into one file.
 */
#include <string.h>

#include "drills/providers/dump_plain_parts.h"

/* Whether `text` begins like this; then the rest of it goes to `fact`, unless something is there
 * already. */
static void end_take(const char *text, const char *beginning, char fact[RD_PLAIN_FACT])
{
    size_t length = strlen(beginning);

    if (fact[0] != '\0' || strncmp(text, beginning, length) != 0)
        return;
    size_t rest = strcspn(text + length, "\r\n");
    if (rest > RD_PLAIN_FACT - 1)
        rest = RD_PLAIN_FACT - 1;
    memcpy(fact, text + length, rest);
    fact[rest] = '\0';
}

static void end_dump_begins(struct rd_plain *plain, bool cluster)
{
    bool open = plain->dump_from > 0 || (cluster && plain->cluster_from > 0);

    if (open && plain->unfinished_line == 0)
        plain->unfinished_line = plain->lex.line;
    if (cluster) {
        plain->cluster_from = plain->lex.line;
        plain->facts.cluster = true;
    } else {
        plain->dump_from = plain->lex.line;
    }
    plain->clearing = true;
    plain->after_end_line = 0;
}

static void end_dump_ends(struct rd_plain *plain, bool cluster)
{
    if (cluster && plain->dump_from > 0 && plain->unfinished_line == 0)
        plain->unfinished_line = plain->lex.line;
    plain->dump_from = 0;
    if (cluster)
        plain->cluster_from = 0;
    plain->ends++;
    plain->after_end_line = 0;
}

void rd_plain_comment(struct rd_plain *plain)
{
    static const struct {
        const char *text;
        void (*what)(struct rd_plain *plain, bool cluster);
        bool cluster;
    } marks[] = {
        {"-- PostgreSQL database dump", end_dump_begins, false},
        {"-- PostgreSQL database dump complete", end_dump_ends, false},
        {"-- PostgreSQL database cluster dump", end_dump_begins, true},
        {"-- PostgreSQL database cluster dump complete", end_dump_ends, true},
    };
    struct rd_plain_facts *facts = &plain->facts;
    const char *text = plain->lex.text;

    for (size_t i = 0; i < RD_COUNT(marks); i++) {
        if (strcmp(text, marks[i].text) == 0)
            marks[i].what(plain, marks[i].cluster);
    }
    end_take(text, "-- Dumped from database version ", facts->server_version);
    end_take(text, "-- Dumped by pg_dump version ", facts->tool_version);
    end_take(text, "-- Started on ", facts->started);
}

void rd_plain_goes_on(struct rd_plain *plain)
{
    bool outside = plain->dump_from == 0 && plain->cluster_from == 0;

    if (plain->ends > 0 && outside && plain->after_end_line == 0)
        plain->after_end_line = plain->lex.line;
}

static int end_truncated(const struct rd_plain *plain, const char *where, const char *name,
                         struct rd_err *reterr)
{
    int code = rd_err_set(reterr, RD_E_BACKUP, "the dump is truncated: it breaks off %s%s%s", where,
                          name != NULL ? " " : "", name != NULL ? name : "");

    rd_err_detail(reterr, "line %lld is its last", (long long)plain->lex.line);
    rd_err_hint(reterr, "Look at the exit status of pg_dump and of every program behind it in a "
                        "pipe, and at full disks.");
    return code;
}

/* Inside of what the text breaks off; RD_OK when it is between statements. */
static int end_broken_off(const struct rd_plain *plain, struct rd_err *reterr)
{
    switch (plain->lex.state) {
    case RD_LEX_ROWS:
    case RD_LEX_ROWS_WAIT:
        return end_truncated(plain, "inside the rows of", plain->table, reterr);
    case RD_LEX_BLOCK_COMMENT:
        return end_truncated(plain, "inside a comment", NULL, reterr);
    case RD_LEX_META:
        return end_truncated(plain, "inside a meta-command", NULL, reterr);
    default:
        return plain->lex.in_statement ? end_truncated(plain, "inside a statement", NULL, reterr)
                                       : RD_OK;
    }
}

int rd_plain_end(struct rd_plain *plain, struct rd_err *reterr)
{
    int code = end_broken_off(plain, reterr);

    if (code != RD_OK)
        return code;
    if (plain->lex.state == RD_LEX_LINE_COMMENT && plain->lex.keep_text)
        rd_plain_comment(plain); /* the last line may lack its newline */
    if (plain->unfinished_line > 0) {
        code = rd_err_set(reterr, RD_E_BACKUP,
                          "the dump is truncated: another one begins or ends at line %lld, before "
                          "its end marker",
                          (long long)plain->unfinished_line);
        rd_err_hint(reterr, "Look at the exit status of each pg_dump that wrote into this file.");
        return code;
    }
    if (plain->dump_from > 0 || plain->cluster_from > 0)
        return end_truncated(plain, "before its end marker", NULL, reterr);
    if (plain->ends == 0) {
        code = rd_err_set(reterr, RD_E_FORMAT,
                          "nothing tells whether the dump is whole: it has neither header nor end "
                          "marker of pg_dump");
        rd_err_hint(reterr, "Keep the comments that pg_dump writes.");
        return code;
    }
    if (plain->after_end_line > 0) {
        code = rd_err_set(reterr, RD_E_FORMAT,
                          "the dump goes on at line %lld, after its end marker; nothing tells "
                          "whether that is whole",
                          (long long)plain->after_end_line);
        rd_err_hint(reterr, "Put what is not pg_dump's into a file of its own.");
        return code;
    }
    return RD_OK;
}
