/* SPDX-License-Identifier: MIT */
/* Enters the sandbox of the worker and tries one operation. Exit 0: it was allowed; 1: it was
 * refused; killed by SIGSYS: forbidden. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/work/sandbox.h"

enum { MEMORY = 64 << 20 };

static int shared_fd = -1; /* of /dev/zero, opened before the sandbox */

static int try_open(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : 1;
}

static int try_create(void)
{
    return creat("/tmp/facenetd-sandbox-probe", 0600) >= 0 ? 0 : 1;
}

static int try_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}

static int try_exec(void)
{
    char *argv[] = {NULL};

    (void)execv("/bin/true", argv);
    return 1;
}

static int try_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid > 0 ? 0 : 1;
}

static int try_kill(void)
{
    return kill(getppid(), 0) == 0 ? 0 : 1;
}

static int try_rename(void)
{
    return rename("/tmp/a", "/tmp/b") == 0 ? 0 : 1;
}

static int try_executable_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                   MAP_FAILED
               ? 0
               : 1;
}

static int try_unlink(void)
{
    return unlink("/tmp/facenetd-no-such-file") == 0 ? 0 : 1;
}

static int try_much_memory(void)
{
    void *volatile p = malloc(2 * (size_t)MEMORY); /* volatile: or the compiler removes it */

    return p ? 0 : 1;
}

static void *in_thread(void *p)
{
    return p;
}

/* What a decoder does: memory, threads, pread, time. All of it must work. */
static int try_decoding(void)
{
    char byte;
    pthread_t t;
    void *p = malloc(MEMORY / 4), *back = NULL;

    if (!p || pread(shared_fd, &byte, 1, 0) != 1)
        return 1;
    memset(p, 1, MEMORY / 4);
    free(p);
    if (pthread_create(&t, NULL, in_thread, &byte) || pthread_join(t, &back) || back != &byte)
        return 1;
    struct stat st;
    return fstat(shared_fd, &st) == 0 ? 0 : 1;
}

/* A thread that was started before the sandbox. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *waits_then_connects(void *p)
{
    (void)pthread_mutex_lock(&gate);
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? p : NULL;
}

static pthread_t early;

static int try_early_thread(void)
{
    void *allowed = NULL;

    (void)pthread_mutex_unlock(&gate);
    return pthread_join(early, &allowed) == 0 && allowed ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*act)(void);
    } acts[] = {
        {"open", try_open},       {"create", try_create},
        {"socket", try_socket},   {"exec", try_exec},
        {"fork", try_fork},       {"kill", try_kill},
        {"rename", try_rename},   {"executable", try_executable_memory},
        {"unlink", try_unlink},   {"memory", try_much_memory},
        {"decode", try_decoding}, {"thread", try_early_thread},
    };
    struct fn_error err;

    (void)mallopt(M_ARENA_MAX, 1);
    shared_fd = open("/dev/zero", O_RDONLY);
    (void)pthread_mutex_lock(&gate);
    if (pthread_create(&early, NULL, waits_then_connects, &gate) != 0)
        _exit(99);
    if (argc < 2 || shared_fd < 0 || fn_sandbox_enter(MEMORY, &err) < 0)
        _exit(99);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(acts[i].name, argv[1]) == 0)
            _exit(acts[i].act());
    _exit(98);
}
