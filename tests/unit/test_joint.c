/* SPDX-License-Identifier: MIT */
/* Joint embedders: projections as text, the span of a layer's columns, the joined network
 * against its formula, and the fit of the matrix. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/eval/fit_projection.h"
#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/joint.h"
#include "engine/model/rotate.h"
#include "engine/model/span.h"
#include "tests/unit/model_bytes.h"

enum { SIDE = 6, CHANNELS = 3, PIXELS = SIDE * SIDE * CHANNELS, A = 5, B = 12, OUT = 4 };

/* ---- projections as text ---- */

static void random_projection(struct fn_projection *p)
{
    float r[(A + B) * OUT];
    *p = (struct fn_projection){.n_parts = 2,
                                .part = {{A, 1, 3.25f}, {B, .8f, .125f}},
                                .in = A + B,
                                .out = OUT,
                                .m = calloc((A + B) * OUT, sizeof(int16_t))};
    assert_non_null(p->m);
    bytes_random(r, (A + B) * OUT, 7);
    for (int i = 0; i < (A + B) * OUT; i++)
        p->m[i] = (int16_t)lroundf(r[i] * FN_PROJECTION_UNIT);
    p->m[0] = -FN_PROJECTION_UNIT;
    p->m[1] = FN_PROJECTION_UNIT;
}

static void test_text(void **state)
{
    (void)state;
    struct fn_projection p, q;
    struct fn_error err = {0};
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    random_projection(&p);
    fn_projection_print(&p, "17 faces", &b);
    if (fn_projection_parse(b.data, b.len, &q, &err))
        fail_msg("%s", err.text);
    assert_int_equal(q.n_parts, 2);
    assert_int_equal(q.in, A + B);
    assert_int_equal(q.out, OUT);
    assert_memory_equal(q.part, p.part, 2 * sizeof *p.part);
    assert_memory_equal(q.m, p.m, (A + B) * OUT * sizeof *p.m);
    assert_true(fabs(fn_projection_scale(&q, 1) - (double).8f / .125) < 1e-12);
    fn_projection_free(&q);
    /* every shorter text lacks something */
    for (size_t n = 0; n + 1 < b.len; n++) {
        int rc = fn_projection_parse(b.data, n, &q, &err);
        fn_projection_free(&q);
        if (rc != FN_EMODEL)
            fail_msg("%zu of %zu bytes are a projection", n, b.len);
    }
    fn_projection_free(&p);
    fn_buf_finish(&b);
}

static void test_text_errors(void **state)
{
    (void)state;
#define HEAD "projection = 1\nparts = 1 1\nweights = 1 1\nlengths = 2 2\nnumbers = 1\nmatrix\n"
    static const char *const bad[] = {
        "projection = 2\nparts = 1\nweights = 1\nlengths = 1\nnumbers = 1\nmatrix\n0001\n",
        "parts = 1 1\nweights = 1\nlengths = 2 2\nnumbers = 1\nmatrix\n0001\n0001\n",
        "parts = 1 1\nweights = 1 0\nlengths = 2 2\nnumbers = 1\nmatrix\n0001\n0001\n",
        "parts = 1 1\nlengths = 2 2\nnumbers = 1\nmatrix\n0001\n0001\n",
        "parts = 1 1.5\nweights = 1 1\nlengths = 2 2\nnumbers = 1\nmatrix\n0001\n0001\n",
        "parts = 1 1 1 1 1\nmatrix\n",
        "parts = 9999\nmatrix\n",
        "parts = 1\nweights = 1\nlengths = 1\nnumbers = 2\nmatrix\n00010001\n",
        "parts = 1\nparts = 1\nmatrix\n",
        "colour = 1\nmatrix\n",
        "numbers\nmatrix\n",
        HEAD "0001\n",
        HEAD "0001\n000\n",
        HEAD "0001\n00012\n",
        HEAD "0001\nxyz1\n",
        HEAD "0001\n0001\n0001\n",
    };
    struct fn_projection p;
    struct fn_error err = {0};
    static const char good[] = "# words\n" HEAD "0001\nffff\n";
    if (fn_projection_parse(good, sizeof good - 1, &p, &err))
        fail_msg("%s", err.text);
    assert_int_equal(p.m[1], -1);
    fn_projection_free(&p);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int rc = fn_projection_parse(bad[i], strlen(bad[i]), &p, &err);
        fn_projection_free(&p);
        if (rc != FN_EMODEL)
            fail_msg("accepted: %s", bad[i]);
    }
}

