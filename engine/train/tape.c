/* SPDX-License-Identifier: MIT */
/* See tape.h. */
#include "engine/train/tape_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/kernels/cpu.h"

struct fn_tape {
    const struct fn_params *params;
    struct fn_exec *exec;
    const struct fn_program *program;
    struct fn_kernels kernels;
    struct fn_memory memory;
    struct fn_arena pages; /* gradients of values */
    struct fn_span *span;  /* per slot that is a home: its gradient, in time and memory */
    bool *wanted,
        *begun; /* per slot: has a gradient; its home was written to (while planning) */
    struct fn_back *back;   /* in the order of execution: last step first */
    uint32_t *zero, n_zero; /* slots */
    uint32_t n_back;
    struct fn_back_ctx ctx;
    bool seeded[FN_GRAPH_IO_MAX]; /* outputs whose gradient the caller provides */
    bool profile;
};

/* ---- what needs a gradient ---- */

static const struct fn_param *param_at(const struct fn_params *p, const float *data)
{
    for (size_t i = 0; data && i < p->n; i++)
        if (p->w + p->list[i].offset == data)
            return &p->list[i];
    return NULL;
}

static size_t trained_offset(const struct fn_params *p, const float *data)
{
    const struct fn_param *q = param_at(p, data);
    return q && !q->frozen ? q->offset : FN_NOWHERE;
}

static bool trains(const struct fn_tape *t, const struct fn_step *s)
{
    return (s->weight && trained_offset(t->params, s->weight->data) != FN_NOWHERE) ||
           (s->bias && trained_offset(t->params, s->bias->data) != FN_NOWHERE) ||
           trained_offset(t->params, s->slope) != FN_NOWHERE;
}

static void find_wanted(struct fn_tape *t)
{
    for (uint32_t i = 0; i < t->program->n_steps; i++) {
        const struct fn_step *s = &t->program->steps[i];
        bool want = trains(t, s) || (s->res != FN_NONE && t->wanted[s->res]);
        for (uint32_t k = 0; k < s->n_in; k++)
            want = want || t->wanted[s->in[k]];
        t->wanted[s->out] = want;
    }
}

/* ---- the plan: moment m is the m-th step backwards ---- */

static uint32_t home_of(const struct fn_tape *t, uint32_t slot)
{
    return t->program->slots[slot].home;
}

static void live(struct fn_tape *t, uint32_t slot, uint32_t moment)
{
    struct fn_span *s = &t->span[home_of(t, slot)];
    s->first = moment < s->first ? moment : s->first;
    s->last = moment > s->last ? moment : s->last;
}

/* A contribution of b to the gradient of slot. True if it has to be added. */
static bool contribute(struct fn_tape *t, struct fn_back *b, uint32_t slot)
{
    uint32_t home = home_of(t, slot);
    bool whole = t->program->slots[slot].dims[1] == t->program->slots[home].dims[1];
    if (t->begun[home])
        return true;
    t->begun[home] = true;
    if (whole)
        return false;
    t->zero[t->n_zero++] = home;
    b->zero_n++;
    return true;
}

/* A part of a concatenation that is in the memory of the whole has its gradient there already.
 * A part that occurs twice is there once. */
static bool passed_on(const struct fn_tape *t, const struct fn_step *s, uint32_t k)
{
    const struct fn_slot *slots = t->program->slots;
    size_t channel = slots[s->out].channel;
    for (uint32_t i = 0; i < k; i++)
        channel += slots[s->in[i]].dims[1];
    return s->op == FN_OP_CONCAT && home_of(t, s->in[k]) == home_of(t, s->out) &&
           slots[s->in[k]].channel == channel;
}

static void plan_step(struct fn_tape *t, const struct fn_step *s)
{
    uint32_t moment = t->n_back;
    struct fn_back *b = &t->back[t->n_back++];
    *b = (struct fn_back){.step = s, .zero_first = t->n_zero};
    b->dweight = s->weight ? trained_offset(t->params, s->weight->data) : FN_NOWHERE;
    b->dbias = s->bias ? trained_offset(t->params, s->bias->data) : FN_NOWHERE;
    b->dslope = trained_offset(t->params, s->slope);
    live(t, s->out, moment);
    if (s->res != FN_NONE && t->wanted[s->res]) {
        live(t, s->res, moment);
        b->add_res = contribute(t, b, s->res);
    }
    for (uint32_t k = 0; k < s->n_in; k++) {
        if (!t->wanted[s->in[k]] || passed_on(t, s, k))
            continue;
        live(t, s->in[k], moment);
        b->add[k] = contribute(t, b, s->in[k]);
    }
}

