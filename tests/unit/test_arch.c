/* SPDX-License-Identifier: MIT */
/* Built-in architectures compared with the tables of FaceNet (CVPR 2015): every parameter count
 * exactly (the paper prints them rounded), sizes, multiply-adds; and the distribution of the
 * initial weights. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/arch.h"
#include "engine/model/layer_table.h"

struct net {
    struct fn_graph_builder *builder;
    struct fn_graph graph;
    struct fn_layer_table table;
};

/* Counts only. */
static void net_shapes(struct net *n, const char *name)
{
    struct fn_error err = {0};
    if (fn_arch_shapes(fn_arch_find(name), 0, &n->builder, &n->graph, &err) ||
        fn_layer_table_init(&n->table, &n->graph, 0, 0, &err))
        fail_msg("%s: %s", name, err.text);
}

static void net_open(struct net *n, const char *name, uint32_t dim, uint64_t seed)
{
    struct fn_error err = {0};
    const struct fn_arch *a = fn_arch_find(name);
    assert_non_null(a);
    if (fn_arch_build(a, dim, seed, &n->builder, &n->graph, &err) ||
        fn_layer_table_init(&n->table, &n->graph, 0, 0, &err))
        fail_msg("%s: %s", name, err.text);
}

static void net_close(struct net *n)
{
    fn_layer_table_finish(&n->table);
    fn_graph_builder_destroy(n->builder);
}

/* A layer of the paper: all rows with this name, or "NAME/...". h 0: any size. */
struct expected {
    const char *name;
    uint32_t h, c;
    uint64_t params;
};

static bool belongs(const char *row, const char *name)
{
    size_t n = strlen(name);
    return strncmp(row, name, n) == 0 && (row[n] == 0 || row[n] == '/');
}

static void expect_layers(const struct net *n, const struct expected *e, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t params = 0;
        const struct fn_layer *last = NULL;
        for (size_t k = 0; k < n->table.n_layers; k++) {
            const struct fn_layer *l = &n->table.layer[k];
            if (belongs(l->node->name, e[i].name)) {
                params += l->params;
                last = l;
            }
        }
        if (!last || params != e[i].params || last->out[1] != e[i].c ||
            last->out[2] != e[i].h || last->out[3] != e[i].h)
            fail_msg("%s: %llu parameters, %u x %u", e[i].name, (unsigned long long)params,
                     last ? last->out[2] : 0, last ? last->out[1] : 0);
    }
}

/* Table 1; multiply-adds in M as printed there. */
static void test_nn1(void **state)
{
    (void)state;
    static const struct expected e[] = {
        {"conv1", 110, 64, 9472},   {"pool1", 55, 64, 0},        {"rnorm1", 55, 64, 0},
        {"conv2a", 55, 64, 4160},   {"conv2", 55, 192, 110784},  {"rnorm2", 55, 192, 0},
        {"pool2", 28, 192, 0},      {"conv3a", 28, 192, 37056},  {"conv3", 28, 384, 663936},
        {"pool3", 14, 384, 0},      {"conv4a", 14, 384, 147840}, {"conv4", 14, 256, 884992},
        {"conv5a", 14, 256, 65792}, {"conv5", 14, 256, 590080},  {"conv6a", 14, 256, 65792},
        {"conv6", 14, 256, 590080}, {"pool4", 7, 256, 0},        {"fc1", 1, 8192, 102768640},
        {"fc1.max", 1, 4096, 0},    {"fc2", 1, 8192, 33562624},  {"fc2.max", 1, 4096, 0},
        {"fc7128", 1, 128, 524416}, {"embedding", 1, 128, 0},
    };
    static const struct {
        const char *name;
        double millions, half; /* half a unit of the last printed digit */
    } macs[] = {
        {"conv1", 115, .5}, {"conv2a", 13, .5},  {"conv2", 335, .5}, {"conv3a", 29, .5},
        {"conv3", 521, .5}, {"conv4a", 29, .5},  {"conv4", 173, .5}, {"conv5a", 13, .5},
        {"conv5", 116, .5}, {"conv6a", 13, .5},  {"conv6", 116, .5}, {"fc1", 103, .5},
        {"fc2", 34, .5},    {"fc7128", .5, .05},
    };
    struct net n;
    net_shapes(&n, "nn1");
    expect_layers(&n, e, sizeof e / sizeof *e);
    assert_true(n.table.params == 140025664);
    assert_true(n.table.macs == 1608287104);
    size_t found = 0;
    for (size_t i = 0; i < sizeof macs / sizeof *macs; i++)
        for (size_t k = 0; k < n.table.n_layers; k++)
            if (strcmp(n.table.layer[k].node->name, macs[i].name) == 0) {
                double m = (double)n.table.layer[k].macs / 1e6;
                assert_true(fabs(m - macs[i].millions) <= macs[i].half);
                found++;
            }
    assert_int_equal(found, sizeof macs / sizeof *macs);
    assert_string_equal(n.graph.values[n.graph.outputs[1]].name, "fc2.max");
    net_close(&n);
}

