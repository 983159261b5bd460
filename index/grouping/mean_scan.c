/* SPDX-License-Identifier: MIT */
/* Sets of vectors to be scanned: means of sketches, rounded to the integers of a vector. A
 * rounded mean decides nothing; it finds the pairs that are close enough to be computed
 * exactly. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/cpu.h"
#include "engine/kernels/vector.h"
#include "index/grouping/state.h"

enum { TILE_ROWS = 256, TILE_QUERIES = 64 };

/* ---- sets ---- */

static size_t set_place(struct fn_grouping *g, struct fng_set *s, uint32_t lead)
{
    size_t at = (size_t)(uintptr_t)fng_map_get(&s->at, lead);
    if (at)
        return at - 1;
    size_t size = s->size, size2 = s->size, size3 = s->size;
    if (!fng_grow(g, &s->leads, &size, s->n, sizeof *s->leads) ||
        !fng_grow(g, &s->spread, &size2, s->n, sizeof *s->spread) ||
        !fng_grow(g, &s->rows, &size3, s->n, g->width * sizeof *s->rows))
        return SIZE_MAX;
    s->size = size;
    int rc = fng_map_put(&s->at, lead, (void *)(uintptr_t)(s->n + 1));
    if (rc) {
        fng_fail(g, rc);
        return SIZE_MAX;
    }
    s->leads[s->n] = lead;
    return s->n++;
}

static int32_t round_mean(const struct fn_grouping *g, const struct fng_node *n, int16_t *row)
{
    int64_t length = 0;
    int32_t w = (int32_t)n->w;
    for (uint32_t k = 0; k < g->width; k++) {
        int32_t s = n->sum[k];
        row[k] = (int16_t)(s >= 0 ? (s + w / 2) / w : -((w / 2 - s) / w));
        length += (int32_t)row[k] * row[k];
    }
    return (int32_t)((int64_t)(n->square / n->w) - length);
}

void fng_set_put(struct fn_grouping *g, struct fng_set *s, const struct fng_node *n)
{
    size_t i = set_place(g, s, n->lead);
    if (i != SIZE_MAX)
        s->spread[i] = round_mean(g, n, s->rows + i * g->width);
}

void fng_set_put_vector(struct fn_grouping *g, struct fng_set *s, uint32_t lead,
                        const int16_t *x)
{
    size_t i = set_place(g, s, lead);
    if (i == SIZE_MAX)
        return;
    s->spread[i] = 0;
    memcpy(s->rows + i * g->width, x, g->width * sizeof *x);
}

void fng_set_remove(struct fng_set *s, uint32_t lead, uint32_t width)
{
    size_t at = (size_t)(uintptr_t)fng_map_del(&s->at, lead);
    if (!at)
        return;
    size_t i = at - 1, last = --s->n;
    if (i == last)
        return;
    s->leads[i] = s->leads[last];
    s->spread[i] = s->spread[last];
    memcpy(s->rows + i * width, s->rows + last * width, width * sizeof *s->rows);
    /* The key is there: nothing is allocated. */
    FN_IGNORE(fng_map_put(&s->at, s->leads[i], (void *)(uintptr_t)(i + 1)));
}

void fng_set_finish(struct fng_set *s)
{
    free(s->leads);
    free(s->spread);
    free(s->rows);
    fng_map_finish(&s->at);
    *s = (struct fng_set){0};
}

/* ---- loading ---- */

struct load {
    struct fn_grouping *g;
    uint8_t born;
};

static int load_node(uint32_t id, const uint8_t *v, size_t n, void *arg)
{
    const struct load *l = arg;
    struct fn_grouping *g = l->g;
    struct fng_node *node;
    int rc = fng_node_decode(g, l->born, id, v, n, &node);
    if (rc)
        return rc;
    bool ends1 = !node->parent_round || node->parent_round > FN_GROUPING_ROUNDS;
    if (!l->born)
        fng_set_put(g, &g->items[0], node);
    if (l->born <= FN_GROUPING_ROUNDS && ends1) {
        if (node->w >= 2)
            fng_set_put(g, &g->items[1], node);
        else
            fng_set_put(g, &g->loose, node);
    }
    if (!node->parent_round && node->w >= FN_GROUPING_HOST)
        fng_set_put(g, &g->hosts, node);
    fng_node_free(node);
    return g->rc;
}

static int load_poor(uint32_t id, const uint8_t *v, size_t n, void *arg)
{
    struct fn_grouping *g = arg;
    (void)v;
    (void)n;
    struct fng_face *f = fng_face(g, id);
    const int16_t *x = f ? fng_vector(g, f) : NULL;
    if (x)
        fng_set_put_vector(g, &g->loose, id, x);
    return g->rc;
}

static int is_there(uint32_t id, const uint8_t *v, size_t n, void *arg)
{
    (void)id;
    (void)v;
    (void)n;
    *(bool *)arg = true;
    return 1;
}

