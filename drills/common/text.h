/*
 * text.h: questions about strings: valid UTF-8, nearest known word, safe to show.
 */
#ifndef RD_TEXT_H
#define RD_TEXT_H

#include "drills/common/buf.h"

/* Strict UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL. */
bool rd_text_is_utf8(const char *text, size_t length);

/* The bytes (1 to 4) of the character at the head of `text`, and the character itself unless
 * `ret_character` is NULL; 0 when no valid character is there. NUL is a character here. */
size_t rd_text_character(const char *text, size_t length, uint32_t *ret_character);

/* The length, at most `max`, at which `text` can be cut without tearing a character. */
size_t rd_text_cut(const char *text, size_t length, size_t max);

/*
 * Appends `text` so that a person can read it and every format can carry it: invalid
 * UTF-8 becomes U+FFFD; control characters other than \n and \t become "\x1b" as text; line
 * separators, characters that reverse the direction of writing, U+FFFE and U+FFFF become "\u202e".
 */
void rd_text_clean(struct rd_buf *out, const char *text, size_t length);

/* The entry of the NULL-terminated `words` that `word` was probably meant to be: the number of
 * letters to change, add, drop or swap is at most a third of its length, and letter case does not
 * count. NULL when there is none. */
const char *rd_text_nearest(const char *word, const char *const *words);

/* Whether the whole `name` matches `pattern`, in which `*` is any text and `?` any one character;
 * no other character is special. */
bool rd_text_matches(const char *pattern, const char *name);

#endif
