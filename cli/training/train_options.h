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
/* Which of the data a run uses. The checkpoint keeps it, so that a resumed run has the same. */
struct fnq_train_which {
    double share, hold_out;
    bool centre; /* of each picture, instead of a face */
};
/* Words for `extra` of a checkpoint. */
void fnq_train_which_format(const struct fnq_train_which *w, char *out, size_t size);
/* Takes over what a checkpoint has; older ones have nothing, and *w stays. given: the options
 * of the command line, by name, NULL if not given. FN_EUSAGE if one differs from the run. */
struct fnq_train_given {
    const char *share, *hold_out, *mode;
};
FN_NODISCARD int fnq_train_which_resume(const char *extra, const struct fnq_train_given *given,
                                        struct fnq_train_which *w, struct fn_error *err);
/* --share and --hold-out; NULL leaves its result unchanged. */
FN_NODISCARD int fnq_train_read_shares(const char *share, const char *hold_out,
                                       double *ret_share, double *ret_hold_out,
                                       struct fn_error *err);

#endif