void fng_sets_load(struct fn_grouping *g)
{
    if (g->sets_loaded || g->rc)
        return;
    g->sets_loaded = true;
    if (!g->has_store)
        return;
    bool any = false;
    int rc = g->store.each(g->store.ctx, FNG_GOOD, is_there, &any);
    if (rc < 0)
        fng_fail(g, rc);
    g->fresh = !any;
    struct load l = {.g = g};
    for (; l.born <= FNG_LAST_ROUND && !g->rc; l.born++) {
        rc = g->store.each(g->store.ctx, (uint8_t)(FNG_NODE + l.born), load_node, &l);
        if (rc)
            fng_fail(g, rc);
    }
    rc = g->rc ? 0 : g->store.each(g->store.ctx, FNG_POOR, load_poor, g);
    if (rc)
        fng_fail(g, rc);
}

/* ---- scanning ---- */

static void tile(struct fn_grouping *g, const int16_t *x, size_t nx, const int16_t *rows,
                 size_t n, uint32_t *out)
{
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    k->d2_tile(out, TILE_ROWS, x, nx, rows, n, g->width);
    g->stats.scanned += nx * n;
}

struct run {
    const struct fng_query *q;
    const int16_t *rows;
    const uint32_t *leads;
    const int32_t *spread;
    size_t n;
    uint32_t most;
    fng_hit *hit;
    void *arg;
};

/* Nearly all rows are far: sixteen are skipped together. */
enum { AT_ONCE = 16 };

static bool any_near(const uint32_t *d, const int32_t *spread, int64_t most)
{
    unsigned any = 0;
    if (most < 0)
        return false;
    uint32_t limit = most > INT32_MAX ? INT32_MAX : (uint32_t)most;
    for (int k = 0; !spread && k < AT_ONCE; k++)
        any |= d[k] <= limit;
    for (int k = 0; spread && k < AT_ONCE; k++)
        any |= (int32_t)d[k] + spread[k] <= (int32_t)limit;
    return any;
}

static void report_near(struct fn_grouping *g, const struct run *r, size_t query, size_t at,
                        size_t n, const uint32_t *d)
{
    int64_t most = r->most;
    const int32_t *spread = r->spread ? r->spread + at : NULL;
    if (r->q->spread)
        most += (int64_t)g->slack - r->q->spread[query];
    for (size_t j = 0; j < n; j++) {
        while (j + AT_ONCE <= n && !any_near(d + j, spread ? spread + j : NULL, most))
            j += AT_ONCE;
        if (j < n && (int64_t)d[j] + (spread ? spread[j] : 0) <= most && r->leads[at + j])
            r->hit(g, query, r->leads[at + j], d[j], r->arg);
    }
}

static void scan_run(struct fn_grouping *g, const struct run *r)
{
    if (!g->distances &&
        !(g->distances = malloc(sizeof *g->distances * TILE_ROWS * TILE_QUERIES))) {
        fng_fail(g, -ENOMEM);
        return;
    }
    for (size_t at = 0; at < r->n && !g->rc; at += TILE_ROWS) {
        size_t n = r->n - at < TILE_ROWS ? r->n - at : TILE_ROWS;
        for (size_t from = 0; from < r->q->n; from += TILE_QUERIES) {
            size_t nx = r->q->n - from < TILE_QUERIES ? r->q->n - from : TILE_QUERIES;
            tile(g, r->q->rows + from * g->width, nx, r->rows + at * g->width, n, g->distances);
            for (size_t i = 0; i < nx; i++)
                report_near(g, r, from + i, at, n, g->distances + i * TILE_ROWS);
        }
    }
}

void fng_scan(struct fn_grouping *g, const struct fng_set *s, const struct fng_query *q,
              uint32_t most, fng_hit *hit, void *arg)
{
    struct run r = {.q = q,
                    .rows = s->rows,
                    .leads = s->leads,
                    .spread = q->spread ? s->spread : NULL,
                    .n = s->n,
                    .most = most,
                    .hit = hit,
                    .arg = arg};
    if (q->n && s->n)
        scan_run(g, &r);
}

struct faces_run {
    struct fn_grouping *g;
    struct run r;
};

static int visit_vectors(const int16_t *rows, const uint32_t *faces, size_t n, void *arg)
{
    struct faces_run *f = arg;
    f->r.rows = rows;
    f->r.leads = faces;
    f->r.n = n;
    scan_run(f->g, &f->r);
    return f->g->rc;
}

void fng_scan_faces(struct fn_grouping *g, const struct fng_query *q, uint32_t most,
                    fng_hit *hit, void *arg)
{
    struct faces_run f = {.g = g, .r = {.q = q, .most = most, .hit = hit, .arg = arg}};
    if (!q->n || g->rc)
        return;
    if (!g->has_store) {
        (void)visit_vectors(g->everyone.rows, g->everyone.leads, g->everyone.n, &f);
        return;
    }
    int rc = g->store.vectors(g->store.ctx, visit_vectors, &f);
    if (rc)
        fng_fail(g, rc);
}
