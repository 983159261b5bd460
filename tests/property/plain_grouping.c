/* SPDX-License-Identifier: MIT */
#include "tests/property/plain_grouping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define PLAIN_NAME(x) #x,
const char *const plain_branch_name[PLAIN_N_BRANCHES] = {PLAIN_BRANCHES(PLAIN_NAME)};

enum { K = 16, HOST = 4, ROUNDS = 4, W_MAX = 131071 };
#define NONE SIZE_MAX

/* What forbids a pair, if anything. */
enum why { FREE, BY_PERSON, BY_REJECTION, BY_PHOTO, BY_SIZE };

struct mark {
    uint32_t photo;
    bool confirmed;
};
struct cluster {
    uint64_t key, is;
    int64_t q, w;
    int32_t *s;
    uint64_t *nots;
    struct mark *photos;
    size_t n_nots, n_photos;
};
/* Something to be sorted by k[0], then k[1], and so on. */
struct item {
    uint64_t k[3];
    size_t i, j;
};
struct plain {
    const struct plain_face *f;
    size_t n;
    uint32_t width;
    const struct plain_thresholds *t;
    struct plain_trace *trace;
    size_t *before;    /* before[face]: position in the order of prio; 0 comes first */
    size_t *centre;    /* of a good face: the centre it belongs to */
    size_t *atom;      /* of a good face: its atom; NONE: low quality */
    int64_t *d;        /* of a good face: D to its centre; of a loose one: mean to its host */
    size_t *host;      /* of a loose face: the host that retains it, or NONE */
    struct cluster *c; /* current clusters, first the atoms */
    size_t n_c, n_atoms;
    size_t *home; /* of an atom: its cluster, NONE: loose */
};

static void *get(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        abort();
    return p;
}

static void hit(struct plain *p, enum plain_branch b)
{
    p->trace->count[b]++;
}

static int by_k(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    for (int i = 0; i < 3; i++) {
        if (x->k[i] != y->k[i])
            return x->k[i] < y->k[i] ? -1 : 1;
    }
    return 0;
}

static void order(struct item *items, size_t n)
{
    qsort(items, n, sizeof *items, by_k);
}

static uint64_t hash_key(uint64_t key, uint64_t seed)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(key >> (8 * i));
    return XXH3_64bits_withSeed(bytes, sizeof bytes, seed);
}

static int64_t distance(const struct plain *p, size_t a, size_t b)
{
    const int16_t *x = p->f[a].x, *y = p->f[b].x;
    int64_t sum = 0;
    for (uint32_t k = 0; k < p->width; k++) {
        int32_t diff = x[k] - y[k];
        sum += (int64_t)diff * diff;
    }
    return sum;
}

static bool has(const uint64_t *list, size_t n, uint64_t what)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == what)
            return true;
    }
    return false;
}

static enum why forbid_faces(const struct plain *p, size_t a, size_t b)
{
    const struct plain_face *x = &p->f[a], *y = &p->f[b];
    if (x->is && y->is)
        return x->is != y->is ? BY_PERSON : FREE;
    if ((x->is && has(y->nots, y->n_nots, x->is)) || (y->is && has(x->nots, x->n_nots, y->is)))
        return BY_REJECTION;
    return x->photo == y->photo ? BY_PHOTO : FREE;
}

static enum why forbid(const struct cluster *a, const struct cluster *b)
{
    if (a->is && b->is && a->is != b->is)
        return BY_PERSON;
    if ((a->is && has(b->nots, b->n_nots, a->is)) || (b->is && has(a->nots, a->n_nots, b->is)))
        return BY_REJECTION;
    for (size_t i = 0; i < a->n_photos; i++) {
        for (size_t j = 0; j < b->n_photos; j++) {
            const struct mark *x = &a->photos[i], *y = &b->photos[j];
            if (x->photo == y->photo && !(x->confirmed && y->confirmed))
                return BY_PHOTO;
        }
    }
    return a->w + b->w > W_MAX ? BY_SIZE : FREE;
}

