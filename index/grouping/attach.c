/* SPDX-License-Identifier: MIT */
/* Attachment: loose faces (single ones and low-quality ones) choose the nearest host. Hosts do
 * not change by it.
 *
 * A face stores its host, the mean, and the smallest mean of any other host it could have
 * (`next`; a bound that may be too low). So if its host changes a little, only that host is
 * compared again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/grouping/state.h"

#define NO_MEAN UINT32_MAX

struct offer {
    uint32_t face, host, mean;
    uint64_t key; /* of the host */
};

struct attach {
    struct fn_grouping *g;
    struct fng_ptrs asking; /* nodes of one face: those that a scan is for */
    struct offer *offers;
    size_t n, size;
    struct fng_map orphans; /* face -> any: its host is gone */
    struct fng_ids orphan_ids, again;
    struct fng_map touched_map; /* hosts whose faces of one photo must be ordered again */
    struct fng_ids touched;
};

static void touch_host(struct attach *a, uint32_t host)
{
    if (fng_map_get(&a->touched_map, host))
        return;
    int rc = fng_map_put(&a->touched_map, host, a);
    if (rc)
        fng_fail(a->g, rc);
    fng_ids_add(a->g, &a->touched, host);
}

/* ---- a face's choice ---- */

struct choice {
    uint32_t host, mean, next; /* host 0: none */
};

static struct choice choice_of(struct attach *a, uint32_t face)
{
    const struct fng_list *l = fng_list(a->g, FNG_ATTACHED, face);
    if (l->n < 2)
        return (struct choice){0, 0, NO_MEAN};
    return (struct choice){l->e[0].id, l->e[0].v, l->e[1].v};
}

static void choose(struct attach *a, uint32_t face, struct choice c)
{
    struct fn_grouping *g = a->g;
    struct choice was = choice_of(a, face);
    struct fng_face *f = fng_face(g, face);
    if (was.host == c.host && was.mean == c.mean && was.next == c.next)
        return;
    if (was.host && (was.host != c.host || was.mean != c.mean)) {
        fng_list_remove(g, FNG_ATTACHED_OF, was.host, face);
        touch_host(a, was.host);
    }
    if (c.host && (was.host != c.host || was.mean != c.mean)) {
        fng_list_add(g, FNG_ATTACHED_OF, c.host, (struct fng_entry){face, c.mean});
        touch_host(a, c.host);
    }
    if (!c.host) {
        fng_list_clear(g, FNG_ATTACHED, face);
    } else {
        struct fng_list *l = fng_list(g, FNG_ATTACHED, face);
        if (l->n < 2) {
            fng_list_add(g, FNG_ATTACHED, face, (struct fng_entry){c.host, c.mean});
            fng_list_add(g, FNG_ATTACHED, face, (struct fng_entry){0, c.next});
        } else {
            l->e[0] = (struct fng_entry){c.host, c.mean};
            l->e[1].v = c.next;
            fng_list_dirty(g, l);
        }
    }
    if (f && was.host != c.host)
        fng_check(g, f);
}

/* ---- offers ---- */

static void add_offer(struct attach *a, struct offer o)
{
    if (fng_grow(a->g, &a->offers, &a->size, a->n, sizeof *a->offers))
        a->offers[a->n++] = o;
}

/* The more faces a host has, the more reliable a mean is, and the farther a face of that person
 * may be. */
static int step_of(uint32_t w)
{
    return w < 10 ? 0 : w < 64 ? 1 : w < 256 ? 2 : 3;
}

static void offer_if_near(struct attach *a, const struct fng_node *face,
                          const struct fng_node *host)
{
    struct fn_grouping *g = a->g;
    g->stats.candidates++;
    uint32_t mean = fng_mean(g, face, host);
    uint32_t most = g->t.attach[step_of(host->w)];
    if (mean <= most && !fng_forbidden(&face->marks, face->w, &host->marks, host->w))
        add_offer(a, (struct offer){face->lead, host->lead, mean, host->key});
}

/* A node of the one face. */
static struct fng_node *node_of(struct fn_grouping *g, uint32_t face)
{
    struct fng_face *f = fng_face(g, face);
    return f ? fng_node_of_faces(g, f, &f, 1) : NULL;
}

static void hit_loose(struct fn_grouping *g, size_t query, uint32_t lead, uint32_t d, void *arg)
{
    struct attach *a = arg;
    struct fng_node *face = node_of(g, lead);
    (void)d;
    if (face)
        offer_if_near(a, face, a->asking.v[query]);
    fng_node_free(face);
}

