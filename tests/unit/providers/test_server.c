/*
 * test_server.c: servers of our own, with real PostgreSQL: they start, stay in quarantine whatever
 * the backup's configuration says, and leave nothing.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/clock.h"
#include "drills/common/file.h"
#include "drills/common/procfs_read.h"
#include "drills/common/quarantine.h"
#include "drills/providers/server.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

enum { PATH_TEXT = 300, SECONDS_PER_TEST = 90 };

/* One drill, as far as a server sees it. */
static struct {
    struct rd_drill drill;
    struct rd_instance_wish wish;
    struct rd_server *server;
    struct rd_instance instance;
    struct rd_group *group;
    struct rd_err err;
} it;

static void setup(void)
{
    test_folder_make();
    ck_assert_int_eq(chmod(test_folder, 0755), 0); /* the server's user has to pass through */
    it.wish = (struct rd_instance_wish){.profile = RD_PROFILE_FAST, .superuser = "the boss"};
    it.drill = (struct rd_drill){
        .plan_folder = test_folder,
        .wish = &it.wish,
        .deadline = rd_deadline_in_ms(60000, -1),
    };
    ck_assert_int_eq(rd_uuid7(rd_clock_utc_us(), it.drill.id, NULL), RD_OK);
    ck_assert_int_eq(rd_user_resolve(NULL, &it.drill.user, NULL), RD_OK);
    it.drill.recorder = rd_recorder_new();
    it.group = rd_record_group(it.drill.recorder, "quarantine", "quarantine", true);
    ck_assert_int_eq(
        rd_lease_open("state", it.drill.id, "orders", &it.drill.user, &it.drill.lease, NULL),
        RD_OK);
    it.drill.work = rd_lease_work(it.drill.lease);
}

#define MUST(call) ck_assert_msg((call) == RD_OK, "%s (%s)", it.err.message, it.err.detail)

static void init(void)
{
    struct rd_server_spec spec = {.major = 15};

    MUST(rd_server_new(&it.drill, 15, &it.server, &it.err));
    MUST(rd_server_init(it.server, &spec, &it.err));
}

static void start(void)
{
    it.instance = (struct rd_instance){.provider = "dump", .database = "postgres"};
    MUST(rd_server_start(it.server, &it.instance, &it.err));
}

static void stop(void)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);

    MUST(rd_server_stop(it.server, &deadline, &it.err));
}

static void teardown(void)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);

    rd_server_freep(&it.server);
    ck_assert_int_eq(rd_lease_remove(it.drill.lease, &deadline, NULL, NULL), RD_OK);
    rd_lease_free(it.drill.lease);
    rd_recorder_freep(&it.drill.recorder);
    test_folder_remove();
}

static void sql(const char *statement)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;

    MUST(rd_instance_open(&it.instance, NULL, RD_PG_WRITES, &it.drill.deadline, &pg, &it.err));
    MUST(rd_pg_exec(pg, &it.drill.deadline, statement, &it.err));
}

static void assert_answer(const char *question, const char *answer)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf got = RD_BUF_INIT(1000);

    MUST(rd_instance_open(&it.instance, NULL, 0, &it.drill.deadline, &pg, &it.err));
    MUST(rd_pg_value(pg, &it.drill.deadline, question, &got, NULL, &it.err));
    ck_assert_msg(strcmp(rd_buf_text(&got), answer) == 0, "%s: %s", question, rd_buf_text(&got));
}

static const struct rd_finding *finding(const char *subject)
{
    const struct rd_finding *findings = it.group->findings.items;

    for (size_t i = 0; i < it.group->findings.count; i++) {
        if (strcmp(findings[i].subject, subject) == 0)
            return &findings[i];
    }
    ck_abort_msg("no finding about '%s'", subject);
}

static void prove(void)
{
    it.group = rd_record_group(it.drill.recorder, "quarantine", "quarantine", true);
    MUST(rd_quarantine_prove(&it.drill, &it.instance, it.group, &it.err));
}

