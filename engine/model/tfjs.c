/* SPDX-License-Identifier: MIT */
/* TF.js weight manifests ("weights_manifest.json"): a JSON array with one group {weights,
 * paths}; the binary file is the tensors in that order, without any gap. Quantised tensors are
 * bytes with a scale and a minimum. */
#include "engine/model/tfjs.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"

enum { TENSORS_MAX = 4096 };

struct fn_tfjs {
    json_t *manifest; /* keeps the names */
    struct fn_tfjs_tensor *t;
    size_t n;
};

static int bad(struct fn_error *err, const char *name)
{
    return fn_error_set(err, FN_EMODEL, "weight manifest: entry \"%.100s\" is not understood",
                        name ? name : "?");
}

static int read_shape(const json_t *shape, struct fn_tfjs_tensor *t)
{
    size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > 4)
        return FN_EMODEL;
    t->n = 1;
    t->rank = (uint32_t)rank;
    for (size_t i = 0; i < rank; i++) {
        const json_t *d = json_array_get(shape, i);
        json_int_t v = json_is_integer(d) ? json_integer_value(d) : 0;
        if (v < 1 || v > 65536 || t->n > (size_t)(INT32_MAX / v))
            return FN_EMODEL;
        t->dims[i] = (uint32_t)v;
        t->n *= (size_t)v;
    }
    return 0;
}

static int read_quantisation(const json_t *q, struct fn_tfjs_tensor *t)
{
    const char *type = json_string_value(json_object_get(q, "dtype"));
    const json_t *scale = json_object_get(q, "scale"), *min = json_object_get(q, "min");
    if (!type || strcmp(type, "uint8") != 0 || !json_is_number(scale) || !json_is_number(min))
        return FN_EUNSUPPORTED;
    t->quantised = 1;
    t->scale = json_number_value(scale);
    t->min = json_number_value(min);
    return fabs(t->scale) < 1e30 && fabs(t->min) < 1e30 ? 0 : FN_EMODEL;
}

/* Reads one entry whose data starts at *at; moves *at past it. */
static int read_entry(const json_t *j, const uint8_t *bin, size_t size, size_t *at,
                      struct fn_tfjs_tensor *t, struct fn_error *err)
{
    const json_t *q = json_object_get(j, "quantization");
    const char *type = json_string_value(json_object_get(j, "dtype"));
    t->name = json_string_value(json_object_get(j, "name"));
    if (!t->name || !type || read_shape(json_object_get(j, "shape"), t))
        return bad(err, t->name);
    if (strcmp(type, "float32") != 0 && strcmp(type, "int32") != 0)
        return fn_error_set(err, FN_EUNSUPPORTED, "weights of type %.32s are not supported",
                            type);
    if (q && read_quantisation(q, t))
        return bad(err, t->name);
    size_t bytes = t->n * (q ? 1 : 4);
    if (bytes > size - *at)
        return fn_error_set(err, FN_EMODEL, "weight file too short: ends within \"%.100s\"",
                            t->name);
    t->raw = bin + *at;
    *at += bytes;
    return 0;
}

int fn_tfjs_read(const uint8_t *manifest, size_t manifest_size, const uint8_t *bin,
                 size_t bin_size, struct fn_tfjs **ret, struct fn_error *err)
{
    struct fn_tfjs *t = calloc(1, sizeof *t);
    json_error_t je;
    size_t at = 0;
    int rc = 0;
    if (!t)
        return fn_error_set(err, -ENOMEM, "out of memory");
    t->manifest = json_loadb((const char *)manifest, manifest_size, 0, &je);
    const json_t *group = json_array_get(t->manifest, 0),
                 *list = json_object_get(group, "weights");
    size_t n = json_array_size(list);
    if (!group || json_array_size(t->manifest) != 1 || !n || n > TENSORS_MAX)
        rc = fn_error_set(err, FN_EMODEL, "not a TensorFlow.js weight manifest of one group");
    if (rc == 0 && !(t->t = calloc(n, sizeof *t->t)))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; rc == 0 && i < n; i++, t->n = i)
        rc = read_entry(json_array_get(list, i), bin, bin_size, &at, &t->t[i], err);
    if (rc == 0 && at != bin_size)
        rc = fn_error_set(err, FN_EMODEL, "weight file is longer than its manifest says");
    if (rc)
        fn_tfjs_destroy(t);
    else
        *ret = t;
    return rc;
}

void fn_tfjs_destroy(struct fn_tfjs *t)
{
    if (!t)
        return;
    json_decref(t->manifest);
    free(t->t);
    free(t);
}

const struct fn_tfjs_tensor *fn_tfjs_find(const struct fn_tfjs *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->t[i].name, name) == 0)
            return &t->t[i];
    return NULL;
}

void fn_tfjs_floats(const struct fn_tfjs_tensor *t, float *out)
{
    for (size_t i = 0; i < t->n; i++)
        out[i] = t->quantised ? (float)((double)t->raw[i] * t->scale + t->min)
                              : fn_get_lef(t->raw + 4 * i);
}
