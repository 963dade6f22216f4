/*
 * record.c: a record under construction, see record.h. Nothing here fails visibly: what could not
 * be kept is remembered in `lost` or by the arena, and sealing tells.
 */
#include "drills/common/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/clock.h"
#include "drills/common/recorder_parts.h"

/* 0001-01-01 and 9999-12-31, the years that RFC 3339 can write. */
static const int64_t record_first_us = -62135596800 * 1000000;
static const int64_t record_last_us = 253402300799 * 1000000;

const char *rd_verdict_name(int verdict)
{
    static const char *const names[] = {"none", "pass", "fail", "error", "skip"};

    return verdict >= RD_PASS && verdict <= RD_SKIP ? names[verdict] : names[0];
}

/* An object of its own for every member that is one, so that nobody has to ask. */
static bool record_furnish(struct rd_arena *arena, const struct rd_shape *shape, void *object)
{
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        if (field->type != RD_T_OBJECT)
            continue;
        void *member = rd_shape_new(field->sub, arena);
        if (member == NULL)
            return false;
        *(void **)((char *)object + field->offset) = member;
    }
    return true;
}

struct rd_recorder *rd_recorder_new_within(size_t max)
{
    struct rd_recorder *recorder = calloc(1, sizeof(*recorder));

    if (recorder == NULL)
        return NULL;
    recorder->arena = rd_arena_new(max);
    if (recorder->arena == NULL)
        goto failed;

    struct rd_record *record = rd_shape_new(&rd_record_shape, recorder->arena);
    if (record == NULL || !record_furnish(recorder->arena, &rd_record_shape, record))
        goto failed;
    record->format = RD_RECORD_FORMAT;
    record->tool->name = "redrill";
    record->tool->version = RD_VERSION;
    recorder->record = record;

    /* Groups are handed out as pointers, so their list never moves. */
    record->groups.items = rd_arena_alloc(recorder->arena, RD_GROUPS_MAX * sizeof(struct rd_group));
    record->groups.room = RD_GROUPS_MAX;
    recorder->beside = rd_arena_alloc(recorder->arena, RD_GROUPS_MAX * sizeof(*recorder->beside));
    if (record->groups.items == NULL || recorder->beside == NULL)
        goto failed;
    return recorder;

failed:
    rd_recorder_free(recorder);
    return NULL;
}

struct rd_recorder *rd_recorder_new(void)
{
    return rd_recorder_new_within(RD_RECORD_MAX);
}

void rd_recorder_free(struct rd_recorder *recorder)
{
    if (recorder == NULL)
        return;
    rd_arena_free(recorder->arena);
    free(recorder);
}

void rd_recorder_freep(struct rd_recorder **recorder)
{
    rd_recorder_free(*recorder);
    *recorder = NULL;
}

struct rd_arena *rd_recorder_arena(struct rd_recorder *recorder)
{
    return recorder->arena;
}

struct rd_record *rd_recorder_record(struct rd_recorder *recorder)
{
    return recorder->record;
}

/* Whether it is too late for another entry, which then counts as lost. */
static bool record_closed(struct rd_recorder *recorder)
{
    if (recorder->sealed)
        recorder->lost = true;
    return recorder->sealed;
}

/* A clean copy in the record's arena; never NULL. */
static const char *record_copy_within(struct rd_recorder *recorder, const char *text, size_t max)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(8 * RD_RECORD_TEXT_MAX);

    rd_recorder_clean(&clean, text, max);
    if (rd_buf_status(&clean, "text", NULL) != RD_OK) {
        recorder->lost = true;
        return "";
    }
    const char *copy = rd_arena_strndup(recorder->arena, rd_buf_text(&clean), clean.length);
    return copy != NULL ? copy : "";
}

static const char *record_copy(struct rd_recorder *recorder, const char *text)
{
    return record_copy_within(recorder, text, RD_RECORD_TEXT_MAX);
}

static const char *record_format(struct rd_recorder *recorder, const char *format, va_list args)
{
    char text[RD_RECORD_TEXT_MAX + 2]; /* one byte over the maximum, so that a cut is seen */

    if (vsnprintf(text, sizeof(text), format, args) < 0) {
        recorder->lost = true;
        return "";
    }
    return record_copy(recorder, text);
}

const char *rd_record_text(struct rd_recorder *recorder, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = record_format(recorder, format, args);
    va_end(args);
    return text;
}

/* Milliseconds since a reading of the monotonic clock. What took place took some time. */
static int64_t record_since_ms(int64_t started_us)
{
    int64_t ms = (rd_clock_monotonic_us() - started_us) / 1000;

    return ms > 0 ? ms : 1;
}

