/* SPDX-License-Identifier: MIT */
/* Running a query: each candidate photo is loaded with its faces and evaluated by the tree.
 *
 * A term yields whether it is true for the photo, and the faces that make it true. Terms about
 * one face (state, quality, size, p) narrow the faces of other terms in the same `and`: "anna
 * p>=0.9" is a photo with a face that is Anna's with that probability. `not` considers all
 * faces. If the top of the tree requires a person, only photos of that person are candidates.
 */
#include "index/query/query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/glob.h"
#include "index/people/people.h"
#include "index/query/query_priv.h"
#include "index/records/rows.h"

struct face {
    fn_face_id id;
    bool counts; /* not marked as no face */
    bool assigned;
    struct fn_person_id person;
    enum fn_face_state state;
    double quality, size_px, p;
};

struct match {
    fn_photo_id photo;
    int64_t taken_s; /* INT64_MAX: unknown */
    size_t first, n; /* of the faces */
};

struct run {
    struct fn_txn *t;
    const struct fn_query *q;
    struct fn_index_model m;
    const struct fn_photo *photo;
    struct face *faces;
    size_t n, cap_faces, cap_masks;
    bool *masks; /* rows of n: one per level of the tree, and two spare */
    struct match *matches;
    size_t n_matches, cap_matches;
    fn_face_id *matched;
    size_t n_matched, cap_matched;
};

bool fn_query_compare(enum fn_query_op op, double a, double b)
{
    switch (op) {
    case FN_OP_EQ:
        return a >= b && a <= b;
    case FN_OP_GE:
        return a >= b;
    case FN_OP_LE:
        return a <= b;
    case FN_OP_GT:
        return a > b;
    case FN_OP_LT:
        return a < b;
    }
    return false;
}

/* A parenthesis or a not adds at most three levels to the tree. */
enum { LEVELS = 3 * FN_QUERY_DEPTH_MAX + 4, ROWS = 1 + 3 * (LEVELS + 1) };

/* ---- a photo's faces ---- */

static int load_face(struct run *r, const struct fn_face_rec *f, struct face *ret)
{
    struct fn_member m;
    struct fn_person_label l;
    double w = f->box[2] / 65535. * r->photo->width, h = f->box[3] / 65535. * r->photo->height;
    *ret = (struct face){.id = f->id,
                         .counts = !(f->flags & FN_FACE_NOTFACE),
                         .quality = f->quality / 255.,
                         .size_px = w < h ? w : h,
                         .state =
                             f->flags & FN_FACE_NOTFACE ? FN_STATE_REJECTED : FN_STATE_UNKNOWN};
    int rc = fn_member_get(r->t, f->id, &m);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_person_label_get(r->t, &m.person, &l);
    if (rc)
        return rc;
    ret->assigned = true;
    ret->person = m.person;
    if (m.how == FN_HOW_USER)
        ret->state = FN_STATE_CONFIRMED;
    else if (l.name[0])
        ret->state = FN_STATE_SUGGESTED;
    ret->p = m.how == FN_HOW_USER ? 1 : fn_people_probability(&r->m, m.d);
    return 0;
}

static int load_faces(struct run *r)
{
    struct fn_face_rec *recs = NULL;
    size_t n = 0;
    struct fn_error err;
    int rc = fn_faces_of_photo_all(r->t, r->photo->id, &recs, &n, &err);
    if (!rc) { /* also for no faces, so that no row of masks is ever NULL */
        struct face *v = fn_array_grow(r->faces, &r->cap_faces, n, sizeof *v);
        r->faces = v ? v : r->faces;
        bool *b = fn_array_grow(r->masks, &r->cap_masks, n, ROWS * sizeof *b);
        r->masks = b ? b : r->masks;
        rc = v && b ? 0 : -ENOMEM;
    }
    for (size_t i = 0; !rc && i < n; i++)
        rc = load_face(r, &recs[i], &r->faces[i]);
    r->n = n;
    free(recs);
    return rc;
}

