/*
 * dump_digest.c: digests of a dump that is a folder. Its digest is that of the listing which
 * `LC_ALL=C sha256sum *` prints inside of it, so that anybody can compute it again.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

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

static int digest_file(struct rd_drill *drill, const char *folder, const char *name,
                       struct rd_sha256 *listing, struct rd_err *reterr)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    struct rd_buf line = RD_BUF_INIT(8192);
    char hex[RD_SHA256_HEX];
    bool more = true;

    rd_buf_printf(&line, "%s/%s", folder, name);
    int code = rd_buf_status(&line, "a file's path", reterr);
    if (code == RD_OK)
        code = rd_stream_open(rd_buf_text(&line), &stream, reterr);
    while (code == RD_OK && more) {
        code = rd_deadline_check(&drill->deadline, "reading the dump", reterr);
        if (code == RD_OK)
            code = rd_stream_skim(stream, &more, reterr);
    }
    if (code == RD_OK)
        code = rd_stream_digest(stream, hex, reterr);
    if (code == RD_OK) {
        rd_record_backup_file(drill->recorder, name, rd_stream_size(stream), hex, false);
        rd_buf_clear(&line);
        rd_buf_printf(&line, "%s  %s\n", hex, name);
        rd_sha256_add(listing, rd_buf_text(&line), line.length);
    }
    rd_buf_free(&line);
    return code;
}

int rd_dump_digest_folder(struct rd_drill *drill, const char *path, char ret_hex[RD_SHA256_HEX],
                          char ret_state[RD_SHA256_HEX], struct rd_err *reterr)
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
        code = digest_file(drill, path, entries[i]->d_name, listing, reterr);
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
