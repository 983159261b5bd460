/* SPDX-License-Identifier: MIT */
/* TFLite reader: the tables of schema.fbs version 3 that carry a network's structure, read into
 * the importers' operator list. Numbers below are the schema's field indices and builtin
 * operator codes. Float networks only. */
#include "engine/model/import.h"

#include <string.h>

#include "engine/model/flatbuf.h"
#include "engine/model/ir.h"

struct tfl {
    struct fn_ir *ir;
    struct fn_fb *f;
    struct fn_error *err;
};

enum options {
    NO_OPTIONS,
    CONV,
    DEPTHWISE,
    POOL,
    FUSED,
    DENSE,
    CONCAT,
    REDUCE,
    LEAKY,
    RESHAPE,
    SQUEEZE,
    SOFTMAX,
    PAD
};

static const struct builtin {
    int32_t code;
    const char *type;
    enum fn_ir_kind kind;
    enum fn_act act;
    enum options options;
} builtins[] = {
    {0, "ADD", FN_IR_ADD, FN_ACT_NONE, FUSED},
    {1, "AVERAGE_POOL_2D", FN_IR_AVGPOOL, FN_ACT_NONE, POOL},
    {2, "CONCATENATION", FN_IR_CONCAT, FN_ACT_NONE, CONCAT},
    {3, "CONV_2D", FN_IR_CONV, FN_ACT_NONE, CONV},
    {4, "DEPTHWISE_CONV_2D", FN_IR_CONV, FN_ACT_NONE, DEPTHWISE},
    {9, "FULLY_CONNECTED", FN_IR_GEMM, FN_ACT_NONE, DENSE},
    {14, "LOGISTIC", FN_IR_ACT, FN_ACT_SIGMOID, NO_OPTIONS},
    {17, "MAX_POOL_2D", FN_IR_MAXPOOL, FN_ACT_NONE, POOL},
    {18, "MUL", FN_IR_MUL, FN_ACT_NONE, FUSED},
    {19, "RELU", FN_IR_ACT, FN_ACT_RELU, NO_OPTIONS},
    {21, "RELU6", FN_IR_ACT, FN_ACT_RELU6, NO_OPTIONS},
    {22, "RESHAPE", FN_IR_RESHAPE, FN_ACT_NONE, RESHAPE},
    {25, "SOFTMAX", FN_IR_SOFTMAX, FN_ACT_NONE, SOFTMAX},
    {34, "PAD", FN_IR_PAD, FN_ACT_NONE, PAD},
    {40, "MEAN", FN_IR_REDUCE_MEAN, FN_ACT_NONE, REDUCE},
    {41, "SUB", FN_IR_SUB, FN_ACT_NONE, FUSED},
    {42, "DIV", FN_IR_DIV, FN_ACT_NONE, FUSED},
    {43, "SQUEEZE", FN_IR_RESHAPE, FN_ACT_NONE, SQUEEZE},
    {47, "EXP", FN_IR_EXP, FN_ACT_NONE, NO_OPTIONS},
    {54, "PRELU", FN_IR_PRELU, FN_ACT_NONE, NO_OPTIONS},
    {59, "NEG", FN_IR_NEG, FN_ACT_NONE, NO_OPTIONS},
    {74, "SUM", FN_IR_REDUCE_SUM, FN_ACT_NONE, REDUCE},
    {82, "REDUCE_MAX", FN_IR_REDUCE_MAX, FN_ACT_NONE, REDUCE},
    {98, "LEAKY_RELU", FN_IR_ACT, FN_ACT_LEAKY, LEAKY},
    {101, "ABS", FN_IR_ABS, FN_ACT_NONE, NO_OPTIONS},
};

static int broken(struct tfl *t)
{
    return fn_error_set(t->err, FN_EMODEL, "not a well-formed TFLite file");
}

static int too_large(struct tfl *t)
{
    return fn_error_set(t->err, FN_ELIMIT, "the TFLite network is too large");
}

/* ---- tensors ---- */

