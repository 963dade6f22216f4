/*
 * console_parts.h: the parts of the text for people. For console*.c only.
 */
#ifndef RD_CONSOLE_PARTS_H
#define RD_CONSOLE_PARTS_H

#include "drills/common/record.h"
#include "drills/common/times.h"
#include "reporters/lines.h"

enum { RD_CONSOLE_INDENT = 10 }; /* where facts begin, right of their label */

/* "pass", "FAIL", "ERROR", "skip": what needs a person stands out. */
const char *rd_console_word(int verdict);

/* Appends before, value and after to a list of parts, unless the value is NULL. */
void rd_console_part(struct rd_buf *line, const char *before, const char *value, const char *after);

/* A line of parts, unless there are none. */
void rd_console_parts(struct rd_buf *out, const char *head, const struct rd_buf *line);

/* "2025-11-16 14:30:00 UTC"; NULL for a time that is absent. */
const char *rd_console_time(int64_t us, char text[RD_TIME_TEXT]);

/* Which backup, which server, which drill. */
void rd_console_facts(struct rd_buf *out, const struct rd_record *record);

/* RPO, RTO and the phases. */
void rd_console_objectives(struct rd_buf *out, const struct rd_record *record);

/* What every check found. */
void rd_console_groups(struct rd_buf *out, const struct rd_record *record);

#endif
