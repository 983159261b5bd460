/* SPDX-License-Identifier: MIT */
/* Importers on small hand-made files: the imported network computes what the file specifies,
 * and hostile files are refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/import.h"
#include "tests/unit/model_bytes.h"

enum { CAP = 1 << 20 };

static void run_graph(const struct fn_graph *g, const float *nhwc, size_t n_in, float *out,
                      size_t n_out)
{
    struct fn_exec_opts o = {.cpu_flags = FN_CPU_DETECT};
    struct fn_error err = {0};
    struct fn_exec *x;
    uint32_t d[4];
    if (fn_exec_create(g, &o, &x, &err))
        fail_msg("%s", err.text);
    memcpy(fn_exec_input(x, 0, d), nhwc, n_in * sizeof *nhwc);
    assert_int_equal((size_t)d[1] * d[2] * d[3], n_in);
    assert_int_equal(fn_exec_run(x), 0);
    memcpy(out, fn_exec_output(x, 0, d), n_out * sizeof *out);
    assert_int_equal((size_t)d[1] * d[2] * d[3], n_out);
    fn_exec_destroy(x);
}

static void softmax(float *v, size_t n)
{
    float top = v[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        top = fmaxf(top, v[i]);
    for (size_t i = 0; i < n; i++)
        sum += v[i] = expf(v[i] - top);
    for (size_t i = 0; i < n; i++)
        v[i] /= sum;
}

/* The sample networks computed without the engine, in the order of their files. */
static void expect_onnx(const float *chw, float *out)
{
    float w[54], b[3], bn[4][3], slope[3], fc[240], fb[5], y[48];
    bytes_random(w, 54, 1);
    bytes_random(b, 3, 2);
    for (int i = 0; i < 4; i++)
        bytes_random(bn[i], 3, 3 + (uint64_t)i);
    bytes_random(slope, 3, 8);
    bytes_random(fc, 240, 9);
    bytes_random(fb, 5, 10);
    for (int o = 0; o < 3; o++)
        for (int i = 0; i < 16; i++) {
            float s = b[o];
            for (int k = 0; k < 18; k++) {
                int yy = i / 4 + k % 9 / 3 - 1, xx = i % 4 + k % 3 - 1;
                if (yy >= 0 && yy < 4 && xx >= 0 && xx < 4)
                    s += w[o * 18 + k] * chw[k / 9 * 16 + yy * 4 + xx];
            }
            s = (s - bn[2][o]) * bn[0][o] / sqrtf(1 + bn[3][o] * bn[3][o] + 1e-3f) + bn[1][o];
            y[o * 16 + i] = s >= 0 ? s : slope[o] * s;
        }
    for (int o = 0; o < 5; o++) {
        out[o] = fb[o];
        for (int i = 0; i < 48; i++)
            out[o] += 0.5f * fc[o * 48 + i] * y[i];
    }
    softmax(out, 5);
}

static void expect_tflite(const float *hwc, float *out)
{
    float w[54], b[3], c1[3], c2[3], fc[60], fb[5], y[12];
    bytes_random(w, 54, 21);
    bytes_random(b, 3, 22);
    bytes_random(c1, 3, 23);
    bytes_random(c2, 3, 24);
    bytes_random(fc, 60, 25);
    bytes_random(fb, 5, 26);
    for (int i = 0; i < 4; i++)
        for (int o = 0; o < 3; o++) {
            float s = b[o];
            for (int k = 0; k < 18;
                 k++) { /* SAME at stride 2 on 4 pixels: padding right and bottom only */
                int yy = i / 2 * 2 + k / 6, xx = i % 2 * 2 + k % 6 / 2;
                if (yy < 4 && xx < 4)
                    s += w[o * 18 + k] * hwc[(yy * 4 + xx) * 2 + k % 2];
            }
            s = fmaxf(s, 0) + c1[o] * (s - fabsf(s));
            y[i * 3 + o] = fmaxf(s, 0) + c2[o] * -fmaxf(-s, 0);
        }
    for (int o = 0; o < 5; o++) {
        out[o] = fb[o];
        for (int i = 0; i < 12; i++)
            out[o] += fc[o * 12 + i] * y[i];
    }
    softmax(out, 5);
}