/* What the program brings: its columns are orthonormal. */
static void test_own_projection(void **state)
{
    (void)state;
    struct fn_projection p;
    struct fn_error err = {0};
    if (fn_projection_parse((const char *)fn_joint_projection, fn_joint_projection_size, &p,
                            &err))
        fail_msg("%s", err.text);
    assert_int_equal(p.in, 256);
    assert_int_equal(p.out, 128);
    for (size_t a = 0; a < p.out; a++)
        for (size_t b = 0; b <= a; b++) {
            double s = 0;
            for (size_t i = 0; i < p.in; i++)
                s += (double)p.m[i * p.out + a] * p.m[i * p.out + b];
            s /= (double)FN_PROJECTION_UNIT * FN_PROJECTION_UNIT;
            assert_true(fabs(s - (a == b)) < 1e-3);
        }
    fn_projection_free(&p);
}

/* ---- the span of columns, and wide layers ---- */

enum { ROWS = 40, COLS = 30, RANK = 6 };

/* w = a b, of rank RANK */
static void low_rank(size_t rows, size_t cols, size_t rank, uint64_t seed, double *w)
{
    float *a = calloc(rows * rank, sizeof *a), *b = calloc(rank * cols, sizeof *b);
    assert_true(a && b);
    bytes_random(a, rows * rank, seed);
    bytes_random(b, rank * cols, seed + 1);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            w[i * cols + j] = 0;
            for (size_t k = 0; k < rank; k++)
                w[i * cols + j] += (double)a[i * rank + k] * (double)b[k * cols + j];
        }
    free(a);
    free(b);
}

static void test_span(void **state)
{
    (void)state;
    static double w[ROWS * COLS], q[ROWS * ROWS];
    size_t rank = 0;
    low_rank(ROWS, COLS, RANK, 3, w);
    assert_int_equal(fn_column_span(w, ROWS, COLS, q, &rank), 0);
    assert_int_equal(rank, RANK);
    for (size_t a = 0; a < rank; a++)
        for (size_t b = 0; b <= a; b++) {
            double s = 0;
            for (size_t i = 0; i < ROWS; i++)
                s += q[a * ROWS + i] * q[b * ROWS + i];
            assert_true(fabs(s - (a == b)) < 1e-12);
        }
    for (size_t j = 0; j < COLS; j++) { /* every column is the sum of its parts */
        double rest[ROWS];
        for (size_t i = 0; i < ROWS; i++)
            rest[i] = w[i * COLS + j];
        for (size_t k = 0; k < rank; k++) {
            double s = 0;
            for (size_t i = 0; i < ROWS; i++)
                s += q[k * ROWS + i] * w[i * COLS + j];
            for (size_t i = 0; i < ROWS; i++)
                rest[i] -= s * q[k * ROWS + i];
        }
        for (size_t i = 0; i < ROWS; i++)
            assert_true(fabs(rest[i]) < 1e-12);
    }
    memset(w, 0, sizeof w);
    assert_int_equal(fn_column_span(w, ROWS, COLS, q, &rank), 0);
    assert_int_equal(rank, 0);
}

/* ---- networks ---- */

