/* SPDX-License-Identifier: MIT */
/* Loaded with LD_PRELOAD: fails, shortens or kills at one call that writes to the disk. Counted
 * are only calls on files below one folder, so output and other files do not matter.
 *
 *   FN_SHIM_DIR    the folder
 *   FN_SHIM_AT     the call, from 1; 0: none
 *   FN_SHIM_MODE   enospc, eio: it fails, nothing is written
 *                  short: half is written, and the next call finds the disk full
 *                  late: all is written, but it fails (EIO)
 *                  late2: the same for this call; the next one fails without writing
 *                  kill: SIGKILL before the call; torn: after half of it
 *                  int: SIGINT before the call, which is done
 *   FN_SHIM_KEEP   if set, every later call fails too, without writing
 *   FN_SHIM_COUNT  a file that gets the number of calls at exit */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { NONE, ENOSPC_NOW, EIO_NOW, SHORT, LATE, LATE2, KILL, TORN, INT };
/* What a call is to do. */
enum todo { PASS, FAIL, HALF, FAIL_LATER, DIE, DIE_HALF };

static char dir[PATH_MAX];
static size_t dir_n;
static long at;
static enum mode mode;
static int keep, code;
static atomic_long n_calls;
static const char *count_file;

static enum mode mode_of(const char *s)
{
    static const char *const names[] = {"none",  "enospc", "eio",  "short", "late",
                                        "late2", "kill",   "torn", "int"};
    for (size_t i = 0; s && i < sizeof names / sizeof *names; i++)
        if (strcmp(s, names[i]) == 0)
            return (enum mode)i;
    return NONE;
}

__attribute__((constructor)) static void begin(void)
{
    const char *d = getenv("FN_SHIM_DIR"), *n = getenv("FN_SHIM_AT");
    (void)snprintf(dir, sizeof dir, "%s/", d ? d : "/nowhere");
    dir_n = strlen(dir);
    at = n ? strtol(n, NULL, 10) : 0;
    mode = mode_of(getenv("FN_SHIM_MODE"));
    keep = getenv("FN_SHIM_KEEP") != NULL;
    count_file = getenv("FN_SHIM_COUNT");
    code = mode == ENOSPC_NOW || mode == SHORT ? ENOSPC : EIO;
}

__attribute__((destructor)) static void end(void)
{
    char text[32];
    int fd = count_file ? open(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    int n = snprintf(text, sizeof text, "%ld\n", (long)n_calls);
    if (fd >= 0 && (write(fd, text, (size_t)n) < 0 || close(fd)))
        abort();
}

static int is_below(const char *path)
{
    return strncmp(path, dir, dir_n) == 0;
}

static int is_counted(int fd)
{
    char link[64], path[PATH_MAX];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return is_below(path);
}

static enum todo first_time(void)
{
    switch (mode) {
    case ENOSPC_NOW:
    case EIO_NOW:
        return FAIL;
    case SHORT:
        return HALF;
    case LATE:
    case LATE2:
        return FAIL_LATER;
    case KILL:
        return DIE;
    case TORN:
        return DIE_HALF;
    case INT:
        (void)kill(getpid(), SIGINT);
        break;
    case NONE:
        break;
    }
    return PASS;
}

static enum todo next(int counted)
{
    long n = counted ? ++n_calls : 0;
    if (!counted || !at || n < at)
        return PASS;
    if (n == at)
        return first_time();
    int second = n == at + 1 && (mode == SHORT || mode == LATE2);
    return keep || second ? FAIL : PASS;
}

static int fail(void)
{
    errno = code;
    return -1;
}

static void die(void)
{
    (void)raise(SIGKILL);
}

/* The real function. */
#define REAL(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

/* A call that writes n bytes; `call` does so for `part` bytes. */
#define WRITES(fd, n, call)                                                                    \
    do {                                                                                       \
        enum todo todo = next(is_counted(fd));                                                 \
        size_t part = (todo == HALF || todo == DIE_HALF) && (n) > 1 ? (n) / 2 : (n);           \
        if (todo == DIE)                                                                       \
            die();                                                                             \
        if (todo == FAIL)                                                                      \
            return fail();                                                                     \
        ssize_t done = (call);                                                                 \
        if (todo == DIE_HALF)                                                                  \
            die();                                                                             \
        return todo == FAIL_LATER ? fail() : done;                                             \
    } while (0)

/* A call that does something as a whole. */
#define ACTS(counted, call)                                                                    \
    do {                                                                                       \
        enum todo todo = next(counted);                                                        \
        if (todo == DIE)                                                                       \
            die();                                                                             \
        if (todo == FAIL || todo == HALF)                                                      \
            return fail();                                                                     \
        int done = (call);                                                                     \
        if (todo == DIE_HALF)                                                                  \
            die();                                                                             \
        return todo == FAIL_LATER ? fail() : done;                                             \
    } while (0)

#pragma GCC visibility push(default)

ssize_t write(int fd, const void *p, size_t n)
{
    WRITES(fd, n, REAL(write)(fd, p, part));
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t offset)
{
    WRITES(fd, n, REAL(pwrite)(fd, p, part, offset));
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t offset)
{
    WRITES(fd, n, REAL(pwrite64)(fd, p, part, offset));
}

/* Half of the parts, or half of the only one. offset: -1: where the file is. */
static ssize_t write_parts(int fd, const struct iovec *v, int n, off_t offset, int whole)
{
    struct iovec half = v[0];
    half.iov_len /= 2;
    if (!whole && n > 1)
        n /= 2;
    else if (!whole)
        v = &half;
    return offset < 0 ? REAL(writev)(fd, v, n) : REAL(pwritev)(fd, v, n, offset);
}

enum { WHOLE = 2 };

ssize_t writev(int fd, const struct iovec *v, int n)
{
    WRITES(fd, (size_t)WHOLE, write_parts(fd, v, n, -1, part == WHOLE));
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t offset)
{
    WRITES(fd, (size_t)WHOLE, write_parts(fd, v, n, offset, part == WHOLE));
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t offset)
{
    return pwritev(fd, v, n, offset);
}

int fsync(int fd)
{
    ACTS(is_counted(fd), REAL(fsync)(fd));
}

int fdatasync(int fd)
{
    ACTS(is_counted(fd), REAL(fdatasync)(fd));
}

/* Only a map that is written would be synced like this; LMDB is used without such a map. */
int msync(void *p, size_t n, int flags)
{
    ACTS(1, REAL(msync)(p, n, flags));
}

int ftruncate(int fd, off_t n)
{
    ACTS(is_counted(fd), REAL(ftruncate)(fd, n));
}

int ftruncate64(int fd, off64_t n)
{
    ACTS(is_counted(fd), REAL(ftruncate64)(fd, n));
}

int rename(const char *from, const char *to)
{
    ACTS(is_below(to), REAL(rename)(from, to));
}

static int allocate(int fd, off_t offset, off_t n)
{
    ACTS(is_counted(fd), REAL(posix_fallocate)(fd, offset, n));
}

int posix_fallocate(int fd, off_t offset, off_t n) /* returns the error */
{
    int rc = allocate(fd, offset, n);
    return rc < 0 ? errno : rc;
}

int posix_fallocate64(int fd, off64_t offset, off64_t n)
{
    return posix_fallocate(fd, offset, n);
}
