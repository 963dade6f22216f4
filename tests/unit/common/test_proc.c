/*
 * test_proc.c: children that are missing, flood, hang, ignore signals, leave descendants behind, or
 * lose their parent. All are real processes.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drills/common/clock.h"
#include "drills/common/proc.h"
#include "drills/common/procfs_read.h"
#include "tests/unit/suite.h"

enum { NOBODY = 65534, SECONDS_PER_TEST = 30 };

static const char *const no_env[] = {NULL};

static const struct rd_user nobody = {
    .uid = NOBODY, .gid = NOBODY, .name = "nobody", .change = true};

static struct rd_deadline in_ms(int64_t ms)
{
    return rd_deadline_in_ms(ms, -1);
}

static void pause_ms(int64_t ms)
{
    struct rd_deadline deadline = in_ms(ms);

    ck_assert_int_eq(rd_deadline_poll(&deadline, NULL, 0, -1, "pause", NULL), RD_E_TIMEOUT);
}

/* /bin/sh with a script, its words in `argv`. */
static struct rd_proc_spec shell(const char *script, const char *argv[4])
{
    argv[0] = "/bin/sh";
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = NULL;
    return (struct rd_proc_spec){
        .argv = argv, .env = no_env, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
}

/* Runs a script to its end; returns its status as of waitpid(2). */
static int run(const char *script, struct rd_buf *output, struct rd_buf *errors)
{
    const char *argv[4];
    struct rd_proc_run child = {.spec = shell(script, argv), .output = output, .errors = errors};
    struct rd_deadline deadline = in_ms(20000);
    struct rd_err err = RD_ERR_INIT;
    int status = -1;

    ck_assert_msg(rd_proc_run(&child, &deadline, "script", &status, &err) == RD_OK, "%s",
                  err.message);
    ck_assert(child.fed_whole);
    return status;
}

/* Waits until a process that is nobody's child here has ended. */
static bool ends_within(pid_t pid, int64_t ms)
{
    struct rd_deadline deadline = in_ms(ms);
    struct rd_procfs_stat stat;

    while (rd_procfs_stat(pid, &stat, NULL) == RD_OK && stat.state != 'Z') {
        if (rd_deadline_poll(&deadline, NULL, 0, 10, "end", NULL) != RD_OK)
            return false;
    }
    return true;
}

static int start_error(const struct rd_proc_spec *spec, struct rd_err *err)
{
    struct rd_proc proc = {0};
    int code = rd_proc_start(spec, &proc, err);

    ck_assert_int_eq(proc.pid, 0);
    return code;
}

START_TEST(a_program_that_is_missing_is_an_error_and_no_failed_child)
{
    const char *argv[] = {"/nonexistent/program", NULL};
    struct rd_proc_spec spec = {.argv = argv, .env = no_env, .stdin_fd = -1};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(start_error(&spec, &err), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "cannot run the program '/nonexistent/program'");
    ck_assert_str_eq(err.detail, "No such file or directory");
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_program_that_may_not_be_executed_is_an_error)
{
    const char *argv[] = {"/etc/passwd", NULL};
    struct rd_proc_spec spec = {.argv = argv, .env = no_env, .stdin_fd = -1};
    struct rd_err err = RD_ERR_INIT;

    ck_assert_int_eq(start_error(&spec, &err), RD_E_SYSTEM);
    ck_assert_str_eq(err.detail, "Permission denied");
}
END_TEST

START_TEST(a_folder_that_cannot_be_entered_is_an_error)
{
    const char *argv[4];
    struct rd_proc_spec spec = shell("true", argv);
    struct rd_err err = RD_ERR_INIT;

    spec.folder = "/nonexistent";
    ck_assert_int_eq(start_error(&spec, &err), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "cannot enter the folder '/nonexistent' to run '/bin/sh'");
}
END_TEST

START_TEST(a_folder_that_is_closed_to_the_user_is_an_error_with_a_hint)
{
    const char *argv[4];
    struct rd_proc_spec spec = shell("true", argv);
    struct rd_err err = RD_ERR_INIT;
    char folder[] = "/tmp/redrill-test-XXXXXX";

    if (geteuid() != 0)
        return; /* only root can be somebody else */
    ck_assert_ptr_nonnull(mkdtemp(folder));
    spec.folder = folder;
    spec.user = &nobody;
    int code = start_error(&spec, &err);
    rmdir(folder);
    ck_assert_int_eq(code, RD_E_SYSTEM);
    ck_assert_ptr_nonnull(strstr(err.hint, "'nobody'"));
}
END_TEST

START_TEST(a_child_has_exactly_the_environment_that_it_is_given)
{
    const char *argv[] = {"/usr/bin/env", NULL};
    const char *env[] = {"A=1", "B=two words", NULL};
    struct rd_buf output = RD_BUF_INIT(1000);
    struct rd_proc_run child = {.spec = {.argv = argv, .env = env}, .output = &output};
    struct rd_deadline deadline = in_ms(5000);
    int status = -1;

    ck_assert_int_eq(rd_proc_run(&child, &deadline, "env", &status, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&output), "A=1\nB=two words\n");
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_child_has_no_descriptors_but_its_three)
{
    struct rd_buf output = RD_BUF_INIT(1000);

    ck_assert_int_ge(open("/dev/null", O_RDONLY), 0); /* not O_CLOEXEC: like a careless library's */
    ck_assert_int_ge(fcntl(0, F_DUPFD, 77), 77);
    /* The fourth is the folder that ls reads. */
    ck_assert_int_eq(run("exec ls /proc/self/fd", &output, NULL), 0);
    ck_assert_str_eq(rd_buf_text(&output), "0\n1\n2\n3\n");
    rd_buf_free(&output);
}
END_TEST

START_TEST(descriptors_may_be_swapped)
{
    const char *argv[4];
    struct rd_proc_spec spec = shell("echo out; echo err >&2", argv);
    struct rd_proc proc = {0};
    struct rd_deadline deadline = in_ms(5000);
    char text[16] = "";
    int out[2], err[2];

    /* The test's own must come back for Check. */
    int saved[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    ck_assert_int_eq(pipe(out) + pipe(err), 0);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    spec.stdout_fd = STDERR_FILENO;
    spec.stderr_fd = STDOUT_FILENO;
    int code = rd_proc_start(&spec, &proc, NULL);
    dup2(saved[0], STDOUT_FILENO);
    dup2(saved[1], STDERR_FILENO);
    ck_assert_int_eq(code, RD_OK);
    ck_assert_int_eq(rd_proc_wait(&proc, &deadline, "child", NULL), RD_OK);
    ck_assert_int_eq(read(out[0], text, sizeof(text) - 1), 4);
    ck_assert_str_eq(text, "err\n");
    ck_assert_int_eq(read(err[0], text, sizeof(text) - 1), 4);
    ck_assert_str_eq(text, "out\n");
}
END_TEST

START_TEST(a_child_has_default_signals)
{
    struct rd_buf output = RD_BUF_INIT(1000);
    sigset_t some;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigprocmask(SIG_BLOCK, &some, NULL);
    ck_assert_int_eq(run("exec grep -E 'Sig(Blk|Ign)' /proc/self/status", &output, NULL), 0);

    /* Signals 32 and 33 are glibc's own: posix_spawn leaves them ignored, and sigaction refuses
     * them. */
    unsigned long long blocked, ignored;
    ck_assert_int_eq(sscanf(rd_buf_text(&output), "SigBlk: %llx SigIgn: %llx", &blocked, &ignored),
                     2);
    ck_assert_uint_eq(blocked, 0);
    ck_assert_uint_eq(ignored & ~(3ULL << 31), 0);
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_child_leads_a_session_of_its_own_and_writes_for_its_user_only)
{
    struct rd_buf output = RD_BUF_INIT(1000);
    int pid = 0, group = 0, session = 0, terminal = -1, mask = -1;
    char core[16] = "";
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_CORE, &limit), 0);
    ck_assert_int_eq(run("cut -d' ' -f1,5,6,7 /proc/$$/stat; umask; ulimit -c", &output, NULL), 0);
    ck_assert_int_eq(sscanf(rd_buf_text(&output), "%d %d %d %d %o %15s", &pid, &group, &session,
                            &terminal, (unsigned *)&mask, core),
                     6);
    ck_assert_int_eq(group, pid);
    ck_assert_int_eq(session, pid);
    ck_assert_int_eq(terminal, 0);
    ck_assert_int_eq(mask, 077);
    ck_assert_str_eq(core, "0");
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_child_of_root_becomes_the_user_and_nothing_of_root_stays)
{
    const char *argv[4];
    struct rd_buf output = RD_BUF_INIT(2000);
    struct rd_proc_run child = {
        .spec = shell("id -u; id -g; id -G; grep CapEff /proc/self/status", argv),
        .output = &output};
    struct rd_deadline deadline = in_ms(5000);
    int status = -1;

    if (geteuid() != 0)
        return; /* only root can be somebody else */
    ck_assert_int_eq(setgroups(2, (const gid_t[]){0, 4}), 0);
    child.spec.user = &nobody;
    ck_assert_int_eq(rd_proc_run(&child, &deadline, "id", &status, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&output), "65534\n65534\n65534\nCapEff:\t0000000000000000\n");
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_flood_on_both_outputs_is_read_to_its_end_and_kept_to_its_bound)
{
    struct rd_buf output = RD_BUF_INIT(1000);
    struct rd_buf errors = RD_BUF_INIT(100);

    ck_assert_int_eq(run("head -c 30000000 /dev/zero & head -c 30000000 /dev/zero >&2; wait; "
                         "echo the end >&2",
                         &output, &errors),
                     0);
    ck_assert_uint_eq(output.length, 1000);
    ck_assert_int_eq(output.broken, RD_OK);
    ck_assert_uint_eq(errors.length, 100);
    ck_assert_str_eq(errors.data + 92, "the end\n");
    rd_buf_free(&output);
    rd_buf_free(&errors);
}
END_TEST

