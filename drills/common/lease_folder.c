/*
 * lease_folder.c: the work folder of a drill. As root it belongs to another user, whose programs
 * may have left anything in it: links and FIFOs are never followed or opened.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/common/lease_parts.h"
#include "drills/common/proc_watch.h"

enum { FOLDER_MARKER_MAX = 64 };

enum folder_state {
    FOLDER_ABSENT = 1,
    FOLDER_BEGUN, /* nothing in it yet but, perhaps, an unfinished marker */
    FOLDER_OURS,
    FOLDER_FOREIGN,
};

static int folder_write_marker(const struct rd_lease *lease, int folder_fd, struct rd_err *reterr)
{
    RD_CLEANUP(rd_proc_close)
    int fd = openat(folder_fd, RD_LEASE_MARKER, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(FOLDER_MARKER_MAX);

    rd_buf_printf(&text, "%s\n", lease->drill_id);
    int code = rd_buf_status(&text, "marker", reterr);
    if (code != RD_OK)
        return code;
    if (fd < 0 || write(fd, text.data, text.length) != (ssize_t)text.length || fsync(fd) != 0 ||
        (fsync(folder_fd) != 0 && errno != EINVAL))
        return rd_err_errno(reterr, errno, "cannot write the marker of '%s'", lease->work);
    return RD_OK;
}

int rd_lease_make_work(const struct rd_lease *lease, const struct rd_user *user,
                       struct rd_err *reterr)
{
    if (mkdir(lease->work, 0700) != 0)
        return rd_err_errno(reterr, errno, "cannot create the work folder '%s'", lease->work);
    RD_CLEANUP(rd_proc_close)
    int fd = open(lease->work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return rd_err_errno(reterr, errno, "cannot open the work folder '%s'", lease->work);

    /* The folder is given away last: until then nobody else can touch the marker. */
    int code = folder_write_marker(lease, fd, reterr);
    if (code != RD_OK)
        return code;
    if (user->change && fchown(fd, user->uid, user->gid) != 0)
        return rd_err_errno(reterr, errno, "cannot give '%s' to user '%s'", lease->work,
                            user->name);
    return RD_OK;
}

int rd_lease_read_file(const char *folder, const char *name, struct rd_buf *out,
                       struct rd_err *reterr)
{
    RD_CLEANUP(rd_proc_close)
    int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    RD_CLEANUP(rd_proc_close)
    int fd = folder_fd >= 0
                 ? openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                 : -1;
    char text[4096];
    struct stat info;

    if (fd < 0)
        return rd_err_errno(reterr, errno, "cannot open '%s' in '%s'", name, folder);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' in '%s' is not a file", name, folder);
    ssize_t length = read(fd, text, sizeof(text) < out->max ? sizeof(text) : out->max);
    if (length < 0)
        return rd_err_errno(reterr, errno, "cannot read '%s' in '%s'", name, folder);
    rd_buf_add(out, text, (size_t)length);
    return rd_buf_status(out, name, reterr);
}

static void folder_close(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

static int folder_is_empty(const struct rd_lease *lease, bool *ret_empty, struct rd_err *reterr)
{
    RD_CLEANUP(folder_close) DIR *folder = opendir(lease->work);
    const struct dirent *entry;

    if (folder == NULL)
        return rd_err_errno(reterr, errno, "cannot look into '%s'", lease->work);
    *ret_empty = true;
    while (*ret_empty && (entry = readdir(folder)) != NULL)
        *ret_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                     strcmp(entry->d_name, RD_LEASE_MARKER) == 0;
    return RD_OK;
}

/* A marker that was being written when redrill was killed is the beginning of a whole one. */
static int folder_judge_marker(const struct rd_lease *lease, const struct rd_buf *marker,
                               enum folder_state *ret_state, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf wanted = RD_BUF_INIT(FOLDER_MARKER_MAX);
    bool empty = false;

    rd_buf_printf(&wanted, "%s\n", lease->drill_id);
    int code = rd_buf_status(&wanted, "marker", reterr);
    if (code != RD_OK)
        return code;
    *ret_state = FOLDER_FOREIGN;
    if (marker->length > wanted.length ||
        memcmp(rd_buf_text(marker), wanted.data, marker->length) != 0)
        return RD_OK;
    if (marker->length == wanted.length) {
        *ret_state = FOLDER_OURS;
        return RD_OK;
    }
    code = folder_is_empty(lease, &empty, reterr);
    if (code == RD_OK && empty)
        *ret_state = FOLDER_BEGUN;
    return code;
}

static int folder_look(const struct rd_lease *lease, enum folder_state *ret_state,
                       struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf marker = RD_BUF_INIT(FOLDER_MARKER_MAX);
    struct rd_err err = RD_ERR_INIT;
    struct stat info;

    if (lstat(lease->work, &info) != 0) {
        *ret_state = FOLDER_ABSENT;
        return errno == ENOENT ? RD_OK
                               : rd_err_errno(reterr, errno, "cannot look at '%s'", lease->work);
    }
    int code = rd_lease_read_file(lease->work, RD_LEASE_MARKER, &marker, &err);
    if (code == RD_OK || code == RD_E_NOT_FOUND)
        return folder_judge_marker(lease, &marker, ret_state, reterr);
    *ret_state = FOLDER_FOREIGN; /* a link, a file, or a marker that is none */
    return RD_OK;
}

/* The state of a folder that may be removed. */
static int folder_check(const struct rd_lease *lease, enum folder_state *ret_state,
                        struct rd_err *reterr)
{
    int code = folder_look(lease, ret_state, reterr);

    if (code != RD_OK || *ret_state != FOLDER_FOREIGN)
        return code;
    code = rd_err_set(reterr, RD_E_TRUST, "'%s' does not carry this drill's marker", lease->work);
    rd_err_detail(reterr, "%s is missing or names another drill", RD_LEASE_MARKER);
    rd_err_hint(reterr,
                "Nothing was touched. Look what is in it, remove it by hand, and reap again.");
    return code;
}

int rd_lease_check_work(const struct rd_lease *lease, struct rd_err *reterr)
{
    enum folder_state state;

    return folder_check(lease, &state, reterr);
}

/*
 * Removing takes time and may be interrupted, and the marker may go first. So the folder gets
 * another name as long as it still has its marker; nobody else can make one of that name.
 */
static int folder_remove_ours(const struct rd_lease *lease, enum folder_state state,
                              struct rd_err *reterr)
{
    int code = rd_file_remove_tree(lease->leaving, reterr);

    if (code != RD_OK || state == FOLDER_ABSENT)
        return code;
    if (rename(lease->work, lease->leaving) != 0)
        return rd_err_errno(reterr, errno, "cannot rename '%s'", lease->work);
    return rd_file_remove_tree(lease->leaving, reterr);
}

/* Only what a folder that was just begun can hold. */
static int folder_remove_begun(const struct rd_lease *lease, struct rd_err *reterr)
{
    RD_CLEANUP(rd_proc_close)
    int fd = open(lease->work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || (unlinkat(fd, RD_LEASE_MARKER, 0) != 0 && errno != ENOENT) ||
        rmdir(lease->work) != 0)
        return rd_err_errno(reterr, errno, "cannot remove '%s'", lease->work);
    return RD_OK;
}

int rd_lease_remove_work(const struct rd_lease *lease, struct rd_buf *proof, struct rd_err *reterr)
{
    enum folder_state state;
    struct stat info;

    int code = folder_check(lease, &state, reterr);
    if (code == RD_OK)
        code = state == FOLDER_BEGUN ? folder_remove_begun(lease, reterr)
                                     : folder_remove_ours(lease, state, reterr);
    if (code != RD_OK)
        return code;
    if (lstat(lease->work, &info) == 0 || errno != ENOENT || lstat(lease->leaving, &info) == 0 ||
        errno != ENOENT)
        return rd_err_set(reterr, RD_E_SYSTEM, "'%s' is still there after it was removed",
                          lease->work);
    if (proof != NULL)
        rd_buf_printf(proof, "The work folder '%s' is not there any more.\n", lease->work);
    return RD_OK;
}
