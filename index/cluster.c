/* Average link on exact integers; see cluster.h for what it computes.
 *
 * A group keeps the sum S of its vectors, the sum Q of their squared lengths and its size n, so that the sum of
 * all distances between two groups is the integer nB*QA + nA*QB - 2 SA.SB. Means are compared as fractions by
 * cross products of 128 bits: no rounding decides a merge. Single faces need no S of their own.
 *
 * Work is a heap of adjacent pairs with lazy deletion: a merge raises the version of the group that stays, and
 * entries of older versions are thrown away when they surface. A pair whose mean is above the threshold is not
 * queued; it is looked at again whenever one of its groups grows.
 *
 * What forbids a pair (a photo in common, persons that exclude each other) only grows with the groups, so a pair
 * refused once stays refused, and refusing it touches nothing else. Hence the run inside one final group does not
 * depend on what lies outside it. */
#include "index/cluster.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/cpu.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

struct seen { /* a face of a photo that has several faces here */
    uint64_t photo;
    uint32_t person;
};

struct group {
    int64_t *sum;              /* FN_DIM sums, NULL while the group is one face */
    uint64_t square;           /* sum of squared lengths */
    uint32_t n, version, face; /* face: the one with the least ckey */
    uint32_t person;           /* whose confirmed faces are in it, 0: nobody's */
    uint32_t *adj; /* faces or groups that were adjacent; followed through parent[] */
    uint32_t n_adj;
    struct seen *seen; /* ascending by photo */
    uint32_t n_seen;
    uint32_t *rejected; /* ascending */
    uint32_t n_rejected;
};

struct pair {
    u128 num;     /* sum of distances */
    uint64_t den; /* number of pairs of faces */
    uint64_t floor;
    uint64_t lo, hi; /* least ckeys of the two groups, lower first */
    uint32_t a, b, version_a, version_b;
};

struct run {
    const struct fn_cluster_face *faces;
    size_t n;
    uint64_t cluster_d;
    const struct fn_vector_kernels *kernels;
    struct group *groups;
    uint32_t *parent; /* groups joined into others */
    uint32_t *mark;   /* scratch of merging adjacency */
    uint32_t epoch;
    struct pair *heap;
    size_t heap_n, heap_size;
};

static bool before(const struct pair *x, const struct pair *y)
{
    if (x->floor != y->floor)
        return x->floor < y->floor;
    u128 l = x->num * y->den, r = y->num * x->den;
    if (l != r)
        return l < r;
    return x->lo != y->lo ? x->lo < y->lo : x->hi < y->hi;
}

static int heap_push(struct run *r, const struct pair *p)
{
    if (r->heap_n == r->heap_size) {
        size_t size = r->heap_size ? r->heap_size * 2 : 256;
        struct pair *h = realloc(r->heap, size * sizeof *h);
        if (!h)
            return -ENOMEM;
        r->heap = h;
        r->heap_size = size;
    }
    size_t i = r->heap_n++;
    for (; i && before(p, &r->heap[(i - 1) / 2]); i = (i - 1) / 2)
        r->heap[i] = r->heap[(i - 1) / 2];
    r->heap[i] = *p;
    return 0;
}

static struct pair heap_pop(struct run *r)
{
    struct pair top = r->heap[0], last = r->heap[--r->heap_n];
    size_t i = 0, n = r->heap_n;
    for (size_t c; (c = 2 * i + 1) < n; i = c) {
        if (c + 1 < n && before(&r->heap[c + 1], &r->heap[c]))
            c++;
        if (!before(&r->heap[c], &last))
            break;
        r->heap[i] = r->heap[c];
    }
    if (n)
        r->heap[i] = last;
    return top;
}

static uint32_t find(struct run *r, uint32_t g)
{
    while (r->parent[g] != g)
        g = r->parent[g] = r->parent[r->parent[g]];
    return g;
}

