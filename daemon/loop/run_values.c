/* SPDX-License-Identifier: MIT */
/* How it all stands, for those who ask. */
#include "daemon/loop/loop_priv.h"

#include "daemon/talking/status_json.h"
#include "daemon/talking/summary.h"
#include "engine/base/clock.h"

uint64_t fnd_queued_now(void *owner)
{
    const struct fnd *f = owner;
    return fnd_jobs_queued_n(f->jobs);
}

static void add_root(const struct fnd_root_status *s, void *roots)
{
    (void)json_array_append_new(roots, fnd_root_json(s));
}

json_t *fnd_status_now(struct fnd *f)
{
    json_t *roots = json_array();
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
                           .stats = f->stats,
                           .store = f->store};
    fnd_watching_each_root(f->watching, add_root, roots);
    return fnd_status_json(&s, roots);
}

static void add_other(const struct fnd_root_status *s, void *n_other)
{
    *(uint64_t *)n_other += s->n_other;
}

void fnd_summary_now(const struct fnd *f)
{
    struct fnd_summary s = {.index = &f->stats,
                            .done = fnd_jobs_counters(f->jobs),
                            .files_gone = fnd_watching_files_gone(f->watching),
                            .seconds = (double)(fn_clock_mono_ns() - f->started_ns) / 1e9,
                            .workers = fnd_jobs_workers(f->jobs)};
    fnd_watching_each_root(f->watching, add_other, &s.n_other);
    fnd_progress_clear(f->progress);
    fnd_summary_print(&s);
}
