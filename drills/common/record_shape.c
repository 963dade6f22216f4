/*
 * record_shape.c: the format of record.json. The tables below are the only place that names its
 * members; the reader, the writer and the JSON Schema come from them.
 */
#include <string.h>

#include "drills/common/recorder_parts.h"

/* The largest integer that every reader of JSON understands. */
#define RECORD_MOST 9007199254740991.0

#define FIELD(text, kind, object, member, ...)                                                    \
    {                                                                                             \
        .name = text, .type = RD_T_##kind, .offset = offsetof(struct object, member), __VA_ARGS__ \
    }
#define LENGTH(text, object, member, ...) \
    FIELD(text, INTEGER, object, member, .unit = "ms", .max = RECORD_MOST, __VA_ARGS__)
#define VERDICT(object, ...) \
    FIELD("verdict", ENUM, object, verdict, .choices = record_verdicts, __VA_ARGS__)

static const char *const record_verdicts[] = {"pass", "fail", "error", "skip", NULL};

static const struct rd_field tool_fields[] = {
    FIELD("name", STRING, rd_record_tool, name, .flags = RD_REQUIRED,
          .help = "the program that made the record"),
    FIELD("version", STRING, rd_record_tool, version, .flags = RD_REQUIRED, .help = "its version"),
    {0},
};

static const struct rd_field setting_fields[] = {
    FIELD("name", STRING, rd_setting, name, .flags = RD_REQUIRED, .help = "the setting"),
    FIELD("value", STRING, rd_setting, value, .help = "its value; absent where it is secret"),
    {0},
};

static const struct rd_field drill_fields[] = {
    FIELD("id", STRING, rd_record_drill, id, .flags = RD_REQUIRED,
          .help = "identifies this drill: a UUID of version 7"),
    FIELD("plan", STRING, rd_record_drill, plan_name, .flags = RD_REQUIRED,
          .help = "name of the plan that was executed"),
    FIELD("planSha256", STRING, rd_record_drill, plan_sha256, .flags = RD_REQUIRED,
          .help = "SHA-256 of the plan's bytes"),
    FIELD("changed", LIST, rd_record_drill, changed, .sub = &rd_setting_shape,
          .help = "what the command line changed in the plan"),
    FIELD("host", STRING, rd_record_drill, host, .help = "machine that the drill ran on"),
    FIELD("performedBy", STRING, rd_record_drill, performed_by,
          .help = "operating system user who ran the drill"),
    FIELD("startedAt", TIME, rd_record_drill, started_us, .flags = RD_REQUIRED,
          .help = "when the drill began"),
    FIELD("finishedAt", TIME, rd_record_drill, finished_us, .flags = RD_REQUIRED,
          .help = "when the record was sealed, before the instance was removed"),
    {0},
};

static const struct rd_field subject_fields[] = {
    FIELD("system", STRING, rd_record_subject, system_name,
          .help = "the system whose data was restored"),
    FIELD("environment", STRING, rd_record_subject, environment, .help = "prod, staging, ..."),
    FIELD("owner", STRING, rd_record_subject, owner, .help = "who answers for it"),
    {0},
};

static const struct rd_field counts_fields[] = {
    FIELD("passed", INTEGER, rd_record_counts, passed, .flags = RD_REQUIRED, .max = RECORD_MOST,
          .help = "findings that pass"),
    FIELD("failed", INTEGER, rd_record_counts, failed, .flags = RD_REQUIRED, .max = RECORD_MOST,
          .help = "findings that fail: known bad"),
    FIELD("errors", INTEGER, rd_record_counts, errors, .flags = RD_REQUIRED, .max = RECORD_MOST,
          .help = "findings in error: not known"),
    FIELD("skipped", INTEGER, rd_record_counts, skipped, .flags = RD_REQUIRED, .max = RECORD_MOST,
          .help = "findings that do not apply"),
    {0},
};

static const struct rd_field backup_file_fields[] = {
    FIELD("name", STRING, rd_backup_file, name, .flags = RD_REQUIRED,
          .help = "name within the backup"),
    FIELD("bytes", BIGINT, rd_backup_file, bytes, .unit = "bytes", .help = "size as stored"),
    FIELD("sha256", STRING, rd_backup_file, sha256, .flags = RD_REQUIRED,
          .help = "SHA-256 of the file as stored"),
    FIELD("side", BOOL, rd_backup_file, side,
          .help = "whether it lies beside the backup, whose own digest then does not cover it"),
    {0},
};