/* SA.SB. Up to 2^34 pairs the total stays below 2^63 (each product of two vectors is at most 2^28.01, and partial
 * sums are bounded in the same way by Cauchy and Schwarz); beyond, 128 bits. */
static i128 dot(const struct run *r, const struct group *a, const struct group *b)
{
    if (!a->sum && b->sum) {
        const struct group *s = a;
        a = b;
        b = s;
    }
    const int16_t *y = r->faces[b->face].x;
    if (!b->sum) {
        int64_t s = 0;
        for (size_t k = 0; k < FN_DIM; k++)
            s += (a->sum ? a->sum[k] : r->faces[a->face].x[k]) * y[k];
        return s;
    }
    if ((uint64_t)a->n * b->n < (uint64_t)1 << 34) {
        int64_t s = 0;
        for (size_t k = 0; k < FN_DIM; k++)
            s += a->sum[k] * b->sum[k];
        return s;
    }
    i128 s = 0;
    for (size_t k = 0; k < FN_DIM; k++)
        s += (i128)a->sum[k] * b->sum[k];
    return s;
}

static u128 distance_sum(const struct run *r, const struct group *a, const struct group *b)
{
    if (!a->sum && !b->sum)
        return r->kernels->d2(r->faces[a->face].x, r->faces[b->face].x);
    i128 s = (i128)b->n * a->square + (i128)a->n * b->square - 2 * dot(r, a, b);
    return (u128)s;
}

/* Queues the pair when its mean lets it be joined. */
static int consider(struct run *r, uint32_t a, uint32_t b)
{
    const struct group *ga = &r->groups[a], *gb = &r->groups[b];
    struct pair p = {
        .num = distance_sum(r, ga, gb), .den = (uint64_t)ga->n * gb->n, .a = a, .b = b};
    if (p.num > (u128)r->cluster_d * p.den)
        return 0;
    p.floor = (uint64_t)(p.num / p.den);
    p.version_a = ga->version;
    p.version_b = gb->version;
    uint64_t ka = r->faces[ga->face].ckey, kb = r->faces[gb->face].ckey;
    p.lo = ka < kb ? ka : kb;
    p.hi = ka < kb ? kb : ka;
    return heap_push(r, &p);
}

static bool contains(const uint32_t *v, size_t n, uint32_t x)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v[mid] < x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && v[lo] == x;
}

static const struct seen *find_photo(const struct group *g, uint64_t photo)
{
    size_t lo = 0, hi = g->n_seen;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (g->seen[mid].photo < photo)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->n_seen && g->seen[lo].photo == photo ? &g->seen[lo] : NULL;
}

static bool share_photo(const struct group *a, const struct group *b)
{
    if (a->n_seen > b->n_seen) {
        const struct group *s = a;
        a = b;
        b = s;
    }
    for (size_t i = 0; i < a->n_seen; i++) {
        const struct seen *s = find_photo(b, a->seen[i].photo);
        if (s && (!s->person || s->person != a->seen[i].person))
            return true;
    }
    return false;
}

static bool forbidden(const struct group *a, const struct group *b)
{
    if (a->person && b->person && a->person != b->person)
        return true;
    return (a->person && contains(b->rejected, b->n_rejected, a->person)) ||
           (b->person && contains(a->rejected, a->n_rejected, b->person)) || share_photo(a, b);
}

/* One entry per photo is enough: faces of one photo come together only when all are of one person. */
static int merge_seen(struct group *a, const struct group *b)
{
    if (!b->n_seen)
        return 0;
    struct seen *v = malloc(((size_t)a->n_seen + b->n_seen) * sizeof *v);
    if (!v)
        return -ENOMEM;
    uint32_t i = 0, j = 0, n = 0;
    while (i < a->n_seen || j < b->n_seen) {
        if (j == b->n_seen || (i < a->n_seen && a->seen[i].photo < b->seen[j].photo)) {
            v[n++] = a->seen[i++];
        } else {
            if (i < a->n_seen && a->seen[i].photo == b->seen[j].photo)
                i++;
            v[n++] = b->seen[j++];
        }
    }
    free(a->seen);
    a->seen = v;
    a->n_seen = n;
    return 0;
}

