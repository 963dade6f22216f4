/*
 * record.h: everything that one drill learned. Reporters render it and nothing else. The shapes are
 * the record's format: `redrill schema --record` and the reader of record.json come from them.
 *
 * Times are UTC microseconds, durations milliseconds. Strings are in the record's arena; those that
 * somebody else owns must outlive the record.
 */
#ifndef RD_RECORD_H
#define RD_RECORD_H

#include "drills/common/shape.h"

#define RD_RECORD_FORMAT "redrill.record/1"

/* What the audit statement says that the record is. */
#define RD_PREDICATE_TYPE "https://redrill.dev/attestations/restore-drill/v1"

/* Zero is no verdict: memory that nobody wrote never reads as a pass. */
enum rd_verdict {
    RD_PASS = 1,
    RD_FAIL = 2,  /* known bad */
    RD_ERROR = 3, /* not known */
    RD_SKIP = 4,  /* does not apply; the message is the reason */
};

/* One answer: a JUnit test case. */
struct rd_finding {
    int verdict;          /* enum rd_verdict */
    const char *subject;  /* the table, key, setting, request; unique within its group */
    const char *message;  /* one sentence without stop, what was found */
    const char *expected; /* may be NULL */
    const char *actual;   /* may be NULL; never a value of the restored data, see drill.h */
    const char *cause;    /* rd_err_name of the error that this was made of; else NULL */
    const char *detail;   /* may be NULL: that error's facts */
    const char *hint;     /* may be NULL: what to do next */
    int64_t duration_ms;  /* RD_ABSENT when it was not measured for itself */
};

/* The findings of one check, or of a part of the drill itself ("restore", "quarantine",
 * "objectives"). */
struct rd_group {
    const char *name;  /* unique in the record: "row_counts", "row_counts-2", or the plan's own name
                          for it */
    const char *check; /* the module: "row_counts"; "restore", "quarantine", "objectives" for the
                          drill's own */
    bool required;     /* counts for the drill's verdict */
    int verdict;       /* enum rd_verdict, set by rd_record_seal */
    int64_t started_us;
    int64_t duration_ms;
    struct rd_list findings; /* struct rd_finding */
};

struct rd_phase {
    const char *name; /* locate, fetch, provision, restore, recover, first_query, checks,
                         application */
    int64_t started_us;
    int64_t duration_ms;
    const char *note; /* may be NULL */
};

/* A point in time that says something about how much data would be lost. */
struct rd_evidence {
    const char *basis; /* "archive header", "file name", "file mtime (last resort)", "newest row of
                          …" */
    int64_t at_us;     /* RD_ABSENT when what was found is no time that a calendar knows */
    int64_t age_ms;    /* before the incident time; negative when it is later */
    bool counted;      /* is evidence of loss and counts for the measured RPO */
    const char *note;
};

struct rd_rpo {
    int verdict;
    int64_t target_ms;       /* RD_ABSENT without an objective */
    int64_t measured_ms;     /* RD_ABSENT when it could not be measured */
    int64_t incident_us;     /* what it is measured against */
    const char *basis;       /* the evidence that decided */
    struct rd_list evidence; /* struct rd_evidence */
};

struct rd_rto {
    int verdict;
    int64_t target_ms;
    int64_t measured_ms;
    int64_t declare_ms;    /* the human part that the plan adds; RD_ABSENT without */
    const char *stop_line; /* what ended the measurement: "the last required check: http" */
    bool representative;   /* false for the profile `fast` and for instances that redrill did not
                              restore */
};

struct rd_backup_file {
    const char *name; /* within the backup */
    int64_t bytes;
    const char *sha256; /* lower-case hex */
    bool side;          /* lies beside the backup (globals): the backup's own digest does not
                           cover it */
};

