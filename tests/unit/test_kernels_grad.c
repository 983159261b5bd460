/* SPDX-License-Identifier: MIT */
/* Normalising and backward kernels of every mask compared with plain loops in double: random
 * shapes, strides and padding, odd channel counts, slices of wider pixels, ties, gradients
 * stored or added. Nothing around the output may change. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/kernels/cpu.h"
#include "engine/kernels/kernels.h"
#include "kernel_tensor.h"

static struct fn_cpixels in_of(const struct tensor *t)
{
    return (struct fn_cpixels){t->data, t->stride};
}

static struct fn_pixels out_of(const struct tensor *t)
{
    return (struct fn_pixels){t->data, t->stride};
}

static double get(const struct tensor *t, size_t p, size_t i)
{
    return (double)t->data[p * t->stride + i];
}

/* The expected gradient: one dense double per entry, starting from the present value or from
 * 0. */
static double *expect(const struct tensor *t, bool add)
{
    double *e = malloc(t->pixels * t->c * sizeof *e);
    assert_non_null(e);
    for (size_t k = 0; k < t->pixels * t->c; k++)
        e[k] = add ? get(t, k / t->c, k % t->c) : 0;
    return e;
}

static void check_tensor(const struct tensor *t, double *want, double tolerance,
                         const char *what)
{
    for (size_t k = 0; k < t->pixels * t->c; k++) {
        double got = get(t, k / t->c, k % t->c);
        if (!(fabs(got - want[k]) <= tolerance * (1 + fabs(want[k]))))
            fail_msg("%s, pixel %zu channel %zu: %.9g instead of %.9g", what, k / t->c,
                     k % t->c, got, want[k]);
    }
    check_guards(t);
    free(want);
}

static void release(struct tensor *const *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(t[i]->block);
}

#define RELEASE(...)                                                                           \
    release((struct tensor *const[]){__VA_ARGS__},                                             \
            sizeof((struct tensor *const[]){__VA_ARGS__}) / sizeof(struct tensor *))

/* Reduces the number of distinct values, so that there are ties. */
static void coarsen(const struct tensor *t)
{
    for (size_t p = 0; p < t->pixels; p++)
        for (size_t i = 0; i < t->c; i++)
            t->data[p * t->stride + i] = (float)floor(get(t, p, i) * 4) / 4;
}

/* ---- element by element, sums ---- */

static double act_slope(enum fn_kact kind, double x, double slope)
{
    switch (kind) {
    case FN_KACT_RELU:
        return x > 0 ? 1 : 0;
    case FN_KACT_RELU6:
        return x > 0 && x < 6 ? 1 : 0;
    case FN_KACT_SLOPE:
        return x < 0 ? slope : 1;
    case FN_KACT_NONE:
    default:
        return 1;
    }
}

static void check_act(const struct fn_grad_table *g, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 9), c = 1 + below(r, 70);
    enum fn_kact kind = (enum fn_kact)below(r, 4);
    struct tensor x = make_tensor(r, pixels, c), dy = make_tensor(r, pixels, c),
                  dx = make_tensor(r, pixels, c);
    float *slope = random_array(r, c);
    bool add = below(r, 2), in_place = below(r, 3) == 0;
    coarsen(&x); /* some are 0 */
    for (size_t p = 0; kind == FN_KACT_RELU6 && p < pixels; p++)
        for (size_t i = 0; i < c; i++)
            x.data[p * x.stride + i] *= 8;
    double *want = expect(in_place ? &dy : &dx, add);
    for (size_t k = 0; k < pixels * c; k++)
        want[k] += get(&dy, k / c, k % c) *
                   act_slope(kind, get(&x, k / c, k % c), (double)slope[k % c]);
    g->act(out_of(in_place ? &dy : &dx), in_of(&dy), in_of(&x), pixels, c, kind, slope, add);
    check_tensor(in_place ? &dy : &dx, want, 1e-6, "act");
    free(slope);
    RELEASE(&x, &dy, &dx);
}