static bool share_a_photo(const struct cluster *a, const struct cluster *b)
{
    for (size_t i = 0; i < a->n_photos; i++) {
        for (size_t j = 0; j < b->n_photos; j++) {
            if (a->photos[i].photo == b->photos[j].photo)
                return true;
        }
    }
    return false;
}

static int64_t mean(const struct plain *p, const struct cluster *a, const struct cluster *b)
{
    __extension__ typedef __int128 wide;
    int64_t dot = 0; /* at most |SA| |SB| <= 2^17 2^14 2^17 2^14 = 2^62 */
    for (uint32_t k = 0; k < p->width; k++)
        dot += (int64_t)a->s[k] * b->s[k];
    return (int64_t)(((wide)a->q * b->w + (wide)b->q * a->w - 2 * (wide)dot) / (a->w * b->w));
}

/* ---- clusters ---- */

static void add_nots(struct cluster *c, const uint64_t *nots, size_t n)
{
    c->nots = realloc(c->nots, (c->n_nots + n + 1) * sizeof *nots);
    if (!c->nots)
        abort();
    for (size_t i = 0; i < n; i++) {
        if (!has(c->nots, c->n_nots, nots[i]))
            c->nots[c->n_nots++] = nots[i];
    }
}

static void add_photos(struct cluster *c, const struct mark *photos, size_t n)
{
    c->photos = realloc(c->photos, (c->n_photos + n + 1) * sizeof *photos);
    if (!c->photos)
        abort();
    for (size_t i = 0; i < n; i++)
        c->photos[c->n_photos++] = photos[i];
}

static struct cluster empty_cluster(const struct plain *p, uint64_t key)
{
    return (struct cluster){.key = key, .s = get(p->width, sizeof(int32_t))};
}

static void free_cluster(struct cluster *c)
{
    free(c->s);
    free(c->nots);
    free(c->photos);
}

static void add_marks(struct cluster *c, const struct plain_face *f)
{
    if (f->is)
        c->is = f->is;
    add_nots(c, f->nots, f->n_nots);
}

static void add_sums(const struct plain *p, struct cluster *c, const struct plain_face *f)
{
    for (uint32_t k = 0; k < p->width; k++) {
        c->s[k] += f->x[k];
        c->q += (int64_t)f->x[k] * f->x[k];
    }
    c->w++;
    add_photos(c, &(struct mark){f->photo, f->is != 0}, 1);
}

static void unite(const struct plain *p, struct cluster *a, const struct cluster *b)
{
    for (uint32_t k = 0; k < p->width; k++)
        a->s[k] += b->s[k];
    a->q += b->q;
    a->w += b->w;
    if (b->is)
        a->is = b->is;
    add_nots(a, b->nots, b->n_nots);
    add_photos(a, b->photos, b->n_photos);
    if (b->key < a->key)
        a->key = b->key;
}

/* ---- 1: net ---- */

static void find_before(struct plain *p)
{
    struct item *o = get(p->n, sizeof *o);
    for (size_t i = 0; i < p->n; i++)
        o[i] = (struct item){{~hash_key(p->f[i].key, 0x66616365), p->f[i].key}, i, 0};
    order(o, p->n);
    for (size_t i = 0; i < p->n; i++)
        p->before[o[i].i] = i;
    free(o);
}

