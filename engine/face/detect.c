/* SPDX-License-Identifier: MIT */
/* The detector on one picture; see detect.h.
 *
 * The picture keeps its aspect ratio and is placed at the top left of the network's input or in
 * its centre, as the model requires; the rest is a constant grey. Areas are averaged when
 * shrinking, so that small faces do not alias.
 */
#include "engine/face/detect.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/face/detect_decode.h"
#include "engine/image/resample.h"

enum { KEEP_MAX = 4096 }; /* boxes after suppression, per pass */

void fn_detector_init(struct fn_detector *d, const struct fn_model *m, unsigned cpu_flags)
{
    *d = (struct fn_detector){.model = m, .cpu_flags = cpu_flags};
}

void fn_detector_finish(struct fn_detector *d)
{
    if (!d)
        return;
    for (uint32_t i = 0; i < d->n_nets; i++)
        fn_exec_destroy(d->net[i].exec);
    free(d->pixels);
    free(d->resize);
    *d = (struct fn_detector){0};
}

static struct fn_detect_net *find_net(struct fn_detector *d, uint32_t w, uint32_t h)
{
    for (uint32_t i = 0; i < d->n_nets; i++) {
        if (d->net[i].w == w && d->net[i].h == h)
            return &d->net[i];
    }
    return NULL;
}

int fn_detector_prepare(struct fn_detector *d, uint32_t w, uint32_t h, struct fn_error *err)
{
    if (find_net(d, w, h))
        return 0;
    if (d->n_nets == FN_DETECT_NETS)
        return fn_error_set(err, FN_ELIMIT, "more than %d detector sizes", FN_DETECT_NETS);
    if (!w || !h || w > 8192 || h > 8192)
        return fn_error_set(err, FN_EMODEL, "detector size %ux%u is out of range", w, h);
    struct fn_exec_opts o = {.n = 1, .h = h, .w = w, .cpu_flags = d->cpu_flags};
    struct fn_exec *x = NULL;
    int rc = fn_exec_create(&d->model->graph, &o, &x, err);
    if (rc)
        return rc;
    uint32_t dims[4];
    fn_exec_input(x, 0, dims);
    if (dims[1] != 3) {
        fn_exec_destroy(x);
        return fn_error_set(err, FN_EMODEL, "detector input has %u channels, not 3", dims[1]);
    }
    d->net[d->n_nets++] = (struct fn_detect_net){w, h, x};
    return 0;
}

static int reserve(float **p, size_t *size, size_t n)
{
    if (n <= *size)
        return 0;
    float *q = fn_alloc_aligned(n, sizeof *q);
    if (!q)
        return -ENOMEM;
    free(*p);
    *p = q;
    *size = n;
    return 0;
}

/* Position of the picture in the network's input. */
struct placement {
    uint32_t w, h, left, top;
};

static uint32_t scaled_side(uint32_t side, double scale, uint32_t limit)
{
    double s = round(side * scale);
    return s < 1 ? 1 : s > limit ? limit : (uint32_t)s;
}

static struct placement place(const struct fn_image *m, const struct fn_detect_pass *pass,
                              enum fn_fit fit)
{
    double scale =
        fmin((double)pass->w / m->width, (double)pass->h / m->height) * (double)pass->fill;
    struct placement p = {scaled_side(m->width, scale, pass->w),
                          scaled_side(m->height, scale, pass->h), 0, 0};
    if (fit == FN_FIT_CENTRE || pass->fill < 1) {
        p.left = (pass->w - p.w) / 2;
        p.top = (pass->h - p.h) / 2;
    }
    return p;
}

static void fill_span(float *to, size_t n_px, const float value[3])
{
    for (size_t i = 0; i < n_px; i++) {
        to[i * 3] = value[0];
        to[i * 3 + 1] = value[1];
        to[i * 3 + 2] = value[2];
    }
}

