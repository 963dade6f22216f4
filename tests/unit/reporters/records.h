/*
 * records.h: sealed records for the tests of reporters, the same on every run, and the comparison
 * with golden files. REDRILL_GOLDEN=write writes the files instead; the difference is then to be
 * read and committed. Tests run in the project's folder.
 */
#ifndef RD_TESTS_RECORDS_H
#define RD_TESTS_RECORDS_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drills/common/recorder.h"
#include "drills/common/reporter.h"
#include "drills/common/times.h"

#define RECORDS_SHA256 "40781f5b00047342d9a11689153214add58c84598b71d8d9427c5dfc0bd9ff88"
#define RECORDS_PLAN_SHA256 "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

/* What nobody wants in a report: ends of CDATA, markup, controls, a reversed direction, bytes that
 * are no UTF-8, and characters that XML forbids. */
#define RECORDS_HOSTILE \
    "]]><script>alert('x')</script> \"&amp;\" \xff\xfe \x1b[31m\n\t\xe2\x80\xae \xef\xbf\xbf ü"

static inline int64_t records_time(const char *text)
{
    int64_t us = 0;

    ck_assert_int_eq(rd_time_parse(text, &us, NULL), RD_OK);
    return us;
}

/* Times of the record's own clock, replaced by ones that are always the same. */
static inline void records_settle_clock(struct rd_record *record)
{
    struct rd_group *groups = record->groups.items;
    struct rd_phase *phases = record->phases.items;
    int64_t at_us = record->drill->started_us;

    for (size_t i = 0; i < record->phases.count; i++) {
        phases[i].started_us = at_us;
        phases[i].duration_ms = 120 + (int64_t)i * 65130;
        at_us += phases[i].duration_ms * 1000;
    }
    at_us = record->drill->started_us;
    for (size_t i = 0; i < record->groups.count; i++) {
        groups[i].started_us = at_us;
        groups[i].duration_ms = 40 + (int64_t)i * 1210;
        at_us += groups[i].duration_ms * 1000;
    }
}

static inline struct rd_recorder *records_begin(const char *plan)
{
    struct rd_recorder *recorder = rd_recorder_new();
    ck_assert_ptr_nonnull(recorder);
    struct rd_record *record = rd_recorder_record(recorder);

    record->tool->version = "0.0.0-test";
    record->drill->id = "019a8c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f";
    record->drill->plan_name = plan;
    record->drill->plan_sha256 = RECORDS_PLAN_SHA256;
    record->drill->host = "drill01";
    record->drill->performed_by = "ci";
    record->drill->started_us = records_time("2025-11-16T14:30:00Z");
    record->rpo->incident_us = record->drill->started_us;
    return recorder;
}

static inline void records_end(struct rd_recorder *recorder)
{
    struct rd_record *record = rd_recorder_record(recorder);
    struct rd_group *groups = record->groups.items;
    struct rd_err err = RD_ERR_INIT;

    rd_record_phase(recorder, NULL);
    for (size_t i = 0; i < record->groups.count; i++)
        rd_record_group_end(recorder, &groups[i]);
    records_settle_clock(record);
    int code = rd_record_seal(recorder, records_time("2025-11-16T14:33:41.5Z"), &err);
    ck_assert_msg(code == RD_OK, "%s", err.message);
}

static inline void records_fill_backup(struct rd_recorder *recorder)
{
    struct rd_backup *backup = rd_recorder_record(recorder)->backup;

    backup->name = "backups/orders-2025-11-16.sql.gz";
    backup->picked = "newest of 14";
    backup->format = "plain";
    backup->compression = "gzip";
    backup->bytes = 1717986918;
    backup->created_us = records_time("2025-11-16T02:00:07Z");
    backup->created_basis = "archive header";
    backup->sha256 = RECORDS_SHA256;
    backup->sha256_of = "the file as stored";
    backup->server_version = "15.12";
    backup->tool_version = "pg_dump 15.12";
    backup->database = "orders";
    backup->encoding = "UTF8";
    backup->locale_provider = "libc";
    backup->locale = "en_US.UTF-8";
    rd_record_backup_file(recorder, "backups/globals.sql", 2817,
                          "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", true);
}

