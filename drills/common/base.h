/*
 * base.h: the few words that every file of redrill uses: attributes and the
 * value that stands for "not given".
 */
#ifndef RD_BASE_H
#define RD_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RD_MUST_CHECK __attribute__((warn_unused_result))
#define RD_PRINTF(text, args) __attribute__((__format__(__printf__, text, args)))
#define RD_CLEANUP(function) __attribute__((cleanup(function)))

#define RD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An integer, duration, size or time that nobody gave. Zero is a value; this is not. */
#define RD_ABSENT INT64_MIN

/* Borrowed strings, in order. */
struct rd_strings {
    size_t count;
    const char **items;
};

#endif
