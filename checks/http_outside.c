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
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0 ||
           strncmp(address, "[::ffff:127.", 12) == 0 || strncmp(address, "::1:", 4) == 0 ||
           strncmp(address, "::ffff:127.", 11) == 0;
}

/* Adds an address that is not yet there; one a line. */
static void outside_add(struct rd_buf *outside, const char *address, size_t length)
{
    for (const char *line = rd_buf_text(outside); *line != '\0';) {
        size_t there = strcspn(line, "\n");
        if (there == length && memcmp(line, address, length) == 0)
            return;
        line += there + (line[there] == '\n');
    }
    if (outside->length + length + 1 > outside->max)
        return; /* the verdict is clear by then */
    rd_buf_add(outside, address, length);
    rd_buf_puts(outside, "\n");
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
        if (!outside_is_loopback(address) && strncmp(address, "unix", 4) != 0)
            http->listens_outside = true;
    }
}

void rd_check_http_look_outside(struct rd_check_http_job *http)
{
    const struct rd_drill *drill = http->run->drill;
    struct rd_procfs_found found[OUTSIDE_PROCESSES];
    RD_CLEANUP(rd_buf_free) struct rd_buf sockets = RD_BUF_INIT(OUTSIDE_TEXT_MAX);
    size_t count = 0;
    size_t own = 0;

    if (http->group == 0 ||
        rd_procfs_find(drill->work, drill->id, found, RD_COUNT(found), &count, NULL) != RD_OK)
        return;
    /* The drill's processes are the server's too; the application's are those of its group. */
    for (size_t i = 0; i < count && i < RD_COUNT(found); i++) {
        if (getpgid(found[i].pid) == http->group)
            found[own++] = found[i];
    }
    if (rd_procfs_sockets(found, own, &sockets, NULL) != RD_OK)
        return;
    http->looked = true;
    if (http->outside.max == 0)
        http->outside = (struct rd_buf)RD_BUF_INIT(OUTSIDE_LINES_MAX);
    for (const char *line = rd_buf_text(&sockets); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        outside_read_line(http, line, length);
        line += length + (line[length] == '\n');
    }
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
    } else if (!http->looked) {
        rd_find(recorder, run->group, RD_SKIP, subject,
                "the application's connections cannot be looked at on this system");
    } else if (http->outside.length == 0) {
        rd_find(recorder, run->group, RD_PASS, subject,
                "no connection of the application to another machine was seen");
    } else {
        finding = rd_find(recorder, run->group, RD_FAIL, subject,
                          "the application connected to other machines");
        finding->expected = "connections to this machine only";
        finding->actual = rd_record_text(recorder, "%s", rd_buf_text(&http->outside));
        finding->hint = "Turn off mail, queues and webhooks in the application's environment; set "
                        "'outside' to true if the connection is meant.";
    }
}
