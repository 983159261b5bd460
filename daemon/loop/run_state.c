/* SPDX-License-Identifier: MIT */
/* Flags of the run, and how it all stands. */
#include "daemon/loop/loop_priv.h"

#include <inttypes.h>
#include <sys/statvfs.h>

#include "daemon/talking/status_json.h"
#include "daemon/talking/summary.h"
#include "engine/base/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"

/* ---- pausing ---- */

void fnd_pause(struct fnd *f, int64_t until_s)
{
    f->paused = true;
    f->paused_until_s = until_s;
    fn_log(FN_LOG_INFO, "paused");
}

void fnd_resume(struct fnd *f)
{
    if (f->paused)
        fn_log(FN_LOG_INFO, "resumed");
    f->paused = false;
    f->paused_until_s = 0;
    f->changed = true;
}

/* ---- space ---- */

void fnd_no_space(struct fnd *f, int code)
{
    const char *dir = f->with->index_dir;
    f->no_space = code != 0;
    f->changed = true;
    if (code == 0)
        fn_log(FN_LOG_INFO, "the index can be written again, going on");
    else if (f->settings.once)
        fnd_fatal(f, FN_EXIT_SYSTEM,
                  "%s: cannot write: %s. Free space there and run it again; what was finished "
                  "is kept",
                  dir, fn_strerror(code));
    else
        fn_log(FN_LOG_ERROR,
               "%s: cannot write: %s, waiting. Free space there; indexing goes on by itself",
               dir, fn_strerror(code));
}

void fnd_check_space(struct fnd *f)
{
    struct statvfs v;
    const char *dir = f->with->index_dir;
    if (statvfs(dir, &v))
        return;
    uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;
    uint64_t least = f->settings.cfg->min_free_bytes;
    if (!f->no_space && room < least) {
        f->no_space = true;
        if (f->settings.once)
            fnd_fatal(f, FN_EXIT_SYSTEM,
                      "%s: only %" PRIu64 " MB free, less than limits.min_free_space (%" PRIu64
                      " MB). Free space there, or lower it",
                      dir, room >> 20, least >> 20);
        else
            fn_log(FN_LOG_WARN,
                   "%s: only %" PRIu64 " MB free, less than limits.min_free_space (%" PRIu64
                   " MB): paused, goes on by itself when there is room",
                   dir, room >> 20, least >> 20);
    } else if (f->no_space && room >= least + least / 20) {
        fn_log(FN_LOG_INFO, "%s: there is room again, going on", dir);
        f->no_space = false;
        f->changed = true;
    }
}

/* ---- how it stands ---- */

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
