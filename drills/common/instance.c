/*
 * instance.c: see instance.h.
 */
#include "drills/common/instance.h"

#include <stddef.h>
#include <string.h>

#include "drills/common/record.h"

enum { INSTANCE_URL_PART_MAX = 16 * 1024 };

#define FIELD(member) .offset = offsetof(struct rd_setting, member)

static const struct rd_field instance_setting_fields[] = {
    {.name = "name",
     .type = RD_T_STRING,
     FIELD(name),
     .flags = RD_REQUIRED,
     .help = "a setting of PostgreSQL: shared_buffers"},
    {.name = "value",
     .type = RD_T_STRING,
     FIELD(value),
     .flags = RD_REQUIRED,
     .help = "its value, as postgresql.conf takes it, without quotes: 2GB"},
    {0},
};
#undef FIELD

/* One name, or a class and a name with a dot between them. */
static bool instance_is_setting(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t length = strspn(name, plain);

    if (length > 0 && name[length] == '.') {
        name += length + 1;
        length = strspn(name, plain);
    }
    return length > 0 && name[length] == '\0';
}

static void instance_setting_validate(const void *object, const char *path,
                                      struct rd_faults *faults)
{
    const struct rd_setting *setting = object;

    if (!instance_is_setting(setting->name))
        rd_faults_add(faults, path, "'%s' is no name of a setting", setting->name);
}

static const struct rd_shape instance_setting_shape = {
    .name = "setting",
    .size = sizeof(struct rd_setting),
    .fields = instance_setting_fields,
    .validate = instance_setting_validate,
};

static const char *const instance_profiles[] = {"faithful", "fast", NULL};

#define FIELD(member) .offset = offsetof(struct rd_instance_wish, member)

static const struct rd_field instance_fields[] = {
    {.name = "profile",
     .type = RD_T_ENUM,
     FIELD(profile),
     .fallback = "faithful",
     .choices = instance_profiles,
     .help = "'faithful' restores with production's durability, so that its RTO means something; "
             "'fast' does without (fsync off and so on), and its RTO is marked as not "
             "representative"},
    {.name = "database",
     .type = RD_T_STRING,
     FIELD(database),
     .help = "database that checks ask; without it, the only one that was restored"},
    {.name = "bindir",
     .type = RD_T_STRING,
     FIELD(bindir),
     .unit = "path",
     .help = "folder of initdb, postgres, psql and pg_restore; without it, the usual places are "
             "searched for the backup's version"},
    {.name = "superuser",
     .type = RD_T_STRING,
     FIELD(superuser),
     .fallback = "postgres",
     .help = "name of the new cluster's superuser, best that of the source"},
    {.name = "user",
     .type = RD_T_STRING,
     FIELD(user),
     .help = "operating system's user that servers run as when redrill is root; without it, "
             "'redrill' where that user exists, else 'nobody'"},
    {.name = "locale",
     .type = RD_T_STRING,
     FIELD(locale),
     .help = "locale of the new cluster where the backup does not name one: C.UTF-8"},
    {.name = "preload",
     .type = RD_T_STRINGS,
     FIELD(preload),
     .help = "libraries that the server may preload; everything else in "
             "shared_preload_libraries stays out"},
    {.name = "settings",
     .type = RD_T_LIST,
     FIELD(settings),
     .sub = &instance_setting_shape,
     .help = "settings of the server for volume, such as shared_buffers; the quarantine wins"},
    {0},
};
#undef FIELD

static void instance_validate(const void *object, const char *path, struct rd_faults *faults)
{
    const struct rd_instance_wish *wish = object;

    if (wish->superuser[0] == '\0' || strncmp(wish->superuser, "pg_", 3) == 0)
        rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.superuser", path),
                      "'%s' is no name that a superuser may have", wish->superuser);
    for (size_t i = 0; i < wish->preload.count; i++) {
        const char *library = wish->preload.items[i];
        if (library[0] == '\0' || strpbrk(library, ",\"' \t\n") != NULL)
            rd_faults_add(faults, rd_arena_printf(faults->arena, "%s.preload[%zu]", path, i),
                          "'%s' is no name of a library", library);
    }
}

const struct rd_shape rd_instance_shape = {
    .name = "instance",
    .size = sizeof(struct rd_instance_wish),
    .fields = instance_fields,
    .validate = instance_validate,
};

int rd_instance_open(const struct rd_instance *instance, const char *database, unsigned flags,
                     const struct rd_deadline *deadline, struct rd_pg **ret_pg,
                     struct rd_err *reterr)
{
    const char *wanted = database != NULL ? database : instance->database;
    const struct rd_pg_option own[] = {
        {"host", instance->host},
        {"port", instance->port},
        {"user", instance->user},
        {"dbname", wanted},
        {NULL, NULL},
    };
    const struct rd_pg_option others[] = {{"dbname", wanted}, {NULL, NULL}};

