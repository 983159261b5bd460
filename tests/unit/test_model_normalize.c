/* SPDX-License-Identifier: MIT */
/* F.normalize, as exporters of PyTorch write it, becomes one operator, and computes the right
 * values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/import.h"
#include "tests/unit/model_bytes.h"

enum { CAP = 1 << 20, C = 5, IN = 3 * 2 * 2 };

/* How an exporter writes it. */
struct spelling {
    uint64_t opset;
    bool axes_input, clip_input; /* as operands, else as attributes */
    const char *length;          /* "l2": ReduceL2; "mul", "pow": the root of the sum */
    bool clip, expand, expand_constant;
    float floor;
    uint32_t expand_to;
    bool other; /* the length is that of another tensor */
};

static void ints(struct fn_buf *g, const char *name, const int64_t *v, size_t n)
{
    struct fn_buf t;
    fn_buf_init(&t, CAP);
    pb_varint(&t, 1, n);
    pb_varint(&t, 2, 7);
    pb_text(&t, 8, name);
    pb_bytes(&t, 9, v, n * sizeof *v);
    pb_message(g, 5, &t);
}

static void reduce(struct fn_buf *g, const struct spelling *s, const char *type,
                   const char *from, const char *to)
{
    struct fn_buf a;
    char in[32];
    fn_buf_init(&a, CAP);
    onnx_int(&a, "keepdims", 1);
    if (!s->axes_input)
        onnx_ints(&a, "axes", (const int64_t[]){1}, 1);
    (void)snprintf(in, sizeof in, "%s%s", from, s->axes_input ? " axes" : "");
    onnx_node(g, type, in, to, &a);
}

static const char *length(struct fn_buf *g, const struct spelling *s)
{
    const char *of = s->other ? "z" : "x";
    char two[8];
    if (strcmp(s->length, "l2") == 0) {
        reduce(g, s, "ReduceL2", of, "n");
        return "n";
    }
    if (strcmp(s->length, "pow") == 0) {
        onnx_floats(g, "two", (const uint32_t[]){1}, 0, (const float[]){2});
        onnx_node(g, "Pow", "x two", "xx", NULL);
    } else {
        (void)snprintf(two, sizeof two, "%s %s", of, of);
        onnx_node(g, "Mul", two, "xx", NULL);
    }
    reduce(g, s, "ReduceSum", "xx", "sum");
    onnx_node(g, "Sqrt", "sum", "n", NULL);
    return "n";
}

static void build(struct fn_buf *out, const struct spelling *s)
{
    struct fn_buf g, a;
    float w[C * IN];
    char div[32];
    fn_buf_init(&g, CAP);
    fn_buf_init(&a, CAP);
    bytes_random(w, C * IN, 5);
    onnx_input(&g, "in", (const uint32_t[]){1, 3, 2, 2}, 4);
    onnx_floats(&g, "w", (const uint32_t[]){C, IN}, 2, w);
    ints(&g, "axes", (const int64_t[]){1}, 1);
    ints(&g, "shape", (const int64_t[]){1, s->expand_to}, 2);
    onnx_floats(&g, "floor", (const uint32_t[]){1}, 0, &s->floor);
    onnx_node(&g, "Flatten", "in", "flat", NULL);
    onnx_int(&a, "transB", 1);
    onnx_node(&g, "Gemm", "flat w", "x", &a);
    if (s->other)
        onnx_node(&g, "Relu", "x", "z", NULL);
    const char *n = length(&g, s);
    if (s->clip) {
        fn_buf_init(&a, CAP);
        if (!s->clip_input) {
            onnx_float(&a, "min", s->floor);
            onnx_float(&a, "max", 3.4028234663852886e38f);
        }
        onnx_node(&g, "Clip", s->clip_input ? "n floor" : "n", "clipped", &a);
        n = "clipped";
    }
    if (s->expand) {
        char in[32];
        onnx_node(&g, "Shape", "x", "sx", NULL);
        (void)snprintf(in, sizeof in, "%s %s", n, s->expand_constant ? "shape" : "sx");
        onnx_node(&g, "Expand", in, "wide", NULL);
        n = "wide";
    }
    (void)snprintf(div, sizeof div, "x %s", n);
    onnx_node(&g, "Div", div, "out", NULL);
    onnx_output(&g, "out");
    onnx_model(out, &g, s->opset);
}

