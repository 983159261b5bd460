/* SPDX-License-Identifier: MIT */
/* Float kernels of every mask compared with plain loops, without the graph: random shapes,
 * strides, dilations and padding, odd channel counts, slices of wider pixels, misaligned
 * pointers. Everything around and between the written pixels must keep its guard value. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/arena.h"
#include "engine/base/rng.h"
#include "engine/kernels/conv.h"
#include "engine/kernels/cpu.h"
#include "engine/kernels/depthwise.h"
#include "engine/kernels/gemm.h"
#include "kernel_tensor.h"

static double act(enum fn_kact kind, double x, float slope)
{
    if (kind == FN_KACT_SLOPE)
        return x < 0 ? x * (double)slope : x;
    if (kind != FN_KACT_NONE && x < 0)
        x = 0;
    return kind == FN_KACT_RELU6 && x > 6 ? 6 : x;
}

static void assert_close(float got, double want, double scale)
{
    if (!(fabs((double)got - want) <= 2e-6 * scale))
        fail_msg("%.9g instead of %.9g", (double)got, want);
}

/* ---- convolution ---- */

struct conv_case {
    struct fn_conv_spec s;
    struct tensor in, out, res;
    bool add, in_place;
    float *weight, *bias, *slope;
};

/* Output size and left padding of one direction. */
static uint32_t side(struct fn_rng *r, uint32_t size, uint32_t k, uint32_t dil, uint32_t stride,
                     uint32_t *pad)
{
    *pad = below(r, 2) ? below(r, k + 1) : 0;
    uint32_t after = below(r, 2) ? below(r, k + 1) : 0, reach = (k - 1) * dil + 1;
    if (size + *pad + after < reach)
        after = reach - size - *pad;
    return (size + *pad + after - reach) / stride + 1;
}

static struct conv_case random_conv(struct fn_rng *r, bool depthwise)
{
    static const uint32_t channels[] = {1,  2,  3,  4,  5,  7,  8,  15,
                                        16, 17, 31, 32, 33, 40, 64, 70};
    struct conv_case c = {0};
    struct fn_conv_spec *s = &c.s;
    s->n = 1 + below(r, 2);
    s->h = 1 + below(r, 12);
    s->w = 1 + below(r, 20);
    s->c = channels[below(r, 16)];
    s->kh = 1 + below(r, 3);
    s->kw = below(r, 4) ? s->kh : 1 + below(r, 7);
    if (depthwise && below(r, 3))
        s->kh = s->kw = 3;
    s->stride_h = 1 + below(r, 2);
    s->stride_w = below(r, 4) ? s->stride_h : 1 + below(r, 3);
    s->dil_h = 1 + below(r, 4) / 3;
    s->dil_w = 1 + below(r, 4) / 3;
    s->oh = side(r, s->h, s->kh, s->dil_h, s->stride_h, &s->pad_top);
    s->ow = side(r, s->w, s->kw, s->dil_w, s->stride_w, &s->pad_left);
    s->groups = depthwise ? s->c : s->c % 2 == 0 && below(r, 6) == 0 ? 2 : 1;
    s->oc = depthwise ? s->c : channels[below(r, 16)] * s->groups;
    s->act = (enum fn_kact)below(r, 4);
    c.in = make_tensor(r, (size_t)s->n * s->h * s->w, s->c);
    c.out = make_tensor(r, (size_t)s->n * s->oh * s->ow, s->oc);
    c.res = make_tensor(r, c.out.pixels, s->oc);
    c.add = !depthwise && below(r, 3) == 0;
    c.in_place = c.add && below(r, 2);
    s->in_stride = c.in.stride;
    s->out_stride = c.out.stride;
    s->res_stride = c.res.stride;
    c.weight = random_array(r, (size_t)s->oc * s->kh * s->kw * (s->c / s->groups));
    c.bias = below(r, 4) ? random_array(r, s->oc) : NULL;
    c.slope = random_array(r, s->oc);
    if (c.in_place) { /* the output tensor holds the residual */
        s->res_stride = s->out_stride;
        for (size_t p = 0; p < c.out.pixels; p++)
            memcpy(c.out.data + p * s->out_stride, c.res.data + p * c.res.stride,
                   s->oc * sizeof(float));
    }
    return c;
}

