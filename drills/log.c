/*
 * log.c: see log.h. Plain lines, or one JSON object a line; both are cleaned, so that a hostile
 * name cannot play with a terminal.
 */
#include "drills/log.h"

#include <string.h>

#include "drills/common/clock.h"
#include "drills/common/json.h"
#include "drills/common/text.h"
#include "drills/common/times.h"

enum { LOG_LINE_MAX = 16 * 1024 };

static bool log_quiet;
static bool log_json;

void rd_log_setup(bool quiet, bool json)
{
    log_quiet = quiet;
    log_json = json;
}

/* One line as a JSON object. Told plainly when memory is gone. */
static bool log_line_json(const char *level, const char *message, const char *detail,
                          const char *hint, struct rd_buf *out)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *line = rd_json_new_object();
    char at[RD_TIME_TEXT];

    if (rd_json_put(line, "at", rd_json_new_text(rd_time_format(rd_clock_utc_us(), at))) != RD_OK ||
        rd_json_put(line, "level", rd_json_new_text(level)) != RD_OK ||
        rd_json_put(line, "message", rd_json_new_text(message)) != RD_OK)
        return false;
    if (detail[0] != '\0' && rd_json_put(line, "detail", rd_json_new_text(detail)) != RD_OK)
        return false;
    if (hint[0] != '\0' && rd_json_put(line, "hint", rd_json_new_text(hint)) != RD_OK)
        return false;
    return rd_json_print(line, false, out, NULL) == RD_OK;
}

static void log_tell(const char *level, const char *message, const char *detail, const char *hint)
{
    struct rd_buf clean[3] = {RD_BUF_INIT(LOG_LINE_MAX), RD_BUF_INIT(LOG_LINE_MAX),
                              RD_BUF_INIT(LOG_LINE_MAX)};
    struct rd_buf line = RD_BUF_INIT(4 * LOG_LINE_MAX);
    bool plain = strcmp(level, "progress") == 0;

    rd_text_clean(&clean[0], message, strlen(message));
    rd_text_clean(&clean[1], detail, strlen(detail));
    rd_text_clean(&clean[2], hint, strlen(hint));

    if (log_json && log_line_json(level, rd_buf_text(&clean[0]), rd_buf_text(&clean[1]),
                                  rd_buf_text(&clean[2]), &line)) {
        fprintf(stderr, "%s\n", rd_buf_text(&line));
    } else {
        fprintf(stderr, "redrill: %s%s%s\n", plain ? "" : level, plain ? "" : ": ",
                rd_buf_text(&clean[0]));
        if (clean[1].length > 0)
            fprintf(stderr, "  detail: %s\n", rd_buf_text(&clean[1]));
        if (clean[2].length > 0)
            fprintf(stderr, "  hint: %s\n", rd_buf_text(&clean[2]));
    }
    rd_buf_free(&line);
    for (size_t i = 0; i < RD_COUNT(clean); i++)
        rd_buf_free(&clean[i]);
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
    log_tell_args("progress", format, args);
    va_end(args);
}

void rd_log_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_tell_args("warning", format, args);
    va_end(args);
}

void rd_log_error(const struct rd_err *err)
{
    log_tell("error", err->message, err->detail, err->hint);
}
