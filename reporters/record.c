/*
 * record.c: the record itself as JSON, for programs. Its JSON Schema is what `redrill schema
 * --record` prints.
 */
#include "reporters/reporters.h"

static int record_render(const struct rd_record *record, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    int code = rd_record_to_json(record, &json, reterr);

    if (code != RD_OK)
        return code;
    return rd_json_print(json, true, out, reterr);
}

const struct rd_reporter rd_reporter_record = {
    .name = "record",
    .summary = "everything that the drill learned, as JSON",
    .file = "record.json",
    .render = record_render,
};
