/* SPDX-License-Identifier: MIT */
#include "daemon/loop/daemon_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"

/* Returns 0, or FN_EBUSY with the process id of the other daemon in pid. */
static int lock(int fd, char *pid, size_t size)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    ssize_t n = pread(fd, pid, size - 1, 0);
    pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
    return FN_EBUSY;
}

int fnd_lock_index(const char *dir, int *ret_fd, uint64_t *ret_dev, uint64_t *ret_ino,
                   struct fn_error *err)
{
    char path[FN_PATH_MAX], pid[32] = "";
    struct stat st;
    int rc = fn_mkdirs(dir, 0700, err);
    if (rc)
        return rc;
    if (stat(dir, &st) || fn_path_join(path, sizeof path, dir, "facenetd.lock"))
        return fn_error_set(err, -errno, "%s: %s", dir, fn_strerror(-errno));
    *ret_dev = st.st_dev;
    *ret_ino = st.st_ino;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, st.st_mode & S_IWGRP ? 0660 : 0600);
    if (fd < 0)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    *ret_fd = fd;
    if (lock(fd, pid, sizeof pid))
        return fn_error_set(err, FN_EBUSY,
                            "%s: facenetd (pid %s) already runs for this index. Use that one: "
                            "fnq status, fnq watch add DIR",
                            dir, pid[0] ? pid : "unknown");
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    errno = ENOSPC; /* it stays when only a part is written */
    if (ftruncate(fd, 0) || pwrite(fd, pid, (size_t)n, 0) != n)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    return 0;
}
