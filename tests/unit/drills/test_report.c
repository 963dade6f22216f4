/*
 * test_report.c: the files of a report, and what of a server's log may stand among them.
 */
#include "drills/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "tests/unit/common/record_fixture.h"
#include "tests/unit/test_folder.h"

#define AT "2025-11-16 14:30:00.123 UTC "
#define LEFT_OUT " (left out: it can quote data)\n"

static struct rd_err err;
static struct rd_buf copied = RD_BUF_INIT(16 * 1024 * 1024);

static void setup(void)
{
    test_folder_make();
    ck_assert_int_eq(mkdir("out", 0700), 0);
    rd_err_clear(&err);
    begin();
}

static void teardown(void)
{
    end();
    rd_buf_free(&copied);
    test_folder_remove();
}

static void write_text(const char *path, const char *text, size_t length)
{
    ck_assert_int_eq(rd_file_write(path, text, length, 0600, NULL), RD_OK);
}

/* The copy of a log that holds this. */
static const char *copy_of(const char *log, size_t length)
{
    write_text("log", log, length);
    ck_assert_msg(rd_report_write_log("log", "out", &err) == RD_OK, "%s", err.message);
    rd_buf_clear(&copied);
    ck_assert_int_eq(rd_file_read("out/server.log", &copied, NULL), RD_OK);
    return rd_buf_text(&copied);
}

static void copies(const char *log, const char *wanted)
{
    ck_assert_str_eq(copy_of(log, strlen(log)), wanted);
}

/* clang-format off */
static const char *const kept[] = {
    AT "[26049 postmaster] 00000 LOG:  starting PostgreSQL 15.18\n",
    AT "[26052 startup] 00000 LOG:  database system was shut down\n",
    AT "[26052 checkpointer] 00000 LOG:  checkpoint starting: immediate\n",
    AT "[26049 postmaster] 00000 LOG:  server process (PID 7) was terminated by signal 11\n",
    AT "[26049 postmaster] 00000 HINT:  Is another postmaster running?\n",
    AT "[26052 archiver] 01000 WARNING:  archiving failed too many times\n",
    AT "[26053 client backend] 57P03 FATAL:  the database system is starting up\n",
    AT "[26049 postmaster] XX000 PANIC:  could not locate a valid checkpoint record\n",
    "postgres: could not write external PID file \"\": No such file or directory\n",
    AT "[26049 postmaster] 00000 LOG:  one line\n\tand a further one\n\tand another\n",
    "",
};

static const struct {
    const char *log, *copy;
} cut[] = {
    {AT "[7 client backend] 23505 ERROR:  duplicate key (secret)\n",
     AT "[7 client backend] 23505 ERROR:" LEFT_OUT},
    {AT "[7 client backend] 23505 DETAIL:  Key (name)=(secret) already exists.\n",
     AT "[7 client backend] 23505 DETAIL:" LEFT_OUT},
    {AT "[7 client backend] 00000 CONTEXT:  COPY t, line 1: \"secret\"\n",
     AT "[7 client backend] 00000 CONTEXT:" LEFT_OUT},
    {AT "[7 client backend] 00000 STATEMENT:  select 'secret'\n",
     AT "[7 client backend] 00000 STATEMENT:" LEFT_OUT},
    {AT "[7 client backend] 00000 LOG:  statement: select 'secret'\n",
     AT "[7 client backend] 00000 LOG:" LEFT_OUT},
    {AT "[7 client backend] 01000 WARNING:  secret\n",
     AT "[7 client backend] 01000 WARNING:" LEFT_OUT},
    {AT "[7 autovacuum worker] 00000 LOG:  secret\n",
     AT "[7 autovacuum worker] 00000 LOG:" LEFT_OUT},
    {AT "[7 postmaster] 00000 DETAIL:  Failed process was running: select 'secret'\n",
     AT "[7 postmaster] 00000 DETAIL:" LEFT_OUT},
    {AT "[7 startup] XX000 ERROR:  secret\n", AT "[7 startup] XX000 ERROR:" LEFT_OUT},
    {AT "[7 client backend] 22P02 ERROR:  secret\n\tsecret LOG:  secret\n\tsecret\n",
     AT "[7 client backend] 22P02 ERROR:" LEFT_OUT},
    {AT "[7 a ] postmaster] 00000 LOG:  secret\n", "(left out: it can quote data)\n"},
    {AT "[7] 00000 LOG:  secret\n", "(left out: it can quote data)\n"},
    {AT "[7 client backend] 22P02 ERROR:  secret FATAL:  secret", 
     AT "[7 client backend] 22P02 ERROR:" LEFT_OUT},
    {"[7 postmaster] 00000 LOG:  secret\n", "(left out: it can quote data)\n"},
    {"secret\n", "(left out: it can quote data)\n"},
    {"secret " AT "[7 postmaster] 00000 LOG:  secret\n", "(left out: it can quote data)\n"},
    {"\tsecret at the very beginning\n", ""},
    {"\n\tsecret\n", "(left out: it can quote data)\n"},
};
/* clang-format on */

