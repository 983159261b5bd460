/* SPDX-License-Identifier: MIT */
/* Architectures of the networks that come as bare TF.js weights (@vladmandic/face-api). Each
 * recipe names the tensors it needs; a tensor that is missing or of another shape makes the
 * import fail. Batch normalisation and dlib's per-channel scales are folded into the
 * convolutions in double.
 *
 * Sources: Howard et al. 2017 (MobileNet) and Liu et al. 2016 (SSD) for the detector; Redmon &
 * Farhadi 2017 (YOLOv2) for the tiny one; He et al. 2016 as in dlib's dnn_face_recognition
 * example for the recogniser; the landmark nets are the package author's own, of densely added
 * separable convolutions. */
#include "engine/model/import.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/tfjs.h"

struct arch {
    const struct fn_tfjs *w;
    struct fn_graph_builder *b;
    struct fn_error *err;
    int code;
};

enum { NAME = 160 };

static void fail(struct arch *a, int code, const char *what, const char *name)
{
    if (!a->code)
        a->code = fn_error_set(a->err, code, "%s \"%s\"", what, name);
}

/* A name in a buffer of NAME bytes; all that are made here are much shorter. */
static void FN_PRINTF(2, 3) text(char *out, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(out, NAME, fmt, ap);
    va_end(ap);
}

/* The tensor's numbers (the caller frees them); NULL with the error set if it is missing or
 * does not have n numbers (n 0: any). */
static float *load(struct arch *a, const char *name, size_t n,
                   const struct fn_tfjs_tensor **ret)
{
    const struct fn_tfjs_tensor *t = a->code ? NULL : fn_tfjs_find(a->w, name);
    if (!t || (n && t->n != n)) {
        fail(a, FN_EMODEL, t ? "unexpected shape of weight" : "no weight", name);
        return NULL;
    }
    float *f = malloc(t->n * sizeof *f);
    if (f)
        fn_tfjs_floats(t, f);
    else
        fail(a, -ENOMEM, "out of memory for", name);
    if (ret)
        *ret = t;
    return f;
}

/* What follows the plain sum of a convolution: y * scale + shift, NULL: 1 and 0. Both owned by
 * the caller. */
struct fold {
    double *scale, *shift;
    size_t n;
};

static void fold_finish(struct fold *f)
{
    free(f->scale);
    free(f->shift);
}