static void plan_backward(struct fn_tape *t)
{
    const struct fn_program *p = t->program;
    for (uint32_t i = 0; i < p->n_slots; i++)
        t->span[i] = (struct fn_span){.first = FN_NONE};
    for (uint32_t i = 0; i < p->graph->n_outputs; i++) {
        uint32_t slot = p->outputs[i];
        if (!t->wanted[slot])
            continue;
        live(t, slot, 0);
        t->begun[home_of(t, slot)] = true;
    }
    for (uint32_t i = p->n_steps; i-- > 0;)
        if (t->wanted[p->steps[i].out] && t->begun[home_of(t, p->steps[i].out)])
            plan_step(t, &p->steps[i]);
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (t->span[i].first != FN_NONE)
            t->span[i].bytes = fn_slot_elements(&p->slots[i]) * sizeof(float);
}

/* ---- binding ---- */

static struct fn_view gradient_view(const struct fn_tape *t, uint32_t slot)
{
    const struct fn_slot *s = &t->program->slots[slot];
    return (struct fn_view){.data = (float *)(void *)(t->pages.base + t->span[s->home].offset) +
                                    s->channel,
                            .n = s->dims[0],
                            .c = s->dims[1],
                            .h = s->dims[2],
                            .w = s->dims[3],
                            .stride = fn_slot_stride(t->program, slot)};
}

static void bind(struct fn_tape *t, struct fn_back *b)
{
    const struct fn_step *s = b->step;
    b->dout = gradient_view(t, s->out);
    if (s->res != FN_NONE && t->wanted[s->res])
        b->dres = gradient_view(t, s->res);
    for (uint32_t k = 0; k < s->n_in; k++)
        if (t->wanted[s->in[k]] && !passed_on(t, s, k))
            b->din[k] = gradient_view(t, s->in[k]);
}

static int prepare(struct fn_tape *t, bool reference, struct fn_error *err)
{
    for (uint32_t i = 0; i < t->n_back; i++) {
        struct fn_back *b = &t->back[i];
        bind(t, b);
        b->kernel = fn_back_choose(b, &t->ctx, reference);
        if (!b->kernel)
            return fn_error_set(err, FN_EUNSUPPORTED, "layer '%s' cannot be trained",
                                b->step->node ? b->step->node->name : "reorder");
        int rc = b->kernel->prepare ? b->kernel->prepare(b, &t->ctx) : 0;
        if (rc)
            return fn_error_set(err, rc, "out of memory");
    }
    return 0;
}

static int allocate(struct fn_tape *t)
{
    const struct fn_program *p = t->program;
    t->span = calloc(p->n_slots, sizeof *t->span);
    t->wanted = calloc(p->n_slots, sizeof *t->wanted);
    t->begun = calloc(p->n_slots, sizeof *t->begun);
    t->back = calloc(p->n_steps + 1, sizeof *t->back);
    t->zero = calloc(p->n_slots, sizeof *t->zero);
    return t->span && t->wanted && t->begun && t->back && t->zero ? 0 : -ENOMEM;
}

/* Kernels report in prepare how much scratch they need, and must be bound to gradients before.
 * So the gradients get their memory first, and the scratch is allocated last. */
static int build(struct fn_tape *t, const struct fn_tape_opts *o, struct fn_error *err)
{
    size_t bytes;
    int rc = allocate(t);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    find_wanted(t);
    plan_backward(t);
    if (fn_plan_spans(t->span, t->program->n_slots, &bytes) ||
        fn_arena_init(&t->pages, bytes ? bytes : 1))
        return fn_error_set(err, -ENOMEM, "out of memory for gradients");
    t->ctx = (struct fn_back_ctx){
        .kernels = &t->kernels, .cpu_flags = t->program->cpu_flags, .memory = &t->memory};
    rc = prepare(t, o->reference, err);
    if (rc)
        return rc;
    t->ctx.scratch = fn_memory_add(&t->memory, t->ctx.scratch_floats * sizeof(float));
    return t->ctx.scratch ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
}

