/* SPDX-License-Identifier: MIT */
/* The state of the daemon, for status and summary. */
#include "daemon/loop/loop_priv.h"

#include "daemon/talking/status_json.h"
#include "daemon/talking/summary.h"
#include "engine/base/clock.h"
#include "engine/base/log.h"

uint64_t fnd_queued_now(void *owner)
{
    const struct fnd *f = owner;
    return fnd_jobs_queued_n(f->jobs);
}

struct roots {
    struct fn_txn *t;
    json_t *a;
};

static void add_root(const struct fnd_root_status *s, void *ctx)
{
    const struct roots *r = ctx;
    (void)json_array_append_new(r->a, fnd_root_json(s, r->t));
}

json_t *fnd_status_now(struct fnd *f)
{
    struct fn_error err;
    struct roots roots = {.t = NULL};
    if (fn_txn_begin(f->store, false, 0, &roots.t, &err))
        return NULL;
    roots.a = json_array();
    uint64_t queued = fnd_queued_now(f);
    struct fnd_status s = {.uptime_s = (fn_clock_mono_ns() - f->started_ns) / 1000000000u,
                           .no_space = f->no_space,
                           .paused = f->paused,
                           .paused_until_s = f->paused_until_s,
                           .workers = fnd_jobs_workers(f->jobs),
                           .busy = fnd_jobs_busy(f->jobs),
                           .done = fnd_jobs_counters(f->jobs)->done,
                           .queued = queued,
                           .eta = fnd_progress_eta(f->progress, queued),
                           .t = roots.t,
                           .min_photos = f->settings.cfg->min_photos};
    fnd_watching_each_root(f->watching, add_root, &roots);
    json_t *o = fnd_status_json(&s, roots.a);
    fn_txn_abort(roots.t);
    return o;
}

static void add_other(const struct fnd_root_status *s, void *n_other)
{
    *(uint64_t *)n_other += s->n_other;
}

static struct fn_index_counts counts_now(const struct fnd *f, uint64_t min_photos)
{
    struct fn_index_counts c = {.named = 0};
    struct fn_error err = {0};
    struct fn_txn *t = NULL;
    int rc = fn_txn_begin(f->store, false, 0, &t, &err);
    if (!rc && (rc = fn_index_counts(t, min_photos, &c)))
        fn_error_set(&err, rc, "%s", fn_strerror(rc));
    if (rc)
        fn_log(FN_LOG_ERROR, "the index cannot be counted: %s", err.text);
    fn_txn_abort(t);
    return c;
}

uint64_t fnd_people_now(void *owner)
{
    const struct fnd *f = owner;
    struct fn_index_counts c = counts_now(f, f->settings.cfg->min_photos);
    return c.named + c.unnamed;
}

struct sum {
    struct fn_txn *t;
    uint64_t n;
};

static void add_photos(const struct fnd_root_status *s, void *arg)
{
    struct sum *sum = arg;
    uint64_t n = 0;
    if (fn_counts_root(sum->t, s->id, &n) == 0)
        sum->n += n;
}

uint64_t fnd_photos_now(const struct fnd *f)
{
    struct fn_error err;
    struct sum sum = {.n = 0};
    if (fn_txn_begin(f->store, false, 0, &sum.t, &err) == 0)
        fnd_watching_each_root(f->watching, add_photos, &sum);
    fn_txn_abort(sum.t);
    return sum.n;
}

/* All people that are not hidden count here, even those in few photos. */
void fnd_summary_now(const struct fnd *f)
{
    struct fnd_summary s = {.index = counts_now(f, 1),
                            .done = fnd_jobs_counters(f->jobs),
                            .files_gone = fnd_watching_files_gone(f->watching),
                            .seconds = (double)(fn_clock_mono_ns() - f->started_ns) / 1e9,
                            .workers = fnd_jobs_workers(f->jobs)};
    fnd_watching_each_root(f->watching, add_other, &s.n_other);
    fnd_progress_clear(f->progress);
    fnd_summary_print(&s);
}