static void make_net(struct plain *p)
{
    size_t *by_prio = get(p->n, sizeof *by_prio), *centres = get(p->n, sizeof *centres),
           n_centres = 0;
    for (size_t i = 0; i < p->n; i++) {
        by_prio[p->before[i]] = i;
        p->centre[i] = NONE;
    }
    for (size_t i = 0; i < p->n; i++) {
        size_t x = by_prio[i];
        bool covered = false, forbidden = false;
        for (size_t k = 0; k < n_centres && !covered && !p->f[x].poor; k++) {
            if (distance(p, x, centres[k]) > p->t->net)
                continue;
            if (forbid_faces(p, x, centres[k]))
                forbidden = true;
            else
                covered = true;
        }
        if (p->f[x].poor)
            continue;
        if (covered) {
            hit(p, PLAIN_NET_COVERED);
            continue;
        }
        if (forbidden)
            hit(p, PLAIN_NET_FORBIDDEN);
        centres[n_centres++] = x;
        p->centre[x] = x;
    }
    for (size_t x = 0; x < p->n; x++) {
        if (p->f[x].poor || p->centre[x] == x)
            continue;
        int64_t least = INT64_MAX;
        bool tie = false;
        for (size_t k = 0; k < n_centres; k++) {
            size_t c = centres[k];
            int64_t d = distance(p, x, c);
            if (d > p->t->net || d > least || forbid_faces(p, x, c))
                continue;
            tie = d == least;
            if (d < least || p->f[c].key < p->f[p->centre[x]].key)
                p->centre[x] = c;
            least = d;
        }
        p->trace->used_net = (uint32_t)least;
        if (tie)
            hit(p, PLAIN_NET_TIE);
        if (least == p->t->net)
            hit(p, PLAIN_NET_LIMIT);
        if (p->before[p->centre[x]] > p->before[x])
            hit(p, PLAIN_NET_LATER);
    }
    free(by_prio);
    free(centres);
}

/* ---- 2, 3: atoms and their sketches ---- */

/* A new atom of the n retained faces, with the centre first. */
static void make_atom(struct plain *p, const size_t *kept, size_t n)
{
    struct item *o = get(n, sizeof *o);
    struct cluster c = empty_cluster(p, p->f[kept[0]].key);
    for (size_t i = 0; i < n; i++) {
        const struct plain_face *f = &p->f[kept[i]];
        bool labelled = f->is || f->n_nots;
        o[i] = (struct item){{!labelled, p->before[kept[i]]}, kept[i], 0};
        p->atom[kept[i]] = p->n_c;
        p->d[kept[i]] = distance(p, kept[i], p->centre[kept[i]]);
    }
    order(o, n);
    for (size_t i = 0; i < n && i < K; i++) {
        add_sums(p, &c, &p->f[o[i].i]);
        add_marks(&c, &p->f[o[i].i]);
        size_t n_before = 0;
        for (size_t j = 0; j < n; j++)
            n_before += p->before[kept[j]] < p->before[o[i].i];
        if (n_before >= K)
            hit(p, PLAIN_SKETCH_LABELLED);
    }
    if (n > K)
        hit(p, PLAIN_SKETCH_FULL);
    for (size_t i = K; i < n; i++) {
        if (p->f[o[i].i].is && !c.is)
            hit(p, PLAIN_SKETCH_IS);
        size_t n_nots = c.n_nots;
        add_marks(&c, &p->f[o[i].i]);
        if (c.n_nots > n_nots)
            hit(p, PLAIN_SKETCH_NOTS);
    }
    free(o);
    p->c[p->n_c++] = c;
}

