/* SPDX-License-Identifier: MIT */
/* Opening .fnm files: everything a hostile file could get wrong is checked here or by the
 * graph's own checks before anybody sees the model. Weights stay in the map. */
#include "engine/model/model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/endian.h"
#include "engine/model/container.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#    error "weights are mapped as they are: little-endian machines only"
#endif

struct span {
    const uint8_t *p;
    size_t n;
};

struct reader {
    const uint8_t *data;
    size_t size;
    struct fn_model *m;
    struct fn_model_priv *priv;
    struct span graph, meta, weights;
    struct fn_error *err;
};

static int corrupt(struct reader *r, const char *what)
{
    return fn_error_set(r->err, FN_ECORRUPT, "model file: %s", what);
}

/* A section given as (offset, size) in the header at the position. */
static bool section(const struct reader *r, size_t at, size_t header, struct span *ret)
{
    uint64_t offset = fn_get_le64(r->data + at), n = fn_get_le64(r->data + at + 8);
    if (offset < header || offset > r->size || n > r->size - offset)
        return false;
    *ret = (struct span){r->data + offset, (size_t)n};
    return true;
}

static int read_header(struct reader *r)
{
    if (r->size < FN_FNM_HEADER || memcmp(r->data, FN_FNM_MAGIC, 8) != 0)
        return fn_error_set(r->err, FN_EMODEL, "not a model file (.fnm)");
    unsigned major = fn_get_le16(r->data + FN_FNM_AT_MAJOR);
    if (major != FN_FNM_MAJOR)
        return fn_error_set(r->err, FN_EVERSION, "model file version %u, this program reads %d",
                            major, FN_FNM_MAJOR);
    uint32_t header = fn_get_le32(r->data + FN_FNM_AT_HEADER);
    if (fn_get_le64(r->data + FN_FNM_AT_SIZE) != r->size)
        return corrupt(r, "truncated, or longer than it says");
    if (header < FN_FNM_HEADER || header > r->size ||
        !section(r, FN_FNM_AT_GRAPH, header, &r->graph) ||
        !section(r, FN_FNM_AT_META, header, &r->meta) ||
        !section(r, FN_FNM_AT_WEIGHTS, header, &r->weights))
        return corrupt(r, "sections out of range");
    if (fn_get_le64(r->data + FN_FNM_AT_CHECKSUM) !=
        fn_hash64(r->data + FN_FNM_CHECKED_FROM, r->size - FN_FNM_CHECKED_FROM))
        return corrupt(r, "checksum mismatch");
    if ((size_t)(r->weights.p - r->data) % FN_FNM_ALIGN)
        return corrupt(r, "weights not aligned");
    memcpy(r->m->id.b, r->data + FN_FNM_AT_ID, sizeof r->m->id.b);
    return 0;
}

/* The weights in place, or a copy if the bytes are not from a map. */
static int place_weights(struct reader *r)
{
    if ((uintptr_t)r->weights.p % FN_FNM_ALIGN == 0 || !r->weights.n)
        return 0;
    r->priv->copy = fn_alloc_aligned(r->weights.n, 1);
    if (!r->priv->copy)
        return fn_error_set(r->err, -ENOMEM, "out of memory");
    memcpy(r->priv->copy, r->weights.p, r->weights.n);
    r->weights.p = (const uint8_t *)r->priv->copy;
    return 0;
}

/* count floats at an offset of the weight section, all finite; NULL when they are not there. */
static const float *floats_at(const struct reader *r, uint64_t offset, uint64_t count)
{
    if (offset % FN_FNM_ALIGN || offset > r->weights.n ||
        count > (r->weights.n - offset) / sizeof(float))
        return NULL;
    const float *f = (const float *)(const void *)(r->weights.p + offset);
    for (uint64_t i = 0; i < count; i++)
        if (!isfinite(f[i]))
            return NULL;
    return f;
}

static int read_value(struct reader *r, const uint8_t *p, struct fn_value *v)
{
    memcpy(v->name, p, FN_NAME_MAX);
    if (!memchr(v->name, 0, FN_NAME_MAX))
        return corrupt(r, "a name without an end");
    v->kind = fn_get_le32(p + 64);
    uint64_t n = 1;
    for (int i = 0; i < 4; i++) {
        v->dims[i] = fn_get_le32(p + 68 + 4 * i);
        if (v->dims[i] && n > UINT32_MAX / v->dims[i])
            return corrupt(r, "a shape out of range");
        n *= v->dims[i];
    }
    if (v->kind != FN_VALUE_WEIGHT)
        return 0;
    v->data = n ? floats_at(r, fn_get_le64(p + 88), n) : NULL;
    return v->data ? 0 : corrupt(r, "a weight out of range or not finite");
}

