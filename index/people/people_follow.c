/* SPDX-License-Identifier: MIT */
/* People follow faces and labels, within the transaction that changed them: removed faces leave
 * clusters and counts, and labels give clusters their persons again. Clusters themselves are
 * updated later. */
#include <stdlib.h>
#include <string.h>

#include "index/labels/label_changes.h"
#include "index/people/people_priv.h"

static int mark(struct fn_edit *e, fn_face_id face, enum fn_why why)
{
    return fn_waiting_mark(e->t, face, why, e->err);
}

/* Persons count the faces that reject them. */
static int touch_rejected(struct fn_edit *e, fn_face_id face)
{
    struct fn_face_say *say;
    int rc = fn_face_say_get(e->t, face, &say);
    for (size_t i = 0; !rc && say && i < say->n_rejected; i++)
        rc = fn_edit_touch_person(e, &say->rejected[i]);
    free(say);
    return rc;
}

/* Added or removed is judged by the current state: the face may be back. */
static int follow_face(struct fn_edit *e, fn_face_id face)
{
    struct fn_person_face f;
    int rc = fn_person_face_of(e->t, face, &f);
    bool here = !rc;
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    rc = mark(e, face, here ? FN_WHY_CAME : FN_WHY_WENT);
    if (!rc)
        rc = here ? fn_edit_refresh(e, &f) : fn_edit_place(e, face, 0);
    if (!rc && here)
        rc = fn_edit_said(e, face);
    return rc ? rc : touch_rejected(e, face);
}

static int follow_bound(struct fn_edit *e, fn_face_id face)
{
    struct fn_person_face f;
    struct fn_member_rec m;
    int rc = fn_person_face_of(e->t, face, &f);
    if (rc == FN_ENOTFOUND) { /* perhaps its label was all that kept it */
        rc = fn_member_rec_get(e->t, face, &m);
        return rc ? (rc == FN_ENOTFOUND ? 0 : rc) : follow_face(e, face);
    }
    if (!rc)
        rc = mark(e, face, FN_WHY_SAID);
    return rc ? rc : fn_edit_said(e, face);
}

/* Of a face whose photo is gone, any label decides whether it stays. */
static int follow_said(struct fn_edit *e, fn_face_id face)
{
    struct fn_face_rec f;
    int rc = fn_face_get(e->t, face, &f);
    if (!rc && f.flags & FN_FACE_GONE)
        return follow_face(e, face);
    return rc && rc != FN_ENOTFOUND ? rc : fn_edit_said(e, face);
}

struct own {
    struct fn_edit *e;
    int rc;
};

static int own_said(const struct fn_person_face *f, void *ctx)
{
    struct own *o = ctx;
    struct fn_member_rec m;
    int rc = fn_member_rec_get(o->e->t, f->face, &m);
    if (!rc)
        rc = fn_edit_touch_group(o->e, m.group);
    return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
}

/* The clusters of the person, its own faces, and faces with an assertion about it. */
static int follow_id(struct fn_edit *e, const struct fn_person_id *p)
{
    struct own o = {.e = e};
    uint64_t *groups = NULL;
    struct fn_said_face *faces = NULL;
    size_t n_groups = 0, n = 0;
    int rc = fn_person_groups_get(e->t, p, &groups, &n_groups);
    for (size_t i = 0; !rc && i < n_groups; i++)
        rc = fn_edit_touch_group(e, groups[i]);
    if (!rc)
        rc = fn_own_faces_walk(e->t, p, own_said, &o);
    if (!rc)
        rc = fn_said_faces(e->t, p, &faces, &n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = follow_bound(e, faces[i].face);
    free(groups);
    free(faces);
    return rc ? rc : fn_edit_touch_person(e, p);
}

static int follow_person(struct fn_edit *e, const struct fn_person_id *p)
{
    struct fn_person_id *ids = NULL;
    size_t n = 0;
    int rc = follow_id(e, p);
    if (!rc)
        rc = fn_person_class(e->t, p, &ids, &n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fn_person_eq(&ids[i], p) ? 0 : follow_id(e, &ids[i]);
    free(ids);
    return rc;
}

static int follow(struct fn_edit *e, const struct fn_pending *p)
{
    struct fn_person_id person;
    memcpy(person.b, p->name, sizeof person.b);
    switch (p->kind) {
    case FN_CHANGE_CAME:
    case FN_CHANGE_WENT:
        return follow_face(e, p->id);
    case FN_CHANGE_PERSON:
        return follow_person(e, &person);
    case FN_CHANGE_REJECTED: {
        int rc = fn_person_resolve(e->t, &person, &person);
        return rc ? rc : fn_edit_touch_person(e, &person);
    }
    case FN_CHANGE_SAID:
        return follow_said(e, p->id);
    default:
        return follow_bound(e, p->id);
    }
}

int fn_people_update(struct fn_txn *t, struct fn_error *err)
{
    struct fn_edit e = {.t = t, .err = err};
    struct fn_pending p;
    unsigned list =
        fn_txn_viewed(t) == FN_VIEW_ACTIVE ? FN_FOLLOW_PEOPLE : FN_FOLLOW_PEOPLE_OTHER;
    int rc = 0;
    if (err)
        err->text[0] = 0;
    while (!rc && fn_pending_take(t, list, &p))
        rc = follow(&e, &p);
    if (!rc)
        rc = fn_edit_finish(&e);
    fn_edit_drop(&e);
    return rc && !(err && err->text[0])
               ? fn_error_set(err, rc, "people cannot follow what changed: %s", fn_strerror(rc))
               : rc;
}