START_TEST(what_the_server_itself_says_is_kept)
{
    copies(kept[_i], kept[_i]);
}
END_TEST

START_TEST(what_can_quote_data_is_left_out)
{
    copies(cut[_i].log, cut[_i].copy);
    ck_assert_ptr_null(strstr(rd_buf_text(&copied), "secret"));
}
END_TEST

START_TEST(a_kept_line_ends_what_was_left_out)
{
    copies(AT "[7 client backend] 22P02 ERROR:  secret\n\tsecret\n" AT
              "[8 postmaster] 00000 LOG:  ready\n\tto serve\n",
           AT "[7 client backend] 22P02 ERROR:" LEFT_OUT AT
              "[8 postmaster] 00000 LOG:  ready\n\tto serve\n");
}
END_TEST

START_TEST(a_last_line_without_its_end_is_judged_like_any_other)
{
    copies(AT "[8 postmaster] 00000 LOG:  rea", AT "[8 postmaster] 00000 LOG:  rea");
    copies(AT "[8 client backend] 00000 LOG:  rea", AT "[8 client backend] 00000 LOG:" LEFT_OUT);
    copies(AT "[8 post", "(left out: it can quote data)\n");
}
END_TEST

/* A line that begins so and goes on for `length` bytes. */
static void long_line(struct rd_buf *out, const char *head, size_t length)
{
    rd_buf_puts(out, head);
    for (size_t i = 0; i < length; i++)
        rd_buf_puts(out, i % 5000 == 4999 ? "LOG:" : "x");
    rd_buf_puts(out, "\n");
}

START_TEST(an_overlong_line_is_one_line)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf log = RD_BUF_INIT(4 * 1024 * 1024);
    static const char ready[] = AT "[8 postmaster] 00000 LOG:  ready\n";

    long_line(&log, AT "[7 client backend] 22P02 ERROR:  ", 300000);
    long_line(&log, "\t", 300000);
    rd_buf_puts(&log, ready);
    const char *copy = copy_of(rd_buf_text(&log), log.length);
    ck_assert_int_eq(strncmp(copy, AT "[7 client backend] 22P02 ERROR:" LEFT_OUT, 72), 0);
    ck_assert_str_eq(strchr(copy, '\n') + 1, ready);
}
END_TEST

START_TEST(a_long_line_of_the_server_is_kept_whole)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf log = RD_BUF_INIT(4 * 1024 * 1024);

    long_line(&log, AT "[7 postmaster] 00000 LOG:  ", 300000);
    ck_assert_uint_eq(strlen(copy_of(rd_buf_text(&log), log.length)), log.length);
    ck_assert_str_eq(rd_buf_text(&copied), rd_buf_text(&log));
}
END_TEST

START_TEST(a_zero_byte_does_not_join_lines)
{
    static const char log[] =
        AT "[7 postmaster] 00000 LOG:  a\0b\n" AT "[7 client backend] 22P02 ERROR:  secret\n";

    copy_of(log, sizeof(log) - 1);
    ck_assert_ptr_null(memmem(copied.data, copied.length, "secret", 6));
    ck_assert_ptr_nonnull(memmem(copied.data, copied.length, "22P02", 5));
}
END_TEST

START_TEST(a_log_beyond_eight_mebibytes_is_cut)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf log = RD_BUF_INIT(16 * 1024 * 1024);

    while (log.length < 9 * 1024 * 1024)
        rd_buf_puts(&log, AT "[7 postmaster] 00000 LOG:  ready\n");
    size_t length = strlen(copy_of(rd_buf_text(&log), log.length));
    ck_assert_uint_le(length, 8 * 1024 * 1024);
    ck_assert_uint_gt(length, 8 * 1024 * 1024 - 200);
}
END_TEST

