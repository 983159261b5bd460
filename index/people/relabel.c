/* Labels that only grew. What the user says more of a face can forbid joins, but allow none (but for faces of one photo that are
 * confirmed as one person: see below). A join that happened lies within one final group; so if the face's group holds
 * nothing that is forbidden now, every join of it stands, and a join that did not happen is missed by nobody. Then the
 * partition is what it was, and only the persons of this one group are chosen anew: a group's worth of work, however large
 * the component is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/people/people_settle.h"
#include "index/records/rows.h"

int fn_node_load_labels(struct fn_txn *t, struct fn_node *n, struct fn_face_fold *scratch)
{
    struct fn_face_labels l;
    int rc = fn_face_fold_get(t, n->face, scratch);
    if (rc || (!scratch->is && !scratch->member && !scratch->n_rejected))
        return rc;
    rc = fn_labels_resolve(t, scratch, &l);
    if (rc)
        return rc;
    n->labels = malloc(sizeof *n->labels + l.n_rejected * sizeof *l.rejected);
    if (!n->labels)
        return -ENOMEM;
    n->labels->confirmed = l.confirmed;
    n->labels->member = l.member;
    n->labels->person = l.person;
    n->labels->member_person = l.member_person;
    n->labels->n_rejected = l.n_rejected;
    memcpy(n->labels->rejected, l.rejected, l.n_rejected * sizeof *l.rejected);
    return 0;
}

static int load_member(struct fn_txn *t, fn_face_id face, struct fn_scope *s,
                       struct fn_face_fold *scratch, uint32_t *ret, bool *settled)
{
    struct fn_member_rec m;
    enum fn_dirty why;
    int rc = fn_scope_add(s, face, ret);
    if (rc)
        return rc;
    struct fn_node *n = &s->nodes[*ret];
    rc = fn_part_get(t, face, &n->part);
    if (!rc)
        rc = fn_node_load_labels(t, n, scratch);
    if (!rc)
        rc = fn_member_rec_get(t, face, &m);
    n->assigned = true;
    *settled = !rc && m.how != FN_HOW_PROVISIONAL &&
               (fn_dirty_get(t, face, &why) == FN_ENOTFOUND || why == FN_DIRTY_LABELS);
    return rc;
}

/* The stored group as a scope. *ret_ok false: it is not settled, or its first face has gone. */
static int load_group(struct fn_txn *t, uint64_t group, struct fn_scope *s, bool *ret_ok)
{
    struct fn_face_fold *fold = malloc(sizeof *fold);
    fn_face_id *faces = NULL;
    size_t n = 0;
    uint32_t first = UINT32_MAX, k;
    uint8_t be[8];
    fn_put_be64(be, group);
    int rc = fold ? fn_people_index_faces(t, FN_PX_GROUP, be, 8, &faces, &n) : -ENOMEM;
    *ret_ok = true;
    for (size_t i = 0; !rc && i < n; i++) {
        bool settled = false;
        rc = load_member(t, faces[i], s, fold, &k, &settled);
        *ret_ok = *ret_ok && settled;
        if (!rc && s->nodes[k].part.ckey == group)
            first = k;
    }
    for (size_t i = 0; i < s->n; i++)
        s->nodes[i].group = first;
    *ret_ok = *ret_ok && first != UINT32_MAX;
    free(fold);
    free(faces);
    return rc;
}

static bool is_confirmed(const struct fn_node *n)
{
    return n->labels && n->labels->confirmed;
}

/* One confirmed person at most, and nobody that is rejected as that. Faces of one photo were let in before. */
static bool may_stand(const struct fn_scope *s)
{
    const struct fn_person_id *p = NULL;
    for (size_t i = 0; i < s->n && !p; i++)
        p = is_confirmed(&s->nodes[i]) ? &s->nodes[i].labels->person : NULL;
    for (size_t i = 0; p && i < s->n; i++) {
        const struct fn_node_labels *l = s->nodes[i].labels;
        if (l && l->confirmed && !fn_person_eq(&l->person, p))
            return false;
        for (size_t k = 0; l && k < l->n_rejected; k++) {
            if (fn_person_eq(&l->rejected[k], p))
                return false;
        }
    }
    return true;
}

/* Confirming allows something in one case: another face of the photo is confirmed as the same person. */
static int allows_twin(struct fn_txn *t, const struct fn_node *n, bool *ret)
{
    struct fn_face_rec *faces = NULL;
    size_t count = 0;
    int rc = 0;
    *ret = false;
    if (is_confirmed(n))
        rc = fn_faces_of_photo_all(t, n->part.photo, &faces, &count, NULL);
    for (size_t i = 0; !rc && !*ret && i < count; i++) {
        struct fn_face_labels l;
        if (faces[i].id == n->face)
            continue;
        rc = fn_labels_of_face(t, faces[i].id, &l);
        *ret = !rc && l.confirmed && fn_person_eq(&l.person, &n->labels->person);
    }
    free(faces);
    return rc;
}

/* Others of the group whose labels grew are done too, unless they allow something. */
static int clear_marks(struct fn_txn *t, const struct fn_scope *s, struct fn_error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < s->n; i++) {
        bool twin;
        enum fn_dirty why;
        if (fn_dirty_get(t, s->nodes[i].face, &why) || why != FN_DIRTY_LABELS)
            continue;
        rc = allows_twin(t, &s->nodes[i], &twin);
        if (!rc && !twin)
            rc = fn_dirty_clear(t, s->nodes[i].face, err);
    }
    return rc;
}

int fn_people_relabel(struct fn_txn *t, fn_face_id face, bool *ret_done, struct fn_error *err)
{
    struct fn_scope s = {0};
    struct fn_member_rec m;
    bool ok = false, twin = false;
    int rc = fn_member_rec_get(t, face, &m);
    *ret_done = false;
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = load_group(t, m.group, &s, &ok);
    if (!rc && ok)
        rc = allows_twin(t, &s.nodes[fn_scope_find(&s, face)], &twin);
    if (!rc && ok && !twin && may_stand(&s)) {
        rc = fn_scope_name(t, &s);
        if (!rc)
            rc = fn_scope_write_persons(t, &s, err);
        if (!rc)
            rc = clear_marks(t, &s, err);
        *ret_done = !rc;
    }
    fn_scope_finish(&s);
    return rc;
}
