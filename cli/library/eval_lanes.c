/* SPDX-License-Identifier: MIT */
/* Processing pictures by several workers in parallel, ahead of the command.
 *
 * A lane is a thread with its own worker and everything else a picture needs. Lanes share the
 * caches, and each takes the next picture when it is free. A worker exits with its thread. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/eval_priv.h"
#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/kernels/gemm.h"

enum { LANES_MAX = 256 };
static const uint64_t say_every_ns = 200000000;

struct fnl_eval_failure {
    uint64_t kind; /* kind of the result that failed */
    struct fn_h128 content;
    struct fn_error err;
    bool said;
};

struct fnl_eval_lanes {
    struct fnl_eval *main;
    const char *const *paths;
    size_t n;
    fnl_eval_look_fn look;
    void *arg;

    pthread_mutex_t lock; /* guards the members below, and the failures and counts of main */
    size_t next, n_done, n_lanes;
    struct fn_error err; /* the one that ends the evaluation */
    uint64_t began_ns, said_ns;
};

/* ---- failures ---- */

static struct fnl_eval_failure *find_failure(const struct fnl_eval *m, uint64_t kind,
                                             const struct fn_h128 *content)
{
    for (size_t i = 0; i < m->n_failures; i++)
        if (m->failures[i].kind == kind &&
            memcmp(&m->failures[i].content, content, sizeof *content) == 0)
            return &m->failures[i];
    return NULL;
}

static struct fnl_eval *lock_main(struct fnl_eval *e)
{
    if (e->lanes)
        (void)pthread_mutex_lock(&e->lanes->lock);
    return e->lanes ? e->lanes->main : e;
}

static void unlock_main(struct fnl_eval *e)
{
    if (e->lanes)
        (void)pthread_mutex_unlock(&e->lanes->lock);
}

void fnl_eval_remember_failure(struct fnl_eval *e, const struct fnl_cache *c,
                               const struct fn_h128 *content, const struct fn_error *err)
{
    struct fnl_eval *m = lock_main(e);
    struct fnl_eval_failure *v =
        fn_array_grow(m->failures, &m->failures_cap, m->n_failures + 1, sizeof *v);
    m->failures = v ? v : m->failures;
    /* If out of memory, the failure is not remembered and the picture is tried once more. */
    if (m->n_failures < m->failures_cap && !find_failure(m, fnl_cache_kind(c), content))
        m->failures[m->n_failures++] =
            (struct fnl_eval_failure){fnl_cache_kind(c), *content, *err, !e->lanes};
    unlock_main(e);
}

enum fnl_eval_known fnl_eval_known_failure(struct fnl_eval *e, const struct fnl_cache *c,
                                           const struct fn_h128 *content, struct fn_error *ret)
{
    enum fnl_eval_known known = FNL_EVAL_UNKNOWN;
    struct fnl_eval *m = lock_main(e);
    struct fnl_eval_failure *f = find_failure(m, fnl_cache_kind(c), content);
    if (f) {
        known = f->said || e->lanes ? FNL_EVAL_SAID : FNL_EVAL_UNSAID;
        f->said |= !e->lanes;
        *ret = f->err;
    }
    unlock_main(e);
    return known;
}

/* ---- lanes ---- */

/* Called with the lock held, or after all lanes have ended. */
static void progress(struct fnl_eval_lanes *l, bool last)
{
    const struct fnl_eval_events *to = &l->main->events;
    uint64_t now = fn_clock_mono_ns();
    if (!to->progress || (last ? l->said_ns == l->began_ns : now - l->said_ns < say_every_ns))
        return;
    l->said_ns = now;
    const struct fnl_eval_progress p = {l->n_done, l->n, l->n_lanes,
                                        (double)(now - l->began_ns) / 1e9, last};
    to->progress(to->arg, &p);
}

