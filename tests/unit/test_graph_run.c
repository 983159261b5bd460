/* SPDX-License-Identifier: MIT */
/* Running networks: every CPU mask against the reference operators on random networks, and the
 * promises of a run (no allocation, batch independence, unchanged inputs, readable values). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "random_net.h"

/* ---- allocation hook: the linker replaces malloc and so on in the engine by these ---- */

static size_t allocations;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
int __real_posix_memalign(void **ret, size_t align, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
int __wrap_posix_memalign(void **ret, size_t align, size_t n);

void *__wrap_malloc(size_t n)
{
    allocations++;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    allocations++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    allocations++;
    return __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
    allocations++;
    return __real_aligned_alloc(align, n);
}

int __wrap_posix_memalign(void **ret, size_t align, size_t n)
{
    allocations++;
    return __real_posix_memalign(ret, align, n);
}

/* ---- helpers ---- */

static struct fn_exec *make(const struct fn_graph *g, struct fn_exec_opts o, uint64_t seed)
{
    struct fn_exec *x = NULL;
    struct fn_error err = {0};
    if (fn_exec_create(g, &o, &x, &err))
        fail_msg("seed %llu: %s", (unsigned long long)seed, err.text);
    return x;
}

static size_t volume(const uint32_t d[4])
{
    return (size_t)d[0] * d[1] * d[2] * d[3];
}

static void fill_input(struct fn_exec *x, uint64_t seed)
{
    uint32_t d[4];
    float *in = fn_exec_input(x, 0, d);
    struct fn_rng r = fn_rng_init(seed, 5);
    random_floats(&r, in, volume(d));
}

/* The largest difference relative to 1 + |reference|, over all outputs. */
static double worst_difference(const struct fn_graph *g, const struct fn_exec *ref,
                               const struct fn_exec *x)
{
    double worst = 0;
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        uint32_t d[4], e[4];
        const float *a = fn_exec_output(ref, i, d), *b = fn_exec_output(x, i, e);
        assert_memory_equal(d, e, sizeof d);
        for (size_t k = 0; k < volume(d); k++) {
            double diff = fabs((double)a[k] - (double)b[k]) / (1 + fabs((double)a[k]));
            worst = diff > worst || isnan(diff) ? diff : worst;
        }
    }
    return worst;
}

static void check_seed(uint64_t seed, uint32_t batch)
{
    struct fn_graph g;
    struct fn_graph_builder *b = random_net(seed, &g);
    struct fn_exec *ref = make(&g, (struct fn_exec_opts){.n = batch, .reference = true}, seed);
    fill_input(ref, seed);
    assert_int_equal(fn_exec_run(ref), 0);
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (unsigned i = 0; i < 2 * n; i++) {
        struct fn_exec_opts o = {.n = batch, .cpu_flags = masks[i / 2], .keep_all = i & 1};
        struct fn_exec *x = make(&g, o, seed);
        fill_input(x, seed);
        for (int run = 0; run < 2; run++) { /* the second time over the data of the first */
            assert_int_equal(fn_exec_run(x), 0);
            double worst = worst_difference(&g, ref, x);
            if (!(worst < 2e-5))
                fail_msg("seed %llu mask %x keep %u run %d: %g", (unsigned long long)seed,
                         masks[i / 2], i & 1, run, worst);
        }
        fn_exec_destroy(x);
    }
    fn_exec_destroy(ref);
    fn_graph_builder_destroy(b);
}

static void test_random_networks(void **state)
{
    (void)state;
    uint64_t n = getenv("FN_TEST_FULL") ? 3000 : 200;
    for (uint64_t seed = 0; seed < n; seed++)
        check_seed(seed, seed % 5 == 4 ? 2 : 1);
}

static void test_no_allocation(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        for (unsigned i = 0; i < n; i++) {
            size_t before = allocations;
            struct fn_exec *x = make(&g, (struct fn_exec_opts){.cpu_flags = masks[i]}, seed);
            assert_true(allocations > before); /* the hook works */
            fill_input(x, seed);
            assert_int_equal(fn_exec_run(x), 0);
            before = allocations;
            for (int run = 0; run < 3; run++)
                assert_int_equal(fn_exec_run(x), 0);
            assert_int_equal(allocations, before);
            fn_exec_destroy(x);
        }
        fn_graph_builder_destroy(b);
    }
}

