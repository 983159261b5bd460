/* SPDX-License-Identifier: MIT */
/* Small things to train on: pictures of made people, and a network of four layers with fixed
 * weights. Ends the program when it cannot. */
#ifndef FN_TESTS_UNIT_TRAIN_FIXTURE_H
#define FN_TESTS_UNIT_TRAIN_FIXTURE_H

#include "engine/train/train.h"

enum { SIDE = 32, DIM = 16 };

/* dir/pNN/F.jpg: a coloured pattern for each, with noise and shifts. */
void made_people(const char *dir, uint32_t people, uint32_t faces);
/* SIDE x SIDE to DIM numbers. m lives as long as the builder. */
struct fn_graph_builder *made_model(struct fn_model *m);

#endif
