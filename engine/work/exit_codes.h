/* SPDX-License-Identifier: MIT */
/* Exit codes that a worker uses on purpose; read by fn_worker_judge. */
#ifndef FN_ENGINE_WORK_EXIT_CODES_H
#define FN_ENGINE_WORK_EXIT_CODES_H

enum {
    FN_WORKER_EXIT_SETUP = 100,  /* models, sandbox or arguments: not the fault of a photo */
    FN_WORKER_EXIT_MEMORY = 101, /* the photo needs more than the limit */
};

#endif
