/* SPDX-License-Identifier: MIT */
/* Graphs from a hostile file. Each broken rule is named, and no mutation of a good graph passes
 * the checks and then harms shape inference, planning or a run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/graph/exec.h"
#include "engine/graph/graph_limits.h"
#include "engine/kernels/cpu.h"
#include "random_net.h"

/* x -> conv -> prelu -> pool -> affine -> output: a copy that may be broken. */
struct sample {
    struct fn_graph_builder *b;
    struct fn_graph g;
    struct fn_value values[16];
    struct fn_node nodes[8];
};

enum { CONV, ACT, POOL, AFFINE, ADD };

static struct sample make_sample(void)
{
    static const float w[4 * 9 * 3];
    struct sample s = {.b = fn_graph_builder_create()};
    uint32_t x = fn_graph_add_input(s.b, "x", 3, 8, 8);
    uint32_t weight = fn_graph_add_weight(s.b, "w", (uint32_t[]){4, 3, 3, 3}, w);
    uint32_t vector = fn_graph_add_weight(s.b, "v", (uint32_t[]){4, 1, 1, 1}, w);
    struct fn_attr conv = {.kh = 3, .kw = 3, .pad = {1, 1, 1, 1}},
                   pool = {.kh = 2, .kw = 2, .stride_h = 2};
    pool.stride_w = 2;
    x = fn_graph_add_conv(s.b, "conv", x, weight, vector, &conv, FN_ACT_PRELU, vector);
    x = fn_graph_add_node(s.b, "pool", FN_OP_MAXPOOL, &x, 1, &pool);
    uint32_t y = fn_graph_add_node(s.b, "affine", FN_OP_AFFINE, (uint32_t[]){x, vector, vector},
                                   3, NULL);
    y = fn_graph_add_node(s.b, "add", FN_OP_ADD, (uint32_t[]){x, y}, 2, NULL);
    fn_graph_mark_output(s.b, y);
    assert_int_equal(fn_graph_builder_finish(s.b, &s.g, NULL), 0);
    assert_true(s.g.n_values <= 16 && s.g.n_nodes == 5);
    memcpy(s.values, s.g.values, s.g.n_values * sizeof *s.values);
    memcpy(s.nodes, s.g.nodes, s.g.n_nodes * sizeof *s.nodes);
    return s;
}

/* Applies the change to a sample, and expects the check to fail with the code and the
 * message. */
#define REJECTS(code, says, change)                                                            \
    do {                                                                                       \
        struct sample s = make_sample();                                                       \
        s.g.values = s.values;                                                                 \
        s.g.nodes = s.nodes;                                                                   \
        change;                                                                                \
        struct fn_error err = {0};                                                             \
        assert_int_equal(fn_graph_check(&s.g, &err), code);                                    \
        if (!strstr(err.text, says))                                                           \
            fail_msg("'%s' does not say '%s'", err.text, says);                                \
        fn_graph_builder_destroy(s.b);                                                         \
    } while (0)

static void test_structure(void **state)
{
    (void)state;
    REJECTS(FN_EMODEL, "nodes", s.g.n_nodes = 0);
    REJECTS(FN_EMODEL, "nodes", s.g.n_nodes = FN_GRAPH_NODES_MAX + 1);
    REJECTS(FN_EMODEL, "values", s.g.n_values = FN_GRAPH_VALUES_MAX + 1);
    REJECTS(FN_EMODEL, "values", s.g.values = NULL);
    REJECTS(FN_EMODEL, "0 inputs", s.g.n_inputs = 0);
    REJECTS(FN_EMODEL, "inputs", s.g.n_inputs = FN_GRAPH_IO_MAX + 1);
    REJECTS(FN_EMODEL, "0 outputs", s.g.n_outputs = 0);
    REJECTS(FN_EMODEL, "not an input value", s.g.inputs[0] = s.nodes[CONV].out);
    REJECTS(FN_EMODEL, "not an input value", s.g.inputs[0] = FN_NONE);
    REJECTS(FN_EMODEL, "never made", s.g.outputs[0] = s.g.n_values);
    REJECTS(FN_EMODEL, "never made", s.g.outputs[0] = s.nodes[CONV].in[1]);
    REJECTS(FN_EMODEL, "without an end", memset(s.values[0].name, 'x', FN_NAME_MAX));
    REJECTS(FN_EMODEL, "without an end", memset(s.nodes[1].name, 'x', FN_NAME_MAX));
    REJECTS(FN_EMODEL, "unknown kind", s.values[0].kind = 9);
    REJECTS(FN_EMODEL, "out of range", s.values[0].dims[1] = 0);
    REJECTS(FN_EMODEL, "out of range", s.values[1].dims[0] = 1u << 31);
    REJECTS(FN_EMODEL, "no data", s.values[1].data = NULL);
}

