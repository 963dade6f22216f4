/*
 * http_settings.c: what a plan may say about the check `http`.
 */
#include <stddef.h>
#include <string.h>

#include "checks/http_parts.h"

#define FIELD(text, kind, object, member, ...)                                                    \
    {                                                                                             \
        .name = text, .type = RD_T_##kind, .offset = offsetof(struct object, member), __VA_ARGS__ \
    }

static const struct rd_field app_fields[] = {
    FIELD("command", STRINGS, rd_check_http_app, command, .flags = RD_REQUIRED,
          .help = "program and arguments; a program with a slash counts from the plan's folder, "
                  "another is looked for in PATH"),
    FIELD("env", JSON, rd_check_http_app, env,
          .help = "environment: an object of names, each with a text or a reference to a secret; "
                  "PORT is set to ${app.port}"),
    FIELD("folder", STRING, rd_check_http_app, folder, .unit = "path",
          .help = "working folder; the plan's own if absent"),
    FIELD("port", INTEGER, rd_check_http_app, port, .min = 1, .max = 65535,
          .help = "port of the loopback that the application listens on; a free one if absent"),
    FIELD("output", SIZE, rd_check_http_app, output, .unit = "bytes", .fallback = "64KiB",
          .help = "how much of the end of its output is kept in the work folder, never in the "
                  "record"),
    FIELD("outside", BOOL, rd_check_http_app, outside, .fallback = "false",
          .help = "whether the application may connect to other machines"),
    {0},
};

static const struct rd_shape app_shape = {
    .name = "app", .size = sizeof(struct rd_check_http_app), .fields = app_fields};

static const struct rd_field ready_fields[] = {
    FIELD("get", STRING, rd_check_http_ready, get, .flags = RD_REQUIRED,
          .help = "path that is asked until the application is ready"),
    FIELD("status", INTEGER, rd_check_http_ready, status, .fallback = "200", .min = 100, .max = 599,
          .help = "status that means ready"),
    FIELD("timeout", DURATION, rd_check_http_ready, timeout_ms, .unit = "ms", .fallback = "30s",
          .help = "how long it may take"),
    {0},
};

static const struct rd_shape ready_shape = {
    .name = "ready", .size = sizeof(struct rd_check_http_ready), .fields = ready_fields};

static const struct rd_field expect_fields[] = {
    FIELD("status", INTEGER, rd_check_http_expect, status, .min = 100, .max = 599,
          .help = "the answer's status; any from 200 to 299 if absent"),
    FIELD("headers", JSON, rd_check_http_expect, headers,
          .help = "an object of header names, each with its value; * and ? are wildcards"),
    FIELD("json", JSON, rd_check_http_expect, json,
          .help = "an object of JSON Pointers into the body, each with the value there"),
    FIELD("contains", STRING, rd_check_http_expect, contains,
          .help = "text that the body contains"),
    FIELD("lacks", STRING, rd_check_http_expect, lacks,
          .help = "text that the body does not contain"),
    FIELD("max_latency", DURATION, rd_check_http_expect, max_latency_ms, .unit = "ms",
          .help = "how long the answer may take, to its last byte"),
    {0},
};

static const struct rd_shape expect_shape = {
    .name = "expect", .size = sizeof(struct rd_check_http_expect), .fields = expect_fields};

/* In the order of the fields "get" to "delete". */
static const char *const settings_methods[RD_CHECK_HTTP_METHODS] = {"GET", "HEAD",  "POST",
                                                                    "PUT", "PATCH", "DELETE"};

static const struct rd_field request_fields[] = {
    FIELD("get", STRING, rd_check_http_request, paths[0], .help = "path of a GET request"),
    FIELD("head", STRING, rd_check_http_request, paths[1], .help = "path of a HEAD request"),
    FIELD("post", STRING, rd_check_http_request, paths[2], .help = "path of a POST request"),
    FIELD("put", STRING, rd_check_http_request, paths[3], .help = "path of a PUT request"),
    FIELD("patch", STRING, rd_check_http_request, paths[4], .help = "path of a PATCH request"),
    FIELD("delete", STRING, rd_check_http_request, paths[5], .help = "path of a DELETE request"),
    FIELD("name", STRING, rd_check_http_request, name,
          .help = "what the finding is called; method and path if absent"),
    FIELD("headers", JSON, rd_check_http_request, headers,
          .help = "an object of header names, each with a text or a reference to a secret"),
    FIELD("body", JSON, rd_check_http_request, body,
          .help = "a text that is sent as it is, or any other value, which is sent as JSON"),
    FIELD("expect", OBJECT, rd_check_http_request, expect, .sub = &expect_shape,
          .help = "what the answer must be"),
    FIELD("timeout", DURATION, rd_check_http_request, timeout_ms, .unit = "ms", .fallback = "30s",
          .help = "how long the answer is waited for: no answer by then is an error"),
    {0},
};

