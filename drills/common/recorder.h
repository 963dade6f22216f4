/*
 * recorder.h: a record in the making: who takes part in a drill writes down here what it learned.
 */
#ifndef RD_RECORDER_H
#define RD_RECORDER_H

#include "drills/common/record.h"

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

#endif
