/*
 * dsse.c: see dsse.h.
 */
#include "drills/dsse.h"

#include <string.h>

#include "drills/common/base64.h"
#include "drills/common/json.h"

enum { DSSE_SIGNATURE_MAX = 128 };

/* An envelope in parts. */
struct dsse_parts {
    const char *key_id; /* borrowed */
    struct rd_buf payload;
    struct rd_buf signature;
};

static void dsse_parts_free(struct dsse_parts *parts)
{
    rd_buf_free(&parts->payload);
    rd_buf_free(&parts->signature);
}

void rd_dsse_encode(const char *type, const void *payload, size_t length, struct rd_buf *out)
{
    rd_buf_printf(out, "DSSEv1 %zu %s %zu ", strlen(type), type, length);
    rd_buf_add(out, payload, length);
}

/* The one form of an envelope. A key id has no character that JSON would escape. */
static void dsse_render(const void *payload, size_t length, const char *key_id,
                        const struct rd_buf *signature, struct rd_buf *out)
{
    rd_buf_puts(out, "{\"payloadType\":\"" RD_DSSE_PAYLOAD_TYPE "\",\"payload\":\"");
    rd_base64_encode(payload, length, out);
    rd_buf_printf(out, "\",\"signatures\":[{\"keyid\":\"%s\",\"sig\":\"", key_id);
    rd_base64_encode(signature->data, signature->length, out);
    rd_buf_puts(out, "\"}]}\n");
}

int rd_dsse_seal(const void *payload, size_t length, const struct rd_key *key, struct rd_buf *out,
                 struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf encoded = RD_BUF_INIT(RD_DSSE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf signature = RD_BUF_INIT(DSSE_SIGNATURE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf envelope = RD_BUF_INIT(RD_DSSE_MAX);
    char key_id[RD_KEYID_TEXT];

    rd_dsse_encode(RD_DSSE_PAYLOAD_TYPE, payload, length, &encoded);
    int code = rd_buf_status(&encoded, "what is to be signed", reterr);
    if (code == RD_OK)
        code = rd_key_sign(key, encoded.data, encoded.length, &signature, reterr);
    if (code == RD_OK)
        code = rd_key_verify(key, encoded.data, encoded.length, signature.data, signature.length,
                             reterr);
    if (code == RD_OK)
        code = rd_key_id(key, key_id, reterr);
    if (code != RD_OK)
        return code;
    dsse_render(payload, length, key_id, &signature, &envelope);
    code = rd_buf_status(&envelope, "the signed envelope", reterr);
    if (code != RD_OK)
        return code;
    rd_buf_add(out, envelope.data, envelope.length);
    return rd_buf_status(out, "the signed envelope", reterr);
}

static int dsse_malformed(const char *what, struct rd_err *reterr)
{
    int code = rd_err_set(reterr, RD_E_FORMAT, "this is no signed report of redrill: %s", what);

    rd_err_hint(reterr,
                "Take the very file that 'redrill run' wrote: one that was changed, or that "
                "another program wrote again, does not count.");
    return code;
}

static int dsse_take_apart(const struct rd_json *json, struct dsse_parts *parts,
                           struct rd_err *reterr)
{
    const char *type = rd_json_text(rd_json_get(json, "payloadType"));
    const char *payload = rd_json_text(rd_json_get(json, "payload"));
    const struct rd_json *signatures = rd_json_get(json, "signatures");
    const struct rd_json *signature = rd_json_first(signatures);
    const char *sig = rd_json_text(rd_json_get(signature, "sig"));

    parts->key_id = rd_json_text(rd_json_get(signature, "keyid"));
    if (type == NULL || payload == NULL || signatures == NULL)
        return dsse_malformed("it is no DSSE envelope", reterr);
    if (strcmp(type, RD_DSSE_PAYLOAD_TYPE) != 0)
        return dsse_malformed("its payload is of another type", reterr);
    if (rd_json_count(signatures) != 1)
        return dsse_malformed("it does not have exactly one signature", reterr);
    if (sig == NULL || parts->key_id == NULL)
        return dsse_malformed("its signature is not complete", reterr);
    if (rd_base64_decode(payload, &parts->payload, NULL) == RD_OK &&
        rd_base64_decode(sig, &parts->signature, NULL) == RD_OK)
        return RD_OK;
    if (parts->payload.broken == RD_E_MEMORY || parts->signature.broken == RD_E_MEMORY)
        return rd_err_memory(reterr);
    return dsse_malformed("its payload or its signature cannot be decoded", reterr);
}

/* Whatever the parts do not show makes a difference here. */
static int dsse_compare(const char *envelope, size_t length, const struct dsse_parts *parts,
                        struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf again = RD_BUF_INIT(length);

    dsse_render(rd_buf_text(&parts->payload), parts->payload.length, parts->key_id,
                &parts->signature, &again);
    if (again.broken == RD_E_MEMORY)
        return rd_err_memory(reterr);
    if (again.broken != RD_OK || again.length != length ||
        memcmp(again.data, envelope, length) != 0)
        return dsse_malformed("it is not spelt as redrill spells it", reterr);
    return RD_OK;
}

static int dsse_verify(const struct dsse_parts *parts, const struct rd_key *key,
                       struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf encoded = RD_BUF_INIT(RD_DSSE_MAX);
    char key_id[RD_KEYID_TEXT];

    int code = rd_key_id(key, key_id, reterr);
    if (code != RD_OK)
        return code;
    if (strcmp(key_id, parts->key_id) != 0) {
        code = rd_err_set(reterr, RD_E_TRUST, "it names another key than '%s'", key_id);
        rd_err_hint(reterr, "Give the public key of the signer whom you trust, from where the "
                            "signer published it: a key that came with the report proves nothing.");
        return code;
    }
    rd_dsse_encode(RD_DSSE_PAYLOAD_TYPE, rd_buf_text(&parts->payload), parts->payload.length,
                   &encoded);
    code = rd_buf_status(&encoded, "what was signed", reterr);
    if (code == RD_OK)
        code = rd_key_verify(key, encoded.data, encoded.length, rd_buf_text(&parts->signature),
                             parts->signature.length, reterr);
    if (code == RD_E_TRUST)
        rd_err_hint(reterr, "Fetch the report again from where the drill wrote it; if it still "
                            "does not verify, somebody changed it and it proves nothing.");
    return code;
}

int rd_dsse_open(const char *envelope, size_t length, const struct rd_key *key,
                 struct rd_buf *ret_payload, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    RD_CLEANUP(dsse_parts_free)
    struct dsse_parts parts = {
        .payload = RD_BUF_INIT(RD_DSSE_MAX),
        .signature = RD_BUF_INIT(DSSE_SIGNATURE_MAX),
    };

    if (length > RD_DSSE_MAX)
        return rd_err_set(reterr, RD_E_LIMIT, "a signed report is larger than %d bytes",
                          RD_DSSE_MAX);
    int code = rd_json_parse(envelope, length, 0, &json, NULL);
    if (code == RD_E_MEMORY)
        return rd_err_memory(reterr);
    code = code != RD_OK ? dsse_malformed("it is not JSON", reterr)
                         : dsse_take_apart(json, &parts, reterr);
    if (code == RD_OK)
        code = dsse_compare(envelope, length, &parts, reterr);
    if (code == RD_OK && key != NULL)
        code = dsse_verify(&parts, key, reterr);
    if (code != RD_OK)
        return code;
    rd_buf_add(ret_payload, rd_buf_text(&parts.payload), parts.payload.length);
    return rd_buf_status(ret_payload, "the signed statement", reterr);
}
