/* SPDX-License-Identifier: MIT */
/* sd_notify(3) without libsystemd: one datagram to $NOTIFY_SOCKET, nothing when it is not set.
 */
#ifndef FN_DAEMON_NOTIFY_H
#define FN_DAEMON_NOTIFY_H

#include <stdint.h>

/* state: lines such as "READY=1". Returns 0, or -errno (-ENOENT: nobody asked). */
int fnd_notify(const char *state);
/* Nanoseconds between two signs of life that systemd waits for; 0: it does not watch. */
uint64_t fnd_notify_watchdog_ns(void);

#endif
