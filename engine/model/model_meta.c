/* SPDX-License-Identifier: MIT */
/* The JSON section of .fnm: how to prepare the input, read the output and cut chips, and the
 * origin. Unknown keys are skipped, absent ones have defaults; every number is checked for its
 * range, so that no later stage has to. */
#include "engine/model/container.h"
#include "engine/model/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_names[] = {"other", "detector", "verifier", "landmarks",
                                         "embedder"};
static const char *const decode_names[] = {"none",     "anchors-softmax", "anchors-sigmoid",
                                           "yolo",     "verify-box",      "points68",
                                           "embedding"};
static const char *const colour_names[] = {"rgb", "grey"};
static const char *const fit_names[] = {"top-left", "centre", "crop"};
#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *fn_role_name(enum fn_role r)
{
    return (size_t)r < COUNT(role_names) ? role_names[r] : "other";
}

/* ---- writing ---- */

/* A float as the shortest decimal that reads back the same has at most nine digits; the dump
 * rounds to nine. */
static json_t *real(float f)
{
    return json_real((double)f);
}

static json_t *reals(const float *f, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, real(f[i]));
    return a;
}

static json_t *pre_to_json(const struct fn_preprocess *p)
{
    return json_pack("{s:s,s:o,s:o,s:o,s:b,s:s,s:i,s:i}", "colour", colour_names[p->colour],
                     "mean", reals(p->mean, 3), "scale", reals(p->scale, 3), "grey",
                     reals(p->grey, 3), "transposed", (int)p->transposed, "fit",
                     fit_names[p->fit], "width", (int)p->width, "height", (int)p->height);
}

static json_t *decode_to_json(const struct fn_decode *d, uint64_t anchors_at)
{
    json_t *levels = json_array();
    for (uint32_t i = 0; i < d->n_levels; i++) {
        const struct fn_anchor_level *l = &d->level[i];
        json_array_append_new(
            levels, json_pack("{s:i,s:i,s:i,s:o}", "score_output", (int)l->score_output,
                              "box_output", (int)l->box_output, "n_anchors", (int)l->n_anchors,
                              "side", reals(l->side, l->n_anchors)));
    }
    return json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:i,s:i,s:I,s:i}", "kind", decode_names[d->kind], "levels",
        levels, "var_centre", real(d->var_centre), "var_size", real(d->var_size), "nms_iou",
        real(d->nms_iou), "min_score", real(d->min_score), "face_class", (int)d->face_class,
        "n_classes", (int)d->n_classes, "anchors_at",
        (json_int_t)(d->n_anchors ? anchors_at : 0), "n_anchors", (int)d->n_anchors);
}

static json_t *align_to_json(const struct fn_align *a)
{
    json_t *points = json_array();
    for (uint32_t i = 0; i < a->n_points; i++)
        json_array_append_new(points,
                              json_pack("{s:i,s:i,s:o,s:o}", "first", (int)a->point[i].first,
                                        "last", (int)a->point[i].last, "x", real(a->point[i].x),
                                        "y", real(a->point[i].y)));
    return json_pack("{s:i,s:o,s:o,s:b,s:o}", "chip", (int)a->chip, "points", points,
                     "crop_scale", real(a->crop_scale), "second_pass", (int)a->second_pass,
                     "second_padding", real(a->second_padding));
}

static json_t *card_to_json(const struct fn_card *c)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "name", c->name, "origin", c->origin,
                     "licence", c->licence, "training_data", c->training_data, "source",
                     c->source, "note", c->note);
}

static json_t *calibration_to_json(const struct fn_calibration *c)
{
    json_t *far = json_array();
    for (int i = 0; i < FN_CALIBRATION_FARS; i++)
        json_array_append_new(far, c->far_d2[i] > 0 ? real(c->far_d2[i]) : json_null());
    /* join_d2 is for programs of earlier versions, which require it */
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:I,s:I,s:I,s:I,s:s}", "far_d2",
                     far, "pair_d2", real(c->pair_d2), "join_d2", real(c->group_d2),
                     "single_d2", real(c->single_d2), "group_d2", real(c->group_d2), "net_d2",
                     real(c->net_d2), "decade_d2", real(c->decade_d2), "logistic_a",
                     real(c->logistic_a), "logistic_b", real(c->logistic_b), "flip",
                     (int)c->flip, "people", (json_int_t)c->people, "pictures",
                     (json_int_t)c->pictures, "same_pairs", (json_int_t)c->same_pairs,
                     "different_pairs", (json_int_t)c->different_pairs, "date", c->date);
}

json_t *fn_meta_to_json(const struct fn_model *m, uint64_t anchors_at)
{
    json_t *feature = m->feature_output == FN_NONE
                          ? json_null()
                          : json_pack("{s:i,s:i}", "output", (int)m->feature_output, "width",
                                      (int)m->feature_width);
    json_t *j = json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o}", "role", fn_role_name(m->role), "preprocess",
        pre_to_json(&m->pre), "decode", decode_to_json(&m->decode, anchors_at), "align",
        align_to_json(&m->align), "feature", feature, "card", card_to_json(&m->card));
    if (j && m->calibration.pair_d2 > 0)
        json_object_set_new(j, "calibration", calibration_to_json(&m->calibration));
    return j;
}