static void collect_line(void *context, const char *line)
{
    struct rd_buf *lines = context;

    rd_buf_printf(lines, "[%zu:%.8s]", strlen(line), line);
}

START_TEST(stderr_comes_line_by_line_and_overlong_lines_are_cut)
{
    const char *argv[4];
    struct rd_buf lines = RD_BUF_INIT(1000);
    struct rd_proc_run child = {
        .spec = shell("exec >&2; echo first; echo; head -c 9000 /dev/zero | tr '\\0' x; echo; "
                      "printf 'a\\000b'",
                      argv),
        .on_error_line = collect_line,
        .context = &lines,
    };
    struct rd_deadline deadline = in_ms(5000);
    int status = -1;

    ck_assert_int_eq(rd_proc_run(&child, &deadline, "script", &status, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&lines), "[5:first][0:][8192:xxxxxxxx][3:a?b]");
    rd_buf_free(&lines);
}
END_TEST

/* Feeds `pieces` pieces of `size` bytes; below 0: for ever. */
struct feed {
    char *piece;
    size_t size;
    int64_t pieces;
    int fail;
};

static int feed_some(void *context, const char **ret_data, size_t *ret_length,
                     struct rd_err *reterr)
{
    struct feed *feed = context;

    *ret_data = feed->piece;
    *ret_length = feed->pieces != 0 ? feed->size : 0;
    if (feed->pieces == 0 && feed->fail != RD_OK)
        return rd_err_set(reterr, feed->fail, "the source broke");
    if (feed->pieces > 0)
        feed->pieces--;
    return RD_OK;
}

