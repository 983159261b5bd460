/* SPDX-License-Identifier: MIT */
/* Baselines; see baseline.h. */
#include "engine/eval/baseline.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/kernels/gemm.h"

enum { ROUNDS = 40, SPARE = 16, SWEEPS = 30 };

void fn_baseline_normalise(float *x, size_t n, size_t dim, bool with_mean)
{
    for (size_t i = 0; i < n; i++, x += dim) {
        double mean = 0, sum = 0;
        for (size_t c = 0; with_mean && c < dim; c++)
            mean += (double)x[c] / (double)dim;
        for (size_t c = 0; c < dim; c++)
            sum += ((double)x[c] - mean) * ((double)x[c] - mean);
        double scale = sum > 1e-12 ? 1 / sqrt(sum) : 0;
        for (size_t c = 0; c < dim; c++)
            x[c] = (float)(((double)x[c] - mean) * scale);
    }
}

/* ---- a small symmetric matrix ---- */

static void rotate(double *x, double *y, double c, double s)
{
    double t = *x;
    *x = c * t - s * *y;
    *y = s * t + c * *y;
}

static void turn(double *a, size_t m, double *v, size_t p, size_t q)
{
    double apq = a[p * m + q];
    if (fabs(apq) < 1e-300)
        return;
    double theta = (a[q * m + q] - a[p * m + p]) / (2 * apq);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t i = 0; i < m; i++)
        rotate(&a[i * m + p], &a[i * m + q], c, s);
    for (size_t i = 0; i < m; i++) {
        rotate(&a[p * m + i], &a[q * m + i], c, s);
        rotate(&v[p * m + i], &v[q * m + i], c, s);
    }
}

void fn_jacobi(double *a, size_t m, double *v)
{
    memset(v, 0, m * m * sizeof *v);
    for (size_t i = 0; i < m; i++)
        v[i * m + i] = 1;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0, on = 0;
        for (size_t p = 0; p < m; p++) {
            on += a[p * m + p] * a[p * m + p];
            for (size_t q = p + 1; q < m; q++)
                off += a[p * m + q] * a[p * m + q];
        }
        if (off <= 1e-24 * on)
            break;
        for (size_t p = 0; p < m; p++)
            for (size_t q = p + 1; q < m; q++)
                turn(a, m, v, p, q);
    }
}

/* ---- the leading subspace ---- */

/* Makes the rows of v (m x n) orthonormal. It is done twice, because once is not enough in
 * single precision. */
static void orthonormalise(float *v, size_t m, size_t n)
{
    for (size_t i = 0; i < m; i++) {
        float *x = v + i * n;
        double sum = 0;
        for (int pass = 0; pass < 2; pass++)
            for (size_t k = 0; k < i; k++) {
                const float *y = v + k * n;
                double dot = 0;
                for (size_t c = 0; c < n; c++)
                    dot += (double)x[c] * (double)y[c];
                for (size_t c = 0; c < n; c++)
                    x[c] = (float)((double)x[c] - dot * (double)y[c]);
            }
        for (size_t c = 0; c < n; c++)
            sum += (double)x[c] * (double)x[c];
        double scale = sum > 1e-30 ? 1 / sqrt(sum) : 0;
        for (size_t c = 0; c < n; c++)
            x[c] = (float)((double)x[c] * scale);
    }
}

static void product(const float *a, size_t m, size_t k, const float *b, bool trans_b, size_t n,
                    float *c)
{
    const struct fn_gemm g = {.trans_b = trans_b,
                              .m = m,
                              .n = n,
                              .k = k,
                              .alpha = 1,
                              .a = a,
                              .b = b,
                              .lda = k,
                              .ldb = trans_b ? k : n,
                              .ldc = n,
                              .c = c};
    fn_gemm(&g);
}

struct work {
    size_t n, dim, s, m, k; /* s: side of the Gram matrix; m: vectors iterated */
    float *x;               /* centred rows */
    float *gram, *v, *av;   /* s x s, m x s, m x s */
    double *small, *turned;
    size_t *order;
};

static void work_free(struct work *w)
{
    free(w->x);
    free(w->gram);
    free(w->v);
    free(w->av);
    free(w->small);
    free(w->turned);
    free(w->order);
}

static int work_init(struct work *w)
{
    if (w->n > SIZE_MAX / sizeof(float) / (w->dim + 1) || w->s > 16384)
        return FN_ELIMIT;
    w->x = calloc(w->n * w->dim, sizeof *w->x);
    w->gram = calloc(w->s * w->s, sizeof *w->gram);
    w->v = calloc(w->m * w->s, sizeof *w->v);
    w->av = calloc(w->m * w->s, sizeof *w->av);
    w->small = calloc(w->m * w->m, sizeof *w->small);
    w->turned = calloc(w->m * w->m, sizeof *w->turned);
    w->order = calloc(w->m, sizeof *w->order);
    return w->x && w->gram && w->v && w->av && w->small && w->turned && w->order ? 0 : -ENOMEM;
}