/* All that was asked passes, but for one subject, which may be NULL. */
static void assert_all_pass_but(const char *subject)
{
    const struct rd_finding *findings = it.group->findings.items;

    ck_assert_uint_ge(it.group->findings.count, 50);
    for (size_t i = 0; i < it.group->findings.count; i++) {
        bool spared = subject != NULL && strcmp(findings[i].subject, subject) == 0;
        ck_assert_msg(spared || findings[i].verdict == RD_PASS, "%s is %s: %s (%s, not %s)",
                      findings[i].subject, rd_verdict_name(findings[i].verdict),
                      findings[i].message, findings[i].actual, findings[i].expected);
    }
}

static void in_work(char path[PATH_TEXT], const char *name)
{
    snprintf(path, PATH_TEXT, "%s/%s", it.drill.work, name);
}

/* Replaces the content, and keeps the owner. */
static void overwrite(const char *name, const char *text)
{
    char path[PATH_TEXT];

    in_work(path, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* The number of the running server's shared memory. */
static int memory_of_server(void)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf text = RD_BUF_INIT(4000);
    char path[PATH_TEXT];
    int id = -1;

    in_work(path, "data/postmaster.pid");
    ck_assert_int_eq(rd_file_read(path, &text, NULL), RD_OK);
    ck_assert_int_eq(sscanf(text.data, "%*d %*[^\n] %*d %*d %*[^\n] %*u %d", &id), 1);
    return id;
}

/* Zombies are for their parent to reap. */
static bool has_ended(pid_t pid)
{
    struct rd_procfs_stat stat;

    return rd_procfs_stat(pid, &stat, NULL) == RD_E_NOT_FOUND || stat.state == 'Z';
}

static bool has_memory(int id)
{
    struct shmid_ds info;

    return shmctl(id, IPC_STAT, &info) == 0;
}

START_TEST(a_server_runs_in_quarantine_and_leaves_nothing)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);
    RD_CLEANUP(rd_buf_free) struct rd_buf proof = RD_BUF_INIT(4000);
    char path[PATH_TEXT];

    init();
    start();
    ck_assert_str_eq(it.instance.provider, "dump");
    ck_assert(it.instance.ours);
    ck_assert_int_eq(it.instance.version / 10000, 15);
    assert_answer("SELECT current_user", "the boss");
    assert_answer("SELECT system_identifier FROM pg_control_system()",
                  it.instance.system_identifier);
    assert_answer("SELECT setting FROM pg_settings WHERE name = 'data_directory'",
                  it.instance.data_folder);
    in_work(path, "data");
    ck_assert_str_eq(path, it.instance.data_folder);

    prove();
    assert_all_pass_but(NULL);
    ck_assert_str_eq(finding("archive_mode")->actual, "off");
    ck_assert_str_eq(finding("listen_addresses")->actual, "(empty)");
    ck_assert_str_eq(finding("system identifier")->actual, it.instance.system_identifier);
    ck_assert_int_eq(finding("listening sockets")->verdict, RD_PASS);

    int memory = memory_of_server();
    ck_assert(has_memory(memory)); /* else this test shows nothing */
    stop();
    ck_assert(has_ended(it.instance.postmaster));
    ck_assert(!has_memory(memory));
    stop(); /* once more is fine */
    MUST(rd_lease_remove(it.drill.lease, &deadline, &proof, &it.err));
    ck_assert(!rd_file_exists(it.drill.work));
}
END_TEST

