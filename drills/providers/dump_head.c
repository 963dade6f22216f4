/*
 * dump_head.c: see dump_head.h. The layout of an archive's head is that of ReadHead in
 * PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c; of plain dumps the comments are read that
 * pg_dump writes at the beginning.
 */
#include "drills/providers/dump_head.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "drills/common/stream.h"
#include "drills/providers/dump_plain.h"

enum { HEAD_BYTES = 256 * 1024, HEAD_TAR_BLOCK = 512, HEAD_TAR_MAGIC = 257, HEAD_TEXT_MAX = 4096 };

static const char *const head_formats[] = {
    [RD_DUMP_PLAIN] = "plain",
    [RD_DUMP_CUSTOM] = "custom",
    [RD_DUMP_TAR] = "tar",
    [RD_DUMP_DIRECTORY] = "directory",
};

const char *rd_dump_format_name(enum rd_dump_format format)
{
    return head_formats[format];
}

/* Bytes of an archive's head, read one after the other; `broken` once they do not suffice. */
struct head_cursor {
    const unsigned char *at;
    size_t left;
    int version; /* major * 256 + minor */
    int int_size;
    bool broken;
};

static int head_byte(struct head_cursor *cursor)
{
    if (cursor->left == 0) {
        cursor->broken = true;
        return 0;
    }
    cursor->left--;
    return *cursor->at++;
}

/* A sign byte, then the value with its lowest byte first. */
static int64_t head_int(struct head_cursor *cursor)
{
    int64_t value = 0;
    bool negative = head_byte(cursor) != 0;

    for (int i = 0; i < cursor->int_size; i++) {
        int64_t byte = head_byte(cursor);
        if (i < 7)
            value |= byte << (8 * i);
    }
    return negative ? -value : value;
}

/* A part of struct tm. */
static int head_clock(struct head_cursor *cursor)
{
    int64_t value = head_int(cursor);

    if (value < 0 || value > 9999) {
        cursor->broken = true;
        return 0;
    }
    return (int)value;
}

static const char *head_string(struct head_cursor *cursor, struct rd_arena *arena)
{
    int64_t length = head_int(cursor);

    if (length < 0 || cursor->broken)
        return NULL;
    if ((uint64_t)length > cursor->left || length > HEAD_TEXT_MAX) {
        cursor->broken = true;
        return NULL;
    }
    const char *text = rd_arena_strndup(arena, (const char *)cursor->at, (size_t)length);
    cursor->at += length;
    cursor->left -= (size_t)length;
    return text;
}

#define HEAD_VERSION(major, minor) ((major)*256 + (minor))

static int head_read_archive(const unsigned char *data, size_t length, struct rd_arena *arena,
                             struct rd_dump_head *head, struct rd_err *reterr)
{
    struct head_cursor cursor = {.at = data + 5, .left = length - 5};

    int major = head_byte(&cursor);
    int minor = head_byte(&cursor);
    cursor.version = HEAD_VERSION(major, minor);
    if (cursor.version > HEAD_VERSION(1, 0))
        head_byte(&cursor); /* revision */
    cursor.int_size = head_byte(&cursor);
    if (cursor.version >= HEAD_VERSION(1, 7))
        head_byte(&cursor); /* size of offsets */
    head_byte(&cursor);     /* format, which the place already told */
    if (cursor.version < HEAD_VERSION(1, 4) || cursor.int_size < 1 || cursor.int_size > 32)
        return rd_err_set(reterr, RD_E_BACKUP,
                          "the archive's head is truncated, damaged or older than PostgreSQL 7.1");
    if (cursor.version >= HEAD_VERSION(1, 15))
        head_byte(&cursor); /* compression method */
    else
        head_int(&cursor); /* compression level */