/* A tensor whose buffer has bytes is a constant. Buffer 0 is by convention the empty one. */
static bool tensor_data(struct tfl *t, size_t table, struct fn_ir_tensor *x,
                        struct fn_fb_vector buffers)
{
    enum { FLOAT32 = 0, INT32 = 2, INT64 = 4 };
    uint8_t type = fn_fb_u8(t->f, table, 1, 0);
    uint32_t buffer = (uint32_t)fn_fb_i32(t->f, table, 2, 0);
    if (!buffer || buffer >= buffers.n)
        return buffer == 0;
    struct fn_fb_vector bytes = fn_fb_vec(t->f, fn_fb_vec_table(t->f, buffers, buffer), 0, 1);
    if (!bytes.n)
        return true;
    uint64_t n = 1;
    for (uint32_t i = 0; i < x->rank; i++) {
        if (x->dims[i] && n > UINT32_MAX / x->dims[i])
            return false;
        n *= x->dims[i];
    }
    size_t size = type == INT64 ? 8 : 4;
    x->type = type == FLOAT32 ? FN_IR_F32
              : type == INT32 ? FN_IR_I32
              : type == INT64 ? FN_IR_I64
                              : FN_IR_OTHER;
    x->raw = t->f->data + bytes.at;
    x->n = x->type == FN_IR_OTHER ? 0 : (size_t)n;
    return x->type == FN_IR_OTHER || (bytes.n % size == 0 && n == bytes.n / size);
}

static int read_tensor(struct tfl *t, size_t table, struct fn_fb_vector buffers)
{
    struct fn_fb_vector name = fn_fb_vec(t->f, table, 3, 1),
                        shape = fn_fb_vec(t->f, table, 0, 4);
    uint32_t i = fn_ir_add_tensor(t->ir, fn_ir_text(t->ir, t->f->data + name.at, name.n));
    if (i == FN_NONE)
        return too_large(t);
    struct fn_ir_tensor *x = &t->ir->t[i];
    if (shape.n > FN_IR_RANK)
        return 0; /* of no kind an operator we know reads */
    x->rank = shape.n;
    for (uint32_t k = 0; k < shape.n; k++) {
        int32_t d = fn_fb_vec_i32(t->f, shape, k);
        if (d < 0)
            return broken(t);
        x->dims[k] = (uint32_t)d;
    }
    return tensor_data(t, table, x, buffers) && !t->f->bad ? 0 : broken(t);
}

static int read_inputs(struct tfl *t, struct fn_fb_vector v)
{
    if (v.n > FN_GRAPH_IO_MAX)
        return too_large(t);
    for (uint32_t i = 0; i < v.n; i++) {
        uint32_t k = (uint32_t)fn_fb_vec_i32(t->f, v, i);
        if (k >= t->ir->n_t)
            return broken(t);
        struct fn_ir_tensor *x = &t->ir->t[k];
        if (x->rank != 4 || !x->dims[1] || !x->dims[2] || !x->dims[3] ||
            x->dims[1] > FN_IR_SIDE_MAX || x->dims[2] > FN_IR_SIDE_MAX ||
            x->dims[3] > FN_IR_SIDE_MAX || x->raw)
            return fn_error_set(t->err, FN_EUNSUPPORTED,
                                "input %.200s is not a picture of known size", x->name);
        x->h = x->dims[1];
        x->w = x->dims[2];
        x->c = x->dims[3];
        t->ir->in[t->ir->n_in++] = k;
    }
    return 0;
}

static int read_outputs(struct tfl *t, struct fn_fb_vector v)
{
    if (v.n > FN_GRAPH_IO_MAX)
        return too_large(t);
    for (uint32_t i = 0; i < v.n; i++) {
        uint32_t k = (uint32_t)fn_fb_vec_i32(t->f, v, i);
        if (k >= t->ir->n_t)
            return broken(t);
        t->ir->out[t->ir->n_out++] = k;
    }
    return 0;
}

/* ---- operators ---- */

static void take_fused(struct fn_ir_op *op, uint8_t code)
{
    op->attr.act = code == 1 ? FN_ACT_RELU : code == 3 ? FN_ACT_RELU6 : FN_ACT_NONE;
    op->refuse |= code != 0 && code != 1 && code != 3;
}

static uint32_t positive(struct fn_ir_op *op, int32_t v)
{
    op->refuse |= v < 1 || v > 65536;
    return v < 1 ? 1 : (uint32_t)v;
}

static void take_window(struct tfl *t, struct fn_ir_op *op, size_t o)
{
    uint8_t padding = fn_fb_u8(t->f, o, 0, 0); /* 0 SAME, 1 VALID */
    op->refuse |= padding > 1;
    op->attr.pad_mode = padding ? FN_PAD_EXPLICIT : FN_PAD_SAME;
    op->attr.stride_w = positive(op, fn_fb_i32(t->f, o, 1, 0));
    op->attr.stride_h = positive(op, fn_fb_i32(t->f, o, 2, 0));
}

