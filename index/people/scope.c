/* People of a set of faces that no edge leaves: groups of the good faces, poor faces attached, a person for each.
 *
 * Edges are mutual entries of the lists, near ones (strict_d) or such as share enough neighbours. Groups: cluster.h. Then,
 * with the groups as they are, each poor face goes to the group of its nearest good face when its mean distance to
 * that group is within cluster_d and nothing forbids it; nearer ones go first where two of one photo want the same group.
 * Poor faces never take part in a sum, so they cannot draw two people together.
 *
 * Person of a group: see people.h. A face that the user rejected as that person is not: the faces of a group that reject its
 * person make up a person of their own, chosen in the same way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/rng.h"
#include "index/people/people_priv.h"

__extension__ typedef __int128 i128;

/* ---- the set ---- */

static size_t slot_of(const struct fn_scope *s, fn_face_id face)
{
    size_t i = (size_t)fn_mix64(face) & (s->n_slots - 1);
    while (s->slots[i] != UINT32_MAX && s->nodes[s->slots[i]].face != face)
        i = (i + 1) & (s->n_slots - 1);
    return i;
}

uint32_t fn_scope_find(const struct fn_scope *s, fn_face_id face)
{
    return s->n_slots ? s->slots[slot_of(s, face)] : UINT32_MAX;
}

static int scope_grow(struct fn_scope *s)
{
    size_t size = s->size ? s->size * 2 : 64;
    struct fn_node *nodes = realloc(s->nodes, size * sizeof *nodes);
    if (!nodes)
        return -ENOMEM;
    s->nodes = nodes;
    s->size = size;
    uint32_t *slots = malloc(2 * size * sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(s->slots);
    s->slots = slots;
    s->n_slots = 2 * size;
    memset(slots, 0xff, s->n_slots * sizeof *slots);
    for (size_t i = 0; i < s->n; i++)
        slots[slot_of(s, nodes[i].face)] = (uint32_t)i;
    return 0;
}

int fn_scope_add(struct fn_scope *s, fn_face_id face, uint32_t *ret)
{
    if (s->n == s->size) {
        int rc = scope_grow(s);
        if (rc)
            return rc;
    }
    size_t slot = slot_of(s, face);
    if (s->slots[slot] == UINT32_MAX) {
        memset(&s->nodes[s->n], 0, sizeof s->nodes[s->n]);
        s->nodes[s->n].face = face;
        s->slots[slot] = (uint32_t)s->n++;
    }
    *ret = s->slots[slot];
    return 0;
}

void fn_scope_finish(struct fn_scope *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->nodes[i].labels);
        free(s->nodes[i].sum);
    }
    free(s->nodes);
    free(s->slots);
    *s = (struct fn_scope){0};
}

