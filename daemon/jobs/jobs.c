/* SPDX-License-Identifier: MIT */
/* Jobs from the queue to a worker. What happens after a step is in job_steps.c. */
#include "daemon/jobs/jobs_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/jobs/admit.h"
#include "engine/base/clock.h"

enum {
    JOBS_BASE = 16, /* jobs in flight: this and ... */
    JOBS_PER_WORKER =
        4, /* ... this many per worker, so that hashing stays ahead of the workers */
    REWIND_EVERY_S = 2,
    SOON_S = 61,
};

/* ---- taking ---- */

static void on_admitted(struct fnd_msg *m)
{
    struct fnd_job *j = (struct fnd_job *)m;
    struct fnd_jobs *jobs = j->owner;
    fnd_job_admitted(jobs, j);
    jobs->with.calls->changed(jobs->with.owner);
}

static bool find_root(struct fnd_jobs *jobs, fn_root_id id, const char **ret_path,
                      struct fnd_reader **ret_reader)
{
    return jobs->with.calls->find_root(jobs->with.owner, id, ret_path, ret_reader);
}

static bool takeable(const struct fn_queue_entry *e, void *ctx)
{
    struct fnd_jobs *jobs = ctx;
    struct fnd_reader *reader;
    const char *path;
    return find_root(jobs, e->root, &path, &reader) &&
           !fnd_job_list_has(&jobs->list, e->root, e->path);
}

/* False: out of memory. */
static bool start(struct fnd_jobs *jobs, const struct fn_queue_entry *e)
{
    struct fnd_reader *reader;
    const char *path;
    struct fnd_job *j = calloc(1, sizeof *j);
    if (!j || !find_root(jobs, e->root, &path, &reader)) {
        free(j);
        return false;
    }
    j->task.msg.run = on_admitted;
    j->task.work = fnd_admit_work;
    j->owner = jobs;
    j->fd = -1;
    j->root_id = e->root;
    j->e = *e;
    j->store = jobs->with.store;
    j->rules = fn_rules_ref(jobs->with.settings->rules);
    j->max_file_bytes = jobs->with.settings->cfg->max_file_bytes;
    memcpy(j->root_path, path, strlen(path) + 1);
    fnd_job_list_add(&jobs->list, j);
    fnd_reader_submit(reader, &j->task, false);
    return true;
}

static void take_entries(struct fnd_jobs *jobs)
{
    size_t n, limit = JOBS_BASE + JOBS_PER_WORKER * fnd_pool_size(jobs->pool);
    while (jobs->list.n < limit && (n = fnd_queue_cursor_next(&jobs->cursor)) > 0)
        for (size_t i = 0; i < n && jobs->list.n < limit; i++) {
            const struct fn_queue_entry *e = &jobs->cursor.chunk[i];
            if (takeable(e, jobs) && !start(jobs, e))
                return;
            fnd_queue_cursor_pass(&jobs->cursor, e);
        }
}

void fnd_jobs_turn(struct fnd_jobs *jobs)
{
    bool go = fnd_jobs_work(jobs) == FND_WORK_GO;
    if (go)
        take_entries(jobs);
    fnd_pool_feed(jobs->pool);
    if (go && fnd_job_list_first(&jobs->list, FND_JOB_READY))
        fnd_pool_start_missing(jobs->pool);
}

void fnd_jobs_tick(struct fnd_jobs *jobs, uint64_t now_ns)
{
    fnd_pool_tick(jobs->pool, now_ns, !fnd_jobs_idle(jobs));
    if (now_ns < jobs->next_rewind_ns)
        return;
    jobs->next_rewind_ns = now_ns + REWIND_EVERY_S * 1000000000ull;
    fnd_queue_cursor_rewind(&jobs->cursor); /* a root may be back, or a retry due */
}

void fnd_jobs_queued(struct fnd_jobs *jobs, bool urgent)
{
    if (urgent) /* take them now, not after all the others */
        fnd_queue_cursor_restart(&jobs->cursor);
}

void fnd_jobs_stale(struct fnd_jobs *jobs, fn_root_id root, const char *rel)
{
    fnd_job_list_stale(&jobs->list, root, rel);
}

/* ---- the part ---- */

int fnd_jobs_create(const struct fnd_jobs_setup *setup, struct fnd_jobs **ret,
                    struct fn_error *err)
{
    struct fnd_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return fn_error_set(err, -ENOMEM, "out of memory");
    jobs->with = *setup;
    fnd_job_list_init(&jobs->list);
    *ret = jobs;
    if (fnd_queue_cursor_init(&jobs->cursor, setup->store))
        return fn_error_set(err, -ENOMEM, "out of memory");
    struct fnd_pool_setup pool = {.settings = setup->settings,
                                  .loop = setup->loop,
                                  .calls = &fnd_job_pool_calls,
                                  .owner = jobs};
    return fnd_pool_create(&pool, &jobs->pool, err);
}

void fnd_jobs_destroy(struct fnd_jobs *jobs)
{
    if (!jobs)
        return;
    fnd_pool_destroy(jobs->pool);
    fnd_job_list_finish(&jobs->list);
    fnd_queue_cursor_finish(&jobs->cursor);
    free(jobs);
}

void fnd_jobs_reload(struct fnd_jobs *jobs)
{
    jobs->model_checked = false;
    fnd_pool_reload(jobs->pool);
    jobs->with.calls->changed(jobs->with.owner);
}

void fnd_jobs_child(struct fnd_jobs *jobs)
{
    fnd_pool_child(jobs->pool);
}

void fnd_jobs_quit(struct fnd_jobs *jobs)
{
    fnd_pool_quit(jobs->pool);
}

void fnd_jobs_stop(struct fnd_jobs *jobs)
{
    fnd_pool_stop(jobs->pool);
}

bool fnd_jobs_idle(const struct fnd_jobs *jobs)
{
    return jobs->list.n == 0;
}

bool fnd_jobs_waiting(struct fnd_jobs *jobs)
{
    return fnd_queue_cursor_any(&jobs->cursor, fn_clock_wall_s() + SOON_S, takeable, jobs);
}

uint64_t fnd_jobs_queued_n(const struct fnd_jobs *jobs)
{
    return fnd_queue_count(jobs->with.store);
}

const struct fnd_job_counters *fnd_jobs_counters(const struct fnd_jobs *jobs)
{
    return &jobs->n;
}

size_t fnd_jobs_workers(const struct fnd_jobs *jobs)
{
    return fnd_pool_size(jobs->pool);
}

size_t fnd_jobs_busy(const struct fnd_jobs *jobs)
{
    return fnd_pool_busy(jobs->pool);
}