static uint32_t conv(struct fn_graph_builder *b, const char *name, uint32_t x, uint32_t in,
                     uint32_t out, uint32_t side, enum fn_act act, const float *w,
                     const float *bias)
{
    struct fn_attr a = {.kh = side,
                        .kw = side,
                        .stride_h = 1,
                        .stride_w = 1,
                        .dil_h = 1,
                        .dil_w = 1,
                        .groups = 1};
    uint32_t wi = fn_graph_add_weight(b, "w", (const uint32_t[]){out, side, side, in}, w);
    uint32_t bi = fn_graph_add_weight(b, "b", (const uint32_t[]){out, 1, 1, 1}, bias);
    return fn_graph_add_conv(b, name, x, wi, bi, &a, act, FN_NONE);
}

/* 3 x 6 x 6 -> 7 x 4 x 4 with relu -> 9 with relu -> `out` numbers, linear */
static void build_trunk(struct fn_graph_builder *b, uint32_t out, uint64_t seed,
                        struct fn_graph *g)
{
    static float w1[7 * 9 * CHANNELS], w2[9 * 16 * 7], w3[512 * 9], bias[512];
    struct fn_error err = {0};
    bytes_random(w1, sizeof w1 / sizeof *w1, seed);
    bytes_random(w2, sizeof w2 / sizeof *w2, seed + 1);
    bytes_random(w3, sizeof w3 / sizeof *w3, seed + 2);
    bytes_random(bias, sizeof bias / sizeof *bias, seed + 3);
    uint32_t x = fn_graph_add_input(b, "in", CHANNELS, SIDE, SIDE);
    x = conv(b, "MobileFaceNet/MobileFaceNet/MobileFaceNet/xxxxxxxxxxxx/end", x, CHANNELS, 7, 3,
             FN_ACT_RELU, w1, bias);
    x = conv(b, "second", x, 7, 9, 4, FN_ACT_RELU, w2, bias);
    fn_graph_mark_output(b, conv(b, "last", x, 9, out, 1, FN_ACT_NONE, w3, bias));
    if (fn_graph_builder_finish(b, g, &err))
        fail_msg("%s", err.text);
}

/* Output `which` for one input. */
static void run_net(const struct fn_graph *g, const struct fn_exec_opts *o, const float *in,
                    uint32_t which, size_t n, float *out)
{
    struct fn_error err = {0};
    struct fn_exec *x;
    uint32_t d[4];
    if (fn_exec_create(g, o, &x, &err))
        fail_msg("%s", err.text);
    memcpy(fn_exec_input(x, 0, d), in, PIXELS * sizeof *in);
    assert_int_equal(fn_exec_run(x), 0);
    const float *y = fn_exec_output(x, which, d);
    assert_int_equal(d[1], n);
    memcpy(out, y, n * sizeof *out);
    fn_exec_destroy(x);
}

static const struct fn_exec_opts plain = {.cpu_flags = FN_CPU_C, .reference = true};

/* v = J^T [s1 t1; s2 t2], from the trunks by themselves */
static void by_formula(const struct fn_graph *trunk, const struct fn_projection *p,
                       const float *in, double feature[A + B], double v[OUT])
{
    float a[A], b[B];
    run_net(&trunk[0], &plain, in, 0, A, a);
    run_net(&trunk[1], &plain, in, 0, B, b);
    for (int i = 0; i < A; i++)
        feature[i] = (double)a[i] * (double)p->part[0].weight / (double)p->part[0].length;
    for (int i = 0; i < B; i++)
        feature[A + i] = (double)b[i] * (double)p->part[1].weight / (double)p->part[1].length;
    for (int k = 0; k < OUT; k++) {
        v[k] = 0;
        for (int i = 0; i < A + B; i++)
            v[k] += feature[i] * p->m[i * OUT + k] / 32767.0;
    }
}