static int by_u32(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

void fn_node_set_list(struct fn_node *n, const struct fn_list *l)
{
    n->n_near = l->n < FN_LIST_SHOWN ? l->n : FN_LIST_SHOWN;
    if (n->part.kind == FN_PART_POOR && n->n_near > 1)
        n->n_near = 1;
    for (uint32_t i = 0; i < n->n_near; i++) {
        n->near[i] = l->v[i];
        n->sorted[i] = l->v[i].face;
    }
    qsort(n->sorted, n->n_near, sizeof *n->sorted, by_u32);
}

/* ---- edges ---- */

static bool lists(const struct fn_node *n, fn_face_id face)
{
    for (uint32_t i = 0; i < n->n_near; i++) {
        if (n->sorted[i] >= face)
            return n->sorted[i] == face;
    }
    return false;
}

bool fn_is_edge(const struct fn_node *a, const struct fn_node *b, uint32_t d, uint32_t strict_d)
{
    if (b->part.kind != FN_PART_GOOD || !lists(b, a->face))
        return false;
    uint32_t least = a->n_near < b->n_near ? a->n_near : b->n_near;
    uint32_t need = least - 1 < 3 ? least - 1 : 3,
             shared = 0; /* both list each other: least >= 1 */
    if (d <= strict_d || !need)
        return true;
    for (uint32_t i = 0, j = 0; i < a->n_near && j < b->n_near;) {
        if (a->sorted[i] == b->sorted[j]) {
            if (++shared == need)
                return true;
            i++;
            j++;
        } else if (a->sorted[i] < b->sorted[j]) {
            i++;
        } else {
            j++;
        }
    }
    return false;
}

/* ---- solving ---- */

struct rank { /* nodes in order of group, good faces first, then ckey */
    uint64_t group, ckey;
    bool poor;
    uint32_t node;
};

struct solve {
    struct fn_txn *t;
    struct fn_scope *s;
    const struct fn_index_model *m;
    struct fn_cluster_face *faces; /* of good nodes */
    uint32_t *node_of, *face_of;   /* face <-> node */
    size_t n;                      /* good nodes */
    uint32_t *edges, *rejected;
    struct fn_person_id *persons; /* confirmed here, ascending */
    size_t n_persons;
    struct rank *ranks; /* of assigned nodes */
    size_t n_ranks;
};

static bool confirmed(const struct fn_node *n)
{
    return n->labels && n->labels->confirmed;
}

static bool rejects(const struct fn_node *n, const struct fn_person_id *p)
{
    for (size_t i = 0; n->labels && i < n->labels->n_rejected; i++) {
        if (fn_person_eq(&n->labels->rejected[i], p))
            return true;
    }
    return false;
}

static int collect_persons(struct solve *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->s->n; i++)
        n += confirmed(&v->s->nodes[i]);
    if (!(v->persons = malloc((n + 1) * sizeof *v->persons)))
        return -ENOMEM;
    n = 0;
    for (size_t i = 0; i < v->s->n; i++) {
        if (confirmed(&v->s->nodes[i]))
            v->persons[n++] = v->s->nodes[i].labels->person;
    }
    qsort(v->persons, n, sizeof *v->persons, fn_person_cmp);
    for (size_t i = 0; i < n; i++) {
        if (!i || !fn_person_eq(&v->persons[i], &v->persons[v->n_persons - 1]))
            v->persons[v->n_persons++] = v->persons[i];
    }
    return 0;
}

/* 1.., 0: nobody here is confirmed as that. */
static uint32_t person_number(const struct solve *v, const struct fn_person_id *p)
{
    const struct fn_person_id *f =
        v->n_persons ? bsearch(p, v->persons, v->n_persons, sizeof *p, fn_person_cmp) : NULL;
    return f ? (uint32_t)(f - v->persons) + 1 : 0;
}

static int collect_faces(struct solve *v)
{
    const struct fn_scope *s = v->s;
    size_t n_edges = 0, n_rejected = 0;
    for (size_t i = 0; i < s->n; i++) {
        n_edges += s->nodes[i].n_near;
        n_rejected += s->nodes[i].labels ? s->nodes[i].labels->n_rejected : 0;
    }
    v->faces = calloc(s->n + 1, sizeof *v->faces);
    v->node_of = malloc((s->n + 1) * sizeof *v->node_of);
    v->face_of = malloc((s->n + 1) * sizeof *v->face_of);
    v->edges = malloc((n_edges + 1) * sizeof *v->edges);
    v->rejected = malloc((n_rejected + 1) * sizeof *v->rejected);
    if (!v->faces || !v->node_of || !v->face_of || !v->edges || !v->rejected)
        return -ENOMEM;
    for (size_t i = 0; i < s->n; i++) {
        v->face_of[i] = UINT32_MAX;
        if (s->nodes[i].part.kind == FN_PART_GOOD) {
            v->node_of[v->n] = (uint32_t)i;
            v->face_of[i] = (uint32_t)v->n++;
        }
    }
    return 0;
}

