/* SPDX-License-Identifier: MIT */
/* Writers for small ONNX, TFLite and TF.js files. */
#include "tests/unit/model_bytes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/rng.h"

enum { CAP = 1 << 20 };

void bytes_random(float *out, size_t n, uint64_t seed)
{
    struct fn_rng r = fn_rng_init(seed, 7);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(2 * fn_rng_uniform(&r) - 1);
}

/* ---- protobuf ---- */

static void raw_varint(struct fn_buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        fn_buf_char(b, (char)(v | 0x80));
    fn_buf_char(b, (char)v);
}

void pb_varint(struct fn_buf *b, uint32_t field, uint64_t v)
{
    raw_varint(b, (uint64_t)field << 3);
    raw_varint(b, v);
}

void pb_bytes(struct fn_buf *b, uint32_t field, const void *p, size_t n)
{
    raw_varint(b, (uint64_t)field << 3 | 2);
    raw_varint(b, n);
    fn_buf_add(b, p, n);
}

void pb_text(struct fn_buf *b, uint32_t field, const char *s)
{
    pb_bytes(b, field, s, strlen(s));
}

void pb_message(struct fn_buf *b, uint32_t field, struct fn_buf *sub)
{
    pb_bytes(b, field, fn_buf_cstr(sub), sub->len);
    fn_buf_finish(sub);
}

/* ---- ONNX ---- */

void onnx_input(struct fn_buf *g, const char *name, const uint32_t *dims, size_t rank)
{
    struct fn_buf shape, dim, tensor, type, info;
    fn_buf_init(&shape, CAP);
    fn_buf_init(&tensor, CAP);
    fn_buf_init(&type, CAP);
    fn_buf_init(&info, CAP);
    for (size_t i = 0; i < rank; i++) {
        fn_buf_init(&dim, CAP);
        pb_varint(&dim, 1, dims[i]);
        pb_message(&shape, 1, &dim);
    }
    pb_varint(&tensor, 1, 1);
    pb_message(&tensor, 2, &shape);
    pb_message(&type, 1, &tensor);
    pb_text(&info, 1, name);
    pb_message(&info, 2, &type);
    pb_message(g, 11, &info);
}

void onnx_output(struct fn_buf *g, const char *name)
{
    struct fn_buf info;
    fn_buf_init(&info, CAP);
    pb_text(&info, 1, name);
    pb_message(g, 12, &info);
}

void onnx_floats(struct fn_buf *g, const char *name, const uint32_t *dims, size_t rank,
                 const float *v)
{
    struct fn_buf t;
    size_t n = 1;
    fn_buf_init(&t, CAP);
    for (size_t i = 0; i < rank; i++) {
        pb_varint(&t, 1, dims[i]);
        n *= dims[i];
    }
    pb_varint(&t, 2, 1);
    pb_text(&t, 8, name);
    pb_bytes(&t, 9, v, n * sizeof *v);
    pb_message(g, 5, &t);
}

void onnx_node(struct fn_buf *g, const char *type, const char *inputs, const char *output,
               struct fn_buf *attributes)
{
    struct fn_buf n;
    fn_buf_init(&n, CAP);
    while (*inputs) {
        size_t len = strcspn(inputs, " ");
        pb_bytes(&n, 1, inputs, len);
        inputs += len;
        inputs += *inputs == ' ';
    }
    pb_text(&n, 2, output);
    pb_text(&n, 3, output);
    pb_text(&n, 4, type);
    if (attributes) {
        fn_buf_add(&n, fn_buf_cstr(attributes), attributes->len);
        fn_buf_finish(attributes);
    }
    pb_message(g, 1, &n);
}

void onnx_ints(struct fn_buf *attributes, const char *name, const int64_t *v, size_t n)
{
    struct fn_buf a;
    fn_buf_init(&a, CAP);
    pb_text(&a, 1, name);
    for (size_t i = 0; i < n; i++)
        pb_varint(&a, 8, (uint64_t)v[i]);
    pb_message(attributes, 5, &a);
}

void onnx_int(struct fn_buf *attributes, const char *name, int64_t v)
{
    struct fn_buf a;
    fn_buf_init(&a, CAP);
    pb_text(&a, 1, name);
    pb_varint(&a, 3, (uint64_t)v);
    pb_message(attributes, 5, &a);
}

