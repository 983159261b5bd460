/* SPDX-License-Identifier: MIT */
/* A model file (.fnm): one network with everything needed to use it. Mapped read-only, checked
 * before use: a model file is untrusted input. Format: docs/format-model.md.
 *
 * A model's id is XXH3-128 of (source file hashes, importer version), never of the .fnm bytes;
 * importing is bit-reproducible. */
#ifndef FN_ENGINE_MODEL_MODEL_H
#define FN_ENGINE_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/graph/graph.h"

/* What the network is for; and how its output is read. Stored as text in the file ("detector",
 * "anchors-centre"). */
enum fn_role {
    FN_ROLE_OTHER = 0,
    FN_ROLE_DETECTOR,
    FN_ROLE_VERIFIER,
    FN_ROLE_LANDMARKS,
    FN_ROLE_EMBEDDER
};

enum fn_decode_kind {
    FN_DECODE_NONE = 0,
    FN_DECODE_ANCHORS_SOFTMAX, /* Ultra-Light: per level class and box maps, anchors from sides
                                  (models2.md 8) */
    FN_DECODE_ANCHORS_SIGMOID, /* SSD of face-api: anchors stored (models.md 3) */
    FN_DECODE_YOLO,            /* tiny detector (models.md 4) */
    FN_DECODE_VERIFY_BOX,      /* O-Net: probability, box offsets, five points (models2.md 9) */
    FN_DECODE_POINTS68,        /* 68 x (x, y) relative to the crop */
    FN_DECODE_EMBEDDING,       /* 128 numbers to be normalised */
};

enum fn_colour { FN_COLOUR_RGB = 0, FN_COLOUR_GREY = 1 };
enum fn_fit {
    FN_FIT_TOPLEFT = 0, /* letterbox, picture at top left */
    FN_FIT_CENTRE = 1,  /* letterbox, centred */
    FN_FIT_CROP = 2,    /* the caller cuts the right square */
};

struct fn_preprocess {
    enum fn_colour colour;
    float mean[3], scale[3]; /* network input = (p - mean) * scale, p in 0..255 */
    float grey[3];           /* weights of R, G, B when grey */
    bool transposed;         /* network row = picture column (MTCNN ports) */
    enum fn_fit fit;
    uint32_t width, height; /* default input size */
};

enum { FN_LEVELS_MAX = 8, FN_ANCHORS_MAX = 8 };
struct fn_anchor_level {
    uint32_t score_output, box_output; /* indices into the graph's outputs */
    uint32_t n_anchors;
    float side[FN_ANCHORS_MAX]; /* in network pixels (ANCHORS_SOFTMAX) */
};
struct fn_decode {
    enum fn_decode_kind kind;
    uint32_t n_levels;
    struct fn_anchor_level level[FN_LEVELS_MAX];
    float var_centre, var_size; /* box variances: .1 and .2 */
    const float *anchors;       /* ANCHORS_SIGMOID: n_anchors x (ymin, xmin, ymax, xmax), in the
                                   file's weights */
    uint32_t n_anchors;
    float nms_iou;
    float min_score;
    uint32_t face_class, n_classes;
};

/* How a chip for this network is cut. Template: n points in chip pixels matched to landmark
 * means. */
struct fn_align {
    uint32_t chip;     /* width in pixels; the height is that of the network's input */
    uint32_t n_points; /* 5 (eye means, nose, mouth corners) or 33 (dlib) */
    struct {
        uint8_t first, last; /* mean of landmarks first..last (68-point numbering) */
        float x, y;          /* where it belongs, chip pixels */
    } point[40];
    float crop_scale;     /* landmarks pass 1: side = crop_scale x box height */
    bool second_pass;     /* landmarks: run again on the upright chip */
    float second_padding; /* .25 */
};

struct fn_card {
    char name[64], origin[256], licence[256], training_data[256], source[256], note[512];
};

/* Thresholds of an embedder, measured on people it was not trained on: squared distances of
 * unit vectors. They belong to its weights, to the way chips are cut, and to flip. */
enum { FN_CALIBRATION_FARS = 3 };
extern const double fn_calibration_fars[FN_CALIBRATION_FARS]; /* 1e-2, 1e-3, 1e-4 */
struct fn_calibration {
    float far_d2[FN_CALIBRATION_FARS]; /* distance at each FAR; 0: too few impostor pairs */
    float pair_d2; /* best for telling pairs apart, both kinds of equal weight; 0: no
                      calibration at all */
    /* for clustering (struct fn_profile_values): distances at a FAR of 3e-5, 3e-4, 1.5e-6, and
     * per decade of it; extrapolated along a line if there are too few pairs, in files of minor
     * versions before 3 in proportion to that for pairs */
    float single_d2, group_d2, net_d2, decade_d2;
    float logistic_a,
        logistic_b; /* p(same) = 1 / (1 + exp(-(a - b d2))), both kinds of equal weight */
    bool flip;      /* embeddings were averaged with those of the mirror image */
    uint32_t people, pictures; /* measured on */
    uint64_t same_pairs, different_pairs;
    char date[16]; /* 2025-01-31 */
};

struct fn_model {
    struct fn_graph graph;
    struct fn_h128 id;
    enum fn_role role;
    struct fn_preprocess pre;
    struct fn_decode decode;
    struct fn_align align;
    uint32_t feature_output; /* embedder: index of the output with the penultimate feature,
                                FN_NONE: none */
    uint32_t feature_width;
    struct fn_card card;
    struct fn_calibration calibration; /* embedders; pair_d2 0: none */
    void *priv;                        /* map and tables */
};

/* Opens and checks a file. FN_EMODEL, FN_ECORRUPT, FN_EVERSION or -errno; the text names the
 * file. */
FN_NODISCARD int fn_model_open(const char *path, struct fn_model **ret, struct fn_error *err);
/* The same from bytes in memory that outlive the model (the fuzzer, tests). */
FN_NODISCARD int fn_model_parse(const uint8_t *data, size_t size, struct fn_model **ret,
                                struct fn_error *err);
void fn_model_destroy(struct fn_model *m); /* NULL-safe */

/* Serialises; m's graph may come from a builder. */
FN_NODISCARD int fn_model_encode(const struct fn_model *m, struct fn_buf *out,
                                 struct fn_error *err);
FN_NODISCARD int fn_model_save(const struct fn_model *m, const char *path,
                               struct fn_error *err);

const char *fn_role_name(enum fn_role r);

#endif
