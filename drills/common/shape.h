/*
 * shape.h: one table says what a JSON object holds: a plan's part, a module's settings or the
 * record. Parsing, printing, JSON Schema, `redrill list` and the README's tables come from it.
 *
 * A shape describes a C struct. Objects are pointers to a struct, NULL when absent. Lists and
 * maps are `struct rd_list`; an item of a map has its key, a `const char *`, as first member. No
 * shape contains itself.
 * Everything is in an arena. Absent: NULL for pointers, RD_ABSENT for integers, durations, sizes
 * and times, NaN for numbers, 0 for enums, false for booleans, no items for lists.
 */
#ifndef RD_SHAPE_H
#define RD_SHAPE_H

#include "drills/common/arena.h"
#include "drills/common/faults.h"
#include "drills/common/json.h"
#include "drills/common/secret.h"

enum rd_type {
    RD_T_STRING = 1, /* const char * */
    RD_T_BOOL,       /* bool; absent takes the fallback, and false without one */
    RD_T_INTEGER,    /* int64_t: a JSON number */
    RD_T_BIGINT,     /* int64_t: a JSON string of decimal digits, for what a double cannot hold */
    RD_T_NUMBER,     /* double */
    RD_T_DURATION,   /* int64_t ms: "15m" */
    RD_T_SIZE,       /* int64_t bytes: "10GiB" */
    RD_T_TIME,       /* int64_t us: RFC 3339 */
    RD_T_ENUM,       /* int: 1 + the index in `choices` */
    RD_T_SECRET,     /* const struct rd_secret *: {"env"|"file"|"exec": …} only */
    RD_T_VALUE,      /* const struct rd_secret *: the same, or a string that is no secret */
    RD_T_STRINGS,    /* struct rd_strings: an array of strings */
    RD_T_OBJECT,     /* const void *: a struct of shape `sub` */
    RD_T_LIST,       /* struct rd_list of structs of shape `sub` */
    RD_T_MAP,        /* struct rd_list of structs of shape `sub`; the key is the first member */
    RD_T_JSON,       /* const struct rd_json *: any value, borrowed from the parsed tree */
};

struct rd_list {
    size_t count;
    size_t room; /* capacity while a list is being built; 0 for a parsed one */
    void *items;
};

enum {
    RD_REQUIRED = 1, /* must be given */
    RD_PRIVATE = 2,  /* never printed: redacted in records and reports */
};

struct rd_shape;

struct rd_field {
    const char *name;
    enum rd_type type;
    size_t offset; /* offsetof the struct's member */
    unsigned flags;
    const char *unit;           /* "ms", "bytes", "%", "path"; NULL without one */
    const char *fallback;       /* the default, as a plan would say it, without the quotes of a
                                   string; NULL: stays absent. Not for RD_T_JSON. */
    const char *const *choices; /* of an enum; NULL-terminated */
    const struct rd_shape *sub; /* of an object, list or map */
    double min, max;            /* of an integer or number, unless both are 0; without upper bound
                                   when max is not above min */
    const char *help;           /* one sentence without stop */
};

struct rd_shape {
    const char *name;              /* of the object: "plan", "row_counts", "finding" */
    size_t size;                   /* of the struct */
    const struct rd_field *fields; /* ends with {0} */
    /* MAY: what a single field cannot say; adds faults below `path`. `object` was parsed without
     * fault. */
    void (*validate)(const void *object, const char *path, struct rd_faults *faults);
};

/*
 * Fills a new struct in the faults' arena from a JSON object and returns it, NULL only when memory
 * is gone. Wrong types, unknown keys (with the nearest known one), missing and out-of-range values
 * are added to `faults` below `path`. `skip` names a key to pass over ("check"), or is NULL. `json`
 * must outlive the result where the shape holds RD_T_JSON.
 */
void *rd_shape_parse(const struct rd_shape *shape, const struct rd_json *json, const char *path,
                     const char *skip, struct rd_faults *faults) RD_MUST_CHECK;

/*
 * A JSON object of what is not absent, in the table's order, from which rd_shape_parse makes the
 * same struct again (times to the millisecond). RD_PRIVATE fields, and an RD_T_SECRET that is not a
 * reference, are left out; lists without items too, unless they are required. Strings that are not
 * UTF-8 are cleaned (rd_text_clean). RD_E_ARGUMENT for what no JSON can say: an integer beyond
 * 2^53, an infinite number, an enum that is none of its choices.
 */
int rd_shape_print(const struct rd_shape *shape, const void *object, struct rd_json **ret_json,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* JSON Schema (draft 2020-12) of the object, without "$schema", which belongs to the outermost one.
 * It accepts whatever rd_shape_parse accepts (a time with a blank for the T only where formats are
 * not asserted). `strict`: unknown keys are faults. */
int rd_shape_schema(const struct rd_shape *shape, bool strict, struct rd_json **ret_json,
                    struct rd_err *reterr) RD_MUST_CHECK;

/* "text", "duration", "one of newest, oldest": how people are told a field's type. */
void rd_shape_type_text(const struct rd_field *field, struct rd_buf *out);

/* Room for one more item at the end of a list: zeroed, then every field set to absent. NULL when
 * memory is gone. */
void *rd_list_add(struct rd_list *list, const struct rd_shape *shape, struct rd_arena *arena);

/* A new struct with every field absent; NULL when memory is gone. */
void *rd_shape_new(const struct rd_shape *shape, struct rd_arena *arena) RD_MUST_CHECK;

#endif
