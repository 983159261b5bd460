/* SPDX-License-Identifier: MIT */
/* ONNX reader: the messages of onnx.proto (github.com/onnx/onnx, IR versions 3 to 10) that
 * carry a network's structure, read into the importers' operator list. Operator meanings are
 * those of the ONNX operator reference; where they changed with the operator set (Clip, Pad,
 * Softmax) the version in the file decides. */
#include "engine/model/import.h"

#include <math.h>
#include <string.h>

#include "engine/model/ir.h"
#include "engine/model/protobuf.h"

struct onnx {
    struct fn_ir *ir;
    struct fn_error *err;
    uint64_t opset;
};

static int broken(struct onnx *o)
{
    return fn_error_set(o->err, FN_EMODEL, "not a well-formed ONNX file");
}

static int too_large(struct onnx *o)
{
    return fn_error_set(o->err, FN_ELIMIT, "the ONNX network is too large");
}

static const char *text(struct onnx *o, const struct fn_pb *s)
{
    return fn_ir_text(o->ir, s->p, fn_pb_size(s));
}

/* A tensor by name, made when new. */
static uint32_t tensor_named(struct onnx *o, const struct fn_pb *s)
{
    const char *name = text(o, s);
    uint32_t t = name ? fn_ir_find(o->ir, name) : FN_NONE;
    return t != FN_NONE || !name ? t : fn_ir_add_tensor(o->ir, name);
}

/* ---- TensorProto ---- */

struct tensor_proto {
    struct fn_pb name, raw;
    uint32_t rank, dims[FN_IR_RANK];
    uint64_t type, raw_elem; /* bytes per element of raw */
    uint64_t n;
    bool has_raw, odd; /* otherwise stored in a way that is not supported */
};

static bool add_dim(uint32_t *rank, uint32_t *dims, uint64_t v)
{
    if (*rank == FN_IR_RANK || v > UINT32_MAX)
        return false;
    dims[(*rank)++] = (uint32_t)v;
    return true;
}

/* Repeated integers are stored one by one or packed. */
static bool repeated(const struct fn_pb_field *f, bool (*one)(void *ctx, uint64_t v), void *ctx)
{
    struct fn_pb b = f->sub;
    uint64_t v;
    if (f->wire == FN_PB_VARINT)
        return one(ctx, f->v);
    if (f->wire != FN_PB_LEN)
        return false;
    while (b.p < b.end)
        if (!fn_pb_varint(&b, &v) || !one(ctx, v))
            return false;
    return true;
}

static bool tensor_dim(void *ctx, uint64_t v)
{
    struct tensor_proto *t = ctx;
    return add_dim(&t->rank, t->dims, v);
}

static bool read_tensor(struct fn_pb b, struct tensor_proto *t)
{
    struct fn_pb_field f;
    int rc;
    *t = (struct tensor_proto){0};
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (f.number == 1 && !repeated(&f, tensor_dim, t))
            return false;
        if (fn_pb_is(&f, 2, FN_PB_VARINT))
            t->type = f.v;
        if (fn_pb_is(&f, 8, FN_PB_LEN))
            t->name = f.sub;
        /* raw_data, or packed float_data: the same little-endian bytes */
        if (fn_pb_is(&f, 9, FN_PB_LEN) || fn_pb_is(&f, 4, FN_PB_LEN)) {
            t->raw = f.sub;
            t->has_raw = true;
        }
        if (f.number == 4 ? f.wire != FN_PB_LEN
                          : f.number == 5 || f.number == 7 || f.number == 10 || f.number == 13)
            t->odd = true; /* unpacked or integer data, double data, data in another file */
    }
    t->n = 1;
    for (uint32_t i = 0; i < t->rank; i++) {
        if (t->dims[i] && t->n > (UINT64_MAX >> 8) / t->dims[i])
            return false;
        t->n *= t->dims[i];
    }
    return rc == 0;
}