static int run_fed(const char *script, struct feed *feed, struct rd_deadline deadline,
                   struct rd_buf *output, bool *ret_whole, struct rd_err *err)
{
    const char *argv[4];
    int status = -1;
    struct rd_proc_run child = {
        .spec = shell(script, argv), .feed = feed_some, .context = feed, .output = output};

    feed->piece = calloc(1, feed->size);
    ck_assert_ptr_nonnull(feed->piece);
    int code = rd_proc_run(&child, &deadline, "script", &status, err);
    free(feed->piece);
    *ret_whole = child.fed_whole;
    ck_assert(code != RD_OK || status == 0);
    return code;
}

START_TEST(everything_that_is_fed_arrives)
{
    struct feed feed = {.size = 3 * 1024 * 1024 + 7, .pieces = 40};
    struct rd_buf output = RD_BUF_INIT(100);
    struct rd_err err = RD_ERR_INIT;
    bool whole = false;

    ck_assert_int_eq(run_fed("wc -c", &feed, in_ms(20000), &output, &whole, &err), RD_OK);
    ck_assert_int_eq(strtoll(rd_buf_text(&output), NULL, 10), 40 * (3 * 1024 * 1024 + 7));
    ck_assert(whole);
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_child_that_answers_while_it_is_fed_blocks_nobody)
{
    struct feed feed = {.size = 1024 * 1024, .pieces = 20};
    struct rd_buf output = RD_BUF_INIT(32 * 1024 * 1024);
    struct rd_err err = RD_ERR_INIT;
    bool whole = false;

    ck_assert_int_eq(run_fed("cat", &feed, in_ms(20000), &output, &whole, &err), RD_OK);
    ck_assert_uint_eq(output.length, 20 * 1024 * 1024);
    ck_assert(whole);
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_child_that_stops_reading_is_no_error_but_was_not_fed_whole)
{
    struct feed endless = {.size = 100000, .pieces = -1};
    struct feed short_one = {.size = 1000, .pieces = 1};
    struct rd_err err = RD_ERR_INIT;
    bool whole = true;

    signal(SIGPIPE, SIG_DFL);
    ck_assert_int_eq(run_fed("head -c 10 >/dev/null", &endless, in_ms(20000), NULL, &whole, &err),
                     RD_OK);
    ck_assert(!whole);

    /* Written into the pipe is not taken: the child never looked at it. */
    whole = true;
    ck_assert_int_eq(run_fed("sleep 0.2", &short_one, in_ms(20000), NULL, &whole, &err), RD_OK);
    ck_assert(!whole);
}
END_TEST

