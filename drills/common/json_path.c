/*
 * json_path.c: finding one's way in a tree: JSON Pointers, the dotted paths of the command line,
 * and whether two trees are the same.
 */
#include <stdlib.h>
#include <string.h>

#include "drills/common/json.h"

enum { PATH_DIGITS = 9, PATH_DEPTH = 64 };

/* The index that the first `length` characters of `text` are, without leading zeros; SIZE_MAX when
 * they are none. */
static size_t path_index(const char *text, size_t length)
{
    if (length == 0 || length > PATH_DIGITS || strspn(text, "0123456789") < length ||
        (text[0] == '0' && length > 1))
        return SIZE_MAX;
    return strtoul(text, NULL, 10);
}

static const struct rd_json *path_element(const struct rd_json *array, size_t index)
{
    const struct rd_json *element = rd_json_first(array);

    for (; element != NULL && index > 0; index--)
        element = rd_json_next(element);
    return element;
}

/* Whether a segment of a JSON Pointer, in which "~1" is "/" and "~0" is "~", means `key`. */
static bool path_segment_is(const char *segment, size_t length, const char *key)
{
    for (size_t i = 0; i < length; i++, key++) {
        char character = segment[i];
        if (character == '~') {
            char code = ++i < length ? segment[i] : '\0';
            if (code != '0' && code != '1')
                return false;
            character = code == '0' ? '~' : '/';
        }
        if (*key != character)
            return false;
    }
    return *key == '\0';
}

static const struct rd_json *path_member(const struct rd_json *object, const char *segment,
                                         size_t length)
{
    const struct rd_json *member = rd_json_first(object);

    while (member != NULL && !path_segment_is(segment, length, rd_json_key(member)))
        member = rd_json_next(member);
    return member;
}

const struct rd_json *rd_json_at(const struct rd_json *json, const char *pointer)
{
    while (json != NULL && *pointer != '\0') {
        if (*pointer++ != '/')
            return NULL;
        size_t length = strcspn(pointer, "/");
        if (rd_json_type(json) == RD_JSON_ARRAY)
            json = path_element(json, path_index(pointer, length));
        else if (rd_json_type(json) == RD_JSON_OBJECT)
            json = path_member(json, pointer, length);
        else
            json = NULL;
        pointer += length;
    }
    return json;
}

static bool path_equal_containers(const struct rd_json *a, const struct rd_json *b)
{
    bool object = rd_json_type(a) == RD_JSON_OBJECT;
    const struct rd_json *other = rd_json_first(b);

    if (rd_json_count(a) != rd_json_count(b))
        return false;
    for (a = rd_json_first(a); a != NULL; a = rd_json_next(a)) {
        const struct rd_json *same = object ? rd_json_get(b, rd_json_key(a)) : other;
        if (same == NULL || !rd_json_equal(a, same))
            return false;
        other = rd_json_next(other);
    }
    return true;
}

bool rd_json_equal(const struct rd_json *a, const struct rd_json *b)
{
    if (rd_json_type(a) != rd_json_type(b))
        return false;
    switch (rd_json_type(a)) {
    case RD_JSON_BOOL:
        return rd_json_is_true(a) == rd_json_is_true(b);
    case RD_JSON_NUMBER:
        return rd_json_number(a) == rd_json_number(b);
    case RD_JSON_STRING:
        return strcmp(rd_json_text(a), rd_json_text(b)) == 0;
    case RD_JSON_ARRAY:
    case RD_JSON_OBJECT:
        return path_equal_containers(a, b);
    default:
        return true;
    }
}

/* Cuts `dotted` into `*ret_count` strings, one after the other, each with its NUL. */
static int path_split(char *dotted, size_t *ret_count, struct rd_err *reterr)
{
    size_t count = 1;

    if (dotted[0] == '\0' || dotted[0] == '.' || dotted[strlen(dotted) - 1] == '.' ||
        strstr(dotted, "..") != NULL)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' is no path: a name in it is empty", dotted);
    for (char *dot = strchr(dotted, '.'); dot != NULL; dot = strchr(dot, '.'), count++)
        *dot++ = '\0';
    if (count > PATH_DEPTH)
        return rd_err_set(reterr, RD_E_ARGUMENT, "a path of %zu names is too deep", count);
    *ret_count = count;
    return RD_OK;
}

/* `value` as the innermost of new objects, one for each name; NULL when memory is gone. */
static struct rd_json *path_wrap(const char *names, size_t count, struct rd_json *value)
{
    if (count == 0)
        return value;
    struct rd_json *inner = path_wrap(names + strlen(names) + 1, count - 1, value);
    struct rd_json *object = rd_json_new_object();
    if (rd_json_put(object, names, inner) != RD_OK) {
        rd_json_free(object);
        return NULL;
    }
    return object;
}

static const struct rd_json *path_child(const struct rd_json *json, const char *name)
{
    if (rd_json_type(json) == RD_JSON_OBJECT)
        return rd_json_get(json, name);
    return path_element(json, path_index(name, strlen(name)));
}

/* Whether something can be put under `name`: any key of an object, an index of an array up to its
 * count. */
static int path_fits(const struct rd_json *json, const char *name, const char *dotted,
                     struct rd_err *reterr)
{
    enum rd_json_type type = rd_json_type(json);

    if (type == RD_JSON_OBJECT)
        return RD_OK;
    if (type != RD_JSON_ARRAY)
        return rd_err_set(reterr, RD_E_ARGUMENT, "'%s' leads into %s, where nothing can be set",
                          dotted, rd_json_type_name(json));
    size_t count = rd_json_count(json);
    if (path_index(name, strlen(name)) > count)
        return rd_err_set(reterr, RD_E_ARGUMENT,
                          "'%s' leads into an array, where '%s' is no index from 0 to %zu", dotted,
                          name, count);
    return RD_OK;
}

static int path_put(struct rd_json *json, const char *name, struct rd_json *value)
{
    const struct rd_json *old = path_child(json, name);

    if (old != NULL)
        return rd_json_replace(json, old, value);
    if (rd_json_type(json) == RD_JSON_OBJECT)
        return rd_json_put(json, name, value);
    return rd_json_push(json, value);
}

int rd_json_set(struct rd_json *json, const char *dotted, struct rd_json *value,
                struct rd_err *reterr)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *owned = value;
    RD_CLEANUP(rd_buf_free) struct rd_buf names = RD_BUF_INIT(SIZE_MAX - 1);
    size_t count = 0;

    rd_buf_puts(&names, dotted);
    int rc = rd_buf_status(&names, "a path", reterr);
    if (rc == RD_OK)
        rc = path_split(names.data, &count, reterr);
    if (rc != RD_OK)
        return rc;

    const char *name = names.data;
    for (;;) {
        rc = path_fits(json, name, dotted, reterr);
        if (rc != RD_OK)
            return rc;
        const struct rd_json *child = path_child(json, name);
        if (count == 1 || child == NULL)
            break;
        json = (struct rd_json *)child;
        name += strlen(name) + 1;
        count--;
    }
    owned = path_wrap(name + strlen(name) + 1, count - 1, owned);
    rc = path_put(json, name, owned);
    owned = NULL;
    return rc == RD_OK ? RD_OK : rd_err_memory(reterr);
}