/* Table 2. */
static void test_nn2(void **state)
{
    (void)state;
    static const struct expected e[] = {
        {"conv1", 112, 64, 9472}, {"pool1", 56, 64, 0},    {"norm1", 56, 64, 0},
        {"2", 56, 192, 114944},   {"norm2", 56, 192, 0},   {"pool2", 28, 192, 0},
        {"3a", 28, 256, 163696},  {"3b", 28, 320, 227776}, {"3c", 14, 640, 397792},
        {"4a", 14, 640, 545536},  {"4b", 14, 640, 595216}, {"4c", 14, 640, 654112},
        {"4d", 14, 640, 722224},  {"4e", 7, 1024, 717408}, {"5a", 7, 1024, 1588464},
        {"5b", 7, 1024, 1588464}, {"pool", 1, 1024, 0},    {"fc", 1, 128, 131200},
        {"embedding", 1, 128, 0},
    };
    struct net n;
    net_open(&n, "nn2", 0, 1);
    expect_layers(&n, e, sizeof e / sizeof *e);
    assert_true(n.table.params == 7456304);
    assert_true(n.table.macs == 1599771872);
    net_close(&n);
}

/* NN3 is NN2 at 160. NN4 has its two numbers, 6.6 M and 285 M, and the table that follows from
 * them. */
static void test_nn3_nn4(void **state)
{
    (void)state;
    static const struct expected four[] = {
        {"conv1", 48, 64, 9472}, {"3b", 12, 320, 227776}, {"3c", 6, 640, 397792},
        {"4d", 6, 640, 722224},  {"4e", 3, 896, 471456},  {"5a", 3, 896, 1295424},
        {"5b", 3, 896, 1295424}, {"fc", 1, 128, 114816},
    };
    struct net n;
    net_open(&n, "nn3", 0, 1);
    assert_true(n.table.params == 7456304);
    assert_true(n.table.macs == 816274400);
    net_close(&n);
    net_open(&n, "nn4", 0, 1);
    expect_layers(&n, four, sizeof four / sizeof *four);
    assert_true(n.table.params == 6607888);
    assert_true(fabs((double)n.table.macs / 1e6 - 285.33) < 0.005);
    net_close(&n);
}

/* Our own tables keep the published budgets. */
static void test_small(void **state)
{
    (void)state;
    struct net n;
    net_shapes(&n, "nns1-like");
    assert_int_equal(llround((double)n.table.params / 1e6), 26);
    assert_true(fabs((double)n.table.macs / 1e6 - 220) < 5);
    net_close(&n);
    net_open(&n, "nns2-like", 0, 1);
    assert_true(n.table.params <= 4300000);
    assert_true(fabs((double)n.table.macs / 1e6 - 20) < .5);
    net_close(&n);
}

/* Memory as training uses it: outputs, with activations in place. NN2: conv 21.8 MB and so on;
 * the first is computed by hand. */
static void test_table(void **state)
{
    (void)state;
    struct net n;
    char kernel[48];
    net_open(&n, "nn2", 0, 1);
    const struct fn_layer *l = &n.table.layer[0];
    assert_string_equal(l->node->name, "conv1");
    assert_string_equal(fn_layer_op_name(l->node), "conv");
    assert_string_equal(fn_layer_act_name(l->act), "relu");
    assert_string_equal(fn_layer_kernel(l->node, kernel), "7x7/2");
    assert_true(l->bytes == 112ull * 112 * 64 * 4);
    assert_true(l->macs == 112ull * 112 * 9472);
    uint64_t sum = 0;
    for (size_t i = 0; i < n.table.n_layers; i++) {
        sum += n.table.layer[i].bytes;
        assert_true(n.table.layer[i].node->op != FN_OP_ACT);
    }
    assert_true(sum == n.table.bytes);
    net_close(&n);
}

static const float *weights(const struct net *n, const char *name, size_t *count)
{
    uint32_t v = fn_graph_find_value(&n->graph, name);
    assert_int_not_equal(v, FN_NONE);
    const uint32_t *d = n->graph.values[v].dims;
    *count = (size_t)d[0] * d[1] * d[2] * d[3];
    return n->graph.values[v].data;
}

