/* SPDX-License-Identifier: MIT */
/* Parsing the options of fnq train into those of a training run. */
#ifndef FN_CLI_TRAINING_TRAIN_OPTIONS_H
#define FN_CLI_TRAINING_TRAIN_OPTIONS_H

#include "engine/base/options.h"
#include "engine/train/train.h"

/* NULL and 0: not given. */
struct fnq_train_words {
    const char *batch, *loss, *select, *mining, *margin, *optimizer, *rate, *schedule,
        *freeze_before, *size;
    uint64_t steps, threads, seed;
    struct fn_opt_list set;
};
/* FN_EUSAGE with a message. */
FN_NODISCARD int fnq_train_read(const struct fnq_train_words *c, struct fn_train_opts *o,
                                struct fn_error *err);
/* --share and --hold-out; NULL leaves its result unchanged. */
FN_NODISCARD int fnq_train_read_shares(const char *share, const char *hold_out,
                                       double *ret_share, double *ret_hold_out,
                                       struct fn_error *err);

#endif
