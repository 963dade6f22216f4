/*
 * report_log.c: the copy of the server's log among the reports, without what could be data. The
 * restored database decides what sessions log, also by settings of its roles, so nothing is kept of
 * a line that is not known to come from the server itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/report.h"

enum {
    LOG_COPY_MAX = 8 * 1024 * 1024,
    LOG_HEAD_MAX = 160, /* as much of a line decides whether it is kept */
};

/* One log on its way. A line is judged once its head is there. */
struct log_copy {
    struct rd_buf out;
    char head[LOG_HEAD_MAX];
    size_t length; /* of the head */
    bool judged;
    bool keep; /* the line, and the further lines of its message */
};

/* Processes that run no SQL of anybody. */
static const char *const log_servers[] = {
    "postmaster",   "startup",
    "checkpointer", "background writer",
    "walwriter",    "autovacuum launcher",
    "archiver",     "logical replication launcher",
};

/* What is told of any process, and what of the server's own only. */
static const char *const log_of_all[] = {"FATAL", "PANIC"};
static const char *const log_of_server[] = {"LOG", "WARNING", "HINT"};

static bool log_word_in(const char *word, size_t length, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
            return true;
    }
    return false;
}

/* Whether a line that begins with `head` is kept whole; *ret_length is how much of it is kept in
 * any case. */
static bool log_judge(const char *head, size_t *ret_length)
{
    const char *process = strchr(head, '[');
    const char *backend = process != NULL ? strchr(process, ' ') : NULL;
    const char *end = backend != NULL ? strchr(backend, ']') : NULL;
    const char *state = end != NULL && end[1] == ' ' ? end + 2 : NULL;
    const char *severity = state != NULL ? strchr(state, ' ') : NULL;

    *ret_length = 0;
    if (severity == NULL || head[0] < '0' || head[0] > '9' || severity - state != 5)
        return strncmp(head, "postgres: ", 10) == 0;
    severity++;
    size_t length = strcspn(severity, ":");
    if (severity[length] != ':')
        return false;
    *ret_length = (size_t)(severity + length + 1 - head);
    if (log_word_in(severity, length, log_of_all, RD_COUNT(log_of_all)))
        return true;
    return log_word_in(backend + 1, (size_t)(end - backend - 1), log_servers,
                       RD_COUNT(log_servers)) &&
           log_word_in(severity, length, log_of_server, RD_COUNT(log_of_server));
}

/* Decides about the line whose head is there. Further lines of a message begin with a tab. */
static void log_settle(struct log_copy *copy)
{
    size_t kept = copy->length;

    copy->judged = true;
    copy->head[copy->length] = '\0';
    if (copy->head[0] != '\t') {
        copy->keep = log_judge(copy->head, &kept);
        if (!copy->keep) {
            rd_buf_add(&copy->out, copy->head, kept);
            rd_buf_puts(&copy->out, kept > 0 ? " " : "");
            rd_buf_puts(&copy->out, "(left out: it can quote data)\n");
        }
    }
    if (copy->keep)
        rd_buf_add(&copy->out, copy->head, copy->length);
}

static void log_take(struct log_copy *copy, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool end = data[i] == '\n';
        if (!copy->judged && !end)
            copy->head[copy->length++] = data[i];
        else if (copy->judged && copy->keep && !end)
            rd_buf_add(&copy->out, &data[i], 1);
        if (!copy->judged && (end || copy->length == LOG_HEAD_MAX - 1))
            log_settle(copy);
        if (!end)
            continue;
        if (copy->keep)
            rd_buf_puts(&copy->out, "\n");
        copy->length = 0;
        copy->judged = false;
    }
}

/* The folder belongs to the server's user: what lies there now may be something else. */
static int log_open(const char *path, int *ret_fd, struct rd_err *reterr)
{
    struct stat info;

    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return rd_err_errno(reterr, errno, "cannot read '%s'", path);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1) {
        close(fd);
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' is not the server's log any more", path);
    }
    *ret_fd = fd;
    return RD_OK;
}

int rd_report_write_log(const char *log_file, const char *folder, struct rd_err *reterr)
{
    struct log_copy copy = {.out = RD_BUF_INIT(LOG_COPY_MAX)};
    char piece[16 * 1024];
    ssize_t length = 0;
    int fd = -1;

    int code = log_open(log_file, &fd, reterr);
    if (code != RD_OK)
        return code;
    while (copy.out.broken == RD_OK && (length = read(fd, piece, sizeof(piece))) > 0)
        log_take(&copy, piece, (size_t)length);
    if (length < 0)
        code = rd_err_errno(reterr, errno, "cannot read '%s'", log_file);
    close(fd);
    if (copy.length > 0 && !copy.judged)
        log_settle(&copy); /* a last line without its end */

    if (copy.out.broken == RD_E_LIMIT)
        copy.out.broken = RD_OK; /* a longer log is cut */
    if (code == RD_OK)
        code = rd_buf_status(&copy.out, "the server's log", reterr);
    if (code == RD_OK)
        code = rd_report_write_file(folder, "server.log", &copy.out, reterr);
    rd_buf_free(&copy.out);
    return code;
}
