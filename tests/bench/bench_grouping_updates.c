/* Updates of a grouping: what one face changes, and that the order of arrival does not matter; see bench_grouping.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "tests/bench/bench_grouping.h"

enum { BATCH_MAX = 1000 };

/* Counters of a trial; those of the engine, and what we see ourselves. */
enum counter {
    OTHERS,  /* other faces that are not with the same faces as before */
    REKEYED, /* other faces whose group has another key, the company being the same or not */
    CENTRES,
    MOVED,
    ATOMS,
    NODES,
    CANDIDATES,
    SCANNED,
    MICROSECONDS,
    COUNTERS
};
static const char *const counter_names[COUNTERS] = {"others in other company",
                                                    "others with another key",
                                                    "centres besides the face",
                                                    "faces moved",
                                                    "atoms",
                                                    "nodes",
                                                    "candidates",
                                                    "vectors scanned over",
                                                    "microseconds of CPU"};

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
    uint64_t *group; /* as the changes told it; 0: none, or not there */
    double *v[COUNTERS];
    size_t n, touched; /* trials; those in which another face came into other company */
};

/* Faces of a group, without the one the trial is about. */
static size_t size_of(const struct trials *t, uint64_t group, size_t except)
{
    size_t n = 0;
    for (size_t i = 0; i < t->b->set.n; i++)
        n += i != except && t->group[i] == group;
    return n;
}

static int by_groups(const void *a, const void *b)
{
    const struct fn_grouping_change *x = a, *y = b;
    if (x->new_group != y->new_group)
        return x->new_group < y->new_group ? -1 : 1;
    return (x->old_group > y->old_group) - (x->old_group < y->old_group);
}

/* Of the changes of other faces, in the order of by_groups, those of faces that changed their company. A group that only got another
 * key, all that is left of it and nobody else, did not. */
static size_t other_company(const struct trials *t, const struct fn_grouping_change *c,
                            size_t n, size_t row)
{
    size_t others = 0;
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && by_groups(&c[next], &c[i]) == 0;)
            next++;
        bool alone = (i == 0 || c[i - 1].new_group != c[i].new_group) &&
                     (next == n || c[next].new_group != c[i].new_group);
        bool renamed = alone && c[i].old_group && c[i].new_group &&
                       next - i == size_of(t, c[i].old_group, row) &&
                       size_of(t, c[i].new_group, row) == 0;
        others += renamed ? 0 : next - i;
    }
    return others;
}

static void take_changes(struct trials *t, size_t row)
{
    const struct fn_grouping_change *c = NULL;
    size_t n = 0, others = 0;
    fn_grouping_changes(t->g, &c, &n);
    struct fn_grouping_change *other = calloc(n + 1, sizeof *other);
    bench_must(other ? 0 : -ENOMEM, "changes");
    for (size_t i = 0; i < n; i++) {
        if (c[i].face != row + 1)
            other[others++] = c[i];
    }
    qsort(other, others, sizeof *other, by_groups);
    size_t company = other_company(t, other, others, row);
    t->v[OTHERS][t->n] = (double)company;
    t->v[REKEYED][t->n] = (double)others;
    t->touched += company > 0;
    for (size_t i = 0; i < n; i++)
        t->group[c[i].face - 1] = c[i].new_group;
    free(other);
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
    t->v[SCANNED][t->n] = (double)(after.scanned - before.scanned);
    take_changes(t, row);
    t->n++;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints the trials and starts anew; way: 0 deletions, 1 insertions. */
static void print_trials(struct trials *t, int way, struct bench_locality *ret)
{
    double mean[COUNTERS];
    double n = (double)t->n;
    printf("%s of %zu faces, one at a time: another face comes into other company in %.2f %%\n",
           way ? "insertion" : "deletion", t->n, 100. * (double)t->touched / n);
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
    ret->us[way] = mean[MICROSECONDS];
    t->n = t->touched = 0;
}

static void begin_trials(struct trials *t, const struct bench *b, size_t n)
{
    *t = (struct trials){
        .b = b, .g = created(b), .group = calloc(b->set.n + 1, sizeof *t->group)};
    bench_must(t->group ? 0 : -ENOMEM, "trials");
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
