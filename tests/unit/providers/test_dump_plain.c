/*
 * test_dump_plain.c: the scanner that follows a plain dump into psql. Every text is also given in
 * two pieces, cut at every byte, and byte by byte: nothing may depend on where pieces end.
 */
#include <string.h>

#include "drills/providers/dump_plain.h"
#include "tests/unit/suite.h"

#define HEADER "--\n-- PostgreSQL database dump\n--\n\n"
#define FOOTER "--\n-- PostgreSQL database dump complete\n--\n\n"
#define STOP "\\set ON_ERROR_STOP 1\n"
#define GO_ON "\\set ON_ERROR_STOP 0 \\\\ "

/* What came of a text. */
struct outcome {
    struct rd_buf out;
    struct rd_err err; /* of the scan, else of its end */
    struct rd_plain *plain;
};

static const char *tablespace(void *context, int64_t number, struct rd_err *reterr)
{
    (void)context;
    if (number == 1)
        return "/work/it's";
    rd_err_set(reterr, RD_E_SYSTEM, "no more folders");
    return NULL;
}

static int give(struct outcome *outcome, const char *data, size_t length)
{
    const char *piece;
    size_t got;
    int code;

    rd_plain_give(outcome->plain, data, length);
    while ((code = rd_plain_next(outcome->plain, &piece, &got, &outcome->err)) == RD_OK && got > 0)
        rd_buf_add(&outcome->out, piece, got);
    return code;
}

static void begin(struct outcome *outcome)
{
    const struct rd_plain_host host = {.tablespace = tablespace};

    *outcome = (struct outcome){.out = RD_BUF_INIT(4 * 1024 * 1024)};
    ck_assert_int_eq(rd_plain_new(&host, &outcome->plain, &outcome->err), RD_OK);
}

static void finish(struct outcome *outcome)
{
    rd_plain_free(outcome->plain);
    rd_buf_free(&outcome->out);
}

/* Gives the text in pieces that end at `cut` (0: in pieces of one byte). */
static void scan(struct outcome *outcome, const char *text, size_t length, size_t cut)
{
    int code = RD_OK;

    begin(outcome);
    if (cut == 0) {
        for (size_t i = 0; i < length && code == RD_OK; i++)
            code = give(outcome, text + i, 1);
    } else {
        code = give(outcome, text, cut);
        if (code == RD_OK && cut < length)
            code = give(outcome, text + cut, length - cut);
    }
    if (code == RD_OK)
        ck_assert_int_eq(rd_plain_end(outcome->plain, &outcome->err), outcome->err.code);
}

/* Scans the text in every way and demands the same of each. `ret_outcome` is that of one piece. */
static void scan_all(const char *text, struct outcome *ret_outcome)
{
    size_t length = strlen(text);

    scan(ret_outcome, text, length, length);
    for (size_t cut = 0; cut < length; cut++) {
        struct outcome other;
        scan(&other, text, length, cut);
        ck_assert_msg(other.err.code == ret_outcome->err.code &&
                          strcmp(other.err.message, ret_outcome->err.message) == 0,
                      "cut at %zu: %s", cut, other.err.message);
        /* How much goes on before a refusal is free; what comes through is not. */
        if (other.err.code == RD_OK || other.err.code == RD_E_FORMAT)
            ck_assert_str_eq(rd_buf_text(&other.out), rd_buf_text(&ret_outcome->out));
        finish(&other);
    }
}

static void expect(const char *text, int code, const char *message, const char *out)
{
    struct outcome outcome;

    scan_all(text, &outcome);
    ck_assert_msg(outcome.err.code == code, "%d %s for:\n%s", outcome.err.code, outcome.err.message,
                  text);
    if (message != NULL)
        ck_assert_msg(strstr(outcome.err.message, message) != NULL, "%s", outcome.err.message);
    if (out != NULL)
        ck_assert_str_eq(rd_buf_text(&outcome.out), out);
    finish(&outcome);
}

