/*
 * sample_shape.h: a made-up shape that has every type, for the tests of shape.
 */
#ifndef RD_TESTS_SAMPLE_SHAPE_H
#define RD_TESTS_SAMPLE_SHAPE_H

#include <check.h>
#include <string.h>

#include "drills/common/shape.h"

struct sample_item {
    const char *key; /* in a map */
    const char *name;
    int64_t count;
};

struct sample {
    const char *text;
    bool flag;
    bool on; /* by default */
    int64_t integer;
    int64_t percent; /* 0 to 100, 10 by default */
    int64_t bigint;
    double number; /* at least 0.5 */
    int64_t duration_ms;
    int64_t grace_ms; /* 30 s by default */
    int64_t size_bytes;
    int64_t time_us;
    int pick; /* newest by default */
    const struct rd_secret *secret;
    const struct rd_secret *value;
    struct rd_strings strings;
    struct rd_strings arguments; /* "a" and "b" by default */
    const struct sample_item *object;
    struct rd_list list;
    struct rd_list map;
    const struct rd_json *json;
    const char *private_text;
};

static const char *const sample_picks[] = {"newest", "oldest", "random", NULL};

#define SAMPLE(text, kind, member, ...)                                                           \
    {                                                                                             \
        .name = text, .type = RD_T_##kind, .offset = offsetof(struct sample, member), __VA_ARGS__ \
    }

static const struct rd_field sample_item_fields[] = {
    {.name = "name",
     .type = RD_T_STRING,
     .offset = offsetof(struct sample_item, name),
     .flags = RD_REQUIRED,
     .help = "what it is called"},
    {.name = "count",
     .type = RD_T_INTEGER,
     .offset = offsetof(struct sample_item, count),
     .min = 1,
     .help = "how many there are"},
    {0},
};

static void sample_item_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct sample_item *item = object;

    if (strcmp(item->name, "forbidden") == 0)
        rd_faults_add(faults, path, "must not be called '%s'", item->name);
}

static const struct rd_shape sample_item_shape = {
    .name = "item",
    .size = sizeof(struct sample_item),
    .fields = sample_item_fields,
    .validate = sample_item_validate,
};

static const struct rd_field sample_fields[] = {
    SAMPLE("text", STRING, text, .flags = RD_REQUIRED, .help = "any text"),
    SAMPLE("flag", BOOL, flag, .help = "yes or no"),
    SAMPLE("on", BOOL, on, .fallback = "true", .help = "yes unless told otherwise"),
    SAMPLE("integer", INTEGER, integer, .help = "any integer"),
    SAMPLE("percent", INTEGER, percent, .fallback = "10", .max = 100, .unit = "%",
           .help = "a part"),
    SAMPLE("bigint", BIGINT, bigint, .help = "64 bits"),
    SAMPLE("number", NUMBER, number, .min = 0.5, .help = "a number"),
    SAMPLE("duration", DURATION, duration_ms, .help = "how long"),
    SAMPLE("grace", DURATION, grace_ms, .fallback = "30s", .help = "how much longer"),
    SAMPLE("size", SIZE, size_bytes, .help = "how large"),
    SAMPLE("time", TIME, time_us, .help = "when"),
    SAMPLE("pick", ENUM, pick, .choices = sample_picks, .fallback = "newest", .help = "which"),
    SAMPLE("secret", SECRET, secret, .help = "a password"),
    SAMPLE("value", VALUE, value, .help = "a value that may be secret"),
    SAMPLE("strings", STRINGS, strings, .help = "some texts"),
    SAMPLE("arguments", STRINGS, arguments, .fallback = "[\"a\", \"b\"]", .help = "a program's"),
    SAMPLE("object", OBJECT, object, .sub = &sample_item_shape, .help = "one item"),
    SAMPLE("list", LIST, list, .sub = &sample_item_shape, .help = "items in order"),
    SAMPLE("map", MAP, map, .sub = &sample_item_shape, .help = "items by name"),
    SAMPLE("json", JSON, json, .help = "anything"),
    SAMPLE("private", STRING, private_text, .flags = RD_PRIVATE, .help = "never printed"),
    {0},
};

static const struct rd_shape sample_shape = {
    .name = "sample",
    .size = sizeof(struct sample),
    .fields = sample_fields,
};

/* A document that gives every field. */
static const char sample_whole[] =
    "{\"text\":\"gr\\u00fc\\u00df\\n\",\"flag\":true,\"on\":false,\"integer\":-9007199254740992,"
    "\"percent\":0,\"bigint\":\"9223372036854775807\",\"number\":0.5,\"duration\":\"15m\","
    "\"grace\":\"250ms\",\"size\":\"10GiB\",\"time\":\"2025-11-16T14:30:00.123Z\","
    "\"pick\":\"random\",\"secret\":{\"env\":\"PASSWORD\"},\"value\":{\"exec\":[\"show\",\"x\"]},"
    "\"strings\":[\"\",\"b\"],\"arguments\":[\"c\"],\"object\":{\"name\":\"one\",\"count\":1},"
    "\"list\":[{\"name\":\"two\"},{\"name\":\"three\",\"count\":3}],"
    "\"map\":{\"odd key\":{\"name\":\"four\"},\"\":{\"name\":\"five\",\"count\":5}},"
    "\"json\":[null,{\"a\":1}]}";

#endif
