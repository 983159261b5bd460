/* SPDX-License-Identifier: MIT */
/* Options of a worker from the configuration. */
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/cpu.h"
#include "engine/work/work.h"

void fn_worker_opts_of(const struct fn_config *c, const char *models_dir, const char *profile,
                       struct fn_worker_opts *ret)
{
    const char *no_sandbox = getenv("FACENETD_NO_SANDBOX");
    struct fn_worker_opts o = {
        .binary = getenv("FACENETD_WORKER"),
        .models_dir = fn_config_models_dir(c, models_dir),
        .profile = profile && *profile ? profile : c->profile,
        .memory_bytes = (size_t)c->memory_bytes,
        .priority = c->priority,
        .no_sandbox = no_sandbox && strcmp(no_sandbox, "1") == 0,
    };
    o.face.effort = (enum fn_effort)c->effort;
    o.face.rotate = (enum fn_rotate)c->rotate;
    o.face.min_score = (float)c->min_score;
    o.face.min_face_px = (uint32_t)c->min_face_px;
    o.face.max_faces = (uint32_t)c->max_faces;
    o.face.cpu_flags = FN_CPU_DETECT;
    o.face.limits.max_pixels = c->max_pixels;
    /* A quarter is left for the networks, so that a large picture is refused with a reason
     * before the worker reaches its limit. */
    o.face.limits.max_bytes = (size_t)(c->memory_bytes - c->memory_bytes / 4);
    *ret = o;
}
