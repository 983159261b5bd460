/* SPDX-License-Identifier: MIT */
/* What follows when a step of a job ends: after admission, and after a worker. */
#include "daemon/jobs/jobs_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"

enum {
    TRIES_FREE = 10,   /* killed from outside this often before there are pauses */
    TROUBLE_TRIES = 3, /* failed reads until a photo is treated as bad */
};

/* ---- after admission ---- */

static void trouble(struct fnd_jobs *jobs, struct fnd_job *j)
{
    if (j->e.tries >= TROUBLE_TRIES && j->reason[0]) {
        fnd_job_bad(jobs, j, j->reason);
        return;
    }
    jobs->with.calls->doubt(jobs->with.owner, j->root_id);
    fnd_job_requeue(jobs, j, fn_clock_wall_s() + 5 + 10 * j->e.tries);
}

static void follow_admission(struct fnd_jobs *jobs, struct fnd_job *j)
{
    switch (j->end) {
    case FN_ADMIT_NONE:
        fnd_job_abandon(jobs, j);
        return;
    case FN_ADMIT_GONE:
    case FN_ADMIT_OTHER:
        fnd_job_gone(jobs, j);
        return;
    case FN_ADMIT_CHANGING:
        fnd_job_requeue(jobs, j,
                        fn_clock_wall_s() + 1 +
                            (int64_t)(jobs->with.settings->cfg->settle_ms / 1000));
        return;
    case FN_ADMIT_TROUBLE:
        trouble(jobs, j);
        return;
    case FN_ADMIT_BAD:
        fnd_job_bad(jobs, j, j->reason);
        return;
    case FN_ADMIT_KNOWN:
        fnd_job_known(jobs, j);
        return;
    case FN_ADMIT_NEW:
        j->state = fnd_job_list_has_twin(&jobs->list, j) ? FND_JOB_TWIN : FND_JOB_READY;
        return;
    }
}

void fnd_job_admitted(struct fnd_jobs *jobs, struct fnd_job *j)
{
    if (fnd_jobs_stopping(jobs))
        fnd_job_abandon(jobs, j);
    else
        follow_admission(jobs, j);
}

/* ---- after a worker ---- */

static struct fnd_job *on_take(void *owner)
{
    struct fnd_jobs *jobs = owner;
    if (fnd_jobs_work(jobs) != FND_WORK_GO)
        return NULL;
    struct fnd_job *j = fnd_job_list_first(&jobs->list, FND_JOB_READY);
    if (j)
        j->state = FND_JOB_WORKER;
    return j;
}

static void count_time(struct fnd_job_counters *n, const struct fn_work_reply *r)
{
    n->decode_ns += r->photo.ns.decode;
    n->detect_ns += r->photo.ns.detect;
    n->landmarks_ns += r->photo.ns.landmarks;
    n->embed_ns += r->photo.ns.embed;
}

static void on_replied(void *owner, struct fnd_job *j, const struct fn_work_reply *r,
                       const struct fn_h128 *profile_id)
{
    struct fnd_jobs *jobs = owner;
    if (fnd_jobs_work(jobs) == FND_WORK_DROP) {
        fnd_job_abandon(jobs, j);
        return;
    }
    jobs->n.cpu_ns += r->cpu_ns;
    if (r->peak_bytes > jobs->n.peak_bytes)
        jobs->n.peak_bytes = r->peak_bytes;
    if (r->code == -EIO || r->code == -ESTALE || r->code == -ENODEV || r->code == -ENXIO) {
        (void)snprintf(j->reason, sizeof j->reason, "%.*s", FN_REASON_MAX - 1, r->text);
        trouble(jobs, j);
    } else if (r->code) {
        fnd_job_bad(jobs, j, r->text[0] ? r->text : fn_strerror(r->code));
    } else {
        count_time(&jobs->n, r);
        fnd_job_photo(jobs, j, r, profile_id);
    }
}

static void on_bad(void *owner, struct fnd_job *j, const char *reason)
{
    fnd_job_bad(owner, j, reason);
}

static void on_again(void *owner, struct fnd_job *j, const char *why)
{
    struct fnd_jobs *jobs = owner;
    char name[FN_PATH_MAX];
    int64_t delay = j->e.tries < TRIES_FREE ? 0 : j->e.tries < 50 ? 30 : 300;
    fn_log(FN_LOG_WARN, "%s: its worker was %s, the photo goes back to the end of the queue",
           fnd_job_name(jobs, j, name), why);
    fnd_job_requeue(jobs, j, delay ? fn_clock_wall_s() + delay : 0);
}

static void on_abandoned(void *owner, struct fnd_job *j)
{
    fnd_job_abandon(owner, j);
}

/* Vectors of two models are never compared, so an index belongs to one model. */
static void on_ready(void *owner, const struct fn_h128 *profile_id)
{
    struct fnd_jobs *jobs = owner;
    const struct fnd_settings *set = jobs->with.settings;
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct fn_index_model m;
    char text[FN_PATH_MAX + 640];
    if (jobs->model_checked || fn_txn_begin(jobs->with.store, false, 0, &t, &err))
        return;
    int rc = fn_index_model_get(t, &m, &err);
    fn_txn_abort(t);
    jobs->model_checked = true;
    if (rc || fn_h128_eq(&m.profile_id, profile_id))
        return;
    (void)snprintf(
        text, sizeof text,
        "%s: its vectors were made by profile '%s' with other networks than those found "
        "now for '%s'. Use that profile (--profile, --models), or make another index "
        "(--index DIR) and take the labels along: fnq export labels, fnq import labels",
        set->index_dir, m.profile[0] ? m.profile : "?", set->cfg->profile);
    fnd_jobs_fatal(jobs, FN_EXIT_REFUSED, text);
}

static void on_failed(void *owner, const char *text)
{
    char line[640];
    (void)snprintf(line, sizeof line, "facenetd-worker: %s", text);
    fnd_jobs_fatal(owner, FN_EXIT_INPUT, line);
}

static void on_changed(void *owner)
{
    struct fnd_jobs *jobs = owner;
    jobs->with.calls->changed(jobs->with.owner);
}

const struct fnd_pool_calls fnd_job_pool_calls = {.take = on_take,
                                                  .ready = on_ready,
                                                  .replied = on_replied,
                                                  .bad = on_bad,
                                                  .again = on_again,
                                                  .abandoned = on_abandoned,
                                                  .failed = on_failed,
                                                  .changed = on_changed};