static void make_atoms(struct plain *p)
{
    struct item *o = get(p->n, sizeof *o);
    size_t n = 0, *kept = get(p->n, sizeof *kept), *apart = get(p->n, sizeof *apart);
    /* Sorted by centre. Its own D is 0, but another face may have D 0 as well; the centre comes
     * first even then. */
    for (size_t x = 0; x < p->n; x++) {
        if (!p->f[x].poor) {
            uint64_t place = x == p->centre[x] ? 0 : 1 + (uint64_t)distance(p, x, p->centre[x]);
            o[n++] = (struct item){{p->centre[x], place, p->f[x].key}, x, 0};
        }
    }
    order(o, n);
    for (size_t from = 0, to; from < n; from = to) {
        size_t n_kept = 0, n_apart = 0;
        for (to = from; to < n && o[to].k[0] == o[from].k[0]; to++) {
            enum why why = FREE;
            for (size_t k = 0; k < n_kept && !why; k++) {
                why = forbid_faces(p, o[to].i, kept[k]);
                if (why && k && distance(p, kept[k], kept[0]) + 1 == (int64_t)o[to].k[1])
                    hit(p, PLAIN_ATOM_TIE);
            }
            if (!why) {
                kept[n_kept++] = o[to].i;
                continue;
            }
            apart[n_apart++] = o[to].i;
            hit(p, why == BY_PHOTO    ? PLAIN_APART_BY_PHOTO
                   : why == BY_PERSON ? PLAIN_APART_BY_PERSON
                                      : PLAIN_APART_BY_REJECTION);
        }
        make_atom(p, kept, n_kept);
        for (size_t k = 0; k < n_apart; k++)
            make_atom(p, &apart[k], 1);
    }
    p->n_atoms = p->n_c;
    for (size_t a = 0; a < p->n_atoms; a++)
        p->home[a] = a;
    free(o);
    free(kept);
    free(apart);
}

/* ---- 4, 5: rounds ---- */

/* The nearest cluster, as far as it is known. */
struct pointer {
    int64_t mean;
    size_t to;
    enum why why; /* to is forbidden */
    bool tie;
};

static void nearer(const struct plain *p, struct pointer *b, int64_t m, size_t to, enum why why)
{
    if (m > b->mean)
        return;
    b->tie = m == b->mean;
    if (m < b->mean || p->c[to].key < p->c[b->to].key) {
        b->to = to;
        b->why = why;
    }
    b->mean = m;
}

/* The counters of a level have one order: blocked by ... begins at `base`. */
enum { TIE = 3, LIMIT = 4, JOIN = 5, REFUSED = 9, PAIR_TIE = 12, ONE_PHOTO = 13 };

/* Large clusters of level 2 may be farther apart. */
static int64_t limit_of(const struct plain *p, int64_t t, enum plain_branch base, size_t a,
                        size_t b)
{
    bool large = base == PLAIN_L2_BLOCKED_PERSON && p->c[a].w >= 10 && p->c[b].w >= 10;
    return t + (large ? p->t->large : 0);
}

static size_t point(struct plain *p, uint32_t t, enum plain_branch base, struct item *pairs)
{
    struct pointer *may = get(p->n_c, sizeof *may), *any = get(p->n_c, sizeof *any);
    size_t n = 0;
    for (size_t a = 0; a < p->n_c; a++)
        may[a] = any[a] = (struct pointer){INT64_MAX, NONE, FREE, false};
    for (size_t a = 0; a < p->n_c; a++) {
        for (size_t b = a + 1; b < p->n_c; b++) {
            int64_t m = mean(p, &p->c[a], &p->c[b]);
            if (m > limit_of(p, t, base, a, b))
                continue;
            enum why why = forbid(&p->c[a], &p->c[b]);
            nearer(p, &any[a], m, b, why);
            nearer(p, &any[b], m, a, why);
            if (!why) {
                nearer(p, &may[a], m, b, why);
                nearer(p, &may[b], m, a, why);
            }
        }
    }
    for (size_t a = 0; a < p->n_c; a++) {
        size_t b = may[a].to;
        if (any[a].to != NONE && any[a].why && any[a].why != BY_SIZE)
            hit(p, base + (int)any[a].why - BY_PERSON);
        if (b == NONE)
            continue;
        if (may[a].tie)
            hit(p, base + TIE);
        if (may[a].mean == limit_of(p, t, base, a, b))
            hit(p, base + LIMIT);
        if (may[a].mean > t)
            hit(p, PLAIN_L2_LARGE);
        if (may[b].to == a && b < a)
            continue; /* the pair is already there */
        uint64_t ka = p->c[a].key, kb = p->c[b].key;
        pairs[n++] =
            (struct item){{(uint64_t)may[a].mean, ka < kb ? ka : kb, ka < kb ? kb : ka}, a, b};
    }
    free(may);
    free(any);
    order(pairs, n);
    return n;
}

