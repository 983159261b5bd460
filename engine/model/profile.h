/* SPDX-License-Identifier: MIT */
/* A profile: which models, and the thresholds that belong to them. A text file NAME.profile
 * next to the .fnm files ("key = value"); the engine has no special case for any profile.
 * Format: docs/format-model.md. */
#ifndef FN_ENGINE_MODEL_PROFILE_H
#define FN_ENGINE_MODEL_PROFILE_H

#include "engine/model/model.h"

enum { FN_SCALES_MAX = 4 };

struct fn_profile_values {
    char name[64];
    char detector[64], verifier[64], landmarks[64],
        embedder[64]; /* file names without directory; verifier may be "" */
    /* detection */
    struct {
        uint32_t w, h;
    } scale[3][FN_SCALES_MAX]; /* per effort (enum fn_effort) */
    uint32_t n_scales[3];
    float candidate_score; /* detector score to become a candidate */
    float verify_score;    /* verifier's probability to be a face */
    float nms_iou, merge_iou,
        merge_inside; /* per scale; across scales: IoU, intersection / smaller area */
    float max_side; /* boxes higher than this share of the network height are dropped at all but
                       the smallest scale */
    /* embedding */
    bool flip; /* average of chip and mirrored chip */
    /* people: squared L2 in [0, 4] */
    float pair_d2; /* verification: same person when below (best accuracy / FAR 1e-3 operating
                      point) */
    /* grouping (docs/decisions/grouping.md), for 10,000 good faces: the distances at a FAR of
     * 3e-5, 3e-4 and 1.5e-6, and how much the distance grows for ten times the rate */
    float single_d2; /* t1: two single faces */
    float group_d2;  /* t2: two clusters, or a face and a cluster: a mean */
    float net_d2;    /* r: near enough to be one for the rule */
    float decade_d2;
    float min_quality;            /* faces below do not found people */
    float logistic_a, logistic_b; /* p(same) = 1 / (1 + exp(-(a - b * d2))) */
};

struct fn_profile {
    struct fn_profile_values v;
    struct fn_model *detector, *verifier, *landmarks, *embedder; /* verifier NULL when unused */
    /* of the embedder with its chip recipe: vectors of two ids are never compared */
    struct fn_h128 id;
};

/* models_dir: override or NULL (then the search order of engine/base/paths.h). name: "default",
 * "dlib", ... */
FN_NODISCARD int fn_profile_open(const char *models_dir, const char *name,
                                 struct fn_profile **ret, struct fn_error *err);
/* Values only, without opening a network (fnq's reads use this). */
FN_NODISCARD int fn_profile_read_values(const char *models_dir, const char *name,
                                        struct fn_profile_values *ret, struct fn_error *err);
void fn_profile_destroy(struct fn_profile *p); /* NULL-safe */
/* The name of an installed profile that makes vectors of this id: preferred if it does, else
 * the first by folder and name. An index knows the id of its vectors; the name under which a
 * profile is installed may change. Opens the networks, a few milliseconds each. FN_ENOTFOUND.
 */
FN_NODISCARD int fn_profile_of_id(const char *models_dir, const char *preferred,
                                  const struct fn_h128 *id, char ret_name[64],
                                  struct fn_error *err);
/* The same from text (changed by parsing; lines end in newlines). FN_EMODEL with the line,
 * FN_EVERSION. */
FN_NODISCARD int fn_profile_parse(char *text, struct fn_profile_values *ret,
                                  struct fn_error *err);
/* The four distances of grouping where only the one for pairs is known (files of earlier
 * versions): the default profile's, in proportion. */
void fn_profile_grouping_of_pair(float pair_d2, float *ret_single, float *ret_group,
                                 float *ret_net, float *ret_decade);
/* Puts an embedder's own thresholds (calibration.c) in place of those that belong to the
 * profile's. */
float fn_calibration_strict(const struct fn_calibration *c); /* becomes pair_d2 */
void fn_profile_calibrate(struct fn_profile_values *v, const struct fn_calibration *c);
void fn_profile_print(const struct fn_profile_values *v, struct fn_buf *out);

#endif
