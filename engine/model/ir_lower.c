/* SPDX-License-Identifier: MIT */
/* From the operator list to the engine's graph, and all steps in order. Values keep the names
 * of the file's tensors; of a name longer than FN_NAME_MAX - 1 the end is used, which
 * distinguishes layers. */
#include "engine/model/ir.h"

#include <string.h>

#include "engine/model/name.h"

struct lower {
    struct fn_ir *ir;
    struct fn_graph_builder *b;
};

static uint32_t add_vector(struct lower *l, const char *name, const char *suffix, uint32_t n,
                           const double *d)
{
    char text[FN_NAME_MAX];
    fn_name_join(text, name, suffix);
    float *f = fn_ir_alloc(l->ir, n, sizeof *f);
    for (uint32_t i = 0; f && i < n; i++)
        f[i] = (float)d[i];
    return f ? fn_graph_add_weight(l->b, text, (uint32_t[4]){n, 1, 1, 1}, f) : FN_NONE;
}

/* Adds a node; if an activation follows, the value before it gets the name with ":linear"
 * added. */
static uint32_t add_node(struct lower *l, const struct fn_ir_op *op, enum fn_op_kind kind,
                         const uint32_t *in, uint32_t n_in, struct fn_attr attr)
{
    const char *name = l->ir->t[op->out].name;
    uint32_t act = kind == FN_OP_ACT ? (uint32_t)FN_ACT_NONE : attr.act;
    char text[FN_NAME_MAX];
    fn_name_join(text, name, act == FN_ACT_NONE ? "" : ":linear");
    if (kind != FN_OP_ACT)
        attr.act = FN_ACT_NONE;
    uint32_t v = fn_graph_add_node(l->b, text, kind, in, n_in, &attr);
    if (act == FN_ACT_NONE)
        return v;
    struct fn_attr a = {.act = act, .alpha = attr.alpha};
    fn_name_join(text, name, "");
    return fn_graph_add_node(l->b, text, FN_OP_ACT, &v, 1, &a);
}

static uint32_t value_of(const struct lower *l, const struct fn_ir_op *op, uint32_t k)
{
    return k < op->n_in && op->in[k] != FN_NONE ? l->ir->t[op->in[k]].value : FN_NONE;
}

static int emit_conv(struct lower *l, const struct fn_ir_op *op, struct fn_error *err)
{
    char text[FN_NAME_MAX];
    fn_name_join(text, l->ir->t[op->in[1]].name, "");
    uint32_t in[3] = {value_of(l, op, 0), 0, FN_NONE}, n = 2;
    in[1] = fn_graph_add_weight(l->b, text, op->wdims, op->weight);
    if (op->bias) {
        fn_name_join(text, l->ir->t[op->out].name, ":bias");
        in[2] = fn_graph_add_weight(l->b, text, (uint32_t[4]){op->wdims[0], 1, 1, 1}, op->bias);
        n = 3;
    }
    l->ir->t[op->out].value = add_node(l, op, FN_OP_CONV, in, n, op->attr);
    (void)err;
    return 0;
}

static int emit_affine(struct lower *l, const struct fn_ir_op *op, struct fn_error *err)
{
    const char *name = l->ir->t[op->out].name;
    uint32_t c = l->ir->t[op->in[0]].c;
    uint32_t in[3] = {value_of(l, op, 0), add_vector(l, name, ":scale", c, op->scale),
                      add_vector(l, name, ":shift", c, op->shift)};
    if (in[1] == FN_NONE || in[2] == FN_NONE)
        return fn_error_set(err, FN_ELIMIT, "the network's weights are too large");
    l->ir->t[op->out].value = add_node(l, op, FN_OP_AFFINE, in, 3, op->attr);
    return 0;
}

static int emit_prelu(struct lower *l, const struct fn_ir_op *op, struct fn_error *err)
{
    uint32_t in[2] = {value_of(l, op, 0), add_vector(l, l->ir->t[op->out].name, ":slope",
                                                     l->ir->t[op->in[0]].c, op->scale)};
    if (in[1] == FN_NONE)
        return fn_error_set(err, FN_ELIMIT, "the network's weights are too large");
    struct fn_attr a = {.act = FN_ACT_PRELU};
    l->ir->t[op->out].value = add_node(l, op, FN_OP_ACT, in, 2, a);
    return 0;
}

