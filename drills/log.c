/*
 * log.c: see log.h. Plain lines, or one JSON object a line; both are cleaned, so that a hostile
 * name can neither play with a terminal nor give orders to the CI runner that reads along.
 */
#include "drills/log.h"

#include <string.h>

#include "drills/common/clock.h"
#include "drills/common/json.h"
#include "drills/common/text.h"
#include "drills/common/times.h"

enum { LOG_TEXT_MAX = 16 * 1024 };

static bool log_quiet;
static bool log_json;

void rd_log_setup(bool quiet, bool json)
{
    log_quiet = quiet;
    log_json = json;
}

/*
 * Appends `text`, clean. CI runners take "##[" and "##vso[" anywhere in a line, and "::" at its
 * start behind blanks of every script, for commands: one of the two characters is written as its
 * code. With `indent` every line but the first begins with it; without, line breaks become "\n".
 */
static void log_clean(struct rd_buf *out, const char *text, const char *indent)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(LOG_TEXT_MAX);
    bool start = false; /* of a line, but for blanks */

    rd_text_clean(&clean, text, strlen(text));
    for (const char *at = rd_buf_text(&clean); *at != '\0'; at++) {
        bool pair = at[1] == at[0] && (at[0] == '#' || (at[0] == ':' && start));
        if (*at == '\n') {
            rd_buf_printf(out, "%s%s", indent != NULL ? "\n" : "\\n", indent != NULL ? indent : "");
            start = indent != NULL;
            continue;
        }
        if (pair)
            rd_buf_printf(out, "\\x%02x", (unsigned)*at);
        else
            rd_buf_add(out, at, 1);
        start = start && ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x80);
    }
}

/* The text of a JSON line's member. */
static struct rd_json *log_json_text(const char *text)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(LOG_TEXT_MAX);

    log_clean(&clean, text, "");
    return rd_json_new_text(rd_buf_text(&clean));
}

/* One line as a JSON object. False when memory is gone. */
static bool log_line_json(const char *level, const char *message, const char *detail,
                          const char *hint, struct rd_buf *out)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *line = rd_json_new_object();
    char at[RD_TIME_TEXT];

    if (rd_json_put(line, "at", rd_json_new_text(rd_time_format(rd_clock_utc_us(), at))) != RD_OK ||
        rd_json_put(line, "level", rd_json_new_text(level)) != RD_OK ||
        rd_json_put(line, "message", log_json_text(message)) != RD_OK)
        return false;
    if (detail[0] != '\0' && rd_json_put(line, "detail", log_json_text(detail)) != RD_OK)
        return false;
    if (hint[0] != '\0' && rd_json_put(line, "hint", log_json_text(hint)) != RD_OK)
        return false;
    return rd_json_print(line, false, out, NULL) == RD_OK;
}

static void log_tell(const char *level, const char *message, const char *detail, const char *hint)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(4 * LOG_TEXT_MAX);

    if (log_json && log_line_json(level, message, detail, hint, &line)) {
        fprintf(stderr, "%s\n", rd_buf_text(&line));
        return;
    }
    rd_buf_clear(&line);
    rd_buf_printf(&line, "redrill: %s%s", level, level[0] != '\0' ? ": " : "");
    log_clean(&line, message, NULL);
    if (detail[0] != '\0') {
        rd_buf_puts(&line, "\n  detail: ");
        log_clean(&line, detail, "    ");
    }
    if (hint[0] != '\0') {
        rd_buf_puts(&line, "\n  hint: ");
        log_clean(&line, hint, NULL);
    }
    fprintf(stderr, "%s\n", rd_buf_text(&line));
}

static void log_tell_args(const char *level, const char *format, va_list args)
{
    char message[2048];

    vsnprintf(message, sizeof(message), format, args);
    log_tell(level, message, "", "");
}

void rd_log_progress(const char *format, ...)
{
    va_list args;

    if (log_quiet)
        return;
    va_start(args, format);
    log_tell_args(log_json ? "progress" : "", format, args);
    va_end(args);
}

void rd_log_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_tell_args("warning", format, args);
    va_end(args);
}

void rd_log_fault(const char *path, const char *message)
{
    char text[2048];

    snprintf(text, sizeof(text), "%s: %s", path, message);
    log_tell("error", text, "", "");
}

void rd_log_error(const struct rd_err *err)
{
    log_tell("error", err->message, err->detail, err->hint);
}
