/*
 * shape_path.c: JSON paths in faults: "$.checks[2].max_age", and $["odd key"] for keys that are no
 * plain words.
 */
#include <string.h>

#include "drills/common/shape_types.h"

static bool path_is_plain(const char *key)
{
    static const char allowed[] = "0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return strcspn(key, "0123456789") > 0 && strspn(key, allowed) == strlen(key);
}

static void path_write_key(const char *key, struct rd_buf *out)
{
    if (path_is_plain(key)) {
        rd_buf_printf(out, ".%s", key);
        return;
    }
    RD_CLEANUP(rd_json_freep) struct rd_json *text = rd_json_new_text(key);
    rd_buf_puts(out, "[");
    if (text == NULL || rd_json_print(text, false, out, NULL) != RD_OK)
        rd_buf_puts(out, "?");
    rd_buf_puts(out, "]");
}

static void path_write(const struct rd_shape_place *place, struct rd_buf *out)
{
    if (place->up == NULL) {
        rd_buf_puts(out, place->key);
        return;
    }
    path_write(place->up, out);
    if (place->key != NULL)
        path_write_key(place->key, out);
    else
        rd_buf_printf(out, "[%zu]", place->index);
}

const char *rd_shape_path(const struct rd_shape_place *place, struct rd_faults *faults)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(SIZE_MAX / 2);

    if (faults->count >= RD_FAULTS_MAX)
        return "";
    path_write(place, &text);
    const char *path = rd_arena_strdup(faults->arena, rd_buf_text(&text));
    return path != NULL ? path : "";
}