START_TEST(the_configuration_that_came_with_the_backup_does_not_win)
{
    static const char hostile[] =
        "listen_addresses = '*'\nport = 54999\nunix_socket_directories = '/tmp'\nssl = on\n"
        "archive_mode = on\narchive_command = 'touch %1$s/archived'\narchive_timeout = 1\n"
        "restore_command = 'touch %1$s/restored'\nrecovery_end_command = 'touch %1$s/ended'\n"
        "primary_conninfo = 'host=127.0.0.1 password=hunter2'\nprimary_slot_name = 'slot'\n"
        "synchronous_standby_names = '*'\nsynchronous_commit = remote_apply\n"
        "shared_preload_libraries = 'not_there'\nsession_preload_libraries = 'not_there'\n"
        "local_preload_libraries = 'not_there'\njit_provider = '/tmp/evil'\n"
        "dynamic_library_path = '/tmp'\nexternal_pid_file = '%1$s/pid'\n"
        "logging_collector = on\nlog_directory = '%1$s/log'\nlog_statement = 'all'\n"
        "log_min_messages = debug1\nlog_hostname = on\nfsync = off\nfull_page_writes = off\n"
        "zero_damaged_pages = on\ndynamic_shared_memory_type = posix\nmax_wal_senders = 5\n"
        "hba_file = '/nonexistent'\nshared_buffers = '100GB'\n";
    static const struct rd_setting wishes[] = {{"shared_buffers", "16MB"}, {"fsync", "off"}};
    char outside[PATH_TEXT], text[8000];
    struct stat info;

    it.wish.profile = RD_PROFILE_FAITHFUL;
    it.wish.settings = (struct rd_list){.count = RD_COUNT(wishes), .items = (void *)wishes};
    init();
    snprintf(outside, sizeof(outside), "%s/outside", test_folder);
    ck_assert_int_eq(mkdir(outside, 0777) + chmod(outside, 0777), 0);
    snprintf(text, sizeof(text), hostile, outside);
    overwrite("data/postgresql.auto.conf", text);
    overwrite("data/postgresql.conf", text);
    overwrite("data/pg_hba.conf", "host all all 0.0.0.0/0 trust\n");
    start();
    prove();
    assert_all_pass_but(NULL);
    assert_answer("SHOW fsync", "on");
    assert_answer("SHOW full_page_writes", "on");
    assert_answer("SHOW synchronous_commit", "on");
    assert_answer("SHOW shared_buffers", "16MB");

    /* A commit that no standby holds up, and a segment that nobody archives. */
    sql("CREATE TABLE public.t AS SELECT generate_series(1, 1000) AS a");
    sql("SELECT pg_switch_wal()");
    sql("CHECKPOINT");
    usleep(300000);
    prove();
    assert_all_pass_but(NULL);
    stop();
    in_work(text, "data/pg_wal/archive_status");
    ck_assert_int_eq(stat(outside, &info), 0);
    ck_assert_uint_eq(info.st_nlink, 2);
    ck_assert_int_eq(rmdir(outside), 0); /* empty */
}
END_TEST

START_TEST(a_fast_profile_gives_up_durability_and_says_so)
{
    init();
    start();
    assert_answer("SHOW fsync", "off");
    assert_answer("SHOW wal_level", "minimal");
    assert_answer("SHOW autovacuum", "off");
    prove();
    assert_all_pass_but(NULL);
}
END_TEST

