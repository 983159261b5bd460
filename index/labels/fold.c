/* SPDX-License-Identifier: MIT */
/* From the log to the labels of each face, one photo at a time. face_words.c finds the
 * assertions about a face. They are applied in the order of the log, and only if their act is
 * in effect.
 *
 * Persons are stored as written, not as merged: a merge then changes no face's record.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/labels/label_changes.h"
#include "index/labels/labels_priv.h"

enum { IS = 1, MEMBER = 2, NOTFACE = 4, HEAD = 8, SAID = FN_PERSON_BYTES + 16 };

/* ---- the record ---- */

static uint8_t *put_said(uint8_t *p, const struct fn_said *s)
{
    memcpy(p, s->person.b, FN_PERSON_BYTES);
    fn_put_le64(p + 16, s->seq);
    fn_put_le64(p + 24, s->act);
    return p + SAID;
}

static const uint8_t *get_said(const uint8_t *p, struct fn_said *s)
{
    memcpy(s->person.b, p, FN_PERSON_BYTES);
    s->seq = fn_get_le64(p + 16);
    s->act = fn_get_le64(p + 24);
    return p + SAID;
}

static bool is_blank(const struct fn_face_fold *f)
{
    return !f->is && !f->member && !f->notface && !f->n_rejected;
}

static size_t encode(const struct fn_face_fold *f, uint8_t *out)
{
    uint8_t *p = out + HEAD + 8;
    memset(out, 0, HEAD);
    out[0] = 1;
    out[1] =
        (uint8_t)((f->is ? IS : 0) | (f->member ? MEMBER : 0) | (f->notface ? NOTFACE : 0));
    out[2] = (uint8_t)f->n_rejected;
    fn_put_le64(out + HEAD, f->notface_act);
    if (f->is)
        p = put_said(p, &f->is_said);
    if (f->member)
        p = put_said(p, &f->member_said);
    for (size_t i = 0; i < f->n_rejected; i++)
        p = put_said(p, &f->rejected[i]);
    return (size_t)(p - out);
}

int fn_face_fold_get(struct fn_txn *t, fn_face_id face, struct fn_face_fold *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    ret->is = ret->member = ret->notface = false;
    ret->notface_act = 0;
    ret->n_rejected = 0;
    int rc = fn_tab_get(t, FN_T_FACE_LABEL, key, sizeof key, &v);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (rc)
        return rc;
    if (v.n < HEAD + 8 || v.p[0] != 1)
        return FN_ECORRUPT;
    size_t n = (size_t) !!(v.p[1] & IS) + !!(v.p[1] & MEMBER) + v.p[2];
    if (v.n != HEAD + 8 + n * SAID)
        return FN_ECORRUPT;
    const uint8_t *p = v.p + HEAD + 8;
    ret->is = v.p[1] & IS;
    ret->member = v.p[1] & MEMBER;
    ret->notface = v.p[1] & NOTFACE;
    ret->notface_act = fn_get_le64(v.p + HEAD);
    if (ret->is)
        p = get_said(p, &ret->is_said);
    if (ret->member)
        p = get_said(p, &ret->member_said);
    ret->n_rejected = v.p[2];
    for (size_t i = 0; i < ret->n_rejected; i++)
        p = get_said(p, &ret->rejected[i]);
    return 0;
}

/* ---- folding ---- */

static void fold_not(struct fn_face_fold *f, const struct fn_said *s)
{
    for (size_t i = 0; i < f->n_rejected; i++) {
        if (fn_person_eq(&f->rejected[i].person, &s->person)) {
            f->rejected[i] = *s;
            return;
        }
    }
    if (f->n_rejected < FN_REJECTED_MAX)
        f->rejected[f->n_rejected++] = *s;
}

static void fold_assertion(struct fn_face_fold *f, const struct fn_assertion *a)
{
    struct fn_said s = {.person = a->person, .seq = a->seq, .act = a->act};
    switch (a->kind) {
    case FN_ASSERT_IS:
        f->is = true;
        f->is_said = s;
        break;
    case FN_ASSERT_MEMBER:
    case FN_ASSERT_GROUP:
        f->member = true;
        f->member_said = s;
        break;
    case FN_ASSERT_NOT:
        fold_not(f, &s);
        break;
    case FN_ASSERT_NOTFACE:
    case FN_ASSERT_ISFACE:
        f->notface = a->kind == FN_ASSERT_NOTFACE;
        f->notface_act = f->notface ? a->act : 0;
        break;
    default:
        break;
    }
}

static int fold_words(struct fn_txn *t, const struct fn_face_words *words,
                      struct fn_face_fold *folds)
{
    for (size_t i = 0; i < words->n; i++) {
        struct fn_assertion a;
        int rc = fn_assert_get(t, words->v[i].seq, &a);
        if (rc)
            return rc;
        if (fn_supposed_in_force(t, a.act, (struct fn_suppose){0}))
            fold_assertion(&folds[words->v[i].face], &a);
    }
    return 0;
}

static int index_said(struct fn_txn *t, fn_face_id face, const struct fn_person_id *p,
                      enum fn_said_how how, bool put, struct fn_error *err)
{
    struct fn_pending change = {.kind = FN_CHANGE_REJECTED};
    int rc = put ? fn_said_put(t, p, face, how, err) : fn_said_del(t, p, face, err);
    if (rc || how != FN_SAID_NOT)
        return rc;
    memcpy(change.name, p->b, sizeof change.name);
    return fn_people_change_add(t, &change, err);
}

