/* SPDX-License-Identifier: MIT */
/* The view that backward kernels have of a tape. */
#ifndef FN_ENGINE_TRAIN_TAPE_PRIV_H
#define FN_ENGINE_TRAIN_TAPE_PRIV_H

#include "engine/graph/program.h"
#include "engine/train/tape.h"

/* One step backwards. dout and din are views of gradients. din[i].data and dres.data are NULL
 * if nothing needs them. add: the gradient is added instead of stored. */
struct fn_back {
    const struct fn_step *step;
    const struct fn_back_kernel *kernel;
    struct fn_view dout, din[FN_NODE_IN_MAX], dres;
    bool add[FN_NODE_IN_MAX], add_res;
    size_t dweight, dbias,
        dslope;                  /* offsets in the gradient array; FN_NOWHERE: frozen or none */
    uint32_t zero_first, zero_n; /* of the tape's list: gradients to clear before */
    void *state;
    uint64_t macs, ns;
};
#define FN_NOWHERE SIZE_MAX

struct fn_back_ctx {
    const struct fn_kernels *kernels;
    unsigned cpu_flags;
    struct fn_memory *memory; /* of the kernels; lives as long as the tape */
    size_t scratch_floats;    /* prepare: increased to what run needs */
    float *scratch;           /* run: shared by all steps */
    float *grad;              /* run: where weight gradients are added */
};

struct fn_back_kernel {
    const char *name;
    uint32_t op;
    bool (*fits)(const struct fn_back *b, const struct fn_back_ctx *ctx); /* NULL: always */
    int (*prepare)(struct fn_back *b, struct fn_back_ctx *ctx);           /* 0 or -ENOMEM */
    void (*run)(const struct fn_back *b, const struct fn_back_ctx *ctx);
    void (*refresh)(const struct fn_back *b);
};

/* For each operator the best kernel first, and the reference last. */
const struct fn_back_kernel *fn_back_choose(const struct fn_back *b,
                                            const struct fn_back_ctx *ctx, bool reference);

extern const struct fn_back_kernel fn_back_fast[]; /* back_fast.c */
extern const size_t fn_back_fast_n;
enum { FN_BACK_WINDOW_MAX = 64 };
extern const struct fn_back_kernel fn_back_conv;  /* back_conv.c */
extern const struct fn_back_kernel fn_back_plain; /* back_plain.c: the operator table's */

#endif
