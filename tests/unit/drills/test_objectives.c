/*
 * test_objectives.c: RPO and RTO from every kind of evidence, with and without targets.
 */
#include "drills/objectives.h"

#include <string.h>

#include "tests/unit/suite.h"

static const int64_t incident_us = INT64_C(1763294400) * 1000000;
static const int64_t minute_ms = 60 * 1000;

static struct rd_drill drill;
static struct rd_plan plan;
static struct rd_plan_objectives objectives;
static struct rd_instance_wish wish;
static struct rd_stop_line stop;
static bool ours;

static struct rd_rpo *rpo(void)
{
    return rd_recorder_record(drill.recorder)->rpo;
}

static struct rd_rto *rto(void)
{
    return rd_recorder_record(drill.recorder)->rto;
}

static void setup(void)
{
    drill = (struct rd_drill){.recorder = rd_recorder_new(), .incident_us = incident_us};
    ck_assert_ptr_nonnull(drill.recorder);
    rpo()->incident_us = incident_us;
    wish = (struct rd_instance_wish){.profile = RD_PROFILE_FAITHFUL};
    objectives = (struct rd_plan_objectives){RD_ABSENT, RD_ABSENT, RD_ABSENT};
    plan = (struct rd_plan){.wish = &wish, .objectives = &objectives};
    stop = (struct rd_stop_line){.elapsed_ms = 10 * minute_ms, .what = "the last required check"};
    ours = true;
}

static void teardown(void)
{
    rd_recorder_freep(&drill.recorder);
}

/* Evidence that is so many minutes older than the incident. */
static void evidence(const char *basis, int64_t minutes, bool counted)
{
    rd_record_evidence(drill.recorder, basis, incident_us - minutes * minute_ms * 1000, counted,
                       NULL);
}

/* The finding about "rpo" or "rto". */
static const struct rd_finding *finding(const char *subject)
{
    const struct rd_group *groups = rd_recorder_record(drill.recorder)->groups.items;

    ck_assert_uint_eq(rd_recorder_record(drill.recorder)->groups.count, 1);
    ck_assert_str_eq(groups[0].name, "objectives");
    ck_assert(groups[0].required);
    ck_assert_uint_eq(groups[0].findings.count, 2);
    const struct rd_finding *findings = groups[0].findings.items;
    return strcmp(findings[0].subject, subject) == 0 ? &findings[0] : &findings[1];
}

static void judge(void)
{
    rd_objectives_judge(&drill, &plan, ours, &stop);
}

static void judged_rpo(int verdict, int64_t measured_ms)
{
    judge();
    ck_assert_int_eq(rpo()->verdict, verdict);
    ck_assert_int_eq(finding("rpo")->verdict, verdict);
    ck_assert_int_eq(rpo()->measured_ms, measured_ms);
}

static void judged_rto(int verdict, int64_t measured_ms)
{
    judge();
    ck_assert_int_eq(rto()->verdict, verdict);
    ck_assert_int_eq(finding("rto")->verdict, verdict);
    ck_assert_int_eq(rto()->measured_ms, measured_ms);
}

START_TEST(loss_up_to_the_target_is_met)
{
    objectives.rpo_ms = 15 * minute_ms;
    evidence("archive header", 15, true);
    judged_rpo(RD_PASS, 15 * minute_ms);
    ck_assert_int_eq(rpo()->target_ms, 15 * minute_ms);
    ck_assert_str_eq(rpo()->basis, "archive header");
    ck_assert_str_eq(finding("rpo")->expected, "at most 15 min 00 s");
    ck_assert_str_eq(finding("rpo")->actual, "15 min 00 s");
}
END_TEST

START_TEST(a_microsecond_more_than_the_target_is_not_met)
{
    objectives.rpo_ms = 15 * minute_ms;
    rd_record_evidence(drill.recorder, "archive header", incident_us - 15 * minute_ms * 1000 - 1,
                       true, NULL);
    judged_rpo(RD_FAIL, 15 * minute_ms + 1);
}
END_TEST

START_TEST(the_worst_evidence_of_loss_decides)
{
    objectives.rpo_ms = 60 * minute_ms;
    evidence("archive header", 20, true);
    evidence("newest row of a", 61, true);
    evidence("newest row of b", 30, true);
    evidence("file mtime (last resort)", 900, false);
    judged_rpo(RD_FAIL, 61 * minute_ms);
    ck_assert_str_eq(rpo()->basis, "newest row of a");
}
END_TEST

START_TEST(without_evidence_nothing_is_met)
{
    objectives.rpo_ms = 15 * minute_ms;
    judged_rpo(RD_ERROR, RD_ABSENT);
    ck_assert_ptr_nonnull(finding("rpo")->hint);
    ck_assert_ptr_null(rpo()->basis);
}
END_TEST

START_TEST(without_evidence_and_target_there_is_nothing_to_say)
{
    plan.objectives = NULL;
    judged_rpo(RD_SKIP, RD_ABSENT);
}
END_TEST

