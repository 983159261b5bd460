/* SPDX-License-Identifier: MIT */
/* Records of a grouping as bytes (docs/format-labels.md), and the flush of what changed.
 * Numbers are little-endian. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/grouping/state.h"

enum { VERSION = 1, FACE_HEAD = 48, NODE_HEAD = 56, LIST_HEAD = 4, PHOTO_N = 5, CHILD_N = 5 };
enum { APART = 1 };

int fng_face_decode(struct fn_grouping *g, uint32_t id, bool poor, const uint8_t *v, size_t n,
                    struct fng_face **ret)
{
    (void)g;
    if (n < FACE_HEAD || v[0] != VERSION || n != FACE_HEAD + 8u * fn_get_le16(v + 2))
        return FN_ECORRUPT;
    struct fng_face *f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;
    f->id = id;
    f->poor = poor;
    f->there = true;
    f->apart = v[1] & APART;
    f->n_nots = fn_get_le16(v + 2);
    f->photo = fn_get_le32(v + 4);
    f->key = fn_get_le64(v + 8);
    f->is = fn_get_le64(v + 16);
    f->centre = fn_get_le32(v + 24);
    f->d = fn_get_le32(v + 28);
    f->tentative = fn_get_le64(v + 32);
    f->group = fn_get_le64(v + 40);
    if (f->n_nots && !(f->nots = malloc(f->n_nots * sizeof *f->nots))) {
        free(f);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < f->n_nots; i++)
        f->nots[i] = fn_get_le64(v + FACE_HEAD + 8 * i);
    *ret = f;
    return 0;
}

static size_t face_encode(const struct fng_face *f, uint8_t *v)
{
    v[0] = VERSION;
    v[1] = f->apart ? APART : 0;
    fn_put_le16(v + 2, (uint16_t)f->n_nots);
    fn_put_le32(v + 4, f->photo);
    fn_put_le64(v + 8, f->key);
    fn_put_le64(v + 16, f->is);
    fn_put_le32(v + 24, f->centre);
    fn_put_le32(v + 28, f->d);
    fn_put_le64(v + 32, f->tentative);
    fn_put_le64(v + 40, f->group);
    for (uint32_t i = 0; i < f->n_nots; i++)
        fn_put_le64(v + FACE_HEAD + 8 * i, f->nots[i]);
    return FACE_HEAD + 8u * f->n_nots;
}

/* Sums of one face fit in 16 bits. */
static size_t sum_bytes(const struct fn_grouping *g, uint32_t w)
{
    return g->width * (w == 1 ? 2u : 4u);
}

static size_t node_bytes(const struct fn_grouping *g, const struct fng_node *n)
{
    return NODE_HEAD + 8ul * n->marks.n_nots + PHOTO_N * (size_t)n->marks.n_photos +
           CHILD_N * (size_t)n->n_children + sum_bytes(g, n->w);
}

