/* SPDX-License-Identifier: MIT */
/* Shapes of the importers' tensors at the file's default input size: needed to turn "flatten,
 * then a matrix" into a convolution that covers the map, and to distinguish per-channel
 * constants from others. Refuses what is not supported. */
#include "engine/model/ir.h"

static int bad_shape(const struct fn_ir_op *op, struct fn_error *err)
{
    return fn_error_set(err, FN_EMODEL, "node %.200s: the shapes do not fit", op->name);
}

/* Output side of a window; 0 when it does not fit. */
static uint32_t window(uint32_t in, uint32_t k, uint32_t stride, uint32_t dil,
                       uint32_t pad_mode, uint64_t pads)
{
    if (!stride || !k || !dil)
        return 0;
    if (pad_mode == FN_PAD_SAME)
        return in / stride + (in % stride != 0);
    uint64_t span = (uint64_t)(k - 1) * dil + 1, have = in + pads;
    return have < span ? 0 : (uint32_t)((have - span) / stride + 1);
}

static bool set_shape(struct fn_ir_tensor *t, uint32_t c, uint32_t h, uint32_t w, bool flat)
{
    if (!c || !h || !w || c > FN_IR_SIDE_MAX || h > FN_IR_SIDE_MAX || w > FN_IR_SIDE_MAX ||
        (uint64_t)h * w * c > INT32_MAX)
        return false;
    t->c = c;
    t->h = h;
    t->w = w;
    t->flat = flat;
    t->known = true;
    return true;
}

static bool attr_sane(const struct fn_attr *a)
{
    uint32_t v[] = {a->kh, a->kw, a->stride_h, a->stride_w, a->dil_h, a->dil_w, a->groups};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        if (v[i] > 65536)
            return false;
    for (int i = 0; i < 4; i++)
        if (a->pad[i] > 65536)
            return false;
    return true;
}

static bool window_shape(const struct fn_ir_op *op, const struct fn_ir_tensor *x, uint32_t c,
                         struct fn_ir_tensor *y)
{
    const struct fn_attr *a = &op->attr;
    if (x->flat && (x->h != 1 || x->w != 1))
        return false;
    return attr_sane(a) && set_shape(y, c,
                                     window(x->h, a->kh, a->stride_h, a->dil_h, a->pad_mode,
                                            (uint64_t)a->pad[0] + a->pad[2]),
                                     window(x->w, a->kw, a->stride_w, a->dil_w, a->pad_mode,
                                            (uint64_t)a->pad[1] + a->pad[3]),
                                     false);
}

/* The kernel's sides follow from the weight tensor: OIHW (ONNX), OHWI or 1HWO (TFLite). */
static int conv_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    if (!fn_ir_is_const(ir, op->in[1]) || ir->t[op->in[1]].rank != 4)
        return fn_ir_refuse(op, err);
    const uint32_t *d = ir->t[op->in[1]].dims;
    bool depthwise = op->attr.groups == FN_NONE; /* in TFLite, by the operator */
    uint32_t o = ir->nhwc && depthwise ? d[3] : d[0],
             per = ir->nhwc ? (depthwise ? 1 : d[3]) : d[1];
    op->attr.kh = ir->nhwc ? d[1] : d[2];
    op->attr.kw = ir->nhwc ? d[2] : d[3];
    if (!per || x->c % per)
        return bad_shape(op, err);
    uint32_t groups = x->c / per;
    if (!ir->nhwc && op->attr.groups != groups)
        return bad_shape(op, err);
    op->attr.groups = groups;
    if (!o || o % groups || (depthwise && d[0] != 1))
        return bad_shape(op, err);
    op->wdims[0] = o;
    op->wdims[1] = op->attr.kh;
    op->wdims[2] = op->attr.kw;
    op->wdims[3] = per;
    if ((uint64_t)o * op->attr.kh * op->attr.kw * per != ir->t[op->in[1]].n ||
        !window_shape(op, x, o, &ir->t[op->out]))
        return bad_shape(op, err);
    return 0;
}

