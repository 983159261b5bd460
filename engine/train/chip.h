/* SPDX-License-Identifier: MIT */
/* From a photo to a chip; see loader.h. A lane holds what one thread needs for it. */
#ifndef FN_ENGINE_TRAIN_CHIP_H
#define FN_ENGINE_TRAIN_CHIP_H

#include "engine/train/loader.h"

struct fn_lane {
    const struct fn_loader_opts *o; /* defaults are already filled in */
    struct fn_augment_work work;
    float *chip; /* height x width x 3 */
};
FN_NODISCARD int fn_lane_init(struct fn_lane *l,
                              const struct fn_loader_opts *o); /* 0 or -errno */
void fn_lane_finish(struct fn_lane *l);                        /* also for zeroed structs */

/* out: height x width x 3. Errors have the reason, not the path. */
FN_NODISCARD int fn_lane_run(struct fn_lane *l, uint64_t step, uint32_t sample, uint8_t *out,
                             bool *ret_truncated, struct fn_error *err);

#endif