static int merge_rejected(struct group *a, const struct group *b)
{
    if (!b->n_rejected)
        return 0;
    uint32_t *v = malloc(((size_t)a->n_rejected + b->n_rejected) * sizeof *v);
    if (!v)
        return -ENOMEM;
    uint32_t i = 0, j = 0, n = 0;
    while (i < a->n_rejected || j < b->n_rejected) {
        if (j == b->n_rejected || (i < a->n_rejected && a->rejected[i] < b->rejected[j])) {
            v[n++] = a->rejected[i++];
        } else {
            if (i < a->n_rejected && a->rejected[i] == b->rejected[j])
                i++;
            v[n++] = b->rejected[j++];
        }
    }
    free(a->rejected);
    a->rejected = v;
    a->n_rejected = n;
    return 0;
}

/* The living groups adjacent to a or b, each once, without these two. */
static int merge_adjacency(struct run *r, uint32_t ia, uint32_t ib)
{
    struct group *a = &r->groups[ia], *b = &r->groups[ib];
    uint32_t *v = malloc(((size_t)a->n_adj + b->n_adj + 1) * sizeof *v), n = 0;
    if (!v)
        return -ENOMEM;
    uint32_t epoch = ++r->epoch;
    r->mark[ia] = r->mark[ib] = epoch;
    for (size_t k = 0; k < (size_t)a->n_adj + b->n_adj; k++) {
        uint32_t c = find(r, k < a->n_adj ? a->adj[k] : b->adj[k - a->n_adj]);
        if (r->mark[c] != epoch)
            v[n++] = c;
        r->mark[c] = epoch;
    }
    free(a->adj);
    a->adj = v;
    a->n_adj = n;
    return 0;
}

static void add_to_sum(const struct run *r, int64_t *sum, const struct group *g)
{
    const int16_t *x = r->faces[g->face].x;
    for (size_t k = 0; k < FN_DIM; k++)
        sum[k] += g->sum ? g->sum[k] : x[k];
}

static int merge_sums(const struct run *r, struct group *a, const struct group *b)
{
    if (!a->sum) {
        int64_t *s = calloc(FN_DIM, sizeof *s);
        if (!s)
            return -ENOMEM;
        add_to_sum(r, s, a);
        a->sum = s;
    }
    add_to_sum(r, a->sum, b);
    a->square += b->square;
    a->n += b->n;
    return 0;
}

static void group_finish(struct group *g)
{
    free(g->sum);
    free(g->adj);
    free(g->seen);
    free(g->rejected);
    g->sum = NULL;
    g->adj = NULL;
    g->seen = NULL;
    g->rejected = NULL;
    g->n_adj = g->n_seen = g->n_rejected = 0;
}

/* Joins b into a and looks at a's neighbours anew. */
static int join(struct run *r, uint32_t ia, uint32_t ib)
{
    struct group *a = &r->groups[ia], *b = &r->groups[ib];
    if (merge_adjacency(r, ia, ib) || merge_seen(a, b) || merge_rejected(a, b) ||
        merge_sums(r, a, b))
        return -ENOMEM;
    if (r->faces[b->face].ckey < r->faces[a->face].ckey)
        a->face = b->face;
    if (!a->person)
        a->person = b->person;
    a->version++;
    r->parent[ib] = ia;
    group_finish(b);
    for (uint32_t k = 0; k < a->n_adj; k++) {
        if (consider(r, ia, a->adj[k]))
            return -ENOMEM;
    }
    return 0;
}

static int by_u64(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
    return (a > b) - (a < b);
}

static int by_u32(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

/* photos: those of all faces, ascending. Only photos that occur twice can forbid anything. */
static bool occurs_twice(const uint64_t *photos, size_t n, uint64_t photo)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (photos[mid] < photo)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo + 1 < n && photos[lo + 1] == photo;
}

