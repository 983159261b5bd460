/* SPDX-License-Identifier: MIT */
/* The verifier; see verify.h. Batches of FN_BATCH while there are enough candidates, one by one
 * for the rest: the executor gives a picture the same result either way. */
#include "engine/face/verify.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/arena.h"

/* The outputs by their channels (2: class, 4: box) when the model does not name them. */
static bool find_outputs(struct fn_verifier *v)
{
    const struct fn_decode *d = &v->model->decode;
    uint32_t n = v->model->graph.n_outputs, dims[4];
    v->score_output = v->box_output = FN_NONE;
    for (uint32_t i = 0; i < n; i++) {
        fn_exec_output(v->net.one, i, dims);
        if (dims[1] == 2)
            v->score_output = i;
        else if (dims[1] == 4)
            v->box_output = i;
    }
    if (d->n_levels) {
        v->score_output = d->level[0].score_output;
        v->box_output = d->level[0].box_output;
    }
    if (v->score_output >= n || v->box_output >= n)
        return false;
    fn_exec_output(v->net.one, v->score_output, dims);
    bool ok = dims[1] == 2 && dims[2] == 1 && dims[3] == 1;
    fn_exec_output(v->net.one, v->box_output, dims);
    return ok && dims[1] == 4 && dims[2] == 1 && dims[3] == 1;
}

int fn_verifier_init(struct fn_verifier *v, const struct fn_model *m, unsigned cpu_flags,
                     struct fn_error *err)
{
    *v = (struct fn_verifier){.model = m};
    int rc = fn_batch_net_init(&v->net, m, cpu_flags, true, err);
    if (rc)
        return rc;
    if (!v->net.side || !find_outputs(v)) {
        fn_verifier_finish(v);
        return fn_error_set(err, FN_EMODEL,
                            "the verifier has no class and box outputs for a square");
    }
    v->crop = fn_alloc_aligned((size_t)v->net.side * v->net.side * 3, sizeof *v->crop);
    if (!v->crop) {
        fn_verifier_finish(v);
        return fn_error_set(err, -ENOMEM, "no memory for the verifier");
    }
    return 0;
}

void fn_verifier_finish(struct fn_verifier *v)
{
    if (!v)
        return;
    fn_batch_net_finish(&v->net);
    free(v->crop);
    *v = (struct fn_verifier){0};
}

struct square {
    float x, y, side;
};

static struct square square_of(struct fn_box b)
{
    float side = fmaxf(b.x1 - b.x0, b.y1 - b.y0);
    return (struct square){(b.x0 + b.x1 - side) / 2, (b.y0 + b.y1 - side) / 2, side};
}

static void cut(struct fn_verifier *v, const struct fn_image *m, struct fn_box b, float *to)
{
    struct square s = square_of(b);
    struct fn_imagef crop = {v->crop, v->net.side, v->net.side};
    fn_crop_square(m, s.x + s.side / 2, s.y + s.side / 2, s.side, &crop);
    fn_net_input(&v->model->pre, &crop, false, to);
}

/* r: edge offsets in sides of the square. */
static struct fn_box refine(struct fn_box b, float probability, const float r[4])
{
    struct square s = square_of(b);
    float l = s.side;
    return (struct fn_box){s.x + l * r[0],     s.y + l * r[1], s.x + l + l * r[2],
                           s.y + l + l * r[3], probability,    probability + .001f * b.score};
}

static int run_group(struct fn_verifier *v, const struct fn_image *m, struct fn_box *boxes,
                     size_t n)
{
    struct fn_exec *x = n > 1 ? v->net.many : v->net.one;
    float *in = fn_exec_input(x, 0, NULL);
    for (size_t i = 0; i < n; i++)
        cut(v, m, boxes[i], in + i * v->net.in_size);
    int rc = fn_exec_run(x);
    if (rc)
        return rc;
    const float *score = fn_exec_output(x, v->score_output, NULL);
    const float *box = fn_exec_output(x, v->box_output, NULL);
    for (size_t i = 0; i < n; i++)
        boxes[i] = refine(boxes[i], score[i * 2 + 1], box + i * 4);
    return 0;
}

static bool usable(struct fn_box b, float min_score)
{
    return b.score > min_score && isfinite(b.x0) && isfinite(b.y0) && isfinite(b.x1) &&
           isfinite(b.y1) && b.x1 - b.x0 >= 1 && b.y1 - b.y0 >= 1;
}

int fn_verifier_run(struct fn_verifier *v, const struct fn_image *m, struct fn_box *boxes,
                    size_t n, float min_score, size_t *ret_kept, struct fn_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < n;) {
        size_t group = n - i >= FN_BATCH ? FN_BATCH : 1;
        int rc = run_group(v, m, boxes + i, group);
        if (rc)
            return fn_error_set(err, rc, "the verifier failed");
        for (size_t end = i + group; i < end; i++) {
            if (usable(boxes[i], min_score))
                boxes[kept++] = boxes[i];
        }
    }
    *ret_kept = kept;
    return 0;
}
