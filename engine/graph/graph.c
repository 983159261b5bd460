/* SPDX-License-Identifier: MIT */
/* Properties of a graph that do not need a run: whether it is well formed, its shapes, its
 * costs. */
#include "engine/graph/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/graph/graph_limits.h"
#include "engine/graph/ops.h"

static int check_name(const char *name, const char *what, uint32_t i, struct fn_error *err)
{
    if (memchr(name, 0, FN_NAME_MAX) == NULL)
        return fn_error_set(err, FN_EMODEL, "%s %u has a name without an end", what, i);
    return 0;
}

/* Every dimension within its bounds, and so the product within FN_GRAPH_ELEMENTS_MAX. */
static bool good_dims(const uint64_t d[4])
{
    uint64_t n = 1;
    for (int i = 0; i < 4; i++) {
        if (d[i] == 0 || d[i] > FN_GRAPH_SIDE_MAX)
            return false;
        n *= d[i]; /* both factors are small enough: n <= 2^31 before, d <= 2^16 */
        if (n > FN_GRAPH_ELEMENTS_MAX)
            return false;
    }
    return true;
}

static int check_value(const struct fn_graph *g, uint32_t i, struct fn_error *err)
{
    const struct fn_value *v = &g->values[i];
    int rc = check_name(v->name, "value", i, err);
    if (rc)
        return rc;
    if (v->kind > FN_VALUE_WEIGHT)
        return fn_error_set(err, FN_EMODEL, "value '%s' is of unknown kind %u", v->name,
                            v->kind);
    if (v->kind == FN_VALUE_ACTIVATION)
        return 0;
    uint64_t d[4] = {v->dims[0], v->dims[1], v->dims[2], v->dims[3]};
    if (!good_dims(d))
        return fn_error_set(err, FN_EMODEL, "value '%s' has a shape out of range", v->name);
    if (v->kind == FN_VALUE_WEIGHT && !v->data)
        return fn_error_set(err, FN_EMODEL, "weight '%s' has no data", v->name);
    return 0;
}

/* One input of a node: an activation already made, or a weight, as its position demands. */
static int check_operand(const struct fn_graph *g, const struct fn_node *node, uint32_t i,
                         const struct fn_op *op, const unsigned char *made,
                         struct fn_error *err)
{
    uint32_t v = node->in[i];
    if (v == FN_NONE && i >= op->in_min && i >= op->weights_from)
        return 0;
    if (v >= g->n_values)
        return fn_error_set(err, FN_EMODEL, "node '%s': input %u does not exist", node->name,
                            i);
    bool weight = g->values[v].kind == FN_VALUE_WEIGHT;
    if (weight != (i >= op->weights_from))
        return fn_error_set(err, FN_EMODEL, "node '%s': input %u is %sa weight", node->name, i,
                            weight ? "" : "not ");
    if (!weight && !made[v])
        return fn_error_set(err, FN_EMODEL, "node '%s': input %u is used before it is made",
                            node->name, i);
    return 0;
}

static int check_node(const struct fn_graph *g, uint32_t index, unsigned char *made,
                      struct fn_error *err)
{
    const struct fn_node *node = &g->nodes[index];
    int rc = check_name(node->name, "node", index, err);
    if (rc)
        return rc;
    const struct fn_op *op = fn_op_get(node->op);
    if (!op)
        return fn_error_set(err, FN_EUNSUPPORTED, "operator %u of node '%s' is not supported",
                            node->op, node->name);
    if (node->n_in < op->in_min || node->n_in > op->in_max)
        return fn_error_set(err, FN_EMODEL, "node '%s': %s takes %u to %u inputs, not %u",
                            node->name, op->name, op->in_min, op->in_max, node->n_in);
    for (uint32_t i = 0; i < node->n_in; i++)
        if ((rc = check_operand(g, node, i, op, made, err)))
            return rc;
    if (node->out >= g->n_values || g->values[node->out].kind != FN_VALUE_ACTIVATION ||
        made[node->out])
        return fn_error_set(err, FN_EMODEL, "node '%s': output is not a new value", node->name);
    made[node->out] = 1;
    return op->check ? op->check(g, node, err) : 0;
}

static int check_inputs(const struct fn_graph *g, unsigned char *made, struct fn_error *err)
{
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        uint32_t v = g->inputs[i];
        if (v >= g->n_values || g->values[v].kind != FN_VALUE_INPUT || made[v])
            return fn_error_set(err, FN_EMODEL, "input %u of the graph is not an input value",
                                i);
        made[v] = 1;
    }
    return 0;
}

static int check_outputs(const struct fn_graph *g, const unsigned char *made,
                         struct fn_error *err)
{
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        uint32_t v = g->outputs[i];
        if (v >= g->n_values || g->values[v].kind != FN_VALUE_ACTIVATION || !made[v])
            return fn_error_set(err, FN_EMODEL, "output %u of the graph is never made", i);
    }
    return 0;
}

