/* SPDX-License-Identifier: MIT */
/* Comparison with reference outputs. */
#include "tests/golden/golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *dir_of(char *out, size_t size, const char *variable, const char *fallback)
{
    const char *dir = getenv(variable), *source = getenv("FN_SOURCE_DIR");
    if (dir)
        return dir;
    (void)snprintf(out, size, "%s/%s", source ? source : ".", fallback);
    return out;
}

const char *golden_shared_dir(void)
{
    static char dir[4096];
    return dir_of(dir, sizeof dir, "FACENETD_SHARED", "../shared");
}

const char *golden_models_dir(void)
{
    static char dir[4096];
    return dir_of(dir, sizeof dir, "FACENETD_TEST_MODELS", "build/models");
}

json_t *golden_load(const char *dir, const char *file)
{
    char path[8192];
    json_error_t e;
    (void)snprintf(path, sizeof path, "%s/%s", dir, file);
    if (access(path, R_OK) != 0)
        return NULL;
    json_t *j = json_load_file(path, 0, &e);
    if (!j) {
        fprintf(stderr, "%s: %s, line %d\n", path, e.text, e.line);
        abort();
    }
    return j;
}

static bool near(const char *name, const char *what, size_t at, double got, double want,
                 double tolerance)
{
    if (fabs(got - want) <= tolerance)
        return true;
    fprintf(stderr, "%s: %s[%zu] is %.9g, golden %.9g (tolerance %.3g)\n", name, what, at, got,
            want, tolerance);
    return false;
}

static double number(const json_t *record, const char *key)
{
    return json_number_value(json_object_get(record, key));
}

static const json_t *samples(const json_t *record, const char *stem)
{
    char key[16];
    for (int i = 0; i < 3; i++) {
        (void)snprintf(key, sizeof key, "%s%s", stem, i == 0 ? "" : i == 1 ? "8" : "16");
        if (json_object_get(record, key))
            return json_object_get(record, key);
    }
    return NULL;
}

static size_t elements(const json_t *shape)
{
    size_t n = 1;
    for (size_t i = 0; i < json_array_size(shape); i++)
        n *= (size_t)json_integer_value(json_array_get(shape, i));
    return n;
}

static size_t mid_at(const json_t *record)
{
    static const char *const keys[] = {"mid_at", "mid8_at", "mid16_at"};
    for (size_t i = 0; i < 3; i++)
        if (json_object_get(record, keys[i]))
            return (size_t)json_integer_value(json_object_get(record, keys[i]));
    return 0;
}

bool golden_matches(const char *name, const float *v, size_t n, const json_t *record)
{
    const json_t *first = samples(record, "first"), *mid = samples(record, "mid");
    double low = number(record, "min"), high = number(record, "max"), lo = (double)INFINITY,
           hi = -(double)INFINITY;
    double range = fmax(1, fmax(fabs(low), fabs(high))), tol = 1e-4 * range, sum = 0,
           abssum = 0;
    size_t at = mid_at(record);
    if (elements(json_object_get(record, "shape")) != n || !first ||
        at + json_array_size(mid) > n) {
        fprintf(stderr, "%s: %zu elements, golden has %zu\n", name, n,
                elements(json_object_get(record, "shape")));
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < json_array_size(first); i++)
        ok &= near(name, "value", i, (double)v[i], json_number_value(json_array_get(first, i)),
                   tol);
    for (size_t i = 0; i < json_array_size(mid); i++)
        ok &= near(name, "value", at + i, (double)v[at + i],
                   json_number_value(json_array_get(mid, i)), tol);
    for (size_t i = 0; i < n; i++) {
        sum += (double)v[i];
        abssum += fabs((double)v[i]);
        lo = fmin(lo, (double)v[i]);
        hi = fmax(hi, (double)v[i]);
    }
    double sum_tol = 1e-5 * number(record, "abssum") + 1e-3;
    ok &= near(name, "sum", 0, sum, number(record, "sum"), sum_tol);
    ok &= near(name, "abssum", 0, abssum, number(record, "abssum"), sum_tol);
    ok &= near(name, "min", 0, lo, low, tol);
    return near(name, "max", 0, hi, high, tol) && ok;
}

bool golden_list_matches(const char *name, const float *v, size_t n, const json_t *list,
                         double tolerance)
{
    bool ok = json_array_size(list) > 0 && json_array_size(list) <= n;
    if (!ok)
        fprintf(stderr, "%s: %zu numbers, golden has %zu\n", name, n, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list) && i < n; i++)
        ok &= near(name, "value", i, (double)v[i], json_number_value(json_array_get(list, i)),
                   tolerance);
    return ok;
}

float *golden_to_nchw(const float *v, uint32_t c, uint32_t h, uint32_t w)
{
    size_t area = (size_t)h * w;
    float *out = malloc(area * c * sizeof *out);
    if (!out)
        abort();
    for (size_t p = 0; p < area; p++)
        for (size_t k = 0; k < c; k++)
            out[k * area + p] = v[p * c + k];
    return out;
}
