/* SPDX-License-Identifier: MIT */
/* Pairs are found by the hashes of folder and name. Of each pair the cheapest facts come first:
 * the times, then the distances of the labelled faces. What is left is compared as a whole
 * (near_versions.c). */
#include <errno.h>
#include <stdlib.h>

#include "engine/base/array.h"
#include "engine/kernels/cpu.h"
#include "index/edits/near_priv.h"

/* The walk from the newest photo back ends after so many that were seen before the first label:
 * a clock that was wrong for a while must not end it. */
enum { OLDER_IN_ROW = 256 };

struct entry { /* of the index by folder or name */
    uint64_t hash;
    size_t gone;
};

/* What is compared with all that are gone. */
struct later {
    struct fn_photo photo;
    const char *name;
    struct fn_place_hashes at;
    bool loaded;
    struct fn_face_rec *faces;
    int16_t (*x)[FN_DIM];
    size_t n;
};

struct pairing {
    struct fn_near_photos *near;
    struct fn_near_versions *ret;
    struct fn_index_model model;
    struct entry *folders, *names;
    bool left_only;
};

static int by_hash(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->gone > b->gone) - (a->gone < b->gone);
}

static int index_gone(struct pairing *w)
{
    size_t n = w->near->n_gone;
    w->folders = calloc(n, sizeof *w->folders);
    w->names = calloc(n, sizeof *w->names);
    if (!w->folders || !w->names)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        w->folders[i] = (struct entry){w->near->gone[i].at.folder, i};
        w->names[i] = (struct entry){w->near->gone[i].at.name, i};
    }
    qsort(w->folders, n, sizeof *w->folders, by_hash);
    qsort(w->names, n, sizeof *w->names, by_hash);
    return 0;
}

static int load_later(struct fn_txn *t, struct later *l)
{
    l->loaded = true;
    int rc = fn_faces_of_photo_all(t, l->photo.id, &l->faces, &l->n, NULL);
    if (rc || !l->n)
        return rc;
    l->x = calloc(l->n, sizeof *l->x);
    if (!l->x)
        return -ENOMEM;
    size_t kept = 0;
    for (size_t i = 0; !rc && i < l->n; i++) {
        rc = fn_vector_get(t, l->faces[i].row, l->x[kept]);
        kept += rc == 0;
        rc = rc == FN_ENOTFOUND ? 0 : rc; /* the present model has not seen it */
    }
    l->n = kept;
    return rc;
}

static void later_finish(struct later *l)
{
    free(l->faces);
    free(l->x);
}

static bool is_alike(const struct fn_gone_photo *g, const struct later *l, uint32_t limit)
{
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    for (size_t i = 0; i < g->n; i++) {
        const struct fn_labelled_face *f = &g->faces[i];
        for (size_t j = 0; f->said_s < l->photo.seen_s && j < l->n; j++)
            if (k->d2(f->x, l->x[j], FN_DIM) <= limit)
                return true;
    }
    return false;
}

static int compare(struct pairing *w, struct fn_gone_photo *g, struct later *l)
{
    struct fn_txn *t = w->near->t;
    if ((w->left_only && !g->left) || g->photo == l->photo.id ||
        (g->has_moment && l->photo.taken_precision && g->taken_s != l->photo.taken_s))
        return 0;
    int rc = g->loaded ? 0 : fn_gone_photo_load(t, g);
    if (rc || !g->n || g->first_said_s >= l->photo.seen_s)
        return rc;
    rc = l->loaded ? 0 : load_later(t, l);
    if (rc)
        return rc;
    /* names are compared last: few are alike */
    if (!is_alike(g, l, fn_near_limit(&w->model, true)))
        return 0;
    bool related = fn_names_related(l->name, g->name);
    return related || is_alike(g, l, fn_near_limit(&w->model, false))
               ? fn_near_versions_add(w->ret, g->photo, l->photo.id, related)
               : 0;
}