/* pixels -> normalised network input with the border around it. */
static void fill_input(float *in, const struct fn_detect_pass *pass, struct placement p,
                       const float *pixels, const struct fn_preprocess *pre)
{
    float border[3];
    for (int c = 0; c < 3; c++)
        border[c] = (pass->border - pre->mean[c]) * pre->scale[c];
    const float m0 = pre->mean[0], m1 = pre->mean[1], m2 = pre->mean[2];
    const float s0 = pre->scale[0], s1 = pre->scale[1], s2 = pre->scale[2];
    for (uint32_t y = 0; y < pass->h; y++) {
        float *row = in + (size_t)y * pass->w * 3;
        if (y < p.top || y >= p.top + p.h) {
            fill_span(row, pass->w, border);
            continue;
        }
        fill_span(row, p.left, border);
        const float *from = pixels + (size_t)(y - p.top) * p.w * 3;
        float *to = row + (size_t)p.left * 3;
        for (size_t i = 0; i < (size_t)p.w * 3; i += 3) {
            to[i] = (from[i] - m0) * s0;
            to[i + 1] = (from[i + 1] - m1) * s1;
            to[i + 2] = (from[i + 2] - m2) * s2;
        }
        fill_span(to + (size_t)p.w * 3, pass->w - p.left - p.w, border);
    }
}

/* Network pixels -> pixels of the picture, clipped; boxes that become empty are dropped. */
static size_t map_boxes(struct fn_box *v, size_t n, const struct fn_image *m,
                        struct placement p)
{
    float sx = (float)m->width / (float)p.w, sy = (float)m->height / (float)p.h;
    float w = (float)m->width, h = (float)m->height;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct fn_box b = v[i];
        b.x0 = fmaxf((b.x0 - (float)p.left) * sx, 0);
        b.y0 = fmaxf((b.y0 - (float)p.top) * sy, 0);
        b.x1 = fminf((b.x1 - (float)p.left) * sx, w);
        b.y1 = fminf((b.y1 - (float)p.top) * sy, h);
        if (b.x1 - b.x0 >= 1 && b.y1 - b.y0 >= 1)
            v[kept++] = b;
    }
    return kept;
}

static size_t drop_high(struct fn_box *v, size_t n, float limit)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].y1 - v[i].y0 <= limit)
            v[kept++] = v[i];
    }
    return kept;
}

static int decode_outputs(struct fn_detector *d, const struct fn_detect_net *net,
                          float min_score, struct fn_boxes *out, struct fn_error *err)
{
    struct fn_map_view maps[FN_GRAPH_IO_MAX];
    uint32_t n = d->model->graph.n_outputs;
    for (uint32_t i = 0; i < n && i < FN_GRAPH_IO_MAX; i++) {
        uint32_t dims[4];
        const float *data = fn_exec_output(net->exec, i, dims);
        maps[i] = (struct fn_map_view){data, dims[1], dims[2], dims[3]};
    }
    return fn_detect_decode(&d->model->decode, maps, n, net->w, net->h, min_score, out, err);
}

int fn_detector_run(struct fn_detector *d, const struct fn_image *m,
                    const struct fn_detect_pass *pass, struct fn_boxes *out,
                    struct fn_error *err)
{
    int rc = fn_detector_prepare(d, pass->w, pass->h, err);
    if (rc)
        return rc;
    struct fn_detect_net *net = find_net(d, pass->w, pass->h);
    struct placement p = place(m, pass, d->model->pre.fit);
    if (reserve(&d->pixels, &d->pixels_size, (size_t)p.w * p.h * 3) ||
        reserve(&d->resize, &d->resize_size, fn_resize_scratch(m, p.w, p.h)))
        return fn_error_set(err, -ENOMEM, "no memory to resize a picture");
    struct fn_imagef small = {d->pixels, p.w, p.h};
    fn_resize(m, &small, d->resize);
    fill_input(fn_exec_input(net->exec, 0, NULL), pass, p, d->pixels, &d->model->pre);
    rc = fn_exec_run(net->exec);
    if (rc)
        return fn_error_set(err, rc, "the detector failed");

    size_t first = out->n;
    rc = decode_outputs(d, net, pass->score, out, err);
    if (rc) {
        out->n = first;
        return rc;
    }
    struct fn_box *v = out->v + first;
    size_t n = out->n - first;
    if (n) {
        n = map_boxes(v, n, m, p);
        n = fn_box_nms(v, n, pass->nms_iou, 1, KEEP_MAX);
        if (pass->max_side > 0)
            n = drop_high(v, n,
                          pass->max_side * (float)pass->h * (float)m->height / (float)p.h);
    }
    out->n = first + n;
    return 0;
}
