/*
 * interrupt.h: SIGINT, SIGTERM and SIGHUP as a descriptor that becomes readable, so that every wait
 * notices and the drill still reaches its teardown.
 */
#ifndef RD_INTERRUPT_H
#define RD_INTERRUPT_H

#include "drills/common/err.h"

/* Once, early. SIGPIPE is ignored from then on. *ret_fd stays open until the program ends. */
int rd_interrupt_setup(int *ret_fd, struct rd_err *reterr) RD_MUST_CHECK;

/* The number of the signal that came first; 0 when none came. */
int rd_interrupt_signal(void);

#endif
