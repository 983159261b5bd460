/* SPDX-License-Identifier: MIT */
/* Moving a labels.log out of the way, and what else concerns the file as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "index/labels/labels_priv.h"

int fn_log_lock(int fd, const char *path, struct fn_error *err)
{
    while (flock(fd, LOCK_EX) < 0) {
        if (errno != EINTR)
            return fn_error_set(err, -errno, "cannot lock '%s': %s", path, strerror(errno));
    }
    return 0;
}

int fn_log_sync_folder(const char *path, struct fn_error *err)
{
    char *dir = strdup(path);
    if (!dir)
        return fn_error_set(err, -ENOMEM, "out of memory");
    char *slash = strrchr(dir, '/');
    if (slash)
        slash[slash == dir] = 0;
    int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    if (fd < 0 || fsync(fd) < 0)
        rc = fn_error_set(err, -errno, "cannot sync the directory of '%s': %s", path,
                          strerror(errno));
    if (fd >= 0)
        close(fd);
    free(dir);
    return rc;
}

/* PATH.old, PATH.old-2, ...: the first that does not exist. */
static int free_name(const char *path, char *out, size_t size)
{
    enum { MOST = 1000 };
    for (int i = 1; i < MOST; i++) {
        int n = i == 1 ? snprintf(out, size, "%s.old", path)
                       : snprintf(out, size, "%s.old-%d", path, i);
        if (n < 0 || (size_t)n >= size)
            return -ENAMETOOLONG;
        if (!fn_file_exists(out))
            return 0;
    }
    return -EEXIST;
}

int fn_labels_log_set_aside(const char *log_path, char *out, size_t size, struct fn_error *err)
{
    int fd = open(log_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", log_path, strerror(errno));
    int rc = fn_log_lock(fd, log_path, err);
    if (!rc && (rc = free_name(log_path, out, size)))
        rc = fn_error_set(err, rc, "no name to move '%s' to: %s", log_path, fn_strerror(rc));
    if (!rc && rename(log_path, out) < 0)
        rc = fn_error_set(err, -errno, "cannot move '%s': %s", log_path, strerror(errno));
    rc = rc ? rc : fn_log_sync_folder(log_path, err);
    close(fd);
    return rc;
}
