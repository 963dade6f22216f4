/*
 * test_plan_change.c: what --set changes, what it refuses, and what of it is written down; and
 * plans that were damaged at every byte.
 */
#include "tests/unit/drills/plan_test.h"

#include "tests/unit/suite.h"

static const char plan_text[] =
    "{\"name\": \"shop\", \"source\": {\"provider\": \"dump\", \"path\": \"shop.dump\"},"
    " // a comment\n"
    " \"objectives\": {\"rpo\": \"15m\"}, \"signing\": {\"key\": {\"file\": \"drill.pem\"}},"
    " \"instance\": {\"preload\": [\"a\"]}, \"target\": \"latest\", \"checks\": ["
    "{\"check\": \"migrations\", \"framework\": \"alembic\", \"expect\": \"abc\"},"
    "{\"check\": \"http\", \"app\": {\"command\": [\"./app\"], \"env\": {\"A\": \"b\"}},"
    " \"requests\": [{\"get\": \"/\", \"expect\": {\"status\": 200}}]}]}";

static const struct rd_setting *changed(void)
{
    ck_assert_uint_eq(plan_test_plan->changed.count, 1);
    return plan_test_plan->changed.items;
}

/* The change is accepted, and written down with this value. */
static void noted(const char *change, const char *value)
{
    ck_assert_msg(plan_test_load_changed(plan_text, change) == RD_OK, "%s", plan_test_err.message);
    ck_assert_msg(plan_test_faults.count == 0, "%s: %s", plan_test_faults.items[0].path,
                  plan_test_faults.items[0].message);
    ck_assert_uint_eq(strlen(changed()->name), strcspn(change, "="));
    ck_assert_str_eq(changed()->value, value);
}

START_TEST(a_change_is_made_and_written_down)
{
    noted("name=other", "other");
    ck_assert_str_eq(plan_test_plan->name, "other");
    noted("objectives.rpo=1h", "1h");
    ck_assert_int_eq(plan_test_plan->objectives->rpo_ms, 3600 * 1000);
    noted("objectives={\"rto\":\"2h\"}", "{\"rto\":\"2h\"}");
    ck_assert_int_eq(plan_test_plan->objectives->rpo_ms, RD_ABSENT);
    noted("checks.0.required=false", "false");
    ck_assert(!plan_test_plan->checks[0].required);
    noted("source.path=a=b", "a=b");
    noted("source.provider=dump", "dump");
    noted("checks.1.requests.0.expect.status=404", "404");
    noted("instance.preload.1=7", "7");
    ck_assert_str_eq(plan_test_plan->wish->preload.items[1], "7");
}
END_TEST

START_TEST(digits_stay_text_where_text_is_wanted)
{
    noted("checks.0.expect=20251101", "20251101");
    noted("name=2025", "2025");
    ck_assert_str_eq(plan_test_plan->name, "2025");
    noted("checks.0.name=\"in quotes\"", "\"in quotes\"");
    ck_assert_str_eq(plan_test_plan->checks[0].name, "in quotes");
    noted("checks.0.database=true", "true");
    ck_assert_str_eq(plan_test_plan->checks[0].database, "true");
}
END_TEST

