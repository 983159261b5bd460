/* SPDX-License-Identifier: MIT */
/* Level 0: the net of centres, and each face's nearest centre.
 *
 * A face is a centre unless an admissible centre before it is within r. There is one solution.
 * It is reached from any state by deciding again each face one of whose centres changed, until
 * nothing changes; in the order of the net, most faces are decided once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/cpu.h"
#include "engine/kernels/vector.h"
#include "index/grouping/state.h"

enum { BLOCK = 1024 }; /* faces added together: one pass over all vectors serves them */

static bool is_centre(const struct fng_face *f)
{
    return f->centre == f->id;
}

/* ---- marks of one update ---- */

static void look(struct fn_grouping *g, struct fng_face *f)
{
    if (f->look)
        return;
    f->look = true;
    fng_ptrs_add(g, &g->look, f);
}

void fng_check(struct fn_grouping *g, struct fng_face *f)
{
    if (f->checked)
        return;
    f->checked = true;
    fng_ptrs_add(g, &g->check, f);
}

void fng_touch(struct fn_grouping *g, uint32_t centre)
{
    struct fng_face *f = fng_face(g, centre);
    if (!f)
        f = fng_map_get(&g->faces,
                        centre); /* it was removed: its micro-cluster must be removed */
    if (!f || f->touched)
        return;
    f->touched = true;
    fng_ids_add(g, &g->touched, centre);
}

/* ---- the queue ---- */

