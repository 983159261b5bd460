/* SPDX-License-Identifier: MIT */
/* A training step as a whole and by parts: faces/s, and GFLOP/s of forward and backward as a
 * share of the sgemm peak of the same run.
 *
 *   bench_train [--net NAME] [--batch N] [--chunk N] [--threads N] [--runs N] [--steps]
 *
 * Random pictures, with triplets of people with four faces each. sgemm: 1024^3 by OpenBLAS on
 * all threads in parallel, measured before every run. Times are CPU time of the process per
 * thread, so that they are valid on a machine that others use too. Wall time is printed as
 * well. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "engine/kernels/cpu.h"
#include "engine/kernels/gemm.h"
#include "engine/model/arch.h"
#include "engine/train/batch.h"
#include "engine/train/optim.h"
#include "engine/train/triplet.h"

struct bench {
    const char *net;
    uint32_t batch, chunk;
    unsigned threads;
    int runs;
    bool steps;
};

static double wall(void)
{
    return (double)fn_clock_mono_ns() / 1e9;
}

/* CPU seconds of all threads so far. */
static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double sorted_median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return v[n / 2];
}

enum { N = 1024 };

static void gemm_item(void *ctx, unsigned thread, size_t item)
{
    float *m = (float *)ctx + (size_t)thread * 3 * N * N;
    (void)item;
    fn_gemm(&(struct fn_gemm){.m = N,
                              .n = N,
                              .k = N,
                              .alpha = 1,
                              .a = m,
                              .lda = N,
                              .b = m + N * N,
                              .ldb = N,
                              .c = m + 2 * N * N,
                              .ldc = N});
}

/* GFLOP/s of one thread by CPU time, with all threads at work. The best of several runs. */
static double sgemm_peak(struct fn_team *team, float *m)
{
    unsigned threads = fn_team_threads(team);
    double best = 0;
    for (int run = 0; run < 5; run++) {
        double t0 = cpu();
        fn_team_run(team, gemm_item, m, threads * 2);
        double rate = 2.0 * N * N * N * threads * 2 / (cpu() - t0) / 1e9;
        best = rate > best ? rate : best;
    }
    return best;
}

/* ---- layer by layer: the shortest of several runs ---- */

enum { STEPS_MAX = 512 };

struct layers {
    uint64_t forward[STEPS_MAX], backward[STEPS_MAX];
    size_t at;
    bool show;
};

static void visit_step(const char *name, const char *forward, const char *backward,
                       uint64_t macs, uint64_t forward_ns, uint64_t backward_ns, void *ctx)
{
    struct layers *l = ctx;
    size_t i = l->at++;
    if (i >= STEPS_MAX)
        return;
    uint64_t *f = &l->forward[i], *b = &l->backward[i];
    *f = *f && *f < forward_ns ? *f : forward_ns;
    *b = *b && *b < backward_ns ? *b : backward_ns;
    if (l->show)
        printf("%9.0f us %6.1f GF/s %9.0f us %6.1f GF/s  %-10s %-10s %s\n", (double)*f / 1e3,
               2 * (double)macs / (double)(*f + 1), (double)*b / 1e3,
               4 * (double)macs / (double)(*b + 1), forward, backward, name);
}

static void by_step(struct fn_params *p, const struct bench *o, uint32_t chunk)
{
    struct fn_tape *t;
    struct fn_tape_opts to = {.n = chunk, .cpu_flags = FN_CPU_DETECT};
    struct layers *l = calloc(1, sizeof *l);
    float *grad = calloc(p->size, sizeof *grad);
    if (!l || !grad || fn_tape_create(p, &to, &t, NULL))
        exit(1);
    uint32_t d[4];
    float *in = fn_tape_input(t, d);
    for (size_t i = 0; i < (size_t)d[0] * d[1] * d[2] * d[3]; i++)
        in[i] = (float)(fn_mix64(i) % 256) / 128 - 1;
    fn_tape_profile(t, true);
    for (int run = 0; run < o->runs + 2; run++) {
        float *seed = fn_tape_seed(t, 0);
        fn_tape_forward(t);
        for (size_t i = 0; i < (size_t)chunk * 128; i++)
            seed[i] = (float)(fn_mix64(i) % 256) / 128 - 1;
        fn_tape_backward(t, grad);
        l->at = 0;
        l->show = run == o->runs + 1;
        fn_tape_each_step(t, visit_step, l);
    }
    double sum[2] = {0};
    for (size_t i = 0; i < l->at && i < STEPS_MAX; i++) {
        sum[0] += (double)l->forward[i];
        sum[1] += (double)l->backward[i];
    }
    printf("%9.0f us forward, %.0f us backward, a chunk of %u\n", sum[0] / 1e3, sum[1] / 1e3,
           chunk);
    fn_tape_destroy(t);
    free(grad);
    free(l);
}