static void fill_face(struct solve *v, size_t k, uint32_t **edge, uint32_t **rejected)
{
    const struct fn_node *n = &v->s->nodes[v->node_of[k]];
    struct fn_cluster_face *f = &v->faces[k];
    f->ckey = n->part.ckey;
    f->photo = n->part.photo;
    f->x = n->x;
    f->confirmed = confirmed(n) ? person_number(v, &n->labels->person) : 0;
    f->rejected = *rejected;
    for (size_t i = 0; n->labels && i < n->labels->n_rejected; i++) {
        uint32_t p = person_number(v, &n->labels->rejected[i]);
        if (p)
            (*rejected)[f->n_rejected++] = p;
    }
    *rejected += f->n_rejected;
    f->edges = *edge;
    for (uint32_t i = 0; i < n->n_near; i++) {
        uint32_t y = fn_scope_find(v->s, n->near[i].face);
        if (y != UINT32_MAX && fn_is_edge(n, &v->s->nodes[y], n->near[i].d, v->m->strict_d))
            (*edge)[f->n_edges++] = v->face_of[y];
    }
    *edge += f->n_edges;
}

static int cluster(struct solve *v)
{
    uint32_t *edge, *rejected, *group;
    int rc = collect_persons(v);
    if (!rc)
        rc = collect_faces(v);
    if (rc || !v->n)
        return rc;
    edge = v->edges;
    rejected = v->rejected;
    for (size_t k = 0; k < v->n; k++)
        fill_face(v, k, &edge, &rejected);
    if (!(group = malloc(v->n * sizeof *group)))
        return -ENOMEM;
    rc = fn_cluster_component(v->faces, v->n, v->m->cluster_d, group);
    for (size_t k = 0; !rc && k < v->n; k++) {
        struct fn_node *n = &v->s->nodes[v->node_of[k]];
        n->group = v->node_of[group[k]];
        n->assigned = true;
    }
    free(group);
    return rc;
}

static int by_rank(const void *pa, const void *pb)
{
    const struct rank *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->poor != b->poor)
        return a->poor ? 1 : -1;
    return (a->ckey > b->ckey) - (a->ckey < b->ckey);
}

static int rank_assigned(struct solve *v)
{
    const struct fn_scope *s = v->s;
    free(v->ranks);
    v->n_ranks = 0;
    if (!(v->ranks = malloc((s->n + 1) * sizeof *v->ranks)))
        return -ENOMEM;
    for (size_t i = 0; i < s->n; i++) {
        const struct fn_node *n = &s->nodes[i];
        if (n->assigned)
            v->ranks[v->n_ranks++] = (struct rank){.group = s->nodes[n->group].part.ckey,
                                                   .ckey = n->part.ckey,
                                                   .poor = n->part.kind == FN_PART_POOR,
                                                   .node = (uint32_t)i};
    }
    qsort(v->ranks, v->n_ranks, sizeof *v->ranks, by_rank);
    return 0;
}

static size_t group_end(const struct solve *v, size_t first)
{
    size_t end = first + 1;
    while (end < v->n_ranks && v->ranks[end].group == v->ranks[first].group)
        end++;
    return end;
}

/* Before poor faces are attached: of good ones only. */
static int sum_groups(struct solve *v)
{
    for (size_t i = 0, end; i < v->n_ranks; i = end) {
        end = group_end(v, i);
        if (end - i < 2)
            continue;
        struct fn_group_sum *g = calloc(1, sizeof *g);
        if (!g)
            return -ENOMEM;
        for (size_t j = i; j < end; j++) {
            const int16_t *x = v->s->nodes[v->ranks[j].node].x;
            g->n++;
            for (size_t k = 0; k < FN_DIM; k++) {
                g->sum[k] += x[k];
                g->square += (uint64_t)((int32_t)x[k] * x[k]);
            }
        }
        v->s->nodes[v->ranks[i].node].sum = g;
    }
    return 0;
}

/* ---- poor faces ---- */

struct wish {
    uint32_t node, group, mean;
    uint64_t ckey;
};