/* Everything that looks like something else: it must come through as it is. */
static const char *const nasty[] = {
    "SELECT 1; -- it's; \\! id\n",
    "/* it's /* nested; */ \\! id */ SELECT 2;\n",
    "SELECT 'it''s; -- \\! id', \"a \"\"b; /* ' \\! id\";\n",
    "SELECT 'C:\\', 'x';\n",
    "SELECT E'a\\'b; \\\\', e'\\\\';\n",
    "SELECT E'a'\r  'b\\'; \\! id' ;\n",
    "SELECT E'a' -- comment\r  'b\\'; \\! id' ;\n",
    "SELECT U&'d\\0061t\\', B'1', N'x\\', x'ff';\n",
    "SELECT $$it's; \\! id$$, $a1$ $$ $a$ ; $a1$, $_$ $ $__$ $_$;\n",
    "SELECT a$b$c, $1, 1$$;\\! id$$ FROM a$$b;\n",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
    "SELECT 2; END;\n",
    "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1; END;\n",
    "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\n",
    "SELECT 1 - -1, 2 / 3, a->>'x', 4 --5\n;\n",
    "SELECT :E'a\\', :1e'b\\', a[1:2], b::e, :a$b$;\\! id$b$, $1$E'\\'; \\! id';\n",
    "SELECT x.a$b$c, 1e10, 2.5e+20, 'x'::b;\n",
    "SELECT $ab c, $é$;\\! id$é$;\n",
    "COMMENT ON TABLE t IS 'x\n-- PostgreSQL database dump complete\n\\! id';\n",
    "ALTER TABLE t ALTER COLUMN c SET DEFAULT ';';\n",
    "SET search_path = '';\nDROP TABLE x;\nCREATE OR REPLACE VIEW v AS SELECT 1;\n",
    ";;\n;",
    "-- comment \r\n/**/\n",
    "SELECT '--', '/*', '$$';\n",
};

START_TEST(what_only_looks_odd_comes_through)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(4096);

    rd_buf_puts(&text, HEADER);
    rd_buf_puts(&text, nasty[_i]);
    rd_buf_puts(&text, FOOTER);
    expect(text.data, RD_OK, NULL, text.data);
}
END_TEST

START_TEST(rows_come_through_and_psql_stops_where_their_copy_fails)
{
    expect(HEADER "COPY public.\"from (stdin);\" (a, \"b,)\") FROM stdin;\n"
                  "it's\t\\N\n\\\\.\n\\. \n \\.\n\\.x\n\"\t$$\t/*\t--\n\\.\nSELECT 1;\n" FOOTER,
           RD_OK, NULL,
           HEADER STOP "COPY public.\"from (stdin);\" (a, \"b,)\") FROM stdin;\n"
                       "it's\t\\N\n\\\\.\n\\. \n \\.\n\\.x\n\"\t$$\t/*\t--\n\\.\n" GO_ON
                       "SELECT 1;\n" FOOTER);
    expect(HEADER "COPY a.t  FROM stdin;\r\n1\r\n\\.\r\n" FOOTER, RD_OK, NULL,
           HEADER STOP "COPY a.t  FROM stdin;\r\n1\r\n\\.\r\n" GO_ON FOOTER);
}
END_TEST

static const char *const refused[] = {
    "\\! id\n",
    "\\copy t to 'x'\n",
    "\\o x\n",
    "\\connect\n",
    "\\connect a b\n",
    "\\connect a b c\n",
    "\\connect \"a=b\"\n",
    "\\connect \"dbname=a host=b\"\n",
    "\\connect postgresql://b/\n",
    "\\connect \"postgres://b/\"\n",
    "\\connect a \\! id\n",
    "\\connect `id`\n",
    "\\connect 'a'\n",
    "\\connect :x\n",
    "\\connect -reuse-previous=on \"dbname='a' host='b'\"\n",
    "\\connect -reuse-previous=on \"dbname='a\\\\' host=b'\"\n",
    "\\connect -reuse-previous=on \"dbname='a'\" b\n",
    "\\connect -reuse-previous=off \"dbname='a'\"\n",
    "\\c a\n",
    "\\restrict a b\n",
    "\\restrict a\\! id\n",
    "\\restrict `id`\n",
    "\\.\n",
    "SELECT 1 \\g x\n",
    "SELECT (1;\\! id\n",
    "SELECT 1 \\; SELECT 2;\n",
    "-- a\r\\! id\n",
    "SELECT E'a' 'b\\'; \\! id\n';",
    "SELECT E'a' /*\r*/ 'b\\'; \\! id\n';",
    "SELECT E'a'\n 'b\\'; \\! id\n';",
    "SELECT e 'b\\'; \\! id\n';",
    "SET standard_conforming_strings = off;\nSELECT U&'\\'; \\! id\n';",
    "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END; \\! id\n",
    "CREATE TABLE begin (begin int); \\! id\n",
    "COPY t TO stdout;\n",
    "COPY t FROM '/x';\n",
    "COPY t FROM PROGRAM 'x';\n",
    "COPY (SELECT 1) TO PROGRAM 'x';\n",
    "COPY (SELECT $$) FROM stdin;$$) TO PROGRAM 'x';\n",
    "COPY t FROM stdin WITH (FORMAT csv);\n",
    "copy\n t /* FROM stdin */ TO 'x' -- FROM stdin\n;\n",
    "CREATE TABLESPACE x;\n",
};