/* The result of a picture is bit-identical alone and as any member of a batch. */
static void check_batch(const struct fn_graph *g, unsigned mask, uint64_t seed)
{
    enum { BATCH = 3 };
    struct fn_exec *one = make(g, (struct fn_exec_opts){.cpu_flags = mask}, seed);
    struct fn_exec *all = make(g, (struct fn_exec_opts){.n = BATCH, .cpu_flags = mask}, seed);
    fill_input(all, seed);
    uint32_t d[4];
    const float *batch_in = fn_exec_input(all, 0, NULL);
    float *in = fn_exec_input(one, 0, d);
    assert_int_equal(fn_exec_run(all), 0);
    for (size_t i = 0; i < BATCH; i++) {
        memcpy(in, batch_in + i * volume(d), volume(d) * sizeof *in);
        assert_int_equal(fn_exec_run(one), 0);
        for (uint32_t k = 0; k < g->n_outputs; k++) {
            uint32_t od[4];
            const float *a = fn_exec_output(one, k, od), *b = fn_exec_output(all, k, NULL);
            assert_memory_equal(a, b + i * volume(od), volume(od) * sizeof *a);
        }
    }
    fn_exec_destroy(one);
    fn_exec_destroy(all);
}

static void test_batch_independence(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (uint64_t seed = 100; seed < 140; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        for (unsigned i = 0; i < n; i++)
            check_batch(&g, masks[i], seed);
        fn_graph_builder_destroy(b);
    }
}

/* A run never changes what the caller put into the input. */
static void test_input_survives(void **state)
{
    (void)state;
    for (uint64_t seed = 200; seed < 240; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        struct fn_exec *x = make(&g, (struct fn_exec_opts){.cpu_flags = FN_CPU_DETECT}, seed);
        fill_input(x, seed);
        uint32_t d[4];
        const float *in = fn_exec_input(x, 0, d);
        float *copy = malloc(volume(d) * sizeof *copy);
        assert_non_null(copy);
        memcpy(copy, in, volume(d) * sizeof *copy);
        assert_int_equal(fn_exec_run(x), 0);
        assert_memory_equal(copy, in, volume(d) * sizeof *copy);
        free(copy);
        fn_exec_destroy(x);
        fn_graph_builder_destroy(b);
    }
}

static void count_step(const char *name, const char *kernel, const uint32_t out_dims[4],
                       uint64_t macs, uint64_t ns, void *ctx)
{
    (void)ns;
    uint64_t *sum = ctx;
    assert_true(name[0] && kernel[0] && volume(out_dims) > 0);
    *sum += macs;
}

static void test_values_and_steps(void **state)
{
    (void)state;
    struct fn_graph g;
    struct fn_graph_builder *b = random_net(7, &g);
    struct fn_exec *x =
        make(&g, (struct fn_exec_opts){.keep_all = true, .cpu_flags = FN_CPU_DETECT}, 7);
    fill_input(x, 7);
    assert_int_equal(fn_exec_run(x), 0);
    uint32_t d[4], e[4];
    const char *name = g.values[g.outputs[0]].name;
    assert_ptr_equal(fn_exec_value(x, name, d), fn_exec_output(x, 0, e));
    assert_memory_equal(d, e, sizeof d);
    assert_null(fn_exec_value(x, "no such value", d));
    for (uint32_t i = 0; i < g.n_nodes; i++)
        assert_non_null(fn_exec_value(x, g.values[g.nodes[i].out].name, d));
    uint64_t macs = 0;
    fn_exec_each_step(x, count_step, &macs);
    assert_int_equal(macs, fn_exec_info(x).macs);
    assert_int_equal(fn_exec_info(x).n_steps, g.n_nodes);
    assert_null(fn_exec_input(x, 1, d));
    assert_null(fn_exec_output(x, g.n_outputs, d));
    fn_exec_destroy(x);
    fn_exec_destroy(NULL);
    fn_graph_builder_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_networks),    cmocka_unit_test(test_no_allocation),
        cmocka_unit_test(test_batch_independence), cmocka_unit_test(test_input_survives),
        cmocka_unit_test(test_values_and_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
