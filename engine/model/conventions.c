/* SPDX-License-Identifier: MIT */
/* Found by reading the networks and their publishers' code, and by measuring; none of it is
 * code of theirs. */
#include "engine/model/conventions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/vector.h"

/* ---- alignment ---- */

/* dlib's mean face (its chip templates; also in its face_landmark example): landmarks 27..54
 * and 60..64 on the unpadded face, 0..1. Jaw, brows and the lower lip are left out: they move
 * with expression. */
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

/* The chip of the ArcFace family (Deng et al. 2019), made for 112 pixels: eye centres, nose
 * tip, mouth corners. */
static void set_arcface_chip(struct fn_align *a, uint32_t chip)
{
    static const struct {
        uint8_t first, last;
        float x, y;
    } five[] = {{36, 41, 38.2946f, 51.6963f},
                {42, 47, 73.5318f, 51.5014f},
                {30, 30, 56.0252f, 71.7366f},
                {48, 48, 41.5493f, 92.3655f},
                {54, 54, 70.7299f, 92.2041f}};
    float scale = (float)chip / 112;
    a->chip = chip;
    a->n_points = 5;
    for (uint32_t i = 0; i < 5; i++) {
        a->point[i].first = five[i].first;
        a->point[i].last = five[i].last;
        a->point[i].x = five[i].x * scale;
        a->point[i].y = five[i].y * scale;
    }
}

static void set_pre(struct fn_model *m, enum fn_fit fit, const float mean[3], float scale)
{
    m->pre = (struct fn_preprocess){.fit = fit};
    for (int i = 0; i < 3; i++) {
        m->pre.mean[i] = mean[i];
        m->pre.scale[i] = scale;
    }
}

static const float middle[3] = {127.5f, 127.5f, 127.5f};
/* The mean colour of VGG-Face's training images, which dlib's and face-api's networks subtract.
 */
static const float vgg_mean[3] = {122.782f, 117.001f, 104.298f};

/* ---- embedders ---- */

static void set_five_points(struct fn_model *m, uint32_t width, float scale)
{
    set_pre(m, FN_FIT_CROP, middle, scale);
    m->decode.kind = FN_DECODE_EMBEDDING;
    set_arcface_chip(&m->align, width);
}

/* InsightFace's ONNX files. */
static void set_arcface(struct fn_model *m, uint32_t width, uint32_t height)
{
    (void)height;
    set_five_points(m, width, 1 / 127.5f);
}

/* MobileFaceNet's ports and the facenet family's fixed standardisation. */
static void set_by_128(struct fn_model *m, uint32_t width, uint32_t height)
{
    (void)height;
    set_five_points(m, width, 1.0f / 128);
}

static void set_dlib(struct fn_model *m, uint32_t width, uint32_t height)
{
    (void)height;
    set_pre(m, FN_FIT_CROP, vgg_mean, 1.0f / 255);
    m->decode.kind = FN_DECODE_EMBEDDING;
    set_mean_face(&m->align, width, .25f);
}

/* ---- detectors, verifiers ---- */

/* The anchors have fixed sizes in network pixels, whatever the input size. */
static void set_ultra_light(struct fn_model *m, uint32_t width, uint32_t height)
{
    static const float mean[3] = {127, 127, 127};
    static const struct {
        uint32_t n;
        float side[3];
    } levels[] = {{3, {10, 16, 24}}, {2, {32, 48}}, {2, {64, 96}}, {3, {128, 192, 256}}};
    (void)width;
    (void)height;
    set_pre(m, FN_FIT_TOPLEFT, mean, 1.0f / 128);
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
}

static void set_onet(struct fn_model *m, uint32_t width, uint32_t height)
{
    (void)width;
    (void)height;
    set_pre(m, FN_FIT_CROP, middle, 1.0f / 128);
    m->pre.transposed = true;
    m->decode = (struct fn_decode){.kind = FN_DECODE_VERIFY_BOX,
                                   .min_score = .7f,
                                   .face_class = 1,
                                   .n_classes = 2,
                                   .n_levels = 1};
    m->decode.level[0] =
        (struct fn_anchor_level){.score_output = 0, .box_output = 1, .n_anchors = 1};
}

