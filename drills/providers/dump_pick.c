/*
 * dump_pick.c: which of the files that a plan names is drilled. The time inside a dump comes
 * first, then the time in its name; a file's mtime is the last resort and is called so.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "drills/providers/dump_parts.h"

enum { PICK_FILES_MAX = 5000 };

static const char pick_by_head[] = "archive header";
static const char pick_by_name[] = "file name";
static const char pick_by_mtime[] = "file mtime (last resort)";

int64_t rd_dump_file_time(const struct rd_dump_file *file, const char **ret_basis)
{
    if (file->head_us != RD_ABSENT) {
        *ret_basis = pick_by_head;
        return file->head_us;
    }
    if (file->name_us != RD_ABSENT) {
        *ret_basis = pick_by_name;
        return file->name_us;
    }
    *ret_basis = pick_by_mtime;
    return file->changed_us;
}

/* `count` digits at `*at` as a number, moving on; -1 when there are none. */
static int pick_digits(const char **at, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)(*at)[i]))
            return -1;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += count;
    return value;
}

static void pick_separator(const char **at, const char *separators)
{
    if (**at != '\0' && strchr(separators, **at) != NULL)
        (*at)++;
}

/* "hhmm[ss]" behind a date, with or without separators. */
static void pick_clock(const char *at, struct rd_wall *wall, bool *ret_utc)
{
    int hour, minute, second = 0;

    pick_separator(&at, "T_-. ");
    if ((hour = pick_digits(&at, 2)) < 0 || hour > 23)
        return;
    pick_separator(&at, "-:_.h");
    if ((minute = pick_digits(&at, 2)) < 0 || minute > 59)
        return;
    const char *before = at;
    pick_separator(&at, "-:_.m");
    if ((second = pick_digits(&at, 2)) < 0 || second > 59) {
        second = 0;
        at = before;
    }
    if (isdigit((unsigned char)*at))
        return;
    wall->hour = hour;
    wall->minute = minute;
    wall->second = second;
    *ret_utc = *at == 'Z';
}

/* A date at `at`, which is not in the middle of a number. */
static bool pick_date(const char *at, struct rd_wall *wall, bool *ret_utc)
{
    *wall = (struct rd_wall){.year = pick_digits(&at, 4)};
    if (wall->year < 1990 || wall->year > 2200)
        return false;
    pick_separator(&at, "-_.");
    wall->month = pick_digits(&at, 2);
    if (wall->month < 1 || wall->month > 12)
        return false;
    pick_separator(&at, "-_.");
    wall->day = pick_digits(&at, 2);
    if (wall->day < 1 || wall->day > 31)
        return false;
    pick_clock(at, wall, ret_utc);
    return true;
}

int64_t rd_dump_name_time(const char *name, const char *pattern, const char *zone)
{
    struct rd_wall wall;
    int64_t at_us;
    bool utc = false;

    if (pattern != NULL) {
        struct tm parts = {.tm_mday = 1};
        if (strptime(name, pattern, &parts) == NULL)
            return RD_ABSENT;
        wall = (struct rd_wall){parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                                parts.tm_hour,        parts.tm_min,     parts.tm_sec};
        /* Seconds since 1970 and readings with an offset leave that offset behind. */
        bool offset = strstr(pattern, "%s") != NULL || strstr(pattern, "%z") != NULL;
        if (rd_time_from_wall(&wall, offset ? "UTC" : zone, &at_us, NULL) != RD_OK)
            return RD_ABSENT;
        return offset ? at_us - (int64_t)parts.tm_gmtoff * 1000000 : at_us;
    }
    for (const char *at = name; *at != '\0'; at++) {
        bool inside = at > name && isdigit((unsigned char)at[-1]);
        if (inside || !pick_date(at, &wall, &utc))
            continue;
        if (rd_time_from_wall(&wall, utc ? "UTC" : zone, &at_us, NULL) == RD_OK)
            return at_us;
    }
    return RD_ABSENT;
}

