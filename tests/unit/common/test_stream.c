/*
 * test_stream.c: files as the compression programs write them, and every way in which they may be
 * less than whole. The programs are the real ones, so that nobody checks himself.
 */
#include "drills/common/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "drills/common/buf.h"
#include "tests/unit/foreign.h"
#include "tests/unit/suite.h"

enum { MOST = 64 * 1024 * 1024, SMALL = 1500, LARGE = 3 * 1024 * 1024 };

struct format {
    const char *name;
    const char *const command[5];
    size_t mark; /* bytes that tell the format */
};

static const struct format formats[] = {
    {"gzip", {"gzip", "-c", NULL}, 3},    {"zstd", {"zstd", "-qc", NULL}, 4},
    {"lz4", {"lz4", "-qc", NULL}, 4},     {"xz", {"xz", "-0c", NULL}, 6},
    {"bzip2", {"bzip2", "-c", NULL}, 10},
};
enum { GZIP, ZSTD, LZ4, XZ, BZIP2 };

static char folder[] = "/tmp/redrill-stream-XXXXXX";
static char sample[sizeof(folder) + 10];

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(sample, sizeof(sample), "%s/sample", folder);
}

static void teardown(void)
{
    remove(sample);
    remove(folder);
}

/* Lines that compress about as well as a dump does. */
static void fill(struct rd_buf *out, size_t length)
{
    unsigned value = 1;

    while (out->length < length) {
        value = value * 1103515245 + 12345;
        rd_buf_printf(out, "%zu\tcustomer %u\t%u.%02u\n", out->length, value >> 16, value % 1000,
                      value >> 8 & 63);
    }
    ck_assert_int_eq(out->broken, RD_OK);
}

static void save(const char *data, size_t length)
{
    save_file(sample, data, length);
}

/* What a program makes of `in`, appended to `out`. */
static void run(const char *const *command, const struct rd_buf *in, struct rd_buf *out)
{
    save(in->data, in->length);
    ck_assert_int_eq(run_foreign(command, sample, out), 0);
}

/* Reads the sample to its end. What is handed out is appended to `out`, which may be NULL. */
static int read_all(struct rd_buf *out, struct rd_err *err)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    const char *data;
    size_t length = 1;

    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    while (length > 0) {
        int status = rd_stream_read(stream, &data, &length, err);
        if (status != RD_OK)
            return status;
        if (out != NULL)
            rd_buf_add(out, data, length);
    }
    return RD_OK;
}

/* Saves the first `length` bytes and reads them: what comes of it. */
static int read_of(const struct rd_buf *packed, size_t length)
{
    save(packed->data, length);
    return read_all(NULL, NULL);
}

static void assert_same(const struct rd_buf *a, const struct rd_buf *b)
{
    ck_assert_uint_eq(a->length, b->length);
    ck_assert_int_eq(memcmp(a->data, b->data, a->length), 0);
}

#define BUFFER(name) RD_CLEANUP(rd_buf_free) struct rd_buf name = RD_BUF_INIT(MOST)

START_TEST(a_compressed_file_reads_as_what_was_compressed_and_is_hashed_as_it_lies_on_disk)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    char hex[RD_SHA256_HEX], expected[RD_SHA256_HEX];
    const char *data;
    size_t length = 1;
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(read);

    fill(&plain, LARGE);
    run(formats[_i].command, &plain, &packed);
    save(packed.data, packed.length);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    while (length > 0) {
        ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
        rd_buf_add(&read, data, length);
    }
    assert_same(&plain, &read);
    ck_assert_str_eq(rd_stream_compression(stream), formats[_i].name);
    ck_assert_int_eq(rd_stream_size(stream), (int64_t)packed.length);
    ck_assert_int_eq(rd_stream_position(stream), (int64_t)packed.length);

    ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(rd_sha256(packed.data, packed.length, expected, NULL), RD_OK);
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_OK);
    ck_assert_str_eq(hex, expected);
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_OK);
    ck_assert_str_eq(hex, expected);
}
END_TEST

