/* SPDX-License-Identifier: MIT */
/* A batch in chunks: equal to the whole batch, bit-identical for any number of threads, and no
 * state remains between pictures. */
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
#include "engine/train/batch.h"
#include "engine/train/triplet.h"

enum { SIDE = 20, DIM = 8, N = 22 };

static const struct fn_preprocess pre = {.mean = {127.5f, 127.5f, 127.5f},
                                         .scale = {1 / 128.f, 1 / 128.f, 1 / 128.f}};

static uint32_t weight(struct fn_graph_builder *b, const char *name, uint32_t o, uint32_t k,
                       uint32_t i)
{
    size_t n = (size_t)o * k * k * i;
    float *w = calloc(n, sizeof *w);
    struct fn_rng r = fn_rng_init(o * 100 + i, k);
    for (size_t j = 0; j < n; j++)
        w[j] = (float)(fn_rng_uniform(&r) - .5) * 2 * sqrtf(3.f / (float)(k * k * i));
    uint32_t v = fn_graph_add_weight(b, name, (uint32_t[]){o, k, k, i}, w);
    free(w);
    return v;
}

static uint32_t conv(struct fn_graph_builder *b, const char *name, uint32_t x, uint32_t o,
                     uint32_t k, uint32_t i, uint32_t stride, enum fn_act act)
{
    char bias_name[64], weight_name[64];
    float zeros[64] = {0};
    (void)snprintf(weight_name, sizeof weight_name, "%s.w", name);
    (void)snprintf(bias_name, sizeof bias_name, "%s.b", name);
    struct fn_attr a = {
        .kh = k, .kw = k, .stride_h = stride, .stride_w = stride, .pad_mode = FN_PAD_SAME};
    uint32_t w = weight(b, weight_name, o, k, i);
    uint32_t bias = fn_graph_add_weight(b, bias_name, (uint32_t[]){o, 1, 1, 1}, zeros);
    return fn_graph_add_conv(b, name, x, w, bias, &a, act, FN_NONE);
}

/* Two convolutions, two branches, a concatenation, a global pool, a linear layer,
 * normalisation. */
static struct fn_graph_builder *small_net(struct fn_graph *g, bool normalised)
{
    struct fn_graph_builder *b = fn_graph_builder_create();
    uint32_t x = fn_graph_add_input(b, "x", 3, SIDE, SIDE);
    x = conv(b, "one", x, 12, 5, 3, 2, FN_ACT_RELU);
    uint32_t l = conv(b, "left", x, 16, 1, 12, 1, FN_ACT_RELU);
    uint32_t r = conv(b, "right", x, 20, 3, 12, 1, FN_ACT_RELU);
    x = fn_graph_add_node(b, "both", FN_OP_CONCAT, (uint32_t[]){l, r}, 2, NULL);
    x = fn_graph_add_node(b, "pool", FN_OP_AVGPOOL, &x, 1,
                          &(struct fn_attr){.stride_h = 1, .stride_w = 1});
    x = conv(b, "linear", x, DIM, 1, 36, 1, FN_ACT_NONE);
    if (normalised)
        x = fn_graph_add_node(b, "embedding", FN_OP_L2NORM, &x, 1,
                              &(struct fn_attr){.eps = 1e-10f});
    fn_graph_mark_output(b, x);
    struct fn_error err = {0};
    if (fn_graph_builder_finish(b, g, &err))
        fail_msg("%s", err.text);
    return b;
}

struct result {
    float f[N * DIM], *grad;
    float differs;
    double loss;
};

static struct result one_step(struct fn_params *p, uint32_t chunk, uint32_t lanes,
                              unsigned threads)
{
    struct result r = {.grad = calloc(p->size, sizeof(float))};
    struct fn_batch_net *b;
    struct fn_error err = {0};
    struct fn_batch_opts o = {
        .chunk = chunk, .lanes = lanes, .threads = threads, .cpu_flags = FN_CPU_DETECT};
    if (fn_batch_create(p, &pre, &o, &b, &err))
        fail_msg("%s", err.text);
    uint8_t *chips = malloc((size_t)N * SIDE * SIDE * 3);
    uint32_t person[N];
    for (size_t i = 0; i < (size_t)N * SIDE * SIDE * 3; i++)
        chips[i] = (uint8_t)(fn_mix64(i) >> 7);
    for (uint32_t i = 0; i < N; i++)
        person[i] = i / 4;
    fn_batch_embed(b, chips, N, r.f);
    struct fn_triplets t = {0};
    struct fn_batch_stats s;
    float df[N * DIM];
    struct fn_select_opts so = {.selection = FN_SELECT_BATCH_HARD, .margin = .2f};
    assert_int_equal(fn_triplet_select(r.f, person, N, DIM, &so, &t, &s), 0);
    assert_int_equal(fn_triplet_loss(r.f, N, DIM, &t, .2f, df, &s), 0);
    r.loss = s.loss;
    r.differs = fn_batch_backward(b, chips, N, df, r.f, r.grad);
    fn_triplets_finish(&t);
    free(chips);
    fn_batch_destroy(b);
    return r;
}