START_TEST(what_no_dump_holds_is_refused)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(4096);

    rd_buf_puts(&text, HEADER);
    rd_buf_puts(&text, refused[_i]);
    rd_buf_puts(&text, FOOTER);
    expect(text.data, RD_E_BACKUP, "which no dump has", NULL);
}
END_TEST

START_TEST(nothing_of_a_refused_command_goes_on)
{
    struct outcome outcome;

    for (size_t i = 0; i < RD_COUNT(refused); i++) {
        scan(&outcome, refused[i], strlen(refused[i]), 0);
        const char *out = rd_buf_text(&outcome.out);
        ck_assert_msg(strstr(out, "\\!") == NULL && strstr(out, "PROGRAM") == NULL &&
                          strstr(out, "\\connect") == NULL,
                      "%s", out);
        finish(&outcome);
    }
}
END_TEST

START_TEST(what_psql_would_read_otherwise_is_not_followed)
{
    char text[512];

    expect("COPY t FROM stdin; SELECT 1;\n\\.\n", RD_E_UNSUPPORTED, "line 1", NULL);
    expect("SELECT 1e'\\'; \\! id';\n", RD_E_UNSUPPORTED, "line 1", NULL);
    expect("SELECT 1.5a$b$;\\! id$b$;\n", RD_E_UNSUPPORTED, "line 1", NULL);
    expect("SET client_encoding = 'SJIS';\n", RD_E_UNSUPPORTED, "SJIS", NULL);
    snprintf(text, sizeof(text), "SELECT $%0200d$ x;", 0);
    text[8] = 'a';
    expect(text, RD_E_UNSUPPORTED, "line 1", NULL);
}
END_TEST

START_TEST(before_the_first_piece_there_is_nothing)
{
    struct outcome outcome;

    begin(&outcome);
    ck_assert_int_eq(give(&outcome, NULL, 0), RD_OK);
    ck_assert_uint_eq(outcome.out.length, 0);
    finish(&outcome);
}
END_TEST

START_TEST(a_zero_byte_is_damage)
{
    static const char text[] = HEADER "SELECT\0 1;\n";
    struct outcome outcome;

    scan(&outcome, text, sizeof(text) - 1, sizeof(text) - 1);
    ck_assert_int_eq(outcome.err.code, RD_E_BACKUP);
    ck_assert_ptr_nonnull(strstr(outcome.err.message, "line 5"));
    finish(&outcome);
}
END_TEST

START_TEST(databases_of_the_same_server_may_be_connected_to)
{
    expect(HEADER "\\restrict abc1\n\\connect shop\n\\connect \"The Shop\"\n"
                  "\\connect -reuse-previous=on \"dbname='it\\\\'s \"\"odd\"\"'\"\r\n"
                  "\\unrestrict abc1\n" FOOTER,
           RD_E_BACKUP, "'\\connect'", NULL);
    expect(HEADER "\\restrict abc1\n\\connect shop\n\\connect \"The Shop\"\n"
                  "\\connect -reuse-previous=on \"dbname='it\\'s \"\"odd\"\"'\"\r\n"
                  "\\unrestrict abc1\n" FOOTER,
           RD_OK, NULL,
           HEADER "\n\\connect shop\n\\connect \"The Shop\"\n"
                  "\\connect -reuse-previous=on \"dbname='it\\'s \"\"odd\"\"'\"\n\n" FOOTER);
}
END_TEST

