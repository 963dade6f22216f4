/*
 * json.h: JSON as redrill needs it, on top of cJSON, which only json.c includes. Input is
 * parsed strictly (RFC 8259 and more): invalid UTF-8, duplicate keys, \u0000, numbers that a double
 * cannot hold, integers beyond 2^53, trailing bytes and nesting beyond 64 levels are errors,
 * because cJSON would let them pass or change them.
 */
#ifndef RD_JSON_H
#define RD_JSON_H

#include "drills/common/buf.h"

/* One value: cJSON's own node behind an opaque name. */
struct rd_json;

enum rd_json_type {
    RD_JSON_NULL = 1,
    RD_JSON_BOOL,
    RD_JSON_NUMBER,
    RD_JSON_STRING,
    RD_JSON_ARRAY,
    RD_JSON_OBJECT,
};

/*
 * RD_E_FORMAT says line and column. `text` needs no NUL at its end.
 *
 * RD_JSON_COMMENTS: `//` to the end of the line is white space. RD_JSON_ROUND: integers beyond 2^53
 * are not refused but rounded, as most programs do: for documents that others made.
 */
enum { RD_JSON_COMMENTS = 1, RD_JSON_ROUND = 2 };
int rd_json_parse(const char *text, size_t length, unsigned flags, struct rd_json **ret_json,
                  struct rd_err *reterr) RD_MUST_CHECK;
void rd_json_free(struct rd_json *json);
void rd_json_freep(struct rd_json **json);

/* Reading. Everything returned is borrowed from the tree. NULL is taken for a value that is not
 * there, except by the first two: it has no text, no number, no children. */
enum rd_json_type rd_json_type(const struct rd_json *json);
const char *rd_json_type_name(const struct rd_json *json); /* "a string", "true", … */
const char *rd_json_text(const struct rd_json *json);      /* NULL unless a string */
double rd_json_number(const struct rd_json *json);         /* NaN unless a number */
bool rd_json_is_true(const struct rd_json *json);
/* The number as an integer: false unless it is one between -2^53 and 2^53. */
bool rd_json_integer(const struct rd_json *json, int64_t *ret_value);

/* Children of an array or object in their order; NULL at the end. */
size_t rd_json_count(const struct rd_json *json);
const struct rd_json *rd_json_first(const struct rd_json *json);
const struct rd_json *rd_json_next(const struct rd_json *json);
const char *rd_json_key(const struct rd_json *json); /* of an object's member */
const struct rd_json *rd_json_get(const struct rd_json *object, const char *key);

/* JSON Pointer (RFC 6901): "" is the value itself; NULL when nothing is there. */
const struct rd_json *rd_json_at(const struct rd_json *json, const char *pointer);

/* Same value; the order of an object's members does not count. */
bool rd_json_equal(const struct rd_json *a, const struct rd_json *b);

/*
 * Writing. New values are owned by the caller until they are put somewhere; NULL when memory is
 * gone. rd_json_put, _push and _replace take `value` in any case: on failure they free it, and a
 * NULL is RD_E_MEMORY, so that a new value can be put without a look. A key that the object has
 * already gets the new value in its place.
 */
struct rd_json *rd_json_new_object(void);
struct rd_json *rd_json_new_array(void);
struct rd_json *rd_json_new_text(const char *text); /* must be UTF-8; see rd_text_clean */
struct rd_json *rd_json_new_number(double number);
struct rd_json *rd_json_new_integer(int64_t value); /* |value| <= 2^53 */
struct rd_json *rd_json_new_bool(bool value);
struct rd_json *rd_json_new_null(void);
struct rd_json *rd_json_copy(const struct rd_json *json);
int rd_json_put(struct rd_json *object, const char *key, struct rd_json *value) RD_MUST_CHECK;
int rd_json_push(struct rd_json *array, struct rd_json *value) RD_MUST_CHECK;
/* Puts `value` in the place of `child`, which is freed. */
int rd_json_replace(struct rd_json *parent, const struct rd_json *child,
                    struct rd_json *value) RD_MUST_CHECK;

/* Replaces or creates the value at a dotted path ("source.path", "checks.0.max_age"), with the
 * objects on the way to it; the number behind an array's last appends. Takes `value` in any case.
 * RD_E_ARGUMENT when the path does not fit the tree, which is then as before. */
int rd_json_set(struct rd_json *json, const char *dotted, struct rd_json *value,
                struct rd_err *reterr) RD_MUST_CHECK;

/* Compact (one line, no blanks) or with two spaces of indentation and a final newline. What is read
 * back is the same value. RD_E_ARGUMENT for what JSON cannot hold: a number that is not finite, a
 * string that is not UTF-8. */
int rd_json_print(const struct rd_json *json, bool pretty, struct rd_buf *out,
                  struct rd_err *reterr) RD_MUST_CHECK;

#endif