static int gemm_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    if (!fn_ir_is_const(ir, op->in[1]) || ir->t[op->in[1]].rank != 2)
        return fn_ir_refuse(op, err);
    const uint32_t *d = ir->t[op->in[1]].dims;
    uint32_t o = op->trans_b ? d[0] : d[1], i = op->trans_b ? d[1] : d[0];
    if (!ir->nhwc && !x->flat)
        return fn_ir_refuse(op, err); /* a matrix product along one side of a map */
    if ((uint64_t)x->c * x->h * x->w != i || (uint64_t)o * i != ir->t[op->in[1]].n)
        return bad_shape(op, err);
    op->wdims[0] = o;
    op->wdims[1] = x->h;
    op->wdims[2] = x->w;
    op->wdims[3] = x->c;
    op->attr.kh = x->h;
    op->attr.kw = x->w;
    return set_shape(&ir->t[op->out], o, 1, 1, true) ? 0 : bad_shape(op, err);
}

/* Only reshapes that do not move numbers: to a vector per picture, or to the same map.
 * Exporters write the batch as -1, 1 or 2 and the rest as k or -1; [1, -1] means a vector per
 * picture as well. */
static int reshape_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    struct fn_ir_tensor *y = &ir->t[op->out];
    uint64_t all = (uint64_t)x->c * x->h * x->w;
    const int64_t *s = op->shape;
    if (op->shape_rank == 2 && (s[1] == -1 || s[1] == (int64_t)all))
        return set_shape(y, x->c, x->h, x->w, true) ? 0 : bad_shape(op, err);
    if (op->shape_rank == 4 && all == (uint64_t)x->c) {
        uint32_t ci = ir->nhwc ? 3 : 1;
        bool ones = s[ir->nhwc ? 1 : 2] == 1 && s[ir->nhwc ? 2 : 3] == 1;
        if (ones && (s[ci] == -1 || s[ci] == (int64_t)x->c))
            return set_shape(y, x->c, 1, 1, false) ? 0 : bad_shape(op, err);
    }
    int64_t same[4] = {0, x->c, x->h, x->w};
    if (ir->nhwc) {
        same[1] = x->h;
        same[2] = x->w;
        same[3] = x->c;
    }
    if (op->shape_rank == 4 && !x->flat && s[1] == same[1] && s[2] == same[2] &&
        s[3] == same[3])
        return set_shape(y, x->c, x->h, x->w, false) ? 0 : bad_shape(op, err);
    return fn_ir_refuse(op, err);
}

/* Is axis the channel axis of x? */
static bool is_channel_axis(const struct fn_ir *ir, const struct fn_ir_tensor *x, int32_t axis)
{
    int32_t rank = x->flat ? 2 : 4, ch = x->flat || !ir->nhwc ? 1 : 3;
    return (axis < 0 ? axis + rank : axis) == ch;
}

static int reduce_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    struct fn_ir_tensor *y = &ir->t[op->out];
    if (x->flat && (x->h != 1 || x->w != 1))
        return fn_ir_refuse(op, err);
    if (op->kind != FN_IR_REDUCE_MEAN) { /* as parts of patterns only */
        if (op->n_axes != 1 || !op->keep_dims || !is_channel_axis(ir, x, op->axes[0]))
            return fn_ir_refuse(op, err);
        return set_shape(y, 1, x->h, x->w, x->flat) ? 0 : bad_shape(op, err);
    }
    int32_t a0 = ir->nhwc ? 1 : 2, a[2];
    for (uint32_t i = 0; i < 2; i++)
        a[i] = op->n_axes == 2 ? (op->axes[i] < 0 ? op->axes[i] + 4 : op->axes[i]) : -1;
    if (x->flat || !((a[0] == a0 && a[1] == a0 + 1) || (a[1] == a0 && a[0] == a0 + 1)))
        return fn_ir_refuse(op, err);
    return set_shape(y, x->c, 1, 1, !op->keep_dims) ? 0 : bad_shape(op, err);
}

static int pool_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    const struct fn_attr *a = &op->attr;
    if (op->global)
        return set_shape(&ir->t[op->out], x->c, 1, 1, false) ? 0 : bad_shape(op, err);
    if (!window_shape(op, x, x->c, &ir->t[op->out]))
        return bad_shape(op, err);
    /* Rounding up differs from rounding down only if the window does not fit evenly. */
    if (op->ceil_mode &&
        (((uint64_t)x->h + a->pad[0] + a->pad[2] - ((uint64_t)(a->kh - 1) * a->dil_h + 1)) %
             a->stride_h ||
         ((uint64_t)x->w + a->pad[1] + a->pad[3] - ((uint64_t)(a->kw - 1) * a->dil_w + 1)) %
             a->stride_w))
        return fn_ir_refuse(op, err);
    return 0;
}

