/*
 * test_procfs.c: which processes belong to a drill and what sockets they have, with real ones.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "drills/common/proc.h"
#include "drills/common/procfs.h"
#include "tests/unit/suite.h"
#include "tests/unit/test_folder.h"

enum { ROOM = 64, NOBODY = 65534 };

/* Of one test, so that another run beside this one is not seen. */
static char drill_id[40], mark[80], longer_mark[100], other_mark[100];

static const struct rd_user nobody = {
    .uid = NOBODY, .gid = NOBODY, .name = "nobody", .change = true};

static struct rd_procfs_found found[ROOM];

static void setup(void)
{
    test_folder_make();
    snprintf(drill_id, sizeof(drill_id), "test-procfs-%d", (int)getpid());
    snprintf(mark, sizeof(mark), "%s=%s", RD_PROCFS_MARK, drill_id);
    snprintf(longer_mark, sizeof(longer_mark), "%s0", mark);
    snprintf(other_mark, sizeof(other_mark), "X%s", mark);
}

static size_t find(const char *folder)
{
    struct rd_err err = RD_ERR_INIT;
    size_t count = 0;

    ck_assert_msg(rd_procfs_find(folder, drill_id, found, ROOM, &count, &err) == RD_OK, "%s",
                  err.message);
    return count;
}

/* A shell with this script, folder and environment, which sleeps when it has run it. */
static struct rd_proc start(const char *script, const char *folder, const char *entry,
                            const struct rd_user *user)
{
    char text[512];
    const char *argv[] = {"/bin/sh", "-c", text, NULL};
    const char *env[] = {"PATH=/bin", entry, NULL};
    struct rd_proc_spec spec = {.argv = argv,
                                .env = env,
                                .folder = folder,
                                .user = user,
                                .stdin_fd = -1,
                                .stdout_fd = -1,
                                .stderr_fd = -1};
    struct rd_proc proc = {0};
    struct rd_err err = RD_ERR_INIT;

    snprintf(text, sizeof(text), "%s; exec sleep 60", script);
    ck_assert_msg(rd_proc_start(&spec, &proc, &err) == RD_OK, "%s", err.message);
    return proc;
}

static bool is_found(size_t count, pid_t pid)
{
    for (size_t i = 0; i < count; i++) {
        int64_t started = 0;
        if (found[i].pid == pid && rd_procfs_started(pid, &started, NULL) == RD_OK &&
            started == found[i].started)
            return true;
    }
    return false;
}

START_TEST(a_process_is_found_by_its_folder)
{
    char below[100], beside[100];

    snprintf(below, sizeof(below), "%s/below", test_folder);
    snprintf(beside, sizeof(beside), "%s-beside", test_folder);
    ck_assert_int_eq(mkdir(below, 0755), 0);
    ck_assert_int_eq(mkdir(beside, 0755), 0);
    struct rd_proc inside = start("true", below, "A=1", NULL);
    struct rd_proc outside = start("true", beside, "A=1", NULL);

    size_t count = find(test_folder);
    ck_assert(is_found(count, inside.pid));
    ck_assert(!is_found(count, outside.pid));
    ck_assert(!is_found(count, getpid())); /* works in there, too */

    /* The folder may be gone under its feet. */
    ck_assert_int_eq(rmdir(below), 0);
    ck_assert(is_found(find(below), inside.pid));
    ck_assert_uint_eq(find(NULL), 0);
    rd_proc_end(&inside, SIGKILL, 0);
    rd_proc_end(&outside, SIGKILL, 0);
    rmdir(beside);
}
END_TEST

START_TEST(a_process_is_found_by_its_mark_and_no_other_mark)
{
    struct rd_proc marked = start("true", "/", mark, NULL);
    struct rd_proc longer = start("true", "/", longer_mark, NULL);
    struct rd_proc other = start("true", "/", other_mark, NULL);

    size_t count = find(test_folder);
    ck_assert(is_found(count, marked.pid));
    ck_assert(!is_found(count, longer.pid));
    ck_assert(!is_found(count, other.pid));
    rd_proc_end(&marked, SIGKILL, 0);
    rd_proc_end(&longer, SIGKILL, 0);
    rd_proc_end(&other, SIGKILL, 0);
    ck_assert_uint_eq(find(test_folder), 0);
}
END_TEST

