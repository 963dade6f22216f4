/*
 * suite.h: what every unit test file defines; main.c runs it.
 */
#ifndef RD_TESTS_SUITE_H
#define RD_TESTS_SUITE_H

#include <check.h>

Suite *rd_test_suite(void);

#endif
