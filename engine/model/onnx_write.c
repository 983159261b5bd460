/* SPDX-License-Identifier: MIT */
/* ONNX writer: the messages of onnx.proto (IR version 7) and operator set 13. One function per
 * operator; the reader is onnx.c.
 *
 * Padding is written as numbers, computed for the file's height and width: ONNX has an auto_pad
 * for TensorFlow's SAME, but not for pools that count their border.
 */
#include "engine/model/onnx_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "engine/graph/ops.h"
#include "engine/model/name.h"
#include "engine/model/protobuf_write.h"

/* Field numbers of onnx.proto. */
enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_METADATA = 14,
    OPSET_VERSION = 2,
    GRAPH_NODE = 1,
    GRAPH_NAME = 2,
    GRAPH_INITIALIZER = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_TYPE = 4,
    NODE_ATTRIBUTE = 5,
    ATTR_NAME = 1,
    ATTR_F = 2,
    ATTR_I = 3,
    ATTR_INTS = 8,
    ATTR_TYPE = 20,
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    IR_VERSION = 7,
    OPSET = 13,
};
enum { TYPE_FLOAT = 1, TYPE_INT64 = 7 };              /* TensorProto.DataType */
enum { KIND_FLOAT = 1, KIND_INT = 2, KIND_INTS = 7 }; /* AttributeProto.AttributeType */

struct writer {
    struct fn_buf *b;
    const struct fn_graph *g;
    const uint32_t (*dims)[4];
    char (*name)[FN_NAME_MAX + 16]; /* of every value, unique */
    uint32_t n_made;                /* tensors in addition to the graph's own */
};

/* ---- tensors ---- */

static size_t begin_tensor(struct writer *w, const char *name, int type, const uint32_t *dims,
                           uint32_t rank)
{
    size_t t = fn_pbw_begin(w->b, GRAPH_INITIALIZER);
    for (uint32_t i = 0; i < rank; i++)
        fn_pbw_varint(w->b, TENSOR_DIMS, dims[i]);
    fn_pbw_varint(w->b, TENSOR_TYPE, (uint64_t)type);
    fn_pbw_text(w->b, TENSOR_NAME, name);
    return t;
}

static void floats(struct writer *w, const char *name, const uint32_t *dims, uint32_t rank,
                   const float *v, size_t n)
{
    size_t t = begin_tensor(w, name, TYPE_FLOAT, dims, rank);
    fn_pbw_bytes(w->b, TENSOR_RAW, v, n * sizeof *v);
    fn_pbw_end(w->b, t);
}

/* [O][H][W][C] -> [O][C][H][W], a filter at a time. */
static int filters(struct writer *w, const char *name, const struct fn_value *v)
{
    const uint32_t d[4] = {v->dims[0], v->dims[3], v->dims[1], v->dims[2]};
    size_t c_n = d[1], p_n = (size_t)d[2] * d[3];
    float *f = malloc(c_n * p_n * sizeof *f);
    if (!f)
        return -ENOMEM;
    size_t t = begin_tensor(w, name, TYPE_FLOAT, d, 4), raw = fn_pbw_begin(w->b, TENSOR_RAW);
    for (size_t o = 0; o < d[0]; o++) {
        const float *from = v->data + o * c_n * p_n;
        for (size_t p = 0; p < p_n; p++)
            for (size_t c = 0; c < c_n; c++)
                f[c * p_n + p] = from[p * c_n + c];
        fn_buf_add(w->b, f, c_n * p_n * sizeof *f);
    }
    fn_pbw_end(w->b, raw);
    fn_pbw_end(w->b, t);
    free(f);
    return 0;
}

/* An additional constant; its name is written to `name`. */
static void constant(struct writer *w, char name[FN_NAME_MAX], float v)
{
    (void)snprintf(name, FN_NAME_MAX, "constant:%u", w->n_made++);
    floats(w, name, NULL, 0, &v, 1);
}

static void integers(struct writer *w, char name[FN_NAME_MAX], const int64_t *v, uint32_t n)
{
    (void)snprintf(name, FN_NAME_MAX, "constant:%u", w->n_made++);
    size_t t = begin_tensor(w, name, TYPE_INT64, &n, 1), raw = fn_pbw_begin(w->b, TENSOR_RAW);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t p[8];
        fn_put_le64(p, (uint64_t)v[i]);
        fn_buf_add(w->b, p, sizeof p);
    }
    fn_pbw_end(w->b, raw);
    fn_pbw_end(w->b, t);
}