/* ---- landmarks ---- */

static void set_points(struct fn_model *m, uint32_t side, float crop_scale, float padding)
{
    m->decode.kind = FN_DECODE_POINTS68;
    set_mean_face(&m->align, side, padding);
    m->align.crop_scale = crop_scale;
    m->align.second_pass = true;
    m->align.second_padding = padding;
}

static void set_landmarks(struct fn_model *m, uint32_t width, uint32_t height)
{
    static const float mean[3] = {0, 0, 0};
    (void)height;
    set_pre(m, FN_FIT_CROP, mean, 1.0f / 256);
    m->pre.colour = FN_COLOUR_GREY;
    m->pre.grey[0] = .299f;
    m->pre.grey[1] = .587f;
    m->pre.grey[2] = .114f;
    set_points(m, width, 1.15f, .25f);
}

static void set_faceapi_landmarks(struct fn_model *m, uint32_t width, uint32_t height)
{
    (void)height;
    set_pre(m, FN_FIT_CENTRE, vgg_mean, 1.0f / 255);
    set_points(m, width, 1, .30f);
}

/* ---- the table ---- */

/* Eight heads in front of the box decoding that the file ends with. */
const char *const fn_ultra_light_heads[FN_ULTRA_LIGHT_HEADS] = {"319", "333", "365", "379",
                                                                "405", "419", "437", "449"};

const struct fn_convention fn_conventions[FN_FED_COUNT] = {
    [FN_FED_ARCFACE] = {"arcface", FN_ROLE_EMBEDDER, 112, 112, NULL, 0, set_arcface},
    [FN_FED_MOBILEFACENET] = {"mobilefacenet", FN_ROLE_EMBEDDER, 112, 112, NULL, 0, set_by_128},
    [FN_FED_FACENET] = {"facenet", FN_ROLE_EMBEDDER, 160, 160, NULL, 0, set_by_128},
    [FN_FED_DLIB] = {"dlib", FN_ROLE_EMBEDDER, 150, 150, NULL, 0, set_dlib},
    [FN_FED_ULTRA_LIGHT] = {"ultra-light", FN_ROLE_DETECTOR, 320, 240, fn_ultra_light_heads,
                            FN_ULTRA_LIGHT_HEADS, set_ultra_light},
    [FN_FED_ONET] = {"mtcnn-onet", FN_ROLE_VERIFIER, 48, 48, NULL, 0, set_onet},
    [FN_FED_LANDMARKS] = {"landmarks-68", FN_ROLE_LANDMARKS, 64, 64, NULL, 0, set_landmarks},
    [FN_FED_FACEAPI_LANDMARKS] = {"face-api-landmarks-68", FN_ROLE_LANDMARKS, 112, 112, NULL, 0,
                                  set_faceapi_landmarks},
};

const struct fn_convention *fn_convention_find(const char *name)
{
    for (size_t i = 0; i < FN_FED_COUNT; i++)
        if (strcmp(fn_conventions[i].name, name) == 0)
            return &fn_conventions[i];
    return NULL;
}

void fn_convention_set(const struct fn_convention *c, struct fn_model *m, uint32_t width,
                       uint32_t height)
{
    m->role = c->role;
    m->decode = (struct fn_decode){.kind = FN_DECODE_NONE};
    m->align = (struct fn_align){.chip = 0};
    c->set(m, width, height);
    m->pre.width = width;
    m->pre.height = height;
}

/* ---- does a network fit? ---- */

/* A network at its own input size. */
struct shapes {
    const struct fn_graph *g;
    const uint32_t (*dims)[4]; /* of every value */
};

static const uint32_t *output(const struct shapes *s, uint32_t i)
{
    return s->dims[s->g->outputs[i]];
}

