/* SPDX-License-Identifier: MIT */
/* The socket that fnq connects to, and its access control. Only the same user, root, or (when
 * the index belongs to a group) members of that group are accepted. */
#ifndef FN_DAEMON_CONTROL_SOCKET_H
#define FN_DAEMON_CONTROL_SOCKET_H

#include <stdbool.h>

/* Makes a bound socket at path, with the permissions of the index's folder. Returns a
 * descriptor, or -errno. */
int fnd_control_socket(const char *path, const char *index_dir);
/* May the process at the other end of fd use the socket? */
bool fnd_peer_allowed(int fd, const char *index_dir);

#endif
