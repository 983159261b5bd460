/* SPDX-License-Identifier: MIT */
/* The ONNX writer: the importer reads what it writes, and the network computes the same. Every
 * operator by its cases, random networks, and a built-in architecture. Also the other contents
 * of the file. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/hash.h"
#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/arch.h"
#include "engine/model/import.h"
#include "engine/model/onnx_write.h"
#include "engine/model/protobuf.h"
#include "tests/unit/op_cases.h"
#include "tests/unit/random_net.h"

static struct fn_exec *prepare(const struct fn_graph *g, uint32_t n)
{
    struct fn_exec_opts o = {.n = n, .cpu_flags = FN_CPU_DETECT};
    struct fn_error err = {0};
    struct fn_exec *x = NULL;
    if (fn_exec_create(g, &o, &x, &err))
        fail_msg("%s", err.text);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        uint32_t d[4];
        const char *name = g->values[g->inputs[i]].name; /* an unused one is left out */
        struct fn_rng r = fn_rng_init(11, fn_hash64(name, strlen(name)));
        float *in = fn_exec_input(x, i, d);
        random_floats(&r, in, (size_t)d[0] * d[1] * d[2] * d[3]);
    }
    assert_int_equal(fn_exec_run(x), 0);
    return x;
}

/* ONNX has every output once. Returns the position of output i of g there. */
static uint32_t output_place(const struct fn_graph *g, uint32_t i)
{
    uint32_t place = 0;
    for (uint32_t k = 0; g->outputs[k] != g->outputs[i]; k++) {
        bool again = false;
        for (uint32_t j = 0; j < k; j++)
            again |= g->outputs[j] == g->outputs[k];
        place += !again;
    }
    return place;
}

/* Largest difference of the outputs of two networks, as a share of the largest output. */
static double difference(const struct fn_graph *a, const struct fn_graph *b, uint32_t n)
{
    struct fn_exec *xa = prepare(a, n), *xb = prepare(b, n);
    double worst = 0, top = 1e-3;
    for (uint32_t i = 0; i < a->n_outputs; i++) {
        uint32_t da[4], db[4];
        const float *ya = fn_exec_output(xa, i, da),
                    *yb = fn_exec_output(xb, output_place(a, i), db);
        assert_memory_equal(da, db, sizeof da);
        for (size_t k = 0; k < (size_t)da[0] * da[1] * da[2] * da[3]; k++) {
            worst = fmax(worst, fabs((double)ya[k] - (double)yb[k]));
            top = fmax(top, fabs((double)ya[k]));
        }
    }
    fn_exec_destroy(xa);
    fn_exec_destroy(xb);
    return worst / top;
}

/* Exports and imports again. */
static int round_trip(const struct fn_graph *g, struct fn_graph_builder **b,
                      struct fn_graph *ret, struct fn_error *err)
{
    struct fn_model m = {.graph = *g};
    struct fn_buf file;
    fn_buf_init(&file, FN_ONNX_MAX);
    if (fn_export_onnx(&m, &file, err))
        fail_msg("%s", err->text);
    *b = fn_graph_builder_create();
    assert_non_null(*b);
    int rc = fn_import_onnx((const uint8_t *)file.data, file.len, *b, ret, err);
    fn_buf_finish(&file);
    return rc;
}

/* Export and import do not change the results. bound: as a share of the largest, because sums
 * may be computed in another order. */
static void expect_same(const char *name, const struct fn_graph *a, uint32_t n, double bound)
{
    struct fn_graph b;
    struct fn_graph_builder *bb;
    struct fn_error err = {0};
    if (round_trip(a, &bb, &b, &err))
        fail_msg("%s: %s", name, err.text);
    double d = difference(a, &b, n);
    if (!(d <= bound))
        fail_msg("%s: %g", name, d);
    fn_graph_builder_destroy(bb);
}

/* A graph of identities only has no operator after import. */
static bool is_identity(const struct op_case *c)
{
    return c->op == FN_OP_ACT && c->attr.act == FN_ACT_NONE;
}

static void test_operators(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_op_cases; i++) {
        struct fn_graph g;
        struct fn_graph_builder *b = op_case_graph(&op_cases[i], &g);
        if (!is_identity(&op_cases[i]))
            expect_same(op_cases[i].name, &g, op_cases[i].n, 2e-6);
        fn_graph_builder_destroy(b);
    }
}

static void test_random_nets(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        char name[32];
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        (void)snprintf(name, sizeof name, "seed %llu", (unsigned long long)seed);
        expect_same(name, &g, 2, 1e-5);
        fn_graph_builder_destroy(b);
    }
}

/* Built-in networks are imported with the same operators, not with the small ones into which
 * they were decomposed. */
