/* SPDX-License-Identifier: MIT */
#include "cli/library/file_faces.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_regular(int fd, struct fn_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return fn_error_set(err, -errno, "%s", fn_strerror(-errno));
    if (S_ISDIR(st.st_mode))
        return fn_error_set(err, -EISDIR, "%s", fn_strerror(-EISDIR));
    return S_ISREG(st.st_mode) ? 0 : fn_error_set(err, -EINVAL, "not a regular file");
}

int fnl_file_faces(struct fn_library *lib, const char *path, struct fn_work_reply *ret,
                   struct fn_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "%s", fn_strerror(-errno));
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = fd, .out_fd = -1};
    int rc = check_regular(fd, err);
    rc = rc ? rc : fnl_worker_ask(lib, &q, ret, err);
    (void)close(fd);
    return rc;
}
