/* SPDX-License-Identifier: MIT */
/* Detection over scales, tiles and rotations.
 *
 * Every pass yields candidates of the detector in the current pixels. The verifier evaluates
 * and refines each of them there. Only then are boxes of different passes merged, because
 * before refinement those of a coarse and a fine scale do not match well. The smallest scale is
 * for faces that fill the picture, the others for small ones: boxes that are large for their
 * network there are fragments and are dropped.
 */
#include <errno.h>
#include <math.h>

#include "engine/base/clock.h"
#include "engine/face/engine.h"
#include "engine/image/decode.h"

enum {
    CANDIDATES_MAX = 2048, /* per pass, to the verifier */
    TILE_OVERLAP = 192, /* full-resolution pixels; faces above this are the scales' business */
};

/* A face that fills the picture is shrunk into a grey border, as if the photo had been taken
 * from further away. */
static const float closeup_fill = .5f, closeup_border = 117;
/* A photo turned without saying so is rare, a photo without faces is not, and three more tries
 * give false faces three more chances: only faces that the smallest scale sees, and that leave
 * no doubt, turn a picture. */
static const float turned_score = .95f;

uint32_t fn_search_long_side(const struct fn_profile_values *v, enum fn_effort effort)
{
    uint32_t side = 0;
    for (uint32_t i = 0; i < v->n_scales[effort]; i++) {
        uint32_t w = v->scale[effort][i].w, h = v->scale[effort][i].h;
        uint32_t s = w > h ? w : h;
        side = s > side ? s : side;
    }
    return side;
}

static float min_score(const struct fn_face_engine *e)
{
    const struct fn_profile_values *v = &e->profile->v;
    if (e->opts.min_score > 0)
        return e->opts.min_score;
    return e->profile->verifier ? v->verify_score : v->candidate_score;
}

/* One pass over p; what survives is appended to e->found in the frame. */
static int run_pass(struct fn_face_engine *e, const struct fn_pixels *p,
                    const struct fn_detect_pass *pass, float score, struct fn_error *err)
{
    struct fn_boxes *found = &e->found;
    size_t first = found->n, n;
    int rc = fn_detector_run(&e->detector, p->image, pass, found, err);
    if (rc)
        return rc;
    n = found->n - first;
    n = n > CANDIDATES_MAX ? CANDIDATES_MAX : n;
    if (e->profile->verifier && n)
        rc = fn_verifier_run(&e->verifier, p->image, found->v + first, n, score, &n, err);
    found->n = first;
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++) {
        struct fn_box b = found->v[first + i];
        if (b.score > score)
            found->v[found->n++] = fn_pixels_box_to_frame(p, b);
    }
    return 0;
}

static void merge(struct fn_face_engine *e)
{
    const struct fn_profile_values *v = &e->profile->v;
    if (e->found.n)
        e->found.n =
            fn_box_nms(e->found.v, e->found.n, v->merge_iou, v->merge_inside, e->found.n);
}

static struct fn_detect_pass scale_pass(const struct fn_face_engine *e, uint32_t i)
{
    const struct fn_profile_values *v = &e->profile->v;
    enum fn_effort effort = e->opts.effort;
    return (struct fn_detect_pass){.w = v->scale[effort][i].w,
                                   .h = v->scale[effort][i].h,
                                   .fill = 1,
                                   .score = v->candidate_score,
                                   .nms_iou = v->nms_iou};
}

static uint32_t smallest_scale(const struct fn_face_engine *e)
{
    const struct fn_profile_values *v = &e->profile->v;
    uint32_t best = 0, effort = (uint32_t)e->opts.effort;
    for (uint32_t i = 1; i < v->n_scales[effort]; i++) {
        if (v->scale[effort][i].h < v->scale[effort][best].h)
            best = i;
    }
    return best;
}

