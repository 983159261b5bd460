/* SPDX-License-Identifier: MIT */
/* socket_tool PATH: sends standard input to a Unix socket and prints the first line of the
 * reply. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/base/file.h"

int main(int argc, char **argv)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char chunk[65536];
    ssize_t n;
    if (argc != 2 || strlen(argv[1]) >= sizeof a.sun_path)
        return 2;
    memcpy(a.sun_path, argv[1], strlen(argv[1]) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof a))
        return 1;
    while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
        if (send(fd, chunk, (size_t)n, MSG_NOSIGNAL) != n)
            return 1;
    while ((n = read(fd, chunk, sizeof chunk)) > 0) {
        const char *end = memchr(chunk, '\n', (size_t)n);
        if (fn_write_all(STDOUT_FILENO, chunk, end ? (size_t)(end - chunk) + 1 : (size_t)n))
            return 1;
        if (end)
            return 0;
    }
    return 1;
}