START_TEST(a_drill_that_listens_beside_its_socket_is_caught)
{
    char actual[100];
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof(name);
    int fds[2];

    init();
    start();
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(inet_pton(AF_INET, "127.0.0.1", &name.sin_addr), 1);
    ck_assert_int_eq(bind(listening, (struct sockaddr *)&name, length), 0);
    ck_assert_int_eq(listen(listening, 1), 0);
    ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&name, &length), 0);
    ck_assert_int_eq(pipe(fds), 0);
    pid_t escaped = fork();
    if (escaped == 0) {
        if (setsid() > 0 && chdir(it.instance.data_folder) == 0 && write(fds[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    ck_assert_int_eq(read(fds[0], actual, 1), 1);
    prove();
    kill(escaped, SIGKILL);
    waitpid(escaped, NULL, 0);
    assert_all_pass_but("listening sockets");
    ck_assert_int_eq(finding("listening sockets")->verdict, RD_FAIL);
    snprintf(actual, sizeof(actual), "listens on 127.0.0.1:%u", ntohs(name.sin_port));
    ck_assert_str_eq(finding("listening sockets")->actual, actual);
}
END_TEST

START_TEST(a_tablespace_outside_of_the_work_folder_is_caught)
{
    char inside[PATH_TEXT], outside[PATH_TEXT], text[1000];

    init();
    start();
    in_work(inside, "space");
    snprintf(outside, sizeof(outside), "%s-outside", it.drill.work);
    ck_assert_int_eq(mkdir(inside, 0700) + mkdir(outside, 0700), 0);
    ck_assert_int_eq(chown(inside, it.drill.user.uid, it.drill.user.gid), 0);
    ck_assert_int_eq(chown(outside, it.drill.user.uid, it.drill.user.gid), 0);
    snprintf(text, sizeof(text), "CREATE TABLESPACE inside LOCATION '%s'", inside);
    sql(text);
    prove();
    assert_all_pass_but(NULL);
    snprintf(text, sizeof(text), "CREATE TABLESPACE outside LOCATION '%s'", outside);
    sql(text);
    prove();
    assert_all_pass_but("tablespaces");
    ck_assert_int_eq(finding("tablespaces")->verdict, RD_FAIL);
    snprintf(text, sizeof(text), "'outside' in '%s'", outside);
    ck_assert_str_eq(finding("tablespaces")->actual, text);
}
END_TEST

START_TEST(a_setting_of_a_restored_role_leaves_a_value_unproven)
{
    init();
    start();
    sql("CREATE ROLE app");
    sql("ALTER ROLE app SET session_preload_libraries = 'auto_explain'");
    prove();
    assert_all_pass_but("session_preload_libraries");
    ck_assert_int_eq(finding("session_preload_libraries")->verdict, RD_SKIP);
    ck_assert_ptr_nonnull(strstr(finding("session_preload_libraries")->message, "not proven"));
}
END_TEST

START_TEST(another_server_than_ours_fails_the_proof)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);
    struct rd_proc plain = {0};
    char data[PATH_TEXT];
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;

    /* The data folder of a second cluster, run without quarantine where ours is expected. */
    init();
    start();
    stop();
    in_work(data, "data");
    const char *argv[] = {rd_server_program(it.server, "postgres"),
                          "-D",
                          data,
                          "-k",
                          it.instance.host,
                          "-c",
                          "archive_mode=on",
                          "-c",
                          "archive_command=true",
                          "-c",
                          "primary_conninfo=host=prod password=hunter2",
                          "-c",
                          "listen_addresses=127.0.0.1",
                          "-c",
                          "port=54329", /* nobody else's; the socket's name follows it */
                          NULL};
    struct rd_proc_spec spec = {
        .argv = argv,
        .env = rd_drill_env(&it.drill, NULL),
        .folder = it.drill.work,
        .user = &it.drill.user,
        .stdin_fd = -1,
        .stdout_fd = -1,
        .stderr_fd = -1,
        .death_signal = SIGQUIT,
    };
    it.instance.port = "54329";
    MUST(rd_proc_start(&spec, &plain, &it.err));
    while (rd_instance_open(&it.instance, NULL, 0, &deadline, &pg, NULL) != RD_OK)
        ck_assert_int_eq(rd_deadline_poll(&deadline, NULL, 0, 50, "start", &it.err), RD_OK);
    it.instance.postmaster = plain.pid;
    prove();
    rd_proc_end(&plain, SIGQUIT, 5000);

    ck_assert_int_eq(finding("archive_mode")->verdict, RD_FAIL);
    ck_assert_str_eq(finding("archive_mode")->actual, "on");
    ck_assert_int_eq(finding("archive_command")->verdict, RD_FAIL);
    ck_assert_int_eq(finding("config_file")->verdict, RD_FAIL);
    ck_assert_int_eq(finding("listening sockets")->verdict, RD_FAIL);
    ck_assert_int_eq(finding("ssl_passphrase_command")->verdict, RD_FAIL); /* not set by us */
    ck_assert_ptr_nonnull(strstr(finding("ssl_passphrase_command")->message, "'default'"));
    ck_assert_int_eq(finding("primary_conninfo")->verdict, RD_FAIL);
    ck_assert_ptr_null(strstr(finding("primary_conninfo")->actual, "hunter2"));
    ck_assert_int_eq(finding("system identifier")->verdict, RD_PASS);
}
END_TEST

START_TEST(a_server_that_cannot_start_tells_why)
{
    struct rd_instance instance = {0};
    char path[PATH_TEXT];

    init();
    in_work(path, "data/PG_VERSION");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rd_server_start(it.server, &instance, &it.err), RD_E_CHILD);
    ck_assert_str_eq(it.err.message, "the server ended while it was starting: exit status 1");
    ck_assert_ptr_nonnull(strstr(it.err.detail, "is not a valid data directory"));
    ck_assert(!instance.ours);
}
END_TEST