START_TEST(more_processes_than_there_is_room_for_are_counted)
{
    struct rd_proc procs[3];
    size_t count = 0;

    for (size_t i = 0; i < RD_COUNT(procs); i++)
        procs[i] = start("true", "/", mark, NULL);
    found[1].pid = -1;
    ck_assert_int_eq(rd_procfs_find(NULL, drill_id, found, 1, &count, NULL), RD_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(found[1].pid, -1);
    for (size_t i = 0; i < RD_COUNT(procs); i++)
        rd_proc_end(&procs[i], SIGKILL, 0);
}
END_TEST

START_TEST(a_zombie_does_not_count)
{
    struct rd_proc proc = start("exit 0", "/", mark, NULL);
    siginfo_t info;

    ck_assert_int_eq(waitid(P_PID, (id_t)proc.pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert_uint_eq(find(NULL), 0);
    ck_assert(rd_proc_ended(&proc));
}
END_TEST

/* A person's shell has a terminal. */
START_TEST(somebody_who_looks_around_with_a_terminal_is_left_alone)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master) + unlockpt(master), 0);
    const char *name = ptsname(master);
    pid_t person = fork();
    if (person == 0) {
        setsid();
        int terminal = open(name, O_RDWR);
        raise(terminal >= 0 ? SIGSTOP : SIGKILL);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(person, NULL, WUNTRACED), person);
    bool seen = is_found(find(test_folder), person);
    kill(person, SIGKILL);
    waitpid(person, NULL, 0);
    ck_assert(!seen);
}
END_TEST

static void drop_ptrace(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    ck_assert_int_eq(syscall(SYS_capget, &header, data), 0);
    data[0].effective &= ~(1U << CAP_SYS_PTRACE);
    data[0].permitted &= ~(1U << CAP_SYS_PTRACE);
    data[0].inheritable &= ~(1U << CAP_SYS_PTRACE);
    ck_assert_int_eq(syscall(SYS_capset, &header, data), 0);
}

START_TEST(root_in_a_container_finds_processes_of_others)
{
    struct rd_buf sockets = RD_BUF_INIT(1000);
    char link[64], target[100];

    if (geteuid() != 0)
        return; /* says something about root only */
    ck_assert_int_eq(chmod(test_folder, 0755), 0);
    struct rd_proc inside = start("true", test_folder, "A=1", &nobody);
    struct rd_proc marked = start("true", "/", mark, &nobody);

    drop_ptrace();
    snprintf(link, sizeof(link), "/proc/%d/cwd", (int)inside.pid);
    ck_assert_int_eq(readlink(link, target, sizeof(target)), -1); /* else this test shows nothing */
    size_t count = find(test_folder);
    ck_assert(is_found(count, inside.pid));
    ck_assert(is_found(count, marked.pid));
    ck_assert_int_eq(rd_procfs_sockets(found, count, &sockets, NULL), RD_OK);
    ck_assert_uint_eq(sockets.length, 0);
    rd_proc_end(&inside, SIGKILL, 0);
    rd_proc_end(&marked, SIGKILL, 0);
}
END_TEST

START_TEST(nobody_has_started_when_there_is_no_process)
{
    struct rd_proc proc = start("exit 0", "/", "A=1", NULL);
    pid_t pid = proc.pid;
    int64_t started = 7;
    struct rd_deadline deadline = rd_deadline_in_ms(5000, -1);

    ck_assert_int_eq(rd_proc_wait(&proc, &deadline, "child", NULL), RD_OK);
    ck_assert_int_eq(rd_procfs_started(pid, &started, NULL), RD_E_NOT_FOUND);
    ck_assert_int_eq(started, 7);
}
END_TEST

static void sockets_of_myself(struct rd_buf *out)
{
    struct rd_procfs_found self = {.pid = getpid()};
    struct rd_err err = RD_ERR_INIT;

    rd_buf_clear(out);
    ck_assert_msg(rd_procfs_sockets(&self, 1, out, &err) == RD_OK, "%s", err.message);
}

static int bound(int family, int type, const char *address, unsigned *ret_port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    bool is_six = family == AF_INET6;
    void *name = is_six ? (void *)&six : (void *)&four;
    socklen_t length = is_six ? sizeof(six) : sizeof(four);

    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(inet_pton(family, address, is_six ? (void *)&six.sin6_addr : &four.sin_addr),
                     1);
    ck_assert_int_eq(bind(fd, name, length), 0);
    ck_assert_int_eq(getsockname(fd, name, &length), 0);
    *ret_port = ntohs(is_six ? six.sin6_port : four.sin_port);
    return fd;
}

START_TEST(listening_and_connected_tcp_sockets_are_told)
{
    struct rd_buf out = RD_BUF_INIT(4000);
    char line[100];
    unsigned port = 0, six_port = 0;

    int listening = bound(AF_INET, SOCK_STREAM, "127.0.0.1", &port);
    int six = bound(AF_INET6, SOCK_STREAM, "::1", &six_port);
    ck_assert_int_eq(listen(listening, 1), 0);
    ck_assert_int_eq(listen(six, 1), 0);
    sockets_of_myself(&out);
    snprintf(line, sizeof(line), "listens on 127.0.0.1:%u\nlistens on [::1]:%u\n", port, six_port);
    ck_assert_str_eq(rd_buf_text(&out), line);
    close(six);

    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    ck_assert_int_eq(inet_pton(AF_INET, "127.0.0.1", &to.sin_addr), 1);
    int connected = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(connected, (struct sockaddr *)&to, sizeof(to)), 0);
    sockets_of_myself(&out);
    snprintf(line, sizeof(line), "is connected to 127.0.0.1:%u\n", port);
    ck_assert_ptr_nonnull(strstr(rd_buf_text(&out), line));
    rd_buf_free(&out);
}
END_TEST