static int compare_all(struct pairing *w, const struct entry *by, uint64_t hash,
                       struct later *l)
{
    const struct entry first = {.hash = hash};
    size_t n = w->near->n_gone;
    int rc = 0;
    for (size_t i = fn_lower_bound(&first, by, n, sizeof *by, by_hash);
         !rc && i < n && by[i].hash == hash; i++)
        rc = compare(w, &w->near->gone[by[i].gone], l);
    return rc;
}

static int compare_place(struct pairing *w, struct later *l)
{
    int rc = compare_all(w, w->folders, l->at.folder, l);
    return rc ? rc : compare_all(w, w->names, l->at.name, l);
}

static int pair_shown(struct pairing *w)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < w->near->n_shown; i++) {
        const struct fn_shown_photo *s = &w->near->shown[i];
        struct later l = {.name = s->name, .at = s->at};
        rc = fn_photo_get(w->near->t, s->photo, &l.photo);
        if (!rc)
            rc = compare_place(w, &l);
        else if (rc == FN_ENOTFOUND)
            rc = 0; /* it has gone on since */
        later_finish(&l);
    }
    return rc;
}

/* ---- photos that are there already ---- */

struct left { /* what the photos that left have in common */
    struct fn_moments moments;
    int64_t first_said_s;
    size_t n;
};

static int left_of(const struct fn_near_photos *n, struct left *l)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n->n_gone; i++) {
        const struct fn_gone_photo *g = &n->gone[i];
        if (!g->left)
            continue;
        if (!l->n++ || g->first_said_s < l->first_said_s)
            l->first_said_s = g->first_said_s;
        rc = fn_moments_add(&l->moments, g->has_moment, g->taken_s);
    }
    fn_moments_sort(&l->moments);
    return rc;
}

static bool may_be_later(const struct left *l, const struct fn_photo *p)
{
    return p->state != FN_PHOTO_GONE && p->n_faces &&
           fn_moments_match(&l->moments, p->taken_precision, p->taken_s);
}

struct only_path {
    struct fn_path p;
    int n;
};

static int take_path(const struct fn_path *p, void *ctx)
{
    struct only_path *o = ctx;
    o->p = *p;
    return ++o->n == 2;
}

/* A photo with two paths is one of its own: see fn_edits_update. */
static int pair_there(struct pairing *w, struct later *l)
{
    char path[FN_PLACE_MAX];
    struct only_path o = {.n = 0};
    int rc = fn_path_each_of_photo(w->near->t, l->photo.id, take_path, &o);
    if (rc < 0 || o.n != 1)
        return rc < 0 ? rc : 0;
    fn_path_place(w->near->t, &o.p, path);
    l->at = fn_place_hashes(path);
    l->name = fn_name_in_place(path);
    rc = compare_place(w, l);
    later_finish(l);
    return rc;
}

/* From the newest back to the first label. Ids grow as photos are first seen. */
static int pair_newer(struct pairing *w, const struct left *left)
{
    fn_photo_id id = 0;
    int older = 0, rc = fn_photo_newest(w->near->t, &id);
    for (; !rc && id && older < OLDER_IN_ROW; id--) {
        struct later l = {.loaded = false};
        rc = fn_photo_get(w->near->t, id, &l.photo);
        if (!rc)
            older = l.photo.seen_s > left->first_said_s ? 0 : older + 1;
        if (!rc && !older && may_be_later(left, &l.photo))
            rc = pair_there(w, &l);
        if (rc == FN_ENOTFOUND)
            rc = 0;
    }
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_near_photos_pair(struct fn_near_photos *n, struct fn_near_versions *ret,
                        struct fn_error *err)
{
    struct pairing w = {.near = n, .ret = ret};
    struct left left = {.n = 0};
    int rc = fn_near_add_earlier(n);
    if (rc || !n->n_gone)
        return rc;
    rc = fn_index_model_get(n->t, &w.model, err);
    if (!rc)
        rc = index_gone(&w);
    if (!rc)
        rc = pair_shown(&w);
    if (!rc)
        rc = left_of(n, &left);
    w.left_only = true;
    if (!rc && left.n)
        rc = pair_newer(&w, &left);
    free(left.moments.v);
    free(w.folders);
    free(w.names);
    return rc;
}
