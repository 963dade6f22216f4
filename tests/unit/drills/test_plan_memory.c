/*
 * test_plan_memory.c: loading a plan, and making its schema, with every allocation failing once.
 */
#include "tests/unit/failing_malloc.h"

#include "tests/unit/drills/plan_test.h"

#include "tests/unit/suite.h"

#if FAILING_MALLOC

static const char *change;

static int load_plan(void)
{
    const struct rd_strings changes = {.count = 1, .items = &change};
    RD_CLEANUP(rd_arena_freep) struct rd_arena *arena = rd_arena_new(RD_PLAN_ARENA_MAX);
    RD_CLEANUP(rd_plan_freep) struct rd_plan *plan = NULL;
    struct rd_faults faults = {.arena = arena};
    struct rd_err err = RD_ERR_INIT;

    if (arena == NULL)
        return RD_E_MEMORY;
    int code = rd_plan_load("plan.json", &changes, &faults, &plan, &err);
    /* OpenSSL does not say that it was memory. */
    return code == RD_E_SYSTEM && strstr(err.message, "SHA-256") != NULL ? RD_E_MEMORY : code;
}

static void loads_whole_or_not_at_all(const char *text)
{
    plan_test_write(text, strlen(text));
    ck_assert_int_eq(load_plan(), RD_OK); /* what libraries keep for ever is there now */
    ck_assert_int_gt(failing_malloc_try(load_plan), 50);
}

START_TEST(a_plan_is_loaded_whole_or_not_at_all)
{
    change = "checks.0.expect=20251101";
    loads_whole_or_not_at_all(
        "{\"name\": \"shop\", \"source\": {\"provider\": \"dump\", \"path\": \"a\"},"
        " \"checks\": [{\"check\": \"migrations\"}, {\"check\": \"ready\", \"name\": \"x\"}]}");
}
END_TEST

START_TEST(the_standard_checks_are_added_or_it_is_told)
{
    change = "objectives.rpo=2h";
    loads_whole_or_not_at_all(
        "{\"name\": \"shop\", \"source\": {\"provider\": \"dump\", \"path\": \"a\"}}");
}
END_TEST

START_TEST(faults_are_told_or_that_memory_is_gone)
{
    change = "objectives.rpoo=2h";
    loads_whole_or_not_at_all("{\"name\": \"\", \"source\": {\"provider\": \"dmup\"},"
                              " \"checks\": [{\"check\": \"redy\"}, {\"check\": \"sql\", \"x\": 1},"
                              " {\"check\": \"ready\", \"name\": \"\"}]}");
}
END_TEST

static int make_schema(void)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *schema = NULL;

    return rd_plan_schema(&schema, NULL);
}

START_TEST(a_schema_is_made_whole_or_not_at_all)
{
    ck_assert_int_gt(failing_malloc_try(make_schema), 100);
}
END_TEST

#endif

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("plan_memory");

#if FAILING_MALLOC
    TCase *memory = tcase_create("memory");

    tcase_add_checked_fixture(memory, plan_test_setup, plan_test_teardown);
    tcase_set_timeout(memory, 120);
    tcase_add_test(memory, a_plan_is_loaded_whole_or_not_at_all);
    tcase_add_test(memory, the_standard_checks_are_added_or_it_is_told);
    tcase_add_test(memory, faults_are_told_or_that_memory_is_gone);
    tcase_add_test(memory, a_schema_is_made_whole_or_not_at_all);
    suite_add_tcase(suite, memory);
#endif
    return suite;
}