static void hit_host(struct fn_grouping *g, size_t query, uint32_t lead, uint32_t d, void *arg)
{
    struct attach *a = arg;
    const struct fng_node *host = fng_cluster(g, lead, FNG_LAST_ROUND);
    (void)d;
    if (host)
        offer_if_near(a, a->asking.v[query], host);
}

static void ask(struct attach *a, const struct fng_set *s, fng_hit *hit)
{
    struct fn_grouping *g = a->g;
    struct fng_set rows = {0};
    for (size_t i = 0; i < a->asking.n && !g->rc; i++)
        fng_set_put(g, &rows, a->asking.v[i]);
    struct fng_query q = {.rows = rows.rows, .spread = rows.spread, .n = rows.n};
    if (!g->rc)
        fng_scan(g, s, &q, g->t.attach[FN_GROUPING_LADDER - 1], hit, a);
    fng_set_finish(&rows);
}

static int by_offer(const void *pa, const void *pb)
{
    const struct offer *a = pa, *b = pb;
    if (a->face != b->face)
        return a->face < b->face ? -1 : 1;
    if (a->mean != b->mean)
        return a->mean < b->mean ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* ---- who goes, who comes ---- */

static void drop_loose(struct attach *a, uint32_t face)
{
    choose(a, face, (struct choice){0, 0, NO_MEAN});
    fng_set_remove(&a->g->loose, face, a->g->width);
}

static void drop_host(struct attach *a, uint32_t host)
{
    struct fn_grouping *g = a->g;
    const struct fng_list *l = fng_list(g, FNG_ATTACHED_OF, host);
    for (uint32_t i = 0; i < l->n && !g->rc; i++) {
        int rc = fng_map_put(&a->orphans, l->e[i].id, a);
        if (rc)
            fng_fail(g, rc);
        fng_ids_add(g, &a->orphan_ids, l->e[i].id);
    }
    fng_set_remove(&g->hosts, host, g->width);
}

/* o: offers of changed hosts to one face, the best first. False: all hosts must be compared. */
static bool weigh(struct attach *a, uint32_t face, const struct offer *o, size_t n)
{
    bool orphan = fng_map_get(&a->orphans, face);
    struct choice c = choice_of(a, face);
    if (orphan || !c.host) {
        if (n && o[0].mean >= c.next)
            return false;
        if (!n && c.next != NO_MEAN)
            return false;
        c.host = n ? o[0].host : 0;
        c.mean = n ? o[0].mean : 0;
        c.next = n > 1 && o[1].mean < c.next ? o[1].mean : c.next;
        choose(a, face, c);
        return true;
    }
    const struct fng_node *now = fng_cluster(a->g, c.host, FNG_LAST_ROUND);
    bool better =
        n && now && (o[0].mean < c.mean || (o[0].mean == c.mean && o[0].key < now->key));
    if (better) {
        uint32_t second = n > 1 && o[1].mean < c.mean ? o[1].mean : c.mean;
        c.next = second < c.next ? second : c.next;
        c.host = o[0].host;
        c.mean = o[0].mean;
    } else if (n && o[0].mean < c.next) {
        c.next = o[0].mean;
    }
    choose(a, face, c);
    return true;
}

static void weigh_all(struct attach *a)
{
    struct fn_grouping *g = a->g;
    if (a->n)
        qsort(a->offers, a->n, sizeof *a->offers, by_offer);
    for (size_t i = 0, end; i < a->n && !g->rc; i = end) {
        uint32_t face = a->offers[i].face;
        for (end = i + 1; end < a->n && a->offers[end].face == face; end++)
            continue;
        if (!weigh(a, face, a->offers + i, end - i))
            fng_ids_add(g, &a->again, face);
        (void)fng_map_del(&a->orphans, face);
    }
    for (size_t i = 0; i < a->orphan_ids.n && !g->rc; i++) {
        uint32_t face = a->orphan_ids.v[i];
        if (fng_map_get(&a->orphans, face) && !weigh(a, face, NULL, 0))
            fng_ids_add(g, &a->again, face);
    }
    a->n = 0;
}

/* Faces that must be compared with all hosts. */
static void ask_hosts(struct attach *a)
{
    struct fn_grouping *g = a->g;
    a->asking.n = 0;
    for (size_t i = 0; i < a->again.n && !g->rc; i++) {
        struct fng_node *n = node_of(g, a->again.v[i]);
        if (n)
            fng_ptrs_add(g, &a->asking, n);
    }
    ask(a, &g->hosts, hit_host);
    if (a->n)
        qsort(a->offers, a->n, sizeof *a->offers, by_offer);
    for (size_t k = 0; k < a->asking.n; k++) {
        struct fng_node *n = a->asking.v[k];
        struct offer key = {.face = n->lead};
        size_t lo = fn_lower_bound(&key, a->offers, a->n, sizeof key, by_offer);
        struct choice c = {0, 0, NO_MEAN};
        if (lo < a->n && a->offers[lo].face == n->lead) {
            c.host = a->offers[lo].host;
            c.mean = a->offers[lo].mean;
            if (lo + 1 < a->n && a->offers[lo + 1].face == n->lead)
                c.next = a->offers[lo + 1].mean;
        }
        choose(a, n->lead, c);
        fng_node_free(n);
    }
    a->asking.n = 0;
}

/* ---- faces of one host that may not be together ---- */

struct chooser {
    struct fng_face *f;
    uint32_t mean;
};

static int by_turn(const void *pa, const void *pb)
{
    const struct chooser *a = pa, *b = pb;
    if (a->f->poor != b->f->poor)
        return a->f->poor ? 1 : -1;
    if (a->mean != b->mean)
        return a->mean < b->mean ? -1 : 1;
    return a->f->key < b->f->key ? -1 : a->f->key > b->f->key;
}

static void set_kept(struct fn_grouping *g, struct fng_face *f, bool kept)
{
    struct fng_list *l = fng_list(g, FNG_ATTACHED, f->id);
    if (l->n < 2 || l->e[1].id == kept)
        return;
    l->e[1].id = kept;
    fng_list_dirty(g, l);
    fng_check(g, f);
}

static void tell_apart(struct fn_grouping *g, uint32_t host)
{
    const struct fng_list *l = fng_list(g, FNG_ATTACHED_OF, host);
    struct chooser *v = malloc((l->n + 1ul) * sizeof *v);
    struct fng_company together = {.g = g};
    size_t n = 0;
    if (!v) {
        fng_fail(g, -ENOMEM);
        return;
    }
    for (uint32_t i = 0; i < l->n; i++) {
        struct fng_face *f = fng_face(g, l->e[i].id);
        if (f)
            v[n++] = (struct chooser){f, l->e[i].v};
    }
    qsort(v, n, sizeof *v, by_turn);
    for (size_t i = 0; i < n; i++)
        set_kept(g, v[i].f, fng_company_admit(&together, v[i].f));
    fng_company_finish(&together);
    free(v);
}

/* ---- the step ---- */

static bool is_host(const struct fng_node *n)
{
    return n->w >= FN_GROUPING_HOST;
}

static void leave(struct attach *a, const struct fng_flow *level1,
                  const struct fng_flow *level2)
{
    struct fn_grouping *g = a->g;
    for (size_t i = 0; i < level1->n_gone; i++) {
        if (level1->gone[i].w == 1)
            drop_loose(a, level1->gone[i].lead);
    }
    for (size_t i = 0; i < g->poor_gone.n; i++)
        drop_loose(a, g->poor_gone.v[i]);
    for (size_t i = 0; i < level2->n_gone; i++) {
        if (level2->gone[i].w >= FN_GROUPING_HOST)
            drop_host(a, level2->gone[i].lead);
    }
}

static void arrive(struct attach *a, const struct fng_flow *level1,
                   const struct fng_flow *level2)
{
    struct fn_grouping *g = a->g;
    for (size_t i = 0; i < level2->came.n && !g->rc; i++) {
        struct fng_node *n = level2->came.v[i];
        if (!is_host(n))
            continue;
        fng_set_put(g, &g->hosts, n);
        fng_ptrs_add(g, &a->asking, n);
    }
    ask(a, &g->loose, hit_loose);
    weigh_all(a);
    for (size_t i = 0; i < level1->came.n && !g->rc; i++) {
        const struct fng_node *n = level1->came.v[i];
        if (n->w != 1)
            continue;
        fng_set_put(g, &g->loose, n);
        fng_ids_add(g, &a->again, n->lead);
    }
    for (size_t i = 0; i < g->poor_came.n && !g->rc; i++) {
        struct fng_face *f = g->poor_came.v[i];
        const int16_t *x = fng_vector(g, f);
        if (!x)
            return;
        fng_set_put_vector(g, &g->loose, f->id, x);
        fng_ids_add(g, &a->again, f->id);
    }
    ask_hosts(a);
}

void fng_attach(struct fn_grouping *g, const struct fng_flow *level1,
                const struct fng_flow *level2)
{
    struct attach a = {.g = g};
    leave(&a, level1, level2);
    arrive(&a, level1, level2);
    for (size_t i = 0; i < a.touched.n && !g->rc; i++)
        tell_apart(g, a.touched.v[i]);
    free(a.asking.v);
    free(a.offers);
    free(a.orphan_ids.v);
    free(a.again.v);
    free(a.touched.v);
    fng_map_finish(&a.orphans);
    fng_map_finish(&a.touched_map);
}
