/*
 * drill.h: what one execution of a plan hands to its provider and checks. Made by the runner,
 * borrowed by everyone else.
 */
#ifndef RD_DRILL_H
#define RD_DRILL_H

#include "drills/common/crypto.h"
#include "drills/common/instance.h"
#include "drills/common/lease.h"
#include "drills/common/recorder.h"

struct rd_drill {
    char id[RD_UUID_TEXT];
    const char *plan_folder; /* relative paths in the plan count from here */
    const char *work;        /* private folder, owned by `user`; removed at the end */
    struct rd_user user;     /* servers and clients run as */
    const struct rd_instance_wish *wish;
    struct rd_recorder *recorder;
    struct rd_lease *lease;
    struct rd_deadline deadline; /* of the whole drill */
    int64_t started_us;
    int64_t incident_us; /* the plan's target, or the drill's start for `latest` */
    bool target_given;   /* the plan's target is a time */
    bool keep;           /* the instance shall outlive redrill (`run --keep`) */
    unsigned char hash_key[RD_SHA256_BYTES];           /* for rd_drill_hash */
    void (*progress)(void *context, const char *text); /* one plain line; may be NULL */
    void *progress_context;
};

/* Tells people what is going on. */
void rd_drill_say(const struct rd_drill *drill, const char *format, ...) RD_PRINTF(2, 3);

/*
 * A data value of the restored database as reports may show it: "hmac:9f86d081884c7d65", the same
 * for equal values of one drill. NULL is "NULL". With `clear` (the plan asked for it) the value
 * itself, cleaned and cut at 200 bytes.
 */
const char *rd_drill_hash(const struct rd_drill *drill, const char *value, bool clear);

/*
 * The environment of every child: PATH=/usr/bin:/bin, LC_ALL=C, TZ=UTC, HOME=work folder, then
 * `more` ("NAME=value", NULL-terminated, may be NULL), which wins. RD_PROCFS_MARK is always the
 * drill's: by it the drill's processes are found again. In the record's arena, while `more` is
 * borrowed; NULL when memory is gone.
 */
const char *const *rd_drill_env(const struct rd_drill *drill,
                                const char *const *more) RD_MUST_CHECK;

#endif