static int check_input(const struct fn_convention *c, const struct fn_model *m,
                       const uint32_t dims[4], struct fn_error *err)
{
    uint32_t channels = m->pre.colour == FN_COLOUR_GREY ? 1 : 3;
    if (dims[1] != channels)
        return fn_error_set(err, FN_EMODEL, "the input has %u channels, %s feeds %u", dims[1],
                            c->name, channels);
    if (c->role != FN_ROLE_DETECTOR && dims[2] != dims[3])
        return fn_error_set(err, FN_EMODEL, "the input is %u x %u, %s feeds squares", dims[3],
                            dims[2], c->name);
    return 0;
}

/* Output i is one vector of n numbers. */
static int check_vector(const struct shapes *s, uint32_t i, uint32_t n, const char *why,
                        struct fn_error *err)
{
    if (i >= s->g->n_outputs)
        return fn_error_set(err, FN_EMODEL, "there is no output %u", i);
    const uint32_t *d = output(s, i);
    if (d[2] != 1 || d[3] != 1)
        return fn_error_set(err, FN_EMODEL, "output %u is a map of %u x %u, not one vector: %s",
                            i, d[3], d[2], why);
    if (d[1] != n)
        return fn_error_set(err, FN_EMODEL, "output %u has %u numbers, not %u: %s", i, d[1], n,
                            why);
    return 0;
}

/* Scores and boxes of one level: maps of one size, channels by the anchors. */
static int check_level(const struct fn_convention *c, const struct shapes *s,
                       const struct fn_decode *d, uint32_t i, struct fn_error *err)
{
    const struct fn_anchor_level *l = &d->level[i];
    if (l->score_output >= s->g->n_outputs || l->box_output >= s->g->n_outputs)
        return fn_error_set(err, FN_EMODEL,
                            "%u outputs, %s reads scores and boxes of %u levels",
                            s->g->n_outputs, c->name, d->n_levels);
    const uint32_t *score = output(s, l->score_output), *box = output(s, l->box_output);
    if (score[1] != l->n_anchors * d->n_classes || box[1] != l->n_anchors * 4 ||
        score[2] != box[2] || score[3] != box[3])
        return fn_error_set(
            err, FN_EMODEL,
            "level %u has %u channels of scores and %u of boxes, %s reads %u and %u", i + 1,
            score[1], box[1], c->name, l->n_anchors * d->n_classes, l->n_anchors * 4);
    return 0;
}

static int check_outputs(const struct fn_convention *c, const struct shapes *s,
                         const struct fn_decode *d, struct fn_error *err)
{
    int rc = 0;
    if (c->role == FN_ROLE_EMBEDDER)
        return check_vector(s, 0, FN_DIM, "an index takes vectors of 128 numbers", err);
    if (c->role == FN_ROLE_LANDMARKS)
        return check_vector(s, 0, 136, "68 points are x and y of each", err);
    if (c->role == FN_ROLE_VERIFIER) {
        rc = check_vector(s, d->level[0].score_output, d->n_classes, "scores", err);
        return rc ? rc : check_vector(s, d->level[0].box_output, 4, "offsets of a box", err);
    }
    for (uint32_t i = 0; i < d->n_levels && !rc; i++)
        rc = check_level(c, s, d, i, err);
    return rc;
}

int fn_convention_apply(const struct fn_convention *c, struct fn_model *m, struct fn_error *err)
{
    const struct fn_graph *g = &m->graph;
    struct fn_model fed = *m;
    if (g->n_inputs != 1)
        return fn_error_set(err, FN_EMODEL, "%u inputs, %s feeds one", g->n_inputs, c->name);
    const uint32_t *in = g->values[g->inputs[0]].dims;
    uint32_t(*dims)[4] = calloc(g->n_values, sizeof *dims);
    if (!dims)
        return fn_error_set(err, -ENOMEM, "out of memory");
    struct shapes s = {g, (const uint32_t(*)[4])dims};
    fn_convention_set(c, &fed, in[3], in[2]);
    int rc = fn_graph_infer(g, 1, in[2], in[3], dims, err);
    rc = rc ? rc : check_input(c, &fed, in, err);
    rc = rc ? rc : check_outputs(c, &s, &fed.decode, err);
    if (!rc)
        *m = fed;
    free(dims);
    return rc;
}
