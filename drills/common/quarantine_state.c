/*
 * quarantine_state.c: see quarantine_state.h. The server is asked by SQL; its files and /proc are
 * the witnesses that it cannot influence.
 */
#include "drills/common/quarantine_state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/file.h"
#include "drills/common/procfs.h"

enum {
    STATE_TEXT_MAX = 16 * 1024,
    STATE_CONTROL_MAX = 64 * 1024, /* bytes of pg_control, which are 8192 */
    STATE_PROCESSES_MAX = 4096,
};

struct state_proof {
    struct rd_drill *drill;
    const struct rd_instance *instance;
    struct rd_pg *pg;
    struct rd_group *group;
};

/* Questions that SQL answers with one text. */
static const struct state_question {
    const char *subject;
    const char *sql;
    const char *expected;
    const char *good;
    const char *bad;
} state_questions[] = {
    {"recovery",
     "SELECT CASE WHEN pg_is_in_recovery() THEN 'in recovery' ELSE 'not in recovery' END",
     "not in recovery", "recovery has ended", "the server is still in recovery"},
    {"WAL receivers", "SELECT count(*) FROM pg_stat_wal_receiver", "0",
     "the server follows no other one", "the server fetches WAL from another one"},
    {"subscription workers", "SELECT count(pid) FROM pg_stat_subscription", "0",
     "no subscription is at work", "a subscription of the restored database is at work"},
    {"archived WAL segments", "SELECT archived_count + failed_count FROM pg_stat_archiver", "0",
     "the server has not tried to archive", "the server has tried to archive"},
};

/* One finding: what a question gave, against what a quarantine wants. A server of ours that does
 * otherwise is known bad; of another one nothing is known but what it says. */
static struct rd_finding *state_find(const struct state_proof *proof, const char *subject,
                                     bool holds, const char *message, const char *expected,
                                     const char *actual)
{
    struct rd_recorder *recorder = proof->drill->recorder;
    bool known = holds || proof->instance->ours;
    struct rd_finding *finding =
        rd_find(recorder, proof->group, holds ? RD_PASS : (known ? RD_FAIL : RD_SKIP), subject,
                "%s%s", known ? "" : "not proven: ", message);

    finding->expected = rd_record_text(recorder, "%s", expected);
    finding->actual = rd_record_text(recorder, "%s", actual);
    return finding;
}

static void state_unknown(const struct state_proof *proof, const char *subject,
                          const struct rd_err *err)
{
    if (proof->instance->ours)
        rd_find_err(proof->drill->recorder, proof->group, subject, err);
    else
        rd_find(proof->drill->recorder, proof->group, RD_SKIP, subject, "not proven: %s",
                err->message);
}

static void state_ask(const struct state_proof *proof, const struct state_question *question)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf actual = RD_BUF_INIT(STATE_TEXT_MAX);
    struct rd_err err = RD_ERR_INIT;

    if (rd_pg_value(proof->pg, &proof->drill->deadline, question->sql, &actual, NULL, &err) !=
        RD_OK) {
        state_unknown(proof, question->subject, &err);
        return;
    }
    bool holds = strcmp(rd_buf_text(&actual), question->expected) == 0;
    state_find(proof, question->subject, holds, holds ? question->good : question->bad,
               question->expected, rd_buf_text(&actual));
}

/* The system identifier in the data folder: the first eight bytes of pg_control, in the machine's
 * order (src/include/catalog/pg_control.h). */
