/* SPDX-License-Identifier: MIT */
/* The state of a grouping in memory: maps, growing arrays, and records that are loaded when
 * they are touched. */
#include "index/grouping/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "engine/base/rng.h"

enum { PRIO_SEED = 0x66616365 /* "face" */ };

void fng_fail(struct fn_grouping *g, int rc)
{
    if (!g->rc)
        g->rc = rc;
}

/* ---- maps: open addressing without tombstones ---- */

#define NO_KEY UINT64_MAX

static size_t home(const struct fng_map *m, uint64_t key)
{
    return (size_t)fn_mix64(key) & (m->size - 1);
}

static size_t slot_of(const struct fng_map *m, uint64_t key)
{
    size_t i = home(m, key);
    while (m->keys[i] != NO_KEY && m->keys[i] != key)
        i = (i + 1) & (m->size - 1);
    return i;
}

void *fng_map_get(const struct fng_map *m, uint64_t key)
{
    if (!m->size)
        return NULL;
    size_t i = slot_of(m, key);
    return m->keys[i] == key ? m->vals[i] : NULL;
}

static int map_grow(struct fng_map *m)
{
    struct fng_map to = {.size = m->size ? m->size * 2 : 64, .n = m->n};
    to.keys = malloc(to.size * sizeof *to.keys);
    to.vals = malloc(to.size * sizeof *to.vals);
    if (!to.keys || !to.vals) {
        free(to.keys);
        free(to.vals);
        return -ENOMEM;
    }
    memset(to.keys, 0xff, to.size * sizeof *to.keys);
    for (size_t i = 0; i < m->size; i++) {
        if (m->keys[i] == NO_KEY)
            continue;
        size_t k = slot_of(&to, m->keys[i]);
        to.keys[k] = m->keys[i];
        to.vals[k] = m->vals[i];
    }
    free(m->keys);
    free(m->vals);
    *m = to;
    return 0;
}

int fng_map_put(struct fng_map *m, uint64_t key, void *val)
{
    if (2 * (m->n + 1) > m->size) {
        int rc = map_grow(m);
        if (rc)
            return rc;
    }
    size_t i = slot_of(m, key);
    m->n += m->keys[i] == NO_KEY;
    m->keys[i] = key;
    m->vals[i] = val;
    return 0;
}

void *fng_map_del(struct fng_map *m, uint64_t key)
{
    if (!m->size)
        return NULL;
    size_t i = slot_of(m, key), mask = m->size - 1;
    if (m->keys[i] == NO_KEY)
        return NULL;
    void *was = m->vals[i];
    for (size_t k = (i + 1) & mask; m->keys[k] != NO_KEY; k = (k + 1) & mask) {
        size_t h = home(m, m->keys[k]);
        if (((k - h) & mask) < ((k - i) & mask))
            continue; /* it would be stored before its home slot */
        m->keys[i] = m->keys[k];
        m->vals[i] = m->vals[k];
        i = k;
    }
    m->keys[i] = NO_KEY;
    m->n--;
    return was;
}

void fng_map_finish(struct fng_map *m)
{
    free(m->keys);
    free(m->vals);
    *m = (struct fng_map){0};
}

/* ---- arrays ---- */

bool fng_grow(struct fn_grouping *g, void *array_ptr, size_t *size, size_t n, size_t each)
{
    void *old, *v;
    memcpy(&old, array_ptr, sizeof old);
    v = fn_array_grow(old, size, n + 1, each);
    if (!v) {
        fng_fail(g, -ENOMEM);
        return false;
    }
    memcpy(array_ptr, &v, sizeof v);
    return true;
}

void fng_ids_add(struct fn_grouping *g, struct fng_ids *a, uint32_t id)
{
    if (fng_grow(g, &a->v, &a->size, a->n, sizeof *a->v))
        a->v[a->n++] = id;
}

void fng_ptrs_add(struct fn_grouping *g, struct fng_ptrs *a, void *p)
{
    if (fng_grow(g, &a->v, &a->size, a->n, sizeof *a->v))
        a->v[a->n++] = p;
}

/* ---- faces ---- */

bool fng_before(const struct fng_face *a, const struct fng_face *b)
{
    return a->prio != b->prio ? a->prio > b->prio : a->key < b->key;
}

uint64_t fn_grouping_prio(uint64_t key)
{
    uint8_t le[8];
    fn_put_le64(le, key);
    return fn_hash64_seeded(le, sizeof le, PRIO_SEED);
}

