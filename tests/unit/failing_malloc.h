/*
 * failing_malloc.h: makes the n-th allocation of a test fail and counts the blocks that are alive.
 * Replaces malloc of the whole test program, so it is included by the test file alone. The
 * address sanitizer has a malloc of its own: there FAILING_MALLOC is 0 and nothing is replaced.
 */
#ifndef RD_TESTS_FAILING_MALLOC_H
#define RD_TESTS_FAILING_MALLOC_H

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "drills/common/err.h"

#ifdef __SANITIZE_ADDRESS__

#define FAILING_MALLOC 0

#else

#define FAILING_MALLOC 1

/* glibc's own names. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static long failing_malloc_left = -1; /* allocations that still succeed; -1: all */
static long failing_malloc_alive;

static bool failing_malloc_fails(void)
{
    if (failing_malloc_left == 0) {
        errno = ENOMEM;
        return true;
    }
    if (failing_malloc_left > 0)
        failing_malloc_left--;
    return false;
}

void *malloc(size_t size)
{
    if (failing_malloc_fails())
        return NULL;
    failing_malloc_alive++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (failing_malloc_fails())
        return NULL;
    failing_malloc_alive++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    if (failing_malloc_fails())
        return NULL;
    failing_malloc_alive += memory == NULL;
    return __libc_realloc(memory, size);
}

void free(void *memory)
{
    failing_malloc_alive -= memory != NULL;
    __libc_free(memory);
}

/*
 * Runs `subject` again and again, each time with one allocation more before all further ones fail,
 * until it needs no more. It must return RD_E_MEMORY until then and RD_OK at last, leave no block
 * behind, and call nothing of Check, which allocates. Returns how often it failed.
 */
static inline long failing_malloc_try(int (*subject)(void))
{
    for (long allowed = 0;; allowed++) {
        long before = failing_malloc_alive;
        failing_malloc_left = allowed;
        int rc = subject();
        long left = failing_malloc_left;
        failing_malloc_left = -1;
        long after = failing_malloc_alive;
        ck_assert_int_eq(after, before);
        if (rc == RD_OK)
            return allowed;
        ck_assert_int_eq(rc, RD_E_MEMORY);
        ck_assert_int_eq(left, 0);
    }
}

#endif

#endif
