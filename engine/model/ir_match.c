/* SPDX-License-Identifier: MIT */
/* Patterns: operators that exporters spell out in smaller ones, put together again.
 *
 *   relu(x) + c * (x - |x|)         PReLU with slope 2c   (x - |x| is 2x below zero, 0 above)
 *   relu(x) + a * (-relu(-x))       PReLU with slope a
 *   exp(x - max x) / sum exp(...)   softmax
 *   x / sqrt(sum x x + eps)         normalisation to length 1
 *   x / expand(max(|x|, eps))       the same (PyTorch's F.normalize); |x| also by ReduceL2
 *   sqrt(k mean x x + eps)          L2 pool, where k is the size of the mean's window
 *   max(slices of x)                maxout, where the slices are all of x's channels in order
 * Both sides of + and * may be exchanged. The inner operators go away in the next pruning
 * unless somebody else reads them. */
#include "engine/model/ir.h"

static struct fn_ir_op *made_by(const struct fn_ir *ir, uint32_t tensor, enum fn_ir_kind kind)
{
    if (tensor == FN_NONE || ir->t[tensor].producer == FN_NONE)
        return NULL;
    struct fn_ir_op *op = &ir->op[ir->t[tensor].producer];
    return op->kind == kind && (kind == FN_IR_ACT || op->attr.act == FN_ACT_NONE) ? op : NULL;
}

/* relu(x) with x == want (FN_NONE: any). */
static struct fn_ir_op *relu_of(const struct fn_ir *ir, uint32_t tensor, uint32_t want)
{
    struct fn_ir_op *op = made_by(ir, tensor, FN_IR_ACT);
    return op && op->attr.act == FN_ACT_RELU && (want == FN_NONE || op->in[0] == want) ? op
                                                                                       : NULL;
}

/* Is tensor x - |x|? */
static bool is_x_minus_abs(const struct fn_ir *ir, uint32_t tensor, uint32_t x)
{
    const struct fn_ir_op *sub = made_by(ir, tensor, FN_IR_SUB);
    const struct fn_ir_op *ab = sub ? made_by(ir, sub->in[1], FN_IR_ABS) : NULL;
    return ab && sub->in[0] == x && ab->in[0] == x;
}

/* Is tensor -relu(-x)? */
static bool is_neg_relu_neg(const struct fn_ir *ir, uint32_t tensor, uint32_t x)
{
    const struct fn_ir_op *n = made_by(ir, tensor, FN_IR_NEG);
    const struct fn_ir_op *r = n ? relu_of(ir, n->in[0], FN_NONE) : NULL;
    const struct fn_ir_op *m = r ? made_by(ir, r->in[0], FN_IR_NEG) : NULL;
    return m && m->in[0] == x;
}

static bool match_prelu_at(struct fn_ir *ir, struct fn_ir_op *add, uint32_t relu, uint32_t rest)
{
    const struct fn_ir_op *r = relu_of(ir, relu, FN_NONE), *mul = made_by(ir, rest, FN_IR_MUL);
    if (!r || !mul)
        return false;
    uint32_t x = r->in[0];
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t c = mul->in[k], y = mul->in[1 - k];
        if (!fn_ir_is_const(ir, c) || fn_ir_is_const(ir, y))
            continue;
        bool twice = is_x_minus_abs(ir, y, x);
        if (!twice && !is_neg_relu_neg(ir, y, x))
            continue;
        add->kind = FN_IR_PRELU;
        add->in[0] = x;
        add->in[1] = c;
        add->n_in = 2;
        add->alpha = twice ? 2 : 1; /* factor of the slope */
        return true;
    }
    return false;
}

static void match_softmax(struct fn_ir *ir, struct fn_ir_op *div)
{
    const struct fn_ir_op *e = made_by(ir, div->in[0], FN_IR_EXP);
    const struct fn_ir_op *sum = made_by(ir, div->in[1], FN_IR_REDUCE_SUM);
    const struct fn_ir_op *sub = e ? made_by(ir, e->in[0], FN_IR_SUB) : NULL;
    const struct fn_ir_op *max = sub ? made_by(ir, sub->in[1], FN_IR_REDUCE_MAX) : NULL;
    if (!sum || !max || sum->in[0] != div->in[0] || max->in[0] != sub->in[0])
        return;
    div->kind =
        FN_IR_SOFTMAX; /* ir_shape.c has seen to it that both reductions run over channels */
    div->in[0] = sub->in[0];
    div->n_in = 1;
}

/* x of x * x, or FN_NONE. */
static uint32_t squared(const struct fn_ir *ir, uint32_t tensor)
{
    const struct fn_ir_op *mul = made_by(ir, tensor, FN_IR_MUL);
    return mul && mul->in[0] == mul->in[1] ? mul->in[0] : FN_NONE;
}

/* If tensor is y op c, with a single constant c, returns y and c; otherwise tensor itself, and
 * *c is unchanged. */
