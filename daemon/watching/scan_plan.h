/* SPDX-License-Identifier: MIT */
/* When a root is scanned next. Pure arithmetic. */
#ifndef FN_DAEMON_SCAN_PLAN_H
#define FN_DAEMON_SCAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds until the next automatic scan; 0: none. A root that is away is checked often. A root
 * without events (polled), with folders without a watch, or held, is scanned every poll_s
 * seconds; else every full_s. state: enum fn_root_state. */
uint64_t fnd_next_scan_s(uint8_t state, bool polled, uint64_t poll_s, uint64_t full_s);
/* A polled root without changes is scanned less and less often: the next interval after poll_s,
 * at least least_s (the configured one). */
uint64_t fnd_next_poll_s(uint64_t poll_s, uint64_t least_s, bool changed);

#endif