static int emit_plain(struct lower *l, const struct fn_ir_op *op, enum fn_op_kind kind,
                      struct fn_error *err)
{
    uint32_t in[FN_IR_IN];
    for (uint32_t i = 0; i < op->n_in; i++) {
        in[i] = value_of(l, op, i);
        if (in[i] == FN_NONE)
            return fn_ir_refuse(op, err);
    }
    uint32_t n = kind == FN_OP_ADD || kind == FN_OP_CONCAT ? op->n_in : 1;
    struct fn_attr a = op->attr;
    if (kind == FN_OP_AVGPOOL && (op->global || op->kind == FN_IR_REDUCE_MEAN)) {
        a = (struct fn_attr){.act = op->attr.act, .alpha = op->attr.alpha};
        a.stride_h = a.stride_w = 1;
    }
    l->ir->t[op->out].value = add_node(l, op, kind, in, n, a);
    return 0;
}

static int emit_op(struct lower *l, const struct fn_ir_op *op, struct fn_error *err)
{
    const struct fn_ir_tensor *t = l->ir->t;
    switch ((int)op->kind) {
    case FN_IR_CONV:
    case FN_IR_GEMM:
        return emit_conv(l, op, err);
    case FN_IR_AFFINE:
        return emit_affine(l, op, err);
    case FN_IR_PRELU:
        return emit_prelu(l, op, err);
    case FN_IR_ACT:
        return emit_plain(l, op, FN_OP_ACT, err);
    case FN_IR_ADD:
        if (t[op->in[0]].c != t[op->in[1]].c)
            break;
        return emit_plain(l, op, FN_OP_ADD, err);
    case FN_IR_CONCAT:
        return emit_plain(l, op, FN_OP_CONCAT, err);
    case FN_IR_MAXPOOL:
        if (op->global)
            break;
        return emit_plain(l, op, FN_OP_MAXPOOL, err);
    case FN_IR_AVGPOOL:
        if (op->counts_border)
            break;
        return emit_plain(l, op, FN_OP_AVGPOOL, err);
    case FN_IR_REDUCE_MEAN:
        return emit_plain(l, op, FN_OP_AVGPOOL, err);
    case FN_IR_SOFTMAX:
        return emit_plain(l, op, FN_OP_SOFTMAX, err);
    case FN_IR_PAD:
        return emit_plain(l, op, FN_OP_PAD, err);
    case FN_IR_LRN:
        return emit_plain(l, op, FN_OP_LRN, err);
    case FN_IR_L2POOL:
        return emit_plain(l, op, FN_OP_L2POOL, err);
    case FN_IR_L2NORM:
        return emit_plain(l, op, FN_OP_L2NORM, err);
    case FN_IR_MAXOUT:
        return emit_plain(l, op, FN_OP_MAXOUT, err);
    case FN_IR_IDENTITY:
    case FN_IR_RESHAPE:
        l->ir->t[op->out].value = value_of(l, op, 0);
        return 0;
    default:
        break;
    }
    return fn_ir_refuse(op, err);
}

int fn_ir_emit(struct fn_ir *ir, struct fn_graph_builder *b, struct fn_graph *ret,
               struct fn_error *err)
{
    struct lower l = {ir, b};
    char text[FN_NAME_MAX];
    for (uint32_t i = 0; i < ir->n_in; i++) {
        struct fn_ir_tensor *t = &ir->t[ir->in[i]];
        if (!t->uses)
            continue;
        fn_name_join(text, t->name, "");
        t->value = fn_graph_add_input(b, text, t->c, t->h, t->w);
    }
    for (uint32_t i = 0; i < ir->n_op; i++) {
        int rc = ir->op[i].needed ? emit_op(&l, &ir->op[i], err) : 0;
        if (rc)
            return rc;
    }
    for (uint32_t i = 0; i < ir->n_out; i++) {
        const struct fn_ir_tensor *t = &ir->t[ir->out[i]];
        if (t->value == FN_NONE)
            return fn_error_set(err, FN_EMODEL, "nothing makes the output %.200s", t->name);
        fn_graph_mark_output(b, t->value);
    }
    return fn_graph_builder_finish(b, ret, err);
}

int fn_ir_lower(struct fn_ir *ir, const char *const *outputs, size_t n_outputs,
                struct fn_graph_builder *b, struct fn_graph *ret, struct fn_error *err)
{
    int rc = fn_ir_select_outputs(ir, outputs, n_outputs, err);
    if (rc == 0)
        rc = fn_ir_prune(ir, err);
    if (rc == 0)
        rc = fn_ir_infer(ir, err);
    if (rc == 0) {
        fn_ir_match(ir);
        rc = fn_ir_prune(ir, err);
    }
    if (rc == 0)
        rc = fn_ir_fold(ir, err);
    if (rc == 0)
        rc = fn_ir_prune(ir, err);
    return rc == 0 ? fn_ir_emit(ir, b, ret, err) : rc;
}