static void check_joint(const struct fn_graph *g, const struct fn_graph *trunk,
                        const struct fn_projection *p, const struct fn_exec_opts *o)
{
    for (uint64_t seed = 50; seed < 54; seed++) {
        float in[PIXELS], x[OUT], f[A + B];
        double feature[A + B], v[OUT], top = 0;
        bytes_random(in, PIXELS, seed);
        by_formula(trunk, p, in, feature, v);
        run_net(g, o, in, 0, OUT, x);
        run_net(g, o, in, 1, A + B, f);
        for (int i = 0; i < A + B; i++)
            top = fmax(top, fabs(feature[i]));
        assert_true(top > .1);
        for (int i = 0; i < A + B; i++)
            assert_true(fabs((double)f[i] - feature[i]) < 1e-5 * top);
        for (int k = 0; k < OUT; k++)
            assert_true(fabs((double)x[k] - v[k]) < 1e-5 * top);
    }
}

static void test_joint(void **state)
{
    (void)state;
    struct fn_graph_builder *b[3];
    struct fn_graph trunk[2], g;
    struct fn_projection p;
    struct fn_error err = {0};
    for (int i = 0; i < 3; i++)
        assert_non_null(b[i] = fn_graph_builder_create());
    build_trunk(b[0], A, 11, &trunk[0]);
    build_trunk(b[1], B, 21, &trunk[1]);
    random_projection(&p);
    if (fn_joint_build(trunk, &p, b[2], &g, &err))
        fail_msg("%s", err.text);
    assert_int_equal(g.n_inputs, 1);
    assert_int_equal(g.n_outputs, 2);
    assert_string_equal(g.values[g.outputs[0]].name, "embedding");
    assert_string_equal(g.values[g.outputs[1]].name, "feature");
    check_joint(&g, trunk, &p, &plain);
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (unsigned i = 0; i < n; i++)
        check_joint(&g, trunk, &p, &(struct fn_exec_opts){.cpu_flags = masks[i]});
    for (int i = 0; i < 3; i++)
        fn_graph_builder_destroy(b[i]);
    fn_projection_free(&p);
}

static void refuse(const struct fn_graph *trunk, const struct fn_projection *p, const char *why)
{
    struct fn_graph_builder *b = fn_graph_builder_create();
    struct fn_error err = {0};
    struct fn_graph g;
    assert_int_equal(fn_joint_build(trunk, p, b, &g, &err), FN_EMODEL);
    if (!strstr(err.text, why))
        fail_msg("%s, not %s", err.text, why);
    fn_graph_builder_destroy(b);
}

static void test_joint_refused(void **state)
{
    (void)state;
    struct fn_graph_builder *b[4];
    struct fn_graph small, right, relu, other = {0};
    struct fn_projection p;
    struct fn_error err = {0};
    static float zeros[CHANNELS * B];
    for (int i = 0; i < 4; i++)
        assert_non_null(b[i] = fn_graph_builder_create());
    random_projection(&p);
    build_trunk(b[0], A, 11, &small);
    build_trunk(b[1], B, 21, &right);
    uint32_t x = fn_graph_add_input(b[2], "in", CHANNELS, 1, 1);
    fn_graph_mark_output(b[2],
                         conv(b[2], "last", x, CHANNELS, B, 1, FN_ACT_RELU, zeros, zeros));
    x = fn_graph_add_input(b[3], "in", CHANNELS, 1, 1);
    fn_graph_mark_output(b[3],
                         conv(b[3], "last", x, CHANNELS, B, 1, FN_ACT_NONE, zeros, zeros));
    if (fn_graph_builder_finish(b[2], &relu, &err) ||
        fn_graph_builder_finish(b[3], &other, &err))
        fail_msg("%s", err.text);
    refuse((const struct fn_graph[]){small, small}, &p, "network 2 does not end in the 12");
    refuse((const struct fn_graph[]){right, right}, &p, "network 1 does not end in the 5");
    refuse((const struct fn_graph[]){small, relu}, &p, "network 2 does not end");
    refuse((const struct fn_graph[]){small, other}, &p, "other inputs");
    for (int i = 0; i < 4; i++)
        fn_graph_builder_destroy(b[i]);
    fn_projection_free(&p);
}

