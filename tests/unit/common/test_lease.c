/*
 * test_lease.c: what a drill leaves behind is removed, also by another process and after any crash,
 * and nothing else ever is. With real processes and real shared memory.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/file.h"
#include "drills/common/lease.h"
#include "drills/common/procfs.h"
#include "drills/common/procfs_read.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

enum { PATH_TEXT = 256, SECONDS_PER_TEST = 40 };

/* Of one test, so that another run beside this one is not seen. */
static char drill_id[40];
static struct rd_user user;

static void setup(void)
{
    test_folder_make();
    ck_assert_int_eq(chmod(test_folder, 0755), 0); /* the user has to pass through */
    snprintf(drill_id, sizeof(drill_id), "test-lease-%d", (int)getpid());
    ck_assert_int_eq(rd_user_resolve(NULL, &user, NULL), RD_OK);
}

/* STATE/FOLDER/ID with an ending. */
static const char *path_in_state(char path[PATH_TEXT], const char *folder, const char *ending)
{
    snprintf(path, PATH_TEXT, "%s/state/%s/%s%s", test_folder, folder, drill_id, ending);
    return path;
}

static const char *note_path(char path[PATH_TEXT])
{
    return path_in_state(path, "leases", ".json");
}

static const char *work_path(char path[PATH_TEXT])
{
    return path_in_state(path, "work", "");
}

static struct rd_lease *open_lease(void)
{
    struct rd_lease *lease = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_lease_open("state", drill_id, "orders", &user, &lease, &err) == RD_OK, "%s",
                  err.message);
    return lease;
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[2 * PATH_TEXT];
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

    ck_assert_int_lt(length, (int)sizeof(path));
    ck_assert_int_eq(rd_file_write(path, text, strlen(text), 0600, NULL), RD_OK);
}

/* What one reap told, of the lease that this test is about and in all. */
struct reaped {
    size_t count;
    int what;
    char plan_name[32];
    char proof[2000];
};

static void take(void *context, const struct rd_reaped *told)
{
    struct reaped *reaped = context;

    reaped->count++;
    if (strcmp(told->drill_id, drill_id) != 0)
        return;
    reaped->what = told->what;
    snprintf(reaped->plan_name, sizeof(reaped->plan_name), "%s", told->plan_name);
    snprintf(reaped->proof, sizeof(reaped->proof), "%s", told->proof);
}

static struct reaped reap(bool kept)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);
    struct rd_err err = RD_ERR_INIT;
    struct reaped reaped = {0};

    ck_assert_msg(rd_lease_reap("state", kept, &deadline, take, &reaped, &err) == RD_OK, "%s",
                  err.message);
    return reaped;
}

static void remove_lease(struct rd_lease *lease, struct rd_buf *proof)
{
    struct rd_deadline deadline = rd_deadline_in_ms(20000, -1);
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_lease_remove(lease, &deadline, proof, &err) == RD_OK, "%s: %s", err.message,
                  err.detail);
}

