/* People as the rest of the program sees them, and the hooks by which faces and labels reach them. */
#include "index/people/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/labels/changes.h"
#include "index/people/people_priv.h"
#include "index/people/people_store.h"
#include "index/records/rows.h"

/* ---- provisional people ---- */

/* The group of the nearest good face, if its mean is near enough and the photo has no face in it yet. What was said is left to
 * settling. */
static int provisional_group(struct fn_txn *t, const struct fn_index_model *m,
                             const struct fn_face_rec *f, struct fn_member_rec *ret)
{
    struct fn_list l;
    struct fn_group_sum g;
    struct fn_face_rec *faces = NULL;
    int16_t x[FN_DIM];
    size_t n = 0;
    int rc = fn_list_get(t, f->id, &l);
    if (!rc && !l.n)
        return FN_ENOTFOUND;
    if (!rc)
        rc = fn_member_rec_get(t, l.v[0].face, ret);
    if (rc)
        return rc;
    rc = fn_group_sum_get(t, ret->group, &g);
    uint32_t mean = l.v[0].d;
    if (!rc && !(rc = fn_vector_get(t, f->row, x)))
        mean = fn_group_mean(&g, x, false);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    if (mean > m->cluster_d)
        return FN_ENOTFOUND;
    rc = fn_faces_of_photo_all(t, f->photo, &faces, &n, NULL);
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_member_rec other;
        if (faces[i].id != f->id && !fn_member_rec_get(t, faces[i].id, &other) &&
            (other.group == ret->group || fn_person_eq(&other.person, &ret->person)))
            rc = FN_ENOTFOUND;
    }
    free(faces);
    return rc;
}

/* One face more, without counting the others again. */
static int count_one_more(struct fn_txn *t, const struct fn_person_id *p,
                          const struct fn_face_rec *f, struct fn_error *err)
{
    struct fn_slice v;
    struct fn_person_rec r = {.cover = f->id, .first_s = INT64_MAX, .last_s = INT64_MIN};
    struct fn_photo photo;
    int rc = fn_tab_get(t, FN_T_PERSON, p->b, FN_PERSON_BYTES, &v);
    if (!rc)
        rc = fn_person_rec_decode(v, &r);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    rc = fn_photo_get(t, f->photo, &photo);
    if (rc)
        return rc;
    r.n_faces++;
    r.n_photos++;
    if (photo.taken_precision) {
        r.first_s = photo.taken_s < r.first_s ? photo.taken_s : r.first_s;
        r.last_s = photo.taken_s > r.last_s ? photo.taken_s : r.last_s;
    }
    return fn_person_rec_put(t, p, &r, err);
}

static int assign_provisionally(struct fn_txn *t, const struct fn_index_model *m,
                                const struct fn_face_rec *f, struct fn_error *err)
{
    struct fn_member_rec rec;
    struct fn_part part;
    int rc = provisional_group(t, m, f, &rec);
    if (rc == FN_ENOTFOUND) {
        if (f->flags & FN_FACE_POOR)
            return 0;
        rec.group = f->ckey;
        fn_unnamed_person(f->ckey, &rec.person);
        rc = fn_person_resolve(t, &rec.person, &rec.person);
    }
    rec.how = FN_HOW_PROVISIONAL;
    if (!rc)
        rc = fn_part_get(t, f->id, &part);
    if (!rc)
        rc = fn_member_put(t, f->id, &part, &rec, err);
    return rc ? rc : count_one_more(t, &rec.person, f, err);
}

/* ---- following ---- */

static int face_came(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    struct fn_index_model m;
    struct fn_face_rec f;
    struct fn_part part;
    int rc = fn_face_get(t, face, &f);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc; /* dropped since */
    rc = fn_part_get(t, face, &part);
    if (rc || part.kind != FN_PART_NONE || f.flags & (FN_FACE_GONE | FN_FACE_NOTFACE))
        return rc;
    rc = fn_index_model_get(t, &m, err);
    if (rc == FN_ENOTFOUND)
        return 0; /* no thresholds yet: fn_people_rebuild follows when there are */
    if (!rc)
        rc = fn_neighbours_add(t, &m, &f, err);
    return rc ? rc : assign_provisionally(t, &m, &f, err);
}

/* What is left of the group has to be looked at again. */
static int leave_group(struct fn_txn *t, uint64_t group, struct fn_error *err)
{
    const struct fn_group_sum none = {.n = 0};
    fn_face_id *left = NULL;
    size_t n = 0;
    uint8_t be[8];
    fn_put_be64(be, group);
    int rc = fn_people_index_faces(t, FN_PX_GROUP, be, 8, &left, &n);
    if (!rc)
        rc = n ? fn_dirty_mark(t, left[0], FN_DIRTY_ALL, err)
               : fn_group_sum_put(t, group, &none, err);
    free(left);
    return rc;
}