typedef int importer(const uint8_t *, size_t, struct fn_graph_builder *, struct fn_graph *,
                     struct fn_error *);

static int import(importer *f, const struct fn_buf *b, struct fn_graph_builder **gb,
                  struct fn_graph *g, struct fn_error *err)
{
    *gb = fn_graph_builder_create();
    assert_non_null(*gb);
    return f((const uint8_t *)b->data, b->len, *gb, g, err);
}

static void test_onnx_computes(void **state)
{
    (void)state;
    struct fn_buf b;
    struct fn_graph_builder *gb;
    struct fn_graph g;
    struct fn_error err = {0};
    float chw[32], hwc[32], want[5], got[5];
    fn_buf_init(&b, CAP);
    sample_onnx(&b);
    if (import(fn_import_onnx, &b, &gb, &g, &err))
        fail_msg("%s", err.text);
    bytes_random(chw, 32, 99);
    for (int i = 0; i < 32; i++)
        hwc[i % 16 * 2 + i / 16] = chw[i];
    expect_onnx(chw, want);
    run_graph(&g, hwc, 32, got, 5);
    for (int i = 0; i < 5; i++)
        assert_float_equal(got[i], want[i], 1e-5);
    /* batch normalisation is gone; names are those of the file */
    assert_int_equal(g.n_nodes, 4);
    assert_int_not_equal(fn_graph_find_value(&g, "bn"), FN_NONE);
    assert_int_equal(fn_graph_find_value(&g, "conv"), FN_NONE);
    assert_int_not_equal(fn_graph_find_value(&g, "out"), FN_NONE);
    fn_graph_builder_destroy(gb);
    fn_buf_finish(&b);
}

static void test_tflite_computes(void **state)
{
    (void)state;
    struct fn_buf b;
    struct fn_graph_builder *gb;
    struct fn_graph g;
    struct fn_error err = {0};
    float hwc[32], want[5], got[5];
    fn_buf_init(&b, CAP);
    sample_tflite(&b);
    if (import(fn_import_tflite, &b, &gb, &g, &err))
        fail_msg("%s", err.text);
    bytes_random(hwc, 32, 98);
    expect_tflite(hwc, want);
    run_graph(&g, hwc, 32, got, 5);
    for (int i = 0; i < 5; i++)
        assert_float_equal(got[i], want[i], 1e-5);
    /* conv, two PReLUs, one matrix, softmax: all patterns were recognised */
    assert_int_equal(g.n_nodes, 5);
    fn_graph_builder_destroy(gb);
    fn_buf_finish(&b);
}

/* When cut at an inner tensor, later nodes may be anything. */
static void test_part(void **state)
{
    (void)state;
    struct fn_buf g, b;
    struct fn_graph_builder *gb = fn_graph_builder_create();
    struct fn_graph net;
    struct fn_error err = {0};
    fn_buf_init(&g, CAP);
    fn_buf_init(&b, CAP);
    onnx_input(&g, "in", (const uint32_t[]){1, 3, 8, 8}, 4);
    onnx_node(&g, "Relu", "in", "relu", NULL);
    onnx_node(&g, "NonMaxSuppression", "relu", "boxes", NULL);
    onnx_output(&g, "boxes");
    onnx_model(&b, &g, 11);
    const uint8_t *p = (const uint8_t *)b.data;
    assert_int_equal(fn_import_onnx(p, b.len, gb, &net, &err), FN_EUNSUPPORTED);
    assert_string_equal(err.text, "operator NonMaxSuppression of node boxes is not supported");
    const char *relu = "relu", *none = "nothing";
    assert_int_equal(fn_import_onnx_part(p, b.len, &none, 1, gb, &net, &err), FN_EMODEL);
    assert_int_equal(fn_import_onnx_part(p, b.len, &relu, 1, gb, &net, &err), 0);
    assert_int_equal(net.n_nodes, 1);
    fn_graph_builder_destroy(gb);
    fn_buf_finish(&b);
}