START_TEST(a_setting_that_the_server_does_not_know_is_told)
{
    static const struct rd_setting wishes[] = {{"shared_bufers", "16MB"}};

    it.wish.settings = (struct rd_list){.count = RD_COUNT(wishes), .items = (void *)wishes};
    init();
    ck_assert_int_eq(rd_server_start(it.server, &it.instance, &it.err), RD_E_CHILD);
    ck_assert_ptr_nonnull(strstr(it.err.detail, "unrecognized configuration parameter"));
}
END_TEST

START_TEST(a_locale_that_the_machine_lacks_is_told_before_anything_is_made)
{
    struct rd_server_spec spec = {.collate = "xx_XX.UTF-8"};
    char path[PATH_TEXT];

    MUST(rd_server_new(&it.drill, 0, &it.server, &it.err));
    ck_assert_int_eq(rd_server_init(it.server, &spec, &it.err), RD_E_NOT_FOUND);
    ck_assert_str_eq(it.err.message, "this machine has no locale 'xx_XX.UTF-8'");
    ck_assert_ptr_nonnull(strstr(it.err.hint, "locale-gen"));
    in_work(path, "data");
    ck_assert(!rd_file_exists(path));
}
END_TEST

START_TEST(a_cluster_has_the_encoding_and_locale_that_it_is_told)
{
    struct rd_server_spec spec = {.encoding = "LATIN1"};

    MUST(rd_server_new(&it.drill, 15, &it.server, &it.err));
    MUST(rd_server_init(it.server, &spec, &it.err));
    start();
    assert_answer("SHOW server_encoding", "LATIN1");
    assert_answer("SELECT datcollate FROM pg_database WHERE datname = 'postgres'", "C");
}
END_TEST

START_TEST(initdb_that_fails_tells_its_last_words)
{
    struct rd_server_spec spec = {.encoding = "no such encoding"};

    MUST(rd_server_new(&it.drill, 15, &it.server, &it.err));
    ck_assert_int_eq(rd_server_init(it.server, &spec, &it.err), RD_E_CHILD);
    ck_assert_str_eq(it.err.message, "initdb failed: exit status 1");
    ck_assert_ptr_nonnull(strstr(it.err.detail, "no such encoding"));
}
END_TEST

START_TEST(a_path_that_no_socket_fits_in_is_refused_before_anything_is_made)
{
    char longest[200];

    memset(longest, 'x', sizeof(longest));
    longest[0] = '/';
    longest[107 - strlen("/run/.s.PGSQL.5432") + 1] = '\0';
    it.drill.work = longest;
    ck_assert_int_eq(rd_server_new(&it.drill, 15, &it.server, &it.err), RD_E_ARGUMENT);
    ck_assert_str_eq(it.err.message,
                     "the work folder's path is 1 bytes too long for a socket in it");
    ck_assert_ptr_nonnull(strstr(it.err.hint, "--state"));
    rd_err_clear(&it.err);
    longest[107 - strlen("/run/.s.PGSQL.5432")] = '\0';
    MUST(rd_server_new(&it.drill, 15, &it.server, &it.err));
    rd_server_freep(&it.server);
    it.drill.work = "/a,b";
    ck_assert_int_eq(rd_server_new(&it.drill, 15, &it.server, &it.err), RD_E_ARGUMENT);
    it.drill.work = rd_lease_work(it.drill.lease);
}
END_TEST

START_TEST(the_programs_of_the_right_version_are_found)
{
    MUST(rd_server_new(&it.drill, 13, &it.server, &it.err));
    ck_assert_int_ge(rd_server_major(it.server), 13);
    const char *psql = rd_server_program(it.server, "psql");
    ck_assert_ptr_nonnull(psql);
    ck_assert_int_eq(access(psql, X_OK), 0);
    ck_assert_ptr_null(rd_server_program(it.server, "pg_dump"));
    rd_server_freep(&it.server);

    ck_assert_int_eq(rd_server_new(&it.drill, 19, &it.server, &it.err), RD_E_UNSUPPORTED);
    rd_err_clear(&it.err);
    it.wish.bindir = "/nonexistent";
    ck_assert_int_eq(rd_server_new(&it.drill, 15, &it.server, &it.err), RD_E_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(it.err.hint, "bindir"));
    rd_err_clear(&it.err);
    it.wish.bindir = "/usr/lib/postgresql/15/bin";
    ck_assert_int_eq(rd_server_new(&it.drill, 16, &it.server, &it.err), RD_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(it.err.message, "needs 16 or newer"));
}
END_TEST

