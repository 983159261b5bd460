/* SPDX-License-Identifier: MIT */
/* The data of fnq train: reading it, and finding the face in each picture. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/train.h"

#define HOLD_OUT      .1 /* of the people of --labels */
#define HOLD_OUT_SEED 0x686f6c64

/* The ArcFace family's chip (Deng et al. 2019) as a unit square: eye centres, nose tip, mouth
 * corners; pixel centres of 112. */
static const float five[5][2] = {{38.7946f / 112, 52.1963f / 112},
                                 {74.0318f / 112, 52.0014f / 112},
                                 {56.5252f / 112, 72.2366f / 112},
                                 {42.0493f / 112, 92.8655f / 112},
                                 {71.2299f / 112, 92.7041f / 112}};

static const uint8_t landmarks[5][2] = {{36, 41}, {42, 47}, {30, 30}, {48, 48}, {54, 54}};

void fnq_train_align(struct fn_align *a, uint32_t width, uint32_t height, float frame)
{
    float side = (float)(width < height ? width : height) / frame;
    *a = (struct fn_align){.chip = width, .n_points = 5};
    for (int i = 0; i < 5; i++) {
        a->point[i].first = landmarks[i][0];
        a->point[i].last = landmarks[i][1];
        a->point[i].x = (five[i][0] - .5f) * side + (float)width / 2 - .5f;
        a->point[i].y = (five[i][1] - .5f) * side + (float)height / 2 - .5f;
    }
}

/* Where a model's chip has the mean of some landmarks; false when it is not aligned by them. */
static bool place_of(const struct fn_align *a, const uint8_t range[2], float ret[2])
{
    float x = 0, y = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_points; i++) {
        if (a->point[i].first < range[0] || a->point[i].last > range[1])
            continue;
        x += a->point[i].x;
        y += a->point[i].y;
        n++;
    }
    ret[0] = x / (float)n;
    ret[1] = y / (float)n;
    return n > 0;
}

void fnq_train_template(struct fnq_train *t)
{
    const struct fn_align *a = &t->model->align;
    uint32_t w = t->model->pre.width, h = t->model->pre.height;
    float side = (float)(w < h ? w : h) / t->o.frame, place[5][2];
    bool own = true;
    for (int i = 0; i < 5; i++)
        own = own && place_of(a, landmarks[i], place[i]);
    for (int i = 0; i < 5; i++) {
        t->template[i][0] = own ? (place[i][0] + .5f - (float)w / 2) / side + .5f : five[i][0];
        t->template[i][1] = own ? (place[i][1] + .5f - (float)h / 2) / side + .5f : five[i][1];
    }
}

struct fn_similarity fnq_train_frame(const struct fnq_train *t, const float points[5][2])
{
    return fn_similarity_fit(t->template, points, 5);
}

/* A listed box says which face is meant: the one it overlaps most. */
static const struct fnq_eval_face *face_of(const struct fnq_eval_faces *f,
                                           const struct fn_sample *s)
{
    if (!s->has_face)
        return fnq_eval_central(f);
    const struct fnq_eval_face *best = NULL;
    float cx, cy, at = INFINITY;
    fn_similarity_apply(s->face, .5f, .5f, &cx, &cy);
    for (uint32_t i = 0; i < f->n; i++) {
        const float *b = f->v[i].box;
        float x = (b[0] + b[2] / 2) * (float)f->width - cx,
              y = (b[1] + b[3] / 2) * (float)f->height - cy, d = hypotf(x, y);
        bool inside = fabsf(x) < b[2] * (float)f->width && fabsf(y) < b[3] * (float)f->height;
        if (inside && d < at) {
            best = &f->v[i];
            at = d;
        }
    }
    return best;
}

static int find_face(const struct fnq_train *t, struct fnq_eval *e, struct fn_sample *s,
                     struct fn_error *err)
{
    struct fnq_eval_faces f;
    int rc = fnq_eval_faces(e, s->path, &f, err);
    if (rc < 0)
        return rc;
    const struct fnq_eval_face *face = f.n ? face_of(&f, s) : NULL;
    s->looked = true;
    if (!face)
        return 0;
    float points[5][2];
    for (int i = 0; i < 5; i++) {
        points[i][0] = face->points[i][0] * (float)f.width;
        points[i][1] = face->points[i][1] * (float)f.height;
    }
    s->face = fnq_train_frame(t, (const float(*)[2])points);
    s->has_face = true;
    return 0;
}

/* By all workers at once, into the cache: then one after the other. */
static int look_ahead(struct fnq_train *t, struct fnq_eval *e, struct fn_error *err)
{
    const char **paths = calloc(t->data->n + 1, sizeof *paths);
    size_t n = 0;
    if (!paths)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < t->data->n; i++)
        if (t->data->samples[i].split != FN_SPLIT_TEST)
            paths[n++] = t->data->samples[i].path;
    int rc = fnq_eval_ahead(e, paths, n, fnq_eval_look_faces, NULL, err);
    free(paths);
    return rc;
}