static int concat_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    uint64_t c = 0;
    if (!is_channel_axis(ir, x, op->axis) || (x->flat && (x->h != 1 || x->w != 1)))
        return fn_ir_refuse(op, err);
    for (uint32_t i = 0; i < op->n_in; i++) {
        const struct fn_ir_tensor *y = &ir->t[op->in[i]];
        if (!y->known)
            return fn_ir_refuse(op, err);
        if (y->h != x->h || y->w != x->w || y->flat != x->flat)
            return bad_shape(op, err);
        c += y->c;
    }
    return c <= FN_IR_SIDE_MAX && set_shape(&ir->t[op->out], (uint32_t)c, x->h, x->w, x->flat)
               ? 0
               : bad_shape(op, err);
}

/* Two operands: maps of one shape, one of them a constant, or a map and its reduction over
 * channels. */
static int binary_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = NULL;
    for (uint32_t i = 0; i < 2; i++) {
        const struct fn_ir_tensor *y = &ir->t[op->in[i]];
        if (fn_ir_is_const(ir, op->in[i]))
            continue;
        if (x && (y->h != x->h || y->w != x->w || y->flat != x->flat ||
                  (y->c != x->c &&
                   !(y->c == 1 && (op->kind == FN_IR_SUB || op->kind == FN_IR_DIV)))))
            return fn_ir_refuse(op, err);
        x = x ? x : y;
    }
    if (!x)
        return fn_ir_refuse(op, err);
    return set_shape(&ir->t[op->out], x->c, x->h, x->w, x->flat) ? 0 : bad_shape(op, err);
}

static int pad_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    const uint32_t *p = op->attr.pad;
    if (x->flat || !attr_sane(&op->attr))
        return fn_ir_refuse(op, err);
    return set_shape(&ir->t[op->out], x->c + op->attr.pad_c, x->h + p[0] + p[2],
                     x->w + p[1] + p[3], false)
               ? 0
               : bad_shape(op, err);
}

static int softmax_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    bool point = x->h == 1 && x->w == 1;
    /* keep_dims false: the old meaning, over everything after the axis */
    if (!is_channel_axis(ir, x, op->axis) || (!point && (x->flat || !op->keep_dims)))
        return fn_ir_refuse(op, err);
    return set_shape(&ir->t[op->out], x->c, x->h, x->w, x->flat) ? 0 : bad_shape(op, err);
}

static int slice_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    int64_t from = op->shape[0], to = op->shape[1] < x->c ? op->shape[1] : x->c;
    if (from < 0 || to <= from || (x->flat && (x->h != 1 || x->w != 1)))
        return fn_ir_refuse(op, err);
    return set_shape(&ir->t[op->out], (uint32_t)(to - from), x->h, x->w, x->flat)
               ? 0
               : bad_shape(op, err);
}

/* Maps of one shape. */
static int max_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    for (uint32_t i = 0; i < op->n_in; i++) {
        const struct fn_ir_tensor *y = op->in[i] == FN_NONE ? NULL : &ir->t[op->in[i]];
        if (!y || !y->known || y->c != x->c || y->h != x->h || y->w != x->w ||
            y->flat != x->flat)
            return fn_ir_refuse(op, err);
    }
    return set_shape(&ir->t[op->out], x->c, x->h, x->w, x->flat) ? 0 : bad_shape(op, err);
}

static int same_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    return set_shape(&ir->t[op->out], x->c, x->h, x->w, x->flat) ? 0 : bad_shape(op, err);
}

static int lrn_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *x = &ir->t[op->in[0]];
    bool map = !x->flat || (x->h == 1 && x->w == 1);
    return map ? same_shape(ir, op, err) : fn_ir_refuse(op, err);
}

/* Stays one channel: only if the next operator would have expanded it too. */
static int expand_shape(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    return ir->t[op->in[0]].c == 1 ? same_shape(ir, op, err) : fn_ir_refuse(op, err);
}

