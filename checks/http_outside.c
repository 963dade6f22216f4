/*
 * http_outside.c: an application that runs on restored data must not send mail, messages or
 * invoices because of it. What it is connected to is looked up after each request. That is a
 * sample: it proves harm and never its absence, and the record says so.
 */
#include <string.h>
#include <unistd.h>

#include "checks/http_parts.h"
#include "drills/common/procfs.h"

enum {
    OUTSIDE_PROCESSES = 1024,
    OUTSIDE_TEXT_MAX = 256 * 1024,
    OUTSIDE_LINES_MAX = 16 * 1024,
};

static bool outside_is_loopback(const char *address)
{
    if (strncmp(address, "udp ", 4) == 0)
        address += 4;
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0 ||
           strncmp(address, "[::ffff:127.", 12) == 0;
}

/* Adds an address that is not yet there; ", " stands between them. */
static void outside_add(struct rd_buf *outside, const char *address, size_t length)
{
    for (const char *at = rd_buf_text(outside); *at != '\0';) {
        size_t there = strcspn(at, ",");
        if (there == length && memcmp(at, address, length) == 0)
            return;
        at += there + strspn(at + there, ", ");
    }
    if (outside->length + length + 2 > outside->max)
        return; /* the verdict is clear by then */
    if (outside->length > 0)
        rd_buf_puts(outside, ", ");
    rd_buf_add(outside, address, length);
}

static void outside_read_line(struct rd_check_http_job *http, const char *line, size_t length)
{
    static const char connected[] = "is connected to ";
    static const char listens[] = "listens on ";
    const char *address;

    if (length > strlen(connected) && strncmp(line, connected, strlen(connected)) == 0) {
        address = line + strlen(connected);
        if (!outside_is_loopback(address))
            outside_add(&http->outside, address, length - strlen(connected));
    } else if (length > strlen(listens) && strncmp(line, listens, strlen(listens)) == 0) {
        address = line + strlen(listens);
        if (!outside_is_loopback(address) && (*address == '[' || strchr("0123456789", *address)))
            http->listens_outside = true;
    }
}

void rd_check_http_note_sockets(struct rd_check_http_job *http, const char *sockets)
{
    if (http->outside.max == 0)
        http->outside = (struct rd_buf)RD_BUF_INIT(OUTSIDE_LINES_MAX);
    for (const char *line = sockets; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        outside_read_line(http, line, length);
        line += length + (line[length] == '\n');
    }
}

/* The application's processes: of those that the drill has started, the server's included, the ones
 * of its group. */
static int outside_find(const struct rd_check_http_job *http, struct rd_procfs_found *found,
                        size_t room, size_t *ret_count, struct rd_err *reterr)
{
    const struct rd_drill *drill = http->run->drill;
    size_t count = 0;
    size_t own = 0;
    int result = rd_procfs_find(NULL, drill->id, found, room, &count, reterr);

    for (size_t i = 0; result == RD_OK && i < count && i < room; i++) {
        if (getpgid(found[i].pid) == http->group)
            found[own++] = found[i];
    }
    *ret_count = own;
    return result;
}

void rd_check_http_look_outside(struct rd_check_http_job *http)
{
    struct rd_procfs_found found[OUTSIDE_PROCESSES];
    RD_CLEANUP(rd_buf_free) struct rd_buf sockets = RD_BUF_INIT(OUTSIDE_TEXT_MAX);
    size_t count = 0;

    if (http->group == 0 || http->blind.code != RD_OK ||
        outside_find(http, found, RD_COUNT(found), &count, &http->blind) != RD_OK ||
        rd_procfs_sockets(found, count, &sockets, &http->blind) != RD_OK)
        return;
    rd_check_http_note_sockets(http, rd_buf_text(&sockets));
}

void rd_check_http_judge_outside(const struct rd_check_http_job *http)
{
    const struct rd_check_run *run = http->run;
    struct rd_recorder *recorder = run->drill->recorder;
    static const char subject[] = "application stays inside";
    struct rd_finding *finding;

    if (http->listens_outside)
        rd_record_limit(recorder, "While it was asked, the application could be reached from other "
                                  "machines: it listened on more than the loopback address.");
    rd_record_limit(recorder, "The application ran on restored data with this machine's network; "
                              "its connections were looked at after each request, not prevented.");
    if (http->settings->app->outside) {
        rd_find(recorder, run->group, RD_SKIP, subject,
                "the plan allows the application to connect to other machines");
    } else if (http->blind.code != RD_OK && http->outside.length == 0) {
        rd_find(recorder, run->group, RD_SKIP, subject,
                "the application's connections cannot be looked at: %s", http->blind.message);
    } else if (http->outside.length == 0) {
        rd_find(recorder, run->group, RD_PASS, subject,
                "no connection of the application to another machine was seen");
    } else if (!run->instance->ours) {
        finding = rd_find(recorder, run->group, RD_SKIP, subject,
                          "the application connected to other machines, and the server may be one");
        finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&http->outside));
    } else {
        finding = rd_find(recorder, run->group, RD_FAIL, subject,
                          "the application connected to other machines");
        finding->expected = "connections to this machine only";
        finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&http->outside));
        finding->hint = "Turn off mail, queues and webhooks in the application's environment; set "
                        "'outside' to true if the connection is meant.";
    }
}