static int face_went(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    struct fn_index_model m;
    struct fn_part part;
    struct fn_member_rec rec;
    int rc = fn_part_get(t, face, &part);
    if (rc || part.kind == FN_PART_NONE)
        return rc;
    rc = fn_index_model_get(t, &m, err);
    if (!rc)
        rc = fn_neighbours_remove(t, &m, face, err);
    if (rc)
        return rc;
    rc = fn_member_rec_get(t, face, &rec);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_member_del(t, face, err);
    if (!rc)
        rc = leave_group(t, rec.group, err);
    return rc ? rc : fn_person_recount(t, &rec.person, err);
}

static int face_said(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    struct fn_part part;
    int rc = fn_part_get(t, face, &part);
    return rc || part.kind == FN_PART_NONE ? rc : fn_dirty_mark(t, face, FN_DIRTY_ALL, err);
}

struct grouped {
    uint64_t group;
    fn_face_id face;
};

struct groups {
    struct fn_txn *t;
    struct grouped *v;
    size_t n, size;
};

static int add_grouped(const struct fn_person_face *f, void *ctx)
{
    struct groups *g = ctx;
    struct fn_member_rec m;
    int rc = fn_member_rec_get(g->t, f->face, &m);
    if (rc)
        return rc;
    if (g->n == g->size) {
        size_t size = g->size ? g->size * 2 : 64;
        struct grouped *v = realloc(g->v, size * sizeof *v);
        if (!v)
            return -ENOMEM;
        g->v = v;
        g->size = size;
    }
    g->v[g->n++] = (struct grouped){m.group, f->face};
    return 0;
}

static int by_group(const void *pa, const void *pb)
{
    const struct grouped *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->face > b->face) - (a->face < b->face);
}

/* One face of each group of the person: settling reaches the others. */
static int mark_groups(struct fn_txn *t, const struct fn_person_id *p, struct fn_error *err)
{
    struct groups g = {.t = t};
    int rc = fn_person_faces_walk(t, p, add_grouped, &g);
    if (!rc && g.n)
        qsort(g.v, g.n, sizeof *g.v, by_group);
    for (size_t i = 0; !rc && i < g.n; i++) {
        if (!i || g.v[i].group != g.v[i - 1].group)
            rc = fn_dirty_mark(t, g.v[i].face, FN_DIRTY_ALL, err);
    }
    free(g.v);
    return rc;
}

