/* SPDX-License-Identifier: MIT */
/* sd_notify(3) without libsystemd: one datagram to $NOTIFY_SOCKET, nothing when it is not set.
 */
#ifndef FN_DAEMON_NOTIFY_H
#define FN_DAEMON_NOTIFY_H

#include <stdint.h>

/* state: lines such as "READY=1". Returns 0, or -errno (-ENOENT: $NOTIFY_SOCKET is not set). */
int fnd_notify(const char *state);
/* The watchdog interval of systemd in nanoseconds; 0: there is no watchdog. */
uint64_t fnd_notify_watchdog_ns(void);

#endif
