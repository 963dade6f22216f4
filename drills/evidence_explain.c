/*
 * evidence_explain.c: tells people what opened evidence proves and what it does not.
 */
#include <string.h>

#include "drills/common/text.h"
#include "drills/evidence.h"

enum { EXPLAIN_TEXT_MAX = 64 * 1024 };

static const char *const explain_limits[] = {
    "that the clock of the signer was right",
    "that no other drill was left out: only the ledger shows which ones there were",
    "that the key is held by whom you think: compare its id with the one that the holder published",
    "that the instance was removed: the report is signed before the teardown",
};

/* Text of the document, "-" without any: nothing in it may look like a line of ours. */
static void explain_text(struct rd_buf *out, const char *text)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(EXPLAIN_TEXT_MAX);

    if (text == NULL || text[0] == '\0')
        text = "-";
    rd_text_clean(&clean, text, strlen(text));
    if (clean.broken != RD_OK) {
        rd_buf_puts(out, "(too long to show)");
        return;
    }
    for (char *at = clean.data; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    }
    rd_buf_puts(out, clean.data);
}

static void explain_member(const struct rd_evidence_proof *proof, const char *label,
                           const char *pointer, struct rd_buf *out)
{
    rd_buf_printf(out, "  %-10s", label);
    explain_text(out, rd_json_text(rd_json_at(proof->predicate, pointer)));
    rd_buf_puts(out, "\n");
}

static void explain_statement(const struct rd_evidence_proof *proof, struct rd_buf *out)
{
    rd_buf_puts(out, "The statement is about (compare with 'sha256sum'):\n");
    for (const struct rd_json *subject = rd_json_first(proof->subjects); subject != NULL;
         subject = rd_json_next(subject)) {
        rd_buf_printf(out, "  %s  ", rd_json_text(rd_json_at(subject, "/digest/sha256")));
        explain_text(out, rd_json_text(rd_json_get(subject, "name")));
        rd_buf_puts(out, "\n");
    }
    rd_buf_puts(out, "and says:\n");
    explain_member(proof, "verdict", "/verdict", out);
    explain_member(proof, "reason", "/reason", out);
    explain_member(proof, "plan", "/drill/plan", out);
    explain_member(proof, "drill", "/drill/id", out);
    explain_member(proof, "started", "/drill/startedAt", out);
    explain_member(proof, "finished", "/drill/finishedAt", out);
}

void rd_evidence_explain(const struct rd_evidence_proof *proof, struct rd_buf *out)
{
    if (!proof->verified)
        rd_buf_puts(out,
                    "NOT VERIFIED: without a public key that you trust this proves nothing.\n");
    else
        rd_buf_printf(
            out,
            "Proven: the holder of the key %s (%s) signed this statement, and none of its "
            "%zu bytes was changed since (SHA-256 %s).\n",
            proof->key_id, rd_key_kind_name(proof->key_kind), proof->statement_bytes,
            proof->statement_sha256);
    explain_statement(proof, out);
    rd_buf_puts(out, "Not proven by this file:\n");
    for (size_t i = 0; i < RD_COUNT(explain_limits); i++)
        rd_buf_printf(out, "  - %s\n", explain_limits[i]);
}
