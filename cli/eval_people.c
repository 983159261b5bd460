/* Groups of faces by the index's own rules (index/people/people.h): nearest neighbours within 1.1 group_d2, mutual and with shared
 * neighbours, then index/people/cluster.c. All at once and in memory; the index does the same a few faces at a time. */
#include <errno.h>
#include <stdlib.h>

#include "cli/eval.h"
#include "engine/kernels/cpu.h"
#include "index/people/cluster.h"

struct node {
    uint32_t near[FN_NEIGHBOURS_MAX], d[FN_NEIGHBOURS_MAX];
    uint32_t n_near;
    uint32_t edges[FN_NEIGHBOURS_MAX];
    uint32_t n_edges;
};

static uint32_t scaled(double d2)
{
    return (uint32_t)(d2 * FN_Q14_ONE);
}

/* Keeps the nearest, in order of distance, then number. */
static void add_near(struct node *x, uint32_t y, uint32_t d)
{
    uint32_t at = x->n_near;
    while (at && (x->d[at - 1] > d || (x->d[at - 1] == d && x->near[at - 1] > y)))
        at--;
    if (at == FN_NEIGHBOURS_MAX)
        return;
    if (x->n_near < FN_NEIGHBOURS_MAX)
        x->n_near++;
    for (uint32_t i = x->n_near - 1; i > at; i--) {
        x->near[i] = x->near[i - 1];
        x->d[i] = x->d[i - 1];
    }
    x->near[at] = y;
    x->d[at] = d;
}

static void find_neighbours(struct node *v, const struct fnq_eval_group_face *f, size_t n,
                            uint32_t most)
{
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (f[i].photo == f[j].photo)
                continue;
            uint32_t d = k->d2(f[i].x, f[j].x, FN_DIM);
            if (d > most)
                continue;
            add_near(&v[i], (uint32_t)j, d);
            add_near(&v[j], (uint32_t)i, d);
        }
    }
}

static bool is_near(const struct node *x, uint32_t y)
{
    for (uint32_t i = 0; i < x->n_near; i++) {
        if (x->near[i] == y)
            return true;
    }
    return false;
}

static uint32_t n_shared(const struct node *a, const struct node *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_near; i++)
        n += is_near(b, a->near[i]);
    return n;
}

/* Mutual neighbours, with up to three others in common unless they are very near. */
static void make_edges(struct node *v, size_t n, uint32_t strict)
{
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < v[i].n_near; k++) {
            uint32_t j = v[i].near[k],
                     few = v[i].n_near < v[j].n_near ? v[i].n_near : v[j].n_near;
            uint32_t need = few - 1 < 3 ? few - 1 : 3;
            if (is_near(&v[j], (uint32_t)i) &&
                (v[i].d[k] <= strict || n_shared(&v[i], &v[j]) >= need))
                v[i].edges[v[i].n_edges++] = j;
        }
    }
}

int fnq_eval_group(const struct fnq_eval_group_face *f, size_t n,
                   const struct fn_profile_values *p, uint32_t *group, struct fn_error *err)
{
    struct node *v = calloc(n ? n : 1, sizeof *v);
    struct fn_cluster_face *c = calloc(n ? n : 1, sizeof *c);
    int r = v && c ? 0 : -ENOMEM;
    if (!r && n) {
        find_neighbours(v, f, n, scaled((double)p->group_d2 * 1.1));
        make_edges(v, n, scaled((double)p->net_d2));
        for (size_t i = 0; i < n; i++)
            c[i] = (struct fn_cluster_face){.ckey = i + 1,
                                            .photo = f[i].photo + 1,
                                            .x = f[i].x,
                                            .edges = v[i].edges,
                                            .n_edges = v[i].n_edges};
        r = fn_cluster_component(c, n, scaled((double)p->group_d2), group);
    }
    free(v);
    free(c);
    return r ? fn_error_set(err, r, "out of memory") : 0;
}