static inline void records_fill_instance(struct rd_recorder *recorder)
{
    struct rd_instance_facts *instance = rd_recorder_record(recorder)->instance;

    instance->provider = "dump";
    instance->server_version = "15.14";
    instance->system_identifier = "7391820384756102938";
    instance->database = "orders";
    instance->profile = "faithful";
    instance->user = "redrill";
    instance->removable = true;
}

static inline void records_fill_subject(struct rd_recorder *recorder)
{
    struct rd_record_subject *subject = rd_recorder_record(recorder)->subject;

    subject->system_name = "orders";
    subject->environment = "prod";
    subject->owner = "sre@example.test";
}

static inline void records_add_restore(struct rd_recorder *recorder)
{
    static const char *const parts[] = {"end marker", "roles", "schema", "data", "privileges"};
    struct rd_group *group = rd_record_group(recorder, "restore", "restore", true);

    for (size_t i = 0; i < RD_COUNT(parts); i++)
        rd_find(recorder, group, RD_PASS, parts[i], "%s: nothing is missing", parts[i]);
    group = rd_record_group(recorder, "quarantine", "quarantine", true);
    rd_find(recorder, group, RD_PASS, "listen_addresses", "is empty")->duration_ms = 3;
    rd_find(recorder, group, RD_PASS, "archive_mode", "is off")->duration_ms = 1;
}

static inline void records_add_phases(struct rd_recorder *recorder)
{
    static const char *const names[] = {"locate", "provision", "restore", "checks"};

    for (size_t i = 0; i < RD_COUNT(names); i++)
        rd_record_phase(recorder, names[i]);
    rd_record_phase(recorder, NULL);
}

static inline void records_add_objectives(struct rd_recorder *recorder, int rpo_verdict)
{
    struct rd_record *record = rd_recorder_record(recorder);
    struct rd_group *group = rd_record_group(recorder, "objectives", "objectives", true);

    rd_record_evidence(recorder, "archive header", records_time("2025-11-16T02:00:07Z"), false,
                       "the dump's data is not older than its start");
    rd_record_evidence(recorder, "newest row of public.orders.placed_at",
                       records_time("2025-11-16T13:10:00Z"), true, NULL);
    record->rpo->verdict = rpo_verdict;
    record->rpo->target_ms = rpo_verdict == RD_PASS ? 7200000 : 900000;
    record->rpo->measured_ms = 4800000;
    record->rpo->basis = "newest row of public.orders.placed_at";
    record->rto->verdict = RD_PASS;
    record->rto->target_ms = 7200000;
    record->rto->measured_ms = 800500;
    record->rto->declare_ms = 600000;
    record->rto->stop_line = "the last required check: http";
    record->rto->representative = true;

    struct rd_finding *finding =
        rd_find(recorder, group, rpo_verdict, "RPO", "1 h 20 min of data would be lost");
    finding->expected = rpo_verdict == RD_PASS ? "at most 2 h" : "at most 15 min";
    finding->actual = "1 h 20 min";
    rd_find(recorder, group, RD_PASS, "RTO", "restored and checked in 13 min 20 s");
    rd_record_limit(recorder, "What was committed after the dump began is not in it, however good "
                              "the dump is: only archived WAL can bring that back.");
    rd_record_limit(recorder, "Server settings are redrill's own, not those of production.");
}

