/* SPDX-License-Identifier: MIT */
/* Grouping as the rest of the program sees it: one update, level by level. */
#include "index/grouping/grouping.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index/grouping/state.h"

int fn_grouping_create(uint32_t width, const struct fn_grouping_thresholds *t,
                       const struct fn_grouping_store *store, struct fn_grouping **ret)
{
    struct fn_grouping *g = calloc(1, sizeof *g);
    if (!g)
        return -ENOMEM;
    g->width = width;
    g->t = *t;
    g->has_store = store != NULL;
    g->fresh = !store;
    if (store)
        g->store = *store;
    /* Rounding moves each of `width` values by at most a half, and vectors are no longer than
     * 2^14: mean_scan.c. */
    g->slack = (uint32_t)(33000 * sqrt(width)) + width;
    *ret = g;
    return 0;
}

static void free_face(struct fng_face *f)
{
    free(f->nots);
    free(f->x);
    free(f);
}

void fn_grouping_destroy(struct fn_grouping *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->faces.size; i++) {
        if (g->faces.keys[i] != UINT64_MAX)
            free_face(g->faces.vals[i]);
    }
    for (size_t i = 0; i < g->nodes.size; i++) {
        if (g->nodes.keys[i] != UINT64_MAX)
            fng_node_free(g->nodes.vals[i]);
    }
    for (size_t i = 0; i < g->lists.size; i++) {
        if (g->lists.keys[i] == UINT64_MAX)
            continue;
        free(((struct fng_list *)g->lists.vals[i])->e);
        free(g->lists.vals[i]);
    }
    fng_map_finish(&g->faces);
    fng_map_finish(&g->nodes);
    fng_map_finish(&g->lists);
    fng_map_finish(&g->dropped_nodes);
    fng_set_finish(&g->centres);
    fng_set_finish(&g->items[0]);
    fng_set_finish(&g->items[1]);
    fng_set_finish(&g->hosts);
    fng_set_finish(&g->loose);
    fng_set_finish(&g->everyone);
    fng_flow_finish(&g->atoms);
    free(g->queue.v);
    free(g->look.v);
    free(g->check.v);
    free(g->new_centres.v);
    free(g->block.v);
    free(g->touched.v);
    free(g->photos.v);
    free(g->poor_gone.v);
    free(g->poor_came.v);
    free(g->dirty_faces.v);
    free(g->dirty_nodes.v);
    free(g->dirty_lists.v);
    free(g->changed.v);
    free(g->block_rows);
    free(g->block_distances);
    free(g->changes);
    free(g->distances);
    free(g->news);
    free(g->no_list.e);
    free(g);
}

/* ---- what is given ---- */

struct given {
    struct fng_ptrs all, good; /* good: new in the net */
};

static void take_out(struct fn_grouping *g, struct fng_face *f, struct given *v)
{
    if (!f->given)
        fng_ptrs_add(g, &v->all, f);
    f->given = true;
    if (f->poor)
        fng_ids_add(g, &g->poor_gone, f->id);
    else
        fng_net_remove(g, f);
    if (!g->has_store)
        fng_list_remove(g, FNG_OF_PHOTO, f->photo, f->id);
    fng_ids_add(g, &g->photos,
                f->photo); /* another face of it may have been apart because of this one */
    fng_set_group(g, f, 0);
    fng_face_drop(g, f);
}

static bool says_the_same(const struct fng_face *f, const struct fn_grouping_face *p)
{
    return f->is == p->is && f->n_nots == p->n_nots &&
           (!f->n_nots || !memcmp(f->nots, p->nots, f->n_nots * sizeof *f->nots));
}

static bool is_same_face(const struct fn_grouping *g, const struct fng_face *f,
                         const struct fn_grouping_face *p)
{
    return f->key == p->key && f->photo == p->photo && f->poor == p->poor &&
           (!f->x || !memcmp(f->x, p->x, g->width * sizeof *f->x));
}

static void put_in(struct fn_grouping *g, const struct fn_grouping_face *p, struct given *v)
{
    struct fng_face *f = fng_face(g, p->id);
    bool again = f && is_same_face(g, f, p);
    if (again && says_the_same(f, p))
        return;
    if (f && !again)
        take_out(g, f, v);
    f = fng_face_make(g, p);
    if (!f)
        return;
    if (!f->given)
        fng_ptrs_add(g, &v->all, f);
    f->given = true;
    fng_check(g, f);
    if (f->poor) {
        if (again)
            fng_ids_add(g, &g->poor_gone, f->id);
        fng_ptrs_add(g, &g->poor_came, f);
    } else if (again) {
        fng_net_relabel(g, f);
    } else {
        fng_ptrs_add(g, &v->good, f);
    }
    if (!again && !g->has_store)
        fng_list_add(g, FNG_OF_PHOTO, f->photo, (struct fng_entry){f->id, 0});
}

