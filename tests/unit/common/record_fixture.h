/*
 * record_fixture.h: a record under construction for each test, with what identifies it.
 */
#ifndef RD_TESTS_RECORD_FIXTURE_H
#define RD_TESTS_RECORD_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "drills/common/recorder.h"
#include "tests/unit/suite.h"

#define SHA256 "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

static const int64_t started_us = 1763303400000000; /* 2025-11-16T14:30:00Z */
static const int64_t finished_us = 1763303521500000;

static struct rd_recorder *recorder;
static struct rd_record *record;

static inline void begin(void)
{
    recorder = rd_recorder_new();
    record = rd_recorder_record(recorder);
    record->drill->id = "019a8c1e-7d2a-7c3b-9e1f-2a6b7c8d9e0f";
    record->drill->plan_name = "orders";
    record->drill->plan_sha256 = SHA256;
    record->drill->started_us = started_us;
    record->rpo->incident_us = started_us;
}

static inline void end(void)
{
    rd_recorder_free(recorder);
}

static inline struct rd_group *group(const char *name)
{
    return rd_record_group(recorder, name, name, true);
}

static inline const struct rd_finding *finding_of(const struct rd_group *of, size_t index)
{
    ck_assert_uint_lt(index, of->findings.count);
    return (const struct rd_finding *)of->findings.items + index;
}

static inline void sealed(void)
{
    struct rd_err err = RD_ERR_INIT;
    int code = rd_record_seal(recorder, finished_us, &err);

    ck_assert_msg(code == RD_OK, "%s", err.message);
}

static inline void refused(int code)
{
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_record_seal(recorder, finished_us, &err), code);
    ck_assert_str_ne(err.message, "");
}

#endif
