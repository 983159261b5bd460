/* SPDX-License-Identifier: MIT */
/* The tape compared with itself using the plain functions of the operator table, on random
 * networks, for every instruction set of this machine; and frozen layers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/kernels/cpu.h"
#include "engine/train/tape.h"
#include "random_net.h"

static const unsigned masks[] = {0, FN_CPU_AVX2, FN_CPU_DETECT};

/* Gradients of all weights for random inputs and seeds. */
static float *gradients(const struct fn_params *p, unsigned mask, bool reference, uint64_t seed)
{
    struct fn_tape *t;
    struct fn_error err = {0};
    struct fn_tape_opts o = {.n = 3, .cpu_flags = mask, .reference = reference};
    if (fn_tape_create(p, &o, &t, &err))
        fail_msg("%s", err.text);
    uint32_t d[4];
    float *grad = calloc(p->size + 1, sizeof *grad), *in = fn_tape_input(t, d);
    struct fn_rng r = fn_rng_init(seed, 1);
    random_floats(&r, in, (size_t)d[0] * d[1] * d[2] * d[3]);
    fn_tape_forward(t);
    for (int round = 0; round < 2; round++) { /* twice: adds up, no other state remains */
        r = fn_rng_init(seed, 2);
        for (uint32_t i = 0; i < p->graph.n_outputs; i++) {
            float *s = fn_tape_seed(t, i);
            fn_tape_output(t, i, d);
            if (s)
                random_floats(&r, s, (size_t)d[0] * d[1] * d[2] * d[3]);
        }
        fn_tape_backward(t, grad);
    }
    fn_tape_destroy(t);
    return grad;
}

static double relative(const float *a, const float *b, size_t n)
{
    double diff = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        diff += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        norm += (double)b[i] * (double)b[i];
    }
    return norm > 0 ? sqrt(diff / norm) : sqrt(diff);
}

/* The gradients of every instruction set compared with those of the plain operators. */
static void check_fast(const struct fn_params *p, uint64_t seed)
{
    float *want = gradients(p, 0, true, seed);
    for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
        float *got = gradients(p, masks[m], false, seed);
        for (size_t i = 0; i < p->n; i++) {
            const struct fn_param *q = &p->list[i];
            double e = relative(got + q->offset, want + q->offset, q->count);
            if (e > 1e-3)
                fail_msg("network %d, kernels %zu: gradient of '%s' is off by %g", (int)seed, m,
                         p->graph.values[q->value].name, e);
        }
        free(got);
    }
    free(want);
}

static void test_fast_is_plain(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        struct fn_params p;
        assert_int_equal(fn_params_init(&p, &g, NULL), 0);
        check_fast(&p, seed);
        fn_params_finish(&p);
        fn_graph_builder_destroy(b);
    }
}

static uint32_t random_conv(struct fn_graph_builder *b, struct fn_rng *r, const char *name,
                            uint32_t x, uint32_t c, uint32_t oc, const struct fn_attr *a)
{
    float w[9 * 16 * 16], bias[16];
    char of[2][16];
    random_floats(r, w, (size_t)oc * a->kh * a->kw * c);
    random_floats(r, bias, oc);
    snprintf(of[0], sizeof of[0], "%s.w", name);
    snprintf(of[1], sizeof of[1], "%s.b", name);
    uint32_t weight = fn_graph_add_weight(b, of[0], (uint32_t[]){oc, a->kh, a->kw, c}, w);
    uint32_t shift = fn_graph_add_weight(b, of[1], (uint32_t[]){oc, 1, 1, 1}, bias);
    return fn_graph_add_conv(b, name, x, weight, shift, a, FN_ACT_RELU, FN_NONE);
}

/* Maps with more pixels than a block, an incomplete last block, strides, and windows beyond the
 * edge. */
static void test_many_blocks(void **state)
{
    (void)state;
    static const struct fn_attr pointwise = {
        .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1, .dil_h = 1, .dil_w = 1, .groups = 1};
    for (uint32_t stride = 1; stride <= 3; stride++)
        for (uint32_t dil = 1; dil <= 2; dil++) {
            struct fn_graph g;
            struct fn_params p;
            struct fn_rng r = fn_rng_init(stride, dil);
            struct fn_graph_builder *b = fn_graph_builder_create();
            const struct fn_attr a = {.kh = 3,
                                      .kw = 3,
                                      .stride_h = stride,
                                      .stride_w = stride,
                                      .dil_h = dil,
                                      .dil_w = dil,
                                      .pad = {1, 2, 1, 0},
                                      .groups = 1};
            uint32_t x = fn_graph_add_input(b, "in", 3, 21 * stride, 20 * stride + 4);
            x = random_conv(b, &r, "first", x, 3, 6, &pointwise);
            x = random_conv(b, &r, "second", x, 6, 9, &a);
            fn_graph_mark_output(b, x);
            assert_int_equal(fn_graph_builder_finish(b, &g, NULL), 0);
            assert_int_equal(fn_params_init(&p, &g, NULL), 0);
            check_fast(&p, 100 * stride + dil);
            fn_params_finish(&p);
            fn_graph_builder_destroy(b);
        }
}

