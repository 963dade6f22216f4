/*
 * arena.h: memory that is freed all at once. A plan and a record live in one arena
 * each. Everything handed out is zeroed and stays valid until rd_arena_free.
 */
#ifndef RD_ARENA_H
#define RD_ARENA_H

#include "drills/common/err.h"

struct rd_arena;

/* NULL when memory is gone. `max` bounds the sum of all requests, in bytes. */
struct rd_arena *rd_arena_new(size_t max) RD_MUST_CHECK;
void rd_arena_free(struct rd_arena *arena);
void rd_arena_freep(struct rd_arena **arena);

/* NULL when memory or the maximum is gone; rd_arena_status keeps that, so that a
 * builder of many small things may ask once, at its end. */
void *rd_arena_alloc(struct rd_arena *arena, size_t size) RD_MUST_CHECK;
char *rd_arena_strdup(struct rd_arena *arena, const char *text) RD_MUST_CHECK;
char *rd_arena_strndup(struct rd_arena *arena, const char *text, size_t length) RD_MUST_CHECK;
char *rd_arena_printf(struct rd_arena *arena, const char *format, ...)
    RD_PRINTF(2, 3) RD_MUST_CHECK;

/* A copy of `count` items of `size` bytes with room for more: the arena's realloc.
 * `*room` is the present capacity in items and is updated. Returns NULL as above. */
void *rd_arena_grow(struct rd_arena *arena, const void *items, size_t count, size_t *room,
                    size_t size) RD_MUST_CHECK;

int rd_arena_status(const struct rd_arena *arena, struct rd_err *reterr) RD_MUST_CHECK;

#endif