START_TEST(loss_is_measured_without_a_target)
{
    evidence("archive header", 20, true);
    judged_rpo(RD_SKIP, 20 * minute_ms);
    ck_assert_ptr_nonnull(strstr(finding("rpo")->message, "archive header"));
    ck_assert_ptr_null(finding("rpo")->expected);
    ck_assert_str_eq(finding("rpo")->actual, "20 min 00 s");
}
END_TEST

START_TEST(a_newest_row_within_the_target_bounds_the_loss)
{
    objectives.rpo_ms = 15 * minute_ms;
    evidence("newest row of a", 300, false);
    evidence("newest row of b", 10, false);
    judged_rpo(RD_PASS, 10 * minute_ms);
    ck_assert_str_eq(rpo()->basis, "newest row of b");
}
END_TEST

START_TEST(an_older_newest_row_may_be_loss_or_idleness)
{
    objectives.rpo_ms = 15 * minute_ms;
    evidence("newest row of a", 16, false);
    judged_rpo(RD_ERROR, RD_ABSENT);
    ck_assert_ptr_nonnull(strstr(finding("rpo")->hint, "max_age"));
}
END_TEST

START_TEST(a_newest_row_alone_measures_nothing_without_a_target)
{
    evidence("newest row of a", 16, false);
    judged_rpo(RD_SKIP, RD_ABSENT);
}
END_TEST

START_TEST(clocks_that_differ_a_little_lose_nothing)
{
    objectives.rpo_ms = 15 * minute_ms;
    evidence("archive header", -5, true);
    judged_rpo(RD_PASS, 0);
}
END_TEST

START_TEST(a_backup_from_the_future_is_no_met_objective)
{
    objectives.rpo_ms = 15 * minute_ms;
    evidence("archive header", -6, true);
    judged_rpo(RD_ERROR, RD_ABSENT);
    ck_assert_ptr_nonnull(strstr(finding("rpo")->hint, "zone"));
}
END_TEST

START_TEST(a_backup_from_the_future_measures_nothing)
{
    evidence("archive header", -600, true);
    judged_rpo(RD_SKIP, RD_ABSENT);
}
END_TEST

START_TEST(an_old_row_counts_beside_a_header_from_the_future)
{
    objectives.rpo_ms = 15 * minute_ms;
    evidence("archive header", -600, true);
    evidence("newest row of a", 16, true);
    judged_rpo(RD_FAIL, 16 * minute_ms);
}
END_TEST

START_TEST(evidence_without_a_time_decides_nothing)
{
    objectives.rpo_ms = 15 * minute_ms;
    rd_record_evidence(drill.recorder, "newest row of a", RD_ABSENT, true, NULL);
    judged_rpo(RD_ERROR, RD_ABSENT);
}
END_TEST

START_TEST(a_young_backup_that_was_not_restored_meets_nothing)
{
    objectives.rpo_ms = 15 * minute_ms;
    stop.elapsed_ms = RD_ABSENT;
    evidence("archive header", 1, true);
    judged_rpo(RD_ERROR, RD_ABSENT);
}
END_TEST

START_TEST(a_restore_in_time_is_met_to_the_millisecond)
{
    objectives.rto_ms = 10 * minute_ms;
    judged_rto(RD_PASS, 10 * minute_ms);
    ck_assert(rto()->representative);
    ck_assert_str_eq(rto()->stop_line, "the last required check");
    ck_assert_uint_eq(rd_recorder_record(drill.recorder)->limits.count, 0);
}
END_TEST

START_TEST(a_restore_that_takes_longer_is_not_met)
{
    objectives.rto_ms = 10 * minute_ms - 1;
    judged_rto(RD_FAIL, 10 * minute_ms);
    ck_assert_str_eq(finding("rto")->actual, "10 min 00 s");
}
END_TEST

START_TEST(the_human_part_is_added)
{
    objectives.rto_ms = 15 * minute_ms;
    objectives.declare_ms = 5 * minute_ms + 1;
    judged_rto(RD_FAIL, 15 * minute_ms + 1);
    ck_assert_int_eq(rto()->declare_ms, 5 * minute_ms + 1);
}
END_TEST

START_TEST(the_human_part_alone_is_no_measure)
{
    objectives.rto_ms = 15 * minute_ms;
    objectives.declare_ms = 5 * minute_ms;
    stop.elapsed_ms = RD_ABSENT;
    judged_rto(RD_ERROR, RD_ABSENT);
    ck_assert(!rto()->representative);
    ck_assert_uint_eq(rd_recorder_record(drill.recorder)->limits.count, 0);
}
END_TEST

START_TEST(a_restore_that_got_nowhere_and_has_no_target_is_skipped)
{
    stop.elapsed_ms = RD_ABSENT;
    judged_rto(RD_SKIP, RD_ABSENT);
}
END_TEST

START_TEST(no_time_at_all_is_a_wrong_clock)
{
    objectives.rto_ms = 15 * minute_ms;
    objectives.declare_ms = 5 * minute_ms;
    stop.elapsed_ms = _i;
    judged_rto(RD_ERROR, 5 * minute_ms + _i);
}
END_TEST

