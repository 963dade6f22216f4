/*
 * test_xml.c: whatever is written, readers of XML take the document.
 */
#include "drills/common/xml.h"

#include <string.h>

#include "tests/unit/suite.h"

/* The document with one attribute and one text. */
static void document(const char *value, const char *text, struct rd_buf *out)
{
    RD_CLEANUP(rd_xml_freep) struct rd_xml *xml = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_xml_new(&xml, &err), RD_OK);
    rd_xml_open(xml, "root");
    rd_xml_open(xml, "case");
    rd_xml_attribute(xml, "name", value);
    rd_xml_text(xml, text);
    rd_xml_close(xml);
    rd_xml_close(xml);
    ck_assert_int_eq(rd_xml_end(xml, out, &err), RD_OK);
}

static const struct {
    const char *given;
    const char *attribute;
    const char *text;
} hostile[] = {
    {"", "", ""},
    {"<script>&\"'", "&lt;script&gt;&amp;&quot;'", "&lt;script&gt;&amp;&quot;'"},
    {"]]>", "]]&gt;", "]]&gt;"},
    {"a\nb\tc", "a&#10;b&#9;c", "a\nb\tc"},
    {"\x1b[31m", "\\x1b[31m", "\\x1b[31m"},
    {"\r", "\\x0d", "\\x0d"},
    {"\xff", "\xef\xbf\xbd", "\xef\xbf\xbd"},
    {"\xef\xbf\xbf", "\\uffff", "\\uffff"},
    {"\xe2\x80\xae", "\\u202e", "\\u202e"},
    {"\xc3\xbc\xf0\x9f\x90\x98", "\xc3\xbc\xf0\x9f\x90\x98", "\xc3\xbc\xf0\x9f\x90\x98"},
};

START_TEST(texts_and_attributes_are_escaped_and_cleaned)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(10000);
    RD_CLEANUP(rd_buf_free) struct rd_buf want = RD_BUF_INIT(10000);

    document(hostile[_i].given, hostile[_i].given, &out);
    rd_buf_printf(&want,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root>\n  <case name=\"%s\">%s"
                  "</case>\n</root>\n",
                  hostile[_i].attribute, hostile[_i].text);
    ck_assert_str_eq(rd_buf_text(&out), rd_buf_text(&want));
}
END_TEST

START_TEST(the_end_closes_what_is_open)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(10000);
    RD_CLEANUP(rd_xml_freep) struct rd_xml *xml = NULL;

    ck_assert_int_eq(rd_xml_new(&xml, NULL), RD_OK);
    rd_xml_open(xml, "a");
    rd_xml_open(xml, "b");
    rd_xml_attribute_printf(xml, "n", "%d%s", 7, "<");
    ck_assert_int_eq(rd_xml_end(xml, &out, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n  <b "
                                        "n=\"7&lt;\"/>\n</a>\n");
}
END_TEST

START_TEST(a_mistake_in_the_order_of_calls_is_told_at_the_end)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(10000);
    RD_CLEANUP(rd_xml_freep) struct rd_xml *xml = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_xml_new(&xml, NULL), RD_OK);
    rd_xml_open(xml, "a");
    rd_xml_close(xml);
    rd_xml_close(xml);
    ck_assert_int_ne(rd_xml_end(xml, &out, &err), RD_OK);
    ck_assert_uint_eq(out.length, 0);
}
END_TEST

START_TEST(an_output_that_is_too_small_is_an_error)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(40);
    RD_CLEANUP(rd_xml_freep) struct rd_xml *xml = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_xml_new(&xml, NULL), RD_OK);
    rd_xml_open(xml, "root");
    ck_assert_int_eq(rd_xml_end(xml, &out, &err), RD_E_LIMIT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("xml");
    TCase *tests = tcase_create("xml");

    tcase_add_loop_test(tests, texts_and_attributes_are_escaped_and_cleaned, 0,
                        (int)RD_COUNT(hostile));
    tcase_add_test(tests, the_end_closes_what_is_open);
    tcase_add_test(tests, a_mistake_in_the_order_of_calls_is_told_at_the_end);
    tcase_add_test(tests, an_output_that_is_too_small_is_an_error);
    suite_add_tcase(suite, tests);
    return suite;
}
