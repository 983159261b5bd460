/* SPDX-License-Identifier: MIT */
/* The threads that make chips; see loader.h.
 *
 * One batch at a time. A thread takes a position of the batch under the lock, works on it
 * without the lock, and records the result under it again. The waiting thread does the same. */
#include "engine/train/loader.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/train/chip.h"

/* A picture of this batch that failed. */
struct failure {
    size_t place;
    uint32_t sample;
    char text[512];
};

struct batch {
    uint64_t step;
    uint32_t *idx;
    size_t n, cap;
    uint8_t *out, *ok;
    size_t next, done, failed, truncated;
    /* The failures at the lowest positions, by position: the order of the threads does not
     * matter. */
    struct failure failure[FN_LOADER_REASONS];
    size_t n_failures;
    bool open; /* started, and fn_loader_wait not called yet */
};

struct fn_loader {
    struct fn_loader_opts o;
    pthread_mutex_t
        lock; /* guards batch and stop; a chip belongs to the thread that took its position */
    pthread_cond_t work, finished;
    struct batch batch;
    bool stop;
    uint8_t *breaks; /* per sample, also guarded: it broke a worker, and is not tried again */
    struct fn_loader_trouble trouble; /* only used by the waiting thread */
    struct fn_lane *lane;             /* one per thread; the last is for the waiting thread */
    struct thread {
        struct fn_loader *loader;
        struct fn_lane *lane;
        pthread_t id;
    } * thread;
    unsigned n_threads; /* running */
    unsigned n_lanes;   /* set up */
};

/* Stores the failures at the lowest positions. Called with the lock held. */
static void note_failure(struct fn_loader *l, size_t place, uint32_t sample, const char *why)
{
    struct batch *b = &l->batch;
    size_t at = b->n_failures;
    b->failed++;
    while (at && b->failure[at - 1].place > place)
        at--;
    if (at == FN_LOADER_REASONS)
        return;
    size_t kept = b->n_failures < FN_LOADER_REASONS ? b->n_failures : FN_LOADER_REASONS - 1;
    memmove(&b->failure[at + 1], &b->failure[at], (kept - at) * sizeof *b->failure);
    b->n_failures = kept + 1;
    struct failure *f = &b->failure[at];
    f->place = place;
    f->sample = sample;
    (void)snprintf(f->text, sizeof f->text, "'%s': %s", l->o.dataset->samples[sample].path,
                   why);
}

/* Works on positions until none is left. The lock is held at call and return. */
static void work_off(struct fn_loader *l, struct fn_lane *lane)
{
    size_t bytes = 3 * (size_t)l->o.width * l->o.height;
    struct batch *b = &l->batch;
    while (b->next < b->n && !l->stop) {
        size_t place = b->next++;
        uint32_t sample = b->idx[place];
        uint64_t step = b->step;
        uint8_t *out = b->out + place * bytes;
        struct fn_error err = {0};
        bool truncated = false;
        int rc =
            l->breaks[sample] ? fn_error_set(&err, FN_EWORKER, "broke a worker before") : 0;
        pthread_mutex_unlock(&l->lock);
        rc = rc ? rc : fn_lane_run(lane, step, sample, out, &truncated, &err);
        if (rc)
            memset(out, 0, bytes);
        pthread_mutex_lock(&l->lock);
        l->breaks[sample] |= rc == FN_EWORKER;
        b->ok[place] = !rc;
        b->truncated += truncated;
        if (rc)
            note_failure(l, place, sample, err.text);
        if (++b->done == b->n)
            pthread_cond_broadcast(&l->finished);
    }
}

