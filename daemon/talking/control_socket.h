/* SPDX-License-Identifier: MIT */
/* The socket that fnq connects to, and who may. Only the same user, root, or (when the index is
 * a group's) a member of that group is listened to. */
#ifndef FN_DAEMON_CONTROL_SOCKET_H
#define FN_DAEMON_CONTROL_SOCKET_H

#include <stdbool.h>

/* A bound socket at path, with the rights of the index's folder. A descriptor, or -errno. */
int fnd_control_socket(const char *path, const char *index_dir);
/* May the process at the other end of fd speak to us? */
bool fnd_peer_allowed(int fd, const char *index_dir);

#endif
