/* SPDX-License-Identifier: MIT */
/* What kind of file system a root lies on: on network mounts events of other machines do not
 * arrive. */
#ifndef FN_DAEMON_FS_KIND_H
#define FN_DAEMON_FS_KIND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/statfs.h>

/* Identity of a file system: its f_fsid mixed with its type (some kinds have no f_fsid). Never
 * 0. */
uint64_t fnd_fsid(const struct statfs *fs);
/* The kind when it has to be polled ("nfs", "cifs", ...), else NULL. dev: st_dev, to tell FUSE
 * kinds apart by /proc/self/mountinfo; out: memory for the answer. */
const char *fnd_poll_kind(const struct statfs *fs, uint64_t dev, char *out, size_t size);
/* enum fn_watch_mode in force (INOTIFY or POLL) for the wanted one; reason: why, "" when as
 * usual. */
int fnd_choose_mode(int wanted, const struct statfs *fs, uint64_t dev, char *reason,
                    size_t size);

#endif
