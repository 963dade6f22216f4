/*
 * test_keyring.c: keys in files and secrets, and every way of giving the wrong one.
 */
#include "drills/keyring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "drills/common/file.h"
#include "tests/unit/foreign.h"
#include "tests/unit/suite.h"

static char folder[] = "/tmp/redrill-keyring-XXXXXX";
static char path[sizeof(folder) + 20], public_path[sizeof(folder) + 20];
static const struct rd_secret in_file = {.file = "drill.pem"};
static const struct rd_secret in_env = {.env = "RD_TEST_KEY"};
static struct rd_deadline deadline;
static struct rd_key *key;
static struct rd_err err;

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/drill.pem", folder);
    snprintf(public_path, sizeof(public_path), "%s/drill.pem.pub", folder);
    deadline = rd_deadline_in_ms(60 * 1000, -1);
}

static void teardown(void)
{
    rd_key_freep(&key);
    remove(path);
    remove(public_path);
    ck_assert_int_eq(remove(folder), 0); /* nothing else was left in it */
}

static void generate(enum rd_key_kind kind, const struct rd_secret *passphrase)
{
    char key_id[RD_KEYID_TEXT];

    ck_assert_int_eq(rd_keyring_generate(path, kind, passphrase, &deadline, key_id, NULL), RD_OK);
}

static int load(const struct rd_secret *secret, const struct rd_secret *passphrase)
{
    rd_err_clear(&err);
    return rd_keyring_load_private(secret, passphrase, folder, &deadline, &key, &err);
}

static unsigned mode_of(const char *file)
{
    struct stat status;

    ck_assert_int_eq(stat(file, &status), 0);
    return status.st_mode & 07777;
}

static const enum rd_key_kind kinds[] = {RD_KEY_ED25519, RD_KEY_P256};

START_TEST(a_generated_pair_loads_and_has_one_id)
{
    char made[RD_KEYID_TEXT], loaded[RD_KEYID_TEXT];

    ck_assert_int_eq(rd_keyring_generate(path, kinds[_i], NULL, &deadline, made, NULL), RD_OK);
    ck_assert_uint_eq(mode_of(path), 0600);
    ck_assert_uint_eq(mode_of(public_path), 0644);
    ck_assert_int_eq(load(&in_file, NULL), RD_OK);
    ck_assert(rd_key_is_private(key));
    ck_assert_int_eq(rd_key_id(key, loaded, NULL), RD_OK);
    ck_assert_str_eq(loaded, made);
    rd_key_freep(&key);
    ck_assert_int_eq(rd_keyring_load_public(public_path, &key, NULL), RD_OK);
    ck_assert(!rd_key_is_private(key));
    ck_assert_int_eq(rd_key_id(key, loaded, NULL), RD_OK);
    ck_assert_str_eq(loaded, made);
}
END_TEST

START_TEST(a_key_may_come_from_the_environment)
{
    RD_CLEANUP(rd_buf_wipe) struct rd_buf pem = RD_BUF_INIT(4096);

    generate(RD_KEY_ED25519, NULL);
    ck_assert_int_eq(rd_file_read(path, &pem, NULL), RD_OK);
    setenv("RD_TEST_KEY", pem.data, 1);
    ck_assert_int_eq(load(&in_env, NULL), RD_OK);
}
END_TEST

START_TEST(a_pair_of_keys_is_never_overwritten)
{
    RD_CLEANUP(rd_buf_wipe) struct rd_buf before = RD_BUF_INIT(4096);
    RD_CLEANUP(rd_buf_wipe) struct rd_buf after = RD_BUF_INIT(4096);
    char key_id[RD_KEYID_TEXT] = "";

    generate(RD_KEY_ED25519, NULL);
    ck_assert_int_eq(rd_file_read(path, &before, NULL), RD_OK);
    ck_assert_int_eq(rd_keyring_generate(path, RD_KEY_P256, NULL, &deadline, key_id, &err),
                     RD_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.hint, "never overwritten"));
    ck_assert_str_eq(key_id, "");
    ck_assert_int_eq(rd_file_read(path, &after, NULL), RD_OK);
    ck_assert_str_eq(before.data, after.data);

    /* The public one alone is in the way, too, and no half of a pair is left. */
    ck_assert_int_eq(remove(path), 0);
    ck_assert_int_eq(rd_keyring_generate(path, RD_KEY_P256, NULL, &deadline, key_id, NULL),
                     RD_E_ARGUMENT);
    ck_assert(!rd_file_exists(path));
}
END_TEST

