/* SPDX-License-Identifier: MIT */
/* The end of a job: its outcome goes to the writer; what happens after it was written. */
#include "daemon/jobs/jobs_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/log_name.h"
#include "engine/base/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"

enum fnd_work fnd_jobs_work(const struct fnd_jobs *jobs)
{
    return jobs->with.calls->work(jobs->with.owner);
}

bool fnd_jobs_stopping(const struct fnd_jobs *jobs)
{
    enum fnd_work work = fnd_jobs_work(jobs);
    return work == FND_WORK_FINISH || work == FND_WORK_DROP;
}

const char *fnd_job_name(const struct fnd_jobs *jobs, const struct fnd_job *j, char *out)
{
    return fnd_log_name(jobs->with.settings->cfg->log_paths, j->root_path, j->e.path, out);
}

void fnd_jobs_fatal(struct fnd_jobs *jobs, int exit_code, const char *text)
{
    jobs->with.calls->fatal(jobs->with.owner, exit_code, text);
}

void fnd_job_abandon(struct fnd_jobs *jobs, struct fnd_job *j)
{
    fnd_job_list_drop(&jobs->list, j);
}

/* ---- outcomes ---- */

static void on_written(struct fnd_job *j, const struct fnd_outcome_end *end);

static struct fnd_outcome_to where(struct fnd_jobs *jobs)
{
    return (struct fnd_outcome_to){.writer = jobs->with.writer,
                                   .profile = &jobs->with.settings->profile,
                                   .done = on_written};
}

/* The operation of the job was written, or it failed and the entry is still in the queue. */
static void finished(struct fnd_jobs *jobs, struct fnd_job *j, bool dequeued);

/* rc: of a function that submits an outcome. */
static void check(struct fnd_jobs *jobs, struct fnd_job *j, int rc)
{
    if (!rc)
        return;
    fn_log(FN_LOG_ERROR, "out of memory, a photo remains in the queue");
    fnd_queue_cursor_rewind(&jobs->cursor);
    finished(jobs, j, false);
}

void fnd_job_known(struct fnd_jobs *jobs, struct fnd_job *j)
{
    struct fnd_outcome_to to = where(jobs);
    check(jobs, j, fnd_outcome_known(&to, j));
}

void fnd_job_gone(struct fnd_jobs *jobs, struct fnd_job *j)
{
    struct fnd_outcome_to to = where(jobs);
    check(jobs, j, fnd_outcome_gone(&to, j));
}

void fnd_job_requeue(struct fnd_jobs *jobs, struct fnd_job *j, int64_t not_before_s)
{
    struct fnd_outcome_to to = where(jobs);
    check(jobs, j, fnd_outcome_requeue(&to, j, not_before_s));
}

void fnd_job_photo(struct fnd_jobs *jobs, struct fnd_job *j, const struct fn_work_reply *r,
                   const struct fn_h128 *profile_id)
{
    struct fnd_outcome_to to = where(jobs);
    check(jobs, j, fnd_outcome_photo(&to, j, r, profile_id));
}

void fnd_job_bad(struct fnd_jobs *jobs, struct fnd_job *j, const char *reason)
{
    struct fnd_outcome_to to = where(jobs);
    char text[FN_REASON_MAX]; /* reason may be j->reason */
    (void)snprintf(text, sizeof text, "%s", reason);
    memcpy(j->reason, text, sizeof j->reason);
    check(jobs, j, fnd_outcome_photo(&to, j, NULL, NULL));
}

static void finished(struct fnd_jobs *jobs, struct fnd_job *j, bool dequeued)
{
    struct fn_h128 hash = j->hash;
    bool content = j->end == FN_ADMIT_NEW;
    jobs->n.done += dequeued;
    if (j->stale)
        jobs->with.calls->look(jobs->with.owner, j->root_id, j->e.path, false);
    fnd_job_list_drop(&jobs->list, j);
    /* Twins are now known photos. When this job failed, the first twin is processed itself. */
    for (struct fnd_job *t;
         content && !fnd_jobs_stopping(jobs) && (t = fnd_job_list_twin(&jobs->list, &hash));)
        fnd_job_known(jobs, t);
    jobs->with.calls->changed(jobs->with.owner);
}

/* An operation that failed permanently. */
static void failed(struct fnd_jobs *jobs, struct fnd_job *j, const struct fnd_outcome_end *end)
{
    char name[FN_PATH_MAX], text[FN_PATH_MAX + 640];
    if (fnd_jobs_stopping(jobs)) {
        fnd_job_abandon(jobs, j);
        return;
    }
    if (end->status == FN_ECORRUPT) {
        (void)snprintf(
            text, sizeof text,
            "%s: %s. Labels are safe in labels.log. Check the index: fnq doctor --deep",
            jobs->with.settings->index_dir, end->text);
        fnd_jobs_fatal(jobs, FN_EXIT_DAMAGED, text);
        fnd_job_abandon(jobs, j);
        return;
    }
    bool bad = end->status == -EINVAL && end->has_faces;
    (void)snprintf(text, sizeof text, "%s: cannot be stored: %s", fnd_job_name(jobs, j, name),
                   end->text);
    if (!bad && jobs->with.settings->once) {
        fnd_jobs_fatal(jobs, fn_exit_of(end->status), text);
        fnd_job_abandon(jobs, j);
        return;
    }
    fn_log(FN_LOG_ERROR, "%s", text);
    if (bad)
        fnd_job_bad(jobs, j, "the worker returned values out of range");
    else
        finished(jobs, j, false); /* taken again when the cursor is next rewound, not at once */
}

static void count_photo(struct fnd_jobs *jobs, const struct fnd_job *j,
                        const struct fnd_outcome_end *end)
{
    char name[FN_PATH_MAX];
    if (end->bad) {
        jobs->n.bad++;
        jobs->with.calls->bad(jobs->with.owner, fnd_job_name(jobs, j, name), j->reason);
    } else {
        jobs->n.photos++;
        jobs->n.faces += end->n_faces;
    }
}

static void on_written(struct fnd_job *j, const struct fnd_outcome_end *end)
{
    struct fnd_jobs *jobs = j->owner;
    if (end->status == FN_ENOTFOUND && end->kind == FND_OUTCOME_KNOWN) {
        fnd_queue_cursor_rewind(&jobs->cursor);
        finished(jobs, j, false);
        return;
    }
    if (end->status) {
        failed(jobs, j, end);
        return;
    }
    if (end->kind == FND_OUTCOME_PHOTO)
        count_photo(jobs, j, end);
    jobs->n.known += end->kind == FND_OUTCOME_KNOWN;
    /* If the index has a photo at this path, the loss is handled like any other. */
    if (end->kind == FND_OUTCOME_GONE)
        jobs->with.calls->look(jobs->with.owner, j->root_id, j->e.path, true);
    if (end->kind == FND_OUTCOME_REQUEUE)
        fnd_queue_cursor_rewind(&jobs->cursor);
    finished(jobs, j, end->kind != FND_OUTCOME_REQUEUE);
}
