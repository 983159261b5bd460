/* SPDX-License-Identifier: MIT */
/* Graph to steps: one step per node, except that bias, the sum with a residual and the
 * activation after a convolution become part of its step, and an activation after a sum becomes
 * part of the sum. A value that is also read elsewhere, or is an output, is never fused away.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/graph/program.h"
#include "engine/kernels/cpu.h"

struct compiler {
    struct fn_program *p;
    const struct fn_graph *g;
    uint32_t (*dims)[4];
    uint32_t *uses;    /* per value: readers, outputs included */
    uint32_t *made_by; /* per value: step, FN_NONE: none (inputs) */
};

uint32_t fn_program_add_slot(struct fn_program *p, uint32_t value, const uint32_t dims[4])
{
    struct fn_slot *slots =
        fn_array_grow(p->slots, &p->slots_cap, (size_t)p->n_slots + 1, sizeof *slots);
    if (!slots)
        return FN_NONE;
    p->slots = slots;
    struct fn_slot *s = &slots[p->n_slots];
    *s = (struct fn_slot){.value = value, .home = p->n_slots};
    memcpy(s->dims, dims, sizeof s->dims);
    return p->n_slots++;
}

uint32_t fn_program_add_step(struct fn_program *p, const struct fn_step *s)
{
    struct fn_step *steps =
        fn_array_grow(p->steps, &p->steps_cap, (size_t)p->n_steps + 1, sizeof *steps);
    if (!steps)
        return FN_NONE;
    p->steps = steps;
    steps[p->n_steps] = *s;
    return p->n_steps++;
}

size_t fn_slot_elements(const struct fn_slot *s)
{
    return (size_t)s->dims[0] * s->dims[1] * s->dims[2] * s->dims[3];
}

size_t fn_slot_stride(const struct fn_program *p, uint32_t slot)
{
    return p->slots[p->slots[slot].home].dims[1];
}

/* ---- fusion ---- */

/* A gradient has to find out from the result what the activation did: with ReLU it can. */
static bool fusible_act(const struct compiler *c, const struct fn_node *n)
{
    if (n->op != FN_OP_ACT || n->attr.act == FN_ACT_SIGMOID)
        return false;
    return !c->p->train || n->attr.act == FN_ACT_RELU || n->attr.act == FN_ACT_RELU6;
}

static const struct fn_value *weight_of(const struct compiler *c, const struct fn_node *n,
                                        uint32_t i)
{
    return i < n->n_in && n->in[i] != FN_NONE ? &c->g->values[n->in[i]] : NULL;
}

static void set_act(const struct compiler *c, struct fn_step *s, const struct fn_node *n)
{
    const struct fn_value *slope = weight_of(c, n, 1);
    s->act = (enum fn_act)n->attr.act;
    s->alpha = n->attr.alpha;
    s->slope = slope ? slope->data : NULL;
}

/* The step that makes value, when nothing but its one reader would notice it ending
 * differently. */
static struct fn_step *open_step(const struct compiler *c, uint32_t value)
{
    if (c->p->keep_all || c->p->reference || c->uses[value] != 1 ||
        c->made_by[value] == FN_NONE)
        return NULL;
    struct fn_step *s = &c->p->steps[c->made_by[value]];
    return s->act == FN_ACT_NONE ? s : NULL;
}

static bool is_depthwise(const struct fn_step *s)
{
    return s->attr.groups > 1 && s->weight->dims[3] == 1;
}

/* s now makes the output of node n as well. */
static void extend(struct compiler *c, struct fn_step *s, const struct fn_node *n)
{
    c->p->slots[s->out].value = n->out;
    c->p->slot_of[s->node->out] = FN_NONE;
    c->p->slot_of[n->out] = s->out;
    c->made_by[n->out] = (uint32_t)(s - c->p->steps);
    s->node = n;
}

static bool fuse_act(struct compiler *c, const struct fn_node *n)
{
    struct fn_step *s = fusible_act(c, n) ? open_step(c, n->in[0]) : NULL;
    if (!s || (s->op != FN_OP_CONV && s->op != FN_OP_ADD))
        return false;
    set_act(c, s, n);
    extend(c, s, n);
    return true;
}

/* The sum joins the convolution that makes one term, if the other term is there by then. */
static bool fuse_add(struct compiler *c, const struct fn_node *n)
{
    for (int i = 0; n->op == FN_OP_ADD && i < 2; i++) {
        uint32_t mine = n->in[i], other = n->in[1 - i];
        struct fn_step *s = open_step(c, mine);
        if (!s || s->op != FN_OP_CONV || s->res != FN_NONE || is_depthwise(s))
            continue;
        if (c->made_by[other] != FN_NONE && c->made_by[other] >= c->made_by[mine])
            continue;
        s->res = c->p->slot_of[other];
        extend(c, s, n);
        return true;
    }
    return false;
}