/* ---- whole steps ---- */

enum part { EMBED, SELECT, BACKWARD, UPDATE, PEAK, WALL, PARTS };

struct memory {
    uint8_t *chips;
    uint32_t *person;
    float *f, *df, *grad;
};

static void one_run(struct fn_batch_net *b, struct fn_params *p, struct fn_optim *m,
                    const struct memory *w, uint32_t n, double out[PARTS])
{
    struct fn_triplets t = {0};
    struct fn_batch_stats s;
    struct fn_select_opts so = {.margin = .2f, .no_negative = FN_NO_NEGATIVE_FARTHEST};
    uint32_t dim = fn_batch_info(b).dim;
    unsigned threads = fn_team_threads(fn_batch_team(b));
    double began = wall(), at[5] = {cpu()};
    fn_batch_embed(b, w->chips, n, w->f);
    at[1] = cpu();
    if (fn_triplet_select(w->f, w->person, n, dim, &so, &t, &s) ||
        fn_triplet_loss(w->f, n, dim, &t, 4, w->df,
                        &s)) /* margin 4: every row has a gradient */
        exit(1);
    fn_triplets_finish(&t);
    at[2] = cpu();
    float differs = fn_batch_backward(b, w->chips, n, w->df, w->f, w->grad);
    at[3] = cpu();
    fn_optim_step(m, p, w->grad, 1e-4, fn_batch_team(b), NULL);
    fn_batch_refresh(b);
    at[4] = cpu();
    if (differs != 0)
        printf("the two forwards differ by %g\n", (double)differs);
    for (int k = EMBED; k <= UPDATE; k++)
        out[k] = (at[k + 1] - at[k]) / threads;
    out[WALL] = wall() - began;
}

/* s: seconds of each part, per thread. */
static void report(const char *what, const double s[PARTS], const struct fn_batch_info *i,
                   double n, double threads)
{
    double gf = 2 * (double)i->tape.macs / i->chunk * n / threads / 1e9;
    double gb = 2 * (double)i->tape.macs_backward / i->chunk * n / threads / 1e9;
    /* The second pass is another forward and a backward. */
    double total = s[EMBED] + s[SELECT] + s[BACKWARD] + s[UPDATE],
           backward = s[BACKWARD] - s[EMBED], peak = s[PEAK];
    printf("%s: step %.3f s, %.1f faces/s; embed %.3f, select and loss %.3f, forward again and "
           "backward %.3f, optimiser %.3f; wall %.3f\n",
           what, total, n / total, s[EMBED], s[SELECT], s[BACKWARD], s[UPDATE], s[WALL]);
    printf("%s: sgemm %.0f GFLOP/s a thread; forward %.1f (%.0f %%), backward %.1f (%.0f %%), "
           "whole step %.1f (%.0f %%)\n",
           what, peak, gf / s[EMBED], 100 * gf / s[EMBED] / peak, gb / backward,
           100 * gb / backward / peak, (2 * gf + gb) / total,
           100 * (2 * gf + gb) / total / peak);
}