START_TEST(a_child_that_never_reads_is_ended_at_the_deadline)
{
    struct feed endless = {.size = 1024 * 1024, .pieces = -1};
    struct rd_err err = RD_ERR_INIT;
    bool whole = true;
    int64_t began = rd_clock_monotonic_us();

    ck_assert_int_eq(run_fed("exec sleep 60", &endless, in_ms(300), NULL, &whole, &err),
                     RD_E_TIMEOUT);
    ck_assert_str_eq(err.message, "script took too long");
    ck_assert(!whole);
    ck_assert_int_lt(rd_clock_monotonic_us() - began, 3 * 1000000);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_feed_that_never_waits_ends_at_the_deadline)
{
    struct feed endless = {.size = 1, .pieces = -1};
    struct rd_err err = RD_ERR_INIT;
    bool whole = true;

    ck_assert_int_eq(run_fed("exec cat >/dev/null", &endless, in_ms(300), NULL, &whole, &err),
                     RD_E_TIMEOUT);
}
END_TEST

START_TEST(a_child_that_floods_for_ever_is_ended_at_the_deadline)
{
    const char *argv[4];
    struct rd_buf output = RD_BUF_INIT(10);
    struct rd_proc_run child = {.spec = shell("exec cat /dev/zero", argv), .output = &output};
    struct rd_deadline deadline = in_ms(300);
    int status = -1;

    ck_assert_int_eq(rd_proc_run(&child, &deadline, "flood", &status, NULL), RD_E_TIMEOUT);
    ck_assert_int_eq(status, -1);
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_child_that_ignores_sigterm_is_killed)
{
    const char *argv[4];
    struct rd_buf errors = RD_BUF_INIT(100);
    struct rd_proc_run child = {
        .spec = shell("trap 'echo no >&2' TERM; while :; do sleep 0.1; done", argv),
        .errors = &errors};
    struct rd_deadline deadline = in_ms(300);
    int status = -1;
    int64_t began = rd_clock_monotonic_us();

    ck_assert_int_eq(rd_proc_run(&child, &deadline, "script", &status, NULL), RD_E_TIMEOUT);
    ck_assert_int_lt(rd_clock_monotonic_us() - began, 9 * 1000000);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&errors), "no\n")); /* its last words are heard */
    rd_buf_free(&errors);
}
END_TEST