/* pg_dump forces it before a name that it cannot know the encoding of. */
START_TEST(the_encoding_of_an_odd_name_may_be_forced)
{
    static const char text[] = HEADER "\\encoding SQL_ASCII\n"
                                      "\\connect -reuse-previous=on \"dbname='a=b'\"\n" FOOTER;

    expect(text, RD_OK, NULL, text);
    expect(HEADER "\\encoding UTF8\n" FOOTER, RD_E_BACKUP, "'\\encoding'", NULL);
}
END_TEST

START_TEST(strings_follow_standard_conforming_strings)
{
    expect(HEADER "SET standard_conforming_strings = off;\nSELECT 'a\\'; \\! id';\n"
                  "SET standard_conforming_strings = on;\nSELECT 'a\\';\n" FOOTER,
           RD_OK, NULL, NULL);
    expect(HEADER "SET standard_conforming_strings = off;\n\\connect x\nSELECT 'a\\'; \\! id';\n",
           RD_E_BACKUP, "which no dump has", NULL);
}
END_TEST

START_TEST(a_tablespace_gets_our_folder)
{
    expect(HEADER "CREATE TABLESPACE \"location '/x'\"\n OWNER a LOCATION '/mnt/\n''x''' WITH "
                  "(seq_page_cost=2);\n" FOOTER,
           RD_OK, NULL,
           HEADER "CREATE TABLESPACE \"location '/x'\"\n OWNER a LOCATION '/work/it''s'\n WITH "
                  "(seq_page_cost=2);\n" FOOTER);
    expect("CREATE TABLESPACE a LOCATION '/a';\nCREATE TABLESPACE b LOCATION '/b';\n", RD_E_SYSTEM,
           "no more folders", NULL);
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *message;
} ends[] = {
    {HEADER FOOTER, RD_OK, NULL},
    {HEADER "SELECT 1;\n--\n-- PostgreSQL database dump complete", RD_OK, NULL},
    {HEADER FOOTER "\\unrestrict abc\n\n", RD_OK, NULL},
    {"SELECT 1;\n" HEADER FOOTER, RD_OK, NULL},
    {HEADER FOOTER HEADER FOOTER, RD_OK, NULL},
    {"-- PostgreSQL database cluster dump\n" HEADER FOOTER HEADER FOOTER
     "-- PostgreSQL database cluster dump complete\n",
     RD_OK, NULL},
    {HEADER, RD_E_BACKUP, "before its end marker"},
    {HEADER "SELECT 1;\n", RD_E_BACKUP, "before its end marker"},
    {HEADER "SELECT 1", RD_E_BACKUP, "inside a statement"},
    {HEADER "SELECT '" FOOTER, RD_E_BACKUP, "inside a statement"},
    {HEADER "/*" FOOTER, RD_E_BACKUP, "inside a comment"},
    {HEADER "\\connect x", RD_E_BACKUP, "inside a meta-command"},
    {HEADER "COPY a.\"b c\" (d) FROM stdin;", RD_E_BACKUP, "inside the rows of a.\"b c\""},
    {HEADER "COPY a.b FROM stdin;\n1\n2\n", RD_E_BACKUP, "inside the rows of a.b"},
    {HEADER "COPY a.b FROM stdin;\n1\n\\.", RD_E_BACKUP, "inside the rows of a.b"},
    {HEADER "COPY a.b FROM stdin;\n1\n" FOOTER, RD_E_BACKUP, "inside the rows of a.b"},
    {HEADER "SELECT 1;\n-- PostgreSQL database dump comp", RD_E_BACKUP, "before its end marker"},
    {HEADER "SELECT $$\n" FOOTER, RD_E_BACKUP, "inside a statement"},
    {HEADER HEADER FOOTER, RD_E_BACKUP, "line 6"},
    {"-- PostgreSQL database cluster dump\n" HEADER FOOTER, RD_E_BACKUP, "before its end marker"},
    {"-- PostgreSQL database cluster dump\n" HEADER
     "-- PostgreSQL database cluster dump complete\n",
     RD_E_BACKUP, "before its end marker"},
    {"SELECT 1;\n", RD_E_FORMAT, "neither header nor end"},
    {"", RD_E_FORMAT, "neither header nor end"},
    {HEADER FOOTER "SELECT 1;\n", RD_E_FORMAT, "line 9"},
};