static double plain_sum(const struct conv_case *c, size_t pixel, size_t o)
{
    const struct fn_conv_spec *s = &c->s;
    size_t gc = s->c / s->groups, group = o / (s->oc / s->groups), ox = pixel % s->ow;
    size_t oy = pixel / s->ow % s->oh, n = pixel / s->ow / s->oh;
    double sum = c->bias ? (double)c->bias[o] : 0;
    for (size_t ky = 0; ky < s->kh; ky++)
        for (size_t kx = 0; kx < s->kw; kx++) {
            size_t y = oy * s->stride_h + ky * s->dil_h - s->pad_top;
            size_t x = ox * s->stride_w + kx * s->dil_w - s->pad_left;
            if (y >= s->h || x >= s->w)
                continue; /* outside; below zero has wrapped around */
            const float *in =
                c->in.data + ((n * s->h + y) * s->w + x) * s->in_stride + group * gc;
            const float *w = c->weight + ((o * s->kh + ky) * s->kw + kx) * gc;
            for (size_t i = 0; i < gc; i++)
                sum += (double)in[i] * (double)w[i];
        }
    return sum;
}

static void run_case(struct conv_case *c, const struct fn_kernels *k, bool depthwise)
{
    const float *res = c->in_place ? c->out.data : c->add ? c->res.data : NULL;
    size_t bytes =
        depthwise ? fn_depthwise_bytes(&c->s, &k->depthwise) : fn_conv_bytes(&c->s, &k->conv);
    void *mem = fn_alloc_aligned(bytes, 1);
    assert_non_null(mem);
    if (depthwise) {
        struct fn_depthwise d;
        fn_depthwise_init(&d, &c->s, &k->depthwise, c->weight, c->bias, c->slope, mem);
        fn_depthwise_run(&d, c->in.data, c->out.data);
    } else {
        struct fn_conv cv;
        fn_conv_init(&cv, &c->s, &k->conv, c->weight, c->bias, c->slope, mem);
        fn_conv_run(&cv, c->in.data, res, c->out.data);
    }
    free(mem);
}

static void check_case(const struct conv_case *c)
{
    const struct fn_conv_spec *s = &c->s;
    double scale = 4 + (double)s->kh * s->kw * s->c / s->groups;
    for (size_t p = 0; p < c->out.pixels; p++)
        for (size_t o = 0; o < s->oc; o++) {
            double sum =
                plain_sum(c, p, o) + (c->add ? (double)c->res.data[p * c->res.stride + o] : 0);
            assert_close(c->out.data[p * s->out_stride + o], act(s->act, sum, c->slope[o]),
                         scale);
        }
    check_guards(&c->out);
    check_guards(&c->in);
}

static void free_case(struct conv_case *c)
{
    free(c->in.block);
    free(c->out.block);
    free(c->res.block);
    free(c->weight);
    free(c->bias);
    free(c->slope);
}

static void check_convolutions(bool depthwise, uint64_t stream)
{
    unsigned masks[8], n = fn_cpu_masks(masks), rounds = getenv("FN_TEST_FULL") ? 5000 : 300;
    for (unsigned m = 0; m < n; m++) {
        struct fn_kernels k;
        fn_kernels_init(&k, masks[m]);
        struct fn_rng r = fn_rng_init(4, stream);
        for (unsigned i = 0; i < rounds; i++) {
            struct conv_case c = random_conv(&r, depthwise);
            run_case(&c, &k, depthwise);
            check_case(&c);
            free_case(&c);
        }
    }
}

static void test_convolution(void **state)
{
    (void)state;
    check_convolutions(false, 1);
}

static void test_depthwise(void **state)
{
    (void)state;
    check_convolutions(true, 2);
}

/* Every tile of every table, including sizes that the cost model of the driver never
 * chooses. */
