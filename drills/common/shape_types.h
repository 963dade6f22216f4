/*
 * shape_types.h: what the parts of shape (parsing, printing, schema) share. For them only.
 */
#ifndef RD_SHAPE_TYPES_H
#define RD_SHAPE_TYPES_H

#include "drills/common/shape.h"

/* How people are told a type, by enum rd_type. */
struct rd_shape_type {
    const char *name;   /* in lists: "duration" */
    const char *wanted; /* in faults, after "must be": "a duration such as …" */
};
extern const struct rd_shape_type rd_shape_types[RD_T_JSON + 1];

/* Of a reference to a secret: a struct rd_secret without `literal`. */
extern const struct rd_shape rd_shape_secret;

/* Sets every field to absent; touches nothing else of the struct. */
void rd_shape_clear(const struct rd_shape *shape, void *object);

/* "newest, oldest, random" */
void rd_shape_choices_text(const struct rd_field *field, struct rd_buf *out);

/* The default as a JSON value of the field's type, to be freed; NULL when memory is gone. */
struct rd_json *rd_shape_fallback(const struct rd_field *field) RD_MUST_CHECK;

/* Where a value stands in a document; written out only when something is wrong with it. */
struct rd_shape_place {
    const struct rd_shape_place *up; /* NULL for the root */
    const char *key; /* of an object's member, or the root's path; NULL in an array */
    size_t index;    /* in an array */
};

/* "$.checks[2].max_age" in the arena; never NULL, "" when no more faults are kept. */
const char *rd_shape_path(const struct rd_shape_place *place, struct rd_faults *faults);

#endif