void onnx_float(struct fn_buf *attributes, const char *name, float v)
{
    struct fn_buf a;
    uint8_t p[4];
    fn_buf_init(&a, CAP);
    fn_put_lef(p, v);
    pb_text(&a, 1, name);
    raw_varint(&a, 2 << 3 | 5);
    fn_buf_add(&a, p, sizeof p);
    pb_message(attributes, 5, &a);
}

void onnx_model(struct fn_buf *out, struct fn_buf *graph, uint64_t opset)
{
    struct fn_buf o;
    fn_buf_init(&o, CAP);
    pb_varint(&o, 2, opset);
    pb_varint(out, 1, 7);
    pb_message(out, 7, graph);
    pb_message(out, 8, &o);
}

/* ---- FlatBuffers: parents first, then children, whose positions are filled in ---- */

static void put32(struct fn_buf *b, size_t at, uint32_t v)
{
    fn_put_le32(b->data + at, v);
}

static void align4(struct fn_buf *b)
{
    while (b->len % 4)
        fn_buf_char(b, 0);
}

/* A table of n fields of the given sizes (0: absent). *at gets their positions. Returns the
 * position of the table. */
static size_t table(struct fn_buf *b, size_t n, const uint8_t *sizes, size_t *at)
{
    uint8_t p[2];
    size_t offset = 4;
    align4(b);
    size_t vtable = b->len;
    for (size_t i = 0; i < n + 2; i++)
        fn_buf_add(b, "\0\0", 2);
    for (size_t i = 0; i < n; i++) {
        fn_put_le16(p, sizes[i] ? (uint16_t)offset : 0);
        memcpy(b->data + vtable + 4 + 2 * i, p, 2);
        offset += sizes[i] ? 4 : 0;
    }
    fn_put_le16(p, (uint16_t)(4 + 2 * n));
    memcpy(b->data + vtable, p, 2);
    fn_put_le16(p, (uint16_t)offset);
    memcpy(b->data + vtable + 2, p, 2);
    align4(b);
    size_t t = b->len;
    for (size_t i = 0; i < offset; i++)
        fn_buf_char(b, 0);
    put32(b, t, (uint32_t)(t - vtable));
    offset = t + 4;
    for (size_t i = 0; i < n; i++) {
        at[i] = sizes[i] ? offset : 0;
        offset += sizes[i] ? 4 : 0;
    }
    return t;
}

static void link_to(struct fn_buf *b, size_t field, size_t target)
{
    put32(b, field, (uint32_t)(target - field));
}

/* A vector of n elements of `size` bytes; the field points to it. Returns the position of the
 * first element. */
static size_t vector(struct fn_buf *b, size_t field, const void *data, size_t n, size_t size)
{
    align4(b);
    size_t at = b->len;
    fn_buf_add(b, "\0\0\0\0", 4);
    for (size_t i = 0; i < n * size; i++)
        fn_buf_char(b, data ? ((const char *)data)[i] : 0);
    fn_buf_char(b, 0);
    put32(b, at, (uint32_t)n);
    link_to(b, field, at);
    return at + 4;
}

static void tfl_write_tensor(struct fn_buf *b, size_t slot, const struct tfl_tensor *t,
                             uint32_t buffer)
{
    size_t f[4];
    link_to(b, slot, table(b, 4, (const uint8_t[]){4, 1, 4, 4}, f));
    b->data[f[1]] = t->is_int ? 2 : 0;
    put32(b, f[2], t->data ? buffer : 0);
    vector(b, f[0], t->dims, t->rank, 4);
    vector(b, f[3], t->name, strlen(t->name), 1);
}

static void tfl_write_op(struct fn_buf *b, size_t slot, const struct tfl_op *op, uint32_t code)
{
    size_t f[5], o[8];
    link_to(b, slot, table(b, 5, (const uint8_t[]){4, 4, 4, 0, 4}, f));
    put32(b, f[0], code);
    vector(b, f[1], op->in, (size_t)op->n_in, 4);
    vector(b, f[2], &op->out, 1, 4);
    link_to(b, f[4], table(b, 8, op->option_size, o));
    for (size_t i = 0; i < 8; i++) {
        if (op->option_size[i] == 1)
            b->data[o[i]] = (char)op->option_bytes[i];
        else if (op->option_size[i])
            put32(b, o[i], (uint32_t)op->option_ints[i]);
    }
}

