/* SPDX-License-Identifier: MIT */
/* When a root is scanned next. Pure arithmetic. */
#ifndef FN_DAEMON_SCAN_PLAN_H
#define FN_DAEMON_SCAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds until the next scan by itself; 0: none. A drive that is away is looked for often; one
 * without events (polled), or with folders nobody watches, or held, every poll_s; else full_s.
 * state: enum fn_root_state. */
uint64_t fnd_next_scan_s(uint8_t state, bool polled, uint64_t poll_s, uint64_t full_s);
/* A polled root at which nothing happens is looked at less and less often: the next interval
 * after poll_s, not under least_s (the configured one). */
uint64_t fnd_next_poll_s(uint64_t poll_s, uint64_t least_s, bool changed);

#endif