static int define_constant(struct onnx *o, uint32_t index, const struct tensor_proto *p)
{
    enum { FLOAT = 1, INT32 = 6, INT64 = 7 };
    struct fn_ir_tensor *t = &o->ir->t[index];
    size_t size = p->type == INT64 ? 8 : 4;
    memcpy(t->dims, p->dims, sizeof t->dims);
    t->rank = p->rank;
    t->type = p->type == FLOAT   ? FN_IR_F32
              : p->type == INT32 ? FN_IR_I32
              : p->type == INT64 ? FN_IR_I64
                                 : FN_IR_OTHER;
    static const uint8_t nothing[1];
    t->raw = p->has_raw ? p->raw.p : nothing;
    t->n = 0;
    if (t->type == FN_IR_OTHER || p->odd || !p->has_raw) {
        t->type = FN_IR_OTHER;
        return 0; /* refused when an operator needs it */
    }
    if (p->n != fn_pb_size(&p->raw) / size || fn_pb_size(&p->raw) % size)
        return fn_error_set(o->err, FN_EMODEL, "tensor %.200s: size and data do not fit",
                            t->name);
    t->n = (size_t)p->n;
    return 0;
}

static int read_initializer(struct onnx *o, struct fn_pb b)
{
    struct tensor_proto p;
    if (!read_tensor(b, &p))
        return broken(o);
    uint32_t t = tensor_named(o, &p.name);
    return t == FN_NONE ? too_large(o) : define_constant(o, t, &p);
}

/* ---- ValueInfoProto: an input with its shape ---- */

static bool read_shape(struct fn_pb b, uint32_t *rank, uint32_t *dims)
{
    struct fn_pb_field f, g;
    int rc;
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (!fn_pb_is(&f, 1, FN_PB_LEN))
            continue;
        struct fn_pb d = f.sub;
        uint64_t v = 0; /* dim_param: unknown */
        while ((rc = fn_pb_next(&d, &g)) > 0)
            if (fn_pb_is(&g, 1, FN_PB_VARINT) && g.v <= UINT32_MAX)
                v = g.v;
        if (rc < 0 || !add_dim(rank, dims, v))
            return false;
    }
    return rc == 0;
}

/* TypeProto.tensor_type (1) . shape (2) */
static bool read_type(struct fn_pb b, uint32_t *rank, uint32_t *dims)
{
    struct fn_pb_field f, g;
    int rc;
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (!fn_pb_is(&f, 1, FN_PB_LEN))
            continue;
        struct fn_pb t = f.sub;
        while ((rc = fn_pb_next(&t, &g)) > 0)
            if (fn_pb_is(&g, 2, FN_PB_LEN) && !read_shape(g.sub, rank, dims))
                return false;
        if (rc < 0)
            return false;
    }
    return rc == 0;
}

static int read_value_info(struct onnx *o, struct fn_pb b, uint32_t *ret)
{
    struct fn_pb_field f;
    struct fn_pb name = {0};
    uint32_t rank = 0, dims[FN_IR_RANK] = {0};
    int rc;
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (fn_pb_is(&f, 1, FN_PB_LEN))
            name = f.sub;
        if (fn_pb_is(&f, 2, FN_PB_LEN) && !read_type(f.sub, &rank, dims))
            return broken(o);
    }
    if (rc < 0 || !name.p)
        return broken(o);
    uint32_t t = tensor_named(o, &name);
    if (t == FN_NONE)
        return too_large(o);
    if (!fn_ir_is_const(o->ir, t)) {
        o->ir->t[t].rank = rank;
        memcpy(o->ir->t[t].dims, dims, sizeof dims);
    }
    *ret = t;
    return 0;
}

/* ---- NodeProto ---- */

struct attribute {
    struct fn_pb name, s, tensor;
    bool has_tensor;
    float f;
    int64_t i;
    uint32_t n;
    int64_t ints[2 * FN_IR_RANK];
    bool overflow;
};

static bool attribute_int(void *ctx, uint64_t v)
{
    struct attribute *a = ctx;
    if (a->n == 2 * FN_IR_RANK)
        a->overflow = true;
    else
        a->ints[a->n++] = (int64_t)v;
    return true;
}

static bool read_attribute(struct fn_pb b, struct attribute *a)
{
    struct fn_pb_field f;
    int rc;
    *a = (struct attribute){0};
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (fn_pb_is(&f, 1, FN_PB_LEN))
            a->name = f.sub;
        if (fn_pb_is(&f, 2, FN_PB_I32)) {
            uint32_t u = (uint32_t)f.v;
            memcpy(&a->f, &u, sizeof u);
        }
        if (fn_pb_is(&f, 3, FN_PB_VARINT))
            a->i = (int64_t)f.v;
        if (fn_pb_is(&f, 4, FN_PB_LEN))
            a->s = f.sub;
        if (fn_pb_is(&f, 5, FN_PB_LEN)) {
            a->tensor = f.sub;
            a->has_tensor = true;
        }
        if (f.number == 8 && !repeated(&f, attribute_int, a))
            return false;
    }
    return rc == 0;
}