static const struct rd_shape request_shape = {
    .name = "request", .size = sizeof(struct rd_check_http_request), .fields = request_fields};

static const struct rd_field http_fields[] = {
    FIELD("app", OBJECT, rd_check_http_settings, app, .sub = &app_shape,
          .help = "the application to start on the restored database"),
    FIELD("url", STRING, rd_check_http_settings, url,
          .help =
              "what every path is put behind; http://127.0.0.1:${app.port} if there is an 'app'"),
    FIELD("ready", OBJECT, rd_check_http_settings, ready, .sub = &ready_shape,
          .help = "how the application shows that it is ready; any answer to / if absent"),
    FIELD("requests", LIST, rd_check_http_settings, requests, .sub = &request_shape,
          .help = "the requests, in order"),
    FIELD("clear", BOOL, rd_check_http_settings, clear, .fallback = "false",
          .help = "whether values of answers may be shown as they are; hashed otherwise"),
    {0},
};

static int settings_method(const struct rd_check_http_request *request)
{
    for (int i = 0; i < RD_CHECK_HTTP_METHODS; i++) {
        if (request->paths[i] != NULL)
            return i;
    }
    return 0;
}

const char *rd_check_http_method(const struct rd_check_http_request *request)
{
    return settings_methods[settings_method(request)];
}

const char *rd_check_http_path(const struct rd_check_http_request *request)
{
    return request->paths[settings_method(request)];
}

static const char *settings_path(struct rd_faults *faults, const char *path, const char *name)
{
    const char *longer = rd_arena_printf(faults->arena, "%s.%s", path, name);

    return longer != NULL ? longer : path;
}

/* True for an object; adds a fault for any other value. Absent is neither. */
static bool settings_is_object(const struct rd_json *json, const char *path,
                               struct rd_faults *faults)
{
    if (json == NULL)
        return false;
    if (rd_json_type(json) == RD_JSON_OBJECT)
        return true;
    rd_faults_add(faults, path, "must be an object, not %s", rd_json_type_name(json));
    return false;
}

/* A shape with a field for each name that the object has itself. */
const struct rd_secret *const *rd_check_http_values(const struct rd_json *json, const char *path,
                                                    struct rd_faults *faults)
{
    size_t count = rd_json_count(json);
    struct rd_field *fields = rd_arena_alloc(faults->arena, (count + 1) * sizeof(*fields));
    const struct rd_json *item = rd_json_first(json);

    if (fields == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++, item = rd_json_next(item))
        fields[i] = (struct rd_field){.name = rd_json_key(item),
                                      .type = RD_T_VALUE,
                                      .offset = i * sizeof(struct rd_secret *)};
    const struct rd_shape shape = {
        .name = "values",
        .size = (count + 1) * sizeof(struct rd_secret *),
        .fields = fields,
    };
    return rd_shape_parse(&shape, json, path, NULL, faults);
}

/* `env`, or a request's `headers`. */
static void settings_check_values(const struct rd_json *json, unsigned allowed, const char *path,
                                  struct rd_faults *faults)
{
    if (json == NULL)
        return;
    size_t before = faults->count;
    const struct rd_secret *const *values = rd_check_http_values(json, path, faults);
    if (values == NULL || faults->count > before)
        return;
    for (const struct rd_json *item = rd_json_first(json); item != NULL;
         item = rd_json_next(item), values++)
        rd_check_http_check_text((*values)->literal, allowed,
                                 settings_path(faults, path, rd_json_key(item)), faults);
}

static void settings_check_env(const struct rd_json *env, const char *path,
                               struct rd_faults *faults)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char digits[] = "0123456789";

    settings_check_values(env, RD_CHECK_HTTP_PRIVATE | RD_CHECK_HTTP_PORT, path, faults);
    if (env == NULL || rd_json_type(env) != RD_JSON_OBJECT)
        return;
    for (const struct rd_json *item = rd_json_first(env); item != NULL; item = rd_json_next(item)) {
        const char *name = rd_json_key(item);
        const char *at = name;
        while (*at != '\0' &&
               (strchr(letters, *at) != NULL || (at > name && strchr(digits, *at) != NULL)))
            at++;
        if (*name == '\0' || *at != '\0')
            rd_faults_add(faults, path, "'%s' is no name of an environment variable", name);
    }
}

static void settings_check_app(const struct rd_check_http_app *app, const char *path,
                               struct rd_faults *faults)
{
    const char *command = settings_path(faults, path, "command");