static void round_of(struct plain *p, uint32_t t, int round, enum plain_branch base,
                     uint32_t *used)
{
    struct item *pairs = get(p->n_c, sizeof *pairs);
    size_t n = point(p, t, base, pairs), *in = get(p->n_c, sizeof *in),
           *now = get(p->n_c, sizeof *now), n_c = 0;
    for (size_t a = 0; a < p->n_c; a++)
        in[a] = a;
    for (size_t k = 0; k < n; k++) {
        size_t a = in[pairs[k].i], b = in[pairs[k].j];
        if (k && pairs[k].k[0] == pairs[k - 1].k[0])
            hit(p, base + PAIR_TIE);
        if (a == b)
            continue; /* never true: pointers with ties by key close no cycle */
        enum why why = forbid(&p->c[a], &p->c[b]);
        if (why) {
            if (why != BY_SIZE)
                hit(p, base + REFUSED + (int)why - BY_PERSON);
            continue;
        }
        if (share_a_photo(&p->c[a], &p->c[b]))
            hit(p, base + ONE_PHOTO);
        hit(p, base + JOIN + round);
        *used = (uint32_t)pairs[k].k[0];
        unite(p, &p->c[a], &p->c[b]);
        for (size_t i = 0; i < p->n_c; i++) {
            if (in[i] == b)
                in[i] = a;
        }
    }
    /* The joined clusters move together. The absorbed ones are freed. */
    for (size_t a = 0; a < p->n_c; a++) {
        if (in[a] == a) {
            now[a] = n_c;
            p->c[n_c++] = p->c[a];
        } else {
            free_cluster(&p->c[a]);
        }
    }
    for (size_t a = 0; a < p->n_atoms; a++) {
        if (p->home[a] != NONE)
            p->home[a] = now[in[p->home[a]]];
    }
    p->n_c = n_c;
    free(pairs);
    free(in);
    free(now);
}

/* Clusters with w = 1 are removed before level 2. */
static void drop_singles(struct plain *p)
{
    size_t *now = get(p->n_c, sizeof *now), n_c = 0;
    for (size_t a = 0; a < p->n_c; a++) {
        now[a] = NONE;
        if (p->c[a].w >= 2) {
            now[a] = n_c;
            p->c[n_c++] = p->c[a];
        } else {
            hit(p, PLAIN_L2_SINGLE);
            free_cluster(&p->c[a]);
        }
    }
    for (size_t a = 0; a < p->n_atoms; a++)
        p->home[a] = now[p->home[a]];
    p->n_c = n_c;
    free(now);
}

/* ---- 6: attachment ---- */

static bool is_loose(const struct plain *p, size_t x)
{
    return p->f[x].poor || p->home[p->atom[x]] == NONE;
}

/* A cluster of one face, with its sums and marks. */
static struct cluster one_face(const struct plain *p, size_t x)
{
    struct cluster c = empty_cluster(p, p->f[x].key);
    add_sums(p, &c, &p->f[x]);
    add_marks(&c, &p->f[x]);
    return c;
}

/* Which value of ta is for hosts of w sketch faces. */
static int rung(int64_t w)
{
    return w >= 256 ? 3 : w >= 64 ? 2 : w >= 10;
}

