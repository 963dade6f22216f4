/*
 * main.c: runs the one suite that a unit test program consists of. CK_RUN_CASE picks a test
 * case, as Check documents it.
 */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/suite.h"

int main(void)
{
    SRunner *runner = srunner_create(rd_test_suite());

    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
