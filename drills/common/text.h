/*
 * text.h: questions about strings: valid UTF-8, nearest known word, safe to show.
 */
#ifndef RD_TEXT_H
#define RD_TEXT_H

#include "drills/common/buf.h"

/* Strict UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL. */
bool rd_text_is_utf8(const char *text, size_t length);

/*
 * Appends `text` so that a person can read it and every format can carry it: invalid
 * UTF-8 becomes U+FFFD, control characters other than \n and \t become "\x1b" as text, and so do
 * the characters that reverse the direction of writing, and U+FFFE and U+FFFF.
 */
void rd_text_clean(struct rd_buf *out, const char *text, size_t length);

/* The entry of the NULL-terminated `words` that `word` was probably meant to be
 * (Damerau-Levenshtein distance of at most a third of its length), or NULL. */
const char *rd_text_nearest(const char *word, const char *const *words);

/* Whether `name` matches `pattern` with `*` and `?` only; no other character is special. */
bool rd_text_matches(const char *pattern, const char *name);

#endif
