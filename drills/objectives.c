/*
 * objectives.c: see objectives.h.
 */
#include "drills/objectives.h"

#include "drills/common/times.h"

/* Clocks of the source and of this machine may differ so much; more, and one of them is wrong. */
static const int64_t objectives_skew_us = INT64_C(5) * 60 * 1000 * 1000;

/* The evidence of loss that reaches back furthest. */
static const struct rd_evidence *objectives_worst(const struct rd_rpo *rpo)
{
    const struct rd_evidence *items = rpo->evidence.items;
    const struct rd_evidence *worst = NULL;

    for (size_t i = 0; i < rpo->evidence.count; i++) {
        if (items[i].counted && (worst == NULL || items[i].at_us < worst->at_us))
            worst = &items[i];
    }
    return worst;
}

/* Where nothing is evidence of loss: the latest thing that is known to be there. Not more than what
 * came after it can be lost. */
static const struct rd_evidence *objectives_bound(const struct rd_rpo *rpo)
{
    const struct rd_evidence *items = rpo->evidence.items;
    const struct rd_evidence *latest = NULL;

    for (size_t i = 0; i < rpo->evidence.count; i++) {
        if (items[i].at_us != RD_ABSENT && (latest == NULL || items[i].at_us > latest->at_us))
            latest = &items[i];
    }
    return latest;
}

/* Expected and actual of a finding about a duration. */
static void objectives_numbers(struct rd_drill *drill, struct rd_finding *finding,
                               int64_t target_ms, int64_t measured_ms)
{
    char text[RD_DURATION_TEXT];

    if (target_ms != RD_ABSENT)
        finding->expected =
            rd_record_text(drill->recorder, "at most %s", rd_duration_format(target_ms, text));
    if (measured_ms != RD_ABSENT)
        finding->actual =
            rd_record_text(drill->recorder, "%s", rd_duration_format(measured_ms, text));
}

/* What decides the RPO, with its measure; NULL, with the reason and a hint, when nothing can. */
static const struct rd_evidence *objectives_measure(struct rd_rpo *rpo, bool restored,
                                                    const char **ret_reason, const char **ret_hint)
{
    int64_t target_ms = rpo->target_ms;
    /* However young a backup is, what cannot be restored is lost whole. */
    *ret_reason = "the restore was not finished";
    *ret_hint = NULL;
    if (!restored)
        return NULL;

    const struct rd_evidence *worst = objectives_worst(rpo);
    const struct rd_evidence *decides = worst != NULL ? worst : objectives_bound(rpo);

    *ret_reason = "nothing says how old the backup's data is";
    *ret_hint = "Name the zone or the name pattern of the backup's time in the plan, or add a "
                "freshness check.";
    if (decides == NULL)
        return NULL;
    if (decides->at_us > rpo->incident_us + objectives_skew_us) {
        *ret_reason = "the backup's time lies after the incident";
        *ret_hint = "A clock is wrong, or the zone that the plan names for the backup's time.";
        return NULL;
    }

    int64_t age_ms = (rpo->incident_us - decides->at_us + 999) / 1000;
    age_ms = age_ms > 0 ? age_ms : 0;
    if (worst == NULL && (target_ms == RD_ABSENT || age_ms > target_ms)) {
        *ret_reason = "nothing says how old the backup's data is: the newest row is older than the "
                      "objective, and the database may have been idle since";
        if (target_ms == RD_ABSENT)
            *ret_reason = "nothing but a newest row says how old the backup's data is";
        *ret_hint = "Give the freshness check a max_age: a row that is older counts as loss.";
        return NULL;
    }
    rpo->measured_ms = age_ms;
    rpo->basis = decides->basis;
    return decides;
}

