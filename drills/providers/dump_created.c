/*
 * dump_created.c: when a dump was made: what the dump itself says, its name, and the file's mtime,
 * which any copy changes. All that were found are told; one decides.
 */
#include <errno.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "drills/providers/dump_parts.h"

/* A dump takes hours, and its name may tell the end; yesterday's under today's name is a day off.
 */
static const int64_t created_slack_us = 20LL * 3600 * 1000000;
static const int64_t created_future_us = 60LL * 1000000;

void rd_dump_tell_created(struct rd_drill *drill, const struct rd_dump_settings *settings,
                          const struct rd_dump_file *file)
{
    struct rd_recorder *recorder = drill->recorder;
    struct rd_backup *backup = rd_recorder_record(recorder)->backup;
    const char *basis;

    backup->created_us = rd_dump_file_time(file, &basis);
    backup->created_basis = basis;
    bool known = backup->created_us <= drill->started_us + created_future_us;
    rd_record_evidence(
        recorder, basis, backup->created_us, known,
        file->head_us != RD_ABSENT && file->head.wall_zone == NULL
            ? rd_record_text(recorder, "a clock reading without zone, taken as %s", settings->zone)
            : NULL);
    if (file->head_us != RD_ABSENT && file->name_us != RD_ABSENT)
        rd_record_evidence(recorder, "file name", file->name_us, false,
                           "the time inside the dump decides");
    if (file->head_us != RD_ABSENT || file->name_us != RD_ABSENT)
        rd_record_evidence(recorder, "file mtime (last resort)", file->changed_us, false,
                           "a copy or a touch changes it");
}

int rd_dump_file_unchanged(const struct rd_dump_file *file, struct rd_err *reterr)
{
    struct stat now;

    if (file->head.format == RD_DUMP_DIRECTORY)
        return RD_OK; /* its files are compared while it is restored */
    if (stat(file->path, &now) != 0)
        return rd_err_errno(reterr, errno, "cannot read '%s' any more", file->path);
    int64_t changed_us = (int64_t)now.st_mtim.tv_sec * 1000000 + now.st_mtim.tv_nsec / 1000;
    if (now.st_size == file->bytes && changed_us == file->changed_us)
        return RD_OK;
    int code =
        rd_err_set(reterr, RD_E_SYSTEM, "the dump '%s' changed after it was found", file->path);
    rd_err_hint(reterr, "Drill a dump that nobody is writing to.");
    return code;
}

void rd_dump_judge_created(struct rd_drill *drill, const struct rd_dump_settings *settings,
                           const struct rd_dump_file *file, struct rd_group *group)
{
    struct rd_recorder *recorder = drill->recorder;
    char inside[RD_TIME_TEXT], named[RD_TIME_TEXT];
    const char *basis;
    int64_t created_us = rd_dump_file_time(file, &basis);

    if (created_us > drill->started_us + created_future_us) {
        struct rd_finding *finding =
            rd_find(recorder, group, RD_ERROR, "creation time",
                    "the dump's time lies after the drill's start, so its age is not known");
        finding->actual =
            rd_record_text(recorder, "%s, by %s", rd_time_format(created_us, inside), basis);
        finding->hint = "Name the dumping host's time zone as 'source.zone' in the plan.";
    } else if (settings->name_time != NULL && file->name_us == RD_ABSENT) {
        struct rd_finding *finding =
            rd_find(recorder, group, RD_ERROR, "creation time",
                    "the file's name does not tell its time as 'source.name_time' says");
        finding->expected = settings->name_time;
        finding->actual = rd_record_text(recorder, "%s", rd_file_name(file->path));
        finding->hint =
            "Mend 'source.name_time', or leave it away: common forms are found without.";
    } else if (file->head_us != RD_ABSENT && file->name_us != RD_ABSENT &&
               file->name_us - file->head_us > created_slack_us) {
        struct rd_finding *finding = rd_find(recorder, group, RD_FAIL, "creation time",
                                             "the dump is older than its name says");
        finding->expected =
            rd_record_text(recorder, "%s, by its name", rd_time_format(file->name_us, named));
        finding->actual = rd_record_text(recorder, "%s, by the archive's header",
                                         rd_time_format(file->head_us, inside));
    } else {
        rd_find(recorder, group, RD_PASS, "creation time", "known by %s", basis)->actual =
            rd_record_text(recorder, "%s", rd_time_format(created_us, inside));
    }
}
