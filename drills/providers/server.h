/*
 * server.h: a PostgreSQL server of our own, in the drill's work folder, in quarantine: what the
 * providers for local restores share. Folders: WORK/data (0700), WORK/run (sockets, 0700),
 * WORK/config (our postgresql.conf, pg_hba.conf, pg_ident.conf), WORK/server.log.
 */
#ifndef RD_SERVER_H
#define RD_SERVER_H

#include "drills/common/drill.h"

/* What initdb is told. NULL members: initdb's default for the locale, C.UTF-8 for the locale. */
struct rd_server_spec {
    int major;                   /* 15; 0: the newest that is installed */
    const char *encoding;        /* "UTF8" */
    const char *locale_provider; /* "libc", "icu" */
    const char *collate;         /* LC_COLLATE */
    const char *ctype;           /* LC_CTYPE */
    const char *icu_locale;
};

struct rd_server;

/*
 * Finds the programs of that major version, or of the oldest newer one (plan's bindir, else
 * /usr/lib/postgresql/N/bin, /usr/pgsql-N/bin, /usr/local/pgsql/bin, PATH). RD_E_NOT_FOUND names
 * what is missing and the package. Nothing is created. `ret_server` is to be freed.
 */
int rd_server_new(struct rd_drill *drill, int major, struct rd_server **ret_server,
                  struct rd_err *reterr) RD_MUST_CHECK;

/* Full path of one of its programs ("psql", "pg_restore"), borrowed; existence was checked for all
 * that we use. */
const char *rd_server_program(const struct rd_server *server, const char *name);
int rd_server_major(const struct rd_server *server);

/* initdb into WORK/data. A locale that this machine lacks is RD_E_NOT_FOUND with a hint. */
int rd_server_init(struct rd_server *server, const struct rd_server_spec *spec,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* Starts the postmaster as our child, with every quarantine override on its command line, and waits
 * until it accepts queries; fills all of `ret_instance` but `database`. A server that ends during
 * start is RD_E_CHILD with the last lines of its log. */
int rd_server_start(struct rd_server *server, struct rd_instance *ret_instance,
                    struct rd_err *reterr) RD_MUST_CHECK;

/* Smart enough: fast shutdown, immediate at the deadline. Fine when it does not run. */
int rd_server_stop(struct rd_server *server, const struct rd_deadline *deadline,
                   struct rd_err *reterr) RD_MUST_CHECK;
void rd_server_free(struct rd_server *server);
void rd_server_freep(struct rd_server **server);

#endif
