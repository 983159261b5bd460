/* SPDX-License-Identifier: MIT */
/* A worker for a program that asks one question at a time and waits for the answer: started
 * when it is first needed, and anew after one has ended. */
#ifndef FN_ENGINE_WORK_STEADY_H
#define FN_ENGINE_WORK_STEADY_H

#include "engine/work/work.h"

struct fn_steady_worker {
    struct fn_worker_opts opts; /* what it points to lives on */
    int photo_ms;               /* longest wait for one answer of a worker that is ready */
    struct fn_worker *worker;   /* NULL: none is running */
    uint64_t last_id;           /* number of the last request */
};

/* Starts it when none is running. -errno. The worker dies with the calling thread
 * (fn_worker_spawn). */
FN_NODISCARD int fn_steady_start(struct fn_steady_worker *s, struct fn_error *err);
/* Sends q (its id is set here) and waits. A photo's own failure comes back as its code and
 * text; a worker that crashed or hung gives FN_EWORKER with how it ended ("crashed
 * (SIGSEGV)"), and the next call starts another; one that never became ready gives FN_EMODEL.
 * One that somebody else killed is no fault of the photo: another is asked, once, and FN_EBUSY
 * returned when that is killed, too. */
FN_NODISCARD int fn_steady_ask(struct fn_steady_worker *s, struct fn_work_request *q,
                               struct fn_work_reply *ret, struct fn_error *err);
/* Ends it: killed, not asked, for it holds nothing that could be lost. Safe on zeroes. */
void fn_steady_stop(struct fn_steady_worker *s);

#endif
