/* SPDX-License-Identifier: MIT */
/* People as the rest of the program sees them. */
#include "index/people/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/people/people_priv.h"

int fn_member_who(struct fn_txn *t, fn_face_id face, struct fn_member *ret)
{
    struct fn_member_rec m;
    struct fn_group_rec g;
    int rc = fn_member_rec_get(t, face, &m);
    if (rc)
        return rc;
    if (!m.own) {
        rc = fn_group_rec_get(t, m.group, &g);
        if (rc)
            return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
        m.person = g.person;
    }
    *ret = (struct fn_member){.person = m.person, .group = m.group, .how = m.how};
    return 0;
}

int fn_member_get(struct fn_txn *t, fn_face_id face, struct fn_member *ret)
{
    struct fn_member m;
    int rc = fn_member_who(t, face, &m);
    if (!rc && m.group)
        rc = fn_group_distance(t, face, m.group, &m.d);
    if (!rc)
        *ret = m;
    return rc;
}

/* ---- persons ---- */

static void fill(struct fn_person *p, const struct fn_person_rec *r)
{
    p->n_faces = r->n_faces;
    p->n_photos = r->n_photos;
    p->n_confirmed = r->n_confirmed;
    p->n_rejected = r->n_rejected;
    p->first_s = r->first_s;
    p->last_s = r->last_s;
    p->cover = r->cover;
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
    fill(ret, &r);
    return 0;
}

int fn_person_get(struct fn_txn *t, const struct fn_person_id *id, struct fn_person *ret)
{
    struct fn_person_id root;
    int rc = fn_person_resolve(t, id, &root);
    return rc ? rc : load_person(t, &root, ret);
}

/* Two cursors side by side: records of persons, and labels, which few of them have. */
struct side {
    struct fn_cur c;
    int rc; /* FN_ENOTFOUND: at the end */
};

static void side_open(struct fn_txn *t, enum fn_table table, struct side *s)
{
    *s = (struct side){.rc = 0};
    s->rc = fn_cur_open(t, table, &s->c);
    if (!s->rc)
        s->rc = fn_cur_seek(&s->c, NULL, 0);
}

static int side_check(const struct side *s)
{
    if (!s->rc)
        return s->c.key.n == FN_PERSON_BYTES ? 0 : FN_ECORRUPT;
    return s->rc == FN_ENOTFOUND ? 0 : s->rc;
}

/* < 0: the record comes next, without a label. > 0: a label without a record. */
static int side_compare(const struct side *record, const struct side *label)
{
    if (record->rc || label->rc)
        return record->rc ? 1 : -1;
    return memcmp(record->c.key.p, label->c.key.p, FN_PERSON_BYTES);
}

/* FN_ENOTFOUND: merged into another, or hidden without a name: nothing to show. */
static int load_labelled(struct fn_txn *t, const struct fn_person_id *id, struct fn_person *p)
{
    struct fn_person_id root;
    int rc = fn_person_resolve(t, id, &root);
    if (rc || !fn_person_eq(id, &root))
        return rc ? rc : FN_ENOTFOUND;
    return load_person(t, id, p);
}

static int load_next(struct fn_txn *t, struct side *record, struct side *label,
                     struct fn_person *p)
{
    struct fn_person_rec r;
    int which = side_compare(record, label), rc;
    memcpy(p->id.b, (which > 0 ? label : record)->c.key.p, FN_PERSON_BYTES);
    if (which >= 0) {
        struct fn_person_id id = p->id;
        rc = load_labelled(t, &id, p);
    } else if (!(rc = fn_person_rec_decode(record->c.val, &r))) {
        p->name[0] = 0;
        p->hidden = false;
        fill(p, &r);
    }
    if (which <= 0)
        record->rc = fn_cur_next(&record->c);
    if (which >= 0)
        label->rc = fn_cur_next(&label->c);
    return rc;
}

int fn_person_each(struct fn_txn *t, int (*visit)(const struct fn_person *p, void *ctx),
                   void *ctx)
{
    struct side record, label;
    int stop = 0, rc = 0;
    side_open(t, FN_T_PERSON, &record);
    side_open(t, FN_T_PERSON_LABEL, &label);
    while (!rc && !stop) {
        struct fn_person p;
        rc = side_check(&record);
        rc = rc ? rc : side_check(&label);
        if (rc || (record.rc && label.rc))
            break;
        rc = load_next(t, &record, &label, &p);
        stop = rc ? 0 : visit(&p, ctx);
        rc = rc == FN_ENOTFOUND ? 0 : rc;
    }
    fn_cur_close(&record.c);
    fn_cur_close(&label.c);
    return stop ? stop : rc;
}

/* ---- their faces ---- */

struct walk {
    fn_person_face_visit *visit;
    void *ctx;
    bool gone; /* those, too */
};

static int pass(const struct fn_person_face *f, void *ctx)
{
    const struct walk *w = ctx;
    return f->gone && !w->gone ? 0 : w->visit(f, w->ctx);
}

static int pass_row(const struct fn_face_row *r, void *ctx)
{
    return r->own ? 0 : pass(&r->f, ctx);
}

static int walk_faces(struct fn_txn *t, const struct fn_person_id *id, struct walk *w)
{
    uint64_t *groups = NULL;
    size_t n = 0;
    int rc = fn_person_groups_get(t, id, &groups, &n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fn_group_faces_walk(t, groups[i], pass_row, w);
    free(groups);
    return rc ? rc : fn_own_faces_walk(t, id, pass, w);
}

int fn_person_faces_walk(struct fn_txn *t, const struct fn_person_id *id,
                         fn_person_face_visit *visit, void *ctx)
{
    return walk_faces(t, id, &(struct walk){visit, ctx, false});
}

int fn_person_faces_walk_all(struct fn_txn *t, const struct fn_person_id *id,
                             fn_person_face_visit *visit, void *ctx)
{
    return walk_faces(t, id, &(struct walk){visit, ctx, true});
}

struct ids {
    fn_face_id *v;
    size_t n, cap;
};

static int add_id(const struct fn_person_face *f, void *ctx)
{
    struct ids *x = ctx;
    fn_face_id *v = fn_array_grow(x->v, &x->cap, x->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    x->v = v;
    x->v[x->n++] = f->face;
    return 0;
}

static int by_id(const void *pa, const void *pb)
{
    fn_face_id a = *(const fn_face_id *)pa, b = *(const fn_face_id *)pb;
    return (a > b) - (a < b);
}

int fn_person_each_face(struct fn_txn *t, const struct fn_person_id *id,
                        int (*visit)(fn_face_id face, void *ctx), void *ctx)
{
    struct ids x = {0};
    struct fn_person_id root;
    int rc = fn_person_resolve(t, id, &root);
    if (!rc)
        rc = fn_person_faces_walk(t, &root, add_id, &x);
    if (x.n)
        qsort(x.v, x.n, sizeof *x.v, by_id);
    for (size_t i = 0; !rc && i < x.n; i++)
        rc = visit(x.v[i], ctx);
    free(x.v);
    return rc;
}