static void test_architectures(void **state)
{
    (void)state;
    static const char *const names[] = {"nn4", "nns2-like"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct fn_graph g, back;
        struct fn_graph_builder *b, *bb;
        struct fn_error err = {0};
        if (fn_arch_build(fn_arch_find(names[i]), 0, 1, &b, &g, &err) ||
            round_trip(&g, &bb, &back, &err))
            fail_msg("%s", err.text);
        assert_int_equal(back.n_nodes, g.n_nodes);
        for (uint32_t k = 0; k < g.n_nodes; k++)
            assert_int_equal(back.nodes[k].op, g.nodes[k].op);
        assert_true(difference(&g, &back, 1) < 1e-6);
        fn_graph_builder_destroy(b);
        fn_graph_builder_destroy(bb);
    }
}

/* Two pieces of maxout over a map, as in NN1, which is too large to export here. */
static void test_maxout(void **state)
{
    (void)state;
    struct fn_graph_builder *b = fn_graph_builder_create();
    struct fn_graph g;
    struct fn_error err = {0};
    struct fn_attr a = {.size = 2};
    uint32_t x = fn_graph_add_input(b, "x", 6, 3, 4);
    fn_graph_mark_output(b, fn_graph_add_node(b, "y", FN_OP_MAXOUT, &x, 1, &a));
    assert_int_equal(fn_graph_builder_finish(b, &g, &err), 0);
    expect_same("maxout", &g, 3, 0);
    fn_graph_builder_destroy(b);
}

/* ---- the file itself ---- */

static struct fn_pb field_of(struct fn_pb b, uint32_t number)
{
    struct fn_pb_field f;
    while (fn_pb_next(&b, &f) > 0)
        if (fn_pb_is(&f, number, FN_PB_LEN))
            return f.sub;
    fail_msg("no field %u", number);
    return b;
}

static bool text_is(struct fn_pb s, const char *t)
{
    return fn_pb_size(&s) == strlen(t) && memcmp(s.p, t, strlen(t)) == 0;
}

/* What other programs depend on: the operator set, an open batch, the shape of the input. */
static void test_file(void **state)
{
    (void)state;
    struct fn_model m = {.role = FN_ROLE_EMBEDDER,
                         .pre = {.mean = {127.5f, 127.5f, 127.5f}, .scale = {.5f, .5f, .25f}}};
    struct fn_graph_builder *b;
    struct fn_error err = {0};
    struct fn_buf file;
    struct fn_pb_field f;
    bool mean = false, scale = false;
    assert_int_equal(fn_arch_build(fn_arch_find("nns2-like"), 0, 1, &b, &m.graph, &err), 0);
    fn_buf_init(&file, FN_ONNX_MAX);
    assert_int_equal(fn_export_onnx(&m, &file, &err), 0);
    struct fn_pb model = fn_pb_open((const uint8_t *)file.data, file.len),
                 p = field_of(model, 8);
    assert_true(fn_pb_next(&p, &f) == 1 && f.number == 2 && f.v == 13);
    /* graph.input.type.tensor_type.shape.dim[0].dim_param */
    static const uint32_t way[] = {7, 11, 2, 1, 2, 1, 2};
    p = model;
    for (size_t i = 0; i < sizeof way / sizeof *way; i++)
        p = field_of(p, way[i]);
    assert_true(text_is(p, "batch"));
    while (fn_pb_next(&model, &f) > 0) {
        if (f.number != 14)
            continue;
        struct fn_pb key = field_of(f.sub, 1), value = field_of(f.sub, 2);
        mean |= text_is(key, "mean") && text_is(value, "127.5 127.5 127.5");
        scale |= text_is(key, "scale") && text_is(value, "0.5 0.5 0.25");
    }
    assert_true(mean && scale);
    fn_buf_finish(&file);
    fn_graph_builder_destroy(b);
}

/* A buffer that is too small is unchanged. A size that does not fit is reported. */
static void test_refused(void **state)
{
    (void)state;
    struct fn_model m = {0};
    struct fn_graph_builder *b;
    struct fn_error err = {0};
    struct fn_buf file;
    assert_int_equal(fn_arch_build(fn_arch_find("nns2-like"), 0, 1, &b, &m.graph, &err), 0);
    fn_buf_init(&file, 1000000);
    fn_buf_str(&file, "before");
    assert_int_equal(fn_export_onnx(&m, &file, &err), FN_ELIMIT);
    assert_int_equal(file.len, strlen("before"));
    fn_buf_finish(&file);
    fn_buf_init(&file, FN_ONNX_MAX);
    m.pre.height = m.pre.width = 16; /* the last map is smaller than its window */
    assert_int_equal(fn_export_onnx(&m, &file, &err), FN_ESHAPE);
    assert_int_equal(file.len, 0);
    fn_buf_finish(&file);
    fn_graph_builder_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators),     cmocka_unit_test(test_random_nets),
        cmocka_unit_test(test_architectures), cmocka_unit_test(test_maxout),
        cmocka_unit_test(test_file),          cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("ONNX writer", tests, NULL, NULL);
}