/* All scales of the effort; if nothing is found, once more with a border. */
static int search_scales(struct fn_face_engine *e, const struct fn_pixels *p, float score,
                         struct fn_error *err)
{
    const struct fn_profile_values *v = &e->profile->v;
    uint32_t smallest = smallest_scale(e);
    int rc = 0;
    for (uint32_t i = 0; i < v->n_scales[e->opts.effort] && !rc; i++) {
        struct fn_detect_pass pass = scale_pass(e, i);
        bool portrait = p->image->height > p->image->width;
        if (i != smallest) {
            if (portrait && pass.w > pass.h) {
                uint32_t w = pass.w;
                pass.w = pass.h, pass.h = w;
            }
            pass.max_side = v->max_side * fminf((float)pass.w / (float)pass.h, 1);
        }
        rc = run_pass(e, p, &pass, score, err);
    }
    if (!rc && !e->found.n) {
        struct fn_detect_pass pass = scale_pass(e, smallest);
        pass.fill = closeup_fill;
        pass.border = closeup_border;
        rc = run_pass(e, p, &pass, score, err);
    }
    return rc;
}

/* Faces cut by a tile's inner edges are whole in its neighbour. */
static size_t drop_cut(struct fn_box *v, size_t n, const struct fn_box *tile, struct fn_frame f)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct fn_box b = v[i];
        bool cut = (tile->x0 > 0 && b.x0 < tile->x0 + 2) ||
                   (tile->y0 > 0 && b.y0 < tile->y0 + 2) ||
                   (tile->x1 < (float)f.width && b.x1 > tile->x1 - 2) ||
                   (tile->y1 < (float)f.height && b.y1 > tile->y1 - 2);
        if (!cut && b.y1 - b.y0 <= TILE_OVERLAP)
            v[kept++] = b;
    }
    return kept;
}

/* Part [x, x + w) x [y, y + h) of a picture, sharing its pixels. */
static struct fn_image part_of(const struct fn_image *m, uint32_t x, uint32_t y, uint32_t w,
                               uint32_t h)
{
    return (struct fn_image){m->data + (size_t)y * m->stride + (size_t)x * 3, w, h, m->stride};
}

/* Tiles of one decoded band (rows of the photo from band->y on). */
static int search_band(struct fn_face_engine *e, const struct fn_photo_job *job,
                       const struct fn_pixels *band, struct fn_detect_pass pass,
                       struct fn_error *err)
{
    const struct fn_image *m = band->image;
    uint32_t h = m->height < pass.h ? m->height : pass.h;
    for (uint32_t x = 0;; x += pass.w - TILE_OVERLAP) {
        if (x + pass.w > m->width)
            x = m->width > pass.w ? m->width - pass.w : 0;
        uint32_t w = m->width < pass.w ? m->width : pass.w;
        struct fn_image tile = part_of(m, x, m->height - h, w, h);
        struct fn_pixels p = {&tile, band->x + (float)x, band->y + (float)(m->height - h), 1};
        size_t first = e->found.n;
        int rc = run_pass(e, &p, &pass, min_score(e), err);
        if (rc)
            return rc;
        struct fn_box edges = {p.x, p.y, p.x + (float)w, p.y + (float)h, 0, 0};
        if (e->found.n > first)
            e->found.n =
                first + drop_cut(e->found.v + first, e->found.n - first, &edges, job->frame);
        if (x + pass.w >= m->width)
            return 0;
    }
}

/* Overlapping tiles at full resolution, band by band, so that memory stays that of one band. A
 * photo whose parts cannot be decoded alone, or that the scales see nearly whole, has no tiles.
 */
