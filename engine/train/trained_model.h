/* SPDX-License-Identifier: MIT */
/* What a trained network needs to be a model: its input conventions, its origin, and how its
 * chips are cut. */
#ifndef FN_ENGINE_TRAIN_TRAINED_MODEL_H
#define FN_ENGINE_TRAIN_TRAINED_MODEL_H

#include "engine/model/arch.h"
#include "engine/train/held_out.h"

/* For a built-in network of random weights. The caller owns its graph. */
void fn_trained_describe(struct fn_model *m, const struct fn_arch *a);
/* Writes the training data and the origin into the card of the initial network. Checkpoints
 * store the card. fine_tuned: m was a trained model before. */
void fn_trained_provenance(struct fn_model *m, bool fine_tuned, const struct fn_dataset *data);
/* "DATE: N steps by LOSS, M pictures". held: left out if NULL or not measured. */
void fn_trained_note(struct fn_card *c, const struct fn_train_opts *o, uint64_t steps,
                     uint64_t images, const struct fn_held_out_figures *held);
/* Adds what a network in training lacks to be used as a model. */
void fn_trained_finish(struct fn_model *m, const struct fn_train_opts *o);

#endif