/* ---- nodes ---- */

/* Begins a node; attributes follow, then fn_pbw_end. in: n names, NULL for an omitted one. */
static size_t begin_node(struct writer *w, const char *type, const char *const *in, uint32_t n,
                         const char *out)
{
    size_t t = fn_pbw_begin(w->b, GRAPH_NODE);
    for (uint32_t i = 0; i < n; i++)
        fn_pbw_text(w->b, NODE_INPUT, in[i] ? in[i] : "");
    fn_pbw_text(w->b, NODE_OUTPUT, out);
    fn_pbw_text(w->b, NODE_NAME, out);
    fn_pbw_text(w->b, NODE_TYPE, type);
    return t;
}

static void plain(struct writer *w, const char *type, const char *const *in, uint32_t n,
                  const char *out)
{
    fn_pbw_end(w->b, begin_node(w, type, in, n, out));
}

/* A step of a spelled-out operator: a node of one or two inputs whose output gets a name of its
 * own. */
static void step(struct writer *w, const char *type, const char *a, const char *b,
                 char out[FN_NAME_MAX])
{
    char made[FN_NAME_MAX];
    (void)snprintf(made, sizeof made, "step:%u", w->n_made++);
    plain(w, type, (const char *const[]){a, b}, b ? 2 : 1, made);
    memcpy(out, made, sizeof made);
}

static size_t begin_attribute(struct writer *w, const char *name, int kind)
{
    size_t t = fn_pbw_begin(w->b, NODE_ATTRIBUTE);
    fn_pbw_text(w->b, ATTR_NAME, name);
    fn_pbw_varint(w->b, ATTR_TYPE, (uint64_t)kind);
    return t;
}

static void attribute_int(struct writer *w, const char *name, int64_t v)
{
    size_t t = begin_attribute(w, name, KIND_INT);
    fn_pbw_varint(w->b, ATTR_I, (uint64_t)v);
    fn_pbw_end(w->b, t);
}

static void attribute_float(struct writer *w, const char *name, float v)
{
    size_t t = begin_attribute(w, name, KIND_FLOAT);
    fn_pbw_float(w->b, ATTR_F, v);
    fn_pbw_end(w->b, t);
}

static void attribute_ints(struct writer *w, const char *name, const uint32_t *v, size_t n)
{
    size_t t = begin_attribute(w, name, KIND_INTS);
    for (size_t i = 0; i < n; i++)
        fn_pbw_varint(w->b, ATTR_INTS, v[i]);
    fn_pbw_end(w->b, t);
}

/* kernel_shape, strides and pads of a window over the input of a node. */
static void window(struct writer *w, const struct fn_node *n)
{
    const struct fn_attr *a = &n->attr;
    const uint32_t *in = w->dims[n->in[0]];
    uint32_t pads[4];
    fn_attr_pads(a, in[2], in[3], pads);
    attribute_ints(w, "kernel_shape", (const uint32_t[]){a->kh, a->kw}, 2);
    attribute_ints(w, "strides", (const uint32_t[]){a->stride_h, a->stride_w}, 2);
    attribute_ints(w, "pads", pads, 4);
}

/* ---- operators ---- */

struct operands {
    const char *in[FN_NODE_IN_MAX], *out;
};

static int write_conv(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    const struct fn_attr *a = &n->attr;
    size_t t = begin_node(w, "Conv", o->in, n->n_in > 2 && o->in[2] ? 3 : 2, o->out);
    window(w, n);
    attribute_ints(w, "dilations", (const uint32_t[]){a->dil_h, a->dil_w}, 2);
    attribute_int(w, "group", a->groups);
    fn_pbw_end(w->b, t);
    return 0;
}

static int write_act(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    static const char *const type[] = {"Identity", "Relu",      "Clip",
                                       "PRelu",    "LeakyRelu", "Sigmoid"};
    char lo[FN_NAME_MAX], hi[FN_NAME_MAX];
    const char *in[3] = {o->in[0], o->in[1], NULL};
    uint32_t n_in = n->attr.act == FN_ACT_PRELU ? 2 : 1;
    if (n->attr.act == FN_ACT_RELU6) {
        constant(w, lo, 0);
        constant(w, hi, 6);
        in[1] = lo;
        in[2] = hi;
        n_in = 3;
    }
    size_t t = begin_node(w, type[n->attr.act], in, n_in, o->out);
    if (n->attr.act == FN_ACT_LEAKY)
        attribute_float(w, "alpha", n->attr.alpha);
    fn_pbw_end(w->b, t);
    return 0;
}