static void objectives_rpo(struct rd_drill *drill, struct rd_group *group, int64_t target_ms,
                           bool restored)
{
    struct rd_rpo *rpo = rd_recorder_record(drill->recorder)->rpo;
    const char *reason, *hint;
    struct rd_finding *finding;

    rpo->target_ms = target_ms;
    const struct rd_evidence *decides = objectives_measure(rpo, restored, &reason, &hint);
    if (decides == NULL && target_ms == RD_ABSENT) {
        rpo->verdict = RD_SKIP;
        finding =
            rd_find(drill->recorder, group, RD_SKIP, "rpo", "the plan has no RPO, and %s", reason);
    } else if (decides == NULL) {
        rpo->verdict = RD_ERROR;
        finding = rd_find(drill->recorder, group, RD_ERROR, "rpo", "%s", reason);
        finding->hint = hint;
    } else if (target_ms == RD_ABSENT) {
        rpo->verdict = RD_SKIP;
        finding = rd_find(drill->recorder, group, RD_SKIP, "rpo",
                          "the plan has no RPO; measured by %s", decides->basis);
    } else {
        rpo->verdict = rpo->measured_ms <= target_ms ? RD_PASS : RD_FAIL;
        finding = rd_find(drill->recorder, group, rpo->verdict, "rpo",
                          rpo->verdict == RD_PASS ? "data loss is within the objective, by %s"
                                                  : "more data is lost than the objective allows, "
                                                    "by %s",
                          decides->basis);
    }
    objectives_numbers(drill, finding, target_ms, rpo->measured_ms);
}

static void objectives_rto(struct rd_drill *drill, struct rd_group *group,
                           const struct rd_plan_objectives *objectives, bool restored_by_us,
                           const struct rd_stop_line *stop)
{
    struct rd_rto *rto = rd_recorder_record(drill->recorder)->rto;
    struct rd_finding *finding;

    rto->target_ms = objectives != NULL ? objectives->rto_ms : RD_ABSENT;
    rto->declare_ms = objectives != NULL ? objectives->declare_ms : RD_ABSENT;
    rto->stop_line = stop->what;
    if (stop->elapsed_ms != RD_ABSENT)
        rto->measured_ms = stop->elapsed_ms + (rto->declare_ms != RD_ABSENT ? rto->declare_ms : 0);

    if (rto->measured_ms == RD_ABSENT) {
        rto->verdict = rto->target_ms == RD_ABSENT ? RD_SKIP : RD_ERROR;
        finding = rd_find(drill->recorder, group, rto->verdict, "rto",
                          "the restore did not get as far as the last required check");
    } else if (stop->elapsed_ms <= 0) {
        rto->verdict = RD_ERROR;
        finding = rd_find(drill->recorder, group, RD_ERROR, "rto",
                          "a restore cannot take no time: the clock is wrong");
    } else if (rto->target_ms == RD_ABSENT) {
        rto->verdict = RD_SKIP;
        finding = rd_find(drill->recorder, group, RD_SKIP, "rto",
                          "the plan has no RTO; measured until %s", stop->what);
    } else if (!restored_by_us && rto->measured_ms <= rto->target_ms) {
        rto->verdict = RD_ERROR;
        finding = rd_find(drill->recorder, group, RD_ERROR, "rto",
                          "the time of the restore is not known, because somebody else did it");
        finding->hint = "Leave the RTO out of plans for servers that redrill does not restore.";
    } else {
        rto->verdict = rto->measured_ms <= rto->target_ms ? RD_PASS : RD_FAIL;
        finding = rd_find(drill->recorder, group, rto->verdict, "rto",
                          rto->verdict == RD_PASS
                              ? "the restore was done in time, measured until %s"
                              : "the restore took longer than the objective, measured until %s",
                          stop->what);
    }
    objectives_numbers(drill, finding, rto->target_ms, rto->measured_ms);
}

void rd_objectives_judge(struct rd_drill *drill, const struct rd_plan *plan, bool restored_by_us,
                         const struct rd_stop_line *stop)
{
    struct rd_recorder *recorder = drill->recorder;
    struct rd_group *group = rd_record_group(recorder, "objectives", "objectives", true);
    struct rd_rto *rto = rd_recorder_record(recorder)->rto;

    objectives_rpo(drill, group, plan->objectives != NULL ? plan->objectives->rpo_ms : RD_ABSENT,
                   stop->elapsed_ms != RD_ABSENT);
    objectives_rto(drill, group, plan->objectives, restored_by_us, stop);

    bool measured = rto->measured_ms != RD_ABSENT;
    rto->representative = measured && restored_by_us && plan->wish->profile == RD_PROFILE_FAITHFUL;
    if (measured && !restored_by_us)
        rd_record_limit(recorder, "The RTO does not hold the time of the restore, which somebody "
                                  "else did.");
    else if (measured && !rto->representative)
        rd_record_limit(recorder, "The RTO is not representative: profile 'fast' gives up "
                                  "durability for speed.");
    rd_record_group_end(recorder, group);
}
