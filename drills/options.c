/*
 * options.c: see options.h.
 */
#include "drills/options.h"

#include <string.h>

#include "drills/common/text.h"

enum { OPTIONS_WORDS_MAX = 32 };

const struct rd_command *rd_options_command(const char *name, const char **ret_nearest)
{
    const char *words[OPTIONS_WORDS_MAX] = {0};
    size_t count = 0;

    for (const struct rd_command *command = rd_commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
        words[count++] = command->name;
    }
    *ret_nearest = rd_text_nearest(name, words);
    return NULL;
}

/* The option called by the first `length` bytes of `name`. */
static const struct rd_option *options_find(const struct rd_option *options, const char *name,
                                            size_t length)
{
    for (; options->name != NULL; options++) {
        if (strlen(options->name) == length && strncmp(options->name, name, length) == 0)
            return options;
    }
    return NULL;
}

/* The option is the first `length` bytes of `word`; a value behind it is not repeated. */
static int options_unknown(const struct rd_command *command, const char *word, size_t length,
                           struct rd_err *reterr)
{
    const char *words[OPTIONS_WORDS_MAX] = {0};
    size_t count = 0;
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)(length < sizeof(name) ? length : sizeof(name)),
             word);

    for (const struct rd_option *option = command->options; option->name != NULL; option++)
        words[count++] = option->name;
    for (const struct rd_option *option = rd_common_options; option->name != NULL; option++)
        words[count++] = option->name;

    int code = rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is not an option of 'redrill %s'", name,
                          command->name);
    const char *nearest = rd_text_nearest(name, words);
    if (nearest != NULL)
        rd_err_hint(reterr, "Did you mean '%s'?", nearest);
    else
        rd_err_hint(reterr, "Run 'redrill %s --help' to see its options.", command->name);
    return code;
}

static int options_store(const struct rd_option *option, const char *value,
                         struct rd_invocation *ret, struct rd_err *reterr)
{
    void *member = (char *)ret + option->offset;

    switch (option->type) {
    case RD_OPTION_FLAG:
        *(bool *)member = true;
        break;
    case RD_OPTION_TEXT:
        if (*(const char **)member != NULL)
            return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is given twice", option->name);
        *(const char **)member = value;
        break;
    case RD_OPTION_TEXTS: {
        struct rd_option_texts *texts = member;
        if (texts->count == RD_OPTION_TEXTS_MAX)
            return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is given more than %d times",
                              option->name, RD_OPTION_TEXTS_MAX);
        texts->items[texts->count++] = value;
        break;
    }
    }
    return RD_OK;
}

/* One option at argv[*index]; moves *index over a value that stands for itself. */
static int options_take(const struct rd_command *command, int argc, char **argv, int *index,
                        struct rd_invocation *ret, struct rd_err *reterr)
{
    const char *word = argv[*index];
    const char *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const struct rd_option *option = options_find(command->options, word, length);
    const char *value = equals != NULL ? equals + 1 : NULL;

    if (option == NULL)
        option = options_find(rd_common_options, word, length);
    if (option == NULL)
        return options_unknown(command, word, length, reterr);

    if (option->type == RD_OPTION_FLAG && value != NULL)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' takes no value", option->name);
    if (option->type != RD_OPTION_FLAG && value == NULL && *index + 1 < argc)
        value = argv[++*index];
    /* An empty value is a script's unset variable. */
    if (option->type != RD_OPTION_FLAG && (value == NULL || value[0] == '\0'))
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' needs a value: %s", option->name,
                          option->argument);
    return options_store(option, value, ret, reterr);
}

static int options_add_argument(const struct rd_command *command, const char *word,
                                struct rd_invocation *ret, struct rd_err *reterr)
{
    if (ret->argument_count == command->arguments_max)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is one argument too many", word);
    ret->arguments[ret->argument_count++] = word;
    return RD_OK;
}

int rd_options_parse(const struct rd_command *command, int argc, char **argv,
                     struct rd_invocation *ret, struct rd_err *reterr)
{
    bool options_over = false;

    *ret = (struct rd_invocation){0};
    for (int i = 0; i < argc; i++) {
        int code = RD_OK;

        if (!options_over && strcmp(argv[i], "--") == 0)
            options_over = true;
        else if (!options_over && strcmp(argv[i], "-h") == 0)
            ret->help = true;
        else if (!options_over && argv[i][0] == '-' && argv[i][1] != '\0')
            code = options_take(command, argc, argv, &i, ret, reterr);
        else
            code = options_add_argument(command, argv[i], ret, reterr);
        if (code != RD_OK)
            return code;
    }
    if (!ret->help && ret->argument_count < command->arguments_min) {
        rd_err_set(reterr, RD_E_ARGUMENT, "'redrill %s' needs %s", command->name,
                   command->arguments);
        rd_err_hint(reterr, "Run 'redrill %s --help' to see how it is called.", command->name);
        return RD_E_ARGUMENT;
    }
    return RD_OK;
}

void rd_options_overview(struct rd_buf *out)
{
    rd_buf_puts(out, "redrill proves that a PostgreSQL backup can be restored.\n\n"
                     "usage: redrill COMMAND [ARGUMENT] [OPTION]...\n\n");
    for (const struct rd_command *command = rd_commands; command->name != NULL; command++)
        rd_buf_printf(out, "  %-8s %s\n", command->name, command->summary);
    rd_buf_puts(out,
                "\n'redrill COMMAND --help' shows a command's options, 'redrill --version' the "
                "version.\n");
}

static void options_rows(const struct rd_option *options, struct rd_buf *out)
{
    for (; options->name != NULL; options++) {
        rd_buf_printf(out, "  %s%s%s\n      %s\n", options->name,
                      options->argument != NULL ? " " : "",
                      options->argument != NULL ? options->argument : "", options->help);
    }
}

void rd_options_help(const struct rd_command *command, struct rd_buf *out)
{
    rd_buf_printf(out, "usage: redrill %s%s%s [OPTION]...\n\n%s\n\n", command->name,
                  command->arguments[0] != '\0' ? " " : "", command->arguments, command->summary);
    options_rows(command->options, out);
    options_rows(rd_common_options, out);
    if (command->detail != NULL)
        rd_buf_printf(out, "\n%s\n", command->detail);
}

void rd_options_words(const struct rd_command *command, struct rd_buf *out)
{
    if (command == NULL) {
        for (const struct rd_command *each = rd_commands; each->name != NULL; each++)
            rd_buf_printf(out, "%s\n", each->name);
        return;
    }
    for (const struct rd_option *option = command->options; option->name != NULL; option++)
        rd_buf_printf(out, "%s\n", option->name);
    for (const struct rd_option *option = rd_common_options; option->name != NULL; option++)
        rd_buf_printf(out, "%s\n", option->name);
}
