/*
 * json.c: see json.h. The tree is cJSON's; reading, writing and looking into it follow our rules.
 */
#include "drills/common/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drills/common/json_scan.h"

static cJSON *json_node(const struct rd_json *json)
{
    return (cJSON *)json;
}

static struct rd_json *json_value(cJSON *node)
{
    return (struct rd_json *)node;
}

/* A key, and its number in the order of the text. */
struct json_key {
    const char *name;
    size_t number;
};

static int json_key_order(const void *a, const void *b)
{
    const struct json_key *left = a, *right = b;
    int order = strcmp(left->name, right->name);

    if (order != 0)
        return order;
    return left->number < right->number ? -1 : 1;
}

static void json_free_keys(struct json_key **keys)
{
    free(*keys);
}

/* Counts the keys of the tree in the order of the text; `*ret_duplicate` is the number of a key
 * that its object has twice, and stays 0 when there is none. RD_OK or RD_E_MEMORY. */
static int json_find_duplicate(const cJSON *node, size_t *number, size_t *ret_duplicate)
{
    size_t count = 0;

    if (node->child == NULL)
        return RD_OK;
    RD_CLEANUP(json_free_keys)
    struct json_key *keys = calloc((size_t)cJSON_GetArraySize(node), sizeof(*keys));
    if (keys == NULL)
        return RD_E_MEMORY;
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        if (child->string != NULL)
            keys[count++] = (struct json_key){child->string, ++*number};
        int rc = json_find_duplicate(child, number, ret_duplicate);
        if (rc != RD_OK || *ret_duplicate != 0)
            return rc;
    }
    qsort(keys, count, sizeof(*keys), json_key_order);
    for (size_t i = 1; i < count; i++) {
        bool first = *ret_duplicate == 0 || keys[i].number < *ret_duplicate;
        if (first && strcmp(keys[i - 1].name, keys[i].name) == 0)
            *ret_duplicate = keys[i].number;
    }
    return RD_OK;
}

int rd_json_parse(const char *text, size_t length, unsigned flags, struct rd_json **ret_json,
                  struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf copy = RD_BUF_INIT(length);
    size_t keys = 0, duplicate = 0;

    rd_buf_add(&copy, text, length);
    int rc = rd_buf_status(&copy, "JSON", reterr);
    if (rc == RD_OK)
        rc = rd_json_scan(copy.data, length, flags, reterr);
    if (rc != RD_OK)
        return rc;

    /* Nothing but memory is left to fail in cJSON, which is told of the NUL too. */
    RD_CLEANUP(rd_json_freep)
    struct rd_json *json = json_value(cJSON_ParseWithLength(copy.data, length + 1));
    if (json == NULL || json_find_duplicate(json_node(json), &keys, &duplicate) != RD_OK)
        return rd_err_memory(reterr);
    if (duplicate != 0)
        return rd_json_scan_duplicate(copy.data, length, duplicate, reterr);
    *ret_json = json;
    json = NULL;
    return RD_OK;
}

void rd_json_free(struct rd_json *json)
{
    cJSON_Delete(json_node(json));
}

void rd_json_freep(struct rd_json **json)
{
    rd_json_free(*json);
    *json = NULL;
}

static const struct {
    int kind; /* cJSON's */
    enum rd_json_type type;
    const char *name;
} json_types[] = {
    {cJSON_NULL, RD_JSON_NULL, "null"},          {cJSON_False, RD_JSON_BOOL, "false"},
    {cJSON_True, RD_JSON_BOOL, "true"},          {cJSON_Number, RD_JSON_NUMBER, "a number"},
    {cJSON_String, RD_JSON_STRING, "a string"},  {cJSON_Array, RD_JSON_ARRAY, "an array"},
    {cJSON_Object, RD_JSON_OBJECT, "an object"},
};

static size_t json_type_index(const struct rd_json *json)
{
    size_t i = 0;

    while (i + 1 < RD_COUNT(json_types) && json_types[i].kind != (json_node(json)->type & 0xFF))
        i++;
    return i;
}