START_TEST(a_dump_is_whole_only_with_its_end)
{
    expect(ends[_i].text, ends[_i].code, ends[_i].message, NULL);
}
END_TEST

START_TEST(a_dump_tells_about_itself)
{
    struct outcome outcome;

    scan_all(HEADER
             "-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)\n"
             "-- Dumped by pg_dump version 16.2\n\n-- Started on 2026-11-21 07:49:50 UTC\n\n"
             "SET client_encoding = 'UTF8';\n"
             "CREATE DATABASE \"my \"\"shop\" WITH TEMPLATE = template0 ENCODING = 'LATIN1' "
             "LOCALE_PROVIDER = icu LOCALE = 'de_DE' ICU_LOCALE = 'de-DE';\n"
             "CREATE DATABASE other WITH ENCODING = 'UTF8' LC_COLLATE = 'C' LC_CTYPE = 'C';\n"
             "\\connect other\n" FOOTER,
             &outcome);
    const struct rd_plain_facts *facts = rd_plain_facts(outcome.plain);
    ck_assert_int_eq(outcome.err.code, RD_OK);
    ck_assert_str_eq(facts->server_version, "15.18 (Debian 15.18-0+deb12u1)");
    ck_assert_str_eq(facts->tool_version, "16.2");
    ck_assert_str_eq(facts->started, "2026-11-21 07:49:50 UTC");
    ck_assert_str_eq(facts->client_encoding, "UTF8");
    ck_assert_str_eq(facts->database, "my \"shop");
    ck_assert_str_eq(facts->encoding, "LATIN1");
    ck_assert_str_eq(facts->locale_provider, "icu");
    ck_assert_str_eq(facts->collate, "de_DE");
    ck_assert_str_eq(facts->ctype, "de_DE");
    ck_assert_str_eq(facts->icu_locale, "de-DE");
    ck_assert(facts->connects);
    ck_assert(!facts->cluster);
    finish(&outcome);
}
END_TEST

static const struct {
    int64_t psql_line, line;
    enum rd_plain_line kind;
} lines[] = {
    {5, 5, RD_PLAIN_DROP},       {6, 6, RD_PLAIN_ORDINARY}, {7, 7, RD_PLAIN_ORDINARY},
    {8, 8, RD_PLAIN_DROP},       {9, 9, RD_PLAIN_SET},      {11, 10, RD_PLAIN_ORDINARY},
    {12, 11, RD_PLAIN_ORDINARY}, {14, 13, RD_PLAIN_DROP},
};

START_TEST(lines_of_psql_are_found_in_the_dump)
{
    struct outcome outcome;

    scan_all(HEADER "DROP TABLE a;\n"                                    /* 5 */
                    "ALTER TABLE x.drop OWNER TO \"drop constraint\";\n" /* 6 */
                    "CREATE TABLE c (d int);\n"                          /* 7 */
                    "ALTER TABLE ONLY a.b DROP CONSTRAINT c;\n"          /* 8 */
                    "SET transaction_timeout = 0;\n"                     /* 9 */
                    "COPY a.b FROM stdin;\n1\n\\.\n"                     /* 10, for psql 11 */
                    "DROP TABLE b;\n" FOOTER,
             &outcome);
    for (size_t i = 0; i < RD_COUNT(lines); i++) {
        int64_t line = 0;
        ck_assert_int_eq(rd_plain_look_up(outcome.plain, lines[i].psql_line, &line), lines[i].kind);
        ck_assert_int_eq(line, lines[i].line);
    }
    finish(&outcome);
}
END_TEST

