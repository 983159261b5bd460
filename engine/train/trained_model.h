/* SPDX-License-Identifier: MIT */
/* What makes a trained network a model: how it is fed, where it comes from, how its chips are
 * cut. */
#ifndef FN_ENGINE_TRAIN_TRAINED_MODEL_H
#define FN_ENGINE_TRAIN_TRAINED_MODEL_H

#include "engine/model/arch.h"
#include "engine/train/held_out.h"

/* A built-in network of random weights; its graph is the caller's. */
void fn_trained_describe(struct fn_model *m, const struct fn_arch *a);
/* What the run trains on and from, into the card of the network it begins with; checkpoints
 * keep it. fine_tuned: m was a model before. */
void fn_trained_provenance(struct fn_model *m, bool fine_tuned, const struct fn_dataset *data);
/* "DATE: N steps by LOSS, M pictures". held: NULL or not measured, nothing is said of it. */
void fn_trained_note(struct fn_card *c, const struct fn_train_opts *o, uint64_t steps,
                     uint64_t images, const struct fn_held_out_figures *held);
/* What a network being trained lacks to be used as a model. */
void fn_trained_finish(struct fn_model *m, const struct fn_train_opts *o);

#endif
