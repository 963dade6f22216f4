/*
 * dump_head.h: what the first bytes of a dump say about it: format, versions, time, database. The
 * rest of the file is not read.
 */
#ifndef RD_DUMP_HEAD_H
#define RD_DUMP_HEAD_H

#include "drills/common/arena.h"
#include "drills/common/times.h"

enum rd_dump_format {
    RD_DUMP_PLAIN = 1,
    RD_DUMP_CUSTOM,
    RD_DUMP_TAR,
    RD_DUMP_DIRECTORY,
};

/* Strings are in the arena of the caller and NULL where the head does not say. */
struct rd_dump_head {
    enum rd_dump_format format;
    const char *compression; /* around the whole file: "none", "gzip", … */
    bool has_wall;           /* `wall` is known */
    struct rd_wall wall;     /* when the dump was begun, read off the dumping host's clock */
    const char *wall_zone;   /* "UTC", "+02:00"; NULL when the head does not say */
    const char *database;
    const char *server_version; /* "15.18 (Debian …)" */
    const char *tool_version;   /* pg_dump's */
    const char *encoding, *locale_provider, *collate, *ctype, *icu_locale;
    bool creates_database; /* holds CREATE DATABASE or \connect, or all databases of a cluster */
    bool whole_cluster;    /* of pg_dumpall */
    bool empty;            /* there is not one byte in it */
};

const char *rd_dump_format_name(enum rd_dump_format format);

/*
 * RD_E_BACKUP when the beginning is damaged or is no dump at all; RD_E_NOT_FOUND and RD_E_SYSTEM
 * when the file cannot be read.
 */
int rd_dump_head_read(const char *path, struct rd_arena *arena, struct rd_dump_head *ret_head,
                      struct rd_err *reterr) RD_MUST_CHECK;

/* The major version in "15.18" is 15, in "9.6.24" 9; 0 when it is not said (NULL). */
int rd_dump_major(const char *version);

/* What the beginning of a plain dump says into the head; also of the script that pg_restore makes
 * of an archive. What is known already stays. */
int rd_dump_head_take_script(struct rd_dump_head *head, struct rd_arena *arena, const char *script,
                             size_t length, struct rd_err *reterr) RD_MUST_CHECK;

#endif
