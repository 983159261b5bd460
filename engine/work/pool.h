/* SPDX-License-Identifier: MIT */
/* Several workers without networks that decode photos for the threads of one program. Any
 * thread may call at any time; it waits for a free worker, and for the reply. A worker is
 * started when it is first needed, and again after one has ended. A photo that crashes its
 * worker fails alone.
 *
 * A worker ends with the thread that started it. If another thread is using it then, the
 * request is sent to a new one, once: so threads should live until all calls have returned. */
#ifndef FN_ENGINE_WORK_POOL_H
#define FN_ENGINE_WORK_POOL_H

#include "engine/work/work.h"

struct fn_worker_pool;

/* n: maximum number of workers, 1..FN_POOL_MAX. photo_ms: longest wait for one reply.
 * Everything to which o points must outlive the pool; its profile is not used. */
enum { FN_POOL_MAX = 256 };
FN_NODISCARD int fn_worker_pool_create(const struct fn_worker_opts *o, int photo_ms, unsigned n,
                                       struct fn_worker_pool **ret, struct fn_error *err);
void fn_worker_pool_destroy(struct fn_worker_pool *p); /* NULL-safe; no call in progress */

/* fd: a photo, open for reading. Errors: those of the photo (FN_EDECODE ...), FN_EWORKER if it
 * crashed its worker, FN_EMODEL if no worker can be started, so that further calls are
 * useless. */
FN_NODISCARD int fn_worker_pool_size(struct fn_worker_pool *p, int fd, uint32_t *ret_width,
                                     uint32_t *ret_height, struct fn_error *err);
/* rgb: height x width x 3 floats of cut, each checked to be 0..256. */
FN_NODISCARD int fn_worker_pool_chip(struct fn_worker_pool *p, int fd,
                                     const struct fn_chip_cut *cut, float *rgb,
                                     bool *ret_truncated, struct fn_error *err);

/* All that a page shows of a photo, from one decoding: the whole picture with a longer side of
 * at most `longer` (0: without it, at most FN_WORK_WHOLE_MAX), then n squares of px pixels
 * around boxes (at most FN_WORK_BOXES_MAX). */
struct fn_pool_views {
    const float (*boxes)[4]; /* fractions of the upright picture */
    uint32_t n, px, longer;
    uint32_t finest; /* longer side at which the photo is decoded, at least; 0: as needed */
    float margin;    /* share of the box added on each side */
};
/* *ret_rgb: ret_width x ret_height x 3 bytes of the whole picture, followed by n times px x px
 * x 3 bytes, in one block that the caller frees. Also -ENOMEM. */
FN_NODISCARD int fn_worker_pool_views(struct fn_worker_pool *p, int fd,
                                      const struct fn_pool_views *v, uint8_t **ret_rgb,
                                      uint32_t *ret_width, uint32_t *ret_height,
                                      struct fn_error *err);

#endif