int fng_node_decode(struct fn_grouping *g, uint8_t born, uint32_t lead, const uint8_t *v,
                    size_t n, struct fng_node **ret)
{
    if (n < NODE_HEAD || v[0] != VERSION || v[1] > FNG_LAST_ROUND || !fn_get_le32(v + 8))
        return FN_ECORRUPT;
    struct fng_node *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    d->lead = lead;
    d->born = born;
    d->parent_round = v[1];
    d->parent_lead = fn_get_le32(v + 4);
    d->w = fn_get_le32(v + 8);
    d->marks.n_nots = fn_get_le32(v + 12);
    d->marks.n_photos = fn_get_le32(v + 16);
    d->n_children = fn_get_le32(v + 20);
    d->key = fn_get_le64(v + 24);
    d->square = fn_get_le64(v + 32);
    d->marks.is = fn_get_le64(v + 40);
    d->group = fn_get_le64(v + 48);
    if (n != node_bytes(g, d)) {
        free(d);
        return FN_ECORRUPT;
    }
    d->sum = malloc(g->width * sizeof *d->sum);
    d->marks.nots = malloc((d->marks.n_nots + 1ul) * sizeof *d->marks.nots);
    d->marks.photos = malloc((d->marks.n_photos + 1ul) * sizeof *d->marks.photos);
    d->children = malloc((d->n_children + 1ul) * sizeof *d->children);
    if (!d->sum || !d->marks.nots || !d->marks.photos || !d->children) {
        fng_node_free(d);
        return -ENOMEM;
    }
    const uint8_t *p = v + NODE_HEAD;
    bool bad = d->parent_round && d->parent_round <= born; /* a walk up or down must end */
    for (uint32_t i = 0; i < d->marks.n_nots; i++, p += 8)
        d->marks.nots[i] = fn_get_le64(p);
    for (uint32_t i = 0; i < d->marks.n_photos; i++, p += PHOTO_N)
        d->marks.photos[i] = (struct fng_photo){fn_get_le32(p), p[4]};
    for (uint32_t i = 0; i < d->n_children; i++, p += CHILD_N) {
        d->children[i] = (struct fng_child){fn_get_le32(p), p[4]};
        bad = bad || p[4] >= born;
    }
    for (uint32_t k = 0; k < g->width; k++)
        d->sum[k] =
            d->w == 1 ? (int16_t)fn_get_le16(p + 2 * k) : (int32_t)fn_get_le32(p + 4 * k);
    if (bad) {
        fng_node_free(d);
        return FN_ECORRUPT;
    }
    *ret = d;
    return 0;
}

static void node_encode(const struct fn_grouping *g, const struct fng_node *n, uint8_t *v)
{
    v[0] = VERSION;
    v[1] = n->parent_round;
    fn_put_le16(v + 2, 0);
    fn_put_le32(v + 4, n->parent_lead);
    fn_put_le32(v + 8, n->w);
    fn_put_le32(v + 12, n->marks.n_nots);
    fn_put_le32(v + 16, n->marks.n_photos);
    fn_put_le32(v + 20, n->n_children);
    fn_put_le64(v + 24, n->key);
    fn_put_le64(v + 32, n->square);
    fn_put_le64(v + 40, n->marks.is);
    fn_put_le64(v + 48, n->group);
    uint8_t *p = v + NODE_HEAD;
    for (uint32_t i = 0; i < n->marks.n_nots; i++, p += 8)
        fn_put_le64(p, n->marks.nots[i]);
    for (uint32_t i = 0; i < n->marks.n_photos; i++, p += PHOTO_N) {
        fn_put_le32(p, n->marks.photos[i].photo);
        p[4] = (uint8_t)n->marks.photos[i].confirmed;
    }
    for (uint32_t i = 0; i < n->n_children; i++, p += CHILD_N) {
        fn_put_le32(p, n->children[i].lead);
        p[4] = (uint8_t)n->children[i].born;
    }
    for (uint32_t k = 0; k < g->width; k++) {
        if (n->w == 1)
            fn_put_le16(p + 2 * k, (uint16_t)n->sum[k]);
        else
            fn_put_le32(p + 4 * k, (uint32_t)n->sum[k]);
    }
}

int fng_list_decode(const uint8_t *v, size_t n, struct fng_list *ret)
{
    if (n < LIST_HEAD || v[0] != VERSION || (n - LIST_HEAD) % 8)
        return FN_ECORRUPT;
    uint32_t k = (uint32_t)((n - LIST_HEAD) / 8);
    if (k && !(ret->e = malloc(k * sizeof *ret->e)))
        return -ENOMEM;
    for (uint32_t i = 0; i < k; i++)
        ret->e[i] = (struct fng_entry){fn_get_le32(v + LIST_HEAD + 8 * i),
                                       fn_get_le32(v + LIST_HEAD + 8 * i + 4)};
    ret->n = ret->size = k;
    return 0;
}

static void list_encode(const struct fng_list *l, uint8_t *v)
{
    memset(v, 0, LIST_HEAD);
    v[0] = VERSION;
    for (uint32_t i = 0; i < l->n; i++) {
        fn_put_le32(v + LIST_HEAD + 8 * i, l->e[i].id);
        fn_put_le32(v + LIST_HEAD + 8 * i + 4, l->e[i].v);
    }
}

/* ---- what changed ---- */