START_TEST(views_are_cut_short_only_while_the_way_is_cleared)
{
    struct outcome outcome;
    int64_t line;

    scan_all(HEADER "SET a = b;\nSELECT 1;\nDROP TABLE a;\nCREATE OR REPLACE VIEW v AS SELECT 1;\n"
                    "CREATE TABLE t ();\nCREATE OR REPLACE VIEW v AS SELECT 2;\n" FOOTER,
             &outcome);
    ck_assert_int_eq(rd_plain_look_up(outcome.plain, 8, &line), RD_PLAIN_DROP);
    ck_assert_int_eq(rd_plain_look_up(outcome.plain, 10, &line), RD_PLAIN_ORDINARY);
    finish(&outcome);
}
END_TEST

START_TEST(only_the_last_lines_are_kept_and_they_are_right)
{
    struct outcome outcome;
    const int64_t count = 300000;
    int64_t line;

    begin(&outcome);
    for (int64_t i = 0; i < count; i++)
        ck_assert_int_eq(give(&outcome, "DROP TABLE a;\n", 14), RD_OK);
    ck_assert_int_eq(rd_plain_look_up(outcome.plain, count, &line), RD_PLAIN_DROP);
    ck_assert_int_eq(rd_plain_look_up(outcome.plain, count - 100000, &line), RD_PLAIN_DROP);
    ck_assert_int_eq(line, count - 100000);
    ck_assert_int_eq(rd_plain_look_up(outcome.plain, 5, &line), RD_PLAIN_ORDINARY);
    ck_assert_int_eq(line, 5);
    finish(&outcome);
}
END_TEST

START_TEST(a_long_statement_passes_and_a_long_copy_does_not)
{
    struct outcome outcome;
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(4 * 1024 * 1024);

    rd_buf_puts(&text, "ALTER TABLE a ADD CHECK (b IN ('");
    while (text.length < 2 * 1024 * 1024)
        rd_buf_puts(&text, "0123456789abcdef");
    rd_buf_puts(&text, "'));\n");
    begin(&outcome);
    for (size_t at = 0; at < text.length; at += 100000)
        ck_assert_int_eq(
            give(&outcome, text.data + at, text.length - at < 100000 ? text.length - at : 100000),
            RD_OK);
    ck_assert_str_eq(rd_buf_text(&outcome.out), text.data);
    finish(&outcome);

    memcpy(text.data, "COPY ", 5);
    begin(&outcome);
    int code = RD_OK;
    for (size_t at = 0; at < text.length && code == RD_OK; at += 100000)
        code =
            give(&outcome, text.data + at, text.length - at < 100000 ? text.length - at : 100000);
    ck_assert_int_eq(code, RD_E_UNSUPPORTED);
    finish(&outcome);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("dump_plain");
    TCase *tcase = tcase_create("dump_plain");

    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, what_only_looks_odd_comes_through, 0, RD_COUNT(nasty));
    tcase_add_test(tcase, rows_come_through_and_psql_stops_where_their_copy_fails);
    tcase_add_loop_test(tcase, what_no_dump_holds_is_refused, 0, RD_COUNT(refused));
    tcase_add_test(tcase, nothing_of_a_refused_command_goes_on);
    tcase_add_test(tcase, what_psql_would_read_otherwise_is_not_followed);
    tcase_add_test(tcase, before_the_first_piece_there_is_nothing);
    tcase_add_test(tcase, a_zero_byte_is_damage);
    tcase_add_test(tcase, databases_of_the_same_server_may_be_connected_to);
    tcase_add_test(tcase, the_encoding_of_an_odd_name_may_be_forced);
    tcase_add_test(tcase, strings_follow_standard_conforming_strings);
    tcase_add_test(tcase, a_tablespace_gets_our_folder);
    tcase_add_loop_test(tcase, a_dump_is_whole_only_with_its_end, 0, RD_COUNT(ends));
    tcase_add_test(tcase, a_dump_tells_about_itself);
    tcase_add_test(tcase, lines_of_psql_are_found_in_the_dump);
    tcase_add_test(tcase, views_are_cut_short_only_while_the_way_is_cleared);
    tcase_add_test(tcase, only_the_last_lines_are_kept_and_they_are_right);
    tcase_add_test(tcase, a_long_statement_passes_and_a_long_copy_does_not);
    suite_add_tcase(suite, tcase);
    return suite;
}
