/*
 * objectives.c: see objectives.h.
 */
#include "drills/objectives.h"

#include "drills/common/times.h"

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

static void objectives_rpo(struct rd_drill *drill, struct rd_group *group, int64_t target_ms)
{
    struct rd_rpo *rpo = rd_recorder_record(drill->recorder)->rpo;
    const struct rd_evidence *worst = objectives_worst(rpo);
    struct rd_finding *finding;

    rpo->target_ms = target_ms;
    if (worst != NULL) {
        /* A restore point after the incident has lost nothing of what came before it. */
        int64_t age_ms = (rpo->incident_us - worst->at_us + 999) / 1000;
        rpo->measured_ms = age_ms > 0 ? age_ms : 0;
        rpo->basis = worst->basis;
    }

    if (worst == NULL && target_ms == RD_ABSENT) {
        rpo->verdict = RD_SKIP;
        finding = rd_find(drill->recorder, group, RD_SKIP, "rpo",
                          "the plan has no RPO, and nothing says how old the backup's data is");
    } else if (worst == NULL) {
        rpo->verdict = RD_ERROR;
        finding = rd_find(drill->recorder, group, RD_ERROR, "rpo",
                          "nothing says how old the backup's data is");
        finding->hint =
            "Name the zone or the name pattern of the backup's time in the plan, or add "
            "a freshness check.";
    } else if (target_ms == RD_ABSENT) {
        rpo->verdict = RD_SKIP;
        finding = rd_find(drill->recorder, group, RD_SKIP, "rpo",
                          "the plan has no RPO; measured by %s", worst->basis);
    } else {
        rpo->verdict = rpo->measured_ms <= target_ms ? RD_PASS : RD_FAIL;
        finding = rd_find(drill->recorder, group, rpo->verdict, "rpo",
                          rpo->verdict == RD_PASS ? "data loss is within the objective, by %s"
                                                  : "more data is lost than the objective allows, "
                                                    "by %s",
                          worst->basis);
    }
    objectives_numbers(drill, finding, target_ms, rpo->measured_ms);
}

static void objectives_rto(struct rd_drill *drill, struct rd_group *group,
                           const struct rd_plan_objectives *objectives,
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
    } else if (rto->measured_ms <= 0) {
        rto->verdict = RD_ERROR;
        finding = rd_find(drill->recorder, group, RD_ERROR, "rto",
                          "a restore cannot take no time: the clock is wrong");
    } else if (rto->target_ms == RD_ABSENT) {
        rto->verdict = RD_SKIP;
        finding = rd_find(drill->recorder, group, RD_SKIP, "rto",
                          "the plan has no RTO; measured until %s", stop->what);
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

    objectives_rpo(drill, group, plan->objectives != NULL ? plan->objectives->rpo_ms : RD_ABSENT);
    objectives_rto(drill, group, plan->objectives, stop);

    rto->representative = restored_by_us && plan->wish->profile == RD_PROFILE_FAITHFUL;
    if (!restored_by_us)
        rd_record_limit(recorder, "The RTO does not hold the time of the restore, which somebody "
                                  "else did.");
    else if (!rto->representative)
        rd_record_limit(recorder, "The RTO is not representative: profile 'fast' gives up "
                                  "durability for speed.");
    rd_record_group_end(recorder, group);
}
