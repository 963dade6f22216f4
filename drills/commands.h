/*
 * commands.h: the command line as a table: commands, their options, and what each prints on
 * --help. Exit statuses are part of what users rely on and never change their meaning.
 */
#ifndef RD_COMMANDS_H
#define RD_COMMANDS_H

#include "drills/common/err.h"

enum rd_exit {
    RD_EXIT_PASS = 0,   /* passed, valid, nothing left to do */
    RD_EXIT_FAIL = 1,   /* known bad: the backup, an objective, the quarantine, a signature */
    RD_EXIT_ERROR = 2,  /* not known: the machine, the network, a deadline */
    RD_EXIT_USAGE = 64, /* the command line or the plan */
};

enum { RD_OPTION_TEXTS_MAX = 64 };

/* The values of an option that may be repeated. */
struct rd_option_texts {
    size_t count;
    const char *items[RD_OPTION_TEXTS_MAX];
};

/* What a command line said. Members that a command has no option for stay zero. */
struct rd_invocation {
    const char *arguments[2]; /* what is no option, in order */
    size_t argument_count;
    const char *out, *state, *target, *key, *reporter, *type, *passphrase_env;
    struct rd_option_texts set; /* "KEY=VALUE" */
    bool keep, kept, unsigned_drill, record, markdown, words;
    bool quiet, json_log, help;
};

enum rd_option_type { RD_OPTION_FLAG = 1, RD_OPTION_TEXT, RD_OPTION_TEXTS };

struct rd_option {
    const char *name; /* "--out" */
    enum rd_option_type type;
    size_t offset;        /* in struct rd_invocation */
    const char *argument; /* "DIR"; NULL for a flag */
    const char *help;
};

struct rd_command {
    const char *name;
    const char *arguments; /* "PLAN", for people */
    size_t arguments_min, arguments_max;
    const char *summary;
    const char *detail;              /* one or more lines below the options; may be NULL */
    const struct rd_option *options; /* ends with {0} */
    int (*run)(const struct rd_invocation *invocation);
};

/* Ends with {0}. */
extern const struct rd_command rd_commands[];

/* Options that every command takes. */
extern const struct rd_option rd_common_options[];

/* The whole program: parses, runs one command, returns its exit status. */
int rd_commands_main(int argc, char **argv);

int rd_command_run(const struct rd_invocation *invocation);
int rd_command_plan(const struct rd_invocation *invocation);
int rd_command_list(const struct rd_invocation *invocation);
int rd_command_schema(const struct rd_invocation *invocation);
int rd_command_verify(const struct rd_invocation *invocation);
int rd_command_render(const struct rd_invocation *invocation);
int rd_command_reap(const struct rd_invocation *invocation);
int rd_command_keygen(const struct rd_invocation *invocation);
int rd_command_help(const struct rd_invocation *invocation);

#endif