/* A drill in which all is well. */
static inline struct rd_recorder *records_passed(void)
{
    struct rd_recorder *recorder = records_begin("orders-prod");

    records_fill_backup(recorder);
    records_fill_instance(recorder);
    records_fill_subject(recorder);
    records_add_phases(recorder);
    records_add_restore(recorder);
    struct rd_group *group = rd_record_group(recorder, "foreign_keys", "foreign_keys", true);
    rd_find(recorder, group, RD_PASS, "public.orders.customer_id", "no row is orphaned");
    records_add_objectives(recorder, RD_PASS);
    records_end(recorder);
    return recorder;
}

static inline void records_add_failures(struct rd_recorder *recorder)
{
    struct rd_group *group = rd_record_group(recorder, "foreign_keys", "foreign_keys", true);
    rd_find(recorder, group, RD_PASS, "public.items.order_id", "no row is orphaned");
    struct rd_finding *finding = rd_find(recorder, group, RD_FAIL, "public.orders.customer_id",
                                         "3 rows refer to customers that are not there");
    finding->expected = "no orphaned row";
    finding->actual = "3 orphaned rows, the first with customer_id hmac:9f86d081884c7d65";
    finding->hint = "Compare with the source; if the rows are missing there, too, the constraint "
                    "was never validated, else the dump lost them.";
    finding->duration_ms = 912;

    struct rd_err err = RD_ERR_INIT;
    rd_err_set(&err, RD_E_TIMEOUT, "the application took too long to become ready");
    rd_err_detail(&err, "last lines of its output:\nlistening on 127.0.0.1:41233\nwaiting for the "
                        "database");
    rd_err_hint(&err, "Raise the check's timeout, or look at why the application does not start.");
    group = rd_record_group(recorder, "http", "http", true);
    rd_find_err(recorder, group, "GET /health", &err);

    group = rd_record_group(recorder, "migrations", "migrations", false);
    rd_find(recorder, group, RD_SKIP, "migrations", "no framework's table was found");
}

/* A drill that fails, with every verdict in it. */
static inline struct rd_recorder *records_failed(void)
{
    struct rd_recorder *recorder = records_begin("orders-prod");
    struct rd_record *record = rd_recorder_record(recorder);

    records_fill_backup(recorder);
    records_fill_instance(recorder);
    records_fill_subject(recorder);
    struct rd_setting *changed =
        rd_list_add(&record->drill->changed, &rd_setting_shape, rd_recorder_arena(recorder));
    changed->name = "objectives.rpo";
    changed->value = "15m";
    records_add_phases(recorder);
    records_add_restore(recorder);
    records_add_failures(recorder);
    records_add_objectives(recorder, RD_FAIL);
    records_end(recorder);
    return recorder;
}

/* A drill that ended before it read a backup. */
static inline struct rd_recorder *records_errored(void)
{
    struct rd_recorder *recorder = records_begin("orders-prod");
    struct rd_group *group = rd_record_group(recorder, "restore", "restore", true);
    struct rd_err err = RD_ERR_INIT;

    rd_recorder_record(recorder)->rpo->target_ms = 900000;
    rd_err_set(&err, RD_E_NOT_FOUND, "no file matches 'backups/orders-*.sql.gz'");
    rd_err_hint(&err, "Is the folder mounted?");
    rd_find_err(recorder, group, "locate", &err);
    records_end(recorder);
    return recorder;
}