static const struct rd_field backup_fields[] = {
    FIELD("name", STRING, rd_backup, name, .flags = RD_REQUIRED,
          .help = "what was drilled: a path or a label"),
    FIELD("format", STRING, rd_backup, format, .help = "plain, custom, directory, tar, ..."),
    FIELD("compression", STRING, rd_backup, compression, .help = "none, gzip, zstd, ..."),
    FIELD("bytes", BIGINT, rd_backup, bytes, .unit = "bytes", .help = "size as stored"),
    FIELD("createdAt", TIME, rd_backup, created_us, .help = "when the backup was made"),
    FIELD("createdBasis", STRING, rd_backup, created_basis, .help = "how createdAt is known"),
    FIELD("sha256", STRING, rd_backup, sha256,
          .help = "digest of the bytes that were restored; absent where they were not read"),
    FIELD("sha256Of", STRING, rd_backup, sha256_of, .help = "what exactly sha256 is the digest of"),
    FIELD("files", LIST, rd_backup, files, .sub = &rd_backup_file_shape,
          .help = "files of a backup that is a folder, and files beside the backup"),
    FIELD("filesUnlisted", INTEGER, rd_backup, files_unlisted, .max = RECORD_MOST,
          .help = "how many more files there are than files names"),
    FIELD("picked", STRING, rd_backup, picked, .help = "how it was chosen among how many"),
    FIELD("seed", BIGINT, rd_backup, seed, .help = "what a random choice can be repeated with"),
    FIELD("serverVersion", STRING, rd_backup, server_version,
          .help = "version of the server that the backup was taken from"),
    FIELD("toolVersion", STRING, rd_backup, tool_version,
          .help = "the program that took it, with its version"),
    FIELD("database", STRING, rd_backup, database, .help = "the database's name at the source"),
    FIELD("encoding", STRING, rd_backup, encoding, .help = "the database's encoding"),
    FIELD("localeProvider", STRING, rd_backup, locale_provider, .help = "libc, icu or builtin"),
    FIELD("locale", STRING, rd_backup, locale, .help = "the database's locale"),
    {0},
};

static const struct rd_field instance_fields[] = {
    FIELD("provider", STRING, rd_instance_facts, provider, .flags = RD_REQUIRED,
          .help = "the module that made the instance"),
    FIELD("serverVersion", STRING, rd_instance_facts, server_version,
          .help = "version of the restored server"),
    FIELD("systemIdentifier", STRING, rd_instance_facts, system_identifier,
          .help = "PostgreSQL's identifier of the cluster, in decimal digits"),
    FIELD("database", STRING, rd_instance_facts, database, .help = "the database that checks ask"),
    FIELD("profile", STRING, rd_instance_facts, profile,
          .help = "faithful, or fast with durability off"),
    FIELD("user", STRING, rd_instance_facts, user,
          .help = "operating system user that the server ran as"),
    FIELD("removable", BOOL, rd_instance_facts, removable,
          .help = "whether redrill made the instance and removes it"),
    {0},
};

static const struct rd_field evidence_fields[] = {
    FIELD("basis", STRING, rd_evidence, basis, .flags = RD_REQUIRED, .help = "where it was found"),
    FIELD("at", TIME, rd_evidence, at_us, .help = "the time up to which data is proven"),
    FIELD("ageMs", INTEGER, rd_evidence, age_ms, .unit = "ms",
          .help = "how long before the incident that is; negative when it is later"),
    FIELD("counted", BOOL, rd_evidence, counted,
          .help = "whether it is evidence of loss and counts for the measured RPO"),
    FIELD("note", STRING, rd_evidence, note, .help = "what to know about it"),
    {0},
};

static const struct rd_field rpo_fields[] = {
    VERDICT(rd_rpo, .flags = RD_REQUIRED, .help = "skip without a target"),
    LENGTH("targetMs", rd_rpo, target_ms, .help = "how much data, in time, may be lost"),
    LENGTH("measuredMs", rd_rpo, measured_ms, .help = "how much would have been lost"),
    FIELD("incidentAt", TIME, rd_rpo, incident_us, .help = "what it is measured against"),
    FIELD("basis", STRING, rd_rpo, basis, .help = "the evidence that decided"),
    FIELD("evidence", LIST, rd_rpo, evidence, .sub = &rd_evidence_shape,
          .help = "everything that says how far the restored data reaches"),
    {0},
};

