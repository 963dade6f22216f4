/*
 * record_seal.c: from what was found to a verdict. Whatever is unclear, missing or was lost on the
 * way here becomes an error, never a pass.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/recorder_parts.h"
#include "drills/common/text.h"

enum { SEAL_CAUSES_MAX = 3, SEAL_CAUSE_BYTES = 80, SEAL_REASON_BYTES = 2000 };

/* How often each verdict was given. */
struct seal_tally {
    int64_t of[RD_SKIP + 1];
};

static struct rd_finding *seal_findings(const struct rd_group *group)
{
    return group->findings.items;
}

static struct rd_group *seal_groups(const struct rd_record *record)
{
    return record->groups.items;
}

/* No verdict, and a skip without a reason, are no answers. */
static void seal_finding(struct rd_finding *finding)
{
    if (finding->verdict < RD_PASS || finding->verdict > RD_SKIP) {
        finding->verdict = RD_ERROR;
        finding->detail = "the check gave no verdict";
    } else if (finding->verdict == RD_SKIP &&
               (finding->message == NULL || finding->message[0] == '\0')) {
        finding->verdict = RD_ERROR;
        finding->message = "skipped without a reason";
    }
}

/* Stands for the findings that did not fit, with the worst of their verdicts. */
static void seal_unlisted(struct rd_recorder *recorder, struct rd_group *group)
{
    const int64_t *more = rd_recorder_beside(recorder, group)->unlisted;
    int64_t sum = more[RD_PASS] + more[RD_FAIL] + more[RD_ERROR] + more[RD_SKIP];

    if (sum == 0)
        return;
    struct rd_finding *finding = rd_list_add(&group->findings, &rd_finding_shape, recorder->arena);
    if (finding == NULL)
        return;
    finding->verdict = more[RD_FAIL] > 0    ? RD_FAIL
                       : more[RD_ERROR] > 0 ? RD_ERROR
                       : more[RD_PASS] > 0  ? RD_PASS
                                            : RD_SKIP;
    finding->subject = "further findings";
    finding->message =
        rd_record_text(recorder,
                       "%" PRId64 " more are not listed: %" PRId64 " fail, %" PRId64
                       " in error, %" PRId64 " pass, %" PRId64 " skipped",
                       sum, more[RD_FAIL], more[RD_ERROR], more[RD_PASS], more[RD_SKIP]);
}

/* By subject, and equal ones as they came: a group's findings lie in one array. */
static int seal_compare(const void *a, const void *b)
{
    const struct rd_finding *first = *(struct rd_finding *const *)a;
    const struct rd_finding *second = *(struct rd_finding *const *)b;
    int order = strcmp(first->subject, second->subject);

    return order != 0 ? order : (first > second) - (first < second);
}

static int seal_compare_subject(const void *key, const void *item)
{
    const struct rd_finding *const *finding = item;

    return strcmp(key, (*finding)->subject);
}

/*
 * The second finding about "x" becomes "x (2)". New subjects are kept apart until the end, so that
 * the array stays sorted; two of them never collide, because each ends with its own number.
 */