static void enqueue(struct fn_grouping *g, struct fng_face *f)
{
    struct fng_ptrs *q = &g->queue;
    if (f->queued)
        return;
    fng_ptrs_add(g, q, f);
    if (g->rc)
        return;
    f->queued = true;
    size_t i = q->n - 1;
    while (i && fng_before(f, q->v[(i - 1) / 2])) {
        q->v[i] = q->v[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    q->v[i] = f;
}

static struct fng_face *dequeue(struct fn_grouping *g)
{
    struct fng_ptrs *q = &g->queue;
    struct fng_face *first = q->v[0], *last = q->v[--q->n];
    size_t i = 0;
    for (;;) {
        size_t c = 2 * i + 1;
        if (c >= q->n)
            break;
        if (c + 1 < q->n && fng_before(q->v[c + 1], q->v[c]))
            c++;
        if (!fng_before(q->v[c], last))
            break;
        q->v[i] = q->v[c];
        i = c;
    }
    if (q->n)
        q->v[i] = last;
    first->queued = false;
    return first;
}

/* ---- centres come and go ---- */

static void link(struct fn_grouping *g, const struct fng_face *centre, struct fng_face *f,
                 uint32_t d)
{
    fng_list_add(g, FNG_NEAR, f->id, (struct fng_entry){centre->id, d});
    fng_list_add(g, FNG_NEAR_OF, centre->id, (struct fng_entry){f->id, d});
    look(g, f);
    if (fng_before(centre, f))
        enqueue(g, f);
}

/* It belongs to no centre any more. */
static void leave(struct fn_grouping *g, struct fng_face *f)
{
    if (!f->centre)
        return;
    if (f->apart) {
        f->apart = false;
        fng_atom_drop(g, f->id);
    }
    fng_touch(g, f->centre);
    f->centre = f->d = 0;
    fng_face_dirty(g, f);
}

static void link_block(struct fn_grouping *g, struct fng_face *centre)
{
    if (!g->block.n)
        return;
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    const int16_t *x = fng_vector(g, centre);
    uint32_t *d = g->block_distances;
    if (!x)
        return;
    k->d2_rows(d, x, g->block_rows, g->block.n, g->width);
    g->stats.scanned += g->block.n;
    for (size_t i = 0; i < g->block.n; i++) {
        struct fng_face *f = g->block.v[i];
        if (f != centre && d[i] <= g->t.net)
            link(g, centre, f, d[i]);
    }
}

static void becomes_centre(struct fn_grouping *g, struct fng_face *f)
{
    leave(g, f);
    f->centre = f->id;
    fng_face_dirty(g, f);
    fng_touch(g, f->id);
    fng_check(g, f);
    g->stats.centres += !f->given;
    if (g->fresh) {
        const int16_t *x = fng_vector(g, f);
        if (x)
            fng_set_put_vector(g, &g->centres, f->id, x);
    }
    link_block(g, f);
    f->unlinked = true;
    fng_ptrs_add(g, &g->new_centres, f);
}

static void ceases_to_be_centre(struct fn_grouping *g, struct fng_face *f)
{
    const struct fng_list *l = fng_list(g, FNG_NEAR_OF, f->id);
    for (uint32_t i = 0; i < l->n; i++) {
        struct fng_face *y = fng_face(g, l->e[i].id);
        if (!y)
            continue;
        fng_list_remove(g, FNG_NEAR, y->id, f->id);
        if (y->centre == f->id)
            look(g, y);
        if (fng_before(f, y))
            enqueue(g, y);
    }
    fng_list_clear(g, FNG_NEAR_OF, f->id);
    if (g->fresh)
        fng_set_remove(&g->centres, f->id, g->width);
    f->unlinked = false;
    leave(g, f);
    g->stats.centres += !f->given;
    look(g, f);
}

static void decide(struct fn_grouping *g, struct fng_face *f)
{
    const struct fng_list *l = fng_list(g, FNG_NEAR, f->id);
    bool centre = true;
    for (uint32_t i = 0; centre && i < l->n; i++) {
        const struct fng_face *c = fng_face(g, l->e[i].id);
        centre = !c || !fng_before(c, f) || fng_faces_forbidden(c, f);
    }
    if (centre && !is_centre(f))
        becomes_centre(g, f);
    else if (!centre && is_centre(f))
        ceases_to_be_centre(g, f);
    else if (!centre)
        look(g, f);
}

/* ---- faces outside the block learn of new centres ---- */

struct reverse {
    struct fng_face **centres;
};

static void hear(struct fn_grouping *g, size_t query, uint32_t lead, uint32_t d, void *arg)
{
    const struct reverse *r = arg;
    struct fng_face *f = fng_face(g, lead);
    if (f && !f->poor && !f->block && !f->waits && f != r->centres[query])
        link(g, r->centres[query], f, d);
}

static void link_others(struct fn_grouping *g)
{
    struct fng_ptrs *list = &g->new_centres;
    struct fng_query q = {0};
    size_t n = list->n, width = g->width;
    struct fng_face **centres = malloc((n + 1) * sizeof *centres);
    int16_t *rows = malloc((n + 1) * width * sizeof *rows);
    if (!centres || !rows)
        fng_fail(g, -ENOMEM);
    for (size_t i = 0; !g->rc && i < n; i++) {
        struct fng_face *f = list->v[i];
        const int16_t *x = f->unlinked && is_centre(f) ? fng_vector(g, f) : NULL;
        f->unlinked = false;
        if (!x)
            continue;
        memcpy(rows + q.n * width, x, width * sizeof *rows);
        centres[q.n++] = f;
    }
    list->n = 0;
    q.rows = rows;
    struct reverse r = {centres};
    if (!g->rc)
        fng_scan_faces(g, &q, g->t.net, hear, &r);
    free(centres);
    free(rows);
}

/* A face of the queue may have been removed since, and its id may be that of one whose block
 * was not processed yet. */
static void decide_if_there(struct fn_grouping *g, struct fng_face *f)
{
    if (f->there && !f->poor && !f->waits)
        decide(g, f);
}

static void settle(struct fn_grouping *g)
{
    while (!g->rc && (g->queue.n || g->new_centres.n)) {
        while (!g->rc && g->queue.n)
            decide_if_there(g, dequeue(g));
        link_others(g);
    }
}

/* ---- changes from outside ---- */

static void learn(struct fn_grouping *g, size_t query, uint32_t lead, uint32_t d, void *arg)
{
    const struct fng_face *c = fng_face(g, lead);
    (void)arg;
    if (c && !c->poor && !c->block && is_centre(c))
        link(g, c, g->block.v[query], d);
}

static void put_block(struct fn_grouping *g, struct fng_face *const *faces, size_t n)
{
    g->block.n = 0;
    for (size_t i = 0; i < n; i++) {
        const int16_t *x = fng_vector(g, faces[i]);
        if (!x)
            return;
        memcpy(g->block_rows + i * g->width, x, g->width * sizeof *x);
        fng_ptrs_add(g, &g->block, faces[i]);
        faces[i]->block = true;
        faces[i]->waits = false;
    }
    struct fng_query q = {.rows = g->block_rows, .n = n};
    if (g->fresh)
        fng_scan(g, &g->centres, &q, g->t.net, learn, NULL);
    else
        fng_scan_faces(g, &q, g->t.net, learn, NULL);
    for (size_t i = 0; i < n; i++)
        enqueue(g, faces[i]);
    settle(g);
    for (size_t i = 0; i < n && !g->rc; i++) {
        faces[i]->block = false;
        if (!g->has_store)
            fng_set_put_vector(g, &g->everyone, faces[i]->id, faces[i]->x);
    }
    g->block.n = 0;
}

static int by_before(const void *pa, const void *pb)
{
    const struct fng_face *a = *(struct fng_face *const *)pa,
                          *b = *(struct fng_face *const *)pb;
    return fng_before(a, b) ? -1 : fng_before(b, a);
}

void fng_net_put(struct fn_grouping *g, struct fng_ptrs *faces)
{
    if (!faces->n || g->rc)
        return;
    if (!g->block_rows &&
        (!(g->block_rows = malloc(sizeof *g->block_rows * BLOCK * g->width)) ||
         !(g->block_distances = malloc(sizeof(uint32_t) * BLOCK)))) {
        fng_fail(g, -ENOMEM);
        return;
    }
    qsort(faces->v, faces->n, sizeof *faces->v, by_before);
    for (size_t i = 0; i < faces->n; i++) /* a store may have their vectors already */
        ((struct fng_face *)faces->v[i])->waits = true;
    for (size_t i = 0; i < faces->n && !g->rc; i += BLOCK)
        put_block(g, (struct fng_face *const *)(faces->v + i),
                  faces->n - i < BLOCK ? faces->n - i : BLOCK);
}

void fng_net_remove(struct fn_grouping *g, struct fng_face *f)
{
    if (is_centre(f))
        ceases_to_be_centre(g, f);
    leave(g, f);
    const struct fng_list *l = fng_list(g, FNG_NEAR, f->id);
    for (uint32_t i = 0; i < l->n; i++)
        fng_list_remove(g, FNG_NEAR_OF, l->e[i].id, f->id);
    fng_list_clear(g, FNG_NEAR, f->id);
    if (!g->has_store)
        fng_set_remove(&g->everyone, f->id, g->width);
}

void fng_net_relabel(struct fn_grouping *g, struct fng_face *f)
{
    enqueue(g, f);
    look(g, f);
    fng_touch(g, f->centre);
    fng_check(g, f);
    if (!is_centre(f))
        return;
    /* Whether two faces are forbidden changes only when both are labelled. */
    const struct fng_list *l = fng_list(g, FNG_NEAR_OF, f->id);
    for (uint32_t i = 0; i < l->n; i++) {
        struct fng_face *y = fng_face(g, l->e[i].id);
        if (!y || !(y->is || y->n_nots))
            continue;
        look(g, y);
        enqueue(g, y);
    }
}

/* ---- nearest centres ---- */

static void assign(struct fn_grouping *g, struct fng_face *f)
{
    const struct fng_list *l = fng_list(g, FNG_NEAR, f->id);
    const struct fng_face *best = NULL;
    uint32_t d = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        const struct fng_face *c = fng_face(g, l->e[i].id);
        if (!c || (best && (l->e[i].v > d || (l->e[i].v == d && c->key > best->key))) ||
            fng_faces_forbidden(c, f))
            continue;
        best = c;
        d = l->e[i].v;
    }
    if (!best || best->id == f->centre)
        return;
    leave(g, f);
    f->centre = best->id;
    f->d = d;
    fng_face_dirty(g, f);
    fng_touch(g, f->centre);
    fng_check(g, f);
    g->stats.moved += !f->given;
}

void fng_net_assign(struct fn_grouping *g)
{
    settle(g);
    for (size_t i = 0; i < g->look.n; i++) {
        struct fng_face *f = g->look.v[i];
        f->look = false;
        if (!g->rc && f->there && !f->poor && !is_centre(f))
            assign(g, f);
    }
    g->look.n = 0;
}