/* ---- terms ---- */

static bool is_filter(const struct fn_query_node *n)
{
    return n->kind >= FN_Q_STATE;
}

static bool face_has(const struct face *f, const struct fn_query_node *n)
{
    if (n->kind == FN_Q_PERSON)
        return f->assigned && fn_person_eq(&f->person, &n->ids[0]);
    if (n->kind == FN_Q_STATE)
        return f->state == n->state;
    if (n->kind == FN_Q_P)
        return f->assigned && fn_query_compare(n->op, f->p, n->number);
    if (!f->counts)
        return false;
    if (n->kind == FN_Q_UNKNOWN)
        return f->state == FN_STATE_UNKNOWN;
    return fn_query_compare(n->op, n->kind == FN_Q_QUALITY ? f->quality : f->size_px,
                            n->number);
}

static bool faces_with(const struct run *r, const struct fn_query_node *n, const bool *allowed,
                       bool *out)
{
    bool any = false;
    for (size_t i = 0; i < r->n; i++) {
        out[i] = allowed[i] && face_has(&r->faces[i], n);
        any = any || out[i];
    }
    return any;
}

static bool only_these(const struct run *r, const struct fn_query_node *n, const bool *allowed,
                       bool *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n->n_ids; k++) {
        for (size_t i = 0; i < r->n; i++) {
            if (r->faces[i].assigned && fn_person_eq(&r->faces[i].person, &n->ids[k])) {
                found++;
                break;
            }
        }
    }
    for (size_t i = 0; i < r->n; i++) {
        bool listed = false;
        for (size_t k = 0; !listed && k < n->n_ids; k++)
            listed = r->faces[i].assigned && fn_person_eq(&r->faces[i].person, &n->ids[k]);
        if (r->faces[i].counts && !listed)
            return false;
        out[i] = listed && allowed[i];
    }
    return found == n->n_ids;
}

static bool on_date(const struct run *r, const struct fn_query_node *n)
{
    const struct fn_photo *p = r->photo;
    if (!p->taken_precision)
        return false;
    int64_t local = p->taken_s + (p->zone_min == FN_ZONE_UNKNOWN ? 0 : p->zone_min * 60);
    return local >= n->from_s && local < n->to_s;
}

struct path_match {
    const char *glob;
    struct fn_txn *t;
};

static int match_path(const struct fn_path *path, void *ctx)
{
    const struct path_match *m = ctx;
    struct fn_root root;
    char whole[2 * sizeof path->path];
    if (m->glob[0] != '/')
        return fn_glob_match(m->glob, path->path, FN_GLOB_BELOW);
    int rc = fn_root_get(m->t, path->root, &root);
    if (rc)
        return rc;
    snprintf(whole, sizeof whole, "%s/%s", root.path, path->path);
    return fn_glob_match(m->glob, whole, FN_GLOB_BELOW);
}

static bool at_path(const struct run *r, const struct fn_query_node *n)
{
    struct path_match m = {n->glob, r->t};
    return fn_path_each_of_photo(r->t, r->photo->id, match_path, &m) > 0;
}

static size_t count_faces(const struct run *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->faces[i].counts;
    return n;
}

/* ---- the tree ---- */

static bool judge(const struct run *r, const struct fn_query_node *n, const bool *allowed,
                  bool *out, size_t level);

static void add_mask(bool *to, const bool *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = to[i] || from[i];
}

/* Rows of the scratch: three for each level. */
static bool *row(const struct run *r, size_t level, size_t k)
{
    return r->masks + (1 + level * 3 + k) * r->n;
}