static int write_add(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    plain(w, "Add", o->in, n->n_in, o->out);
    return 0;
}

static int write_along_channels(struct writer *w, const struct fn_node *n,
                                const struct operands *o)
{
    size_t t =
        begin_node(w, n->op == FN_OP_CONCAT ? "Concat" : "Softmax", o->in, n->n_in, o->out);
    attribute_int(w, "axis", 1);
    fn_pbw_end(w->b, t);
    return 0;
}

static int write_maxpool(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    size_t t = begin_node(w, "MaxPool", o->in, 1, o->out);
    window(w, n);
    fn_pbw_end(w->b, t);
    return 0;
}

static int write_avgpool(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    if (n->attr.kh == 0) {
        plain(w, "GlobalAveragePool", o->in, 1, o->out);
        return 0;
    }
    size_t t = begin_node(w, "AveragePool", o->in, 1, o->out);
    window(w, n);
    attribute_int(w, "count_include_pad", 0);
    fn_pbw_end(w->b, t);
    return 0;
}

/* The mean of squares times the window's size is their sum, if the zeros outside count too. */
static int write_l2pool(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    char square[FN_NAME_MAX], mean[FN_NAME_MAX], c[FN_NAME_MAX], x[FN_NAME_MAX];
    step(w, "Mul", o->in[0], o->in[0], square);
    (void)snprintf(mean, sizeof mean, "step:%u", w->n_made++);
    size_t t = begin_node(w, "AveragePool", (const char *const[]){square}, 1, mean);
    window(w, n);
    attribute_int(w, "count_include_pad", 1);
    fn_pbw_end(w->b, t);
    constant(w, c, (float)((double)n->attr.kh * n->attr.kw));
    step(w, "Mul", mean, c, x);
    constant(w, c, n->attr.eps);
    step(w, "Add", x, c, x);
    plain(w, "Sqrt", (const char *const[]){x}, 1, o->out);
    return 0;
}

static int write_lrn(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    size_t t = begin_node(w, "LRN", o->in, 1, o->out);
    attribute_int(w, "size", n->attr.size);
    attribute_float(w, "alpha", n->attr.alpha);
    attribute_float(w, "beta", n->attr.beta);
    attribute_float(w, "bias", n->attr.bias_k);
    fn_pbw_end(w->b, t);
    return 0;
}

/* Channels p * C + c: slices of C channels, and the largest of them. */
static int write_maxout(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    uint32_t pieces = n->attr.size, c = w->dims[n->out][1];
    char(*part)[FN_NAME_MAX] = calloc(pieces, sizeof *part), from[FN_NAME_MAX], to[FN_NAME_MAX],
    axis[FN_NAME_MAX];
    const char **in = calloc(pieces, sizeof *in);
    if (part && in) {
        integers(w, axis, (const int64_t[]){1}, 1);
        for (uint32_t p = 0; p < pieces; p++) {
            integers(w, from, (const int64_t[]){(int64_t)p * c}, 1);
            integers(w, to, (const int64_t[]){((int64_t)p + 1) * c}, 1);
            (void)snprintf(part[p], sizeof part[p], "step:%u", w->n_made++);
            plain(w, "Slice", (const char *const[]){o->in[0], from, to, axis}, 4, part[p]);
            in[p] = part[p];
        }
        plain(w, "Max", in, pieces, o->out);
    }
    int rc = part && in ? 0 : -ENOMEM;
    free(part);
    free(in);
    return rc;
}

static int write_l2norm(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    char x[FN_NAME_MAX], sum[FN_NAME_MAX], axes[FN_NAME_MAX], eps[FN_NAME_MAX];
    step(w, "Mul", o->in[0], o->in[0], x);
    integers(w, axes, (const int64_t[]){1}, 1);
    (void)snprintf(sum, sizeof sum, "step:%u", w->n_made++);
    size_t t = begin_node(w, "ReduceSum", (const char *const[]){x, axes}, 2, sum);
    attribute_int(w, "keepdims", 1);
    fn_pbw_end(w->b, t);
    constant(w, eps, n->attr.eps);
    step(w, "Add", sum, eps, x);
    step(w, "Sqrt", x, NULL, x);
    plain(w, "Div", (const char *const[]){o->in[0], x}, 2, o->out);
    return 0;
}