static bool is(const struct fn_pb *s, const char *word)
{
    return fn_pb_size(s) == strlen(word) && memcmp(s->p, word, strlen(word)) == 0;
}

/* n numbers into u32s; anything else makes the operator unsupported. */
static void take_u32s(struct fn_ir_op *op, const struct attribute *a, uint32_t *out, uint32_t n)
{
    bool ok = a->n == n && !a->overflow;
    for (uint32_t i = 0; ok && i < n; i++)
        ok = a->ints[i] >= 0 && a->ints[i] <= 65536;
    for (uint32_t i = 0; ok && i < n; i++)
        out[i] = (uint32_t)a->ints[i];
    op->refuse |= !ok;
}

static void take_axes(struct fn_ir_op *op, const int64_t *v, size_t n)
{
    op->n_axes = 0;
    for (size_t i = 0; i < n; i++) {
        if (n > FN_IR_RANK || v[i] < -FN_IR_RANK || v[i] > FN_IR_RANK) {
            op->refuse = true;
            return;
        }
        op->axes[op->n_axes++] = (int32_t)v[i];
    }
}

static void take_auto_pad(struct fn_ir_op *op, const struct attribute *a)
{
    if (is(&a->s, "SAME_UPPER"))
        op->attr.pad_mode = FN_PAD_SAME;
    else if (!is(&a->s, "NOTSET") && !is(&a->s, "VALID"))
        op->refuse = true;
}

/* ONNX pads of a 2-D window: top, left, bottom, right; of Pad: 4 axes' begins, then their ends.
 */
static void take_pads(struct fn_ir_op *op, const int64_t *v, size_t n)
{
    struct attribute a = {.n = 4};
    if (n == 8 && !v[0] && !v[1] && !v[4] && v[5] >= 0 && v[5] <= 65536) {
        memcpy(a.ints, (int64_t[4]){v[2], v[3], v[6], v[7]}, 4 * sizeof *v);
        op->attr.pad_c = (uint32_t)v[5];
    } else if (n == 4 && op->kind != FN_IR_PAD)
        memcpy(a.ints, v, 4 * sizeof *v);
    else
        a.n = 0;
    take_u32s(op, &a, op->attr.pad, 4);
}

struct clip {
    float lo, hi;
};

static void take_attribute(struct fn_ir_op *op, const struct attribute *a, struct clip *clip)
{
    const struct fn_pb *n = &a->name;
    uint32_t pair[2] = {1, 1};
    if (is(n, "kernel_shape")) {
        take_u32s(op, a, pair, 2);
        op->attr.kh = pair[0];
        op->attr.kw = pair[1];
    } else if (is(n, "strides")) {
        take_u32s(op, a, pair, 2);
        op->attr.stride_h = pair[0];
        op->attr.stride_w = pair[1];
    } else if (is(n, "dilations")) {
        take_u32s(op, a, pair, 2);
        op->attr.dil_h = pair[0];
        op->attr.dil_w = pair[1];
    } else if (is(n, "pads")) {
        take_pads(op, a->ints, a->n);
    } else if (is(n, "group")) {
        op->refuse |= a->i < 1 || a->i > 65536;
        op->attr.groups = (uint32_t)a->i;
    } else if (is(n, "auto_pad")) {
        take_auto_pad(op, a);
    } else if (is(n, "axis")) {
        op->refuse |= a->i < -FN_IR_RANK || a->i > FN_IR_RANK;
        op->axis = (int32_t)a->i;
    } else if (is(n, "axes")) {
        take_axes(op, a->ints, a->n);
    } else if (is(n, "keepdims")) {
        op->keep_dims = a->i != 0;
    } else if (is(n, "transB")) {
        op->trans_b = a->i != 0;
    } else if (is(n, "transA") || is(n, "training_mode") || is(n, "storage_order")) {
        op->refuse |= a->i != 0;
    } else if (is(n, "count_include_pad")) {
        op->counts_border = a->i != 0;
    } else if (is(n, "ceil_mode")) {
        op->ceil_mode = a->i != 0;
    } else if (is(n, "alpha")) {
        if (op->kind == FN_IR_ACT)
            op->attr.alpha = a->f;
        else
            op->alpha = a->f;
    } else if (is(n, "beta")) {
        op->beta = a->f;
    } else if (is(n, "bias")) {
        op->attr.bias_k = a->f;
    } else if (is(n, "size")) {
        op->refuse |= a->i < 1 || a->i > 65536;
        op->attr.size = (uint32_t)a->i;
    } else if (is(n, "epsilon")) {
        op->eps = a->f;
    } else if (is(n, "min")) {
        clip->lo = a->f;
    } else if (is(n, "max")) {
        clip->hi = a->f;
    } else if (is(n, "mode")) {
        op->refuse |= !is(&a->s, "constant");
    } else if (is(n, "value") && op->kind == FN_IR_PAD) {
        op->refuse |= a->f != 0;
    }
}

