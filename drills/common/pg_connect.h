/*
 * pg_connect.h: how a session begins. For pg.c; the second file that includes libpq.
 */
#ifndef RD_PG_CONNECT_H
#define RD_PG_CONNECT_H

#include "drills/common/pg.h"
#include "drills/common/pg_error.h"

struct pg_conn; /* libpq's PGconn */

/* Connects as rd_pg_open says, with the strongest options of pg_setup.h that the server takes. */
int rd_pg_connect(const char *conninfo, const struct rd_pg_option *options, unsigned flags,
                  const struct rd_deadline *deadline, struct pg_conn **ret_conn,
                  struct rd_err *reterr) RD_MUST_CHECK;

/* Waits for the connection's socket. */
int rd_pg_wait(const struct pg_conn *conn, short events, const struct rd_deadline *deadline,
               const char *what, struct rd_err *reterr) RD_MUST_CHECK;

#endif