START_TEST(udp_sockets_are_told_unless_they_talk_to_themselves)
{
    struct rd_buf out = RD_BUF_INIT(4000);
    char line[100];
    unsigned port = 0, other = 0;

    int fd = bound(AF_INET, SOCK_DGRAM, "127.0.0.1", &port);
    sockets_of_myself(&out);
    snprintf(line, sizeof(line), "listens on udp 127.0.0.1:%u\n", port);
    ck_assert_str_eq(rd_buf_text(&out), line);

    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    ck_assert_int_eq(inet_pton(AF_INET, "127.0.0.1", &to.sin_addr), 1);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    sockets_of_myself(&out);
    ck_assert_str_eq(rd_buf_text(&out), "");

    int second = bound(AF_INET, SOCK_DGRAM, "127.0.0.1", &other);
    ck_assert_int_eq(connect(second, (struct sockaddr *)&to, sizeof(to)), 0);
    sockets_of_myself(&out);
    snprintf(line, sizeof(line), "is connected to udp 127.0.0.1:%u\n", port);
    ck_assert_str_eq(rd_buf_text(&out), line);
    rd_buf_free(&out);
}
END_TEST

START_TEST(a_unix_socket_is_told_when_it_listens)
{
    struct rd_buf out = RD_BUF_INIT(4000);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char line[200];
    int pair[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    sockets_of_myself(&out);
    ck_assert_str_eq(rd_buf_text(&out), "");

    snprintf(name.sun_path, sizeof(name.sun_path), "%s/with a blank", test_folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    sockets_of_myself(&out);
    snprintf(line, sizeof(line), "listens on unix %s\n", name.sun_path);
    ck_assert_str_eq(rd_buf_text(&out), line);
    rd_buf_free(&out);
}
END_TEST

START_TEST(sockets_of_others_are_not_ours)
{
    struct rd_buf out = RD_BUF_INIT(4000);
    unsigned port = 0;

    int fd = bound(AF_INET, SOCK_STREAM, "127.0.0.1", &port);
    ck_assert_int_eq(listen(fd, 1), 0);
    struct rd_proc proc = start("true", "/", "A=1", NULL); /* inherits no descriptor */
    struct rd_procfs_found other[] = {{.pid = proc.pid}, {.pid = 1 << 30}}; /* and one is gone */
    ck_assert_int_eq(rd_procfs_sockets(other, 2, &out, NULL), RD_OK);
    ck_assert_str_eq(rd_buf_text(&out), "");
    rd_proc_end(&proc, SIGKILL, 0);
    rd_buf_free(&out);
}
END_TEST

START_TEST(a_list_that_does_not_fit_is_an_error)
{
    struct rd_buf out = RD_BUF_INIT(5);
    struct rd_procfs_found self = {.pid = getpid()};
    unsigned port = 0;

    ck_assert_int_eq(listen(bound(AF_INET, SOCK_STREAM, "127.0.0.1", &port), 1), 0);
    ck_assert_int_eq(rd_procfs_sockets(&self, 1, &out, NULL), RD_E_LIMIT);
    rd_buf_free(&out);
}
END_TEST

Suite *rd_test_suite(void)
{
    Suite *suite = suite_create("procfs");
    TCase *processes = tcase_create("processes");
    TCase *sockets = tcase_create("sockets");

    tcase_add_checked_fixture(processes, setup, test_folder_remove);
    tcase_add_test(processes, a_process_is_found_by_its_folder);
    tcase_add_test(processes, a_process_is_found_by_its_mark_and_no_other_mark);
    tcase_add_test(processes, more_processes_than_there_is_room_for_are_counted);
    tcase_add_test(processes, a_zombie_does_not_count);
    tcase_add_test(processes, somebody_who_looks_around_with_a_terminal_is_left_alone);
    tcase_add_test(processes, root_in_a_container_finds_processes_of_others);
    tcase_add_test(processes, nobody_has_started_when_there_is_no_process);
    suite_add_tcase(suite, processes);

    tcase_add_checked_fixture(sockets, setup, test_folder_remove);
    tcase_add_test(sockets, listening_and_connected_tcp_sockets_are_told);
    tcase_add_test(sockets, udp_sockets_are_told_unless_they_talk_to_themselves);
    tcase_add_test(sockets, a_unix_socket_is_told_when_it_listens);
    tcase_add_test(sockets, sockets_of_others_are_not_ours);
    tcase_add_test(sockets, a_list_that_does_not_fit_is_an_error);
    suite_add_tcase(suite, sockets);
    return suite;
}
