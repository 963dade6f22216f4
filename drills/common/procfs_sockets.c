/*
 * procfs_sockets.c: rd_procfs_sockets of procfs.h. A process's descriptors tell the inodes of its
 * sockets; the tables in /proc/PID/net tell what these are. Formats: proc(5).
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/procfs.h"
#include "drills/common/procfs_read.h"

enum {
    SOCKETS_MAX = 64 * 1024,              /* of all processes together */
    SOCKETS_TABLE_MAX = 32 * 1024 * 1024, /* bytes of one table */
    SOCKETS_LISTEN = 0x0A,                /* TCP_LISTEN of the kernel */
    SOCKETS_ACCEPTS = 0x10000,            /* __SO_ACCEPTCON: a unix socket that listens */
    SOCKETS_HEX = 32,                     /* digits of an IPv6 address */
};

/* The sockets that are looked for: inodes, sorted. */
struct sockets_wanted {
    struct rd_buf inodes; /* of uint64_t */
};

/* One line of a table of internet sockets. */
struct sockets_line {
    char local[SOCKETS_HEX + 1], remote[SOCKETS_HEX + 1];
    unsigned local_port, remote_port, state;
    unsigned long long inode;
};

typedef void sockets_reader(const struct sockets_wanted *wanted, const char *line,
                            struct rd_buf *out);

static void sockets_free(struct sockets_wanted *wanted)
{
    rd_buf_free(&wanted->inodes);
}

static size_t sockets_count(const struct sockets_wanted *wanted)
{
    return wanted->inodes.length / sizeof(uint64_t);
}

static int sockets_compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

static bool sockets_has(const struct sockets_wanted *wanted, uint64_t inode)
{
    return sockets_count(wanted) > 0 && bsearch(&inode, wanted->inodes.data, sockets_count(wanted),
                                                sizeof(inode), sockets_compare) != NULL;
}

static int sockets_take(void *context, const char *target, struct rd_err *reterr)
{
    struct sockets_wanted *wanted = context;
    unsigned long long inode = 0;

    if (sscanf(target, "socket:[%llu]", &inode) != 1)
        return RD_OK;
    uint64_t value = inode;
    rd_buf_add(&wanted->inodes, &value, sizeof(value));
    return rd_buf_status(&wanted->inodes, "list of sockets", reterr);
}

/* Writes "192.0.2.1:443" or "[2001:db8::1]:443". The kernel prints words of 32 bits in the
 * machine's order. */
static void sockets_address(const char *hex, unsigned port, struct rd_buf *out)
{
    uint32_t words[4] = {0};
    char text[INET6_ADDRSTRLEN] = "?";
    bool six = strlen(hex) == SOCKETS_HEX;

    for (size_t i = 0; i < (six ? 4 : 1); i++)
        sscanf(hex + 8 * i, "%8x", &words[i]);
    inet_ntop(six ? AF_INET6 : AF_INET, words, text, sizeof(text));
    rd_buf_printf(out, six ? "[%s]:%u\n" : "%s:%u\n", text, port);
}

static bool sockets_parse(const struct sockets_wanted *wanted, const char *line,
                          struct sockets_line *ret_line)
{
    return sscanf(line, " %*d: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%x %x %*s %*s %*s %*d %*d %llu",
                  ret_line->local, &ret_line->local_port, ret_line->remote, &ret_line->remote_port,
                  &ret_line->state, &ret_line->inode) == 6 &&
           sockets_has(wanted, ret_line->inode);
}

static void sockets_tcp(const struct sockets_wanted *wanted, const char *text, struct rd_buf *out)
{
    struct sockets_line line;

    if (!sockets_parse(wanted, text, &line))
        return;
    if (line.state == SOCKETS_LISTEN) {
        rd_buf_puts(out, "listens on ");
        sockets_address(line.local, line.local_port, out);
    } else {
        rd_buf_puts(out, "is connected to ");
        sockets_address(line.remote, line.remote_port, out);
    }
}

/* A socket that is connected to itself reaches nobody: so PostgreSQL 13 and 14 collect their
 * statistics. */
static void sockets_udp(const struct sockets_wanted *wanted, const char *text, struct rd_buf *out)
{
    struct sockets_line line;

    if (!sockets_parse(wanted, text, &line))
        return;
    if (line.remote_port == 0) {
        rd_buf_puts(out, "listens on udp ");
        sockets_address(line.local, line.local_port, out);
    } else if (line.local_port != line.remote_port || strcmp(line.local, line.remote) != 0) {
        rd_buf_puts(out, "is connected to udp ");
        sockets_address(line.remote, line.remote_port, out);
    }
}

