/*
 * console.c: the drill for people, in a terminal or the log of a CI job: plain text without escape
 * codes. The verdict and its causes come first, what the drill does not prove comes last.
 */
#include <inttypes.h>

#include "reporters/console_parts.h"
#include "reporters/reporters.h"

static void console_limits(struct rd_buf *out, const struct rd_record *record)
{
    if (record->limits.count == 0)
        return;
    rd_buf_puts(out, "\nWhat this drill does not prove\n");
    for (size_t i = 0; i < record->limits.count; i++)
        rd_lines_wrap(out, "  -", 4, record->limits.items[i]);
}

static int console_render(const struct rd_record *record, struct rd_buf *out, struct rd_err *reterr)
{
    const struct rd_record_counts *counts = record->counts;
    const char *verdict = record->verdict == RD_PASS ? "PASS" : rd_console_word(record->verdict);

    rd_lines_wrap(out, verdict, 7, record->drill->plan_name);
    rd_lines_wrap(out, "", 7, record->reason);
    if (record->verdict == RD_ERROR)
        rd_lines_wrap(
            out, "", 7,
            "This says nothing about the backup yet: remove the error's cause, drill again.");
    rd_buf_puts(out, "\n");
    rd_console_facts(out, record);
    rd_buf_puts(out, "\n");
    rd_console_objectives(out, record);
    rd_console_groups(out, record);
    console_limits(out, record);
    rd_buf_printf(out,
                  "\n%s: %" PRId64 " pass, %" PRId64 " fail, %" PRId64 " in error, %" PRId64
                  " skipped\n",
                  verdict, counts->passed, counts->failed, counts->errors, counts->skipped);
    return rd_buf_status(out, "the report", reterr);
}

const struct rd_reporter rd_reporter_console = {
    .name = "console",
    .summary = "text for people",
    .render = console_render,
};
