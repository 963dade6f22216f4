/*
 * foreign.h: runs programs that are not ours and takes what they print, so that nobody checks
 * himself. For tests only; whatever goes wrong fails the test.
 */
#ifndef RD_TESTS_FOREIGN_H
#define RD_TESTS_FOREIGN_H

#include <check.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/buf.h"

static inline void save_file(const char *path, const void *data, size_t length)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* Runs `command` (NULL-terminated) with the file `input` as stdin, appends its stdout to `out` and
 * returns its exit status. */
static inline int run_foreign(const char *const *command, const char *input, struct rd_buf *out)
{
    posix_spawn_file_actions_t actions;
    char piece[65536];
    size_t got;
    int pipes[2], status;
    pid_t child;

    ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
    ck_assert_int_eq(
        posix_spawnp(&child, command[0], &actions, NULL, (char *const *)command, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);

    FILE *end = fdopen(pipes[0], "rb");
    while ((got = fread(piece, 1, sizeof(piece), end)) > 0)
        rd_buf_add(out, piece, got);
    fclose(end);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(out->broken, RD_OK);
    return WEXITSTATUS(status);
}

#endif
