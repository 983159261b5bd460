/* SPDX-License-Identifier: MIT */
/* Landmarks; see landmark.h. */
#include "engine/face/landmark.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/face/align.h"

int fn_landmarker_init(struct fn_landmarker *l, const struct fn_model *m, unsigned cpu_flags,
                       struct fn_error *err)
{
    *l = (struct fn_landmarker){.model = m};
    int rc = fn_batch_net_init(&l->net, m, cpu_flags, false, err);
    if (rc)
        return rc;
    uint32_t dims[4];
    fn_exec_output(l->net.one, 0, dims);
    if (!l->net.side || dims[1] != FN_POINTS * 2 || dims[2] != 1 || dims[3] != 1) {
        fn_landmarker_finish(l);
        return fn_error_set(err, FN_EMODEL,
                            "the landmark network does not give 68 points of a square");
    }
    const struct fn_align *a = &m->align;
    if (a->second_pass && (a->n_points < 2 || a->n_points > 40 || a->chip != l->net.side)) {
        fn_landmarker_finish(l);
        return fn_error_set(err, FN_EMODEL,
                            "the landmark network's chip does not fit its input");
    }
    l->crop = fn_alloc_aligned((size_t)l->net.side * l->net.side * 3, sizeof *l->crop);
    if (!l->crop) {
        fn_landmarker_finish(l);
        return fn_error_set(err, -ENOMEM, "no memory for landmarks");
    }
    return 0;
}

void fn_landmarker_finish(struct fn_landmarker *l)
{
    if (!l)
        return;
    fn_batch_net_finish(&l->net);
    free(l->crop);
    *l = (struct fn_landmarker){0};
}

/* Runs on what s cuts from m; the network's 0..1 becomes crop pixels and then pixels of m. */
static int run_pass(struct fn_landmarker *l, const struct fn_image *m, struct fn_similarity s,
                    float points[FN_POINTS][2])
{
    struct fn_imagef crop = {l->crop, l->net.side, l->net.side};
    fn_warp(m, s, &crop);
    fn_net_input(&l->model->pre, &crop, false, fn_exec_input(l->net.one, 0, NULL));
    int rc = fn_exec_run(l->net.one);
    if (rc)
        return rc;
    const float *v = fn_exec_output(l->net.one, 0, NULL);
    float side = (float)l->net.side;
    for (int i = 0; i < FN_POINTS; i++)
        fn_similarity_apply(s, v[2 * i] * side, v[2 * i + 1] * side, &points[i][0],
                            &points[i][1]);
    return 0;
}

int fn_landmarker_run(struct fn_landmarker *l, const struct fn_image *m, struct fn_box box,
                      float points[FN_POINTS][2], struct fn_error *err)
{
    const struct fn_align *a = &l->model->align;
    float side = a->crop_scale * (box.y1 - box.y0);
    struct fn_similarity s = {side / (float)l->net.side, 0, (box.x0 + box.x1 - side) / 2,
                              (box.y0 + box.y1 - side) / 2};
    int rc = run_pass(l, m, s, points);
    if (!rc && a->second_pass && fn_align_plausible((const float(*)[2])points)) {
        s = fn_align_chip(a, (const float(*)[2])points);
        rc = run_pass(l, m, s, points);
    }
    return rc ? fn_error_set(err, rc, "the landmark network failed") : 0;
}
