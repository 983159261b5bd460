/* SPDX-License-Identifier: MIT */
/* Several workers without networks that decode photos for the threads of one program. Any
 * thread may ask at any time; it waits for a worker that is free, and for the answer. A worker
 * is started when it is first needed, and anew after one has ended: a photo that breaks its
 * worker costs that photo, nothing else. */
#ifndef FN_ENGINE_WORK_POOL_H
#define FN_ENGINE_WORK_POOL_H

#include "engine/work/work.h"

struct fn_worker_pool;

/* n: workers at most, 1..FN_POOL_MAX. photo_ms: longest wait for one answer. What o points to
 * lives on; its profile is not looked at. */
enum { FN_POOL_MAX = 256 };
FN_NODISCARD int fn_worker_pool_create(const struct fn_worker_opts *o, int photo_ms, unsigned n,
                                       struct fn_worker_pool **ret, struct fn_error *err);
void fn_worker_pool_destroy(struct fn_worker_pool *p); /* NULL-safe; nobody may be asking */

/* fd: a photo, open for reading. Errors: the photo's own (FN_EDECODE ...), FN_EWORKER when it
 * broke its worker, FN_EMODEL when no worker can be started: then going on is useless. */
FN_NODISCARD int fn_worker_pool_size(struct fn_worker_pool *p, int fd, uint32_t *ret_width,
                                     uint32_t *ret_height, struct fn_error *err);
/* rgb: height x width x 3 floats of cut, each checked to be 0..256. */
FN_NODISCARD int fn_worker_pool_chip(struct fn_worker_pool *p, int fd,
                                     const struct fn_chip_cut *cut, float *rgb,
                                     bool *ret_truncated, struct fn_error *err);

#endif