    head->wall.second = head_clock(&cursor);
    head->wall.minute = head_clock(&cursor);
    head->wall.hour = head_clock(&cursor);
    head->wall.day = head_clock(&cursor);
    head->wall.month = head_clock(&cursor) + 1;
    head->wall.year = head_clock(&cursor) + 1900;
    head_int(&cursor); /* summer time: of the dumping host's zone, which is not said */
    head->has_wall = true;
    head->database = head_string(&cursor, arena);
    if (cursor.version >= HEAD_VERSION(1, 10)) {
        head->server_version = head_string(&cursor, arena);
        head->tool_version = head_string(&cursor, arena);
    }
    if (cursor.broken)
        return rd_err_set(reterr, RD_E_BACKUP, "the archive's head is truncated or damaged");
    return RD_OK;
}

/* "2026-11-21 06:58:20 UTC": a reading, then the zone's offset, or its abbreviation, which
 * can mean anything. */
static void head_read_started(const char *text, struct rd_arena *arena, struct rd_dump_head *head)
{
    struct rd_wall wall;
    char zone[8] = "";

    if (sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d %7s", &wall.year, &wall.month, &wall.day, &wall.hour,
               &wall.minute, &wall.second, zone) < 6)
        return;
    head->wall = wall;
    head->has_wall = true;
    bool offset = (zone[0] == '+' || zone[0] == '-') && strspn(zone + 1, "0123456789") >= 2;
    if (strcmp(zone, "UTC") == 0 || strcmp(zone, "GMT") == 0)
        head->wall_zone = "UTC";
    else if (offset)
        head->wall_zone =
            rd_arena_printf(arena, "%.3s:%s", zone, zone[3] != '\0' ? zone + 3 : "00");
}

/* The fact in the arena unless there is one already, or none. */
static void head_take(const char **fact, struct rd_arena *arena, const char *text)
{
    if (*fact == NULL && text[0] != '\0')
        *fact = rd_arena_strdup(arena, text);
}

/* Only its head is read: no folder is made. */
static const char *head_tablespace(void *context, int64_t number, struct rd_err *reterr)
{
    (void)context;
    (void)number;
    (void)reterr;
    return "";
}

int rd_dump_head_take_script(struct rd_dump_head *head, struct rd_arena *arena, const char *script,
                             size_t length, struct rd_err *reterr)
{
    RD_CLEANUP(rd_plain_freep) struct rd_plain *plain = NULL;
    const struct rd_plain_host host = {.tablespace = head_tablespace};
    struct rd_err err = RD_ERR_INIT;
    const char *piece;
    size_t piece_length = 1;

    int code = rd_plain_new(&host, &plain, reterr);
    if (code != RD_OK)
        return code;
    rd_plain_give(plain, script, length);
    /* What a dump must not hold is told when it is restored, not here. */
    while (code == RD_OK && piece_length > 0)
        code = rd_plain_next(plain, &piece, &piece_length, &err);
    if (code == RD_E_MEMORY)
        return rd_err_memory(reterr);

    const struct rd_plain_facts *facts = rd_plain_facts(plain);
    bool takes_locale = head->collate == NULL && head->locale_provider == NULL;
    head_take(&head->database, arena, facts->database);
    head_take(&head->server_version, arena, facts->server_version);
    head_take(&head->tool_version, arena, facts->tool_version);
    head_take(&head->encoding, arena, facts->encoding);
    head_take(&head->encoding, arena, facts->client_encoding);
    if (takes_locale) {
        head_take(&head->locale_provider, arena, facts->locale_provider);
        head_take(&head->collate, arena, facts->collate);
        head_take(&head->ctype, arena, facts->ctype);
        head_take(&head->icu_locale, arena, facts->icu_locale);
    }
    head->whole_cluster = head->whole_cluster || facts->cluster;
    head->creates_database = facts->database[0] != '\0' || facts->connects || facts->cluster;
    if (!head->has_wall)
        head_read_started(facts->started, arena, head);
    return rd_arena_status(arena, reterr);
}

