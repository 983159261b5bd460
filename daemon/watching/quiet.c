/* SPDX-License-Identifier: MIT */
#include "daemon/watching/quiet_priv.h"

#include <errno.h>
#include <stdlib.h>

int fnd_quiet_create(struct fnd_quiet **ret, struct fn_error *err)
{
    struct fnd_quiet *q = calloc(1, sizeof *q);
    if (!q)
        return fn_error_set(err, -ENOMEM, "out of memory");
    *ret = q;
    return 0;
}

void fnd_quiet_destroy(struct fnd_quiet *q)
{
    if (!q)
        return;
    fnd_quiet_forget_files(q);
    fnd_quiet_forget_bursts(q);
    free(q);
}

void fnd_quiet_tick(struct fnd_watching *w, uint64_t now_ns)
{
    fnd_quiet_look(w, now_ns);
    fnd_quiet_flush(w, now_ns);
}

bool fnd_quiet_idle(const struct fnd_quiet *q)
{
    return q->n == 0 && q->n_looks == 0 && !q->scans && !q->gone;
}
