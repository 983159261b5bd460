/* fn_cluster_component against a reference that tries every pair of groups at every step with sums taken face by
 * face, on random graphs with photos and constraints; and against itself with the faces in another order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/people/cluster.h"
#include "tests/property/synth.h"

enum { FACES_MAX = 48 };
#define CLUSTER_D (FN_Q14_ONE / 100 * 90)

__extension__ typedef unsigned __int128 u128;

struct scene {
    size_t n;
    struct fn_cluster_face faces[FACES_MAX];
    int16_t x[FACES_MAX][FN_DIM];
    uint32_t edges[FACES_MAX][FACES_MAX];
    uint32_t rejected[FACES_MAX][4];
    bool edge[FACES_MAX][FACES_MAX];
};

static void link_edges(struct scene *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct fn_cluster_face *f = &s->faces[i];
        f->x = s->x[i];
        f->edges = s->edges[i];
        f->rejected = s->rejected[i];
        f->n_edges = 0;
        for (size_t j = 0; j < s->n; j++) {
            if (s->edge[i][j])
                s->edges[i][f->n_edges++] = (uint32_t)j;
        }
    }
}

static void make_scene(struct scene *s, uint64_t seed, bool labels)
{
    struct fn_rng r = fn_rng_init(seed, 1);
    struct synth y = {.seed = seed, .within = .7, .families = .75};
    memset(s, 0, sizeof *s);
    s->n = 2 + fn_rng_below(&r, FACES_MAX - 2);
    for (size_t i = 0; i < s->n; i++) {
        float e[FN_DIM];
        synth_vector(&y, (uint32_t)fn_rng_below(&r, 8), (uint32_t)i, e);
        fn_q14_from_float(s->x[i], e, FN_DIM);
        s->faces[i].ckey = fn_rng_u64(&r);
        s->faces[i].photo = fn_rng_below(&r, 20);
        if (labels && fn_rng_below(&r, 4) == 0)
            s->faces[i].confirmed = 1 + (uint32_t)fn_rng_below(&r, 3);
        for (uint32_t p = 1; labels && p <= 3; p++) {
            if (p != s->faces[i].confirmed && fn_rng_below(&r, 6) == 0)
                s->rejected[i][s->faces[i].n_rejected++] = p;
        }
        for (size_t j = 0; j < i; j++)
            s->edge[i][j] = s->edge[j][i] = fn_rng_below(&r, 3) > 0;
    }
    link_edges(s);
}

static bool faces_exclude(const struct fn_cluster_face *a, const struct fn_cluster_face *b)
{
    if (a->photo == b->photo && (!a->confirmed || a->confirmed != b->confirmed))
        return true;
    if (a->confirmed && b->confirmed && a->confirmed != b->confirmed)
        return true;
    for (uint32_t k = 0; b->confirmed && k < a->n_rejected; k++) {
        if (a->rejected[k] == b->confirmed)
            return true;
    }
    for (uint32_t k = 0; a->confirmed && k < b->n_rejected; k++) {
        if (b->rejected[k] == a->confirmed)
            return true;
    }
    return false;
}

static int64_t d2(const int16_t *x, const int16_t *y)
{
    int64_t s = 0;
    for (int k = 0; k < FN_DIM; k++)
        s += (int64_t)(x[k] - y[k]) * (x[k] - y[k]);
    return s;
}

struct best {
    uint64_t num, den, lo, hi;
    uint32_t a, b;
};

static bool better(const struct best *x, const struct best *y)
{
    u128 l = (u128)x->num * y->den, r = (u128)y->num * x->den;
    if (l != r)
        return l < r;
    return x->lo != y->lo ? x->lo < y->lo : x->hi < y->hi;
}

/* The pair of groups a and b looked at face by face; false: not adjacent, forbidden, or too far. */
static bool look(const struct scene *s, const uint32_t *group, uint32_t a, uint32_t b,
                 struct best *ret)
{
    struct best p = {.a = a, .b = b};
    uint64_t key[2] = {UINT64_MAX, UINT64_MAX};
    bool adjacent = false;
    for (size_t i = 0; i < s->n; i++) {
        uint64_t *k = group[i] == a ? &key[0] : &key[1];
        if ((group[i] == a || group[i] == b) && s->faces[i].ckey < *k)
            *k = s->faces[i].ckey;
        for (size_t j = 0; j < s->n; j++) {
            if (group[i] != a || group[j] != b)
                continue;
            if (faces_exclude(&s->faces[i], &s->faces[j]))
                return false;
            adjacent = adjacent || s->edge[i][j];
            p.num += (uint64_t)d2(s->x[i], s->x[j]);
            p.den++;
        }
    }
    p.lo = key[0] < key[1] ? key[0] : key[1];
    p.hi = key[0] < key[1] ? key[1] : key[0];
    *ret = p;
    return adjacent && p.num <= (uint64_t)CLUSTER_D * p.den;
}

