/* SPDX-License-Identifier: MIT */
/* A small training set: pictures of artificial people, and a network of four layers with fixed
 * weights. Exits on failure. */
#ifndef FN_TESTS_UNIT_TRAIN_FIXTURE_H
#define FN_TESTS_UNIT_TRAIN_FIXTURE_H

#include "engine/train/train.h"

enum { SIDE = 32, DIM = 16 };

/* dir/pNN/F.jpg: a coloured pattern per person, with noise and shifts. */
void made_people(const char *dir, uint32_t people, uint32_t faces);
/* SIDE x SIDE to DIM numbers. m lives as long as the builder. */
struct fn_graph_builder *made_model(struct fn_model *m);

#endif
