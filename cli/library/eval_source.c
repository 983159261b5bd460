/* SPDX-License-Identifier: MIT */
/* The vectors of an evaluation: from the cache, or from the worker. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/eval_priv.h"

int fnl_eval_open_picture(const char *path, int *ret_fd, struct fn_h128 *ret,
                          struct fn_error *err)
{
    struct stat st;
    uint64_t size;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int rc = fd < 0 || fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
    rc = rc ? rc : fn_hash_fd(fd, ret, &size);
    if (rc) {
        if (fd >= 0)
            (void)close(fd);
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    }
    *ret_fd = fd;
    return 0;
}

int fnl_eval_ask(struct fnl_eval *e, struct fn_work_request *q, struct fn_work_reply *ret,
                 struct fn_error *err)
{
    if (fnl_worker_start(e->lib, err)) {
        err->code = FN_EMODEL;
        return err->code;
    }
    return fnl_worker_ask(e->lib, q, ret, err);
}

int fnl_eval_failed(struct fnl_eval *e, const char *path, struct fn_error *err)
{
    if (err->code == FN_EMODEL)
        return err->code;
    e->n_failed++;
    if (!e->lanes && e->events.failed)
        e->events.failed(e->events.arg, path, err);
    *err = (struct fn_error){0};
    return 0;
}

int fnl_eval_answer(struct fnl_eval *e, const char *path, const struct fnl_eval_question *q,
                    void *out, size_t *ret_size, struct fn_error *err)
{
    struct fn_h128 content;
    int fd = -1, rc = fnl_eval_open_picture(path, &fd, &content, err);
    if (rc)
        return fnl_eval_failed(e, path, err);
    enum fnl_eval_known failed = FNL_EVAL_UNKNOWN;
    if (fnl_cache_get(q->cache, &content, out, q->cap, ret_size)) {
        e->n_cached++;
    } else if ((failed = fnl_eval_known_failure(e, q->cache, &content, err))) {
        rc = err->code;
    } else {
        rc = q->make(e, fd, q->arg, out, ret_size, err);
        if (!rc && (rc = fnl_cache_put(q->cache, &content, out, *ret_size)))
            (void)fn_error_set(err, rc, "out of memory");
        e->n_fresh += !rc;
        if (rc && err->code != FN_EMODEL)
            fnl_eval_remember_failure(e, q->cache, &content, err);
    }
    (void)close(fd);
    if (failed == FNL_EVAL_SAID) {
        *err = (struct fn_error){0};
        return 0;
    }
    return rc ? fnl_eval_failed(e, path, err) : 1;
}

static int find_faces(struct fnl_eval *e, int fd, const void *arg, void *out, size_t *ret_size,
                      struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    struct fnl_eval_kept_faces *k = out;
    (void)arg;
    int rc = fnl_eval_ask(e, &q, &reply, err);
    if (rc)
        return rc;
    const struct fn_photo_faces *p = &reply.photo;
    size_t n = p->n_faces < FNL_EVAL_FACES_MAX ? p->n_faces : FNL_EVAL_FACES_MAX;
    k->width = p->info.width;
    k->height = p->info.height;
    for (size_t i = 0; i < n; i++) {
        const struct fn_face *f = &p->faces[i];
        struct fnl_eval_face *to = &k->v[i];
        memcpy(to->box, f->box, sizeof to->box);
        memcpy(to->points, f->points, sizeof to->points);
        to->quality = f->quality;
        to->eyes_px = f->eyes_px;
        to->yaw_deg = f->yaw_deg;
        fn_q14_from_float(to->x, f->embedding, FN_DIM);
    }
    *ret_size = offsetof(struct fnl_eval_kept_faces, v) + n * sizeof *k->v;
    return 0;
}

int fnl_eval_faces(struct fnl_eval *e, const char *path, struct fnl_eval_faces *ret,
                   struct fn_error *err)
{
    const size_t head = offsetof(struct fnl_eval_kept_faces, v);
    const struct fnl_eval_question q = {e->faces, find_faces, NULL, sizeof *e->buffer};
    size_t size = 0;
    *ret = (struct fnl_eval_faces){0};
    int rc = fnl_eval_answer(e, path, &q, e->buffer, &size, err);
    if (rc == 1 && size >= head)
        *ret = (struct fnl_eval_faces){e->buffer->width, e->buffer->height,
                                       (uint32_t)((size - head) / sizeof *e->buffer->v),
                                       e->buffer->v};
    return rc < 0 ? rc : 0;
}

int fnl_eval_look_faces(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err)
{
    struct fnl_eval_faces f;
    (void)arg;
    int rc = fnl_eval_faces(e, path, &f, err);
    return rc ? rc : f.n > 0;
}

const struct fnl_eval_face *fnl_eval_central(const struct fnl_eval_faces *f)
{
    const struct fnl_eval_face *best = NULL;
    float least = INFINITY;
    for (uint32_t i = 0; i < f->n; i++) {
        const float *b = f->v[i].box;
        float dx = (b[0] + b[2] / 2 - .5f) * (float)f->width,
              dy = (b[1] + b[3] / 2 - .5f) * (float)f->height;
        if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            best = &f->v[i];
        }
    }
    return best;
}

int fnl_eval_vector(struct fnl_eval *e, const char *path, enum fnl_eval_mode mode,
                    float out[FN_DIM], struct fn_error *err)
{
    struct fnl_eval_faces f;
    if (mode == FNL_EVAL_CENTRE)
        return fnl_eval_centre_vector(e, path, out, err);
    int rc = fnl_eval_faces(e, path, &f, err);
    const struct fnl_eval_face *face = rc ? NULL : fnl_eval_central(&f);
    if (face)
        fn_q14_to_float(out, face->x, FN_DIM);
    return rc ? rc : face != NULL;
}

struct wanted {
    enum fnl_eval_mode mode;
    bool fallback;
};

/* Returns 1 for the face, 2 for the fixed square in its place, 0 for neither. */
static int vector_or_square(struct fnl_eval *e, const char *path, const struct wanted *w,
                            float out[FN_DIM], struct fn_error *err)
{
    size_t failed = e->n_failed;
    int rc = fnl_eval_vector(e, path, w->mode, out, err);
    if (rc || !w->fallback || e->n_failed > failed)
        return rc;
    rc = fnl_eval_vector(e, path, FNL_EVAL_CENTRE, out, err);
    return rc == 1 ? 2 : rc;
}

static int look_vector(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err)
{
    float x[FN_DIM];
    return vector_or_square(e, path, arg, x, err);
}

int fnl_eval_set_vectors(struct fnl_eval *e, const struct fn_eval_set *s,
                         enum fnl_eval_mode mode, bool fallback, struct fn_eval_vectors *ret,
                         struct fn_error *err)
{
    struct fn_eval_vectors v = {0};
    struct wanted w = {mode, fallback && mode == FNL_EVAL_DETECT};
    int rc = w.fallback || mode == FNL_EVAL_CENTRE ? fnl_eval_centre_open(e, err) : 0;
    rc = rc ? rc : fnl_eval_ahead_set(e, s, look_vector, &w, err);
    rc = rc ? rc : fn_eval_vectors_init(&v, s, FN_DIM, err);
    for (size_t i = 0; rc >= 0 && i < s->n; i++) {
        rc = vector_or_square(e, s->pictures[i].path, &w, v.x + i * FN_DIM, err);
        v.found[i] = rc > 0;
        v.n_missed += rc == 0;
        v.n_fallbacks += rc == 2;
    }
    if (rc < 0) {
        fn_eval_vectors_free(&v);
        return rc;
    }
    *ret = v;
    return 0;
}
