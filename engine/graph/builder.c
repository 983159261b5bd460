/* SPDX-License-Identifier: MIT */
/* A graph under construction. Arrays grow by doubling. The first failure is stored and
 * everything after it does nothing, so that code that builds a network needs no checks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/array.h"
#include "engine/graph/graph.h"
#include "engine/graph/graph_limits.h"

struct fn_graph_builder {
    struct fn_graph g;
    size_t values_cap, nodes_cap, owned_cap;
    float **owned; /* copies of weights, one per weight value */
    uint32_t n_owned;
    struct fn_error err;
};

static uint32_t fail(struct fn_graph_builder *b, int code, const char *what, const char *name)
{
    if (!b->err.code)
        fn_error_set(&b->err, code, "%s at '%.80s'", what, name ? name : "");
    return FN_NONE;
}

/* Room for one more; NULL if out of memory or far beyond what a graph may have. */
static void *grow(void *array, uint32_t n, size_t *cap, size_t elem_size)
{
    return n < 2 * FN_GRAPH_VALUES_MAX ? fn_array_grow(array, cap, n + 1, elem_size) : NULL;
}

struct fn_graph_builder *fn_graph_builder_create(void)
{
    return calloc(1, sizeof(struct fn_graph_builder));
}

void fn_graph_builder_destroy(struct fn_graph_builder *b)
{
    if (!b)
        return;
    for (uint32_t i = 0; i < b->n_owned; i++)
        free(b->owned[i]);
    free(b->owned);
    free(b->g.values);
    free(b->g.nodes);
    free(b);
}

static uint32_t add_value(struct fn_graph_builder *b, const char *name, enum fn_value_kind kind)
{
    if (b->err.code)
        return FN_NONE;
    size_t len = strlen(name);
    if (len >= FN_NAME_MAX)
        return fail(b, FN_ELIMIT, "name is too long", name);
    struct fn_value *p = grow(b->g.values, b->g.n_values, &b->values_cap, sizeof *p);
    if (!p)
        return fail(b, -ENOMEM, "out of memory", name);
    b->g.values = p;
    struct fn_value *v = &p[b->g.n_values];
    *v = (struct fn_value){.kind = kind};
    memcpy(v->name, name, len);
    return b->g.n_values++;
}

uint32_t fn_graph_add_input(struct fn_graph_builder *b, const char *name, uint32_t c,
                            uint32_t h, uint32_t w)
{
    uint32_t v = add_value(b, name, FN_VALUE_INPUT);
    if (v == FN_NONE)
        return v;
    if (b->g.n_inputs == FN_GRAPH_IO_MAX)
        return fail(b, FN_ELIMIT, "too many inputs", name);
    uint32_t dims[4] = {1, c, h, w};
    memcpy(b->g.values[v].dims, dims, sizeof dims);
    b->g.inputs[b->g.n_inputs++] = v;
    return v;
}

uint32_t fn_graph_add_weight(struct fn_graph_builder *b, const char *name,
                             const uint32_t dims[4], const float *data)
{
    size_t n = 1;
    for (int i = 0; i < 4; i++)
        if (__builtin_mul_overflow(n, (size_t)dims[i], &n) || n > FN_GRAPH_ELEMENTS_MAX)
            return fail(b, FN_ELIMIT, "weight is too large", name);
    uint32_t v = add_value(b, name, FN_VALUE_WEIGHT);
    if (v == FN_NONE)
        return v;
    float **p = grow(b->owned, b->n_owned, &b->owned_cap, sizeof *p);
    if (!p)
        return fail(b, -ENOMEM, "out of memory", name);
    b->owned = p;
    float *copy = fn_alloc_aligned(n ? n : 1, sizeof *copy);
    if (!copy)
        return fail(b, -ENOMEM, "out of memory", name);
    if (data)
        memcpy(copy, data, n * sizeof *copy); /* otherwise zeros, as allocated */
    b->owned[b->n_owned++] = copy;
    memcpy(b->g.values[v].dims, dims, 4 * sizeof *dims);
    b->g.values[v].data = copy;
    return v;
}

/* Strides, dilations and groups that are 0 mean 1. */
static struct fn_attr with_defaults(const struct fn_attr *attr)
{
    struct fn_attr a = attr ? *attr : (struct fn_attr){0};
    uint32_t *ones[] = {&a.stride_h, &a.stride_w, &a.dil_h, &a.dil_w, &a.groups};
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++)
        if (*ones[i] == 0)
            *ones[i] = 1;
    return a;
}

uint32_t fn_graph_add_node(struct fn_graph_builder *b, const char *name, enum fn_op_kind op,
                           const uint32_t *in, uint32_t n_in, const struct fn_attr *attr)
{
    if (n_in > FN_NODE_IN_MAX)
        return fail(b, FN_ELIMIT, "too many inputs", name);
    uint32_t out = add_value(b, name, FN_VALUE_ACTIVATION);
    if (out == FN_NONE)
        return out;
    struct fn_node *p = grow(b->g.nodes, b->g.n_nodes, &b->nodes_cap, sizeof *p);
    if (!p)
        return fail(b, -ENOMEM, "out of memory", name);
    b->g.nodes = p;
    struct fn_node *n = &p[b->g.n_nodes++];
    *n = (struct fn_node){
        .op = (uint32_t)op, .n_in = n_in, .out = out, .attr = with_defaults(attr)};
    memcpy(n->name, b->g.values[out].name, sizeof n->name);
    for (uint32_t i = 0; i < FN_NODE_IN_MAX; i++)
        n->in[i] = i < n_in ? in[i] : FN_NONE;
    return out;
}

void fn_graph_mark_output(struct fn_graph_builder *b, uint32_t value)
{
    if (b->err.code)
        return;
    if (b->g.n_outputs == FN_GRAPH_IO_MAX)
        fail(b, FN_ELIMIT, "too many outputs", NULL);
    else
        b->g.outputs[b->g.n_outputs++] = value;
}

uint32_t fn_graph_add_conv(struct fn_graph_builder *b, const char *name, uint32_t x,
                           uint32_t weight, uint32_t bias, const struct fn_attr *attr,
                           enum fn_act act, uint32_t slope)
{
    struct fn_attr a = attr ? *attr : (struct fn_attr){0};
    float alpha = a.alpha;
    a.act = FN_ACT_NONE;
    a.alpha = 0;
    uint32_t out = fn_graph_add_node(b, name, FN_OP_CONV, (uint32_t[]){x, weight, bias}, 3, &a);
    if (act == FN_ACT_NONE || out == FN_NONE)
        return out;
    char act_name[FN_NAME_MAX];
    size_t len = strlen(name);
    static const char suffix[] = ".act";
    if (len + sizeof suffix > sizeof act_name)
        return fail(b, FN_ELIMIT, "name is too long", name);
    memcpy(act_name, name, len);
    memcpy(act_name + len, suffix, sizeof suffix);
    struct fn_attr act_attr = {.act = (uint32_t)act, .alpha = alpha};
    return fn_graph_add_node(b, act_name, FN_OP_ACT, (uint32_t[]){out, slope}, 2, &act_attr);
}

int fn_graph_builder_finish(struct fn_graph_builder *b, struct fn_graph *ret,
                            struct fn_error *err)
{
    if (b->err.code)
        return fn_error_set(err, b->err.code, "%s", b->err.text);
    int rc = fn_graph_check(&b->g, err);
    if (rc == 0)
        *ret = b->g;
    return rc;
}
