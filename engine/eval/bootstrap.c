/* SPDX-License-Identifier: MIT */
/* Bootstrap over people. Faces of one person are not independent of each other, but people
 * nearly are. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/eval/metrics.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* v: n values, which are changed. */
static void summarise(double *v, size_t n, struct fn_interval *r)
{
    double mean = 0, sum = 0;
    qsort(v, n, sizeof *v, compare);
    for (size_t i = 0; i < n; i++)
        mean += v[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    r->error = n > 1 ? sqrt(sum / (double)(n - 1)) : (double)NAN;
    r->low = n ? v[(size_t)(.025 * (double)n)] : (double)NAN;
    r->high = n ? v[n - 1 - (size_t)(.025 * (double)n)] : (double)NAN;
}

static void resample(size_t n_people, uint64_t seed, uint64_t round, uint32_t *weight)
{
    struct fn_rng rng = fn_rng_init(seed, round);
    memset(weight, 0, n_people * sizeof *weight);
    for (size_t i = 0; i < n_people; i++)
        weight[fn_rng_below(&rng, n_people)]++;
}

int fn_bootstrap(size_t n_people, size_t resamples, uint64_t seed, fn_bootstrap_fn f, void *ctx,
                 size_t n_out, struct fn_interval *ret, struct fn_error *err)
{
    uint32_t *weight = calloc(n_people + 1, sizeof *weight);
    double *out = calloc(n_out + 1, sizeof *out);
    double *v = n_out < SIZE_MAX / sizeof *v / (resamples + 1)
                    ? calloc(n_out * resamples + 1, sizeof *v)
                    : NULL;
    size_t *n = calloc(n_out + 1, sizeof *n);
    int rc = weight && out && v && n && n_people
                 ? 0
                 : fn_error_set(err, n_people ? -ENOMEM : FN_EUSAGE,
                                n_people ? "out of memory" : "nobody to resample");
    for (size_t i = 0; !rc && i < n_people; i++)
        weight[i] = 1;
    if (!rc)
        f(weight, ctx, out);
    for (size_t k = 0; !rc && k < n_out; k++)
        ret[k] = (struct fn_interval){.value = out[k]};
    for (size_t i = 0; !rc && i < resamples; i++) {
        resample(n_people, seed, i, weight);
        f(weight, ctx, out);
        for (size_t k = 0; k < n_out; k++)
            if (isfinite(out[k]))
                v[k * resamples + n[k]++] = out[k];
    }
    for (size_t k = 0; !rc && k < n_out; k++)
        summarise(v + k * resamples, n[k], &ret[k]);
    free(weight);
    free(out);
    free(v);
    free(n);
    return rc;
}
