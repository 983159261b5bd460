/* SPDX-License-Identifier: MIT */
/* Jobs: from the durable queue to the index. A bounded number of queue entries is in flight:
 * opened and hashed by the root's reader (admit.c), processed by a worker (worker_pool.c), and
 * written (outcome.c).
 *
 * Owns the jobs and the workers; loop thread. Uses the writer, and the readers returned by
 * find_root; reports through struct fnd_jobs_calls. */
#ifndef FN_DAEMON_JOBS_H
#define FN_DAEMON_JOBS_H

#include <uv.h>

#include "daemon/base/reader.h"
#include "daemon/base/daemon_settings.h"
#include "daemon/writing/writer.h"
#include "index/records/photos.h"

struct fnd_jobs;

enum fnd_work {
    FND_WORK_GO,     /* photos may be handed to workers */
    FND_WORK_WAIT,   /* not now: paused, or no space */
    FND_WORK_FINISH, /* the daemon stops; photos in progress may be finished */
    FND_WORK_DROP,   /* the daemon stops, and nothing can be written */
};

struct fnd_jobs_calls {
    enum fnd_work (*work)(void *owner);
    /* Finds the path of a root, and its reader. False: unknown, or away. */
    bool (*find_root)(void *owner, fn_root_id id, const char **ret_path,
                      struct fnd_reader **ret_reader);
    /* Reading fails in this root: its drive may be gone. */
    void (*doubt)(void *owner, fn_root_id id);
    /* A file has to be checked again: it was changed while it was processed, or (gone) it is
     * not at the path in the queue. */
    void (*look)(void *owner, fn_root_id id, const char *rel, bool gone);
    /* A photo is bad; name: for the log. */
    void (*bad)(void *owner, const char *name, const char *reason);
    void (*fatal)(void *owner, int exit_code,
                  const char *text); /* a sentence without its full stop */
    void (*changed)(void *owner);    /* something may have become possible, or complete */
};

struct fnd_jobs_setup { /* all of it outlives the part */
    const struct fnd_settings *settings;
    struct fn_store *store;
    struct fnd_writer *writer;
    uv_loop_t *loop;
    const struct fnd_jobs_calls *calls;
    void *owner;
};

struct fnd_job_counters { /* since the start */
    uint64_t done;        /* queue entries finished, with any result */
    uint64_t photos;      /* decoded by a worker */
    uint64_t known;       /* content that was known: moved or copied */
    uint64_t faces, bad;
    uint64_t decode_ns, detect_ns, landmarks_ns, embed_ns, cpu_ns;
    uint64_t peak_bytes;
};

FN_NODISCARD int fnd_jobs_create(const struct fnd_jobs_setup *setup, struct fnd_jobs **ret,
                                 struct fn_error *err);
/* Takes entries while there is room, feeds the workers; once a turn of the loop. */
void fnd_jobs_turn(struct fnd_jobs *j);
void fnd_jobs_tick(struct fnd_jobs *j, uint64_t now_ns);
/* The configuration changed. */
void fnd_jobs_reload(struct fnd_jobs *j);
void fnd_jobs_child(struct fnd_jobs *j); /* on SIGCHLD */
/* Entries were written to the queue; urgent: before the position of the cursor. */
void fnd_jobs_queued(struct fnd_jobs *j, bool urgent);
/* A path, or a folder, was renamed or deleted: jobs below it check the file again when they are
 * done. */
void fnd_jobs_stale(struct fnd_jobs *j, fn_root_id root, const char *rel);

void fnd_jobs_quit(struct fnd_jobs *j);    /* the daemon stops: no new jobs */
void fnd_jobs_stop(struct fnd_jobs *j);    /* kills the workers; photos stay in the queue */
void fnd_jobs_destroy(struct fnd_jobs *j); /* NULL-safe */

bool fnd_jobs_idle(const struct fnd_jobs *j); /* none in flight */
/* Are there entries that will be due soon, of roots that are not away? */
bool fnd_jobs_waiting(struct fnd_jobs *j);
uint64_t
fnd_jobs_queued_n(const struct fnd_jobs *j); /* in the queue, including those in flight */
const struct fnd_job_counters *fnd_jobs_counters(const struct fnd_jobs *j);
size_t fnd_jobs_workers(const struct fnd_jobs *j); /* maximum number of workers */
size_t fnd_jobs_busy(const struct fnd_jobs *j);    /* workers that process a photo */

#endif