static void test_nodes(void **state)
{
    (void)state;
    REJECTS(FN_EUNSUPPORTED, "operator 77", s.nodes[ACT].op = 77);
    REJECTS(FN_EUNSUPPORTED, "not supported", s.nodes[ACT].op = 0);
    REJECTS(FN_EMODEL, "takes 2 to 3", s.nodes[CONV].n_in = 1);
    REJECTS(FN_EMODEL, "takes 2 to 3", s.nodes[CONV].n_in = 200);
    REJECTS(FN_EMODEL, "does not exist", s.nodes[CONV].in[0] = FN_NONE);
    REJECTS(FN_EMODEL, "does not exist", s.nodes[CONV].in[1] = 4000);
    REJECTS(FN_EMODEL, "before it is made", s.nodes[CONV].in[0] = s.nodes[ADD].out);
    REJECTS(FN_EMODEL, "before it is made", s.nodes[ACT].in[0] = s.nodes[ACT].out);
    REJECTS(FN_EMODEL, "not a weight", s.nodes[CONV].in[1] = s.nodes[CONV].in[0]);
    REJECTS(FN_EMODEL, "is a weight", s.nodes[ADD].in[1] = s.nodes[CONV].in[1]);
    REJECTS(FN_EMODEL, "not a new value", s.nodes[ACT].out = s.nodes[CONV].out);
    REJECTS(FN_EMODEL, "not a new value", s.nodes[ACT].out = FN_NONE);
    REJECTS(FN_EMODEL, "not a new value", s.nodes[ACT].out = s.nodes[CONV].in[1]);
}

static void test_attributes(void **state)
{
    (void)state;
    REJECTS(FN_EMODEL, "window size", s.nodes[CONV].attr.kh = 0);
    REJECTS(FN_EMODEL, "weight does not have", s.nodes[CONV].attr.kh = 2);
    REJECTS(FN_EMODEL, "stride", s.nodes[CONV].attr.stride_w = 0);
    REJECTS(FN_EMODEL, "stride", s.nodes[POOL].attr.stride_h = UINT32_MAX);
    REJECTS(FN_EMODEL, "dilation", s.nodes[CONV].attr.dil_h = 0);
    REJECTS(FN_EMODEL, "padding", s.nodes[CONV].attr.pad[3] = UINT32_MAX);
    REJECTS(FN_EMODEL, "padding", s.nodes[CONV].attr.pad_mode = 2);
    REJECTS(FN_EMODEL, "groups", s.nodes[CONV].attr.groups = 3);
    REJECTS(FN_EMODEL, "groups", s.nodes[CONV].attr.groups = 0);
    REJECTS(FN_EMODEL, "bias", s.nodes[CONV].in[2] = s.nodes[CONV].in[1]);
    REJECTS(FN_EMODEL, "unknown activation", s.nodes[ACT].attr.act = 99);
    REJECTS(FN_EMODEL, "prelu", s.nodes[ACT].attr.act = FN_ACT_RELU);
    REJECTS(FN_EMODEL, "prelu", s.nodes[ACT].in[1] = FN_NONE);
    REJECTS(FN_EMODEL, "not a vector", s.nodes[ACT].in[1] = s.nodes[CONV].in[1]);
    REJECTS(FN_EMODEL, "as large as the window", s.nodes[POOL].attr.pad[1] = 2);
    REJECTS(FN_EMODEL, "no dilation", s.nodes[POOL].attr.dil_w = 2);
    REJECTS(FN_EMODEL, "not a vector", s.nodes[AFFINE].in[1] = s.nodes[CONV].in[1]);
    REJECTS(FN_EMODEL, "global",
            (s.nodes[POOL].op = FN_OP_AVGPOOL, s.nodes[POOL].attr.kh = 0,
             s.nodes[POOL].attr.kw = 0));
}

/* One node over 8 channels. Returns the result of fn_graph_check or, if that succeeds, of shape
 * inference. */
