/* SPDX-License-Identifier: MIT */
/* See joint.h. The length of each embedder's output could be made 1 in the graph. Constants
 * lose nothing (docs/decisions/joint-embedding.md), and keep head(feature) linear. */
#include "engine/model/joint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct joint {
    const struct fn_projection *p;
    struct fn_graph_builder *b;
    uint32_t input, part[FN_PROJECTION_PARTS]; /* values of the joint network */
    struct fn_error *err;
};

/* The trunk's number before the name; of a long name, the end. */
static void name_of(char out[FN_NAME_MAX], uint32_t trunk, const char *name)
{
    size_t n = strlen(name), room = FN_NAME_MAX - 3;
    (void)snprintf(out, FN_NAME_MAX, "%u/%s", (unsigned)(trunk + 1) % 10,
                   name + (n > room ? n - room : 0));
}

static size_t count_of(const uint32_t d[4])
{
    return (size_t)d[0] * d[1] * d[2] * d[3];
}

static uint32_t add_weight(struct joint *j, const char *name, const struct fn_value *v,
                           double scale)
{
    size_t n = count_of(v->dims);
    float *scaled = malloc(n * sizeof *scaled);
    if (!scaled)
        return FN_NONE;
    for (size_t i = 0; i < n; i++)
        scaled[i] = (float)((double)v->data[i] * scale);
    uint32_t w = fn_graph_add_weight(j->b, name, v->dims, scaled);
    free(scaled);
    return w;
}

/* One node of a trunk. map: its values to those of the joint network. Weights and bias of the
 * trunk's last layer are multiplied by scale. */
static int copy_node(struct joint *j, const struct fn_graph *g, const struct fn_node *n,
                     uint32_t trunk, uint32_t *map)
{
    uint32_t in[FN_NODE_IN_MAX];
    char name[FN_NAME_MAX];
    bool last = n->out == g->outputs[0];
    for (uint32_t k = 0; k < n->n_in; k++) {
        const struct fn_value *v = n->in[k] == FN_NONE ? NULL : &g->values[n->in[k]];
        if (v && v->kind == FN_VALUE_WEIGHT && map[n->in[k]] == FN_NONE) {
            name_of(name, trunk, v->name);
            map[n->in[k]] = last ? add_weight(j, name, v, fn_projection_scale(j->p, trunk))
                                 : fn_graph_add_weight(j->b, name, v->dims, v->data);
            if (map[n->in[k]] == FN_NONE)
                return fn_error_set(j->err, -ENOMEM, "out of memory");
        }
        in[k] = v ? map[n->in[k]] : FN_NONE;
    }
    name_of(name, trunk, n->name);
    map[n->out] = fn_graph_add_node(j->b, name, (enum fn_op_kind)n->op, in, n->n_in, &n->attr);
    return 0;
}

/* The trunk ends in a linear layer of the part's numbers, on a map of one pixel. */
static bool fits(const struct joint *j, const struct fn_graph *g, uint32_t trunk)
{
    const struct fn_node *last = g->n_nodes ? &g->nodes[g->n_nodes - 1] : NULL;
    if (!last || g->n_inputs != 1 || !g->n_outputs || last->out != g->outputs[0] ||
        last->op != FN_OP_CONV || last->attr.act != FN_ACT_NONE)
        return false;
    const uint32_t *d = g->values[last->in[1]].dims;
    return d[0] == j->p->part[trunk].numbers && d[1] == 1 && d[2] == 1;
}

static int copy_trunk(struct joint *j, const struct fn_graph *g, uint32_t trunk)
{
    if (!fits(j, g, trunk))
        return fn_error_set(j->err, FN_EMODEL,
                            "network %u does not end in the %u numbers of its part", trunk + 1,
                            j->p->part[trunk].numbers);
    const struct fn_value *x = &g->values[g->inputs[0]];
    uint32_t *map = malloc(g->n_values * sizeof *map);
    if (!map)
        return fn_error_set(j->err, -ENOMEM, "out of memory");
    memset(map, 0xff, g->n_values * sizeof *map); /* FN_NONE */
    if (j->input == FN_NONE)
        j->input = fn_graph_add_input(j->b, "input", x->dims[1], x->dims[2], x->dims[3]);
    map[g->inputs[0]] = j->input;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < g->n_nodes; i++)
        rc = copy_node(j, g, &g->nodes[i], trunk, map);
    j->part[trunk] = map[g->outputs[0]];
    free(map);
    return rc;
}

static int add_head(struct joint *j)
{
    const struct fn_projection *p = j->p;
    uint32_t dims[4] = {p->out, 1, 1, p->in};
    struct fn_attr a = {
        .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1, .dil_h = 1, .dil_w = 1, .groups = 1};
    float *w = malloc((size_t)p->in * p->out * sizeof *w);
    if (!w)
        return fn_error_set(j->err, -ENOMEM, "out of memory");
    for (size_t o = 0; o < p->out; o++)
        for (size_t i = 0; i < p->in; i++)
            w[o * p->in + i] = (float)((double)p->m[i * p->out + o] / FN_PROJECTION_UNIT);
    uint32_t feature =
        fn_graph_add_node(j->b, "feature", FN_OP_CONCAT, j->part, p->n_parts, NULL);
    uint32_t weight = fn_graph_add_weight(j->b, "embedding:weight", dims, w);
    fn_graph_mark_output(j->b, fn_graph_add_conv(j->b, "embedding", feature, weight, FN_NONE,
                                                 &a, FN_ACT_NONE, FN_NONE));
    fn_graph_mark_output(j->b, feature);
    free(w);
    return 0;
}

static bool same_input(const struct fn_graph *a, const struct fn_graph *b)
{
    return b->n_inputs == 1 &&
           memcmp(a->values[a->inputs[0]].dims + 1, b->values[b->inputs[0]].dims + 1,
                  3 * sizeof(uint32_t)) == 0;
}

int fn_joint_build(const struct fn_graph *trunk, const struct fn_projection *p,
                   struct fn_graph_builder *b, struct fn_graph *ret, struct fn_error *err)
{
    struct joint j = {.p = p, .b = b, .input = FN_NONE, .err = err};
    for (uint32_t i = 0; i < p->n_parts; i++) {
        int rc = copy_trunk(&j, &trunk[i], i);
        if (rc == 0 && !same_input(&trunk[0], &trunk[i]))
            rc = fn_error_set(err, FN_EMODEL, "networks 1 and %u have other inputs", i + 1);
        if (rc)
            return rc;
    }
    int rc = add_head(&j);
    return rc ? rc : fn_graph_builder_finish(b, ret, err);
}