static void assert_nothing_is_left(void)
{
    char path[PATH_TEXT];
    struct rd_procfs_found found[4];
    size_t count = 1;

    ck_assert(!rd_file_exists(note_path(path)));
    ck_assert(!rd_file_exists(work_path(path)));
    ck_assert_int_eq(rd_procfs_find(path, drill_id, found, RD_COUNT(found), &count, NULL), RD_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert(!rd_file_exists(path_in_state(path, "work", ".removing")));
}

/* Does `crash` in a process of its own, which is then killed like a redrill: what it had opened
 * stays as it is. */
static void crash_after(void (*crash)(void))
{
    int fds[2];
    char told = 0;

    ck_assert_int_eq(pipe(fds), 0);
    pid_t victim = fork();
    ck_assert_int_ge(victim, 0);
    if (victim == 0) {
        crash();
        if (write(fds[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    close(fds[1]);
    ck_assert_int_eq(read(fds[0], &told, 1), 1);
    close(fds[0]);
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
}

static void start_script(const char *script, const char *folder, const char *entry,
                         struct rd_proc *ret_proc)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    const char *env[] = {"PATH=/bin", entry, NULL};
    struct rd_proc_spec spec = {.argv = argv,
                                .env = env,
                                .folder = folder,
                                .user = &user,
                                .stdin_fd = -1,
                                .stdout_fd = -1,
                                .stderr_fd = -1};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_msg(rd_proc_start(&spec, ret_proc, &err) == RD_OK, "%s %s", err.message, err.detail);
}

START_TEST(a_lease_makes_its_folders_and_leaves_nothing)
{
    char path[PATH_TEXT], text[PATH_TEXT];
    struct rd_buf proof = RD_BUF_INIT(4000), marker = RD_BUF_INIT(100);
    struct stat info;
    struct rd_lease *lease = open_lease();

    ck_assert_str_eq(rd_lease_work(lease), work_path(path));
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0700);
    ck_assert_uint_eq(info.st_uid, user.uid);
    ck_assert_int_eq(stat("state", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0711);
    ck_assert_int_eq(stat("state/work", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0711);
    ck_assert_int_eq(stat("state/leases", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0700);
    snprintf(text, sizeof(text), "state/work/%s/%s", drill_id, RD_LEASE_MARKER);
    ck_assert_int_eq(rd_file_read(text, &marker, NULL), RD_OK);
    snprintf(text, sizeof(text), "%s\n", drill_id);
    ck_assert_str_eq(rd_buf_text(&marker), text);

    remove_lease(lease, &proof);
    assert_nothing_is_left();
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&proof), "No process works in '"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&proof), "No server left shared memory"));
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&proof), "is not there any more.\n"));
    remove_lease(lease, NULL); /* once more is fine */
    rd_lease_free(lease);
    rd_buf_free(&proof);
    rd_buf_free(&marker);
}
END_TEST

START_TEST(the_same_drill_does_not_begin_twice)
{
    struct rd_lease *lease = open_lease(), *second = NULL;
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(rd_lease_open("state", drill_id, "orders", &user, &second, &err),
                     RD_E_ARGUMENT);
    ck_assert_int_eq(reap(true).what, RD_REAP_RUNNING); /* the first is as it was */
    remove_lease(lease, NULL);
    rd_lease_free(lease);
}
END_TEST

START_TEST(an_id_that_leads_elsewhere_is_refused)
{
    struct rd_lease *lease = NULL;

    ck_assert_int_eq(rd_lease_open("state", "../../etc", "orders", &user, &lease, NULL),
                     RD_E_ARGUMENT);
    ck_assert_int_eq(rd_lease_open("state", "", "orders", &user, &lease, NULL), RD_E_ARGUMENT);
}
END_TEST

START_TEST(a_state_folder_that_others_may_write_to_is_refused)
{
    struct rd_deadline deadline = rd_deadline_in_ms(1000, -1);
    struct rd_lease *lease = NULL;
    struct reaped reaped = {0};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(mkdir("state", 0755), 0);
    ck_assert_int_eq(chmod("state", 01777), 0);
    ck_assert_int_eq(rd_lease_open("state", drill_id, "orders", &user, &lease, &err),
                     RD_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.hint, "--state"));
    ck_assert_int_eq(rd_lease_reap("state", false, &deadline, take, &reaped, NULL), RD_E_ARGUMENT);
    ck_assert(!rd_file_exists("state/leases"));
}
END_TEST

START_TEST(reap_passes_over_what_still_runs)
{
    char path[PATH_TEXT];
    struct rd_lease *lease = open_lease();
    struct reaped reaped = reap(true);

    ck_assert_int_eq(reaped.what, RD_REAP_RUNNING);
    ck_assert_str_eq(reaped.plan_name, "orders");
    ck_assert(rd_file_exists(work_path(path)));
    rd_lease_free(lease);

    reaped = reap(false);
    ck_assert_int_eq(reaped.what, RD_REAP_REMOVED);
    assert_nothing_is_left();
}
END_TEST

START_TEST(what_was_kept_is_reaped_only_when_told)
{
    char path[PATH_TEXT];
    struct rd_lease *lease = open_lease();

    ck_assert_int_eq(rd_lease_keep(lease, NULL), RD_OK);
    ck_assert_int_eq(reap(false).what, RD_REAP_RUNNING); /* still locked */
    rd_lease_free(lease);
    ck_assert_int_eq(reap(false).what, RD_REAP_KEPT);
    ck_assert(rd_file_exists(work_path(path)));
    ck_assert_int_eq(reap(true).what, RD_REAP_REMOVED);
    assert_nothing_is_left();
}
END_TEST

