/*
 * lease_note.c: the note on disk: STATE/leases/ID.json, locked as long as its redrill lives.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/json.h"
#include "drills/common/lease_parts.h"
#include "drills/common/proc_watch.h"

#define NOTE_FORMAT "redrill.lease/1"

enum { NOTE_MAX = 64 * 1024 };

static int note_print(const struct rd_lease *lease, struct rd_buf *out, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = rd_json_new_object();

    if (json == NULL || rd_json_put(json, "format", rd_json_new_text(NOTE_FORMAT)) != RD_OK ||
        rd_json_put(json, "drill", rd_json_new_text(lease->drill_id)) != RD_OK ||
        rd_json_put(json, "plan", rd_json_new_text(lease->plan_name)) != RD_OK ||
        rd_json_put(json, "user", rd_json_new_text(lease->user)) != RD_OK ||
        rd_json_put(json, "uid", rd_json_new_integer((int64_t)lease->uid)) != RD_OK ||
        rd_json_put(json, "kept", rd_json_new_bool(lease->kept)) != RD_OK)
        return rd_err_memory(reterr);
    return rd_json_print(json, true, out, reterr);
}

static int note_sync_folder(const char *note, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf folder = RD_BUF_INIT(PATH_MAX);

    rd_buf_add(&folder, note, (size_t)(strrchr(note, '/') - note));
    int code = rd_buf_status(&folder, "path of a lease", reterr);
    if (code != RD_OK)
        return code;
    RD_CLEANUP(rd_proc_close) int fd = open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems have nothing to do here and say EINVAL. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        return rd_err_errno(reterr, errno, "cannot write '%s' to disk", folder.data);
    return RD_OK;
}

/* Fills the new file, and gives it the note's name only when it is whole and locked. */
static int note_fill(int fd, const char *temporary, const struct rd_buf *text, const char *note,
                     bool replace, struct rd_err *reterr)
{
    size_t done = 0;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return rd_err_errno(reterr, errno, "cannot lock the lease '%s'", note);
    while (done < text->length) {
        ssize_t written = write(fd, text->data + done, text->length - done);
        if (written < 0 && errno != EINTR)
            return rd_err_errno(reterr, errno, "cannot write the lease '%s'", note);
        done += written > 0 ? (size_t)written : 0;
    }
    if (fsync(fd) != 0)
        return rd_err_errno(reterr, errno, "cannot write the lease '%s' to disk", note);
    if ((replace ? rename(temporary, note) : link(temporary, note)) == 0)
        return RD_OK;
    if (errno == EEXIST)
        return rd_err_set(reterr, RD_E_ARGUMENT, "the lease '%s' exists already", note);
    return rd_err_errno(reterr, errno, "cannot create the lease '%s'", note);
}

int rd_lease_write_note(struct rd_lease *lease, bool replace, struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(NOTE_MAX);
    RD_CLEANUP(rd_buf_free) struct rd_buf temporary = RD_BUF_INIT(PATH_MAX);
    RD_CLEANUP(rd_proc_close) int fd = -1;

    int code = note_print(lease, &text, reterr);
    rd_buf_printf(&temporary, "%s.XXXXXX", lease->note);
    if (code == RD_OK)
        code = rd_buf_status(&temporary, "path of a lease", reterr);
    if (code != RD_OK)
        return code;

    fd = mkostemp(temporary.data, O_CLOEXEC);
    if (fd < 0)
        return rd_err_errno(reterr, errno, "cannot create the lease '%s'", lease->note);
    code = note_fill(fd, temporary.data, &text, lease->note, replace, reterr);
    if (code != RD_OK || !replace)
        unlink(temporary.data);
    if (code != RD_OK)
        return code;

    int before = lease->note_fd;
    lease->note_fd = fd;
    fd = before; /* closed on return */
    return note_sync_folder(lease->note, reterr);
}

static int note_take(struct rd_lease *lease, const struct rd_json *json, struct rd_err *reterr)
{
    const char *format = rd_json_text(rd_json_get(json, "format"));
    const char *drill = rd_json_text(rd_json_get(json, "drill"));
    const char *plan = rd_json_text(rd_json_get(json, "plan"));
    const char *user = rd_json_text(rd_json_get(json, "user"));
    const struct rd_json *kept = rd_json_get(json, "kept");
    int64_t uid = -1;

    if (format == NULL || strcmp(format, NOTE_FORMAT) != 0 || drill == NULL ||
        strcmp(drill, lease->drill_id) != 0 || plan == NULL || user == NULL || kept == NULL ||
        rd_json_type(kept) != RD_JSON_BOOL || !rd_json_integer(rd_json_get(json, "uid"), &uid) ||
        uid < 0 || uid > UINT32_MAX)
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' is not a lease of redrill", lease->note);
    lease->plan_name = rd_arena_strdup(lease->arena, plan);
    lease->user = rd_arena_strdup(lease->arena, user);
    lease->uid = (uid_t)uid;
    lease->kept = rd_json_is_true(kept);
    if (lease->plan_name != NULL && lease->user != NULL)
        return RD_OK;
    lease->plan_name = "";
    return rd_err_memory(reterr);
}

int rd_lease_read_note(struct rd_lease *lease, struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *json = NULL;
    char text[NOTE_MAX];
    struct stat info;

    if (fstat(lease->note_fd, &info) != 0 || !S_ISREG(info.st_mode))
        return rd_err_set(reterr, RD_E_FORMAT, "'%s' is not a file", lease->note);
    ssize_t length = pread(lease->note_fd, text, sizeof(text), 0);
    if (length < 0)
        return rd_err_errno(reterr, errno, "cannot read the lease '%s'", lease->note);
    int code = rd_json_parse(text, (size_t)length, 0, &json, NULL);
    if (code == RD_E_MEMORY)
        return rd_err_memory(reterr);
    if (code == RD_OK)
        return note_take(lease, json, reterr);
    return rd_err_set(reterr, RD_E_FORMAT, "the lease '%s' is damaged", lease->note);
}

int rd_lease_drop_note(const struct rd_lease *lease, struct rd_err *reterr)
{
    if (unlink(lease->note) != 0 && errno != ENOENT)
        return rd_err_errno(reterr, errno, "cannot remove the lease '%s'", lease->note);
    return note_sync_folder(lease->note, reterr);
}
