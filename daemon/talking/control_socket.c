/* SPDX-License-Identifier: MIT */
#include "daemon/talking/control_socket.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/log.h"
#include "engine/base/paths.h"

/* Is gid the primary group of the user, or the user listed as a member? The names come from the
 * system, not from the peer. */
static bool in_group(uid_t uid, gid_t gid, gid_t wanted)
{
    char memory[16384], group_memory[16384];
    struct passwd p, *user = NULL;
    struct group g, *group = NULL;
    if (gid == wanted)
        return true;
    if (getpwuid_r(uid, &p, memory, sizeof memory, &user) || !user ||
        getgrgid_r(wanted, &g, group_memory, sizeof group_memory, &group) || !group)
        return false;
    for (char **m = group->gr_mem; *m; m++)
        if (strcmp(*m, user->pw_name) == 0)
            return true;
    return false;
}

bool fnd_peer_allowed(int fd, const char *index_dir)
{
    struct ucred peer;
    struct stat st;
    socklen_t n = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n))
        return false;
    if (peer.uid == 0 || peer.uid == getuid())
        return true;
    return !stat(index_dir, &st) && (st.st_mode & S_IWGRP) &&
           in_group(peer.uid, peer.gid, st.st_gid);
}

/* The socket is not made by libuv: libuv 1.44 truncates long names silently, and the mode has
 * to be right from the start. */
int fnd_control_socket(const char *path, const char *index_dir)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char copy[FN_PATH_MAX];
    struct stat st;
    struct fn_error err;
    size_t n = strlen(path);
    if (n >= sizeof a.sun_path)
        return -ENAMETOOLONG;
    memcpy(a.sun_path, path, n + 1);
    memcpy(copy, path, n + 1);
    *strrchr(copy, '/') = '\0';
    int rc = fn_mkdirs(copy, 0700, &err);
    if (rc)
        return rc;
    bool group = !stat(index_dir, &st) && (st.st_mode & S_IWGRP);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    (void)unlink(path); /* left by a killed daemon: this process has the lock of the index */
    mode_t old = umask(group ? 0117 : 0177);
    rc = bind(fd, (const struct sockaddr *)&a, sizeof a) ? -errno : 0;
    (void)umask(old);
    if (!rc && group && chown(path, (uid_t)-1, st.st_gid))
        fn_log(FN_LOG_WARN, "%s: cannot be assigned to the group of the index: %s", path,
               fn_strerror(-errno));
    if (!rc)
        return fd;
    (void)close(fd);
    return rc;
}