static int mark_said(struct fn_txn *t, const struct fn_person_id *p, struct fn_error *err)
{
    struct fn_said_face *faces = NULL;
    size_t n = 0;
    int rc = fn_said_faces(t, p, &faces, &n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = face_said(t, faces[i].face, err);
    free(faces);
    return rc;
}

static int person_changed(struct fn_txn *t, const struct fn_person_id *p, struct fn_error *err)
{
    struct fn_person_id *ids = NULL;
    size_t n = 0;
    int rc = fn_person_class(t, p, &ids, &n);
    if (!rc)
        rc = mark_groups(t, p, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = mark_groups(t, &ids[i], err);
        if (!rc)
            rc = mark_said(t, &ids[i], err);
    }
    free(ids);
    return rc;
}

static int follow(struct fn_txn *t, const struct fn_pending *p, struct fn_error *err)
{
    struct fn_person_id person;
    struct fn_face_rec f;
    switch (p->kind) {
    case FN_CHANGE_CAME:
    case FN_CHANGE_WENT: /* as it is now: it may have come back */
        if (fn_face_get(t, p->id, &f) || f.flags & (FN_FACE_GONE | FN_FACE_NOTFACE))
            return face_went(t, p->id, err);
        return face_came(t, p->id, err);
    case FN_CHANGE_PERSON:
        memcpy(person.b, p->name, sizeof person.b);
        return person_changed(t, &person, err);
    default:
        return face_said(t, p->id, err);
    }
}

int fn_people_update(struct fn_txn *t, struct fn_error *err)
{
    struct fn_pending p;
    int rc = 0;
    while (!rc && fn_pending_take(t, FN_FOLLOW_PEOPLE, &p))
        rc = follow(t, &p, err);
    return rc;
}

/* ---- reading ---- */

/* A group with one good face has no sum: a poor face in it, or one that came since, is as far as that face is. */
static int distance_to_single(struct fn_txn *t, fn_face_id face, uint64_t group, uint32_t *ret)
{
    struct fn_part part;
    struct fn_list l;
    int rc = fn_list_get(t, face, &l);
    *ret = 0;
    for (uint32_t i = 0; !rc && i < l.n; i++) {
        rc = fn_part_get(t, l.v[i].face, &part);
        if (!rc && part.ckey == group) {
            *ret = l.v[i].d;
            break;
        }
    }
    return rc;
}

int fn_member_get(struct fn_txn *t, fn_face_id face, struct fn_member *ret)
{
    struct fn_member_rec m;
    struct fn_group_sum g;
    struct fn_part part;
    int16_t x[FN_DIM];
    uint32_t d = 0;
    int rc = fn_member_rec_get(t, face, &m);
    if (rc)
        return rc;
    rc = fn_group_sum_get(t, m.group, &g);
    if (rc == FN_ENOTFOUND) {
        rc = distance_to_single(t, face, m.group, &d);
    } else {
        if (!rc)
            rc = fn_part_get(t, face, &part);
        if (!rc)
            rc = fn_face_vector(t, face, x);
        if (!rc)
            d = fn_group_mean(&g, x, part.kind == FN_PART_GOOD && m.how != FN_HOW_PROVISIONAL);
    }
    if (rc)
        return rc;
    *ret = (struct fn_member){.person = m.person, .group = m.group, .how = m.how, .d = d};
    return 0;
}

static int load_person(struct fn_txn *t, const struct fn_person_id *id, struct fn_person *ret)
{
    struct fn_slice v;
    struct fn_person_label l;
    struct fn_person_rec r = {.first_s = INT64_MAX, .last_s = INT64_MIN};
    int rc = fn_tab_get(t, FN_T_PERSON, id->b, FN_PERSON_BYTES, &v);
    bool none = rc == FN_ENOTFOUND;
    if (!rc)
        rc = fn_person_rec_decode(v, &r);
    if (rc && !none)
        return rc;
    rc = fn_person_label_get(t, id, &l);
    if (rc)
        return rc;
    if (none && !l.name[0])
        return FN_ENOTFOUND;
    ret->id = *id;
    memcpy(ret->name, l.name, sizeof ret->name);
    ret->hidden = l.hidden;
    ret->n_faces = r.n_faces;
    ret->n_photos = r.n_photos;
    ret->n_confirmed = r.n_confirmed;
    ret->n_rejected = r.n_rejected;
    ret->first_s = r.first_s;
    ret->last_s = r.last_s;
    ret->cover = r.cover;
    return 0;
}

int fn_person_get(struct fn_txn *t, const struct fn_person_id *id, struct fn_person *ret)
{
    struct fn_person_id root;
    int rc = fn_person_resolve(t, id, &root);
    return rc ? rc : load_person(t, &root, ret);
}

/* Two cursors in step: persons, and the few of them that have a label. */
int fn_person_each(struct fn_txn *t, int (*visit)(const struct fn_person *p, void *ctx),
                   void *ctx)
{
    struct fn_cur c = {0}, l = {0};
    struct fn_person p;
    int stop = 0, rc = fn_cur_open(t, FN_T_PERSON, &c),
        lrc = fn_cur_open(t, FN_T_PERSON_LABEL, &l);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    if (!lrc)
        lrc = fn_cur_seek(&l, NULL, 0);
    for (; !rc && !stop; rc = stop ? 0 : fn_cur_next(&c)) {
        struct fn_person_rec r;
        if (c.key.n != FN_PERSON_BYTES) {
            rc = FN_ECORRUPT;
            break;
        }
        while (!lrc && memcmp(l.key.p, c.key.p, FN_PERSON_BYTES) < 0)
            lrc = fn_cur_next(&l);
        memcpy(p.id.b, c.key.p, FN_PERSON_BYTES);
        if (!lrc && !memcmp(l.key.p, c.key.p, FN_PERSON_BYTES)) {
            rc = load_person(t, &p.id, &p);
        } else if (!(rc = fn_person_rec_decode(c.val, &r))) {
            p.name[0] = 0;
            p.hidden = false;
            p.n_faces = r.n_faces;
            p.n_photos = r.n_photos;
            p.n_confirmed = r.n_confirmed;
            p.n_rejected = r.n_rejected;
            p.first_s = r.first_s;
            p.last_s = r.last_s;
            p.cover = r.cover;
        }
        if (rc)
            break;
        stop = visit(&p, ctx);
    }
    fn_cur_close(&c);
    fn_cur_close(&l);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct each_face {
    int (*visit)(fn_face_id face, void *ctx);
    void *ctx;
};

static int pass_face(const struct fn_person_face *f, void *ctx)
{
    const struct each_face *e = ctx;
    return e->visit(f->face, e->ctx);
}

int fn_person_each_face(struct fn_txn *t, const struct fn_person_id *id,
                        int (*visit)(fn_face_id face, void *ctx), void *ctx)
{
    struct each_face e = {visit, ctx};
    struct fn_person_id root;
    int rc = fn_person_resolve(t, id, &root);
    return rc ? rc : fn_person_faces_walk(t, &root, pass_face, &e);
}