    if (instance->version > 0 && instance->version < 170000)
        flags |= RD_PG_BEFORE_17;
    return rd_pg_open(instance->conninfo, instance->conninfo != NULL ? others : own, flags,
                      deadline, ret_pg, reterr);
}

/* RFC 3986: everything but unreserved characters. */
static void instance_encode(struct rd_buf *out, const char *text)
{
    static const char unreserved[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (const char *c = text; *c != '\0'; c++) {
        if (strchr(unreserved, *c) != NULL)
            rd_buf_add(out, c, 1);
        else
            rd_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*c);
    }
}

/* The parts of a URI; all but `host` are encoded already. */
struct instance_url {
    struct rd_buf user, password, host, port, database;
    struct rd_buf rest; /* "&sslmode=require" */
};

static void instance_url_wipe(struct instance_url *url)
{
    struct rd_buf *const parts[] = {&url->user, &url->password, &url->host,
                                    &url->port, &url->database, &url->rest};

    for (size_t i = 0; i < RD_COUNT(parts); i++)
        rd_buf_wipe(parts[i]);
}

static void instance_url_part(void *context, const char *keyword, const char *value)
{
    struct instance_url *url = context;
    const struct {
        const char *keyword;
        struct rd_buf *part;
    } parts[] = {
        {"user", &url->user},
        {"password", &url->password},
        {"port", &url->port},
        {"dbname", &url->database},
    };

    if (value == NULL)
        return;
    if (strcmp(keyword, "host") == 0) {
        rd_buf_puts(&url->host, value);
        return;
    }
    for (size_t i = 0; i < RD_COUNT(parts); i++) {
        if (strcmp(keyword, parts[i].keyword) == 0) {
            instance_encode(parts[i].part, value);
            return;
        }
    }
    rd_buf_printf(&url->rest, "&%s=", keyword);
    instance_encode(&url->rest, value);
}

/* A socket's folder, and several hosts, have no place in the authority that every driver reads. */
static void instance_url_write(const struct instance_url *url, struct rd_buf *out)
{
    const char *host = rd_buf_text(&url->host);
    bool network = *host != '\0' && strpbrk(host, "/@,") == NULL;

    rd_buf_printf(out, "postgresql://%s", rd_buf_text(&url->user));
    if (url->password.length > 0)
        rd_buf_printf(out, ":%s", rd_buf_text(&url->password));
    if (url->user.length > 0 || url->password.length > 0)
        rd_buf_puts(out, "@");
    if (network) {
        rd_buf_printf(out, strchr(host, ':') != NULL ? "[%s]" : "%s", host);
        if (url->port.length > 0)
            rd_buf_printf(out, ":%s", rd_buf_text(&url->port));
    }
    rd_buf_printf(out, "/%s", rd_buf_text(&url->database));

    const char *mark = "?";
    if (!network && *host != '\0') {
        rd_buf_puts(out, "?host=");
        instance_encode(out, host);
        mark = "&";
    }
    if (!network && url->port.length > 0) {
        rd_buf_printf(out, "%sport=%s", mark, rd_buf_text(&url->port));
        mark = "&";
    }
    if (url->rest.length > 0)
        rd_buf_printf(out, "%s%s", mark, rd_buf_text(&url->rest) + 1);
}

int rd_instance_url(const struct rd_instance *instance, const char *database, struct rd_buf *out,
                    struct rd_err *reterr)
{
    RD_CLEANUP(instance_url_wipe)
    struct instance_url url = {
        .user = RD_BUF_INIT(INSTANCE_URL_PART_MAX),
        .password = RD_BUF_INIT(INSTANCE_URL_PART_MAX),
        .host = RD_BUF_INIT(INSTANCE_URL_PART_MAX),
        .port = RD_BUF_INIT(INSTANCE_URL_PART_MAX),
        .database = RD_BUF_INIT(INSTANCE_URL_PART_MAX),
        .rest = RD_BUF_INIT(INSTANCE_URL_PART_MAX),
    };
    int code = RD_OK;

    if (instance->conninfo != NULL) {
        code = rd_pg_conninfo(instance->conninfo, instance_url_part, &url, reterr);
    } else {
        instance_url_part(&url, "user", instance->user);
        instance_url_part(&url, "host", instance->host);
        instance_url_part(&url, "port", instance->port);
    }
    if (code != RD_OK)
        return code;
    if (database == NULL)
        database = instance->database;
    if (database != NULL) {
        rd_buf_clear(&url.database);
        instance_encode(&url.database, database);
    }
    const struct rd_buf *const parts[] = {&url.user, &url.password, &url.host,
                                          &url.port, &url.database, &url.rest};
    for (size_t i = 0; code == RD_OK && i < RD_COUNT(parts); i++)
        code = rd_buf_status(parts[i], "connection string", reterr);
    if (code != RD_OK)
        return code;
    instance_url_write(&url, out);
    return rd_buf_status(out, "connection string", reterr);
}