static void check_tile(const struct fn_conv_table *t, size_t nv, size_t mr, struct fn_rng *r)
{
    size_t width = nv * t->lanes, taps = 1 + below(r, 3), k = 1 + below(r, 9);
    struct tensor in = make_tensor(r, mr * taps, k),
                  out = make_tensor(r, mr, width - below(r, (uint32_t)t->lanes));
    float *w = random_array(r, taps * k * width), *bias = random_array(r, width);
    const float *rows[FN_CONV_MR_MAX * 3];
    for (size_t i = 0; i < mr * taps; i++)
        rows[i] = in.data + i * in.stride;
    t->tile[nv - 1][mr - 1](&(struct fn_conv_tile){.rows = rows,
                                                   .taps = taps,
                                                   .k = k,
                                                   .w = w,
                                                   .bias = bias,
                                                   .slope = bias,
                                                   .out = out.data,
                                                   .out_stride = out.stride,
                                                   .n = out.c,
                                                   .act = FN_KACT_SLOPE});
    for (size_t m = 0; m < mr; m++)
        for (size_t o = 0; o < out.c; o++) {
            double sum = (double)bias[o];
            for (size_t d = 0; d < taps * k; d++)
                sum += (double)rows[m * taps + d / k][d % k] * (double)w[d * width + o];
            assert_close(out.data[m * out.stride + o], act(FN_KACT_SLOPE, sum, bias[o]), 40);
        }
    check_guards(&out);
    free(in.block);
    free(out.block);
    free(w);
    free(bias);
}

static void test_all_tiles(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(5, 0);
    for (unsigned m = 0; m < n; m++) {
        struct fn_kernels k;
        fn_kernels_init(&k, masks[m]);
        for (size_t nv = 1; nv <= k.conv.nv; nv++)
            for (size_t mr = 1; mr <= k.conv.mr[nv - 1]; mr++)
                for (int i = 0; i < 5; i++)
                    check_tile(&k.conv, nv, mr, &r);
    }
}

/* ---- elements and pools ---- */

static void check_elements(const struct fn_elem_table *e, struct fn_rng *r)
{
    size_t pixels = 1 + below(r, 9), c = 1 + below(r, 70);
    enum fn_kact kind = (enum fn_kact)below(r, 4);
    struct tensor a = make_tensor(r, pixels, c), b = make_tensor(r, pixels, c);
    struct tensor out[3];
    float *scale = random_array(r, c), *shift = below(r, 2) ? random_array(r, c) : NULL;
    for (int i = 0; i < 3; i++)
        out[i] = make_tensor(r, pixels, c);
    struct fn_cpixels pa = {a.data, a.stride}, pb = {b.data, b.stride};
    e->act((struct fn_pixels){out[0].data, out[0].stride}, pa, pixels, c, kind, scale);
    e->add((struct fn_pixels){out[1].data, out[1].stride}, pa, pb, pixels, c, kind, scale);
    e->affine((struct fn_pixels){out[2].data, out[2].stride}, pa, pixels, c, scale, shift);
    for (size_t p = 0; p < pixels; p++)
        for (size_t i = 0; i < c; i++) {
            double x = (double)a.data[p * a.stride + i], y = (double)b.data[p * b.stride + i];
            assert_close(out[0].data[p * out[0].stride + i], act(kind, x, scale[i]), 1);
            assert_close(out[1].data[p * out[1].stride + i], act(kind, x + y, scale[i]), 1);
            assert_close(out[2].data[p * out[2].stride + i],
                         x * (double)scale[i] + (shift ? (double)shift[i] : 0), 1);
        }
    for (int i = 0; i < 3; i++) {
        check_guards(&out[i]);
        free(out[i].block);
    }
    free(a.block);
    free(b.block);
    free(scale);
    free(shift);
}