START_TEST(a_long_farewell_does_not_block_the_child)
{
    const char *argv[4];
    struct rd_buf errors = RD_BUF_INIT(100);
    struct rd_proc_run child = {
        .spec = shell("trap 'head -c 300000 /dev/zero >&2; echo bye >&2; exit 0' TERM; "
                      "while :; do sleep 0.1; done",
                      argv),
        .errors = &errors};
    struct rd_deadline deadline = in_ms(300);
    int status = -1;
    int64_t began = rd_clock_monotonic_us();

    ck_assert_int_eq(rd_proc_run(&child, &deadline, "script", &status, NULL), RD_E_TIMEOUT);
    ck_assert_int_lt(rd_clock_monotonic_us() - began, 4 * 1000000);
    ck_assert_str_eq(errors.data + errors.length - 4, "bye\n");
    rd_buf_free(&errors);
}
END_TEST

START_TEST(a_descendant_that_keeps_the_pipe_does_not_outlive_the_run)
{
    struct rd_buf output = RD_BUF_INIT(100);
    int64_t began = rd_clock_monotonic_us();

    ck_assert_int_eq(run("sleep 60 & echo $!", &output, NULL), 0);
    ck_assert_int_lt(rd_clock_monotonic_us() - began, 5 * 1000000);
    ck_assert(ends_within((pid_t)strtol(rd_buf_text(&output), NULL, 10), 2000));
    rd_buf_free(&output);
}
END_TEST

START_TEST(a_descendant_that_floods_for_ever_does_not_hold_up_the_run)
{
    struct rd_buf output = RD_BUF_INIT(100);
    int64_t began = rd_clock_monotonic_us();

    ck_assert_int_eq(run("cat /dev/zero & exit 0", &output, NULL), 0);
    ck_assert_int_lt(rd_clock_monotonic_us() - began, 5 * 1000000);
    rd_buf_free(&output);
}
END_TEST