/* The host that x chooses. Its mean goes to p->d. */
static size_t choose_host(struct plain *p, size_t x)
{
    struct pointer may = {INT64_MAX, NONE, FREE, false}, any = may, small = may;
    struct cluster c = one_face(p, x);
    for (size_t g = 0; g < p->n_c; g++) {
        int64_t m = mean(p, &c, &p->c[g]);
        if (m > p->t->attach[rung(p->c[g].w)])
            continue;
        enum why why = forbid(&c, &p->c[g]);
        if (p->c[g].w < HOST) {
            if (!why)
                nearer(p, &small, m, g, why);
            continue;
        }
        nearer(p, &any, m, g, why);
        if (!why)
            nearer(p, &may, m, g, why);
    }
    free_cluster(&c);
    if (small.mean < may.mean)
        hit(p, PLAIN_HOST_SMALL);
    if (any.to != NONE && any.why && any.why != BY_SIZE)
        hit(p, PLAIN_HOST_BLOCKED_PERSON + (int)any.why - BY_PERSON);
    if (may.to != NONE && may.tie)
        hit(p, PLAIN_HOST_TIE);
    if (may.to != NONE && may.mean == p->t->attach[rung(p->c[may.to].w)])
        hit(p, PLAIN_HOST_LIMIT);
    p->d[x] = may.mean;
    return may.to;
}

static void attach(struct plain *p)
{
    struct item *o = get(p->n, sizeof *o);
    size_t n = 0, *chosen = get(p->n, sizeof *chosen);
    for (size_t x = 0; x < p->n; x++) {
        p->host[x] = chosen[x] = NONE;
        if (is_loose(p, x)) {
            chosen[x] = choose_host(p, x);
            o[n++] = (struct item){{p->f[x].poor, (uint64_t)p->d[x], p->f[x].key}, x, 0};
        }
    }
    order(o, n);
    for (size_t i = 0; i < n; i++) {
        size_t x = o[i].i;
        enum why why = FREE;
        for (size_t j = 0; j < i && chosen[x] != NONE && !why; j++) {
            size_t y = o[j].i;
            if (p->host[y] != chosen[x])
                continue; /* not retained, or by another host */
            why = forbid_faces(p, x, y);
            if (why && p->d[x] < p->d[y])
                hit(p, PLAIN_LEFT_FOR_QUALITY);
            if (why && p->d[x] == p->d[y] && p->f[x].poor == p->f[y].poor)
                hit(p, PLAIN_LEFT_TIE);
        }
        if (chosen[x] == NONE)
            continue;
        if (why) {
            hit(p, PLAIN_LEFT_BY_PERSON + (int)why - BY_PERSON);
            continue;
        }
        p->host[x] = chosen[x];
        p->trace->used_attach = (uint32_t)p->d[x];
        hit(p, PLAIN_HOST_RUNG_0 + (enum plain_branch)rung(p->c[p->host[x]].w));
        hit(p, p->f[x].poor ? PLAIN_ATTACHED_POOR : PLAIN_ATTACHED_GOOD);
        if (p->f[x].is)
            hit(p, PLAIN_ATTACHED_CONFIRMED);
    }
    free(o);
    free(chosen);
}

/* ---- 7, 8: one photo, result ---- */

static size_t final_cluster(const struct plain *p, size_t x)
{
    return is_loose(p, x) ? p->host[x] : p->home[p->atom[x]];
}

/* The faces of one final cluster in order, and which of them are displayed separately. */
static void show(struct plain *p, const struct item *o, size_t n, uint64_t *ret_group,
                 int64_t *ret_mean)
{
    size_t *kept = get(n, sizeof *kept), n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t x = o[i].i;
        bool apart = false, together = false;
        for (size_t k = 0; k < n_kept; k++) {
            size_t y = o[kept[k]].i;
            if (p->f[y].photo != p->f[x].photo)
                continue;
            if (!forbid_faces(p, x, y)) {
                together = true;
                continue;
            }
            apart = true;
            if (o[i].k[0] == o[kept[k]].k[0] && o[i].k[1] == o[kept[k]].k[1])
                hit(p, PLAIN_SHOWN_TIE);
        }
        if (!apart) {
            kept[n_kept++] = i;
            if (together)
                hit(p, PLAIN_SHOWN_ONE_PHOTO);
            struct cluster own = one_face(p, x);
            ret_group[x] = p->c[final_cluster(p, x)].key;
            ret_mean[x] = mean(p, &own, &p->c[final_cluster(p, x)]);
            free_cluster(&own);
            continue;
        }
        hit(p, PLAIN_SHOWN_APART_ATOM + (enum plain_branch)o[i].k[0]);
        if (!p->f[x].poor)
            ret_group[x] = hash_key(p->f[x].key, 0x6170617274);
        else
            ret_group[x] = p->f[x].is ? p->f[x].key : 0;
    }
    free(kept);
}

