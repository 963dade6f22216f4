/*
 * dump_messages.h: what a complaint of psql, pg_restore or the server means: whose fault it is, and
 * as much of it as may be told. Messages can quote restored data, so only what is known to hold
 * none is told as it is.
 */
#ifndef RD_DUMP_MESSAGES_H
#define RD_DUMP_MESSAGES_H

#include "drills/common/base.h"

enum { RD_DUMP_MESSAGE = 400 };

struct rd_dump_message {
    bool of_machine; /* not the backup's fault */
    char text[RD_DUMP_MESSAGE];
    const char *hint; /* MAY */
};

/* A message of the server; `sqlstate` is "" where the program does not tell it. */
void rd_dump_message_server(const char *sqlstate, const char *message,
                            struct rd_dump_message *ret_message);

/* A message of psql or pg_restore itself. */
void rd_dump_message_program(const char *message, struct rd_dump_message *ret_message);

#endif