static int check_alone(enum fn_op_kind op, const struct fn_attr *attr, struct fn_error *err)
{
    struct fn_graph_builder *b = fn_graph_builder_create();
    struct fn_graph g;
    uint32_t dims[2][4], x = fn_graph_add_input(b, "x", 8, 4, 4);
    fn_graph_mark_output(b, fn_graph_add_node(b, "node", op, &x, 1, attr));
    int rc = fn_graph_builder_finish(b, &g, err);
    if (rc == 0)
        rc = fn_graph_infer(&g, 1, 0, 0, dims, err);
    fn_graph_builder_destroy(b);
    return rc;
}

static void test_normalisations(void **state)
{
    (void)state;
    static const struct {
        enum fn_op_kind op;
        int code;
        const char *says;
        struct fn_attr attr;
    } cases[] = {
        {FN_OP_LRN, 0, "", {.size = 5, .alpha = 1, .beta = .75f, .bias_k = 1}},
        {FN_OP_LRN, FN_EMODEL, "even", {.size = 4, .alpha = 1, .beta = .75f, .bias_k = 1}},
        {FN_OP_LRN, FN_EMODEL, "even", {.size = 4097, .alpha = 1, .beta = .75f, .bias_k = 1}},
        {FN_OP_LRN,
         FN_EMODEL,
         "constants",
         {.size = 5, .alpha = -1, .beta = .75f, .bias_k = 1}},
        {FN_OP_LRN, FN_EMODEL, "constants", {.size = 5, .alpha = 1, .beta = .75f}},
        {FN_OP_LRN,
         FN_EMODEL,
         "constants",
         {.size = 5, .alpha = 1, .beta = (float)INFINITY, .bias_k = 1}},
        {FN_OP_MAXOUT, 0, "", {.size = 4}},
        {FN_OP_MAXOUT, FN_EMODEL, "pieces", {.size = 0}},
        {FN_OP_MAXOUT, FN_ESHAPE, "divide", {.size = 3}},
        {FN_OP_L2NORM, 0, "", {.eps = 0}},
        {FN_OP_L2NORM, FN_EMODEL, "eps", {.eps = -1e-6f}},
        {FN_OP_L2NORM, FN_EMODEL, "eps", {.eps = (float)NAN}},
        {FN_OP_L2POOL, 0, "", {.kh = 3, .kw = 3, .eps = 1e-6f}},
        {FN_OP_L2POOL, FN_EMODEL, "eps", {.kh = 3, .kw = 3, .eps = -1}},
        {FN_OP_L2POOL, FN_EMODEL, "window", {.eps = 1e-6f}},
        {FN_OP_L2POOL, FN_EMODEL, "dilation", {.kh = 2, .kw = 2, .dil_h = 2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_error err = {0};
        int rc = check_alone(cases[i].op, &cases[i].attr, &err);
        if (rc != cases[i].code || !strstr(err.text, cases[i].says))
            fail_msg("case %zu: %d, '%s'", i, rc, err.text);
    }
}

static void test_shapes(void **state)
{
    (void)state;
    struct sample s = make_sample();
    uint32_t dims[16][4], before[16][4];
    struct fn_error err = {0};
    memset(before, 0x77, sizeof before);
    memcpy(dims, before, sizeof dims);
    assert_int_equal(fn_graph_infer(&s.g, 0, 1, 1, dims, &err), FN_ESHAPE);
    assert_non_null(strstr(err.text, "pool"));
    assert_memory_equal(dims, before, sizeof dims); /* unchanged on failure */
    assert_int_equal(fn_graph_infer(&s.g, 1, 60000, 60000, dims, &err), FN_ELIMIT);
    assert_int_equal(fn_graph_infer(&s.g, UINT32_MAX, 8, 8, dims, &err), FN_ELIMIT);
    assert_int_equal(fn_graph_infer(&s.g, 2, 9, 7, dims, &err), 0);
    const uint32_t want[4] = {2, 4, 4, 3};
    assert_memory_equal(dims[s.g.outputs[0]], want, sizeof want);
    struct fn_cost cost = fn_graph_node_cost(&s.g, CONV, (const uint32_t(*)[4])dims);
    assert_int_equal(cost.macs, 2 * 4 * 9 * 7 * 27);
    assert_int_equal(cost.params, 4 * 27 + 4);
    assert_int_equal(fn_graph_find_value(&s.g, "pool"), s.nodes[POOL].out);
    assert_int_equal(fn_graph_find_value(&s.g, "none"), FN_NONE);
    fn_graph_builder_destroy(s.b);
}

static void test_builder_errors(void **state)
{
    (void)state;
    char name[100];
    memset(name, 'n', sizeof name);
    name[99] = 0;
    struct fn_graph g;
    struct fn_error err = {0};
    struct fn_graph_builder *b = fn_graph_builder_create();
    assert_int_equal(fn_graph_add_input(b, name, 1, 1, 1), FN_NONE);
    fn_graph_mark_output(
        b, fn_graph_add_node(b, "a", FN_OP_SOFTMAX, (uint32_t[]){FN_NONE}, 1, NULL));
    assert_int_equal(fn_graph_builder_finish(b, &g, &err), FN_ELIMIT); /* the first failure */
    assert_non_null(strstr(err.text, "name is too long"));
    fn_graph_builder_destroy(b);
    b = fn_graph_builder_create();
    assert_int_equal(fn_graph_builder_finish(b, &g, &err), FN_EMODEL);
    fn_graph_builder_destroy(b);
    fn_graph_builder_destroy(NULL);
}

/* ---- mutations ---- */

static const uint32_t nasty[] = {0,   1,    2,     3,     4,        7,         16,
                                 255, 4096, 65535, 65536, 1u << 31, UINT32_MAX};

static void mutate(struct fn_rng *r, struct fn_graph *g)
{
    struct fn_node *n = &g->nodes[fn_rng_below(r, g->n_nodes)];
    uint32_t *words[] = {&n->op,
                         &n->n_in,
                         &n->in[fn_rng_below(r, FN_NODE_IN_MAX)],
                         &n->out,
                         &g->outputs[0],
                         &g->values[g->inputs[0]].dims[fn_rng_below(r, 4)],
                         &g->values[fn_rng_below(r, g->n_values)].kind};
    size_t attrs = offsetof(struct fn_attr, alpha) / sizeof(uint32_t),
           at = fn_rng_below(r, 7 + 2 * attrs);
    uint32_t *word = at < 7 ? words[at] : (uint32_t *)(void *)&n->attr + (at - 7) % attrs;
    *word = fn_rng_below(r, 2) ? nasty[fn_rng_below(r, sizeof nasty / sizeof *nasty)]
                               : *word + (uint32_t)fn_rng_below(r, 5) - 2;
}

static void try_mutant(const struct fn_graph *g, unsigned *ran)
{
    if (fn_graph_check(g, NULL))
        return;
    uint32_t(*dims)[4] = calloc(g->n_values, sizeof *dims);
    assert_non_null(dims);
    uint64_t work = 0;
    int bad = fn_graph_infer(g, 0, 0, 0, dims, NULL);
    for (uint32_t i = 0; !bad && i < g->n_nodes; i++) {
        struct fn_cost cost = fn_graph_node_cost(g, i, (const uint32_t(*)[4])dims);
        work +=
            cost.bytes < 1u << 24 && cost.macs < 1u << 24 ? cost.bytes + cost.macs : 1u << 30;
    }
    free(dims);
    struct fn_exec *x = NULL;
    if (bad || work > 1u << 24) /* too slow for a quick test, not wrong */
        return;
    assert_int_equal(
        fn_exec_create(g, &(struct fn_exec_opts){.cpu_flags = FN_CPU_DETECT}, &x, NULL), 0);
    assert_int_equal(fn_exec_run(x), 0);
    fn_exec_destroy(x);
    ++*ran;
}

static void test_mutations(void **state)
{
    (void)state;
    unsigned rounds = getenv("FN_TEST_FULL") ? 200000 : 6000, ran = 0;
    struct fn_rng r = fn_rng_init(11, 0);
    for (unsigned i = 0; i < rounds; i++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(i % 500, &g);
        for (uint64_t k = 1 + fn_rng_below(&r, 3); k > 0; k--)
            mutate(&r, &g); /* the arrays of the builder */
        try_mutant(&g, &ran);
        fn_graph_builder_destroy(b);
    }
    assert_true(ran > rounds / 20); /* not everything was refused by the checks */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),  cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_normalisations),
        cmocka_unit_test(test_shapes),     cmocka_unit_test(test_builder_errors),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
