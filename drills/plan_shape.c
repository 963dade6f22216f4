/*
 * plan_shape.c: the tables of a plan's own settings. `source` and the entries of `checks` have
 * tables of their own in their modules.
 */
#include "drills/plan_parts.h"

#define AT(type, member) .offset = offsetof(struct type, member)

static const struct rd_shape subject_shape = {
    .name = "subject",
    .size = sizeof(struct rd_plan_subject),
    .fields =
        (const struct rd_field[]){
            {.name = "system",
             .type = RD_T_STRING,
             AT(rd_plan_subject, system_name),
             .help = "the system whose data this is"},
            {.name = "environment",
             .type = RD_T_STRING,
             AT(rd_plan_subject, environment),
             .help = "prod, staging, …"},
            {.name = "owner",
             .type = RD_T_STRING,
             AT(rd_plan_subject, owner),
             .help = "who answers for it"},
            {0},
        },
};

static const struct rd_shape objectives_shape = {
    .name = "objectives",
    .size = sizeof(struct rd_plan_objectives),
    .fields =
        (const struct rd_field[]){
            {.name = "rpo",
             .type = RD_T_DURATION,
             AT(rd_plan_objectives, rpo_ms),
             .help = "how much data, in time, may be lost"},
            {.name = "rto",
             .type = RD_T_DURATION,
             AT(rd_plan_objectives, rto_ms),
             .help = "how long it may take until the last required check is done"},
            {.name = "declare",
             .type = RD_T_DURATION,
             AT(rd_plan_objectives, declare_ms),
             .help = "the human part of an incident, added to the measured RTO"},
            {0},
        },
};

static const struct rd_shape signing_shape = {
    .name = "signing",
    .size = sizeof(struct rd_plan_signing),
    .fields =
        (const struct rd_field[]){
            {.name = "key",
             .type = RD_T_SECRET,
             AT(rd_plan_signing, key),
             .flags = RD_REQUIRED | RD_PRIVATE,
             .help = "the private key that signs the report, in PEM (see 'redrill keygen')"},
            {.name = "passphrase",
             .type = RD_T_SECRET,
             AT(rd_plan_signing, passphrase),
             .flags = RD_PRIVATE,
             .help = "what an encrypted key is opened with"},
            {0},
        },
};

static const struct rd_shape schedule_shape = {
    .name = "schedule",
    .size = sizeof(struct rd_plan_schedule),
    .fields =
        (const struct rd_field[]){
            {.name = "every",
             .type = RD_T_DURATION,
             AT(rd_plan_schedule, every_ms),
             .flags = RD_REQUIRED,
             .help = "how often this drill is due"},
            {.name = "grace",
             .type = RD_T_DURATION,
             AT(rd_plan_schedule, grace_ms),
             .help = "how much later it may come"},
            {0},
        },
};

const struct rd_shape rd_plan_shape = {
    .name = "plan",
    .size = sizeof(struct rd_plan_text),
    .fields =
        (const struct rd_field[]){
            {.name = "$schema",
             .type = RD_T_STRING,
             AT(rd_plan_text, schema),
             .help = "for editors: where the output of 'redrill schema' is; redrill does not look"},
            {.name = "name",
             .type = RD_T_STRING,
             AT(rd_plan_text, name),
             .flags = RD_REQUIRED,
             .help = "the drill's identity in reports; letters, digits, '.', '_' and '-'"},
            {.name = "subject",
             .type = RD_T_OBJECT,
             AT(rd_plan_text, subject),
             .sub = &subject_shape,
             .help = "what is drilled, for the report's reader"},
            {.name = "source",
             .type = RD_T_JSON,
             AT(rd_plan_text, source),
             .flags = RD_REQUIRED,
             .help = "the provider and its settings"},
            {.name = "target",
             .type = RD_T_STRING,
             AT(rd_plan_text, target),
             .fallback = "latest",
             .help = "the incident's time (RFC 3339 with a zone), or latest"},
            {.name = "objectives",
             .type = RD_T_OBJECT,
             AT(rd_plan_text, objectives),
             .sub = &objectives_shape,
             .help = "the targets that the drill is measured against"},
            {.name = "instance",
             .type = RD_T_OBJECT,
             AT(rd_plan_text, wish),
             .sub = &rd_instance_shape,
             .help = "the temporary server"},
            {.name = "checks",
             .type = RD_T_JSON,
             AT(rd_plan_text, checks),
             .help = "the questions; without them those that need no expectation"},
            {.name = "signing",
             .type = RD_T_OBJECT,
             AT(rd_plan_text, signing),
             .sub = &signing_shape,
             .help = "how the report is signed"},
            {.name = "schedule",
             .type = RD_T_OBJECT,
             AT(rd_plan_text, schedule),
             .sub = &schedule_shape,
             .help = "how often this drill is due"},
            {.name = "timeout",
             .type = RD_T_DURATION,
             AT(rd_plan_text, timeout_ms),
             .fallback = "12h",
             .help = "after this the whole drill is called off"},
            {0},
        },
};

const struct rd_shape rd_plan_check_shape = {
    .name = "every check",
    .size = sizeof(struct rd_plan_check),
    .fields =
        (const struct rd_field[]){
            {.name = "name",
             .type = RD_T_STRING,
             AT(rd_plan_check, name),
             .help = "heading of its findings, where the check's own name is not enough"},
            {.name = "required",
             .type = RD_T_BOOL,
             AT(rd_plan_check, required),
             .fallback = "true",
             .help = "whether it decides the drill's verdict"},
            {.name = "database",
             .type = RD_T_STRING,
             AT(rd_plan_check, database),
             .help = "the database to ask, where it is not the instance's"},
            {.name = "timeout",
             .type = RD_T_DURATION,
             AT(rd_plan_check, timeout_ms),
             .fallback = "1h",
             .help = "after this the check is called off and is an error"},
            {0},
        },
};