static void check_outer(const struct fn_grad_table *g, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 300), m = 1 + below(r, 40), n = 1 + below(r, 150);
    struct tensor x = make_tensor(r, pixels, n), dy = make_tensor(r, pixels, m),
                  dw = make_tensor(r, m, n);
    double *want = expect(&dw, true);
    for (size_t p = 0; p < pixels; p++)
        for (size_t k = 0; k < m * n; k++)
            want[k] += get(&dy, p, k / n) * get(&x, p, k % n);
    g->outer(dw.data, dw.stride, in_of(&dy), m, in_of(&x), n, pixels);
    check_tensor(&dw, want, 1e-5, "outer");
    RELEASE(&x, &dy, &dw);
}

static void check_affine(const struct fn_grad_table *g, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 9), c = 1 + below(r, 70);
    struct tensor dy = make_tensor(r, pixels, c), dx = make_tensor(r, pixels, c);
    float *scale = random_array(r, c);
    bool add = below(r, 2), scaled = below(r, 2);
    double *want = expect(&dx, add);
    for (size_t k = 0; k < pixels * c; k++)
        want[k] += get(&dy, k / c, k % c) * (scaled ? (double)scale[k % c] : 1);
    g->affine(out_of(&dx), in_of(&dy), pixels, c, scaled ? scale : NULL, add);
    check_tensor(&dx, want, 1e-6, "affine");
    free(scale);
    RELEASE(&dy, &dx);
}

static void check_sums(const struct fn_grad_table *g, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 200), c = 1 + below(r, 90);
    struct tensor x = make_tensor(r, pixels, c), dy = make_tensor(r, pixels, c), to[3];
    double *want[3];
    for (int i = 0; i < 3; i++) {
        to[i] = make_tensor(r, 1, c);
        want[i] = expect(&to[i], true);
    }
    for (size_t k = 0; k < pixels * c; k++) {
        double d = get(&dy, k / c, k % c), in = get(&x, k / c, k % c);
        want[0][k % c] += d;
        want[1][k % c] += d * in;
        want[2][k % c] += d * (in < 0 ? in : 0);
    }
    g->bias(to[0].data, in_of(&dy), pixels, c);
    g->scale(to[1].data, in_of(&dy), in_of(&x), pixels, c);
    g->slope(to[2].data, in_of(&dy), in_of(&x), pixels, c);
    for (int i = 0; i < 3; i++) {
        check_tensor(&to[i], want[i], 1e-5, "sums");
        free(to[i].block);
    }
    RELEASE(&x, &dy);
}

/* ---- pools ---- */

static uint32_t side(struct fn_rng *r, uint32_t size, uint32_t k, uint32_t stride,
                     uint32_t *pad)
{
    uint32_t after = below(r, k);
    *pad = below(r, k);
    if (size + *pad + after < k)
        after = k - size - *pad < k ? k - size - *pad : k - 1;
    while (size + *pad + after < k)
        ++*pad;
    return (size + *pad + after - k) / stride + 1;
}

static bool in_window(size_t at, size_t out, uint32_t stride, uint32_t pad, uint32_t k)
{
    return at + pad >= out * stride && at + pad < out * stride + k;
}

/* kind: 0 max, 1 mean, 2 root of squares. One output of one channel. Tests for every pixel of
 * the map whether it is in the window. */
static void plain_unpool(const struct fn_pool_grad *g, const struct tensor *x, double y,
                         double dy, const size_t at[3], size_t i, int kind, double *want)
{
    double count = 0;
    for (int turn = 0; turn < 2; turn++) /* first count, then distribute */
        for (size_t p = 0; p < (size_t)g->h * g->w; p++) {
            if (!in_window(p / g->w, at[1], g->stride_h, g->pad_top, g->kh) ||
                !in_window(p % g->w, at[2], g->stride_w, g->pad_left, g->kw))
                continue;
            size_t pixel = at[0] * g->h * g->w + p;
            double v = get(x, pixel, i), *to = &want[pixel * g->c + i];
            if (!turn)
                count++;
            else if (kind == 1)
                *to += dy / count;
            else if (kind == 2)
                *to += y > 0 ? dy * v / y : 0;
            else if (v == y) {
                *to += dy;
                return;
            }
        }
}

