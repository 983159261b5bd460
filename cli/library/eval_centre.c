/* SPDX-License-Identifier: MIT */
/* The fixed square in the middle of a picture, directly as input of the embedder: no detector,
 * no landmarks. The worker decodes and cuts. Decoded pixels need no sandbox, so the network
 * runs here. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/library/eval_priv.h"
#include "engine/base/file.h"
#include "engine/face/embed.h"
#include "engine/kernels/cpu.h"

struct fnl_eval_centre {
    struct fn_embedder embedder;
    uint8_t *rgb;
};

void fnl_eval_centre_destroy(struct fnl_eval_centre *c)
{
    if (!c)
        return;
    fn_embedder_finish(&c->embedder);
    free(c->rgb);
    free(c);
}

/* Side of the square that is cut out: the longer side of the input. If the input is not square,
 * the middle is used. */
static uint32_t side_of(const struct fnl_eval *e)
{
    const struct fn_preprocess *pre = &e->profile->embedder->pre;
    return pre->width > pre->height ? pre->width : pre->height;
}

static int set_up(struct fnl_eval *e, struct fn_error *err)
{
    if (e->centre)
        return 0;
    struct fnl_eval_centre *c = calloc(1, sizeof *c);
    if (!c)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int rc = fn_embedder_init(&c->embedder, e->profile->embedder, e->profile->v.flip,
                              FN_CPU_DETECT, err);
    if (!rc && !(c->rgb = calloc((size_t)side_of(e) * side_of(e), 3)))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (rc) {
        fnl_eval_centre_destroy(c);
        return rc;
    }
    e->centre = c;
    return 0;
}

int fnl_eval_embed_chip(struct fnl_eval *e, const uint8_t *rgb, float out[FN_DIM],
                        struct fn_error *err)
{
    struct fn_face face = {0};
    int rc = set_up(e, err);
    if (rc)
        return rc;
    struct fn_embedder *m = &e->centre->embedder;
    const struct fn_preprocess *pre = &e->profile->embedder->pre;
    uint32_t side = side_of(e), left = (side - pre->width) / 2, top = (side - pre->height) / 2;
    for (uint32_t y = 0; y < pre->height; y++)
        for (uint32_t i = 0; i < pre->width * 3; i++)
            m->chip[(size_t)y * pre->width * 3 + i] =
                rgb[((size_t)(y + top) * side + left) * 3 + i];
    rc = fn_embedder_run(m, &face, err);
    if (!rc)
        memcpy(out, face.embedding, sizeof face.embedding);
    return rc;
}

int fnl_eval_crop(struct fnl_eval *e, int fd, const float box[4], float margin, uint32_t px,
                  uint8_t *rgb, struct fn_error *err)
{
    struct fn_work_reply reply = {0};
    float boxes[1][4];
    size_t size = (size_t)px * px * 3;
    int out = memfd_create("square", MFD_CLOEXEC);
    if (out < 0)
        return fn_error_set(err, -errno, "cannot make a memory file: %s", fn_strerror(-errno));
    memcpy(boxes[0], box, sizeof boxes[0]);
    struct fn_work_request q = {.kind = FN_WORK_CROP,
                                .fd = fd,
                                .out_fd = out,
                                .n_boxes = 1,
                                .boxes = (const float(*)[4])boxes,
                                .px = px,
                                .margin = margin};
    int rc = fnl_eval_ask(e, &q, &reply, err);
    if (!rc && (reply.out_bytes != size || fn_pread_all(out, rgb, size, 0) != (ssize_t)size))
        rc = fn_error_set(err, FN_EWORKER, "the worker's crop has another size");
    (void)close(out);
    return rc;
}

static int cut_centre(struct fnl_eval *e, int fd, struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_PROBE, .fd = fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    int rc = fnl_eval_ask(e, &q, &reply, err);
    if (rc)
        return rc;
    float w = (float)reply.photo.info.width, h = (float)reply.photo.info.height;
    float side = e->crop * (w < h ? w : h);
    if (!(w > 0 && h > 0))
        return fn_error_set(err, FN_EWORKER, "the worker returned no size");
    const float box[4] = {.5f - side / w / 2, .5f - side / h / 2, side / w, side / h};
    return fnl_eval_crop(e, fd, box, 0, side_of(e), e->centre->rgb, err);
}

int fnl_eval_centre_open(struct fnl_eval *e, struct fn_error *err)
{
    char kind[40];
    (void)snprintf(kind, sizeof kind, "centre %.6g", (double)e->crop);
    if (!e->centre_cache && !(e->centre_cache = fnl_eval_cache(e, kind)))
        return fn_error_set(err, -ENOMEM, "out of memory");
    return 0;
}

static int embed_centre(struct fnl_eval *e, int fd, const void *arg, void *out,
                        size_t *ret_size, struct fn_error *err)
{
    float v[FN_DIM];
    (void)arg;
    int rc = set_up(e, err);
    if (rc) {
        err->code = FN_EMODEL; /* no other picture can succeed */
        return rc;
    }
    rc = cut_centre(e, fd, err);
    rc = rc ? rc : fnl_eval_embed_chip(e, e->centre->rgb, v, err);
    if (!rc) {
        fn_q14_from_float(out, v, FN_DIM);
        *ret_size = FN_DIM * sizeof(int16_t);
    }
    return rc;
}

int fnl_eval_centre_vector(struct fnl_eval *e, const char *path, float out[FN_DIM],
                           struct fn_error *err)
{
    int16_t x[FN_DIM] = {0};
    size_t size;
    int rc = fnl_eval_centre_open(e, err);
    if (rc)
        return rc;
    const struct fnl_eval_question q = {e->centre_cache, embed_centre, NULL, sizeof x};
    rc = fnl_eval_answer(e, path, &q, x, &size, err);
    if (rc == 1)
        fn_q14_to_float(out, x, FN_DIM);
    return rc;
}
