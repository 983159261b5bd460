/* SPDX-License-Identifier: MIT */
/* What /proc/self/mountinfo (proc(5)) has about a folder. Reading it never waits for a drive.
 */
#ifndef FN_DAEMON_MOUNT_TABLE_H
#define FN_DAEMON_MOUNT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

struct fnd_mounts_of {
    uint64_t key; /* changes when a mount at, above or below the folder comes or goes */
    bool remote;  /* access to the folder may mount it or use the network */
};

/* text: a mountinfo, with its NUL. path: absolute, without links. */
struct fnd_mounts_of fnd_mounts_of(const char *text, const char *path);
/* The same, of this process. Without /proc, key is 0. */
struct fnd_mounts_of fnd_mounts_now(const char *path);

#endif
