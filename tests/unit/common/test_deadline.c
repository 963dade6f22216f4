/*
 * test_deadline.c: every wait ends: by what it waits for, by the clock, or by the user.
 */
#include "drills/common/deadline.h"

#include <unistd.h>

#include "drills/common/clock.h"
#include "tests/unit/suite.h"

static struct rd_err err;
static int cancel[2];
static int wire[2];

static void set_up(void)
{
    rd_err_clear(&err);
    ck_assert_int_eq(pipe(cancel), 0);
    ck_assert_int_eq(pipe(wire), 0);
}

static void tear_down(void)
{
    for (int i = 0; i < 2; i++) {
        close(cancel[i]);
        close(wire[i]);
    }
}

static void call_off(void)
{
    ck_assert_int_eq(write(cancel[1], "x", 1), 1);
}

START_TEST(the_time_left_runs_down_to_zero)
{
    struct rd_deadline soon = rd_deadline_in_ms(1000, -1);
    struct rd_deadline past = rd_deadline_in_ms(-1000, -1);

    ck_assert_int_le(rd_deadline_left_ms(&soon), 1000);
    ck_assert_int_gt(rd_deadline_left_ms(&soon), 500);
    ck_assert_int_eq(rd_deadline_left_ms(&past), 0);
}
END_TEST

START_TEST(the_earlier_of_two_deadlines_counts)
{
    struct rd_deadline outer = rd_deadline_in_ms(10000, cancel[0]);
    struct rd_deadline shorter = rd_deadline_within(&outer, 1000);
    struct rd_deadline longer = rd_deadline_within(&outer, 60000);

    ck_assert_int_lt(shorter.until_us, outer.until_us);
    ck_assert_int_eq(longer.until_us, outer.until_us);
    ck_assert_int_eq(shorter.cancel_fd, cancel[0]);
    ck_assert_int_eq(longer.cancel_fd, cancel[0]);
}
END_TEST

START_TEST(a_check_tells_who_ended_it)
{
    struct rd_deadline soon = rd_deadline_in_ms(60000, cancel[0]);
    struct rd_deadline past = rd_deadline_in_ms(0, cancel[0]);

    ck_assert_int_eq(rd_deadline_check(&soon, "the test", &err), RD_OK);
    ck_assert_int_eq(rd_deadline_check(&past, "the test", &err), RD_E_TIMEOUT);
    ck_assert_str_eq(err.message, "the test took too long");
    rd_err_clear(&err);
    call_off();
    ck_assert_int_eq(rd_deadline_check(&past, "the test", &err), RD_E_INTERRUPTED);
    ck_assert_str_eq(err.message, "the test was interrupted by a signal");
}
END_TEST

START_TEST(a_wait_ends_when_something_is_there)
{
    struct rd_deadline soon = rd_deadline_in_ms(60000, cancel[0]);
    struct pollfd fds[] = {{.fd = wire[0], .events = POLLIN}, {.fd = wire[1], .events = POLLOUT}};

    ck_assert_int_eq(rd_deadline_poll(&soon, fds, 2, -1, "the test", &err), RD_OK);
    ck_assert_int_eq(fds[0].revents, 0);
    ck_assert_int_eq(fds[1].revents, POLLOUT);
    ck_assert_int_eq(write(wire[1], "x", 1), 1);
    ck_assert_int_eq(rd_deadline_poll(&soon, fds, 1, -1, "the test", &err), RD_OK);
    ck_assert_int_eq(fds[0].revents, POLLIN);
}
END_TEST

START_TEST(a_bounded_wait_that_saw_nothing_is_no_error)
{
    struct rd_deadline soon = rd_deadline_in_ms(60000, cancel[0]);
    struct pollfd fd = {.fd = wire[0], .events = POLLIN, .revents = POLLERR};
    int64_t before_us = rd_clock_monotonic_us();

    ck_assert_int_eq(rd_deadline_poll(&soon, &fd, 1, 20, "the test", &err), RD_OK);
    ck_assert_int_eq(fd.revents, 0);
    ck_assert_int_ge(rd_clock_monotonic_us() - before_us, 19000);
}
END_TEST

START_TEST(a_wait_ends_at_the_deadline)
{
    struct rd_deadline soon = rd_deadline_in_ms(20, cancel[0]);
    struct pollfd fd = {.fd = wire[0], .events = POLLIN};

    ck_assert_int_eq(rd_deadline_poll(&soon, &fd, 1, 60000, "the test", &err), RD_E_TIMEOUT);
    ck_assert_int_eq(rd_deadline_poll(&soon, NULL, 0, -1, "the test", NULL), RD_E_TIMEOUT);
}
END_TEST

START_TEST(a_wait_ends_when_it_is_called_off)
{
    struct rd_deadline soon = rd_deadline_in_ms(60000, cancel[0]);
    struct pollfd fd = {.fd = wire[0], .events = POLLIN};

    call_off();
    ck_assert_int_eq(rd_deadline_poll(&soon, &fd, 1, -1, "the test", &err), RD_E_INTERRUPTED);
}
END_TEST

START_TEST(a_wait_for_too_many_is_refused)
{
    struct rd_deadline soon = rd_deadline_in_ms(60000, cancel[0]);
    struct pollfd fds[16];

    for (size_t i = 0; i < RD_COUNT(fds); i++)
        fds[i] = (struct pollfd){.fd = wire[1], .events = POLLOUT};
    ck_assert_int_eq(rd_deadline_poll(&soon, fds, 15, -1, "the test", &err), RD_OK);
    ck_assert_int_eq(fds[14].revents, POLLOUT);
    ck_assert_int_eq(rd_deadline_poll(&soon, fds, 16, -1, "the test", &err), RD_E_ARGUMENT);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("deadline");
    TCase *all = tcase_create("deadline");

    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, the_time_left_runs_down_to_zero);
    tcase_add_test(all, the_earlier_of_two_deadlines_counts);
    tcase_add_test(all, a_check_tells_who_ended_it);
    tcase_add_test(all, a_wait_ends_when_something_is_there);
    tcase_add_test(all, a_bounded_wait_that_saw_nothing_is_no_error);
    tcase_add_test(all, a_wait_ends_at_the_deadline);
    tcase_add_test(all, a_wait_ends_when_it_is_called_off);
    tcase_add_test(all, a_wait_for_too_many_is_refused);
    suite_add_tcase(suite, all);
    return suite;
}
