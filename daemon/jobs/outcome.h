/* SPDX-License-Identifier: MIT */
/* The result of a job, as one operation of the writer: the photo, its paths and the removal of
 * its queue entry in one transaction. */
#ifndef FN_DAEMON_OUTCOME_H
#define FN_DAEMON_OUTCOME_H

#include "daemon/jobs/job.h"
#include "daemon/writing/writer.h"
#include "engine/model/profile.h"
#include "engine/work/work.h"

enum fnd_outcome_kind {
    FND_OUTCOME_PHOTO,   /* processed, or bad */
    FND_OUTCOME_KNOWN,   /* another path of a photo */
    FND_OUTCOME_GONE,    /* gone, or not a photo: removed from the queue */
    FND_OUTCOME_REQUEUE, /* moved to the end of the queue */
};

struct fnd_outcome_end {
    enum fnd_outcome_kind kind;
    int status;          /* 0: written; else the entry is still in the queue */
    const char *text;    /* of the error */
    bool bad, has_faces; /* FND_OUTCOME_PHOTO: it is bad; a worker found faces in it */
    uint32_t n_faces;
};

/* The writer of outcomes, and who is notified, on the loop's thread. */
struct fnd_outcome_to {
    struct fnd_writer *writer;
    const struct fn_profile_values *profile;
    void (*done)(struct fnd_job *j, const struct fnd_outcome_end *end);
};

/* Each closes the job's descriptor and makes its state FND_JOB_WRITE. -ENOMEM: nothing was
 * started, and done is not called. reply NULL: the photo is bad, see j->reason. The memory of
 * reply is only used during the call. */
FN_NODISCARD int fnd_outcome_photo(const struct fnd_outcome_to *to, struct fnd_job *j,
                                   const struct fn_work_reply *reply,
                                   const struct fn_h128 *profile_id);
FN_NODISCARD int fnd_outcome_known(const struct fnd_outcome_to *to, struct fnd_job *j);
FN_NODISCARD int fnd_outcome_gone(const struct fnd_outcome_to *to, struct fnd_job *j);
FN_NODISCARD int fnd_outcome_requeue(const struct fnd_outcome_to *to, struct fnd_job *j,
                                     int64_t not_before_s);

#endif