START_TEST(time_is_measured_without_a_target)
{
    plan.objectives = NULL;
    judged_rto(RD_SKIP, 10 * minute_ms);
    ck_assert_ptr_nonnull(strstr(finding("rto")->message, "the last required check"));
    ck_assert_int_eq(rto()->target_ms, RD_ABSENT);
}
END_TEST

/* The one sentence that the report says about the number. */
static const char *limit(void)
{
    const struct rd_strings *limits = &rd_recorder_record(drill.recorder)->limits;

    ck_assert_uint_eq(limits->count, 1);
    return limits->items[0];
}

START_TEST(a_fast_restore_is_not_representative)
{
    objectives.rto_ms = 10 * minute_ms;
    wish.profile = RD_PROFILE_FAST;
    judged_rto(RD_PASS, 10 * minute_ms);
    ck_assert(!rto()->representative);
    ck_assert_ptr_nonnull(strstr(limit(), "'fast'"));
}
END_TEST

START_TEST(somebody_elses_restore_never_meets_the_objective)
{
    objectives.rto_ms = 10 * minute_ms;
    ours = false;
    judged_rto(RD_ERROR, 10 * minute_ms);
    ck_assert(!rto()->representative);
    ck_assert_ptr_nonnull(strstr(limit(), "somebody else"));
    ck_assert_ptr_nonnull(finding("rto")->hint);
}
END_TEST

START_TEST(somebody_elses_restore_can_miss_the_objective)
{
    objectives.rto_ms = 10 * minute_ms - 1;
    ours = false;
    judged_rto(RD_FAIL, 10 * minute_ms);
}
END_TEST

START_TEST(a_record_with_judged_objectives_can_be_sealed)
{
    struct rd_err err = RD_ERR_INIT;

    objectives.rpo_ms = objectives.rto_ms = minute_ms;
    evidence("archive header", 20, true);
    struct rd_record_drill *about = rd_recorder_record(drill.recorder)->drill;
    about->id = "019a8c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f";
    about->plan_name = "orders";
    about->plan_sha256 = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    about->started_us = incident_us;
    judge();
    ck_assert_msg(rd_record_seal(drill.recorder, incident_us, &err) == RD_OK, "%s", err.message);
    ck_assert_int_eq(rd_recorder_record(drill.recorder)->verdict, RD_FAIL);
    ck_assert_int_eq(rd_recorder_record(drill.recorder)->counts->failed, 2);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("objectives");
    TCase *loss = tcase_create("rpo");
    TCase *time = tcase_create("rto");

    tcase_add_checked_fixture(loss, setup, teardown);
    tcase_add_test(loss, loss_up_to_the_target_is_met);
    tcase_add_test(loss, a_microsecond_more_than_the_target_is_not_met);
    tcase_add_test(loss, the_worst_evidence_of_loss_decides);
    tcase_add_test(loss, without_evidence_nothing_is_met);
    tcase_add_test(loss, without_evidence_and_target_there_is_nothing_to_say);
    tcase_add_test(loss, loss_is_measured_without_a_target);
    tcase_add_test(loss, a_newest_row_within_the_target_bounds_the_loss);
    tcase_add_test(loss, an_older_newest_row_may_be_loss_or_idleness);
    tcase_add_test(loss, a_newest_row_alone_measures_nothing_without_a_target);
    tcase_add_test(loss, clocks_that_differ_a_little_lose_nothing);
    tcase_add_test(loss, a_backup_from_the_future_is_no_met_objective);
    tcase_add_test(loss, a_backup_from_the_future_measures_nothing);
    tcase_add_test(loss, an_old_row_counts_beside_a_header_from_the_future);
    tcase_add_test(loss, a_young_backup_that_was_not_restored_meets_nothing);
    tcase_add_test(loss, evidence_without_a_time_decides_nothing);
    suite_add_tcase(suite, loss);

    tcase_add_checked_fixture(time, setup, teardown);
    tcase_add_test(time, a_restore_in_time_is_met_to_the_millisecond);
    tcase_add_test(time, a_restore_that_takes_longer_is_not_met);
    tcase_add_test(time, the_human_part_is_added);
    tcase_add_test(time, the_human_part_alone_is_no_measure);
    tcase_add_test(time, a_restore_that_got_nowhere_and_has_no_target_is_skipped);
    tcase_add_loop_test(time, no_time_at_all_is_a_wrong_clock, -1, 1);
    tcase_add_test(time, time_is_measured_without_a_target);
    tcase_add_test(time, a_fast_restore_is_not_representative);
    tcase_add_test(time, somebody_elses_restore_never_meets_the_objective);
    tcase_add_test(time, somebody_elses_restore_can_miss_the_objective);
    tcase_add_test(time, a_record_with_judged_objectives_can_be_sealed);
    suite_add_tcase(suite, time);
    return suite;
}