static int measure(const struct bench *o, struct fn_params *p, struct fn_batch_net *b)
{
    struct fn_batch_info i = fn_batch_info(b);
    size_t pixels = (size_t)i.width * i.height, n = o->batch;
    struct memory w = {malloc(n * pixels * 3), calloc(n, 4), calloc(n * i.dim, 4),
                       calloc(n * i.dim, 4), calloc(p->size, 4)};
    float *square = calloc((size_t)o->threads * 3 * N * N, sizeof *square);
    struct fn_optim m;
    struct fn_optim_opts mo = fn_optim_default(FN_OPTIM_ADAGRAD);
    if (!w.chips || !w.person || !w.f || !w.df || !w.grad || !square ||
        fn_optim_init(&m, &mo, p->size))
        return 1;
    for (size_t k = 0; k < n * pixels * 3; k++)
        w.chips[k] = (uint8_t)(fn_mix64(k) >> 8);
    for (size_t k = 0; k < n; k++)
        w.person[k] = (uint32_t)k / 4;
    double *part[PARTS], run[PARTS], best[PARTS], middle[PARTS];
    for (int k = 0; k < PARTS; k++)
        part[k] = calloc((size_t)o->runs, sizeof(double));
    for (int r = -1; r < o->runs; r++) {
        run[PEAK] = sgemm_peak(fn_batch_team(b), square);
        one_run(b, p, &m, &w, o->batch, run);
        for (int k = 0; k < PARTS && r >= 0; k++)
            part[k][r] = run[k];
    }
    for (int k = 0; k < PARTS; k++) {
        middle[k] = sorted_median(part[k], o->runs);
        best[k] = part[k][k == PEAK ? o->runs - 1 : 0];
        free(part[k]);
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    const char *core = getenv("OPENBLAS_CORETYPE");
    printf("%s %ux%u, batch %u in chunks of %u, %u threads, %s; OPENBLAS_CORETYPE %s\n", o->net,
           i.width, i.height, o->batch, i.chunk, o->threads, fn_cpu_name(fn_cpu_flags()),
           core ? core : "unset");
    report("best", best, &i, (double)n, o->threads);
    report("median", middle, &i, (double)n, o->threads);
    printf("peak memory %.0f MB; of a chunk: activations %.0f MB, gradients %.0f MB\n",
           (double)u.ru_maxrss * 1024 / 1e6, (double)i.tape.activation_bytes / 1e6,
           (double)i.tape.gradient_bytes / 1e6);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"net", 1, NULL, 'n'},
                                            {"batch", 1, NULL, 'b'},
                                            {"chunk", 1, NULL, 'c'},
                                            {"threads", 1, NULL, 't'},
                                            {"runs", 1, NULL, 'r'},
                                            {"steps", 0, NULL, 's'},
                                            {0}};
    struct bench o = {.net = "nn4", .batch = 64, .threads = 1, .runs = 3};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'n')
            o.net = optarg;
        else if (c == 'b')
            o.batch = (uint32_t)strtoul(optarg, NULL, 10);
        else if (c == 'c')
            o.chunk = (uint32_t)strtoul(optarg, NULL, 10);
        else if (c == 't')
            o.threads = (unsigned)strtoul(optarg, NULL, 10);
        else if (c == 'r')
            o.runs = (int)strtol(optarg, NULL, 10);
        else if (c == 's')
            o.steps = true;
        else
            return 2;
    }
    const struct fn_arch *a = fn_arch_find(o.net);
    struct fn_graph_builder *g;
    struct fn_graph graph;
    struct fn_params p;
    struct fn_batch_net *b;
    struct fn_error err = {0};
    const struct fn_preprocess pre = {.mean = {127.5f, 127.5f, 127.5f},
                                      .scale = {1 / 128.f, 1 / 128.f, 1 / 128.f}};
    struct fn_batch_opts bo = {
        .chunk = o.chunk, .threads = o.threads, .cpu_flags = FN_CPU_DETECT};
    if (!a || o.runs < 1 || !o.batch || fn_arch_build(a, 0, 1, &g, &graph, &err) ||
        fn_params_init(&p, &graph, &err) || fn_batch_create(&p, &pre, &bo, &b, &err)) {
        fprintf(stderr, "bench_train: %s\n", a ? err.text : "no such network");
        return 1;
    }
    int rc = measure(&o, &p, b);
    if (rc == 0 && o.steps)
        by_step(&p, &o, fn_batch_info(b).chunk);
    fn_batch_destroy(b);
    fn_params_finish(&p);
    fn_graph_builder_destroy(g);
    return rc;
}
