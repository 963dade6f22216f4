/*
 * console_facts.c: which backup was drilled into which server, by whom; what was measured.
 */
#include <inttypes.h>

#include "reporters/console_parts.h"

enum { FACTS_LINE_MAX = 1024 * 1024 };

static void facts_backup_source(struct rd_buf *out, const struct rd_backup *backup)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(FACTS_LINE_MAX);

    rd_console_part(&line, "from PostgreSQL ", backup->server_version, "");
    rd_console_part(&line, "by ", backup->tool_version, "");
    rd_console_part(&line, "database ", backup->database, "");
    rd_console_part(&line, "", backup->encoding, "");
    rd_console_part(&line, "locale ", backup->locale, "");
    rd_console_parts(out, "", &line);
}

static void facts_backup_files(struct rd_buf *out, const struct rd_backup *backup)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(FACTS_LINE_MAX);
    const struct rd_backup_file *files = backup->files.items;

    for (size_t i = 0; i < backup->files.count; i++) {
        if (files[i].side)
            rd_console_part(&line, line.length == 0 ? "with " : "", files[i].name, "");
    }
    rd_console_parts(out, "", &line);
}

static void facts_backup(struct rd_buf *out, const struct rd_backup *backup)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(FACTS_LINE_MAX);
    char size[RD_DURATION_TEXT], created[RD_TIME_TEXT];

    if (backup == NULL) {
        rd_lines_wrap(out, "Backup", RD_CONSOLE_INDENT, "none was read");
        return;
    }
    rd_lines_wrap(out, "Backup", RD_CONSOLE_INDENT, backup->name);
    rd_console_part(&line, "", backup->format, "");
    rd_console_part(&line, "", backup->compression, "");
    if (backup->bytes != RD_ABSENT)
        rd_console_part(&line, "", rd_size_format(backup->bytes, size), "");
    rd_console_part(&line, "", backup->picked, "");
    rd_console_parts(out, "", &line);

    rd_buf_clear(&line);
    rd_console_part(&line, "made ", rd_console_time(backup->created_us, created), "");
    if (line.length > 0 && backup->created_basis != NULL)
        rd_buf_printf(&line, " (%s)", backup->created_basis);
    rd_console_parts(out, "", &line);

    facts_backup_source(out, backup);
    facts_backup_files(out, backup);
    rd_buf_clear(&line);
    rd_console_part(&line, "sha256 ", backup->sha256, "");
    rd_console_parts(out, "", &line);
}

static void facts_instance(struct rd_buf *out, const struct rd_instance_facts *instance)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(FACTS_LINE_MAX);

    if (instance == NULL)
        return;
    rd_console_part(&line, "PostgreSQL ", instance->server_version, "");
    rd_console_part(&line, "database ", instance->database, "");
    rd_console_part(&line, "profile ", instance->profile, "");
    rd_console_part(&line, "run as ", instance->user, "");
    rd_console_part(&line, "provider ", instance->provider, "");
    if (!instance->removable)
        rd_console_part(&line, "", "not made by redrill and left as it is", "");
    rd_console_parts(out, "Instance", &line);
}

static void facts_changed(struct rd_buf *out, const struct rd_list *changed)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(FACTS_LINE_MAX);
    const struct rd_setting *settings = changed->items;

    for (size_t i = 0; i < changed->count; i++) {
        rd_console_part(&line, line.length == 0 ? "the command line changed " : "",
                        settings[i].name, "");
        if (settings[i].value != NULL)
            rd_buf_printf(&line, " to %s", settings[i].value);
    }
    rd_console_parts(out, "", &line);
}

static void facts_drill(struct rd_buf *out, const struct rd_record *record)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(FACTS_LINE_MAX);
    const struct rd_record_drill *drill = record->drill;
    int64_t took_ms = (drill->finished_us - drill->started_us) / 1000;
    char started[RD_TIME_TEXT], took[RD_DURATION_TEXT];

    if (record->subject != NULL) {
        rd_console_part(&line, "", record->subject->system_name, "");
        rd_console_part(&line, "", record->subject->environment, "");
        rd_console_part(&line, "owner ", record->subject->owner, "");
    }
    rd_console_parts(out, "Subject", &line);

    rd_buf_clear(&line);
    rd_console_part(&line, "", rd_console_time(drill->started_us, started), "");
    if (took_ms > 0)
        rd_console_part(&line, "took ", rd_duration_format(took_ms, took), "");
    rd_console_part(&line, "on ", drill->host, "");
    rd_console_part(&line, "by ", drill->performed_by, "");
    rd_console_parts(out, "Drill", &line);

    rd_buf_clear(&line);
    rd_console_part(&line, "id ", drill->id, "");
    rd_console_part(&line, "redrill ", record->tool->version, "");
    rd_console_parts(out, "", &line);
    facts_changed(out, &drill->changed);
}

void rd_console_facts(struct rd_buf *out, const struct rd_record *record)
{
    facts_backup(out, record->backup);
    facts_instance(out, record->instance);
    facts_drill(out, record);
}
