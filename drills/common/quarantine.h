/*
 * quarantine.h: the settings that keep a restored server from touching the world, and the proof
 * that they hold, from the running server and /proc. The table in quarantine.c is the only place
 * that names them.
 */
#ifndef RD_QUARANTINE_H
#define RD_QUARANTINE_H

#include "drills/common/drill.h"

/*
 * The overrides for a server's command line: NULL-terminated "-c", "name=value", … in the record's
 * arena, for the server's major version (15); NULL when memory is gone. `socket_folder` and
 * `log_folder` lie in the work folder.
 */
const char *const *rd_quarantine_arguments(const struct rd_drill *drill, int major,
                                           const char *socket_folder) RD_MUST_CHECK;

/*
 * Asks the running server for each setting, for WAL receivers, apply workers, archived segments,
 * recovery, identity, and /proc for listening and connected sockets of its process tree; adds one
 * finding each to `group`. For a server that is not ours what cannot be proven is a skip that says
 * so, and the record's limits name it.
 */
int rd_quarantine_prove(struct rd_drill *drill, const struct rd_instance *instance,
                        struct rd_group *group, struct rd_err *reterr) RD_MUST_CHECK;

#endif
