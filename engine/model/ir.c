/* SPDX-License-Identifier: MIT */
/* The operator list of the importers: storage, names, constants, and pruning to what the
 * outputs need. */
#include "engine/model/ir.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "engine/base/hash.h"

struct fn_ir_block {
    struct fn_ir_block *next;
    void *data;
};

void fn_ir_init(struct fn_ir *ir, bool nhwc)
{
    *ir = (struct fn_ir){.nhwc = nhwc};
}

void fn_ir_finish(struct fn_ir *ir)
{
    while (ir->blocks) {
        struct fn_ir_block *next = ir->blocks->next;
        free(ir->blocks->data);
        free(ir->blocks);
        ir->blocks = next;
    }
    free(ir->t);
    free(ir->op);
    free(ir->names);
    *ir = (struct fn_ir){0};
}

void *fn_ir_alloc(struct fn_ir *ir, size_t n, size_t size)
{
    /* A small file may use one constant many times: the sum is bounded, not only each piece. */
    enum { BYTES_MAX = 1 << 30 };
    if (n > BYTES_MAX || size > BYTES_MAX || n * size > BYTES_MAX - ir->bytes)
        return NULL;
    struct fn_ir_block *k = malloc(sizeof *k);
    if (!k)
        return NULL;
    k->data = fn_alloc_aligned(n ? n : 1, size);
    if (!k->data) {
        free(k);
        return NULL;
    }
    k->next = ir->blocks;
    ir->blocks = k;
    ir->bytes += n * size;
    return k->data;
}

const char *fn_ir_text(struct fn_ir *ir, const void *s, size_t n)
{
    const unsigned char *p = s;
    if (n > 4096)
        n = 4096;
    char *t = fn_ir_alloc(ir, n + 1, 1);
    if (!t)
        return NULL;
    for (size_t i = 0; i < n; i++)
        t[i] = p[i] > 0x20 && p[i] < 0x7f ? (char)p[i] : '?';
    return t;
}

/* Room for one more; NULL if out of memory or beyond the limit. */
static void *grow(void *array, uint32_t n, size_t *cap, size_t elem_size)
{
    return n < FN_IR_LIMIT ? fn_array_grow(array, cap, n + 1, elem_size) : NULL;
}

static uint32_t slot_of(const struct fn_ir *ir, const char *name)
{
    uint32_t i = (uint32_t)fn_hash64(name, strlen(name)) & (ir->names_size - 1);
    while (ir->names[i] && strcmp(ir->t[ir->names[i] - 1].name, name) != 0)
        i = (i + 1) & (ir->names_size - 1);
    return i;
}

/* Keeps the table of names at most half full. */
static bool names_grow(struct fn_ir *ir)
{
    if (ir->names_size > 2 * (ir->n_t + 1))
        return true;
    uint32_t size = ir->names_size ? ir->names_size * 2 : 256;
    uint32_t *p = calloc(size, sizeof *p);
    if (!p)
        return false;
    free(ir->names);
    ir->names = p;
    ir->names_size = size;
    for (uint32_t i = 0; i < ir->n_t; i++) {
        uint32_t s = slot_of(ir, ir->t[i].name);
        if (!p[s])
            p[s] = i + 1;
    }
    return true;
}

uint32_t fn_ir_add_tensor(struct fn_ir *ir, const char *name)
{
    if (!name || !names_grow(ir))
        return FN_NONE;
    struct fn_ir_tensor *t = grow(ir->t, ir->n_t, &ir->cap_t, sizeof *t);
    if (!t)
        return FN_NONE;
    ir->t = t;
    ir->t[ir->n_t] = (struct fn_ir_tensor){.name = name, .producer = FN_NONE, .value = FN_NONE};
    uint32_t s = slot_of(ir, name);
    if (!ir->names[s])
        ir->names[s] = ir->n_t + 1;
    return ir->n_t++;
}