/* y = (x - mean) * gamma / sqrt(var + eps) + beta */
static struct fold fold_bn(struct arch *a, const char *prefix, size_t c)
{
    static const char *const parts[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    struct fold f = {calloc(c, sizeof(double)), calloc(c, sizeof(double)), c};
    float *p[4] = {0};
    char name[NAME];
    for (int i = 0; i < 4; i++) {
        text(name, "%s/BatchNorm/%s", prefix, parts[i]);
        p[i] = load(a, name, c, NULL);
    }
    if (!f.scale || !f.shift)
        fail(a, -ENOMEM, "out of memory for", prefix);
    for (size_t i = 0; !a->code && i < c; i++) {
        f.scale[i] = (double)p[0][i] / sqrt((double)p[3][i] + 0.001);
        f.shift[i] = (double)p[1][i] - (double)p[2][i] * f.scale[i];
    }
    for (int i = 0; i < 4; i++)
        free(p[i]);
    return f;
}

/* y = (x + bias) * weights + biases, as dlib's affine layers were exported; bias is added by
 * the convolution. */
static struct fold fold_dlib(struct arch *a, const char *prefix, size_t c)
{
    struct fold f = {calloc(c, sizeof(double)), calloc(c, sizeof(double)), c};
    char name[NAME];
    text(name, "%s/scale/weights", prefix);
    float *s = load(a, name, c, NULL);
    text(name, "%s/scale/biases", prefix);
    float *t = load(a, name, c, NULL);
    if (!f.scale || !f.shift)
        fail(a, -ENOMEM, "out of memory for", prefix);
    for (size_t i = 0; !a->code && i < c; i++) {
        f.scale[i] = (double)s[i];
        f.shift[i] = (double)t[i];
    }
    free(s);
    free(t);
    return f;
}

/* One convolution: weight tensor [kh, kw, in, out] (depthwise [kh, kw, c, 1]; dense [in, out]),
 * optional bias and fold, activation. name: of the value after the activation. */
struct conv {
    const char *name, *weight, *bias; /* bias NULL: none */
    uint32_t stride, pad_mode, pad;
    bool depthwise;
    enum fn_act act;
};

static uint32_t add_bias(struct arch *a, const struct conv *c, const struct fold *f, uint32_t o)
{
    char name[NAME];
    float *b = c->bias ? load(a, c->bias, o, NULL) : NULL;
    if (!c->bias && !(f && f->shift))
        return FN_NONE;
    float *sum = calloc(o, sizeof *sum);
    if (!sum)
        fail(a, -ENOMEM, "out of memory for", c->name);
    for (uint32_t i = 0; !a->code && i < o; i++) {
        double v = b ? (double)b[i] : 0;
        sum[i] = (float)(f && f->scale ? v * f->scale[i] + f->shift[i] : v);
    }
    text(name, "%.50s:bias", c->name);
    uint32_t r =
        a->code ? FN_NONE : fn_graph_add_weight(a->b, name, (uint32_t[4]){o, 1, 1, 1}, sum);
    free(sum);
    free(b);
    return r;
}

/* [rows][o] -> [o][rows], scaled per o. */
static uint32_t add_weight(struct arch *a, const struct conv *c, const struct fold *f,
                           const uint32_t dims[4], const float *w)
{
    char name[NAME];
    size_t o_n = dims[0], rows = (size_t)dims[1] * dims[2] * dims[3];
    float *t = malloc(o_n * rows * sizeof *t);
    if (!t) {
        fail(a, -ENOMEM, "out of memory for", c->name);
        return FN_NONE;
    }
    for (size_t o = 0; o < o_n; o++)
        for (size_t i = 0; i < rows; i++)
            t[o * rows + i] =
                f && f->scale ? (float)((double)w[i * o_n + o] * f->scale[o]) : w[i * o_n + o];
    text(name, "%.50s:weight", c->name);
    uint32_t r = fn_graph_add_weight(a->b, name, dims, t);
    free(t);
    return r;
}

static uint32_t act(struct arch *a, const char *name, uint32_t x, enum fn_act kind)
{
    struct fn_attr attr = {.act = kind, .alpha = kind == FN_ACT_LEAKY ? 0.1f : 0};
    return a->code ? FN_NONE : fn_graph_add_node(a->b, name, FN_OP_ACT, &x, 1, &attr);
}

static uint32_t convolve(struct arch *a, uint32_t x, const struct conv *c, const struct fold *f)
{
    const struct fn_tfjs_tensor *t = NULL;
    char name[NAME];
    float *w = load(a, c->weight, 0, &t);
    if (!w)
        return FN_NONE;
    bool dense = t->rank == 2;
    if ((t->rank != 4 && !dense) || (c->depthwise && (dense || t->dims[3] != 1)) ||
        (f && f->n != t->dims[c->depthwise ? 2 : t->rank - 1])) {
        fail(a, FN_EMODEL, "unexpected shape of weight", c->weight);
        free(w);
        return FN_NONE;
    }
    uint32_t kh = dense ? 1 : t->dims[0], kw = dense ? 1 : t->dims[1];
    uint32_t in = dense ? t->dims[0] : t->dims[2], out = dense ? t->dims[1] : t->dims[3];
    uint32_t dims[4] = {c->depthwise ? in : out, kh, kw, c->depthwise ? 1 : in};
    struct fn_attr attr = {.kh = kh,
                           .kw = kw,
                           .stride_h = c->stride,
                           .stride_w = c->stride,
                           .dil_h = 1,
                           .dil_w = 1,
                           .pad_mode = c->pad_mode,
                           .pad = {c->pad, c->pad, c->pad, c->pad},
                           .groups = c->depthwise ? in : 1};
    uint32_t v[3] = {x, add_weight(a, c, f, dims, w), add_bias(a, c, f, dims[0])};
    free(w);
    text(name, "%.50s%s", c->name, c->act == FN_ACT_NONE ? "" : ":linear");
    x = a->code ? FN_NONE
                : fn_graph_add_node(a->b, name, FN_OP_CONV, v, v[2] == FN_NONE ? 2 : 3, &attr);
    return c->act == FN_ACT_NONE ? x : act(a, c->name, x, c->act);
}

static uint32_t pool(struct arch *a, const char *name, enum fn_op_kind op, uint32_t x,
                     uint32_t k, uint32_t stride, uint32_t pad_mode)
{
    struct fn_attr attr = {.kh = k,
                           .kw = k,
                           .stride_h = stride,
                           .stride_w = stride,
                           .dil_h = 1,
                           .dil_w = 1,
                           .pad_mode = pad_mode};
    return a->code ? FN_NONE : fn_graph_add_node(a->b, name, op, &x, 1, &attr);
}

static uint32_t add(struct arch *a, const char *name, uint32_t x, uint32_t y)
{
    uint32_t in[2] = {x, y};
    return a->code ? FN_NONE : fn_graph_add_node(a->b, name, FN_OP_ADD, in, 2, NULL);
}

/* Depthwise then pointwise with bias and activation; nothing between them. */
static uint32_t separable(struct arch *a, uint32_t x, const char *name, const char *prefix,
                          uint32_t stride, enum fn_act kind)
{
    char dw[NAME], pw[NAME], bias[NAME], mid[NAME];
    text(dw, "%s/depthwise_filter", prefix);
    text(pw, "%s/pointwise_filter", prefix);
    text(bias, "%s/bias", prefix);
    text(mid, "%s:depthwise", name);
    x = convolve(a, x, &(struct conv){mid, dw, NULL, stride, FN_PAD_SAME, 0, true, FN_ACT_NONE},
                 NULL);
    return convolve(a, x, &(struct conv){name, pw, bias, 1, FN_PAD_SAME, 0, false, kind}, NULL);
}

/* ---- landmarks ---- */

/* a = relu(conv0 x), then n - 1 times: s += conv_i(relu(s)); out = relu(s). */
static uint32_t dense_block(struct arch *a, uint32_t x, unsigned block, unsigned n)
{
    char name[NAME], prefix[NAME], w[NAME], bias[NAME];
    text(name, "dense%u_conv0_relu", block);
    text(prefix, "dense%u/conv0", block);
    text(w, "%s/filters", prefix);
    text(bias, "%s/bias", prefix);
    uint32_t sum =
        block == 0
            ? convolve(a, x,
                       &(struct conv){name, w, bias, 2, FN_PAD_SAME, 0, false, FN_ACT_RELU},
                       NULL)
            : separable(a, x, name, prefix, 2, FN_ACT_RELU);
    uint32_t y = sum;
    for (unsigned i = 1; i < n; i++) {
        text(name, "dense%u_conv%u", block, i);
        text(prefix, "dense%u/conv%u", block, i);
        y = separable(a, y, name, prefix, 1, FN_ACT_NONE);
        text(name, "dense%u_sum%u", block, i);
        sum = add(a, name, sum, y);
        if (i + 1 < n)
            text(name, "dense%u_sum%u_relu", block, i);
        else
            text(name, "dense%u", block);
        y = act(a, name, sum, FN_ACT_RELU);
    }
    return y;
}

static void landmarks(struct arch *a, unsigned blocks, unsigned convs)
{
    uint32_t x = fn_graph_add_input(a->b, "input", 3, 112, 112);
    for (unsigned i = 0; i < blocks; i++)
        x = dense_block(a, x, i, convs);
    x = pool(a, "avgpool", FN_OP_AVGPOOL, x, 0, 1, FN_PAD_EXPLICIT);
    x = convolve(a, x,
                 &(struct conv){"output", "fc/weights", "fc/bias", 1, FN_PAD_EXPLICIT, 0, false,
                                FN_ACT_NONE},
                 NULL);
    fn_graph_mark_output(a->b, x);
}

static void face_landmark_68(struct arch *a)
{
    landmarks(a, 4, 4);
}

static void face_landmark_68_tiny(struct arch *a)
{
    landmarks(a, 3, 3);
}

/* ---- recogniser ---- */

static uint32_t dlib_conv(struct arch *a, uint32_t x, const char *name, const char *prefix,
                          uint32_t channels, uint32_t stride, uint32_t pad_mode,
                          enum fn_act kind)
{
    char w[NAME], bias[NAME];
    text(w, "%s/conv/filters", prefix);
    text(bias, "%s/conv/bias", prefix);
    struct fold f = fold_dlib(a, prefix, channels);
    x = convolve(a, x, &(struct conv){name, w, bias, stride, pad_mode, 0, false, kind}, &f);
    fold_finish(&f);
    return x;
}

/* Both residual units; down: the first convolution halves the map and the shortcut is pooled.
 * Where the pooled map is one larger than the convolved one, that one gets a zero row and
 * column; missing channels of the shortcut are zero. */
static uint32_t residual(struct arch *a, uint32_t x, const char *name, uint32_t in,
                         uint32_t out, bool down, uint32_t extend)
{
    char n1[NAME], n2[NAME], p[NAME];
    text(n1, "%s_conv1", name);
    text(n2, "%s_conv2", name);
    text(p, "%s/conv1", name);
    uint32_t y = dlib_conv(a, x, n1, p, out, down ? 2 : 1, down ? FN_PAD_EXPLICIT : FN_PAD_SAME,
                           FN_ACT_RELU);
    text(p, "%s/conv2", name);
    y = dlib_conv(a, y, n2, p, out, 1, FN_PAD_SAME, FN_ACT_NONE);
    if (extend) {
        struct fn_attr attr = {.pad = {0, 0, extend, extend}};
        text(n2, "%s_extended", name);
        y = a->code ? FN_NONE : fn_graph_add_node(a->b, n2, FN_OP_PAD, &y, 1, &attr);
    }
    if (down) {
        text(n1, "%s_pooled", name);
        x = pool(a, n1, FN_OP_AVGPOOL, x, 2, 2, FN_PAD_EXPLICIT);
    }
    if (out > in) {
        struct fn_attr attr = {.pad_c = out - in};
        text(n1, "%s_widened", name);
        x = a->code ? FN_NONE : fn_graph_add_node(a->b, n1, FN_OP_PAD, &x, 1, &attr);
    }
    text(n1, "%s_sum", name);
    return act(a, name, add(a, n1, y, x), FN_ACT_RELU);
}

static void face_recognition(struct arch *a)
{
    static const struct {
        const char *name;
        uint32_t in, out;
        bool down;
        uint32_t extend;
    } blocks[] = {
        {"conv32_1", 32, 32, false, 0},      {"conv32_2", 32, 32, false, 0},
        {"conv32_3", 32, 32, false, 0},      {"conv64_down", 32, 64, true, 0},
        {"conv64_1", 64, 64, false, 0},      {"conv64_2", 64, 64, false, 0},
        {"conv64_3", 64, 64, false, 0},      {"conv128_down", 64, 128, true, 0},
        {"conv128_1", 128, 128, false, 0},   {"conv128_2", 128, 128, false, 0},
        {"conv256_down", 128, 256, true, 1}, {"conv256_1", 256, 256, false, 0},
        {"conv256_2", 256, 256, false, 0},   {"conv256_down_out", 256, 256, true, 1},
    };
    uint32_t x = fn_graph_add_input(a->b, "input", 3, 150, 150);
    x = dlib_conv(a, x, "conv32_down", "conv32_down", 32, 2, FN_PAD_EXPLICIT, FN_ACT_RELU);
    x = pool(a, "maxpool", FN_OP_MAXPOOL, x, 3, 2, FN_PAD_EXPLICIT);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        x = residual(a, x, blocks[i].name, blocks[i].in, blocks[i].out, blocks[i].down,
                     blocks[i].extend);
    uint32_t feature = pool(a, "global_avg", FN_OP_AVGPOOL, x, 0, 1, FN_PAD_EXPLICIT);
    x = convolve(
        a, feature,
        &(struct conv){"descriptor", "fc", NULL, 1, FN_PAD_EXPLICIT, 0, false, FN_ACT_NONE},
        NULL);
    fn_graph_mark_output(a->b, x);
    fn_graph_mark_output(a->b, feature);
}

/* ---- detectors ---- */

/* A convolution whose batch normalisation is folded in the file already, except its offset. */
static uint32_t offset_conv(struct arch *a, uint32_t x, const char *name, const char *prefix,
                            uint32_t stride)
{
    char w[NAME], bias[NAME];
    text(w, "%s/weights", prefix);
    text(bias, "%s/convolution_bn_offset", prefix);
    return convolve(
        a, x, &(struct conv){name, w, bias, stride, FN_PAD_SAME, 0, false, FN_ACT_RELU6}, NULL);
}

static uint32_t mobilenet_unit(struct arch *a, uint32_t x, unsigned i, uint32_t channels,
                               uint32_t stride)
{
    char name[NAME], prefix[NAME], w[NAME];
    text(name, "conv_%u_dw", i);
    text(prefix, "MobilenetV1/Conv2d_%u_depthwise", i);
    text(w, "%s/depthwise_weights", prefix);
    struct fold f = fold_bn(a, prefix, channels);
    x = convolve(a, x,
                 &(struct conv){name, w, NULL, stride, FN_PAD_SAME, 0, true, FN_ACT_RELU6}, &f);
    fold_finish(&f);
    text(name, "conv_%u_pw", i);
    text(prefix, "MobilenetV1/Conv2d_%u_pointwise", i);
    return offset_conv(a, x, name, prefix, 1);
}

static void ssd_head(struct arch *a, uint32_t x, unsigned k, const char *kind, const char *name)
{
    char n[NAME], w[NAME], bias[NAME];
    text(n, "%s_%u", name, k);
    text(w, "Prediction/BoxPredictor_%u/%s/weights", k, kind);
    text(bias, "Prediction/BoxPredictor_%u/%s/biases", k, kind);
    x = convolve(a, x, &(struct conv){n, w, bias, 1, FN_PAD_SAME, 0, false, FN_ACT_NONE}, NULL);
    fn_graph_mark_output(a->b, x);
}

static void ssd_mobilenetv1(struct arch *a)
{
    static const uint32_t channels[] = {32,  64,  128, 128, 256, 256, 512,
                                        512, 512, 512, 512, 512, 1024};
    uint32_t feature[6], x = fn_graph_add_input(a->b, "input", 3, 512, 512);
    char name[NAME], prefix[NAME];
    x = offset_conv(a, x, "conv_0", "MobilenetV1/Conv2d_0_pointwise", 2);
    for (unsigned i = 1; i <= 13; i++) {
        x = mobilenet_unit(a, x, i, channels[i - 1],
                           i == 2 || i == 4 || i == 6 || i == 12 ? 2 : 1);
        if (i == 11)
            feature[0] = x;
    }
    feature[1] = x;
    for (unsigned i = 0; i < 8; i++) {
        text(name, "pred_conv_%u", i);
        text(prefix, "Prediction/Conv2d_%u_pointwise", i);
        x = offset_conv(a, x, name, prefix, i % 2 ? 2 : 1);
        if (i % 2)
            feature[2 + i / 2] = x;
    }
    for (unsigned k = 0; k < 6; k++) {
        ssd_head(a, feature[k], k, "ClassPredictor", "class");
        ssd_head(a, feature[k], k, "BoxEncodingPredictor", "box");
    }
}

static void tiny_face_detector(struct arch *a)
{
    uint32_t x = fn_graph_add_input(a->b, "input", 3, 416, 416);
    char name[NAME], prefix[NAME];
    x = convolve(a, x,
                 &(struct conv){"conv0", "conv0/filters", "conv0/bias", 1, FN_PAD_EXPLICIT, 0,
                                false, FN_ACT_LEAKY},
                 NULL);
    x = pool(a, "pool0", FN_OP_MAXPOOL, x, 2, 2, FN_PAD_SAME);
    for (unsigned i = 1; i <= 5; i++) {
        text(name, "conv%u", i);
        text(prefix, "conv%u", i);
        x = separable(a, x, name, prefix, 1,
                      FN_ACT_LEAKY); /* SAME and a border of 1 are one thing at stride 1 */
        text(name, "pool%u", i);
        x = pool(a, name, FN_OP_MAXPOOL, x, 2, i == 5 ? 1 : 2, FN_PAD_SAME);
    }
    x = convolve(a, x,
                 &(struct conv){"output", "conv8/filters", "conv8/bias", 1, FN_PAD_SAME, 0,
                                false, FN_ACT_NONE},
                 NULL);
    fn_graph_mark_output(a->b, x);
}

static const struct {
    const char *name;
    void (*build)(struct arch *a);
} recipes[] = {
    {"face-api/ssd_mobilenetv1", ssd_mobilenetv1},
    {"face-api/face_landmark_68", face_landmark_68},
    {"face-api/face_landmark_68_tiny", face_landmark_68_tiny},
    {"face-api/face_recognition", face_recognition},
    {"face-api/tiny_face_detector", tiny_face_detector},
};

int fn_import_tfjs(const uint8_t *manifest, size_t manifest_size, const uint8_t *bin,
                   size_t bin_size, const char *recipe, struct fn_graph_builder *b,
                   struct fn_graph *ret, struct fn_error *err)
{
    void (*build)(struct arch * a) = NULL;
    struct fn_tfjs *w = NULL;
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (strcmp(recipes[i].name, recipe) == 0)
            build = recipes[i].build;
    if (!build)
        return fn_error_set(err, FN_EUSAGE, "no architecture \"%s\"", recipe);
    int rc = fn_tfjs_read(manifest, manifest_size, bin, bin_size, &w, err);
    if (rc)
        return rc;
    struct arch a = {w, b, err, 0};
    build(&a);
    fn_tfjs_destroy(w);
    return a.code ? a.code : fn_graph_builder_finish(b, ret, err);
}