static void crash_with_processes(void)
{
    char mark[80];
    struct rd_proc proc;
    struct rd_lease *lease = open_lease();

    snprintf(mark, sizeof(mark), "%s=%s", RD_PROCFS_MARK, drill_id);
    /* The shell dies with its parent, its own children do not: one ignores SIGTERM. */
    start_script("(cd /; exec sleep 60) & (trap '' TERM; cd /; exec sleep 60) & wait", "/", mark,
                 &proc);
    start_script("unset PATH; (exec /bin/sleep 60) & wait", rd_lease_work(lease), "A=1", &proc);
    usleep(200000); /* for the shells to start theirs */
}

START_TEST(processes_that_a_killed_redrill_left_are_ended)
{
    struct rd_procfs_found found[8];
    char path[PATH_TEXT];
    size_t count = 0;

    crash_after(crash_with_processes);
    ck_assert_int_eq(
        rd_procfs_find(work_path(path), drill_id, found, RD_COUNT(found), &count, NULL), RD_OK);
    ck_assert_uint_ge(count, 3); /* the shells themselves are dying */
    struct reaped reaped = reap(false);
    ck_assert_int_eq(reaped.what, RD_REAP_REMOVED);
    assert_nothing_is_left();
}
END_TEST

START_TEST(two_reaps_at_once_remove_one_drill_once)
{
    enum { REAPS = 6 };
    pid_t children[REAPS];
    int removed = 0;

    crash_after(crash_with_processes);
    for (int i = 0; i < REAPS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct reaped reaped = reap(false);
            _exit(reaped.what == RD_REAP_FAILED ? 100 : reaped.what == RD_REAP_REMOVED);
        }
    }
    for (int i = 0; i < REAPS; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        removed += WEXITSTATUS(status);
    }
    ck_assert_int_eq(removed, 1);
    assert_nothing_is_left();
}
END_TEST

START_TEST(a_folder_without_the_marker_is_not_touched)
{
    char path[PATH_TEXT], marker[2 * PATH_TEXT];
    struct rd_lease *lease = open_lease();
    struct rd_proc proc;

    write_text(work_path(path), "precious", "data");
    snprintf(marker, sizeof(marker), "%s/%s", path, RD_LEASE_MARKER);
    ck_assert_int_eq(unlink(marker), 0);
    start_script("exec sleep 60", path, "A=1", &proc);
    rd_lease_free(lease);

    struct reaped reaped = reap(false);
    ck_assert_int_eq(reaped.what, RD_REAP_FAILED);
    ck_assert_ptr_nonnull(strstr(reaped.proof, "does not carry this drill's marker"));
    ck_assert(rd_file_exists(path));
    snprintf(marker, sizeof(marker), "%s/precious", path);
    ck_assert(rd_file_exists(marker));
    ck_assert(!rd_proc_ended(&proc));
    ck_assert(rd_file_exists(note_path(path)));
    rd_proc_end(&proc, SIGKILL, 0);
}
END_TEST

START_TEST(a_marker_of_another_drill_is_not_ours)
{
    char path[PATH_TEXT];
    struct rd_lease *lease = open_lease();

    write_text(work_path(path), RD_LEASE_MARKER, "another-drill\n");
    rd_lease_free(lease);
    ck_assert_int_eq(reap(false).what, RD_REAP_FAILED);
    ck_assert(rd_file_exists(path));
}
END_TEST

START_TEST(a_work_folder_that_is_a_link_is_not_followed)
{
    char path[PATH_TEXT], elsewhere[PATH_TEXT], text[80];
    struct rd_lease *lease = open_lease();
    struct rd_deadline deadline = rd_deadline_in_ms(5000, -1);

    snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", test_folder);
    snprintf(text, sizeof(text), "%s\n", drill_id);
    ck_assert_int_eq(mkdir(elsewhere, 0755), 0);
    write_text(elsewhere, RD_LEASE_MARKER, text);
    ck_assert_int_eq(rd_file_remove_tree(work_path(path), NULL), RD_OK);
    ck_assert_int_eq(symlink(elsewhere, path), 0);
    ck_assert_int_eq(rd_lease_remove(lease, &deadline, NULL, NULL), RD_E_TRUST);
    snprintf(text, sizeof(text), "elsewhere/%s", RD_LEASE_MARKER);
    ck_assert(rd_file_exists(text));
    rd_lease_free(lease);
}
END_TEST