static int state_control_identifier(const struct state_proof *proof, struct rd_buf *out,
                                    struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf control = RD_BUF_INIT(STATE_CONTROL_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf path = RD_BUF_INIT(PATH_MAX);
    uint64_t identifier = 0;

    rd_buf_printf(&path, "%s/global/pg_control", proof->instance->data_folder);
    int code = rd_buf_status(&path, "path of pg_control", reterr);
    if (code == RD_OK)
        code = rd_file_read(path.data, &control, reterr);
    if (code != RD_OK)
        return code;
    if (control.length < sizeof(identifier))
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' is too short", path.data);
    memcpy(&identifier, control.data, sizeof(identifier));
    rd_buf_printf(out, "%llu", (unsigned long long)identifier);
    return rd_buf_status(out, "system identifier", reterr);
}

/* Whether the server that answers is the one that lives in our data folder. */
static void state_identity(const struct state_proof *proof)
{
    static const char subject[] = "system identifier";
    RD_CLEANUP(rd_buf_free) struct rd_buf expected = RD_BUF_INIT(STATE_TEXT_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf actual = RD_BUF_INIT(STATE_TEXT_MAX);
    struct rd_err err = RD_ERR_INIT;

    int code =
        rd_pg_value(proof->pg, &proof->drill->deadline,
                    "SELECT system_identifier FROM pg_control_system()", &actual, NULL, &err);
    if (code == RD_OK && proof->instance->ours)
        code = state_control_identifier(proof, &expected, &err);
    if (code != RD_OK) {
        state_unknown(proof, subject, &err);
    } else if (proof->instance->ours) {
        bool holds = strcmp(rd_buf_text(&actual), rd_buf_text(&expected)) == 0;
        state_find(proof, subject, holds,
                   holds ? "the server that answers is the one in the data folder"
                         : "another server answers than the one in the data folder",
                   rd_buf_text(&expected), rd_buf_text(&actual));
    } else {
        state_find(proof, subject, false, "nobody says which server is to be expected", "any",
                   rd_buf_text(&actual));
    }
}

/* Whether the place, with every link resolved, lies below the work folder. */
static bool state_is_inside(const struct state_proof *proof, const char *place)
{
    char resolved[PATH_MAX];
    size_t length = strlen(proof->drill->work);

    return proof->instance->ours && realpath(place, resolved) != NULL &&
           strncmp(resolved, proof->drill->work, length) == 0 && resolved[length] == '/';
}

static void state_tablespaces(const struct state_proof *proof)
{
    static const char subject[] = "tablespaces";
    RD_CLEANUP(rd_pg_result_freep) struct rd_pg_result *rows = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf outside = RD_BUF_INIT(STATE_TEXT_MAX);
    struct rd_err err = RD_ERR_INIT;

    int code = rd_pg_query(proof->pg, &proof->drill->deadline,
                           "SELECT spcname, pg_tablespace_location(oid) FROM pg_tablespace "
                           "WHERE pg_tablespace_location(oid) <> '' ORDER BY 1",
                           0, NULL, &rows, &err);
    if (code != RD_OK) {
        state_unknown(proof, subject, &err);
        return;
    }
    for (size_t row = 0; row < rd_pg_rows(rows); row++) {
        const char *place = rd_pg_get(rows, row, 1);
        if (!state_is_inside(proof, place))
            rd_buf_printf(&outside, "%s'%s' in '%s'", outside.length > 0 ? ", " : "",
                          rd_pg_get(rows, row, 0), place);
    }
    /* Too many to list are outside as well. */
    bool holds = outside.length == 0 && outside.broken == RD_OK;
    state_find(proof, subject, holds,
               holds ? "no tablespace leads out of the work folder"
                     : "a tablespace leads out of the work folder",
               "none outside of the work folder", holds ? "none" : rd_buf_text(&outside));
}

/* Removes the line about the server's own socket; what remains should not be there. */
static void state_forget_own(const struct state_proof *proof, const char *sockets,
                             struct rd_buf *out)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf own = RD_BUF_INIT(STATE_TEXT_MAX);

    rd_buf_printf(&own, "listens on unix %s/.s.PGSQL.%s", proof->instance->host,
                  proof->instance->port);
    while (*sockets != '\0') {
        size_t length = strcspn(sockets, "\n");
        if (length != own.length || memcmp(sockets, rd_buf_text(&own), length) != 0)
            rd_buf_printf(out, "%s%.*s", out->length > 0 ? "; " : "", (int)length, sockets);
        sockets += length + (sockets[length] == '\n');
    }
}

static int state_read_sockets(const struct state_proof *proof, struct rd_buf *out,
                              struct rd_err *reterr)
{
    struct rd_arena *arena = rd_recorder_arena(proof->drill->recorder);
    struct rd_procfs_found *found = rd_arena_alloc(arena, STATE_PROCESSES_MAX * sizeof(*found));
    size_t count = 0;
    bool seen = false;

    if (found == NULL)
        return rd_err_memory(reterr);
    int code = rd_procfs_find(proof->drill->work, proof->drill->id, found, STATE_PROCESSES_MAX,
                              &count, reterr);
    if (code != RD_OK)
        return code;
    if (count > STATE_PROCESSES_MAX)
        return rd_err_set(reterr, RD_E_LIMIT, "the server has more than %d processes",
                          STATE_PROCESSES_MAX);
    for (size_t i = 0; i < count; i++)
        seen = seen || found[i].pid == proof->instance->postmaster;
    if (!seen)
        return rd_err_set(reterr, RD_E_NOT_FOUND, "the server's process cannot be seen");
    return rd_procfs_sockets(found, count, out, reterr);
}

static void state_sockets(const struct state_proof *proof)
{
    static const char subject[] = "listening sockets";
    RD_CLEANUP(rd_buf_free) struct rd_buf sockets = RD_BUF_INIT(STATE_TEXT_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf others = RD_BUF_INIT(STATE_TEXT_MAX);
    struct rd_err err = RD_ERR_INIT;

    if (!proof->instance->ours) {
        rd_find(proof->drill->recorder, proof->group, RD_SKIP, subject,
                "not proven: the sockets of a server that somebody else runs cannot be seen");
        return;
    }
    if (state_read_sockets(proof, &sockets, &err) != RD_OK) {
        state_unknown(proof, subject, &err);
        return;
    }
    state_forget_own(proof, rd_buf_text(&sockets), &others);
    bool holds = others.length == 0 && others.broken == RD_OK;
    state_find(proof, subject, holds,
               holds ? "the server has no socket but its own in the work folder"
                     : "the server can be reached, or reaches out, beside its own socket",
               "only its own unix socket",
               holds ? "only its own unix socket" : rd_buf_text(&others));
}

void rd_quarantine_prove_state(struct rd_drill *drill, const struct rd_instance *instance,
                               struct rd_pg *pg, struct rd_group *group)
{
    struct state_proof proof = {drill, instance, pg, group};

    for (size_t i = 0; i < RD_COUNT(state_questions); i++)
        state_ask(&proof, &state_questions[i]);
    state_identity(&proof);
    state_tablespaces(&proof);
    state_sockets(&proof);
}
