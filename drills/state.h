/*
 * state.h: where redrill keeps what must outlive a drill.
 */
#ifndef RD_STATE_H
#define RD_STATE_H

#include "drills/common/buf.h"

/* `wanted`, else /var/lib/redrill for root, else $XDG_STATE_HOME/redrill, else
 * ~/.local/state/redrill; absolute. */
int rd_state_folder(const char *wanted, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

#endif
