/*
 * dump_tar.h: follows a tar file on its way into pg_restore, which does not read to its end and so
 * does not notice one that is cut short.
 */
#ifndef RD_DUMP_TAR_H
#define RD_DUMP_TAR_H

#include "drills/common/err.h"

enum { RD_DUMP_TAR_BLOCK = 512 };

/* Zeroed at first. */
struct rd_dump_tar {
    unsigned char header[RD_DUMP_TAR_BLOCK];
    size_t header_length; /* of it was seen */
    uint64_t skip;        /* bytes of a member, with its padding, that are still to come */
    int zero_blocks;      /* seen at the end */
};

/* RD_E_BACKUP for a header that is damaged. */
int rd_dump_tar_add(struct rd_dump_tar *tar, const char *data, size_t length,
                    struct rd_err *reterr) RD_MUST_CHECK;

/* After the last byte: RD_E_BACKUP unless the two blocks of zeros were seen that end a tar file. */
int rd_dump_tar_end(const struct rd_dump_tar *tar, struct rd_err *reterr) RD_MUST_CHECK;

#endif
