/*
 * file_remove.c: removes a tree that a stranger may have filled: a restored server and the
 * application on it wrote there. Everything is reached from its folder's descriptor, links are
 * never followed, and nothing that is mounted inside is touched. statx(2) is Linux.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/file.h"

struct remove_tree {
    const char *path; /* of the whole tree, for messages */
    uint32_t device_major, device_minor;
    struct rd_err *reterr;
    int rc; /* the first error */
};

static void remove_closedir(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

static void remove_failed(struct remove_tree *tree, int number, const char *name)
{
    struct rd_err *reterr = tree->rc == RD_OK ? tree->reterr : NULL;
    int rc = rd_err_errno(reterr, number, "cannot remove '%s' in '%s'", name, tree->path);

    if (tree->rc == RD_OK)
        tree->rc = rc;
}

/* Whether another file system begins at `name`, or a part of this one that is mounted there. */
static int remove_is_mounted(const struct remove_tree *tree, int parent, const char *name,
                             bool *ret_mounted)
{
    struct statx status;

    if (statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &status) != 0)
        return -1;
    *ret_mounted = status.stx_dev_major != tree->device_major ||
                   status.stx_dev_minor != tree->device_minor ||
                   (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    return 0;
}

/* The folder's descriptor, with the permissions that emptying it needs; -1 and errno. */
static int remove_open(int parent, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    struct stat status;
    int fd = openat(parent, name, flags);

    if (fd < 0 && errno == EACCES) {
        if (fchmodat(parent, name, S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0)
            fd = openat(parent, name, flags);
        else
            errno = EACCES;
    }
    if (fd >= 0 && fstat(fd, &status) == 0 && (status.st_mode & S_IRWXU) != S_IRWXU)
        (void)!fchmod(fd, S_IRWXU); /* what it was needed for will tell */
    return fd;
}

static void remove_folder(struct remove_tree *tree, int parent, const char *name);

static void remove_entry(struct remove_tree *tree, int parent, const char *name)
{
    bool mounted = false;

    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return;
    if (errno != EISDIR)
        remove_failed(tree, errno, name);
    else if (remove_is_mounted(tree, parent, name, &mounted) != 0)
        remove_failed(tree, errno, name);
    else if (mounted)
        remove_failed(tree, EXDEV, name);
    else
        remove_folder(tree, parent, name);
}

/* Empties the folder and removes it. */
static void remove_folder(struct remove_tree *tree, int parent, const char *name)
{
    int fd = remove_open(parent, name);
    RD_CLEANUP(remove_closedir) DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;

    if (folder == NULL) {
        remove_failed(tree, errno, name);
        if (fd >= 0)
            close(fd);
        return;
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_entry(tree, fd, entry->d_name);
    }
    if (errno != 0)
        remove_failed(tree, errno, name);
    if (unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        remove_failed(tree, errno, name);
}

int rd_file_remove_tree(const char *path, struct rd_err *reterr)
{
    struct remove_tree tree = {.path = path, .reterr = reterr};
    struct statx status;

    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0) {
        if (errno == ENOENT)
            return RD_OK;
        return rd_err_errno(reterr, errno, "cannot remove '%s'", path);
    }
    if (!S_ISDIR(status.stx_mode))
        return rd_err_set(reterr, RD_E_ARGUMENT, "cannot remove '%s': it is no folder", path);
    tree.device_major = status.stx_dev_major;
    tree.device_minor = status.stx_dev_minor;
    remove_folder(&tree, AT_FDCWD, path);
    return tree.rc;
}
