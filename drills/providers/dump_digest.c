/*
 * dump_digest.c: digests of a dump that is a folder. Its digest is that of the listing which
 * `LC_ALL=C sha256sum *` prints inside of it, so that anybody can compute it again. On the way each
 * file is judged, because pg_restore does not notice every one that is cut short.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/stream.h"
#include "drills/providers/dump_parts.h"

enum { DIGEST_FILES_MAX = 1000000 };

static int digest_is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int digest_order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int digest_list(const char *path, struct dirent ***ret_entries, int *ret_count,
                       struct rd_err *reterr)
{
    *ret_count = scandir(path, ret_entries, digest_is_file, digest_order);
    if (*ret_count < 0)
        return rd_err_errno(reterr, errno, "cannot read the folder '%s'", path);
    return RD_OK;
}

static void digest_free(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

int rd_dump_digest_stream(const struct rd_drill *drill, struct rd_stream *stream,
                          char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    bool more = true;

    while (more) {
        int code = rd_deadline_check(&drill->deadline, "reading the dump", reterr);
        if (code == RD_OK)
            code = rd_stream_skim(stream, &more, reterr);
        if (code != RD_OK)
            return code;
    }
    return rd_stream_digest(stream, ret_hex, reterr);
}

static bool digest_has_suffix(const char *name, const char *const *suffixes)
{
    size_t length = strlen(name);

    for (; *suffixes != NULL; suffixes++) {
        size_t suffix = strlen(*suffixes);
        if (length > suffix && strcmp(name + length - suffix, *suffixes) == 0)
            return true;
    }
    return false;
}

/* Only what pg_dump has compressed: a large object may be a broken archive of its own. */
static bool digest_is_packed(const char *name)
{
    static const char *const suffixes[] = {".gz", ".lz4", ".zst", NULL};

    return digest_has_suffix(name, suffixes);
}

/* "3014.dat", "3014.dat.gz": a table's rows. */
static bool digest_is_rows(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    return digits > 0 && strncmp(name + digits, ".dat", 4) == 0;
}

/* The last bytes of a file as they go by. */
struct digest_tail {
    char bytes[5];
    size_t length;
    int64_t total;
};

static void digest_tail_add(struct digest_tail *tail, const char *data, size_t length)
{
    tail->total += (int64_t)length;
    if (length > sizeof(tail->bytes)) {
        data += length - sizeof(tail->bytes);
        length = sizeof(tail->bytes);
    }
    size_t kept =
        tail->length + length <= sizeof(tail->bytes) ? tail->length : sizeof(tail->bytes) - length;
    memmove(tail->bytes, tail->bytes + tail->length - kept, kept);
    memcpy(tail->bytes + kept, data, length);
    tail->length = kept + length;
}

/* COPY's rows end with "\." and two empty lines, INSERTs with two empty lines; pg_restore takes
 * what is there for all of it. */
static bool digest_tail_is_end(const struct digest_tail *tail)
{
    const char *end = tail->bytes + tail->length;

    if (tail->length == 5 && memcmp(tail->bytes, "\\.\n\n\n", 5) == 0)
        return true;
    if (tail->length >= 4 && memcmp(end - 4, ";\n\n\n", 4) == 0)
        return true;
    return tail->total == 2 && memcmp(end - 2, "\n\n", 2) == 0;
}

/* A file that pg_dump compressed is unpacked to its end: its checksum tells whether it is whole. */
static int digest_unpack(const struct rd_drill *drill, struct rd_stream *stream,
                         struct digest_tail *tail, struct rd_err *reterr)
{
    const char *data;
    size_t length = 1;
    int code = RD_OK;

    while (code == RD_OK && length > 0) {
        code = rd_deadline_check(&drill->deadline, "reading the dump", reterr);
        if (code == RD_OK)
            code = rd_stream_read(stream, &data, &length, reterr);
        if (code == RD_OK)
            digest_tail_add(tail, data, length);
    }
    return code;
}

/* The end of one that is not compressed, whatever its first row looks like. */
static int digest_peek(const char *path, struct digest_tail *tail, struct rd_err *reterr)
{
    char end[sizeof(tail->bytes)];
    struct stat facts;
    ssize_t length = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd >= 0 && fstat(fd, &facts) == 0)
        length = pread(fd, end, sizeof(end),
                       facts.st_size > (off_t)sizeof(end) ? facts.st_size - (off_t)sizeof(end) : 0);
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (length < 0)
        return rd_err_errno(reterr, number, "cannot read '%s'", path);
    digest_tail_add(tail, end, (size_t)length);
    tail->total = facts.st_size;
    return RD_OK;
}

/* RD_E_BACKUP when the file is not whole, as far as that can be told. */
static int digest_check(const struct rd_drill *drill, struct rd_stream *stream, const char *path,
                        const char *name, struct rd_err *reterr)
{
    bool rows = digest_is_rows(name);
    struct digest_tail tail = {0};
    int code = RD_OK;

    if (digest_is_packed(name))
        code = digest_unpack(drill, stream, &tail, reterr);
    else if (rows)
        code = digest_peek(path, &tail, reterr);
    if (code == RD_OK && rows && !digest_tail_is_end(&tail))
        code =
            rd_err_set(reterr, RD_E_BACKUP,
                       "the dump is truncated: the file '%s' ends before the rows' end mark", name);
    return code;
}

