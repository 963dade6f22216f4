/*
 * runner.c: see runner.h. The flow is rd_run, from top to bottom; each step is one function. A step
 * that cannot know something leaves an error finding and the flow goes on to reports and teardown.
 */
#include "drills/runner.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "drills/cause.h"
#include "drills/common/clock.h"
#include "drills/common/file.h"
#include "drills/common/quarantine.h"
#include "drills/common/times.h"
#include "drills/log.h"
#include "drills/objectives.h"
#include "drills/report.h"

enum {
    RUN_SUMMARY_MAX = 8 * 1024 * 1024,
    RUN_TEARDOWN_MS = 10 * 60 * 1000,
    RUN_TEXT_MAX = 4096,
};

/* One drill in progress. */
struct run {
    const struct rd_plan *plan;
    const struct rd_run_wish *wish;
    struct rd_drill drill;
    int64_t began_us; /* on the monotonic clock */
    void *handle;     /* the provider's; NULL before open */
    struct rd_instance instance;
    bool restored;
    struct rd_stop_line stop;
    struct rd_buf folder; /* of the reports */
};

/* Of a kept instance: its provider is not closed, because that would stop the server. */
static void *run_kept_handle;

static void run_progress(void *context, const char *text)
{
    (void)context;
    rd_log_progress("%s", text);
}

static int64_t run_elapsed_ms(const struct run *run)
{
    return (rd_clock_monotonic_us() - run->began_us + 999) / 1000;
}

/* Who runs this, for the report: the user behind sudo where there is one. */
static const char *run_performer(struct rd_recorder *recorder, const char *host)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *entry = getpwuid(getuid());

    return rd_record_text(recorder, "%s@%s",
                          sudo != NULL && sudo[0] != '\0' ? sudo
                          : entry != NULL                 ? entry->pw_name
                                                          : "unknown",
                          host);
}

/* The facts that are known before anything is done. */
static void run_describe(struct run *run)
{
    const struct rd_plan *plan = run->plan;
    struct rd_drill *drill = &run->drill;
    struct rd_record *record = rd_recorder_record(drill->recorder);
    char host[HOST_NAME_MAX + 1] = "";

    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
        host[0] = '?';
    record->drill->id = drill->id;
    record->drill->plan_name = plan->name;
    record->drill->plan_sha256 = plan->sha256;
    record->drill->changed = plan->changed;
    record->drill->host = rd_record_text(drill->recorder, "%s", host);
    record->drill->performed_by = run_performer(drill->recorder, host);
    record->drill->started_us = drill->started_us;
    if (plan->subject != NULL) {
        record->subject->system_name = plan->subject->system_name;
        record->subject->environment = plan->subject->environment;
        record->subject->owner = plan->subject->owner;
    }
    record->rpo->incident_us = drill->incident_us;
    record->instance->provider = plan->provider->name;
    if (run->wish->key == NULL)
        rd_record_limit(drill->recorder, "This report is not signed: anybody could have written or "
                                         "changed it.");
}

static int run_prepare(struct run *run, struct rd_err *reterr)
{
    const struct rd_plan *plan = run->plan;
    struct rd_drill *drill = &run->drill;

    run->began_us = rd_clock_monotonic_us();
    run->stop = (struct rd_stop_line){.elapsed_ms = RD_ABSENT, .what = "nothing"};
    drill->started_us = rd_clock_utc_us();
    drill->target_given = plan->target_us != RD_ABSENT;
    drill->incident_us = drill->target_given ? plan->target_us : drill->started_us;
    drill->keep = run->wish->keep;
    drill->deadline = rd_deadline_in_ms(plan->timeout_ms, run->wish->cancel_fd);
    drill->plan_folder = plan->folder;
    drill->wish = plan->wish;
    drill->progress = run_progress;

    int code = rd_uuid7(drill->started_us, drill->id, reterr);
    if (code == RD_OK)
        code = rd_random(drill->hash_key, sizeof(drill->hash_key), reterr);
    if (code == RD_OK)
        code = rd_user_resolve(plan->wish->user, &drill->user, reterr);
    if (code != RD_OK)
        return code;
    drill->recorder = rd_recorder_new();
    if (drill->recorder == NULL)
        return rd_err_memory(reterr);
    run_describe(run);
    return RD_OK;
}

