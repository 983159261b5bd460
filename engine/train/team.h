/* SPDX-License-Identifier: MIT */
/* A few threads that process numbered items until there are none. It is not determined which
 * thread gets an item, so the result of an item must not depend on it. */
#ifndef FN_ENGINE_TRAIN_TEAM_H
#define FN_ENGINE_TRAIN_TEAM_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/error.h"

struct fn_team;

FN_NODISCARD int fn_team_create(unsigned threads,
                                struct fn_team **ret); /* 0, -ENOMEM, -EAGAIN */
void fn_team_destroy(struct fn_team *t);               /* NULL-safe */
unsigned fn_team_threads(const struct fn_team *t);
/* Calls work(ctx, thread, item) for each item < n, with thread < fn_team_threads. Returns when
 * all are done. */
void fn_team_run(struct fn_team *t, void (*work)(void *ctx, unsigned thread, size_t item),
                 void *ctx, size_t n);

#endif