/* The results of a pool. */
static void plain_pool(const struct fn_pool_grad *g, const struct tensor *x,
                       const struct tensor *y, int kind)
{
    for (size_t o = 0; o < y->pixels; o++)
        for (size_t i = 0; i < g->c; i++) {
            double top = -(double)INFINITY, sum = 0;
            for (size_t p = 0; p < (size_t)g->h * g->w; p++)
                if (in_window(p / g->w, o / g->ow % g->oh, g->stride_h, g->pad_top, g->kh) &&
                    in_window(p % g->w, o % g->ow, g->stride_w, g->pad_left, g->kw)) {
                    double v = get(x, o / g->ow / g->oh * g->h * g->w + p, i);
                    top = v > top ? v : top;
                    sum += v * v;
                }
            y->data[o * y->stride + i] = (float)(kind ? sqrt(sum) : top);
        }
}

static void check_pool(const struct fn_grad_table *t, struct fn_rng *r)
{
    struct fn_pool_grad g = {.n = 1 + below(r, 2),
                             .h = 1 + below(r, 7),
                             .w = 1 + below(r, 7),
                             .kh = 1 + below(r, 3),
                             .kw = 1 + below(r, 3),
                             .stride_h = 1 + below(r, 3),
                             .stride_w = 1 + below(r, 3),
                             .c = 1 + below(r, 40),
                             .add = below(r, 2)};
    int kind = (int)below(r, 3);
    g.oh = side(r, g.h, g.kh, g.stride_h, &g.pad_top);
    g.ow = side(r, g.w, g.kw, g.stride_w, &g.pad_left);
    struct tensor x = make_tensor(r, (size_t)g.n * g.h * g.w, g.c),
                  y = make_tensor(r, (size_t)g.n * g.oh * g.ow, g.c),
                  dy = make_tensor(r, y.pixels, g.c), dx = make_tensor(r, x.pixels, g.c);
    coarsen(&x);
    plain_pool(&g, &x, &y, kind);
    double *want = expect(&dx, g.add);
    for (size_t o = 0; o < y.pixels; o++)
        for (size_t i = 0; i < g.c; i++) {
            size_t at[3] = {o / g.ow / g.oh, o / g.ow % g.oh, o % g.ow};
            plain_unpool(&g, &x, get(&y, o, i), get(&dy, o, i), at, i, kind, want);
        }
    g.dy = in_of(&dy);
    g.dx = out_of(&dx);
    if (kind != 1) {
        g.x = in_of(&x);
        g.y = in_of(&y);
    }
    (kind == 0 ? t->maxpool : kind == 1 ? t->avgpool : t->l2pool)(&g);
    check_tensor(&dx, want, 2e-6, kind == 0 ? "maxpool" : kind == 1 ? "avgpool" : "l2pool");
    RELEASE(&x, &y, &dy, &dx);
}

/* ---- normalisation ---- */

static double lrn_sum(const struct fn_lrn *l, const struct tensor *x, size_t p, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < x->c; j++)
        if (j + l->size / 2 >= i && i + l->size / 2 >= j)
            sum += get(x, p, j) * get(x, p, j);
    return (double)l->k + (double)l->alpha / l->size * sum;
}