struct rd_backup {
    const char *name;          /* what was drilled, for people: a path or a label, no secret */
    const char *format;        /* plain, custom, directory, tar, … */
    const char *compression;   /* none, gzip, … */
    int64_t bytes;             /* as stored */
    int64_t created_us;        /* RD_ABSENT when unknown */
    const char *created_basis; /* where created_us comes from: see struct rd_evidence */
    const char *sha256; /* of the file; of a folder: of the `sha256sum` listing of its files, sorted
                           by name */
    const char *sha256_of;      /* "the file as stored", "the listing of its files" */
    struct rd_list files;       /* struct rd_backup_file, see rd_record_backup_file */
    int64_t files_unlisted;     /* how many more there are; RD_ABSENT without any */
    const char *picked;         /* "newest of 14", "random of 14" */
    int64_t seed;               /* of a random pick; RD_ABSENT else */
    const char *server_version; /* of the source */
    const char *tool_version;   /* what took it: "pg_dump 15.12" */
    const char *database;       /* its name at the source */
    const char *encoding;
    const char *locale_provider;
    const char *locale;
};

struct rd_instance_facts {
    const char *provider;
    const char *server_version;
    const char *system_identifier;
    const char *database;
    const char *profile;
    const char *user; /* the operating system's user that the server ran as */
    bool removable;   /* redrill made it and removes it */
};

struct rd_setting { /* a key with a value */
    const char *name;
    const char *value;
};

struct rd_record_tool {
    const char *name, *version; /* set by rd_recorder_new */
};

struct rd_record_drill {
    const char *id;
    const char *plan_name;
    const char *plan_sha256; /* of the plan's bytes */
    struct rd_list changed; /* struct rd_setting: what --set and --target changed; values of secrets
                               never */
    const char *host;
    const char *performed_by;
    int64_t started_us, finished_us;
};

struct rd_record_subject { /* the plan's; members may be NULL */
    const char *system_name, *environment, *owner;
};

struct rd_record_counts { /* findings, set by rd_record_seal */
    int64_t passed, failed, errors, skipped;
};

/*
 * A record under construction has all objects below, and lists that are empty. Sealed, it has no
 * `subject`, `backup` or `instance` that nobody filled: they are NULL then.
 */
struct rd_record {
    const char *format; /* RD_RECORD_FORMAT */
    struct rd_record_tool *tool;
    struct rd_record_drill *drill;
    struct rd_record_subject *subject;
    int verdict;        /* set by rd_record_seal */
    const char *reason; /* one sentence: why this verdict; set by rd_record_seal */
    struct rd_record_counts *counts;
    struct rd_backup *backup;
    struct rd_instance_facts *instance;
    struct rd_rpo *rpo;
    struct rd_rto *rto;
    struct rd_list phases;    /* struct rd_phase */
    struct rd_list groups;    /* struct rd_group */
    struct rd_strings limits; /* what this drill does not prove, a sentence each */
};

extern const struct rd_shape rd_record_shape;
extern const struct rd_shape rd_setting_shape;

/* The word for a verdict in JSON and reports: "pass", "fail", "error", "skip"; "none" for 0. */
const char *rd_verdict_name(int verdict);

enum {
    RD_RECORD_MAX = 32 * 1024 * 1024, /* bytes of a record in memory */
    RD_RECORD_TEXT_MAX = 4096,        /* bytes of one text: more is cut */
    RD_RECORD_SUBJECT_MAX = 500,      /* bytes of a subject or group's name, without its number */
    RD_GROUPS_MAX = 1100,
    RD_FINDINGS_MAX = 20000,        /* listed in one group */
    RD_RECORD_FINDINGS_MAX = 30000, /* listed in all groups */
    RD_BACKUP_FILES_MAX = 20000,    /* listed; more are counted */
};

/*
 * A record under construction. All rd_record_* calls that build take it; none fails visibly: lost
 * memory is kept and makes rd_record_seal fail, so an incomplete record never becomes a verdict.
 * NULL when memory is gone. `max` bounds the record's memory in bytes; RD_RECORD_MAX without.
 */
