/*
 * test_options.c: reading command lines, and what the tables of commands say for people and shells.
 */
#include "drills/options.h"

#include <string.h>

#include "tests/unit/suite.h"

static struct rd_invocation invocation;
static struct rd_err err;

/* Parses up to seven words after the command's name. */
static int parse(const char *command, const char *const *words)
{
    char *argv[8] = {0};
    const char *nearest = NULL;
    int argc = 0;

    for (; words[argc] != NULL; argc++)
        argv[argc] = (char *)words[argc];
    rd_err_clear(&err);
    return rd_options_parse(rd_options_command(command, &nearest), argc, argv, &invocation, &err);
}
#define PARSE(command, ...) parse(command, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(values_stand_behind_a_blank_or_an_equals_sign)
{
    ck_assert_int_eq(PARSE("run", "--out", "a", "p.json", "--state=b=c"), RD_OK);
    ck_assert_str_eq(invocation.out, "a");
    ck_assert_str_eq(invocation.state, "b=c");
    ck_assert_uint_eq(invocation.argument_count, 1);
    ck_assert_str_eq(invocation.arguments[0], "p.json");
    ck_assert_ptr_null(invocation.target);
    ck_assert(!invocation.keep && !invocation.quiet && !invocation.unsigned_drill);
}
END_TEST

START_TEST(flags_are_set_and_common_options_are_every_commands)
{
    ck_assert_int_eq(PARSE("run", "--keep", "--unsigned", "--quiet", "--json-log", "p"), RD_OK);
    ck_assert(invocation.keep && invocation.unsigned_drill);
    ck_assert(invocation.quiet && invocation.json_log);
}
END_TEST

START_TEST(an_option_that_may_be_repeated_keeps_its_order)
{
    ck_assert_int_eq(PARSE("run", "p", "--set", "a=1", "--set=b=2"), RD_OK);
    ck_assert_uint_eq(invocation.set.count, 2);
    ck_assert_str_eq(invocation.set.items[0], "a=1");
    ck_assert_str_eq(invocation.set.items[1], "b=2");
}
END_TEST

START_TEST(two_dashes_end_the_options_and_one_dash_is_an_argument)
{
    ck_assert_int_eq(PARSE("plan", "--", "--set"), RD_OK);
    ck_assert_str_eq(invocation.arguments[0], "--set");
    ck_assert_int_eq(PARSE("plan", "-"), RD_OK);
    ck_assert_str_eq(invocation.arguments[0], "-");
    ck_assert_int_eq(PARSE("plan", ""), RD_OK);
    ck_assert_str_eq(invocation.arguments[0], "");
}
END_TEST

START_TEST(help_needs_no_arguments)
{
    ck_assert_int_eq(PARSE("run", "--help"), RD_OK);
    ck_assert(invocation.help);
    ck_assert_int_eq(PARSE("run", "-h"), RD_OK);
    ck_assert(invocation.help);
}
END_TEST

static const struct {
    const char *command, *words[3], *message, *hint;
} wrong[] = {
    {"run", {"p", "--unsinged"}, "'--unsinged' is not an option of 'redrill run'", "'--unsigned'"},
    {"run", {"p", "--uot=x"}, "'--uot' is not an option", "'--out'"},
    {"run", {"p", "--zzzzzzzz"}, "'--zzzzzzzz'", "--help"},
    {"run", {"p", "-k"}, "'-k' is not an option", ""},
    {"verify", {"e", "--set=a=b"}, "'--set' is not an option of 'redrill verify'", ""},
    {"run", {"p", "--out"}, "'--out' needs a value: DIR", ""},
    {"run", {"p", "--keep=yes"}, "'--keep' takes no value", ""},
    {"run", {"p", "q"}, "'q' is one argument too many", ""},
    {"run", {NULL}, "'redrill run' needs PLAN", "--help"},
    {"reap", {"x"}, "'x' is one argument too many", ""},
    {"run", {"p", "--out", ""}, "'--out' needs a value: DIR", ""},
};

START_TEST(a_wrong_command_line_is_told_with_a_way_out)
{
    ck_assert_int_eq(
        parse(wrong[_i].command, (const char *const[]){wrong[_i].words[0], wrong[_i].words[1],
                                                       wrong[_i].words[2], NULL}),
        RD_E_ARGUMENT);
    ck_assert_msg(strstr(err.message, wrong[_i].message) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.hint, wrong[_i].hint) != NULL, "%s", err.hint);
}
END_TEST

START_TEST(a_value_that_an_unknown_option_holds_is_not_repeated)
{
    ck_assert_int_eq(PARSE("run", "p", "--passwrod=hunter2"), RD_E_ARGUMENT);
    ck_assert_ptr_null(strstr(err.message, "hunter2"));
}
END_TEST

