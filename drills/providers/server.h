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
    const char *locale_provider; /* "libc", "icu", "builtin" (from 17) */
    const char *collate;         /* LC_COLLATE */
    const char *ctype;           /* LC_CTYPE */
    const char *icu_locale;      /* of ICU, or of the builtin provider */
};

struct rd_server;

/*
 * Finds the programs of that major version, or of the oldest newer one (plan's bindir, else
 * /usr/lib/postgresql/N/bin, /usr/pgsql-N/bin, /usr/local/pgsql/bin, PATH). RD_E_NOT_FOUND names
 * what is missing and the package; RD_E_UNSUPPORTED a version that redrill does not know;
 * RD_E_ARGUMENT a work folder in which no socket can be made. Nothing is created. `ret_server` is
 * to be freed, and does not outlive `drill`.
 */
int rd_server_new(struct rd_drill *drill, int major, struct rd_server **ret_server,
                  struct rd_err *reterr) RD_MUST_CHECK;

/* Full path of one of its programs: "postgres", "initdb", "psql" or "pg_restore", all of which are
 * there; NULL for another name. */
const char *rd_server_program(const struct rd_server *server, const char *name);
int rd_server_major(const struct rd_server *server);

/* initdb into WORK/data. A locale that this machine lacks is RD_E_NOT_FOUND with a hint. */
int rd_server_init(struct rd_server *server, const struct rd_server_spec *spec,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* Starts the postmaster as our child, with every quarantine override on its command line, and waits
 * until it accepts queries; fills all of `ret_instance` but `provider` and `database`. A server
 * that ends during start is RD_E_CHILD with the last lines of its log. */
int rd_server_start(struct rd_server *server, struct rd_instance *ret_instance,
                    struct rd_err *reterr) RD_MUST_CHECK;

/* Fast shutdown; immediate, then SIGKILL, when the deadline passes or is called off first. Fine
 * when it does not run. RD_E_TIMEOUT only when the server cannot be ended at all. */
int rd_server_stop(struct rd_server *server, const struct rd_deadline *deadline,
                   struct rd_err *reterr) RD_MUST_CHECK;
void rd_server_free(struct rd_server *server);
void rd_server_freep(struct rd_server **server);

#endif