static int index_fold(struct fn_txn *t, fn_face_id face, const struct fn_face_fold *f, bool put,
                      struct fn_error *err)
{
    int rc = 0;
    if (f->is)
        rc = index_said(t, face, &f->is_said.person, FN_SAID_ABOUT, put, err);
    if (!rc && f->member)
        rc = index_said(t, face, &f->member_said.person, FN_SAID_ABOUT, put, err);
    for (size_t i = 0; !rc && i < f->n_rejected; i++)
        rc = index_said(t, face, &f->rejected[i].person, FN_SAID_NOT, put, err);
    return rc;
}

/* Pending changes for people. A cluster label does not constrain clusters. */
enum change { SAME, SOFT, BOUND };

static bool keeps_rejections(const struct fn_face_labels *old, const struct fn_face_labels *new)
{
    for (size_t i = 0; i < old->n_rejected; i++) {
        size_t k = 0;
        while (k < new->n_rejected && !fn_person_eq(&old->rejected[i], &new->rejected[k]))
            k++;
        if (k == new->n_rejected)
            return false;
    }
    return true;
}

static int compare(struct fn_txn *t, const struct fn_face_fold *old,
                   const struct fn_face_fold *new, enum change *ret)
{
    struct fn_face_labels a, b;
    int rc = fn_labels_resolve(t, old, &a);
    if (!rc)
        rc = fn_labels_resolve(t, new, &b);
    if (rc)
        return rc;
    bool same = a.confirmed == b.confirmed && fn_person_eq(&a.person, &b.person);
    *ret = same && keeps_rejections(&a, &b) && keeps_rejections(&b, &a) ? SOFT : BOUND;
    return 0;
}

static int fold_replace(struct fn_txn *t, fn_face_id face, const struct fn_face_fold *f,
                        const uint8_t *now, size_t n, bool absent, enum change *change,
                        struct fn_error *err)
{
    uint8_t key[4];
    struct fn_face_fold *old = malloc(sizeof *old);
    fn_put_be32(key, face);
    int rc = old ? fn_face_fold_get(t, face, old) : -ENOMEM;
    if (!rc)
        rc = compare(t, old, f, change);
    if (!rc)
        rc = index_fold(t, face, old, false, err);
    if (!rc)
        rc = index_fold(t, face, f, true, err);
    if (!rc && n)
        rc = fn_tab_put(t, FN_T_FACE_LABEL, key, sizeof key, now, n, err);
    else if (!rc && !absent)
        rc = fn_tab_del(t, FN_T_FACE_LABEL, key, sizeof key, err);
    free(old);
    return rc;
}

static int fold_write(struct fn_txn *t, fn_face_id face, const struct fn_face_fold *f,
                      enum change *change, struct fn_error *err)
{
    uint8_t key[4], *now = malloc(HEAD + 8 + (2 + FN_REJECTED_MAX) * SAID);
    struct fn_slice was = {0};
    *change = SAME;
    fn_put_be32(key, face);
    int rc = now ? fn_tab_get(t, FN_T_FACE_LABEL, key, sizeof key, &was) : -ENOMEM;
    bool absent = rc == FN_ENOTFOUND;
    if (!rc || absent) {
        size_t n = is_blank(f) ? 0 : encode(f, now);
        bool same = absent ? !n : n == was.n && !memcmp(now, was.p, n);
        rc = same ? 0 : fold_replace(t, face, f, now, n, absent, change, err);
    }
    free(now);
    return rc;
}

/* Leaves the change for people; that a face is none changes its record, which leaves it itself.
 */
static int announce(struct fn_txn *t, const struct fn_face_rec *face,
                    const struct fn_face_fold *f, enum change change, struct fn_error *err)
{
    int rc = fn_change_add(t, FN_FOLLOW_PEOPLE,
                           change == BOUND ? FN_CHANGE_BOUND : FN_CHANGE_SAID, face->id, err);
    return rc ? rc
              : fn_face_set_flags(t, face->id, f->notface ? FN_FACE_NOTFACE : 0,
                                  f->notface ? 0 : FN_FACE_NOTFACE, err);
}

static int fold_faces(struct fn_txn *t, const struct fn_h128 *photo,
                      const struct fn_face_rec *faces, size_t n, struct fn_error *err)
{
    struct fn_face_fold *folds = calloc(n, sizeof *folds);
    enum change *changed = calloc(n, sizeof *changed);
    struct fn_face_words words = {0};
    int rc = -ENOMEM;
    if (folds && changed)
        rc = fn_face_words(t, photo, faces, n, &words);
    if (!rc)
        rc = fold_words(t, &words, folds);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fold_write(t, faces[i].id, &folds[i], &changed[i], err);
    for (size_t i = 0; !rc && i < n; i++) {
        if (changed[i] != SAME)
            rc = announce(t, &faces[i], &folds[i], changed[i], err);
    }
    free(words.v);
    free(folds);
    free(changed);
    return rc;
}

int fn_labels_fold_photo(struct fn_txn *t, const struct fn_h128 *photo, struct fn_error *err)
{
    fn_photo_id id;
    struct fn_photo p;
    size_t n = 0;
    int rc = fn_photo_by_hash(t, photo, &id);
    if (rc == FN_ENOTFOUND)
        return 0; /* its assertions wait */
    if (!rc)
        rc = fn_photo_get(t, id, &p);
    if (rc || !p.n_faces)
        return rc;
    struct fn_face_rec *faces = calloc(p.n_faces, sizeof *faces);
    if (!faces)
        return -ENOMEM;
    rc = fn_faces_of_photo(t, id, faces, p.n_faces, &n);
    if (!rc && n)
        rc = fold_faces(t, photo, faces, n, err);
    free(faces);
    return rc;
}

int fn_labels_drop_face(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    const struct fn_face_fold blank = {.is = false};
    enum change change;
    return fold_write(t, face, &blank, &change, err);
}