static void *run(void *arg)
{
    struct thread *t = arg;
    struct fn_loader *l = t->loader;
    pthread_mutex_lock(&l->lock);
    while (!l->stop) {
        work_off(l, t->lane);
        if (!l->stop)
            pthread_cond_wait(&l->work, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* Blocks signals in the new threads: the other threads of the program handle them. */
static int start_threads(struct fn_loader *l)
{
    sigset_t all, old;
    int rc = 0;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &old))
        return -EINVAL;
    while (!rc && l->n_threads < l->o.threads) {
        struct thread *t = &l->thread[l->n_threads];
        t->loader = l;
        t->lane = &l->lane[l->n_threads];
        rc = -pthread_create(&t->id, NULL, run, t);
        if (!rc)
            l->n_threads++;
    }
    if (pthread_sigmask(SIG_SETMASK, &old, NULL))
        rc = -EINVAL;
    return rc;
}

static int check(const struct fn_loader_opts *o, struct fn_error *err)
{
    if (!o->width || !o->height || o->width > FN_CHIP_SIDE_MAX || o->height > FN_CHIP_SIDE_MAX)
        return fn_error_set(err, FN_EUSAGE, "chips must have 1 to 4096 pixels a side");
    if (!(o->margin >= 0 && o->margin <= 8))
        return fn_error_set(err, FN_EUSAGE, "the margin of the chip must be 0 to 8");
    if (!(o->centre_share >= 0 && o->centre_share <= 1))
        return fn_error_set(err, FN_EUSAGE, "the share of the centre square must be 0 to 1");
    if (o->threads > FN_LOADER_THREADS_MAX)
        return fn_error_set(err, FN_EUSAGE, "at most %d threads can load photos",
                            FN_LOADER_THREADS_MAX);
    return fn_augment_check(&o->augment, err);
}

static void set_defaults(struct fn_loader_opts *o)
{
    if (!(o->margin > 0))
        o->margin = 1;
    if (!(o->centre_share > 0))
        o->centre_share = 0.6f;
}

int fn_loader_create(const struct fn_loader_opts *o, struct fn_loader **ret,
                     struct fn_error *err)
{
    int rc = check(o, err);
    if (rc)
        return rc;
    struct fn_loader *l = calloc(1, sizeof *l);
    if (!l)
        return fn_error_set(err, -ENOMEM, "out of memory for the loader");
    l->o = *o;
    set_defaults(&l->o);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    pthread_cond_init(&l->finished, NULL);
    l->lane = calloc(o->threads + 1, sizeof *l->lane);
    l->thread = calloc(o->threads + 1, sizeof *l->thread);
    l->breaks = calloc(o->dataset->n + 1, 1);
    rc = l->lane && l->thread && l->breaks ? 0 : -ENOMEM;
    while (!rc && l->n_lanes <= o->threads) {
        rc = fn_lane_init(&l->lane[l->n_lanes], &l->o);
        l->n_lanes += !rc;
    }
    if (!rc)
        rc = start_threads(l);
    if (rc) {
        fn_loader_destroy(l);
        return fn_error_set(err, rc, "cannot set up the loader: %s", fn_strerror(rc));
    }
    *ret = l;
    return 0;
}

void fn_loader_destroy(struct fn_loader *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    for (unsigned i = 0; i < l->n_threads; i++)
        pthread_join(l->thread[i].id, NULL);
    for (unsigned i = 0; i < l->n_lanes; i++)
        fn_lane_finish(&l->lane[i]);
    pthread_cond_destroy(&l->finished);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    free(l->lane);
    free(l->breaks);
    free(l->thread);
    free(l->batch.idx);
    free(l);
}

/* Called when no batch is open: no thread uses it. */
static int make_cap(struct batch *b, size_t n)
{
    uint32_t *grown = fn_array_grow(b->idx, &b->cap, n, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    b->idx = grown;
    return 0;
}

int fn_loader_start(struct fn_loader *l, uint64_t step, const uint32_t *idx, size_t n,
                    uint8_t *out, uint8_t *ok)
{
    struct batch *b = &l->batch;
    for (size_t i = 0; i < n; i++) {
        if (idx[i] >= l->o.dataset->n)
            return -EINVAL;
    }
    pthread_mutex_lock(&l->lock);
    int rc = b->open ? -EBUSY : make_cap(b, n);
    if (!rc) {
        uint32_t *copy = b->idx;
        size_t cap = b->cap;
        if (n)
            memcpy(copy, idx, n * sizeof *copy);
        *b = (struct batch){
            .step = step, .idx = copy, .n = n, .cap = cap, .out = out, .ok = ok, .open = true};
        pthread_cond_broadcast(&l->work);
    }
    pthread_mutex_unlock(&l->lock);
    return rc;
}

/* Adds the failures of the batch to those of all batches. */
static void keep_reasons(struct fn_loader_trouble *t, const struct batch *b)
{
    t->failed += b->failed;
    t->truncated += b->truncated;
    for (size_t i = 0; i < b->n_failures && t->n_reasons < FN_LOADER_REASONS; i++) {
        bool known = false;
        for (size_t k = 0; k < t->n_reasons; k++)
            known = known || t->sample[k] == b->failure[i].sample;
        if (known)
            continue;
        t->sample[t->n_reasons] = b->failure[i].sample;
        memcpy(t->reason[t->n_reasons++], b->failure[i].text, sizeof b->failure[i].text);
    }
}

int fn_loader_wait(struct fn_loader *l, struct fn_error *err)
{
    struct batch *b = &l->batch;
    int rc = 0;
    pthread_mutex_lock(&l->lock);
    if (b->open) {
        work_off(l, &l->lane[l->o.threads]);
        while (b->done < b->n)
            pthread_cond_wait(&l->finished, &l->lock);
        b->open = false;
        keep_reasons(&l->trouble, b);
        if (b->n && b->failed == b->n)
            rc = fn_error_set(err, FN_EDECODE, "none of %zu photos can be used; %s", b->n,
                              b->failure[0].text);
    }
    pthread_mutex_unlock(&l->lock);
    return rc;
}

const struct fn_loader_trouble *fn_loader_trouble(const struct fn_loader *l)
{
    return &l->trouble;
}

static void put_rgb(const uint8_t *p, const struct fn_preprocess *pre, float *to)
{
    for (int c = 0; c < 3; c++)
        to[c] = ((float)p[c] - pre->mean[c]) * pre->scale[c];
}

static void put_grey(const uint8_t *p, const struct fn_preprocess *pre, float *to)
{
    float g =
        pre->grey[0] * (float)p[0] + pre->grey[1] * (float)p[1] + pre->grey[2] * (float)p[2];
    *to = (g - pre->mean[0]) * pre->scale[0];
}

void fn_chips_to_float(const uint8_t *chips, size_t n, uint32_t w, uint32_t h,
                       const struct fn_preprocess *pre, float *nhwc)
{
    size_t pixels = (size_t)w * h, channels = pre->colour == FN_COLOUR_GREY ? 1 : 3;
    for (size_t i = 0; i < n; i++, nhwc += pixels * channels) {
        for (size_t at = 0; at < pixels; at++, chips += 3) {
            size_t to = pre->transposed ? at % w * h + at / w : at;
            if (channels == 1)
                put_grey(chips, pre, nhwc + to);
            else
                put_rgb(chips, pre, nhwc + 3 * to);
        }
    }
}