static bool judge_and(const struct run *r, const struct fn_query_node *n, const bool *allowed,
                      bool *out, size_t level)
{
    bool *narrow = row(r, level, 0), *one = row(r, level, 1), filtered = false, any = false,
         marked = false;
    memcpy(narrow, allowed, r->n * sizeof *narrow);
    for (const struct fn_query_node *c = n->child; c; c = c->next) {
        if (is_filter(c)) {
            filtered = true;
            any = faces_with(r, c, narrow, narrow);
            if (!any)
                return false;
        }
    }
    memset(out, 0, r->n * sizeof *out);
    for (const struct fn_query_node *c = n->child; c; c = c->next) {
        if (is_filter(c))
            continue;
        if (!judge(r, c, narrow, one, level + 1))
            return false;
        add_mask(out, one, r->n);
    }
    for (size_t i = 0; i < r->n; i++)
        marked = marked || out[i];
    if (filtered && !marked)
        memcpy(out, narrow, r->n * sizeof *out);
    return true;
}

static bool judge_or(const struct run *r, const struct fn_query_node *n, const bool *allowed,
                     bool *out, size_t level)
{
    bool *one = row(r, level, 0), any = false;
    memset(out, 0, r->n * sizeof *out);
    for (const struct fn_query_node *c = n->child; c; c = c->next) {
        if (judge(r, c, allowed, one, level + 1)) {
            add_mask(out, one, r->n);
            any = true;
        }
    }
    return any;
}

static bool judge_not(const struct run *r, const struct fn_query_node *n, bool *out,
                      size_t level)
{
    bool *all = row(r, level, 0), *one = row(r, level, 1);
    for (size_t i = 0; i < r->n; i++)
        all[i] = true;
    memset(out, 0, r->n * sizeof *out);
    return !judge(r, n->child, all, one, level + 1);
}

static bool judge(const struct run *r, const struct fn_query_node *n, const bool *allowed,
                  bool *out, size_t level)
{
    if (n->kind == FN_Q_AND)
        return judge_and(r, n, allowed, out, level);
    if (n->kind == FN_Q_OR)
        return judge_or(r, n, allowed, out, level);
    if (n->kind == FN_Q_NOT)
        return judge_not(r, n, out, level);
    if (n->kind == FN_Q_ONLY)
        return only_these(r, n, allowed, out);
    if (is_filter(n) || n->kind == FN_Q_PERSON || n->kind == FN_Q_UNKNOWN)
        return faces_with(r, n, allowed, out);
    memset(out, 0, r->n * sizeof *out);
    if (n->kind == FN_Q_FACES)
        return fn_query_compare(n->op, (double)count_faces(r), n->number);
    if (n->kind == FN_Q_DATE)
        return on_date(r, n);
    if (n->kind == FN_Q_PATH)
        return at_path(r, n);
    return (r->photo->state == FN_PHOTO_GONE) == n->yes;
}

/* ---- collecting ---- */

static bool speaks_of_faces(const struct fn_query_node *n)
{
    for (; n; n = n->next) {
        if (is_filter(n) || n->kind == FN_Q_PERSON || n->kind == FN_Q_ONLY ||
            n->kind == FN_Q_UNKNOWN || (n->kind != FN_Q_NOT && speaks_of_faces(n->child)))
            return true;
    }
    return false;
}