static void check_lrn(const struct fn_kernels *k, struct fn_rng *r)
{
    static const float betas[] = {0.5f, 0.75f, 1, 0.6f};
    size_t pixels = 1 + below(r, 4), c = 1 + below(r, 70);
    struct fn_lrn l = {.size = 1 + 2 * below(r, 8), .alpha = 2, .k = 1};
    l.beta = betas[below(r, 4)];
    l.scratch = random_array(r, fn_lrn_scratch(c, l.size));
    bool add = below(r, 2);
    struct tensor x = make_tensor(r, pixels, c), y = make_tensor(r, pixels, c),
                  dy = make_tensor(r, pixels, c), dx = make_tensor(r, pixels, c);
    double *want = expect(&dx, add), *result = expect(&y, false), beta = (double)l.beta;
    for (size_t e = 0; e < pixels * c; e++) {
        size_t p = e / c, i = e % c;
        double s = lrn_sum(&l, &x, p, i), back = 0;
        result[e] = get(&x, p, i) * pow(s, -beta);
        for (size_t j = 0; j < c; j++)
            if (j + l.size / 2 >= i && i + l.size / 2 >= j)
                back += get(&dy, p, j) * get(&x, p, j) * pow(lrn_sum(&l, &x, p, j), -beta - 1);
        want[e] += get(&dy, p, i) * pow(s, -beta) -
                   2 * (double)l.alpha * beta / l.size * get(&x, p, i) * back;
    }
    k->norm.lrn(out_of(&y), in_of(&x), pixels, c, &l);
    k->grad.lrn(out_of(&dx), in_of(&dy), in_of(&x), pixels, c, &l, add);
    check_tensor(&y, result, 2e-6, "lrn");
    check_tensor(&dx, want, 4e-6, "lrn gradient");
    free(l.scratch);
    RELEASE(&x, &y, &dy, &dx);
}

static void check_maxout(const struct fn_kernels *k, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 4), c = 1 + below(r, 40), pieces = 1 + below(r, 4);
    bool add = below(r, 2);
    struct tensor x = make_tensor(r, pixels, c * pieces), y = make_tensor(r, pixels, c),
                  dy = make_tensor(r, pixels, c), dx = make_tensor(r, pixels, c * pieces);
    coarsen(&x);
    double *want = expect(&dx, add), *result = expect(&y, false);
    for (size_t e = 0; e < pixels * c; e++) {
        size_t best = 0;
        for (size_t q = 1; q < pieces; q++)
            if (get(&x, e / c, q * c + e % c) > get(&x, e / c, best * c + e % c))
                best = q;
        result[e] = get(&x, e / c, best * c + e % c);
        want[e / c * c * pieces + best * c + e % c] += get(&dy, e / c, e % c);
    }
    k->norm.maxout(out_of(&y), in_of(&x), pixels, c, pieces);
    k->grad.maxout(out_of(&dx), in_of(&dy), in_of(&x), pixels, c, pieces, add);
    check_tensor(&y, result, 0, "maxout");
    check_tensor(&dx, want, 1e-6, "maxout gradient");
    RELEASE(&x, &y, &dy, &dx);
}

static void check_l2norm(const struct fn_kernels *k, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 4), c = 1 + below(r, 140);
    float eps = below(r, 2) ? 0 : 0.1f;
    bool add = below(r, 2);
    struct tensor x = make_tensor(r, pixels, c), y = make_tensor(r, pixels, c),
                  dy = make_tensor(r, pixels, c), dx = make_tensor(r, pixels, c);
    if (below(r, 4) == 0)
        memset(x.data, 0, c * sizeof *x.data); /* division by zero */
    double *want = expect(&dx, add), *result = expect(&y, false);
    for (size_t p = 0; p < pixels; p++) {
        double sum = (double)eps, dot = 0;
        for (size_t i = 0; i < c; i++) {
            sum += get(&x, p, i) * get(&x, p, i);
            dot += get(&x, p, i) * get(&dy, p, i);
        }
        double inverse = sum > 0 ? 1 / sqrt(sum) : 0;
        for (size_t i = 0; i < c; i++) {
            result[p * c + i] = get(&x, p, i) * inverse;
            want[p * c + i] +=
                (get(&dy, p, i) - get(&x, p, i) * dot * inverse * inverse) * inverse;
        }
    }
    k->norm.l2norm(out_of(&y), in_of(&x), pixels, c, eps);
    k->grad.l2norm(out_of(&dx), in_of(&dy), in_of(&x), pixels, c, eps, add);
    check_tensor(&y, result, 2e-6, "l2norm");
    check_tensor(&dx, want, 1e-5, "l2norm gradient");
    RELEASE(&x, &y, &dy, &dx);
}

/* ---- depthwise convolution ---- */

