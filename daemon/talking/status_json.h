/* SPDX-License-Identifier: MIT */
/* The status object of the control socket: the data of fnq.status/1. Values in, JSON out. */
#ifndef FN_DAEMON_STATUS_JSON_H
#define FN_DAEMON_STATUS_JSON_H

#include <jansson.h>

#include "daemon/talking/rate.h"
#include "daemon/watching/watching.h"
#include "index/people/index_counts.h"

struct fnd_status {
    uint64_t uptime_s;
    bool no_space, paused;
    int64_t paused_until_s; /* 0: until resume */
    size_t workers, busy;
    uint64_t done, queued;
    struct fnd_eta eta;
    struct fn_txn *t;    /* read transaction: model and counts are from the same moment */
    uint64_t min_photos; /* minimum for an unnamed person to be counted */
};

/* Takes the reference of roots, an array of fnd_root_json. A new reference, NULL: out of
 * memory. */
json_t *fnd_status_json(const struct fnd_status *s, json_t *roots);
json_t *fnd_root_json(const struct fnd_root_status *r, struct fn_txn *t);

#endif