/* One operator with a constant second operand on a 1x2x3x3 input. */
static int import_one(const char *type, const uint32_t *dims, size_t rank, const float *c,
                      struct fn_buf *attributes, struct fn_graph_builder *gb,
                      struct fn_graph *net, struct fn_error *err)
{
    struct fn_buf g, b;
    fn_buf_init(&g, CAP);
    fn_buf_init(&b, CAP);
    onnx_input(&g, "in", (const uint32_t[]){1, 2, 3, 3}, 4);
    onnx_floats(&g, "c", dims, rank, c);
    onnx_node(&g, "Relu", "in", "x", NULL);
    onnx_node(&g, type, "x c", "y", attributes);
    onnx_output(&g, "y");
    onnx_model(&b, &g, 11);
    int rc = fn_import_onnx((const uint8_t *)b.data, b.len, gb, net, err);
    fn_buf_finish(&b);
    return rc;
}

static void test_constants(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        uint32_t dims[4];
        size_t rank;
        float c[3];
        int want, nodes;
    } cases[] = {
        {"Mul", {1}, 0, {1}, 0, 1},          /* times one: dropped */
        {"Mul", {2, 1, 1}, 3, {3, 4}, 0, 2}, /* per channel */
        {"Sub", {1, 2, 1, 1}, 4, {3, 4}, 0, 2},
        {"Add", {3}, 1, {1, 2, 3}, FN_EUNSUPPORTED, 0}, /* along the width */
        {"Mul", {2}, 1, {1, 2}, FN_EUNSUPPORTED, 0},    /* two numbers, but not the channels */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_graph_builder *gb = fn_graph_builder_create();
        struct fn_graph net = {0};
        struct fn_error err = {0};
        assert_int_equal(import_one(cases[i].type, cases[i].dims, cases[i].rank, cases[i].c,
                                    NULL, gb, &net, &err),
                         cases[i].want);
        assert_int_equal((int)net.n_nodes, cases[i].nodes);
        fn_graph_builder_destroy(gb);
    }
}

/* Nodes must be after the nodes whose output they read. No value may be written twice. Shapes
 * must match. */
static void test_broken_structure(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        struct fn_graph_builder *gb = fn_graph_builder_create();
        struct fn_graph net;
        struct fn_error err = {0};
        struct fn_buf g, b, a;
        float w[256] = {0};
        fn_buf_init(&g, CAP);
        fn_buf_init(&b, CAP);
        fn_buf_init(&a, CAP);
        onnx_input(&g, "in", (const uint32_t[]){1, 2, 4, 4}, 4);
        if (k == 0) {
            onnx_node(&g, "Relu", "later", "out", NULL);
            onnx_node(&g, "Relu", "in", "later", NULL);
        } else if (k == 1) {
            onnx_node(&g, "Relu", "in", "out", NULL);
            onnx_node(&g, "Relu", "in", "out", NULL);
        } else if (k == 2) {
            onnx_floats(&g, "w", (const uint32_t[]){4, 3, 3, 3}, 4,
                        w); /* three channels for a map with two */
            onnx_node(&g, "Conv", "in w", "out", NULL);
        } else {
            onnx_floats(&g, "w", (const uint32_t[]){4, 2, 5, 5}, 4,
                        w); /* larger than the map */
            onnx_node(&g, "Conv", "in w", "out", NULL);
        }
        onnx_output(&g, "out");
        onnx_model(&b, &g, 11);
        assert_int_equal(fn_import_onnx((const uint8_t *)b.data, b.len, gb, &net, &err),
                         FN_EMODEL);
        fn_graph_builder_destroy(gb);
        fn_buf_finish(&a);
        fn_buf_finish(&b);
    }
}

