/* SPDX-License-Identifier: MIT */
/* Watches: one per folder, on an inotify descriptor of our own under uv_poll. libuv's own
 * uv_fs_event is of no use here: it drops IN_Q_OVERFLOW and rename cookies.
 *
 * Reader threads add watches while they scan; the loop reads events. An overflow makes every
 * root be scanned again. At most half of the watches that are free are taken (other programs
 * need some); folders beyond that are polled. */
#ifndef FN_DAEMON_INOTIFY_EVENTS_H
#define FN_DAEMON_INOTIFY_EVENTS_H

#include "daemon/loop/daemon.h"

struct fnd_watch;

/* Without inotify (no instance left) everything is polled: that is no error. */
FN_NODISCARD int fnd_watch_start(struct fnd *f, struct fn_error *err);
void fnd_watch_stop(
    struct fnd *f); /* closes the uv handle; memory stays until fnd_watch_free */
void fnd_watch_free(struct fnd *f);
/* Any thread. false: no watch is to be had for this folder. */
bool fnd_watch_add(struct fnd *f, fn_root_id root, const char *root_path, const char *rel);
/* Drops the watches of a folder and all below it. */
void fnd_watch_drop(struct fnd *f, fn_root_id root, const char *rel);
/* Says once that folders are polled, and how to raise the limit. */
void fnd_watch_warn(struct fnd *f);
void fnd_watch_tick(struct fnd *f, uint64_t now_ns);
bool fnd_watch_idle(const struct fnd *f); /* no half of a rename waits for the other */
size_t fnd_watch_count(const struct fnd *f, fn_root_id root);

/* inotify watches that this user may have and those in use by all the processes that can be
 * looked at. */
void fnd_watch_usage(uint64_t *ret_limit, uint64_t *ret_used);

#endif
