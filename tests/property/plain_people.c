#include "tests/property/plain_people.h"

#include <stdlib.h>

struct face {
    fn_face_id id;
    int16_t x[FN_DIM];
    uint64_t nots[FN_REJECTED_MAX];
};
struct gathered {
    struct fn_txn *t;
    struct face *faces;
    struct plain_face *plain;
    struct fn_person_id *persons; /* a person's number is its place + 1 */
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
    if (f->flags & (FN_FACE_GONE | FN_FACE_NOTFACE))
        return 0;
    must(g->n < g->size);
    struct face *to = &g->faces[g->n];
    struct plain_face *p = &g->plain[g->n++];
    to->id = f->id;
    must(!fn_vector_get(g->t, f->row, to->x) && !fn_labels_of_face(g->t, f->id, &l));
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
    struct plain_thresholds ret = {.net = t->net, .attach = t->attach};
    for (int i = 0; i < FN_GROUPING_ROUNDS; i++) {
        ret.level1[i] = t->level1[i];
        ret.level2[i] = t->level2[i];
    }
    return ret;
}

size_t plain_people_differ(struct fn_txn *t, const struct fn_grouping_thresholds *th,
                           struct plain_trace *trace)
{
    struct gathered g = {.t = t};
    size_t differ = 0;
    must(!fn_face_each(t, count, &g.size));
    g.faces = calloc(g.size + 1, sizeof *g.faces);
    g.plain = calloc(g.size + 1, sizeof *g.plain);
    uint64_t *group = calloc(g.size + 1, sizeof *group);
    int64_t *mean = calloc(g.size + 1, sizeof *mean);
    must(g.faces && g.plain && group && mean);
    must(!fn_face_each(t, gather, &g));
    struct plain_thresholds plain = as_plain(th);
    plain_grouping(g.plain, g.n, FN_DIM, &plain, group, mean, trace);
    for (size_t i = 0; i < g.n; i++) {
        struct fn_member m = {.group = 0};
        int rc = fn_member_who(t, g.faces[i].id, &m);
        must(!rc || rc == FN_ENOTFOUND);
        differ += (rc ? 0 : m.group) != group[i];
    }
    free(g.faces);
    free(g.plain);
    free(g.persons);
    free(group);
    free(mean);
    return differ;
}