static int search_tiles(struct fn_face_engine *e, const struct fn_photo_job *job,
                        struct fn_error *err)
{
    const struct fn_profile_values *v = &e->profile->v;
    uint32_t effort = (uint32_t)e->opts.effort, last = v->n_scales[effort] - 1;
    struct fn_detect_pass pass = scale_pass(e, last);
    uint32_t width = job->frame.width, height = job->frame.height;
    if (!job->src || job->frame.turn || pass.w <= 2 * TILE_OVERLAP ||
        pass.h <= 2 * TILE_OVERLAP ||
        fmaxf((float)width / (float)pass.w, (float)height / (float)pass.h) < 1.5f)
        return 0;
    pass.max_side = v->max_side;
    for (uint32_t y = 0;; y += pass.h - TILE_OVERLAP) {
        if (y + pass.h > height)
            y = height > pass.h ? height - pass.h : 0;
        struct fn_image band = {0};
        uint32_t bx, by;
        uint64_t t0 = fn_clock_mono_ns();
        int rc = fn_image_decode_region(job->src, job->info, 0, y, width, pass.h, 1,
                                        &e->opts.limits, &band, &bx, &by, NULL);
        uint64_t ns = fn_clock_mono_ns() - t0;
        job->out->ns.decode += ns;
        job->out->ns.detect -= ns; /* the caller counts the whole search as detection */
        if (rc)
            return 0; /* the result of the scales is used */
        struct fn_pixels p = {&band, (float)bx, (float)by, 1};
        rc = search_band(e, job, &p, pass, err);
        fn_image_destroy(&band);
        if (rc)
            return rc;
        if (y + pass.h >= height)
            return 0;
    }
}

int fn_search_faces(struct fn_face_engine *e, const struct fn_photo_job *job,
                    struct fn_error *err)
{
    e->found.n = 0;
    int rc = search_scales(e, &job->small, min_score(e), err);
    if (!rc && e->opts.effort == FN_EFFORT_THOROUGH)
        rc = search_tiles(e, job, err);
    if (!rc)
        merge(e);
    return rc;
}

static float total_score(const struct fn_boxes *b)
{
    float sum = 0;
    for (size_t i = 0; i < b->n; i++)
        sum += b->v[i].score;
    return sum;
}

/* Searches one rotation; if it is better than e->best, its pixels and boxes replace it. */
static int try_turn(struct fn_face_engine *e, struct fn_photo_job *job,
                    const struct fn_image *upright, unsigned turn, struct fn_image *kept,
                    struct fn_error *err)
{
    struct fn_image turned = {0};
    int rc = fn_image_turned(upright, turn, &turned);
    if (rc)
        return fn_error_set(err, rc, "no memory to turn a picture");
    uint32_t w = job->info->width, h = job->info->height;
    struct fn_frame frame = fn_frame_turned(w, h, turn);
    struct fn_pixels p = fn_pixels_of(frame, &turned, 0, 0, job->small.scale);
    e->found.n = 0;
    struct fn_detect_pass pass = scale_pass(e, smallest_scale(e));
    pass.score = fmaxf(turned_score, pass.score);
    rc = run_pass(e, &p, &pass, fmaxf(turned_score, min_score(e)), err);
    merge(e);
    if (!rc && total_score(&e->found) > total_score(&e->best)) {
        fn_image_destroy(kept);
        *kept = turned;
        p.image = kept;
        job->frame = frame;
        job->small = p;
        struct fn_boxes swap = e->best;
        e->best = e->found;
        e->found = swap;
        return 0;
    }
    fn_image_destroy(&turned);
    return rc;
}

int fn_search_turned(struct fn_face_engine *e, struct fn_photo_job *job,
                     struct fn_image *ret_turned, struct fn_error *err)
{
    const struct fn_image *upright = job->small.image;
    e->best.n = 0;
    int rc = 0;
    for (unsigned turn = 1; turn < 4 && !rc; turn++)
        rc = try_turn(e, job, upright, turn, ret_turned, err);
    struct fn_boxes swap = e->best;
    e->best = e->found;
    e->found = swap;
    if (rc || !e->found.n)
        return rc;
    /* It is turned: now all its faces, as in any picture. */
    e->found.n = 0;
    rc = search_scales(e, &job->small, min_score(e), err);
    if (!rc)
        merge(e);
    return rc;
}