struct rd_recorder_group *rd_recorder_beside(struct rd_recorder *recorder,
                                             const struct rd_group *group)
{
    if (group == &recorder->spare_group)
        return NULL;
    return &recorder->beside[group - (const struct rd_group *)recorder->record->groups.items];
}

static bool record_group_taken(const struct rd_record *record, const char *name)
{
    const struct rd_group *groups = record->groups.items;

    for (size_t i = 0; i < record->groups.count; i++) {
        if (strcmp(groups[i].name, name) == 0)
            return true;
    }
    return false;
}

static const char *record_group_name(struct rd_recorder *recorder, const char *name)
{
    /* Short enough for the number to fit behind it. */
    const char *given = record_copy_within(recorder, name, RD_RECORD_SUBJECT_MAX);
    const char *own = given;

    for (int number = 2; record_group_taken(recorder->record, own); number++) {
        own = rd_record_text(recorder, "%s-%d", given, number);
        if (own[0] == '\0')
            break; /* memory is gone, which sealing will tell */
    }
    return own;
}

struct rd_group *rd_record_group(struct rd_recorder *recorder, const char *name, const char *check,
                                 bool required)
{
    struct rd_list *groups = &recorder->record->groups;

    if (recorder->running != NULL)
        rd_record_group_end(recorder, recorder->running);
    if (record_closed(recorder))
        return &recorder->spare_group;
    if (groups->count == RD_GROUPS_MAX) {
        recorder->lost = true;
        return &recorder->spare_group;
    }

    const char *own = record_group_name(recorder, name);
    struct rd_group *group = rd_list_add(groups, &rd_group_shape, recorder->arena);
    if (group == NULL)
        return &recorder->spare_group;
    group->name = own;
    group->check = record_copy(recorder, check);
    group->required = required;
    group->started_us = rd_clock_utc_us();

    struct rd_recorder_group *beside = rd_recorder_beside(recorder, group);
    beside->started_us = rd_clock_monotonic_us();
    beside->running = true;
    recorder->running = group;
    return group;
}

void rd_record_group_end(struct rd_recorder *recorder, struct rd_group *group)
{
    struct rd_recorder_group *beside = rd_recorder_beside(recorder, group);

    if (beside == NULL || !beside->running)
        return;
    group->duration_ms = record_since_ms(beside->started_us);
    beside->running = false;
    if (recorder->running == group)
        recorder->running = NULL;
}

/* One finding more could be listed, and one that counts the others. */
static bool record_has_room(const struct rd_recorder *recorder, const struct rd_group *group,
                            int verdict)
{
    bool good = verdict == RD_PASS || verdict == RD_SKIP;
    size_t parts = good ? 3 : 4; /* of four */

    return group->findings.count + 1 < (size_t)RD_FINDINGS_MAX / 4 * parts &&
           recorder->listed < (size_t)RD_RECORD_FINDINGS_MAX / 4 * parts;
}

/* The next finding of a group; the spare one where none can be kept. */
static struct rd_finding *record_next_finding(struct rd_recorder *recorder, struct rd_group *group,
                                              int verdict)
{
    struct rd_recorder_group *beside = rd_recorder_beside(recorder, group);

    recorder->spare_finding = (struct rd_finding){.duration_ms = RD_ABSENT};
    if (record_closed(recorder) || beside == NULL)
        return &recorder->spare_finding;
    if (!record_has_room(recorder, group, verdict)) {
        bool known = verdict >= RD_PASS && verdict <= RD_SKIP;
        beside->unlisted[known ? verdict : RD_ERROR]++;
        return &recorder->spare_finding;
    }
    struct rd_finding *finding = rd_list_add(&group->findings, &rd_finding_shape, recorder->arena);
    if (finding == NULL)
        return &recorder->spare_finding;
    recorder->listed++;
    return finding;
}

struct rd_finding *rd_find(struct rd_recorder *recorder, struct rd_group *group, int verdict,
                           const char *subject, const char *format, ...)
{
    struct rd_finding *finding = record_next_finding(recorder, group, verdict);
    va_list args;

    if (finding == &recorder->spare_finding)
        return finding;
    bool named = subject != NULL && subject[0] != '\0';
    finding->verdict = verdict;
    finding->subject =
        named ? record_copy_within(recorder, subject, RD_RECORD_SUBJECT_MAX) : group->check;
    va_start(args, format);
    finding->message = record_format(recorder, format, args);
    va_end(args);
    return finding;
}

