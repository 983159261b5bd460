/* SPDX-License-Identifier: MIT */
/* What the system reports about a worker process. */
#ifndef FN_DAEMON_WORKER_PROCESS_H
#define FN_DAEMON_WORKER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Is it running on a core, or waiting for one? */
bool fnd_process_runs(pid_t pid);
uint64_t fnd_process_cpu_ns(pid_t pid); /* 0: unknown */

#endif