START_TEST(a_plain_file_is_handed_out_as_it_is)
{
    BUFFER(plain);
    BUFFER(read);

    fill(&plain, LARGE);
    save(plain.data, plain.length);
    ck_assert_int_eq(read_all(&read, NULL), RD_OK);
    assert_same(&plain, &read);
}
END_TEST

START_TEST(an_empty_file_has_no_content)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    char hex[RD_SHA256_HEX];
    const char *data;
    size_t length = 1;

    save("", 0);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(rd_stream_compression(stream), "none");
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_OK);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(compressed_nothing_is_nothing)
{
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(read);

    rd_buf_puts(&plain, "");
    run(formats[_i].command, &plain, &packed);
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(&read, NULL), RD_OK);
    ck_assert_uint_eq(read.length, 0);
    for (size_t length = 1; length < packed.length; length++)
        ck_assert_int_eq(read_of(&packed, length), RD_E_BACKUP);
}
END_TEST

START_TEST(a_small_file_that_is_cut_at_any_byte_is_the_backups_fault)
{
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, SMALL);
    run(formats[_i].command, &plain, &packed);
    ck_assert_int_eq(read_of(&packed, packed.length), RD_OK);
    for (size_t length = 1; length < packed.length; length++)
        ck_assert_int_eq(read_of(&packed, length), RD_E_BACKUP);
}
END_TEST

START_TEST(a_large_file_that_is_cut_is_the_backups_fault)
{
    struct rd_err err = RD_ERR_INIT;
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, LARGE);
    run(formats[_i].command, &plain, &packed);
    const size_t lengths[] = {packed.length / 10, packed.length / 2, packed.length / 100 * 99,
                              packed.length - 1};
    for (size_t i = 0; i < RD_COUNT(lengths); i++)
        ck_assert_int_eq(read_of(&packed, lengths[i]), RD_E_BACKUP);
    ck_assert_int_eq(read_all(NULL, &err), RD_E_BACKUP);
    ck_assert_ptr_nonnull(strstr(err.message, "ends within its"));
    ck_assert_str_ne(err.hint, "");
}
END_TEST

/* As pigz, pbzip2, pzstd and `cat` leave them. */
START_TEST(several_members_are_read_whole)
{
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(read);

    for (int i = 0; i < 5; i++) {
        RD_CLEANUP(rd_buf_free) struct rd_buf part = RD_BUF_INIT(MOST);
        fill(&part, i == 2 ? LARGE : SMALL);
        rd_buf_add(&plain, part.data, part.length);
        run(formats[_i].command, &part, &packed);
    }
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(&read, NULL), RD_OK);
    assert_same(&plain, &read);
}
END_TEST

START_TEST(a_cut_anywhere_within_the_second_member_is_the_backups_fault)
{
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, SMALL);
    run(formats[_i].command, &plain, &packed);
    size_t first = packed.length;
    run(formats[_i].command, &plain, &packed);
    for (size_t length = first + 1; length < packed.length; length++)
        ck_assert_int_eq(read_of(&packed, length), RD_E_BACKUP);
    /* Nothing in the file tells that a member is missing. */
    ck_assert_int_eq(read_of(&packed, first), RD_OK);
}
END_TEST

static const char *const endings[] = {"x", "garbage", "\x1F\x8C\x08 something else", "\n"};

START_TEST(what_follows_the_last_member_must_be_zeros)
{
    char zeros[1000] = {0};
    struct rd_err err = RD_ERR_INIT;
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(read);

    fill(&plain, SMALL);
    run(formats[_i].command, &plain, &packed);
    size_t whole = packed.length;
    for (size_t i = 0; i < 600; i++)
        rd_buf_add(&packed, zeros, sizeof(zeros));
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(&read, NULL), RD_OK);
    assert_same(&plain, &read);

    rd_buf_puts(&packed, "x");
    ck_assert_int_eq(read_of(&packed, packed.length), RD_E_BACKUP);
    for (size_t i = 0; i < RD_COUNT(endings); i++) {
        packed.length = whole;
        rd_buf_puts(&packed, endings[i]);
        save(packed.data, packed.length);
        rd_err_clear(&err);
        ck_assert_int_eq(read_all(NULL, &err), RD_E_BACKUP);
        ck_assert_ptr_nonnull(strstr(err.message, "goes on after the end of its"));
    }
}
END_TEST

