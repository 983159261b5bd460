/* SPDX-License-Identifier: MIT */
/* Looking at pictures by several workers at once, ahead of the command.
 *
 * A lane is a thread with a worker of its own and whatever else a picture needs; lanes share
 * the caches and take the next picture each when they are free. The worker belongs to its
 * thread: it ends with it. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/eval_source.h"
#include "engine/base/clock.h"

enum { LANES_MAX = 256 };
static const uint64_t say_every_ns = 200000000;

struct fnq_eval_failure {
    uint64_t kind; /* of answer that could not be had */
    struct fn_h128 content;
    struct fn_error err;
    bool said;
};

struct fnq_eval_lanes {
    struct fnq_eval *main;
    const char *const *paths;
    size_t n;
    fnq_eval_look_fn look;
    void *arg;

    pthread_mutex_t lock; /* of what follows, and of main's failures and counts */
    size_t next, n_done, n_lanes;
    struct fn_error err; /* the one that ends it all */
    uint64_t began_ns, said_ns;
};

/* ---- failures ---- */

static struct fnq_eval_failure *find_failure(const struct fnq_eval *m, uint64_t kind,
                                             const struct fn_h128 *content)
{
    for (size_t i = 0; i < m->n_failures; i++)
        if (m->failures[i].kind == kind &&
            memcmp(&m->failures[i].content, content, sizeof *content) == 0)
            return &m->failures[i];
    return NULL;
}

static struct fnq_eval *lock_main(struct fnq_eval *e)
{
    if (e->lanes)
        (void)pthread_mutex_lock(&e->lanes->lock);
    return e->lanes ? e->lanes->main : e;
}

static void unlock_main(struct fnq_eval *e)
{
    if (e->lanes)
        (void)pthread_mutex_unlock(&e->lanes->lock);
}

void fnq_eval_remember_failure(struct fnq_eval *e, const struct fnq_cache *c,
                               const struct fn_h128 *content, const struct fn_error *err)
{
    struct fnq_eval *m = lock_main(e);
    if (m->n_failures == m->failures_cap) {
        size_t cap = m->n_failures ? 2 * m->n_failures : 16;
        struct fnq_eval_failure *v = reallocarray(m->failures, cap, sizeof *v);
        m->failures = v ? v : m->failures;
        m->failures_cap = v ? cap : m->failures_cap;
    }
    /* When it cannot be remembered it is tried once more: no harm. */
    if (m->n_failures < m->failures_cap && !find_failure(m, fnq_cache_kind(c), content))
        m->failures[m->n_failures++] =
            (struct fnq_eval_failure){fnq_cache_kind(c), *content, *err, !e->lanes};
    unlock_main(e);
}

enum fnq_eval_known fnq_eval_known_failure(struct fnq_eval *e, const struct fnq_cache *c,
                                           const struct fn_h128 *content, struct fn_error *ret)
{
    enum fnq_eval_known known = FNQ_EVAL_UNKNOWN;
    struct fnq_eval *m = lock_main(e);
    struct fnq_eval_failure *f = find_failure(m, fnq_cache_kind(c), content);
    if (f) {
        known = f->said || e->lanes ? FNQ_EVAL_SAID : FNQ_EVAL_UNSAID;
        f->said |= !e->lanes;
        *ret = f->err;
    }
    unlock_main(e);
    return known;
}

/* ---- lanes ---- */

static void progress(struct fnq_eval_lanes *l)
{
    uint64_t now = fn_clock_mono_ns();
    if (l->main->ctx->o.quiet || !isatty(STDERR_FILENO) || now - l->said_ns < say_every_ns)
        return;
    l->said_ns = now;
    double s = (double)(now - l->began_ns) / 1e9, done = (double)l->n_done;
    double left = done > 0 ? s * (double)(l->n - l->n_done) / done : 0;
    (void)fprintf(stderr, "\r\033[K%zu of %zu pictures, %.1f/s by %zu workers, %.0f %s left",
                  l->n_done, l->n, done / s, l->n_lanes, left < 90 ? left : left / 60,
                  left < 90 ? "s" : "min");
}