    if (app->command.count == 0)
        rd_faults_add(faults, command, "must name a program");
    for (size_t i = 0; i < app->command.count; i++)
        rd_check_http_check_text(app->command.items[i], RD_CHECK_HTTP_PORT, command, faults);
    settings_check_env(app->env, settings_path(faults, path, "env"), faults);
    if (app->output < 1024 || app->output > 16 * 1024 * 1024)
        rd_faults_add(faults, settings_path(faults, path, "output"), "must be 1KiB to 16MiB");
}

static void settings_check_expect(const struct rd_check_http_expect *expect, const char *path,
                                  struct rd_faults *faults)
{
    const char *headers = settings_path(faults, path, "headers");
    const char *json = settings_path(faults, path, "json");
    const struct rd_json *item = settings_is_object(expect->headers, headers, faults)
                                     ? rd_json_first(expect->headers)
                                     : NULL;

    for (; item != NULL; item = rd_json_next(item)) {
        if (rd_json_text(item) == NULL)
            rd_faults_add(faults, settings_path(faults, headers, rd_json_key(item)),
                          "must be a string, not %s", rd_json_type_name(item));
    }
    item = settings_is_object(expect->json, json, faults) ? rd_json_first(expect->json) : NULL;
    for (; item != NULL; item = rd_json_next(item)) {
        if (*rd_json_key(item) != '\0' && *rd_json_key(item) != '/')
            rd_faults_add(faults, json,
                          "'%s' is no JSON Pointer: it begins with '/', or is empty for the whole "
                          "body",
                          rd_json_key(item));
    }
}

static void settings_check_request(const struct rd_check_http_request *request, unsigned allowed,
                                   const char *path, struct rd_faults *faults)
{
    size_t given = 0;

    for (size_t i = 0; i < RD_CHECK_HTTP_METHODS; i++)
        given += request->paths[i] != NULL;
    if (given != 1) {
        rd_faults_add(
            faults, path,
            "must have exactly one of 'get', 'head', 'post', 'put', 'patch' and 'delete'");
        return;
    }
    if (*rd_check_http_path(request) != '/')
        rd_faults_add(faults, path, "the path '%s' must begin with '/'",
                      rd_check_http_path(request));
    rd_check_http_check_text(rd_check_http_path(request), allowed, path, faults);
    if (request->body != NULL && settings_method(request) < 2)
        rd_faults_add(faults, settings_path(faults, path, "body"), "a %s request has no body",
                      rd_check_http_method(request));
    settings_check_values(request->headers, allowed, settings_path(faults, path, "headers"),
                          faults);
    if (request->headers != NULL && rd_json_count(request->headers) > RD_CHECK_HTTP_HEADERS_MAX)
        rd_faults_add(faults, settings_path(faults, path, "headers"), "must be at most %d",
                      RD_CHECK_HTTP_HEADERS_MAX);
    if (request->expect != NULL)
        settings_check_expect(request->expect, settings_path(faults, path, "expect"), faults);
}

static void settings_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct rd_check_http_settings *settings = object;
    const struct rd_check_http_request *requests = settings->requests.items;
    unsigned allowed = settings->app != NULL ? RD_CHECK_HTTP_PORT : 0;

    if (settings->app == NULL && settings->url == NULL)
        rd_faults_add(faults, path, "must have an 'app' to start, or the 'url' of one that runs");
    if (settings->app == NULL && settings->requests.count == 0)
        rd_faults_add(faults, path, "must have 'requests'");
    if (settings->app == NULL && settings->ready != NULL)
        rd_faults_add(faults, settings_path(faults, path, "ready"), "needs an 'app'");
    if (settings->app != NULL)
        settings_check_app(settings->app, settings_path(faults, path, "app"), faults);
    if (settings->ready != NULL && *settings->ready->get != '/')
        rd_faults_add(faults, settings_path(faults, path, "ready.get"), "must begin with '/'");
    if (settings->ready != NULL)
        rd_check_http_check_text(settings->ready->get, allowed,
                                 settings_path(faults, path, "ready.get"), faults);
    rd_check_http_check_text(settings->url, allowed, settings_path(faults, path, "url"), faults);
    for (size_t i = 0; i < settings->requests.count; i++) {
        const char *here = rd_arena_printf(faults->arena, "%s.requests[%zu]", path, i);
        settings_check_request(&requests[i], allowed, here != NULL ? here : path, faults);
    }
}

const struct rd_shape rd_check_http_shape = {
    .name = "http",
    .size = sizeof(struct rd_check_http_settings),
    .fields = http_fields,
    .validate = settings_validate,
};