/* bytes: of the record; one of version 1.0 ends before the last four attributes. */
static int read_node(struct reader *r, const uint8_t *p, size_t bytes, struct fn_node *n)
{
    memcpy(n->name, p, FN_NAME_MAX);
    if (!memchr(n->name, 0, FN_NAME_MAX))
        return corrupt(r, "a name without an end");
    n->op = fn_get_le32(p + 64);
    n->n_in = fn_get_le32(p + 68);
    for (int i = 0; i < FN_NODE_IN_MAX; i++)
        n->in[i] = fn_get_le32(p + 72 + 4 * i);
    n->out = fn_get_le32(p + 104);
    const uint8_t *a = p + 108;
    uint32_t *const to[] = {&n->attr.kh,       &n->attr.kw,     &n->attr.stride_h,
                            &n->attr.stride_w, &n->attr.dil_h,  &n->attr.dil_w,
                            &n->attr.pad_mode, &n->attr.pad[0], &n->attr.pad[1],
                            &n->attr.pad[2],   &n->attr.pad[3], &n->attr.pad_c,
                            &n->attr.groups,   &n->attr.act};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++)
        *to[i] = fn_get_le32(a + 4 * i);
    n->attr.alpha = fn_get_lef(a + 56);
    if (bytes >= FN_FNM_NODE) {
        n->attr.size = fn_get_le32(a + 60);
        n->attr.beta = fn_get_lef(a + 64);
        n->attr.bias_k = fn_get_lef(a + 68);
        n->attr.eps = fn_get_lef(a + 72);
    }
    bool finite = isfinite(n->attr.alpha) && isfinite(n->attr.beta) &&
                  isfinite(n->attr.bias_k) && isfinite(n->attr.eps);
    return finite ? 0 : corrupt(r, "an attribute is not finite");
}

static int read_graph(struct reader *r)
{
    struct fn_graph *g = &r->m->graph;
    const uint8_t *p = r->graph.p;
    if (r->graph.n < FN_FNM_COUNTS)
        return corrupt(r, "graph too short");
    uint32_t c[6];
    for (int i = 0; i < 6; i++)
        c[i] = fn_get_le32(p + 4 * i);
    if (c[4] < FN_FNM_VALUE || c[4] > 4096 || c[5] < FN_FNM_NODE_1_0 || c[5] > 4096 ||
        c[2] > FN_GRAPH_IO_MAX || c[3] > FN_GRAPH_IO_MAX || c[0] > UINT16_MAX ||
        c[1] > UINT16_MAX)
        return corrupt(r, "graph counts out of range");
    size_t io = 4 * ((size_t)c[2] + c[3]), values = (size_t)c[0] * c[4],
           nodes = (size_t)c[1] * c[5];
    if (r->graph.n != FN_FNM_COUNTS + io + values + nodes)
        return corrupt(r, "graph size and counts do not fit");
    *g = (struct fn_graph){
        .n_values = c[0], .n_nodes = c[1], .n_inputs = c[2], .n_outputs = c[3]};
    p += FN_FNM_COUNTS;
    for (uint32_t i = 0; i < c[2] + c[3]; i++)
        *(i < c[2] ? &g->inputs[i] : &g->outputs[i - c[2]]) = fn_get_le32(p + 4 * i);
    p += io;
    g->values = r->priv->values = calloc(c[0] + 1, sizeof *g->values);
    g->nodes = r->priv->nodes = calloc(c[1] + 1, sizeof *g->nodes);
    if (!g->values || !g->nodes)
        return fn_error_set(r->err, -ENOMEM, "out of memory");
    int e = 0;
    for (uint32_t i = 0; e == 0 && i < c[0]; i++)
        e = read_value(r, p + (size_t)i * c[4], &g->values[i]);
    for (uint32_t i = 0; e == 0 && i < c[1]; i++)
        e = read_node(r, p + values + (size_t)i * c[5], c[5], &g->nodes[i]);
    return e == 0 ? fn_graph_check(g, r->err) : e;
}

static int read_meta(struct reader *r)
{
    json_error_t je;
    uint64_t anchors_at = 0;
    if (r->meta.n > FN_FNM_META_MAX)
        return corrupt(r, "description too long");
    json_t *j = json_loadb((const char *)r->meta.p, r->meta.n, JSON_REJECT_DUPLICATES, &je);
    if (!j)
        return corrupt(r, "description is not JSON");
    int e = fn_meta_from_json(j, r->m, &anchors_at, r->err);
    json_decref(j);
    if (e || !r->m->decode.n_anchors)
        return e;
    r->m->decode.anchors = floats_at(r, anchors_at, (uint64_t)r->m->decode.n_anchors * 4);
    return r->m->decode.anchors ? 0 : corrupt(r, "anchors out of range or not finite");
}

int fn_model_parse(const uint8_t *data, size_t size, struct fn_model **ret,
                   struct fn_error *err)
{
    struct fn_model *m = calloc(1, sizeof *m);
    struct fn_model_priv *priv = calloc(1, sizeof *priv);
    int e = -ENOMEM;
    if (!m || !priv) {
        fn_error_set(err, e, "out of memory");
        free(m);
        free(priv);
        return e;
    }
    m->priv = priv;
    struct reader r = {.data = data, .size = size, .m = m, .priv = priv, .err = err};
    if ((e = read_header(&r)) == 0 && (e = place_weights(&r)) == 0 && (e = read_graph(&r)) == 0)
        e = read_meta(&r);
    if (e)
        fn_model_destroy(m);
    else
        *ret = m;
    return e;
}

int fn_model_open(const char *path, struct fn_model **ret, struct fn_error *err)
{
    struct fn_map map;
    struct fn_model *m;
    int rc = fn_map_open(path, &map, err);
    if (rc)
        return rc;
    rc = fn_model_parse(map.data, map.size, &m, err);
    if (rc) {
        fn_map_close(&map);
        return fn_error_prefix(err, "\"%s\"", path);
    }
    ((struct fn_model_priv *)m->priv)->map = map;
    *ret = m;
    return 0;
}

void fn_model_destroy(struct fn_model *m)
{
    if (!m)
        return;
    struct fn_model_priv *p = m->priv;
    if (p) {
        free(p->values);
        free(p->nodes);
        free(p->copy);
        if (p->map.size)
            fn_map_close(&p->map);
    }
    free(p);
    free(m);
}
