/*
 * own_postgres.h: a real PostgreSQL server for one test program: a fresh cluster in a temporary
 * folder, reached through its socket only, gone with the program. PostgreSQL refuses root, so as
 * root it runs as nobody.
 */
#ifndef RD_TESTS_OWN_POSTGRES_H
#define RD_TESTS_OWN_POSTGRES_H

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/pg.h"

#define OWN_POSTGRES_BIN "/usr/lib/postgresql/15/bin"

struct own_postgres {
    pid_t pid;
    char folder[64]; /* also of the socket */
    char data[80];
};

enum { OWN_POSTGRES_NOBODY = 65534 };

/* Becomes the program in a child: output to FOLDER/log, as nobody when we are root. */
static inline void own_postgres_become(const struct own_postgres *server, const char *const *argv)
{
    char log[96];

    snprintf(log, sizeof(log), "%s/log", server->folder);
    if (geteuid() == 0 && (setgid(OWN_POSTGRES_NOBODY) != 0 || setuid(OWN_POSTGRES_NOBODY) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* A superuser's session with one of the server's databases. */
static inline struct rd_pg *own_postgres_open(const struct own_postgres *server,
                                              const char *database, const char *user,
                                              unsigned flags, struct rd_err *reterr)
{
    struct rd_deadline deadline = rd_deadline_in_ms(30000, -1);
    struct rd_pg *pg = NULL;
    const struct rd_pg_option options[] = {
        {"host", server->folder}, {"port", "5432"}, {"user", user},
        {"dbname", database},     {NULL, NULL},
    };

    return rd_pg_open(NULL, options, flags | RD_PG_BEFORE_17, &deadline, &pg, reterr) == RD_OK
               ? pg
               : NULL;
}

static inline void own_postgres_start(struct own_postgres *server)
{
    const char *const initdb[] = {
        OWN_POSTGRES_BIN "/initdb",
        "-D",
        server->data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--no-sync",
        NULL,
    };
    const char *const postgres[] = {
        OWN_POSTGRES_BIN "/postgres", "-D", server->data, "-k", server->folder, "-c",
        "listen_addresses=",          "-c", "fsync=off",  NULL,
    };
    int status = -1;

    snprintf(server->folder, sizeof(server->folder), "/tmp/redrill-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(server->folder));
    snprintf(server->data, sizeof(server->data), "%s/data", server->folder);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(server->folder, OWN_POSTGRES_NOBODY, OWN_POSTGRES_NOBODY), 0);

    pid_t pid = fork();
    if (pid == 0)
        own_postgres_become(server, initdb);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(status == 0, "initdb of PostgreSQL 15 failed, see %s/log", server->folder);
    server->pid = fork();
    if (server->pid == 0)
        own_postgres_become(server, postgres);

    struct rd_err err = RD_ERR_INIT;
    for (int i = 0; i < 300; i++) {
        struct rd_pg *pg = own_postgres_open(server, "postgres", "postgres", 0, &err);
        rd_pg_close(pg);
        if (pg != NULL)
            return;
        rd_err_clear(&err);
        usleep(100000);
    }
    ck_abort_msg("PostgreSQL did not start, see %s/log", server->folder);
}

/* Goes on whatever happens: the last of the server's processes may still remove files, too. */
static inline int own_postgres_remove(const char *path, const struct stat *status, int what,
                                      struct FTW *walk)
{
    (void)status;
    (void)what;
    (void)walk;
    (void)!remove(path);
    return 0;
}

static inline void own_postgres_stop(struct own_postgres *server)
{
    if (server->pid > 0) {
        kill(server->pid, SIGQUIT);
        waitpid(server->pid, NULL, 0);
    }
    nftw(server->folder, own_postgres_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
