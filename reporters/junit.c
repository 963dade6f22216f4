/*
 * junit.c: JUnit XML for continuous integration. There is no one schema: what is written here is
 * valid against Jenkins' junit-10.xsd, and the suite alone against Surefire's 3.0.2, the two that
 * forbid most. Therefore no properties in cases, at most three decimals, times without a zone.
 *
 * The first case is the drill's own verdict; every finding is a case. Names do not change from
 * drill to drill. There is no system-out: consumers follow [[ATTACHMENT|path]] in it, and the text
 * may come from the backup.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "drills/common/times.h"
#include "drills/common/xml.h"
#include "reporters/reporters.h"

enum { JUNIT_TIME_TEXT = 32 };

/* One test case, of the drill or of a finding. */
struct junit_case {
    const char *plan;
    const char *group; /* NULL for the drill's */
    const char *name;
    int verdict;
    int64_t ms;
    const char *message;
    const struct rd_finding *finding; /* NULL for the drill's */
};

struct junit_totals {
    int64_t cases, failures, errors, skipped;
    int64_t ms; /* of the findings */
};

/* Seconds with three decimals. */
static const char *junit_seconds(int64_t ms, char text[JUNIT_TIME_TEXT])
{
    if (ms < 0) /* also what was not measured */
        ms = 0;
    snprintf(text, JUNIT_TIME_TEXT, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
    return text;
}

static void junit_count(struct junit_totals *totals, int verdict)
{
    totals->cases++;
    totals->failures += verdict == RD_FAIL;
    totals->skipped += verdict == RD_SKIP;
    totals->errors += verdict != RD_PASS && verdict != RD_FAIL && verdict != RD_SKIP;
}

static struct junit_totals junit_sum(const struct rd_record *record)
{
    const struct rd_group *groups = record->groups.items;
    struct junit_totals totals = {0};

    junit_count(&totals, record->verdict);
    for (size_t i = 0; i < record->groups.count; i++) {
        const struct rd_finding *findings = groups[i].findings.items;
        for (size_t j = 0; j < groups[i].findings.count; j++) {
            junit_count(&totals, findings[j].verdict);
            if (findings[j].duration_ms > 0)
                totals.ms += findings[j].duration_ms;
        }
    }
    return totals;
}

static void junit_line(struct rd_xml *xml, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    rd_xml_text(xml, label);
    rd_xml_text(xml, value);
}

/* Some consumers show the attribute only, others the text only: the message is in both. */
static void junit_result(struct rd_xml *xml, const struct junit_case *item)
{
    const struct rd_finding *finding = item->finding;
    const char *type = rd_verdict_name(item->verdict);
    const char *element = item->verdict == RD_FAIL   ? "failure"
                          : item->verdict == RD_SKIP ? "skipped"
                                                     : "error";

    if (item->verdict == RD_PASS)
        return;
    if (finding != NULL && finding->cause != NULL)
        type = finding->cause;
    rd_xml_open(xml, element);
    if (item->verdict != RD_SKIP) /* Surefire knows no type of a skip */
        rd_xml_attribute(xml, "type", type);
    rd_xml_attribute(xml, "message", item->message);
    rd_xml_text(xml, item->message);
    if (finding != NULL) {
        junit_line(xml, "\nexpected: ", finding->expected);
        junit_line(xml, "\nactual: ", finding->actual);
        junit_line(xml, "\ndetail: ", finding->detail);
        junit_line(xml, "\nhint: ", finding->hint);
    }
    rd_xml_close(xml);
}

static void junit_write_case(struct rd_xml *xml, const struct junit_case *item)
{
    char seconds[JUNIT_TIME_TEXT];

    rd_xml_open(xml, "testcase");
    if (item->group != NULL)
        rd_xml_attribute_printf(xml, "classname", "redrill.%s.%s", item->plan, item->group);
    else
        rd_xml_attribute_printf(xml, "classname", "redrill.%s", item->plan);
    rd_xml_attribute(xml, "name", item->name);
    rd_xml_attribute(xml, "time", junit_seconds(item->ms, seconds));
    junit_result(xml, item);
    rd_xml_close(xml);
}

static void junit_group(struct rd_xml *xml, const struct rd_record *record,
                        const struct rd_group *group)
{
    const struct rd_finding *findings = group->findings.items;

    for (size_t i = 0; i < group->findings.count; i++)
        junit_write_case(xml, &(struct junit_case){
                                  .plan = record->drill->plan_name,
                                  .group = group->name,
                                  .name = findings[i].subject,
                                  .verdict = findings[i].verdict,
                                  .ms = findings[i].duration_ms,
                                  .message = findings[i].message,
                                  .finding = &findings[i],
                              });
}

static void junit_property(struct rd_xml *xml, const char *name, const char *value)
{
    if (value == NULL)
        return;
    rd_xml_open(xml, "property");
    rd_xml_attribute(xml, "name", name);
    rd_xml_attribute(xml, "value", value);
    rd_xml_close(xml);
}

static void junit_duration(struct rd_xml *xml, const char *name, int64_t ms)
{
    char seconds[JUNIT_TIME_TEXT];

    if (ms != RD_ABSENT)
        junit_property(xml, name, junit_seconds(ms, seconds));
}

static void junit_properties(struct rd_xml *xml, const struct rd_record *record)
{
    rd_xml_open(xml, "properties");
    junit_property(xml, "redrill.drill_id", record->drill->id);
    junit_property(xml, "redrill.plan_sha256", record->drill->plan_sha256);
    junit_property(xml, "redrill.verdict", rd_verdict_name(record->verdict));
    if (record->backup != NULL) {
        junit_property(xml, "redrill.backup.name", record->backup->name);
        junit_property(xml, "redrill.backup.sha256", record->backup->sha256);
    }
    junit_duration(xml, "redrill.rpo_seconds", record->rpo->measured_ms);
    junit_duration(xml, "redrill.rpo_target_seconds", record->rpo->target_ms);
    junit_duration(xml, "redrill.rto_seconds", record->rto->measured_ms);
    junit_duration(xml, "redrill.rto_target_seconds", record->rto->target_ms);
    rd_xml_close(xml);
}

/* What testsuites and testsuite have in common. */
static void junit_open_suite(struct rd_xml *xml, const char *element,
                             const struct rd_record *record, const struct junit_totals *totals,
                             int64_t ms)
{
    char seconds[JUNIT_TIME_TEXT];

    rd_xml_open(xml, element);
    rd_xml_attribute_printf(xml, "name", "redrill.%s", record->drill->plan_name);
    rd_xml_attribute_printf(xml, "tests", "%" PRId64, totals->cases);
    rd_xml_attribute_printf(xml, "failures", "%" PRId64, totals->failures);
    rd_xml_attribute_printf(xml, "errors", "%" PRId64, totals->errors);
    rd_xml_attribute(xml, "time", junit_seconds(ms, seconds));
}

static int junit_render(const struct rd_record *record, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_xml_freep) struct rd_xml *xml = NULL;
    const struct rd_group *groups = record->groups.items;
    const struct junit_totals totals = junit_sum(record);
    int64_t drill_ms = (record->drill->finished_us - record->drill->started_us) / 1000;
    char started[RD_TIME_TEXT];

    int code = rd_xml_new(&xml, reterr);
    if (code != RD_OK)
        return code;

    /* Consumers recompute a suite's time as the sum of its cases: the drill's own case takes what
     * the findings did not. */
    int64_t own_ms = drill_ms > totals.ms ? drill_ms - totals.ms : 0;
    junit_open_suite(xml, "testsuites", record, &totals, totals.ms + own_ms);
    junit_open_suite(xml, "testsuite", record, &totals, totals.ms + own_ms);
    rd_xml_attribute_printf(xml, "skipped", "%" PRId64, totals.skipped);
    rd_xml_attribute(xml, "timestamp", rd_time_format_plain(record->drill->started_us, started));
    junit_properties(xml, record);
    junit_write_case(xml, &(struct junit_case){
                              .plan = record->drill->plan_name,
                              .name = "verdict",
                              .verdict = record->verdict,
                              .ms = own_ms,
                              .message = record->reason,
                          });
    for (size_t i = 0; i < record->groups.count; i++)
        junit_group(xml, record, &groups[i]);
    return rd_xml_end(xml, out, reterr);
}

const struct rd_reporter rd_reporter_junit = {
    .name = "junit",
    .summary = "JUnit XML for continuous integration",
    .file = "junit.xml",
    .render = junit_render,
};
