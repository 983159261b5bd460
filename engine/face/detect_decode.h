/* SPDX-License-Identifier: MIT */
/* From a detector's output maps to boxes in network pixels. Pure functions of maps and decode
 * data. */
#ifndef FN_ENGINE_FACE_DETECT_DECODE_H
#define FN_ENGINE_FACE_DETECT_DECODE_H

#include "engine/face/box.h"
#include "engine/model/model.h"

/* One output map as the executor gives it: float, channels innermost. */
struct fn_map_view {
    const float *data;
    uint32_t c, h, w;
};

/* Appends every box whose face probability is above min_score to out, in pixels of the net_w x
 * net_h network input; rank = score. maps: the graph's outputs in order, n_maps of them.
 * FN_EMODEL when the maps do not fit the decode data, -ENOMEM, FN_ELIMIT.
 *
 * Sources: Liu et al. 2016 (SSD) section 2.2 for anchors and variances; the Ultra-Light
 * generator puts anchor centres at (i + .5) * size / map size, which is not (i + .5) * stride
 * where the map was rounded up; Redmon & Farhadi 2017 (YOLO9000) section 2 for YOLO. */
FN_NODISCARD int fn_detect_decode(const struct fn_decode *d, const struct fn_map_view *maps,
                                  uint32_t n_maps, uint32_t net_w, uint32_t net_h,
                                  float min_score, struct fn_boxes *out, struct fn_error *err);

#endif
