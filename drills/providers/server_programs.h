/*
 * server_programs.h: where PostgreSQL's programs are. For server.c.
 */
#ifndef RD_SERVER_PROGRAMS_H
#define RD_SERVER_PROGRAMS_H

#include "drills/common/drill.h"

/* The versions whose settings the quarantine knows. */
enum { RD_SERVER_OLDEST = 13, RD_SERVER_NEWEST = 18 };

struct rd_server_programs {
    int major;
    const char *folder; /* in the record's arena, as the paths */
    const char *postgres, *initdb, *psql, *pg_restore;
};

/*
 * Looks for `major` or the oldest newer version, 0 for the newest that is installed, as
 * rd_server_new says. RD_E_UNSUPPORTED for a version that the quarantine does not know.
 */
int rd_server_programs_find(const struct rd_drill *drill, int major,
                            struct rd_server_programs *ret_programs,
                            struct rd_err *reterr) RD_MUST_CHECK;

#endif
