/* SPDX-License-Identifier: MIT */
/* Constants of the importers: weights are brought into the engine's order (OHWI), and
 * arithmetic with constants (batch normalisation, scaling, a separate bias) is folded into the
 * convolution before it. All sums are in double and rounded once. */
#include "engine/model/ir.h"

#include <math.h>
#include <string.h>

static int no_memory(struct fn_error *err)
{
    return fn_error_set(err, FN_ELIMIT, "the network's weights are too large");
}

/* The numbers of constant c, one per channel of x, as doubles: c is a scalar, or has the
 * channels of x at the same position as x. NULL: neither, or out of memory. */
static double *per_channel(struct fn_ir *ir, uint32_t c, const struct fn_ir_tensor *x)
{
    float *f = fn_ir_floats(ir, c);
    if (!f)
        return NULL;
    const struct fn_ir_tensor *t = &ir->t[c];
    if (t->n != 1) {
        bool last = x->flat || ir->nhwc;
        uint32_t axis = last ? t->rank - 1 : t->rank - 3;
        if (t->n != x->c || (x->flat && (x->h != 1 || x->w != 1)) ||
            t->rank < (last ? 1u : 3u) || t->dims[axis] != x->c)
            return NULL;
    }
    double *d = fn_ir_alloc(ir, x->c, sizeof *d);
    for (uint32_t i = 0; d && i < x->c; i++)
        d[i] = (double)f[t->n == 1 ? 0 : i];
    return d;
}

static double *fill(struct fn_ir *ir, uint32_t n, double v)
{
    double *d = fn_ir_alloc(ir, n, sizeof *d);
    for (uint32_t i = 0; d && i < n; i++)
        d[i] = v;
    return d;
}

/* ---- weights ---- */

static int load_bias(struct fn_ir *ir, struct fn_ir_op *op, float factor, struct fn_error *err)
{
    if (op->n_in < 3 || op->in[2] == FN_NONE)
        return 0;
    float *f = fn_ir_floats(ir, op->in[2]);
    size_t n = f ? ir->t[op->in[2]].n : 0;
    if (!f || (n != op->wdims[0] && n != 1))
        return fn_ir_refuse(op, err);
    op->bias = fn_ir_alloc(ir, op->wdims[0], sizeof(float));
    if (!op->bias)
        return no_memory(err);
    for (uint32_t i = 0; i < op->wdims[0]; i++)
        op->bias[i] = factor * f[n == 1 ? 0 : i];
    return 0;
}

/* [O][C][H][W] -> [O][H][W][C], also for a matrix over a flattened map. */
static void chw_to_hwc(float *out, const float *in, const uint32_t d[4])
{
    size_t o_n = d[0], h_n = d[1], w_n = d[2], c_n = d[3];
    for (size_t o = 0; o < o_n; o++)
        for (size_t p = 0; p < h_n * w_n; p++)
            for (size_t c = 0; c < c_n; c++)
                out[(o * h_n * w_n + p) * c_n + c] = in[(o * c_n + c) * h_n * w_n + p];
}

/* rows x cols -> cols x rows */
static void transpose(float *out, const float *in, size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c++)
            out[c * rows + r] = in[r * cols + c];
}

static int load_weights(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    float *w = fn_ir_floats(ir, op->in[1]);
    if (!w)
        return ir->t[op->in[1]].type == FN_IR_F32 ? no_memory(err) : fn_ir_refuse(op, err);
    const uint32_t *d = op->wdims;
    size_t n = (size_t)d[0] * d[1] * d[2] * d[3], per = n / d[0];
    if (op->kind == FN_IR_GEMM && !op->trans_b) {
        float *t = fn_ir_alloc(ir, n, sizeof *t);
        if (!t)
            return no_memory(err);
        transpose(t, w, per, d[0]);
        w = t;
    }
    bool one_hwo =
        ir->nhwc && op->kind == FN_IR_CONV && d[3] == 1 && ir->t[op->in[1]].dims[0] == 1;
    if (ir->nhwc ? one_hwo : d[1] * d[2] > 1) {
        float *t = fn_ir_alloc(ir, n, sizeof *t);
        if (!t)
            return no_memory(err);
        if (one_hwo)
            transpose(t, w, per, d[0]);
        else
            chw_to_hwc(t, w, d);
        w = t;
    }
    for (size_t i = 0; op->alpha != 1 && i < n; i++)
        w[i] *= op->alpha;
    op->weight = w;
    return load_bias(ir, op, op->beta, err);
}

/* ---- arithmetic with constants ---- */

static int batchnorm_to_affine(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    float *p[4];
    for (int k = 0; k < 4; k++) {
        p[k] = fn_ir_floats(ir, op->in[k + 1]);
        if (!p[k] || ir->t[op->in[k + 1]].n != x->c || (x->flat && (x->h != 1 || x->w != 1)))
            return fn_ir_refuse(op, err);
    }
    op->scale = fill(ir, x->c, 1);
    op->shift = fill(ir, x->c, 0);
    if (!op->scale || !op->shift)
        return no_memory(err);
    for (uint32_t i = 0; i < x->c; i++) {
        op->scale[i] = (double)p[0][i] / sqrt((double)p[3][i] + (double)op->eps);
        op->shift[i] = (double)p[1][i] - (double)p[2][i] * op->scale[i];
    }
    op->kind = FN_IR_AFFINE;
    return 0;
}

