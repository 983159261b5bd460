/* SPDX-License-Identifier: MIT */
/* What fnq train says while a run goes on, on standard error. */
#ifndef FN_CLI_TRAINING_TRAIN_SAYS_H
#define FN_CLI_TRAINING_TRAIN_SAYS_H

#include "cli/program/fnq.h"
#include "engine/train/run.h"

struct fnq_train_says {
    const struct fnq_ctx *ctx;
    uint64_t said_ns; /* progress */
};
/* arg of the events is says, which lives on; stop is left NULL. */
struct fn_run_events fnq_train_events(struct fnq_train_says *says);

#endif
