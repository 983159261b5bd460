/* SPDX-License-Identifier: MIT */
/* See pool.h. A slot is a worker and the memory file for its pixels. During a call it belongs
 * to one thread. */
#include "engine/work/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/work/steady.h"

/* Values of a picture are 0..255. Rounding of weighted means may exceed that. */
#define VALUE_MAX 256.0f

struct slot {
    struct fn_steady_worker worker;
    int fd;
    bool busy;
};

struct fn_worker_pool {
    pthread_mutex_t lock; /* guards busy */
    pthread_cond_t freed;
    size_t n;
    struct slot slot[];
};

int fn_worker_pool_create(const struct fn_worker_opts *o, int photo_ms, unsigned n,
                          struct fn_worker_pool **ret, struct fn_error *err)
{
    if (n < 1 || n > FN_POOL_MAX)
        return fn_error_set(err, -EINVAL, "1 to %d workers, not %u", FN_POOL_MAX, n);
    struct fn_worker_pool *p = calloc(1, sizeof *p + n * sizeof *p->slot);
    if (!p)
        return fn_error_set(err, -ENOMEM, "out of memory");
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->freed, NULL);
    int rc = 0;
    for (; !rc && p->n < n; p->n += !rc) {
        struct slot *s = &p->slot[p->n];
        s->worker.opts = *o;
        s->worker.opts.no_networks = true;
        s->worker.photo_ms = photo_ms;
        s->fd = memfd_create("chip", MFD_CLOEXEC);
        rc = s->fd < 0 ? -errno : 0;
    }
    if (rc) {
        fn_worker_pool_destroy(p);
        return fn_error_set(err, rc, "cannot make a memory file: %s", fn_strerror(rc));
    }
    *ret = p;
    return 0;
}

void fn_worker_pool_destroy(struct fn_worker_pool *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++) {
        fn_steady_stop(&p->slot[i].worker);
        (void)close(p->slot[i].fd);
    }
    (void)pthread_cond_destroy(&p->freed);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

/* A slot with a running worker is preferred to one whose worker must be started. */
static struct slot *free_slot(struct fn_worker_pool *p)
{
    struct slot *idle = NULL;
    for (size_t i = 0; i < p->n; i++) {
        struct slot *s = &p->slot[i];
        if (!s->busy && s->worker.worker)
            return s;
        idle = s->busy || idle ? idle : s;
    }
    return idle;
}

static struct slot *take(struct fn_worker_pool *p)
{
    struct slot *s;
    (void)pthread_mutex_lock(&p->lock);
    while (!(s = free_slot(p)))
        (void)pthread_cond_wait(&p->freed, &p->lock);
    s->busy = true;
    (void)pthread_mutex_unlock(&p->lock);
    return s;
}

static void give_back(struct fn_worker_pool *p, struct slot *s)
{
    (void)pthread_mutex_lock(&p->lock);
    s->busy = false;
    (void)pthread_cond_signal(&p->freed);
    (void)pthread_mutex_unlock(&p->lock);
}

static int ask(struct slot *s, struct fn_work_request *q, struct fn_work_reply *ret,
               struct fn_error *err)
{
    if (fn_steady_start(&s->worker, err)) {
        err->code = FN_EMODEL;
        return err->code;
    }
    return fn_steady_ask(&s->worker, q, ret, err);
}

int fn_worker_pool_size(struct fn_worker_pool *p, int fd, uint32_t *ret_width,
                        uint32_t *ret_height, struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_PROBE, .fd = fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    struct slot *s = take(p);
    int rc = ask(s, &q, &reply, err);
    give_back(p, s);
    if (rc)
        return rc;
    *ret_width = reply.photo.info.width;
    *ret_height = reply.photo.info.height;
    return 0;
}

/* The data of a worker is not trusted: there must be the requested number of values, each in
 * the range of a picture. */
static int read_values(int fd, float *rgb, size_t n, struct fn_error *err)
{
    ssize_t size = (ssize_t)(n * sizeof *rgb);
    if (fn_pread_all(fd, rgb, (size_t)size, 0) != size)
        return fn_error_set(err, FN_EWORKER, "the worker's chip ends early");
    for (size_t i = 0; i < n; i++)
        if (!(rgb[i] >= 0 && rgb[i] <= VALUE_MAX))
            return fn_error_set(err, FN_EWORKER, "the worker's chip is no picture");
    return 0;
}

int fn_worker_pool_chip(struct fn_worker_pool *p, int fd, const struct fn_chip_cut *cut,
                        float *rgb, bool *ret_truncated, struct fn_error *err)
{
    struct slot *s = take(p);
    struct fn_work_request q = {.kind = FN_WORK_CHIP, .fd = fd, .out_fd = s->fd, .cut = *cut};
    struct fn_work_reply reply = {0};
    /* The position is shared with the worker, which writes from its current position. */
    int rc = lseek(s->fd, 0, SEEK_SET) < 0 ? fn_error_set(err, -errno, "memory file") : 0;
    rc = rc ? rc : ask(s, &q, &reply, err);
    rc = rc ? rc : read_values(s->fd, rgb, (size_t)cut->width * cut->height * 3, err);
    give_back(p, s);
    if (!rc)
        *ret_truncated = reply.photo.truncated;
    return rc;
}

/* n: the client has compared it with the request. */
static int read_bytes(int fd, uint64_t n, uint8_t **ret, struct fn_error *err)
{
    uint8_t *rgb = malloc(n ? n : 1);
    if (!rgb)
        return fn_error_set(err, -ENOMEM, "out of memory");
    if (fn_pread_all(fd, rgb, n, 0) != (ssize_t)n) {
        free(rgb);
        return fn_error_set(err, FN_EWORKER, "the worker returned too few pixels");
    }
    *ret = rgb;
    return 0;
}

int fn_worker_pool_views(struct fn_worker_pool *p, int fd, const struct fn_pool_views *v,
                         uint8_t **ret_rgb, uint32_t *ret_width, uint32_t *ret_height,
                         struct fn_error *err)
{
    struct slot *s = take(p);
    struct fn_work_request q = {.kind = FN_WORK_CROP,
                                .fd = fd,
                                .out_fd = s->fd,
                                .n_boxes = v->n,
                                .boxes = v->boxes,
                                .px = v->px,
                                .margin = v->margin,
                                .whole = v->longer,
                                .finest = v->finest};
    struct fn_work_reply reply = {0};
    int rc = lseek(s->fd, 0, SEEK_SET) < 0 ? fn_error_set(err, -errno, "memory file") : 0;
    rc = rc ? rc : ask(s, &q, &reply, err);
    rc = rc ? rc : read_bytes(s->fd, reply.out_bytes, ret_rgb, err);
    if (ftruncate(s->fd, 0) < 0 && !rc) { /* many faces took much memory */
        free(*ret_rgb);
        rc = fn_error_set(err, -errno, "memory file");
    }
    give_back(p, s);
    if (!rc)
        fn_work_whole_size(&reply.photo.info, v->longer, ret_width, ret_height);
    return rc;
}