START_TEST(what_lies_in_the_logs_place_is_not_copied)
{
    write_text("secret", "postgres: secret\n", 17);
    ck_assert_int_eq(symlink("secret", "link"), 0);
    ck_assert_int_ne(rd_report_write_log("link", "out", &err), RD_OK);
    ck_assert_int_eq(link("secret", "hard"), 0);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_report_write_log("hard", "out", &err), RD_E_FORMAT);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_report_write_log("fifo", "out", &err), RD_E_FORMAT);
    rd_err_clear(&err);
    ck_assert_int_eq(rd_report_write_log("nothing", "out", &err), RD_E_NOT_FOUND);
    ck_assert(!rd_file_exists("out/server.log"));
}
END_TEST

/* A record that can be sealed. */
static void seal(void)
{
    rd_find(recorder, group("ready"), RD_PASS, "server", "it answers");
    rd_find(recorder, group("objectives"), RD_SKIP, "rpo", "there is none");
    record->rpo->verdict = record->rto->verdict = RD_SKIP;
    sealed();
}

START_TEST(every_report_with_a_file_is_written_and_removed_again)
{
    RD_CLEANUP(rd_key_freep) struct rd_key *key = NULL;

    seal();
    ck_assert_int_eq(rd_key_generate(RD_KEY_ED25519, &key, &err), RD_OK);
    ck_assert_msg(rd_report_write(record, key, "out", &err) == RD_OK, "%s", err.message);
    write_text("out/server.log", "", 0);
    write_text("out/mine.txt", "", 0);
    ck_assert(rd_file_exists("out/record.json"));
    ck_assert(rd_file_exists("out/junit.xml"));
    ck_assert(rd_file_exists("out/audit.dsse.json"));

    rd_report_clear("out");
    ck_assert(!rd_file_exists("out/record.json"));
    ck_assert(!rd_file_exists("out/junit.xml"));
    ck_assert(!rd_file_exists("out/audit.dsse.json"));
    ck_assert(!rd_file_exists("out/server.log"));
    ck_assert(rd_file_exists("out/mine.txt"));
}
END_TEST

START_TEST(without_a_key_there_is_no_evidence)
{
    seal();
    ck_assert_int_eq(rd_report_write(record, NULL, "out", &err), RD_OK);
    ck_assert(rd_file_exists("out/record.json"));
    ck_assert(!rd_file_exists("out/audit.dsse.json"));
}
END_TEST

START_TEST(one_report_that_cannot_be_written_does_not_cost_the_others)
{
    seal();
    ck_assert_int_eq(mkdir("out/record.json", 0700), 0);
    ck_assert_int_ne(rd_report_write(record, NULL, "out", &err), RD_OK);
    ck_assert_ptr_nonnull(strstr(err.message, "record.json"));
    ck_assert(rd_file_exists("out/junit.xml"));
}
END_TEST

START_TEST(reporters_are_found_by_name)
{
    ck_assert_str_eq(rd_report_find("junit")->name, "junit");
    ck_assert_ptr_null(rd_report_find("juni"));
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *log = tcase_create("log");
    TCase *files = tcase_create("files");

    tcase_add_checked_fixture(log, setup, teardown);
    tcase_set_timeout(log, 60);
    tcase_add_loop_test(log, what_the_server_itself_says_is_kept, 0, RD_COUNT(kept));
    tcase_add_loop_test(log, what_can_quote_data_is_left_out, 0, RD_COUNT(cut));
    tcase_add_test(log, a_kept_line_ends_what_was_left_out);
    tcase_add_test(log, a_last_line_without_its_end_is_judged_like_any_other);
    tcase_add_test(log, an_overlong_line_is_one_line);
    tcase_add_test(log, a_long_line_of_the_server_is_kept_whole);
    tcase_add_test(log, a_zero_byte_does_not_join_lines);
    tcase_add_test(log, a_log_beyond_eight_mebibytes_is_cut);
    tcase_add_test(log, what_lies_in_the_logs_place_is_not_copied);
    suite_add_tcase(suite, log);

    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, every_report_with_a_file_is_written_and_removed_again);
    tcase_add_test(files, without_a_key_there_is_no_evidence);
    tcase_add_test(files, one_report_that_cannot_be_written_does_not_cost_the_others);
    tcase_add_test(files, reporters_are_found_by_name);
    suite_add_tcase(suite, files);
    return suite;
}
