/* SPDX-License-Identifier: MIT */
/* Facts about a face: its labels in the form that people need, its record, its vector. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/people/people_priv.h"

static int say_of(const struct fn_face_labels *l, struct fn_face_say **ret)
{
    struct fn_face_say *s = malloc(sizeof *s + l->n_rejected * sizeof *s->rejected);
    if (!s)
        return -ENOMEM;
    *s = (struct fn_face_say){.confirmed = l->confirmed,
                              .member = l->member,
                              .person = l->person,
                              .member_person = l->member_person,
                              .n_rejected = l->n_rejected};
    memcpy(s->rejected, l->rejected, l->n_rejected * sizeof *s->rejected);
    *ret = s;
    return 0;
}

int fn_face_say_get(struct fn_txn *t, fn_face_id face, struct fn_face_say **ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    int rc = fn_tab_get(t, FN_T_FACE_LABEL, key, sizeof key, &v);
    *ret = NULL;
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    struct fn_face_labels *l = malloc(sizeof *l);
    if (!l)
        return -ENOMEM;
    rc = fn_labels_of_face(t, face, l);
    if (!rc && (l->confirmed || l->member || l->n_rejected))
        rc = say_of(l, ret);
    free(l);
    return rc;
}

bool fn_face_rejects(const struct fn_face_say *s, const struct fn_person_id *p)
{
    for (size_t i = 0; s && i < s->n_rejected; i++)
        if (fn_person_eq(&s->rejected[i], p))
            return true;
    return false;
}

int fn_person_face_of(struct fn_txn *t, fn_face_id face, struct fn_person_face *ret)
{
    struct fn_face_rec f;
    struct fn_photo p;
    bool takes_part = false;
    int rc = fn_face_get(t, face, &f);
    if (!rc)
        rc = fn_face_takes_part(t, &f, &takes_part);
    if (rc || !takes_part)
        return rc ? rc : FN_ENOTFOUND;
    rc = fn_photo_get(t, f.photo, &p);
    if (rc)
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    *ret = (struct fn_person_face){.face = face,
                                   .photo = f.photo,
                                   .ckey = f.ckey,
                                   .taken_s = p.taken_precision ? p.taken_s : INT64_MIN,
                                   .quality = f.quality,
                                   .poor = f.flags & FN_FACE_POOR,
                                   .gone = f.flags & FN_FACE_GONE};
    return 0;
}

int fn_face_vector(struct fn_txn *t, fn_face_id face, int16_t ret[FN_DIM])
{
    struct fn_face_rec f;
    int rc = fn_face_get(t, face, &f);
    return rc ? rc : fn_vector_get(t, f.row, ret);
}

void fn_person_apart(uint64_t key, uint8_t attempt, struct fn_person_id *ret)
{
    uint8_t b[16] = "apart";
    b[5] = attempt;
    fn_put_le64(b + 8, key);
    struct fn_h128 h = fn_hash128(b, sizeof b);
    memcpy(ret->b, h.b, sizeof ret->b);
}

void fn_unnamed_person(uint64_t key, struct fn_person_id *ret)
{
    uint8_t le[8];
    fn_put_le64(le, key);
    struct fn_h128 h = fn_hash128(le, sizeof le);
    memcpy(ret->b, h.b, sizeof ret->b);
}