enum rd_json_type rd_json_type(const struct rd_json *json)
{
    return json_types[json_type_index(json)].type;
}

const char *rd_json_type_name(const struct rd_json *json)
{
    return json_types[json_type_index(json)].name;
}

const char *rd_json_text(const struct rd_json *json)
{
    return cJSON_GetStringValue(json_node(json));
}

double rd_json_number(const struct rd_json *json)
{
    return cJSON_IsNumber(json_node(json)) ? json_node(json)->valuedouble : NAN;
}

bool rd_json_is_true(const struct rd_json *json)
{
    return cJSON_IsTrue(json_node(json));
}

bool rd_json_integer(const struct rd_json *json, int64_t *ret_value)
{
    double number = rd_json_number(json);

    if (!(fabs(number) <= 0x1p53) || number != trunc(number))
        return false;
    *ret_value = (int64_t)number;
    return true;
}

size_t rd_json_count(const struct rd_json *json)
{
    return (size_t)cJSON_GetArraySize(json_node(json));
}

const struct rd_json *rd_json_first(const struct rd_json *json)
{
    return json != NULL ? json_value(json_node(json)->child) : NULL;
}

const struct rd_json *rd_json_next(const struct rd_json *json)
{
    return json_value(json_node(json)->next);
}

const char *rd_json_key(const struct rd_json *json)
{
    return json_node(json)->string;
}

const struct rd_json *rd_json_get(const struct rd_json *object, const char *key)
{
    if (!cJSON_IsObject(json_node(object)))
        return NULL;
    return json_value(cJSON_GetObjectItemCaseSensitive(json_node(object), key));
}

struct rd_json *rd_json_new_object(void)
{
    return json_value(cJSON_CreateObject());
}

struct rd_json *rd_json_new_array(void)
{
    return json_value(cJSON_CreateArray());
}

struct rd_json *rd_json_new_text(const char *text)
{
    return json_value(cJSON_CreateString(text));
}

struct rd_json *rd_json_new_number(double number)
{
    return json_value(cJSON_CreateNumber(number));
}

struct rd_json *rd_json_new_integer(int64_t value)
{
    return json_value(cJSON_CreateNumber((double)value));
}

struct rd_json *rd_json_new_bool(bool value)
{
    return json_value(cJSON_CreateBool(value));
}

struct rd_json *rd_json_new_null(void)
{
    return json_value(cJSON_CreateNull());
}

struct rd_json *rd_json_copy(const struct rd_json *json)
{
    cJSON *copy = cJSON_Duplicate(json_node(json), true);

    if (copy != NULL) { /* it stands alone: without the key that the original may have */
        cJSON_free(copy->string);
        copy->string = NULL;
    }
    return json_value(copy);
}

int rd_json_replace(struct rd_json *parent, const struct rd_json *child, struct rd_json *value)
{
    cJSON *old = json_node(child), *node = json_node(value);

    if (node == NULL)
        return RD_E_MEMORY;
    cJSON_free(node->string);
    node->string = old->string;
    old->string = NULL;
    cJSON_ReplaceItemViaPointer(json_node(parent), old, node);
    return RD_OK;
}

int rd_json_put(struct rd_json *object, const char *key, struct rd_json *value)
{
    const struct rd_json *old = rd_json_get(object, key);

    if (old != NULL)
        return rd_json_replace(object, old, value);
    if (object == NULL || value == NULL ||
        !cJSON_AddItemToObject(json_node(object), key, json_node(value))) {
        rd_json_free(value);
        return RD_E_MEMORY;
    }
    return RD_OK;
}

int rd_json_push(struct rd_json *array, struct rd_json *value)
{
    if (array == NULL || value == NULL ||
        !cJSON_AddItemToArray(json_node(array), json_node(value))) {
        rd_json_free(value);
        return RD_E_MEMORY;
    }
    return RD_OK;
}