/* Clusters with two sketch faces or more enter level 2. */
static void items_of_level2(struct fn_grouping *g, const struct fng_flow *level1,
                            struct fng_flow *ret)
{
    for (size_t i = 0; i < level1->n_gone; i++) {
        if (level1->gone[i].w >= 2 &&
            fng_grow(g, &ret->gone, &ret->gone_cap, ret->n_gone, sizeof *ret->gone))
            ret->gone[ret->n_gone++] = level1->gone[i];
    }
    for (size_t i = 0; i < level1->came.n; i++) {
        if (((const struct fng_node *)level1->came.v[i])->w >= 2)
            fng_ptrs_add(g, &ret->came, level1->came.v[i]);
    }
}

static void follow(struct fn_grouping *g)
{
    struct fng_flow level1 = {0}, items = {0}, level2 = {0};
    fng_net_assign(g);
    fng_atoms(g);
    if (!g->rc)
        fng_level(g, 1, &g->atoms, &level1);
    if (!g->rc)
        items_of_level2(g, &level1, &items);
    if (!g->rc)
        fng_level(g, 2, &items, &level2);
    if (!g->rc)
        fng_attach(g, &level1, &level2);
    if (!g->rc)
        fng_result(g, &level1, &level2);
    g->atoms.n_gone = g->atoms.came.n = 0;
    g->poor_gone.n = g->poor_came.n = 0;
    fng_flow_finish(&level1);
    fng_flow_finish(&items);
    fng_flow_finish(&level2);
}

int fn_grouping_update(struct fn_grouping *g, const uint32_t *gone, size_t n_gone,
                       const struct fn_grouping_face *put, size_t n_put)
{
    struct given v = {0};
    if (!n_gone && !n_put)
        return g->rc;
    fng_sets_load(g);
    for (size_t i = 0; i < n_gone && !g->rc; i++) {
        struct fng_face *f = fng_face(g, gone[i]);
        if (f)
            take_out(g, f, &v);
    }
    for (size_t i = 0; i < n_put && !g->rc; i++)
        put_in(g, &put[i], &v);
    fng_net_put(g, &v.good);
    if (!g->rc)
        follow(g);
    for (size_t i = 0; i < v.all.n; i++)
        ((struct fng_face *)v.all.v[i])->given = false;
    free(v.all.v);
    free(v.good.v);
    return g->rc;
}

/* ---- what came of it ---- */

void fn_grouping_changes(struct fn_grouping *g, const struct fn_grouping_change **ret,
                         size_t *ret_n)
{
    size_t n = 0;
    for (size_t i = 0; i < g->changed.n; i++) {
        const struct fng_face *f = fng_map_get(&g->faces, g->changed.v[i]);
        if (f->was_group != f->group &&
            fng_grow(g, &g->changes, &g->changes_cap, n, sizeof *g->changes))
            g->changes[n++] =
                (struct fn_grouping_change){f->id, f->was_group, f->there ? f->group : 0};
    }
    *ret = g->changes;
    *ret_n = n;
}

int fn_grouping_of(struct fn_grouping *g, uint32_t face, uint64_t *ret)
{
    const struct fng_face *f = fng_face(g, face);
    *ret = f ? f->group : 0;
    return g->rc;
}

void fn_grouping_stats(const struct fn_grouping *g, struct fn_grouping_stats *ret)
{
    *ret = g->stats;
}

int fn_grouping_distance(struct fn_grouping *g, uint32_t face, const int16_t *x, uint32_t *ret)
{
    struct fng_face *f = fng_face(g, face), at = {.photo = 0};
    const struct fng_node *top = NULL;
    if (f && !f->poor)
        top = fng_cluster(g, f->apart ? f->id : f->centre, FNG_LAST_ROUND);
    if (f && (!top || top->w < 2)) {
        const struct fng_list *l = fng_list(g, FNG_ATTACHED, face);
        top = l->n == 2 && l->e[1].id ? fng_cluster(g, l->e[0].id, FNG_LAST_ROUND) : NULL;
    }
    if (g->rc)
        return g->rc;
    if (!f || !top || top->w < 2 || f->group != top->key)
        return FN_ENOTFOUND;
    int16_t *copy = malloc(g->width * sizeof *copy);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, x, g->width * sizeof *copy);
    at.x = copy;
    struct fng_face *only = &at;
    struct fng_node *n = fng_node_of_faces(g, &at, &only, 1);
    if (n)
        *ret = fng_mean(g, n, top);
    fng_node_free(n);
    free(copy);
    return g->rc;
}

int fn_group_faces(const struct fn_grouping_face *faces, size_t n, uint32_t width,
                   const struct fn_grouping_thresholds *t, uint64_t *ret_group)
{
    struct fn_grouping *g = NULL;
    int rc = fn_grouping_create(width, t, NULL, &g);
    if (!rc)
        rc = fn_grouping_update(g, NULL, 0, faces, n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fn_grouping_of(g, faces[i].id, &ret_group[i]);
    fn_grouping_destroy(g);
    return rc;
}
