/* SPDX-License-Identifier: MIT */
/* Convolution over NHWC with packed weights: 1x1, k x k with any stride, dilation and padding,
 * groups, and linear layers (a kernel as large as the map). Drives the tiles of the kernel
 * table.
 *
 * Weights are packed once into panels of a few vectors of output channels,
 * [panel][tap][k][lanes], so that the inner loop reads them front to back. Output pixels are
 * taken in blocks; for each block the pointers to what each tap of each pixel reads are set up
 * once and serve all panels. A tap outside the map points to a row of zeros. Where a row of the
 * window is contiguous in memory (dense pixels, no horizontal dilation) it counts as one tap of
 * kw * c channels; a window that sticks out sideways is then copied to a patch. That keeps the
 * inner loop long for 1 or 3 input channels.
 */
#ifndef FN_ENGINE_KERNELS_CONV_H
#define FN_ENGINE_KERNELS_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/kernels.h"

struct fn_conv_spec {
    uint32_t n, h, w, c; /* input; all channels */
    uint32_t oh, ow, oc; /* output; all channels */
    uint32_t kh, kw, stride_h, stride_w, dil_h, dil_w;
    uint32_t pad_top, pad_left; /* bottom and right follow from the output size */
    uint32_t groups;
    size_t in_stride, out_stride, res_stride; /* floats between pixels */
    enum fn_kact act;
};

struct fn_conv {
    struct fn_conv_spec spec;
    const struct fn_conv_table *tiles;
    size_t gc, goc;            /* channels of a group */
    size_t taps, k;            /* per group */
    size_t nv;                 /* vectors of a panel */
    size_t panels, panel_size; /* panels per group; floats of one packed panel */
    size_t block;              /* output pixels set up together */
    bool merged;               /* a tap is a row of the window */
    bool pointwise;            /* output pixel p reads input pixel p */
    float *weight, *bias, *slope, *zeros, *patch;
    const float **rows; /* [block][taps] */
};

/* Bytes that fn_conv_init needs; 0 when they do not fit size_t. */
size_t fn_conv_bytes(const struct fn_conv_spec *s, const struct fn_conv_table *t);
/* weight: [oc][kh][kw][c / groups]; bias, slope: [oc] or NULL (0); mem: fn_conv_bytes, 64-byte
 * aligned, zeroed, lives as long as *cv, as does t. */
void fn_conv_init(struct fn_conv *cv, const struct fn_conv_spec *s,
                  const struct fn_conv_table *t, const float *weight, const float *bias,
                  const float *slope, void *mem);
/* Packs other values of the same weights; cv must not be running. */
void fn_conv_weights(struct fn_conv *cv, const float *weight, const float *bias,
                     const float *slope);
/* in: n x h x w pixels, out: n x oh x ow pixels, res: NULL or like out (may be out). One thread
 * at a time. */
void fn_conv_run(const struct fn_conv *cv, const float *in, const float *res, float *out);

#endif
