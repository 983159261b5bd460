/* SPDX-License-Identifier: MIT */
/* Changes of membership. Faces are moved first. Then each cluster that gained or lost a face,
 * or whose labels changed, gets its person once, and each person whose faces changed gets its
 * record written once. Naming a cluster writes its one row and those of faces of another
 * person, however many faces it has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/people/former.h"

/* ---- what is touched ---- */

int fn_edit_touch_group(struct fn_edit *e, uint64_t group)
{
    if (!group || (e->n_groups && e->groups[e->n_groups - 1] == group))
        return 0;
    uint64_t *v = fn_array_grow(e->groups, &e->cap_groups, e->n_groups + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    e->groups = v;
    e->groups[e->n_groups++] = group;
    return 0;
}

int fn_edit_touch_person(struct fn_edit *e, const struct fn_person_id *p)
{
    if (e->n_persons && fn_person_eq(p, &e->persons[e->n_persons - 1]))
        return 0;
    struct fn_person_id *v =
        fn_array_grow(e->persons, &e->cap_persons, e->n_persons + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    e->persons = v;
    e->persons[e->n_persons++] = *p;
    return 0;
}

void fn_edit_drop(struct fn_edit *e)
{
    free(e->groups);
    free(e->persons);
    *e = (struct fn_edit){.t = e->t, .err = e->err};
}

/* ---- moving ---- */

/* Of a face that will be in no cluster, its record may be deleted already. */
static int leave_for_good(struct fn_edit *e, fn_face_id face, const struct fn_member_rec *m)
{
    struct fn_face_row row;
    int rc = fn_group_face_get(e->t, m->group, face, &row);
    if (rc)
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    return fn_former_put(e->t, face, row.f.ckey, m, e->err);
}

/* Takes the face out of where it is. */
static int leave(struct fn_edit *e, fn_face_id face, const struct fn_member_rec *m, uint64_t to)
{
    int rc = m->group && !to ? leave_for_good(e, face, m) : 0;
    if (!rc)
        rc = fn_member_rec_del(e->t, face, e->err);
    if (!rc && m->group)
        rc = fn_group_face_del(e->t, m->group, face, e->err);
    if (!rc && m->own)
        rc = fn_person_face_del(e->t, &m->person, face, e->err);
    if (!rc && m->own)
        rc = fn_edit_touch_person(e, &m->person);
    return rc ? rc : fn_edit_touch_group(e, m->group);
}

/* A face without a cluster has a person only if it is confirmed. */
static int place_alone(struct fn_edit *e, const struct fn_person_face *f)
{
    struct fn_face_say *say;
    struct fn_person_face row = *f;
    int rc = fn_face_say_get(e->t, f->face, &say);
    if (!rc && say && say->confirmed) {
        const struct fn_member_rec m = {.how = FN_HOW_USER, .own = true, .person = say->person};
        row.how = m.how;
        rc = fn_member_rec_put(e->t, f->face, &m, e->err);
        if (!rc)
            rc = fn_person_face_put(e->t, &m.person, &row, e->err);
        if (!rc)
            rc = fn_edit_touch_person(e, &m.person);
    }
    free(say);
    return rc;
}

static int place_in_group(struct fn_edit *e, const struct fn_person_face *f, uint64_t group)
{
    const struct fn_member_rec m = {.group = group, .how = FN_HOW_GROUP};
    struct fn_face_row row = {.f = *f};
    row.f.how = m.how;
    int rc = fn_member_rec_put(e->t, f->face, &m, e->err);
    if (!rc)
        rc = fn_group_face_put(e->t, group, &row, e->err);
    return rc ? rc : fn_edit_touch_group(e, group);
}

/* The face is there already: only its quality, or that its photo is gone, can be new. */
static int stay(struct fn_edit *e, const struct fn_person_face *f,
                const struct fn_member_rec *m)
{
    struct fn_face_row row;
    int rc = fn_group_face_get(e->t, m->group, f->face, &row);
    if (rc || (row.f.poor == f->poor && row.f.gone == f->gone))
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    row.f.poor = f->poor;
    row.f.gone = f->gone;
    rc = fn_group_face_put(e->t, m->group, &row, e->err);
    if (!rc && m->own)
        rc = fn_person_face_put(e->t, &m->person, &row.f, e->err);
    if (!rc && m->own)
        rc = fn_edit_touch_person(e, &m->person);
    return rc ? rc : fn_edit_touch_group(e, m->group);
}

int fn_edit_place(struct fn_edit *e, fn_face_id face, uint64_t group)
{
    struct fn_person_face f;
    struct fn_member_rec m;
    int rc = fn_person_face_of(e->t, face, &f);
    bool here = !rc;
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    rc = fn_member_rec_get(e->t, face, &m);
    if (!rc && here && group && m.group == group)
        return stay(e, &f, &m);
    if (!rc)
        rc = leave(e, face, &m, here ? group : 0);
    else if (rc == FN_ENOTFOUND)
        rc = 0;
    if (rc || !here)
        return rc;
    return group ? place_in_group(e, &f, group) : place_alone(e, &f);
}

int fn_edit_refresh(struct fn_edit *e, const struct fn_person_face *f)
{
    struct fn_member_rec m;
    int rc = fn_member_rec_get(e->t, f->face, &m);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    return m.group ? stay(e, f, &m) : fn_edit_place(e, f->face, 0);
}

int fn_edit_said(struct fn_edit *e, fn_face_id face)
{
    struct fn_member_rec m;
    int rc = fn_member_rec_get(e->t, face, &m);
    if (!rc && m.group)
        return fn_edit_touch_group(e, m.group);
    return rc && rc != FN_ENOTFOUND ? rc : fn_edit_place(e, face, 0);
}

/* ---- naming ---- */

struct group {
    struct fn_txn *t;
    struct fn_face_row *rows;
    struct fn_naming *v;
    size_t n, cap;
    bool any_said;
};

static int add_row(const struct fn_face_row *r, void *ctx)
{
    struct group *g = ctx;
    struct fn_face_row *v = fn_array_grow(g->rows, &g->cap, g->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    g->rows = v;
    g->rows[g->n++] = *r;
    return 0;
}

static int load_says(struct group *g)
{
    int rc = 0;
    g->v = calloc(g->n, sizeof *g->v);
    if (!g->v)
        return -ENOMEM;
    for (size_t i = 0; !rc && i < g->n; i++) {
        struct fn_face_row *r = &g->rows[i];
        struct fn_face_say *say = NULL;
        g->v[i] = (struct fn_naming){
            .face = r->f.face, .ckey = r->f.ckey, .poor = r->f.poor, .ref = r};
        if (g->any_said)
            rc = fn_face_say_get(g->t, r->f.face, &say);
        g->v[i].say = say;
    }
    return rc;
}

/* Rows of a face whose person, or how it is known, is another now. */
static int write_named(struct fn_edit *e, uint64_t group, const struct fn_naming *v)
{
    struct fn_face_row *r = v->ref;
    uint8_t how = v->by_user ? FN_HOW_USER : FN_HOW_GROUP;
    if (!r->own && !v->own && r->f.how == how)
        return 0;
    struct fn_member_rec was, now = {.group = group, .how = how, .own = v->own};
    if (v->own)
        now.person = v->person;
    int rc = fn_member_rec_get(e->t, v->face, &was);
    if (rc)
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    if (was.own == now.own && was.how == now.how && r->f.how == how && r->own == v->own &&
        (!was.own || fn_person_eq(&was.person, &now.person)))
        return 0;
    r->f.how = how;
    r->own = v->own;
    if (was.own)
        rc = fn_person_face_del(e->t, &was.person, v->face, e->err);
    if (!rc && was.own)
        rc = fn_edit_touch_person(e, &was.person);
    if (!rc && now.own)
        rc = fn_person_face_put(e->t, &now.person, &r->f, e->err);
    if (!rc && now.own)
        rc = fn_edit_touch_person(e, &now.person);
    if (!rc)
        rc = fn_member_rec_put(e->t, v->face, &now, e->err);
    return rc ? rc : fn_group_face_put(e->t, group, r, e->err);
}

static int write_group(struct fn_edit *e, uint64_t group, const struct group *g,
                       const struct fn_person_id *person)
{
    struct fn_group_rec was, now = {.n = (uint32_t)g->n, .person = *person};
    int rc = fn_group_rec_get(e->t, group, &was);
    bool had = !rc;
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    if (!had && !now.n)
        return 0;
    rc = had ? fn_edit_touch_person(e, &was.person) : 0;
    if (!rc && now.n)
        rc = fn_edit_touch_person(e, &now.person);
    return rc ? rc : fn_group_rec_put(e->t, group, had ? &was : NULL, &now, e->err);
}

static int name_one(struct fn_edit *e, uint64_t group)
{
    struct group g = {.t = e->t, .any_said = fn_tab_count(e->t, FN_T_FACE_LABEL) > 0};
    struct fn_person_id person = {{0}};
    int rc = fn_group_faces_walk(e->t, group, add_row, &g);
    if (!rc && g.n) {
        rc = load_says(&g);
        if (!rc)
            rc = fn_name_group(e->t, group, g.v, g.n, &person);
    }
    for (size_t i = 0; !rc && i < g.n; i++)
        rc = write_named(e, group, &g.v[i]);
    if (!rc)
        rc = write_group(e, group, &g, &person);
    for (size_t i = 0; g.v && i < g.n; i++)
        free((void *)(uintptr_t)g.v[i].say);
    free(g.v);
    free(g.rows);
    return rc;
}

static int by_u64(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
    return (a > b) - (a < b);
}

int fn_edit_finish(struct fn_edit *e)
{
    int rc = 0;
    if (e->n_groups)
        qsort(e->groups, e->n_groups, sizeof *e->groups, by_u64);
    for (size_t i = 0; !rc && i < e->n_groups; i++)
        if (!i || e->groups[i] != e->groups[i - 1])
            rc = name_one(e, e->groups[i]);
    if (e->n_persons)
        qsort(e->persons, e->n_persons, sizeof *e->persons, fn_person_cmp);
    for (size_t i = 0; !rc && i < e->n_persons; i++)
        if (!i || !fn_person_eq(&e->persons[i], &e->persons[i - 1]))
            rc = fn_person_recount(e->t, &e->persons[i], e->err);
    fn_edit_drop(e);
    return rc;
}
