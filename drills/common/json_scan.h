/*
 * json_scan.h: reads JSON text before cJSON does and refuses what cJSON would let pass or silently
 * change. For json.c only.
 */
#ifndef RD_JSON_SCAN_H
#define RD_JSON_SCAN_H

#include "drills/common/json.h"

/*
 * One pass over `text`, which must end with a NUL at text[length]. Comments are overwritten with
 * blanks where `flags` allow them. RD_E_FORMAT says line and column (in characters, from 1).
 */
int rd_json_scan(char *text, size_t length, unsigned flags, struct rd_err *reterr) RD_MUST_CHECK;

/* The RD_E_FORMAT of a key that its object already has; `number` counts the keys of the whole
 * text in their order, from 1. The text was scanned without error. */
int rd_json_scan_duplicate(char *text, size_t length, size_t number,
                           struct rd_err *reterr) RD_MUST_CHECK;

#endif
