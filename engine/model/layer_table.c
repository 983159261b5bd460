/* SPDX-License-Identifier: MIT */
/* The rows of a network's table. */
#include "engine/model/layer_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph/ops.h"

const char *fn_layer_op_name(const struct fn_node *node)
{
    const struct fn_op *op = fn_op_get(node->op);
    return op ? op->name : "?";
}

const char *fn_layer_act_name(const struct fn_node *node)
{
    static const char *const names[] = {"none", "relu", "relu6", "prelu", "leaky", "sigmoid"};
    uint32_t act = node->attr.act;
    return act < sizeof names / sizeof *names ? names[act] : "?";
}

const char *fn_layer_kernel(const struct fn_node *node, char out[48])
{
    const struct fn_attr *a = &node->attr;
    out[0] = 0;
    if (node->op == FN_OP_LRN || node->op == FN_OP_MAXOUT)
        (void)snprintf(out, 48, "%u", a->size);
    else if (a->kh)
        (void)snprintf(out, 48, "%ux%u/%u%s", a->kh, a->kw, a->stride_h,
                       a->groups > 1 ? " grouped" : "");
    return out;
}

/* uses[v]: how often value v is read, outputs of the network included. */
static void count_uses(const struct fn_graph *g, uint32_t *uses)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        for (uint32_t k = 0; k < g->nodes[i].n_in; k++)
            if (g->nodes[i].in[k] != FN_NONE)
                uses[g->nodes[i].in[k]]++;
    for (uint32_t i = 0; i < g->n_outputs; i++)
        uses[g->outputs[i]]++;
}

static void add_row(struct fn_layer_table *t, const struct fn_graph *g, uint32_t index,
                    const uint32_t (*dims)[4])
{
    const struct fn_node *n = &g->nodes[index];
    struct fn_cost cost = fn_graph_node_cost(g, index, dims);
    struct fn_layer *l = &t->layer[t->n_layers++];
    *l = (struct fn_layer){.node = n, .params = cost.params, .macs = cost.macs};
    memcpy(l->out, dims[n->out], sizeof l->out);
    uint64_t count = (uint64_t)l->out[0] * l->out[1] * l->out[2] * l->out[3];
    if (n->op == FN_OP_CONV && n->n_in > 2 && n->in[2] != FN_NONE)
        l->macs += count;
    l->bytes = count * sizeof(float);
    t->macs += l->macs;
    t->params += l->params;
    t->bytes += l->bytes;
}

static void add_act(struct fn_layer_table *t, struct fn_layer *l, const struct fn_graph *g,
                    uint32_t index, const uint32_t (*dims)[4])
{
    uint64_t slopes = fn_graph_node_cost(g, index, dims).params;
    l->act = &g->nodes[index];
    l->params += slopes;
    t->params += slopes;
}

/* row[v]: the row that makes value v, counted from 1. */
static void add_rows(struct fn_layer_table *t, const struct fn_graph *g,
                     const uint32_t (*dims)[4], const uint32_t *uses, uint32_t *row)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const struct fn_node *n = &g->nodes[i];
        uint32_t r = n->op == FN_OP_ACT && uses[n->in[0]] == 1 ? row[n->in[0]] : 0;
        bool joins = r && !t->layer[r - 1].act && t->layer[r - 1].node->op != FN_OP_ACT;
        if (joins)
            add_act(t, &t->layer[r - 1], g, i, dims);
        else
            add_row(t, g, i, dims);
        row[n->out] = joins ? r : (uint32_t)t->n_layers;
    }
}

int fn_layer_table_init(struct fn_layer_table *t, const struct fn_graph *g, uint32_t h,
                        uint32_t w, struct fn_error *err)
{
    struct fn_layer_table made = {.layer = calloc(g->n_nodes + 1, sizeof *made.layer)};
    uint32_t(*dims)[4] = calloc(g->n_values + 1, sizeof *dims);
    uint32_t *uses = calloc(g->n_values + 1, sizeof *uses);
    uint32_t *row = calloc(g->n_values + 1, sizeof *row);
    int rc = !made.layer || !dims || !uses || !row ? fn_error_set(err, -ENOMEM, "out of memory")
                                                   : fn_graph_infer(g, 1, h, w, dims, err);
    if (rc == 0) {
        count_uses(g, uses);
        add_rows(&made, g, (const uint32_t(*)[4])dims, uses, row);
        *t = made;
    } else {
        free(made.layer);
    }
    free(dims);
    free(uses);
    free(row);
    return rc;
}

void fn_layer_table_finish(struct fn_layer_table *t)
{
    free(t->layer);
    *t = (struct fn_layer_table){0};
}