struct rd_finding *rd_find_err(struct rd_recorder *recorder, struct rd_group *group,
                               const char *subject, const struct rd_err *err)
{
    int verdict = err->code == RD_E_BACKUP ? RD_FAIL : RD_ERROR;
    struct rd_finding *finding = rd_find(recorder, group, verdict, subject, "%s", err->message);

    finding->cause = rd_err_name(err->code);
    if (err->detail[0] != '\0')
        finding->detail = record_copy(recorder, err->detail);
    if (err->hint[0] != '\0')
        finding->hint = record_copy(recorder, err->hint);
    return finding;
}

void rd_record_phase(struct rd_recorder *recorder, const char *name)
{
    struct rd_list *phases = &recorder->record->phases;

    if (record_closed(recorder))
        return;
    if (recorder->phase_running) {
        struct rd_phase *last = (struct rd_phase *)phases->items + phases->count - 1;
        if (name != NULL && strcmp(last->name, name) == 0)
            return;
        last->duration_ms = record_since_ms(recorder->phase_us);
        recorder->phase_running = false;
    }
    if (name == NULL)
        return;

    struct rd_phase *phase = rd_list_add(phases, &rd_phase_shape, recorder->arena);
    if (phase == NULL)
        return;
    phase->name = record_copy(recorder, name);
    phase->started_us = rd_clock_utc_us();
    recorder->phase_us = rd_clock_monotonic_us();
    recorder->phase_running = true;
}

/* What is lost is rounded up, what is gained down. */
static int64_t record_age_ms(int64_t us)
{
    return us > 0 ? (us + 999) / 1000 : us / 1000;
}

void rd_recorder_ages(struct rd_recorder *recorder)
{
    const struct rd_rpo *rpo = recorder->record->rpo;
    struct rd_evidence *evidence = rpo->evidence.items;

    for (size_t i = 0; i < rpo->evidence.count && rpo->incident_us != RD_ABSENT; i++) {
        if (evidence[i].at_us != RD_ABSENT && evidence[i].age_ms == RD_ABSENT)
            evidence[i].age_ms = record_age_ms(rpo->incident_us - evidence[i].at_us);
    }
}

void rd_record_evidence(struct rd_recorder *recorder, const char *basis, int64_t at_us,
                        bool counted, const char *note)
{
    bool known = at_us >= record_first_us && at_us <= record_last_us;

    if (record_closed(recorder))
        return;
    struct rd_evidence *evidence =
        rd_list_add(&recorder->record->rpo->evidence, &rd_evidence_shape, recorder->arena);
    if (evidence == NULL)
        return;
    evidence->basis = record_copy(recorder, basis);
    evidence->at_us = known ? at_us : RD_ABSENT;
    evidence->counted = counted && known;
    evidence->note = note != NULL ? record_copy(recorder, note) : NULL;
    rd_recorder_ages(recorder);
}

void rd_record_backup_file(struct rd_recorder *recorder, const char *name, int64_t bytes,
                           const char *sha256, bool side)
{
    struct rd_backup *backup = recorder->record->backup;

    if (record_closed(recorder))
        return;
    if (!side && backup->files.count >= RD_BACKUP_FILES_MAX) {
        backup->files_unlisted =
            backup->files_unlisted == RD_ABSENT ? 1 : backup->files_unlisted + 1;
        return;
    }
    struct rd_backup_file *file =
        rd_list_add(&backup->files, &rd_backup_file_shape, recorder->arena);
    if (file == NULL)
        return;
    file->name = record_copy(recorder, name);
    file->bytes = bytes;
    file->sha256 = record_copy(recorder, sha256);
    file->side = side;
}

static bool record_has_limit(const struct rd_record *record, const char *text)
{
    for (size_t i = 0; i < record->limits.count; i++) {
        if (strcmp(record->limits.items[i], text) == 0)
            return true;
    }
    return false;
}

void rd_record_limit(struct rd_recorder *recorder, const char *format, ...)
{
    struct rd_strings *limits = &recorder->record->limits;
    va_list args;

    if (record_closed(recorder))
        return;
    va_start(args, format);
    const char *text = record_format(recorder, format, args);
    va_end(args);
    if (record_has_limit(recorder->record, text))
        return;
    if (limits->count == recorder->limits_room) {
        const char **items = rd_arena_grow(recorder->arena, limits->items, limits->count,
                                           &recorder->limits_room, sizeof(*items));
        if (items == NULL)
            return;
        limits->items = items;
    }
    limits->items[limits->count++] = text;
}
