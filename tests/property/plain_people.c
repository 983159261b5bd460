/* SPDX-License-Identifier: MIT */
#include "tests/property/plain_people.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/hash.h"

struct face {
    fn_face_id id;
    int16_t x[FN_DIM];
    uint64_t nots[FN_REJECTED_MAX];
    struct fn_face_labels said;
    struct fn_member m; /* person all 0: nobody */
};
struct gathered {
    struct fn_txn *t;
    struct face *faces;
    struct plain_face *plain;
    struct fn_person_id *persons; /* the number of a person is its position + 1 */
    size_t n, size, n_persons;
};

static void must(bool ok)
{
    if (!ok)
        abort();
}

static uint64_t number(struct gathered *g, const struct fn_person_id *p)
{
    for (size_t i = 0; i < g->n_persons; i++) {
        if (fn_person_eq(&g->persons[i], p))
            return i + 1;
    }
    g->persons = realloc(g->persons, (g->n_persons + 1) * sizeof *g->persons);
    must(g->persons);
    g->persons[g->n_persons] = *p;
    return ++g->n_persons;
}

static int gather(const struct fn_face_rec *f, void *ctx)
{
    struct gathered *g = ctx;
    struct fn_face_labels l;
    must(!fn_labels_of_face(g->t, f->id, &l));
    if (f->flags & FN_FACE_NOTFACE || (f->flags & FN_FACE_GONE && !l.confirmed))
        return 0; /* a confirmed face stays when its photo is gone */
    must(g->n < g->size);
    struct face *to = &g->faces[g->n];
    struct plain_face *p = &g->plain[g->n++];
    to->id = f->id;
    must(!fn_vector_get(g->t, f->row, to->x));
    int rc = fn_member_who(g->t, f->id, &to->m);
    must(!rc || rc == FN_ENOTFOUND);
    to->said = l;
    *p = (struct plain_face){.key = f->ckey,
                             .photo = f->photo,
                             .poor = f->flags & FN_FACE_POOR,
                             .x = to->x,
                             .nots = to->nots,
                             .n_nots = (uint32_t)l.n_rejected};
    if (l.confirmed)
        p->is = number(g, &l.person);
    for (size_t i = 0; i < l.n_rejected; i++)
        to->nots[i] = number(g, &l.rejected[i]);
    return 0;
}

static int count(const struct fn_face_rec *f, void *ctx)
{
    (void)f;
    ++*(size_t *)ctx;
    return 0;
}

struct fn_grouping_thresholds plain_people_thresholds(struct fn_txn *t, unsigned size_class)
{
    struct fn_index_model m;
    struct fn_grouping_thresholds ret;
    must(!fn_index_model_get(t, &m, NULL));
    fn_grouping_thresholds_of(
        &(struct fn_grouping_model){m.single_d / 268435456.0, m.group_d / 268435456.0,
                                    m.net_d / 268435456.0, m.decade_d / 268435456.0},
        size_class, &ret);
    return ret;
}

static struct plain_thresholds as_plain(const struct fn_grouping_thresholds *t)
{
    struct plain_thresholds ret = {.net = t->net, .large = t->large};
    memcpy(ret.attach, t->attach, sizeof ret.attach);
    for (int i = 0; i < FN_GROUPING_ROUNDS; i++) {
        ret.level1[i] = t->level1[i];
        ret.level2[i] = t->level2[i];
    }
    return ret;
}

static struct gathered gather_all(struct fn_txn *t)
{
    struct gathered g = {.t = t};
    must(!fn_face_each(t, count, &g.size));
    g.faces = calloc(g.size + 1, sizeof *g.faces);
    g.plain = calloc(g.size + 1, sizeof *g.plain);
    must(g.faces && g.plain);
    must(!fn_face_each(t, gather, &g));
    return g;
}

static void drop(struct gathered *g)
{
    free(g->faces);
    free(g->plain);
    free(g->persons);
}

