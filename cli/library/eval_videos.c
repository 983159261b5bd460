/* SPDX-License-Identifier: MIT */
/* Videos as the mean of their frames; see eval_protocols.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/library/eval_protocols.h"

struct video_job {
    const struct fn_eval_videos *videos;
    float *mean; /* n x FN_DIM */
    size_t *n_found, n_frames, n_empty;
};

/* Computes the mean vector of the first frames with a face, in order of their names. */
static int describe_video(struct fnl_eval *e, struct video_job *j, size_t i, size_t wanted,
                          struct fn_error *err)
{
    const struct fn_eval_video *v = &j->videos->v[i];
    float x[FN_DIM], *mean = j->mean + i * FN_DIM;
    size_t n = 0;
    for (size_t k = v->first; k < v->first + v->n && n < wanted; k++) {
        int rc = fnl_eval_vector(e, j->videos->set.pictures[k].path, FNL_EVAL_DETECT, x, err);
        if (rc < 0)
            return rc;
        for (size_t c = 0; rc == 1 && c < FN_DIM; c++)
            mean[c] += x[c];
        n += rc == 1;
    }
    for (size_t c = 0; n && c < FN_DIM; c++)
        mean[c] /= (float)n;
    j->n_found[i] = n;
    j->n_frames += n;
    return 0;
}

/* Processes the frames that are certainly needed. When some have no face, later ones are
 * processed one by one. */
static int look_ahead(struct fnl_eval *e, const struct video_job *j, size_t wanted,
                      struct fn_error *err)
{
    const char **paths = calloc(j->videos->set.n + 1, sizeof *paths);
    size_t n = 0;
    if (!paths)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < j->videos->n; i++)
        for (size_t k = 0; k < j->videos->v[i].n && k < wanted; k++)
            paths[n++] = j->videos->set.pictures[j->videos->v[i].first + k].path;
    int rc = fnl_eval_ahead(e, paths, n, fnl_eval_look_faces, NULL, err);
    free(paths);
    return rc;
}

static int describe(struct fnl_eval *e, struct video_job *j, size_t wanted,
                    struct fn_error *err)
{
    size_t n = j->videos->n;
    j->mean = calloc(n + 1, FN_DIM * sizeof *j->mean);
    j->n_found = calloc(n + 1, sizeof *j->n_found);
    if (!j->mean || !j->n_found)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int rc = look_ahead(e, j, wanted, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = describe_video(e, j, i, wanted, err);
        j->n_empty += !rc && !j->n_found[i];
    }
    return rc;
}

int fnl_eval_videos(struct fnl_eval *e, const struct fn_eval_videos *videos,
                    const struct fn_eval_pairs *pairs, size_t frames, struct fn_figures *f,
                    struct fn_pair_d2 **ret, struct fn_error *err)
{
    struct video_job j = {.videos = videos};
    struct fn_pair_d2 *d = calloc(pairs->n + 1, sizeof *d);
    int rc = d ? describe(e, &j, frames, err) : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < pairs->n; i++) {
        const struct fn_eval_pair *p = &pairs->v[i];
        bool found = j.n_found[p->a] && j.n_found[p->b];
        double d2 = fn_eval_video_d2(j.mean + p->a * FN_DIM, j.mean + p->b * FN_DIM, FN_DIM);
        d[i] = (struct fn_pair_d2){found ? (float)d2 : NAN, p->fold, p->same};
    }
    if (!rc) {
        fn_figures_count(f, "videos", "videos", videos->n, "videos");
        fn_figures_count(f, "videos", "frames", j.n_frames,
                         "frames with a face that were used");
        fn_figures_count(f, "videos", "empty", j.n_empty, "videos without a face");
        *ret = d;
        d = NULL;
    }
    free(d);
    free(j.mean);
    free(j.n_found);
    return rc;
}
