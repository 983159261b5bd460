/* SPDX-License-Identifier: MIT */
/* Between an event and the queue: files wait until they are closed and their size and time
 * stand still for library.settle_ms; new folders are scanned and names said to be gone are
 * looked at after a moment, in groups. */
#ifndef FN_DAEMON_QUIET_H
#define FN_DAEMON_QUIET_H

#include "daemon/watching/root_list.h"

FN_NODISCARD int fnd_settle_start(struct fnd *f, struct fn_error *err);
void fnd_settle_free(struct fnd *f);
void fnd_settle_touch(struct fnd *f, struct fnd_root *r, const char *rel);
void fnd_settle_dir(struct fnd *f, struct fnd_root *r, const char *rel);
void fnd_settle_gone(struct fnd *f, struct fnd_root *r, const char *rel, bool is_dir);
void fnd_settle_tick(struct fnd *f, uint64_t now_ns);
bool fnd_settle_idle(const struct fnd *f); /* nothing waits or is being looked at */
size_t fnd_settle_count(const struct fnd *f);

#endif
