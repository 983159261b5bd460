/* SPDX-License-Identifier: MIT */
/* One entry of the durable queue in progress. Owned by the list (job_list.h); handed to the
 * root's reader (admit.c), to a worker (worker_pool.c) and to the writer (outcome.c), one after
 * the other. */
#ifndef FN_DAEMON_JOB_H
#define FN_DAEMON_JOB_H

#include "daemon/base/reader.h"
#include "index/intake/admission.h"
#include "index/records/photos.h"
#include "index/records/queue.h"
#include "engine/base/paths.h"

enum fnd_job_state {
    FND_JOB_ADMIT,  /* the reader opens and hashes it */
    FND_JOB_READY,  /* waits for a worker, with an open descriptor */
    FND_JOB_WORKER, /* a worker processes it */
    FND_JOB_TWIN,   /* waits for another job with the same content */
    FND_JOB_WRITE,  /* its result is being written */
};

struct fnd_job {
    struct fnd_task task; /* first */
    struct fnd_job *next;
    void *owner; /* of the list */
    enum fnd_job_state state;
    fn_root_id root_id;
    char root_path[FN_PATH_MAX];
    struct fn_queue_entry e;
    /* for admission */
    struct fn_store *store;
    struct fn_rules *rules;
    uint64_t max_file_bytes;
    /* result of admission */
    enum fn_admit_end end;
    int fd;
    struct fn_h128 hash;
    struct fn_path path; /* as it was when it was opened; photo is not set */
    char reason[FN_REASON_MAX];
    bool stale; /* renamed or deleted meanwhile: checked again after it was written */
};

#endif