static const struct {
    const char *type;
    enum fn_ir_kind kind;
    enum fn_act act;
} operators[] = {
    {"Conv", FN_IR_CONV, FN_ACT_NONE},
    {"Gemm", FN_IR_GEMM, FN_ACT_NONE},
    {"MatMul", FN_IR_GEMM, FN_ACT_NONE},
    {"Relu", FN_IR_ACT, FN_ACT_RELU},
    {"LeakyRelu", FN_IR_ACT, FN_ACT_LEAKY},
    {"Sigmoid", FN_IR_ACT, FN_ACT_SIGMOID},
    {"Clip", FN_IR_ACT, FN_ACT_RELU6},
    {"PRelu", FN_IR_PRELU, FN_ACT_NONE},
    {"Add", FN_IR_ADD, FN_ACT_NONE},
    {"Sub", FN_IR_SUB, FN_ACT_NONE},
    {"Mul", FN_IR_MUL, FN_ACT_NONE},
    {"Div", FN_IR_DIV, FN_ACT_NONE},
    {"Neg", FN_IR_NEG, FN_ACT_NONE},
    {"Abs", FN_IR_ABS, FN_ACT_NONE},
    {"Exp", FN_IR_EXP, FN_ACT_NONE},
    {"ReduceMax", FN_IR_REDUCE_MAX, FN_ACT_NONE},
    {"ReduceL2", FN_IR_REDUCE_L2, FN_ACT_NONE},
    {"ReduceSum", FN_IR_REDUCE_SUM, FN_ACT_NONE},
    {"ReduceMean", FN_IR_REDUCE_MEAN, FN_ACT_NONE},
    {"Concat", FN_IR_CONCAT, FN_ACT_NONE},
    {"MaxPool", FN_IR_MAXPOOL, FN_ACT_NONE},
    {"AveragePool", FN_IR_AVGPOOL, FN_ACT_NONE},
    {"GlobalAveragePool", FN_IR_AVGPOOL, FN_ACT_NONE},
    {"Softmax", FN_IR_SOFTMAX, FN_ACT_NONE},
    {"BatchNormalization", FN_IR_BATCHNORM, FN_ACT_NONE},
    {"Flatten", FN_IR_RESHAPE, FN_ACT_NONE},
    {"Reshape", FN_IR_RESHAPE, FN_ACT_NONE},
    {"Squeeze", FN_IR_RESHAPE, FN_ACT_NONE},
    {"Identity", FN_IR_IDENTITY, FN_ACT_NONE},
    {"Dropout", FN_IR_IDENTITY, FN_ACT_NONE},
    {"Pad", FN_IR_PAD, FN_ACT_NONE},
    {"LRN", FN_IR_LRN, FN_ACT_NONE},
    {"Sqrt", FN_IR_SQRT, FN_ACT_NONE},
    {"Max", FN_IR_MAX, FN_ACT_NONE},
    {"Slice", FN_IR_SLICE, FN_ACT_NONE},
    {"Pow", FN_IR_MUL, FN_ACT_NONE},
    {"Shape", FN_IR_SHAPE, FN_ACT_NONE},
    {"Expand", FN_IR_EXPAND, FN_ACT_NONE},
};

