/* SPDX-License-Identifier: MIT */
/* Metrics on held-out people during training: those of the validation split. */
#ifndef FN_ENGINE_TRAIN_HELD_OUT_H
#define FN_ENGINE_TRAIN_HELD_OUT_H

#include "engine/train/train.h"

enum { FN_HELD_OUT_MIN = 20 }; /* people; with fewer there are no metrics */

/* The samples that are evaluated. */
struct fn_held_out {
    const struct fn_dataset *data;
    uint32_t *sample;
    size_t n;
};
struct fn_held_out_figures {
    bool measured;
    size_t faces, people;
    double accuracy, accuracy_error;   /* of pairs, ten folds */
    double tar3, tar4;                 /* at FAR 1e-3 and 1e-4 over all impostor pairs */
    struct fn_calibration calibration; /* pair_d2 0: none */
    char why_none[160];
};
/* Chooses people of the validation split, with a maximum of pictures for each and in all. No
 * people at all is success. d must outlive it. -ENOMEM. */
FN_NODISCARD int fn_held_out_choose(const struct fn_dataset *d, struct fn_held_out *ret,
                                    struct fn_error *err);
/* Why no metrics can be made of them, whatever the weights; NULL: they can. */
const char *fn_held_out_why_none(const struct fn_held_out *h);
void fn_held_out_free(struct fn_held_out *h); /* safe on zeroes */
/* Measures with the present weights. All ranks. */
FN_NODISCARD int fn_held_out_measure(const struct fn_held_out *h, struct fn_trainer *t,
                                     struct fn_held_out_figures *ret, struct fn_error *err);

#endif
