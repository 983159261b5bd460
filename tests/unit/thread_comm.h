/* SPDX-License-Identifier: MIT */
/* Ranks that are threads of one process: a backend of comm.h, to test everything above it. */
#ifndef FN_TESTS_UNIT_THREAD_COMM_H
#define FN_TESTS_UNIT_THREAD_COMM_H

#include "engine/train/comm.h"

/* Runs work(comm, ctx) on `size` threads in parallel, each with its own comm, and waits for
 * all. limit: see struct fn_comm. */
void run_ranks(unsigned size, size_t limit, void (*work)(struct fn_comm *c, void *ctx),
               void *ctx);

#endif
