/* SPDX-License-Identifier: MIT */
/* Clustering at scale: quality against known people, cost, and what one face changes. See
 * scripts/bench-grouping.
 *
 *   bench_grouping --faces N [--people N] [--seed N]      generated faces
 *   bench_grouping --vectors FILE --labels FILE           faces from files (face_set.h)
 *   bench_grouping --faces N --write --vectors FILE --labels FILE
 *                                         only writes generated faces to files
 *
 * Prints text. --table FILE appends a row of numbers to FILE. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "engine/base/clock.h"
#include "engine/base/options.h"
#include "engine/base/plural.h"
#include "engine/base/rng.h"
#include "tests/bench/bench_grouping.h"
#include "tests/bench/grouping_judge.h"

struct settings {
    const char *vectors, *labels, *table, *name;
    uint64_t faces, people, seed, size_class, locality, orders;
    double quality;
    struct fn_grouping_model model;
    bool write;
};

struct cost {
    double cpu_s, wall_s, peak_mb;
};

void bench_must(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "bench_grouping: %s: %s\n", what, fn_strerror(rc));
        exit(1);
    }
}

static void prepare(struct bench *b, const struct settings *o)
{
    size_t n = b->set.n;
    b->seed = o->seed;
    b->good = calloc(n + 1, sizeof *b->good);
    b->faces = calloc(n + 1, sizeof *b->faces);
    b->group = calloc(n + 1, sizeof *b->group);
    bench_must(b->good && b->faces && b->group ? 0 : -ENOMEM, "faces");
    for (size_t i = 0; i < n; i++) {
        b->good[i] = (double)b->set.quality[i] >= o->quality;
        b->n_good += b->good[i];
        b->faces[i] = (struct fn_grouping_face){.id = (uint32_t)i + 1,
                                                .key = fn_mix64(i + 1),
                                                .photo = b->set.photo[i] + 1,
                                                .poor = !b->good[i],
                                                .x = b->set.x + i * FN_DIM};
    }
    b->size_class = o->size_class ? (unsigned)o->size_class : fn_grouping_class(b->n_good, 0);
    fn_grouping_thresholds_of(&o->model, b->size_class, &b->t);
}

static struct rusage used(void)
{
    struct rusage u = {0};
    bench_must(getrusage(RUSAGE_SELF, &u), "getrusage");
    return u;
}

static double cpu_s(const struct rusage *u)
{
    return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
           (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static struct cost measure(struct bench *b)
{
    struct rusage before = used();
    uint64_t start = fn_clock_mono_ns();
    bench_must(fn_group_faces(b->faces, b->set.n, FN_DIM, &b->t, b->group), "fn_group_faces");
    double wall = (double)(fn_clock_mono_ns() - start) / 1e9;
    struct rusage after = used();
    return (struct cost){.cpu_s = cpu_s(&after) - cpu_s(&before),
                         .wall_s = wall,
                         .peak_mb = (double)after.ru_maxrss / 1024};
}

static double d2(uint32_t t)
{
    return (double)t / FN_Q14_ONE;
}

static double percent(size_t part, size_t all)
{
    return all ? 100. * (double)part / (double)all : 0;
}

static void print_verdict(const char *what, const struct grouping_verdict *v)
{
    printf(
        "%-9s P %.5f   R %.5f   BCubed %.5f   %zu groups of 2 or more, %zu impure (%.2f %%)\n",
        what, v->score.precision, v->score.recall, v->score.b3_f, v->groups, v->impure,
        percent(v->impure, v->groups));
}

static void print_largest(const struct grouping_verdict *v)
{
    printf("largest  ");
    for (size_t i = 0; i < v->n_largest; i++)
        printf("%s %zu faces: %zu piece%s, main %.2f %%", i ? ";" : "", v->largest[i].faces,
               v->largest[i].pieces, fn_plural_s(v->largest[i].pieces),
               percent(v->largest[i].main, v->largest[i].faces));
    printf("\n");
}

struct result {
    struct cost cost;
    struct grouping_verdict good, all;
    struct bench_locality locality;
};

/* Over the largest people, the least share of a person's faces that is in one cluster, in
 * percent. */
static double least_main(const struct grouping_verdict *v)
{
    double least = 100;
    for (size_t i = 0; i < v->n_largest; i++) {
        double share = percent(v->largest[i].main, v->largest[i].faces);
        least = share < least ? share : least;
    }
    return least;
}

static void add_line(const struct settings *o, const struct bench *b, const struct result *r)
{
    const struct fn_partition_score *good = &r->good.score, *all = &r->all.score;
    const struct bench_locality *l = &r->locality;
    FILE *f = fopen(o->table, "a");
    bench_must(f ? 0 : -errno, o->table);
    if (ftell(f) == 0)
        fprintf(
            f, "set\tn\tgood\tclass\tcpu_s\twall_s\tpeak_mb\tp\tr\tb3\tgroups\timpure\tall_p\t"
               "all_r\tall_b3\tpieces\tmain_least\ttrials\tdel_touched\tins_touched\tdel_good\t"
               "ins_good\tdel_us\t"
               "ins_us\n");
    fprintf(
        f, "%s\t%zu\t%zu\t%u\t%.3f\t%.3f\t%.1f\t%.6f\t%.6f\t%.6f\t%zu\t%zu\t%.6f\t%.6f\t%.6f\t",
        o->name, b->set.n, b->n_good, b->size_class, r->cost.cpu_s, r->cost.wall_s,
        r->cost.peak_mb, good->precision, good->recall, good->b3_f, r->good.groups,
        r->good.impure, all->precision, all->recall, all->b3_f);
    for (size_t i = 0; i < r->good.n_largest; i++)
        fprintf(f, "%s%zu", i ? " " : "", r->good.largest[i].pieces);
    fprintf(f, "\t%.3f\t%zu\t%.5f\t%.5f\t%.5f\t%.5f\t%.2f\t%.2f\n", least_main(&r->good),
            l->trials, l->touched[0], l->touched[1], l->touched_good[0], l->touched_good[1],
            l->us[0], l->us[1]);
    bench_must(fclose(f) ? -EIO : 0, o->table);
}