static int infer_op(struct fn_ir *ir, struct fn_ir_op *op, struct fn_error *err)
{
    switch (op->kind) {
    case FN_IR_CONV:
        return conv_shape(ir, op, err);
    case FN_IR_GEMM:
        return gemm_shape(ir, op, err);
    case FN_IR_RESHAPE:
        return reshape_shape(ir, op, err);
    case FN_IR_REDUCE_MAX:
    case FN_IR_REDUCE_L2:
    case FN_IR_REDUCE_SUM:
    case FN_IR_REDUCE_MEAN:
        return reduce_shape(ir, op, err);
    case FN_IR_MAXPOOL:
    case FN_IR_AVGPOOL:
        return pool_shape(ir, op, err);
    case FN_IR_CONCAT:
        return concat_shape(ir, op, err);
    case FN_IR_ADD:
    case FN_IR_SUB:
    case FN_IR_MUL:
    case FN_IR_DIV:
        return binary_shape(ir, op, err);
    case FN_IR_PAD:
        return pad_shape(ir, op, err);
    case FN_IR_SOFTMAX:
        return softmax_shape(ir, op, err);
    case FN_IR_SLICE:
        return slice_shape(ir, op, err);
    case FN_IR_MAX:
        return max_shape(ir, op, err);
    case FN_IR_LRN:
        return lrn_shape(ir, op, err);
    case FN_IR_ACT:
    case FN_IR_PRELU:
    case FN_IR_NEG:
    case FN_IR_ABS:
    case FN_IR_EXP:
    case FN_IR_BATCHNORM:
    case FN_IR_IDENTITY:
    case FN_IR_AFFINE:
    case FN_IR_SQRT:
    case FN_IR_FLOOR:
        return same_shape(ir, op, err);
    case FN_IR_SHAPE:
        return set_shape(&ir->t[op->out], 1, 1, 1, true) ? 0 : bad_shape(op, err);
    case FN_IR_EXPAND:
        return expand_shape(ir, op, err);
    case FN_IR_UNSUPPORTED:
    case FN_IR_L2POOL: /* these are made later */
    case FN_IR_L2NORM:
    case FN_IR_MAXOUT:
        break;
    }
    return fn_ir_refuse(op, err);
}

/* How many operands a kind needs at least; those past the first data operands may be constants.
 */
static uint32_t arity(enum fn_ir_kind k)
{
    switch ((int)k) {
    case FN_IR_BATCHNORM:
        return 5;
    case FN_IR_CONV:
    case FN_IR_GEMM:
    case FN_IR_PRELU:
    case FN_IR_ADD:
    case FN_IR_SUB:
    case FN_IR_MUL:
    case FN_IR_DIV:
    case FN_IR_EXPAND:
        return 2;
    default:
        return 1;
    }
}

int fn_ir_infer(struct fn_ir *ir, struct fn_error *err)
{
    for (uint32_t i = 0; i < ir->n_in; i++)
        ir->t[ir->in[i]].known = true;
    for (uint32_t i = 0; i < ir->n_op; i++) {
        struct fn_ir_op *op = &ir->op[i];
        if (!op->needed)
            continue;
        if (op->kind == FN_IR_UNSUPPORTED || op->refuse)
            return fn_ir_refuse(op, err);
        bool ok = op->n_in >= arity(op->kind);
        for (uint32_t k = 0; ok && k < op->n_in; k++) {
            bool binary = op->kind >= FN_IR_ADD && op->kind <= FN_IR_DIV;
            if (op->in[k] == FN_NONE)
                /* A concatenation has no optional inputs, however many there are. */
                ok = k >= arity(op->kind) && op->kind != FN_IR_CONCAT;
            else if (k == 0 && !binary)
                ok = ir->t[op->in[k]].known;
            else
                ok = ir->t[op->in[k]].known || fn_ir_is_const(ir, op->in[k]);
        }
        if (!ok)
            return fn_error_set(err, FN_EMODEL,
                                "node %.200s reads what no node before it makes", op->name);
        int rc = infer_op(ir, op, err);
        if (rc)
            return rc;
    }
    return 0;
}