static int run_make_folder(struct run *run, struct rd_err *reterr)
{
    char *real;

    if (run->wish->out != NULL)
        rd_buf_puts(&run->folder, run->wish->out);
    else
        rd_buf_printf(&run->folder, "%s/reports/%s", run->wish->state, run->drill.id);
    int code = rd_buf_status(&run->folder, "the reports' folder name", reterr);
    if (code == RD_OK)
        code = rd_file_make_folder(rd_buf_text(&run->folder), 0755, reterr);
    if (code != RD_OK)
        return code;

    real = realpath(rd_buf_text(&run->folder), NULL);
    if (real == NULL)
        return rd_err_errno(reterr, errno, "cannot find '%s'", rd_buf_text(&run->folder));
    rd_buf_clear(&run->folder);
    rd_buf_puts(&run->folder, real);
    free(real);
    if (access(rd_buf_text(&run->folder), W_OK) != 0)
        return rd_err_errno(reterr, errno, "cannot write reports to '%s'",
                            rd_buf_text(&run->folder));
    rd_report_clear(rd_buf_text(&run->folder));
    return rd_buf_status(&run->folder, "the reports' folder name", reterr);
}

static void run_tell_reaped(void *context, const struct rd_reaped *reaped)
{
    (void)context;
    if (reaped->what == RD_REAP_REMOVED)
        rd_log_progress("removed what drill %s of '%s' had left behind", reaped->drill_id,
                        reaped->plan_name);
    else if (reaped->what == RD_REAP_FAILED)
        rd_log_warning("what drill %s left behind cannot be removed: %s", reaped->drill_id,
                       reaped->proof);
}

/* What earlier drills left is removed, then this one gets its lease and its work folder. */
static int run_lease(struct run *run, struct rd_err *reterr)
{
    struct rd_drill *drill = &run->drill;

    int code = rd_lease_open(run->wish->state, drill->id, run->plan->name, &drill->user,
                             &drill->lease, reterr);
    if (code != RD_OK)
        return code;
    drill->work = rd_lease_work(drill->lease);

    struct rd_err reap_err = RD_ERR_INIT;
    if (rd_lease_reap(run->wish->state, false, &drill->deadline, run_tell_reaped, NULL,
                      &reap_err) != RD_OK)
        rd_log_error(&reap_err);
    return RD_OK;
}

static void run_instance_facts(struct run *run)
{
    struct rd_recorder *recorder = run->drill.recorder;
    struct rd_instance_facts *facts = rd_recorder_record(recorder)->instance;
    const struct rd_instance *instance = &run->instance;

    facts->server_version =
        rd_record_text(recorder, "%d.%d", instance->version / 10000, instance->version % 10000);
    facts->system_identifier = instance->system_identifier;
    facts->database = instance->database;
    facts->removable = instance->ours;
    if (instance->ours) {
        facts->profile = run->plan->wish->profile == RD_PROFILE_FAST ? "fast" : "faithful";
        facts->user = run->drill.user.name;
    }
}

/* Locates, restores and asks the first query; all that goes wrong is in the group "restore". */
static void run_restore(struct run *run)
{
    struct rd_drill *drill = &run->drill;
    const struct rd_provider *provider = run->plan->provider;
    struct rd_group *group = rd_record_group(drill->recorder, "restore", "restore", true);
    struct rd_err err = RD_ERR_INIT;
    const char *step = "open";

    int code = provider->open(drill, run->plan->provider_settings, &run->handle, &err);
    if (code == RD_OK) {
        step = "locate";
        rd_record_phase(drill->recorder, "locate");
        code = provider->locate(run->handle, &err);
    }
    if (code == RD_OK) {
        step = "restore";
        code = provider->restore(run->handle, group, &run->instance, &err);
    }
    if (code == RD_OK) {
        RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
        step = "first query";
        rd_record_phase(drill->recorder, "first_query");
        code = rd_instance_open(&run->instance, NULL, 0, &drill->deadline, &pg, &err);
        if (code == RD_OK)
            code = rd_pg_exec(pg, &drill->deadline, "select 1", &err);
    }
    rd_record_phase(drill->recorder, NULL);

    if (code != RD_OK) {
        if (code != RD_E_BACKUP && run->instance.log_file != NULL)
            rd_cause_explain(run->instance.log_file, &err);
        rd_find_err(drill->recorder, group, step, &err);
    } else {
        run->restored = true;
        run->stop =
            (struct rd_stop_line){.elapsed_ms = run_elapsed_ms(run), .what = "the first query"};
        run_instance_facts(run);
        rd_find(drill->recorder, group, RD_PASS, "instance",
                run->instance.ours ? "the backup was restored and its server answers"
                                   : "the server answers");
    }
    rd_record_group_end(drill->recorder, group);
}