static void take_conv(struct tfl *t, struct fn_ir_op *op, size_t o, bool depthwise)
{
    unsigned k = depthwise ? 4 : 3;
    take_window(t, op, o);
    take_fused(op, fn_fb_u8(t->f, o, k, 0));
    op->attr.dil_w = positive(op, fn_fb_i32(t->f, o, k + 1, 1));
    op->attr.dil_h = positive(op, fn_fb_i32(t->f, o, k + 2, 1));
    op->attr.groups =
        depthwise ? FN_NONE : 1; /* FN_NONE: each channel on its own, see ir_shape.c */
}

static void take_pool(struct tfl *t, struct fn_ir_op *op, size_t o)
{
    take_window(t, op, o);
    op->attr.kw = positive(op, fn_fb_i32(t->f, o, 3, 0));
    op->attr.kh = positive(op, fn_fb_i32(t->f, o, 4, 0));
    take_fused(op, fn_fb_u8(t->f, o, 5, 0));
}

static void take_axes(struct tfl *t, struct fn_ir_op *op, size_t o)
{
    int64_t v[FN_IR_RANK];
    size_t n = 0;
    op->keep_dims = fn_fb_u8(t->f, o, 0, 0) != 0;
    if (op->n_in < 2 || fn_ir_ints(t->ir, op->in[1], v, FN_IR_RANK, &n)) {
        op->refuse = true;
        return;
    }
    op->n_axes = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        op->refuse |= v[i] < -FN_IR_RANK || v[i] > FN_IR_RANK;
        op->axes[i] = op->refuse ? 0 : (int32_t)v[i];
    }
    op->n_in = 1;
}

/* The new shape is that of the output tensor, which the converter has computed. */
static void take_shape(struct tfl *t, struct fn_ir_op *op)
{
    const struct fn_ir_tensor *y = &t->ir->t[op->out];
    op->shape_rank = y->rank;
    for (uint32_t i = 0; i < y->rank; i++)
        op->shape[i] = y->dims[i];
    op->n_in = op->n_in ? 1 : 0;
}

/* Rows of [before, after] for n, h, w, c. */
static void take_pads(struct tfl *t, struct fn_ir_op *op)
{
    int64_t v[8];
    size_t n = 0;
    bool ok = op->n_in >= 2 && fn_ir_ints(t->ir, op->in[1], v, 8, &n) == 0 && n == 8 && !v[0] &&
              !v[1] && !v[6] && !v[7];
    for (size_t i = 2; ok && i < 6; i++)
        ok = v[i] >= 0 && v[i] <= 65536;
    op->refuse |= !ok;
    for (size_t i = 0; ok && i < 4; i++)
        op->attr.pad[i] = (uint32_t)v[2 + (i == 0 ? 0 : i == 1 ? 2 : i == 2 ? 1 : 3)];
    op->n_in = op->n_in ? 1 : 0;
}

static void take_options(struct tfl *t, struct fn_ir_op *op, const struct builtin *b, size_t o)
{
    switch (b->options) {
    case NO_OPTIONS:
        break;
    case CONV:
    case DEPTHWISE:
        take_conv(t, op, o, b->options == DEPTHWISE);
        break;
    case POOL:
        take_pool(t, op, o);
        break;
    case FUSED:
        take_fused(op, fn_fb_u8(t->f, o, 0, 0));
        break;
    case DENSE:
        take_fused(op, fn_fb_u8(t->f, o, 0, 0));
        op->refuse |= fn_fb_u8(t->f, o, 1, 0) != 0; /* shuffled weights */
        op->trans_b = true;
        break;
    case CONCAT:
        op->axis = fn_fb_i32(t->f, o, 0, 0);
        take_fused(op, fn_fb_u8(t->f, o, 1, 0));
        break;
    case REDUCE:
        take_axes(t, op, o);
        break;
    case LEAKY:
        op->attr.alpha = fn_fb_f32(t->f, o, 0, 0);
        break;
    case RESHAPE:
    case SQUEEZE:
        take_shape(t, op);
        break;
    case SOFTMAX:
        op->refuse |= fn_fb_f32(t->f, o, 0, 0) != 1; /* beta */
        op->axis = -1;
        op->keep_dims = true;
        break;
    case PAD:
        take_pads(t, op);
        break;
    }
}

static const struct builtin *builtin_of(struct tfl *t, struct fn_fb_vector codes,
                                        uint32_t index)
{
    size_t c = fn_fb_vec_table(t->f, codes, index);
    int32_t old = fn_fb_u8(t->f, c, 0, 0), code = fn_fb_i32(t->f, c, 3, 0);
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (builtins[i].code == (code > old ? code : old))
            return &builtins[i];
    return NULL;
}