static uint32_t without(struct fn_ir *ir, uint32_t tensor, enum fn_ir_kind kind, float *c)
{
    const struct fn_ir_op *op = made_by(ir, tensor, kind);
    for (uint32_t k = 0; op && k < 2; k++) {
        float *f = fn_ir_is_const(ir, op->in[k]) && ir->t[op->in[k]].n == 1
                       ? fn_ir_floats(ir, op->in[k])
                       : NULL;
        if (f && !fn_ir_is_const(ir, op->in[1 - k])) {
            *c = f[0];
            return op->in[1 - k];
        }
    }
    return tensor;
}

/* The length over channels of what: sqrt(sum x x + eps), or ReduceL2. */
static bool is_length_of(struct fn_ir *ir, uint32_t tensor, uint32_t what, float *eps)
{
    const struct fn_ir_op *l2 = made_by(ir, tensor, FN_IR_REDUCE_L2);
    if (l2)
        return l2->in[0] == what;
    const struct fn_ir_op *root = made_by(ir, tensor, FN_IR_SQRT);
    const struct fn_ir_op *sum =
        root ? made_by(ir, without(ir, root->in[0], FN_IR_ADD, eps), FN_IR_REDUCE_SUM) : NULL;
    return sum && squared(ir, sum->in[0]) == what;
}

/* Does Expand only repeat one channel into those of x? */
static bool expands_to(const struct fn_ir *ir, const struct fn_ir_op *op, uint32_t x)
{
    const struct fn_ir_op *shape = made_by(ir, op->in[1], FN_IR_SHAPE);
    int64_t v[FN_IR_RANK];
    size_t n = 0;
    if (shape)
        return shape->in[0] == x;
    return fn_ir_ints(ir, op->in[1], v, FN_IR_RANK, &n) == 0 &&
           n == (ir->t[x].flat ? 2u : 4u) && v[ir->nhwc ? n - 1 : 1] == ir->t[x].c;
}

/* A lower bound of the length is nearly the same as its square under the root, if it is small:
 * neither matters except for x near zero, and both give zero there. */
static void match_l2norm(struct fn_ir *ir, struct fn_ir_op *div)
{
    static const float floor_max = 1e-4f;
    float eps = 0;
    uint32_t length = div->in[1];
    const struct fn_ir_op *op = made_by(ir, length, FN_IR_EXPAND);
    if (op && !expands_to(ir, op, div->in[0]))
        return;
    length = op ? op->in[0] : length;
    op = made_by(ir, length, FN_IR_FLOOR);
    if (op && op->alpha > floor_max)
        return;
    float least = op ? op->alpha : 0;
    if (!is_length_of(ir, op ? op->in[0] : length, div->in[0], &eps))
        return;
    div->kind = FN_IR_L2NORM; /* the reduction runs over channels, or ir_shape.c had refused */
    div->attr.eps = eps + least * least;
    div->n_in = 1;
}

static void match_l2pool(struct fn_ir *ir, struct fn_ir_op *root)
{
    float eps = 0, factor = 1;
    uint32_t t = without(ir, root->in[0], FN_IR_ADD, &eps);
    t = without(ir, t, FN_IR_MUL, &factor);
    const struct fn_ir_op *mean = made_by(ir, t, FN_IR_AVGPOOL);
    uint32_t x = mean && !mean->global ? squared(ir, mean->in[0]) : FN_NONE;
    if (x == FN_NONE || factor != (float)((double)mean->attr.kh * mean->attr.kw))
        return;
    const uint32_t *p = mean->attr.pad;
    bool border = p[0] || p[1] || p[2] || p[3] || mean->attr.pad_mode == FN_PAD_SAME;
    if (border != mean->counts_border || mean->ceil_mode)
        return; /* the mean over the inside elements is not proportional to the sum */
    root->kind = FN_IR_L2POOL;
    root->attr = mean->attr;
    root->attr.eps = eps;
    root->in[0] = x;
}

static void match_maxout(struct fn_ir *ir, struct fn_ir_op *max)
{
    uint32_t x = FN_NONE, c = ir->t[max->out].c;
    for (uint32_t i = 0; i < max->n_in; i++) {
        const struct fn_ir_op *slice = made_by(ir, max->in[i], FN_IR_SLICE);
        if (!slice || (i && slice->in[0] != x) || slice->shape[0] != (int64_t)i * c)
            return;
        x = slice->in[0];
    }
    if (ir->t[x].c != c * max->n_in)
        return;
    max->kind = FN_IR_MAXOUT;
    max->attr.size = max->n_in;
    max->in[0] = x;
    max->n_in = 1;
}

void fn_ir_match(struct fn_ir *ir)
{
    for (uint32_t i = 0; i < ir->n_op; i++) {
        struct fn_ir_op *op = &ir->op[i];
        if (!op->needed || op->attr.act != FN_ACT_NONE)
            continue;
        if (op->kind == FN_IR_ADD && !match_prelu_at(ir, op, op->in[0], op->in[1]))
            (void)match_prelu_at(ir, op, op->in[1], op->in[0]);
        if (op->kind == FN_IR_DIV) {
            match_softmax(ir, op);
            if (op->kind == FN_IR_DIV)
                match_l2norm(ir, op);
        }
        if (op->kind == FN_IR_SQRT)
            match_l2pool(ir, op);
        if (op->kind == FN_IR_MAX)
            match_maxout(ir, op);
    }
}
