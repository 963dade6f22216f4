/*
 * http_text.c: the ${...} that a plan may write where the drill alone knows the value.
 */
#include <inttypes.h>
#include <string.h>

#include "checks/http_parts.h"

enum text_name { TEXT_URL = 1, TEXT_HOST, TEXT_PORT, TEXT_USER, TEXT_DATABASE, TEXT_APP_PORT };

static const struct {
    const char *name;
    enum text_name what;
    unsigned allowed; /* the kind of place that it needs; 0: any */
} text_names[] = {
    /* The URL of a server that somebody else restored may hold a password, and argument vectors
     * are public. */
    {"instance.url", TEXT_URL, RD_CHECK_HTTP_PRIVATE},
    {"instance.host", TEXT_HOST, 0},
    {"instance.port", TEXT_PORT, 0},
    {"instance.user", TEXT_USER, 0},
    {"instance.database", TEXT_DATABASE, 0},
    {"app.port", TEXT_APP_PORT, RD_CHECK_HTTP_PORT},
};

/*
 * The next "${name}" at or after `at`: its start, and in `ret_index` which name it is, or -1 for
 * none that is known. NULL when there is no more. `ret_length` is that of the whole "${...}".
 */
static const char *text_next(const char *at, int *ret_index, size_t *ret_length)
{
    const char *start = strstr(at, "${");

    while (start != NULL && start > at && start[-1] == '$')
        start = strstr(start + 2, "${");
    if (start == NULL)
        return NULL;

    size_t length = strcspn(start + 2, "}");
    *ret_length = length + 2 + (start[2 + length] == '}');
    *ret_index = -1;
    for (size_t i = 0; start[2 + length] == '}' && i < RD_COUNT(text_names); i++) {
        if (strlen(text_names[i].name) == length &&
            memcmp(text_names[i].name, start + 2, length) == 0)
            *ret_index = (int)i;
    }
    return start;
}

void rd_check_http_check_text(const char *text, unsigned allowed, const char *path,
                              struct rd_faults *faults)
{
    size_t length;
    int index;

    if (text == NULL)
        return;
    for (const char *at = text; (at = text_next(at, &index, &length)) != NULL; at += length) {
        if (index < 0)
            rd_faults_add(faults, path, "'%.*s' is not known; write '$${' for a plain '${'",
                          (int)length, at);
        else if (text_names[index].what == TEXT_APP_PORT && (allowed & RD_CHECK_HTTP_PORT) == 0)
            rd_faults_add(faults, path, "'${app.port}' needs an 'app'");
        else if (text_names[index].what == TEXT_URL && (allowed & RD_CHECK_HTTP_PRIVATE) == 0)
            rd_faults_add(faults, path,
                          "'${instance.url}' may hold a password and can be used in "
                          "'env' only");
    }
}

static int text_of(const char *value, const char *name, struct rd_buf *out, struct rd_err *reterr)
{
    if (value == NULL) {
        int result = rd_err_set(reterr, RD_E_UNSUPPORTED, "'${%s}' is not known here", name);
        rd_err_hint(reterr, "The server is named by a connection string; use '${instance.url}'.");
        return result;
    }
    rd_buf_puts(out, value);
    return RD_OK;
}

static int text_write(const struct rd_check_http_job *http, int index, struct rd_buf *out,
                      struct rd_err *reterr)
{
    const struct rd_check_run *run = http->run;
    const char *name = text_names[index].name;

    switch (text_names[index].what) {
    case TEXT_URL:
        return rd_instance_url(run->instance, run->database, out, reterr);
    case TEXT_HOST:
        return text_of(run->instance->host, name, out, reterr);
    case TEXT_PORT:
        return text_of(run->instance->port, name, out, reterr);
    case TEXT_USER:
        return text_of(run->instance->user, name, out, reterr);
    case TEXT_DATABASE:
        return text_of(run->database != NULL ? run->database : run->instance->database, name, out,
                       reterr);
    case TEXT_APP_PORT:
        rd_buf_printf(out, "%" PRId64, http->port);
        break;
    }
    return RD_OK;
}

/* What stands between two names: "$${" is a way to write "${". */
static void text_plain(const char *text, size_t length, struct rd_buf *out)
{
    for (size_t i = 0; i < length; i++) {
        if (length - i >= 3 && memcmp(text + i, "$${", 3) == 0)
            i++;
        rd_buf_add(out, text + i, 1);
    }
}

int rd_check_http_fill_in(const struct rd_check_http_job *http, const char *text,
                          struct rd_buf *out, struct rd_err *reterr)
{
    size_t length;
    int index;

    for (const char *name; (name = text_next(text, &index, &length)) != NULL;
         text = name + length) {
        text_plain(text, (size_t)(name - text), out);
        if (index < 0)
            return rd_err_set(reterr, RD_E_ARGUMENT, "'%.*s' is not known", (int)length, name);
        int result = text_write(http, index, out, reterr);
        if (result != RD_OK)
            return result;
    }
    text_plain(text, strlen(text), out);
    return rd_buf_status(out, "a text of the plan", reterr);
}

int rd_check_http_reveal(const struct rd_check_http_job *http, const struct rd_secret *value,
                         struct rd_buf *out, struct rd_err *reterr)
{
    const struct rd_check_run *run = http->run;

    if (value->literal != NULL)
        return rd_check_http_fill_in(http, value->literal, out, reterr);
    return rd_secret_reveal(value, run->drill->plan_folder, &run->deadline, out, reterr);
}
