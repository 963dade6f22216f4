/*
 * audit.c: the statement that is signed: an in-toto Statement v1 whose subject is the backup and
 * whose predicate is the record. Compact JSON without anything beside the specification's members:
 * verifiers refuse more (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md).
 * The signature is not made here.
 */
#include <stdio.h>
#include <string.h>

#include "reporters/reporters.h"

enum { AUDIT_SUBJECTS_MAX = 1024 };

/* A statement matches by digest alone, so a subject with another digest would prove nothing. */
static bool audit_is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool audit_has_subject(const struct rd_json *subjects, const char *name)
{
    for (const struct rd_json *subject = rd_json_first(subjects); subject != NULL;
         subject = rd_json_next(subject)) {
        if (strcmp(rd_json_text(rd_json_get(subject, "name")), name) == 0)
            return true;
    }
    return false;
}

static int audit_push_subject(struct rd_json *subjects, const char *name, const char *sha256,
                              struct rd_err *reterr)
{
    struct rd_json *digest = rd_json_new_object();
    struct rd_json *subject = rd_json_new_object();

    int code = rd_json_put(digest, "sha256", rd_json_new_text(sha256));
    code |= rd_json_put(subject, "name", rd_json_new_text(name));
    code |= rd_json_put(subject, "digest", digest);
    if (code != RD_OK) {
        rd_json_free(subject);
        return rd_err_memory(reterr);
    }
    return rd_json_push(subjects, subject) == RD_OK ? RD_OK : rd_err_memory(reterr);
}

/* Names are unique within a statement: a second "globals.sql" becomes "globals.sql (2)". */
static int audit_add_subject(struct rd_json *subjects, const char *name, const char *sha256,
                             struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf own = RD_BUF_INIT(3 * RD_RECORD_TEXT_MAX);

    if (!audit_is_sha256(sha256))
        return rd_err_set(reterr, RD_E_FORMAT, "the digest of '%.100s' is no SHA-256", name);
    rd_buf_puts(&own, name);
    for (int number = 2; audit_has_subject(subjects, rd_buf_text(&own)); number++) {
        rd_buf_clear(&own);
        rd_buf_printf(&own, "%s (%d)", name, number);
    }
    int code = rd_buf_status(&own, "the name of a subject", reterr);
    if (code != RD_OK)
        return code;
    return audit_push_subject(subjects, rd_buf_text(&own), sha256, reterr);
}

/* The files that lie beside the backup, or those that it consists of. The latter stand for
 * themselves: the backup's own digest covers them all, so leaving some out loses nothing. */
static int audit_add_files(struct rd_json *subjects, const struct rd_backup *backup, bool side,
                           struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf name = RD_BUF_INIT(3 * RD_RECORD_TEXT_MAX);
    const struct rd_backup_file *files = backup->files.items;
    int code = RD_OK;

    for (size_t i = 0; i < backup->files.count && code == RD_OK; i++) {
        if (files[i].side != side)
            continue;
        if (rd_json_count(subjects) == AUDIT_SUBJECTS_MAX)
            break;
        rd_buf_clear(&name);
        rd_buf_printf(&name, "%s%s%s", side ? "" : backup->name, side ? "" : "/", files[i].name);
        code = rd_buf_status(&name, "the name of a subject", reterr);
        if (code == RD_OK)
            code = audit_add_subject(subjects, rd_buf_text(&name), files[i].sha256, reterr);
    }
    return code;
}

/* A statement must be about something with a digest. Where no backup was read that is the plan, and
 * the record's limits say so. */
static int audit_add_subjects(struct rd_json *subjects, const struct rd_record *record,
                              struct rd_err *reterr)
{
    const struct rd_backup *backup = record->backup;
    char name[RD_RECORD_TEXT_MAX + 8];

    if (backup == NULL || backup->sha256 == NULL) {
        snprintf(name, sizeof(name), "plan:%s", record->drill->plan_name);
        return audit_add_subject(subjects, name, record->drill->plan_sha256, reterr);
    }
    int code = audit_add_subject(subjects, backup->name, backup->sha256, reterr);
    if (code == RD_OK)
        code = audit_add_files(subjects, backup, true, reterr);
    if (code == RD_OK)
        code = audit_add_files(subjects, backup, false, reterr);
    return code;
}

/* Puts subjects and predicate, which are owned by `statement` afterwards in any case. */
static int audit_fill(struct rd_json *statement, struct rd_json *subjects,
                      struct rd_json *predicate, struct rd_err *reterr)
{
    int code = rd_json_put(statement, "_type", rd_json_new_text("https://in-toto.io/Statement/v1"));

    code |= rd_json_put(statement, "subject", subjects);
    code |= rd_json_put(statement, "predicateType", rd_json_new_text(RD_PREDICATE_TYPE));
    code |= rd_json_put(statement, "predicate", predicate);
    return code == RD_OK ? RD_OK : rd_err_memory(reterr);
}

static int audit_render(const struct rd_record *record, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *statement = rd_json_new_object();
    RD_CLEANUP(rd_json_freep) struct rd_json *subjects = rd_json_new_array();
    RD_CLEANUP(rd_json_freep) struct rd_json *predicate = NULL;

    if (statement == NULL || subjects == NULL)
        return rd_err_memory(reterr);
    int code = audit_add_subjects(subjects, record, reterr);
    if (code == RD_OK)
        code = rd_record_to_json(record, &predicate, reterr);
    if (code != RD_OK)
        return code;
    code = audit_fill(statement, subjects, predicate, reterr);
    subjects = NULL;
    predicate = NULL;
    if (code != RD_OK)
        return code;
    return rd_json_print(statement, false, out, reterr);
}

const struct rd_reporter rd_reporter_audit = {
    .name = "audit",
    .summary = "the in-toto statement that 'redrill run' signs",
    .render = audit_render,
};