START_TEST(more_changes_than_there_is_room_for_are_refused)
{
    char *argv[2 * RD_OPTION_TEXTS_MAX + 3];
    const char *nearest;
    int argc = 0;

    argv[argc++] = (char *)"p";
    for (int i = 0; i <= RD_OPTION_TEXTS_MAX; i++) {
        argv[argc++] = (char *)"--set";
        argv[argc++] = (char *)"a=1";
    }
    const struct rd_command *run = rd_options_command("run", &nearest);
    ck_assert_int_eq(rd_options_parse(run, argc - 2, argv, &invocation, &err), RD_OK);
    ck_assert_uint_eq(invocation.set.count, RD_OPTION_TEXTS_MAX);
    ck_assert_int_eq(rd_options_parse(run, argc, argv, &invocation, &err), RD_E_ARGUMENT);
}
END_TEST

START_TEST(an_option_that_counts_once_is_not_given_twice)
{
    ck_assert_int_eq(PARSE("run", "p", "--out", "a", "--out", "b"), RD_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "'--out' is given twice"));
}
END_TEST

START_TEST(commands_are_found_and_the_nearest_named)
{
    const char *nearest = NULL;

    ck_assert_str_eq(rd_options_command("verify", &nearest)->name, "verify");
    ck_assert_ptr_null(rd_options_command("verfy", &nearest));
    ck_assert_str_eq(nearest, "verify");
    ck_assert_ptr_null(rd_options_command("zzzzzzzz", &nearest));
    ck_assert_ptr_null(nearest);
}
END_TEST

/* Every line of a text. */
static void fits_a_terminal(const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        ck_assert_msg(length <= 100, "%.*s", (int)length, text);
        text += length + (text[length] == '\n' ? 1 : 0);
    }
}

START_TEST(help_names_every_command_and_option)
{
    struct rd_buf text = RD_BUF_INIT(64 * 1024);

    rd_options_overview(&text);
    fits_a_terminal(rd_buf_text(&text));
    for (const struct rd_command *command = rd_commands; command->name != NULL; command++) {
        struct rd_buf help = RD_BUF_INIT(64 * 1024);
        ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), command->name));
        ck_assert_ptr_nonnull(strstr(rd_buf_text(&text), command->summary));
        rd_options_help(command, &help);
        fits_a_terminal(rd_buf_text(&help));
        for (const struct rd_option *option = command->options; option->name != NULL; option++) {
            ck_assert_ptr_nonnull(strstr(rd_buf_text(&help), option->name));
            ck_assert_ptr_nonnull(strstr(rd_buf_text(&help), option->help));
        }
        ck_assert_ptr_nonnull(strstr(rd_buf_text(&help), "--json-log"));
        ck_assert_int_eq(help.broken, RD_OK);
        rd_buf_free(&help);
    }
    rd_buf_free(&text);
}
END_TEST

START_TEST(words_for_completion_are_one_a_line)
{
    struct rd_buf text = RD_BUF_INIT(64 * 1024);
    const char *nearest;

    rd_options_words(NULL, &text);
    ck_assert_int_eq(strncmp(rd_buf_text(&text), "run\nplan\nlist\n", 14), 0);
    rd_buf_clear(&text);
    rd_options_words(rd_options_command("schema", &nearest), &text);
    ck_assert_str_eq(rd_buf_text(&text), "--record\n--quiet\n--json-log\n--help\n");
    rd_buf_free(&text);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *reading = tcase_create("reading");
    TCase *telling = tcase_create("telling");

    tcase_add_test(reading, values_stand_behind_a_blank_or_an_equals_sign);
    tcase_add_test(reading, flags_are_set_and_common_options_are_every_commands);
    tcase_add_test(reading, an_option_that_may_be_repeated_keeps_its_order);
    tcase_add_test(reading, two_dashes_end_the_options_and_one_dash_is_an_argument);
    tcase_add_test(reading, help_needs_no_arguments);
    tcase_add_loop_test(reading, a_wrong_command_line_is_told_with_a_way_out, 0, RD_COUNT(wrong));
    tcase_add_test(reading, a_value_that_an_unknown_option_holds_is_not_repeated);
    tcase_add_test(reading, more_changes_than_there_is_room_for_are_refused);
    tcase_add_test(reading, an_option_that_counts_once_is_not_given_twice);
    suite_add_tcase(suite, reading);

    tcase_add_test(telling, commands_are_found_and_the_nearest_named);
    tcase_add_test(telling, help_names_every_command_and_option);
    tcase_add_test(telling, words_for_completion_are_one_a_line);
    suite_add_tcase(suite, telling);
    return suite;
}
