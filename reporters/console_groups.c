/*
 * console_groups.c: what every check found. What does not pass is told in full, the rest is
 * counted.
 */
#include <inttypes.h>
#include <string.h>

#include "drills/common/text.h"
#include "drills/common/times.h"
#include "reporters/console_parts.h"

enum {
    GROUPS_LINE_MAX = 1024 * 1024,
    GROUPS_NAME_COLUMNS = 24,
    GROUPS_IN_FULL = 20, /* findings of one group with the same verdict */
    GROUPS_PASSED_NAMED = 3,
    GROUPS_PASSED_BYTES = 40,
    GROUPS_FACT_INDENT = 21,
};

struct groups_tally {
    int64_t of[RD_SKIP + 1];
};

static struct groups_tally groups_count(const struct rd_group *group)
{
    const struct rd_finding *findings = group->findings.items;
    struct groups_tally tally = {0};

    for (size_t i = 0; i < group->findings.count; i++)
        tally.of[findings[i].verdict]++;
    return tally;
}

/* "12 pass: public.a, public.b, public.c and 9 more" */
static void groups_passed(struct rd_buf *line, const struct rd_group *group, int64_t passed)
{
    const struct rd_finding *findings = group->findings.items;
    int64_t named = 0;

    for (size_t i = 0; i < group->findings.count && named < GROUPS_PASSED_NAMED; i++) {
        const char *subject = findings[i].subject;
        size_t length = strlen(subject);
        size_t kept = rd_text_cut(subject, length, GROUPS_PASSED_BYTES);
        if (findings[i].verdict != RD_PASS)
            continue;
        rd_buf_printf(line, "%s%.*s%s", named == 0 ? ": " : ", ", (int)kept, subject,
                      kept < length ? "..." : "");
        named++;
    }
    if (passed > named)
        rd_buf_printf(line, " and %" PRId64 " more", passed - named);
}

static void groups_headline(struct rd_buf *out, const struct rd_group *group, int name_columns)
{
    static const struct {
        int verdict;
        const char *word;
    } words[] = {
        {RD_FAIL, "fail"}, {RD_ERROR, "in error"}, {RD_SKIP, "skipped"}, {RD_PASS, "pass"}};
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(GROUPS_LINE_MAX);
    struct groups_tally tally = groups_count(group);
    int padding = name_columns - (int)rd_lines_columns(group->name);
    char took[RD_DURATION_TEXT];

    rd_buf_printf(&line, "%s%*s  ", group->name, padding > 0 ? padding : 0, "");
    size_t start = line.length;
    for (size_t i = 0; i < RD_COUNT(words); i++) {
        int64_t count = tally.of[words[i].verdict];
        if (count > 0)
            rd_buf_printf(&line, "%s%" PRId64 " %s", line.length > start ? ", " : "", count,
                          words[i].word);
    }
    if (tally.of[RD_PASS] > 0)
        groups_passed(&line, group, tally.of[RD_PASS]);
    rd_buf_printf(&line, " (%s%s)", group->required ? "" : "not required, ",
                  rd_duration_format(group->duration_ms, took));
    if (line.broken != RD_OK && out->broken == RD_OK)
        out->broken = line.broken;
    rd_buf_puts(out, "  ");
    rd_lines_wrap(out, rd_console_word(group->verdict), 7, rd_buf_text(&line));
}

static void groups_fact(struct rd_buf *out, const char *label, const char *value)
{
    if (value != NULL && value[0] != '\0')
        rd_lines_wrap(out, label, GROUPS_FACT_INDENT, value);
}

static void groups_finding(struct rd_buf *out, const struct rd_finding *finding)
{
    const char *head = finding->verdict == RD_FAIL    ? "    FAIL"
                       : finding->verdict == RD_ERROR ? "    ERROR"
                                                      : "    skip";

    if (finding->verdict == RD_SKIP) {
        rd_lines_printf(out, head, 11, "%s: %s", finding->subject, finding->message);
        return;
    }
    rd_lines_wrap(out, head, 11, finding->subject);
    rd_lines_wrap(out, "", 11, finding->message);
    groups_fact(out, "           expected", finding->expected);
    groups_fact(out, "           actual", finding->actual);
    if (finding->detail != NULL) /* often the last lines of a log */
        rd_lines_block(out, "           detail", GROUPS_FACT_INDENT, finding->detail);
    groups_fact(out, "           hint", finding->hint);
}

/* The findings of one verdict, the first of them in full. */
static void groups_findings(struct rd_buf *out, const struct rd_group *group, int verdict)
{
    const struct rd_finding *findings = group->findings.items;
    int64_t told = 0, left = 0;

    for (size_t i = 0; i < group->findings.count; i++) {
        if (findings[i].verdict != verdict)
            continue;
        if (told == GROUPS_IN_FULL) {
            left++;
            continue;
        }
        groups_finding(out, &findings[i]);
        told++;
    }
    if (left > 0)
        rd_lines_printf(out, "    ...", 11,
                        "and %" PRId64 " more of verdict '%s'; record.json has them all", left,
                        rd_verdict_name(verdict));
}

/* Wide enough for the longest name that is not unusual. */
static int groups_columns(const struct rd_list *list)
{
    const struct rd_group *groups = list->items;
    size_t widest = 0;

    for (size_t i = 0; i < list->count; i++) {
        size_t columns = rd_lines_columns(groups[i].name);
        if (columns > widest && columns <= GROUPS_NAME_COLUMNS)
            widest = columns;
    }
    return (int)widest;
}

void rd_console_groups(struct rd_buf *out, const struct rd_record *record)
{
    const struct rd_group *groups = record->groups.items;
    int columns = groups_columns(&record->groups);

    if (record->groups.count == 0)
        return;
    rd_buf_puts(out, "\nChecks\n");
    for (size_t i = 0; i < record->groups.count; i++) {
        groups_headline(out, &groups[i], columns);
        groups_findings(out, &groups[i], RD_FAIL);
        groups_findings(out, &groups[i], RD_ERROR);
        groups_findings(out, &groups[i], RD_SKIP);
    }
}