static int add_node(struct compiler *c, uint32_t index)
{
    const struct fn_node *n = &c->g->nodes[index];
    if (fuse_act(c, n) || fuse_add(c, n))
        return 0;
    const struct fn_op *op = fn_op_get(n->op);
    struct fn_step s = {.op = n->op, .node = n, .attr = n->attr, .res = FN_NONE};
    for (uint32_t i = 0; i < n->n_in && i < op->weights_from; i++)
        s.in[s.n_in++] = c->p->slot_of[n->in[i]];
    if (n->op == FN_OP_ACT) {
        set_act(c, &s, n);
    } else {
        s.weight = op->weights_from < n->n_in ? weight_of(c, n, op->weights_from) : NULL;
        s.bias = op->weights_from < n->n_in ? weight_of(c, n, op->weights_from + 1) : NULL;
    }
    s.macs = fn_graph_node_cost(c->g, index, (const uint32_t(*)[4])c->dims).macs;
    s.out = fn_program_add_slot(c->p, n->out, c->dims[n->out]);
    c->p->slot_of[n->out] = s.out;
    if (s.out == FN_NONE || (c->made_by[n->out] = fn_program_add_step(c->p, &s)) == FN_NONE)
        return -ENOMEM;
    return 0;
}

static int add_inputs(struct compiler *c)
{
    for (uint32_t i = 0; i < c->g->n_inputs; i++) {
        uint32_t v = c->g->inputs[i], slot = fn_program_add_slot(c->p, v, c->dims[v]);
        if (slot == FN_NONE)
            return -ENOMEM;
        c->p->slots[slot].pinned = true;
        c->p->inputs[i] = c->p->slot_of[v] = slot;
    }
    return 0;
}

static void count_uses(struct compiler *c)
{
    for (uint32_t i = 0; i < c->g->n_nodes; i++)
        for (uint32_t k = 0; k < c->g->nodes[i].n_in; k++)
            if (c->g->nodes[i].in[k] != FN_NONE)
                c->uses[c->g->nodes[i].in[k]]++;
    for (uint32_t i = 0; i < c->g->n_outputs; i++)
        c->uses[c->g->outputs[i]] += 2; /* never fused away */
}

static int make_steps(struct compiler *c)
{
    count_uses(c);
    int rc = add_inputs(c);
    for (uint32_t i = 0; rc == 0 && i < c->g->n_nodes; i++)
        rc = add_node(c, i);
    for (uint32_t i = 0; rc == 0 && i < c->g->n_outputs; i++)
        c->p->outputs[i] = c->p->slot_of[c->g->outputs[i]];
    return rc;
}

static int compile(struct fn_program *p, const struct fn_exec_opts *o, struct fn_error *err)
{
    const struct fn_graph *g = p->graph;
    struct compiler c = {.p = p, .g = g};
    c.dims = calloc(g->n_values, sizeof *c.dims);
    c.uses = calloc(g->n_values, sizeof *c.uses);
    c.made_by = malloc(g->n_values * sizeof *c.made_by);
    p->slot_of = malloc(g->n_values * sizeof *p->slot_of);
    int rc = -ENOMEM;
    if (c.dims && c.uses && c.made_by && p->slot_of) {
        memset(c.made_by, 0xff, g->n_values * sizeof *c.made_by);
        memset(p->slot_of, 0xff, g->n_values * sizeof *p->slot_of);
        rc = fn_graph_infer(g, o->n ? o->n : 1, o->h, o->w, c.dims, err);
        if (rc)
            goto out;
        rc = make_steps(&c);
    }
    if (rc)
        fn_error_set(err, rc, "out of memory");
out:
    free(c.dims);
    free(c.uses);
    free(c.made_by);
    return rc;
}

int fn_program_init(struct fn_program *p, const struct fn_graph *g,
                    const struct fn_exec_opts *o, const struct fn_registry *reg,
                    struct fn_error *err)
{
    *p = (struct fn_program){
        .graph = g, .keep_all = o->keep_all, .reference = o->reference, .train = o->train};
    p->cpu_flags = fn_cpu_resolve(o->cpu_flags);
    int rc = compile(p, o, err);
    if (rc == 0)
        rc = fn_program_layouts(p, reg, err);
    if (rc == 0) {
        fn_program_alias(p);
        rc = fn_program_plan(p, err);
    }
    if (rc)
        fn_program_finish(p);
    return rc;
}

void fn_program_finish(struct fn_program *p)
{
    free(p->slots);
    free(p->steps);
    free(p->slot_of);
    *p = (struct fn_program){0};
}