static int add_match(struct run *r, const bool *mask, bool all)
{
    struct match *v = fn_array_grow(r->matches, &r->cap_matches, r->n_matches + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    r->matches = v;
    fn_face_id *ids =
        fn_array_grow(r->matched, &r->cap_matched, r->n_matched + r->n, sizeof *ids);
    if (!ids)
        return -ENOMEM;
    r->matched = ids;
    struct match m = {.photo = r->photo->id,
                      .taken_s = r->photo->taken_precision ? r->photo->taken_s : INT64_MAX,
                      .first = r->n_matched};
    for (size_t i = 0; i < r->n; i++) {
        if (all ? r->faces[i].counts : mask[i])
            r->matched[r->n_matched++] = r->faces[i].id;
    }
    m.n = r->n_matched - m.first;
    r->matches[r->n_matches++] = m;
    return 0;
}

static int consider(const struct fn_photo *p, void *ctx)
{
    struct run *r = ctx;
    const struct fn_query_node *root = r->q->root;
    if (p->state == FN_PHOTO_BAD || (p->state == FN_PHOTO_GONE && !r->q->missing))
        return 0;
    r->photo = p;
    int rc = load_faces(r);
    if (rc)
        return rc;
    bool *all = r->masks, *out = row(r, LEVELS, 0);
    for (size_t i = 0; i < r->n; i++)
        all[i] = true;
    if (root && !judge(r, root, all, out, 0))
        return 0;
    return add_match(r, out, !speaks_of_faces(root));
}

static int by_time(const void *pa, const void *pb)
{
    const struct match *a = pa, *b = pb;
    if (a->taken_s != b->taken_s)
        return a->taken_s < b->taken_s ? -1 : 1;
    return (a->photo > b->photo) - (a->photo < b->photo);
}

/* A person that every match has to show; NULL: none. */
static const struct fn_person_id *demanded(const struct fn_query_node *n)
{
    if (!n)
        return NULL;
    if (n->kind == FN_Q_PERSON || n->kind == FN_Q_ONLY)
        return &n->ids[0];
    if (n->kind != FN_Q_AND)
        return NULL;
    for (const struct fn_query_node *c = n->child; c; c = c->next) {
        const struct fn_person_id *p = demanded(c);
        if (p)
            return p;
    }
    return NULL;
}

struct photos {
    fn_photo_id *v;
    size_t n, cap;
};

static int add_photo(const struct fn_person_face *f, void *ctx)
{
    struct photos *p = ctx;
    fn_photo_id *v = fn_array_grow(p->v, &p->cap, p->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    p->v = v;
    p->v[p->n++] = f->photo;
    return 0;
}

static int by_id(const void *pa, const void *pb)
{
    fn_photo_id a = *(const fn_photo_id *)pa, b = *(const fn_photo_id *)pb;
    return (a > b) - (a < b);
}

static int consider_photos_of(struct run *r, const struct fn_person_id *id)
{
    struct photos p = {.v = NULL};
    int rc = fn_person_faces_walk_all(r->t, id, add_photo, &p);
    if (!rc && p.n)
        qsort(p.v, p.n, sizeof *p.v, by_id);
    for (size_t i = 0; !rc && i < p.n; i++) {
        struct fn_photo photo;
        if (i && p.v[i] == p.v[i - 1])
            continue;
        rc = fn_photo_get(r->t, p.v[i], &photo);
        if (!rc)
            rc = consider(&photo, r);
    }
    free(p.v);
    return rc;
}

int fn_query_run(struct fn_txn *t, const struct fn_query *q,
                 int (*visit)(const struct fn_photo *p, const fn_face_id *faces, size_t n,
                              void *ctx),
                 void *ctx)
{
    struct run *r = calloc(1, sizeof *r);
    struct fn_error err;
    if (!r)
        return -ENOMEM;
    r->t = t;
    r->q = q;
    int rc = fn_index_model_get(t, &r->m, &err);
    if (rc == FN_ENOTFOUND)
        rc = 0; /* an empty index */
    const struct fn_person_id *who = demanded(q->root);
    if (!rc)
        rc = who ? consider_photos_of(r, who) : fn_photo_each(t, consider, r);
    if (!rc && r->n_matches)
        qsort(r->matches, r->n_matches, sizeof *r->matches, by_time);
    for (size_t i = 0; !rc && i < r->n_matches; i++) {
        struct fn_photo photo;
        rc = fn_photo_get(t, r->matches[i].photo, &photo);
        if (!rc)
            rc = visit(&photo, r->matched + r->matches[i].first, r->matches[i].n, ctx);
    }
    free(r->faces);
    free(r->masks);
    free(r->matches);
    free(r->matched);
    free(r);
    return rc;
}
