/* SPDX-License-Identifier: MIT */
/* The table of float kernels: one struct of function pointers per family, filled by the
 * portable version and overwritten upward by each instruction set the flags allow.
 *
 * All of them work on NHWC pixels ("channels innermost"). A pixel is c contiguous floats; the
 * distance between neighbouring pixels (stride, in floats) may be larger than c, so that a
 * tensor can be a slice of the channels of a larger one. No alignment is required anywhere;
 * nothing outside the c floats of a pixel is written, and nothing outside the tensor is read.
 *
 * Sums run in one fixed order per output element (taps in row order, channels within a tap),
 * whatever the tile it falls into; so a result does not depend on position or batch, but
 * differs between instruction sets by rounding (fused multiply-add or not).
 */
#ifndef FN_ENGINE_KERNELS_KERNELS_H
#define FN_ENGINE_KERNELS_KERNELS_H

#include "engine/kernels/grad.h"
#include "engine/kernels/pixels.h"

/* ---- convolution: a tile of mr pixels x up to nv vectors of output channels ---- */

enum { FN_CONV_MR_MAX = 16, FN_CONV_NV_MAX = 4, FN_VECTOR_MAX = 16 };

/* out[m][o] = act(bias[o] + sum over taps t, i < k of rows[m * taps + t][i] * w[t][i][o] +
 * res[m][o]) */
struct fn_conv_tile {
    const float *const *rows; /* [mr][taps]: where each tap of each pixel starts */
    size_t taps, k;
    const float *w;     /* [taps][k][nv * lanes], zero beyond n */
    const float *bias;  /* nv * lanes */
    const float *slope; /* nv * lanes, for FN_KACT_SLOPE */
    const float *res;   /* NULL, or the tensor to add; may be the output itself */
    size_t res_stride;
    float *out;
    size_t out_stride;
    size_t n; /* output channels, 1 .. nv * lanes */
    enum fn_kact act;
};
typedef void (*fn_conv_tile_fn)(const struct fn_conv_tile *t);

struct fn_conv_table {
    size_t lanes;              /* floats of a vector */
    size_t nv;                 /* vectors of a panel at most */
    size_t mr[FN_CONV_NV_MAX]; /* most pixels of a tile of 1, 2, .. vectors */
    fn_conv_tile_fn tile[FN_CONV_NV_MAX][FN_CONV_MR_MAX]; /* [vectors - 1][pixels - 1] */
};

/* ---- depthwise convolution: one output row ---- */

struct fn_depthwise_row {
    const float *const *rows;      /* input rows of the window, valid for ky0 <= ky < ky1 */
    uint32_t ky0, ky1;             /* rows of the window inside the map */
    uint32_t kw, stride, dil, pad; /* horizontally; pad: to the left */
    uint32_t w, ow;                /* width of the map, of the output */
    size_t c, c_pad;               /* channels; row length of the packed arrays */
    size_t in_stride, out_stride;
    const float *weight;       /* [kh][kw][c_pad] */
    const float *bias, *slope; /* [c_pad] */
    const float *zeros;        /* [c_pad] */
    float *out;                /* pixel 0 of the output row */
    enum fn_kact act;
};
typedef void (*fn_depthwise_row_fn)(const struct fn_depthwise_row *r);

struct fn_depthwise_table {
    size_t lanes;
    fn_depthwise_row_fn any;            /* every window */
    fn_depthwise_row_fn s1_3x3, s2_3x3; /* 3 x 3, dilation 1, horizontal stride 1 or 2 */
};

/* ---- element by element ---- */

struct fn_elem_table {
    /* out = act(x); slope [c]. out may be x. */
    void (*act)(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                enum fn_kact act, const float *slope);
    /* out = act(a + b). out may be a or b. */
    void (*add)(struct fn_pixels out, struct fn_cpixels a, struct fn_cpixels b, size_t pixels,
                size_t c, enum fn_kact act, const float *slope);
    /* out = scale[c] * x + shift[c]; shift may be NULL. out may be x. */
    void (*affine)(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                   const float *scale, const float *shift);
};

/* ---- pools: one output pixel from a window of rows x cols pixels that are inside the map ----
 */

struct fn_pool_window {
    const float *in; /* first pixel of the window */
    size_t rows, cols;
    size_t in_stride, row_stride; /* floats between pixels, between rows */
    size_t c;
    float *out;
    float eps; /* l2 */
};

struct fn_pool_table {
    void (*max)(const struct fn_pool_window *w);
    void (*avg)(const struct fn_pool_window *w);
    void (*l2)(const struct fn_pool_window *w); /* sqrt(sum of squares + eps) */
};

/* ---- normalisation; out may not be x ---- */

struct fn_norm_table {
    void (*lrn)(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                const struct fn_lrn *l);
    /* out[i] = largest of x[p * c + i], p < pieces; c: channels of out */
    void (*maxout)(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                   size_t pieces);
    void (*l2norm)(struct fn_pixels out, struct fn_cpixels x, size_t pixels, size_t c,
                   float eps);
};

struct fn_kernels {
    const char *name;
    struct fn_conv_table conv;
    struct fn_depthwise_table depthwise;
    struct fn_elem_table elem;
    struct fn_pool_table pool;
    struct fn_norm_table norm;
    struct fn_grad_table grad;
};

/* flags: FN_CPU_* of cpu.h; what the machine lacks is dropped. */
void fn_kernels_init(struct fn_kernels *k, unsigned flags);

#endif
