/* SPDX-License-Identifier: MIT */
/* The labels of one face that are in effect, with persons after merges. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index/labels/labels_priv.h"

int fn_labels_resolve(struct fn_txn *t, const struct fn_face_fold *f,
                      struct fn_face_labels *ret)
{
    struct fn_person_id p = {{0}};
    uint64_t is_seq = f->is ? f->is_said.seq : 0;
    int rc = 0;
    memset(ret, 0, sizeof *ret);
    ret->notface = f->notface;
    ret->notface_act = f->notface_act;
    if (f->is)
        rc = fn_person_resolve(t, &f->is_said.person, &p);
    bool is = f->is;
    for (size_t i = 0; !rc && i < f->n_rejected; i++) {
        struct fn_person_id q;
        rc = fn_person_resolve(t, &f->rejected[i].person, &q);
        if (rc)
            break;
        if (f->is && fn_person_eq(&p, &q)) { /* the later assertion counts */
            if (f->rejected[i].seq < is_seq)
                continue;
            is = false;
        }
        size_t k = ret->n_rejected;
        if (k == sizeof ret->rejected / sizeof *ret->rejected)
            continue;
        ret->rejected[k] = q;
        ret->rejected_act[k] = f->rejected[i].act;
        ret->n_rejected++;
    }
    ret->confirmed = is;
    if (is) {
        ret->person = p;
        ret->is_act = f->is_said.act;
    }
    if (!rc && f->member && !is) {
        ret->member = true;
        rc = fn_person_resolve(t, &f->member_said.person, &ret->member_person);
    }
    return rc;
}

int fn_labels_of_face(struct fn_txn *t, fn_face_id face, struct fn_face_labels *ret)
{
    struct fn_face_labels l;
    struct fn_face_fold *f = malloc(sizeof *f);
    if (!f)
        return -ENOMEM;
    int rc = fn_face_fold_get(t, face, f);
    if (!rc)
        rc = fn_labels_resolve(t, f, &l);
    free(f);
    if (!rc)
        *ret = l;
    return rc;
}