static double relative(const float *a, const float *b, size_t n)
{
    double diff = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        diff += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        norm += (double)b[i] * (double)b[i];
    }
    assert_true(norm > 0);
    return sqrt(diff / norm);
}

static void test_chunks_are_the_batch(void **state)
{
    (void)state;
    struct fn_graph g;
    struct fn_graph_builder *b = small_net(&g, true);
    struct fn_params p;
    assert_int_equal(fn_params_init(&p, &g, NULL), 0);
    struct result whole = one_step(&p, N, 1, 1);
    static const uint32_t chunks[] = {1, 3, 5, 8, 32};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        struct result r = one_step(&p, chunks[i], 3, 2);
        assert_true(r.differs == 0);
        assert_memory_equal(r.f, whole.f,
                            sizeof r.f); /* a vector does not depend on its chunk */
        double e = relative(r.grad, whole.grad, p.size);
        if (e >= 1e-6)
            fail_msg("chunks of %u: off by %g", chunks[i], e);
        free(r.grad);
    }
    free(whole.grad);
    fn_params_finish(&p);
    fn_graph_builder_destroy(b);
}

static void test_threads_give_the_same_bits(void **state)
{
    (void)state;
    struct fn_graph g;
    struct fn_graph_builder *b = small_net(&g, true);
    struct fn_params p;
    assert_int_equal(fn_params_init(&p, &g, NULL), 0);
    struct result one = one_step(&p, 4, 4, 1);
    for (unsigned threads = 2; threads <= 5; threads++) {
        struct result r = one_step(&p, 4, 4, threads);
        assert_memory_equal(r.f, one.f, sizeof r.f);
        assert_memory_equal(r.grad, one.grad, p.size * sizeof *r.grad);
        free(r.grad);
    }
    free(one.grad);
    fn_params_finish(&p);
    fn_graph_builder_destroy(b);
}

/* A network that ends before the normalisation is trained as if it had one. */
static void test_raw_output(void **state)
{
    (void)state;
    struct fn_graph g, raw;
    struct fn_graph_builder *b = small_net(&g, true), *c = small_net(&raw, false);
    struct fn_params p, q;
    assert_int_equal(fn_params_init(&p, &g, NULL), 0);
    assert_int_equal(fn_params_init(&q, &raw, NULL), 0);
    struct result want = one_step(&p, 5, 2, 1), got = one_step(&q, 5, 2, 1);
    assert_true(got.differs == 0);
    assert_int_equal(p.size, q.size);
    assert_true(relative(got.f, want.f, N * DIM) < 1e-6);
    assert_true(relative(got.grad, want.grad, p.size) < 1e-5);
    free(want.grad);
    free(got.grad);
    fn_params_finish(&p);
    fn_params_finish(&q);
    fn_graph_builder_destroy(b);
    fn_graph_builder_destroy(c);
}

static void test_refusals(void **state)
{
    (void)state;
    struct fn_graph g;
    struct fn_graph_builder *b = small_net(&g, true);
    struct fn_params p;
    struct fn_batch_net *net;
    struct fn_error err = {0};
    assert_int_equal(fn_params_init(&p, &g, NULL), 0);
    for (size_t i = 0; i < p.n; i++)
        p.list[i].frozen = true;
    struct fn_batch_opts o = {.chunk = 2, .cpu_flags = FN_CPU_DETECT};
    assert_int_equal(fn_batch_create(&p, &pre, &o, &net, &err), FN_EREFUSED);
    assert_non_null(strstr(err.text, "frozen"));
    fn_params_finish(&p);
    fn_graph_builder_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks_are_the_batch),
        cmocka_unit_test(test_threads_give_the_same_bits),
        cmocka_unit_test(test_raw_output),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