int fn_tape_create(const struct fn_params *p, const struct fn_tape_opts *o,
                   struct fn_tape **ret, struct fn_error *err)
{
    struct fn_tape *t = calloc(1, sizeof *t);
    if (!t)
        return fn_error_set(err, -ENOMEM, "out of memory");
    t->params = p;
    fn_kernels_init(&t->kernels, o->cpu_flags);
    const struct fn_exec_opts x = {.n = o->n,
                                   .h = o->h,
                                   .w = o->w,
                                   .cpu_flags = o->cpu_flags,
                                   .reference = o->reference,
                                   .train = true};
    int rc = fn_exec_create(&p->graph, &x, &t->exec, err);
    if (rc == 0) {
        t->program = fn_exec_program(t->exec);
        rc = build(t, o, err);
    }
    if (rc)
        fn_tape_destroy(t);
    else
        *ret = t;
    return rc;
}

void fn_tape_destroy(struct fn_tape *t)
{
    if (!t)
        return;
    fn_exec_destroy(t->exec);
    fn_memory_finish(&t->memory);
    fn_arena_finish(&t->pages);
    free(t->span);
    free(t->wanted);
    free(t->begun);
    free(t->back);
    free(t->zero);
    free(t);
}

/* ---- use ---- */

float *fn_tape_input(struct fn_tape *t, uint32_t dims[4])
{
    return fn_exec_input(t->exec, 0, dims);
}

const float *fn_tape_output(const struct fn_tape *t, uint32_t i, uint32_t dims[4])
{
    return fn_exec_output(t->exec, i, dims);
}

float *fn_tape_seed(struct fn_tape *t, uint32_t i)
{
    uint32_t slot = i < t->program->graph->n_outputs ? t->program->outputs[i] : FN_NONE;
    if (slot == FN_NONE || !t->wanted[slot])
        return NULL;
    t->seeded[i] = true;
    return gradient_view(t, slot).data;
}

static void clear(struct fn_tape *t, uint32_t slot)
{
    memset(gradient_view(t, slot).data, 0,
           fn_slot_elements(&t->program->slots[slot]) * sizeof(float));
}

void fn_tape_refresh(struct fn_tape *t)
{
    fn_exec_refresh(t->exec);
    for (uint32_t i = 0; i < t->n_back; i++)
        if (t->back[i].kernel->refresh)
            t->back[i].kernel->refresh(&t->back[i]);
}

void fn_tape_forward(struct fn_tape *t)
{
    FN_IGNORE(fn_exec_run(t->exec));
}

void fn_tape_backward(struct fn_tape *t, float *grad)
{
    struct fn_back_ctx ctx = t->ctx;
    ctx.grad = grad;
    for (uint32_t i = 0; i < t->program->graph->n_outputs; i++)
        if (!t->seeded[i] && t->wanted[t->program->outputs[i]])
            clear(t, t->program->outputs[i]);
    for (uint32_t i = 0; i < t->n_back; i++) {
        struct fn_back *b = &t->back[i];
        uint64_t t0 = t->profile ? fn_clock_thread_cpu_ns() : 0;
        for (uint32_t k = 0; k < b->zero_n; k++)
            clear(t, t->zero[b->zero_first + k]);
        b->kernel->run(b, &ctx);
        if (t->profile)
            b->ns = fn_clock_thread_cpu_ns() - t0;
    }
}

struct fn_tape_info fn_tape_info(const struct fn_tape *t)
{
    struct fn_exec_info x = fn_exec_info(t->exec);
    struct fn_tape_info info = {.activation_bytes = x.arena_bytes,
                                .gradient_bytes = t->pages.size,
                                .packed_bytes = x.packed_bytes + t->memory.bytes,
                                .macs = x.macs};
    for (uint32_t i = 0; i < t->n_back; i++)
        info.macs_backward += t->back[i].macs;
    return info;
}

void fn_tape_profile(struct fn_tape *t, bool on)
{
    t->profile = on;
    fn_exec_profile(t->exec, on);
}

void fn_tape_each_step(const struct fn_tape *t,
                       void (*visit)(const char *name, const char *forward_kernel,
                                     const char *backward_kernel, uint64_t macs,
                                     uint64_t forward_ns, uint64_t backward_ns, void *ctx),
                       void *ctx)
{
    for (uint32_t i = 0; i < t->program->n_steps; i++) {
        const struct fn_step *s = &t->program->steps[i];
        const struct fn_back *b = NULL;
        for (uint32_t k = 0; k < t->n_back && !b; k++)
            b = t->back[k].step == s ? &t->back[k] : NULL;
        visit(s->node ? s->node->name : "reorder", s->kernel->name, b ? b->kernel->name : "-",
              s->macs, t->profile ? s->ns : 0, b ? b->ns : 0, ctx);
    }
}