static const struct rd_field rto_fields[] = {
    VERDICT(rd_rto, .flags = RD_REQUIRED, .help = "skip without a target"),
    LENGTH("targetMs", rd_rto, target_ms, .help = "how long it may take"),
    LENGTH("measuredMs", rd_rto, measured_ms,
           .help = "how long it took, with the declared human part"),
    LENGTH("declareMs", rd_rto, declare_ms, .help = "the human part that the plan adds"),
    FIELD("stopLine", STRING, rd_rto, stop_line, .help = "what ended the measurement"),
    FIELD("representative", BOOL, rd_rto, representative,
          .help = "whether a real restore would take about as long"),
    {0},
};

static const struct rd_field phase_fields[] = {
    FIELD("name", STRING, rd_phase, name, .flags = RD_REQUIRED,
          .help = "locate, fetch, provision, restore, recover, first_query, checks or application"),
    FIELD("startedAt", TIME, rd_phase, started_us, .flags = RD_REQUIRED, .help = "when it began"),
    LENGTH("durationMs", rd_phase, duration_ms, .flags = RD_REQUIRED, .help = "how long it took"),
    FIELD("note", STRING, rd_phase, note, .help = "what to know about it"),
    {0},
};

static const struct rd_field finding_fields[] = {
    VERDICT(rd_finding, .flags = RD_REQUIRED,
            .help = "fail is known bad, error is not known, skip does not apply"),
    FIELD("subject", STRING, rd_finding, subject, .flags = RD_REQUIRED,
          .help = "the table, key, setting or request; unique within its group"),
    FIELD("message", STRING, rd_finding, message, .flags = RD_REQUIRED, .help = "what was found"),
    FIELD("expected", STRING, rd_finding, expected, .help = "what should be"),
    FIELD("actual", STRING, rd_finding, actual, .help = "what is"),
    FIELD("cause", STRING, rd_finding, cause,
          .help = "kind of the error that kept the check from knowing: timeout, network, ..."),
    FIELD("detail", STRING, rd_finding, detail, .help = "that error's facts"),
    FIELD("hint", STRING, rd_finding, hint, .help = "what to do next"),
    LENGTH("durationMs", rd_finding, duration_ms, .help = "how long it took, where measured"),
    {0},
};

static const struct rd_field group_fields[] = {
    FIELD("name", STRING, rd_group, name, .flags = RD_REQUIRED, .help = "unique in the record"),
    FIELD("check", STRING, rd_group, check, .flags = RD_REQUIRED,
          .help = "the module that asked, or restore, quarantine or objectives"),
    FIELD("required", BOOL, rd_group, required, .help = "whether it counts for the verdict"),
    VERDICT(rd_group, .flags = RD_REQUIRED, .help = "the worst of its findings"),
    FIELD("startedAt", TIME, rd_group, started_us, .flags = RD_REQUIRED, .help = "when it began"),
    LENGTH("durationMs", rd_group, duration_ms, .flags = RD_REQUIRED, .help = "how long it took"),
    FIELD("findings", LIST, rd_group, findings, .sub = &rd_finding_shape,
          .help = "one answer for each thing that was looked at"),
    {0},
};

static const struct rd_shape tool_shape = {
    .name = "tool", .size = sizeof(struct rd_record_tool), .fields = tool_fields};
static const struct rd_shape drill_shape = {
    .name = "drill", .size = sizeof(struct rd_record_drill), .fields = drill_fields};
static const struct rd_shape subject_shape = {
    .name = "subject", .size = sizeof(struct rd_record_subject), .fields = subject_fields};
static const struct rd_shape counts_shape = {
    .name = "counts", .size = sizeof(struct rd_record_counts), .fields = counts_fields};
static const struct rd_shape backup_shape = {
    .name = "backup", .size = sizeof(struct rd_backup), .fields = backup_fields};
static const struct rd_shape instance_shape = {
    .name = "instance", .size = sizeof(struct rd_instance_facts), .fields = instance_fields};
static const struct rd_shape rpo_shape = {
    .name = "rpo", .size = sizeof(struct rd_rpo), .fields = rpo_fields};
static const struct rd_shape rto_shape = {
    .name = "rto", .size = sizeof(struct rd_rto), .fields = rto_fields};

const struct rd_shape rd_setting_shape = {
    .name = "setting", .size = sizeof(struct rd_setting), .fields = setting_fields};
const struct rd_shape rd_backup_file_shape = {
    .name = "file", .size = sizeof(struct rd_backup_file), .fields = backup_file_fields};