static void test_weights(void **state)
{
    (void)state;
    struct net n, same, other;
    size_t k, m;
    net_open(&n, "nn4", 0, 7);
    net_open(&same, "nn4", 0, 7);
    net_open(&other, "nn4", 0, 8);
    const float *w = weights(&n, "5a/3x3.weight", &k), *v;
    double sum = 0, square = 0, top = 0;
    for (size_t i = 0; i < k; i++) {
        sum += (double)w[i];
        square += (double)w[i] * (double)w[i];
        top = fmax(top, fabs((double)w[i]));
    }
    double variance = 2.0 / (3 * 3 * 192);
    /* 663,552 numbers: both within 5 standard errors */
    assert_true(fabs(sum / (double)k) < 5 * sqrt(variance / (double)k));
    assert_true(fabs(square / (double)k / variance - 1) < 5 * sqrt(2.0 / (double)k));
    assert_true(top > 4 * sqrt(variance) && top < 6 * sqrt(variance));
    v = weights(&same, "5a/3x3.weight", &m);
    assert_memory_equal(w, v, k * sizeof *w);
    v = weights(&other, "5a/3x3.weight", &m);
    assert_memory_not_equal(w, v, k * sizeof *w);
    /* streams differ: two layers of one shape have different initial weights */
    w = weights(&n, "4a/5x5.weight", &k);
    v = weights(&n, "4b/5x5.weight", &m);
    assert_int_equal(k, m);
    assert_memory_not_equal(w, v, k * sizeof *w);
    w = weights(&n, "5a/3x3.bias", &k);
    for (size_t i = 0; i < k; i++)
        assert_true(w[i] == 0);
    net_close(&n);
    net_close(&same);
    net_close(&other);
}

/* The generator is part of the meaning of a seed: these numbers never change. */
static void test_weights_pinned(void **state)
{
    (void)state;
    struct net n;
    size_t k;
    net_open(&n, "nns2-like", 0, 1);
    const float *w = weights(&n, "conv1.weight", &k);
    uint64_t hash = 0;
    for (size_t i = 0; i < k; i++) {
        uint32_t u;
        memcpy(&u, &w[i], sizeof u);
        hash = fn_mix64(hash ^ u);
    }
    assert_true(hash == 0x6a11c304a91053d0u);
    net_close(&n);
}

static void run(const struct net *n, uint64_t seed, float *embedding, size_t dim)
{
    struct fn_exec_opts o = {.cpu_flags = FN_CPU_DETECT};
    struct fn_error err = {0};
    struct fn_exec *x;
    uint32_t d[4];
    if (fn_exec_create(&n->graph, &o, &x, &err))
        fail_msg("%s", err.text);
    float *in = fn_exec_input(x, 0, d);
    struct fn_rng r = fn_rng_init(seed, 0);
    for (size_t i = 0; i < (size_t)d[1] * d[2] * d[3]; i++)
        in[i] = (float)(2 * fn_rng_uniform(&r) - 1);
    assert_int_equal(fn_exec_run(x), 0);
    const float *out = fn_exec_output(x, 0, d);
    assert_true(d[1] == dim && d[2] == 1 && d[3] == 1);
    memcpy(embedding, out, dim * sizeof *out);
    (void)fn_exec_output(x, 1, d);
    assert_true(d[2] == 1 && d[3] == 1);
    fn_exec_destroy(x);
}

static void test_runs(void **state)
{
    (void)state;
    static const char *const names[] = {"nn4", "nns2-like", "nns1-like"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct net n;
        float a[64], b[64];
        double norm = 0, apart = 0;
        net_open(&n, names[i], 64, 3);
        run(&n, 1, a, 64);
        run(&n, 2, b, 64);
        for (int k = 0; k < 64; k++) {
            norm += (double)a[k] * (double)a[k];
            apart += ((double)a[k] - (double)b[k]) * ((double)a[k] - (double)b[k]);
        }
        assert_float_equal(norm, 1, 1e-5);
        assert_true(apart > 1e-6);
        net_close(&n);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct fn_graph_builder *b = NULL;
    struct fn_graph g;
    struct fn_error err = {0};
    assert_null(fn_arch_find("nn5"));
    assert_null(fn_arch_find(""));
    for (size_t i = 0; i < fn_arch_count(); i++)
        assert_ptr_equal(fn_arch_find(fn_arch_at(i)->name), fn_arch_at(i));
    assert_int_equal(fn_arch_build(fn_arch_find("nn4"), FN_ARCH_DIM_MAX + 1, 1, &b, &g, &err),
                     FN_EUSAGE);
    assert_null(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nn1),
        cmocka_unit_test(test_nn2),
        cmocka_unit_test(test_nn3_nn4),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_weights_pinned),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("architectures", tests, NULL, NULL);
}
