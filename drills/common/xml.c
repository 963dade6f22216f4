/*
 * xml.c: see xml.h. The document grows in memory; the record that it is made of is bounded.
 */
#include "drills/common/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlerror.h>
#include <libxml/xmlwriter.h>

#include "drills/common/text.h"

enum { XML_TEXT_MAX = 16 * 1024 * 1024 };

struct rd_xml {
    xmlBufferPtr document;
    xmlTextWriterPtr writer;
    int failed; /* RD_OK or the first failure's code */
};

/* libxml2 would tell stderr what rd_xml_end returns. */
static void xml_tell_nobody(void *context, const xmlError *error)
{
    (void)context;
    (void)error;
}

static void xml_note(struct rd_xml *xml, int written)
{
    if (written < 0 && xml->failed == RD_OK)
        xml->failed = RD_E_MEMORY;
}

int rd_xml_new(struct rd_xml **ret_xml, struct rd_err *reterr)
{
    RD_CLEANUP(rd_xml_freep) struct rd_xml *xml = calloc(1, sizeof(*xml));

    if (xml == NULL)
        return rd_err_memory(reterr);
    xmlSetStructuredErrorFunc(NULL, (xmlStructuredErrorFunc)xml_tell_nobody);
    xml->document = xmlBufferCreate();
    if (xml->document == NULL)
        return rd_err_memory(reterr);
    xml->writer = xmlNewTextWriterMemory(xml->document, 0);
    if (xml->writer == NULL)
        return rd_err_memory(reterr);
    xml_note(xml, xmlTextWriterSetIndent(xml->writer, 1));
    xml_note(xml, xmlTextWriterSetIndentString(xml->writer, BAD_CAST "  "));
    xml_note(xml, xmlTextWriterStartDocument(xml->writer, "1.0", "UTF-8", NULL));
    *ret_xml = xml;
    xml = NULL;
    return RD_OK;
}

void rd_xml_open(struct rd_xml *xml, const char *element)
{
    if (xml->failed == RD_OK)
        xml_note(xml, xmlTextWriterStartElement(xml->writer, BAD_CAST element));
}

/* The text as XML can carry it; NULL, and the failure is kept, when memory is gone. */
static const xmlChar *xml_clean(struct rd_xml *xml, const char *text, struct rd_buf *clean)
{
    rd_text_clean(clean, text, strlen(text));
    if (clean->broken != RD_OK && xml->failed == RD_OK)
        xml->failed = clean->broken;
    return xml->failed == RD_OK ? BAD_CAST rd_buf_text(clean) : NULL;
}

void rd_xml_attribute(struct rd_xml *xml, const char *name, const char *value)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(XML_TEXT_MAX);
    const xmlChar *text = xml_clean(xml, value, &clean);

    if (text != NULL)
        xml_note(xml, xmlTextWriterWriteAttribute(xml->writer, BAD_CAST name, text));
}

void rd_xml_attribute_printf(struct rd_xml *xml, const char *name, const char *format, ...)
{
    char *value = NULL;
    va_list args;

    va_start(args, format);
    int length = vasprintf(&value, format, args);
    va_end(args);
    if (length < 0) {
        xml_note(xml, length);
        return;
    }
    rd_xml_attribute(xml, name, value);
    free(value);
}

void rd_xml_text(struct rd_xml *xml, const char *text)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf clean = RD_BUF_INIT(XML_TEXT_MAX);
    const xmlChar *safe = xml_clean(xml, text, &clean);

    if (safe != NULL)
        xml_note(xml, xmlTextWriterWriteString(xml->writer, safe));
}

void rd_xml_close(struct rd_xml *xml)
{
    if (xml->failed == RD_OK)
        xml_note(xml, xmlTextWriterEndElement(xml->writer));
}

int rd_xml_end(struct rd_xml *xml, struct rd_buf *out, struct rd_err *reterr)
{
    if (xml->failed == RD_OK)
        xml_note(xml, xmlTextWriterEndDocument(xml->writer));
    if (xml->failed == RD_E_LIMIT)
        return rd_err_set(reterr, RD_E_LIMIT, "a text of the XML document is too long");
    if (xml->failed != RD_OK)
        return rd_err_memory(reterr);
    rd_buf_add(out, xmlBufferContent(xml->document), (size_t)xmlBufferLength(xml->document));
    return rd_buf_status(out, "the XML document", reterr);
}

void rd_xml_free(struct rd_xml *xml)
{
    if (xml == NULL)
        return;
    xmlFreeTextWriter(xml->writer);
    if (xml->document != NULL)
        xmlBufferFree(xml->document);
    free(xml);
}

void rd_xml_freep(struct rd_xml **xml)
{
    rd_xml_free(*xml);
    *xml = NULL;
}