/* A tensor with less data than its shape needs. */
static void test_short_tensor(void **state)
{
    (void)state;
    struct fn_graph_builder *gb = fn_graph_builder_create();
    struct fn_graph net;
    struct fn_error err = {0};
    struct fn_buf g, t, b;
    fn_buf_init(&g, CAP);
    fn_buf_init(&t, CAP);
    fn_buf_init(&b, CAP);
    onnx_input(&g, "in", (const uint32_t[]){1, 2, 4, 4}, 4);
    for (int i = 0; i < 4; i++)
        pb_varint(&t, 1, 65535);
    pb_varint(&t, 2, 1);
    pb_text(&t, 8, "w");
    pb_bytes(&t, 9, "12345678", 8);
    pb_message(&g, 5, &t);
    onnx_node(&g, "Conv", "in w", "out", NULL);
    onnx_output(&g, "out");
    onnx_model(&b, &g, 11);
    assert_int_equal(fn_import_onnx((const uint8_t *)b.data, b.len, gb, &net, &err), FN_EMODEL);
    fn_graph_builder_destroy(gb);
    fn_buf_finish(&b);
}

/* A file that is truncated anywhere is refused, or read if only unused bytes are missing. It is
 * never read past its end. */
static void truncations(importer *f, void (*sample)(struct fn_buf *), size_t *ret_ok)
{
    struct fn_buf b;
    fn_buf_init(&b, CAP);
    sample(&b);
    *ret_ok = 0;
    for (size_t n = 0; n < b.len; n++) {
        struct fn_graph_builder *gb = fn_graph_builder_create();
        struct fn_graph g;
        struct fn_error err = {0};
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, b.data, n);
        int r = f(exact, n, gb, &g, &err);
        assert_true(r <= 0 && (r == 0 || err.text[0]));
        *ret_ok += r == 0;
        free(exact);
        fn_graph_builder_destroy(gb);
    }
    fn_buf_finish(&b);
}

static void test_truncated(void **state)
{
    (void)state;
    size_t ok;
    truncations(fn_import_onnx, sample_onnx, &ok);
    assert_true(ok <= 1); /* without the operator set at the end it is still a network */
    truncations(fn_import_tflite, sample_tflite, &ok);
    assert_true(ok <= 200); /* after the last constant there are only unused buffers */
}

static int import_tfjs(const struct fn_buf *m, const struct fn_buf *bin, size_t bin_len,
                       const char *recipe, struct fn_graph_builder *gb, struct fn_graph *g,
                       struct fn_error *err)
{
    return fn_import_tfjs((const uint8_t *)m->data, m->len, (const uint8_t *)bin->data, bin_len,
                          recipe, gb, g, err);
}

static void test_tfjs(void **state)
{
    (void)state;
    static const char *const recipe = "face-api/face_landmark_68_tiny";
    struct fn_graph_builder *gb = fn_graph_builder_create();
    struct fn_graph g;
    struct fn_error err = {0};
    struct fn_buf m, bin;
    fn_buf_init(&m, CAP);
    fn_buf_init(&bin, CAP);
    sample_tfjs(&m, &bin);
    assert_int_equal(import_tfjs(&m, &bin, bin.len - 1, recipe, gb, &g, &err), FN_EMODEL);
    assert_int_equal(import_tfjs(&m, &bin, bin.len, "face-api/face_recognition", gb, &g, &err),
                     FN_EMODEL);
    assert_int_equal(import_tfjs(&m, &bin, bin.len, "no/such", gb, &g, &err), FN_EUSAGE);
    fn_graph_builder_destroy(gb);
    gb = fn_graph_builder_create();
    if (import_tfjs(&m, &bin, bin.len, recipe, gb, &g, &err))
        fail_msg("%s", err.text);
    uint32_t w = fn_graph_find_value(&g, "dense0_conv0_relu:weight");
    assert_int_not_equal(w, FN_NONE);
    /* OHWI: filter o, position p, channel i is byte (p * 3 + i) * 32 + o of the file */
    const uint8_t *q = (const uint8_t *)bin.data;
    float byte = (float)q[(4 * 3 + 2) * 32 + 5];
    assert_float_equal(g.values[w].data[5 * 27 + 4 * 3 + 2], byte * .004f - .5f, 1e-6);
    fn_graph_builder_destroy(gb);
    fn_buf_finish(&m);
    fn_buf_finish(&bin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_onnx_computes),
        cmocka_unit_test(test_tflite_computes),
        cmocka_unit_test(test_part),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_broken_structure),
        cmocka_unit_test(test_short_tensor),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_tfjs),
    };
    return cmocka_run_group_tests_name("model import", tests, NULL, NULL);
}
