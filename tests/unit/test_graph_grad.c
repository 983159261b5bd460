/* SPDX-License-Identifier: MIT */
/* Gradients compared with difference quotients: each operator in double and float, random
 * networks in double. Other promises of backward: it adds, leaves unwanted gradients unchanged,
 * and treats ties as defined. From the same table: results of the normalising operators
 * computed by hand, and shapes and costs of all operators. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/graph/exec.h"
#include "engine/graph/ops.h"
#include "engine/kernels/cpu.h"
#include "op_cases.h"
#include "random_net.h"

/* The result of a check. */
struct verdict {
    double worst; /* error of an entry, relative to it or to 1 % of the largest of the tensor */
    double difference, norm; /* squared norms over all entries */
    size_t tried, dropped;   /* dropped: a bend between the two sides */
    size_t lost;             /* not in worst: less than six digits of the quotient are left */
};

struct quotient {
    double value, rounding; /* rounding: the part that rounding of the outputs may cause */
};

#define REAL        double
#define EPSILON     DBL_EPSILON
#define VIEW        struct fn_view64
#define CALL        struct fn_op_call64
#define OP_FORWARD  forward64
#define OP_BACKWARD backward64
#define TAPE(name)  name##64
#include "tape.inc.h"
#undef REAL
#undef EPSILON
#undef VIEW
#undef CALL
#undef OP_FORWARD
#undef OP_BACKWARD
#undef TAPE
#define REAL        float
#define EPSILON     (double)FLT_EPSILON
#define VIEW        struct fn_view
#define CALL        struct fn_op_call
#define OP_FORWARD  forward
#define OP_BACKWARD backward
#define TAPE(name)  name##32
#include "tape.inc.h"

static double range_of(const struct op_case *c)
{
    return c->range > 0 ? c->range : 1;
}

static void test_every_operator_has_both(void **state)
{
    (void)state;
    for (uint32_t k = 1; k < FN_OP_COUNT_; k++) {
        const struct fn_op *op = fn_op_get(k);
        assert_true(op->forward && op->backward && op->forward64 && op->backward64);
        size_t cases = 0;
        for (size_t i = 0; i < n_op_cases; i++)
            cases += op_cases[i].op == k;
        if (!cases)
            fail_msg("operator '%s' has no case", op->name);
    }
}

static void test_shapes_and_costs(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_op_cases; i++) {
        const struct op_case *c = &op_cases[i];
        struct fn_graph g;
        struct fn_graph_builder *b = op_case_graph(c, &g);
        uint32_t dims[8][4], want[4] = {c->n, c->out[0], c->out[1], c->out[2]};
        struct fn_error err = {0};
        assert_true(g.n_values <= 8);
        if (fn_graph_infer(&g, c->n, 0, 0, dims, &err))
            fail_msg("%s", err.text);
        struct fn_cost cost = fn_graph_node_cost(&g, 0, (const uint32_t(*)[4])dims);
        if (memcmp(dims[g.outputs[0]], want, sizeof want) != 0 || cost.macs != c->macs ||
            cost.params != c->params)
            fail_msg("%s: shape or cost", c->name);
        fn_graph_builder_destroy(b);
    }
}

static void test_double(void **state)
{
    (void)state;
    double worst = 0;
    for (size_t i = 0; i < n_op_cases; i++) {
        const struct op_case *c = &op_cases[i];
        struct fn_graph g;
        struct fn_graph_builder *b = op_case_graph(c, &g);
        struct tape64 t = create64(&g, c->n, 3, range_of(c), i);
        struct verdict v = check64(&t, 1e-5, SIZE_MAX, i);
        if (!(v.worst <= 1e-6) || (v.dropped + v.lost) * 20 > v.tried)
            fail_msg("%s: error %g, %zu of %zu dropped", c->name, v.worst, v.dropped, v.tried);
        worst = fmax(worst, v.worst);
        destroy64(&t);
        fn_graph_builder_destroy(b);
    }
    print_message("operators in double: worst relative error %.2g\n", worst);
}

static void test_float(void **state)
{
    (void)state;
    double worst = 0;
    for (size_t i = 0; i < n_op_cases; i++) {
        const struct op_case *c = &op_cases[i];
        struct fn_graph g;
        struct fn_graph_builder *b = op_case_graph(c, &g);
        struct tape32 t = create32(&g, c->n, 1, range_of(c), i);
        struct verdict v = check32(&t, 1e-2f, SIZE_MAX, i);
        double error = sqrt(v.difference / v.norm);
        if (!(error <= 1e-3) || v.dropped * 3 > v.tried)
            fail_msg("%s: error %g, %zu of %zu dropped", c->name, error, v.dropped, v.tried);
        worst = fmax(worst, error);
        destroy32(&t);
        fn_graph_builder_destroy(b);
    }
    print_message("operators in float: worst norm-relative error %.2g\n", worst);
}