/* Hostile text in every member that can hold text. */
static inline struct rd_recorder *records_hostile(void)
{
    static char endless[20000];
    struct rd_recorder *recorder = records_begin(RECORDS_HOSTILE);
    struct rd_record *record = rd_recorder_record(recorder);

    memset(endless, 'x', sizeof(endless) - 1);
    *record->drill = (struct rd_record_drill){
        RECORDS_HOSTILE, RECORDS_HOSTILE, RECORDS_PLAN_SHA256,       record->drill->changed,
        RECORDS_HOSTILE, RECORDS_HOSTILE, record->drill->started_us, RD_ABSENT,
    };
    *record->subject =
        (struct rd_record_subject){RECORDS_HOSTILE, RECORDS_HOSTILE, RECORDS_HOSTILE};
    records_fill_backup(recorder);
    record->backup->name = record->backup->format = record->backup->compression = RECORDS_HOSTILE;
    record->backup->created_basis = record->backup->sha256_of = RECORDS_HOSTILE;
    record->backup->picked = record->backup->server_version = RECORDS_HOSTILE;
    record->backup->tool_version = record->backup->database = RECORDS_HOSTILE;
    record->backup->encoding = record->backup->locale = endless;
    rd_record_backup_file(recorder, RECORDS_HOSTILE, 1, RECORDS_SHA256, true);
    rd_record_backup_file(recorder, RECORDS_HOSTILE, 1, RECORDS_SHA256, true);
    *record->instance = (struct rd_instance_facts){
        RECORDS_HOSTILE,
        RECORDS_HOSTILE,
        RECORDS_HOSTILE,
        RECORDS_HOSTILE,
        RECORDS_HOSTILE,
        RECORDS_HOSTILE,
        true,
    };
    rd_record_phase(recorder, RECORDS_HOSTILE);
    rd_record_evidence(recorder, RECORDS_HOSTILE, 0, true, RECORDS_HOSTILE);
    record->rpo->basis = record->rto->stop_line = RECORDS_HOSTILE;
    for (int verdict = RD_PASS; verdict <= RD_SKIP; verdict++) {
        struct rd_group *group = rd_record_group(recorder, RECORDS_HOSTILE, RECORDS_HOSTILE, true);
        struct rd_finding *finding =
            rd_find(recorder, group, verdict, RECORDS_HOSTILE, "%s", RECORDS_HOSTILE);
        finding->expected = finding->actual = finding->cause = RECORDS_HOSTILE;
        finding->detail = endless;
        finding->hint = RECORDS_HOSTILE;
        rd_find(recorder, group, verdict, RECORDS_HOSTILE, "%s", endless);
    }
    rd_record_limit(recorder, "%s", RECORDS_HOSTILE);
    records_end(recorder);
    return recorder;
}

/* The bytes that a reporter makes of a record, in a time zone that is not UTC. */
static inline void records_render(const struct rd_reporter *reporter, struct rd_recorder *recorder,
                                  struct rd_buf *out)
{
    struct rd_err err = RD_ERR_INIT;

    setenv("TZ", "Pacific/Chatham", 1);
    tzset();
    int code = reporter->render(rd_recorder_record(recorder), out, &err);
    ck_assert_msg(code == RD_OK, "%s", err.message);
}

static inline void records_check_golden(const struct rd_buf *bytes, const char *name)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf golden = RD_BUF_INIT(RD_REPORT_MAX);
    char path[200];
    const char *mode = getenv("REDRILL_GOLDEN");
    bool write = mode != NULL && strcmp(mode, "write") == 0;

    snprintf(path, sizeof(path), "tests/golden/%s", name);
    FILE *file = fopen(path, write ? "wb" : "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    if (write) {
        ck_assert_uint_eq(fwrite(bytes->data, 1, bytes->length, file), bytes->length);
    } else {
        char piece[4096];
        for (size_t got; (got = fread(piece, 1, sizeof(piece), file)) > 0;)
            rd_buf_add(&golden, piece, got);
        ck_assert_msg(golden.length == bytes->length &&
                          memcmp(rd_buf_text(&golden), rd_buf_text(bytes), bytes->length) == 0,
                      "differs from %s:\n%s", path, rd_buf_text(bytes));
    }
    ck_assert_int_eq(fclose(file), 0);
}

/* What the reporter makes of the record is what the golden file holds. Frees the recorder. */
static inline void records_expect(const struct rd_reporter *reporter, struct rd_recorder *recorder,
                                  const char *name)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf bytes = RD_BUF_INIT(RD_REPORT_MAX);

    records_render(reporter, recorder, &bytes);
    records_check_golden(&bytes, name);
    rd_recorder_free(recorder);
}

#endif
