/*
 * run.c: runs the end-to-end scripts that are named as arguments, each as one test of Check. All
 * of them share one source cluster and its dumps, which tests/e2e/source makes before the first
 * and removes after the last, also when this program is interrupted.
 *
 * A script that exits with 77 is skipped: it is listed at the end, and fails unless the file
 * tests/e2e/skips names it.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RUN_SCRIPT_SECONDS = 900,
    RUN_GRACE_SECONDS = 60, /* for a script's own cleanup, after SIGTERM */
    RUN_TAIL_BYTES = 3000,
    RUN_SKIPPED = 77,
};

static char **run_scripts;
static int run_script_count;
static char run_folder[] = "/tmp/redrill-e2e.XXXXXX";
static volatile sig_atomic_t run_interrupted;

static void run_interrupt(int signal_number)
{
    run_interrupted = signal_number;
}

static double run_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Starts a program in a process group of its own; its output goes to `log`, or where ours goes. */
static pid_t run_start(const char *const argv[], const char *log)
{
    fflush(NULL);
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    setpgid(0, 0);
    if (log != NULL) {
        int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    execv(argv[0], (char *const *)argv);
    fprintf(stderr, "cannot run '%s': %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* Waits at most `seconds`; false when it still runs then. */
static bool run_wait(pid_t pid, int seconds, int *ret_status)
{
    double until = run_seconds() + seconds;

    for (;;) {
        pid_t ended = waitpid(pid, ret_status, WNOHANG);
        if (ended == pid)
            return true;
        if (ended < 0 || run_seconds() > until)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    }
}

static void run_path(char *text, size_t size, const char *name, const char *suffix)
{
    snprintf(text, size, "%s/%s%s", run_folder, name, suffix);
}

/* The end of a file, from a line's beginning. */
static void run_tail(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");

    text[0] = '\0';
    if (file == NULL)
        return;
    if (fseek(file, -(long)(size - 1), SEEK_END) != 0)
        rewind(file);
    bool cut = ftell(file) > 0;
    size_t length = fread(text, 1, size - 1, file);
    fclose(file);
    text[length] = '\0';
    char *line = cut ? strchr(text, '\n') : NULL;
    if (line != NULL)
        memmove(text, line + 1, strlen(line + 1) + 1);
}

/* The first comment line of a script is the sentence that it proves. */
static void run_title(const char *script, char *title, size_t size)
{
    FILE *file = fopen(script, "r");
    char line[256];

    snprintf(title, size, "(no title)");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (line[0] != '#')
            break;
        if (line[1] != ' ')
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(title, size, "%s", line + 2);
        break;
    }
    if (file != NULL)
        fclose(file);
}

static bool run_skip_is_listed(const char *name)
{
    FILE *file = fopen("tests/e2e/skips", "r");
    char line[256];
    bool listed = false;
    size_t length = strlen(name);

    while (file != NULL && !listed && fgets(line, sizeof(line), file) != NULL)
        listed = strncmp(line, name, length) == 0 && (line[length] == ' ' || line[length] == '\n');
    if (file != NULL)
        fclose(file);
    return listed;
}

static void run_note_skip(const char *name, const char *log)
{
    char path[128];
    char tail[400];

    run_path(path, sizeof(path), "skipped", "");
    FILE *file = fopen(path, "a");
    ck_assert_ptr_nonnull(file);
    run_tail(log, tail, sizeof(tail));
    fprintf(file, "skipped: %s: %s%s", name, tail, tail[0] == '\0' ? "no reason given\n" : "");
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(an_end_to_end_script_passes)
{
    const char *script = run_scripts[_i];
    const char *argv[] = {script, NULL};
    char name[256], log[512], title[256];
    static char tail[RUN_TAIL_BYTES];
    int status = 0;

    snprintf(name, sizeof(name), "%s", strrchr(script, '/') ? strrchr(script, '/') + 1 : script);
    run_path(log, sizeof(log), name, ".log");
    run_title(script, title, sizeof(title));

    double started = run_seconds();
    pid_t pid = run_start(argv, log);
    ck_assert_int_gt(pid, 0);
    bool ended = run_wait(pid, RUN_SCRIPT_SECONDS, &status);
    if (!ended) {
        kill(-pid, SIGTERM);
        if (!run_wait(pid, RUN_GRACE_SECONDS, &status)) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
        }
    }
    bool passed = ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool skipped = ended && WIFEXITED(status) && WEXITSTATUS(status) == RUN_SKIPPED;
    printf("%-4s %6.1f s  %-28s %s\n",
           passed    ? "ok"
           : skipped ? "skip"
                     : "FAIL",
           run_seconds() - started, name, title);
    fflush(stdout);

    if (skipped) {
        run_note_skip(name, log);
        ck_assert_msg(run_skip_is_listed(name), "%s was skipped and tests/e2e/skips has no line",
                      name);
        return;
    }
    run_tail(log, tail, sizeof(tail));
    ck_assert_msg(ended, "%s took longer than %d s; the end of its output:\n%s", name,
                  RUN_SCRIPT_SECONDS, tail);
    ck_assert_msg(passed, "%s failed (wait status 0x%x); the end of its output:\n%s", name,
                  (unsigned)status, tail);
}
END_TEST

static int run_all(void)
{
    Suite *suite = suite_create("e2e");
    TCase *test_case = tcase_create("scripts");

    tcase_set_timeout(test_case, RUN_SCRIPT_SECONDS + RUN_GRACE_SECONDS + 30);
    tcase_add_loop_test(test_case, an_end_to_end_script_passes, 0, run_script_count);
    suite_add_tcase(suite, test_case);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void run_print_skips(void)
{
    char path[128];
    char line[512];

    run_path(path, sizeof(path), "skipped", "");
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        fputs(line, stdout);
    if (file != NULL)
        fclose(file);
}

/* tests/e2e/source with one command; false when it failed. */
static bool run_source(const char *command)
{
    const char *argv[] = {"tests/e2e/source", command, run_folder, NULL};
    int status = 0;
    pid_t pid = run_start(argv, NULL);

    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        if (run_interrupted && strcmp(command, "start") == 0)
            kill(-pid, SIGTERM);
    }
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The tests run in a child, so that whatever happens to them somebody is there to clean up. */
static int run_guarded(void)
{
    int status = 0;

    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        exit(run_all());
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        if (run_interrupted)
            kill(pid, SIGKILL);
    }
    run_print_skips();
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const char *redrill = getenv("REDRILL");
    int status = EXIT_FAILURE;

    if (argc < 2 || redrill == NULL || redrill[0] != '/') {
        fputs("usage: REDRILL=/path/of/redrill run SCRIPT... (from the top folder)\n", stderr);
        return EXIT_FAILURE;
    }
    run_scripts = argv + 1;
    run_script_count = argc - 1;
    if (mkdtemp(run_folder) == NULL || setenv("E2E_SHARED", run_folder, 1) != 0) {
        perror(run_folder);
        return EXIT_FAILURE;
    }
    sigaction(SIGINT, &(struct sigaction){.sa_handler = run_interrupt}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = run_interrupt}, NULL);
    sigaction(SIGHUP, &(struct sigaction){.sa_handler = run_interrupt}, NULL);

    if (run_source("start"))
        status = run_guarded();
    if (!run_source("stop"))
        status = EXIT_FAILURE;
    return run_interrupted ? 128 + run_interrupted : status;
}
