/* SPDX-License-Identifier: MIT */
/* Writing .fnm files. The same model gives the same bytes everywhere: fields in a fixed order,
 * JSON with sorted keys and nine digits, padding zero. */
#include "engine/model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/model/container.h"

static void add_u32(struct fn_buf *b, uint32_t v)
{
    uint8_t p[4];
    fn_put_le32(p, v);
    fn_buf_add(b, p, sizeof p);
}

static void add_u64(struct fn_buf *b, uint64_t v)
{
    uint8_t p[8];
    fn_put_le64(p, v);
    fn_buf_add(b, p, sizeof p);
}

static void add_float(struct fn_buf *b, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    add_u32(b, bits);
}

static void add_name(struct fn_buf *b, const char *name)
{
    char t[FN_NAME_MAX] = {0};
    memcpy(t, name, strnlen(name, FN_NAME_MAX - 1));
    fn_buf_add(b, t, sizeof t);
}

static void pad_to(struct fn_buf *b, size_t multiple)
{
    static const char zero[FN_FNM_ALIGN];
    if (b->len % multiple)
        fn_buf_add(b, zero, multiple - b->len % multiple);
}

static uint64_t aligned(uint64_t n)
{
    return (n + FN_FNM_ALIGN - 1) / FN_FNM_ALIGN * FN_FNM_ALIGN;
}

static uint64_t weight_bytes(const struct fn_value *v)
{
    return v->kind != FN_VALUE_WEIGHT
               ? 0
               : (uint64_t)v->dims[0] * v->dims[1] * v->dims[2] * v->dims[3] * sizeof(float);
}

static void add_values(struct fn_buf *b, const struct fn_graph *g)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < g->n_values; i++) {
        const struct fn_value *v = &g->values[i];
        add_name(b, v->name);
        add_u32(b, v->kind);
        for (int k = 0; k < 4; k++)
            add_u32(b, v->dims[k]);
        add_u32(b, 0);
        add_u64(b, v->kind == FN_VALUE_WEIGHT ? at : 0);
        at += aligned(weight_bytes(v));
    }
}

static void add_nodes(struct fn_buf *b, const struct fn_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const struct fn_node *n = &g->nodes[i];
        const struct fn_attr *a = &n->attr;
        add_name(b, n->name);
        add_u32(b, n->op);
        add_u32(b, n->n_in);
        for (uint32_t k = 0; k < FN_NODE_IN_MAX; k++)
            add_u32(b, k < n->n_in ? n->in[k] : FN_NONE);
        add_u32(b, n->out);
        const uint32_t attr[] = {a->kh,     a->kw,       a->stride_h, a->stride_w, a->dil_h,
                                 a->dil_w,  a->pad_mode, a->pad[0],   a->pad[1],   a->pad[2],
                                 a->pad[3], a->pad_c,    a->groups,   a->act};
        for (size_t k = 0; k < sizeof attr / sizeof *attr; k++)
            add_u32(b, attr[k]);
        add_float(b, a->alpha);
        add_u32(b, a->size);
        add_float(b, a->beta);
        add_float(b, a->bias_k);
        add_float(b, a->eps);
    }
}

static void add_graph(struct fn_buf *b, const struct fn_graph *g)
{
    const uint32_t counts[] = {g->n_values,  g->n_nodes,   g->n_inputs,
                               g->n_outputs, FN_FNM_VALUE, FN_FNM_NODE};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        add_u32(b, counts[i]);
    for (uint32_t i = 0; i < g->n_inputs; i++)
        add_u32(b, g->inputs[i]);
    for (uint32_t i = 0; i < g->n_outputs; i++)
        add_u32(b, g->outputs[i]);
    add_values(b, g);
    add_nodes(b, g);
}

/* Also sets the offset of the anchors. */
static uint64_t weights_size(const struct fn_graph *g)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < g->n_values; i++)
        n += aligned(weight_bytes(&g->values[i]));
    return n;
}

static int add_meta(struct fn_buf *b, const struct fn_model *m, struct fn_error *err)
{
    json_t *j = fn_meta_to_json(m, weights_size(&m->graph));
    char *text =
        j ? json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(j);
    if (!text)
        return fn_error_set(err, FN_EMODEL,
                            "the model's description cannot be written (text not UTF-8?)");
    fn_buf_str(b, text);
    free(text);
    return 0;
}

static void add_weights(struct fn_buf *b, const struct fn_model *m)
{
    for (uint32_t i = 0; i < m->graph.n_values; i++) {
        const struct fn_value *v = &m->graph.values[i];
        if (v->kind != FN_VALUE_WEIGHT)
            continue;
        fn_buf_add(b, v->data, (size_t)weight_bytes(v));
        pad_to(b, FN_FNM_ALIGN);
    }
    if (m->decode.n_anchors)
        fn_buf_add(b, m->decode.anchors, (size_t)m->decode.n_anchors * 4 * sizeof(float));
}

static void put_section(uint8_t *header, size_t at, size_t from, size_t to)
{
    fn_put_le64(header + at, from);
    fn_put_le64(header + at + 8, to - from);
}

int fn_model_encode(const struct fn_model *m, struct fn_buf *out, struct fn_error *err)
{
    uint8_t h[FN_FNM_HEADER] = {0};
    struct fn_buf b;
    fn_buf_init(&b, SIZE_MAX / 2);
    fn_buf_add(&b, h, sizeof h);
    add_graph(&b, &m->graph);
    put_section(h, FN_FNM_AT_GRAPH, sizeof h, b.len);
    size_t at = b.len;
    int rc = add_meta(&b, m, err);
    if (rc)
        goto out;
    put_section(h, FN_FNM_AT_META, at, b.len);
    pad_to(&b, FN_FNM_ALIGN);
    at = b.len;
    add_weights(&b, m);
    put_section(h, FN_FNM_AT_WEIGHTS, at, b.len);
    if (fn_buf_failed(&b)) {
        rc = fn_error_set(err, -ENOMEM, "out of memory");
        goto out;
    }
    memcpy(h, FN_FNM_MAGIC, 8);
    fn_put_le16(h + FN_FNM_AT_MAJOR, FN_FNM_MAJOR);
    fn_put_le16(h + FN_FNM_AT_MINOR, FN_FNM_MINOR);
    fn_put_le32(h + FN_FNM_AT_HEADER, sizeof h);
    fn_put_le64(h + FN_FNM_AT_SIZE, b.len);
    memcpy(h + FN_FNM_AT_ID, m->id.b, sizeof m->id.b);
    memcpy(b.data, h, sizeof h);
    fn_put_le64(b.data + FN_FNM_AT_CHECKSUM,
                fn_hash64(b.data + FN_FNM_CHECKED_FROM, b.len - FN_FNM_CHECKED_FROM));
    fn_buf_add(out, b.data, b.len);
    if (fn_buf_failed(out))
        rc = fn_error_set(err, FN_ELIMIT, "the model is larger than its buffer");
out:
    fn_buf_finish(&b);
    return rc;
}

int fn_model_save(const struct fn_model *m, const char *path, struct fn_error *err)
{
    struct fn_buf b;
    fn_buf_init(&b, SIZE_MAX / 2);
    int rc = fn_model_encode(m, &b, err);
    if (rc == 0)
        rc = fn_file_write_atomic(path, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    return rc;
}