static int pick_unreadable(const char *path, struct rd_err *reterr)
{
    int code = rd_err_errno(reterr, errno, "cannot read '%s'", path);

    rd_err_hint(reterr, "Check that the dump is there and that the user of redrill may read it.");
    return code;
}

static int pick_look(const struct rd_drill *drill, const struct rd_dump_settings *settings,
                     const char *path, struct rd_dump_file *file, struct rd_err *reterr)
{
    struct stat facts;

    if (stat(path, &facts) != 0)
        return pick_unreadable(path, reterr);
    *file = (struct rd_dump_file){
        .path = path,
        .head_us = RD_ABSENT,
        .name_us = rd_dump_name_time(rd_file_name(path), settings->name_time, settings->zone),
        .changed_us = (int64_t)facts.st_mtim.tv_sec * 1000000 + facts.st_mtim.tv_nsec / 1000,
        .bytes = facts.st_size,
    };
    int code =
        rd_dump_head_read(path, rd_recorder_arena(drill->recorder), &file->head, &file->head_err);
    file->head_is_read = code == RD_OK;
    if (code != RD_OK && code != RD_E_BACKUP && code != RD_E_UNSUPPORTED && code != RD_E_LIMIT) {
        *reterr = file->head_err;
        rd_err_hint(reterr, "Check that 'source.path' names a dump that redrill may read.");
        return code;
    }
    if (file->head_is_read && file->head.has_wall &&
        rd_time_from_wall(&file->head.wall,
                          file->head.wall_zone != NULL ? file->head.wall_zone : settings->zone,
                          &file->head_us, NULL) != RD_OK)
        file->head_us = RD_ABSENT;
    return RD_OK;
}

/* splitmix64, so that a seed picks the same file anywhere. */
static uint64_t pick_shuffle(uint64_t seed)
{
    seed += 0x9E3779B97F4A7C15u;
    seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9u;
    seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBu;
    return seed ^ (seed >> 31);
}

static bool pick_better(int pick, const struct rd_dump_file *a, const struct rd_dump_file *b)
{
    const char *basis;
    int64_t a_us = rd_dump_file_time(a, &basis);
    int64_t b_us = rd_dump_file_time(b, &basis);

    return pick == RD_PICK_OLDEST ? a_us < b_us : a_us > b_us;
}

static int pick_too_late(const struct rd_drill *drill, const struct rd_dump_file *files,
                         size_t count, struct rd_err *reterr)
{
    const struct rd_dump_file *oldest = &files[0];
    char target[RD_TIME_TEXT], first[RD_TIME_TEXT];
    const char *basis;

    for (size_t i = 1; i < count; i++) {
        if (pick_better(RD_PICK_OLDEST, &files[i], oldest))
            oldest = &files[i];
    }
    return rd_err_set(reterr, RD_E_BACKUP,
                      "no dump is from before the target %s; the oldest is of %s",
                      rd_time_format(drill->incident_us, target),
                      rd_time_format(rd_dump_file_time(oldest, &basis), first));
}

static int pick_choose(const struct rd_drill *drill, const struct rd_dump_settings *settings,
                       struct rd_dump_file *files, size_t count, struct rd_dump_file *ret_file,
                       const char **ret_picked, int64_t *ret_seed, struct rd_err *reterr)
{
    static const char *const words[] = {"", "newest", "oldest", "random"};
    size_t usable = 0;
    const char *basis;

    for (size_t i = 0; i < count; i++) {
        if (!drill->target_given || rd_dump_file_time(&files[i], &basis) <= drill->incident_us)
            files[usable++] = files[i];
    }
    if (usable == 0)
        return pick_too_late(drill, files, count, reterr);

    size_t chosen = 0;
    *ret_seed = RD_ABSENT;
    if (settings->pick == RD_PICK_RANDOM) {
        *ret_seed = settings->seed;
        if (*ret_seed == RD_ABSENT) {
            uint32_t seed;
            int code = rd_random(&seed, sizeof(seed), reterr);
            if (code != RD_OK)
                return code;
            *ret_seed = seed;
        }
        chosen = (size_t)(pick_shuffle((uint64_t)*ret_seed) % usable);
    } else {
        for (size_t i = 1; i < usable; i++) {
            if (pick_better(settings->pick, &files[i], &files[chosen]))
                chosen = i;
        }
    }
    *ret_file = files[chosen];
    rd_dump_file_time(ret_file, &basis);
    *ret_picked = count == 1 ? "the only one"
                             : rd_record_text(drill->recorder, "%s of %zu, by %s",
                                              words[settings->pick], usable, basis);
    return RD_OK;
}

