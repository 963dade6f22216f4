/*
 * file.h: files and folders: bounded reading, writing that is all or nothing, and removing
 * only what is ours.
 */
#ifndef RD_FILE_H
#define RD_FILE_H

#include <sys/types.h>

#include "drills/common/arena.h"
#include "drills/common/buf.h"

/* Appends the whole file to `out`, whose maximum bounds it: beyond it is RD_E_LIMIT. A pipe is read
 * to its end, however long that takes. */
int rd_file_read(const char *path, struct rd_buf *out, struct rd_err *reterr) RD_MUST_CHECK;

/* Temporary in the same folder (".NAME.XXXXXX"), fsync, rename, fsync of the folder: afterwards the
 * file is whole or as before. Replaces an existing file. The mode does not depend on the umask. */
int rd_file_write(const char *path, const void *data, size_t length, mode_t mode,
                  struct rd_err *reterr) RD_MUST_CHECK;

/* Like rd_file_write, and RD_E_ARGUMENT when the file exists. */
int rd_file_create(const char *path, const void *data, size_t length, mode_t mode,
                   struct rd_err *reterr) RD_MUST_CHECK;

/* Creates the folder and its missing parents (`mode` for each that is made, whatever the umask). An
 * existing folder is fine and keeps its mode. */
int rd_file_make_folder(const char *path, mode_t mode, struct rd_err *reterr) RD_MUST_CHECK;

/* Removes a folder with everything below it, not following links, not crossing into what is mounted
 * below it. Folders that lack the permission for that are given it. A folder that is not there is
 * fine. Goes on after an error and returns the first. RD_E_ARGUMENT when `path` is no folder. */
int rd_file_remove_tree(const char *path, struct rd_err *reterr) RD_MUST_CHECK;

bool rd_file_exists(const char *path);

/* `path` when it is absolute, else `folder`/`path`; in `arena`, NULL when memory is gone. */
const char *rd_file_resolve(struct rd_arena *arena, const char *folder,
                            const char *path) RD_MUST_CHECK;

/* What follows the last slash. */
const char *rd_file_name(const char *path);

#endif