const struct rd_shape rd_evidence_shape = {
    .name = "evidence", .size = sizeof(struct rd_evidence), .fields = evidence_fields};
const struct rd_shape rd_phase_shape = {
    .name = "phase", .size = sizeof(struct rd_phase), .fields = phase_fields};
const struct rd_shape rd_finding_shape = {
    .name = "finding", .size = sizeof(struct rd_finding), .fields = finding_fields};
const struct rd_shape rd_group_shape = {
    .name = "group", .size = sizeof(struct rd_group), .fields = group_fields};

static const struct rd_field record_fields[] = {
    FIELD("format", STRING, rd_record, format, .flags = RD_REQUIRED,
          .help = "name and version of this format: " RD_RECORD_FORMAT),
    FIELD("tool", OBJECT, rd_record, tool, .sub = &tool_shape, .flags = RD_REQUIRED,
          .help = "what made the record"),
    FIELD("drill", OBJECT, rd_record, drill, .sub = &drill_shape, .flags = RD_REQUIRED,
          .help = "which drill this is"),
    FIELD("subject", OBJECT, rd_record, subject, .sub = &subject_shape,
          .help = "what the plan says about the data's origin"),
    VERDICT(rd_record, .flags = RD_REQUIRED, .help = "pass only when it is proven"),
    FIELD("reason", STRING, rd_record, reason, .flags = RD_REQUIRED, .help = "why this verdict"),
    FIELD("counts", OBJECT, rd_record, counts, .sub = &counts_shape, .flags = RD_REQUIRED,
          .help = "findings of all groups, by verdict"),
    FIELD("backup", OBJECT, rd_record, backup, .sub = &backup_shape,
          .help = "what was restored; absent when it was not found or redrill did not restore it"),
    FIELD("instance", OBJECT, rd_record, instance, .sub = &instance_shape,
          .help = "the server that answered"),
    FIELD("rpo", OBJECT, rd_record, rpo, .sub = &rpo_shape, .flags = RD_REQUIRED,
          .help = "data lost, as time"),
    FIELD("rto", OBJECT, rd_record, rto, .sub = &rto_shape, .flags = RD_REQUIRED,
          .help = "time until the restored data was proven to work"),
    FIELD("phases", LIST, rd_record, phases, .sub = &rd_phase_shape,
          .help = "what the time went into, in order"),
    FIELD("groups", LIST, rd_record, groups, .sub = &rd_group_shape,
          .help = "all findings, by check"),
    FIELD("limits", STRINGS, rd_record, limits, .help = "what this drill does not prove"),
    {0},
};

const struct rd_shape rd_record_shape = {
    .name = "record", .size = sizeof(struct rd_record), .fields = record_fields};

int rd_record_to_json(const struct rd_record *record, struct rd_json **ret_json,
                      struct rd_err *reterr)
{
    return rd_shape_print(&rd_record_shape, record, ret_json, reterr);
}

static int record_check_format(const struct rd_json *json, struct rd_err *reterr)
{
    const char *format = rd_json_text(rd_json_get(json, "format"));

    if (rd_json_type(json) != RD_JSON_OBJECT || format == NULL)
        return rd_err_set(reterr, RD_E_FORMAT, "this is not the record of a drill");
    if (strcmp(format, RD_RECORD_FORMAT) == 0)
        return RD_OK;
    rd_err_set(reterr, RD_E_FORMAT, "the record has format '%s', not '%s'", format,
               RD_RECORD_FORMAT);
    rd_err_hint(reterr, "Use the version of redrill that made this record.");
    return RD_E_FORMAT;
}

int rd_record_from_json(const struct rd_json *json, struct rd_arena *arena,
                        struct rd_record **ret_record, struct rd_err *reterr)
{
    struct rd_faults faults = {.arena = arena};

    int code = record_check_format(json, reterr);
    if (code != RD_OK)
        return code;
    struct rd_record *record = rd_shape_parse(&rd_record_shape, json, "$", NULL, &faults);
    code = rd_arena_status(arena, reterr);
    if (code != RD_OK)
        return code;
    if (record == NULL || faults.count > 0) {
        rd_err_set(reterr, RD_E_FORMAT, "the record is damaged: %zu faults", faults.count);
        if (faults.count > 0)
            rd_err_detail(reterr, "%s: %s", faults.items[0].path, faults.items[0].message);
        return RD_E_FORMAT;
    }
    code = rd_recorder_settle(arena, record, reterr);
    if (code == RD_OK)
        *ret_record = record;
    return code;
}
