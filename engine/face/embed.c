/* SPDX-License-Identifier: MIT */
/* Embeddings; see embed.h. */
#include "engine/face/embed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/half.h"
#include "engine/face/align.h"

static bool has_feature(const struct fn_model *m)
{
    return m->feature_output != FN_NONE && m->feature_width <= FN_FEATURE_MAX;
}

uint32_t fn_embedder_feature_width(const struct fn_model *m)
{
    return has_feature(m) ? m->feature_width : FN_DIM;
}

static int check_outputs(struct fn_embedder *e, struct fn_error *err)
{
    const struct fn_model *m = e->model;
    uint32_t dims[4], n = m->graph.n_outputs;
    e->output = m->feature_output == 0 && n > 1 ? 1 : 0;
    fn_exec_output(e->net.one, e->output, dims);
    if (dims[1] != FN_DIM || dims[2] != 1 || dims[3] != 1)
        return fn_error_set(err, FN_EMODEL, "the embedder gives %u numbers, not %d", dims[1],
                            FN_DIM);
    if (!has_feature(m))
        return 0;
    if (m->feature_output >= n)
        return fn_error_set(err, FN_EMODEL, "the embedder's feature does not fit");
    fn_exec_output(e->net.one, m->feature_output, dims);
    if (dims[1] * dims[2] * dims[3] != m->feature_width)
        return fn_error_set(err, FN_EMODEL, "the embedder's feature has %u numbers, not %u",
                            dims[1] * dims[2] * dims[3], m->feature_width);
    return 0;
}

int fn_embedder_init(struct fn_embedder *e, const struct fn_model *m, bool flip,
                     unsigned cpu_flags, struct fn_error *err)
{
    *e = (struct fn_embedder){.model = m, .flip = flip};
    int rc = fn_batch_net_init(&e->net, m, cpu_flags, false, err);
    if (rc)
        return rc;
    rc = check_outputs(e, err);
    if (!rc &&
        (m->align.n_points < 2 || m->align.n_points > 40 || m->align.chip != e->net.width))
        rc = fn_error_set(err, FN_EMODEL, "the embedder's alignment does not fit its input");
    if (!rc) {
        e->chip = fn_alloc_aligned((size_t)e->net.width * e->net.height * 3, sizeof *e->chip);
        e->mirrored = fn_alloc_aligned(FN_DIM + FN_FEATURE_MAX, sizeof *e->mirrored);
        if (!e->chip || !e->mirrored)
            rc = fn_error_set(err, -ENOMEM, "no memory for embeddings");
    }
    if (rc)
        fn_embedder_finish(e);
    return rc;
}

void fn_embedder_finish(struct fn_embedder *e)
{
    if (!e)
        return;
    fn_batch_net_finish(&e->net);
    free(e->chip);
    free(e->mirrored);
    *e = (struct fn_embedder){0};
}

void fn_embedder_cut(struct fn_embedder *e, const struct fn_image *m, const float (*points)[2])
{
    struct fn_imagef chip = {e->chip, e->net.width, e->net.height};
    fn_warp(m, fn_align_chip(&e->model->align, points), &chip);
}

void fn_embedder_cut_five(struct fn_embedder *e, const struct fn_image *m,
                          const float (*five)[2])
{
    struct fn_imagef chip = {e->chip, e->net.width, e->net.height};
    fn_warp(m, fn_align_chip_five(&e->model->align, five), &chip);
}

/* Raw output and feature of the chip, mirrored or not. */
static int run_chip(struct fn_embedder *e, bool mirror, float raw[FN_DIM], float *feature)
{
    struct fn_imagef chip = {e->chip, e->net.width, e->net.height};
    fn_net_input(&e->model->pre, &chip, mirror, fn_exec_input(e->net.one, 0, NULL));
    int rc = fn_exec_run(e->net.one);
    if (rc)
        return rc;
    memcpy(raw, fn_exec_output(e->net.one, e->output, NULL), FN_DIM * sizeof *raw);
    const float *from = has_feature(e->model)
                            ? fn_exec_output(e->net.one, e->model->feature_output, NULL)
                            : raw;
    memcpy(feature, from, fn_embedder_feature_width(e->model) * sizeof *feature);
    return 0;
}

static void average(float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] = (a[i] + b[i]) / 2;
}

/* Sums in double, so that the length is 1 to float precision whatever the order. */
static int normalise(const float raw[FN_DIM], float out[FN_DIM])
{
    double sum = 0;
    for (int i = 0; i < FN_DIM; i++)
        sum += (double)raw[i] * (double)raw[i];
    if (!isfinite(sum) || sum < 1e-12)
        return FN_EMODEL;
    double scale = 1 / sqrt(sum);
    for (int i = 0; i < FN_DIM; i++)
        out[i] = (float)((double)raw[i] * scale);
    return 0;
}

int fn_embedder_run(struct fn_embedder *e, struct fn_face *face, struct fn_error *err)
{
    float raw[FN_DIM], feature[FN_FEATURE_MAX] = {0};
    uint32_t width = fn_embedder_feature_width(e->model);
    int rc = run_chip(e, false, raw, feature);
    if (!rc && e->flip) {
        rc = run_chip(e, true, e->mirrored, e->mirrored + FN_DIM);
        average(raw, e->mirrored, FN_DIM);
        average(feature, e->mirrored + FN_DIM, width);
    }
    if (!rc)
        rc = normalise(raw, face->embedding);
    if (rc)
        return fn_error_set(err, rc, "the embedder failed");
    for (uint32_t i = 0; i < FN_FEATURE_MAX; i++)
        face->feature[i] = i < width ? fn_half_from_float(feature[i]) : 0;
    return 0;
}