static struct fng_face *load_face(struct fn_grouping *g, uint32_t id)
{
    const uint8_t *v;
    size_t n;
    struct fng_face *f = NULL;
    bool poor = false;
    int rc = g->store.get(g->store.ctx, FNG_GOOD, id, &v, &n);
    if (rc == FN_ENOTFOUND) {
        poor = true;
        rc = g->store.get(g->store.ctx, FNG_POOR, id, &v, &n);
    }
    if (rc == FN_ENOTFOUND)
        return NULL;
    if (!rc)
        rc = fng_face_decode(g, id, poor, v, n, &f);
    if (!rc) {
        f->prio = fn_grouping_prio(f->key);
        rc = fng_map_put(&g->faces, id, f);
        if (rc) {
            free(f->nots);
            free(f);
        }
    }
    if (rc)
        fng_fail(g, rc);
    return rc ? NULL : f;
}

struct fng_face *fng_face(struct fn_grouping *g, uint32_t id)
{
    struct fng_face *f = fng_map_get(&g->faces, id);
    if (!f && g->has_store && !g->rc)
        f = load_face(g, id);
    return f && f->there ? f : NULL;
}

void fng_face_dirty(struct fn_grouping *g, struct fng_face *f)
{
    if (f->dirty)
        return;
    f->dirty = true;
    fng_ptrs_add(g, &g->dirty_faces, f);
}

static bool set_said(struct fn_grouping *g, struct fng_face *f,
                     const struct fn_grouping_face *from)
{
    uint64_t *nots = NULL;
    if (from->n_nots) {
        nots = malloc(from->n_nots * sizeof *nots);
        if (!nots) {
            fng_fail(g, -ENOMEM);
            return false;
        }
        memcpy(nots, from->nots, from->n_nots * sizeof *nots);
    }
    free(f->nots);
    f->nots = nots;
    f->n_nots = from->n_nots;
    f->is = from->is;
    return true;
}

struct fng_face *fng_face_make(struct fn_grouping *g, const struct fn_grouping_face *from)
{
    struct fng_face *f = fng_map_get(&g->faces, from->id);
    size_t bytes = g->width * sizeof *f->x;
    if (!f) {
        f = calloc(1, sizeof *f);
        int rc = f ? fng_map_put(&g->faces, from->id, f) : -ENOMEM;
        if (rc) {
            free(f);
            fng_fail(g, rc);
            return NULL;
        }
    }
    if (!f->x && !(f->x = malloc(bytes))) {
        fng_fail(g, -ENOMEM);
        return NULL;
    }
    memcpy(f->x, from->x, bytes);
    if (!set_said(g, f, from))
        return NULL;
    if (!f->there) {
        f->id = from->id;
        f->there = true;
        f->centre = f->d = 0;
        f->apart = false;
        f->tentative = 0;
    }
    f->photo = from->photo;
    f->key = from->key;
    f->poor = from->poor;
    f->prio = fn_grouping_prio(f->key);
    fng_face_dirty(g, f);
    return f;
}

void fng_face_drop(struct fn_grouping *g, struct fng_face *f)
{
    f->there = false;
    fng_face_dirty(g, f);
}

const int16_t *fng_vector(struct fn_grouping *g, struct fng_face *f)
{
    if (f->x)
        return f->x;
    int16_t *x = calloc(g->width, sizeof *x);
    int rc = x ? g->store.vector(g->store.ctx, f->id, x) : -ENOMEM;
    if (rc == FN_ENOTFOUND)
        rc = 0; /* It is about to be removed, and the cluster that it is part of will be
                   computed again: nothing until then. */
    if (rc) {
        free(x);
        fng_fail(g, rc);
        return NULL;
    }
    return f->x = x;
}

/* ---- nodes ---- */

static uint64_t name_of(uint32_t kind, uint32_t id)
{
    return (uint64_t)kind << 32 | id;
}

void fng_node_free(struct fng_node *n)
{
    if (!n)
        return;
    free(n->sum);
    free(n->children);
    fng_marks_finish(&n->marks);
    free(n);
}