START_TEST(zeros_between_members_are_padding)
{
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(twice);
    BUFFER(read);

    fill(&plain, SMALL);
    run(formats[_i].command, &plain, &packed);
    rd_buf_add(&packed, "\0\0\0\0", 4);
    run(formats[_i].command, &plain, &packed);
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(&read, NULL), RD_OK);
    rd_buf_add(&twice, plain.data, plain.length);
    rd_buf_add(&twice, plain.data, plain.length);
    assert_same(&twice, &read);
}
END_TEST

/* The stream reads 256 KiB at once; a member's mark may lie on both sides of that. */
START_TEST(a_member_may_begin_anywhere_in_the_streams_buffer)
{
    enum { PIECE = 256 * 1024 };
    char *zeros = calloc(1, PIECE);
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(file);
    BUFFER(twice);

    fill(&plain, SMALL);
    run(formats[_i].command, &plain, &packed);
    rd_buf_add(&twice, plain.data, plain.length);
    rd_buf_add(&twice, plain.data, plain.length);
    for (size_t before = 0; before < 20; before++) {
        RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
        char hex[RD_SHA256_HEX], expected[RD_SHA256_HEX];
        BUFFER(read);
        rd_buf_clear(&file);
        rd_buf_add(&file, packed.data, packed.length);
        rd_buf_add(&file, zeros, PIECE - packed.length - before);
        rd_buf_add(&file, packed.data, packed.length);
        save(file.data, file.length);
        ck_assert_int_eq(read_all(&read, NULL), RD_OK);
        assert_same(&twice, &read);

        const char *data;
        size_t length = 1;
        ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
        while (length > 0)
            ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
        ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_OK);
        ck_assert_int_eq(rd_sha256(file.data, file.length, expected, NULL), RD_OK);
        ck_assert_str_eq(hex, expected);
    }
    free(zeros);
}
END_TEST

/* A changed bit may be harmless (the time in a gzip header). It must never change the content. */
START_TEST(no_changed_bit_changes_the_content_unnoticed)
{
    size_t noticed = 0;
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, SMALL);
    run(formats[_i].command, &plain, &packed);
    for (size_t bit = 8 * formats[_i].mark; bit < 8 * packed.length; bit++) {
        BUFFER(read);
        packed.data[bit / 8] ^= (char)(1 << bit % 8);
        save(packed.data, packed.length);
        packed.data[bit / 8] ^= (char)(1 << bit % 8);
        if (read_all(&read, NULL) == RD_OK)
            assert_same(&plain, &read);
        else
            noticed++;
    }
    ck_assert_uint_gt(noticed, 8 * packed.length * 9 / 10);
}
END_TEST

START_TEST(a_changed_checksum_is_the_backups_fault)
{
    struct rd_err err = RD_ERR_INIT;
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, SMALL);
    run(formats[GZIP].command, &plain, &packed);
    packed.data[packed.length - 8] ^= 1; /* the CRC-32 */
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(NULL, &err), RD_E_BACKUP);
    ck_assert_ptr_nonnull(strstr(err.message, "has damaged gzip data"));
    ck_assert_ptr_nonnull(strstr(err.detail, "incorrect data check"));
    packed.data[packed.length - 8] ^= 1;
    packed.data[packed.length - 4] ^= 1; /* the length */
    ck_assert_int_eq(read_of(&packed, packed.length), RD_E_BACKUP);
}
END_TEST