static void test_frozen(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        struct fn_params p;
        assert_int_equal(fn_params_init(&p, &g, NULL), 0);
        float *all = gradients(&p, FN_CPU_DETECT, false, seed);
        for (size_t i = 0; i < p.n; i++)
            p.list[i].frozen = i < p.n / 2;
        float *some = gradients(&p, FN_CPU_DETECT, false, seed);
        for (size_t i = 0; i < p.n; i++)
            for (size_t k = 0; k < p.list[i].count; k++) {
                float want = p.list[i].frozen ? 0 : all[p.list[i].offset + k];
                assert_true(some[p.list[i].offset + k] == want);
            }
        free(all);
        free(some);
        fn_params_finish(&p);
        fn_graph_builder_destroy(b);
    }
}

static void test_refresh(void **state)
{
    (void)state;
    struct fn_graph g;
    struct fn_graph_builder *b = random_net(7, &g);
    struct fn_params p;
    struct fn_tape *t;
    assert_int_equal(fn_params_init(&p, &g, NULL), 0);
    struct fn_tape_opts o = {.n = 3, .cpu_flags = FN_CPU_DETECT};
    assert_int_equal(fn_tape_create(&p, &o, &t, NULL), 0);
    for (size_t i = 0; i < p.n; i++)
        for (size_t k = 0; k < p.list[i].count; k++)
            p.w[p.list[i].offset + k] *= 1.25f;
    fn_tape_refresh(t);
    uint32_t d[4];
    float *want = gradients(&p, FN_CPU_DETECT, false, 3), *in = fn_tape_input(t, d);
    float *got = calloc(p.size + 1, sizeof *got);
    struct fn_rng r = fn_rng_init(3, 1);
    random_floats(&r, in, (size_t)d[0] * d[1] * d[2] * d[3]);
    fn_tape_forward(t);
    for (int round = 0; round < 2; round++) {
        r = fn_rng_init(3, 2);
        for (uint32_t i = 0; i < p.graph.n_outputs; i++) {
            float *s = fn_tape_seed(t, i);
            fn_tape_output(t, i, d);
            if (s)
                random_floats(&r, s, (size_t)d[0] * d[1] * d[2] * d[3]);
        }
        fn_tape_backward(t, got);
    }
    assert_memory_equal(got, want, p.size * sizeof *got);
    free(want);
    free(got);
    fn_tape_destroy(t);
    fn_params_finish(&p);
    fn_graph_builder_destroy(b);
}

static void test_parameters(void **state)
{
    (void)state;
    struct fn_graph g;
    struct fn_graph_builder *b = random_net(5, &g);
    struct fn_params p, q;
    struct fn_error err = {0};
    assert_int_equal(fn_params_init(&p, &g, NULL), 0);
    assert_int_equal(fn_params_init(&q, &g, NULL), 0);
    struct fn_h128 a = fn_params_layout(&p), c = fn_params_layout(&q);
    assert_memory_equal(&a, &c, sizeof a);
    a = fn_params_hash(&p);
    q.w[q.list[q.n - 1].offset] += 1;
    c = fn_params_hash(&q);
    assert_memory_not_equal(&a, &c, sizeof a);
    size_t n = 0;
    for (uint32_t i = 0; i < g.n_values; i++)
        if (g.values[i].kind == FN_VALUE_WEIGHT)
            n += (size_t)g.values[i].dims[0] * g.values[i].dims[1] * g.values[i].dims[2] *
                 g.values[i].dims[3];
    assert_int_equal(fn_params_count(&p, false), n);
    assert_int_equal(fn_params_freeze_before(&p, "no such layer", &err), FN_ENOTFOUND);
    assert_non_null(strstr(err.text, "no such layer"));
    assert_int_equal(fn_params_freeze_before(&p, g.nodes[g.n_nodes - 1].name, &err), 0);
    assert_true(fn_params_count(&p, true) < n);
    fn_params_finish(&p);
    fn_params_finish(&q);
    fn_graph_builder_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_is_plain), cmocka_unit_test(test_many_blocks),
        cmocka_unit_test(test_frozen),        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
