/* SPDX-License-Identifier: MIT */
/* A level: items, the lists of items that are near each other, and four rounds over them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index/grouping/state.h"

/* ---- what a cluster is made of ---- */

void fng_atoms_of(struct fn_grouping *g, struct fng_node *n, struct fng_ptrs *ret)
{
    if (!n->born) {
        fng_ptrs_add(g, ret, n);
        return;
    }
    for (uint32_t i = 0; i < n->n_children && !g->rc; i++) {
        struct fng_node *c = fng_node(g, (uint8_t)n->children[i].born, n->children[i].lead);
        if (c)
            fng_atoms_of(g, c, ret);
    }
}

/* ---- lists ---- */

static uint8_t last_round_before(unsigned level)
{
    return level == 1 ? 0 : FN_GROUPING_ROUNDS;
}

struct fng_list *fng_near_of(struct fn_grouping *g, const struct fng_node *n, unsigned level)
{
    return n->born <= last_round_before(level)
               ? fng_list(g, (uint8_t)(FNG_ADJACENT + level - 1), n->lead)
               : fng_list(g, (uint8_t)(FNG_OUTSIDE + n->born), n->lead);
}

struct pairs {
    unsigned level;
    struct fng_node *const *items;
    uint32_t most;
};

/* Joined clusters that hold item b learn that a is near it, except those of the last round,
 * which nothing reads. */
static void tell_clusters(struct fn_grouping *g, unsigned level, const struct fng_node *b,
                          struct fng_entry a)
{
    uint8_t last = (uint8_t)(last_round_before(level) + FN_GROUPING_ROUNDS);
    while (b && b->parent_round && b->parent_round < last) {
        uint64_t name = (uint64_t)b->parent_round << 32 | b->parent_lead;
        if (fng_grow(g, &g->news, &g->news_cap, g->n_news, sizeof *g->news))
            g->news[g->n_news++] = (struct fng_news){name, a};
        b = fng_node(g, b->parent_round, b->parent_lead);
    }
}

static int by_news(const void *pa, const void *pb)
{
    const struct fng_news *a = pa, *b = pb;
    if (a->cluster != b->cluster)
        return a->cluster < b->cluster ? -1 : 1;
    if (a->e.id != b->e.id)
        return a->e.id < b->e.id ? -1 : 1;
    return a->e.v < b->e.v ? -1 : a->e.v > b->e.v;
}

static void spread_news(struct fn_grouping *g)
{
    struct fng_news *v = g->news;
    if (g->n_news)
        qsort(v, g->n_news, sizeof *v, by_news);
    for (size_t i = 0; i < g->n_news && !g->rc; i++) {
        if (!i || v[i].cluster != v[i - 1].cluster || v[i].e.id != v[i - 1].e.id)
            fng_list_add(g, (uint8_t)(FNG_OUTSIDE + (v[i].cluster >> 32)),
                         (uint32_t)v[i].cluster, v[i].e);
    }
    g->n_news = 0;
}

static void pair(struct fn_grouping *g, size_t query, uint32_t lead, uint32_t d, void *arg)
{
    const struct pairs *p = arg;
    const struct fng_node *a = p->items[query];
    uint8_t kind = (uint8_t)(FNG_ADJACENT + p->level - 1);
    (void)d;
    if (lead == a->lead)
        return;
    const struct fng_node *b = fng_cluster(g, lead, last_round_before(p->level));
    if (!b || (b->fresh && b->lead < a->lead))
        return; /* its own query sees the pair */
    g->stats.candidates++;
    uint32_t mean = fng_mean(g, a, b);
    if (mean > p->most)
        return;
    fng_list_add(g, kind, a->lead, (struct fng_entry){b->lead, mean});
    fng_list_add(g, kind, b->lead, (struct fng_entry){a->lead, mean});
    tell_clusters(g, p->level, b, (struct fng_entry){a->lead, mean});
}

static void drop_item(struct fn_grouping *g, unsigned level, uint32_t lead)
{
    uint8_t kind = (uint8_t)(FNG_ADJACENT + level - 1);
    const struct fng_list *l = fng_list(g, kind, lead);
    for (uint32_t i = 0; i < l->n; i++)
        fng_list_remove(g, kind, l->e[i].id, lead);
    fng_list_clear(g, kind, lead);
    fng_set_remove(&g->items[level - 1], lead, g->width);
}

/* Rows and spreads of items, out of the set they were just put in. */
static bool query_of(struct fn_grouping *g, const struct fng_set *s,
                     const struct fng_ptrs *items, struct fng_query *q, int16_t **rows,
                     int32_t **spread)
{
    *rows = malloc((items->n + 1) * g->width * sizeof **rows);
    *spread = malloc((items->n + 1) * sizeof **spread);
    if (!*rows || !*spread) {
        fng_fail(g, -ENOMEM);
        return false;
    }
    for (size_t i = 0; i < items->n; i++) {
        const struct fng_node *n = items->v[i];
        size_t at = (size_t)(uintptr_t)fng_map_get(&s->at, n->lead) - 1;
        memcpy(*rows + i * g->width, s->rows + at * g->width, g->width * sizeof **rows);
        (*spread)[i] = s->spread[at];
    }
    *q = (struct fng_query){.rows = *rows, .spread = *spread, .n = items->n};
    return true;
}

static void list_items(struct fn_grouping *g, unsigned level, const struct fng_flow *in)
{
    struct fng_set *s = &g->items[level - 1];
    const uint32_t *steps = level == 1 ? g->t.level1 : g->t.level2;
    struct fng_query q;
    int16_t *rows = NULL;
    int32_t *spread = NULL;
    for (size_t i = 0; i < in->n_gone; i++)
        drop_item(g, level, in->gone[i].lead);
    for (size_t i = 0; i < in->came.n; i++) {
        struct fng_node *n = in->came.v[i];
        n->fresh = true;
        fng_set_put(g, s, n);
    }
    struct pairs p = {level, (struct fng_node *const *)in->came.v,
                      steps[FN_GROUPING_ROUNDS - 1] + (level == 2 ? g->t.large : 0)};
    if (!g->rc && query_of(g, s, &in->came, &q, &rows, &spread))
        fng_scan(g, s, &q, p.most, pair, &p);
    spread_news(g);
    for (size_t i = 0; i < in->came.n; i++)
        ((struct fng_node *)in->came.v[i])->fresh = false;
    free(rows);
    free(spread);
}

void fng_level(struct fn_grouping *g, unsigned level, const struct fng_flow *in,
               struct fng_flow *out)
{
    uint8_t first = (uint8_t)((level - 1) * FN_GROUPING_ROUNDS + 1);
    struct fng_flow flow[FN_GROUPING_ROUNDS] = {0};
    list_items(g, level, in);
    for (uint8_t k = 0; k < FN_GROUPING_ROUNDS && !g->rc; k++)
        fng_round(g, (uint8_t)(first + k), k ? &flow[k - 1] : in, &flow[k]);
    for (uint8_t k = 0; k + 1 < FN_GROUPING_ROUNDS; k++)
        fng_flow_finish(&flow[k]);
    *out = flow[FN_GROUPING_ROUNDS - 1];
}