static void run_quarantine(struct run *run)
{
    struct rd_drill *drill = &run->drill;
    struct rd_err err = RD_ERR_INIT;

    if (!run->restored)
        return;
    rd_drill_say(drill, "asking the server for the proof of its quarantine");
    struct rd_group *group = rd_record_group(drill->recorder, "quarantine", "quarantine", true);
    if (rd_quarantine_prove(drill, &run->instance, group, &err) != RD_OK)
        rd_find_err(drill->recorder, group, "proof", &err);
    rd_record_group_end(drill->recorder, group);
}

/* Opens what the check needs. False, with a finding, when it is not to be had. */
static bool run_check_session(const struct rd_check *check, struct rd_check_run *ask,
                              struct rd_pg **ret_pg)
{
    struct rd_recorder *recorder = ask->drill->recorder;
    struct rd_err err = RD_ERR_INIT;
    RD_CLEANUP(rd_buf_free) struct rd_buf superuser = RD_BUF_INIT(16);

    if ((check->needs & (RD_NEEDS_SQL | RD_NEEDS_SUPERUSER)) == 0)
        return true;
    int code = rd_instance_open(ask->instance, ask->database, 0, &ask->deadline, ret_pg, &err);
    if (code == RD_OK && (check->needs & RD_NEEDS_SUPERUSER) != 0)
        code = rd_pg_value(*ret_pg, &ask->deadline, "show is_superuser", &superuser, NULL, &err);
    if (code != RD_OK) {
        rd_find_err(recorder, ask->group, "session", &err);
        return false;
    }
    if ((check->needs & RD_NEEDS_SUPERUSER) != 0 && strcmp(rd_buf_text(&superuser), "on") != 0) {
        rd_find(recorder, ask->group, RD_SKIP, "session",
                "the check needs a superuser, and the session's role is none");
        return false;
    }
    ask->pg = *ret_pg;
    return true;
}

static void run_check(struct run *run, const struct rd_plan_check *planned)
{
    struct rd_drill *drill = &run->drill;
    const struct rd_check *check = planned->module;
    const char *name = planned->name != NULL ? planned->name : check->name;
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    struct rd_err err = RD_ERR_INIT;
    struct rd_check_run ask = {
        .drill = drill,
        .instance = &run->instance,
        .database = planned->database != NULL ? planned->database : run->instance.database,
        .group = rd_record_group(drill->recorder, name, check->name, planned->required),
        .deadline = rd_deadline_within(&drill->deadline, planned->timeout_ms),
    };

    if (!run->restored) {
        rd_find(drill->recorder, ask.group, RD_ERROR, "instance",
                "not known: there is no instance to ask, because the restore failed");
    } else {
        rd_drill_say(drill, "checking %s", name);
        rd_record_phase(drill->recorder, check->application ? "application" : "checks");
        if (run_check_session(check, &ask, &pg) &&
            check->run(&ask, planned->settings, &err) != RD_OK)
            rd_find_err(drill->recorder, ask.group, check->name, &err);
        if (planned->required) {
            run->stop.elapsed_ms = run_elapsed_ms(run);
            run->stop.what =
                rd_record_text(drill->recorder, "the last required check, %s", ask.group->name);
        }
    }
    rd_record_group_end(drill->recorder, ask.group);
}

/* The server's log, also of one that never came as far as being an instance. */
static void run_report_log(const struct run *run)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(RUN_TEXT_MAX);
    struct rd_err err = RD_ERR_INIT;

    if (run->restored && run->instance.log_file != NULL)
        rd_buf_puts(&path, run->instance.log_file);
    else
        rd_buf_printf(&path, "%s/server.log", run->drill.work);
    if (path.broken == RD_OK && rd_file_exists(rd_buf_text(&path)) &&
        rd_report_write_log(rd_buf_text(&path), rd_buf_text(&run->folder), &err) != RD_OK)
        rd_log_error(&err); /* the verdict does not depend on it */
}