static int by_mean(const void *pa, const void *pb)
{
    const struct wish *a = pa, *b = pb;
    if (a->mean != b->mean)
        return a->mean < b->mean ? -1 : 1;
    return (a->ckey > b->ckey) - (a->ckey < b->ckey);
}

static bool exclude(const struct fn_node *a, const struct fn_node *b)
{
    bool both = confirmed(a) && confirmed(b);
    bool one = both && fn_person_eq(&a->labels->person, &b->labels->person);
    if (!one && (both || a->part.photo == b->part.photo))
        return true;
    return (confirmed(a) && rejects(b, &a->labels->person)) ||
           (confirmed(b) && rejects(a, &b->labels->person));
}

static size_t group_first(const struct solve *v, uint64_t group)
{
    size_t lo = 0, hi = v->n_ranks;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->ranks[mid].group < group)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Whether poor node p may have its nearest good face's group, and how far that is. */
static bool make_wish(const struct solve *v, uint32_t p, struct wish *ret)
{
    const struct fn_node *n = &v->s->nodes[p];
    uint32_t y = n->n_near ? fn_scope_find(v->s, n->near[0].face) : UINT32_MAX;
    if (y == UINT32_MAX || !v->s->nodes[y].assigned)
        return false;
    uint32_t group = v->s->nodes[y].group;
    const struct fn_group_sum *g = v->s->nodes[group].sum;
    *ret = (struct wish){.node = p, .group = group, .ckey = n->part.ckey};
    ret->mean = g ? fn_group_mean(g, n->x, false) : n->near[0].d;
    if (ret->mean > v->m->cluster_d)
        return false;
    size_t i = group_first(v, v->s->nodes[group].part.ckey);
    for (size_t end = group_end(v, i); i < end; i++) {
        if (exclude(n, &v->s->nodes[v->ranks[i].node]))
            return false;
    }
    return true;
}

static void grant(struct solve *v, struct wish *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct fn_node *p = &v->s->nodes[w[i].node];
        bool free_to = true;
        for (size_t j = 0; free_to && j < i; j++)
            free_to = w[j].group != w[i].group || !v->s->nodes[w[j].node].assigned ||
                      !exclude(p, &v->s->nodes[w[j].node]);
        if (free_to) {
            p->group = w[i].group;
            p->assigned = true;
        }
    }
}

static int attach(struct solve *v)
{
    size_t n = 0;
    struct wish *w = malloc((v->s->n + 1) * sizeof *w);
    if (!w)
        return -ENOMEM;
    for (size_t i = 0; i < v->s->n; i++)
        n += v->s->nodes[i].part.kind == FN_PART_POOR && make_wish(v, (uint32_t)i, &w[n]);
    qsort(w, n, sizeof *w, by_mean);
    grant(v, w, n);
    free(w);
    for (size_t i = 0; i < v->s->n; i++) { /* what the user said needs no group */
        struct fn_node *p = &v->s->nodes[i];
        if (p->part.kind == FN_PART_POOR && !p->assigned && confirmed(p)) {
            p->group = (uint32_t)i;
            p->assigned = true;
        }
    }
    return 0;
}

/* ---- persons ---- */

void fn_unnamed_person(uint64_t ckey, struct fn_person_id *ret)
{
    uint8_t le[8];
    fn_put_le64(le, ckey);
    struct fn_h128 h = fn_hash128(le, sizeof le);
    memcpy(ret->b, h.b, sizeof ret->b);
}

/* For a face that rejects even the person its key stands for (that person was merged into another). */
static void person_apart(uint64_t ckey, struct fn_person_id *ret)
{
    uint8_t b[16] = "apart";
    fn_put_le64(b + 8, ckey);
    struct fn_h128 h = fn_hash128(b, sizeof b);
    memcpy(ret->b, h.b, sizeof ret->b);
}

struct vote {
    struct fn_person_id person;
    uint32_t n;
    bool hard; /* a confirmed face is among them */
};

