/*
 * pg_setup.h: what a session is told before it is used. A restored database brings settings of its
 * roles and databases along (ALTER ROLE … SET, ALTER DATABASE … SET), and they take effect before
 * the first statement could object. For pg.c and pg_connect.c.
 */
#ifndef RD_PG_SETUP_H
#define RD_PG_SETUP_H

#include "drills/common/buf.h"

/*
 * What the connection parameter `options` may hold; it beats the settings of roles and databases. A
 * server refuses a connection with options that it does not know or does not grant to the role, so
 * one begins with the strongest and goes on with weaker ones.
 */
struct rd_pg_startup {
    int major;      /* the server knows what this version knows; 0: it takes no options at all */
    bool superuser; /* the role may set what only superusers may */
};

/* The strongest; of what a server older than 17 knows when that is known. */
struct rd_pg_startup rd_pg_startup_first(bool before_17);
void rd_pg_startup_text(const struct rd_pg_startup *startup, struct rd_buf *out);

/* Takes out what a refusal with this SQLSTATE may have meant; false when it meant nothing of it. */
bool rd_pg_startup_weaken(struct rd_pg_startup *startup, const char *sqlstate);

/* One statement that sets everything else. `timeout_ms` is the statement timeout. */
void rd_pg_setup_sql(int version, bool writes, int64_t timeout_ms, struct rd_buf *out);

/* One statement that changes the timeout alone. */
void rd_pg_timeout_sql(int64_t timeout_ms, char *ret_sql, size_t size);

#endif
