/* Average link on exact integers; see cluster.h for what it computes.
 *
 * A group keeps the sum S of its vectors, the sum Q of their squared lengths and its size n, so that the sum of
 * all distances between two groups is the integer nB*QA + nA*QB - 2 SA.SB. Means are compared as fractions by
 * cross products of 128 bits where their integer parts are equal: no rounding decides a merge.
 *
 * Each pair of adjacent groups is valued by the one of them that changed last, and noted in its list with the
 * version of the other. A group stands in the heap with the best of its notes that still hold; when the other
 * side of that note has changed, the pair is noted over there, and the group looks for its next best. So a merge
 * values only the neighbours of the new group, and the heap has one entry per group.
 *
 * What forbids a pair (a photo in common, persons that exclude each other) only grows with the groups, so a pair
 * refused once stays refused, and refusing it touches nothing else. Hence the run inside one final group does not
 * depend on what lies outside it. */
#include "index/people/cluster.h"

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

struct note { /* a neighbour */
    uint32_t other, version;
    uint32_t
        floor; /* integer part of the mean; NO_MERGE: above the threshold, refused, or noted by the other */
};
#define NO_MERGE UINT32_MAX

struct pair {
    u128 num;        /* sum of distances */
    uint64_t den;    /* number of pairs of faces */
    uint64_t lo, hi; /* least ckeys of the two groups, lower first */
    uint32_t floor, other, version;
};

struct group {
    int32_t
        *sum; /* FN_DIM sums, NULL while the group is one face; they fit while n < NARROW_MAX */
    int64_t *wide;             /* the same of larger groups */
    uint64_t square;           /* sum of squared lengths */
    uint32_t n, version, face; /* face: the one with the least ckey */
    uint32_t person;           /* whose confirmed faces are in it, 0: nobody's */
    struct note *notes;
    uint32_t n_notes;
    uint32_t n_seen, n_rejected;
    struct seen *seen;  /* ascending by photo */
    uint32_t *rejected; /* ascending */
    struct pair best;   /* while it is in the heap */
};
#define NARROW_MAX (1u << 16)
#define NOT_QUEUED UINT32_MAX

struct run {
    const struct fn_cluster_face *faces;
    size_t n;
    uint64_t cluster_d;
    const struct fn_vector_kernels *kernels;
    struct group *groups;
    uint32_t *parent; /* groups joined into others */
    uint32_t *mark;   /* scratch of merging notes */
    uint32_t epoch;
    uint32_t *heap, *place; /* groups by best; where each stands */
    uint32_t heap_n;
};

/* ---- the heap ---- */

static bool before(const struct pair *x, const struct pair *y)
{
    if (x->floor != y->floor)
        return x->floor < y->floor;
    u128 l = x->num * y->den, r = y->num * x->den;
    if (l != r)
        return l < r;
    return x->lo != y->lo ? x->lo < y->lo : x->hi < y->hi;
}

static void heap_set(struct run *r, uint32_t i, uint32_t g)
{
    r->heap[i] = g;
    r->place[g] = i;
}

static void heap_sift(struct run *r, uint32_t i, uint32_t g)
{
    const struct pair *p = &r->groups[g].best;
    for (; i && before(p, &r->groups[r->heap[(i - 1) / 2]].best); i = (i - 1) / 2)
        heap_set(r, i, r->heap[(i - 1) / 2]);
    for (uint32_t c; (c = 2 * i + 1) < r->heap_n; i = c) {
        if (c + 1 < r->heap_n &&
            before(&r->groups[r->heap[c + 1]].best, &r->groups[r->heap[c]].best))
            c++;
        if (!before(&r->groups[r->heap[c]].best, p))
            break;
        heap_set(r, i, r->heap[c]);
    }
    heap_set(r, i, g);
}

/* g's best has changed, or is new. */
static void heap_update(struct run *r, uint32_t g)
{
    if (r->place[g] == NOT_QUEUED)
        r->place[g] = r->heap_n++;
    heap_sift(r, r->place[g], g);
}

static void heap_remove(struct run *r, uint32_t g)
{
    uint32_t i = r->place[g];
    if (i == NOT_QUEUED)
        return;
    r->place[g] = NOT_QUEUED;
    uint32_t last = r->heap[--r->heap_n];
    if (last != g)
        heap_sift(r, i, last);
}

/* ---- distances ---- */

static uint32_t find(struct run *r, uint32_t g)
{
    while (r->parent[g] != g)
        g = r->parent[g] = r->parent[r->parent[g]];
    return g;
}

static int64_t value(const struct run *r, const struct group *g, size_t k)
{
    return g->wide ? g->wide[k] : g->sum ? g->sum[k] : r->faces[g->face].x[k];
}