static int check_sizes(const struct fn_graph *g, struct fn_error *err)
{
    if (!g->values || !g->nodes || g->n_values == 0 || g->n_values > FN_GRAPH_VALUES_MAX ||
        g->n_nodes == 0 || g->n_nodes > FN_GRAPH_NODES_MAX)
        return fn_error_set(err, FN_EMODEL, "graph has %u values and %u nodes", g->n_values,
                            g->n_nodes);
    if (g->n_inputs == 0 || g->n_inputs > FN_GRAPH_IO_MAX || g->n_outputs == 0 ||
        g->n_outputs > FN_GRAPH_IO_MAX)
        return fn_error_set(err, FN_EMODEL, "graph has %u inputs and %u outputs", g->n_inputs,
                            g->n_outputs);
    return 0;
}

int fn_graph_check(const struct fn_graph *g, struct fn_error *err)
{
    int rc = check_sizes(g, err);
    if (rc)
        return rc;
    unsigned char *made = calloc(g->n_values, 1);
    if (!made)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (uint32_t i = 0; rc == 0 && i < g->n_values; i++)
        rc = check_value(g, i, err);
    if (rc == 0)
        rc = check_inputs(g, made, err);
    for (uint32_t i = 0; rc == 0 && i < g->n_nodes; i++)
        rc = check_node(g, i, made, err);
    if (rc == 0)
        rc = check_outputs(g, made, err);
    free(made);
    return rc;
}

static int set_dims(uint32_t dims[4], const uint64_t d[4], const char *name,
                    struct fn_error *err)
{
    if (!good_dims(d))
        return fn_error_set(err, FN_ELIMIT, "'%s' would be %llu x %llu x %llu x %llu", name,
                            (unsigned long long)d[0], (unsigned long long)d[1],
                            (unsigned long long)d[2], (unsigned long long)d[3]);
    for (int i = 0; i < 4; i++)
        dims[i] = (uint32_t)d[i];
    return 0;
}

static int infer_into(const struct fn_graph *g, const uint32_t nhw[3], uint32_t (*dims)[4],
                      struct fn_error *err)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < g->n_values; i++) {
        const struct fn_value *v = &g->values[i];
        memcpy(dims[i], v->dims, sizeof v->dims);
        if (v->kind != FN_VALUE_INPUT)
            continue;
        uint64_t d[4] = {nhw[0] ? nhw[0] : v->dims[0], v->dims[1], nhw[1] ? nhw[1] : v->dims[2],
                         nhw[2] ? nhw[2] : v->dims[3]};
        rc = set_dims(dims[i], d, v->name, err);
    }
    for (uint32_t i = 0; rc == 0 && i < g->n_nodes; i++) {
        const struct fn_node *node = &g->nodes[i];
        uint64_t d[4];
        rc = fn_op_get(node->op)->infer(g, node, (const uint32_t(*)[4])dims, d, err);
        if (rc == 0)
            rc = set_dims(dims[node->out], d, node->name, err);
    }
    return rc;
}

int fn_graph_infer(const struct fn_graph *g, uint32_t n, uint32_t h, uint32_t w,
                   uint32_t (*ret_dims)[4], struct fn_error *err)
{
    uint32_t(*dims)[4] = calloc(g->n_values, sizeof *dims);
    if (!dims)
        return fn_error_set(err, -ENOMEM, "out of memory");
    uint32_t nhw[3] = {n, h, w};
    int rc = infer_into(g, nhw, dims, err);
    if (rc == 0)
        memcpy(ret_dims, dims, g->n_values * sizeof *dims);
    free(dims);
    return rc;
}

struct fn_cost fn_graph_node_cost(const struct fn_graph *g, uint32_t node,
                                  const uint32_t (*dims)[4])
{
    const struct fn_node *nd = &g->nodes[node];
    struct fn_cost cost = {.macs = fn_op_get(nd->op)->macs(g, nd, dims[nd->out])};
    for (uint32_t i = 0; i <= nd->n_in; i++) {
        uint32_t v = i < nd->n_in ? nd->in[i] : nd->out;
        if (v == FN_NONE)
            continue;
        uint64_t count = (uint64_t)dims[v][0] * dims[v][1] * dims[v][2] * dims[v][3];
        cost.bytes += count * sizeof(float);
        if (g->values[v].kind == FN_VALUE_WEIGHT)
            cost.params += count;
    }
    return cost;
}

uint32_t fn_graph_find_value(const struct fn_graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->n_values; i++)
        if (strcmp(g->values[i].name, name) == 0)
            return i;
    return FN_NONE;
}