static int write_pad(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    const struct fn_attr *a = &n->attr;
    char pads[FN_NAME_MAX];
    integers(w, pads,
             (const int64_t[]){0, 0, a->pad[0], a->pad[1], 0, a->pad_c, a->pad[2], a->pad[3]},
             8);
    plain(w, "Pad", (const char *const[]){o->in[0], pads}, 2, o->out);
    return 0;
}

static int write_affine(struct writer *w, const struct fn_node *n, const struct operands *o)
{
    char x[FN_NAME_MAX];
    if (n->n_in < 3 || !o->in[2]) {
        plain(w, "Mul", o->in, 2, o->out);
        return 0;
    }
    step(w, "Mul", o->in[0], o->in[1], x);
    plain(w, "Add", (const char *const[]){x, o->in[2]}, 2, o->out);
    return 0;
}

typedef int write_op(struct writer *w, const struct fn_node *n, const struct operands *o);

static write_op *const write_by_op[FN_OP_COUNT_] = {
    [FN_OP_CONV] = write_conv,
    [FN_OP_ACT] = write_act,
    [FN_OP_ADD] = write_add,
    [FN_OP_CONCAT] = write_along_channels,
    [FN_OP_MAXPOOL] = write_maxpool,
    [FN_OP_AVGPOOL] = write_avgpool,
    [FN_OP_SOFTMAX] = write_along_channels,
    [FN_OP_PAD] = write_pad,
    [FN_OP_AFFINE] = write_affine,
    [FN_OP_L2POOL] = write_l2pool,
    [FN_OP_LRN] = write_lrn,
    [FN_OP_MAXOUT] = write_maxout,
    [FN_OP_L2NORM] = write_l2norm,
};

static int write_node(struct writer *w, const struct fn_node *n, struct fn_error *err)
{
    struct operands o = {.out = w->name[n->out]};
    for (uint32_t i = 0; i < n->n_in; i++)
        o.in[i] = n->in[i] == FN_NONE ? NULL : w->name[n->in[i]];
    if (n->op >= FN_OP_COUNT_ || !write_by_op[n->op])
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "node '%s': operator %u cannot be written as ONNX", n->name, n->op);
    int rc = write_by_op[n->op](w, n, &o);
    return rc ? fn_error_set(err, rc, "out of memory") : 0;
}

/* ---- graph ---- */

static bool good_name(const char *s)
{
    for (const char *p = s; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f)
            return false;
    return *s && strncmp(s, "step:", 5) != 0 && strncmp(s, "constant:", 9) != 0;
}

/* The graph's names, or numbers where they cannot be used: '#' distinguishes those from all
 * others. */
static void choose_names(struct writer *w)
{
    for (uint32_t i = 0; i < w->g->n_values; i++) {
        const char *name = w->g->values[i].name;
        bool good = good_name(name) && name[0] != '#' &&
                    fn_graph_find_value(w->g, name) == i; /* the first of its name */
        if (good)
            (void)snprintf(w->name[i], sizeof w->name[i], "%s", name);
        else
            (void)snprintf(w->name[i], sizeof w->name[i], "#%u", i);
    }
}

/* A float tensor (batch open, c, h, w): ValueInfoProto. */
static void value_info(struct writer *w, uint32_t field, uint32_t v)
{
    size_t info = fn_pbw_begin(w->b, field);
    fn_pbw_text(w->b, 1, w->name[v]);
    size_t type = fn_pbw_begin(w->b, 2), tensor = fn_pbw_begin(w->b, 1);
    fn_pbw_varint(w->b, 1, TYPE_FLOAT);
    size_t shape = fn_pbw_begin(w->b, 2);
    for (int i = 0; i < 4; i++) {
        size_t dim = fn_pbw_begin(w->b, 1);
        if (i == 0)
            fn_pbw_text(w->b, 2, "batch");
        else
            fn_pbw_varint(w->b, 1, w->dims[v][i]);
        fn_pbw_end(w->b, dim);
    }
    fn_pbw_end(w->b, shape);
    fn_pbw_end(w->b, tensor);
    fn_pbw_end(w->b, type);
    fn_pbw_end(w->b, info);
}

/* Filters transposed; vectors as (C, 1, 1), along the channels, except biases, which are (C).
 */