START_TEST(an_error_of_the_feed_ends_the_child_and_is_told)
{
    struct feed feed = {.size = 10, .pieces = 1, .fail = RD_E_BACKUP};
    struct rd_err err = RD_ERR_INIT;
    bool whole = true;

    ck_assert_int_eq(run_fed("exec cat", &feed, in_ms(20000), NULL, &whole, &err), RD_E_BACKUP);
    ck_assert_str_eq(err.message, "the source broke");
    ck_assert(!whole);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_call_to_stop_ends_the_child)
{
    const char *argv[4];
    struct rd_proc_run child = {.spec = shell("exec sleep 60", argv)};
    struct rd_err err = RD_ERR_INIT;
    int status = -1, fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    struct rd_deadline deadline = rd_deadline_in_ms(20000, fds[0]);
    ck_assert_int_eq(rd_proc_run(&child, &deadline, "nap", &status, &err), RD_E_INTERRUPTED);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(waiting_to_the_deadline_leaves_the_child_alone)
{
    const char *argv[4];
    struct rd_proc_spec spec = shell("exec sleep 60", argv);
    struct rd_proc proc = {0};
    struct rd_deadline deadline = in_ms(100);

    ck_assert_int_eq(rd_proc_start(&spec, &proc, NULL), RD_OK);
    ck_assert_int_eq(rd_proc_wait(&proc, &deadline, "nap", NULL), RD_E_TIMEOUT);
    ck_assert(!rd_proc_ended(&proc));
    ck_assert(!rd_proc_succeeded(&proc));
    ck_assert_int_eq(kill(proc.pid, 0), 0);
    rd_proc_end(&proc, SIGTERM, 1000);
    ck_assert_int_eq(proc.pid, 0);
    ck_assert(WIFSIGNALED(proc.status) && WTERMSIG(proc.status) == SIGTERM);
}
END_TEST

START_TEST(ending_a_child_gives_the_rest_of_its_group_the_same_grace)
{
    const char *argv[4];
    struct rd_proc_spec spec = shell(
        "(trap 'sleep 0.3; echo done >&2; exit' TERM; while :; do sleep 0.05; done) & sleep 60",
        argv);
    struct rd_proc proc = {0};
    char text[100] = "";
    int fds[2];

    ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
    spec.stderr_fd = fds[1];
    ck_assert_int_eq(rd_proc_start(&spec, &proc, NULL), RD_OK);
    pause_ms(300);
    rd_proc_end(&proc, SIGTERM, 4000);
    close(fds[1]);
    ck_assert_int_eq(proc.pid, 0);
    ck_assert_int_gt(read(fds[0], text, sizeof(text) - 1), 0);
    ck_assert_ptr_nonnull(strstr(text, "done\n"));
}
END_TEST

START_TEST(ending_a_child_kills_a_group_that_ignores_it)
{
    const char *argv[4];
    struct rd_proc_spec spec =
        shell("trap '' TERM; (while :; do sleep 0.1; done) & while :; do sleep 0.1; done", argv);
    struct rd_proc proc = {0};
    struct rd_deadline deadline = in_ms(5000);

    ck_assert_int_eq(rd_proc_start(&spec, &proc, NULL), RD_OK);
    pause_ms(200);
    pid_t group = proc.pid;
    rd_proc_end(&proc, SIGTERM, 300);
    ck_assert_int_eq(proc.pid, 0);
    ck_assert_int_eq(WTERMSIG(proc.status), SIGKILL);
    while (kill(-group, 0) == 0) { /* orphans are init's to reap */
        if (rd_deadline_poll(&deadline, NULL, 0, 10, "group", NULL) != RD_OK)
            ck_abort_msg("the group lives on");
    }
    rd_proc_end(&proc, SIGTERM, 1000); /* without pid: nothing */
}
END_TEST

/* A process that starts a child, tells its number, and waits to be killed. */
static pid_t start_mother(const struct rd_user *user, pid_t *ret_child)
{
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    pid_t mother = fork();
    ck_assert_int_ge(mother, 0);
    if (mother == 0) {
        const char *argv[4];
        struct rd_proc_spec spec = shell("exec sleep 60", argv);
        struct rd_proc proc = {0};

        spec.user = user;
        if (rd_proc_start(&spec, &proc, NULL) == RD_OK &&
            write(fds[1], &proc.pid, sizeof(proc.pid)) == (ssize_t)sizeof(proc.pid))
            pause();
        _exit(1);
    }
    close(fds[1]);
    ck_assert_int_eq(read(fds[0], ret_child, sizeof(*ret_child)), sizeof(*ret_child));
    close(fds[0]);
    return mother;
}

START_TEST(a_child_dies_with_its_parent)
{
    pid_t child = 0;
    pid_t mother = start_mother(NULL, &child);

    kill(mother, SIGKILL);
    waitpid(mother, NULL, 0);
    ck_assert(ends_within(child, 2000));
}
END_TEST

START_TEST(a_child_of_another_user_dies_with_its_parent_too)
{
    pid_t child = 0;

    if (geteuid() != 0)
        return; /* only root can be somebody else */
    pid_t mother = start_mother(&nobody, &child);
    kill(mother, SIGKILL);
    waitpid(mother, NULL, 0);
    ck_assert(ends_within(child, 2000));
}
END_TEST

START_TEST(a_status_that_nobody_knows_is_no_success)
{
    const char *argv[4];
    struct rd_proc_spec spec = shell("exit 0", argv);
    struct rd_proc proc = {0};

    ck_assert_int_eq(rd_proc_start(&spec, &proc, NULL), RD_OK);
    ck_assert_int_eq(waitpid(proc.pid, NULL, 0), proc.pid); /* a stranger takes it */
    ck_assert(rd_proc_ended(&proc));
    ck_assert(!rd_proc_succeeded(&proc));
}
END_TEST

START_TEST(a_status_is_told_in_words)
{
    struct rd_buf text = RD_BUF_INIT(100);

    rd_proc_status_text(run("exit 3", NULL, NULL), &text);
    rd_buf_puts(&text, ", ");
    rd_proc_status_text(run("kill -9 $$", NULL, NULL), &text);
    ck_assert_str_eq(rd_buf_text(&text), "exit status 3, killed by signal 9 (Killed)");
    rd_buf_free(&text);
}
END_TEST

START_TEST(a_program_is_found_in_absolute_folders_of_path_only)
{
    struct rd_buf path = RD_BUF_INIT(100);
    struct rd_err err = RD_ERR_INIT;
    char folder[] = "/tmp/redrill-test-XXXXXX";
    char program[64];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(program, sizeof(program), "%s/sh", folder);
    ck_assert_int_eq(mkdir(program, 0755), 0); /* a folder is no program */
    ck_assert_int_eq(chdir("/bin"), 0);
    setenv("PATH", ".::bin:/nonexistent", 1);
    ck_assert_int_eq(rd_proc_find("sh", &path, &err), RD_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "program 'sh' is not in any folder of PATH");
    char folders[100];
    snprintf(folders, sizeof(folders), "%s:/bin", folder);
    setenv("PATH", folders, 1);
    ck_assert_int_eq(rd_proc_find("sh", &path, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&path), "/bin/sh");
    ck_assert_int_eq(rd_proc_find("../bin/sh", &path, NULL), RD_E_NOT_FOUND);
    rmdir(program);
    rmdir(folder);
    rd_buf_free(&path);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("proc");
    TCase *start = tcase_create("start");
    TCase *ways = tcase_create("run");
    TCase *end = tcase_create("end");

    tcase_add_test(start, a_program_that_is_missing_is_an_error_and_no_failed_child);
    tcase_add_test(start, a_program_that_may_not_be_executed_is_an_error);
    tcase_add_test(start, a_folder_that_cannot_be_entered_is_an_error);
    tcase_add_test(start, a_folder_that_is_closed_to_the_user_is_an_error_with_a_hint);
    tcase_add_test(start, a_child_has_exactly_the_environment_that_it_is_given);
    tcase_add_test(start, a_child_has_no_descriptors_but_its_three);
    tcase_add_test(start, descriptors_may_be_swapped);
    tcase_add_test(start, a_child_has_default_signals);
    tcase_add_test(start, a_child_leads_a_session_of_its_own_and_writes_for_its_user_only);
    tcase_add_test(start, a_child_of_root_becomes_the_user_and_nothing_of_root_stays);
    suite_add_tcase(suite, start);

    tcase_set_timeout(ways, SECONDS_PER_TEST);
    tcase_add_test(ways, a_flood_on_both_outputs_is_read_to_its_end_and_kept_to_its_bound);
    tcase_add_test(ways, stderr_comes_line_by_line_and_overlong_lines_are_cut);
    tcase_add_test(ways, everything_that_is_fed_arrives);
    tcase_add_test(ways, a_child_that_answers_while_it_is_fed_blocks_nobody);
    tcase_add_test(ways, a_child_that_stops_reading_is_no_error_but_was_not_fed_whole);
    tcase_add_test(ways, a_child_that_never_reads_is_ended_at_the_deadline);
    tcase_add_test(ways, a_feed_that_never_waits_ends_at_the_deadline);
    tcase_add_test(ways, a_child_that_floods_for_ever_is_ended_at_the_deadline);
    tcase_add_test(ways, a_child_that_ignores_sigterm_is_killed);
    tcase_add_test(ways, a_long_farewell_does_not_block_the_child);
    tcase_add_test(ways, a_descendant_that_keeps_the_pipe_does_not_outlive_the_run);
    tcase_add_test(ways, a_descendant_that_floods_for_ever_does_not_hold_up_the_run);
    tcase_add_test(ways, an_error_of_the_feed_ends_the_child_and_is_told);
    tcase_add_test(ways, a_call_to_stop_ends_the_child);
    suite_add_tcase(suite, ways);

    tcase_set_timeout(end, SECONDS_PER_TEST);
    tcase_add_test(end, waiting_to_the_deadline_leaves_the_child_alone);
    tcase_add_test(end, ending_a_child_gives_the_rest_of_its_group_the_same_grace);
    tcase_add_test(end, ending_a_child_kills_a_group_that_ignores_it);
    tcase_add_test(end, a_child_dies_with_its_parent);
    tcase_add_test(end, a_child_of_another_user_dies_with_its_parent_too);
    tcase_add_test(end, a_status_that_nobody_knows_is_no_success);
    tcase_add_test(end, a_status_is_told_in_words);
    tcase_add_test(end, a_program_is_found_in_absolute_folders_of_path_only);
    suite_add_tcase(suite, end);
    return suite;
}
