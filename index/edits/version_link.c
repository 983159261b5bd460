/* SPDX-License-Identifier: MIT */
/* Two photos of which one may be the edit of the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/kernels/cpu.h"
#include "index/edits/edits_priv.h"
#include "index/edits/same_faces.h"
#include "index/labels/label_changes.h"
#include "index/labels/labels_priv.h"
#include "index/records/rows.h"

/* In parts of the pair threshold. Measured on edited photos (docs/decisions/edits.md): a face
 * of the default profile and its own edit are at .05 of it (median), at .2 in 99 of 100; faces
 * of one person in two photos are above .13. */
static const double near_alone = .14, near_together = .2, place_alone = .2, place_together = .3,
                    moment_alone = .5, moment_together = .6;
#define NEAR_OUTSIDE  .15
#define PLACE_OUTSIDE .3

struct side {
    struct fn_photo photo;
    struct fn_face_rec *faces;
    size_t n;
};

struct link {
    struct fn_txn *t;
    enum fn_evidence evidence;
    bool since_label, related_names;
    struct side was, now;
    struct fn_index_model model;
    uint32_t *d;
    size_t *to;
    struct fn_assertion *a;
    size_t n_a;
};

static int side_load(struct fn_txn *t, fn_photo_id id, struct side *s, struct fn_error *err)
{
    int rc = fn_photo_get(t, id, &s->photo);
    if (rc)
        return fn_error_set(err, rc == FN_ENOTFOUND ? FN_ECORRUPT : rc, "photo %u: %s", id,
                            fn_strerror(rc));
    return fn_faces_of_photo_all(t, id, &s->faces, &s->n, err);
}

/* ---- how alike ---- */