static void judge(struct bench *b, const struct settings *o, struct result *r)
{
    r->cost = measure(b);
    bench_must(grouping_judge(b->set.person, b->group, b->good, b->set.n, &r->good), "judging");
    bench_must(grouping_judge(b->set.person, b->group, NULL, b->set.n, &r->all), "judging");
    printf("%s: %zu faces, %zu good; class %u: t1 %.3f, t2 %.3f, net %.3f\n", o->name, b->set.n,
           b->n_good, b->size_class, d2(b->t.level1[FN_GROUPING_ROUNDS - 1]),
           d2(b->t.level2[FN_GROUPING_ROUNDS - 1]), d2(b->t.net));
    printf("cost      %.2f s CPU, %.2f s wall, peak %.0f MB\n", r->cost.cpu_s, r->cost.wall_s,
           r->cost.peak_mb);
    print_verdict("good", &r->good);
    print_verdict("all", &r->all);
    print_largest(&r->good);
}

static int parse(int argc, char **argv, struct settings *o)
{
    const struct fn_opt table[] = {
        {"vectors", 0, FN_OPT_STRING, &o->vectors, "FILE", "rows of 128 float32"},
        {"labels", 0, FN_OPT_STRING, &o->labels, "FILE",
         "person, photo, session, quality, flags of each"},
        {"faces", 0, FN_OPT_U64, &o->faces, "N", "generated faces"},
        {"people", 0, FN_OPT_U64, &o->people, "N", "of how many people (0: as in a library)"},
        {"seed", 0, FN_OPT_U64, &o->seed, "N", "which ones"},
        {"write", 0, FN_OPT_FLAG, &o->write, NULL,
         "write the generated faces to --vectors and --labels"},
        {"quality", 0, FN_OPT_DOUBLE, &o->quality, "Q", "least quality of a good face"},
        {"single", 0, FN_OPT_DOUBLE, &o->model.single_d2, "D2", "t1 of the model"},
        {"group", 0, FN_OPT_DOUBLE, &o->model.group_d2, "D2", "t2 of the model"},
        {"net", 0, FN_OPT_DOUBLE, &o->model.net_d2, "D2", "r of the model"},
        {"decade", 0, FN_OPT_DOUBLE, &o->model.decade_d2, "D2", "d2 per decade of the model"},
        {"class", 0, FN_OPT_U64, &o->size_class, "K", "size class (0: of the good faces)"},
        {"locality", 0, FN_OPT_U64, &o->locality, "N", "single deletions and insertions"},
        {"orders", 0, FN_OPT_U64, &o->orders, "N", "random orders of arrival"},
        {"table", 0, FN_OPT_STRING, &o->table, "FILE", "add a line of figures"},
        {"name", 0, FN_OPT_STRING, &o->name, "NAME", "of the set, in what is printed"},
        {0}};
    const struct fn_opt *const tables[] = {table};
    struct fn_error err = {0};
    struct fn_buf help = {0};
    size_t operands = 0;
    int rc = fn_options_parse(argc, argv, tables, 1, &operands, &err);
    bool files = o->vectors && o->labels, generated = o->faces > 0;
    if (!rc && operands == 0 &&
        (o->write ? files && generated : files != generated && (files || !o->vectors)))
        return 0;
    fn_buf_init(&help, 1 << 16);
    fn_options_help(&help, table);
    fprintf(stderr,
            "usage: bench_grouping (--faces N | --vectors FILE --labels FILE) [...]\n%s\n%s",
            err.text, fn_buf_cstr(&help));
    fn_buf_finish(&help);
    return 2;
}

int main(int argc, char **argv)
{
    struct settings o = {
        .seed = 1,
        .quality = .45,
        .name = "faces",
        .model = {.single_d2 = .80, .group_d2 = .95, .net_d2 = .60, .decade_d2 = .15}};
    struct bench b = {.seed = 1};
    struct fn_error err = {0};
    if (parse(argc, argv, &o))
        return 2;
    int rc = o.write   ? face_set_write(o.seed, o.faces, o.people, o.vectors, o.labels, &err)
             : o.faces ? face_set_generate(o.seed, o.faces, o.people, &b.set, &err)
                       : face_set_read(o.vectors, o.labels, &b.set, &err);
    if (rc)
        fprintf(stderr, "bench_grouping: %s\n", err.text);
    if (rc || o.write)
        return rc != 0;
    prepare(&b, &o);
    static struct result result;
    judge(&b, &o, &result);
    result.locality = bench_locality(&b, o.locality);
    size_t wrong = result.locality.differ;
    wrong += o.orders ? bench_orders(&b, o.orders) : 0;
    if (o.table)
        add_line(&o, &b, &result);
    free(b.good);
    free(b.faces);
    free(b.group);
    face_set_free(&b.set);
    return wrong ? 1 : 0;
}