/* The first decompressed bytes. */
static int head_fetch(const char *path, struct rd_buf *data, struct rd_arena *arena,
                      struct rd_dump_head *head, struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    size_t length = 1;

    int code = rd_stream_open(path, &stream, reterr);
    while (code == RD_OK && length > 0 && data->length < HEAD_BYTES) {
        const char *piece;
        code = rd_stream_read(stream, &piece, &length, reterr);
        if (code == RD_OK) {
            size_t room = HEAD_BYTES - data->length;
            rd_buf_add(data, piece, length < room ? length : room);
        }
    }
    /* Damage further on is found again when the dump is restored; the head may still be read. */
    if (code == RD_E_BACKUP && data->length > 0) {
        rd_err_clear(reterr);
        code = RD_OK;
    }
    if (code != RD_OK)
        return code;
    head->compression = rd_arena_strdup(arena, rd_stream_compression(stream));
    return rd_buf_status(data, "the dump's head", reterr);
}

static int head_read_folder(const char *path, struct rd_arena *arena, struct rd_dump_head *head,
                            struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf data = RD_BUF_INIT(HEAD_BYTES);
    const char *toc = rd_arena_printf(arena, "%s/toc.dat", path);

    if (toc == NULL)
        return rd_err_memory(reterr);
    head->format = RD_DUMP_DIRECTORY;
    int code = head_fetch(toc, &data, arena, head, reterr);
    if (code == RD_E_NOT_FOUND) {
        rd_err_clear(reterr);
        rd_err_set(reterr, RD_E_BACKUP, "the folder '%s' has no table of contents", path);
        rd_err_hint(reterr, "A dump in directory format has a file toc.dat.");
        return RD_E_BACKUP;
    }
    if (code != RD_OK)
        return code;
    if (data.length < 5 || memcmp(data.data, "PGDMP", 5) != 0)
        return rd_err_set(reterr, RD_E_BACKUP, "the table of contents of '%s' is damaged", path);
    return head_read_archive((const unsigned char *)data.data, data.length, arena, head, reterr);
}

/* Such as of a folder that was packed afterwards. */
static int head_refuse_tar(const char *path, struct rd_err *reterr)
{
    int code = rd_err_set(reterr, RD_E_UNSUPPORTED,
                          "'%s' is a tar file, but not one that pg_dump wrote", path);

    rd_err_hint(reterr, "Unpack it, and name the dump that is in it as 'source.path'.");
    return code;
}

int rd_dump_head_read(const char *path, struct rd_arena *arena, struct rd_dump_head *ret_head,
                      struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf data = RD_BUF_INIT(HEAD_BYTES);
    struct rd_dump_head head = {.compression = "none"};
    struct stat facts;

    if (stat(path, &facts) != 0)
        return rd_err_errno(reterr, errno, "cannot read '%s'", path);
    int code;
    if (S_ISDIR(facts.st_mode)) {
        code = head_read_folder(path, arena, &head, reterr);
    } else {
        code = head_fetch(path, &data, arena, &head, reterr);
        const unsigned char *bytes = (const unsigned char *)rd_buf_text(&data);
        if (code == RD_OK && data.length > 5 && memcmp(bytes, "PGDMP", 5) == 0) {
            head.format = RD_DUMP_CUSTOM;
            code = head_read_archive(bytes, data.length, arena, &head, reterr);
        } else if (code == RD_OK && data.length > HEAD_TAR_BLOCK + 5 &&
                   strcmp((const char *)bytes, "toc.dat") == 0) {
            head.format = RD_DUMP_TAR;
            code = head_read_archive(bytes + HEAD_TAR_BLOCK, data.length - HEAD_TAR_BLOCK, arena,
                                     &head, reterr);
        } else if (code == RD_OK && data.length > HEAD_TAR_MAGIC + 5 &&
                   memcmp(bytes + HEAD_TAR_MAGIC, "ustar", 5) == 0) {
            code = head_refuse_tar(path, reterr);
        } else if (code == RD_OK) {
            head.format = RD_DUMP_PLAIN;
            head.empty = data.length == 0;
            code = rd_dump_head_take_script(&head, arena, (const char *)bytes, data.length, reterr);
        }
    }
    if (code == RD_OK)
        code = rd_arena_status(arena, reterr);
    if (code == RD_OK)
        *ret_head = head;
    return code;
}

int rd_dump_major(const char *version)
{
    int major = 0;

    return version != NULL && sscanf(version, "%3d", &major) == 1 ? major : 0;
}