/* Books what became of the last picture and gives the next one; NULL: enough. */
static const char *next_path(struct fnq_eval_lanes *l, int last, bool first,
                             const struct fn_error *err)
{
    (void)pthread_mutex_lock(&l->lock);
    if (last < 0 && !l->err.code)
        l->err = *err;
    l->n_done += !first;
    const char *path = l->next < l->n && !l->err.code ? l->paths[l->next++] : NULL;
    progress(l);
    (void)pthread_mutex_unlock(&l->lock);
    return path;
}

static void *run_lane(void *arg)
{
    struct fnq_eval_lanes *l = arg;
    const struct fnq_eval *m = l->main;
    struct fnq_ctx ctx = {.o = m->ctx->o, .cmd = m->ctx->cmd};
    struct fnq_eval e = {.ctx = &ctx,
                         .profile = m->profile,
                         .faces = m->faces,
                         .centre_cache = m->centre_cache,
                         .crop = m->crop,
                         .lanes = l};
    struct fn_error err = {0};
    bool first = true;
    e.buffer = calloc(1, sizeof *e.buffer);
    int r = e.buffer ? fnl_create(fnl_choice_of(m->ctx->lib), &ctx.lib, &err)
                     : fn_error_set(&err, -ENOMEM, "out of memory");
    if (!r)
        fnl_profile_copy(ctx.lib, m->ctx->lib);
    for (const char *path; (path = next_path(l, r, first, &err)); first = false)
        r = l->look(&e, path, l->arg, &err);
    fnl_destroy(ctx.lib);
    fnq_eval_centre_destroy(e.centre);
    free(e.buffer);
    (void)pthread_mutex_lock(&l->lock);
    l->main->n_fresh += e.n_fresh;
    l->main->n_known += e.n_cached;
    (void)pthread_mutex_unlock(&l->lock);
    return NULL;
}

static size_t lanes_for(const struct fnq_eval *e, size_t n)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t wanted = e->ctx->o.threads ? e->ctx->o.threads : cores > 0 ? (uint64_t)cores : 1;
    size_t most = n < LANES_MAX ? n : LANES_MAX;
    return wanted < most ? (size_t)wanted : most;
}

int fnq_eval_ahead(struct fnq_eval *e, const char *const *paths, size_t n,
                   fnq_eval_look_fn look, void *arg, struct fn_error *err)
{
    struct fnq_eval_lanes l = {.main = e, .paths = paths, .n = n, .look = look, .arg = arg};
    pthread_t thread[LANES_MAX];
    size_t wanted = lanes_for(e, n), started = 0;
    l.began_ns = l.said_ns = fn_clock_mono_ns();
    l.n_lanes = wanted;
    (void)pthread_mutex_init(&l.lock, NULL);
    while (started < wanted && pthread_create(&thread[started], NULL, run_lane, &l) == 0)
        started++;
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(thread[i], NULL);
    (void)pthread_mutex_destroy(&l.lock);
    if (l.said_ns != l.began_ns)
        (void)fputs("\r\033[K", stderr);
    if (l.err.code) {
        *err = l.err;
        return err->code;
    }
    /* With fewer lanes than wanted it takes longer, no more; with none the command looks by
     * itself. */
    return 0;
}

int fnq_eval_ahead_set(struct fnq_eval *e, const struct fn_eval_set *s, fnq_eval_look_fn look,
                       void *arg, struct fn_error *err)
{
    const char **paths = calloc(s->n + 1, sizeof *paths);
    if (!paths)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n; i++)
        paths[i] = s->pictures[i].path;
    int rc = fnq_eval_ahead(e, paths, s->n, look, arg, err);
    free(paths);
    return rc;
}