static int import(const struct spelling *s, struct fn_graph_builder **gb, struct fn_graph *g)
{
    struct fn_buf b;
    struct fn_error err = {0};
    fn_buf_init(&b, CAP);
    build(&b, s);
    *gb = fn_graph_builder_create();
    int rc = fn_import_onnx((const uint8_t *)b.data, b.len, *gb, g, &err);
    assert_true(rc == 0 || err.text[0]);
    fn_buf_finish(&b);
    return rc;
}

/* The matrix by hand. The importer keeps the channel-first order of ONNX for a flattened
 * map. */
static void expect(const float *hwc, float out[C])
{
    float w[C * IN];
    double sum = 0;
    bytes_random(w, C * IN, 5);
    for (int o = 0; o < C; o++) {
        out[o] = 0;
        for (int i = 0; i < IN; i++)
            out[o] += w[o * IN + i] * hwc[i % 4 * 3 + i / 4];
        sum += (double)out[o] * (double)out[o];
    }
    for (int o = 0; o < C; o++)
        out[o] = (float)((double)out[o] / sqrt(sum));
}

static void check(const struct spelling *s)
{
    struct fn_exec_opts o = {.cpu_flags = FN_CPU_DETECT};
    struct fn_graph_builder *gb;
    struct fn_graph g;
    struct fn_exec *x;
    struct fn_error err = {0};
    float in[IN], want[C];
    uint32_t d[4];
    assert_int_equal(import(s, &gb, &g), 0);
    assert_int_equal(g.nodes[g.n_nodes - 1].op, FN_OP_L2NORM);
    assert_int_equal(g.n_nodes, 2);
    assert_int_equal(fn_exec_create(&g, &o, &x, &err), 0);
    bytes_random(in, IN, 6);
    memcpy(fn_exec_input(x, 0, d), in, sizeof in);
    assert_int_equal(fn_exec_run(x), 0);
    const float *got = fn_exec_output(x, 0, d);
    expect(in, want);
    for (int i = 0; i < C; i++)
        assert_float_equal(got[i], want[i], 1e-6);
    /* zero in, zero out: no NaN */
    memset(fn_exec_input(x, 0, d), 0, sizeof in);
    assert_int_equal(fn_exec_run(x), 0);
    for (int i = 0; s->clip && i < C; i++)
        assert_true(fn_exec_output(x, 0, d)[i] == 0);
    fn_exec_destroy(x);
    fn_graph_builder_destroy(gb);
}

static void test_spellings(void **state)
{
    (void)state;
    static const struct spelling all[] = {
        /* torch.onnx at operator sets 9, 11 to 17, 18 and later */
        {9, false, false, "l2", true, true, false, 1e-12f, 0, false},
        {13, false, true, "l2", true, true, false, 1e-12f, 0, false},
        {18, true, true, "l2", true, true, false, 1e-12f, 0, false},
        {13, false, true, "l2", true, true, true, 1e-12f, C, false},
        {13, false, true, "l2", false, false, false, 1, 0, false},
        /* the sum written out */
        {9, false, false, "mul", false, false, false, 1, 0, false},
        {13, true, true, "mul", true, true, false, 1e-12f, 0, false},
        {13, true, true, "pow", true, false, false, 1e-10f, 0, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        check(&all[i]);
}

/* Patterns that look like it and are not. */
static void test_others(void **state)
{
    (void)state;
    static const struct spelling all[] = {
        {13, false, true, "l2", true, true, false, .5f, 0, false}, /* the minimum matters */
        {13, false, true, "l2", true, true, true, 1e-12f, C + 1, false},
        {13, false, true, "l2", true, true, false, 1e-12f, 0, true},
        {13, true, true, "mul", true, true, false, 1e-12f, 0, true},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct fn_graph_builder *gb;
        struct fn_graph g;
        assert_int_equal(import(&all[i], &gb, &g), FN_EUNSUPPORTED);
        fn_graph_builder_destroy(gb);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests_name("model normalize", tests, NULL, NULL);
}
