/* SPDX-License-Identifier: MIT */
/* Owns a program with its memory and runs its steps. Everything that can fail happens in
 * create. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/graph/program.h"

struct fn_exec {
    struct fn_program program;
    struct fn_kernels kernels;
    struct fn_memory memory;
    struct fn_arena pages;
    float *arena; /* its first byte */
    bool profile;
};

static struct fn_view view_of(const struct fn_exec *x, uint32_t slot)
{
    const struct fn_slot *s = &x->program.slots[slot], *home = &x->program.slots[s->home];
    return (struct fn_view){
        .data = x->arena + home->offset / sizeof(float) + s->channel,
        .n = s->dims[0],
        .c = s->dims[1],
        .h = s->dims[2],
        .w = s->dims[3],
        .stride = fn_slot_stride(&x->program, slot),
    };
}

static void bind_views(struct fn_exec *x)
{
    for (uint32_t i = 0; i < x->program.n_steps; i++) {
        struct fn_step *s = &x->program.steps[i];
        for (uint32_t k = 0; k < s->n_in; k++)
            s->in_view[k] = view_of(x, s->in[k]);
        if (s->res != FN_NONE)
            s->res_view = view_of(x, s->res);
        s->out_view = view_of(x, s->out);
    }
}

static const char *step_name(const struct fn_step *s)
{
    return s->node ? s->node->name : "reorder";
}

static int prepare_steps(struct fn_exec *x, struct fn_error *err)
{
    struct fn_prepare ctx = {.kernels = &x->kernels, .memory = &x->memory};
    for (uint32_t i = 0; i < x->program.n_steps; i++) {
        struct fn_step *s = &x->program.steps[i];
        int rc = s->kernel->prepare ? s->kernel->prepare(s, &ctx) : 0;
        if (rc)
            return fn_error_set(err, rc, "node '%s': out of memory", step_name(s));
    }
    return 0;
}

static int build(struct fn_exec *x, struct fn_error *err)
{
    /* Pages are touched by the first run, not here: a program that asks one question of one
     * photo never runs most of them. */
    if (fn_arena_init(&x->pages, x->program.arena_bytes ? x->program.arena_bytes : 1))
        return fn_error_set(err, -ENOMEM, "out of memory for %zu bytes of activations",
                            x->program.arena_bytes);
    x->arena = (float *)(void *)x->pages.base;
    bind_views(x);
    return prepare_steps(x, err);
}

int fn_exec_create_with(const struct fn_graph *g, const struct fn_exec_opts *o,
                        const struct fn_registry *reg, struct fn_exec **ret,
                        struct fn_error *err)
{
    struct fn_exec *x = calloc(1, sizeof *x);
    if (!x)
        return fn_error_set(err, -ENOMEM, "out of memory");
    fn_kernels_init(&x->kernels, o->cpu_flags);
    int rc = fn_program_init(&x->program, g, o, reg, err);
    if (rc == 0)
        rc = build(x, err);
    if (rc)
        fn_exec_destroy(x);
    else
        *ret = x;
    return rc;
}

int fn_exec_create(const struct fn_graph *g, const struct fn_exec_opts *o, struct fn_exec **ret,
                   struct fn_error *err)
{
    return fn_exec_create_with(g, o, fn_registry_default(), ret, err);
}

void fn_exec_destroy(struct fn_exec *x)
{
    if (!x)
        return;
    fn_memory_finish(&x->memory);
    fn_program_finish(&x->program);
    fn_arena_finish(&x->pages);
    free(x);
}

static float *slot_data(const struct fn_exec *x, uint32_t slot, uint32_t dims[4])
{
    if (dims)
        memcpy(dims, x->program.slots[slot].dims, 4 * sizeof *dims);
    return view_of(x, slot).data;
}

float *fn_exec_input(struct fn_exec *x, uint32_t i, uint32_t dims[4])
{
    return i < x->program.graph->n_inputs ? slot_data(x, x->program.inputs[i], dims) : NULL;
}

const float *fn_exec_output(const struct fn_exec *x, uint32_t i, uint32_t dims[4])
{
    return i < x->program.graph->n_outputs ? slot_data(x, x->program.outputs[i], dims) : NULL;
}

const float *fn_exec_value(const struct fn_exec *x, const char *name, uint32_t dims[4])
{
    if (!x->program.keep_all)
        return NULL;
    uint32_t v = fn_graph_find_value(x->program.graph, name);
    uint32_t slot = v == FN_NONE ? FN_NONE : x->program.slot_of[v];
    if (slot == FN_NONE || x->program.slots[slot].layout != FN_LAYOUT_NHWC)
        return NULL;
    return slot_data(x, slot, dims);
}

int fn_exec_run(struct fn_exec *x)
{
    for (uint32_t i = 0; i < x->program.n_steps; i++) {
        struct fn_step *s = &x->program.steps[i];
        uint64_t t0 = x->profile ? fn_clock_mono_ns() : 0;
        s->kernel->run(s);
        if (x->profile)
            s->ns = fn_clock_mono_ns() - t0;
    }
    return 0;
}

void fn_exec_refresh(struct fn_exec *x)
{
    for (uint32_t i = 0; i < x->program.n_steps; i++) {
        const struct fn_step *s = &x->program.steps[i];
        if (s->kernel->refresh)
            s->kernel->refresh(s);
    }
}

const struct fn_program *fn_exec_program(const struct fn_exec *x)
{
    return &x->program;
}

struct fn_exec_info fn_exec_info(const struct fn_exec *x)
{
    struct fn_exec_info info = {.arena_bytes = x->program.arena_bytes,
                                .packed_bytes = x->memory.bytes,
                                .n_steps = x->program.n_steps};
    for (uint32_t i = 0; i < x->program.n_steps; i++)
        info.macs += x->program.steps[i].macs;
    return info;
}

void fn_exec_profile(struct fn_exec *x, bool on)
{
    x->profile = on;
}

void fn_exec_each_step(const struct fn_exec *x,
                       void (*visit)(const char *name, const char *kernel,
                                     const uint32_t out_dims[4], uint64_t macs, uint64_t ns,
                                     void *ctx),
                       void *ctx)
{
    for (uint32_t i = 0; i < x->program.n_steps; i++) {
        const struct fn_step *s = &x->program.steps[i];
        visit(step_name(s), s->kernel->name, x->program.slots[s->out].dims, s->macs,
              x->profile ? s->ns : 0, ctx);
    }
}
