/* SPDX-License-Identifier: MIT */
/* The networks of the pinned npm packages: what to read, and everything about them that their
 * files do not state. */
#ifndef FN_ENGINE_MODEL_PINNED_H
#define FN_ENGINE_MODEL_PINNED_H

#include "engine/model/model.h"
#include "engine/model/profile.h"

enum fn_pinned_format { FN_PINNED_ONNX, FN_PINNED_TFLITE, FN_PINNED_TFJS };

struct fn_pinned_network {
    const char *file;    /* name of the .fnm */
    const char *package; /* npm name */
    const char *path[2]; /* in the package; TF.js: manifest and weights */
    enum fn_pinned_format format;
    const char *recipe; /* TF.js: architecture; part of the model's id */
    const char *const *outputs;
    uint32_t n_outputs;  /* 0: the file's own */
    uint32_t rotate;     /* embedders: numbers to rotate the linear tail to, 0: leave it */
    const char *anchors; /* TF.js: tensor with the anchors, or NULL */
    /* A joint network (joint.h): its trunks, up to FN_PROJECTION_PARTS, NULL after the last.
     * It has no package of its own, and its projection is the one that the program brings. */
    const struct fn_pinned_network *const *trunk;
    void (*describe)(struct fn_model *m); /* everything but graph, id and anchors */
};

enum { FN_PINNED_NETWORKS = 4 };
struct fn_pinned_profile {
    struct fn_profile_values values;
    const struct fn_pinned_network *network[FN_PINNED_NETWORKS]; /* NULL: unused */
};

/* Profile i, or NULL after the last. */
const struct fn_pinned_profile *fn_pinned_profile(unsigned i);

#endif