static void check_pools(const struct fn_pool_table *t, struct fn_rng *r)
{
    size_t rows = 1 + below(r, 4), cols = 1 + below(r, 4), c = 1 + below(r, 40),
           w = cols + below(r, 3);
    struct tensor in = make_tensor(r, rows * w, c), max = make_tensor(r, 1, c),
                  avg = make_tensor(r, 1, c), l2 = make_tensor(r, 1, c);
    struct fn_pool_window win = {.in = in.data,
                                 .rows = rows,
                                 .cols = cols,
                                 .in_stride = in.stride,
                                 .row_stride = w * in.stride,
                                 .c = c,
                                 .out = max.data};
    t->max(&win);
    win.out = avg.data;
    t->avg(&win);
    win.out = l2.data;
    win.eps = below(r, 2) ? 0 : 1e-3f;
    t->l2(&win);
    for (size_t i = 0; i < c; i++) {
        double top = -2, sum = 0, squares = (double)win.eps;
        for (size_t y = 0; y < rows; y++)
            for (size_t x = 0; x < cols; x++) {
                double v = (double)in.data[(y * w + x) * in.stride + i];
                top = v > top ? v : top;
                sum += v;
                squares += v * v;
            }
        assert_close(l2.data[i], sqrt(squares), 2);
        assert_close(max.data[i], top, 0);
        assert_close(avg.data[i], sum / (double)(rows * cols), 1);
    }
    check_guards(&max);
    check_guards(&avg);
    check_guards(&l2);
    free(l2.block);
    free(in.block);
    free(max.block);
    free(avg.block);
}

static void test_elements_and_pools(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(6, 0);
    for (unsigned m = 0; m < n; m++) {
        struct fn_kernels k;
        fn_kernels_init(&k, masks[m]);
        for (int i = 0; i < 300; i++) {
            check_elements(&k.elem, &r);
            check_pools(&k.pool, &r);
        }
    }
}

/* Activations of special values: NaN stays NaN, infinities are handled as defined, in every
 * lane of every version. */
static void test_special_values(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (unsigned m = 0; m < n; m++) {
        struct fn_kernels k;
        fn_kernels_init(&k, masks[m]);
        for (int kind = 0; kind < 4; kind++) {
            float in[4] = {(float)NAN, -(float)INFINITY, (float)INFINITY, -0.0f}, out[4];
            static const float slope[4] = {0.5f, 0.5f, 0.5f, 0.5f};
            k.elem.act((struct fn_pixels){out, 4}, (struct fn_cpixels){in, 4}, 1, 4,
                       (enum fn_kact)kind, slope);
            assert_true(isnan(out[0]));
            assert_true(out[1] == (float)act((enum fn_kact)kind, -(double)INFINITY, 0.5f));
            assert_true(out[2] == (float)act((enum fn_kact)kind, (double)INFINITY, 0.5f));
            assert_true(out[3] == 0.0f);
        }
    }
}

/* ---- matrix product ---- */

static void test_gemm(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(8, 0);
    for (int i = 0; i < 40; i++) {
        size_t m = 1 + below(&r, 20), n = 1 + below(&r, 20), k = 1 + below(&r, 20);
        bool ta = below(&r, 2), tb = below(&r, 2);
        float *a = random_array(&r, m * k), *b = random_array(&r, k * n),
              *c = random_array(&r, m * n);
        float *old = malloc(m * n * sizeof *old);
        assert_non_null(old);
        memcpy(old, c, m * n * sizeof *old);
        fn_gemm(
            &(struct fn_gemm){ta, tb, m, n, k, 0.5f, 2.0f, a, b, ta ? m : k, tb ? k : n, n, c});
        for (size_t y = 0; y < m; y++)
            for (size_t x = 0; x < n; x++) {
                double sum = 0;
                for (size_t d = 0; d < k; d++)
                    sum += (double)a[ta ? d * m + y : y * k + d] *
                           (double)b[tb ? x * k + d : d * n + x];
                assert_close(c[y * n + x], 0.5 * sum + 2 * (double)old[y * n + x], 20);
            }
        free(a);
        free(b);
        free(c);
        free(old);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convolution),    cmocka_unit_test(test_depthwise),
        cmocka_unit_test(test_all_tiles),      cmocka_unit_test(test_elements_and_pools),
        cmocka_unit_test(test_special_values), cmocka_unit_test(test_gemm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
