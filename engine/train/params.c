/* SPDX-License-Identifier: MIT */
/* See params.h. */
#include "engine/train/params.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN_FLOATS = 16 };

static size_t elements(const struct fn_value *v)
{
    return (size_t)v->dims[0] * v->dims[1] * v->dims[2] * v->dims[3];
}

/* Weights are the second inputs of convolutions. Everything else is a vector per channel. */
static bool is_matrix(const struct fn_graph *g, uint32_t value)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].op == FN_OP_CONV && g->nodes[i].in[1] == value)
            return true;
    return false;
}

static int list_params(struct fn_params *p, const struct fn_graph *g)
{
    p->list = calloc(g->n_values + 1, sizeof *p->list);
    if (!p->list)
        return -ENOMEM;
    for (uint32_t i = 0; i < g->n_values; i++) {
        const struct fn_value *v = &g->values[i];
        if (v->kind != FN_VALUE_WEIGHT)
            continue;
        p->list[p->n++] = (struct fn_param){
            .value = i, .offset = p->size, .count = elements(v), .decay = is_matrix(g, i)};
        p->size += (elements(v) + ALIGN_FLOATS - 1) / ALIGN_FLOATS * ALIGN_FLOATS;
    }
    return 0;
}

int fn_params_init(struct fn_params *p, const struct fn_graph *g, struct fn_error *err)
{
    *p = (struct fn_params){.graph = *g};
    p->graph.values = malloc(g->n_values * sizeof *g->values);
    if (!p->graph.values || list_params(p, g) ||
        fn_arena_init(&p->memory, (p->size ? p->size : 1) * sizeof(float))) {
        fn_params_finish(p);
        return fn_error_set(err, -ENOMEM, "out of memory for %zu weights", p->size);
    }
    memcpy(p->graph.values, g->values, g->n_values * sizeof *g->values);
    p->w = (float *)(void *)p->memory.base;
    for (size_t i = 0; i < p->n; i++) {
        struct fn_value *v = &p->graph.values[p->list[i].value];
        memcpy(p->w + p->list[i].offset, v->data, p->list[i].count * sizeof *p->w);
        v->data = p->w + p->list[i].offset;
    }
    return 0;
}

void fn_params_finish(struct fn_params *p)
{
    if (!p)
        return;
    free(p->graph.values);
    free(p->list);
    fn_arena_finish(&p->memory);
    *p = (struct fn_params){0};
}

static void freeze_value(struct fn_params *p, uint32_t value)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->list[i].value == value)
            p->list[i].frozen = true;
}

int fn_params_freeze_before(struct fn_params *p, const char *prefix, struct fn_error *err)
{
    const struct fn_graph *g = &p->graph;
    uint32_t first = 0;
    while (first < g->n_nodes && strncmp(g->nodes[first].name, prefix, strlen(prefix)) != 0)
        first++;
    if (first == g->n_nodes)
        return fn_error_set(err, FN_ENOTFOUND,
                            "no layer '%s' in this network; its layers: fnq model show",
                            prefix);
    for (uint32_t i = 0; i < first; i++)
        for (uint32_t k = 0; k < g->nodes[i].n_in; k++)
            if (g->nodes[i].in[k] != FN_NONE)
                freeze_value(p, g->nodes[i].in[k]);
    return 0;
}

size_t fn_params_count(const struct fn_params *p, bool trained_only)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += trained_only && p->list[i].frozen ? 0 : p->list[i].count;
    return n;
}

struct fn_h128 fn_params_layout(const struct fn_params *p)
{
    struct fn_h128 h = fn_hash128("params", 6);
    const struct fn_graph *g = &p->graph;
    struct {
        struct fn_h128 before;
        uint32_t n[8];
        char name[FN_NAME_MAX];
    } link;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        memset(&link, 0, sizeof link);
        const struct fn_attr *a = &g->nodes[i].attr;
        const uint32_t n[8] = {g->nodes[i].op, a->kh,     a->kw,  a->stride_h,
                               a->stride_w,    a->groups, a->act, a->size};
        link.before = h;
        memcpy(link.n, n, sizeof n);
        memcpy(link.name, g->nodes[i].name, strnlen(g->nodes[i].name, FN_NAME_MAX));
        h = fn_hash128(&link, sizeof link);
    }
    for (size_t i = 0; i < p->n; i++) {
        memset(&link, 0, sizeof link);
        const struct fn_value *v = &g->values[p->list[i].value];
        link.before = h;
        memcpy(link.n, v->dims, sizeof v->dims);
        memcpy(link.name, v->name, strnlen(v->name, FN_NAME_MAX));
        h = fn_hash128(&link, sizeof link);
    }
    return h;
}

struct fn_h128 fn_params_hash(const struct fn_params *p)
{
    return fn_hash128(p->w, p->size * sizeof *p->w);
}