struct out {
    struct fn_grouping *g;
    int (*write)(uint8_t kind, uint32_t id, const uint8_t *v, size_t n, void *arg);
    void *arg;
    uint8_t *v;
    size_t size;
};

static bool cap(struct out *o, size_t n)
{
    return fng_grow(o->g, &o->v, &o->size, n, 1);
}

static int write_faces(struct out *o)
{
    for (size_t i = 0; i < o->g->dirty_faces.n; i++) {
        const struct fng_face *f = o->g->dirty_faces.v[i];
        if (!cap(o, FACE_HEAD + 8u * f->n_nots))
            return -ENOMEM;
        /* A face may have been good before and be of low quality now. */
        uint8_t kind = f->poor ? FNG_POOR : FNG_GOOD, other = f->poor ? FNG_GOOD : FNG_POOR;
        int rc = o->write(kind, f->id, o->v, f->there ? face_encode(f, o->v) : 0, o->arg);
        if (!rc)
            rc = o->write(other, f->id, o->v, 0, o->arg);
        if (rc)
            return rc;
    }
    return 0;
}

static int write_nodes(struct out *o)
{
    const struct fng_map *gone = &o->g->dropped_nodes;
    for (size_t i = 0; i < gone->size; i++) {
        if (gone->keys[i] == UINT64_MAX)
            continue;
        int rc = o->write((uint8_t)(FNG_NODE + (gone->keys[i] >> 32)), (uint32_t)gone->keys[i],
                          NULL, 0, o->arg);
        if (rc)
            return rc;
    }
    for (size_t i = 0; i < o->g->dirty_nodes.n; i++) {
        const struct fng_node *n = o->g->dirty_nodes.v[i];
        if (!n)
            continue;
        if (!cap(o, node_bytes(o->g, n)))
            return -ENOMEM;
        node_encode(o->g, n, o->v);
        int rc =
            o->write((uint8_t)(FNG_NODE + n->born), n->lead, o->v, node_bytes(o->g, n), o->arg);
        if (rc)
            return rc;
    }
    return 0;
}

static int write_lists(struct out *o)
{
    for (size_t i = 0; i < o->g->dirty_lists.n; i++) {
        const struct fng_list *l = o->g->dirty_lists.v[i];
        size_t n = l->n ? LIST_HEAD + 8ul * l->n : 0;
        uint8_t kind = (uint8_t)(l->name >> 32);
        if (kind == FNG_OF_PHOTO)
            continue;
        if (!cap(o, n))
            return -ENOMEM;
        if (n)
            list_encode(l, o->v);
        int rc = o->write(kind, (uint32_t)l->name, o->v, n, o->arg);
        if (rc)
            return rc;
    }
    return 0;
}

int fn_grouping_records(struct fn_grouping *g,
                        int (*write)(uint8_t kind, uint32_t id, const uint8_t *v, size_t n,
                                     void *arg),
                        void *arg)
{
    struct out o = {.g = g, .write = write, .arg = arg};
    int rc = g->rc;
    if (!rc)
        rc = write_faces(&o);
    if (!rc)
        rc = write_nodes(&o);
    if (!rc)
        rc = write_lists(&o);
    free(o.v);
    return rc;
}

void fn_grouping_flushed(struct fn_grouping *g)
{
    for (size_t i = 0; i < g->dirty_faces.n; i++)
        ((struct fng_face *)g->dirty_faces.v[i])->dirty = false;
    for (size_t i = 0; i < g->dirty_nodes.n; i++) {
        if (g->dirty_nodes.v[i])
            ((struct fng_node *)g->dirty_nodes.v[i])->dirty = false;
    }
    for (size_t i = 0; i < g->dirty_lists.n; i++)
        ((struct fng_list *)g->dirty_lists.v[i])->dirty = false;
    for (size_t i = 0; i < g->changed.n; i++) {
        struct fng_face *f = fng_map_get(&g->faces, g->changed.v[i]);
        f->changed = false;
    }
    g->dirty_faces.n = g->dirty_nodes.n = g->dirty_lists.n = g->changed.n = 0;
    fng_map_finish(&g->dropped_nodes);
}
