/*
 * test_dump_tar.c: a tar file is followed to its end, in pieces of any size, and every cut is seen.
 */
#include "drills/providers/dump_tar.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"

enum { TAR_MAX = 16 * RD_DUMP_TAR_BLOCK };

static char tar_file[TAR_MAX];
static size_t tar_length;

static void add_member(const char *name, size_t size)
{
    char *header = tar_file + tar_length;
    unsigned sum = 0;

    snprintf(header, 100, "%s", name);
    snprintf(header + 124, 12, "%011zo", size);
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < RD_DUMP_TAR_BLOCK; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    tar_length += RD_DUMP_TAR_BLOCK;
    memset(tar_file + tar_length, 'x', size);
    tar_length += (size + RD_DUMP_TAR_BLOCK - 1) / RD_DUMP_TAR_BLOCK * RD_DUMP_TAR_BLOCK;
}

static void make_tar(void)
{
    memset(tar_file, 0, sizeof(tar_file));
    tar_length = 0;
    add_member("toc.dat", 700);
    add_member("3014.dat", 0);
    add_member("restore.sql", RD_DUMP_TAR_BLOCK);
    tar_length += 2 * RD_DUMP_TAR_BLOCK;
}

/* Follows the first `length` bytes in pieces; each lies in memory of its own size for ASan. */
static int follow(size_t length, size_t piece)
{
    struct rd_dump_tar tar = {0};
    int code = RD_OK;

    for (size_t at = 0; at < length && code == RD_OK; at += piece) {
        size_t size = length - at < piece ? length - at : piece;
        char *copy = malloc(size);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, tar_file + at, size);
        code = rd_dump_tar_add(&tar, copy, size, NULL);
        free(copy);
    }
    return code == RD_OK ? rd_dump_tar_end(&tar, NULL) : code;
}

START_TEST(a_whole_tar_is_whole_in_any_pieces)
{
    static const size_t pieces[] = {1, 7, 511, 512, 513, 4096, TAR_MAX};

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        ck_assert_int_eq(follow(tar_length, pieces[i]), RD_OK);
    ck_assert_int_eq(follow(tar_length + RD_DUMP_TAR_BLOCK, 512), RD_OK); /* more padding */
}
END_TEST

START_TEST(every_cut_is_seen)
{
    for (size_t length = 0; length < tar_length; length++)
        ck_assert_int_eq(follow(length, 100), RD_E_BACKUP);
}
END_TEST

START_TEST(a_changed_header_is_damage)
{
    for (size_t i = 0; i < RD_DUMP_TAR_BLOCK; i++) {
        if (i == 155) /* what follows the end of the sum counts nowhere */
            continue;
        tar_file[i] ^= 1;
        ck_assert_int_eq(follow(tar_length, TAR_MAX), RD_E_BACKUP);
        tar_file[i] ^= 1;
    }
    ck_assert_int_eq(follow(tar_length, TAR_MAX), RD_OK);
}
END_TEST

START_TEST(a_member_after_a_block_of_zeros_is_damage)
{
    tar_length -= RD_DUMP_TAR_BLOCK;
    add_member("more", 1);
    ck_assert_int_eq(follow(tar_length, TAR_MAX), RD_E_BACKUP);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dump_tar");
    TCase *tcase = tcase_create("dump_tar");

    tcase_add_checked_fixture(tcase, make_tar, NULL);
    tcase_add_test(tcase, a_whole_tar_is_whole_in_any_pieces);
    tcase_add_test(tcase, every_cut_is_seen);
    tcase_add_test(tcase, a_changed_header_is_damage);
    tcase_add_test(tcase, a_member_after_a_block_of_zeros_is_damage);
    suite_add_tcase(suite, tcase);
    return suite;
}
