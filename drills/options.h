/*
 * options.h: reads a command line after the tables of commands.h, and prints them for people.
 */
#ifndef RD_OPTIONS_H
#define RD_OPTIONS_H

#include "drills/commands.h"
#include "drills/common/buf.h"

/* NULL when there is no such command; *ret_nearest then is the nearest name or NULL. */
const struct rd_command *rd_options_command(const char *name, const char **ret_nearest);

/*
 * Fills `ret` from the arguments after the command's name. "--name value" and "--name=value" are
 * the same; "--" ends the options. An unknown option, a missing or empty value, one value too many
 * and a wrong number of arguments are RD_E_ARGUMENT, with the nearest known option in the hint.
 */
int rd_options_parse(const struct rd_command *command, int argc, char **argv,
                     struct rd_invocation *ret, struct rd_err *reterr) RD_MUST_CHECK;

/* The overview of all commands, and one command's help. */
void rd_options_overview(struct rd_buf *out);
void rd_options_help(const struct rd_command *command, struct rd_buf *out);

/* Names only, one a line: of all commands, or of one command's options. */
void rd_options_words(const struct rd_command *command, struct rd_buf *out);

#endif