/* What is on disk when redrill is killed between two of its steps. */
enum crash { NO_FOLDER, NO_MARKER, EMPTY_MARKER, HALF_MARKER, RENAMED, HALF_REMOVED, CRASHES };

static void leave(enum crash crash)
{
    char path[PATH_TEXT], leaving[PATH_TEXT], half[20];

    work_path(path);
    path_in_state(leaving, "work", ".removing");
    snprintf(half, sizeof(half), "%.5s", drill_id);
    switch (crash) {
    case NO_FOLDER:
        ck_assert_int_eq(rd_file_remove_tree(path, NULL), RD_OK);
        break;
    case NO_MARKER:
        ck_assert_int_eq(rd_file_remove_tree(path, NULL), RD_OK);
        ck_assert_int_eq(mkdir(path, 0700), 0);
        break;
    case EMPTY_MARKER:
        write_text(path, RD_LEASE_MARKER, "");
        break;
    case HALF_MARKER:
        write_text(path, RD_LEASE_MARKER, half);
        break;
    default:
        write_text(path, "data", "restored");
        ck_assert_int_eq(rename(path, leaving), 0);
        if (crash == HALF_REMOVED) { /* the marker went first */
            char marker[2 * PATH_TEXT];
            snprintf(marker, sizeof(marker), "%s/%s", leaving, RD_LEASE_MARKER);
            ck_assert_int_eq(unlink(marker), 0);
        }
        break;
    }
}

START_TEST(a_crash_at_any_step_leaves_something_that_can_be_reaped)
{
    struct rd_lease *lease = open_lease();

    leave(_i);
    rd_lease_free(lease);
    struct reaped reaped = reap(false);
    ck_assert_msg(reaped.what == RD_REAP_REMOVED, "crash %d: %s", _i, reaped.proof);
    assert_nothing_is_left();
}
END_TEST

START_TEST(an_unfinished_marker_beside_something_else_is_not_ours)
{
    char path[PATH_TEXT];
    struct rd_lease *lease = open_lease();

    write_text(work_path(path), RD_LEASE_MARKER, "");
    write_text(path, "precious", "data");
    rd_lease_free(lease);
    ck_assert_int_eq(reap(false).what, RD_REAP_FAILED);
    ck_assert(rd_file_exists(path));
}
END_TEST

START_TEST(a_lease_that_cannot_be_read_fails_and_stays)
{
    static const char *const damages[] = {
        "",
        "{",
        "{\"format\": \"redrill.lease/1\"}",
        "[]",
        "\x01\x02",
        "{\"format\": \"redrill.lease/1\", \"drill\": \"another\", \"plan\": \"p\", "
        "\"user\": \"u\", \"uid\": 1, \"kept\": false}",
    };
    char path[PATH_TEXT];
    struct rd_lease *lease = open_lease();

    rd_lease_free(lease);
    note_path(path);
    ck_assert_int_eq(rd_file_write(path, damages[_i], strlen(damages[_i]), 0600, NULL), RD_OK);
    struct reaped reaped = reap(false);
    ck_assert_int_eq(reaped.what, RD_REAP_FAILED);
    ck_assert_str_eq(reaped.plan_name, "");
    ck_assert_ptr_nonnull(strstr(reaped.proof, path));
    ck_assert(rd_file_exists(path));
    ck_assert(rd_file_exists(work_path(path)));
}
END_TEST

START_TEST(a_lease_that_is_no_file_holds_up_nobody)
{
    char path[PATH_TEXT];

    ck_assert_int_eq(rd_file_make_folder("state/leases", 0700, NULL), RD_OK);
    ck_assert_int_eq(mkfifo(note_path(path), 0600), 0);
    struct reaped reaped = reap(false);
    ck_assert_int_eq(reaped.what, RD_REAP_FAILED);
    ck_assert_int_eq(reaped.count, 1);
}
END_TEST

