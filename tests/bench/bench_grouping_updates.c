/* SPDX-License-Identifier: MIT */
/* Updates of a clustering: what one face changes, and that the order of arrival does not
 * matter; see bench_grouping.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "tests/bench/bench_grouping.h"

enum { BATCH_MAX = 1000 };

/* Counters of a trial: those of the engine, and those counted here. */
enum counter {
    GOOD,    /* other good faces that moved to another cluster */
    POOR,    /* low-quality faces that did */
    REKEYED, /* other faces whose cluster has a new key, whether they moved or not */
    CENTRES,
    MOVED,
    ATOMS,
    NODES,
    CANDIDATES,
    FOLLOWED,
    SCANNED,
    MICROSECONDS,
    COUNTERS
};
static const char *const counter_names[COUNTERS] = {[GOOD] = "other good faces changed",
                                                    [POOR] = "other poor faces changed",
                                                    [REKEYED] = "others with another key",
                                                    [CENTRES] = "centres besides the face",
                                                    [MOVED] = "faces moved",
                                                    [ATOMS] = "atoms",
                                                    [NODES] = "nodes",
                                                    [CANDIDATES] = "candidates",
                                                    [FOLLOWED] = "list entries followed",
                                                    [SCANNED] = "vectors scanned over",
                                                    [MICROSECONDS] = "microseconds of CPU"};

static struct fn_grouping *created(const struct bench *b)
{
    struct fn_grouping *g = NULL;
    bench_must(fn_grouping_create(FN_DIM, &b->t, NULL, &g), "fn_grouping_create");
    return g;
}

static void shuffle(uint32_t *v, size_t n, struct fn_rng *r)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = fn_rng_below(r, i);
        uint32_t t = v[i - 1];
        v[i - 1] = v[k];
        v[k] = t;
    }
}

static uint32_t *random_rows(size_t n, struct fn_rng *r)
{
    uint32_t *v = calloc(n + 1, sizeof *v);
    bench_must(v ? 0 : -ENOMEM, "rows");
    for (size_t i = 0; i < n; i++)
        v[i] = (uint32_t)i;
    shuffle(v, n, r);
    return v;
}

static size_t differing(const struct bench *b, struct fn_grouping *g)
{
    size_t n = 0;
    for (size_t i = 0; i < b->set.n; i++) {
        uint64_t group = 0;
        bench_must(fn_grouping_of(g, b->faces[i].id, &group), "fn_grouping_of");
        n += group != b->group[i];
    }
    return n;
}

/* ---- one face at a time ---- */

struct trials {
    const struct bench *b;
    struct fn_grouping *g;
    uint64_t *group; /* as the reported changes have it; 0: none, or not there */
    double *v[COUNTERS];
    bool *changed; /* in this trial: has a new key */
    size_t n, touched,
        touched_good; /* trials; those in which another face, or another good face, moved */
};

/* Faces that were in one cluster and are in another, or in the same. */
struct flow {
    uint64_t from, to; /* 0: none */
    size_t n, good;
};
struct flows {
    struct flow *v;
    size_t n, cap;
};

static void add_flow(struct flows *f, uint64_t from, uint64_t to, bool good)
{
    size_t i = 0;
    while (i < f->n && (f->v[i].from != from || f->v[i].to != to))
        i++;
    if (i == f->n) {
        f->v = fn_array_grow(f->v, &f->cap, f->n + 1, sizeof *f->v);
        bench_must(f->v ? 0 : -ENOMEM, "changes");
        f->v[f->n++] = (struct flow){from, to, 0, 0};
    }
    f->v[i].n++;
    f->v[i].good += good;
}

static bool involved(const struct flows *f, size_t n, uint64_t group)
{
    for (size_t i = 0; i < n; i++) {
        if (f->v[i].from == group || f->v[i].to == group)
            return true;
    }
    return false;
}

static bool more(const struct flow *a, const struct flow *b)
{
    if (a->n != b->n)
        return a->n > b->n;
    return a->from != b->from ? a->from < b->from : a->to < b->to;
}

