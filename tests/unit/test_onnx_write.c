/* The ONNX writer: what it writes, read by the importer, computes the same. Every operator by its cases, random
 * networks, and a built-in architecture. That ONNX Runtime agrees is measured by scripts, not here. */
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
        const char *name = g->values[g->inputs[i]].name; /* one that nobody reads is left out */
        struct fn_rng r = fn_rng_init(11, fn_hash64(name, strlen(name)));
        float *in = fn_exec_input(x, i, d);
        random_floats(&r, in, (size_t)d[0] * d[1] * d[2] * d[3]);
    }
    assert_int_equal(fn_exec_run(x), 0);
    return x;
}

/* ONNX has every output once. */
static uint32_t output_named(const struct fn_graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->n_outputs; i++)
        if (strcmp(g->values[g->outputs[i]].name, name) == 0)
            return i;
    fail_msg("no output %s", name);
    return 0;
}

/* Largest difference of two networks' outputs, as a share of the largest output. */
static double difference(const struct fn_graph *a, const struct fn_graph *b, uint32_t n)
{
    struct fn_exec *xa = prepare(a, n), *xb = prepare(b, n);
    double worst = 0, top = 1e-3;
    for (uint32_t i = 0; i < a->n_outputs; i++) {
        uint32_t da[4], db[4];
        const float *ya = fn_exec_output(xa, i, da),
                    *yb =
                        fn_exec_output(xb, output_named(b, a->values[a->outputs[i]].name), db);
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

/* Out and in again. */
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
    int r = fn_import_onnx((const uint8_t *)file.data, file.len, *b, ret, err);
    fn_buf_finish(&file);
    return r;
}

static void test_operators(void **state)
{
    (void)state;
    size_t done = 0;
    for (size_t i = 0; i < n_op_cases; i++) {
        struct fn_graph a, b;
        struct fn_graph_builder *ab = op_case_graph(&op_cases[i], &a), *bb;
        struct fn_error err = {0};
        if (round_trip(&a, &bb, &b, &err)) {
            print_message("%s: %s\n", op_cases[i].name, err.text);
        } else {
            double d = difference(&a, &b, op_cases[i].n);
            if (d > 2e-6)
                fail_msg("%s: %g", op_cases[i].name, d);
            done++;
        }
        fn_graph_builder_destroy(ab);
        fn_graph_builder_destroy(bb);
    }
    print_message("%zu of %zu cases\n", done, n_op_cases);
}

static void test_random_nets(void **state)
{
    (void)state;
    size_t done = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct fn_graph a, b;
        struct fn_graph_builder *ab = random_net(seed, &a), *bb;
        struct fn_error err = {0};
        if (round_trip(&a, &bb, &b, &err)) {
            print_message("%llu: %s\n", (unsigned long long)seed, err.text);
        } else {
            double d = difference(&a, &b, 2);
            if (d > 1e-5)
                fail_msg("seed %llu: %g", (unsigned long long)seed, d);
            done++;
        }
        fn_graph_builder_destroy(ab);
        fn_graph_builder_destroy(bb);
    }
    print_message("%zu nets\n", done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_random_nets),
    };
    return cmocka_run_group_tests_name("ONNX writer", tests, NULL, NULL);
}