/* Called with the lock held. */
static void check_stop(struct fnl_eval_lanes *l)
{
    const struct fnl_eval_events *to = &l->main->events;
    if (!l->err.code && l->next < l->n && to->stop && to->stop(to->arg))
        (void)fn_error_set(&l->err, -ECANCELED,
                           "stopped: %zu of %zu pictures are processed and saved. Run the same "
                           "command to continue",
                           l->n_done, l->n);
}

/* Records the result of the last picture and returns the next one; NULL: end. */
static const char *next_path(struct fnl_eval_lanes *l, int last, bool first,
                             const struct fn_error *err)
{
    (void)pthread_mutex_lock(&l->lock);
    if (last < 0 && !l->err.code)
        l->err = *err;
    l->n_done += !first;
    check_stop(l);
    const char *path = l->next < l->n && !l->err.code ? l->paths[l->next++] : NULL;
    progress(l, false);
    (void)pthread_mutex_unlock(&l->lock);
    return path;
}

static void *run_lane(void *arg)
{
    struct fnl_eval_lanes *l = arg;
    const struct fnl_eval *m = l->main;
    struct fnl_eval e = {.choice = m->choice,
                         .profile = m->profile,
                         .faces = m->faces,
                         .centre_cache = m->centre_cache,
                         .crop = m->crop,
                         .lanes = l};
    struct fn_error err = {0};
    bool first = true;
    e.buffer = calloc(1, sizeof *e.buffer);
    int rc = e.buffer ? fnl_create(fnl_choice_of(m->lib), &e.lib, &err)
                      : fn_error_set(&err, -ENOMEM, "out of memory");
    if (!rc)
        fnl_profile_copy(e.lib, m->lib);
    for (const char *path; (path = next_path(l, rc, first, &err)); first = false)
        rc = l->look(&e, path, l->arg, &err);
    fnl_destroy(e.lib);
    fnl_eval_centre_destroy(e.centre);
    free(e.buffer);
    (void)pthread_mutex_lock(&l->lock);
    l->main->n_fresh += e.n_fresh;
    l->main->n_known += e.n_cached;
    (void)pthread_mutex_unlock(&l->lock);
    return NULL;
}

static size_t lanes_for(const struct fnl_eval *e, size_t n)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t wanted = e->choice.threads ? e->choice.threads : cores > 0 ? (uint64_t)cores : 1;
    size_t most = n < LANES_MAX ? n : LANES_MAX;
    return wanted < most ? (size_t)wanted : most;
}

int fnl_eval_ahead(struct fnl_eval *e, const char *const *paths, size_t n,
                   fnl_eval_look_fn look, void *arg, struct fn_error *err)
{
    struct fnl_eval_lanes l = {.main = e, .paths = paths, .n = n, .look = look, .arg = arg};
    pthread_t thread[LANES_MAX];
    size_t wanted = lanes_for(e, n), started = 0;
    l.began_ns = l.said_ns = fn_clock_mono_ns();
    l.n_lanes = wanted;
    (void)pthread_mutex_init(&l.lock, NULL);
    /* It changes the environment, which a lane reads to start its worker. */
    (void)fn_gemm_load();
    if (e->events.ahead)
        e->events.ahead(e->events.arg, true);
    while (started < wanted && pthread_create(&thread[started], NULL, run_lane, &l) == 0)
        started++;
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(thread[i], NULL);
    (void)pthread_mutex_destroy(&l.lock);
    if (e->events.ahead)
        e->events.ahead(e->events.arg, false);
    progress(&l, true);
    if (l.err.code) {
        *err = l.err;
        return err->code;
    }
    /* Fewer lanes than requested only take longer; without any, the command processes the
     * pictures itself. */
    return 0;
}

int fnl_eval_ahead_set(struct fnl_eval *e, const struct fn_eval_set *s, fnl_eval_look_fn look,
                       void *arg, struct fn_error *err)
{
    const char **paths = calloc(s->n + 1, sizeof *paths);
    if (!paths)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n; i++)
        paths[i] = s->pictures[i].path;
    int rc = fnl_eval_ahead(e, paths, s->n, look, arg, err);
    free(paths);
    return rc;
}