static size_t tensor_bytes(const struct tfl_tensor *t)
{
    size_t n = 4;
    for (uint32_t i = 0; i < t->rank; i++)
        n *= t->dims[i];
    return n;
}

void tfl_model(struct fn_buf *b, const struct tfl_tensor *t, size_t n_t,
               const struct tfl_op *op, size_t n_op, const int32_t *outputs, size_t n_out)
{
    size_t f[5], g[4], slots, input = 0;
    fn_buf_add(b, "\0\0\0\0TFL3", 8);
    put32(b, 0, (uint32_t)table(b, 5, (const uint8_t[]){4, 4, 4, 0, 4}, f));
    put32(b, f[0], 3);
    slots = vector(b, f[1], NULL, n_op, 4);
    for (size_t i = 0; i < n_op; i++) {
        size_t c[4];
        link_to(b, slots + 4 * i, table(b, 4, (const uint8_t[]){1, 0, 0, 4}, c));
        b->data[c[0]] = (char)op[i].code;
        put32(b, c[3], (uint32_t)op[i].code);
    }
    slots = vector(b, f[2], NULL, 1, 4);
    link_to(b, slots, table(b, 4, (const uint8_t[]){4, 4, 4, 4}, g));
    slots = vector(b, g[0], NULL, n_t, 4);
    for (size_t i = 0; i < n_t; i++)
        tfl_write_tensor(b, slots + 4 * i, &t[i], (uint32_t)i + 1);
    vector(b, g[1], &input, 1, 4);
    vector(b, g[2], outputs, n_out, 4);
    slots = vector(b, g[3], NULL, n_op, 4);
    for (size_t i = 0; i < n_op; i++)
        tfl_write_op(b, slots + 4 * i, &op[i], (uint32_t)i);
    slots = vector(b, f[4], NULL, n_t + 1, 4);
    for (size_t i = 0; i <= n_t; i++) {
        size_t d[1];
        link_to(b, slots + 4 * i, table(b, 1, (const uint8_t[]){4}, d));
        const struct tfl_tensor *x = i ? &t[i - 1] : NULL;
        vector(b, d[0], x ? (const void *)x->data : NULL, x && x->data ? tensor_bytes(x) : 0,
               1);
    }
}

/* ---- samples ---- */

void sample_onnx(struct fn_buf *out)
{
    float w[54], bias[3], bn[4][3], slope[3], fc[240], fb[5];
    struct fn_buf g, a;
    fn_buf_init(&g, CAP);
    bytes_random(w, 54, 1);
    bytes_random(bias, 3, 2);
    for (int i = 0; i < 4; i++)
        bytes_random(bn[i], 3, 3 + (uint64_t)i);
    for (int i = 0; i < 3; i++)
        bn[3][i] = 1 + bn[3][i] * bn[3][i];
    bytes_random(slope, 3, 8);
    bytes_random(fc, 240, 9);
    bytes_random(fb, 5, 10);
    onnx_input(&g, "in", (const uint32_t[]){1, 2, 4, 4}, 4);
    onnx_floats(&g, "w", (const uint32_t[]){3, 2, 3, 3}, 4, w);
    onnx_floats(&g, "b", (const uint32_t[]){3}, 1, bias);
    static const char *const names[] = {"gamma", "beta", "mean", "var"};
    for (int i = 0; i < 4; i++)
        onnx_floats(&g, names[i], (const uint32_t[]){3}, 1, bn[i]);
    onnx_floats(&g, "slope", (const uint32_t[]){3, 1, 1}, 3, slope);
    onnx_floats(&g, "fc", (const uint32_t[]){5, 48}, 2, fc);
    onnx_floats(&g, "fb", (const uint32_t[]){5}, 1, fb);
    fn_buf_init(&a, CAP);
    onnx_ints(&a, "pads", (const int64_t[]){1, 1, 1, 1}, 4);
    onnx_ints(&a, "kernel_shape", (const int64_t[]){3, 3}, 2);
    onnx_node(&g, "Conv", "in w b", "conv", &a);
    fn_buf_init(&a, CAP);
    onnx_float(&a, "epsilon", 1e-3f);
    onnx_node(&g, "BatchNormalization", "conv gamma beta mean var", "bn", &a);
    onnx_node(&g, "PRelu", "bn slope", "prelu", NULL);
    onnx_node(&g, "Flatten", "prelu", "flat", NULL);
    fn_buf_init(&a, CAP);
    onnx_int(&a, "transB", 1);
    onnx_float(&a, "alpha", 0.5f);
    onnx_node(&g, "Gemm", "flat fc fb", "logits", &a);
    onnx_node(&g, "Softmax", "logits", "out", NULL);
    onnx_output(&g, "out");
    onnx_model(out, &g, 9);
}