static void seal_unique(struct rd_recorder *recorder, struct rd_group *group)
{
    size_t count = group->findings.count;
    struct rd_finding **sorted =
        rd_arena_alloc(recorder->arena, count * sizeof(struct rd_finding *));
    const char **subjects = rd_arena_alloc(recorder->arena, count * sizeof(char *));

    if (sorted == NULL || subjects == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        sorted[i] = seal_findings(group) + i;
    qsort(sorted, count, sizeof(struct rd_finding *), seal_compare);

    int number = 1;
    for (size_t i = 0; i < count; i++) {
        const char *subject = sorted[i]->subject;
        subjects[i] = subject;
        if (i == 0 || strcmp(sorted[i - 1]->subject, subject) != 0) {
            number = 1;
            continue;
        }
        do {
            number++;
            subjects[i] = rd_record_text(recorder, "%s (%d)", subject, number);
        } while (subjects[i][0] != '\0' && /* empty: memory is gone */
                 bsearch(subjects[i], sorted, count, sizeof(struct rd_finding *),
                         seal_compare_subject) != NULL);
    }
    for (size_t i = 0; i < count; i++)
        sorted[i]->subject = subjects[i];
}

static int seal_group_verdict(const struct seal_tally *tally)
{
    if (tally->of[RD_FAIL] > 0)
        return RD_FAIL;
    if (tally->of[RD_ERROR] > 0)
        return RD_ERROR;
    if (tally->of[RD_PASS] > 0)
        return RD_PASS;
    return tally->of[RD_SKIP] > 0 ? RD_SKIP : RD_ERROR;
}

static void seal_group(struct rd_recorder *recorder, struct rd_group *group)
{
    struct seal_tally tally = {0};

    seal_unlisted(recorder, group);
    if (group->findings.count == 0)
        rd_find(recorder, group, RD_ERROR, group->check, "nothing was examined");
    for (size_t i = 0; i < group->findings.count; i++) {
        struct rd_finding *finding = seal_findings(group) + i;
        seal_finding(finding);
        tally.of[finding->verdict]++;
    }
    seal_unique(recorder, group);
    group->verdict = seal_group_verdict(&tally);
}

/* Findings of the required groups, or of the others. */
static struct seal_tally seal_count(const struct rd_record *record, bool required)
{
    struct seal_tally tally = {0};

    for (size_t i = 0; i < record->groups.count; i++) {
        const struct rd_group *group = seal_groups(record) + i;
        for (size_t j = 0; group->required == required && j < group->findings.count; j++)
            tally.of[seal_findings(group)[j].verdict]++;
    }
    return tally;
}

static int seal_drill_verdict(const struct rd_record *record)
{
    struct seal_tally tally = {0};

    for (size_t i = 0; i < record->groups.count; i++) {
        if (seal_groups(record)[i].required)
            tally.of[seal_groups(record)[i].verdict]++;
    }
    int verdict = seal_group_verdict(&tally);
    return verdict == RD_SKIP ? RD_ERROR : verdict;
}

/* "2 findings fail", in the number that fits. */
static void seal_say(struct rd_buf *out, int64_t count, const char *one, const char *many)
{
    rd_buf_printf(out, "%" PRId64 " %s", count, count == 1 ? one : many);
}

/* The first findings with the drill's verdict, as "group subject". */
static void seal_causes(const struct rd_record *record, int64_t count, struct rd_buf *out)
{
    int64_t named = 0;

    for (size_t i = 0; i < record->groups.count; i++) {
        const struct rd_group *group = seal_groups(record) + i;
        for (size_t j = 0; group->required && j < group->findings.count; j++) {
            const struct rd_finding *finding = seal_findings(group) + j;
            if (finding->verdict != record->verdict || named == SEAL_CAUSES_MAX)
                continue;
            size_t bytes =
                rd_text_cut(finding->subject, strlen(finding->subject), SEAL_CAUSE_BYTES);
            rd_buf_printf(out, "%s %s %.*s", named == 0 ? ":" : ",", group->name, (int)bytes,
                          finding->subject);
            named++;
        }
    }
    if (count > named)
        rd_buf_printf(out, " and %" PRId64 " more", count - named);
}

static void seal_reason(const struct rd_record *record, struct rd_buf *out)
{
    struct seal_tally required = seal_count(record, true);
    struct seal_tally optional = seal_count(record, false);
    int64_t ignored = optional.of[RD_FAIL] + optional.of[RD_ERROR];

    if (record->verdict == RD_FAIL) {
        seal_say(out, required.of[RD_FAIL], "finding fails", "findings fail");
        seal_causes(record, required.of[RD_FAIL], out);
        if (required.of[RD_ERROR] > 0) {
            rd_buf_puts(out, "; ");
            seal_say(out, required.of[RD_ERROR], "is in error", "are in error");
        }
    } else if (required.of[RD_ERROR] > 0) {
        seal_say(out, required.of[RD_ERROR], "finding is in error", "findings are in error");
        seal_causes(record, required.of[RD_ERROR], out);
    } else if (required.of[RD_PASS] == 0 && required.of[RD_SKIP] == 0) {
        rd_buf_puts(out, "nothing was examined");
    } else if (required.of[RD_PASS] == 0) {
        rd_buf_puts(out, "no required check passed: ");
        seal_say(out, required.of[RD_SKIP], "finding is skipped", "findings are skipped");
    } else {
        rd_buf_puts(out, "every required check passed: ");
        seal_say(out, required.of[RD_PASS], "finding passes", "findings pass");
        if (required.of[RD_SKIP] > 0) {
            rd_buf_puts(out, ", ");
            seal_say(out, required.of[RD_SKIP], "is skipped", "are skipped");
        }
    }
    if (ignored > 0) {
        rd_buf_puts(out, "; of checks that are not required ");
        seal_say(out, ignored, "finding does not pass", "findings do not pass");
    }
}

static void seal_verdict(struct rd_recorder *recorder)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf reason = RD_BUF_INIT(SEAL_REASON_BYTES);
    struct rd_record *record = recorder->record;
    struct seal_tally required = seal_count(record, true);
    struct seal_tally optional = seal_count(record, false);

    *record->counts = (struct rd_record_counts){
        .passed = required.of[RD_PASS] + optional.of[RD_PASS],
        .failed = required.of[RD_FAIL] + optional.of[RD_FAIL],
        .errors = required.of[RD_ERROR] + optional.of[RD_ERROR],
        .skipped = required.of[RD_SKIP] + optional.of[RD_SKIP],
    };
    record->verdict = seal_drill_verdict(record);
    seal_reason(record, &reason);
    if (rd_buf_status(&reason, "reason", NULL) != RD_OK)
        recorder->lost = true;
    record->reason = rd_record_text(recorder, "%s", rd_buf_text(&reason));
}

