/*
 * command_help.c: the entry of the program, `redrill help` and `--version`.
 */
#include <string.h>
#include <unistd.h>

#include "drills/log.h"
#include "drills/options.h"

enum { HELP_MAX = 64 * 1024 };

static int help_unknown(const char *name, const char *nearest)
{
    struct rd_err err = RD_ERR_INIT;

    rd_err_set(&err, RD_E_ARGUMENT, "'%s' is not a command of redrill", name);
    if (nearest != NULL)
        rd_err_hint(&err, "Did you mean 'redrill %s'?", nearest);
    else
        rd_err_hint(&err, "Run 'redrill help' to see the commands.");
    rd_log_error(&err);
    return RD_EXIT_USAGE;
}

static int help_print(struct rd_buf *text)
{
    struct rd_err err = RD_ERR_INIT;
    int status = RD_EXIT_PASS;

    if (rd_buf_status(text, "the help", &err) != RD_OK) {
        rd_log_error(&err);
        status = RD_EXIT_ERROR;
    } else if (fputs(rd_buf_text(text), stdout) < 0) {
        status = RD_EXIT_ERROR;
    }
    rd_buf_free(text);
    return status;
}

int rd_command_help(const struct rd_invocation *invocation)
{
    struct rd_buf text = RD_BUF_INIT(HELP_MAX);
    const struct rd_command *command = NULL;
    const char *nearest = NULL;

    if (invocation->argument_count > 0) {
        command = rd_options_command(invocation->arguments[0], &nearest);
        if (command == NULL)
            return help_unknown(invocation->arguments[0], nearest);
    }
    if (invocation->words)
        rd_options_words(command, &text);
    else if (command != NULL)
        rd_options_help(command, &text);
    else
        rd_options_overview(&text);
    return help_print(&text);
}

static int help_run_command(const struct rd_command *command, int argc, char **argv)
{
    struct rd_invocation invocation;
    struct rd_buf text = RD_BUF_INIT(HELP_MAX);
    struct rd_err err = RD_ERR_INIT;

    int code = rd_options_parse(command, argc, argv, &invocation, &err);
    rd_log_setup(invocation.quiet, invocation.json_log);
    if (code != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_USAGE;
    }
    if (invocation.help) {
        rd_options_help(command, &text);
        return help_print(&text);
    }
    return command->run(&invocation);
}

/* Without a command, or with an option in its place. */
static int help_run_bare(int argc, char **argv)
{
    struct rd_buf text = RD_BUF_INIT(HELP_MAX);

    if (argc < 2) {
        rd_options_overview(&text);
        fputs(rd_buf_text(&text), stderr);
        rd_buf_free(&text);
        return RD_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("redrill " RD_VERSION);
        return RD_EXIT_PASS;
    }
    rd_options_overview(&text);
    return help_print(&text);
}

static bool help_is_bare(int argc, char **argv)
{
    static const char *const options[] = {"--version", "--help", "-h"};

    for (size_t i = 0; argc > 1 && i < RD_COUNT(options); i++) {
        if (strcmp(argv[1], options[i]) == 0)
            return true;
    }
    return argc < 2;
}

int rd_commands_main(int argc, char **argv)
{
    const char *nearest = NULL;
    int status;

    if (help_is_bare(argc, argv)) {
        status = help_run_bare(argc, argv);
    } else {
        const struct rd_command *command = rd_options_command(argv[1], &nearest);
        if (command == NULL)
            return help_unknown(argv[1], nearest);
        status = help_run_command(command, argc - 2, argv + 2);
    }
    /* A result that nobody could read is no success. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == RD_EXIT_PASS) {
        rd_log_warning("the result could not be written to stdout");
        status = RD_EXIT_ERROR;
    }
    return status;
}