size_t plain_people_differ(struct fn_txn *t, const struct fn_grouping_thresholds *th,
                           struct plain_trace *trace)
{
    struct gathered g = gather_all(t);
    size_t differ = 0;
    uint64_t *group = calloc(g.size + 1, sizeof *group);
    int64_t *mean = calloc(g.size + 1, sizeof *mean);
    must(group && mean);
    struct plain_thresholds plain = as_plain(th);
    plain_grouping(g.plain, g.n, FN_DIM, &plain, group, mean, trace);
    for (size_t i = 0; i < g.n; i++)
        differ += g.faces[i].m.group != group[i];
    drop(&g);
    free(group);
    free(mean);
    return differ;
}

/* ---- names ---- */

static bool rejects(const struct face *f, const struct fn_person_id *p)
{
    for (size_t i = 0; i < f->said.n_rejected; i++) {
        if (fn_person_eq(&f->said.rejected[i], p))
            return true;
    }
    return false;
}

/* The person of the cluster, by the labels of this face. NULL: nobody. */
static const struct fn_person_id *says(const struct face *f)
{
    if (f->said.confirmed)
        return &f->said.person;
    return f->said.member && !rejects(f, &f->said.member_person) ? &f->said.member_person
                                                                 : NULL;
}

/* Good faces first, then by key. */
static bool is_first(const struct gathered *g, size_t a, size_t b)
{
    const struct plain_face *x = &g->plain[a], *y = &g->plain[b];
    return x->poor != y->poor ? y->poor : x->key < y->key;
}

/* How many faces of the cluster are labelled as p, whether one is confirmed, and the first of
 * them. */
static void votes(const struct gathered *g, uint64_t group, const struct fn_person_id *p,
                  size_t *n, bool *hard, size_t *first)
{
    *n = 0;
    *hard = false;
    for (size_t i = 0; i < g->n; i++) {
        const struct fn_person_id *q = g->faces[i].m.group == group ? says(&g->faces[i]) : NULL;
        if (!q || !fn_person_eq(p, q))
            continue;
        *first = !*n || is_first(g, i, *first) ? i : *first;
        *hard = *hard || g->faces[i].said.confirmed;
        ++*n;
    }
}

/* False: the rule names nobody, because the first face of the cluster rejects the person whom
 * its key stands for. */
static bool who_is(const struct gathered *g, uint64_t group, struct fn_person_id *ret)
{
    size_t best_n = 0, best_first = 0, first = SIZE_MAX;
    bool best_hard = false;
    for (size_t i = 0; i < g->n; i++) {
        const struct fn_person_id *p;
        size_t n, p_first = 0;
        bool hard;
        if (g->faces[i].m.group != group)
            continue;
        first = first == SIZE_MAX || is_first(g, i, first) ? i : first;
        if (!(p = says(&g->faces[i])))
            continue;
        votes(g, group, p, &n, &hard, &p_first);
        if (n < best_n || (n == best_n && hard < best_hard) ||
            (n == best_n && hard == best_hard && !is_first(g, p_first, best_first)))
            continue;
        *ret = *p;
        best_n = n;
        best_hard = hard;
        best_first = p_first;
    }
    if (best_n)
        return true;
    uint8_t key[8];
    for (int i = 0; i < 8; i++)
        key[i] = (uint8_t)(group >> (8 * i));
    struct fn_h128 h = fn_hash128(key, sizeof key);
    struct fn_person_id p;
    memcpy(p.b, h.b, sizeof p.b);
    must(!fn_person_resolve(g->t, &p, ret));
    return !rejects(&g->faces[first], ret);
}

size_t plain_people_misnamed(struct fn_txn *t)
{
    struct gathered g = gather_all(t);
    size_t wrong = 0;
    for (size_t i = 0; i < g.n; i++) {
        const struct face *f = &g.faces[i];
        struct fn_person_id p;
        if (f->said.confirmed)
            wrong += f->m.how != FN_HOW_USER || !fn_person_eq(&f->m.person, &f->said.person);
        else if (!f->m.group)
            wrong += f->m.how != FN_HOW_NONE;
        else if (rejects(f, &f->m.person) || f->m.how != FN_HOW_GROUP)
            wrong++;
        else if (who_is(&g, f->m.group, &p))
            wrong += rejects(f, &p) == fn_person_eq(&f->m.person, &p);
    }
    drop(&g);
    return wrong;
}
