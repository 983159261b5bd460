/* SPDX-License-Identifier: MIT */
/* Waiting with a limit: condition variables that use the monotonic clock, and deadlines. */
#ifndef FN_DAEMON_DEADLINE_H
#define FN_DAEMON_DEADLINE_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Now + ms, for pthread_cond_timedwait on a condition of fnd_cond_init. */
void fnd_deadline(struct timespec *ret, uint64_t ms);
void fnd_cond_init(pthread_cond_t *c);

#endif