/* Seals the record and writes every report. */
static int run_report(struct run *run, struct rd_run_result *ret_result, struct rd_err *reterr)
{
    struct rd_drill *drill = &run->drill;
    const struct rd_record *record = rd_recorder_record(drill->recorder);
    const char *folder = rd_buf_text(&run->folder);

    int code = rd_record_seal(drill->recorder, rd_clock_utc_us(), reterr);
    if (code != RD_OK)
        return code;
    ret_result->verdict = record->verdict;

    code = rd_report_write(record, run->wish->key, folder, reterr);
    int told = rd_report_find("console")->render(record, &ret_result->summary, reterr);
    run_report_log(run);
    rd_buf_printf(&ret_result->summary, "\nreports   %s\n", folder);
    return code != RD_OK ? code : told;
}

/* Says how to reach an instance that was kept. */
static void run_tell_kept(const struct run *run, struct rd_run_result *ret_result)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf url = RD_BUF_INIT(RUN_TEXT_MAX);

    if (run->restored && run->instance.ours &&
        rd_instance_url(&run->instance, NULL, &url, NULL) == RD_OK)
        rd_buf_printf(&ret_result->summary, "kept      psql '%s'\n", rd_buf_text(&url));
    rd_buf_printf(&ret_result->summary,
                  "          %s\n          remove it with 'redrill reap "
                  "--kept'\n",
                  run->drill.work);
}

/* Ends the provider and removes everything that the lease names; the proof goes to the summary. */
static int run_teardown(struct run *run, struct rd_run_result *ret_result, struct rd_err *reterr)
{
    struct rd_deadline deadline = rd_deadline_in_ms(RUN_TEARDOWN_MS, -1);
    RD_CLEANUP(rd_buf_free) struct rd_buf proof = RD_BUF_INIT(RUN_TEXT_MAX);
    struct rd_err destroy_err = RD_ERR_INIT;

    if (run->wish->keep && run->restored) {
        run_kept_handle = run->handle;
        run_tell_kept(run, ret_result);
        ret_result->kept = true;
        return rd_lease_keep(run->drill.lease, reterr);
    }

    rd_drill_say(&run->drill, "removing the instance");
    if (run->handle != NULL &&
        run->plan->provider->destroy(run->handle, &deadline, &destroy_err) != RD_OK)
        rd_log_error(&destroy_err); /* the lease ends what the provider could not */
    int code = rd_lease_remove(run->drill.lease, &deadline, &proof, reterr);
    ret_result->removed = code == RD_OK;

    const char *lead = "removed  ";
    for (const char *line = rd_buf_text(&proof); line[0] != '\0';) {
        size_t length = strcspn(line, "\n");
        rd_buf_printf(&ret_result->summary, "%s %.*s\n", lead, (int)length, line);
        line += length + (line[length] == '\n' ? 1 : 0);
        lead = "         ";
    }
    return code;
}

static int run_drill(struct run *run, struct rd_run_result *ret_result, struct rd_err *reterr)
{
    run_restore(run);
    run_quarantine(run);
    for (size_t i = 0; i < run->plan->check_count; i++)
        run_check(run, &run->plan->checks[i]);
    rd_record_phase(run->drill.recorder, NULL);
    /* Who was called off did not get to the stop line, however far the clock ran. */
    if (rd_deadline_check(&run->drill.deadline, "the drill", NULL) != RD_OK)
        run->stop.elapsed_ms = RD_ABSENT;
    rd_objectives_judge(&run->drill, run->plan, run->instance.ours, &run->stop);
    return run_report(run, ret_result, reterr);
}

int rd_run(const struct rd_plan *plan, const struct rd_run_wish *wish,
           struct rd_run_result *ret_result, struct rd_err *reterr)
{
    struct run run = {.plan = plan, .wish = wish, .folder = RD_BUF_INIT(RUN_TEXT_MAX)};
    struct rd_err teardown_err = RD_ERR_INIT;

    *ret_result = (struct rd_run_result){.summary = RD_BUF_INIT(RUN_SUMMARY_MAX)};
    int code = run_prepare(&run, reterr);
    if (code == RD_OK)
        code = run_make_folder(&run, reterr);
    if (code == RD_OK)
        code = run_lease(&run, reterr);
    if (code == RD_OK) {
        memcpy(ret_result->id, run.drill.id, sizeof(ret_result->id));
        rd_log_progress("drill %s of '%s' begins", run.drill.id, plan->name);
        code = run_drill(&run, ret_result, reterr);
        if (run_teardown(&run, ret_result, &teardown_err) != RD_OK)
            rd_log_error(&teardown_err);
    }
    rd_lease_free(run.drill.lease);
    rd_recorder_free(run.drill.recorder);
    rd_buf_free(&run.folder);
    return code;
}
