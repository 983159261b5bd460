/* SPDX-License-Identifier: MIT */
#include "cli/library/merge_people.h"

#include <errno.h>
#include <stdlib.h>

static int photo_of(struct fn_txn *t, fn_face_id face, fn_photo_id *ret)
{
    struct fn_face_rec rec;
    int rc = fn_face_get(t, face, &rec);
    if (!rc)
        *ret = rec.photo;
    return rc;
}

static int photo_order(const void *a, const void *b)
{
    const fn_photo_id *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static void add_conflict(struct fnl_merging *m, fn_face_id face, fn_photo_id photo)
{
    m->conflict[m->n_conflicts++] = face;
    if (m->n_photos < FNL_MERGE_PHOTOS)
        m->photos[m->n_photos++] = photo;
}

static int find_conflicts(struct fn_txn *t, struct fnl_merging *m, const struct fnl_ids *from,
                          const struct fnl_ids *into, struct fn_error *err)
{
    fn_photo_id *photos = calloc(into->n + 1, sizeof *photos), photo = 0;
    free(m->conflict);
    m->conflict = calloc(from->n + 1, sizeof *m->conflict);
    m->n_conflicts = m->n_photos = m->n_stay = 0;
    int rc = photos && m->conflict ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < into->n; i++)
        rc = photo_of(t, into->id[i], &photos[i]);
    if (!rc)
        qsort(photos, into->n, sizeof *photos, photo_order);
    for (size_t i = 0; !rc && i < from->n; i++) {
        rc = photo_of(t, from->id[i], &photo);
        if (!rc && bsearch(&photo, photos, into->n, sizeof *photos, photo_order))
            add_conflict(m, from->id[i], photo);
    }
    free(photos);
    return rc ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : 0;
}

/* A face that a user confirmed is moved: the user confirmed both faces of the photo
 * deliberately. */
static int decide_conflict(struct fn_txn *t, struct fnl_act *act, struct fnl_merging *m,
                           fn_face_id face, struct fn_error *err)
{
    struct fn_face_labels l;
    if (m->take_all)
        return fnl_act_add_face(act, t, FN_ASSERT_IS, face, &m->into_id, err);
    if (fn_labels_of_face(t, face, &l) == 0 && l.confirmed)
        return 0;
    m->n_stay++;
    return fnl_act_add_face(act, t, FN_ASSERT_NOT, face, &m->into_id, err);
}

/* An unnamed person has no permanent id that could be merged. Instead, the faces get the other
 * person as their cluster label. */
static int add_merge(struct fn_txn *t, struct fnl_act *act, const struct fnl_merging *m,
                     const struct fnl_ids *from, struct fn_error *err)
{
    if (!fnl_person_is_kept(t, &m->from)) {
        int rc = fnl_person_check_left(&m->from, err);
        return rc ? rc : fnl_act_add_group(act, t, from->id, from->n, &m->into_id, err);
    }
    struct fn_assertion *a = fnl_act_add(act, FN_ASSERT_MERGE);
    if (a) {
        a->person = m->from.id;
        a->object = m->into_id;
    }
    return 0;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct fnl_merging *m = arg;
    struct fnl_ids from = {0}, into = {0};
    int rc = fnl_person_find(t, m->from_who, &m->from, err);
    rc = rc ? rc : fnl_person_find(t, m->into_who, &m->into, err);
    if (!rc && fnl_person_eq(&m->from.id, &m->into.id))
        rc = fn_error_set(err, FN_EREFUSED, "both are the same person. Nothing changed");
    rc = rc ? rc : fnl_person_faces(t, &m->from.id, &from, err);
    rc = rc ? rc : fnl_person_faces(t, &m->into.id, &into, err);
    rc = rc ? rc : find_conflicts(t, m, &from, &into, err);
    rc = rc ? rc : fnl_person_keep(t, act, &m->into, &m->into_id, err);
    rc = rc ? rc : add_merge(t, act, m, &from, err);
    for (size_t i = 0; !rc && i < m->n_conflicts; i++)
        rc = decide_conflict(t, act, m, m->conflict[i], err);
    fnl_ids_finish(&from);
    fnl_ids_finish(&into);
    return rc;
}

int fnl_merge_people(struct fn_library *lib, enum fnl_mode mode, struct fnl_merging *m,
                     struct fnl_act_result *ret, struct fn_error *err)
{
    int rc = fnl_do_act(lib, mode, fill, m, ret, err);
    ret->n_conflicts = m->n_conflicts;
    ret->n_changed = rc ? 0 : m->from.n_faces - m->n_stay;
    return rc;
}

void fnl_merging_finish(struct fnl_merging *m)
{
    free(m->conflict);
    m->conflict = NULL;
    m->n_conflicts = 0;
}