static int write_weights(struct writer *w, struct fn_error *err)
{
    const struct fn_graph *g = w->g;
    unsigned char *done = calloc(g->n_values, 1);
    int rc = done ? 0 : -ENOMEM;
    for (uint32_t i = 0; rc == 0 && i < g->n_nodes; i++)
        for (uint32_t k = 0; rc == 0 && k < g->nodes[i].n_in; k++) {
            uint32_t v = g->nodes[i].in[k];
            if (v == FN_NONE || g->values[v].kind != FN_VALUE_WEIGHT || done[v])
                continue;
            bool conv = g->nodes[i].op == FN_OP_CONV;
            const uint32_t *d = g->values[v].dims, along[3] = {d[0], 1, 1};
            done[v] = 1;
            if (conv && k == 1)
                rc = filters(w, w->name[v], &g->values[v]);
            else
                floats(w, w->name[v], along, conv ? 1 : 3, g->values[v].data, d[0]);
        }
    free(done);
    return rc ? fn_error_set(err, rc, "out of memory") : 0;
}

static int write_graph(struct writer *w, const struct fn_model *m, struct fn_error *err)
{
    const struct fn_graph *g = w->g;
    size_t graph = fn_pbw_begin(w->b, MODEL_GRAPH);
    fn_pbw_text(w->b, GRAPH_NAME, m->card.name[0] ? m->card.name : "network");
    for (uint32_t i = 0; i < g->n_inputs; i++)
        value_info(w, GRAPH_INPUT, g->inputs[i]);
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        bool again = false;
        for (uint32_t k = 0; k < i; k++)
            again |= g->outputs[k] == g->outputs[i];
        if (!again)
            value_info(w, GRAPH_OUTPUT, g->outputs[i]);
    }
    int rc = write_weights(w, err);
    for (uint32_t i = 0; rc == 0 && i < g->n_nodes; i++)
        rc = write_node(w, &g->nodes[i], err);
    fn_pbw_end(w->b, graph);
    return rc;
}

/* ---- file ---- */

static void metadata(struct fn_buf *b, const char *key, const char *value)
{
    size_t t = fn_pbw_begin(b, MODEL_METADATA);
    fn_pbw_text(b, 1, key);
    fn_pbw_text(b, 2, value);
    fn_pbw_end(b, t);
}

/* What a program that runs the network must know: input = (p - mean) * scale of p in 0..255. */
static void write_metadata(struct fn_buf *b, const struct fn_model *m)
{
    const struct fn_preprocess *p = &m->pre;
    char text[128], id[FN_H128_HEX];
    fn_h128_hex(&m->id, id);
    metadata(b, "id", id);
    metadata(b, "role", fn_role_name(m->role));
    metadata(b, "colour", p->colour == FN_COLOUR_GREY ? "grey" : "rgb");
    (void)snprintf(text, sizeof text, "%.9g %.9g %.9g", (double)p->mean[0], (double)p->mean[1],
                   (double)p->mean[2]);
    metadata(b, "mean", text);
    (void)snprintf(text, sizeof text, "%.9g %.9g %.9g", (double)p->scale[0],
                   (double)p->scale[1], (double)p->scale[2]);
    metadata(b, "scale", text);
    metadata(b, "origin", m->card.origin);
    metadata(b, "licence", m->card.licence);
    metadata(b, "training_data", m->card.training_data);
}

static int write_model(struct writer *w, const struct fn_model *m, struct fn_error *err)
{
    fn_pbw_varint(w->b, MODEL_IR_VERSION, IR_VERSION);
    fn_pbw_text(w->b, MODEL_PRODUCER, "facenetd");
    fn_pbw_text(w->b, MODEL_PRODUCER_VERSION, FN_VERSION);
    int rc = write_graph(w, m, err);
    size_t opset = fn_pbw_begin(w->b, MODEL_OPSET);
    fn_pbw_varint(w->b, OPSET_VERSION, OPSET);
    fn_pbw_end(w->b, opset);
    write_metadata(w->b, m);
    if (rc == 0 && fn_buf_failed(w->b))
        rc = fn_error_set(err, FN_ELIMIT, "as ONNX the network would be larger than %zu bytes",
                          w->b->cap);
    return rc;
}

int fn_export_onnx(const struct fn_model *m, struct fn_buf *out, struct fn_error *err)
{
    const struct fn_graph *g = &m->graph;
    size_t start = out->len;
    uint32_t(*dims)[4] = calloc(g->n_values, sizeof *dims);
    struct writer w = {.b = out, .g = g, .dims = (const uint32_t(*)[4])dims};
    w.name = calloc(g->n_values, sizeof *w.name);
    int rc = dims && w.name ? fn_graph_infer(g, 1, m->pre.height, m->pre.width, dims, err)
                            : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0) {
        choose_names(&w);
        rc = write_model(&w, m, err);
    }
    if (rc)
        out->len = start;
    free(dims);
    free(w.name);
    return rc;
}