START_TEST(a_private_key_that_others_may_read_or_write_is_refused)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0644, 0610};

    generate(RD_KEY_ED25519, NULL);
    for (size_t i = 0; i < RD_COUNT(modes); i++) {
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        ck_assert_int_eq(load(&in_file, NULL), RD_E_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(err.hint, "chmod 600"));
    }
    ck_assert_int_eq(chmod(path, 0400), 0);
    ck_assert_int_eq(load(&in_file, NULL), RD_OK);
}
END_TEST

START_TEST(an_encrypted_key_needs_its_passphrase)
{
    static const struct rd_secret word = {.env = "RD_TEST_WORD"};

    setenv("RD_TEST_WORD", "correct horse", 1);
    generate(RD_KEY_ED25519, &word);
    ck_assert_int_eq(load(&in_file, NULL), RD_E_AUTH);
    ck_assert_str_eq(err.message, "cannot use the key 'drill.pem': the private key is encrypted");
    setenv("RD_TEST_WORD", "wrong horse", 1);
    ck_assert_int_eq(load(&in_file, &word), RD_E_AUTH);
    ck_assert_ptr_nonnull(strstr(err.message, "passphrase"));
    ck_assert_ptr_null(strstr(err.message, "wrong horse"));
    setenv("RD_TEST_WORD", "correct horse", 1);
    ck_assert_int_eq(load(&in_file, &word), RD_OK);
}
END_TEST

static const struct {
    const char *text;
    const char *is;
} mistakes[] = {
    {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "is a certificate"},
    {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n",
     "is a private key in OpenSSH's own format"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL3FqN me@here\n",
     "is a public key in OpenSSH's own format"},
    {"hello\n", "cannot use the key '"},
};

START_TEST(what_is_no_key_is_told_for_what_it_is)
{
    save_file(path, mistakes[_i].text, strlen(mistakes[_i].text));
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_eq(load(&in_file, NULL), RD_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, mistakes[_i].is));
    rd_err_clear(&err);
    ck_assert_int_eq(rd_keyring_load_public(path, &key, &err), RD_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, mistakes[_i].is));
}
END_TEST

START_TEST(a_public_key_for_a_private_one_is_told_and_the_other_way_round)
{
    static const struct rd_secret public_file = {.file = "drill.pem.pub"};

    generate(kinds[_i], NULL);
    ck_assert_int_eq(chmod(public_path, 0600), 0);
    ck_assert_int_eq(load(&public_file, NULL), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "'drill.pem.pub' is a public key, and a private key is needed");
    ck_assert_str_ne(err.hint, "");
    rd_err_clear(&err);
    ck_assert_int_eq(rd_keyring_load_public(path, &key, &err), RD_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "is a private key, and a public key is needed"));
    ck_assert_str_ne(err.hint, "");
}
END_TEST

START_TEST(a_damaged_key_is_not_taken_for_one_of_another_sort)
{
    static const char damaged[] =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n";

    save_file(path, damaged, strlen(damaged));
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_eq(load(&in_file, NULL), RD_E_FORMAT);
    ck_assert_str_eq(err.message, "cannot use the key 'drill.pem': there is no private key in PEM, "
                                  "or it is damaged");
}
END_TEST

START_TEST(a_missing_key_is_told_with_what_makes_one)
{
    ck_assert_int_eq(load(&in_file, NULL), RD_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.hint, "redrill keygen"));
    ck_assert_int_eq(rd_keyring_load_public(public_path, &key, NULL), RD_E_NOT_FOUND);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("keyring");
    TCase *all = tcase_create("keyring");

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_generated_pair_loads_and_has_one_id, 0, RD_COUNT(kinds));
    tcase_add_test(all, a_key_may_come_from_the_environment);
    tcase_add_test(all, a_pair_of_keys_is_never_overwritten);
    tcase_add_test(all, a_private_key_that_others_may_read_or_write_is_refused);
    tcase_add_test(all, an_encrypted_key_needs_its_passphrase);
    tcase_add_loop_test(all, what_is_no_key_is_told_for_what_it_is, 0, RD_COUNT(mistakes));
    tcase_add_loop_test(all, a_public_key_for_a_private_one_is_told_and_the_other_way_round, 0,
                        RD_COUNT(kinds));
    tcase_add_test(all, a_damaged_key_is_not_taken_for_one_of_another_sort);
    tcase_add_test(all, a_missing_key_is_told_with_what_makes_one);
    suite_add_tcase(suite, all);
    return suite;
}
