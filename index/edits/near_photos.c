/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/edits/near_priv.h"

int fn_gone_photo_load(struct fn_txn *t, struct fn_gone_photo *g)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    int rc = fn_faces_of_photo_all(t, g->photo, &faces, &n, NULL);
    g->faces = n ? calloc(n, sizeof *g->faces) : NULL;
    if (!rc && n && !g->faces)
        rc = -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_labelled_face *f = &g->faces[g->n];
        rc = fn_face_labelled_s(t, faces[i].id, &f->said_s);
        if (rc || !f->said_s)
            continue;
        rc = fn_vector_get(t, faces[i].row, f->x);
        if (rc == FN_ENOTFOUND) { /* the present model has not seen it */
            rc = 0;
            continue;
        }
        if (!g->n || f->said_s < g->first_said_s)
            g->first_said_s = f->said_s;
        g->n++;
    }
    free(faces);
    g->loaded = true;
    return rc;
}

static int add_gone(struct fn_near_photos *n, const struct fn_photo *p, const char *path,
                    bool left)
{
    struct fn_gone_photo *v = fn_array_grow(n->gone, &n->gone_cap, n->n_gone + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    n->gone = v;
    v = &v[n->n_gone];
    *v = (struct fn_gone_photo){.photo = p->id,
                                .left = left,
                                .has_moment = p->taken_precision,
                                .taken_s = p->taken_s,
                                .path = strdup(path),
                                .at = fn_place_hashes(path)};
    if (!v->path)
        return -ENOMEM;
    v->name = fn_name_in_place(v->path);
    n->n_gone++;
    return 0;
}

int fn_near_left(struct fn_near_photos *n, const struct fn_photo *photo, const char *path)
{
    int rc = add_gone(n, photo, path, true);
    if (rc)
        return rc;
    struct fn_gone_photo *g = &n->gone[n->n_gone - 1];
    rc = fn_gone_photo_load(n->t, g);
    if (!rc && !g->n) {
        free(g->faces);
        free(g->path);
        n->n_gone--;
    }
    return rc;
}

int fn_near_came(struct fn_near_photos *n, const struct fn_photo *photo, const char *path)
{
    struct fn_shown_photo *v =
        fn_array_grow(n->shown, &n->shown_cap, n->n_shown + 1, sizeof *v);
    char *copy = v ? strdup(path) : NULL;
    if (v)
        n->shown = v;
    if (!copy)
        return -ENOMEM;
    v[n->n_shown++] = (struct fn_shown_photo){.photo = photo->id,
                                              .has_moment = photo->taken_precision,
                                              .taken_s = photo->taken_s,
                                              .path = copy,
                                              .name = fn_name_in_place(copy),
                                              .at = fn_place_hashes(path)};
    return 0;
}

/* ---- those that went before ---- */

struct earlier {
    struct fn_near_photos *n;
    struct fn_moments moments; /* of those that came */
};

static int add_earlier(fn_photo_id photo, void *ctx)
{
    struct earlier *e = ctx;
    char path[FN_PLACE_MAX];
    struct fn_photo p;
    int rc = fn_photo_get(e->n->t, photo, &p);
    if (!rc && (!p.n_faces || !fn_moments_match(&e->moments, p.taken_precision, p.taken_s)))
        return 0;
    if (!rc)
        rc = fn_photo_last_path(e->n->t, &p, path, sizeof path);
    if (!rc)
        rc = add_gone(e->n, &p, path, false);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int by_folder(const void *pa, const void *pb)
{
    const struct fn_shown_photo *a = pa, *b = pb;
    return (a->at.folder > b->at.folder) - (a->at.folder < b->at.folder);
}

static int by_name(const void *pa, const void *pb)
{
    const struct fn_shown_photo *a = pa, *b = pb;
    return (a->at.name > b->at.name) - (a->at.name < b->at.name);
}

/* Each folder and each name is looked up once. */
static int add_all_earlier(struct fn_near_photos *n)
{
    struct earlier e = {.n = n};
    int rc = 0;
    for (size_t i = 0; !rc && i < n->n_shown; i++)
        rc = fn_moments_add(&e.moments, n->shown[i].has_moment, n->shown[i].taken_s);
    fn_moments_sort(&e.moments);
    if (n->n_shown)
        qsort(n->shown, n->n_shown, sizeof *n->shown, by_folder);
    for (size_t i = 0; !rc && i < n->n_shown; i++)
        if (!i || n->shown[i].at.folder != n->shown[i - 1].at.folder)
            rc = fn_photos_gone_from_folder(n->t, n->shown[i].path, add_earlier, &e);
    if (n->n_shown)
        qsort(n->shown, n->n_shown, sizeof *n->shown, by_name);
    for (size_t i = 0; !rc && i < n->n_shown; i++)
        if (!i || n->shown[i].at.name != n->shown[i - 1].at.name)
            rc = fn_photos_gone_of_name(n->t, n->shown[i].path, add_earlier, &e);
    free(e.moments.v);
    return rc;
}

/* A photo that left is loaded, and is the one that is kept. */
static int by_photo(const void *pa, const void *pb)
{
    const struct fn_gone_photo *a = pa, *b = pb;
    if (a->photo != b->photo)
        return a->photo < b->photo ? -1 : 1;
    return (int)b->left - (int)a->left;
}

static void drop_repeated(struct fn_near_photos *n)
{
    size_t kept = 0;
    if (n->n_gone)
        qsort(n->gone, n->n_gone, sizeof *n->gone, by_photo);
    for (size_t i = 0; i < n->n_gone; i++) {
        if (!kept || n->gone[kept - 1].photo != n->gone[i].photo) {
            n->gone[kept++] = n->gone[i];
            continue;
        }
        free(n->gone[i].faces);
        free(n->gone[i].path);
    }
    n->n_gone = kept;
}

int fn_near_add_earlier(struct fn_near_photos *n)
{
    int rc = add_all_earlier(n);
    drop_repeated(n);
    return rc;
}

void fn_near_photos_finish(struct fn_near_photos *n)
{
    for (size_t i = 0; i < n->n_gone; i++) {
        free(n->gone[i].faces);
        free(n->gone[i].path);
    }
    for (size_t i = 0; i < n->n_shown; i++)
        free(n->shown[i].path);
    free(n->gone);
    free(n->shown);
}
