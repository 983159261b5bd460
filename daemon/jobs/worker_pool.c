/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/worker_pool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "daemon/jobs/cores.h"
#include "daemon/jobs/worker_slot.h"
#include "engine/base/clock.h"
#include "engine/base/log.h"

enum {
    WORKERS_MAX = 1024,
    SETUP_TRIES = 3, /* this many workers that never became ready are fatal */
    KILLED_TRIES =
        12, /* the same for workers that are killed from outside before they are ready */
    EXIT_TRIES = 2, /* further attempts for a photo whose workers exit without a reply */
    IDLE_S = 60,    /* without work for this long, workers exit and free their memory */
    BACKOFF_MAX_S = 60,
};

static const uint64_t second_ns = 1000000000u;

struct fnd_pool {
    struct fnd_pool_setup with;
    struct fnd_slot *slot[WORKERS_MAX];
    size_t n, n_slots; /* number configured; number allocated */
    unsigned generation;
    bool ever_ready, quitting;
    unsigned setup_failures;
    uint64_t not_before_ns; /* no worker is started before this time */
    uint64_t idle_since_ns, next_id;
};

/* ---- the slots ---- */

static void on_ready(struct fnd_slot *s)
{
    struct fnd_pool *p = s->owner;
    struct fn_h128 id = fn_worker_profile_id(s->w);
    p->ever_ready = true;
    p->setup_failures = 0;
    p->with.calls->ready(p->with.owner, &id);
    p->with.calls->changed(p->with.owner);
}

static void on_replied(struct fnd_slot *s, const struct fn_work_reply *r)
{
    struct fnd_pool *p = s->owner;
    struct fnd_job *job = s->job;
    struct fn_h128 id = fn_worker_profile_id(s->w);
    s->job = NULL;
    p->with.calls->replied(p->with.owner, job, r, &id);
    p->with.calls->changed(p->with.owner);
}

static const struct fnd_slot_calls slot_calls = {.ready = on_ready, .replied = on_replied};

static size_t wanted(const struct fnd_pool *p)
{
    const struct fnd_settings *set = p->with.settings;
    uint64_t n = set->workers ? set->workers : set->cfg->workers;
    return n ? (n > WORKERS_MAX ? WORKERS_MAX : (size_t)n) : fnd_allowed_cores();
}

static int resize(struct fnd_pool *p, size_t n)
{
    n = n > WORKERS_MAX ? WORKERS_MAX : n;
    while (p->n_slots < n) {
        struct fnd_slot *s = calloc(1, sizeof *s);
        if (!s)
            return -ENOMEM;
        s->calls = &slot_calls;
        s->owner = p;
        s->loop = p->with.loop;
        p->slot[p->n_slots++] = s;
    }
    p->n = n;
    return 0;
}

int fnd_pool_create(const struct fnd_pool_setup *setup, struct fnd_pool **ret,
                    struct fn_error *err)
{
    struct fnd_pool *p = calloc(1, sizeof *p);
    if (!p)
        return fn_error_set(err, -ENOMEM, "out of memory");
    p->with = *setup;
    p->idle_since_ns = fn_clock_mono_ns();
    *ret = p;
    return resize(p, wanted(p)) ? fn_error_set(err, -ENOMEM, "out of memory") : 0;
}

void fnd_pool_destroy(struct fnd_pool *p)
{
    for (size_t i = 0; p && i < p->n_slots; i++)
        free(p->slot[i]);
    free(p);
}

size_t fnd_pool_size(const struct fnd_pool *p)
{
    return p->n;
}

size_t fnd_pool_busy(const struct fnd_pool *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_slots; i++)
        n += p->slot[i]->job != NULL;
    return n;
}

/* ---- the end of a worker ---- */

/* No worker ever became ready: reported once, after what the worker wrote on stderr. */
static void setup_failed(struct fnd_pool *p, enum fn_worker_end end, const char *text)
{
    unsigned n = ++p->setup_failures;
    char why[512];
    /* One worker killed from outside is no sign of broken models or libraries; many are a sign
     * that the machine has too little memory. */
    unsigned most = end == FN_END_OUTSIDE ? KILLED_TRIES : SETUP_TRIES;
    if (!p->ever_ready && n >= most) {
        (void)snprintf(why, sizeof why,
                       "cannot start (%s). See its message above; are models and "
                       "libraries complete? fnq model list",
                       text);
        p->with.calls->failed(p->with.owner, why);
        return;
    }
    uint64_t pause_s = n > 6 ? BACKOFF_MAX_S : 1u << (n - 1);
    p->not_before_ns = fn_clock_mono_ns() + (p->ever_ready ? pause_s : n) * second_ns / 2;
    fn_log(FN_LOG_WARN, "a worker could not start: %s, trying again", text);
}

