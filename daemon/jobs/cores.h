/* SPDX-License-Identifier: MIT */
/* The number of cores available to workers. */
#ifndef FN_DAEMON_CORES_H
#define FN_DAEMON_CORES_H

/* Cores this process may use: affinity, and the CPU quota of its cgroup (v2), at least 1. */
unsigned fnd_allowed_cores(void);
/* cpu.max ("MAX PERIOD" in microseconds) -> cores, rounded up; 0: no limit or not understood.
 */
unsigned fnd_quota_cores(const char *cpu_max);

#endif