static const struct {
    size_t format;
    const char *const command[5];
    int expected;
} variants[] = {
    {GZIP, {"gzip", "-9c", NULL}, RD_OK},
    {ZSTD, {"zstd", "-qc", "--no-check", NULL}, RD_OK},
    {ZSTD, {"zstd", "-qc", "--long=27", NULL}, RD_OK},
    {ZSTD, {"zstd", "-qc", "--long=28", NULL}, RD_E_LIMIT},
    {LZ4, {"lz4", "-qc", "--no-frame-crc", NULL}, RD_OK},
    {LZ4, {"lz4", "-qc", "-BX", NULL}, RD_OK},
    {LZ4, {"lz4", "-qc", "-BD", "-B4", NULL}, RD_OK},
    {XZ, {"xz", "-c", "--check=none", NULL}, RD_OK},
    {XZ, {"xz", "-c", "--check=sha256", NULL}, RD_OK},
    {XZ, {"xz", "-9c", NULL}, RD_OK},
    {XZ, {"xz", "-c", "--lzma2=dict=128MiB", NULL}, RD_OK},
    {XZ, {"xz", "-c", "--lzma2=dict=129MiB", NULL}, RD_E_LIMIT},
    {XZ, {"xz", "-c", "--block-size=1000", NULL}, RD_OK},
    {BZIP2, {"bzip2", "-1c", NULL}, RD_OK},
};

START_TEST(the_programs_options_make_no_difference_but_for_windows_beyond_the_maximum)
{
    struct rd_err err = RD_ERR_INIT;
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(read);

    fill(&plain, LARGE / 4);
    run(variants[_i].command, &plain, &packed);
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(&read, &err), variants[_i].expected);
    if (variants[_i].expected == RD_OK)
        assert_same(&plain, &read);
    else
        ck_assert_str_ne(err.hint, "");
}
END_TEST

START_TEST(frames_without_content_are_passed_over)
{
    static const char skipped[] = "\x5A\x2A\x4D\x18\x04\x00\x00\x00size";
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    size_t format = _i == 0 ? ZSTD : LZ4;
    const char *data;
    size_t length;
    BUFFER(plain);
    BUFFER(packed);
    BUFFER(twice);
    BUFFER(read);

    fill(&plain, SMALL);
    for (int i = 0; i < 2; i++) {
        rd_buf_add(&packed, skipped, sizeof(skipped) - 1);
        run(formats[format].command, &plain, &packed);
        rd_buf_add(&twice, plain.data, plain.length);
    }
    rd_buf_add(&packed, skipped, sizeof(skipped) - 1);
    save(packed.data, packed.length);
    ck_assert_int_eq(read_all(&read, NULL), RD_OK);
    assert_same(&twice, &read);

    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
    ck_assert_str_eq(rd_stream_compression(stream), formats[format].name);
    for (size_t cut = 1; cut < sizeof(skipped) - 1; cut++)
        ck_assert_int_eq(read_of(&packed, packed.length - cut), RD_E_BACKUP);

    packed.length = sizeof(skipped) - 1;
    rd_buf_puts(&packed, "and no frame");
    ck_assert_int_eq(read_of(&packed, packed.length), RD_E_BACKUP);
}
END_TEST

static const char *const foreign[] = {
    "\x1F\x9D\x90stuff", "LZIP\x01stuff",         "PK\x03\x04stuff",
    "Salted__stuff",     "\x02\x21\x4C\x18stuff",
};

START_TEST(a_format_that_cannot_be_read_is_not_the_backups_fault)
{
    struct rd_err err = RD_ERR_INIT;

    save(foreign[_i], strlen(foreign[_i]));
    ck_assert_int_eq(read_all(NULL, &err), RD_E_UNSUPPORTED);
    ck_assert_str_ne(err.hint, "");
}
END_TEST

START_TEST(the_digest_is_that_of_the_whole_file_however_much_was_read)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    char hex[RD_SHA256_HEX], expected[RD_SHA256_HEX];
    const char *data;
    size_t length;
    bool more = false;
    BUFFER(plain);

    fill(&plain, LARGE);
    save(plain.data, plain.length);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    if (_i > 0)
        ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
    if (_i > 1) {
        ck_assert_int_eq(rd_stream_skim(stream, &more, NULL), RD_OK);
        ck_assert(more);
    }
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_OK);
    ck_assert_int_eq(rd_sha256(plain.data, plain.length, expected, NULL), RD_OK);
    ck_assert_str_eq(hex, expected);
}
END_TEST