static void reference(const struct scene *s, uint32_t *group)
{
    for (uint32_t i = 0; i < s->n; i++)
        group[i] = i;
    for (;;) {
        struct best best = {.den = 0}, p;
        for (uint32_t a = 0; a < s->n; a++) {
            for (uint32_t b = a + 1; b < s->n; b++) {
                if (look(s, group, a, b, &p) && (!best.den || better(&p, &best)))
                    best = p;
            }
        }
        if (!best.den)
            break;
        for (size_t i = 0; i < s->n; i++) {
            if (group[i] == best.b)
                group[i] = best.a;
        }
    }
    uint32_t least[FACES_MAX];
    for (uint32_t i = 0; i < s->n; i++) {
        least[i] = i;
        for (uint32_t j = 0; j < s->n; j++) {
            if (group[j] == group[i] && s->faces[j].ckey < s->faces[least[i]].ckey)
                least[i] = j;
        }
    }
    memcpy(group, least, s->n * sizeof *group);
}

static void agrees_with_reference(void **state)
{
    (void)state;
    size_t n_seeds = getenv("FN_TEST_FULL") ? 2000 : 150, merged = 0, kept_apart = 0;
    for (uint64_t seed = 1; seed <= n_seeds; seed++) {
        struct scene s;
        uint32_t want[FACES_MAX], got[FACES_MAX];
        make_scene(&s, seed, seed % 3);
        reference(&s, want);
        assert_int_equal(fn_cluster_component(s.faces, s.n, CLUSTER_D, got), 0);
        for (size_t i = 0; i < s.n; i++) {
            if (want[i] != got[i])
                fail_msg("seed %u: face %zu in %u, reference %u", (unsigned)seed, i, got[i],
                         want[i]);
            merged += got[i] != i;
        }
        for (size_t i = 0; i < s.n; i++) {
            for (size_t j = 0; j < i; j++)
                kept_apart += faces_exclude(&s.faces[i], &s.faces[j]) &&
                              d2(s.x[i], s.x[j]) < (int64_t)CLUSTER_D;
        }
    }
    /* The scenes would prove nothing if hardly anything were joined or forbidden. */
    assert_true(merged > n_seeds * 4);
    assert_true(kept_apart > n_seeds * 4);
}

static void permute(const struct scene *s, struct scene *t, const uint32_t *to)
{
    memset(t, 0, sizeof *t);
    t->n = s->n;
    for (size_t i = 0; i < s->n; i++) {
        t->faces[to[i]] = s->faces[i];
        memcpy(t->x[to[i]], s->x[i], sizeof s->x[i]);
        memcpy(t->rejected[to[i]], s->rejected[i], sizeof s->rejected[i]);
        for (size_t j = 0; j < s->n; j++)
            t->edge[to[i]][to[j]] = s->edge[i][j];
    }
    link_edges(t);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    size_t n_seeds = getenv("FN_TEST_FULL") ? 5000 : 300;
    for (uint64_t seed = 1; seed <= n_seeds; seed++) {
        struct scene s, t;
        uint32_t a[FACES_MAX], b[FACES_MAX], to[FACES_MAX];
        struct fn_rng r = fn_rng_init(seed, 2);
        make_scene(&s, seed * 7919, true);
        for (uint32_t i = 0; i < s.n; i++) {
            uint32_t j = (uint32_t)fn_rng_below(&r, i + 1);
            to[i] = to[j];
            to[j] = i;
        }
        permute(&s, &t, to);
        assert_int_equal(fn_cluster_component(s.faces, s.n, CLUSTER_D, a), 0);
        assert_int_equal(fn_cluster_component(t.faces, t.n, CLUSTER_D, b), 0);
        for (size_t i = 0; i < s.n; i++)
            assert_int_equal(to[a[i]], b[to[i]]);
    }
}

/* Sums of large groups leave 63 bits: opposite halves of a big group have a mean that is known. */
static void big_groups_do_not_overflow(void **state)
{
    (void)state;
    const size_t n = 3000;
    struct fn_cluster_face *faces = calloc(n, sizeof *faces);
    uint32_t *edges = calloc(n * 2, sizeof *edges), *group = calloc(n, sizeof *group);
    int16_t x[FN_DIM] = {16384};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 0;
        if (i)
            edges[i * 2 + k++] = i - 1;
        if (i + 1 < n)
            edges[i * 2 + k++] = i + 1;
        faces[i] = (struct fn_cluster_face){
            .ckey = n - i, .photo = i, .x = x, .edges = &edges[i * 2], .n_edges = k};
    }
    assert_int_equal(fn_cluster_component(faces, n, 0, group), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(group[i], n - 1);
    free(faces);
    free(edges);
    free(group);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_reference),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(big_groups_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
