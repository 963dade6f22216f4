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

/* record.json as a tree, and back. Reading ignores nothing: unknown keys and another format are
 * RD_E_FORMAT. What was read is clean text, too. */
int rd_record_to_json(const struct rd_record *record, struct rd_json **ret_json,
                      struct rd_err *reterr) RD_MUST_CHECK;
int rd_record_from_json(const struct rd_json *json, struct rd_arena *arena,
                        struct rd_record **ret_record, struct rd_err *reterr) RD_MUST_CHECK;

#endif
