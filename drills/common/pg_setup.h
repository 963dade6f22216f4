/*
 * pg_setup.h: what a session is told before it is used. A restored database brings settings of its
 * roles and databases along (ALTER ROLE … SET, ALTER DATABASE … SET), and they take effect before
 * the first statement could object. For pg.c.
 */
#ifndef RD_PG_SETUP_H
#define RD_PG_SETUP_H

#include "drills/common/buf.h"

/*
 * Values of the connection parameter `options`, which beat the settings of roles and databases,
 * from the strongest to none at all; ends with NULL. A server refuses a connection whose options it
 * does not know or does not grant to the role, so they are tried one after the other.
 */
extern const char *const rd_pg_startup[];

/* The first that a server older than 17 knows. */
enum { RD_PG_STARTUP_BEFORE_17 = 1 };

/* Whether a refusal with this SQLSTATE may be one of the options, so that the next are to be
 * tried. */
bool rd_pg_startup_refused(const char *sqlstate);

/* One statement that sets everything else. `timeout_ms` is the statement timeout. */
void rd_pg_setup_sql(int version, bool writes, int64_t timeout_ms, struct rd_buf *out);

/* One statement that changes the timeout alone. */
void rd_pg_timeout_sql(int64_t timeout_ms, char *ret_sql, size_t size);

#endif
