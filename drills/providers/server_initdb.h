/*
 * server_initdb.h: makes an empty cluster. For server.c.
 */
#ifndef RD_SERVER_INITDB_H
#define RD_SERVER_INITDB_H

#include "drills/providers/server.h"

/* Runs the program `initdb` as the drill's user; see rd_server_init. */
int rd_server_initdb(const struct rd_drill *drill, const char *initdb, const char *data_folder,
                     const char *superuser, const struct rd_server_spec *spec,
                     struct rd_err *reterr) RD_MUST_CHECK;

#endif
