/* SPDX-License-Identifier: MIT */
/* The input of a training run (engine/train/run.h): an initial network, and data with the face
 * found in every picture. */
#ifndef FN_CLI_LIBRARY_TRAINING_H
#define FN_CLI_LIBRARY_TRAINING_H

#include "cli/library/eval.h"
#include "cli/library/library.h"
#include "engine/train/comm.h"
#include "engine/train/dataset.h"
#include "engine/train/face_template.h"

/* ---- the network (training_network.c) ---- */

struct fnl_network {
    struct fn_model *opened; /* from a file; NULL: a built-in network with random weights */
    struct fn_model made;
    struct fn_graph_builder *builder;
    struct fn_model *model; /* one of the two; ret must not move */
};
/* name: a built-in network, a model file, or an installed model. dim: dimensions of the
 * embedding of a built-in network, 0: its default; seed: of its weights. -ENOENT; FN_EUSAGE
 * when it is not an embedder. */
FN_NODISCARD int fnl_training_network_open(struct fn_library *lib, const char *name,
                                           uint64_t dim, uint64_t seed, struct fnl_network *ret,
                                           struct fn_error *err);
void fnl_network_close(struct fnl_network *n); /* safe on zeroes */

/* ---- the data (training_data.c, training_labels.c) ---- */

enum { FNL_HOLD_OUT_USUAL = -1 };
struct fnl_training_choice {
    const char *path; /* a folder of people or a list; NULL: the faces confirmed in the index */
    double share;     /* share of the people to use; the others are set aside; 1: all */
    double hold_out;  /* share of held-out people; FNL_HOLD_OUT_USUAL: a tenth of the confirmed
                         people when there are enough, none of a folder or list */
    uint64_t seed;
};
struct fnl_training_data {
    struct fn_dataset *data;     /* the caller frees it */
    size_t n_missing, n_unnamed; /* confirmed faces left out, as in confirmed.h */
};
/* Reads the data, holds people out and sets people aside. With data from the index, the frames
 * are known afterwards. Called by all ranks. FN_EUSAGE when there are no data. */
FN_NODISCARD int fnl_training_read(struct fn_library *lib,
                                   const struct fnl_training_choice *choice,
                                   const struct fn_picture_source *pictures,
                                   const struct fn_face_template *t, struct fn_comm *comm,
                                   struct fnl_training_data *ret, struct fn_error *err);
/* Finds the face in every picture except those of test people, by the workers of e.
 * *ret_without of *ret_looked pictures have none: the training uses their centres. */
FN_NODISCARD int fnl_training_find_faces(struct fnl_eval *e, const struct fn_face_template *t,
                                         struct fn_dataset *d, size_t *ret_looked,
                                         size_t *ret_without, struct fn_error *err);
/* Sends what rank 0 found to the other ranks. Called by all ranks. */
FN_NODISCARD int fnl_training_share_faces(struct fn_comm *comm, struct fn_dataset *d,
                                          struct fn_error *err);
/* Faces confirmed in the index as data; for training_data.c. */
FN_NODISCARD int fnl_training_confirmed(struct fn_library *lib,
                                        const struct fn_face_template *t,
                                        struct fnl_training_data *ret, struct fn_error *err);

#endif
