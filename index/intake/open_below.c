/* SPDX-License-Identifier: MIT */
#include "index/intake/open_below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int fn_open_below(const char *root, const char *rel, int flags, bool follow)
{
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -errno;
    flags |= O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW);
    struct open_how how = {.flags = (uint64_t)flags,
                           .resolve = follow ? 0 : RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    const char *name = *rel ? rel : ".";
    int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) /* old kernel, or a seccomp filter */
        fd = openat(dir, name, flags);
    int rc = fd < 0 ? -errno : fd;
    (void)close(dir);
    return rc;
}
