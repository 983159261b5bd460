/* SPDX-License-Identifier: MIT */
/* The kind of file system of a root: on network mounts, events of other machines do not arrive.
 */
#ifndef FN_DAEMON_FS_KIND_H
#define FN_DAEMON_FS_KIND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/statfs.h>

/* Identity of a file system: its f_fsid mixed with its type (some kinds have no f_fsid). Never
 * 0. */
uint64_t fnd_fsid(const struct statfs *fs);
/* The kind of file system if it has to be polled ("nfs", "cifs", ...), else NULL. dev: st_dev,
 * to distinguish FUSE kinds by /proc/self/mountinfo; out: memory for the result. */
const char *fnd_poll_kind(const struct statfs *fs, uint64_t dev, char *out, size_t size);
/* The enum fn_watch_mode in effect (INOTIFY or POLL) for the configured one; reason: why, "" in
 * the normal case. */
int fnd_choose_mode(int wanted, const struct statfs *fs, uint64_t dev, char *reason,
                    size_t size);

#endif
