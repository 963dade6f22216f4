/*
 * procfs_read.c: see procfs_read.h.
 */
#include "drills/common/procfs_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_PATH = 64, READ_PIECE = 4096 };

struct read_path {
    char text[READ_PATH];
};

static void read_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void read_close_folder(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

static struct read_path read_path(pid_t pid, const char *name)
{
    struct read_path path;

    snprintf(path.text, sizeof(path.text), "/proc/%d/%s", (int)pid, name);
    return path;
}

static int read_failed(pid_t pid, const char *name, int number, struct rd_err *reterr)
{
    if (number == ENOENT || number == ESRCH)
        return rd_err_set(reterr, RD_E_NOT_FOUND, "process %d is gone", (int)pid);
    if (number != EACCES && number != EPERM)
        return rd_err_errno(reterr, number, "cannot read '%s' of process %d", name, (int)pid);
    int code = rd_err_set(reterr, RD_E_AUTH, "process %d may not be looked at", (int)pid);
    rd_err_detail(reterr, "%s: %s", name, strerror(number));
    return code;
}

/*
 * Takes on the eyes of the process's owner after a refusal: the identity that counts for files, and
 * for /proc, of this thread alone. False when that cannot help. The kernel allows it to root only.
 */
static bool read_as_owner(pid_t pid, int refused)
{
    struct stat info;
    struct read_path path = read_path(pid, "");

    if ((refused != EACCES && refused != EPERM) || geteuid() != 0 || stat(path.text, &info) != 0 ||
        info.st_uid == 0)
        return false;
    setfsgid(info.st_gid);
    setfsuid(info.st_uid);
    return true;
}

static void read_as_oneself(void)
{
    setfsuid(geteuid());
    setfsgid(getegid());
}

int rd_procfs_link(pid_t pid, const char *name, struct rd_buf *out, struct rd_err *reterr)
{
    char target[PATH_MAX];
    struct read_path path = read_path(pid, name);

    ssize_t length = readlink(path.text, target, sizeof(target));
    if (length < 0 && read_as_owner(pid, errno)) {
        length = readlink(path.text, target, sizeof(target));
        int number = errno;
        read_as_oneself();
        errno = number;
    }
    if (length < 0)
        return read_failed(pid, name, errno, reterr);
    rd_buf_add(out, target, (size_t)length);
    return rd_buf_status(out, "link of a process", reterr);
}

/* The kernel asks who reads when the file is opened, and not again. */
static int read_open(pid_t pid, const char *name, int flags)
{
    struct read_path path = read_path(pid, name);

    int fd = open(path.text, O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0 && read_as_owner(pid, errno)) {
        fd = open(path.text, O_RDONLY | O_CLOEXEC | flags);
        int number = errno;
        read_as_oneself();
        errno = number;
    }
    return fd;
}

int rd_procfs_read(pid_t pid, const char *name, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(read_closep) int fd = read_open(pid, name, 0);
    char piece[READ_PIECE];
    ssize_t length;

    if (fd < 0)
        return read_failed(pid, name, errno, reterr);
    while ((length = read(fd, piece, sizeof(piece))) > 0) {
        size_t room = out->max - out->length;
        rd_buf_add(out, piece, (size_t)length < room ? (size_t)length : room);
        if ((size_t)length >= room)
            break;
    }
    if (length < 0)
        return read_failed(pid, name, errno, reterr);
    return rd_buf_status(out, "file of a process", reterr);
}

int rd_procfs_stat(pid_t pid, struct rd_procfs_stat *ret_stat, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(READ_PIECE);
    struct rd_procfs_stat found;
    long long started = 0;

    int code = rd_procfs_read(pid, "stat", &text, reterr);
    if (code != RD_OK)
        return code;

    /* The name, in parentheses, may hold anything. Fields as in proc(5): state is the third,
     * tty_nr the seventh, starttime the 22nd. */
    const char *after = strrchr(rd_buf_text(&text), ')');
    if (after == NULL ||
        sscanf(after + 1,
               " %c %*d %*d %*d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %lld",
               &found.state, &found.terminal, &started) != 3)
        return rd_err_set(reterr, RD_E_FORMAT, "the state of process %d cannot be read", (int)pid);
    found.started = started;
    *ret_stat = found;
    return RD_OK;
}

int rd_procfs_each_link(pid_t pid, const char *name,
                        int (*tell)(void *context, const char *target, struct rd_err *reterr),
                        void *context, struct rd_err *reterr)
{
    int fd = read_open(pid, name, O_DIRECTORY);
    RD_CLEANUP(read_close_folder) DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf target = RD_BUF_INIT(PATH_MAX);
    const struct dirent *entry;

    if (folder == NULL) {
        int number = errno;
        read_closep(&fd);
        return read_failed(pid, name, number, reterr);
    }
    while ((errno = 0, entry = readdir(folder)) != NULL) {
        char link[READ_PATH];
        struct rd_err err = RD_ERR_INIT;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(link, sizeof(link), "%s/%.20s", name, entry->d_name);
        rd_buf_clear(&target);
        int code = rd_procfs_link(pid, link, &target, &err);
        if (code == RD_E_NOT_FOUND) /* closed meanwhile */
            continue;
        if (code == RD_OK)
            code = tell(context, rd_buf_text(&target), &err);
        if (code != RD_OK)
            return rd_procfs_pass(&err, reterr);
    }
    return errno == 0 ? RD_OK : read_failed(pid, name, errno, reterr);
}

int rd_procfs_pass(const struct rd_err *err, struct rd_err *reterr)
{
    if (reterr != NULL && reterr->code == RD_OK)
        *reterr = *err;
    return err->code;
}