START_TEST(statements_and_values_do_not_reach_the_log)
{
    RD_CLEANUP(rd_pg_closep) struct rd_pg *pg = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf log = RD_BUF_INIT(100000);

    init();
    start();
    sql("CREATE TABLE public.t (a text PRIMARY KEY, b int CHECK (b > 0))");
    sql("INSERT INTO public.t VALUES ('confidential', 1)");
    MUST(rd_instance_open(&it.instance, NULL, RD_PG_WRITES, &it.drill.deadline, &pg, &it.err));
    const char *const failing[] = {
        "INSERT INTO public.t VALUES ('confidential', 2)",
        "INSERT INTO public.t VALUES ('x', 'confidential'::int)",
        "DO $$ BEGIN RAISE WARNING 'confidential'; END $$",
        "SELECT * FROM public.t WHERE confidential = 1",
    };
    for (size_t i = 0; i < RD_COUNT(failing); i++) {
        bool worked = rd_pg_exec(pg, &it.drill.deadline, failing[i], NULL) == RD_OK;
        ck_assert(worked == (i == 2));
    }
    stop();
    ck_assert_int_eq(rd_file_read(it.instance.log_file, &log, NULL), RD_OK);
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&log), "database system is shut down"));
    ck_assert_ptr_null(strstr(rd_buf_text(&log), "confidential"));
}
END_TEST

START_TEST(a_start_can_be_called_off)
{
    int fds[2];

    init();
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    it.drill.deadline.cancel_fd = fds[0];
    ck_assert_int_eq(rd_server_start(it.server, &it.instance, &it.err), RD_E_INTERRUPTED);
    it.drill.deadline.cancel_fd = -1;
    stop();
}
END_TEST

START_TEST(a_server_is_ended_also_when_there_is_no_time_left)
{
    struct rd_deadline passed = rd_deadline_in_ms(0, -1);

    init();
    start();
    MUST(rd_server_stop(it.server, &passed, &it.err));
    ck_assert(has_ended(it.instance.postmaster));
}
END_TEST

/* What the redrill that was killed had learned. */
struct last_words {
    pid_t postmaster;
    int memory;
};

/* Lets a redrill of its own start the server, and kills it. The lease is its, too. */
static struct last_words kill_redrill(bool keep)
{
    struct last_words words = {0};
    int fds[2];

    rd_lease_free(it.drill.lease);
    it.drill.lease = NULL;
    it.drill.id[35] = it.drill.id[35] == '0' ? '1' : '0'; /* another drill */
    ck_assert_int_eq(pipe(fds), 0);
    pid_t redrill = fork();
    if (redrill == 0) {
        it.drill.keep = keep;
        MUST(rd_lease_open("state", it.drill.id, "orders", &it.drill.user, &it.drill.lease,
                           &it.err));
        it.drill.work = rd_lease_work(it.drill.lease);
        init();
        start();
        if (keep)
            MUST(rd_lease_keep(it.drill.lease, &it.err));
        words.postmaster = it.instance.postmaster;
        words.memory = memory_of_server();
        if (write(fds[1], &words, sizeof(words)) == (ssize_t)sizeof(words))
            pause();
        _exit(1);
    }
    close(fds[1]);
    ck_assert_int_eq(read(fds[0], &words, sizeof(words)), sizeof(words));
    ck_assert(has_memory(words.memory));
    kill(redrill, SIGKILL);
    waitpid(redrill, NULL, 0);
    return words;
}

static void count_reaped(void *context, const struct rd_reaped *reaped)
{
    int *removed = context;

    if (strcmp(reaped->drill_id, it.drill.id) == 0 && reaped->what == RD_REAP_REMOVED)
        *removed += 1;
}

static int reap(bool kept)
{
    struct rd_deadline deadline = rd_deadline_in_ms(30000, -1);
    int removed = 0;

    MUST(rd_lease_reap("state", kept, &deadline, count_reaped, &removed, &it.err));
    return removed;
}