static int digest_file(const struct rd_dump_target *target, const char *folder, const char *name,
                       struct rd_sha256 *listing, struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf line = RD_BUF_INIT(8192);
    struct rd_recorder *recorder = target->drill->recorder;
    struct rd_err err = RD_ERR_INIT;
    char hex[RD_SHA256_HEX];

    rd_buf_printf(&line, "%s/%s", folder, name);
    int code = rd_buf_status(&line, "a file's path", reterr);
    if (code == RD_OK)
        code = rd_stream_open(rd_buf_text(&line), &stream, reterr);
    if (code != RD_OK)
        return code;
    code = digest_check(target->drill, stream, rd_buf_text(&line), name, &err);
    if (code == RD_E_BACKUP)
        rd_find_err(recorder, target->group, name, &err);
    else if (code != RD_OK)
        *reterr = err;
    if (code == RD_OK || code == RD_E_BACKUP)
        code = rd_dump_digest_stream(target->drill, stream, hex, reterr);
    if (code != RD_OK)
        return code;
    rd_record_backup_file(recorder, name, rd_stream_size(stream),
                          rd_record_text(recorder, "%s", hex), false);
    rd_buf_clear(&line);
    rd_buf_printf(&line, "%s  %s\n", hex, name);
    rd_sha256_add(listing, rd_buf_text(&line), line.length);
    return rd_buf_status(&line, "a file's digest", reterr);
}

int rd_dump_digest_folder(const struct rd_dump_target *target, const char *path,
                          char ret_hex[RD_SHA256_HEX], char ret_state[RD_SHA256_HEX],
                          struct rd_err *reterr)
{
    unsigned char digest[RD_SHA256_BYTES];
    struct rd_sha256 *listing = NULL;
    struct dirent **entries = NULL;
    int64_t bytes;
    int count = 0;

    int code = rd_dump_folder_state(path, ret_state, &bytes, reterr);
    if (code == RD_OK)
        code = digest_list(path, &entries, &count, reterr);
    if (code == RD_OK)
        code = rd_sha256_new(&listing, reterr);
    for (int i = 0; i < count && code == RD_OK; i++)
        code = digest_file(target, path, entries[i]->d_name, listing, reterr);
    if (code == RD_OK)
        code = rd_sha256_end(listing, digest, reterr);
    if (code == RD_OK)
        rd_hex(digest, sizeof(digest), ret_hex);
    rd_sha256_free(listing);
    digest_free(entries, count);
    return code;
}

int rd_dump_folder_state(const char *path, char ret_state[RD_SHA256_HEX], int64_t *ret_bytes,
                         struct rd_err *reterr)
{
    struct rd_buf listing = RD_BUF_INIT(64 * 1024 * 1024);
    struct dirent **entries = NULL;
    struct stat facts;
    int count = 0;

    *ret_bytes = 0;
    int code = digest_list(path, &entries, &count, reterr);
    for (int i = 0; i < count && code == RD_OK; i++) {
        struct rd_buf file = RD_BUF_INIT(8192);
        rd_buf_printf(&file, "%s/%s", path, entries[i]->d_name);
        if (stat(rd_buf_text(&file), &facts) != 0)
            code = rd_err_errno(reterr, errno, "cannot read '%s'", rd_buf_text(&file));
        else
            *ret_bytes += facts.st_size;
        rd_buf_printf(&listing, "%s %lld %lld.%ld\n", entries[i]->d_name, (long long)facts.st_size,
                      (long long)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
        rd_buf_free(&file);
    }
    if (code == RD_OK)
        code = rd_buf_status(&listing, "the folder's listing", reterr);
    if (code == RD_OK)
        code = rd_sha256(rd_buf_text(&listing), listing.length, ret_state, reterr);
    rd_buf_free(&listing);
    digest_free(entries, count);
    return code;
}

/* By the bits of its mode; lists of access beyond them are not looked at. */
static bool digest_may(const struct rd_user *user, const char *path, mode_t wanted)
{
    struct stat facts;

    if (stat(path, &facts) != 0)
        return false;
    mode_t granted = facts.st_uid == user->uid   ? facts.st_mode >> 6
                     : facts.st_gid == user->gid ? facts.st_mode >> 3
                                                 : facts.st_mode;
    return (granted & wanted) == wanted;
}

/* Every folder above has to be entered. */
static bool digest_may_enter(const struct rd_user *user, const char *path)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf above = RD_BUF_INIT(PATH_MAX);

    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        rd_buf_clear(&above);
        rd_buf_add(&above, path, (size_t)(slash - path));
        if (above.broken != RD_OK || !digest_may(user, rd_buf_text(&above), S_IXOTH))
            return false;
    }
    return true;
}

const struct rd_user *rd_dump_folder_reader(const struct rd_drill *drill, const char *path)
{
    const struct rd_user *user = &drill->user;
    struct dirent **entries = NULL;
    int count = 0;

    if (!user->change)
        return NULL;
    char *real = realpath(path, NULL);
    bool may = real != NULL && digest_may_enter(user, real) &&
               digest_may(user, real, S_IROTH | S_IXOTH) &&
               digest_list(real, &entries, &count, NULL) == RD_OK;
    for (int i = 0; may && i < count; i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf file = RD_BUF_INIT(PATH_MAX);
        rd_buf_printf(&file, "%s/%s", real, entries[i]->d_name);
        may = file.broken == RD_OK && digest_may(user, rd_buf_text(&file), S_IROTH);
    }
    digest_free(entries, count);
    free(real);
    return may ? user : NULL;
}
