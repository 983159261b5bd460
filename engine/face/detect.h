/* SPDX-License-Identifier: MIT */
/* The detector on one picture at one network size: letterbox, run, decode, suppress. */
#ifndef FN_ENGINE_FACE_DETECT_H
#define FN_ENGINE_FACE_DETECT_H

#include "engine/face/box.h"
#include "engine/graph/exec.h"
#include "engine/image/image.h"
#include "engine/model/model.h"

enum { FN_DETECT_NETS = 12 };

struct fn_detect_net {
    uint32_t w, h;
    struct fn_exec *exec;
};

/* Compiled sizes and scratch memory. Belongs to one thread. */
struct fn_detector {
    const struct fn_model *model;
    unsigned cpu_flags;
    struct fn_detect_net net[FN_DETECT_NETS];
    uint32_t n_nets;
    float *pixels; /* the resized picture */
    float *resize; /* the resampler's rows */
    size_t pixels_size, resize_size;
};

void fn_detector_init(struct fn_detector *d, const struct fn_model *m, unsigned cpu_flags);
void fn_detector_finish(struct fn_detector *d); /* NULL-safe */

/* Compiles the network for w x h when it is not compiled yet. FN_ELIMIT past FN_DETECT_NETS
 * sizes. */
FN_NODISCARD int fn_detector_prepare(struct fn_detector *d, uint32_t w, uint32_t h,
                                     struct fn_error *err);

struct fn_detect_pass {
    uint32_t w, h; /* network size */
    float fill;    /* share of the network the picture may fill: 1; less for faces that fill the
                      picture */
    float border;  /* grey level 0..255 of the rest */
    float score;   /* keep candidates above */
    float nms_iou;
    float max_side; /* drop boxes higher than this fraction of the network's height; 0: keep all
                     */
};

/* Appends what is found in m to out (pixels of m, clipped to it; rank = score). */
FN_NODISCARD int fn_detector_run(struct fn_detector *d, const struct fn_image *m,
                                 const struct fn_detect_pass *pass, struct fn_boxes *out,
                                 struct fn_error *err);

#endif