static void result(struct plain *p, uint64_t *ret_group, int64_t *ret_mean)
{
    struct item *o = get(p->n, sizeof *o);
    for (size_t x = 0; x < p->n; x++)
        ret_mean[x] = -1;
    for (size_t g = 0; g < p->n_c; g++) {
        size_t n = 0;
        for (size_t x = 0; x < p->n; x++) {
            if (final_cluster(p, x) != g)
                continue;
            uint64_t kind = !is_loose(p, x) ? 0 : p->f[x].poor ? 2 : 1;
            o[n++] = (struct item){{kind, (uint64_t)p->d[x], p->f[x].key}, x, 0};
        }
        order(o, n);
        show(p, o, n, ret_group, ret_mean);
    }
    for (size_t x = 0; x < p->n; x++) {
        if (final_cluster(p, x) != NONE)
            continue;
        if (!p->f[x].poor)
            hit(p, PLAIN_ALONE_GOOD);
        else
            hit(p, p->f[x].is ? PLAIN_ALONE_POOR : PLAIN_NONE_POOR);
        ret_group[x] = !p->f[x].poor || p->f[x].is ? p->f[x].key : 0;
    }
    free(o);
}

void plain_grouping(const struct plain_face *faces, size_t n, uint32_t width,
                    const struct plain_thresholds *t, uint64_t *ret_group, int64_t *ret_mean,
                    struct plain_trace *trace)
{
    struct plain p = {.f = faces, .n = n, .width = width, .t = t, .trace = trace};
    p.before = get(n, sizeof *p.before);
    p.centre = get(n, sizeof *p.centre);
    p.atom = get(n, sizeof *p.atom);
    p.d = get(n, sizeof *p.d);
    p.host = get(n, sizeof *p.host);
    p.c = get(n, sizeof *p.c);
    p.home = get(n, sizeof *p.home);
    trace->used_net = trace->used_level1 = trace->used_level2 = trace->used_attach = 0;
    find_before(&p);
    make_net(&p);
    make_atoms(&p);
    for (int i = 0; i < ROUNDS; i++)
        round_of(&p, t->level1[i], i, PLAIN_L1_BLOCKED_PERSON, &trace->used_level1);
    drop_singles(&p);
    for (int i = 0; i < ROUNDS; i++)
        round_of(&p, t->level2[i], i, PLAIN_L2_BLOCKED_PERSON, &trace->used_level2);
    attach(&p);
    result(&p, ret_group, ret_mean);
    for (size_t i = 0; i < p.n_c; i++)
        free_cluster(&p.c[i]);
    free(p.before);
    free(p.centre);
    free(p.atom);
    free(p.d);
    free(p.host);
    free(p.c);
    free(p.home);
}

void plain_steps(struct plain_thresholds *t)
{
    static const double level1[4] = {.20, .10, .05, 0}, level2[4] = {.10, .05, .02, 0};
    for (int i = 0; i < ROUNDS; i++) {
        int64_t a = t->level1[3] - (int64_t)(level1[i] * 268435456),
                b = t->level2[3] - (int64_t)(level2[i] * 268435456);
        t->level1[i] = a < 0 ? 0 : (uint32_t)a;
        t->level2[i] = b < 0 ? 0 : (uint32_t)b;
    }
}
