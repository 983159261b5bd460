/* SPDX-License-Identifier: MIT */
#include "engine/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/paths.h"

ssize_t fn_pread_all(int fd, void *p, size_t n, uint64_t offset)
{
    size_t got = 0;
    while (got < n) {
        ssize_t r = pread(fd, (char *)p + got, n - got, (off_t)(offset + got));
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -errno;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (ssize_t)got;
}

int fn_write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t r = write(fd, at, n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -errno;
        at += r;
        n -= (size_t)r;
    }
    return 0;
}

int fn_file_read(const char *path, struct fn_buf *out, struct fn_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", path, fn_strerror(-errno));
    char chunk[16384];
    int rc = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = fn_error_set(err, -errno, "cannot read '%s': %s", path, fn_strerror(-errno));
        if (n <= 0)
            break;
        fn_buf_add(out, chunk, (size_t)n);
        if (fn_buf_failed(out)) {
            rc = fn_error_set(err, FN_ELIMIT, "'%s' is larger than %zu bytes", path, out->cap);
            break;
        }
    }
    (void)close(fd);
    return rc;
}

int fn_sync_parent(const char *path)
{
    char copy[FN_PATH_MAX];
    if ((size_t)snprintf(copy, sizeof copy, "%s", path) >= sizeof copy)
        return -ENAMETOOLONG;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = fsync(fd) ? -errno : 0;
    (void)close(fd);
    /* Some file systems cannot fsync a directory. The rename itself is still atomic there. */
    return rc == -EINVAL ? 0 : rc;
}

int fn_file_write_atomic(const char *path, const void *data, size_t n, mode_t mode,
                         struct fn_error *err)
{
    char tmp[FN_PATH_MAX];
    if ((size_t)snprintf(tmp, sizeof tmp, "%s.tmp-%ld", path, (long)getpid()) >= sizeof tmp)
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the name is too long", path);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot create '%s': %s", tmp, fn_strerror(-errno));
    int rc = fn_write_all(fd, data, n);
    if (!rc && fsync(fd))
        rc = -errno;
    if (close(fd) && !rc)
        rc = -errno;
    if (!rc && rename(tmp, path))
        rc = -errno;
    if (rc) {
        (void)unlink(tmp);
        return fn_error_set(err, rc, "cannot write '%s': %s", path, fn_strerror(rc));
    }
    rc = fn_sync_parent(path);
    return rc ? fn_error_set(err, rc, "cannot sync the folder of '%s': %s", path,
                             fn_strerror(rc))
              : 0;
}

int fn_map_open(const char *path, struct fn_map *ret, struct fn_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", path, fn_strerror(-errno));
    struct stat st;
    int rc = 0;
    if (fstat(fd, &st))
        rc = fn_error_set(err, -errno, "cannot read '%s': %s", path, fn_strerror(-errno));
    else if (!S_ISREG(st.st_mode) || st.st_size <= 0)
        rc = fn_error_set(err, -EINVAL, "'%s' is empty or no regular file", path);
    if (!rc) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            rc = fn_error_set(err, -errno, "cannot map '%s': %s", path, fn_strerror(-errno));
        else
            *ret = (struct fn_map){p, (size_t)st.st_size};
    }
    (void)close(fd);
    return rc;
}

void fn_map_close(struct fn_map *m)
{
    if (m && m->data) {
        union {
            const uint8_t *c;
            void *v;
        } p = {.c = m->data};
        (void)munmap(p.v, m->size);
        *m = (struct fn_map){0};
    }
}

int fn_mkdirs(const char *path, mode_t mode, struct fn_error *err)
{
    char copy[FN_PATH_MAX];
    if ((size_t)snprintf(copy, sizeof copy, "%s", path) >= sizeof copy)
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the name is too long", path);
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char keep = *p;
        *p = '\0';
        if (mkdir(copy, mode) && errno != EEXIST)
            return fn_error_set(err, -errno, "cannot create the folder '%s': %s", copy,
                                fn_strerror(-errno));
        *p = keep;
        if (keep == '\0')
            break;
    }
    struct stat st;
    if (stat(path, &st) || !S_ISDIR(st.st_mode))
        return fn_error_set(err, -ENOTDIR, "'%s' is not a folder", path);
    return 0;
}

bool fn_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
