/*
 * recorder_parts.h: the inside of a record under construction. For record.c, record_seal.c,
 * record_text.c and record_shape.c only.
 */
#ifndef RD_RECORDER_PARTS_H
#define RD_RECORDER_PARTS_H

#include "drills/common/recorder.h"

/* What a group has while it is built. */
struct rd_recorder_group {
    int64_t started_us; /* monotonic */
    bool running;
    int64_t unlisted[RD_SKIP + 1]; /* findings beyond the maximum, by verdict */
};

struct rd_recorder {
    struct rd_arena *arena;
    struct rd_record *record;
    struct rd_recorder_group *beside; /* one for each group, in the same order */
    struct rd_group *running;         /* whose clock runs; NULL without one */
    size_t listed;                    /* findings of all groups */
    size_t limits_room;
    int64_t phase_us; /* monotonic start of the last phase */
    bool phase_running;
    bool lost;   /* something could not be kept */
    bool sealed; /* nothing is taken any more */

    /* Handed out, and forgotten, where nothing can be kept. */
    struct rd_finding spare_finding;
    struct rd_group spare_group;
};

extern const struct rd_shape rd_group_shape;
extern const struct rd_shape rd_finding_shape;
extern const struct rd_shape rd_phase_shape;
extern const struct rd_shape rd_evidence_shape;
extern const struct rd_shape rd_backup_file_shape;

/* The running state of a group of this record; NULL for the spare one. */
struct rd_recorder_group *rd_recorder_beside(struct rd_recorder *recorder,
                                             const struct rd_group *group);

/* Fills the ages of evidence that came before the incident's time was known. */
void rd_recorder_ages(struct rd_recorder *recorder);

/* Appends a text as records hold it: clean, and at most `max` bytes long. */
void rd_recorder_clean(struct rd_buf *out, const char *text, size_t max);

/* Makes every text of the record clean. RD_E_ARGUMENT names a required member that is absent. */
int rd_recorder_settle(struct rd_arena *arena, struct rd_record *record,
                       struct rd_err *reterr) RD_MUST_CHECK;

#endif
