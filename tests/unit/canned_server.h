/*
 * canned_server.h: a child on a free port of the loopback that takes connections one after the
 * other, reads a request and sends the same bytes to each. What it read last lies in a file that
 * the test may look at.
 */
#ifndef RD_TESTS_CANNED_SERVER_H
#define RD_TESTS_CANNED_SERVER_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct canned_server {
    pid_t pid;
    int port;
    int seen; /* readable: the bytes of each request */
    char url[64];
};

/* Reads the head of a request, and as much body as its Content-Length says. */
static inline size_t canned_server_read(int client, char *text, size_t room)
{
    size_t length = 0;
    size_t want = 0;

    while (length + 1 < room) {
        ssize_t got = read(client, text + length, room - length - 1);
        if (got <= 0)
            break;
        length += (size_t)got;
        text[length] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *sized = strcasestr(text, "\r\ncontent-length:");
        if (end != NULL && want == 0)
            want = (size_t)(end - text) + 4 + (sized != NULL ? strtoul(sized + 17, NULL, 10) : 0);
        if (want > 0 && length >= want)
            break;
    }
    return length;
}

static inline void canned_server_serve(int listener, int out, const char *answer, size_t length,
                                       bool hang)
{
    static char request[65536];

    for (;;) {
        int client = accept(listener, NULL, NULL);
        size_t got = canned_server_read(client, request, sizeof(request));
        if (write(out, request, got) < 0)
            _exit(1);
        for (size_t sent = 0; sent < length;) {
            ssize_t more = send(client, answer + sent, length - sent, MSG_NOSIGNAL);
            if (more < 0)
                break;
            sent += (size_t)more;
        }
        while (hang)
            pause();
        close(client);
    }
}

/* `hang`: keeps the connection open and silent after the answer. */
static inline struct canned_server canned_server_start_bytes(const char *answer, size_t length,
                                                             bool hang)
{
    struct canned_server server = {0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int pipes[2];

    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(listener, 16), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    ck_assert_int_eq(pipe(pipes), 0);
    server.port = ntohs(address.sin_port);
    server.seen = pipes[0];
    snprintf(server.url, sizeof(server.url), "http://127.0.0.1:%d", server.port);
    server.pid = fork();
    ck_assert_int_ge(server.pid, 0);
    if (server.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        canned_server_serve(listener, pipes[1], answer, length, hang);
    }
    close(listener);
    close(pipes[1]);
    return server;
}

static inline struct canned_server canned_server_start(const char *answer)
{
    return canned_server_start_bytes(answer, strlen(answer), false);
}

/* What the server has read, up to now; waits for the first bytes. */
static inline const char *canned_server_seen(const struct canned_server *server)
{
    static char text[65536];
    ssize_t got = read(server->seen, text, sizeof(text) - 1);

    text[got > 0 ? got : 0] = '\0';
    return text;
}

static inline void canned_server_stop(struct canned_server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    close(server->seen);
}

#endif
