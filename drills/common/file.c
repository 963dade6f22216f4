/*
 * file.c: reading, writing and naming files; see file.h. Removing has file_remove.c.
 */
#include "drills/common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void file_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

int rd_file_read(const char *path, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(file_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char piece[16 * 1024];
    ssize_t got = 0;

    if (fd < 0)
        return rd_err_errno(reterr, errno, "cannot open '%s'", path);
    do {
        got = read(fd, piece, sizeof(piece));
        if (got > 0)
            rd_buf_add(out, piece, (size_t)got);
    } while ((got > 0 && out->broken == RD_OK) || (got < 0 && errno == EINTR));

    int number = errno;
    explicit_bzero(piece, sizeof(piece)); /* it may have been a secret */
    if (got < 0)
        return rd_err_errno(reterr, number, "cannot read '%s'", path);
    if (out->broken == RD_E_LIMIT)
        return rd_err_set(reterr, RD_E_LIMIT, "'%s' is larger than %zu bytes", path, out->max);
    return rd_buf_status(out, path, reterr);
}

/* Writes everything, makes it last, and closes `fd` in any case. */
static int file_fill(int fd, const char *path, const char *data, size_t length, mode_t mode,
                     struct rd_err *reterr)
{
    RD_CLEANUP(file_closep) int owned = fd;

    if (fchmod(fd, mode) != 0)
        return rd_err_errno(reterr, errno, "cannot set the mode of '%s'", path);
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR)
            return rd_err_errno(reterr, errno, "cannot write '%s'", path);
        data += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    if (fsync(fd) != 0)
        return rd_err_errno(reterr, errno, "cannot write '%s' to disk", path);
    owned = -1;
    if (close(fd) != 0)
        return rd_err_errno(reterr, errno, "cannot write '%s'", path);
    return RD_OK;
}

/* Gives the temporary its name. */
static int file_place(const char *temporary, const char *path, bool replace, struct rd_err *reterr)
{
    int rc = replace ? rename(temporary, path) : link(temporary, path);

    if (rc == 0)
        return RD_OK;
    if (errno == EEXIST)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' exists already", path);
    return rd_err_errno(reterr, errno, "cannot create '%s'", path);
}

/* Makes a new name in the folder last. */
static int file_sync_folder(const char *folder, struct rd_err *reterr)
{
    RD_CLEANUP(file_closep) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    /* Some file systems have nothing to do here and say EINVAL. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        return rd_err_errno(reterr, errno, "cannot write the folder '%s' to disk", folder);
    return RD_OK;
}

static int file_write(const char *path, const void *data, size_t length, mode_t mode, bool replace,
                      struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf temporary = RD_BUF_INIT(2 * PATH_MAX);
    const char *name = rd_file_name(path);
    size_t folder = (size_t)(name - path); /* the bytes before the name, with the slash */

    rd_buf_add(&temporary, path, folder);
    rd_buf_printf(&temporary, ".%s.XXXXXX", name);
    int rc = rd_buf_status(&temporary, "a path", reterr);
    if (rc != RD_OK)
        return rc;
    int fd = mkostemp(temporary.data, O_CLOEXEC);
    if (fd < 0)
        return rd_err_errno(reterr, errno, "cannot create '%s'", path);

    rc = file_fill(fd, path, data, length, mode, reterr);
    if (rc == RD_OK)
        rc = file_place(temporary.data, path, replace, reterr);
    if (rc != RD_OK || !replace)
        unlink(temporary.data);
    if (rc != RD_OK)
        return rc;
    temporary.data[folder] = '\0';
    return file_sync_folder(folder > 0 ? temporary.data : ".", reterr);
}

int rd_file_write(const char *path, const void *data, size_t length, mode_t mode,
                  struct rd_err *reterr)
{
    return file_write(path, data, length, mode, true, reterr);
}

int rd_file_create(const char *path, const void *data, size_t length, mode_t mode,
                   struct rd_err *reterr)
{
    return file_write(path, data, length, mode, false, reterr);
}

/* One folder whose parents are there. The mode is set for itself, whatever the umask. */
static int file_make_one(const char *path, mode_t mode, struct rd_err *reterr)
{
    if (mkdir(path, mode) != 0)
        return errno == EEXIST ? RD_OK
                               : rd_err_errno(reterr, errno, "cannot create the folder '%s'", path);
    if (chmod(path, mode) != 0)
        return rd_err_errno(reterr, errno, "cannot set the mode of '%s'", path);
    return RD_OK;
}

int rd_file_make_folder(const char *path, mode_t mode, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf copy = RD_BUF_INIT(PATH_MAX);
    struct stat status;

    rd_buf_puts(&copy, path);
    int rc = rd_buf_status(&copy, "a path", reterr);
    if (rc != RD_OK)
        return rc;
    for (char *slash = strchr(copy.data + strspn(copy.data, "/"), '/');
         rc == RD_OK && slash != NULL; slash = strchr(slash + strspn(slash, "/"), '/')) {
        *slash = '\0';
        rc = file_make_one(copy.data, mode, reterr);
        *slash = '/';
    }
    if (rc == RD_OK)
        rc = file_make_one(copy.data, mode, reterr);
    if (rc == RD_OK && (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)))
        rc = rd_err_set(reterr, RD_E_SYSTEM, "'%s' exists and is no folder", path);
    return rc;
}

bool rd_file_exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

const char *rd_file_resolve(struct rd_arena *arena, const char *folder, const char *path)
{
    if (path[0] == '/')
        return rd_arena_strdup(arena, path);
    return rd_arena_printf(arena, "%s/%s", folder, path);
}

const char *rd_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}
