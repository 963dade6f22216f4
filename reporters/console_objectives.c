/*
 * console_objectives.c: how much would have been lost and how long it took, against what was asked
 * for, and what the time went into.
 */
#include <stdio.h>

#include "reporters/console_parts.h"

enum { OBJECTIVES_LINE_MAX = 1024 * 1024 };

/* "FAIL: 1 h 20 min of data would be lost, target 15 min" */
static void objectives_headline(struct rd_buf *line, int verdict, int64_t measured_ms,
                                const char *meaning, int64_t target_ms)
{
    char measured[RD_DURATION_TEXT], target[RD_DURATION_TEXT];

    rd_buf_printf(line, "%s: ", rd_console_word(verdict));
    if (measured_ms == RD_ABSENT)
        rd_buf_puts(line, "not measured");
    else
        rd_buf_printf(line, "%s%s", rd_duration_format(measured_ms, measured), meaning);
    if (target_ms == RD_ABSENT)
        rd_buf_puts(line, ", no target");
    else
        rd_buf_printf(line, ", target %s", rd_duration_format(target_ms, target));
}

static void objectives_evidence(struct rd_buf *out, const struct rd_evidence *evidence)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(OBJECTIVES_LINE_MAX);
    char at[RD_TIME_TEXT], age[RD_DURATION_TEXT];
    int64_t ms = evidence->age_ms;

    const char *time = rd_console_time(evidence->at_us, at);
    rd_buf_printf(&line, "%s: %s", evidence->basis, time != NULL ? time : "no time");
    if (ms != RD_ABSENT)
        rd_buf_printf(&line, ", %s %s", rd_duration_format(ms < 0 ? -ms : ms, age),
                      ms < 0 ? "after the incident" : "before the incident");
    rd_console_part(&line, "", evidence->counted ? NULL : "not counted", "");
    rd_console_part(&line, "", evidence->note, "");
    if (line.broken != RD_OK && out->broken == RD_OK)
        out->broken = line.broken;
    rd_lines_wrap(out, "          -", RD_CONSOLE_INDENT + 2, rd_buf_text(&line));
}

static void objectives_rpo(struct rd_buf *out, const struct rd_rpo *rpo)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(OBJECTIVES_LINE_MAX);
    const struct rd_evidence *evidence = rpo->evidence.items;
    char incident[RD_TIME_TEXT];

    objectives_headline(&line, rpo->verdict, rpo->measured_ms, " of data would be lost",
                        rpo->target_ms);
    rd_console_parts(out, "RPO", &line);

    rd_buf_clear(&line);
    rd_console_part(&line, "decided by the ", rpo->basis, "");
    rd_console_part(&line, "incident at ", rd_console_time(rpo->incident_us, incident), "");
    rd_console_parts(out, "", &line);
    for (size_t i = 0; i < rpo->evidence.count; i++)
        objectives_evidence(out, &evidence[i]);
}

static void objectives_rto(struct rd_buf *out, const struct rd_rto *rto)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(OBJECTIVES_LINE_MAX);
    char declared[RD_DURATION_TEXT];

    objectives_headline(&line, rto->verdict, rto->measured_ms, "", rto->target_ms);
    rd_console_parts(out, "RTO", &line);

    rd_buf_clear(&line);
    rd_console_part(&line, "until ", rto->stop_line, "");
    if (rto->declare_ms != RD_ABSENT)
        rd_console_part(&line, "with ", rd_duration_format(rto->declare_ms, declared),
                        " that the plan declares");
    if (rto->measured_ms != RD_ABSENT && !rto->representative)
        rd_console_part(&line, "", "not representative of a real restore", "");
    rd_console_parts(out, "", &line);
}

static void objectives_phases(struct rd_buf *out, const struct rd_list *phases)
{
    const struct rd_phase *phase = phases->items;
    char took[RD_DURATION_TEXT];

    for (size_t i = 0; i < phases->count; i++, phase++)
        rd_lines_printf(out, i == 0 ? "Phases" : "", RD_CONSOLE_INDENT, "%-12s %12s%s%s",
                        phase->name, rd_duration_format(phase->duration_ms, took),
                        phase->note != NULL ? "  " : "", phase->note != NULL ? phase->note : "");
}

void rd_console_objectives(struct rd_buf *out, const struct rd_record *record)
{
    objectives_rpo(out, record->rpo);
    objectives_rto(out, record->rto);
    objectives_phases(out, &record->phases);
}
