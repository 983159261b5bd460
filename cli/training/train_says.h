/* SPDX-License-Identifier: MIT */
/* The messages of fnq train during a run, on standard error. */
#ifndef FN_CLI_TRAINING_TRAIN_SAYS_H
#define FN_CLI_TRAINING_TRAIN_SAYS_H

#include "cli/program/fnq.h"
#include "engine/base/status_line.h"
#include "engine/train/run.h"

struct fnq_train_says {
    const struct fnq_ctx *ctx;
    struct fn_progress line;
};
/* The arg of the events is says, which must outlive them; stop is left NULL. */
struct fn_run_events fnq_train_events(struct fnq_train_says *says);

#endif