/* Whether these faces continue their old cluster: they are the largest part of it, and the
 * largest part of the new one. A cluster that only has a new key continues. */
static bool goes_on(const struct flows *f, const struct flow *a)
{
    bool most = a->from && a->to;
    for (size_t i = 0; i < f->n && most; i++) {
        const struct flow *b = &f->v[i];
        most = b == a || (b->from != a->from && b->to != a->to) || !b->from || !b->to ||
               more(a, b);
    }
    return most;
}

static void take_changes(struct trials *t, size_t row)
{
    const struct fn_grouping_change *c = NULL;
    struct flows f = {.n = 0};
    size_t n = 0, others = 0, good = 0, all = 0;
    fn_grouping_changes(t->g, &c, &n);
    for (size_t i = 0; i < n; i++) {
        size_t k = c[i].face - 1;
        t->changed[k] = true;
        others += k != row;
        if (k != row)
            add_flow(&f, c[i].old_group, c[i].new_group, t->b->good[k]);
    }
    for (size_t k = 0, moving = f.n; k < t->b->set.n && moving; k++) {
        if (k != row && !t->changed[k] && t->group[k] && involved(&f, moving, t->group[k]))
            add_flow(&f, t->group[k], t->group[k], t->b->good[k]);
    }
    for (size_t i = 0; i < f.n; i++) {
        bool over = !goes_on(&f, &f.v[i]);
        all += over ? f.v[i].n : 0;
        good += over ? f.v[i].good : 0;
    }
    t->v[GOOD][t->n] = (double)good;
    t->v[POOR][t->n] = (double)(all - good);
    t->v[REKEYED][t->n] = (double)others;
    t->touched += all > 0;
    t->touched_good += good > 0;
    for (size_t i = 0; i < n; i++) {
        t->group[c[i].face - 1] = c[i].new_group;
        t->changed[c[i].face - 1] = false;
    }
    free(f.v);
    fn_grouping_flushed(t->g);
}