static int find_faces(struct fnq_train *t, struct fn_error *err)
{
    struct fnq_eval e;
    size_t without = 0, looked_at = 0;
    int rc = fnq_eval_open(t->ctx, &e, err);
    if (rc)
        return rc;
    rc = look_ahead(t, &e, err);
    for (size_t i = 0; rc == 0 && i < t->data->n; i++) {
        if (t->data->samples[i].split == FN_SPLIT_TEST)
            continue; /* neither trained on nor judged here */
        rc = find_face(t, &e, &t->data->samples[i], err);
        without += rc == 0 && !t->data->samples[i].has_face;
        looked_at++;
    }
    fnq_eval_close(&e);
    if (rc == 0 && without)
        fnq_note(t->ctx,
                 "no face found in %zu of %zu pictures: their centres are taken instead",
                 without, looked_at);
    return rc;
}

/* What rank 0 found, to the others. */
static int share_faces(struct fnq_train *t, struct fn_error *err)
{
    struct {
        struct fn_similarity face;
        uint8_t has_face, looked;
    } *frames = calloc(t->data->n + 1, sizeof *frames);
    int rc = fn_comm_agree(t->comm, frames ? 0 : -ENOMEM, err);
    for (size_t i = 0; rc == 0 && i < t->data->n; i++) {
        frames[i].face = t->data->samples[i].face;
        frames[i].has_face = t->data->samples[i].has_face;
        frames[i].looked = t->data->samples[i].looked;
    }
    if (rc == 0)
        rc = fn_comm_broadcast(t->comm, frames, t->data->n * sizeof *frames, 0, err);
    for (size_t i = 0; rc == 0 && i < t->data->n; i++) {
        t->data->samples[i].face = frames[i].face;
        t->data->samples[i].has_face = frames[i].has_face;
        t->data->samples[i].looked = frames[i].looked;
    }
    free(frames);
    return rc ? rc : fn_dataset_refresh_id(t->data, err);
}

/* --share: the others are set aside as test people. Who is in a share is in every greater one
 * too, for the same seed. */
static int take_share(struct fnq_train *t, struct fn_error *err)
{
    const char *text = t->ctx->o.share;
    char *end = NULL;
    double share = text ? strtod(text, &end) : 1;
    if (text && (end == text || *end || !(share > 0 && share <= 1)))
        return fn_error_set(err, FN_EUSAGE, "--share is a number above 0, at most 1, not '%s'",
                            text);
    return share < 1 ? fn_dataset_hold_out(t->data, 1 - share, t->o.seed, FN_SPLIT_TEST, err)
                     : 0;
}

/* A share of the people, as text; what it is when nothing is said. */
static int hold_out(struct fnq_train *t, struct fn_error *err)
{
    const char *text = t->ctx->o.hold_out;
    char *end = NULL;
    double share = text ? strtod(text, &end) : t->ctx->o.labels ? HOLD_OUT : 0;
    if (text && (end == text || *end || !(share >= 0 && share < 1)))
        return fn_error_set(err, FN_EUSAGE, "--hold-out is a number from 0, below 1, not '%s'",
                            text);
    if (!text && share * (double)t->data->n_people < FNQ_HELD_OUT_MIN)
        share = 0; /* too few for figures: better trained on */
    /* Other random numbers than those of --share: it takes from those who are left. */
    return share > 0 ? fn_dataset_hold_out(t->data, share, t->o.seed ^ HOLD_OUT_SEED,
                                           FN_SPLIT_VALIDATION, err)
                     : 0;
}

static int read_data(struct fnq_train *t, const char *path, struct fn_error *err)
{
    struct stat st;
    if (!path)
        return fnq_train_labels(t, err);
    if (stat(path, &st) < 0)
        return fn_error_set(err, -errno, "'%s': %s", path, fn_strerror(-errno));
    return S_ISDIR(st.st_mode) ? fn_dataset_scan(path, &t->data, err)
                               : fn_dataset_from_list(path, &t->pictures, &t->data, err);
}

int fnq_train_data(struct fnq_train *t, const char *path, bool centre, struct fn_error *err)
{
    int rc = read_data(t, path, err);
    /* The data before faces are looked for: else one rank would wait for frames of other
     * pictures. */
    rc = fn_comm_agree_on(t->comm, rc, rc ? 0 : (uint64_t)t->data->n, "the number of pictures",
                          NULL, err);
    if (rc)
        return rc;
    rc = hold_out(t, err);
    rc = rc ? rc : take_share(t, err);
    if (rc)
        return rc;
    if (t->data->n_shared && t->comm->rank == 0)
        fnq_note(t->ctx, "%zu pictures also stand under another person", t->data->n_shared);
    if (centre || !path)
        return 0;
    rc = fn_comm_agree(t->comm, t->comm->rank == 0 ? find_faces(t, err) : 0, err);
    return rc ? rc : share_faces(t, err);
}