static const struct fn_person_id *named(const struct fn_node *n)
{
    const struct fn_node_labels *l = n->labels;
    if (confirmed(n))
        return &l->person;
    return l && l->member && !rejects(n, &l->member_person) ? &l->member_person : NULL;
}

/* The person most labels name, hard and soft alike; ties go to one that is confirmed, then to the one named first. One face
 * confirmed as somebody else does not rename a group that the user named before. False: no label names anybody. */
static bool most_named(const struct fn_node *const *g, size_t n, struct vote *votes,
                       struct fn_person_id *ret)
{
    size_t k = 0, best = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fn_person_id *p = named(g[i]);
        size_t j = 0;
        if (!p)
            continue;
        while (j < k && !fn_person_eq(&votes[j].person, p))
            j++;
        if (j == k)
            votes[k++] = (struct vote){.person = *p};
        votes[j].n++;
        votes[j].hard = votes[j].hard || confirmed(g[i]);
    }
    for (size_t j = 1; j < k; j++) {
        if (votes[j].n > votes[best].n ||
            (votes[j].n == votes[best].n && votes[j].hard && !votes[best].hard))
            best = j;
    }
    if (k)
        *ret = votes[best].person;
    return k;
}

static int choose(struct solve *v, const struct fn_node *const *g, size_t n, struct vote *votes,
                  struct fn_person_id *ret)
{
    struct fn_person_id p;
    if (most_named(g, n, votes, ret))
        return 0;
    fn_unnamed_person(g[0]->part.ckey, &p);
    int rc = fn_person_resolve(v->t, &p, ret);
    if (!rc && rejects(g[0], ret))
        person_apart(g[0]->part.ckey, ret);
    return rc;
}

/* g: the nodes of one group in order; used up. Each round gives a person to at least the node that it was chosen for. */
static int name_group(struct solve *v, struct fn_node **g, size_t n, struct vote *votes)
{
    while (n) {
        struct fn_person_id p;
        size_t left = 0;
        int rc = choose(v, (const struct fn_node *const *)g, n, votes, &p);
        if (rc)
            return rc;
        for (size_t i = 0; i < n; i++) {
            if (!confirmed(g[i]) && rejects(g[i], &p) && n > 1) {
                g[left++] = g[i];
                continue;
            }
            g[i]->by_user = confirmed(g[i]);
            g[i]->person = g[i]->by_user ? g[i]->labels->person : p;
        }
        if (left == n)
            return FN_ECORRUPT;
        n = left;
    }
    return 0;
}

static int name_groups(struct solve *v)
{
    struct fn_node **g = malloc((v->n_ranks + 1) * sizeof *g);
    struct vote *votes = malloc((v->n_ranks + 1) * sizeof *votes);
    int rc = g && votes ? 0 : -ENOMEM;
    for (size_t i = 0, end; !rc && i < v->n_ranks; i = end) {
        end = group_end(v, i);
        for (size_t j = i; j < end; j++)
            g[j - i] = &v->s->nodes[v->ranks[j].node];
        rc = name_group(v, g, end - i, votes);
    }
    free(g);
    free(votes);
    return rc;
}

int fn_scope_name(struct fn_txn *t, struct fn_scope *s)
{
    struct solve v = {.t = t, .s = s};
    int rc = rank_assigned(&v);
    if (!rc)
        rc = name_groups(&v);
    free(v.ranks);
    return rc;
}

int fn_scope_solve(struct fn_txn *t, struct fn_scope *s, const struct fn_index_model *m)
{
    struct solve v = {.t = t, .s = s, .m = m};
    int rc = cluster(&v);
    if (!rc)
        rc = rank_assigned(&v);
    if (!rc)
        rc = sum_groups(&v);
    if (!rc)
        rc = attach(&v);
    if (!rc)
        rc = rank_assigned(&v);
    if (!rc)
        rc = name_groups(&v);
    free(v.faces);
    free(v.node_of);
    free(v.face_of);
    free(v.edges);
    free(v.rejected);
    free(v.persons);
    free(v.ranks);
    return rc;
}
