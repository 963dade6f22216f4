/*
 * server_arguments.h: what a server of ours is told on its command line. For server.c.
 */
#ifndef RD_SERVER_ARGUMENTS_H
#define RD_SERVER_ARGUMENTS_H

#include "drills/common/drill.h"

/*
 * The argument vector of `postgres`, NULL-terminated, in the record's arena; NULL when memory is
 * gone. Everything is on the command line, because the data folder's postgresql.auto.conf beats
 * every file. Of two values for one setting the later counts: the plan's own settings beat the
 * profile's sizes, and neither beats its durability or the quarantine.
 */
const char *const *rd_server_arguments(const struct rd_drill *drill, int major,
                                       const char *postgres, const char *data_folder,
                                       const char *socket_folder) RD_MUST_CHECK;

#endif
