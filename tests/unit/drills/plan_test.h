/*
 * plan_test.h: for tests that load plans: a folder, a plan in it, and what came of loading it.
 */
#ifndef RD_TESTS_PLAN_TEST_H
#define RD_TESTS_PLAN_TEST_H

#include "drills/plan.h"

#include <stdio.h>

#include "tests/unit/test_folder.h"

static struct rd_arena *plan_test_arena;
static struct rd_faults plan_test_faults;
static struct rd_plan *plan_test_plan;
static struct rd_err plan_test_err;

static inline void plan_test_forget(void)
{
    rd_plan_freep(&plan_test_plan);
    rd_arena_freep(&plan_test_arena);
    rd_err_clear(&plan_test_err);
}

static inline void plan_test_setup(void)
{
    test_folder_make();
}

static inline void plan_test_teardown(void)
{
    plan_test_forget();
    test_folder_remove();
}

static inline void plan_test_write(const char *text, size_t length)
{
    FILE *file = fopen("plan.json", "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* Loads a file with up to three changes, which end with NULL. */
static inline int plan_test_load_file(const char *path, const char *const *changes)
{
    const char *items[4];
    struct rd_strings given = {.items = items};

    for (; changes != NULL && changes[given.count] != NULL; given.count++)
        items[given.count] = changes[given.count];
    plan_test_forget();
    plan_test_arena = rd_arena_new(RD_PLAN_ARENA_MAX);
    plan_test_faults = (struct rd_faults){.arena = plan_test_arena};
    return rd_plan_load(path, &given, &plan_test_faults, &plan_test_plan, &plan_test_err);
}

static inline int plan_test_load(const char *text)
{
    plan_test_write(text, strlen(text));
    return plan_test_load_file("plan.json", NULL);
}

static inline int plan_test_load_changed(const char *text, const char *change)
{
    plan_test_write(text, strlen(text));
    return plan_test_load_file("plan.json", (const char *const[]){change, NULL});
}

static inline void plan_test_accepts(const char *path)
{
    ck_assert_msg(plan_test_load_file(path, NULL) == RD_OK, "%s: %s", path, plan_test_err.message);
    ck_assert_msg(plan_test_faults.count == 0, "%s: %s: %s", path, plan_test_faults.items[0].path,
                  plan_test_faults.items[0].message);
    ck_assert_ptr_nonnull(plan_test_plan);
}

/* The first fault at `path`; NULL when there is none. */
static inline const char *plan_test_fault_at(const char *path)
{
    for (size_t i = 0; i < plan_test_faults.count && i < RD_FAULTS_MAX; i++) {
        if (strcmp(plan_test_faults.items[i].path, path) == 0)
            return plan_test_faults.items[i].message;
    }
    return NULL;
}

/* The text has this fault and no other. */
static inline void plan_test_one_fault(const char *text, const char *path, const char *message)
{
    ck_assert_msg(plan_test_load(text) == RD_OK, "%s", plan_test_err.message);
    ck_assert_ptr_null(plan_test_plan);
    ck_assert_msg(plan_test_faults.count == 1, "%zu faults", plan_test_faults.count);
    ck_assert_str_eq(plan_test_faults.items[0].path, path);
    ck_assert_msg(strstr(plan_test_faults.items[0].message, message) != NULL, "%s",
                  plan_test_faults.items[0].message);
}

#endif