static void after_reap(void)
{
    rd_recorder_freep(&it.drill.recorder);
    test_folder_remove();
}

START_TEST(a_server_dies_with_its_redrill_and_what_is_left_is_reaped)
{
    struct last_words words = kill_redrill(false);

    for (int i = 0; i < 100 && !has_ended(words.postmaster); i++)
        usleep(50000);
    ck_assert(has_ended(words.postmaster));

    ck_assert_int_eq(reap(false), 1);
    ck_assert(has_ended(words.postmaster));
    ck_assert(!has_memory(words.memory));
    ck_assert_int_eq(rmdir("state/work"), 0); /* empty */
}
END_TEST

START_TEST(a_server_that_was_killed_itself_leaves_no_shared_memory_behind)
{
    struct last_words words = kill_redrill(true);

    /* Its backends notice by themselves; the memory stays. */
    kill(words.postmaster, SIGKILL);
    usleep(300000);
    ck_assert(has_memory(words.memory));
    ck_assert_int_eq(reap(true), 1);
    ck_assert(!has_memory(words.memory));
    ck_assert_int_eq(rmdir("state/work"), 0);
}
END_TEST

START_TEST(a_kept_server_outlives_redrill_until_it_is_reaped)
{
    struct last_words words = kill_redrill(true);

    usleep(500000);
    ck_assert(!has_ended(words.postmaster));
    ck_assert_int_eq(reap(false), 0);
    ck_assert_int_eq(reap(true), 1);
    ck_assert(has_ended(words.postmaster));
    ck_assert(!has_memory(words.memory));
    ck_assert_int_eq(rmdir("state/work"), 0);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("server");
    TCase *server = tcase_create("server");
    TCase *quarantine = tcase_create("quarantine");
    TCase *crashes = tcase_create("crashes");

    tcase_set_timeout(server, SECONDS_PER_TEST);
    tcase_add_checked_fixture(server, setup, teardown);
    tcase_add_test(server, a_server_that_cannot_start_tells_why);
    tcase_add_test(server, a_setting_that_the_server_does_not_know_is_told);
    tcase_add_test(server, a_locale_that_the_machine_lacks_is_told_before_anything_is_made);
    tcase_add_test(server, a_cluster_has_the_encoding_and_locale_that_it_is_told);
    tcase_add_test(server, initdb_that_fails_tells_its_last_words);
    tcase_add_test(server, a_path_that_no_socket_fits_in_is_refused_before_anything_is_made);
    tcase_add_test(server, the_programs_of_the_right_version_are_found);
    tcase_add_test(server, statements_and_values_do_not_reach_the_log);
    tcase_add_test(server, a_start_can_be_called_off);
    tcase_add_test(server, a_server_is_ended_also_when_there_is_no_time_left);
    suite_add_tcase(suite, server);

    tcase_set_timeout(quarantine, SECONDS_PER_TEST);
    tcase_add_checked_fixture(quarantine, setup, teardown);
    tcase_add_test(quarantine, a_server_runs_in_quarantine_and_leaves_nothing);
    tcase_add_test(quarantine, the_configuration_that_came_with_the_backup_does_not_win);
    tcase_add_test(quarantine, a_fast_profile_gives_up_durability_and_says_so);
    tcase_add_test(quarantine, a_drill_that_listens_beside_its_socket_is_caught);
    tcase_add_test(quarantine, a_tablespace_outside_of_the_work_folder_is_caught);
    tcase_add_test(quarantine, a_setting_of_a_restored_role_leaves_a_value_unproven);
    tcase_add_test(quarantine, another_server_than_ours_fails_the_proof);
    suite_add_tcase(suite, quarantine);

    tcase_set_timeout(crashes, SECONDS_PER_TEST);
    tcase_add_checked_fixture(crashes, setup, after_reap);
    tcase_add_test(crashes, a_server_dies_with_its_redrill_and_what_is_left_is_reaped);
    tcase_add_test(crashes, a_server_that_was_killed_itself_leaves_no_shared_memory_behind);
    tcase_add_test(crashes, a_kept_server_outlives_redrill_until_it_is_reaped);
    suite_add_tcase(suite, crashes);
    return suite;
}
