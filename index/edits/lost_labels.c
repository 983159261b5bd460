/* SPDX-License-Identifier: MIT */
#include "index/edits/lost_labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/edits/edits_priv.h"
#include "index/records/rows.h"

struct walk {
    struct fn_txn *t;
    int (*visit)(const struct fn_lost_label *l, void *ctx);
    void *ctx;
    struct fn_face_labels labels; /* large: not on the stack of each call */
    char path[FN_PLACE_MAX];      /* of the photo that a backup was made of */
};

/* Whether the face of an older version is a face of a photo with a file. */
static int lives_on(struct walk *w, const struct fn_face_key *face, bool *ret)
{
    struct fn_face_key *v = NULL;
    size_t n = 0;
    int rc = fn_face_successors(w->t, face, &v, &n);
    *ret = false;
    for (size_t i = 1; !rc && !*ret && i < n; i++) {
        fn_face_id id;
        fn_photo_id photo;
        if (fn_face_by_key(w->t, &v[i], &id) == 0 &&
            fn_photo_by_hash(w->t, &v[i].photo, &photo) == 0)
            *ret = fn_photo_has_path(w->t, photo);
    }
    free(v);
    return rc;
}

/* ---- photos without a file ---- */

struct place {
    struct fn_txn *t;
    const char *path;
    bool taken;
};

static int look_below(const struct fn_root *r, void *ctx)
{
    struct place *p = ctx;
    struct fn_path there;
    size_t n = strcmp(r->path, "/") == 0 ? 0 : strlen(r->path);
    if (strncmp(p->path, r->path, n) == 0 && p->path[n] == '/')
        p->taken = fn_path_get(p->t, r->id, p->path + n + 1, &there) == 0;
    return p->taken;
}

static int is_taken(struct fn_txn *t, const char *path, bool *ret)
{
    struct place p = {t, path, false};
    int rc = *path ? fn_root_each(t, look_below, &p) : 0;
    *ret = p.taken;
    return rc < 0 ? rc : 0;
}

/* The picture was edited if its path has another one now. An editor may have renamed it to a
 * backup before. */
static int find_successor(struct walk *w, const char *path, struct fn_lost_label *l)
{
    bool taken = false;
    size_t n = fn_backup_of(path);
    int rc = is_taken(w->t, path, &taken);
    if (!rc && !taken && n) {
        (void)snprintf(w->path, sizeof w->path, "%.*s", (int)n, path);
        rc = is_taken(w->t, w->path, &taken);
        if (taken)
            l->path = w->path;
    }
    l->why = taken ? FN_LOST_EDITED : FN_LOST_DELETED;
    return rc;
}

static int visit_face(struct walk *w, const struct fn_face_rec *f, const char *path)
{
    struct fn_lost_label l = {.path = path, .why = FN_LOST_DELETED};
    bool lives = false;
    int rc = fn_labels_of_face(w->t, f->id, &w->labels);
    if (rc || !w->labels.confirmed)
        return rc;
    rc = fn_face_key_of(w->t, f->id, &l.face);
    if (!rc)
        rc = lives_on(w, &l.face, &lives);
    if (rc || lives)
        return rc;
    /* Of several versions, all gone, the newest has the label: it is lost once. */
    fn_face_id newest;
    rc = fn_face_successor(w->t, &l.face, &newest);
    if (rc != FN_ENOTFOUND)
        return rc;
    rc = find_successor(w, path, &l);
    if (rc)
        return rc;
    l.person = w->labels.person;
    l.act = w->labels.is_act;
    return w->visit(&l, w->ctx);
}

static int visit_gone(const struct fn_photo *p, void *ctx)
{
    struct walk *w = ctx;
    char path[FN_PLACE_MAX];
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    if (!p->n_faces)
        return 0;
    int rc = fn_photo_last_path(w->t, p, path, sizeof path);
    if (rc == FN_ENOTFOUND)
        path[0] = '\0';
    else if (rc)
        return rc;
    rc = fn_faces_of_photo_all(w->t, p->id, &faces, &n, NULL);
    for (size_t i = 0; !rc && i < n; i++)
        rc = visit_face(w, &faces[i], path);
    free(faces);
    return rc;
}

/* ---- assertions without a face ---- */

struct said {
    struct fn_face_key face;
    struct fn_person_id person;
    uint64_t seq, act;
};

struct all_said {
    struct fn_txn *t;
    struct said *v;
    size_t n, cap;
};

static int take_is(const struct fn_assertion *a, void *ctx)
{
    struct all_said *all = ctx;
    fn_face_id face;
    if (a->kind != FN_ASSERT_IS || !fn_act_in_force(all->t, a->act))
        return 0;
    int rc = fn_face_by_key(all->t, &a->face, &face);
    if (rc != FN_ENOTFOUND)
        return rc;
    struct said *v = fn_array_grow(all->v, &all->cap, all->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    all->v = v;
    all->v[all->n++] =
        (struct said){.face = a->face, .person = a->person, .seq = a->seq, .act = a->act};
    return 0;
}

static int by_face(const void *pa, const void *pb)
{
    const struct said *a = pa, *b = pb;
    int c = memcmp(a->face.photo.b, b->face.photo.b, sizeof a->face.photo.b);
    if (!c)
        c = memcmp(a->face.box, b->face.box, sizeof a->face.box);
    return c ? c : (a->seq > b->seq) - (a->seq < b->seq);
}

static bool one_face(const struct said *a, const struct said *b)
{
    return fn_h128_eq(&a->face.photo, &b->face.photo) &&
           !memcmp(a->face.box, b->face.box, sizeof a->face.box);
}

static int visit_said(struct walk *w, const struct said *s)
{
    char path[FN_PLACE_MAX] = "";
    struct fn_lost_label l = {.face = s->face, .act = s->act, .path = path};
    struct fn_photo p;
    fn_photo_id photo;
    bool lives;
    int rc = lives_on(w, &s->face, &lives);
    if (rc || lives)
        return rc;
    rc = fn_photo_by_hash(w->t, &s->face.photo, &photo);
    l.why = rc ? FN_LOST_NOT_INDEXED : FN_LOST_NO_FACE;
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    if (!rc && fn_path_absolute(w->t, photo, path, sizeof path) &&
        fn_photo_get(w->t, photo, &p) == 0 && fn_photo_last_path(w->t, &p, path, sizeof path))
        path[0] = '\0';
    rc = fn_person_resolve(w->t, &s->person, &l.person);
    return rc ? rc : w->visit(&l, w->ctx);
}

/* Of several about one face the last counts. */
static int visit_log(struct walk *w)
{
    struct all_said all = {.t = w->t};
    int rc = fn_assert_each(w->t, 1, take_is, &all);
    if (!rc && all.n)
        qsort(all.v, all.n, sizeof *all.v, by_face);
    for (size_t i = 0; !rc && i < all.n; i++)
        if (i + 1 == all.n || !one_face(&all.v[i], &all.v[i + 1]))
            rc = visit_said(w, &all.v[i]);
    free(all.v);
    return rc;
}

int fn_lost_labels(struct fn_txn *t, bool gone_only,
                   int (*visit)(const struct fn_lost_label *l, void *ctx), void *ctx)
{
    struct walk *w = calloc(1, sizeof *w);
    if (!w)
        return -ENOMEM;
    *w = (struct walk){.t = t, .visit = visit, .ctx = ctx};
    int rc = fn_photo_each_gone(t, visit_gone, w);
    if (!rc && !gone_only)
        rc = visit_log(w);
    free(w);
    return rc;
}