static void set_defaults(struct onnx *o, struct fn_ir_op *op)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strcmp(operators[i].type, op->type) == 0) {
            op->kind = operators[i].kind;
            op->attr.act = operators[i].act;
        }
    op->global = strcmp(op->type, "GlobalAveragePool") == 0;
    op->keep_dims = true;
    op->eps = 1e-5f;
    op->axis = op->kind == FN_IR_SOFTMAX && o->opset >= 13 ? -1 : 1;
    if (strcmp(op->type, "LeakyRelu") == 0)
        op->attr.alpha = 0.01f;
    if (op->kind == FN_IR_LRN) {
        op->alpha = 1e-4f;
        op->beta = 0.75f;
        op->attr.bias_k = 1;
    }
}

static bool scalar_input(struct onnx *o, const struct fn_ir_op *op, uint32_t k, float *v)
{
    if (k >= op->n_in || op->in[k] == FN_NONE)
        return true;
    float *f = fn_ir_floats(o->ir, op->in[k]);
    if (f && o->ir->t[op->in[k]].n == 1)
        *v = f[0];
    return f && o->ir->t[op->in[k]].n == 1;
}

/* Clip between 0 and 6 is relu6, above 0 is relu, above more than 0 a floor. */
static void finish_clip(struct onnx *o, struct fn_ir_op *op, struct clip *c)
{
    bool ok = scalar_input(o, op, 1, &c->lo) && scalar_input(o, op, 2, &c->hi);
    if (ok && c->lo > 0 && c->hi > 3e38f) {
        op->kind = FN_IR_FLOOR;
        op->attr.act = FN_ACT_NONE;
        op->alpha = c->lo;
        op->n_in = op->n_in ? 1 : 0;
        return;
    }
    op->attr.act = c->hi == 6.0f ? FN_ACT_RELU6 : FN_ACT_RELU;
    op->refuse |= !ok || c->lo != 0 || (c->hi != 6.0f && c->hi < 3e38f);
    op->n_in = 1;
}

static void finish_shape(struct onnx *o, struct fn_ir_op *op)
{
    size_t n = 0;
    if (strcmp(op->type, "Reshape") == 0) {
        op->refuse |=
            op->n_in < 2 || fn_ir_ints(o->ir, op->in[1], op->shape, FN_IR_RANK, &n) != 0;
        op->shape_rank = (uint32_t)n;
    } else { /* Flatten from axis 1, Squeeze of the two sides of a 1 x 1 map */
        bool squeeze = strcmp(op->type, "Squeeze") == 0;
        int64_t ax[FN_IR_RANK];
        if (squeeze && op->n_in > 1 && fn_ir_ints(o->ir, op->in[1], ax, FN_IR_RANK, &n) == 0)
            take_axes(op, ax, n);
        op->refuse |= squeeze ? !(op->n_axes == 2 && (op->axes[0] == 2 || op->axes[0] == -2) &&
                                  (op->axes[1] == 3 || op->axes[1] == -1))
                              : op->axis != 1;
        op->shape_rank = 2;
        op->shape[0] = op->shape[1] = -1;
    }
    op->n_in = op->n_in ? 1 : 0;
}

/* One run of channels, every one of it: Slice(x, starts, ends, axes, [steps]). */
static void finish_slice(struct onnx *o, struct fn_ir_op *op)
{
    int64_t v[4] = {0, 0, 0, 1}; /* start, end, axis, step */
    for (uint32_t k = 0; k < 4; k++) {
        size_t n = 0;
        if (k == 3 && (op->n_in < 5 || op->in[4] == FN_NONE))
            continue;
        op->refuse |= k + 1 >= op->n_in || op->in[k + 1] == FN_NONE ||
                      fn_ir_ints(o->ir, op->in[k + 1], &v[k], 1, &n) != 0 || n != 1;
    }
    op->refuse |= v[2] != 1 || v[3] != 1;
    op->shape[0] = v[0];
    op->shape[1] = v[1];
    op->n_in = op->n_in ? 1 : 0;
}

/* x to the power of 2 is x times x. */
static void finish_pow(struct onnx *o, struct fn_ir_op *op)
{
    float power = 0;
    op->refuse |= op->n_in != 2 || !scalar_input(o, op, 1, &power) || power != 2;
    op->in[1] = op->in[0];
}