START_TEST(files_of_others_in_the_folder_of_leases_are_passed_over)
{
    ck_assert_int_eq(rd_file_make_folder("state/leases", 0700, NULL), RD_OK);
    write_text("state/leases", "README", "notes");
    write_text("state/leases", "what is this.json", "{}");
    write_text("state/leases", ".json", "{}");
    write_text("state/leases", "test-lease-1.json.AbCdEf", "{");
    ck_assert_uint_eq(reap(true).count, 0);
    ck_assert(rd_file_exists("state/leases/README"));
    ck_assert(rd_file_exists("state/leases/.json"));
}
END_TEST

START_TEST(a_state_folder_that_is_not_there_has_nothing_to_reap)
{
    ck_assert_uint_eq(reap(true).count, 0);
    ck_assert_int_eq(mkdir("state", 0711), 0);
    ck_assert_uint_eq(reap(true).count, 0);
}
END_TEST

/* Shared memory as a server makes it: owned by the user, noted in postmaster.pid. */
static int make_memory(const char *work, key_t *ret_key)
{
    char path[2 * PATH_TEXT], text[200];
    struct shmid_ds info;

    *ret_key = (key_t)(0x92440000U + (unsigned)getpid()); /* below 0, as large inodes give */
    int id = shmget(*ret_key, 4096, IPC_CREAT | IPC_EXCL | 0600);
    ck_assert_int_ge(id, 0);
    ck_assert_int_eq(shmctl(id, IPC_STAT, &info), 0);
    info.shm_perm.uid = user.uid;
    ck_assert_int_eq(shmctl(id, IPC_SET, &info), 0);
    snprintf(path, sizeof(path), "%s/data", work);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(text, sizeof(text), "1\n/data\n1700000000\n5432\n/run\n\n%9lu %9lu\nready   \n",
             (unsigned long)*ret_key, (unsigned long)id);
    write_text(path, "postmaster.pid", text);
    return id;
}

START_TEST(shared_memory_of_a_killed_server_is_removed)
{
    struct rd_buf proof = RD_BUF_INIT(4000);
    struct shmid_ds info;
    struct rd_lease *lease = open_lease();
    key_t key = 0;
    int id = make_memory(rd_lease_work(lease), &key);

    remove_lease(lease, &proof);
    int still = shmctl(id, IPC_STAT, &info);
    shmctl(id, IPC_RMID, NULL);
    ck_assert_int_eq(still, -1);
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&proof), "The server's shared memory "));
    assert_nothing_is_left();
    rd_lease_free(lease);
    rd_buf_free(&proof);
}
END_TEST

START_TEST(shared_memory_that_is_in_use_is_not_removed)
{
    char path[PATH_TEXT];
    struct shmid_ds info;
    struct rd_deadline deadline = rd_deadline_in_ms(500, -1);
    struct rd_lease *lease = open_lease();
    key_t key = 0;
    int id = make_memory(rd_lease_work(lease), &key);
    void *memory = shmat(id, NULL, SHM_RDONLY);

    ck_assert_ptr_ne(memory, (void *)-1);
    int code = rd_lease_remove(lease, &deadline, NULL, NULL);
    int still = shmctl(id, IPC_STAT, &info);
    shmctl(id, IPC_RMID, NULL);
    shmdt(memory);
    ck_assert_int_eq(code, RD_E_TIMEOUT);
    ck_assert_int_eq(still, 0);
    ck_assert(rd_file_exists(note_path(path)));
    ck_assert(rd_file_exists(work_path(path)));
    rd_lease_free(lease);
}
END_TEST

