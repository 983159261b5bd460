/* SPDX-License-Identifier: MIT */
/* A compiled graph: steps over slots. A slot is a tensor in memory with a layout; several slots
 * may share memory, when one is a slice of another's channels (concatenation) or takes its
 * place (in-place steps).
 *
 * compile.c makes the steps, layout.c chooses kernels and layouts and puts reorder steps
 * between them, alias.c decides which slots share memory, plan.c gives every home slot its
 * place in the arena. */
#ifndef FN_ENGINE_GRAPH_PROGRAM_H
#define FN_ENGINE_GRAPH_PROGRAM_H

#include "engine/base/arena.h"
#include "engine/graph/exec.h"
#include "engine/graph/ops.h"
#include "engine/kernels/kernels.h"

/* The memory layout of an activation. A blocked layout gets the next number, kernels that read
 * or write it, and reorders to and from NHWC. */
enum fn_layout { FN_LAYOUT_NHWC = 0, FN_LAYOUT_NCHW = 1, FN_LAYOUT_COUNT_ = 2 };

/* Not an operator of a graph: copies a tensor into another layout. */
enum { FN_STEP_REORDER = 0 };

struct fn_slot {
    uint32_t value; /* of the graph */
    uint32_t dims[4];
    enum fn_layout layout;
    uint32_t home;  /* the slot that owns the memory of this one; itself if it owns memory */
    size_t channel; /* first channel inside the home */
    bool pinned;    /* filled or read by the caller: lives through the whole run */
    uint32_t first,
        last; /* steps that write it first and use it last; home slots: of all they hold */
    size_t bytes, offset; /* home slots: place in the arena */
};

struct fn_step {
    uint32_t op;                       /* enum fn_op_kind or FN_STEP_REORDER */
    const struct fn_node *node;        /* the node whose result this is; NULL for a reorder */
    struct fn_attr attr;               /* of the main operator */
    uint32_t in[FN_NODE_IN_MAX], n_in; /* slots */
    uint32_t res;                      /* slot to add before the activation, FN_NONE: none */
    uint32_t out;                      /* slot */
    const struct fn_value *weight,
        *bias;          /* conv: weights; affine: scale and shift; NULL: none */
    const float *slope; /* of the activation; NULL: none */
    enum fn_act act;    /* fused or the operator itself */
    float alpha;
    uint64_t macs;

    const struct fn_step_kernel *kernel;
    void *state;                                                /* the kernel's own */
    struct fn_view in_view[FN_NODE_IN_MAX], res_view, out_view; /* set before the first run */
    uint64_t ns;                                                /* of the last profiled run */
};

struct fn_program {
    const struct fn_graph *graph;
    struct fn_slot *slots;
    struct fn_step *steps;
    uint32_t n_slots, n_steps;
    size_t slots_cap, steps_cap;
    uint32_t inputs[FN_GRAPH_IO_MAX], outputs[FN_GRAPH_IO_MAX]; /* slots */
    uint32_t *slot_of;                                          /* value -> slot or FN_NONE */
    size_t arena_bytes;
    unsigned cpu_flags;
    bool keep_all, reference, train;
};

/* Memory of kernels: packed weights, scratch. Taken from chunks, so that the weights of a
 * network are close together; freed together. */
struct fn_memory {
    struct fn_arena *chunks;
    size_t n, cap, bytes;
};
/* 64-byte aligned, zeroed; NULL: out of memory. */
void *fn_memory_add(struct fn_memory *m, size_t bytes);
void fn_memory_finish(struct fn_memory *m);

/* What a kernel gets to prepare itself. */
struct fn_prepare {
    const struct fn_kernels *kernels; /* lives as long as the program runs */
    struct fn_memory *memory;
};

/* A way to carry out a step. The registry lists them best first; the first whose op, CPU flags
 * and fits agree is taken, and its layouts become those of the slots. */
struct fn_step_kernel {
    const char *name;
    uint32_t op;
    unsigned flags; /* FN_CPU_* it cannot do without */
    bool reference;
    enum fn_layout in, out;
    bool (*fits)(const struct fn_program *p, const struct fn_step *s); /* NULL: always */
    /* Packs weights and so on into s->state; NULL: nothing to do. 0 or -ENOMEM. */
    int (*prepare)(struct fn_step *s, const struct fn_prepare *ctx);
    void (*run)(const struct fn_step *s);
    /* The weights have other values now; NULL: run reads them where they are. */
    void (*refresh)(const struct fn_step *s);
};

/* Memory that is needed from one moment to another, both included. Spans that meet in time get
 * places that do not overlap; bytes are rounded up to a cache line, 0 takes none. 0 or -ENOMEM.
 */
struct fn_span {
    uint32_t first, last;
    size_t bytes, offset;
};
FN_NODISCARD int fn_plan_spans(struct fn_span *spans, size_t n, size_t *ret_bytes);

struct fn_registry {
    const struct fn_step_kernel *const *kernels;
    size_t n;
};
const struct fn_registry *fn_registry_default(void);

/* fn_exec_create with kernels of the caller's choice. */
FN_NODISCARD int fn_exec_create_with(const struct fn_graph *g, const struct fn_exec_opts *o,
                                     const struct fn_registry *reg, struct fn_exec **ret,
                                     struct fn_error *err);

/* Builds p from g at the options' size. On failure p needs no finish. */
FN_NODISCARD int fn_program_init(struct fn_program *p, const struct fn_graph *g,
                                 const struct fn_exec_opts *o, const struct fn_registry *reg,
                                 struct fn_error *err);
void fn_program_finish(struct fn_program *p);

/* The passes, in order. */
int fn_program_layouts(struct fn_program *p, const struct fn_registry *reg,
                       struct fn_error *err);
void fn_program_alias(struct fn_program *p);
int fn_program_plan(struct fn_program *p, struct fn_error *err);

/* Grows the arrays; index or FN_NONE when out of memory. */
uint32_t fn_program_add_slot(struct fn_program *p, uint32_t value, const uint32_t dims[4]);
uint32_t fn_program_add_step(struct fn_program *p, const struct fn_step *s);
size_t fn_slot_elements(const struct fn_slot *s);
/* Channels of the home: the distance between pixels. */
size_t fn_slot_stride(const struct fn_program *p, uint32_t slot);

#endif
