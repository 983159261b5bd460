/* SPDX-License-Identifier: MIT */
/* See kernel_tensor.h. */
#include "kernel_tensor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

static const float guard = -12345.5f;

uint32_t below(struct fn_rng *r, uint32_t n)
{
    return (uint32_t)fn_rng_below(r, n);
}

float *random_array(struct fn_rng *r, size_t n)
{
    float *p = malloc((n ? n : 1) * sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (float)(2 * fn_rng_uniform(r) - 1);
    return p;
}

struct tensor make_tensor(struct fn_rng *r, size_t pixels, size_t c)
{
    struct tensor t = {
        .pixels = pixels, .c = c, .stride = c + (below(r, 2) ? below(r, 20) : 0)};
    size_t before = 16 + below(r, 16); /* for any alignment of four bytes */
    t.total = before + pixels * t.stride + 32;
    t.block = malloc(t.total * sizeof *t.block);
    assert_non_null(t.block);
    for (size_t i = 0; i < t.total; i++)
        t.block[i] = guard;
    t.data = t.block + before;
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c; i++)
            t.data[p * t.stride + i] = (float)(2 * fn_rng_uniform(r) - 1);
    return t;
}

void check_guards(const struct tensor *t)
{
    for (size_t i = 0; i < t->total; i++) {
        ptrdiff_t at = (ptrdiff_t)i - (t->data - t->block);
        bool ours =
            at >= 0 && (size_t)at < t->pixels * t->stride && (size_t)at % t->stride < t->c;
        if (!ours)
            assert_true(t->block[i] == guard);
    }
}