/* The tensors of the TFLite sample. */
enum {
    T_IN,
    T_W,
    T_B,
    T_X,
    T_R1,
    T_A1,
    T_S1,
    T_C1,
    T_M1,
    T_P1,
    T_R2,
    T_N2,
    T_RN2,
    T_NN2,
    T_C2,
    T_M2,
    T_P2,
    T_FC,
    T_FB,
    T_L,
    T_AX,
    T_MX,
    T_SB,
    T_EX,
    T_SM,
    T_OUT,
    T_N
};

struct tflite_values {
    float w[54], b[3], c1[3], c2[3], fc[60], fb[5];
};

static void tflite_values(struct tflite_values *v)
{
    bytes_random(v->w, 54, 21);
    bytes_random(v->b, 3, 22);
    bytes_random(v->c1, 3, 23);
    bytes_random(v->c2, 3, 24);
    bytes_random(v->fc, 60, 25);
    bytes_random(v->fb, 5, 26);
}

void sample_tflite(struct fn_buf *out)
{
    static struct tflite_values v;
    static const int32_t axis = -1;
    float axis_bits;
    memcpy(&axis_bits, &axis, sizeof axis);
    tflite_values(&v);
    const struct tfl_tensor t[T_N] = {
        [T_IN] = {"in", 4, {1, 4, 4, 2}, NULL, 0},
        [T_W] = {"w", 4, {3, 3, 3, 2}, v.w, 0},
        [T_B] = {"b", 1, {3}, v.b, 0},
        [T_X] = {"conv", 4, {1, 2, 2, 3}, NULL, 0},
        [T_R1] = {"r1", 4, {1, 2, 2, 3}, NULL, 0},
        [T_A1] = {"a1", 4, {1, 2, 2, 3}, NULL, 0},
        [T_S1] = {"s1", 4, {1, 2, 2, 3}, NULL, 0},
        [T_C1] = {"c1", 1, {3}, v.c1, 0},
        [T_M1] = {"m1", 4, {1, 2, 2, 3}, NULL, 0},
        [T_P1] = {"prelu1", 4, {1, 2, 2, 3}, NULL, 0},
        [T_R2] = {"r2", 4, {1, 2, 2, 3}, NULL, 0},
        [T_N2] = {"n2", 4, {1, 2, 2, 3}, NULL, 0},
        [T_RN2] = {"rn2", 4, {1, 2, 2, 3}, NULL, 0},
        [T_NN2] = {"nn2", 4, {1, 2, 2, 3}, NULL, 0},
        [T_C2] = {"c2", 1, {3}, v.c2, 0},
        [T_M2] = {"m2", 4, {1, 2, 2, 3}, NULL, 0},
        [T_P2] = {"prelu2", 4, {1, 2, 2, 3}, NULL, 0},
        [T_FC] = {"fc", 2, {5, 12}, v.fc, 0},
        [T_FB] = {"fb", 1, {5}, v.fb, 0},
        [T_L] = {"logits", 2, {1, 5}, NULL, 0},
        [T_AX] = {"axis", 1, {1}, &axis_bits, 1},
        [T_MX] = {"max", 2, {1, 1}, NULL, 0},
        [T_SB] = {"sub", 2, {1, 5}, NULL, 0},
        [T_EX] = {"exp", 2, {1, 5}, NULL, 0},
        [T_SM] = {"sum", 2, {1, 1}, NULL, 0},
        [T_OUT] = {"out", 2, {1, 5}, NULL, 0},
    };
    const struct tfl_op op[] = {
        {3, {T_IN, T_W, T_B}, 3, T_X, {0}, {0, 2, 2}, {1, 4, 4}},
        {19, {T_X}, 1, T_R1, {0}, {0}, {0}},
        {101, {T_X}, 1, T_A1, {0}, {0}, {0}},
        {41, {T_X, T_A1}, 2, T_S1, {0}, {0}, {1}},
        {18, {T_C1, T_S1}, 2, T_M1, {0}, {0}, {1}},
        {0, {T_R1, T_M1}, 2, T_P1, {0}, {0}, {1}},
        {19, {T_P1}, 1, T_R2, {0}, {0}, {0}},
        {59, {T_P1}, 1, T_N2, {0}, {0}, {0}},
        {19, {T_N2}, 1, T_RN2, {0}, {0}, {0}},
        {59, {T_RN2}, 1, T_NN2, {0}, {0}, {0}},
        {18, {T_NN2, T_C2}, 2, T_M2, {0}, {0}, {1}},
        {0, {T_M2, T_R2}, 2, T_P2, {0}, {0}, {1}},
        {9, {T_P2, T_FC, T_FB}, 3, T_L, {0}, {0}, {1}},
        {82, {T_L, T_AX}, 2, T_MX, {1}, {0}, {1}},
        {41, {T_L, T_MX}, 2, T_SB, {0}, {0}, {1}},
        {47, {T_SB}, 1, T_EX, {0}, {0}, {0}},
        {74, {T_EX, T_AX}, 2, T_SM, {1}, {0}, {1}},
        {42, {T_EX, T_SM}, 2, T_OUT, {0}, {0}, {1}},
    };
    tfl_model(out, t, T_N, op, sizeof op / sizeof *op, (const int32_t[]){T_OUT}, 1);
}

