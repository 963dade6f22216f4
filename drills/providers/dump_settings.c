/*
 * dump_settings.c: the settings of the provider `dump`.
 */
#include <string.h>

#include "drills/common/times.h"
#include "drills/providers/dump_parts.h"

static const char *const settings_picks[] = {"newest", "oldest", "random", NULL};

/* Whether a strptime pattern converts one of these; %E and %O only change how. */
static bool settings_converts(const char *pattern, const char *conversions)
{
    for (const char *at = strchr(pattern, '%'); at != NULL && at[1] != '\0';
         at = strchr(at + 1, '%')) {
        at++;
        if ((*at == 'E' || *at == 'O') && at[1] != '\0')
            at++;
        if (*at != '%' && strchr(conversions, *at) != NULL)
            return true;
    }
    return false;
}

/* Without a whole date in it a name does not tell a time. */
static bool settings_tell_date(const char *pattern)
{
    bool year = settings_converts(pattern, "YyG");
    bool month = settings_converts(pattern, "mbBh");
    bool day = settings_converts(pattern, "de");

    return (year && month && day) || settings_converts(pattern, "FDxcs");
}

static void settings_fault(struct rd_faults *faults, const char *path, const char *key,
                           const char *message)
{
    const char *place = rd_arena_printf(faults->arena, "%s.%s", path, key);

    rd_faults_add(faults, place != NULL ? place : path, "%s", message);
}

static void settings_validate(const void *object, const char *path, struct rd_faults *faults)
{
    static const struct rd_wall noon = {2025, 6, 1, 12, 0, 0}; /* which every zone has */
    const struct rd_dump_settings *settings = object;
    struct rd_err err = RD_ERR_INIT;
    int64_t at_us;

    if (settings->zone != NULL && rd_time_from_wall(&noon, settings->zone, &at_us, &err) != RD_OK)
        settings_fault(faults, path, "zone", err.message);
    if (settings->name_time != NULL && !settings_tell_date(settings->name_time))
        settings_fault(faults, path, "name_time",
                       "must have the year, month and day, such as \"orders-%Y%m%d\"");
    if (settings->seed != RD_ABSENT && settings->pick != RD_PICK_RANDOM)
        settings_fault(faults, path, "seed", "is for \"pick\": \"random\" only");
}

const struct rd_shape rd_dump_shape = {
    .name = "dump",
    .size = sizeof(struct rd_dump_settings),
    .fields =
        (const struct rd_field[]){
            {.name = "path",
             .type = RD_T_STRING,
             .offset = offsetof(struct rd_dump_settings, path),
             .flags = RD_REQUIRED,
             .unit = "path",
             .help = "the dump, relative to the plan: a file, a folder in directory format, or a "
                     "pattern with * and ?"},
            {.name = "pick",
             .type = RD_T_ENUM,
             .offset = offsetof(struct rd_dump_settings, pick),
             .choices = settings_picks,
             .fallback = "newest",
             .help = "which one, where the pattern means several; by the time inside the dump, "
                     "else in its name, else its mtime"},
            {.name = "seed",
             .type = RD_T_INTEGER,
             .offset = offsetof(struct rd_dump_settings, seed),
             .min = 0,
             .max = 4294967295.0,
             .help = "makes a random pick repeatable; recorded in any case"},
            {.name = "name_time",
             .type = RD_T_STRING,
             .offset = offsetof(struct rd_dump_settings, name_time),
             .help = "how the file's name tells its time, as strptime(3) reads it: "
                     "orders-%Y%m%dT%H%M%SZ; without it common forms are found"},
            {.name = "zone",
             .type = RD_T_STRING,
             .offset = offsetof(struct rd_dump_settings, zone),
             .fallback = "UTC",
             .help = "the time zone of the dumping host, because archives and names tell times "
                     "without one: Europe/Berlin, +02:00"},
            {.name = "globals",
             .type = RD_T_STRING,
             .offset = offsetof(struct rd_dump_settings, globals),
             .unit = "path",
             .help = "a file of 'pg_dumpall --globals-only', which is restored first; a pattern "
                     "means the newest"},
            {0},
        },
    .validate = settings_validate,
};