static int group_init(const struct run *r, uint32_t i, const uint64_t *photos)
{
    const struct fn_cluster_face *f = &r->faces[i];
    struct group *g = &r->groups[i];
    *g = (struct group){.n = 1, .face = i, .person = f->confirmed};
    for (size_t k = 0; k < FN_DIM; k++)
        g->square += (uint64_t)((int32_t)f->x[k] * f->x[k]);
    if (f->n_edges) {
        if (!(g->adj = malloc(f->n_edges * sizeof *g->adj)))
            return -ENOMEM;
        memcpy(g->adj, f->edges, f->n_edges * sizeof *g->adj);
        g->n_adj = f->n_edges;
    }
    if (f->n_rejected) {
        if (!(g->rejected = malloc(f->n_rejected * sizeof *g->rejected)))
            return -ENOMEM;
        memcpy(g->rejected, f->rejected, f->n_rejected * sizeof *g->rejected);
        qsort(g->rejected, f->n_rejected, sizeof *g->rejected, by_u32);
        g->n_rejected = f->n_rejected;
    }
    if (occurs_twice(photos, r->n, f->photo)) {
        if (!(g->seen = malloc(sizeof *g->seen)))
            return -ENOMEM;
        g->seen[0] = (struct seen){f->photo, f->confirmed};
        g->n_seen = 1;
    }
    return 0;
}

static int run_init(struct run *r)
{
    uint64_t *photos = malloc(r->n * sizeof *photos);
    int rc = -ENOMEM;
    r->groups = calloc(r->n, sizeof *r->groups);
    r->parent = malloc(r->n * sizeof *r->parent);
    r->mark = calloc(r->n, sizeof *r->mark);
    if (!photos || !r->groups || !r->parent || !r->mark)
        goto out;
    for (size_t i = 0; i < r->n; i++) {
        photos[i] = r->faces[i].photo;
        r->parent[i] = (uint32_t)i;
    }
    qsort(photos, r->n, sizeof *photos, by_u64);
    for (size_t i = 0; i < r->n; i++) {
        if (group_init(r, (uint32_t)i, photos))
            goto out;
    }
    for (uint32_t i = 0; i < r->n; i++) {
        for (uint32_t k = 0; k < r->faces[i].n_edges; k++) {
            uint32_t j = r->faces[i].edges[k];
            if (i < j && consider(r, i, j))
                goto out;
        }
    }
    rc = 0;
out:
    free(photos);
    return rc;
}

static int run_merges(struct run *r)
{
    while (r->heap_n) {
        struct pair p = heap_pop(r);
        struct group *a = &r->groups[p.a], *b = &r->groups[p.b];
        if (r->parent[p.a] != p.a || r->parent[p.b] != p.b || a->version != p.version_a ||
            b->version != p.version_b || forbidden(a, b))
            continue;
        int rc = a->n >= b->n ? join(r, p.a, p.b) : join(r, p.b, p.a);
        if (rc)
            return rc;
    }
    return 0;
}

static void run_finish(struct run *r)
{
    for (size_t i = 0; r->groups && i < r->n; i++)
        group_finish(&r->groups[i]);
    free(r->groups);
    free(r->parent);
    free(r->mark);
    free(r->heap);
}

int fn_cluster_component(const struct fn_cluster_face *faces, size_t n, uint32_t cluster_d,
                         uint32_t *ret_group)
{
    if (!n)
        return 0;
    if (n > UINT32_MAX)
        return -EOVERFLOW;
    struct run r = {.faces = faces,
                    .n = n,
                    .cluster_d = cluster_d,
                    .kernels = fn_vector_kernels(FN_CPU_DETECT)};
    int rc = run_init(&r);
    if (!rc)
        rc = run_merges(&r);
    for (size_t i = 0; !rc && i < n; i++)
        ret_group[i] = r.groups[find(&r, (uint32_t)i)].face;
    run_finish(&r);
    return rc;
}
