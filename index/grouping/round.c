/* SPDX-License-Identifier: MIT */
/* One round: each cluster points to its nearest admissible one, and clusters are joined along
 * the pointers.
 *
 * The clusters that leave a round are a function of those that enter it and of their pointers,
 * component by component. So a change is followed: pointers whose nearest cluster may have
 * changed are computed again, and the components (old and new) that a change touches are joined
 * again. Everything else stays.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index/grouping/state.h"

struct work {
    struct fn_grouping *g;
    uint8_t round, before; /* before: the round whose clusters enter */
    unsigned level;
    uint32_t most, large; /* large: what two large clusters may be farther apart */
    struct fng_flow *out;
    struct fng_ptrs again;    /* clusters whose pointer is computed from scratch */
    struct fng_ptrs made;     /* joined clusters that are new */
    struct fng_ptrs reached;  /* clusters of the touched components */
    struct fng_ids dissolved; /* leads of the joined clusters that are dissolved, and perhaps
                                 created again */
    struct fng_map is_dissolved;
    struct fng_list near; /* clusters near one, and the smallest mean of their items with its
                             own: for one comparison */
};

static uint8_t pointer_kind(const struct work *w)
{
    return (uint8_t)(FNG_POINTER + w->round);
}

static uint8_t pointed_kind(const struct work *w)
{
    return (uint8_t)(FNG_POINTED + w->round);
}

/* The cluster of that lead among those that enter; NULL: it is not a lead any more. */
static struct fng_node *entering(struct work *w, uint32_t lead)
{
    struct fng_node *n = fng_cluster(w->g, lead, w->before);
    return n && n->lead == lead ? n : NULL;
}

static void reach(struct work *w, struct fng_node *n)
{
    if (!n || n->visited)
        return;
    n->visited = true;
    fng_ptrs_add(w->g, &w->reached, n);
}

static void look_again(struct work *w, struct fng_node *n)
{
    if (!n || n->again)
        return;
    n->again = true;
    fng_ptrs_add(w->g, &w->again, n);
}

static void dissolve(struct work *w, uint32_t lead)
{
    if (fng_map_get(&w->is_dissolved, lead))
        return;
    int rc = fng_map_put(&w->is_dissolved, lead, w);
    if (rc)
        fng_fail(w->g, rc);
    fng_ids_add(w->g, &w->dissolved, lead);
}

/* ---- pointers ---- */

static void unpoint(struct work *w, uint32_t lead)
{
    struct fng_list *l = fng_list(w->g, pointer_kind(w), lead);
    if (!l->n)
        return;
    uint32_t target = l->e[0].id;
    fng_list_remove(w->g, pointed_kind(w), target, lead);
    fng_list_clear(w->g, pointer_kind(w), lead);
    reach(w, entering(w, target));
}

static void point(struct work *w, struct fng_node *n, const struct fng_node *to, uint32_t mean)
{
    struct fng_list *l = fng_list(w->g, pointer_kind(w), n->lead);
    if (l->n && to && l->e[0].id == to->lead && l->e[0].v == mean)
        return;
    unpoint(w, n->lead);
    reach(w, n);
    if (!to)
        return;
    fng_list_add(w->g, pointer_kind(w), n->lead, (struct fng_entry){to->lead, mean});
    fng_list_add(w->g, pointed_kind(w), to->lead, (struct fng_entry){n->lead, mean});
}

static int by_lead(const void *pa, const void *pb)
{
    const struct fng_entry *a = pa, *b = pb;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->v < b->v ? -1 : a->v > b->v;
}

