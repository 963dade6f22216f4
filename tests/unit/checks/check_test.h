/*
 * check_test.h: what a check needs around it to run against the scripted libpq: a recorder, a
 * drill, an instance and settings parsed from JSON.
 */
#ifndef RD_TESTS_CHECK_TEST_H
#define RD_TESTS_CHECK_TEST_H

#include <check.h>
#include <string.h>

#include "drills/common/check.h"
#include "drills/common/json.h"
#include "tests/unit/fake_pq.h"

struct check_test {
    struct rd_recorder *recorder;
    struct rd_drill drill;
    struct rd_instance instance;
    struct rd_pg *pg;
    struct rd_json *json;
    struct rd_faults faults;
    struct rd_group *group;
    struct rd_err err;
};

enum { CHECK_TEST_VERSION = 150018 };

/* 2025-11-16T12:00:00Z, when the drill of every test starts. */
static const int64_t check_test_incident_us = INT64_C(1763294400) * 1000000;

/* Begins a test: what is scripted afterwards is what the check will ask. */
static inline void check_test_open_version(struct check_test *test, int version)
{
    struct rd_deadline deadline = rd_deadline_in_ms(60000, -1);

    memset(test, 0, sizeof(*test));
    fake_pq_start(version);
    test->recorder = rd_recorder_new();
    ck_assert_ptr_nonnull(test->recorder);
    test->drill = (struct rd_drill){
        .plan_folder = ".",
        .recorder = test->recorder,
        .deadline = deadline,
        .started_us = check_test_incident_us,
        .incident_us = check_test_incident_us,
    };
    test->instance = (struct rd_instance){
        .provider = "dump",
        .database = "shop",
        .version = version,
        .ours = true,
    };
    test->faults.arena = rd_recorder_arena(test->recorder);
    test->group = rd_record_group(test->recorder, "tested", "tested", true);
    ck_assert_int_eq(rd_pg_open(NULL, NULL, 0, &deadline, &test->pg, &test->err), RD_OK);
}

static inline void check_test_open(struct check_test *test)
{
    check_test_open_version(test, CHECK_TEST_VERSION);
}

/* The settings of a check; test->faults tells what is wrong with them. */
static inline const void *check_test_settings(struct check_test *test, const struct rd_check *check,
                                              const char *json)
{
    ck_assert_int_eq(rd_json_parse(json, strlen(json), 0, &test->json, &test->err), RD_OK);
    const void *settings =
        rd_shape_parse(check->settings, test->json, "$.checks[0]", NULL, &test->faults);
    ck_assert_ptr_nonnull(settings);
    return settings;
}

/* Runs the check with settings that must be without fault; every scripted statement must come. */
static inline int check_test_run(struct check_test *test, const struct rd_check *check,
                                 const char *json)
{
    const void *settings = check_test_settings(test, check, json);

    for (size_t i = 0; i < test->faults.count; i++)
        ck_abort_msg("%s: %s", test->faults.items[i].path, test->faults.items[i].message);
    struct rd_check_run run = {
        .drill = &test->drill,
        .instance = &test->instance,
        .database = "shop",
        .pg = test->pg,
        .group = test->group,
        .deadline = test->drill.deadline,
    };
    int code = check->run(&run, settings, &test->err);
    fake_pq_end();
    return code;
}

static inline void check_test_close(struct check_test *test)
{
    rd_pg_close(test->pg);
    rd_json_free(test->json);
    rd_recorder_free(test->recorder);
}

/* Settings that must be refused with a fault that contains `words` at `path`. */
static inline void check_test_refused(const struct rd_check *check, const char *json,
                                      const char *path, const char *words)
{
    struct check_test test;
    bool found = false;

    check_test_open(&test);
    (void)check_test_settings(&test, check, json);
    for (size_t i = 0; i < test.faults.count; i++) {
        const struct rd_fault *fault = &test.faults.items[i];
        found = found || (strcmp(fault->path, path) == 0 && strstr(fault->message, words) != NULL);
    }
    if (!found)
        ck_abort_msg("no fault at %s with '%s', but %zu others, first %s: %s", path, words,
                     test.faults.count, test.faults.count > 0 ? test.faults.items[0].path : "-",
                     test.faults.count > 0 ? test.faults.items[0].message : "-");
    check_test_close(&test);
}

static inline size_t check_test_count(const struct check_test *test)
{
    return test->group->findings.count;
}

/* The finding with that subject; the test fails when there is none. */
static inline const struct rd_finding *check_test_finding(const struct check_test *test,
                                                          const char *subject)
{
    const struct rd_finding *findings = test->group->findings.items;

    for (size_t i = 0; i < test->group->findings.count; i++) {
        if (strcmp(findings[i].subject, subject) == 0)
            return &findings[i];
    }
    ck_abort_msg("no finding about '%s' among %zu, the first about '%s'", subject,
                 test->group->findings.count,
                 test->group->findings.count > 0 ? findings[0].subject : "-");
    return NULL;
}

/* Asserts a finding's verdict and that its message contains `words`. */
static inline const struct rd_finding *check_test_expect(const struct check_test *test,
                                                         const char *subject, int verdict,
                                                         const char *words)
{
    const struct rd_finding *finding = check_test_finding(test, subject);

    ck_assert_msg(finding->verdict == verdict, "verdict of '%s' is %s: %s", subject,
                  rd_verdict_name(finding->verdict), finding->message);
    ck_assert_msg(strstr(finding->message, words) != NULL, "message of '%s': %s", subject,
                  finding->message);
    return finding;
}

#endif