START_TEST(shared_memory_that_only_has_the_number_is_not_removed)
{
    struct shmid_ds info;
    struct rd_lease *lease = open_lease();
    key_t key = 0;
    int ours = make_memory(rd_lease_work(lease), &key);

    /* The note names a segment with another key: somebody else got the number meanwhile. */
    int others = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    char folder[2 * PATH_TEXT], text[200];
    ck_assert_int_ge(others, 0);
    ck_assert_int_eq(shmctl(others, IPC_STAT, &info), 0);
    info.shm_perm.uid = user.uid;
    ck_assert_int_eq(shmctl(others, IPC_SET, &info), 0);
    snprintf(folder, sizeof(folder), "%s/data", rd_lease_work(lease));
    snprintf(text, sizeof(text), "1\n2\n3\n4\n5\n\n%9lu %9lu\n", (unsigned long)key,
             (unsigned long)others);
    write_text(folder, "postmaster.pid", text);
    remove_lease(lease, NULL);
    int still = shmctl(others, IPC_STAT, &info);
    shmctl(others, IPC_RMID, NULL);
    shmctl(ours, IPC_RMID, NULL);
    ck_assert_int_eq(still, 0);
    rd_lease_free(lease);
}
END_TEST

START_TEST(a_process_that_cannot_be_ended_leaves_the_lease_to_reap)
{
    char path[PATH_TEXT], mark[80];
    struct rd_deadline deadline = rd_deadline_in_ms(300, -1);
    struct rd_lease *lease = open_lease();
    struct rd_err err = RD_ERR_INIT;
    struct rd_proc proc;

    /* Stopped, it does not hear SIGTERM; the deadline comes before SIGKILL. */
    snprintf(mark, sizeof(mark), "%s=%s", RD_PROCFS_MARK, drill_id);
    start_script("kill -STOP $$", "/", mark, &proc);
    ck_assert_int_eq(waitpid(proc.pid, NULL, WUNTRACED), proc.pid);
    ck_assert_int_eq(rd_lease_remove(lease, &deadline, NULL, &err), RD_E_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(err.detail, "1 are left"));
    ck_assert(rd_file_exists(work_path(path)));
    rd_lease_free(lease);
    rd_proc_end(&proc, SIGKILL, 0);
    ck_assert_int_eq(reap(false).what, RD_REAP_REMOVED);
    assert_nothing_is_left();
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("lease");
    TCase *lease = tcase_create("lease");
    TCase *crashes = tcase_create("reap");

    tcase_set_timeout(lease, SECONDS_PER_TEST);
    tcase_add_checked_fixture(lease, setup, test_folder_remove);
    tcase_add_test(lease, a_lease_makes_its_folders_and_leaves_nothing);
    tcase_add_test(lease, the_same_drill_does_not_begin_twice);
    tcase_add_test(lease, an_id_that_leads_elsewhere_is_refused);
    tcase_add_test(lease, a_state_folder_that_others_may_write_to_is_refused);
    tcase_add_test(lease, a_folder_without_the_marker_is_not_touched);
    tcase_add_test(lease, a_marker_of_another_drill_is_not_ours);
    tcase_add_test(lease, a_work_folder_that_is_a_link_is_not_followed);
    tcase_add_test(lease, shared_memory_of_a_killed_server_is_removed);
    tcase_add_test(lease, shared_memory_that_is_in_use_is_not_removed);
    tcase_add_test(lease, shared_memory_that_only_has_the_number_is_not_removed);
    tcase_add_test(lease, a_process_that_cannot_be_ended_leaves_the_lease_to_reap);
    suite_add_tcase(suite, lease);

    tcase_set_timeout(crashes, SECONDS_PER_TEST);
    tcase_add_checked_fixture(crashes, setup, test_folder_remove);
    tcase_add_test(crashes, reap_passes_over_what_still_runs);
    tcase_add_test(crashes, what_was_kept_is_reaped_only_when_told);
    tcase_add_test(crashes, processes_that_a_killed_redrill_left_are_ended);
    tcase_add_test(crashes, two_reaps_at_once_remove_one_drill_once);
    tcase_add_loop_test(crashes, a_crash_at_any_step_leaves_something_that_can_be_reaped, NO_FOLDER,
                        CRASHES);
    tcase_add_test(crashes, an_unfinished_marker_beside_something_else_is_not_ours);
    tcase_add_loop_test(crashes, a_lease_that_cannot_be_read_fails_and_stays, 0, 6);
    tcase_add_test(crashes, a_lease_that_is_no_file_holds_up_nobody);
    tcase_add_test(crashes, files_of_others_in_the_folder_of_leases_are_passed_over);
    tcase_add_test(crashes, a_state_folder_that_is_not_there_has_nothing_to_reap);
    suite_add_tcase(suite, crashes);
    return suite;
}