/* A worker exited while it processed a photo. */
static void judge(struct fnd_pool *p, const struct fnd_slot *s, struct fnd_job *job, int status)
{
    const struct fnd_pool_calls *c = p->with.calls;
    void *owner = p->with.owner;
    char text[FN_REASON_MAX];
    enum fn_worker_end end = fn_worker_judge(status, s->killed, text, sizeof text);
    if (p->quitting)
        c->abandoned(owner, job);
    else if (s->killed)
        c->bad(owner, job, s->why);
    else if (end == FN_END_PHOTO)
        c->bad(owner, job, text);
    else if (WIFEXITED(status) && job->e.tries >= EXIT_TRIES)
        /* It exited without a reply each time it processed this photo. */
        c->bad(owner, job, s->why[0] ? s->why : text);
    else
        c->again(owner, job, text);
}

static void reaped(struct fnd_pool *p, struct fnd_slot *slot, int status)
{
    struct fnd_slot s = *slot;
    char text[FN_REASON_MAX];
    bool ready = fn_worker_ready(s.w);
    enum fn_worker_end end = fn_worker_judge(status, s.killed, text, sizeof text);
    fnd_slot_clear(slot);
    if (s.job)
        judge(p, &s, s.job, status);
    else if (!p->quitting && !s.retired && (!ready || end == FN_END_SETUP))
        setup_failed(p, end, text);
    else if (!p->quitting && !s.retired)
        fn_log(FN_LOG_WARN, "an idle worker exited: %s, starting another", text);
    p->with.calls->changed(p->with.owner);
}

void fnd_pool_child(struct fnd_pool *p)
{
    for (size_t i = 0; i < p->n_slots; i++) {
        struct fnd_slot *s = p->slot[i];
        int status;
        if (!s->w || waitpid(s->pid, &status, WNOHANG) != s->pid)
            continue;
        fnd_slot_receive(s); /* a reply that was sent before the exit is used */
        reaped(p, s, status);
    }
}

/* ---- starting and feeding ---- */

void fnd_pool_feed(struct fnd_pool *p)
{
    for (size_t i = 0; i < p->n_slots; i++) {
        struct fnd_slot *s = p->slot[i];
        if (!fnd_slot_can_take(s))
            continue;
        bool old = s->generation != p->generation || i >= p->n;
        struct fnd_job *j = old ? NULL : p->with.calls->take(p->with.owner);
        if (old)
            fnd_slot_retire(s);
        else if (j)
            fnd_slot_give(s, j, ++p->next_id);
    }
}

void fnd_pool_start_missing(struct fnd_pool *p)
{
    struct fn_worker_opts o;
    struct fn_error err;
    const struct fnd_settings *set = p->with.settings;
    if (p->quitting || fn_clock_mono_ns() < p->not_before_ns)
        return;
    fn_worker_opts_of(set->cfg, set->models, NULL, &o);
    for (size_t i = 0; i < p->n; i++)
        if (!p->slot[i]->w && fnd_slot_spawn(p->slot[i], &o, p->generation, &err)) {
            p->with.calls->failed(p->with.owner, err.text);
            return;
        }
}

void fnd_pool_tick(struct fnd_pool *p, uint64_t now_ns, bool work)
{
    uint64_t limit_ns = p->with.settings->cfg->photo_timeout_s * second_ns;
    if (work)
        p->idle_since_ns = now_ns;
    bool idle = now_ns - p->idle_since_ns > IDLE_S * second_ns;
    for (size_t i = 0; i < p->n_slots; i++)
        fnd_slot_check_time(p->slot[i], now_ns, limit_ns, idle);
}

void fnd_pool_reload(struct fnd_pool *p)
{
    p->generation++;
    if (resize(p, wanted(p)))
        fn_log(FN_LOG_ERROR, "out of memory, the number of workers does not change");
}

/* ---- the end ---- */

void fnd_pool_quit(struct fnd_pool *p)
{
    p->quitting = true;
}

void fnd_pool_stop(struct fnd_pool *p)
{
    for (size_t i = 0; i < p->n_slots; i++) {
        struct fnd_slot *s = p->slot[i];
        int status;
        if (!s->w)
            continue;
        (void)kill(s->pid, SIGKILL);
        while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
            continue;
        if (s->job)
            p->with.calls->abandoned(p->with.owner, s->job);
        fnd_slot_clear(s);
    }
}
