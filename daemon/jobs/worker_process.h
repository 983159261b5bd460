/* SPDX-License-Identifier: MIT */
/* What the system says of a worker's process. */
#ifndef FN_DAEMON_WORKER_PROCESS_H
#define FN_DAEMON_WORKER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* It has work and has a core, or waits for one. */
bool fnd_process_runs(pid_t pid);
uint64_t fnd_process_cpu_ns(pid_t pid); /* 0: unknown */

#endif