/* The present model may not have seen a photo that is away. */
static int vector_of(struct fn_txn *t, const struct fn_face_rec *f, int16_t *x, bool *ret_has)
{
    int rc = fn_vector_get(t, f->row, x);
    *ret_has = rc == 0;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int distances(struct link *l)
{
    size_t n = l->now.n;
    int16_t(*x)[FN_DIM] = calloc(n, sizeof *x), y[FN_DIM];
    int rc = x ? 0 : -ENOMEM;
    bool *has = calloc(n, sizeof *has), has_y;
    if (!has)
        rc = -ENOMEM;
    for (size_t j = 0; !rc && j < n; j++)
        rc = vector_of(l->t, &l->now.faces[j], x[j], &has[j]);
    for (size_t i = 0; !rc && i < l->was.n; i++) {
        rc = vector_of(l->t, &l->was.faces[i], y, &has_y);
        for (size_t j = 0; !rc && j < n; j++)
            l->d[i * n + j] = has_y && has[j]
                                  ? fn_vector_kernels(FN_CPU_DETECT)->d2(x[j], y, FN_DIM)
                                  : FN_D_UNKNOWN;
    }
    free(x);
    free(has);
    return rc;
}

static bool one_moment(const struct fn_photo *a, const struct fn_photo *b)
{
    return a->taken_precision && b->taken_precision && a->taken_s == b->taken_s;
}

static uint32_t part_of(const struct fn_index_model *m, double part)
{
    /* An index without a threshold has no distances that say anything. */
    return m->pair_d ? (uint32_t)(part * m->pair_d) : FN_D_UNKNOWN - 1;
}

uint32_t fn_near_limit(const struct fn_index_model *m, bool related_names)
{
    return part_of(m, related_names ? place_together : near_together);
}

static struct fn_same_rule rule_of(const struct link *l)
{
    if (l->evidence == FN_EVIDENCE_NEAR)
        return (struct fn_same_rule){
            .alone = part_of(&l->model, l->related_names ? place_alone : near_alone),
            .together = part_of(&l->model, l->related_names ? place_together : near_together),
            .outside = NEAR_OUTSIDE};
    bool pixels = l->evidence == FN_EVIDENCE_PIXELS;
    bool moment = pixels || one_moment(&l->was.photo, &l->now.photo);
    return (struct fn_same_rule){
        .same_pixels = pixels,
        .alone = part_of(&l->model, moment ? moment_alone : place_alone),
        .together = part_of(&l->model, moment ? moment_together : place_together),
        .outside = PLACE_OUTSIDE};
}

/* An edit keeps the time at which the picture was taken, or loses it. */
static bool other_moment(const struct link *l)
{
    const struct fn_photo *a = &l->was.photo, *b = &l->now.photo;
    return a->taken_precision && b->taken_precision && a->taken_s != b->taken_s;
}

/* A program that changes the time leaves the pixels as they are; so a picture of another time
 * with other pixels is another one of a burst, whatever its path says. */
static bool is_no_edit(const struct link *l)
{
    bool known =
        !fn_h128_is_zero(&l->was.photo.pixel_key) && !fn_h128_is_zero(&l->now.photo.pixel_key);
    return l->evidence != FN_EVIDENCE_PIXELS && (known || l->evidence == FN_EVIDENCE_NEAR) &&
           other_moment(l);
}

/* ---- which labels follow ---- */

/* Whether the log links the two already. A link that the user undid is not made again. */
static int is_linked(const struct link *l, const struct fn_face_key *was, bool *ret)
{
    struct fn_assert_walk w;
    *ret = false;
    int rc = fn_assert_walk_open(l->t, FN_BY_PHOTO, was->photo.b, sizeof was->photo.b, &w);
    while (!rc && !*ret && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        if (w.kind != FN_ASSERT_SAME)
            continue;
        rc = fn_assert_get(l->t, w.seq, &a);
        *ret = !rc && fn_h128_eq(&a.object_photo, &l->now.photo.hash) &&
               fn_face_keys_same(l->t, &a.face, was);
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* A face that the user labelled needs no guess; and of a face that has become another one, the
 * newest version is compared, which has the newest labels. */
static int is_settled(const struct link *l, const struct fn_face_key *was, fn_face_id now,
                      bool *ret)
{
    fn_face_id other;
    struct fn_face_fold *fold = malloc(sizeof *fold);
    int rc = fold ? fn_face_fold_get(l->t, now, fold) : -ENOMEM;
    *ret = !rc && (fold->is || fold->notface);
    free(fold);
    if (rc || *ret)
        return rc;
    rc = fn_face_successor(l->t, was, &other);
    *ret = !rc;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int add_same(struct link *l, size_t i)
{
    const struct fn_face_rec *was = &l->was.faces[i], *now = &l->now.faces[l->to[i]];
    bool skip = false;
    int64_t said_s = 0;
    struct fn_face_key key = {.photo = l->was.photo.hash};
    memcpy(key.box, was->box, sizeof key.box);
    int rc = fn_face_labelled_s(l->t, was->id, &said_s);
    if (rc || !said_s || (l->since_label && said_s >= l->now.photo.seen_s))
        return rc;
    rc = is_linked(l, &key, &skip);
    if (!rc && !skip && l->evidence == FN_EVIDENCE_NEAR)
        rc = is_settled(l, &key, now->id, &skip);
    if (rc || skip)
        return rc;
    struct fn_assertion *a = &l->a[l->n_a++];
    *a = (struct fn_assertion){.kind = FN_ASSERT_SAME,
                               .time_us = fn_clock_wall_us(),
                               .author = FN_AUTHOR_SELF,
                               .face = key,
                               .object_photo = l->now.photo.hash};
    memcpy(a->object_box, now->box, sizeof a->object_box);
    return 0;
}

static int match(struct link *l)
{
    const struct fn_picture was = {l->was.photo.width, l->was.photo.height, l->was.faces,
                                   l->was.n},
                            now = {l->now.photo.width, l->now.photo.height, l->now.faces,
                                   l->now.n};
    const struct fn_same_rule rule = rule_of(l);
    l->d = calloc(l->was.n * l->now.n, sizeof *l->d);
    l->to = calloc(l->was.n, sizeof *l->to);
    l->a = calloc(l->was.n, sizeof *l->a);
    int rc = l->d && l->to && l->a ? distances(l) : -ENOMEM;
    if (!rc)
        rc = fn_same_faces(&was, &now, l->d, &rule, l->to);
    for (size_t i = 0; !rc && i < l->was.n; i++)
        if (l->to[i] != FN_NO_FACE)
            rc = add_same(l, i);
    return rc;
}

static void fit_of(const struct link *l, struct fn_version_fit *ret)
{
    double sum = 0;
    for (size_t i = 0; i < l->was.n; i++)
        if (l->to[i] != FN_NO_FACE) {
            sum += l->d[i * l->now.n + l->to[i]];
            ret->n_faces++;
        }
    ret->n_labels = l->n_a;
    ret->d = ret->n_faces ? sum / (double)ret->n_faces : 0;
}

int fn_version_link(struct fn_txn *t, const struct fn_version_pair *p, bool write,
                    struct fn_version_fit *ret, struct fn_error *err)
{
    struct link l = {.t = t,
                     .evidence = p->evidence,
                     .since_label = p->since_label,
                     .related_names = p->related_names};
    bool labelled = false;
    uint64_t act;
    *ret = (struct fn_version_fit){0};
    int rc = p->was == p->now ? 0 : fn_photo_has_labels(t, p->was, &labelled);
    if (rc || !labelled)
        return rc;
    rc = side_load(t, p->was, &l.was, err);
    if (!rc)
        rc = side_load(t, p->now, &l.now, err);
    if (!rc && l.was.n && l.now.n && !is_no_edit(&l)) {
        rc = fn_index_model_get(t, &l.model, err);
        if (!rc)
            rc = match(&l);
        if (!rc)
            fit_of(&l, ret);
        if (!rc && l.n_a && write)
            rc = fn_assert_append(t, l.a, l.n_a, &act, err);
    }
    free(l.was.faces);
    free(l.now.faces);
    free(l.d);
    free(l.to);
    free(l.a);
    return rc;
}
