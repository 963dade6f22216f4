/*
 * quarantine.h: the settings that keep a restored server from touching the world and from passing
 * over damage, and the proof that they hold, from the running server and /proc. The table in
 * quarantine.c is the only place that names them.
 */
#ifndef RD_QUARANTINE_H
#define RD_QUARANTINE_H

#include "drills/common/drill.h"

/*
 * The overrides for a server's command line: NULL-terminated "-c", "name=value", … in the record's
 * arena, for the server's major version (15); NULL when memory is gone. `socket_folder` lies in the
 * work folder; data/ and config/ of the work folder are the server's data and configuration.
 */
const char *const *rd_quarantine_arguments(const struct rd_drill *drill, int major,
                                           const char *socket_folder) RD_MUST_CHECK;

/*
 * Asks the running server for each setting, for WAL receivers, apply workers, archived segments,
 * recovery and tablespaces; its data folder for its identity; /proc for listening and connected
 * sockets of the drill's processes. Adds one finding each to `group`. What a restored role or
 * database sets for its own sessions is a skip, "not proven". For a server that is not ours
 * everything that cannot be proven is such a skip, and the record's limits name it. An error only
 * when the server cannot be asked at all.
 */
int rd_quarantine_prove(struct rd_drill *drill, const struct rd_instance *instance,
                        struct rd_group *group, struct rd_err *reterr) RD_MUST_CHECK;

#endif
