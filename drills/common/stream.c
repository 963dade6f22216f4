/*
 * stream.c: see stream.h. The file's bytes go through one buffer: hashed as they arrive, handed out
 * in place when they are not compressed, else decoded into a second one.
 */
#include "drills/common/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drills/common/codec.h"

enum {
    STREAM_BUFFER = 256 * 1024,
    STREAM_MARK = 16, /* enough of a member to know its format */
};

struct rd_stream {
    char *path;
    int file;
    struct stat opened; /* what the file was when it was opened */
    struct rd_sha256 *sha;
    char digest[RD_SHA256_HEX]; /* "" until it was asked for */
    int64_t position;
    bool at_end; /* of the file */

    unsigned char *in; /* STREAM_BUFFER bytes; those from in_start up to in_end wait */
    size_t in_start, in_end;

    const struct rd_codec *codec; /* NULL: not compressed, or not known yet */
    void *state;                  /* the codec's; NULL until it is needed */
    bool known;                   /* the format was looked for */
    bool in_member;               /* a member was begun and has not ended */
    unsigned char *out;
    struct rd_err failed; /* the first error, told again by every later read */
};

static int stream_not_opened(const char *path, int number, struct rd_err *reterr)
{
    int status = rd_err_errno(reterr, number, "cannot open '%s'", path);

    if (number == EACCES || number == EPERM)
        rd_err_hint(reterr, "Let the user that runs redrill read this file and enter its folders.");
    return status;
}

static int stream_init(struct rd_stream *stream, const char *path, struct rd_err *reterr)
{
    stream->path = strdup(path);
    stream->in = malloc(STREAM_BUFFER);
    if (stream->path == NULL || stream->in == NULL)
        return rd_err_memory(reterr);

    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    stream->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (stream->file < 0 || fstat(stream->file, &stream->opened) != 0)
        return stream_not_opened(path, errno, reterr);
    if (!S_ISREG(stream->opened.st_mode))
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is %s and not a file", path,
                          S_ISDIR(stream->opened.st_mode)    ? "a folder"
                          : S_ISFIFO(stream->opened.st_mode) ? "a FIFO"
                                                             : "a device");
    /* Advice only: nothing is lost where it is not taken. */
    (void)posix_fadvise(stream->file, 0, 0, POSIX_FADV_SEQUENTIAL);
    return rd_sha256_new(&stream->sha, reterr);
}

int rd_stream_open(const char *path, struct rd_stream **ret_stream, struct rd_err *reterr)
{
    struct rd_stream *stream = calloc(1, sizeof(*stream));

    if (stream == NULL)
        return rd_err_memory(reterr);
    stream->file = -1;
    int status = stream_init(stream, path, reterr);
    if (status != RD_OK) {
        rd_stream_close(stream);
        return status;
    }
    *ret_stream = stream;
    return RD_OK;
}

void rd_stream_close(struct rd_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->state != NULL)
        stream->codec->close(stream->state);
    rd_sha256_free(stream->sha);
    if (stream->file >= 0)
        close(stream->file);
    free(stream->out);
    free(stream->in);
    free(stream->path);
    free(stream);
}

void rd_stream_closep(struct rd_stream **stream)
{
    rd_stream_close(*stream);
    *stream = NULL;
}

const char *rd_stream_compression(const struct rd_stream *stream)
{
    return stream->codec != NULL ? stream->codec->name : "none";
}

int64_t rd_stream_position(const struct rd_stream *stream)
{
    return stream->position;
}

int64_t rd_stream_size(const struct rd_stream *stream)
{
    return stream->opened.st_size;
}

/* A file that somebody writes to while it is read proves nothing, neither good nor bad. */
static int stream_unchanged(const struct rd_stream *stream, struct rd_err *reterr)
{
    const struct stat *before = &stream->opened;
    struct stat now;

    if (fstat(stream->file, &now) != 0)
        return rd_err_errno(reterr, errno, "cannot look at '%s'", stream->path);
    if (now.st_size == before->st_size && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == before->st_mtim.tv_nsec &&
        (!stream->at_end || stream->position == now.st_size))
        return RD_OK;

    int status = rd_err_set(reterr, RD_E_SYSTEM, "'%s' changed while it was read", stream->path);
    rd_err_detail(reterr, "it had %lld bytes, then %lld, of which %lld were read",
                  (long long)before->st_size, (long long)now.st_size, (long long)stream->position);
    rd_err_hint(reterr, "Drill a backup only after the job that writes it has ended.");
    return status;
}

