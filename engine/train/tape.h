/* SPDX-License-Identifier: MIT */
/* Forward and backward of a network over one chunk of pictures, with all memory allocated
 * beforehand.
 *
 * Forward is that of the executor, compiled so that all values are retained. Backward visits
 * the same steps from the last to the first. Each step takes the gradient of its output, and
 * adds to the gradients of its inputs and its weights. Gradients of values exist only as long
 * as they are needed, and share one arena by the same plan as activations. The gradients of the
 * parts of a concatenation are slices of the gradient of the whole.
 *
 * The order of sums depends on the size of the chunk and the kernels, and on nothing else. One
 * thread at a time per tape. Any number of tapes share one fn_params. */
#ifndef FN_ENGINE_TRAIN_TAPE_H
#define FN_ENGINE_TRAIN_TAPE_H

#include "engine/graph/exec.h"
#include "engine/train/params.h"

struct fn_tape;

struct fn_tape_opts {
    uint32_t n, h, w;   /* pictures of a chunk; 0: the graph's default size */
    unsigned cpu_flags; /* FN_CPU_* */
    bool reference;     /* plain operators only */
};

FN_NODISCARD int fn_tape_create(const struct fn_params *p, const struct fn_tape_opts *o,
                                struct fn_tape **ret, struct fn_error *err);
void fn_tape_destroy(struct fn_tape *t); /* NULL-safe */

/* [n][h][w][c] floats, to be filled by the caller. */
float *fn_tape_input(struct fn_tape *t, uint32_t dims[4]);
const float *fn_tape_output(const struct fn_tape *t, uint32_t i, uint32_t dims[4]);
/* Gradient of output i, with the shape of the output, to be filled by the caller before each
 * backward. Outputs for which this is never called have gradient 0. */
float *fn_tape_seed(struct fn_tape *t, uint32_t i);

void fn_tape_refresh(struct fn_tape *t); /* the weights have changed */
void fn_tape_forward(struct fn_tape *t);
/* Adds to grad, which has the layout of fn_params.w. Call it after a forward. The seeds are
 * overwritten. */
void fn_tape_backward(struct fn_tape *t, float *grad);

struct fn_tape_info {
    size_t activation_bytes, gradient_bytes, packed_bytes; /* of this tape */
    uint64_t macs, macs_backward;                          /* of one chunk */
};
struct fn_tape_info fn_tape_info(const struct fn_tape *t);
/* Times of the last forward and backward per step; backward in CPU time. ns is 0 until
 * profiling is on. */
void fn_tape_profile(struct fn_tape *t, bool on);
void fn_tape_each_step(const struct fn_tape *t,
                       void (*visit)(const char *name, const char *forward_kernel,
                                     const char *backward_kernel, uint64_t macs,
                                     uint64_t forward_ns, uint64_t backward_ns, void *ctx),
                       void *ctx);

#endif
