/* SPDX-License-Identifier: MIT */
/* See margin.h. */
#include "engine/train/margin.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/kernels/gemm.h"

/* Two normally distributed numbers from two uniform ones (Box, Muller 1958). */
static float normal(struct fn_rng *r)
{
    double u = fn_rng_uniform(r), v = fn_rng_uniform(r);
    return (float)(sqrt(-2 * log(1 - u)) * cos(2 * 3.14159265358979323846 * v));
}

int fn_margin_init(struct fn_margin_head *h, enum fn_margin_kind kind, float scale,
                   float margin, size_t n_people, size_t dim, uint64_t seed)
{
    *h = (struct fn_margin_head){kind, scale, margin, n_people, dim, NULL, NULL, {0}};
    if (fn_arena_init(&h->memory, (2 * n_people * dim + 1) * sizeof(float)))
        return -ENOMEM;
    h->w = (float *)(void *)h->memory.base;
    h->grad = h->w + n_people * dim;
    struct fn_rng r = fn_rng_init(seed, 0x6d617267u);
    for (size_t i = 0; i < n_people * dim; i++)
        h->w[i] = normal(&r) / sqrtf((float)dim);
    return 0;
}

void fn_margin_finish(struct fn_margin_head *h)
{
    if (!h)
        return;
    fn_arena_finish(&h->memory);
    *h = (struct fn_margin_head){0};
}

struct margin_work {
    float *unit;   /* [people][dim] */
    float *norm;   /* [people] */
    float *logits; /* [n][people]: cosines, then dL/dcos */
    float *dunit;  /* [people][dim] */
};

static void normalise(const struct fn_margin_head *h, struct margin_work *k)
{
    for (size_t c = 0; c < h->n_people; c++) {
        double sum = 1e-12;
        for (size_t i = 0; i < h->dim; i++)
            sum += (double)h->w[c * h->dim + i] * (double)h->w[c * h->dim + i];
        k->norm[c] = (float)sqrt(sum);
        for (size_t i = 0; i < h->dim; i++)
            k->unit[c * h->dim + i] = h->w[c * h->dim + i] / k->norm[c];
    }
}

/* The logit of the right class from its cosine, and its derivative. */
static double own_logit(const struct fn_margin_head *h, double cosine, double *derivative)
{
    double s = (double)h->scale, m = (double)h->margin;
    if (h->kind == FN_MARGIN_COS) {
        *derivative = s;
        return s * (cosine - m);
    }
    double c = fmin(fmax(cosine, -1), 1), sine = sqrt(1 - c * c);
    /* Beyond pi - m, cos(theta + m) would rise again. Continue with a straight line there, like
     * the code of ArcFace. */
    if (c < cos(3.14159265358979323846 - m)) {
        *derivative = s;
        return s * (c - m * sin(m));
    }
    *derivative = s * (cos(m) + sin(m) * c / fmax(sine, 1e-3));
    return s * (c * cos(m) - sine * sin(m));
}

/* Converts a row from cosines to dL/dcos. Returns the loss. */
static double row_loss(const struct fn_margin_head *h, float *row, size_t own, double weight,
                       bool *right)
{
    double derivative, mine = own_logit(h, (double)row[own], &derivative), top = mine, sum = 0;
    *right = true;
    for (size_t c = 0; c < h->n_people; c++) {
        if (c == own)
            continue;
        *right = *right && row[c] < row[own];
        top = fmax(top, (double)h->scale * (double)row[c]);
    }
    for (size_t c = 0; c < h->n_people; c++)
        sum += exp((c == own ? mine : (double)h->scale * (double)row[c]) - top);
    double loss = log(sum) + top - mine;
    for (size_t c = 0; c < h->n_people; c++) {
        double z = c == own ? mine : (double)h->scale * (double)row[c];
        double p = exp(z - top) / sum;
        row[c] = (float)(weight * (c == own ? (p - 1) * derivative : p * (double)h->scale));
    }
    return loss;
}

/* Through w / |w|: only the tangential part changes the direction. */
static void direction_gradient(struct fn_margin_head *h, const struct margin_work *k)
{
    for (size_t c = 0; c < h->n_people; c++) {
        const float *u = k->unit + c * h->dim, *d = k->dunit + c * h->dim;
        double along = 0;
        for (size_t i = 0; i < h->dim; i++)
            along += (double)u[i] * (double)d[i];
        for (size_t i = 0; i < h->dim; i++)
            h->grad[c * h->dim + i] = (d[i] - u[i] * (float)along) / k->norm[c];
    }
}

static void products(const struct fn_margin_head *h, const float *f, size_t n, float *df,
                     struct margin_work *k)
{
    fn_gemm(&(struct fn_gemm){.m = n,
                              .n = h->dim,
                              .k = h->n_people,
                              .alpha = 1,
                              .a = k->logits,
                              .lda = h->n_people,
                              .b = k->unit,
                              .ldb = h->dim,
                              .c = df,
                              .ldc = h->dim});
    fn_gemm(&(struct fn_gemm){.trans_a = true,
                              .m = h->n_people,
                              .n = h->dim,
                              .k = n,
                              .alpha = 1,
                              .a = k->logits,
                              .lda = h->n_people,
                              .b = f,
                              .ldb = h->dim,
                              .c = k->dunit,
                              .ldc = h->dim});
}

int fn_margin_loss(struct fn_margin_head *h, const float *f, const uint32_t *person, size_t n,
                   float *df, double *ret_loss, size_t *ret_right)
{
    size_t matrix = h->n_people * h->dim;
    struct fn_arena memory;
    if (fn_arena_init(&memory,
                      (2 * matrix + h->n_people + n * h->n_people + 1) * sizeof(float)))
        return -ENOMEM;
    struct margin_work k = {.unit = (float *)(void *)memory.base};
    k.dunit = k.unit + matrix;
    k.norm = k.dunit + matrix;
    k.logits = k.norm + h->n_people;
    normalise(h, &k);
    fn_gemm(&(struct fn_gemm){.trans_b = true,
                              .m = n,
                              .n = h->n_people,
                              .k = h->dim,
                              .alpha = 1,
                              .a = f,
                              .lda = h->dim,
                              .b = k.unit,
                              .ldb = h->dim,
                              .c = k.logits,
                              .ldc = h->n_people});
    double loss = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        bool right;
        loss += row_loss(h, k.logits + i * h->n_people, person[i], 1 / (double)n, &right);
        n_right += right;
    }
    products(h, f, n, df, &k);
    direction_gradient(h, &k);
    fn_arena_finish(&memory);
    *ret_loss = n ? loss / (double)n : 0;
    *ret_right = n_right;
    return 0;
}