uint32_t fn_ir_add_op(struct fn_ir *ir, const char *type, const char *name)
{
    if (!type || !name)
        return FN_NONE;
    struct fn_ir_op *op = grow(ir->op, ir->n_op, &ir->cap_op, sizeof *op);
    if (!op)
        return FN_NONE;
    ir->op = op;
    ir->op[ir->n_op] = (struct fn_ir_op){
        .type = type,
        .name = name,
        .out = FN_NONE,
        .alpha = 1,
        .beta = 1,
        .attr = {.kh = 1,
                 .kw = 1,
                 .stride_h = 1,
                 .stride_w = 1,
                 .dil_h = 1,
                 .dil_w = 1,
                 .groups = 1},
    };
    return ir->n_op++;
}

uint32_t fn_ir_find(const struct fn_ir *ir, const char *name)
{
    if (!ir->names_size)
        return FN_NONE;
    uint32_t v = ir->names[slot_of(ir, name)];
    return v ? v - 1 : FN_NONE;
}

bool fn_ir_is_const(const struct fn_ir *ir, uint32_t tensor)
{
    return tensor < ir->n_t && ir->t[tensor].raw != NULL;
}

float *fn_ir_floats(struct fn_ir *ir, uint32_t tensor)
{
    if (!fn_ir_is_const(ir, tensor) || ir->t[tensor].type != FN_IR_F32)
        return NULL;
    const struct fn_ir_tensor *t = &ir->t[tensor];
    float *f = fn_ir_alloc(ir, t->n, sizeof *f);
    for (size_t i = 0; f && i < t->n; i++)
        f[i] = fn_get_lef(t->raw + 4 * i);
    return f;
}

int fn_ir_ints(const struct fn_ir *ir, uint32_t tensor, int64_t *out, size_t max, size_t *ret_n)
{
    if (!fn_ir_is_const(ir, tensor))
        return FN_EUNSUPPORTED;
    const struct fn_ir_tensor *t = &ir->t[tensor];
    if (t->n > max || (t->type != FN_IR_I32 && t->type != FN_IR_I64))
        return FN_EUNSUPPORTED;
    for (size_t i = 0; i < t->n; i++)
        out[i] = t->type == FN_IR_I32 ? (int32_t)fn_get_le32(t->raw + 4 * i)
                                      : (int64_t)fn_get_le64(t->raw + 8 * i);
    *ret_n = t->n;
    return 0;
}

int fn_ir_refuse(const struct fn_ir_op *op, struct fn_error *err)
{
    return fn_error_set(err, FN_EUNSUPPORTED, "operator %.64s of node %.200s is not supported",
                        op->type, op->name);
}

int fn_ir_select_outputs(struct fn_ir *ir, const char *const *names, size_t n,
                         struct fn_error *err)
{
    if (!n && !ir->n_out)
        return fn_error_set(err, FN_EMODEL, "the network has no output");
    if (n > FN_GRAPH_IO_MAX)
        return fn_error_set(err, FN_ELIMIT, "more than %d outputs", FN_GRAPH_IO_MAX);
    for (size_t i = 0; i < n; i++) {
        uint32_t t = fn_ir_find(ir, names[i]);
        if (t == FN_NONE)
            return fn_error_set(err, FN_EMODEL, "no tensor \"%s\" in the network", names[i]);
        ir->out[i] = t;
    }
    if (n)
        ir->n_out = (uint32_t)n;
    return 0;
}

/* Operators are in topological order in both formats, so one backward sweep finds what is
 * needed. */
int fn_ir_prune(struct fn_ir *ir, struct fn_error *err)
{
    for (uint32_t i = 0; i < ir->n_t; i++) {
        ir->t[i].uses = 0;
        ir->t[i].producer = FN_NONE;
    }
    for (uint32_t i = 0; i < ir->n_out; i++)
        ir->t[ir->out[i]].uses++;
    for (uint32_t i = ir->n_op; i-- > 0;) {
        struct fn_ir_op *op = &ir->op[i];
        op->needed = op->out != FN_NONE && ir->t[op->out].uses > 0;
        if (!op->needed)
            continue;
        if (ir->t[op->out].producer != FN_NONE)
            return fn_error_set(err, FN_EMODEL, "tensor %.200s is written twice",
                                ir->t[op->out].name);
        ir->t[op->out].producer = i;
        for (uint32_t k = 0; k < op->n_in; k++)
            if (op->in[k] != FN_NONE)
                ir->t[op->in[k]].uses++;
    }
    return 0;
}