static void trial(struct trials *t, size_t row, bool out)
{
    const struct fn_grouping_face *f = &t->b->faces[row];
    struct fn_grouping_stats before, after;
    fn_grouping_stats(t->g, &before);
    uint64_t start = fn_clock_thread_cpu_ns();
    bench_must(fn_grouping_update(t->g, &f->id, out ? 1 : 0, f, out ? 0 : 1),
               "fn_grouping_update");
    t->v[MICROSECONDS][t->n] = (double)(fn_clock_thread_cpu_ns() - start) / 1e3;
    fn_grouping_stats(t->g, &after);
    t->v[CENTRES][t->n] = (double)(after.centres - before.centres);
    t->v[MOVED][t->n] = (double)(after.moved - before.moved);
    t->v[ATOMS][t->n] = (double)(after.atoms - before.atoms);
    t->v[NODES][t->n] = (double)(after.nodes - before.nodes);
    t->v[CANDIDATES][t->n] = (double)(after.candidates - before.candidates);
    t->v[FOLLOWED][t->n] = (double)(after.followed - before.followed);
    t->v[SCANNED][t->n] = (double)(after.scanned - before.scanned);
    take_changes(t, row);
    t->n++;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints the trials and resets them. way: 0 deletions, 1 insertions. */
static void print_trials(struct trials *t, int way, struct bench_locality *ret)
{
    double mean[COUNTERS];
    double n = (double)t->n;
    printf("%s of %zu faces, one at a time: another face goes over to another group in %.2f "
           "%%, a good one in %.2f %%\n",
           way ? "insertion" : "deletion", t->n, 100. * (double)t->touched / n,
           100. * (double)t->touched_good / n);
    for (int c = 0; c < COUNTERS; c++) {
        double sum = 0;
        for (size_t i = 0; i < t->n; i++)
            sum += t->v[c][i];
        mean[c] = sum / n;
        qsort(t->v[c], t->n, sizeof *t->v[c], by_double);
        printf("  %-24s mean %10.2f   p99 %8.0f   max %8.0f\n", counter_names[c], mean[c],
               t->v[c][(t->n - 1) * 99 / 100], t->v[c][t->n - 1]);
    }
    ret->touched[way] = (double)t->touched / n;
    ret->touched_good[way] = (double)t->touched_good / n;
    ret->us[way] = mean[MICROSECONDS];
    t->n = t->touched = t->touched_good = 0;
}

static void begin_trials(struct trials *t, const struct bench *b, size_t n)
{
    *t = (struct trials){
        .b = b, .g = created(b), .group = calloc(b->set.n + 1, sizeof *t->group)};
    t->changed = calloc(b->set.n + 1, sizeof *t->changed);
    bench_must(t->group && t->changed ? 0 : -ENOMEM, "trials");
    for (int c = 0; c < COUNTERS; c++) {
        t->v[c] = calloc(n + 1, sizeof *t->v[c]);
        bench_must(t->v[c] ? 0 : -ENOMEM, "trials");
    }
    bench_must(fn_grouping_update(t->g, NULL, 0, b->faces, b->set.n), "fn_grouping_update");
    fn_grouping_flushed(t->g);
    for (size_t i = 0; i < b->set.n; i++)
        t->group[i] = b->group[i];
}

static void end_trials(struct trials *t)
{
    fn_grouping_destroy(t->g);
    for (int c = 0; c < COUNTERS; c++)
        free(t->v[c]);
    free(t->group);
    free(t->changed);
}

struct bench_locality bench_locality(const struct bench *b, size_t trials)
{
    size_t n = trials < b->set.n ? trials : b->set.n;
    struct fn_rng r = fn_rng_init(b->seed, 77);
    struct bench_locality l = {.trials = n};
    struct trials t;
    if (n == 0)
        return l;
    uint32_t *rows = random_rows(b->set.n, &r);
    begin_trials(&t, b, n);
    for (size_t i = 0; i < n; i++)
        trial(&t, rows[i], true);
    print_trials(&t, 0, &l);
    shuffle(rows, n, &r);
    for (size_t i = 0; i < n; i++)
        trial(&t, rows[i], false);
    print_trials(&t, 1, &l);
    l.differ = differing(b, t.g);
    for (size_t i = 0; i < b->set.n; i++)
        l.differ += t.group[i] != b->group[i];
    printf("after it %zu faces are in another group than in one made at once\n", l.differ);
    end_trials(&t);
    free(rows);
    return l;
}

/* ---- orders ---- */

size_t bench_orders(const struct bench *b, size_t orders)
{
    size_t wrong = 0;
    struct fn_grouping_face *batch = calloc(BATCH_MAX, sizeof *batch);
    bench_must(batch ? 0 : -ENOMEM, "orders");
    for (size_t k = 0; k < orders; k++) {
        struct fn_rng r = fn_rng_init(b->seed, 1000 + k);
        uint32_t *rows = random_rows(b->set.n, &r);
        struct fn_grouping *g = created(b);
        uint64_t start = fn_clock_thread_cpu_ns();
        for (size_t i = 0; i < b->set.n;) {
            size_t n = 1 + fn_rng_below(&r, BATCH_MAX), m = 0;
            for (; m < n && i < b->set.n; i++)
                batch[m++] = b->faces[rows[i]];
            bench_must(fn_grouping_update(g, NULL, 0, batch, m), "fn_grouping_update");
            fn_grouping_flushed(g);
        }
        double seconds = (double)(fn_clock_thread_cpu_ns() - start) / 1e9;
        size_t differ = differing(b, g);
        printf("order %zu, batches of 1 to %d: %.2f s CPU, %zu faces differ\n", k + 1,
               BATCH_MAX, seconds, differ);
        wrong += differ > 0;
        fn_grouping_destroy(g);
        free(rows);
    }
    free(batch);
    return wrong;
}