struct rd_recorder;
struct rd_recorder *rd_recorder_new(void) RD_MUST_CHECK;
struct rd_recorder *rd_recorder_new_within(size_t max) RD_MUST_CHECK;
void rd_recorder_free(struct rd_recorder *recorder);
void rd_recorder_freep(struct rd_recorder **recorder);
struct rd_arena *rd_recorder_arena(struct rd_recorder *recorder);
struct rd_record *rd_recorder_record(struct rd_recorder *recorder);

/* Opens a group. It stays open, and findings may be added, until the next one is opened or it is
 * ended; then only its clock stops. A name that is taken gets a number. Never NULL, and valid as
 * long as the recorder. */
struct rd_group *rd_record_group(struct rd_recorder *recorder, const char *name, const char *check,
                                 bool required);
void rd_record_group_end(struct rd_recorder *recorder, struct rd_group *group);

/* Adds a finding to a group and returns it, so that all but verdict and subject can be set; never
 * NULL, valid until the next finding is added. `subject` is copied; a subject that is taken gets a
 * number when the record is sealed. Beyond RD_FINDINGS_MAX a group and RD_RECORD_FINDINGS_MAX a
 * record findings are not listed but counted, in one more finding with the worst of their verdicts;
 * passes and skips leave the last quarter of the room to fails and errors. */
struct rd_finding *rd_find(struct rd_recorder *recorder, struct rd_group *group, int verdict,
                           const char *subject, const char *format, ...) RD_PRINTF(5, 6);

/* A finding made of an error: RD_E_BACKUP is a fail, everything else an error. Code, message,
 * detail and hint are taken. */
struct rd_finding *rd_find_err(struct rd_recorder *recorder, struct rd_group *group,
                               const char *subject, const struct rd_err *err);

/* Text in the record's arena for the members of a finding; "" when memory is gone. */
const char *rd_record_text(struct rd_recorder *recorder, const char *format, ...) RD_PRINTF(2, 3);

/* Ends the running phase, begins the named one; NULL only ends. The name of the running phase
 * changes nothing. A duration is at least 1 ms. */
void rd_record_phase(struct rd_recorder *recorder, const char *name);

/* The rpo's incident_us should be known by then; else ages are filled in when the record is sealed.
 * A time that no calendar knows is kept without time and never counted. */
void rd_record_evidence(struct rd_recorder *recorder, const char *basis, int64_t at_us,
                        bool counted, const char *note);

/* A file of a backup that is a folder, or one that lies beside the backup (`side`). */
void rd_record_backup_file(struct rd_recorder *recorder, const char *name, int64_t bytes,
                           const char *sha256, bool side);

/* A full sentence about what the drill does not prove. The same one is kept once. */
void rd_record_limit(struct rd_recorder *recorder, const char *format, ...) RD_PRINTF(2, 3);

/*
 * The verdict of a group: fail if any finding fails, else error if any is in error or there is
 * none, else pass if any passes, else skip. Of the drill: the same over the required groups, and
 * error when no group passed. A finding without verdict, or skipped without a reason, is an error.
 * Counts, reason and finished_us are set, every text is cleaned (rd_text_clean). Fails when the
 * record is incomplete, or when the rpo or rto is not met and no finding says so; nothing may be
 * added afterwards, also when it failed.
 */
int rd_record_seal(struct rd_recorder *recorder, int64_t finished_us,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* record.json as a tree, and back. Reading ignores nothing: unknown keys and another format are
 * RD_E_FORMAT. What was read is clean text, too. */
int rd_record_to_json(const struct rd_record *record, struct rd_json **ret_json,
                      struct rd_err *reterr) RD_MUST_CHECK;
int rd_record_from_json(const struct rd_json *json, struct rd_arena *arena,
                        struct rd_record **ret_record, struct rd_err *reterr) RD_MUST_CHECK;

#endif
