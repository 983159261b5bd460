/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/admit.h"

#include <string.h>

void fnd_admit_work(struct fnd_reader *r, struct fnd_task *t)
{
    struct fnd_job *j = (struct fnd_job *)t;
    struct fn_admission a = {.root_path = j->root_path,
                             .rel = j->e.path,
                             .root = j->root_id,
                             .rules = j->rules,
                             .max_file_bytes = j->max_file_bytes,
                             .store = j->store};
    (void)r;
    fn_admit(&a);
    j->end = a.end;
    j->fd = a.fd;
    j->hash = a.hash;
    j->path = a.path;
    memcpy(j->reason, a.reason, sizeof j->reason);
}
