/* SPDX-License-Identifier: MIT */
/* A worker for a program that sends one request at a time and waits for the reply. It is
 * started when it is first needed, and again after one has ended. */
#ifndef FN_ENGINE_WORK_STEADY_H
#define FN_ENGINE_WORK_STEADY_H

#include "engine/work/work.h"

struct fn_steady_worker {
    struct fn_worker_opts opts; /* everything to which it points must outlive it */
    int photo_ms;               /* longest wait for one reply of a worker that is ready */
    struct fn_worker *worker;   /* NULL: none is running */
    uint64_t last_id;           /* number of the last request */
};

/* Starts a worker if none is running. -errno. The worker dies with the calling thread
 * (fn_worker_spawn). */
FN_NODISCARD int fn_steady_start(struct fn_steady_worker *s, struct fn_error *err);
/* Sends q (its id is set here) and waits. An error of the photo itself is returned with its
 * code and message. If the worker crashed or hung, returns FN_EWORKER with the reason ("crashed
 * (SIGSEGV)"), and the next call starts another one. If it never became ready, returns
 * FN_EMODEL. A worker that was killed from outside is not the fault of the photo: the request
 * is sent to another one, once. If that is killed too, returns FN_EBUSY. */
FN_NODISCARD int fn_steady_ask(struct fn_steady_worker *s, struct fn_work_request *q,
                               struct fn_work_reply *ret, struct fn_error *err);
/* Kills the worker, which holds nothing that could be lost. Safe for zeroed structs. */
void fn_steady_stop(struct fn_steady_worker *s);

#endif