static void check_depthwise(const struct fn_grad_table *t, struct fn_rng *r)
{
    struct fn_depthwise_grad g = {
        .n = 1 + below(r, 2), .h = 1 + below(r, 9), .w = 1 + below(r, 9)};
    g.kh = 1 + below(r, 4);
    g.kw = 1 + below(r, 4);
    g.stride_h = 1 + below(r, 3);
    g.stride_w = 1 + below(r, 3);
    g.dil_h = 1 + below(r, 4) / 3;
    g.dil_w = 1 + below(r, 4) / 3;
    g.c = 1 + below(r, 80);
    g.oh = side(r, g.h, (g.kh - 1) * g.dil_h + 1, g.stride_h, &g.pad_top);
    g.ow = side(r, g.w, (g.kw - 1) * g.dil_w + 1, g.stride_w, &g.pad_left);
    size_t taps = (size_t)g.kh * g.kw;
    bool add = below(r, 2);
    struct tensor x = make_tensor(r, (size_t)g.n * g.h * g.w, g.c),
                  dy = make_tensor(r, (size_t)g.n * g.oh * g.ow, g.c),
                  dx = make_tensor(r, x.pixels, g.c), dw = make_tensor(r, 1, g.c * taps);
    float *weight = random_array(r, g.c * taps),
          *scratch = random_array(r, fn_depthwise_grad_scratch(&g));
    double *want = expect(&dx, add), *weights = expect(&dw, true);
    for (size_t o = 0; o < dy.pixels; o++)
        for (size_t k = 0; k < taps; k++) {
            size_t iy = o / g.ow % g.oh * g.stride_h + k / g.kw * g.dil_h - g.pad_top;
            size_t ix = o % g.ow * g.stride_w + k % g.kw * g.dil_w - g.pad_left;
            size_t p = (o / g.ow / g.oh * g.h + iy) * g.w + ix;
            for (size_t i = 0; iy < g.h && ix < g.w && i < g.c; i++) {
                want[p * g.c + i] += get(&dy, o, i) * (double)weight[i * taps + k];
                weights[i * taps + k] += get(&dy, o, i) * get(&x, p, i);
            }
        }
    g.x = in_of(&x);
    g.dy = in_of(&dy);
    g.weight = weight;
    g.scratch = scratch;
    t->depthwise_data(&g, out_of(&dx), add);
    t->depthwise_weight(&g, dw.data);
    check_tensor(&dx, want, 4e-6, "depthwise data gradient");
    check_tensor(&dw, weights, 1e-5, "depthwise weight gradient");
    free(weight);
    free(scratch);
    RELEASE(&x, &dy, &dx, &dw);
}

/* ---- */

typedef void (*check_fn)(const struct fn_kernels *k, struct fn_rng *r);

static void check_elements(const struct fn_kernels *k, struct fn_rng *r)
{
    check_act(&k->grad, r);
    check_affine(&k->grad, r);
    check_outer(&k->grad, r);
    check_sums(&k->grad, r);
}

static void check_pools(const struct fn_kernels *k, struct fn_rng *r)
{
    check_pool(&k->grad, r);
}

static void check_norms(const struct fn_kernels *k, struct fn_rng *r)
{
    check_lrn(k, r);
    check_maxout(k, r);
    check_l2norm(k, r);
}

static void check_depthwises(const struct fn_kernels *k, struct fn_rng *r)
{
    check_depthwise(&k->grad, r);
}

static void for_all_masks(check_fn check, uint64_t seed, int times)
{
    unsigned masks[8], n = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(seed, 0);
    if (getenv("FN_TEST_FULL"))
        times *= 10;
    for (unsigned m = 0; m < n; m++) {
        struct fn_kernels k;
        fn_kernels_init(&k, masks[m]);
        for (int i = 0; i < times; i++)
            check(&k, &r);
    }
}

static void test_elements(void **state)
{
    (void)state;
    for_all_masks(check_elements, 1, 200);
}

static void test_pools(void **state)
{
    (void)state;
    for_all_masks(check_pools, 2, 300);
}

static void test_norms(void **state)
{
    (void)state;
    for_all_masks(check_norms, 3, 100);
}

static void test_depthwise(void **state)
{
    (void)state;
    for_all_masks(check_depthwises, 4, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_pools),
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_depthwise),
    };
    return cmocka_run_group_tests_name("backward kernels", tests, NULL, NULL);
}