static void finish_op(struct onnx *o, struct fn_ir_op *op, struct clip *clip)
{
    int64_t v[2 * FN_IR_RANK];
    size_t n = 0;
    if (strcmp(op->type, "Clip") == 0)
        finish_clip(o, op, clip);
    if (strcmp(op->type, "Pow") == 0)
        finish_pow(o, op);
    if (op->kind == FN_IR_RESHAPE)
        finish_shape(o, op);
    if (op->kind == FN_IR_IDENTITY && op->n_in)
        op->n_in = 1;
    if (op->kind >= FN_IR_REDUCE_MAX && op->kind <= FN_IR_REDUCE_MEAN && op->n_in > 1) {
        if (fn_ir_ints(o->ir, op->in[1], v, FN_IR_RANK, &n) == 0)
            take_axes(op, v, n);
        op->n_in = 1;
    }
    if (op->kind == FN_IR_PAD) {
        float value = 0;
        if (op->n_in > 1 && fn_ir_ints(o->ir, op->in[1], v, 2 * FN_IR_RANK, &n) == 0)
            take_pads(op, v, n);
        op->refuse |= (op->n_in > 1 && n != 8) || !scalar_input(o, op, 2, &value) || value != 0;
        op->n_in = op->n_in ? 1 : 0;
    }
    if (op->kind == FN_IR_SLICE)
        finish_slice(o, op);
    if (op->kind == FN_IR_LRN) {
        op->attr.alpha = op->alpha;
        op->attr.beta = op->beta;
    }
    if (op->kind == FN_IR_AVGPOOL) {
        const uint32_t *p = op->attr.pad;
        op->counts_border &= p[0] || p[1] || p[2] || p[3] || op->attr.pad_mode == FN_PAD_SAME;
    }
    /* Before operator set 13, softmax covered everything after the axis. */
    if (op->kind == FN_IR_SOFTMAX && o->opset < 13)
        op->keep_dims = false;
}

static int read_inputs(struct onnx *o, struct fn_ir_op *op, const struct fn_pb *name)
{
    if (op->n_in == FN_IR_IN) {
        op->refuse = true;
        return 0;
    }
    uint32_t t = FN_NONE;
    if (fn_pb_size(name)) {
        t = tensor_named(o, name);
        if (t == FN_NONE)
            return too_large(o);
    }
    op->in[op->n_in++] = t;
    return 0;
}

/* Constant nodes become constants. */
static int constant_node(struct onnx *o, uint32_t out, const struct attribute *a)
{
    struct tensor_proto p;
    if (!a->has_tensor)
        return 0;
    if (!read_tensor(a->tensor, &p))
        return broken(o);
    return define_constant(o, out, &p);
}

/* First pass over a node: its names, so that the operator exists before its attributes are
 * read. */
static int node_words(struct onnx *o, struct fn_pb b, uint32_t *ret_op, struct fn_pb *ret_out)
{
    struct fn_pb_field f;
    struct fn_pb type = {0}, name = {0}, out = {0};
    int rc;
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (fn_pb_is(&f, 4, FN_PB_LEN))
            type = f.sub;
        if (fn_pb_is(&f, 3, FN_PB_LEN))
            name = f.sub;
        if (fn_pb_is(&f, 2, FN_PB_LEN) && !out.p)
            out = f.sub;
    }
    if (rc < 0 || !type.p || !out.p)
        return broken(o);
    *ret_out = out;
    *ret_op = fn_ir_add_op(o->ir, text(o, &type), text(o, fn_pb_size(&name) ? &name : &out));
    return *ret_op == FN_NONE ? too_large(o) : 0;
}

static int read_node(struct onnx *o, struct fn_pb node)
{
    struct fn_pb_field f;
    struct fn_pb out = {0}, b = node;
    struct attribute a;
    struct clip clip = {-INFINITY, INFINITY};
    uint32_t i;
    int rc = node_words(o, node, &i, &out);
    if (rc)
        return rc;
    uint32_t t = tensor_named(o, &out);
    if (t == FN_NONE)
        return too_large(o);
    struct fn_ir_op *op = &o->ir->op[i]; /* no operator is added below */
    op->out = t;
    set_defaults(o, op);
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (fn_pb_is(&f, 1, FN_PB_LEN) && (rc = read_inputs(o, op, &f.sub)) != 0)
            return rc;
        if (!fn_pb_is(&f, 5, FN_PB_LEN))
            continue;
        if (!read_attribute(f.sub, &a))
            return broken(o);
        if (strcmp(op->type, "Constant") == 0 && is(&a.name, "value")) {
            rc = constant_node(o, t, &a);
            op->out = FN_NONE;
            if (rc)
                return rc;
        }
        take_attribute(op, &a, &clip);
    }
    if (rc < 0)
        return broken(o);
    finish_op(o, op, &clip);
    return 0;
}

