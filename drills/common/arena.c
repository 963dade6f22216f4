/*
 * arena.c: see arena.h. A chain of blocks; a request larger than a block gets one
 * of its own.
 */
#include "drills/common/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t room;
    max_align_t data[];
};

struct rd_arena {
    struct arena_block *blocks;
    size_t max;
    size_t total;
    int broken;
};

struct rd_arena *rd_arena_new(size_t max)
{
    struct rd_arena *arena = calloc(1, sizeof(*arena));

    if (arena != NULL)
        arena->max = max;
    return arena;
}

void rd_arena_free(struct rd_arena *arena)
{
    if (arena == NULL)
        return;
    for (struct arena_block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void rd_arena_freep(struct rd_arena **arena)
{
    rd_arena_free(*arena);
    *arena = NULL;
}

static struct arena_block *arena_block_new(struct rd_arena *arena, size_t size)
{
    size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    struct arena_block *block = calloc(1, sizeof(*block) + room);

    if (block == NULL)
        return NULL;
    block->room = room;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *rd_arena_alloc(struct rd_arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);

    if (size > arena->max || arena->total > arena->max - size) {
        arena->broken = RD_E_LIMIT;
        return NULL;
    }
    size_t padded = (size + align - 1) / align * align;

    struct arena_block *block = arena->blocks;
    if (block == NULL || block->room - block->used < padded)
        block = arena_block_new(arena, padded);
    if (block == NULL) {
        arena->broken = RD_E_MEMORY;
        return NULL;
    }

    void *memory = (char *)block->data + block->used;
    block->used += padded;
    arena->total += size;
    return memory;
}

char *rd_arena_strdup(struct rd_arena *arena, const char *text)
{
    return rd_arena_strndup(arena, text, strlen(text));
}

char *rd_arena_strndup(struct rd_arena *arena, const char *text, size_t length)
{
    char *copy = rd_arena_alloc(arena, length + 1);

    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *rd_arena_printf(struct rd_arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return NULL;

    char *text = rd_arena_alloc(arena, (size_t)length + 1);
    if (text == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void *rd_arena_grow(struct rd_arena *arena, const void *items, size_t count, size_t *room,
                    size_t size)
{
    size_t wanted = *room > 4 ? *room * 2 : 8;

    if (wanted <= count)
        wanted = count * 2;
    void *copy = rd_arena_alloc(arena, wanted * size);

    if (copy == NULL)
        return NULL;
    if (count > 0)
        memcpy(copy, items, count * size);
    *room = wanted;
    return copy;
}

int rd_arena_status(const struct rd_arena *arena, struct rd_err *reterr)
{
    switch (arena->broken) {
    case RD_OK:
        return RD_OK;
    case RD_E_LIMIT:
        return rd_err_set(reterr, RD_E_LIMIT, "more than %zu bytes of memory are needed",
                          arena->max);
    default:
        return rd_err_memory(reterr);
    }
}
