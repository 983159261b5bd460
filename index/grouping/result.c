/* SPDX-License-Identifier: MIT */
/* The result: each face's cluster, once the clusters above it are known, and step 7 for faces
 * of one photo. */
#include <errno.h>
#include <stdlib.h>

#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "index/grouping/state.h"

#define APART_SEED 0x6170617274ull /* "apart" */

uint64_t fn_grouping_apart(uint64_t key)
{
    uint8_t le[8];
    fn_put_le64(le, key);
    return fn_hash64_seeded(le, sizeof le, APART_SEED);
}

/* Where a face would be if no other face of its photo were there. */
struct seat {
    struct fng_face *f;
    uint64_t group; /* 0: none */
    uint32_t rank;  /* 0 of a micro-cluster, 1 attached, 2 attached and of low quality */
    uint32_t d;
};

static uint64_t alone(const struct fng_face *f)
{
    return f->poor && !f->is ? 0 : f->key;
}

static struct seat seat_of(struct fn_grouping *g, struct fng_face *f)
{
    struct seat s = {.f = f, .group = alone(f), .d = f->d};
    const struct fng_node *top = NULL;
    if (!f->poor) {
        top = fng_cluster(g, f->apart ? f->id : f->centre, FNG_LAST_ROUND);
        if (top && top->w > 1) {
            s.group = top->key;
            return s;
        }
    }
    const struct fng_list *l = fng_list(g, FNG_ATTACHED, f->id);
    if (l->n < 2 || !l->e[1].id)
        return s;
    top = fng_cluster(g, l->e[0].id, FNG_LAST_ROUND);
    if (!top)
        return s;
    s.group = top->key;
    s.rank = f->poor ? 2 : 1;
    s.d = l->e[0].v;
    return s;
}

void fng_set_group(struct fn_grouping *g, struct fng_face *f, uint64_t group)
{
    if (f->group == group)
        return;
    if (!f->changed) {
        f->changed = true;
        f->was_group = f->group;
        fng_ids_add(g, &g->changed, f->id);
    }
    f->group = group;
    fng_face_dirty(g, f);
    g->stats.regrouped += !f->given;
}

static int by_seat(const void *pa, const void *pb)
{
    const struct seat *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->d != b->d)
        return a->d < b->d ? -1 : 1;
    return a->f->key < b->f->key ? -1 : a->f->key > b->f->key;
}

static void tell_apart(struct fn_grouping *g, struct seat *v, size_t n)
{
    qsort(v, n, sizeof *v, by_seat);
    for (size_t i = 0, first = 0, kept = 0; i < n; i++) {
        if (!i || v[i].group != v[i - 1].group)
            first = kept = i;
        bool apart = false;
        struct seat s = v[i];
        for (size_t j = first; s.group && !apart && j < kept; j++)
            apart = fng_faces_forbidden(v[j].f, s.f);
        if (s.f->tentative != s.group) {
            s.f->tentative = s.group;
            fng_face_dirty(g, s.f);
        }
        if (!apart) {
            /* Only faces of this cluster that are done change places: those between `kept` and
             * this one. */
            v[i] = v[kept];
            v[kept++] = s;
        }
        fng_set_group(g, s.f,
                      !apart      ? s.group
                      : s.f->poor ? alone(s.f)
                                  : fn_grouping_apart(s.f->key));
    }
}

/* Faces of a photo that take part. */
static void faces_of(struct fn_grouping *g, uint32_t photo, struct fng_ptrs *ret)
{
    uint32_t few[64], *ids = few;
    size_t n = 0, size = sizeof few / sizeof *few;
    if (!g->has_store) {
        const struct fng_list *l = fng_list(g, FNG_OF_PHOTO, photo);
        for (uint32_t i = 0; i < l->n; i++)
            fng_ptrs_add(g, ret, fng_face(g, l->e[i].id));
        return;
    }
    for (;;) {
        int rc = g->store.photo(g->store.ctx, photo, ids, size, &n);
        if (rc) {
            fng_fail(g, rc);
            n = 0;
        }
        if (n < size)
            break;
        if (ids != few)
            free(ids);
        size *= 4;
        if (!(ids = malloc(size * sizeof *ids))) {
            fng_fail(g, -ENOMEM);
            return;
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct fng_face *f = fng_face(g, ids[i]);
        if (f)
            fng_ptrs_add(g, ret, f);
    }
    if (ids != few)
        free(ids);
}

static void resolve(struct fn_grouping *g, uint32_t photo)
{
    struct fng_ptrs faces = {0};
    faces_of(g, photo, &faces);
    struct seat *v = malloc((faces.n + 1) * sizeof *v);
    if (!v)
        fng_fail(g, -ENOMEM);
    for (size_t i = 0; !g->rc && i < faces.n; i++)
        v[i] = seat_of(g, faces.v[i]);
    if (!g->rc)
        tell_apart(g, v, faces.n);
    free(v);
    free(faces.v);
}

/* Atoms whose final cluster has another key than their faces know. */
static void check_atoms(struct fn_grouping *g, struct fng_node *top)
{
    struct fng_ptrs atoms = {0}, faces = {0};
    fng_atoms_of(g, top, &atoms);
    for (size_t i = 0; i < atoms.n && !g->rc; i++) {
        struct fng_node *a = atoms.v[i];
        if (a->group == top->key)
            continue;
        a->group = top->key;
        fng_node_dirty(g, a);
        faces.n = 0;
        fng_atom_faces(g, a->lead, &faces);
        for (size_t k = 0; k < faces.n; k++)
            fng_check(g, faces.v[k]);
    }
    free(atoms.v);
    free(faces.v);
}

static void check_attached(struct fn_grouping *g, const struct fng_node *host)
{
    const struct fng_list *l = fng_list(g, FNG_ATTACHED_OF, host->lead);
    for (uint32_t i = 0; i < l->n; i++) {
        struct fng_face *f = fng_face(g, l->e[i].id);
        if (f && f->tentative != host->key)
            fng_check(g, f);
    }
}

static int by_id(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return a < b ? -1 : a > b;
}

void fng_result(struct fn_grouping *g, const struct fng_flow *level1,
                const struct fng_flow *level2)
{
    for (size_t i = 0; i < level1->came.n && !g->rc; i++) {
        struct fng_node *n = level1->came.v[i];
        if (n->w == 1)
            check_atoms(g, n);
    }
    for (size_t i = 0; i < level2->came.n && !g->rc; i++) {
        check_atoms(g, level2->came.v[i]);
        check_attached(g, level2->came.v[i]);
    }
    for (size_t i = 0; i < g->check.n; i++) {
        struct fng_face *f = g->check.v[i];
        f->checked = false;
        if (f->there)
            fng_ids_add(g, &g->photos, f->photo);
    }
    g->check.n = 0;
    if (g->photos.n)
        qsort(g->photos.v, g->photos.n, sizeof *g->photos.v, by_id);
    for (size_t i = 0; i < g->photos.n && !g->rc; i++) {
        if (!i || g->photos.v[i] != g->photos.v[i - 1])
            resolve(g, g->photos.v[i]);
    }
    g->photos.n = 0;
}