/* An objective that nobody judged: without a target it does not apply, with one it is not known. */
static void seal_objective(int *verdict, int64_t target_ms)
{
    if (*verdict < RD_PASS || *verdict > RD_SKIP)
        *verdict = target_ms == RD_ABSENT ? RD_SKIP : RD_ERROR;
}

/* What the parts leave open, and what the reader must know about it. */
static void seal_facts(struct rd_recorder *recorder, int64_t finished_us)
{
    struct rd_record *record = recorder->record;
    const struct rd_record_subject *subject = record->subject;

    record->drill->finished_us = finished_us;
    if (finished_us < record->drill->started_us)
        rd_record_limit(recorder, "The machine's clock was set back during the drill: times of day "
                                  "are not reliable, durations are.");
    if (subject->system_name == NULL && subject->environment == NULL && subject->owner == NULL)
        record->subject = NULL;
    if (record->instance->provider == NULL)
        record->instance = NULL;
    if (record->backup->name == NULL)
        record->backup = NULL;
    if (record->backup == NULL || record->backup->sha256 == NULL)
        rd_record_limit(recorder, "No backup was read to its end: this report is about the plan, "
                                  "not about the bytes of a backup.");
    seal_objective(&record->rpo->verdict, record->rpo->target_ms);
    seal_objective(&record->rto->verdict, record->rto->target_ms);
    rd_recorder_ages(recorder);
}

/* Findings decide. An objective that is not met without a finding would be a pass that lies. */
static int seal_check_objective(const struct rd_record *record, const char *name, int verdict,
                                struct rd_err *reterr)
{
    bool told = verdict == RD_PASS || verdict == RD_SKIP || record->verdict == RD_FAIL ||
                (verdict == RD_ERROR && record->verdict == RD_ERROR);

    if (told)
        return RD_OK;
    return rd_err_set(reterr, RD_E_ARGUMENT, "the %s is not met and no required finding says so",
                      name);
}

int rd_record_seal(struct rd_recorder *recorder, int64_t finished_us, struct rd_err *reterr)
{
    struct rd_record *record = recorder->record;

    if (recorder->sealed)
        return rd_err_set(reterr, RD_E_ARGUMENT, "the record is already sealed");
    rd_record_phase(recorder, NULL);
    if (recorder->running != NULL)
        rd_record_group_end(recorder, recorder->running);
    seal_facts(recorder, finished_us);
    for (size_t i = 0; i < record->groups.count; i++)
        seal_group(recorder, seal_groups(record) + i);
    seal_verdict(recorder);
    recorder->sealed = true;

    int code = rd_arena_status(recorder->arena, reterr);
    if (code == RD_OK && recorder->lost)
        code = rd_err_set(reterr, RD_E_LIMIT, "the record is incomplete: not everything was kept");
    if (code == RD_OK)
        code = seal_check_objective(record, "rpo", record->rpo->verdict, reterr);
    if (code == RD_OK)
        code = seal_check_objective(record, "rto", record->rto->verdict, reterr);
    if (code == RD_OK)
        code = rd_recorder_settle(recorder->arena, record, reterr);
    return code;
}