static const char *code_text(struct tfl *t, struct fn_fb_vector codes, uint32_t index)
{
    size_t c = fn_fb_vec_table(t->f, codes, index);
    int32_t old = fn_fb_u8(t->f, c, 0, 0), code = fn_fb_i32(t->f, c, 3, 0);
    struct fn_buf b;
    fn_buf_init(&b, 64);
    fn_buf_printf(&b, "builtin-%d", (int)(code > old ? code : old));
    const char *s = fn_ir_text(t->ir, fn_buf_cstr(&b), b.len);
    fn_buf_finish(&b);
    return s;
}

static int take_operands(struct tfl *t, struct fn_ir_op *op, struct fn_fb_vector in)
{
    op->refuse |= in.n > FN_IR_IN;
    for (uint32_t k = 0; k < in.n && k < FN_IR_IN; k++) {
        int32_t v = fn_fb_vec_i32(t->f, in, k);
        if (v >= (int32_t)t->ir->n_t || v < -1)
            return broken(t);
        op->in[op->n_in++] = v < 0 ? FN_NONE : (uint32_t)v;
    }
    return 0;
}

static int read_operator(struct tfl *t, size_t table, struct fn_fb_vector codes)
{
    uint32_t code = (uint32_t)fn_fb_i32(t->f, table, 0, 0);
    struct fn_fb_vector in = fn_fb_vec(t->f, table, 1, 4), out = fn_fb_vec(t->f, table, 2, 4);
    uint32_t y = (uint32_t)fn_fb_vec_i32(t->f, out, 0);
    if (!out.n || y >= t->ir->n_t || code >= codes.n || fn_ir_is_const(t->ir, y))
        return broken(t);
    const struct builtin *b = builtin_of(t, codes, code);
    uint32_t i = fn_ir_add_op(t->ir, b ? b->type : code_text(t, codes, code), t->ir->t[y].name);
    if (i == FN_NONE)
        return too_large(t);
    struct fn_ir_op *op = &t->ir->op[i];
    op->out = y;
    op->refuse = out.n != 1;
    int rc = take_operands(t, op, in);
    if (rc || !b)
        return rc;
    op->kind = b->kind;
    op->attr.act = b->act;
    take_options(t, op, b, fn_fb_table(t->f, table, 4));
    return t->f->bad ? broken(t) : 0;
}

static int read_model(struct tfl *t)
{
    size_t root = fn_fb_root(t->f), g;
    if (t->f->size < 8 || memcmp(t->f->data + 4, "TFL3", 4) != 0)
        return fn_error_set(t->err, FN_EMODEL, "not a TFLite file of schema 3");
    struct fn_fb_vector codes = fn_fb_vec(t->f, root, 1, 4),
                        graphs = fn_fb_vec(t->f, root, 2, 4),
                        buffers = fn_fb_vec(t->f, root, 4, 4);
    g = fn_fb_vec_table(t->f, graphs, 0);
    struct fn_fb_vector tensors = fn_fb_vec(t->f, g, 0, 4), ops = fn_fb_vec(t->f, g, 3, 4);
    struct fn_fb_vector inputs = fn_fb_vec(t->f, g, 1, 4), outputs = fn_fb_vec(t->f, g, 2, 4);
    if (t->f->bad || graphs.n != 1)
        return broken(t);
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < tensors.n; i++)
        rc = read_tensor(t, fn_fb_vec_table(t->f, tensors, i), buffers);
    if (rc == 0)
        rc = read_inputs(t, inputs);
    if (rc == 0)
        rc = read_outputs(t, outputs);
    for (uint32_t i = 0; rc == 0 && i < ops.n; i++)
        rc = read_operator(t, fn_fb_vec_table(t->f, ops, i), codes);
    return rc == 0 && t->f->bad ? broken(t) : rc;
}

int fn_import_tflite_part(const uint8_t *data, size_t size, const char *const *outputs,
                          size_t n_outputs, struct fn_graph_builder *b, struct fn_graph *ret,
                          struct fn_error *err)
{
    struct fn_ir ir;
    fn_ir_init(&ir, true);
    struct fn_fb f = {data, size, false};
    struct tfl t = {&ir, &f, err};
    int rc = read_model(&t);
    if (rc == 0)
        rc = fn_ir_lower(&ir, outputs, n_outputs, b, ret, err);
    fn_ir_finish(&ir);
    return rc;
}

int fn_import_tflite(const uint8_t *data, size_t size, struct fn_graph_builder *b,
                     struct fn_graph *ret, struct fn_error *err)
{
    return fn_import_tflite_part(data, size, NULL, 0, b, ret, err);
}
