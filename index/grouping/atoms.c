/* SPDX-License-Identifier: MIT */
/* Atoms: what belongs to a centre, without faces that may not be together; and their sketches.
 */
#include <stdlib.h>

#include "index/grouping/state.h"

void fng_flow_gone(struct fn_grouping *g, struct fng_flow *f, const struct fng_node *n)
{
    if (!fng_grow(g, &f->gone, &f->gone_cap, f->n_gone, sizeof *f->gone))
        return;
    f->gone[f->n_gone++] = (struct fng_gone){.lead = n->lead,
                                             .w = n->w,
                                             .parent_lead = n->parent_lead,
                                             .parent_round = n->parent_round};
}

void fng_flow_finish(struct fng_flow *f)
{
    free(f->gone);
    free(f->came.v);
    *f = (struct fng_flow){0};
}

void fng_atom_drop(struct fn_grouping *g, uint32_t lead)
{
    struct fng_node *n = fng_node(g, 0, lead);
    if (!n)
        return;
    g->stats.atoms++;
    fng_flow_gone(g, &g->atoms, n);
    fng_node_drop(g, n);
}

/* Takes ownership of n. What is equal to the one that is there changes nothing. */
static void put_atom(struct fn_grouping *g, struct fng_node *n)
{
    struct fng_node *old = fng_node(g, 0, n->lead);
    if (old && fng_nodes_equal(g, old, n)) {
        fng_node_free(n);
        return;
    }
    if (old) {
        n->group = old->group;
        fng_atom_drop(g, old->lead);
    }
    g->stats.atoms++;
    fng_node_insert(g, n);
    if (!g->rc)
        fng_ptrs_add(g, &g->atoms.came, n);
}

static int by_distance(const void *pa, const void *pb)
{
    const struct fng_face *a = *(struct fng_face *const *)pa,
                          *b = *(struct fng_face *const *)pb;
    bool ca = a->centre == a->id, cb = b->centre == b->id;
    if (ca != cb)
        return ca ? -1 : 1;
    if (a->d != b->d)
        return a->d < b->d ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* Faces of a centre, in order. */
static void gather(struct fn_grouping *g, struct fng_face *centre, struct fng_ptrs *ret)
{
    const struct fng_list *l = fng_list(g, FNG_NEAR_OF, centre->id);
    fng_ptrs_add(g, ret, centre);
    for (uint32_t i = 0; i < l->n; i++) {
        struct fng_face *f = fng_face(g, l->e[i].id);
        if (f && f->centre == centre->id)
            fng_ptrs_add(g, ret, f);
    }
    if (!g->rc)
        qsort(ret->v, ret->n, sizeof *ret->v, by_distance);
}

static void set_apart(struct fn_grouping *g, struct fng_face *f, bool apart)
{
    if (f->apart == apart)
        return;
    if (f->apart)
        fng_atom_drop(g, f->id);
    f->apart = apart;
    fng_face_dirty(g, f);
    fng_check(g, f);
}

static void rebuild(struct fn_grouping *g, struct fng_face *centre)
{
    struct fng_ptrs faces = {0};
    gather(g, centre, &faces);
    struct fng_company together = {.g = g};
    size_t kept = 0;
    for (size_t i = 0; i < faces.n && !g->rc; i++) {
        struct fng_face *f = faces.v[i];
        bool apart = !fng_company_admit(&together, f);
        set_apart(g, f, apart);
        if (!apart) {
            faces.v[kept++] = f;
            continue;
        }
        struct fng_node *n = fng_node_of_faces(g, f, &f, 1);
        if (n)
            put_atom(g, n);
    }
    struct fng_node *n =
        g->rc ? NULL : fng_node_of_faces(g, centre, (struct fng_face *const *)faces.v, kept);
    if (n)
        put_atom(g, n);
    fng_company_finish(&together);
    free(faces.v);
}

void fng_atoms(struct fn_grouping *g)
{
    for (size_t i = 0; i < g->touched.n; i++) {
        uint32_t id = g->touched.v[i];
        struct fng_face *f = fng_map_get(&g->faces, id);
        f->touched = false;
        if (g->rc)
            continue;
        if (f->there && f->centre == id)
            rebuild(g, f);
        else if (!f->there || !f->apart)
            fng_atom_drop(g, id); /* it was a centre */
    }
    g->touched.n = 0;
}

void fng_atom_faces(struct fn_grouping *g, uint32_t lead, struct fng_ptrs *ret)
{
    struct fng_face *f = fng_face(g, lead);
    if (!f)
        return;
    fng_ptrs_add(g, ret, f);
    if (f->apart || f->centre != lead)
        return;
    const struct fng_list *l = fng_list(g, FNG_NEAR_OF, lead);
    for (uint32_t i = 0; i < l->n; i++) {
        struct fng_face *y = fng_face(g, l->e[i].id);
        if (y && y->centre == lead && !y->apart)
            fng_ptrs_add(g, ret, y);
    }
}
