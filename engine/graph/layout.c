/* SPDX-License-Identifier: MIT */
/* Kernel choice. Each step takes the first kernel of the registry that can do it. If that
 * kernel reads another layout than its input has, a reorder step is inserted before it, once
 * per tensor and layout. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph/program.h"

struct layouts {
    struct fn_program *p;
    const struct fn_registry *reg;
    uint32_t (*as)[FN_LAYOUT_COUNT_]; /* slot -> the slot that holds it in a layout, FN_NONE:
                                         none yet */
};

static const struct fn_step_kernel *choose(const struct layouts *l, const struct fn_step *s)
{
    for (size_t i = 0; i < l->reg->n; i++) {
        const struct fn_step_kernel *k = l->reg->kernels[i];
        if (k->op != s->op || (k->flags & ~l->p->cpu_flags))
            continue;
        if (l->p->reference && !k->reference)
            continue;
        if (!k->fits || k->fits(l->p, s))
            return k;
    }
    return NULL;
}

static const struct fn_step_kernel *reorder_kernel(const struct layouts *l, enum fn_layout from,
                                                   enum fn_layout to)
{
    for (size_t i = 0; i < l->reg->n; i++) {
        const struct fn_step_kernel *k = l->reg->kernels[i];
        if (k->op == FN_STEP_REORDER && k->in == from && k->out == to)
            return k;
    }
    return NULL;
}

/* The slot that has slot's tensor in the layout, made by a new step if need be. */
static int in_layout(struct layouts *l, uint32_t *slot, enum fn_layout want,
                     struct fn_error *err)
{
    uint32_t from = *slot;
    enum fn_layout have = l->p->slots[from].layout;
    if (have == want)
        return 0;
    if (l->as[from][want] == FN_NONE) {
        struct fn_step s = {.op = FN_STEP_REORDER, .n_in = 1, .in = {from}, .res = FN_NONE};
        s.kernel = reorder_kernel(l, have, want);
        if (!s.kernel)
            return fn_error_set(err, FN_EUNSUPPORTED, "no reorder from layout %d to %d",
                                (int)have, (int)want);
        uint32_t dims[4];
        memcpy(dims, l->p->slots[from].dims, sizeof dims);
        s.out = fn_program_add_slot(l->p, l->p->slots[from].value, dims);
        if (s.out == FN_NONE || fn_program_add_step(l->p, &s) == FN_NONE)
            return fn_error_set(err, -ENOMEM, "out of memory");
        l->p->slots[s.out].layout = want;
        l->as[from][want] = s.out;
    }
    *slot = l->as[from][want];
    return 0;
}

static int place_step(struct layouts *l, struct fn_step s, struct fn_error *err)
{
    s.kernel = choose(l, &s);
    if (!s.kernel)
        return fn_error_set(err, FN_EUNSUPPORTED, "no kernel for node '%s'", s.node->name);
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < s.n_in; i++)
        rc = in_layout(l, &s.in[i], s.kernel->in, err);
    if (rc == 0 && s.res != FN_NONE)
        rc = in_layout(l, &s.res, s.kernel->out, err);
    l->p->slots[s.out].layout = s.kernel->out;
    if (rc == 0 && fn_program_add_step(l->p, &s) == FN_NONE)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    return rc;
}

static int place_all(struct layouts *l, const struct fn_step *steps, uint32_t n,
                     struct fn_error *err)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < n; i++)
        rc = place_step(l, steps[i], err);
    for (uint32_t i = 0; rc == 0 && i < l->p->graph->n_outputs; i++) {
        rc = in_layout(l, &l->p->outputs[i], FN_LAYOUT_NHWC, err);
        if (rc == 0)
            l->p->slots[l->p->outputs[i]].pinned = true;
    }
    return rc;
}

int fn_program_layouts(struct fn_program *p, const struct fn_registry *reg,
                       struct fn_error *err)
{
    struct fn_step *steps = p->steps;
    uint32_t n = p->n_steps;
    struct layouts l = {.p = p, .reg = reg};
    l.as = malloc(p->n_slots * sizeof *l.as);
    if (!l.as)
        return fn_error_set(err, -ENOMEM, "out of memory");
    memset(l.as, 0xff, p->n_slots * sizeof *l.as);
    p->steps = NULL;
    p->n_steps = 0;
    p->steps_cap = 0;
    int rc = place_all(&l, steps, n, err);
    free(steps);
    free(l.as);
    return rc;
}
