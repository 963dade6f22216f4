/*
 * command_evidence.c: `redrill verify`, `redrill render` and `redrill keygen`.
 */
#include <string.h>

#include "drills/commands.h"
#include "drills/common/file.h"
#include "drills/evidence.h"
#include "drills/keyring.h"
#include "drills/log.h"
#include "drills/report.h"

enum {
    EVIDENCE_ARENA_MAX = 256 * 1024 * 1024,
    EVIDENCE_KEY_MS = 60 * 1000,
    EVIDENCE_TEXT_MAX = 4 * 1024 * 1024,
};

static int evidence_fail(const struct rd_err *err, int status)
{
    rd_log_error(err);
    return status;
}

static int evidence_missing(const char *command, const char *option, const char *hint)
{
    struct rd_err err = RD_ERR_INIT;

    rd_err_set(&err, RD_E_ARGUMENT, "'redrill %s' needs %s", command, option);
    rd_err_hint(&err, "%s", hint);
    return evidence_fail(&err, RD_EXIT_USAGE);
}

int rd_command_verify(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf envelope = RD_BUF_INIT(RD_EVIDENCE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf statement = RD_BUF_INIT(RD_EVIDENCE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(EVIDENCE_TEXT_MAX);
    RD_CLEANUP(rd_evidence_proof_free) struct rd_evidence_proof proof = {0};
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;
    struct rd_err err = RD_ERR_INIT;

    if (invocation->key == NULL)
        return evidence_missing("verify", "--key PUB",
                                "Name the public key that you trust; one that comes with the "
                                "report proves nothing.");
    int code = rd_keyring_load_public(invocation->key, &key, &err);
    if (code == RD_OK)
        code = rd_file_read(invocation->arguments[0], &envelope, &err);
    if (code != RD_OK)
        return evidence_fail(&err, RD_EXIT_ERROR);

    code = rd_evidence_open(rd_buf_text(&envelope), envelope.length, key, &statement, &proof, &err);
    if (code != RD_OK)
        return evidence_fail(&err, code == RD_E_TRUST || code == RD_E_LIMIT ? RD_EXIT_FAIL
                                                                            : RD_EXIT_ERROR);
    rd_evidence_explain(&proof, &text);
    code = rd_buf_status(&text, "the explanation", &err);
    if (code != RD_OK)
        return evidence_fail(&err, RD_EXIT_ERROR);
    return fputs(rd_buf_text(&text), stdout) < 0 ? RD_EXIT_ERROR : RD_EXIT_PASS;
}

/* The record in a file that is a record or evidence of one. Evidence is not checked here. */
static int evidence_read_record(const char *path, struct rd_arena *arena,
                                struct rd_record **ret_record, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(RD_EVIDENCE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf statement = RD_BUF_INIT(RD_EVIDENCE_MAX);
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    RD_CLEANUP(rd_evidence_proof_free) struct rd_evidence_proof proof = {0};

    int code = rd_file_read(path, &text, reterr);
    if (code == RD_OK)
        code = rd_json_parse(rd_buf_text(&text), text.length, 0, &json, reterr);
    if (code != RD_OK)
        return code;
    if (rd_json_get(json, "payloadType") == NULL)
        return rd_record_from_json(json, arena, ret_record, reterr);

    code = rd_evidence_open_unverified(rd_buf_text(&text), text.length, &statement, &proof, reterr);
    if (code != RD_OK)
        return code;
    rd_log_progress("the signature was not checked: 'redrill verify' does");
    return rd_record_from_json(proof.predicate, arena, ret_record, reterr);
}

static const struct rd_reporter *evidence_reporter(const char *name)
{
    struct rd_err err = RD_ERR_INIT;
    const struct rd_reporter *reporter = rd_report_find(name);

    if (reporter == NULL) {
        rd_err_set(&err, RD_E_ARGUMENT, "there is no reporter '%s'", name);
        rd_err_hint(&err, "'redrill list reporters' shows all.");
        rd_log_error(&err);
    }
    return reporter;
}

int rd_command_render(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(EVIDENCE_ARENA_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(RD_REPORT_MAX);
    struct rd_record *record = NULL;
    struct rd_err err = RD_ERR_INIT;

    if (invocation->reporter == NULL)
        return evidence_missing("render", "--reporter NAME", "'redrill list reporters' shows all.");
    const struct rd_reporter *reporter = evidence_reporter(invocation->reporter);
    if (reporter == NULL)
        return RD_EXIT_USAGE;
    int code = arena != NULL ? RD_OK : rd_err_memory(&err);
    if (code == RD_OK)
        code = evidence_read_record(invocation->arguments[0], arena, &record, &err);
    if (code == RD_OK)
        code = reporter->render(record, &out, &err);
    if (code != RD_OK)
        return evidence_fail(&err, RD_EXIT_ERROR);
    size_t written = fwrite(rd_buf_text(&out), 1, out.length, stdout);
    return written == out.length && fflush(stdout) == 0 ? RD_EXIT_PASS : RD_EXIT_ERROR;
}

/* 0 for a type that is not known. */
static enum rd_key_kind evidence_key_kind(const char *type)
{
    static const enum rd_key_kind kinds[] = {RD_KEY_ED25519, RD_KEY_P256};

    for (size_t i = 0; i < RD_COUNT(kinds); i++) {
        if (type == NULL || strcmp(type, rd_key_kind_name(kinds[i])) == 0)
            return kinds[i];
    }
    return 0;
}

int rd_command_keygen(const struct rd_invocation *invocation)
{
    struct rd_deadline deadline = rd_deadline_in_ms(EVIDENCE_KEY_MS, -1);
    const struct rd_secret passphrase = {.env = invocation->passphrase_env};
    struct rd_err err = RD_ERR_INIT;
    char id[RD_KEYID_TEXT];

    if (invocation->out == NULL)
        return evidence_missing("keygen", "--out KEY", "Name the file of the private key.");
    enum rd_key_kind kind = evidence_key_kind(invocation->type);
    if (kind == 0) {
        rd_err_set(&err, RD_E_ARGUMENT, "'%s' is not a type of key", invocation->type);
        rd_err_hint(&err, "Write ed25519 or ecdsa-p256.");
        return evidence_fail(&err, RD_EXIT_USAGE);
    }
    int code = rd_keyring_generate(invocation->out, kind,
                                   invocation->passphrase_env != NULL ? &passphrase : NULL,
                                   &deadline, id, &err);
    if (code != RD_OK)
        return evidence_fail(&err, code == RD_E_ARGUMENT ? RD_EXIT_USAGE : RD_EXIT_ERROR);
    printf("private key  %s\npublic key   %s.pub\nkey id       %s\n", invocation->out,
           invocation->out, id);
    puts("Keep the private key secret; give the public key and its id to whoever verifies.");
    return RD_EXIT_PASS;
}