static void sockets_raw(const struct sockets_wanted *wanted, const char *text, struct rd_buf *out)
{
    struct sockets_line line;

    if (sockets_parse(wanted, text, &line))
        rd_buf_puts(out, "has a raw socket\n");
}

static void sockets_unix(const struct sockets_wanted *wanted, const char *text, struct rd_buf *out)
{
    unsigned flags = 0;
    unsigned long long inode = 0;
    int path = 0;

    /* Behind the inode one blank, then the path, unless the socket has none. */
    if (sscanf(text, "%*s %*x %*x %x %*x %*x %llu%n", &flags, &inode, &path) == 2 &&
        (flags & SOCKETS_ACCEPTS) != 0 && sockets_has(wanted, inode))
        rd_buf_printf(out, "listens on unix %s\n", text + path + (text[path] == ' '));
}

static const struct {
    const char *name;
    sockets_reader *read;
} sockets_tables[] = {
    {"net/tcp", sockets_tcp},  {"net/tcp6", sockets_tcp},    {"net/udp", sockets_udp},
    {"net/udp6", sockets_udp}, {"net/udplite", sockets_udp}, {"net/udplite6", sockets_udp},
    {"net/raw", sockets_raw},  {"net/raw6", sockets_raw},    {"net/unix", sockets_unix},
};

/* One network namespace, as the process sees it; RD_E_NOT_FOUND when the process has gone. Tables
 * of protocols that the kernel does not have are not there. */
static int sockets_read_tables(pid_t pid, const struct sockets_wanted *wanted, struct rd_buf *out,
                               struct rd_err *reterr)
{
    for (size_t i = 0; i < RD_COUNT(sockets_tables); i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf table = RD_BUF_INIT(SOCKETS_TABLE_MAX);
        struct rd_err err = RD_ERR_INIT;
        struct rd_procfs_stat still;

        int code = rd_procfs_read(pid, sockets_tables[i].name, &table, &err);
        if (code == RD_E_NOT_FOUND && rd_procfs_stat(pid, &still, NULL) == RD_OK)
            continue;
        if (code == RD_OK && table.length == table.max)
            code = rd_err_set(&err, RD_E_LIMIT, "this machine has too many sockets to look at");
        if (code != RD_OK)
            return rd_procfs_pass(&err, reterr);
        char *rest = table.data;
        for (char *line; rest != NULL && (line = strsep(&rest, "\n")) != NULL;)
            sockets_tables[i].read(wanted, line, out);
    }
    return RD_OK;
}

/* The sockets of those processes that still run. */
static int sockets_collect(const struct rd_procfs_found *found, size_t count,
                           struct sockets_wanted *wanted, struct rd_err *reterr)
{
    for (size_t i = 0; i < count; i++) {
        struct rd_err err = RD_ERR_INIT;
        int code = rd_procfs_each_link(found[i].pid, "fd", sockets_take, wanted, &err);
        if (code != RD_OK && code != RD_E_NOT_FOUND)
            return rd_procfs_pass(&err, reterr);
    }
    if (sockets_count(wanted) > 0)
        qsort(wanted->inodes.data, sockets_count(wanted), sizeof(uint64_t), sockets_compare);
    return RD_OK;
}

/* What the process's network has to say, unless an earlier process has shown that network. */
static int sockets_look(pid_t pid, const struct sockets_wanted *wanted, struct rd_buf *networks,
                        struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf network = RD_BUF_INIT(256);

    int code = rd_procfs_link(pid, "ns/net", &network, reterr);
    if (code != RD_OK || strstr(rd_buf_text(networks), rd_buf_text(&network)) != NULL)
        return code;
    code = sockets_read_tables(pid, wanted, out, reterr);
    if (code == RD_OK)
        rd_buf_puts(networks, rd_buf_text(&network));
    return code;
}

int rd_procfs_sockets(const struct rd_procfs_found *found, size_t count, struct rd_buf *out,
                      struct rd_err *reterr)
{
    RD_CLEANUP(sockets_free)
    struct sockets_wanted wanted = {RD_BUF_INIT(SOCKETS_MAX * sizeof(uint64_t))};
    RD_CLEANUP(rd_buf_free) struct rd_buf networks = RD_BUF_INIT(SOCKETS_TABLE_MAX);

    int code = sockets_collect(found, count, &wanted, reterr);
    if (code != RD_OK)
        return code;
    for (size_t i = 0; i < count && sockets_count(&wanted) > 0; i++) {
        struct rd_err err = RD_ERR_INIT;

        code = sockets_look(found[i].pid, &wanted, &networks, out, &err);
        if (code != RD_OK && code != RD_E_NOT_FOUND)
            return rd_procfs_pass(&err, reterr);
    }
    return rd_buf_status(out, "list of sockets", reterr);
}