static void test_networks(void **state)
{
    (void)state;
    uint64_t n = getenv("FN_TEST_FULL") ? 400 : 25;
    double worst = 0;
    struct verdict all = {0};
    for (uint64_t seed = 0; seed < n; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        struct tape64 t = create64(&g, 1 + seed % 2, 0, 1, seed);
        struct verdict v = check64(&t, 1e-5, 2, seed);
        if (!(v.worst <= 1e-5))
            fail_msg("seed %llu: error %g, %zu of %zu dropped", (unsigned long long)seed,
                     v.worst, v.dropped, v.tried);
        worst = fmax(worst, v.worst);
        all.tried += v.tried;
        all.dropped += v.dropped;
        all.lost += v.lost;
        destroy64(&t);
        fn_graph_builder_destroy(b);
    }
    assert_true((all.dropped + all.lost) * 4 < all.tried);
    print_message(
        "networks: worst relative error %.2g over %zu entries, %zu dropped, %zu lost\n", worst,
        all.tried, all.dropped, all.lost);
}

/* The gradient of each input alone is bit-identical to that of all together, added to what was
 * there. */
static void check_wanted(const struct op_case *c)
{
    struct fn_graph g;
    struct fn_graph_builder *b = op_case_graph(c, &g);
    struct tape64 all = create64(&g, c->n, 0, range_of(c), 1),
                  one = create64(&g, c->n, 2, range_of(c), 1);
    const struct fn_node *n = &g.nodes[0];
    forward64(&all);
    forward64(&one);
    for (uint32_t i = 0; i < n->n_in; i++) {
        for (uint32_t v = 0; v < g.n_values; v++) {
            fill64(&all, all.grad, v, v == n->out ? 0.5 : 0);
            fill64(&one, one.grad, v, v == n->out ? 0.5 : 1);
        }
        back_node64(&all, n, ~0u);
        back_node64(&one, n, 1u << i);
        for (uint32_t v = 0; v < g.n_values; v++)
            for (size_t k = 0; v != n->out && k < count64(&all, v); k++) {
                double more = v == n->in[i] ? all.grad[v][at64(&all, v, k)] : 0,
                       got = one.grad[v][at64(&one, v, k)];
                if (!(fabs(got - 1 - more) <= 1e-12 * (1 + fabs(more))))
                    fail_msg("%s: %g instead of 1 + %g", c->name, got, more);
            }
    }
    check_gaps64(&one);
    destroy64(&all);
    destroy64(&one);
    fn_graph_builder_destroy(b);
}

static void test_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_op_cases; i++)
        check_wanted(&op_cases[i]);
}

/* ---- by hand ---- */

/* One node on one dense input, forward and backward with a gradient of ones. */
static void run_node(enum fn_op_kind op, const struct fn_attr *attr, const uint32_t in[4],
                     const float *x, const uint32_t out[4], float *y, float *dx)
{
    union {
        const float *given;
        float *view;
    } input = {.given = x}; /* forward does not write to its inputs */
    struct fn_op_call c = {
        .attr = attr, .n_in = 1, .in = {{input.view, in[0], in[1], in[2], in[3], in[1]}}};
    c.out = (struct fn_view){y, out[0], out[1], out[2], out[3], out[1]};
    float ones[64];
    for (int i = 0; i < 64; i++)
        ones[i] = 1;
    struct fn_view from = c.out, to[FN_NODE_IN_MAX] = {c.in[0]};
    from.data = ones;
    to[0].data = dx;
    memset(dx, 0, (size_t)in[0] * in[1] * in[2] * in[3] * sizeof *dx);
    fn_op_get(op)->forward(&c);
    fn_op_get(op)->backward(&c, &from, to);
}

static void same_floats(const float *got, const double *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - want[i]) <= 1e-6 * (1 + fabs(want[i]))))
            fail_msg("entry %zu: %.9g instead of %.9g", i, (double)got[i], want[i]);
}

