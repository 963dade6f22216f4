/*
 * xml.h: writes XML 1.0 in UTF-8, indented. libxml2 is included by xml.c only. libxml2 2.9 writes
 * characters that XML forbids and then refuses to read them, so every text goes through
 * rd_text_clean first.
 */
#ifndef RD_XML_H
#define RD_XML_H

#include "drills/common/buf.h"

struct rd_xml;

/* Errors are kept and told by rd_xml_end. Names of elements and attributes are the caller's own,
 * values and texts may be anything. Attributes come before the element's first child. */
int rd_xml_new(struct rd_xml **ret_xml, struct rd_err *reterr) RD_MUST_CHECK;
void rd_xml_open(struct rd_xml *xml, const char *element);
void rd_xml_attribute(struct rd_xml *xml, const char *name, const char *value);
void rd_xml_attribute_printf(struct rd_xml *xml, const char *name, const char *format, ...)
    RD_PRINTF(3, 4);
void rd_xml_text(struct rd_xml *xml, const char *text);
void rd_xml_close(struct rd_xml *xml);
/* Closes what is open, appends the document to `out`. Only rd_xml_free may follow. */
int rd_xml_end(struct rd_xml *xml, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;
void rd_xml_free(struct rd_xml *xml);
void rd_xml_freep(struct rd_xml **xml);

#endif