int fn_align_text(const struct fn_align *a, struct fn_buf *out)
{
    json_t *j = align_to_json(a);
    char *text =
        j ? json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(j);
    if (text)
        fn_buf_str(out, text);
    free(text);
    return text && !fn_buf_failed(out) ? 0 : FN_EMODEL;
}

/* ---- reading ---- */

struct in {
    struct fn_error *err;
    int code;
};

static void bad(struct in *s, const char *key)
{
    if (!s->code)
        s->code = fn_error_set(s->err, FN_EMODEL,
                               "model file: \"%s\" is missing or out of range", key);
}

static double number(struct in *s, const json_t *j, const char *key, double lo, double hi)
{
    const json_t *v = json_object_get(j, key);
    double d = json_is_number(v) ? json_number_value(v) : (double)NAN;
    if (!(d >= lo && d <= hi)) {
        bad(s, key);
        return lo;
    }
    return d;
}

static uint32_t whole(struct in *s, const json_t *j, const char *key, uint32_t lo, uint32_t hi)
{
    const json_t *v = json_object_get(j, key);
    json_int_t i = json_is_integer(v) ? json_integer_value(v) : -1;
    if (i < (json_int_t)lo || i > (json_int_t)hi) {
        bad(s, key);
        return lo;
    }
    return (uint32_t)i;
}

static uint32_t word(struct in *s, const json_t *j, const char *key, const char *const *names,
                     size_t n)
{
    const char *t = json_string_value(json_object_get(j, key));
    for (size_t i = 0; t && i < n; i++)
        if (strcmp(t, names[i]) == 0)
            return (uint32_t)i;
    bad(s, key);
    return 0;
}

static bool truth(struct in *s, const json_t *j, const char *key)
{
    const json_t *v = json_object_get(j, key);
    if (!json_is_boolean(v))
        bad(s, key);
    return json_is_true(v);
}

static void floats(struct in *s, const json_t *j, const char *key, float *out, size_t n,
                   double lo, double hi)
{
    const json_t *a = json_object_get(j, key);
    if (!json_is_array(a) || json_array_size(a) != n) {
        bad(s, key);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(a, i);
        double d = json_is_number(v) ? json_number_value(v) : (double)NAN;
        if (d >= lo && d <= hi)
            out[i] = (float)d;
        else
            bad(s, key);
    }
}

static void pre_from_json(struct in *s, const json_t *j, struct fn_preprocess *p)
{
    p->colour = (enum fn_colour)word(s, j, "colour", colour_names, COUNT(colour_names));
    floats(s, j, "mean", p->mean, 3, -1e4, 1e4);
    floats(s, j, "scale", p->scale, 3, -1e4, 1e4);
    floats(s, j, "grey", p->grey, 3, -10, 10);
    p->transposed = truth(s, j, "transposed");
    p->fit = (enum fn_fit)word(s, j, "fit", fit_names, COUNT(fit_names));
    p->width = whole(s, j, "width", 1, 16384);
    p->height = whole(s, j, "height", 1, 16384);
}

static void level_from_json(struct in *s, const json_t *j, const struct fn_graph *g,
                            struct fn_anchor_level *l)
{
    l->score_output = whole(s, j, "score_output", 0, g->n_outputs - 1);
    l->box_output = whole(s, j, "box_output", 0, g->n_outputs - 1);
    l->n_anchors = whole(s, j, "n_anchors", 1, FN_ANCHORS_MAX);
    floats(s, j, "side", l->side, l->n_anchors, 0, 1e5);
}

static void decode_from_json(struct in *s, const json_t *j, const struct fn_graph *g,
                             struct fn_decode *d, uint64_t *anchors_at)
{
    d->kind = (enum fn_decode_kind)word(s, j, "kind", decode_names, COUNT(decode_names));
    const json_t *levels = json_object_get(j, "levels");
    size_t n = json_array_size(levels);
    if (n > FN_LEVELS_MAX)
        bad(s, "levels");
    for (size_t i = 0; i < n && !s->code; i++)
        level_from_json(s, json_array_get(levels, i), g, &d->level[d->n_levels++]);
    d->var_centre = (float)number(s, j, "var_centre", 0, 100);
    d->var_size = (float)number(s, j, "var_size", 0, 100);
    d->nms_iou = (float)number(s, j, "nms_iou", 0, 1);
    d->min_score = (float)number(s, j, "min_score", 0, 1);
    d->n_classes = whole(s, j, "n_classes", 0, 4096);
    d->face_class = whole(s, j, "face_class", 0, d->n_classes ? d->n_classes - 1 : 0);
    d->n_anchors = whole(s, j, "n_anchors", 0, 1 << 20);
    *anchors_at = whole(s, j, "anchors_at", 0, INT32_MAX);
}

