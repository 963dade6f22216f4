/*
 * report.c: see report.h.
 */
#include "drills/report.h"

#include <string.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/evidence.h"

enum { REPORT_PATH_MAX = 4096 };

#define REPORT_EVIDENCE "audit.dsse.json"
#define REPORT_LOG "server.log"

const struct rd_reporter *rd_report_find(const char *name)
{
    for (size_t i = 0; rd_reporters[i] != NULL; i++) {
        if (strcmp(rd_reporters[i]->name, name) == 0)
            return rd_reporters[i];
    }
    return NULL;
}

int rd_report_write_file(const char *folder, const char *name, const struct rd_buf *content,
                         struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(REPORT_PATH_MAX);

    rd_buf_printf(&path, "%s/%s", folder, name);
    int code = rd_buf_status(&path, "a report's path", reterr);
    if (code != RD_OK)
        return code;
    return rd_file_write(rd_buf_text(&path), rd_buf_text(content), content->length, 0644, reterr);
}

/* One that is not there is fine, and one that cannot be removed is told when it is replaced. */
static void report_remove(const char *folder, const char *name, struct rd_buf *path)
{
    rd_buf_clear(path);
    rd_buf_printf(path, "%s/%s", folder, name);
    if (path->broken == RD_OK)
        unlink(rd_buf_text(path));
}

static int report_render(const struct rd_reporter *reporter, const struct rd_record *record,
                         const char *folder, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf content = RD_BUF_INIT(RD_REPORT_MAX);

    int code = reporter->render(record, &content, reterr);
    if (code == RD_OK)
        code = rd_report_write_file(folder, reporter->file, &content, reterr);
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
        code = rd_report_write_file(folder, REPORT_EVIDENCE, &envelope, reterr);
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

void rd_report_clear(const char *folder)
{
    static const char *const others[] = {REPORT_EVIDENCE, REPORT_LOG};
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(REPORT_PATH_MAX);

    for (size_t i = 0; i < RD_COUNT(others); i++)
        report_remove(folder, others[i], &path);
    for (size_t i = 0; rd_reporters[i] != NULL; i++) {
        if (rd_reporters[i]->file != NULL)
            report_remove(folder, rd_reporters[i]->file, &path);
    }
}
