/* SPDX-License-Identifier: MIT */
/* Times a network on one thread.
 *
 *   bench_net [--mask HEX] [--size WxH] [--batch N] [--runs N] [--steps] [FILE.fnm]
 *
 * Without a file: MobileFaceNet with random weights. Prints the median and the shortest CPU
 * time of a run, and the rate, counting two operations per multiply-add. --steps adds the
 * median of each step. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/model.h"
#include "mobilefacenet.h"

enum { WARM_UP = 5, STEPS_MAX = 1024 };

struct bench {
    const char *file;
    struct fn_exec_opts opts;
    int runs;
    bool steps;
    struct fn_model *model;
    struct fn_graph_builder *builder;
    struct fn_graph graph;
    struct fn_exec *exec;
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, compare);
    return v[n / 2];
}

struct step_times {
    double *ns; /* [step][run] */
    int runs, run;
    size_t step;
    double total;
};

static void collect(const char *name, const char *kernel, const uint32_t d[4], uint64_t macs,
                    uint64_t ns, void *ctx)
{
    (void)name;
    (void)kernel;
    (void)d;
    (void)macs;
    struct step_times *t = ctx;
    if (t->step < STEPS_MAX)
        t->ns[t->step++ * (size_t)t->runs + (size_t)t->run] = (double)ns;
}

static void show(const char *name, const char *kernel, const uint32_t d[4], uint64_t macs,
                 uint64_t ns, void *ctx)
{
    (void)ns;
    struct step_times *t = ctx;
    if (t->step >= STEPS_MAX)
        return;
    double med = median(t->ns + t->step++ * (size_t)t->runs, t->runs);
    t->total += med;
    printf("%9.1f us %8.1f GF/s %9.3f MMAC %4ux%-4ux%-4u %-12s %s\n", med / 1e3,
           med > 0 ? 2 * (double)macs / med : 0, (double)macs / 1e6, d[2], d[3], d[1], kernel,
           name);
}

static int show_steps(const struct bench *b)
{
    struct step_times t = {.runs = b->runs};
    t.ns = calloc((size_t)STEPS_MAX * (size_t)b->runs, sizeof *t.ns);
    if (!t.ns)
        return 1;
    fn_exec_profile(b->exec, true);
    for (t.run = 0; t.run < b->runs; t.run++) {
        t.step = 0;
        if (fn_exec_run(b->exec))
            break;
        fn_exec_each_step(b->exec, collect, &t);
    }
    t.step = 0;
    fn_exec_each_step(b->exec, show, &t);
    printf("%9.1f us in %u steps\n", t.total / 1e3, fn_exec_info(b->exec).n_steps);
    free(t.ns);
    return 0;
}

static void fill(struct fn_exec *x)
{
    uint32_t d[4];
    float *in = fn_exec_input(x, 0, d);
    size_t n = (size_t)d[0] * d[1] * d[2] * d[3];
    for (size_t i = 0; i < n; i++)
        in[i] = (float)(i * 7919 % 256) / 128.0f - 1.0f;
}

static int time_runs(const struct bench *b)
{
    double *ms = calloc((size_t)b->runs, sizeof *ms);
    if (!ms)
        return 1;
    for (int i = -WARM_UP; i < b->runs; i++) {
        uint64_t t0 = fn_clock_thread_cpu_ns();
        if (fn_exec_run(b->exec))
            break;
        if (i >= 0)
            ms[i] = (double)(fn_clock_thread_cpu_ns() - t0) / 1e6;
    }
    struct fn_exec_info info = fn_exec_info(b->exec);
    double med = median(ms, b->runs);
    printf("%s: %s, %.4f ms median, %.4f best, %.1f MMAC, %.1f GF/s, arena %zu KiB, packed %zu "
           "KiB\n",
           b->file ? b->file : "MobileFaceNet (random)",
           fn_cpu_name(fn_cpu_resolve(b->opts.cpu_flags)), med, ms[0], (double)info.macs / 1e6,
           2 * (double)info.macs / med / 1e6, info.arena_bytes / 1024,
           info.packed_bytes / 1024);
    free(ms);
    return 0;
}

static int parse(struct bench *b, int argc, char **argv)
{
    static const struct option options[] = {{"mask", 1, NULL, 'm'},  {"size", 1, NULL, 's'},
                                            {"batch", 1, NULL, 'b'}, {"runs", 1, NULL, 'r'},
                                            {"steps", 0, NULL, 't'}, {0}};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'm')
            b->opts.cpu_flags = (unsigned)strtoul(optarg, NULL, 16);
        else if (c == 's' && sscanf(optarg, "%ux%u", &b->opts.w, &b->opts.h) != 2)
            return 2;
        else if (c == 'b')
            b->opts.n = (uint32_t)strtoul(optarg, NULL, 10);
        else if (c == 'r')
            b->runs = (int)strtol(optarg, NULL, 10);
        else if (c == 't')
            b->steps = true;
        else if (c == '?')
            return 2;
    }
    b->file = optind < argc ? argv[optind] : NULL;
    return b->runs > 0 ? 0 : 2;
}

static int load(struct bench *b, struct fn_error *err)
{
    if (b->file) {
        int rc = fn_model_open(b->file, &b->model, err);
        if (rc)
            return rc;
        b->graph = b->model->graph;
    } else if (!(b->builder = mobilefacenet_synthetic(&b->graph, err))) {
        return -1;
    }
    return fn_exec_create(&b->graph, &b->opts, &b->exec, err);
}

int main(int argc, char **argv)
{
    struct bench b = {.opts.cpu_flags = FN_CPU_DETECT, .runs = 100};
    struct fn_error err = {0};
    if (parse(&b, argc, argv)) {
        fprintf(stderr, "usage: bench_net [--mask HEX] [--size WxH] [--batch N] [--runs N] "
                        "[--steps] [FILE]\n");
        return 2;
    }
    int rc = load(&b, &err);
    if (rc) {
        fprintf(stderr, "bench_net: %s\n", err.text);
        rc = 1;
    } else {
        fill(b.exec);
        rc = time_runs(&b);
        if (rc == 0 && b.steps)
            rc = show_steps(&b);
    }
    fn_exec_destroy(b.exec);
    fn_model_destroy(b.model);
    fn_graph_builder_destroy(b.builder);
    return rc;
}