START_TEST(a_damaged_file_has_a_digest_and_keeps_its_error)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    struct rd_err first = RD_ERR_INIT, again = RD_ERR_INIT;
    char hex[RD_SHA256_HEX], expected[RD_SHA256_HEX];
    const char *data;
    size_t length;
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, LARGE);
    run(formats[_i].command, &plain, &packed);
    for (size_t i = 20; i < packed.length; i += 100)
        packed.data[i] ^= 0x55;
    save(packed.data, packed.length);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    while (rd_stream_read(stream, &data, &length, &first) == RD_OK)
        ck_assert_uint_gt(length, 0);
    ck_assert_int_eq(first.code, RD_E_BACKUP);
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_OK);
    ck_assert_int_eq(rd_sha256(packed.data, packed.length, expected, NULL), RD_OK);
    ck_assert_str_eq(hex, expected);
    ck_assert_int_eq(rd_stream_read(stream, &data, &length, &again), RD_E_BACKUP);
    ck_assert_str_eq(first.message, again.message);
}
END_TEST

/* What happens to the file after its first piece was read. */
static void append(void)
{
    FILE *file = fopen(sample, "ab");

    ck_assert_ptr_nonnull(file);
    fputs("more", file);
    fclose(file);
}

static void shorten(void)
{
    ck_assert_int_eq(truncate(sample, LARGE / 2), 0);
}

static void touch(void)
{
    struct stat now;

    ck_assert_int_eq(stat(sample, &now), 0);
    now.st_mtim.tv_nsec ^= 1024;
    const struct timespec times[2] = {now.st_atim, now.st_mtim};
    ck_assert_int_eq(utimensat(AT_FDCWD, sample, times, 0), 0);
}

static void (*const changes[])(void) = {append, shorten, touch};

START_TEST(a_file_that_changes_while_it_is_read_proves_nothing)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    struct rd_err err = RD_ERR_INIT;
    char hex[RD_SHA256_HEX];
    const char *data;
    size_t length = 1;
    int status;
    BUFFER(plain);

    fill(&plain, LARGE);
    save(plain.data, plain.length);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
    changes[_i]();
    while ((status = rd_stream_read(stream, &data, &length, &err)) == RD_OK)
        ck_assert_uint_gt(length, 0);
    ck_assert_int_eq(status, RD_E_SYSTEM);
    ck_assert_ptr_nonnull(strstr(err.message, "changed while it was read"));
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_E_SYSTEM);
}
END_TEST

START_TEST(a_file_that_grows_while_it_is_read_is_not_followed)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    const char *data;
    size_t length = 1;
    int status = RD_OK;
    BUFFER(plain);

    fill(&plain, LARGE);
    save(plain.data, plain.length);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    ck_assert_int_eq(truncate(sample, (off_t)1 << 40), 0);
    while (status == RD_OK)
        status = rd_stream_read(stream, &data, &length, NULL);
    ck_assert_int_eq(status, RD_E_SYSTEM);
    ck_assert_int_lt(rd_stream_position(stream), 2 * LARGE);
}
END_TEST

START_TEST(a_file_that_changes_after_its_last_byte_was_read_has_no_digest)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    char hex[RD_SHA256_HEX];
    const char *data;
    size_t length = 1;
    BUFFER(plain);

    fill(&plain, LARGE);
    save(plain.data, plain.length);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    while (length > 0)
        ck_assert_int_eq(rd_stream_read(stream, &data, &length, NULL), RD_OK);
    changes[_i]();
    ck_assert_int_eq(rd_stream_digest(stream, hex, NULL), RD_E_SYSTEM);
}
END_TEST

START_TEST(a_compressed_file_that_is_still_being_written_is_not_the_backups_fault)
{
    RD_CLEANUP(rd_stream_closep) struct rd_stream *stream = NULL;
    const char *data;
    size_t length;
    int status;
    BUFFER(plain);
    BUFFER(packed);

    fill(&plain, LARGE);
    run(formats[_i].command, &plain, &packed);
    save(packed.data, packed.length / 2);
    ck_assert_int_eq(rd_stream_open(sample, &stream, NULL), RD_OK);
    append();
    while ((status = rd_stream_read(stream, &data, &length, NULL)) == RD_OK)
        ck_assert_uint_gt(length, 0);
    ck_assert_int_eq(status, RD_E_SYSTEM);
}
END_TEST

