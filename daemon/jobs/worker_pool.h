/* SPDX-License-Identifier: MIT */
/* Worker processes: started when there is work, one photo at a time each, timed, judged,
 * replaced.
 *
 * A photo that crashes its worker, or runs over time, is quarantined with its reason. A SIGKILL
 * that we did not send says nothing about the photo: it goes to the end of the queue. Workers
 * that die before they are ready are started again with a growing pause; when none ever gets
 * ready, that is an error of the installation and the end. */
#ifndef FN_DAEMON_WORKER_POOL_H
#define FN_DAEMON_WORKER_POOL_H

#include "daemon/loop/daemon.h"

FN_NODISCARD int fnd_pool_start(struct fnd *f, struct fn_error *err);
/* Gives waiting photos to idle workers; starts workers that are missing. */
void fnd_pool_feed(struct fnd *f);
void fnd_pool_tick(struct fnd *f, uint64_t now_ns);
void fnd_pool_child(struct fnd *f);        /* SIGCHLD */
size_t fnd_pool_size(const struct fnd *f); /* workers there may be */
size_t fnd_pool_busy(const struct fnd *f);
size_t fnd_pool_running(const struct fnd *f);
/* The configuration changed: workers with the old one end after the photo in hand. */
void fnd_pool_reload(struct fnd *f);
/* Kills all. Their photos stay in the queue. */
void fnd_pool_stop(struct fnd *f);
void fnd_pool_free(struct fnd *f);

/* Cores this process may use: affinity, and the CPU quota of its cgroup (v2), at least 1. */
unsigned fnd_allowed_cores(void);
/* cpu.max ("MAX PERIOD" in microseconds) -> cores, rounded up; 0: no limit or not understood.
 */
unsigned fnd_quota_cores(const char *cpu_max);

#endif
