/*
 * report.c: see report.h.
 */
#include "drills/report.h"

#include <errno.h>
#include <string.h>

#include "drills/common/file.h"
#include "drills/evidence.h"

enum { REPORT_LOG_MAX = 8 * 1024 * 1024, REPORT_PATH_MAX = 4096 };

const struct rd_reporter *rd_report_find(const char *name)
{
    for (size_t i = 0; rd_reporters[i] != NULL; i++) {
        if (strcmp(rd_reporters[i]->name, name) == 0)
            return rd_reporters[i];
    }
    return NULL;
}

static int report_write_file(const char *folder, const char *name, const struct rd_buf *content,
                             struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(REPORT_PATH_MAX);

    rd_buf_printf(&path, "%s/%s", folder, name);
    int code = rd_buf_status(&path, "a report's path", reterr);
    if (code != RD_OK)
        return code;
    return rd_file_write(rd_buf_text(&path), rd_buf_text(content), content->length, 0644, reterr);
}

static int report_render(const struct rd_reporter *reporter, const struct rd_record *record,
                         const char *folder, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf content = RD_BUF_INIT(RD_REPORT_MAX);

    int code = reporter->render(record, &content, reterr);
    if (code == RD_OK)
        code = report_write_file(folder, reporter->file, &content, reterr);
    return code;
}

static int report_sign(const struct rd_record *record, const struct rd_key *key, const char *folder,
                       struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf statement = RD_BUF_INIT(RD_REPORT_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf envelope = RD_BUF_INIT(2 * RD_REPORT_MAX);

    int code = rd_report_find("audit")->render(record, &statement, reterr);
    if (code == RD_OK)
        code = rd_evidence_seal(rd_buf_text(&statement), statement.length, key, &envelope, reterr);
    if (code == RD_OK)
        code = report_write_file(folder, "audit.dsse.json", &envelope, reterr);
    return code;
}

int rd_report_write(const struct rd_record *record, const struct rd_key *key, const char *folder,
                    struct rd_err *reterr)
{
    int first = RD_OK;

    for (size_t i = 0; rd_reporters[i] != NULL; i++) {
        if (rd_reporters[i]->file == NULL)
            continue;
        int code = report_render(rd_reporters[i], record, folder, reterr);
        if (first == RD_OK)
            first = code;
    }
    if (key != NULL) {
        int code = report_sign(record, key, folder, reterr);
        if (first == RD_OK)
            first = code;
    }
    return first;
}

/* One line of the log, without what a statement's error says. */
static void report_log_line(struct rd_buf *out, const char *line, size_t length)
{
    static const char *const severities[] = {"ERROR:", "DETAIL:", "CONTEXT:", "STATEMENT:"};

    for (size_t i = 0; i < RD_COUNT(severities); i++) {
        const char *found = memmem(line, length, severities[i], strlen(severities[i]));
        if (found == NULL)
            continue;
        rd_buf_add(out, line, (size_t)(found - line) + strlen(severities[i]));
        rd_buf_puts(out, " (left out: it can quote data)\n");
        return;
    }
    rd_buf_add(out, line, length);
    rd_buf_puts(out, "\n");
}

int rd_report_write_log(const char *log_file, const char *folder, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf copy = RD_BUF_INIT(REPORT_LOG_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(64 * 1024);

    FILE *log = fopen(log_file, "re");
    if (log == NULL)
        return rd_err_errno(reterr, errno, "cannot read '%s'", log_file);

    char piece[4096];
    bool quoting = false; /* inside the further lines of a message that was left out */
    while (copy.broken == RD_OK && fgets(piece, sizeof(piece), log) != NULL) {
        bool whole = strchr(piece, '\n') != NULL;
        rd_buf_add(&line, piece, strcspn(piece, "\n"));
        if (!whole && line.broken == RD_OK)
            continue;
        /* Further lines of a message begin with a tab. */
        bool further = line.length > 0 && rd_buf_text(&line)[0] == '\t';
        size_t before = copy.length;
        if (!(further && quoting))
            report_log_line(&copy, rd_buf_text(&line), line.length);
        if (!further)
            quoting = copy.length - before != line.length + 1;
        rd_buf_clear(&line);
    }
    fclose(log);
    copy.broken = RD_OK; /* a longer log is cut */
    return report_write_file(folder, "server.log", &copy, reterr);
}
