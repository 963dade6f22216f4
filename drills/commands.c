/*
 * commands.c: the table of commands. Parsing is in options.c.
 */
#include "drills/commands.h"

#define OPTION(option, kind, member, placeholder, text)                                     \
    {                                                                                       \
        .name = (option), .type = (kind), .offset = offsetof(struct rd_invocation, member), \
        .argument = (placeholder), .help = (text)                                           \
    }
#define FLAG(option, member, text) OPTION(option, RD_OPTION_FLAG, member, NULL, text)
#define TEXT(option, member, placeholder, text) \
    OPTION(option, RD_OPTION_TEXT, member, placeholder, text)

const struct rd_option rd_common_options[] = {
    FLAG("--quiet", quiet, "say nothing on stderr but warnings and errors"),
    FLAG("--json-log", json_log, "write stderr as one JSON object a line"),
    FLAG("--help", help, "show this text"),
    {0},
};

#define STATE                     \
    TEXT("--state", state, "DIR", \
         "leases and work folders (default: $XDG_STATE_HOME/redrill, for root /var/lib/redrill)")

static const struct rd_option run_options[] = {
    TEXT("--out", out, "DIR", "where the reports go (default: reports/DRILL in the state folder)"),
    STATE,
    TEXT("--target", target, "TIME", "drill to this time (RFC 3339) or to 'latest'"),
    OPTION("--set", RD_OPTION_TEXTS, set, "KEY=VALUE",
           "change a value of the plan, as in 'source.path=/backups/today.dump'; repeatable"),
    FLAG("--unsigned", unsigned_drill, "run without a signing key; the report proves nothing"),
    FLAG("--keep", keep, "leave the instance running until 'redrill reap --kept'"),
    {0},
};

static const struct rd_option plan_options[] = {
    OPTION("--set", RD_OPTION_TEXTS, set, "KEY=VALUE", "change a value of the plan; repeatable"),
    {0},
};

static const struct rd_option list_options[] = {
    FLAG("--markdown", markdown, "print tables for a README"),
    {0},
};

static const struct rd_option schema_options[] = {
    FLAG("--record", record, "the schema of record.json instead of that of plans"),
    {0},
};

static const struct rd_option verify_options[] = {
    TEXT("--key", key, "PUB", "the public key that you trust, in PEM; never one out of the report"),
    {0},
};

static const struct rd_option render_options[] = {
    TEXT("--reporter", reporter, "NAME", "which reporter (see 'redrill list reporters')"),
    {0},
};

static const struct rd_option reap_options[] = {
    STATE,
    FLAG("--kept", kept, "also remove what 'run --keep' left on purpose"),
    {0},
};

static const struct rd_option keygen_options[] = {
    TEXT("--out", out, "KEY", "file of the private key; the public one goes to KEY.pub"),
    TEXT("--type", type, "TYPE", "ed25519 (default) or ecdsa-p256"),
    TEXT("--passphrase-env", passphrase_env, "NAME",
         "encrypt the key with the passphrase in this environment variable"),
    {0},
};

static const struct rd_option help_options[] = {
    FLAG("--words", words, "only names, one a line, for completion"),
    {0},
};

const struct rd_command rd_commands[] = {
    {
        .name = "run",
        .arguments = "PLAN",
        .arguments_min = 1,
        .arguments_max = 1,
        .summary = "restore the backup that a plan names, check it, report, remove it",
        .detail = "Exit status: 0 passed, 1 failed (the backup, an objective or the quarantine is\n"
                  "known bad), 2 error (not known), 64 the command line or the plan is wrong.",
        .options = run_options,
        .run = rd_command_run,
    },
    {
        .name = "plan",
        .arguments = "PLAN",
        .arguments_min = 1,
        .arguments_max = 1,
        .summary = "check a plan and print every fault with its JSON path; touch nothing",
        .detail = "Exit status: 0 the plan is valid, 64 it is not.",
        .options = plan_options,
        .run = rd_command_plan,
    },
    {
        .name = "list",
        .arguments = "[plan|providers|checks|reporters]",
        .arguments_max = 1,
        .summary = "the modules and their settings",
        .options = list_options,
        .run = rd_command_list,
    },
    {
        .name = "schema",
        .arguments = "",
        .summary = "JSON Schema of plans, made from the modules' own tables",
        .options = schema_options,
        .run = rd_command_schema,
    },
    {
        .name = "verify",
        .arguments = "EVIDENCE",
        .arguments_min = 1,
        .arguments_max = 1,
        .summary = "check a signed report against a public key that you trust",
        .detail = "Exit status: 0 the signature is good, 1 it is not, 2 the file or key cannot be\n"
                  "read. The verdict of the drill is printed and does not change the exit status.",
        .options = verify_options,
        .run = rd_command_verify,
    },
    {
        .name = "render",
        .arguments = "RECORD|EVIDENCE",
        .arguments_min = 1,
        .arguments_max = 1,
        .summary = "write a record in the form of a reporter to stdout",
        .options = render_options,
        .run = rd_command_render,
    },
    {
        .name = "reap",
        .arguments = "",
        .summary = "remove what crashed drills left behind; safe to run at any time",
        .detail = "Exit status: 0 nothing is left that should not be, 2 something could not be\n"
                  "removed.",
        .options = reap_options,
        .run = rd_command_reap,
    },
    {
        .name = "keygen",
        .arguments = "",
        .summary = "make a key pair for signing reports",
        .options = keygen_options,
        .run = rd_command_keygen,
    },
    {
        .name = "help",
        .arguments = "[COMMAND]",
        .arguments_max = 1,
        .summary = "show the commands, or one command's options",
        .options = help_options,
        .run = rd_command_help,
    },
    {0},
};