static void align_from_json(struct in *s, const json_t *j, struct fn_align *a)
{
    const json_t *points = json_object_get(j, "points");
    size_t n = json_array_size(points);
    if (n > COUNT(a->point))
        bad(s, "points");
    a->chip = whole(s, j, "chip", 0, 4096);
    for (size_t i = 0; i < n && !s->code; i++) {
        const json_t *p = json_array_get(points, i);
        a->point[i].first = (uint8_t)whole(s, p, "first", 0, 67);
        a->point[i].last = (uint8_t)whole(s, p, "last", a->point[i].first, 67);
        a->point[i].x = (float)number(s, p, "x", -4096, 8192);
        a->point[i].y = (float)number(s, p, "y", -4096, 8192);
    }
    a->n_points = s->code ? 0 : (uint32_t)n;
    a->crop_scale = (float)number(s, j, "crop_scale", 0, 100);
    a->second_pass = truth(s, j, "second_pass");
    a->second_padding = (float)number(s, j, "second_padding", 0, 10);
}

/* Text of the card; too long is cut at a UTF-8 boundary, absent is empty. */
static void text(const json_t *j, const char *key, char *out, size_t size)
{
    const char *t = json_string_value(json_object_get(j, key));
    size_t n = t ? strlen(t) : 0;
    if (n >= size) {
        n = size - 1;
        while (n && ((unsigned char)t[n] & 0xc0) == 0x80)
            n--;
    }
    if (n)
        memcpy(out, t, n);
    out[n] = 0;
}

static void card_from_json(const json_t *j, struct fn_card *c)
{
    text(j, "name", c->name, sizeof c->name);
    text(j, "origin", c->origin, sizeof c->origin);
    text(j, "licence", c->licence, sizeof c->licence);
    text(j, "training_data", c->training_data, sizeof c->training_data);
    text(j, "source", c->source, sizeof c->source);
    text(j, "note", c->note, sizeof c->note);
}

static uint64_t count(struct in *s, const json_t *j, const char *key)
{
    const json_t *v = json_object_get(j, key);
    json_int_t i = json_is_integer(v) ? json_integer_value(v) : -1;
    if (i < 0)
        bad(s, key);
    return i < 0 ? 0 : (uint64_t)i;
}

/* A distance of 0 would mean "none" to the reader. */
static float distance(struct in *s, const json_t *j, const char *key)
{
    return (float)number(s, j, key, 1e-6, 4);
}

static void calibration_from_json(struct in *s, const json_t *j, struct fn_calibration *c)
{
    const json_t *far = json_object_get(j, "far_d2");
    if (!json_is_object(j) || json_array_size(far) != FN_CALIBRATION_FARS)
        bad(s, "calibration");
    for (size_t i = 0; i < FN_CALIBRATION_FARS && !s->code; i++) {
        const json_t *v = json_array_get(far, i);
        double d = json_is_number(v) ? json_number_value(v) : json_is_null(v) ? 0 : (double)NAN;
        if (!(d >= 0 && d <= 4))
            bad(s, "far_d2");
        else
            c->far_d2[i] = (float)d;
    }
    c->pair_d2 = distance(s, j, "pair_d2");
    if (json_object_get(j, "group_d2")) {
        c->single_d2 = (float)number(s, j, "single_d2", 0, 4);
        c->group_d2 = (float)number(s, j, "group_d2", 0, 4);
        c->net_d2 = (float)number(s, j, "net_d2", 0, 4);
        c->decade_d2 = (float)number(s, j, "decade_d2", 0, 4);
    } else {
        (void)distance(s, j, "join_d2"); /* of the rule of grouping before */
        fn_profile_grouping_of_pair(fn_calibration_strict(c), &c->single_d2, &c->group_d2,
                                    &c->net_d2, &c->decade_d2);
    }
    c->logistic_a = (float)number(s, j, "logistic_a", -1e4, 1e4);
    c->logistic_b = (float)number(s, j, "logistic_b", 0, 1e4);
    c->flip = truth(s, j, "flip");
    c->people = whole(s, j, "people", 0, INT32_MAX);
    c->pictures = whole(s, j, "pictures", 0, INT32_MAX);
    c->same_pairs = count(s, j, "same_pairs");
    c->different_pairs = count(s, j, "different_pairs");
    text(j, "date", c->date, sizeof c->date);
}

int fn_meta_from_json(const json_t *j, struct fn_model *m, uint64_t *ret_anchors_at,
                      struct fn_error *err)
{
    struct in s = {err, 0};
    m->role = (enum fn_role)word(&s, j, "role", role_names, COUNT(role_names));
    pre_from_json(&s, json_object_get(j, "preprocess"), &m->pre);
    decode_from_json(&s, json_object_get(j, "decode"), &m->graph, &m->decode, ret_anchors_at);
    align_from_json(&s, json_object_get(j, "align"), &m->align);
    const json_t *f = json_object_get(j, "feature");
    m->feature_output = FN_NONE;
    if (json_is_object(f)) {
        m->feature_output = whole(&s, f, "output", 0, m->graph.n_outputs - 1);
        m->feature_width = whole(&s, f, "width", 1, 65536);
    }
    card_from_json(json_object_get(j, "card"), &m->card);
    const json_t *c = json_object_get(j, "calibration");
    if (c && !json_is_null(c))
        calibration_from_json(&s, c, &m->calibration);
    return s.code;
}