START_TEST(a_missing_file_is_told_as_such)
{
    struct rd_stream *stream = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_stream_open("/nonexistent/dump.sql", &stream, &err), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "cannot open '/nonexistent/dump.sql'");
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    struct rd_stream *stream = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_stream_open(folder, &stream, &err), RD_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "is a folder and not a file"));
    rd_err_clear(&err);
    ck_assert_int_eq(mkfifo(sample, 0600), 0);
    ck_assert_int_eq(rd_stream_open(sample, &stream, &err), RD_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "is a FIFO and not a file"));
    rd_err_clear(&err);
    ck_assert_int_eq(rd_stream_open("/dev/null", &stream, &err), RD_E_ARGUMENT);
    ck_assert_str_eq(err.message, "'/dev/null' is a device and not a file");
    ck_assert_ptr_null(stream);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("stream");
    TCase *each = tcase_create("each format");
    TCase *all = tcase_create("all");
    const int count = RD_COUNT(formats);

    tcase_add_checked_fixture(each, setup, teardown);
    tcase_set_timeout(each, 120);
    tcase_add_loop_test(
        each, a_compressed_file_reads_as_what_was_compressed_and_is_hashed_as_it_lies_on_disk, 0,
        count);
    tcase_add_loop_test(each, compressed_nothing_is_nothing, 0, count);
    tcase_add_loop_test(each, a_small_file_that_is_cut_at_any_byte_is_the_backups_fault, 0, count);
    tcase_add_loop_test(each, a_large_file_that_is_cut_is_the_backups_fault, 0, count);
    tcase_add_loop_test(each, several_members_are_read_whole, 0, count);
    tcase_add_loop_test(each, a_cut_anywhere_within_the_second_member_is_the_backups_fault, 0,
                        count);
    tcase_add_loop_test(each, what_follows_the_last_member_must_be_zeros, 0, count);
    tcase_add_loop_test(each, zeros_between_members_are_padding, 0, count);
    tcase_add_loop_test(each, a_member_may_begin_anywhere_in_the_streams_buffer, 0, count);
    tcase_add_loop_test(each, no_changed_bit_changes_the_content_unnoticed, 0, count);
    tcase_add_loop_test(each, a_damaged_file_has_a_digest_and_keeps_its_error, 0, count);
    tcase_add_loop_test(
        each, a_compressed_file_that_is_still_being_written_is_not_the_backups_fault, 0, count);
    suite_add_tcase(suite, each);

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, a_plain_file_is_handed_out_as_it_is);
    tcase_add_test(all, an_empty_file_has_no_content);
    tcase_add_test(all, a_changed_checksum_is_the_backups_fault);
    tcase_add_loop_test(all,
                        the_programs_options_make_no_difference_but_for_windows_beyond_the_maximum,
                        0, RD_COUNT(variants));
    tcase_add_loop_test(all, frames_without_content_are_passed_over, 0, 2);
    tcase_add_loop_test(all, a_format_that_cannot_be_read_is_not_the_backups_fault, 0,
                        RD_COUNT(foreign));
    tcase_add_loop_test(all, the_digest_is_that_of_the_whole_file_however_much_was_read, 0, 3);
    tcase_add_loop_test(all, a_file_that_changes_while_it_is_read_proves_nothing, 0,
                        RD_COUNT(changes));
    tcase_add_test(all, a_file_that_grows_while_it_is_read_is_not_followed);
    tcase_add_loop_test(all, a_file_that_changes_after_its_last_byte_was_read_has_no_digest, 0,
                        RD_COUNT(changes));
    tcase_add_test(all, a_missing_file_is_told_as_such);
    tcase_add_test(all, what_is_no_file_is_refused);
    suite_add_tcase(suite, all);
    return suite;
}