START_TEST(a_target_is_text)
{
    noted("target=2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
    ck_assert_int_eq(plan_test_plan->target_us, INT64_C(1577836800) * 1000000);
    ck_assert_int_eq(plan_test_load_changed(plan_text, "target=5"), RD_OK);
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.target"), "'latest'"));
    ck_assert_int_eq(plan_test_load_changed(plan_text, "target=\",\"name\":\"x"), RD_OK);
    ck_assert_ptr_nonnull(plan_test_fault_at("$.target"));
}
END_TEST

START_TEST(what_may_be_secret_is_not_written_down)
{
    noted("signing.key.file=hunter2", "(not shown)");
    noted("signing.key={\"file\":\"hunter2\"}", "(not shown)");
    noted("signing={\"key\":{\"file\":\"hunter2\"}}", "(not shown)");
    noted("signing.passphrase.env=HUNTER2", "(not shown)");
    noted("checks.1.app.env.A=hunter2", "(not shown)");
    noted("checks.1.app.env={\"A\":\"hunter2\"}", "(not shown)");
    noted("checks.1.app={\"command\":[\"./app\"],\"env\":{\"A\":\"hunter2\"}}", "(not shown)");
    noted("source={\"provider\":\"dump\",\"path\":\"hunter2\"}", "(not shown)");
}
END_TEST

START_TEST(a_secret_on_the_command_line_is_refused_and_not_repeated)
{
    ck_assert_int_eq(plan_test_load_changed(plan_text, "signing.key=hunter2"), RD_OK);
    ck_assert_ptr_null(plan_test_plan);
    const char *message = plan_test_fault_at("$.signing.key");
    ck_assert_ptr_nonnull(message);
    ck_assert_ptr_null(strstr(message, "hunter2"));
}
END_TEST

START_TEST(a_check_may_be_added)
{
    noted("checks.2={\"check\":\"ready\"}", "(not shown)");
    ck_assert_uint_eq(plan_test_plan->check_count, 3);
}
END_TEST

START_TEST(changes_apply_in_their_order)
{
    static const char *const changes[] = {"name=one", "objectives.rto=1h", "name=two", NULL};

    plan_test_write(plan_text, strlen(plan_text));
    ck_assert_int_eq(plan_test_load_file("plan.json", changes), RD_OK);
    ck_assert_str_eq(plan_test_plan->name, "two");
    ck_assert_uint_eq(plan_test_plan->changed.count, 3);
    const struct rd_setting *settings = plan_test_plan->changed.items;
    ck_assert_str_eq(settings[1].name, "objectives.rto");
    ck_assert_str_eq(settings[2].value, "two");
}
END_TEST

START_TEST(an_unknown_key_is_a_fault_like_any_other)
{
    ck_assert_int_eq(plan_test_load_changed(plan_text, "objectives.rpoo=1h"), RD_OK);
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.objectives.rpoo"), "'rpo'"));
    ck_assert_int_eq(plan_test_load_changed(plan_text, "checks.0.expct=1"), RD_OK);
    ck_assert_ptr_nonnull(strstr(plan_test_fault_at("$.checks[0]"), "'expect'"));
}
END_TEST

static const char *const impossible[] = {
    "name",
    "",
    "=x",
    "a..b=1",
    ".name=x",
    "name.=x",
    "name.first=x",
    "checks.9.name=x",
    "checks.x.name=1",
    "source.path=\xff",
};

START_TEST(a_change_that_fits_nowhere_is_an_error)
{
    ck_assert_int_eq(plan_test_load_changed(plan_text, impossible[_i]), RD_E_ARGUMENT);
    ck_assert_ptr_null(plan_test_plan);
    ck_assert_str_ne(plan_test_err.message, "");
}
END_TEST

START_TEST(every_prefix_of_a_plan_is_refused_cleanly)
{
    for (size_t length = 0; length < strlen(plan_text); length++) {
        plan_test_write(plan_text, length);
        ck_assert_int_eq(plan_test_load_file("plan.json", NULL), RD_E_FORMAT);
    }
}
END_TEST

START_TEST(every_altered_byte_is_a_plan_or_told)
{
    static const char bytes[] = "\0\"{}[],:/\\0-z\n\x80\xff";
    char text[sizeof(plan_text)];

    for (size_t at = 0; at < strlen(plan_text); at++) {
        for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
            memcpy(text, plan_text, sizeof(text));
            text[at] = bytes[i];
            plan_test_write(text, strlen(plan_text));
            int code = plan_test_load_file("plan.json", NULL);
            ck_assert_int_eq(plan_test_plan != NULL, code == RD_OK && plan_test_faults.count == 0);
            if (code != RD_OK)
                ck_assert_int_eq(code, RD_E_FORMAT);
        }
    }
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("plan_change");
    TCase *changes = tcase_create("changes");
    TCase *damage = tcase_create("damage");

    tcase_add_checked_fixture(changes, plan_test_setup, plan_test_teardown);
    tcase_add_test(changes, a_change_is_made_and_written_down);
    tcase_add_test(changes, digits_stay_text_where_text_is_wanted);
    tcase_add_test(changes, a_target_is_text);
    tcase_add_test(changes, what_may_be_secret_is_not_written_down);
    tcase_add_test(changes, a_secret_on_the_command_line_is_refused_and_not_repeated);
    tcase_add_test(changes, a_check_may_be_added);
    tcase_add_test(changes, changes_apply_in_their_order);
    tcase_add_test(changes, an_unknown_key_is_a_fault_like_any_other);
    tcase_add_loop_test(changes, a_change_that_fits_nowhere_is_an_error, 0, RD_COUNT(impossible));
    suite_add_tcase(suite, changes);

    tcase_add_checked_fixture(damage, plan_test_setup, plan_test_teardown);
    tcase_set_timeout(damage, 120);
    tcase_add_test(damage, every_prefix_of_a_plan_is_refused_cleanly);
    tcase_add_test(damage, every_altered_byte_is_a_plan_or_told);
    suite_add_tcase(suite, damage);
    return suite;
}
