/*
 * instance.h: the temporary restored server, as providers hand it over and checks see it, and the
 * plan's wishes for it.
 */
#ifndef RD_INSTANCE_H
#define RD_INSTANCE_H

#include <sys/types.h>

#include "drills/common/pg.h"
#include "drills/common/shape.h"

enum rd_profile { RD_PROFILE_FAITHFUL = 1, RD_PROFILE_FAST = 2 };

/* The plan's `instance`. */
struct rd_instance_wish {
    int profile;           /* enum rd_profile */
    const char *database;  /* which database checks ask; NULL: the only one that was restored */
    const char *bindir;    /* folder of initdb, postgres, psql …; NULL: found by version */
    const char *superuser; /* the bootstrap superuser's name */
    const char *user;   /* operating system user when redrill is root; NULL: redrill, else nobody */
    const char *locale; /* for dumps that do not name one */
    struct rd_strings preload; /* shared_preload_libraries that the plan allows */
    struct rd_list settings; /* struct rd_setting: server settings for volume (shared_buffers …);
                                quarantine wins */
};
extern const struct rd_shape rd_instance_shape;

struct rd_instance {
    const char *provider;
    const char *host; /* socket folder; NULL when `conninfo` says it */
    const char *port;
    const char *user;
    const char *database; /* which checks ask by default */
    const char *
        conninfo; /* of a server that somebody else restored; may hold a password: never print it */
    bool ours;    /* started by redrill: quarantine can be proven and teardown removes it */
    pid_t postmaster; /* of a server of ours */
    const char *data_folder;
    const char *log_file;
    int version;                   /* 150018 */
    const char *system_identifier; /* decimal */
};

/* A session with the instance. `database` NULL: the instance's. */
int rd_instance_open(const struct rd_instance *instance, const char *database, unsigned flags,
                     const struct rd_deadline *deadline, struct rd_pg **ret_pg,
                     struct rd_err *reterr) RD_MUST_CHECK;

/* The instance as a libpq URI ("postgresql://user@/db?host=…&port=…", percent-encoded) for an
 * application. `database` NULL: the instance's. For `existing` it holds what its connection string
 * holds, the password too: it may be secret. */
int rd_instance_url(const struct rd_instance *instance, const char *database, struct rd_buf *out,
                    struct rd_err *reterr) RD_MUST_CHECK;

#endif