struct fng_node *fng_node(struct fn_grouping *g, uint8_t born, uint32_t lead)
{
    const uint8_t *v;
    size_t bytes;
    uint64_t name = name_of(born, lead);
    struct fng_node *n = fng_map_get(&g->nodes, name);
    if (n || !g->has_store || g->rc || fng_map_get(&g->dropped_nodes, name))
        return n;
    int rc = g->store.get(g->store.ctx, (uint8_t)(FNG_NODE + born), lead, &v, &bytes);
    if (rc == FN_ENOTFOUND)
        return NULL;
    if (!rc)
        rc = fng_node_decode(g, born, lead, v, bytes, &n);
    if (!rc && (rc = fng_map_put(&g->nodes, name, n)))
        fng_node_free(n);
    if (rc)
        fng_fail(g, rc);
    return rc ? NULL : n;
}

void fng_node_dirty(struct fn_grouping *g, struct fng_node *n)
{
    if (n->dirty)
        return;
    n->dirty = true;
    n->dirty_at = g->dirty_nodes.n;
    fng_ptrs_add(g, &g->dirty_nodes, n);
}

void fng_node_insert(struct fn_grouping *g, struct fng_node *n)
{
    uint64_t name = name_of(n->born, n->lead);
    (void)fng_map_del(&g->dropped_nodes, name);
    int rc = fng_map_put(&g->nodes, name, n);
    if (rc) {
        fng_node_free(n);
        fng_fail(g, rc);
        return;
    }
    fng_node_dirty(g, n);
    g->stats.nodes++;
}

void fng_node_drop(struct fn_grouping *g, struct fng_node *n)
{
    uint64_t name = name_of(n->born, n->lead);
    (void)fng_map_del(&g->nodes, name);
    int rc = fng_map_put(&g->dropped_nodes, name, g);
    if (rc)
        fng_fail(g, rc);
    if (n->dirty && n->dirty_at < g->dirty_nodes.n)
        g->dirty_nodes.v[n->dirty_at] = NULL;
    if (n->born)
        fng_list_clear(g, (uint8_t)(FNG_OUTSIDE + n->born), n->lead);
    fng_node_free(n);
    g->stats.nodes++;
}

struct fng_node *fng_cluster(struct fn_grouping *g, uint32_t lead, uint8_t round)
{
    struct fng_node *n = fng_node(g, 0, lead);
    while (n && n->parent_round && n->parent_round <= round)
        n = fng_node(g, n->parent_round, n->parent_lead);
    return n;
}

/* ---- lists ---- */

struct fng_list *fng_list(struct fn_grouping *g, uint8_t kind, uint32_t id)
{
    const uint8_t *v;
    size_t bytes;
    uint64_t name = name_of(kind, id);
    struct fng_list *l = fng_map_get(&g->lists, name);
    if (l)
        return l;
    l = calloc(1, sizeof *l);
    int rc = l ? fng_map_put(&g->lists, name, l) : -ENOMEM;
    if (rc) {
        free(l);
        fng_fail(g, rc);
        g->no_list.n = 0;
        return &g->no_list;
    }
    l->name = name;
    if (g->has_store && !g->rc && kind != FNG_OF_PHOTO) {
        rc = g->store.get(g->store.ctx, kind, id, &v, &bytes);
        if (!rc)
            rc = fng_list_decode(v, bytes, l);
        if (rc && rc != FN_ENOTFOUND)
            fng_fail(g, rc);
    }
    return l;
}

void fng_list_dirty(struct fn_grouping *g, struct fng_list *l)
{
    if (l->dirty)
        return;
    l->dirty = true;
    fng_ptrs_add(g, &g->dirty_lists, l);
}

void fng_list_add(struct fn_grouping *g, uint8_t kind, uint32_t id, struct fng_entry e)
{
    struct fng_list *l = fng_list(g, kind, id);
    size_t size = l->size;
    if (!fng_grow(g, &l->e, &size, l->n, sizeof *l->e))
        return;
    l->size = (uint32_t)size;
    l->e[l->n++] = e;
    fng_list_dirty(g, l);
}

void fng_list_remove(struct fn_grouping *g, uint8_t kind, uint32_t id, uint32_t entry)
{
    struct fng_list *l = fng_list(g, kind, id);
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->e[i].id == entry) {
            l->e[i] = l->e[--l->n];
            fng_list_dirty(g, l);
            return;
        }
    }
}

void fng_list_clear(struct fn_grouping *g, uint8_t kind, uint32_t id)
{
    struct fng_list *l = fng_list(g, kind, id);
    if (!l->n)
        return;
    l->n = 0;
    fng_list_dirty(g, l);
}
