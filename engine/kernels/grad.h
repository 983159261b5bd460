/* SPDX-License-Identifier: MIT */
/* The backward kernels: a family of the kernel table. Tensors are NHWC pixels as in kernels.h:
 * only the c floats of a pixel are read or written, no alignment is required.
 *
 * A gradient dx is stored, or added to the old value, as `add` says. Gradients of weights are
 * always added. The forward pass provides x (its input) and y (its result), and no other
 * record: the position of a maximum and the sums of a normalisation are computed again, which
 * costs less than storing and loading them.
 *
 * Sums over pixels run in one order, given by the shape and the instruction set. At kinks and
 * ties all follow the reference operators: 0 at a relu's bend, the first maximum in row order,
 * the lowest piece.
 */
#ifndef FN_ENGINE_KERNELS_GRAD_H
#define FN_ENGINE_KERNELS_GRAD_H

#include "engine/kernels/pixels.h"

/* A pool: n x h x w pixels of c to n x oh x ow. A global one: kh = h, kw = w. */
struct fn_pool_grad {
    uint32_t n, h, w, oh, ow;
    uint32_t kh, kw, stride_h, stride_w, pad_top, pad_left;
    size_t c;
    struct fn_cpixels x, y, dy; /* avg needs dy alone, max and l2 all three */
    struct fn_pixels dx;
    bool add;
};

/* Normalisation across channels: y = x (k + alpha / size * sum of squares over size
 * channels)^-beta. */
struct fn_lrn {
    uint32_t size; /* odd */
    float alpha, beta, k;
    float *scratch; /* fn_lrn_scratch(c, size) floats; what is in them does not matter */
};

/* A depthwise convolution: n x h x w pixels of c to n x oh x ow, one output per channel; kh, kw
 * <= FN_DEPTHWISE_KH_MAX. */
struct fn_depthwise_grad {
    uint32_t n, h, w, oh, ow;
    uint32_t kh, kw, stride_h, stride_w, dil_h, dil_w, pad_top, pad_left;
    size_t c;
    struct fn_cpixels x, dy;
    const float *weight; /* [c][kh][kw] */
    float *scratch;      /* fn_depthwise_grad_scratch() floats */
};

struct fn_grad_table {
    /* dx (+)= dy act'(x). y may replace x if the activation preserves signs (all but slopes <=
     * 0). dx may be dy. */
    void (*act)(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                size_t c, enum fn_kact act, const float *slope, bool add);
    /* dslope[c] += sum over pixels of dy min(x, 0). */
    void (*slope)(float *dslope, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                  size_t c);
    /* dbias[c] += sum over pixels of dy. */
    void (*bias)(float *dbias, struct fn_cpixels dy, size_t pixels, size_t c);
    /* dscale[c] += sum over pixels of dy x. */
    void (*scale)(float *dscale, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                  size_t c);
    /* dx (+)= scale[c] dy; scale NULL: 1. dx may be dy. */
    void (*affine)(struct fn_pixels dx, struct fn_cpixels dy, size_t pixels, size_t c,
                   const float *scale, bool add);

    void (*maxpool)(const struct fn_pool_grad *g);
    void (*avgpool)(const struct fn_pool_grad *g);
    void (*l2pool)(const struct fn_pool_grad *g);

    void (*lrn)(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x, size_t pixels,
                size_t c, const struct fn_lrn *l, bool add);
    /* x, dx: pixels of pieces * c, piece p at channels p * c; dy: of c. */
    void (*maxout)(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                   size_t pixels, size_t c, size_t pieces, bool add);
    void (*l2norm)(struct fn_pixels dx, struct fn_cpixels dy, struct fn_cpixels x,
                   size_t pixels, size_t c, float eps, bool add);

    void (*depthwise_data)(const struct fn_depthwise_grad *g, struct fn_pixels dx, bool add);
    /* dweight [c][kh][kw] += */
    void (*depthwise_weight)(const struct fn_depthwise_grad *g, float *dweight);

    /* dw[o][i] += sum over pixels of dy[o] x[i], o < m, i < n; rows of dw are dw_stride floats
     * apart. */
    void (*outer)(float *dw, size_t dw_stride, struct fn_cpixels dy, size_t m,
                  struct fn_cpixels x, size_t n, size_t pixels);
};

static inline size_t fn_lrn_scratch(size_t c, size_t size)
{
    return 3 * (c + size + 64);
}

static inline size_t fn_depthwise_grad_scratch(const struct fn_depthwise_grad *g)
{
    return (size_t)g->kh * g->kw * g->c;
}

#endif
