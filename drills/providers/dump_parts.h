/*
 * dump_parts.h: the parts of the provider `dump`: its settings (dump_settings.c), which file
 * (dump_pick.c), when it was made (dump_created.c), what an archive says about its database
 * (dump_database.c), getting it into the server (dump_restore.c), what psql and pg_restore
 * complained about (dump_errors.c), what came out (dump_choose.c), and the digests of folders
 * (dump_digest.c). dump.c puts them together.
 */
#ifndef RD_DUMP_PARTS_H
#define RD_DUMP_PARTS_H

#include "drills/common/drill.h"
#include "drills/common/stream.h"
#include "drills/providers/dump_head.h"
#include "drills/providers/dump_plain.h"
#include "drills/providers/server.h"

enum rd_dump_pick { RD_PICK_NEWEST = 1, RD_PICK_OLDEST, RD_PICK_RANDOM };

struct rd_dump_settings {
    const char *path; /* a file, a folder in directory format, or a glob */
    int pick;         /* enum rd_dump_pick */
    int64_t seed;
    const char *name_time; /* strptime(3) pattern of the file's name */
    const char *zone;      /* of times without one */
    const char *globals;   /* a file of pg_dumpall --globals-only, or a glob */
};
extern const struct rd_shape rd_dump_shape;

/* A dump that was found. Times are UTC microseconds, RD_ABSENT when unknown. */
struct rd_dump_file {
    const char *path;
    struct rd_dump_head head;
    bool head_is_read; /* else `head_err` says why not */
    struct rd_err head_err;
    int64_t head_us;    /* from the archive's head */
    int64_t name_us;    /* from the file's name */
    int64_t changed_us; /* the file's mtime */
    int64_t bytes;      /* as stored; of a folder the sum of its files */
};

/* The best of the three times, and the words for where it comes from. */
int64_t rd_dump_file_time(const struct rd_dump_file *file, const char **ret_basis);

/*
 * Finds the file or folder that the plan means; for `latest` among all, for a target among those
 * that are not later. *ret_picked tells how. RD_E_NOT_FOUND when nothing is there, RD_E_BACKUP when
 * everything is later than the target.
 */
int rd_dump_pick(const struct rd_drill *drill, const struct rd_dump_settings *settings,
                 const char *pattern, struct rd_dump_file *ret_file, const char **ret_picked,
                 int64_t *ret_seed, struct rd_err *reterr) RD_MUST_CHECK;

/* The time in a file's name: after the strptime pattern, or the first that looks like one.
 * RD_ABSENT when there is none. */
int64_t rd_dump_name_time(const char *name, const char *pattern, const char *zone);

/* The file's times into the record, and whether they contradict each other or the clock: one
 * finding. */
void rd_dump_tell_created(struct rd_drill *drill, const struct rd_dump_settings *settings,
                          const struct rd_dump_file *file);
void rd_dump_judge_created(struct rd_drill *drill, const struct rd_dump_settings *settings,
                           const struct rd_dump_file *file, struct rd_group *group);

/* RD_E_SYSTEM when the file is not what it was when it was found: what its head said must be true
 * of what is restored. */
int rd_dump_file_unchanged(const struct rd_dump_file *file, struct rd_err *reterr) RD_MUST_CHECK;

/* What psql or pg_restore complained about. */
struct rd_dump_errors {
    struct rd_drill *drill;
    struct rd_group *group;
    const char *what;             /* "dump", "globals": where it is read from */
    const struct rd_plain *plain; /* the scanner that knows psql's lines; NULL for archives */
    const char *superuser;        /* whose CREATE ROLE fails because it is there already */
    char entry[200];              /* pg_restore: the entry that the next message is about */
    int64_t count;                /* errors of the backup */
    int64_t expected;             /* and those that had to come */
    struct rd_strings told;       /* of what is missing, told once */
    size_t told_room;
    struct rd_err machine; /* the first error that is not the backup's */
    void (*line)(struct rd_dump_errors *errors, const char *line); /* one of the two below */
};

/* One line of stderr. */
void rd_dump_errors_psql(struct rd_dump_errors *errors, const char *line);
void rd_dump_errors_restore(struct rd_dump_errors *errors, const char *line);

/* After the program has ended: how many there were beyond those shown; an error of the machine is
 * returned. */
int rd_dump_errors_end(struct rd_dump_errors *errors, struct rd_err *reterr) RD_MUST_CHECK;

/* Where psql and pg_restore find their server. */
struct rd_dump_target {
    struct rd_drill *drill;
    const struct rd_server *tools; /* whose psql and pg_restore run */
    const struct rd_instance *instance;
    struct rd_group *group; /* for findings */
    const char *database;   /* to connect to */
};

/*
 * Feeds a plain script to psql. What is wrong with the script becomes findings, and is no error;
 * errors are those of the machine. The digest of the file is set in both cases, and empty when it
 * could not be read.
 */
int rd_dump_run_psql(const struct rd_dump_target *target, const char *what, const char *path,
                     char ret_hex[RD_SHA256_HEX], struct rd_err *reterr) RD_MUST_CHECK;

/* The same for an archive and pg_restore. `create`: the archive's own database is created, else its
 * content goes to the target's. The digest of a folder is not touched. */
int rd_dump_run_restore(const struct rd_dump_target *target, const struct rd_dump_file *file,
                        bool create, char ret_hex[RD_SHA256_HEX],
                        struct rd_err *reterr) RD_MUST_CHECK;

/* Reads out of an archive whether it creates its database, and how, into its head. An unreadable
 * archive is no error here. */
int rd_dump_read_database(struct rd_drill *drill, const struct rd_server *server,
                          struct rd_dump_file *file, struct rd_err *reterr) RD_MUST_CHECK;

/* Which database the checks shall ask: the plan's, else the only one; and a finding about whether
 * there are tables in it. RD_E_BACKUP when it is not there, RD_E_ARGUMENT when there are several.
 */
int rd_dump_choose(const struct rd_dump_target *target, const char **ret_database,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* What a stream has left is read, as long as the drill may last, and the whole hashed. */
int rd_dump_digest_stream(const struct rd_drill *drill, struct rd_stream *stream,
                          char ret_hex[RD_SHA256_HEX], struct rd_err *reterr) RD_MUST_CHECK;

/* A folder's files into the record's backup, and the digest of their listing as `sha256sum` would
 * write it; a finding for each file that is cut short. *ret_state changes when any file does. */
int rd_dump_digest_folder(const struct rd_dump_target *target, const char *path,
                          char ret_hex[RD_SHA256_HEX], char ret_state[RD_SHA256_HEX],
                          struct rd_err *reterr) RD_MUST_CHECK;

/* Who should read a folder with pg_restore: the drill's user when he may, else redrill's own, which
 * is NULL: what only redrill may read is no reason to fail. */
const struct rd_user *rd_dump_folder_reader(const struct rd_drill *drill, const char *path);
int rd_dump_folder_state(const char *path, char ret_state[RD_SHA256_HEX], int64_t *ret_bytes,
                         struct rd_err *reterr) RD_MUST_CHECK;

#endif