static void test_by_hand(void **state)
{
    (void)state;
    float y[16], dx[16];
    /* 2 x 2 map, one channel: the window of the corner pixel covers all of it */
    struct fn_attr pool = {
        .kh = 3, .kw = 3, .stride_h = 1, .stride_w = 1, .dil_h = 1, .dil_w = 1};
    pool.pad_mode = FN_PAD_SAME;
    run_node(FN_OP_L2POOL, &pool, (uint32_t[]){1, 1, 2, 2}, (float[]){1, 2, 2, 4},
             (uint32_t[]){1, 1, 2, 2}, y, dx);
    same_floats(y, (double[]){5, 5, 5, 5}, 4);
    same_floats(dx, (double[]){.8, 1.6, 1.6, 3.2}, 4);
    /* S = 1 + (1 + 4) / 3 * 3 = 6, 1 + 1 + 4 + 9 = 15, 1 + 4 + 9 = 14; divided by their roots
     */
    struct fn_attr lrn = {.size = 3, .alpha = 3, .beta = 0.5f, .bias_k = 1};
    run_node(FN_OP_LRN, &lrn, (uint32_t[]){1, 3, 1, 1}, (float[]){1, 2, 3},
             (uint32_t[]){1, 3, 1, 1}, y, dx);
    same_floats(y, (double[]){1 / sqrt(6), 2 / sqrt(15), 3 / sqrt(14)}, 3);
    /* pieces (1, 5), (4, 5): the tie goes to the first */
    struct fn_attr maxout = {.size = 2};
    run_node(FN_OP_MAXOUT, &maxout, (uint32_t[]){1, 4, 1, 1}, (float[]){1, 5, 4, 5},
             (uint32_t[]){1, 2, 1, 1}, y, dx);
    same_floats(y, (double[]){4, 5}, 2);
    same_floats(dx, (double[]){0, 1, 1, 0}, 4);
    struct fn_attr norm = {.eps = 11};
    run_node(FN_OP_L2NORM, &norm, (uint32_t[]){1, 2, 1, 1}, (float[]){3, 4},
             (uint32_t[]){1, 2, 1, 1}, y, dx);
    same_floats(y, (double[]){.5, 4. / 6}, 2);
    same_floats(dx, (double[]){(1 - .5 * 7 / 6) / 6, (1 - 4. / 6 * 7 / 6) / 6}, 2);
}

static void test_ties_and_zeros(void **state)
{
    (void)state;
    static const float same[16] = {0}, zeros[8] = {0};
    float y[16], dx[16];
    struct fn_attr pool = {
        .kh = 2, .kw = 2, .stride_h = 2, .stride_w = 2, .dil_h = 1, .dil_w = 1};
    run_node(FN_OP_MAXPOOL, &pool, (uint32_t[]){1, 1, 4, 4}, same, (uint32_t[]){1, 1, 2, 2}, y,
             dx);
    same_floats(dx, (double[]){1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0}, 16);
    /* division by zero: the gradient is zero, not NaN */
    run_node(FN_OP_L2POOL, &pool, (uint32_t[]){1, 2, 2, 2}, zeros, (uint32_t[]){1, 2, 1, 1}, y,
             dx);
    same_floats(y, (double[]){0, 0}, 2);
    same_floats(dx, (double[]){0, 0, 0, 0, 0, 0, 0, 0}, 8);
    struct fn_attr norm = {0};
    run_node(FN_OP_L2NORM, &norm, (uint32_t[]){1, 4, 1, 1}, zeros, (uint32_t[]){1, 4, 1, 1}, y,
             dx);
    same_floats(y, (double[]){0, 0, 0, 0}, 4);
    same_floats(dx, (double[]){0, 0, 0, 0}, 4);
}

/* ---- fast versions of the same cases ---- */

static struct fn_exec *run_case(const struct op_case *c, const struct fn_graph *g,
                                const struct fn_exec_opts *o)
{
    struct fn_exec *x;
    struct fn_error err = {0};
    if (fn_exec_create(g, o, &x, &err))
        fail_msg("%s: %s", c->name, err.text);
    struct fn_rng r = fn_rng_init(3, 1);
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        uint32_t d[4];
        float *in = fn_exec_input(x, i, d);
        size_t n = (size_t)d[0] * d[1] * d[2] * d[3];
        random_floats(&r, in, n);
        for (size_t k = 0; k < n; k++)
            in[k] *= (float)range_of(c);
    }
    assert_int_equal(fn_exec_run(x), 0);
    return x;
}

static void test_fast_versions(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (size_t i = 0; i < n_op_cases; i++) {
        const struct op_case *c = &op_cases[i];
        struct fn_graph g;
        struct fn_graph_builder *b = op_case_graph(c, &g);
        struct fn_exec *ref =
            run_case(c, &g, &(struct fn_exec_opts){.n = c->n, .reference = true});
        for (unsigned m = 0; m < n; m++) {
            struct fn_exec *x =
                run_case(c, &g, &(struct fn_exec_opts){.n = c->n, .cpu_flags = masks[m]});
            uint32_t d[4];
            const float *want = fn_exec_output(ref, 0, d), *got = fn_exec_output(x, 0, NULL);
            for (size_t k = 0; k < (size_t)d[0] * d[1] * d[2] * d[3]; k++)
                if (!(fabsf(want[k] - got[k]) <= 5e-6f * (1 + fabsf(want[k]))))
                    fail_msg("%s, mask %x: %g instead of %g", c->name, masks[m], (double)got[k],
                             (double)want[k]);
            fn_exec_destroy(x);
        }
        fn_exec_destroy(ref);
        fn_graph_builder_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operator_has_both),
        cmocka_unit_test(test_shapes_and_costs),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_ties_and_zeros),
        cmocka_unit_test(test_double),
        cmocka_unit_test(test_float),
        cmocka_unit_test(test_wanted),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_fast_versions),
    };
    return cmocka_run_group_tests_name("gradients", tests, NULL, NULL);
}