/* ---- GraphProto ---- */

static int add_input(struct onnx *o, uint32_t t)
{
    struct fn_ir_tensor *x = &o->ir->t[t];
    if (fn_ir_is_const(o->ir, t))
        return 0; /* old exporters list the weights as inputs too */
    if (o->ir->n_in == FN_GRAPH_IO_MAX)
        return too_large(o);
    if (x->rank != 4 || !x->dims[1] || !x->dims[2] || !x->dims[3] ||
        x->dims[1] > FN_IR_SIDE_MAX || x->dims[2] > FN_IR_SIDE_MAX ||
        x->dims[3] > FN_IR_SIDE_MAX)
        return fn_error_set(o->err, FN_EUNSUPPORTED,
                            "input %.200s is not a picture of known size", x->name);
    x->c = x->dims[1];
    x->h = x->dims[2];
    x->w = x->dims[3];
    o->ir->in[o->ir->n_in++] = t;
    return 0;
}

/* Initializers first: nodes and inputs are judged by what is constant. */
static int read_graph(struct onnx *o, struct fn_pb graph)
{
    static const uint32_t order[] = {5, 11, 1, 12}; /* initializer, input, node, output */
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        struct fn_pb b = graph;
        struct fn_pb_field f;
        uint32_t t = FN_NONE;
        int r, e = 0;
        while (e == 0 && (r = fn_pb_next(&b, &f)) > 0) {
            if (!fn_pb_is(&f, order[k], FN_PB_LEN))
                continue;
            if (f.number == 5) {
                e = read_initializer(o, f.sub);
            } else if (f.number == 1) {
                e = read_node(o, f.sub);
            } else {
                e = read_value_info(o, f.sub, &t);
                if (e == 0 && f.number == 11)
                    e = add_input(o, t);
                else if (e == 0 && o->ir->n_out == FN_GRAPH_IO_MAX)
                    e = too_large(o);
                else if (e == 0)
                    o->ir->out[o->ir->n_out++] = t;
            }
        }
        if (e || r < 0)
            return e ? e : broken(o);
    }
    return 0;
}

/* OperatorSetIdProto of the default domain. */
static bool read_opset(struct onnx *o, struct fn_pb b)
{
    struct fn_pb_field f;
    uint64_t version = 0;
    bool ours = true;
    int rc;
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (fn_pb_is(&f, 1, FN_PB_LEN))
            ours = fn_pb_size(&f.sub) == 0 || is(&f.sub, "ai.onnx");
        if (fn_pb_is(&f, 2, FN_PB_VARINT))
            version = f.v;
    }
    if (ours)
        o->opset = version;
    return rc == 0;
}

static int read_model(struct onnx *o, const uint8_t *data, size_t size)
{
    struct fn_pb b = fn_pb_open(data, size), graph = {0};
    struct fn_pb_field f;
    int rc;
    while ((rc = fn_pb_next(&b, &f)) > 0) {
        if (fn_pb_is(&f, 7, FN_PB_LEN))
            graph = f.sub;
        if (fn_pb_is(&f, 8, FN_PB_LEN) && !read_opset(o, f.sub))
            return broken(o);
    }
    if (rc < 0 || !graph.p)
        return broken(o);
    return read_graph(o, graph);
}

int fn_import_onnx_part(const uint8_t *data, size_t size, const char *const *outputs,
                        size_t n_outputs, struct fn_graph_builder *b, struct fn_graph *ret,
                        struct fn_error *err)
{
    struct fn_ir ir;
    fn_ir_init(&ir, false);
    struct onnx o = {&ir, err, 9};
    int rc = read_model(&o, data, size);
    if (rc == 0)
        rc = fn_ir_lower(&ir, outputs, n_outputs, b, ret, err);
    fn_ir_finish(&ir);
    return rc;
}

int fn_import_onnx(const uint8_t *data, size_t size, struct fn_graph_builder *b,
                   struct fn_graph *ret, struct fn_error *err)
{
    return fn_import_onnx_part(data, size, NULL, 0, b, ret, err);
}