/* SA.SB. The product of two vectors is at most 2^28.01, so that of two narrow groups is below 2^61, and so are the
 * partial sums (Cauchy and Schwarz); wide ones take 128 bits. */
static i128 dot(const struct run *r, const struct group *a, const struct group *b)
{
    if (a->wide || b->wide) {
        i128 s = 0;
        for (size_t k = 0; k < FN_DIM; k++)
            s += (i128)value(r, a, k) * value(r, b, k);
        return s;
    }
    int64_t s = 0;
    if (a->sum && b->sum) {
        for (size_t k = 0; k < FN_DIM; k++)
            s += (int64_t)a->sum[k] * b->sum[k];
    } else {
        const int32_t *sum = a->sum ? a->sum : b->sum;
        const int16_t *x = r->faces[a->sum ? b->face : a->face].x;
        for (size_t k = 0; k < FN_DIM; k++)
            s += (int64_t)sum[k] * x[k];
    }
    return s;
}

static u128 distance_sum(const struct run *r, const struct group *a, const struct group *b)
{
    if (a->n == 1 && b->n == 1)
        return r->kernels->d2(r->faces[a->face].x, r->faces[b->face].x, FN_DIM);
    return (u128)((i128)b->n * a->square + (i128)a->n * b->square - 2 * dot(r, a, b));
}

static uint32_t mean_floor(const struct run *r, const struct group *a, const struct group *b)
{
    u128 num = distance_sum(r, a, b);
    uint64_t den = (uint64_t)a->n * b->n;
    if (num > (u128)r->cluster_d * den)
        return NO_MERGE;
    return (uint32_t)(num >> 64 ? num / den : (uint64_t)num / den);
}

static struct pair make_pair(const struct run *r, const struct group *a, const struct note *n)
{
    const struct group *b = &r->groups[n->other];
    uint64_t ka = r->faces[a->face].ckey, kb = r->faces[b->face].ckey;
    return (struct pair){.num = distance_sum(r, a, b),
                         .den = (uint64_t)a->n * b->n,
                         .lo = ka < kb ? ka : kb,
                         .hi = ka < kb ? kb : ka,
                         .floor = n->floor,
                         .other = n->other,
                         .version = n->version};
}

static bool holds(const struct run *r, const struct note *n)
{
    return n->floor != NO_MERGE && r->parent[n->other] == n->other &&
           r->groups[n->other].version == n->version;
}

/* The best note that holds becomes the group's place in the heap; without one it leaves the heap. */
static void look_for_best(struct run *r, uint32_t g)
{
    struct group *a = &r->groups[g];
    struct pair best = {.floor = NO_MERGE};
    for (uint32_t i = 0; i < a->n_notes; i++) {
        if (a->notes[i].floor > best.floor || !holds(r, &a->notes[i]))
            continue;
        struct pair p = make_pair(r, a, &a->notes[i]);
        if (best.floor == NO_MERGE || before(&p, &best))
            best = p;
    }
    a->best = best;
    if (best.floor == NO_MERGE) {
        heap_remove(r, g);
        return;
    }
    heap_update(r, g);
}

/* ---- what forbids ---- */

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

/* ---- joining ---- */

/* The living groups adjacent to a or b, each once, without these two. */
static int merge_notes(struct run *r, uint32_t ia, uint32_t ib)
{
    struct group *a = &r->groups[ia], *b = &r->groups[ib];
    struct note *v = malloc(((size_t)a->n_notes + b->n_notes + 1) * sizeof *v);
    uint32_t n = 0, epoch = ++r->epoch;
    if (!v)
        return -ENOMEM;
    r->mark[ia] = r->mark[ib] = epoch;
    for (size_t k = 0; k < (size_t)a->n_notes + b->n_notes; k++) {
        uint32_t c =
            find(r, k < a->n_notes ? a->notes[k].other : b->notes[k - a->n_notes].other);
        if (r->mark[c] != epoch)
            v[n++].other = c;
        r->mark[c] = epoch;
    }
    free(a->notes);
    a->notes = v;
    a->n_notes = n;
    return 0;
}

static int widen(struct group *a)
{
    int64_t *wide = malloc(FN_DIM * sizeof *wide);
    if (!wide)
        return -ENOMEM;
    for (size_t k = 0; k < FN_DIM; k++)
        wide[k] = a->sum[k];
    free(a->sum);
    a->sum = NULL;
    a->wide = wide;
    return 0;
}