static double cosine(const float *a, const float *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

static double worst_cosine_change(const struct fn_graph *g, const struct fn_graph *h, size_t n,
                                  size_t dim)
{
    static float in[PIXELS], x[2][512], y[2][512];
    double worst = 0;
    for (size_t i = 0; i < 20; i++) {
        bytes_random(in, PIXELS, 70 + i);
        run_net(g, &plain, in, 0, n, x[i & 1]);
        run_net(h, &plain, in, 0, dim, y[i & 1]);
        if (i)
            worst = fmax(worst, fabs(cosine(x[0], x[1], n) - cosine(y[0], y[1], dim)));
    }
    return worst;
}

/* A last layer of 400 numbers from 9: the rotation goes by way of the span. Cosines stay with 9
 * numbers, not with 3, and 10 cannot be had. */
static void test_wide_rotation(void **state)
{
    (void)state;
    enum { WIDE = 400 };
    struct fn_graph_builder *b = fn_graph_builder_create(), *c;
    struct fn_graph g, h;
    struct fn_error err = {0};
    build_trunk(b, WIDE, 31, &g);
    /* the bias is outside of the columns' span: without it, cosines are exact */
    memset((void *)(uintptr_t)g.values[g.nodes[g.n_nodes - 1].in[2]].data, 0,
           WIDE * sizeof(float));
    for (uint32_t dim = 3; dim <= 9; dim += 6) {
        c = fn_graph_builder_create();
        if (fn_embedding_rotate(&g, dim, c, &h, &err))
            fail_msg("%s", err.text);
        double worst = worst_cosine_change(&g, &h, WIDE, dim);
        assert_true(dim == 9 ? worst < 1e-5 : worst > 1e-4);
        fn_graph_builder_destroy(c);
    }
    c = fn_graph_builder_create();
    assert_int_equal(fn_embedding_rotate(&g, 10, c, &h, &err), FN_ESHAPE);
    fn_graph_builder_destroy(c);
    fn_graph_builder_destroy(b);
}

/* ---- the fit ---- */

enum { FACES = 300 };

/* Faces whose parts have very different lengths, with a few strong directions. */
static void make_faces(float *x)
{
    float r[A + B];
    for (size_t i = 0; i < FACES; i++) {
        bytes_random(r, A + B, 500 + i);
        for (int k = 0; k < A + B; k++)
            x[i * (A + B) + k] = (r[k] / (float)(1 + k % 6) + (k == 2)) *
                                 (k < A ? 40.f : .02f) * (1 + (float)(i % 5));
    }
}

/* Energy of the faces, each part at its weight, along a direction. */
static double energy(const float *x, const struct fn_projection *p, const double *d)
{
    double total = 0;
    for (size_t i = 0; i < FACES; i++) {
        const float *f = x + i * (A + B);
        double la = 0, lb = 0, s = 0;
        for (int k = 0; k < A; k++)
            la += (double)f[k] * (double)f[k];
        for (int k = A; k < A + B; k++)
            lb += (double)f[k] * (double)f[k];
        for (int k = 0; k < A + B; k++)
            s += (double)f[k] * d[k] *
                 (k < A ? (double)p->part[0].weight / sqrt(la)
                        : (double)p->part[1].weight / sqrt(lb));
        total += s * s;
    }
    return total;
}

static void column(const struct fn_projection *p, int k, double d[A + B])
{
    for (int i = 0; i < A + B; i++)
        d[i] = (double)p->m[i * OUT + k] / FN_PROJECTION_UNIT;
}

/* The columns are orthonormal, and no direction at a right angle to the first ones has more
 * energy than the next: climbing from the next in random directions finds nothing better. */
static void test_fit(void **state)
{
    (void)state;
    static float x[FACES * (A + B)];
    struct fn_projection start, p;
    struct fn_error err = {0};
    make_faces(x);
    random_projection(&start);
    if (fn_projection_fit(x, FACES, &start, &p, &err))
        fail_msg("%s", err.text);
    double d[OUT][A + B], e[OUT];
    for (int k = 0; k < OUT; k++) {
        column(&p, k, d[k]);
        e[k] = energy(x, &p, d[k]);
        assert_true(k == 0 || e[k] <= e[k - 1] * 1.0001);
        for (int j = 0; j <= k; j++) {
            double s = 0;
            for (int i = 0; i < A + B; i++)
                s += d[k][i] * d[j][i];
            assert_true(fabs(s - (j == k)) < 1e-3);
        }
    }
    for (int k = 0; k < OUT; k++)
        for (uint64_t seed = 900; seed < 960; seed++) {
            float r[A + B];
            double t[A + B], n = 0, step = seed & 1 ? .05 : 1;
            bytes_random(r, A + B, seed);
            for (int i = 0; i < A + B; i++)
                t[i] = d[k][i] + step * (double)r[i];
            for (int j = 0; j < k; j++) {
                double s = 0;
                for (int i = 0; i < A + B; i++)
                    s += t[i] * d[j][i];
                for (int i = 0; i < A + B; i++)
                    t[i] -= s * d[j][i];
            }
            for (int i = 0; i < A + B; i++)
                n += t[i] * t[i];
            for (int i = 0; i < A + B; i++)
                t[i] /= sqrt(n);
            assert_true(energy(x, &p, t) <= e[k] * 1.0005);
        }
    fn_projection_free(&start);
    fn_projection_free(&p);
}

/* Mean lengths are those of the embedders, whatever they were scaled by; the matrix does not
 * depend on that. */
static void test_fit_lengths(void **state)
{
    (void)state;
    static float x[FACES * (A + B)], y[FACES * (A + B)];
    struct fn_projection start, p, q;
    struct fn_error err = {0};
    double length = 0;
    make_faces(x);
    random_projection(&start);
    assert_int_equal(fn_projection_fit(x, FACES, &start, &p, &err), 0);
    for (size_t i = 0; i < FACES; i++) {
        double s = 0;
        for (int k = 0; k < A; k++)
            s += (double)x[i * (A + B) + k] * (double)x[i * (A + B) + k];
        length += sqrt(s) / FACES;
    }
    length *= 3.25; /* x was scaled by weight / length = 1 / 3.25 */
    assert_true(fabs((double)p.part[0].length / length - 1) < 1e-5);
    for (size_t i = 0; i < FACES * (A + B); i++)
        y[i] = x[i] * (i % (A + B) < A ? 2.f : .5f);
    start.part[0].length /= 2;
    start.part[1].length *= 2;
    assert_int_equal(fn_projection_fit(y, FACES, &start, &q, &err), 0);
    for (int k = 0; k < 2; k++)
        assert_true(fabs((double)q.part[k].length / (double)p.part[k].length - 1) < 1e-5);
    for (int i = 0; i < (A + B) * OUT; i++)
        assert_true(abs(p.m[i] - q.m[i]) <= 1);
    fn_projection_free(&p);
    fn_projection_free(&q);
    assert_int_equal(fn_projection_fit(x, A + B - 1, &start, &q, &err), FN_EREFUSED);
    fn_projection_free(&q);
    memset(x + 7 * (A + B) + A, 0, B * sizeof *x);
    assert_int_equal(fn_projection_fit(x, FACES, &start, &q, &err), FN_EMODEL);
    fn_projection_free(&q);
    fn_projection_free(&start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),           cmocka_unit_test(test_text_errors),
        cmocka_unit_test(test_own_projection), cmocka_unit_test(test_span),
        cmocka_unit_test(test_joint),          cmocka_unit_test(test_joint_refused),
        cmocka_unit_test(test_wide_rotation),  cmocka_unit_test(test_fit),
        cmocka_unit_test(test_fit_lengths),
    };
    return cmocka_run_group_tests_name("joint embedders", tests, NULL, NULL);
}
