/* SPDX-License-Identifier: MIT */
/* The penultimate features of pictures' central faces, and the projection that they give; see
 * eval_protocols.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/eval_priv.h"
#include "cli/library/eval_protocols.h"
#include "engine/base/half.h"

/* As it is cached. */
struct feature {
    uint16_t found;
    uint16_t x[FN_FEATURE_MAX]; /* fp16 */
};

static const struct fn_face *central(const struct fn_photo_faces *p)
{
    const struct fn_face *best = NULL;
    float least = INFINITY;
    for (uint32_t i = 0; i < p->n_faces; i++) {
        const float *b = p->faces[i].box;
        float dx = (b[0] + b[2] / 2 - .5f) * (float)p->info.width,
              dy = (b[1] + b[3] / 2 - .5f) * (float)p->info.height;
        if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            best = &p->faces[i];
        }
    }
    return best;
}

static int find_feature(struct fnl_eval *e, int fd, const void *arg, void *out,
                        size_t *ret_size, struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    struct feature *to = out;
    (void)arg;
    int rc = fnl_eval_ask(e, &q, &reply, err);
    if (rc)
        return rc;
    const struct fn_face *face = central(&reply.photo);
    *to = (struct feature){.found = face != NULL};
    if (face)
        memcpy(to->x, face->feature, sizeof to->x);
    *ret_size = sizeof *to;
    return 0;
}

static int look_feature(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err)
{
    struct feature f = {0};
    size_t size = 0;
    const struct fnl_eval_question q = {arg, find_feature, NULL, sizeof f};
    int rc = fnl_eval_answer(e, path, &q, &f, &size, err);
    return rc == 1 ? f.found : rc;
}

static int collect(struct fnl_eval *e, const struct fn_eval_set *s, struct fnl_cache *cache,
                   uint32_t width, float *x, size_t *ret_n, struct fn_error *err)
{
    struct feature f;
    const struct fnl_eval_question q = {cache, find_feature, NULL, sizeof f};
    int rc = fnl_eval_ahead_set(e, s, look_feature, cache, err);
    for (size_t i = 0; rc >= 0 && i < s->n; i++) {
        size_t size = 0;
        rc = fnl_eval_answer(e, s->pictures[i].path, &q, &f, &size, err);
        if (rc != 1 || size != sizeof f || !f.found)
            continue;
        for (uint32_t k = 0; k < width; k++)
            x[*ret_n * width + k] = fn_half_to_float(f.x[k]);
        ++*ret_n;
    }
    return rc < 0 ? rc : 0;
}

int fnl_eval_fit_projection(struct fnl_eval *e, const struct fn_eval_set *s,
                            const struct fn_projection *start, struct fn_projection *ret,
                            size_t *ret_faces, struct fn_error *err)
{
    const struct fn_model *m = e->profile->embedder;
    *ret = (struct fn_projection){0};
    *ret_faces = 0;
    if (m->feature_output == FN_NONE || m->feature_width != start->in ||
        start->in > FN_FEATURE_MAX)
        return fn_error_set(err, FN_EUSAGE,
                            "%s is not joined from several embedders with this projection",
                            e->embedder);
    struct fnl_cache *cache = fnl_eval_cache(e, "features");
    float *x = calloc(s->n * start->in + 1, sizeof *x);
    int rc = cache && x ? collect(e, s, cache, start->in, x, ret_faces, err)
                        : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : fn_projection_fit(x, *ret_faces, start, ret, err);
    fnl_cache_close(cache);
    free(x);
    return rc;
}