static int merge_sums(const struct run *r, struct group *a, const struct group *b)
{
    if (!a->sum && !a->wide) {
        if (!(a->sum = malloc(FN_DIM * sizeof *a->sum)))
            return -ENOMEM;
        for (size_t k = 0; k < FN_DIM; k++)
            a->sum[k] = r->faces[a->face].x[k];
    }
    if (!a->wide && (uint64_t)a->n + b->n >= NARROW_MAX && widen(a))
        return -ENOMEM;
    for (size_t k = 0; k < FN_DIM; k++) {
        if (a->wide)
            a->wide[k] += value(r, b, k);
        else
            a->sum[k] += (int32_t)value(r, b, k);
    }
    a->square += b->square;
    a->n += b->n;
    return 0;
}

static void group_finish(struct group *g)
{
    free(g->sum);
    free(g->wide);
    free(g->notes);
    free(g->seen);
    free(g->rejected);
    g->sum = NULL;
    g->wide = NULL;
    g->notes = NULL;
    g->seen = NULL;
    g->rejected = NULL;
    g->n_notes = g->n_seen = g->n_rejected = 0;
}

/* Joins b into a and values a's neighbours anew. */
static int join(struct run *r, uint32_t ia, uint32_t ib)
{
    struct group *a = &r->groups[ia], *b = &r->groups[ib];
    heap_remove(r, ib);
    if (merge_notes(r, ia, ib) || merge_seen(a, b) || merge_rejected(a, b) ||
        merge_sums(r, a, b))
        return -ENOMEM;
    if (r->faces[b->face].ckey < r->faces[a->face].ckey)
        a->face = b->face;
    if (!a->person)
        a->person = b->person;
    a->version++;
    r->parent[ib] = ia;
    group_finish(b);
    for (uint32_t k = 0; k < a->n_notes; k++) {
        const struct group *c = &r->groups[a->notes[k].other];
        a->notes[k].version = c->version;
        a->notes[k].floor = mean_floor(r, a, c);
    }
    look_for_best(r, ia);
    return 0;
}

/* ---- the run ---- */

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
    if (f->n_edges && !(g->notes = malloc(f->n_edges * sizeof *g->notes)))
        return -ENOMEM;
    for (uint32_t k = 0; k < f->n_edges; k++)
        g->notes[g->n_notes++] = (struct note){.other = f->edges[k], .floor = NO_MERGE};
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

static void first_notes(struct run *r, uint32_t i)
{
    struct group *a = &r->groups[i];
    for (uint32_t k = 0; k < a->n_notes; k++) {
        if (i < a->notes[k].other) /* one side is enough */
            a->notes[k].floor = mean_floor(r, a, &r->groups[a->notes[k].other]);
    }
    look_for_best(r, i);
}

static int run_init(struct run *r)
{
    uint64_t *photos = malloc(r->n * sizeof *photos);
    int rc = -ENOMEM;
    r->groups = calloc(r->n, sizeof *r->groups);
    r->parent = malloc(r->n * sizeof *r->parent);
    r->mark = calloc(r->n, sizeof *r->mark);
    r->heap = malloc(r->n * sizeof *r->heap);
    r->place = malloc(r->n * sizeof *r->place);
    if (!photos || !r->groups || !r->parent || !r->mark || !r->heap || !r->place)
        goto out;
    for (size_t i = 0; i < r->n; i++) {
        photos[i] = r->faces[i].photo;
        r->parent[i] = (uint32_t)i;
        r->place[i] = NOT_QUEUED;
    }
    qsort(photos, r->n, sizeof *photos, by_u64);
    for (size_t i = 0; i < r->n; i++) {
        if (group_init(r, (uint32_t)i, photos))
            goto out;
    }
    for (uint32_t i = 0; i < r->n; i++)
        first_notes(r, i);
    rc = 0;
out:
    free(photos);
    return rc;
}

static void refuse(struct run *r, uint32_t g)
{
    struct group *a = &r->groups[g];
    for (uint32_t k = 0; k < a->n_notes; k++) {
        if (a->notes[k].other == a->best.other)
            a->notes[k].floor = NO_MERGE;
    }
    look_for_best(r, g);
}

static int run_merges(struct run *r)
{
    while (r->heap_n) {
        uint32_t ia = r->heap[0], ib = r->groups[ia].best.other;
        struct group *a = &r->groups[ia], *b = &r->groups[ib];
        if (r->parent[ib] != ib || b->version != a->best.version) {
            look_for_best(r, ia);
        } else if (forbidden(a, b)) {
            refuse(r, ia);
        } else {
            int rc = a->n >= b->n ? join(r, ia, ib) : join(r, ib, ia);
            if (rc)
                return rc;
        }
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
    free(r->place);
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