static void make_gram(struct work *w)
{
    const struct fn_gemm g = {.trans_a = w->s == w->dim && w->n > w->dim,
                              .trans_b = !(w->s == w->dim && w->n > w->dim),
                              .m = w->s,
                              .n = w->s,
                              .k = w->s == w->dim && w->n > w->dim ? w->n : w->dim,
                              .alpha = 1,
                              .a = w->x,
                              .b = w->x,
                              .lda = w->dim,
                              .ldb = w->dim,
                              .ldc = w->s,
                              .c = w->gram};
    fn_gemm(&g);
}

/* Eigenvectors of the Gram matrix. w->turned gets their coordinates in the rows of w->v,
 * w->order their order, largest first. */
static void iterate(struct work *w, uint64_t seed)
{
    struct fn_rng rng = fn_rng_init(seed, 0);
    for (size_t i = 0; i < w->m * w->s; i++)
        w->v[i] = (float)(fn_rng_uniform(&rng) - .5);
    orthonormalise(w->v, w->m, w->s);
    for (int round = 0; round < (w->m == w->s ? 0 : ROUNDS); round++) {
        product(w->v, w->m, w->s, w->gram, false, w->s, w->av);
        memcpy(w->v, w->av, w->m * w->s * sizeof *w->v);
        orthonormalise(w->v, w->m, w->s);
    }
    product(w->v, w->m, w->s, w->gram, false, w->s, w->av);
    for (size_t i = 0; i < w->m; i++)
        for (size_t j = 0; j < w->m; j++) {
            double sum = 0;
            for (size_t c = 0; c < w->s; c++)
                sum += (double)w->v[i * w->s + c] * (double)w->av[j * w->s + c];
            w->small[i * w->m + j] = sum;
        }
    for (size_t i = 0; i < w->m; i++)
        for (size_t j = 0; j < i; j++)
            w->small[i * w->m + j] = w->small[j * w->m + i];
    fn_jacobi(w->small, w->m, w->turned);
    for (size_t i = 0; i < w->m; i++) {
        size_t at = i;
        double value = w->small[i * w->m + i];
        for (; at > 0 && w->small[w->order[at - 1] * w->m + w->order[at - 1]] < value; at--)
            w->order[at] = w->order[at - 1];
        w->order[at] = i;
    }
}

static void take_axes(struct work *w, struct fn_axes *a)
{
    float *u = w->av; /* no longer needed */
    for (size_t i = 0; i < w->k; i++) {
        const double *t = w->turned + w->order[i] * w->m;
        for (size_t c = 0; c < w->s; c++) {
            double sum = 0;
            for (size_t j = 0; j < w->m; j++)
                sum += t[j] * (double)w->v[j * w->s + c];
            u[i * w->s + c] = (float)sum;
        }
        a->variance[i] = w->small[w->order[i] * w->m + w->order[i]] / (double)w->n;
    }
    if (w->n > w->dim)
        memcpy(a->axes, u, w->k * w->dim * sizeof *u);
    else
        product(u, w->k, w->n, w->x, false, w->dim, a->axes);
    orthonormalise(a->axes, w->k, w->dim);
}

static void centre(struct work *w, const float *x, bool centred, float *mean)
{
    for (size_t c = 0; c < w->dim; c++) {
        double sum = 0;
        for (size_t i = 0; centred && i < w->n; i++)
            sum += (double)x[i * w->dim + c];
        mean[c] = (float)(sum / (double)w->n);
    }
    for (size_t i = 0; i < w->n; i++)
        for (size_t c = 0; c < w->dim; c++)
            w->x[i * w->dim + c] = x[i * w->dim + c] - mean[c];
}

int fn_axes_fit(const float *x, size_t n, size_t dim, size_t k, bool centred, uint64_t seed,
                struct fn_axes *ret, struct fn_error *err)
{
    size_t s = n > dim ? dim : n, m = k + SPARE < s ? k + SPARE : s;
    struct work w = {.n = n, .dim = dim, .s = s, .m = m, .k = k};
    struct fn_axes a = {.dim = dim, .k = k};
    if (!k || k > s)
        return fn_error_set(err, FN_EUSAGE, "%zu axes cannot be had from %zu pictures", k, n);
    a.mean = calloc(dim, sizeof *a.mean);
    a.axes = calloc(k * dim, sizeof *a.axes);
    a.variance = calloc(k, sizeof *a.variance);
    int rc = a.mean && a.axes && a.variance ? work_init(&w) : -ENOMEM;
    if (!rc) {
        centre(&w, x, centred, a.mean);
        make_gram(&w);
        iterate(&w, seed);
        take_axes(&w, &a);
        *ret = a;
    }
    work_free(&w);
    if (!rc)
        return 0;
    fn_axes_free(&a);
    return fn_error_set(err, rc, "no memory for the axes of %zu pictures", n);
}

void fn_axes_free(struct fn_axes *a)
{
    if (!a)
        return;
    free(a->mean);
    free(a->axes);
    free(a->variance);
    *a = (struct fn_axes){0};
}

int fn_axes_project(const struct fn_axes *a, const float *x, size_t n, size_t k, float *out)
{
    float *row = calloc(a->dim + 1, sizeof *row);
    if (!row || k > a->k) {
        free(row);
        return row ? -EINVAL : -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < a->dim; c++)
            row[c] = x[i * a->dim + c] - a->mean[c];
        product(row, 1, a->dim, a->axes, true, k, out + i * k);
    }
    fn_baseline_normalise(out, n, k, false);
    free(row);
    return 0;
}
