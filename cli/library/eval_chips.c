/* SPDX-License-Identifier: MIT */
/* Aligned grey chips of pictures, as numbers: input of the baselines. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/library/eval_priv.h"
#include "engine/eval/baseline.h"

enum { SIDE = FN_BASELINE_SIDE, PIXELS = SIDE * SIDE, CUT = 160 };

/* Aligns the five points of the face (eyes, nose, corners of the mouth) with their usual
 * positions in frontal faces (the 112-pixel template of InsightFace, scaled). rgb: the crop of
 * CUT pixels around the box. */
static void align(uint8_t *rgb, const struct fnl_eval_faces *faces,
                  const struct fnl_eval_face *f, uint8_t out[PIXELS])
{
    static const float points[5][2] = {{38.2946f, 51.6963f},
                                       {73.5318f, 51.5014f},
                                       {56.0252f, 71.7366f},
                                       {41.5493f, 92.3655f},
                                       {70.7299f, 92.2041f}};
    float chip[PIXELS * 3];
    float w = (float)faces->width, h = (float)faces->height, from[5][2], to[5][2];
    float side = fmaxf(f->box[2] * w, f->box[3] * h) * (1 + 2 * FNL_EVAL_MARGIN);
    float left = (f->box[0] + f->box[2] / 2) * w - side / 2,
          top = (f->box[1] + f->box[3] / 2) * h - side / 2;
    for (int i = 0; i < 5; i++) {
        from[i][0] = points[i][0] * SIDE / 112;
        from[i][1] = points[i][1] * SIDE / 112;
        to[i][0] = (f->points[i][0] * w - left) / side * CUT - .5f;
        to[i][1] = (f->points[i][1] * h - top) / side * CUT - .5f;
    }
    const struct fn_image m = {rgb, CUT, CUT, (size_t)CUT * 3};
    struct fn_imagef dst = {chip, SIDE, SIDE};
    fn_warp(&m, fn_similarity_fit((const float(*)[2])from, (const float(*)[2])to, 5), &dst);
    for (size_t i = 0; i < PIXELS; i++) {
        float grey = .299f * chip[3 * i] + .587f * chip[3 * i + 1] + .114f * chip[3 * i + 2];
        out[i] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey + .5f);
    }
}

struct request {
    const struct fnl_eval_faces *faces;
    const struct fnl_eval_face *f;
};

static int make_chip(struct fnl_eval *e, int fd, const void *arg, void *out, size_t *ret_size,
                     struct fn_error *err)
{
    const struct request *a = arg;
    uint8_t *rgb = malloc(CUT * CUT * 3);
    int rc = rgb ? fnl_eval_crop(e, fd, a->f->box, FNL_EVAL_MARGIN, CUT, rgb, err)
                 : fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc) {
        align(rgb, a->faces, a->f, out);
        *ret_size = PIXELS;
    }
    free(rgb);
    return rc;
}

static int chip_of(struct fnl_eval *e, const char *path, struct fnl_cache *cache,
                   uint8_t out[PIXELS], struct fn_error *err)
{
    struct fnl_eval_faces faces;
    size_t size;
    int rc = fnl_eval_faces(e, path, &faces, err);
    const struct fnl_eval_face *f = rc ? NULL : fnl_eval_central(&faces);
    if (!f)
        return rc;
    const struct request a = {&faces, f};
    const struct fnl_eval_question q = {cache, make_chip, &a, PIXELS};
    return fnl_eval_answer(e, path, &q, out, &size, err);
}

static int look_chip(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err)
{
    uint8_t chip[PIXELS];
    return chip_of(e, path, arg, chip, err);
}

int fnl_eval_chips(struct fnl_eval *e, const struct fn_eval_set *s, size_t max,
                   struct fn_eval_vectors *ret, struct fn_error *err)
{
    uint8_t chip[PIXELS];
    struct fnl_cache *cache = fnl_eval_cache(e, "chip 1 64");
    size_t step = s->n / max + (s->n % max != 0), n = 0;
    const char **paths = calloc(s->n + 1, sizeof *paths);
    int rc = cache && paths ? fn_eval_vectors_init(ret, s, PIXELS, err)
                            : fn_error_set(err, -ENOMEM, "out of memory");
    step = step ? step : 1;
    for (size_t i = 0; !rc && i < s->n; i += step)
        paths[n++] = s->pictures[i].path;
    rc = rc ? rc : fnl_eval_ahead(e, paths, n, look_chip, cache, err);
    for (size_t i = 0; rc >= 0 && i < s->n; i += step) {
        rc = chip_of(e, s->pictures[i].path, cache, chip, err);
        ret->found[i] = rc == 1;
        ret->n_missed += rc == 0;
        for (size_t k = 0; rc == 1 && k < PIXELS; k++)
            ret->x[i * PIXELS + k] = chip[k];
    }
    if (rc >= 0)
        fn_baseline_normalise(ret->x, ret->n, PIXELS, true);
    fnl_cache_close(cache);
    free(paths);
    return rc < 0 ? rc : 0;
}