/* Fills the buffer as far as the file goes. What waits in it moves to the front. */
static int stream_fill(struct rd_stream *stream, struct rd_err *reterr)
{
    size_t waiting = stream->in_end - stream->in_start;

    if (waiting > 0 && stream->in_start > 0)
        memmove(stream->in, stream->in + stream->in_start, waiting);
    stream->in_start = 0;
    stream->in_end = waiting;
    while (!stream->at_end && stream->in_end < STREAM_BUFFER) {
        unsigned char *end = stream->in + stream->in_end;
        ssize_t got = read(stream->file, end, STREAM_BUFFER - stream->in_end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return rd_err_errno(reterr, errno, "cannot read '%s'", stream->path);
        if (got == 0)
            stream->at_end = true;
        rd_sha256_add(stream->sha, end, (size_t)got);
        stream->in_end += (size_t)got;
        stream->position += got;
    }
    /* Whoever reads to the end relies on having seen all of one file, and a file that grows faster
     * than it is read has no end. */
    if (stream->at_end || stream->position > stream->opened.st_size)
        return stream_unchanged(stream, reterr);
    return RD_OK;
}

/* Says that the backup is bad, unless the file changed: then that is what is wrong. */
static int stream_bad(const struct rd_stream *stream, const char *how, const char *reason,
                      const char *hint, struct rd_err *reterr)
{
    int status = stream_unchanged(stream, reterr);

    if (status != RD_OK)
        return status;
    status =
        rd_err_set(reterr, RD_E_BACKUP, "'%s' %s %s data", stream->path, how, stream->codec->name);
    rd_err_detail(reterr, "%s; found in the first %lld of %lld bytes", reason,
                  (long long)(stream->position - (int64_t)(stream->in_end - stream->in_start)),
                  (long long)stream->opened.st_size);
    rd_err_hint(reterr, "%s", hint);
    return status;
}

static int stream_undecodable(const struct rd_stream *stream, int code, const char *reason,
                              struct rd_err *reterr)
{
    int status;

    switch (code) {
    case RD_E_MEMORY:
        return rd_err_memory(reterr);
    case RD_E_LIMIT:
        status = rd_err_set(reterr, code, "'%s' needs a window of more than %d MiB", stream->path,
                            RD_CODEC_WINDOW_MAX / 1024 / 1024);
        rd_err_hint(reterr, "Compress it with a smaller one: zstd --long=27 and xz -9 at most.");
        return status;
    case RD_E_UNSUPPORTED:
        status = rd_err_set(reterr, code, "'%s' is %s data that cannot be decompressed here",
                            stream->path, stream->codec->name);
        rd_err_detail(reterr, "%s", reason);
        return status;
    default:
        return stream_bad(stream, "has damaged", reason,
                          "Its bytes changed after they were compressed: look for another copy, "
                          "and at the disk and the transport that this one came through.",
                          reterr);
    }
}

static int stream_detect(struct rd_stream *stream, struct rd_err *reterr)
{
    int status = stream_fill(stream, reterr);

    if (status != RD_OK || stream->in_end == 0)
        return status;
    const char *foreign = rd_codec_foreign(stream->in, stream->in_end);
    if (foreign != NULL) {
        status = rd_err_set(reterr, RD_E_UNSUPPORTED, "'%s' is in the format of %s", stream->path,
                            foreign);
        rd_err_hint(reterr, "Files are read plain or as gzip, zstd, lz4, xz or bzip2: store the "
                            "backup as one of these.");
        return status;
    }
    stream->codec = rd_codec_of(stream->in, stream->in_end);
    if (stream->codec == NULL)
        return RD_OK;

    stream->in_member = true;
    stream->out = malloc(STREAM_BUFFER);
    stream->state = stream->codec->open();
    return stream->out != NULL && stream->state != NULL ? RD_OK : rd_err_memory(reterr);
}

/* Between members: passes over zeros, and finds the next member or the end of the file. */
static int stream_between(struct rd_stream *stream, bool *ret_end, struct rd_err *reterr)
{
    const unsigned char *data = stream->in;

    do {
        if (stream->in_end - stream->in_start < STREAM_MARK && !stream->at_end) {
            int status = stream_fill(stream, reterr);
            if (status != RD_OK)
                return status;
        }
        while (stream->in_start < stream->in_end && data[stream->in_start] == 0)
            stream->in_start++;
    } while (stream->in_end - stream->in_start < STREAM_MARK && !stream->at_end);

    *ret_end = stream->in_start == stream->in_end;
    if (*ret_end)
        return RD_OK;
    if (!stream->codec->begins(data + stream->in_start, stream->in_end - stream->in_start))
        return stream_bad(stream, "goes on after the end of its", "what follows is something else",
                          "Something was appended to the backup, or it was overwritten in part: "
                          "look for another copy.",
                          reterr);
    stream->in_member = true;
    return RD_OK;
}

static int stream_decode(struct rd_stream *stream, struct rd_codec_step *step,
                         struct rd_err *reterr)
{
    int status = RD_OK;

    if (stream->in_start == stream->in_end && !stream->at_end)
        status = stream_fill(stream, reterr);
    if (status != RD_OK)
        return status;
    *step = (struct rd_codec_step){
        .in = stream->in + stream->in_start,
        .in_length = stream->in_end - stream->in_start,
        .out = stream->out,
        .out_room = STREAM_BUFFER,
    };
    size_t offered = step->in_length;
    status = stream->codec->decode(stream->state, step);
    stream->in_start = stream->in_end - step->in_length;
    stream->in_member = !step->ended;
    if (status != RD_OK)
        return stream_undecodable(stream, status, step->reason, reterr);

    /* There was input, or there is none any more: a decoder that stands still will for ever. */
    if (!step->ended && step->in_length == offered && step->out_room == STREAM_BUFFER)
        return stream_bad(stream, "ends within its", "the end of the last member is missing",
                          "The file was cut short: look at the exit status of every program in the "
                          "pipe that made it, at its copying, and at full disks.",
                          reterr);
    return RD_OK;
}

static int stream_read(struct rd_stream *stream, const char **ret_data, size_t *ret_length,
                       struct rd_err *reterr)
{
    struct rd_codec_step step;
    bool end = false;
    int status = RD_OK;

    if (!stream->known)
        status = stream_detect(stream, reterr);
    else if (stream->codec == NULL)
        status = stream_fill(stream, reterr);
    if (status != RD_OK)
        return status;
    stream->known = true;
    if (stream->codec == NULL) {
        *ret_data = (const char *)stream->in;
        *ret_length = stream->in_end;
        stream->in_start = stream->in_end;
        return RD_OK;
    }
    do {
        if (!stream->in_member)
            status = stream_between(stream, &end, reterr);
        if (status != RD_OK)
            return status;
        if (end)
            break;
        status = stream_decode(stream, &step, reterr);
        if (status != RD_OK)
            return status;
    } while (step.out_room == STREAM_BUFFER);
    *ret_data = (const char *)stream->out;
    *ret_length = end ? 0 : STREAM_BUFFER - step.out_room;
    return RD_OK;
}

int rd_stream_read(struct rd_stream *stream, const char **ret_data, size_t *ret_length,
                   struct rd_err *reterr)
{
    if (stream->failed.code == RD_OK)
        (void)stream_read(stream, ret_data, ret_length, &stream->failed);
    if (stream->failed.code != RD_OK && reterr != NULL && reterr->code == RD_OK)
        *reterr = stream->failed;
    return stream->failed.code;
}

int rd_stream_skim(struct rd_stream *stream, bool *ret_more, struct rd_err *reterr)
{
    stream->in_start = stream->in_end;
    int status = stream_fill(stream, reterr);
    if (status == RD_OK)
        *ret_more = !stream->at_end;
    return status;
}

int rd_stream_digest(struct rd_stream *stream, char ret_hex[RD_SHA256_HEX], struct rd_err *reterr)
{
    unsigned char digest[RD_SHA256_BYTES];
    bool more = true;
    int status = RD_OK;

    while (more && status == RD_OK)
        status = rd_stream_skim(stream, &more, reterr);
    if (status == RD_OK && stream->digest[0] == '\0') {
        status = rd_sha256_end(stream->sha, digest, reterr);
        if (status == RD_OK)
            rd_hex(digest, sizeof(digest), stream->digest);
    }
    if (status == RD_OK)
        memcpy(ret_hex, stream->digest, RD_SHA256_HEX);
    return status;
}