/* x op c or c op x, with c constant, becomes x * scale + shift. */
static int binary_to_affine(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    bool c_first = fn_ir_is_const(ir, op->in[0]);
    if (!c_first && !fn_ir_is_const(ir, op->in[1]))
        return 0;
    uint32_t xi = op->in[c_first ? 1 : 0], ci = op->in[c_first ? 0 : 1];
    const struct fn_ir_tensor *x = &ir->t[xi];
    double *c = per_channel(ir, ci, x);
    if (!c || (op->kind == FN_IR_DIV && c_first))
        return fn_ir_refuse(op, err);
    bool product = op->kind == FN_IR_MUL || op->kind == FN_IR_DIV;
    op->scale = product ? c : fill(ir, x->c, op->kind == FN_IR_SUB && c_first ? -1 : 1);
    op->shift = product ? fill(ir, x->c, 0) : c;
    if (!op->scale || !op->shift)
        return no_memory(err);
    for (uint32_t i = 0; i < x->c; i++) {
        if (op->kind == FN_IR_DIV)
            op->scale[i] = 1 / op->scale[i];
        if (op->kind == FN_IR_SUB && !c_first)
            op->shift[i] = -op->shift[i];
    }
    op->kind = FN_IR_AFFINE;
    op->in[0] = xi;
    op->n_in = 1;
    return 0;
}

static int prelu_slopes(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    op->scale = per_channel(ir, op->in[1], x);
    if (!op->scale)
        return fn_ir_refuse(op, err);
    for (uint32_t i = 0; i < x->c; i++)
        op->scale[i] *= (double)op->alpha;
    return 0;
}

static bool is_identity(const struct fn_ir_op *op, uint32_t c)
{
    for (uint32_t i = 0; i < c; i++)
        if (op->scale[i] != 1 || op->shift[i] != 0)
            return false;
    return true;
}

/* y = (W x + b) * s + t  =  (s W) x + (s b + t) */
static int scale_convolution(struct fn_ir *ir, struct fn_ir_op *conv, const struct fn_ir_op *op,
                             struct fn_error *err)
{
    size_t o_n = conv->wdims[0], per = (size_t)conv->wdims[1] * conv->wdims[2] * conv->wdims[3];
    if (!conv->bias)
        conv->bias = fn_ir_alloc(ir, o_n, sizeof(float));
    if (!conv->bias)
        return no_memory(err);
    for (size_t o = 0; o < o_n; o++) {
        for (size_t i = 0; i < per; i++)
            conv->weight[o * per + i] =
                (float)((double)conv->weight[o * per + i] * op->scale[o]);
        conv->bias[o] = (float)((double)conv->bias[o] * op->scale[o] + op->shift[o]);
    }
    return 0;
}

/* Folds an affine into the operator that produces its input, if nothing else reads that. */
static int fold_affine(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    if (is_identity(op, x->c) && op->attr.act == FN_ACT_NONE) {
        op->kind = FN_IR_IDENTITY;
        return 0;
    }
    if (x->producer == FN_NONE || x->uses != 1)
        return 0;
    struct fn_ir_op *before = &ir->op[x->producer];
    bool conv = before->kind == FN_IR_CONV || before->kind == FN_IR_GEMM;
    if (before->attr.act != FN_ACT_NONE || (!conv && before->kind != FN_IR_AFFINE))
        return 0;
    if (conv) {
        int rc = scale_convolution(ir, before, op, err);
        if (rc)
            return rc;
    } else {
        for (uint32_t i = 0; i < x->c; i++) {
            before->scale[i] *= op->scale[i];
            before->shift[i] = before->shift[i] * op->scale[i] + op->shift[i];
        }
    }
    before->attr.act = op->attr.act;
    before->attr.alpha = op->attr.alpha;
    before->out = op->out;
    ir->t[op->out].producer = x->producer;
    op->out = FN_NONE;
    op->needed = false;
    return 0;
}

/* A zero border that is a separate operator is moved into the padding of the convolution. */
static void fold_pad(struct fn_ir *ir, struct fn_ir_op *conv)
{
    const struct fn_ir_tensor *x = &ir->t[conv->in[0]];
    if (x->producer == FN_NONE || ir->op[x->producer].kind != FN_IR_PAD ||
        conv->attr.pad_mode != FN_PAD_EXPLICIT)
        return;
    const struct fn_ir_op *pad = &ir->op[x->producer];
    if (pad->attr.pad_c)
        return;
    for (int i = 0; i < 4; i++)
        conv->attr.pad[i] += pad->attr.pad[i];
    conv->in[0] = pad->in[0];
}

static int fold_op(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    int rc = 0;
    switch ((int)op->kind) {
    case FN_IR_CONV:
        fold_pad(ir, op);
        return load_weights(ir, op, err);
    case FN_IR_GEMM:
        return load_weights(ir, op, err);
    case FN_IR_PRELU:
        return prelu_slopes(ir, op, err);
    case FN_IR_BATCHNORM:
        rc = batchnorm_to_affine(ir, op, err);
        break;
    case FN_IR_ADD:
    case FN_IR_SUB:
    case FN_IR_MUL:
    case FN_IR_DIV:
        rc = binary_to_affine(ir, op, err);
        break;
    case FN_IR_NEG:
        op->scale = fill(ir, ir->t[op->in[0]].c, -1);
        op->shift = fill(ir, ir->t[op->in[0]].c, 0);
        if (!op->scale || !op->shift)
            return no_memory(err);
        op->kind = FN_IR_AFFINE;
        break;
    default:
        break;
    }
    return rc == 0 && op->kind == FN_IR_AFFINE ? fold_affine(ir, op, err) : rc;
}

int fn_ir_fold(struct fn_ir *ir, struct fn_error *err)
{
    for (uint32_t i = 0; i < ir->n_op; i++) {
        if (!ir->op[i].needed)
            continue;
        int rc = fold_op(ir, &ir->op[i], err);
        if (rc)
            return rc;
    }
    return 0;
}