/* The last bytes of a missing path are what people mistyped: say where it was looked for. */
static int pick_nothing(const char *pattern, struct rd_err *reterr)
{
    rd_err_set(reterr, RD_E_NOT_FOUND, "there is no dump at '%s'", pattern);
    rd_err_hint(reterr, "Check 'source.path' in the plan; relative paths count from the plan's "
                        "folder.");
    return RD_E_NOT_FOUND;
}

/* The plan's folder may have any name: only what the plan says is a pattern. */
static int pick_glob(const struct rd_drill *drill, const char *pattern, glob_t *found,
                     struct rd_err *reterr)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf escaped = RD_BUF_INIT(16 * 1024);
    size_t own = drill->plan_folder != NULL ? strlen(drill->plan_folder) : 0;

    if (own > 0 && (strncmp(pattern, drill->plan_folder, own) != 0 || pattern[own] != '/'))
        own = 0;
    for (size_t i = 0; i < own; i++) {
        if (strchr("\\*?[", pattern[i]) != NULL)
            rd_buf_puts(&escaped, "\\");
        rd_buf_add(&escaped, pattern + i, 1);
    }
    rd_buf_puts(&escaped, pattern + own);
    int code = rd_buf_status(&escaped, "the path", reterr);
    if (code != RD_OK)
        return code;
    errno = 0;
    switch (glob(rd_buf_text(&escaped), GLOB_ERR, NULL, found)) {
    case 0:
        return found->gl_pathc > 0 ? RD_OK : pick_nothing(pattern, reterr);
    case GLOB_NOMATCH:
        return pick_nothing(pattern, reterr);
    case GLOB_NOSPACE:
        return rd_err_memory(reterr);
    default:
        errno = errno != 0 ? errno : EACCES;
        return pick_unreadable(pattern, reterr);
    }
}

int rd_dump_pick(const struct rd_drill *drill, const struct rd_dump_settings *settings,
                 const char *pattern, struct rd_dump_file *ret_file, const char **ret_picked,
                 int64_t *ret_seed, struct rd_err *reterr)
{
    struct rd_arena *arena = rd_recorder_arena(drill->recorder);
    glob_t found = {0};
    struct rd_dump_file *files = NULL;
    int code = RD_OK;

    /* A name that is there is meant as it is, whatever characters it has. */
    bool literal = rd_file_exists(pattern);
    if (!literal)
        code = pick_glob(drill, pattern, &found, reterr);
    if (code == RD_OK && found.gl_pathc > PICK_FILES_MAX)
        code = rd_err_set(reterr, RD_E_LIMIT, "'%s' means %zu files, more than %d", pattern,
                          found.gl_pathc, PICK_FILES_MAX);

    size_t count = literal ? 1 : found.gl_pathc;
    if (code == RD_OK && (files = calloc(count, sizeof(*files))) == NULL)
        code = rd_err_memory(reterr);
    for (size_t i = 0; i < count && code == RD_OK; i++) {
        const char *path = rd_arena_strdup(arena, literal ? pattern : found.gl_pathv[i]);
        code = path != NULL ? pick_look(drill, settings, path, &files[i], reterr)
                            : rd_err_memory(reterr);
    }
    if (code == RD_OK)
        code = pick_choose(drill, settings, files, count, ret_file, ret_picked, ret_seed, reterr);
    free(files);
    globfree(&found);
    return code;
}
