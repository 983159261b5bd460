/* SPDX-License-Identifier: MIT */
/* Input and output conventions of families of networks, which an imported file does not state.
 * This is the one place for them: the pretrained models and `fnq model import --profile` both
 * use it. */
#ifndef FN_ENGINE_MODEL_CONVENTIONS_H
#define FN_ENGINE_MODEL_CONVENTIONS_H

#include "engine/model/model.h"

enum fn_fed {
    FN_FED_ARCFACE,
    FN_FED_MOBILEFACENET,
    FN_FED_FACENET,
    FN_FED_DLIB,
    FN_FED_ULTRA_LIGHT,
    FN_FED_ONET,
    FN_FED_LANDMARKS,
    FN_FED_FACEAPI_LANDMARKS,
    FN_FED_COUNT
};

struct fn_convention {
    const char *name;
    enum fn_role role;
    uint32_t width, height;     /* usual input */
    const char *const *outputs; /* tensors that are read; NULL: the file's own outputs */
    uint32_t n_outputs;
    /* Fills decode, align and pre (all but its size) for an input of this size. */
    void (*set)(struct fn_model *m, uint32_t width, uint32_t height);
};

/* Tensors of Ultra-Light RFB-320 before its own box decoding: scores and boxes of each level.
 */
enum { FN_ULTRA_LIGHT_HEADS = 8 };
extern const char *const fn_ultra_light_heads[FN_ULTRA_LIGHT_HEADS];

extern const struct fn_convention fn_conventions[FN_FED_COUNT];

/* NULL: there is none of this name. */
const struct fn_convention *fn_convention_find(const char *name);

/* Role, preprocessing, decoding and alignment for an input of width x height. */
void fn_convention_set(const struct fn_convention *c, struct fn_model *m, uint32_t width,
                       uint32_t height);

/* The same for m->graph at its own input size. FN_EMODEL, m untouched, if its input or outputs
 * do not match the convention; the message says which. */
FN_NODISCARD int fn_convention_apply(const struct fn_convention *c, struct fn_model *m,
                                     struct fn_error *err);

#endif