static int by_bound(const void *pa, const void *pb)
{
    const struct fng_entry *a = pa, *b = pb;
    if (a->v != b->v)
        return a->v < b->v ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static void add_near(struct work *w, struct fng_entry e)
{
    size_t size = w->near.size;
    if (!fng_grow(w->g, &w->near.e, &size, w->near.n, sizeof *w->near.e))
        return;
    w->near.size = (uint32_t)size;
    w->near.e[w->near.n++] = e;
}

/* Each id once, with its smallest value. */
static void make_unique(struct fng_list *l)
{
    uint32_t k = 0;
    if (l->n)
        qsort(l->e, l->n, sizeof *l->e, by_lead);
    for (uint32_t i = 0; i < l->n; i++) {
        if (!k || l->e[k - 1].id != l->e[i].id)
            l->e[k++] = l->e[i];
    }
    l->n = k;
}

/* Whether an entry of a list is still an item of the level: joined clusters do not learn of
 * removed items. */
static bool is_item(const struct work *w, uint32_t lead)
{
    const struct fng_node *n = fng_cluster(w->g, lead, w->level == 1 ? 0 : FN_GROUPING_ROUNDS);
    return n && n->lead == lead && (w->level == 1 || n->w >= 2);
}

/* Clusters that hold an item near one of n's items, each once, in w->near. A mean is at least
 * the smallest of its parts: that bound orders them. */
static void find_near(struct work *w, const struct fng_node *n)
{
    struct fn_grouping *g = w->g;
    const struct fng_list *l = fng_near_of(g, n, w->level);
    w->near.n = 0;
    g->stats.followed += l->n;
    for (uint32_t j = 0; j < l->n; j++) {
        if (l->e[j].v > w->most + w->large)
            continue;
        const struct fng_node *c =
            is_item(w, l->e[j].id) ? fng_cluster(g, l->e[j].id, w->before) : n;
        if (c && c != n)
            add_near(w, (struct fng_entry){c->lead, l->e[j].v});
    }
    make_unique(&w->near);
    if (w->near.n)
        qsort(w->near.e, w->near.n, sizeof *w->near.e, by_bound);
}

/* The items near a joined cluster: those near its parts, except those in it. Once all clusters
 * of the round know their parents. */
static void set_outside(struct work *w, const struct fng_node *n)
{
    struct fn_grouping *g = w->g;
    uint8_t kind = (uint8_t)(FNG_OUTSIDE + w->round);
    w->near.n = 0;
    for (uint32_t i = 0; i < n->n_children && !g->rc; i++) {
        const struct fng_node *c =
            fng_node(g, (uint8_t)n->children[i].born, n->children[i].lead);
        const struct fng_list *l = c ? fng_near_of(g, c, w->level) : &g->no_list;
        g->stats.followed += l->n;
        for (uint32_t j = 0; j < l->n; j++) {
            if (is_item(w, l->e[j].id) && fng_cluster(g, l->e[j].id, w->round) != n)
                add_near(w, l->e[j]);
        }
    }
    make_unique(&w->near);
    fng_list_clear(g, kind, n->lead);
    for (uint32_t i = 0; i < w->near.n; i++)
        fng_list_add(g, kind, n->lead, w->near.e[i]);
}

static bool nearer(uint32_t mean, const struct fng_node *n, uint32_t than_mean,
                   const struct fng_node *than)
{
    return !than || mean < than_mean || (mean == than_mean && n->key < than->key);
}

/* Whether a mean of at least `bound` could be what c points to from now on. */
static bool may_want(struct work *w, const struct fng_node *c, uint32_t bound)
{
    if (c->again)
        return false; /* it looks for itself */
    const struct fng_list *l = fng_list(w->g, pointer_kind(w), c->lead);
    return !l->n || bound <= l->e[0].v;
}

/* Compares the pointer of another cluster with a new cluster. */
static void offer(struct work *w, struct fng_node *to, const struct fng_node *n, uint32_t mean)
{
    const struct fng_list *l = fng_list(w->g, pointer_kind(w), to->lead);
    const struct fng_node *now = l->n ? entering(w, l->e[0].id) : NULL;
    if (nearer(mean, n, l->n ? l->e[0].v : 0, now))
        point(w, to, n, mean);
}

static uint32_t most_of(const struct work *w, const struct fng_node *a,
                        const struct fng_node *b)
{
    bool large = a->w >= FN_GROUPING_LARGE && b->w >= FN_GROUPING_LARGE;
    return w->most + (large ? w->large : 0);
}

static void work_out(struct work *w, struct fng_node *n)
{
    struct fn_grouping *g = w->g;
    const struct fng_node *best = NULL;
    uint32_t best_mean = 0;
    find_near(w, n);
    for (uint32_t i = 0; i < w->near.n && !g->rc; i++) {
        struct fng_node *c = entering(w, w->near.e[i].id);
        uint32_t bound = w->near.e[i].v;
        if (!c)
            continue;
        bool wanted = n->fresh && may_want(w, c, bound);
        if ((best && bound > best_mean && !wanted) ||
            fng_forbidden(&n->marks, n->w, &c->marks, c->w))
            continue;
        g->stats.candidates++;
        uint32_t mean = fng_mean(g, n, c);
        if (mean > most_of(w, n, c))
            continue;
        if (nearer(mean, c, best_mean, best)) {
            best = c;
            best_mean = mean;
        }
        if (wanted)
            offer(w, c, n, mean);
    }
    point(w, n, best, best_mean);
}

/* ---- components ---- */

static void reach_neighbours(struct work *w, struct fng_node *n)
{
    struct fn_grouping *g = w->g;
    const struct fng_list *to = fng_list(g, pointer_kind(w), n->lead);
    if (to->n)
        reach(w, entering(w, to->e[0].id));
    const struct fng_list *from = fng_list(g, pointed_kind(w), n->lead);
    for (uint32_t i = 0; i < from->n; i++)
        reach(w, entering(w, from->e[i].id));
    if (n->parent_round == w->round)
        dissolve(w, n->parent_lead);
}

static void reach_all(struct work *w)
{
    struct fn_grouping *g = w->g;
    for (size_t i = 0, k = 0; !g->rc && (i < w->reached.n || k < w->dissolved.n);) {
        if (i < w->reached.n) {
            reach_neighbours(w, w->reached.v[i++]);
            continue;
        }
        const struct fng_node *p = fng_node(g, w->round, w->dissolved.v[k++]);
        for (uint32_t j = 0; p && j < p->n_children; j++)
            reach(w, entering(w, p->children[j].lead));
    }
}

/* ---- joins ---- */

struct join {
    uint32_t a, b; /* places in reached */
    uint32_t mean;
    uint64_t key_a, key_b; /* lesser first */
};

static int by_join(const void *pa, const void *pb)
{
    const struct join *a = pa, *b = pb;
    if (a->mean != b->mean)
        return a->mean < b->mean ? -1 : 1;
    if (a->key_a != b->key_a)
        return a->key_a < b->key_a ? -1 : 1;
    return a->key_b < b->key_b ? -1 : a->key_b > b->key_b;
}

struct unions {
    uint32_t *up;
    struct fng_marks *marks; /* of unions of two or more; otherwise the node's own */
    uint32_t *weight;
};

static uint32_t top(struct unions *u, uint32_t i)
{
    while (u->up[i] != i)
        i = u->up[i] = u->up[u->up[i]];
    return i;
}

static const struct fng_marks *marks_of(const struct work *w, const struct unions *u,
                                        uint32_t i)
{
    const struct fng_node *n = w->reached.v[i];
    return u->weight[i] == n->w ? &n->marks : &u->marks[i];
}

static void try_join(struct work *w, struct unions *u, const struct join *j)
{
    uint32_t a = top(u, j->a), b = top(u, j->b);
    struct fng_marks both;
    if (a == b)
        return;
    const struct fng_marks *ma = marks_of(w, u, a), *mb = marks_of(w, u, b);
    if (fng_forbidden(ma, u->weight[a], mb, u->weight[b]))
        return;
    int rc = fng_marks_unite(ma, mb, &both);
    if (rc) {
        fng_fail(w->g, rc);
        return;
    }
    fng_marks_finish(&u->marks[a]);
    fng_marks_finish(&u->marks[b]);
    u->marks[a] = both;
    u->weight[a] += u->weight[b];
    u->up[b] = a;
}

static void join_all(struct work *w, struct unions *u)
{
    struct fn_grouping *g = w->g;
    size_t n = 0;
    struct join *joins = malloc((w->reached.n + 1) * sizeof *joins);
    if (!joins) {
        fng_fail(g, -ENOMEM);
        return;
    }
    for (size_t i = 0; i < w->reached.n; i++) {
        struct fng_node *a = w->reached.v[i];
        const struct fng_list *l = fng_list(g, pointer_kind(w), a->lead);
        struct fng_node *b = l->n ? entering(w, l->e[0].id) : NULL;
        if (!b)
            continue;
        bool less = a->key < b->key;
        joins[n++] = (struct join){.a = (uint32_t)i,
                                   .b = b->place,
                                   .mean = l->e[0].v,
                                   .key_a = less ? a->key : b->key,
                                   .key_b = less ? b->key : a->key};
    }
    qsort(joins, n, sizeof *joins, by_join);
    for (size_t i = 0; i < n && !g->rc; i++)
        try_join(w, u, &joins[i]);
    free(joins);
}

static int by_key(const void *pa, const void *pb)
{
    const struct fng_node *a = *(struct fng_node *const *)pa,
                          *b = *(struct fng_node *const *)pb;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* Takes the marks. Children in order of key. */
static struct fng_node *joined(struct work *w, struct fng_node **parts, size_t n,
                               struct fng_marks *marks)
{
    struct fn_grouping *g = w->g;
    struct fng_node *j = calloc(1, sizeof *j);
    if (!j || !(j->children = malloc(n * sizeof *j->children)) ||
        !(j->sum = calloc(g->width, sizeof *j->sum))) {
        fng_node_free(j);
        fng_fail(g, -ENOMEM);
        return NULL;
    }
    qsort(parts, n, sizeof *parts, by_key);
    j->lead = parts[0]->lead;
    j->key = parts[0]->key;
    j->born = w->round;
    j->marks = *marks;
    *marks = (struct fng_marks){0};
    j->n_children = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        j->children[i] = (struct fng_child){parts[i]->lead, parts[i]->born};
        j->w += parts[i]->w;
        j->square += parts[i]->square;
        for (uint32_t k = 0; k < g->width; k++)
            j->sum[k] += parts[i]->sum[k];
    }
    return j;
}

/* ---- what leaves the round ---- */

static void set_parent(struct work *w, struct fng_node *n, uint8_t round, uint32_t lead)
{
    if (n->parent_round == round && n->parent_lead == lead)
        return;
    n->parent_round = round;
    n->parent_lead = lead;
    fng_node_dirty(w->g, n);
}

static void pass_through(struct work *w, struct fng_node *n)
{
    if (n->parent_round == w->round)
        set_parent(w, n, 0, 0);
    else if (!n->fresh)
        return; /* it left the round as it is before, too */
    fng_ptrs_add(w->g, &w->out->came, n);
}

static void leave_joined(struct work *w, struct fng_node **parts, size_t n,
                         struct fng_marks *marks)
{
    struct fn_grouping *g = w->g;
    struct fng_node *j = joined(w, parts, n, marks);
    if (!j)
        return;
    bool fresh = false;
    for (size_t i = 0; i < n; i++) {
        struct fng_node *p = parts[i];
        fresh = fresh || p->fresh;
        if (!p->fresh && p->parent_round != w->round)
            fng_flow_gone(g, w->out, p); /* it left the round alone before */
        set_parent(w, p, w->round, j->lead);
    }
    struct fng_node *old = fng_node(g, w->round, j->lead);
    (void)fng_map_del(&w->is_dissolved, j->lead); /* it stays, or j takes its place */
    /* With a new part, even one with the same sums, it is a different cluster: clusters above
     * it do not know yet what that part is near to (level.c, tell_clusters). */
    if (old && !fresh && fng_nodes_equal(g, old, j)) {
        fng_node_free(j);
        return;
    }
    if (old) {
        fng_flow_gone(g, w->out, old);
        fng_node_drop(g, old);
    }
    fng_node_insert(g, j);
    if (g->rc)
        return;
    fng_ptrs_add(g, &w->out->came, j);
    fng_ptrs_add(g, &w->made, j);
}

struct part {
    uint32_t top, place;
};

static int by_top(const void *pa, const void *pb)
{
    const struct part *a = pa, *b = pb;
    if (a->top != b->top)
        return a->top < b->top ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void leave(struct work *w, struct unions *u)
{
    struct fn_grouping *g = w->g;
    size_t n = w->reached.n;
    struct part *parts = malloc((n + 1) * sizeof *parts);
    struct fng_node **nodes = malloc((n + 1) * sizeof *nodes);
    if (!parts || !nodes)
        fng_fail(g, -ENOMEM);
    for (size_t i = 0; !g->rc && i < n; i++)
        parts[i] = (struct part){top(u, (uint32_t)i), (uint32_t)i};
    if (!g->rc)
        qsort(parts, n, sizeof *parts, by_top);
    for (size_t i = 0, end; !g->rc && i < n; i = end) {
        for (end = i; end < n && parts[end].top == parts[i].top; end++)
            nodes[end - i] = w->reached.v[parts[end].place];
        if (end - i == 1)
            pass_through(w, nodes[0]);
        else
            leave_joined(w, nodes, end - i, &u->marks[parts[i].top]);
    }
    free(parts);
    free(nodes);
    for (size_t i = 0; i < w->dissolved.n && !g->rc; i++) {
        uint32_t lead = w->dissolved.v[i];
        struct fng_node *old =
            fng_map_get(&w->is_dissolved, lead) ? fng_node(g, w->round, lead) : NULL;
        if (!old)
            continue;
        fng_flow_gone(g, w->out, old);
        fng_node_drop(g, old);
    }
    /* No round of the level follows its last one. */
    for (size_t i = 0; i < w->made.n && w->round % FN_GROUPING_ROUNDS && !g->rc; i++)
        set_outside(w, w->made.v[i]);
}

static void join_components(struct work *w)
{
    size_t n = w->reached.n;
    struct unions u = {.up = malloc((n + 1) * sizeof *u.up),
                       .marks = calloc(n + 1, sizeof *u.marks),
                       .weight = malloc((n + 1) * sizeof *u.weight)};
    if (!u.up || !u.marks || !u.weight) {
        fng_fail(w->g, -ENOMEM);
    } else {
        for (size_t i = 0; i < n; i++) {
            struct fng_node *v = w->reached.v[i];
            u.up[i] = v->place = (uint32_t)i;
            u.weight[i] = v->w;
        }
        join_all(w, &u);
        if (!w->g->rc)
            leave(w, &u);
        for (size_t i = 0; i < n; i++)
            fng_marks_finish(&u.marks[i]);
    }
    free(u.up);
    free(u.marks);
    free(u.weight);
}

/* ---- changes that enter ---- */

static void take_out(struct work *w, const struct fng_gone *c)
{
    struct fn_grouping *g = w->g;
    unpoint(w, c->lead);
    struct fng_list *l = fng_list(g, pointed_kind(w), c->lead);
    while (l->n && !g->rc) {
        uint32_t from = l->e[0].id;
        fng_list_remove(g, pointed_kind(w), c->lead, from);
        fng_list_clear(g, pointer_kind(w), from);
        struct fng_node *n = entering(w, from);
        reach(w, n);
        look_again(w, n);
    }
    if (c->parent_round == w->round)
        dissolve(w, c->parent_lead);
    else if (fng_grow(g, &w->out->gone, &w->out->gone_cap, w->out->n_gone,
                      sizeof *w->out->gone))
        w->out->gone[w->out->n_gone++] = *c;
}

void fng_round(struct fn_grouping *g, uint8_t round, const struct fng_flow *in,
               struct fng_flow *out)
{
    unsigned level = (round - 1u) / FN_GROUPING_ROUNDS + 1;
    const uint32_t *steps = level == 1 ? g->t.level1 : g->t.level2;
    struct work w = {.g = g,
                     .round = round,
                     .before = (uint8_t)(round - 1),
                     .level = level,
                     .most = steps[(round - 1u) % FN_GROUPING_ROUNDS],
                     .large = level == 2 ? g->t.large : 0,
                     .out = out};
    if (!in->n_gone && !in->came.n)
        return;
    for (size_t i = 0; i < in->n_gone && !g->rc; i++)
        take_out(&w, &in->gone[i]);
    for (size_t i = 0; i < in->came.n; i++) {
        struct fng_node *n = in->came.v[i];
        n->fresh = true;
        reach(&w, n);
        look_again(&w, n);
    }
    for (size_t i = 0; i < w.again.n && !g->rc; i++)
        work_out(&w, w.again.v[i]);
    reach_all(&w);
    if (!g->rc)
        join_components(&w);
    for (size_t i = 0; i < w.reached.n; i++) {
        struct fng_node *n = w.reached.v[i];
        n->visited = n->again = n->fresh = false;
    }
    free(w.again.v);
    free(w.made.v);
    free(w.reached.v);
    free(w.dissolved.v);
    free(w.near.e);
    fng_map_finish(&w.is_dissolved);
}
