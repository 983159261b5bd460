/* SPDX-License-Identifier: MIT */
/* From samples to chips: threads request the chip of the face in each picture, cut out by one
 * similarity (frame, margin, augmentation), and augment its colours. The pixels come from a
 * picture source; only the chips in progress are in memory. A picture that broke a worker
 * (FN_EWORKER) is not tried again by the same loader: one that hangs would cost its time-out
 * each time. The bytes of a chip depend on the sample, the options, the seed and the step,
 * never on the threads. */
#ifndef FN_ENGINE_TRAIN_LOADER_H
#define FN_ENGINE_TRAIN_LOADER_H

#include "engine/model/model.h"
#include "engine/train/augment.h"
#include "engine/train/dataset.h"
#include "engine/train/picture_source.h"

enum { FN_LOADER_THREADS_MAX = 64, FN_LOADER_REASONS = 8 };

struct fn_loader_opts {
    const struct fn_dataset
        *dataset; /* outlives the loader; frames may change between wait and start */
    const struct fn_picture_source *pictures; /* outlives the loader */
    uint32_t width, height;                   /* of the chip */
    float margin; /* side of the region that is cut out, relative to the side of the frame; 1
                     (or 0): the frame itself. A chip that is not square shows that square
                     completely, and more along its longer side. */
    float centre_share; /* frame of a sample without one: a centre square with this share of the
                           shorter side; 0: .6 */
    bool need_face;     /* samples without a frame fail instead */
    struct fn_augment augment;
    uint64_t seed;
    unsigned
        threads; /* in addition to the waiting thread; 0: fn_loader_wait does all the work */
};

struct fn_loader;
FN_NODISCARD int fn_loader_create(const struct fn_loader_opts *o, struct fn_loader **ret,
                                  struct fn_error *err);
void fn_loader_destroy(struct fn_loader *l); /* NULL-safe; abandons a batch in progress */

/* Starts to load n samples and returns immediately. out: n chips of height x width x 3 bytes;
 * ok: n bytes, 1 where there is a chip; where a picture cannot be used, ok is 0 and the chip is
 * black. Both belong to the loader until fn_loader_wait; idx is copied. One batch at a time:
 * -EBUSY before fn_loader_wait for the last one; -EINVAL for an index out of range; -ENOMEM. */
FN_NODISCARD int fn_loader_start(struct fn_loader *l, uint64_t step, const uint32_t *idx,
                                 size_t n, uint8_t *out, uint8_t *ok);
/* Helps to complete the batch and returns when it is done; 0 when none was started. Pictures
 * that cannot be used are not an error, unless all of them fail: FN_EDECODE with the first
 * reason. */
FN_NODISCARD int fn_loader_wait(struct fn_loader *l, struct fn_error *err);

/* Since creation; valid until the next start. The reasons are those of the first samples that
 * failed, each sample once, in the order of batches and positions. */
struct fn_loader_trouble {
    uint64_t failed;    /* chips that failed */
    uint64_t truncated; /* chips of truncated pictures that are complete enough to be used; not
                           counted where only the part around the face was decoded */
    size_t n_reasons;
    uint32_t sample[FN_LOADER_REASONS];
    char reason[FN_LOADER_REASONS][512]; /* "'PATH': why" */
};
const struct fn_loader_trouble *fn_loader_trouble(const struct fn_loader *l);

/* The similarity with which the chip of a width x height picture is cut out, in the form of
 * fn_warp: from chip pixels to pixels of the full-size picture, both with the centre of the
 * first pixel at 0, 0. */
struct fn_similarity fn_loader_cut(const struct fn_loader_opts *o, struct fn_similarity face,
                                   const struct fn_augment_plan *p);

/* Chips as network input: n x h x w x 3 (1 when grey), transposed as the model needs; the same
 * values as at inference. */
void fn_chips_to_float(const uint8_t *chips, size_t n, uint32_t w, uint32_t h,
                       const struct fn_preprocess *pre, float *nhwc);

#endif