static void tfjs_entry(struct fn_buf *m, struct fn_buf *bin, const char *name,
                       const char *shape, size_t n)
{
    struct fn_rng r = fn_rng_init(n, bin->len);
    fn_buf_printf(m,
                  "%s{\"name\":\"%s\",\"shape\":[%s],\"dtype\":\"float32\",\"quantization\":{"
                  "\"dtype\":\"uint8\","
                  "\"scale\":0.004,\"min\":-0.5}}",
                  m->len > 16 ? "," : "", name, shape);
    for (size_t i = 0; i < n; i++)
        fn_buf_char(bin, (char)fn_rng_u64(&r));
}

void sample_tfjs(struct fn_buf *m, struct fn_buf *bin)
{
    static const int channels[] = {3, 32, 64, 128};
    char name[64], shape[64];
    fn_buf_str(m, "[{\"weights\":[");
    for (int b = 0; b < 3; b++)
        for (int k = 0; k < 3; k++) {
            int in = k == 0 ? channels[b] : channels[b + 1], out = channels[b + 1];
            bool plain = b == 0 && k == 0;
            (void)snprintf(name, sizeof name, "dense%d/conv%d/%s", b, k,
                           plain ? "filters" : "depthwise_filter");
            (void)snprintf(shape, sizeof shape, "3,3,%d,%d", in, plain ? out : 1);
            tfjs_entry(m, bin, name, shape, (size_t)(9 * in * (plain ? out : 1)));
            (void)snprintf(name, sizeof name, "dense%d/conv%d/pointwise_filter", b, k);
            (void)snprintf(shape, sizeof shape, "1,1,%d,%d", in, out);
            if (!plain)
                tfjs_entry(m, bin, name, shape, (size_t)(in * out));
            (void)snprintf(name, sizeof name, "dense%d/conv%d/bias", b, k);
            (void)snprintf(shape, sizeof shape, "%d", out);
            tfjs_entry(m, bin, name, shape, (size_t)out);
        }
    tfjs_entry(m, bin, "fc/weights", "128,136", (size_t)128 * 136);
    tfjs_entry(m, bin, "fc/bias", "136", 136);
    fn_buf_str(m, "],\"paths\":[\"w.bin\"]}]");
}
