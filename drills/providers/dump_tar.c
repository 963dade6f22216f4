/*
 * dump_tar.c: see dump_tar.h. The layout is that of POSIX ustar (pax, "ustar Interchange Format").
 */
#include "drills/providers/dump_tar.h"

#include <string.h>

enum {
    TAR_SIZE = 124, /* where the fields begin */
    TAR_SIZE_LENGTH = 12,
    TAR_SUM = 148,
    TAR_SUM_LENGTH = 8,
    TAR_END_BLOCKS = 2,
};

/* An octal number, or for big ones (first bit set) a binary one. False when it is neither. */
static bool tar_number(const unsigned char *field, size_t length, uint64_t *ret_value)
{
    uint64_t value = 0;

    if ((field[0] & 0x80) != 0) {
        for (size_t i = length - sizeof(value); i < length; i++)
            value = value << 8 | field[i];
        *ret_value = value;
        return value < UINT64_MAX / 2;
    }
    while (length > 0 && *field == ' ') {
        field++;
        length--;
    }
    for (; length > 0 && *field >= '0' && *field <= '7'; field++, length--)
        value = value << 3 | (uint64_t)(*field - '0');
    *ret_value = value;
    return length == 0 || *field == ' ' || *field == '\0';
}

/* The sum of all bytes, with blanks in the place of the sum itself. */
static bool tar_sum_fits(const unsigned char *header)
{
    uint64_t expected, sum = 0;

    for (size_t i = 0; i < RD_DUMP_TAR_BLOCK; i++)
        sum += i >= TAR_SUM && i < TAR_SUM + TAR_SUM_LENGTH ? ' ' : header[i];
    return tar_number(header + TAR_SUM, TAR_SUM_LENGTH, &expected) && sum == expected;
}

static int tar_header(struct rd_dump_tar *tar, struct rd_err *reterr)
{
    static const unsigned char zeros[RD_DUMP_TAR_BLOCK];
    uint64_t size;

    tar->header_length = 0;
    if (memcmp(tar->header, zeros, sizeof(zeros)) == 0) {
        tar->zero_blocks++;
        return RD_OK;
    }
    if (tar->zero_blocks > 0 || !tar_sum_fits(tar->header) ||
        !tar_number(tar->header + TAR_SIZE, TAR_SIZE_LENGTH, &size)) {
        int code =
            rd_err_set(reterr, RD_E_BACKUP, "the dump is damaged: a tar header is not valid");
        rd_err_hint(reterr, "Look at what copied the file since it was made.");
        return code;
    }
    uint64_t blocks = size / RD_DUMP_TAR_BLOCK + (size % RD_DUMP_TAR_BLOCK > 0);
    tar->skip = blocks * RD_DUMP_TAR_BLOCK;
    return RD_OK;
}

int rd_dump_tar_add(struct rd_dump_tar *tar, const char *data, size_t length, struct rd_err *reterr)
{
    int code = RD_OK;

    while (length > 0 && code == RD_OK && tar->zero_blocks < TAR_END_BLOCKS) {
        size_t room = RD_DUMP_TAR_BLOCK - tar->header_length;
        size_t used = length < room ? length : room;
        if (tar->skip > 0) {
            used = length < tar->skip ? length : (size_t)tar->skip;
            tar->skip -= used;
        } else {
            memcpy(tar->header + tar->header_length, data, used);
            tar->header_length += used;
            if (tar->header_length == RD_DUMP_TAR_BLOCK)
                code = tar_header(tar, reterr);
        }
        data += used;
        length -= used;
    }
    return code;
}

int rd_dump_tar_end(const struct rd_dump_tar *tar, struct rd_err *reterr)
{
    if (tar->zero_blocks >= TAR_END_BLOCKS)
        return RD_OK;
    int code = rd_err_set(reterr, RD_E_BACKUP, "the dump is truncated: it breaks off %s",
                          tar->skip > 0            ? "inside a member of the tar file"
                          : tar->header_length > 0 ? "inside a header of the tar file"
                                                   : "before the end of the tar file");
    rd_err_hint(reterr,
                "Look at the exit status of pg_dump and of whatever copied the file, and at "
                "full disks.");
    return code;
}
