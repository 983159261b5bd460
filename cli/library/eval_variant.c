/* SPDX-License-Identifier: MIT */
/* Vectors of degraded pictures: the face is cut out, scaled or stored as a low-quality JPEG,
 * and embedded again. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/library/eval_priv.h"

enum { CUT_MAX = 1024 };

/* Writes the crop as a picture to a memory file. */
static int encode(uint8_t *rgb, uint32_t px, int quality, int *ret_fd, struct fn_error *err)
{
    const struct fn_image m = {rgb, px, px, (size_t)px * 3};
    int fd = memfd_create("variant", MFD_CLOEXEC);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot make a memory file: %s", fn_strerror(-errno));
    int rc = quality ? fn_image_write_jpeg_fd(fd, &m, quality, err)
                     : fn_image_write_png_fd(fd, &m, err);
    if (rc)
        (void)close(fd);
    else
        *ret_fd = fd;
    return rc;
}

/* Embeds the face of a crop: its box is known, landmarks and embedding are computed again. */
static int embed_cut(struct fnl_eval *e, int fd, const struct fnl_eval_face *f, float w,
                     float h, int16_t x[FN_DIM], struct fn_error *err)
{
    float side = fmaxf(f->box[2] * w, f->box[3] * h) * (1 + 2 * FNL_EVAL_MARGIN);
    float bw = f->box[2] * w / side, bh = f->box[3] * h / side;
    const float box[1][4] = {{.5f - bw / 2, .5f - bh / 2, bw, bh}};
    struct fn_work_request q = {
        .kind = FN_WORK_BOX, .fd = fd, .out_fd = -1, .n_boxes = 1, .boxes = box};
    struct fn_work_reply reply = {0};
    int rc = fnl_eval_ask(e, &q, &reply, err);
    if (!rc)
        fn_q14_from_float(x, reply.photo.faces[0].embedding, FN_DIM);
    return rc;
}

struct request {
    const struct fnl_eval_faces *faces;
    const struct fnl_eval_face *f;
    const struct fnl_eval_variant *v;
};

static int make_variant(struct fnl_eval *e, int fd, const void *arg, void *out,
                        size_t *ret_size, struct fn_error *err)
{
    const struct request *a = arg;
    const struct fnl_eval_faces *faces = a->faces;
    const struct fnl_eval_face *f = a->f;
    const struct fnl_eval_variant *v = a->v;
    float w = (float)faces->width, h = (float)faces->height;
    float box = fmaxf(f->box[2] * w, f->box[3] * h);
    float want = (v->side ? (float)v->side : box) * (1 + 2 * FNL_EVAL_MARGIN);
    uint32_t px = want < 16 ? 16 : want > CUT_MAX ? CUT_MAX : (uint32_t)lrintf(want);
    uint8_t *rgb = calloc((size_t)px * px, 3);
    int cut = -1;
    int rc = rgb ? fnl_eval_crop(e, fd, f->box, FNL_EVAL_MARGIN, px, rgb, err)
                 : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : encode(rgb, px, v->quality, &cut, err);
    rc = rc ? rc : embed_cut(e, cut, f, w, h, out, err);
    if (cut >= 0)
        (void)close(cut);
    free(rgb);
    *ret_size = FN_DIM * sizeof(int16_t);
    return rc;
}

struct look {
    const struct fnl_eval_variant *v;
    struct fnl_cache *cache;
};

/* Returns 1, 0 without a face, or negative. */
static int variant_vector(struct fnl_eval *e, const char *path, const struct look *l,
                          float out[FN_DIM], struct fn_error *err)
{
    struct fnl_eval_faces faces;
    int16_t x[FN_DIM] = {0};
    size_t size;
    int rc = fnl_eval_faces(e, path, &faces, err);
    const struct fnl_eval_face *f = rc ? NULL : fnl_eval_central(&faces);
    if (!f)
        return rc;
    const struct request a = {&faces, f, l->v};
    const struct fnl_eval_question q = {l->cache, make_variant, &a, sizeof x};
    rc = fnl_eval_answer(e, path, &q, x, &size, err);
    if (rc == 1)
        fn_q14_to_float(out, x, FN_DIM);
    return rc;
}

static int look_variant(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err)
{
    float x[FN_DIM];
    return variant_vector(e, path, arg, x, err);
}

int fnl_eval_variant_vectors(struct fnl_eval *e, const struct fn_eval_set *s,
                             const struct fnl_eval_variant *v, struct fn_eval_vectors *ret,
                             struct fn_error *err)
{
    char kind[64];
    (void)snprintf(kind, sizeof kind, "variant 1 %d %u", v->quality, v->side);
    struct look l = {v, fnl_eval_cache(e, kind)};
    if (!l.cache)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int rc = fn_eval_vectors_init(ret, s, FN_DIM, err);
    rc = rc ? rc : fnl_eval_ahead_set(e, s, look_variant, &l, err);
    for (size_t i = 0; rc >= 0 && i < s->n; i++) {
        rc = variant_vector(e, s->pictures[i].path, &l, ret->x + i * FN_DIM, err);
        ret->found[i] = rc == 1;
        ret->n_missed += rc == 0;
    }
    fnl_cache_close(l.cache);
    return rc < 0 ? rc : 0;
}
