/* SPDX-License-Identifier: MIT */
/* Ranks as threads: gathering, agreement, and sums that are bit-identical to those of one
 * process for every number of ranks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "thread_comm.h"

/* The checks of cmocka end a test with a jump, which only the main thread may do. So ranks
 * count their errors. */
struct check {
    _Atomic unsigned wrong;
    size_t n_leaves, floats;
    float *leaves, *expect;
};

static void expect(struct check *k, bool right)
{
    if (!right)
        k->wrong++;
}

static void gather_and_broadcast(struct fn_comm *c, void *ctx)
{
    struct fn_error err;
    size_t bytes[16], total = 0;
    uint8_t own[64], all[1024], got[100];
    for (unsigned i = 0; i < c->size; i++)
        total += bytes[i] = i * 7 % 40; /* rank 0 contributes nothing */
    memset(own, (int)c->rank + 1, sizeof own);
    expect(ctx, fn_comm_allgather(c, own, all, bytes, &err) == 0);
    size_t at = 0;
    for (unsigned i = 0; i < c->size; i++)
        for (size_t k = 0; k < bytes[i]; k++)
            expect(ctx, all[at++] == i + 1);
    expect(ctx, at == total);
    for (unsigned root = 0; root < c->size; root++) {
        memset(got, (int)c->rank, sizeof got);
        expect(ctx, fn_comm_broadcast(c, got, sizeof got, root, &err) == 0);
        for (size_t k = 0; k < sizeof got; k++)
            expect(ctx, got[k] == root);
    }
}

static void test_gather(void **state)
{
    (void)state;
    static const size_t limits[] = {SIZE_MAX, 64, 1};
    for (unsigned size = 1; size <= 7; size++)
        for (size_t i = 0; i < 3; i++) {
            struct check k = {0};
            run_ranks(size, limits[i], gather_and_broadcast, &k);
            assert_int_equal(k.wrong, 0);
        }
}

static void vote(struct fn_comm *c, void *ctx)
{
    struct fn_error err = {0};
    bool flag = false;
    expect(ctx, fn_comm_agree(c, 0, &err) == 0);
    expect(ctx, fn_comm_agree_on(c, 0, 5, "it is", &flag, &err) == 0 && !flag);
    flag = c->rank == c->size - 1;
    expect(ctx, fn_comm_agree_on(c, 0, 5, "it is", &flag, &err) == 0 && flag);
    /* every rank gets the first error, once */
    int code = c->rank ? fn_error_set(&err, FN_EDECODE, "file %u", c->rank) : 0;
    code = fn_comm_agree(c, code, &err);
    for (int again = 0; again < 2; again++, code = fn_comm_agree(c, code, &err)) {
        expect(ctx, c->size == 1 ? code == 0 : code == FN_EDECODE);
        expect(ctx, c->size == 1 || strcmp(err.text, "rank 1: file 1") == 0);
    }
    uint64_t tag = c->rank == 2 ? 6 : 5;
    code = fn_comm_agree_on(c, 0, tag, "the weights are", NULL, &err);
    expect(ctx, code == (c->size > 2 ? FN_ECORRUPT : 0));
    expect(ctx, c->size < 3 ||
                    strcmp(err.text, "the weights are not the same on ranks 0 and 2") == 0);
}

static void test_agree(void **state)
{
    (void)state;
    for (unsigned size = 1; size <= 4; size++) {
        struct check k = {0};
        run_ranks(size, SIZE_MAX, vote, &k);
        assert_int_equal(k.wrong, 0);
    }
}

/* ---- sums ---- */

static float *copy(const float *v, size_t n)
{
    float *to = malloc(n * sizeof *to);
    memcpy(to, v, n * sizeof *to);
    return to;
}

static void sum_up(struct fn_comm *c, void *ctx)
{
    struct check *k = ctx;
    struct fn_error err;
    float *own = copy(k->leaves, k->n_leaves * k->floats),
          *sum = calloc(k->floats, sizeof *sum);
    float **leaf = calloc(k->n_leaves, sizeof *leaf);
    size_t first = fn_comm_leaf(k->n_leaves, c->size, c->rank), span;
    size_t end = fn_comm_leaf(k->n_leaves, c->size, c->rank + 1);
    for (size_t i = first; i < end; i++)
        leaf[i] = own + i * k->floats;
    for (size_t i = first; i < end; i += span) {
        span = fn_comm_subtree(k->n_leaves, i, end);
        fn_comm_tree(leaf, k->n_leaves, i, span, 0, k->floats);
    }
    expect(k, fn_comm_sum(c, leaf, k->n_leaves, sum, k->floats, &err) == 0);
    expect(k, memcmp(sum, k->expect, k->floats * sizeof *sum) == 0);
    free(own);
    free(sum);
    free(leaf);
}

/* The tree written as a recursion. */
static float by_recursion(const struct check *k, size_t at, size_t span, size_t i)
{
    if (span == 1)
        return k->leaves[at * k->floats + i];
    float left = by_recursion(k, at, span / 2, i);
    return at + span / 2 < k->n_leaves ? left + by_recursion(k, at + span / 2, span / 2, i)
                                       : left;
}

static void test_sum(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(7, 7);
    for (size_t n = 1; n <= 17; n++)
        for (unsigned size = 1; size <= 6; size++) {
            struct check k = {.n_leaves = n, .floats = 1 + fn_rng_below(&r, 200)};
            k.leaves = malloc(n * k.floats * sizeof *k.leaves);
            k.expect = malloc(k.floats * sizeof *k.expect);
            for (size_t i = 0; i < n * k.floats; i++)
                k.leaves[i] = (float)ldexp(fn_rng_uniform(&r) - .5, (int)fn_rng_below(&r, 30));
            size_t span = 1;
            while (span < n)
                span *= 2;
            for (size_t i = 0; i < k.floats; i++)
                k.expect[i] = by_recursion(&k, 0, span, i);
            run_ranks(size, SIZE_MAX, sum_up, &k);
            run_ranks(size, 256, sum_up, &k); /* in buckets of a few floats */
            assert_int_equal(k.wrong, 0);
            free(k.leaves);
            free(k.expect);
        }
}

static void test_local(void **state)
{
    (void)state;
    struct fn_comm *c = fn_comm_local();
    assert_true(c->rank == 0 && c->size == 1);
    struct check k = {0};
    gather_and_broadcast(c, &k);
    vote(c, &k);
    assert_int_equal(k.wrong, 0);
    struct fn_error err;
    assert_int_equal(fn_comm_agree(c, FN_EDECODE, &err), FN_EDECODE);
    fn_comm_abort(c, 3); /* alone: the caller exits */
    fn_comm_finish(c);
}

/* Started alone: only the local one; never half of something. */
static void test_start(void **state)
{
    (void)state;
    struct fn_comm *c;
    struct fn_error err;
    assert_int_equal(unsetenv("OMPI_COMM_WORLD_SIZE"), 0);
    assert_int_equal(fn_comm_start(&c, &err), 0);
    assert_ptr_equal(c, fn_comm_local());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local), cmocka_unit_test(test_gather),
        cmocka_unit_test(test_agree), cmocka_unit_test(test_sum),
        cmocka_unit_test(test_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
