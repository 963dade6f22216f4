/*
 * banned.h: functions that are too easy to misuse. The Makefile includes this file in every
 * compilation, so that a use of one of them does not compile.
 */
#ifndef RD_BANNED_H
#define RD_BANNED_H

/* The headers that declare them come first, so that the poison does not reach these. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy strtok sprintf vsprintf gets
#pragma GCC poison system popen mktemp tmpnam tempnam
#pragma GCC poison gmtime localtime ctime ctime_r asctime asctime_r
#pragma GCC poison atoi atol atoll

#endif
