/* SPDX-License-Identifier: MIT */
/* A compiled network: fused steps, packed weights, one arena planned before the first run.
 *
 * compile = infer shapes -> fuse (convolution + bias + residual add + activation) -> choose a
 * kernel and a memory layout per step (ops.h) -> insert reorders -> plan buffer offsets by
 * liveness -> pack weights. fn_exec_run allocates nothing and takes no lock. One thread at a
 * time per exec; any number of execs may share one graph. The result for a picture does not
 * depend on the batch it was run in.
 */
#ifndef FN_ENGINE_GRAPH_EXEC_H
#define FN_ENGINE_GRAPH_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/graph/graph.h"

struct fn_exec;
struct fn_program;

struct fn_exec_opts {
    uint32_t n, h, w;   /* 0: batch 1, the graph's default size */
    unsigned cpu_flags; /* FN_CPU_*; FN_CPU_DETECT: what this machine has */
    bool keep_all;  /* no fusion and no buffer reuse: every value can be read (golden tests) */
    bool reference; /* plain reference operators only */
    bool train; /* every value that a gradient needs stays until the next run; only ReLUs are
                   fused */
};

FN_NODISCARD int fn_exec_create(const struct fn_graph *g, const struct fn_exec_opts *o,
                                struct fn_exec **ret, struct fn_error *err);
void fn_exec_destroy(struct fn_exec *x); /* NULL-safe */

/* Input i as the caller fills it: float NHWC (channels innermost), n*h*w*c floats, not cleared
 * between runs. dims (may be NULL) gets n, c, h, w. */
float *fn_exec_input(struct fn_exec *x, uint32_t i, uint32_t dims[4]);
/* Output i after a run: float NHWC; valid until the next run. */
const float *fn_exec_output(const struct fn_exec *x, uint32_t i, uint32_t dims[4]);
FN_NODISCARD int fn_exec_run(struct fn_exec *x);

/* The weights that the graph points to have changed. Not while a run is going on. */
void fn_exec_refresh(struct fn_exec *x);
/* The steps with their bound views (program.h), for the backward pass. */
const struct fn_program *fn_exec_program(const struct fn_exec *x);

/* keep_all only: value by name as float NHWC, NULL when absent. */
const float *fn_exec_value(const struct fn_exec *x, const char *name, uint32_t dims[4]);

/* What it costs: bytes of the activation arena, of packed weights, multiply-adds of one run. */
struct fn_exec_info {
    size_t arena_bytes, packed_bytes;
    uint64_t macs;
    uint32_t n_steps;
};
struct fn_exec_info fn_exec_info(const struct fn_exec *x);
/* Per step: name, kernel, shapes, multiply-adds; for `fnq model show` and the benchmark. visit
 * gets the nanoseconds of the last run if profiling was on, otherwise 0. */
void fn_exec_profile(struct fn_exec *x, bool on);
void fn_exec_each_step(const struct fn_exec *x,
                       void (*visit)(const char *name, const char *kernel,
                                     const uint32_t out_dims[4], uint64_t macs, uint64_t ns,
                                     void *ctx),
                       void *ctx);

#endif
