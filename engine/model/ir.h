/* SPDX-License-Identifier: MIT */
/* What the readers of ONNX and TFLite share: a list of tensors and operators with the names of
 * the file.
 *
 * A reader only fills the list (ir.c). All analysis is done once, for both, in this order:
 * prune to the required outputs, infer shapes (ir_shape.c), match patterns of small operators
 * (ir_match.c), fold constant arithmetic into convolutions (ir_fold.c), and build the network
 * (ir_lower.c).
 *
 * Constants stay in the file's memory until they are needed, so that memory is bounded by the
 * size of the file.
 */
#ifndef FN_ENGINE_MODEL_IR_H
#define FN_ENGINE_MODEL_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/graph/graph.h"

enum { FN_IR_RANK = 6, FN_IR_IN = 8, FN_IR_LIMIT = 1 << 16, FN_IR_SIDE_MAX = 1 << 20 };

enum fn_ir_kind {
    FN_IR_UNSUPPORTED = 0,
    FN_IR_CONV,  /* x, w (as in the file, see weights), [bias] */
    FN_IR_GEMM,  /* x, w [O][I] (or [I][O]: attr trans_b false), [bias] */
    FN_IR_ACT,   /* attr.act: relu, relu6, leaky, sigmoid */
    FN_IR_PRELU, /* x, slope */
    FN_IR_ADD,
    FN_IR_SUB,
    FN_IR_MUL,
    FN_IR_DIV,
    FN_IR_NEG,
    FN_IR_ABS,
    FN_IR_EXP,
    FN_IR_REDUCE_MAX,
    FN_IR_REDUCE_L2,
    FN_IR_REDUCE_SUM,
    FN_IR_REDUCE_MEAN,
    FN_IR_CONCAT,
    FN_IR_MAXPOOL,
    FN_IR_AVGPOOL,
    FN_IR_SOFTMAX,
    FN_IR_BATCHNORM, /* x, gamma, beta, mean, variance */
    FN_IR_RESHAPE,   /* to op->shape */
    FN_IR_IDENTITY,
    FN_IR_PAD,    /* attr.pad: top, left, bottom, right */
    FN_IR_AFFINE, /* x * scale[c] + shift[c]; made by ir_fold.c from the above */
    FN_IR_LRN,    /* attr.size, alpha, beta, bias_k */
    /* only as parts of what ir_match.c knows */
    FN_IR_SQRT,
    FN_IR_MAX,   /* of up to FN_IR_IN maps */
    FN_IR_SLICE, /* channels shape[0] to shape[1] (exclusive) */
    FN_IR_FLOOR, /* at least alpha */
    FN_IR_SHAPE,
    FN_IR_EXPAND, /* x of one channel, shape */
    /* made by ir_match.c */
    FN_IR_L2POOL,
    FN_IR_L2NORM,
    FN_IR_MAXOUT,
};

/* Element types of constants. */
enum fn_ir_type { FN_IR_F32 = 0, FN_IR_I32, FN_IR_I64, FN_IR_OTHER };

struct fn_ir_tensor {
    const char *name;                /* printable ASCII */
    uint32_t rank, dims[FN_IR_RANK]; /* as in the file; constants and inputs only */
    enum fn_ir_type type;
    const uint8_t *raw; /* constants: little-endian elements in the file, otherwise NULL */
    size_t n;           /* elements of raw */
    uint32_t producer;  /* operator, or FN_NONE */
    uint32_t uses;
    /* shape found by fn_ir_infer: a map, or (flat) a vector per picture that came from that map
     */
    uint32_t c, h, w;
    bool flat, known;
    uint32_t value; /* in the built graph, or FN_NONE */
};

struct fn_ir_op {
    enum fn_ir_kind kind;
    const char *type; /* the name that the file uses */
    const char *name;
    uint32_t in[FN_IR_IN], n_in, out;
    struct fn_attr attr; /* windows, padding, activation after it (attr.act) */
    bool needed;
    /* by kind */
    int32_t axis;
    bool keep_dims, trans_b, global, refuse; /* refuse: an attribute has a value we do not do */
    bool ceil_mode;
    bool counts_border; /* average pool: zeros outside count, and there is padding */
    float alpha, beta, eps;
    uint32_t n_axes;
    int32_t axes[FN_IR_RANK];
    uint32_t shape_rank;
    int64_t shape[FN_IR_RANK];
    /* owned by the ir, created while folding: convolution weights OHWI, bias, affine scale and
     * shift */
    float *weight, *bias;
    double *scale, *shift; /* scale: slopes of a PReLU as well */
    uint32_t wdims[4];
};

struct fn_ir_block;
struct fn_ir {
    bool nhwc; /* order of maps in the file */
    struct fn_ir_tensor *t;
    struct fn_ir_op *op;
    uint32_t n_t, n_op;
    size_t cap_t, cap_op;
    uint32_t in[FN_GRAPH_IO_MAX], out[FN_GRAPH_IO_MAX];
    uint32_t n_in, n_out;
    uint32_t *names; /* hash table of tensor index + 1 */
    uint32_t names_size;
    struct fn_ir_block *blocks;
    size_t bytes; /* in blocks */
};

void fn_ir_init(struct fn_ir *ir, bool nhwc);
void fn_ir_finish(struct fn_ir *ir);
/* Memory that lives as long as ir, zeroed, 64-byte aligned; NULL when it cannot be had. */
void *fn_ir_alloc(struct fn_ir *ir, size_t n, size_t size);
/* A printable, NUL-ended copy of n bytes; NULL when out of memory. */
const char *fn_ir_text(struct fn_ir *ir, const void *s, size_t n);
/* Both return the new index or FN_NONE (too many, or out of memory). */
uint32_t fn_ir_add_tensor(struct fn_ir *ir, const char *name);
uint32_t fn_ir_add_op(struct fn_ir *ir, const char *type, const char *name);
/* The tensor of that name, or FN_NONE. add_tensor makes the first of a name findable. */
uint32_t fn_ir_find(const struct fn_ir *ir, const char *name);

/* Elements of a constant as float or int64 (in ir's memory), or NULL: not a constant of that
 * type. */
float *fn_ir_floats(struct fn_ir *ir, uint32_t tensor);
FN_NODISCARD int fn_ir_ints(const struct fn_ir *ir, uint32_t tensor, int64_t *out, size_t max,
                            size_t *ret_n);
bool fn_ir_is_const(const struct fn_ir *ir, uint32_t tensor);

/* "operator X of node Y is not supported", FN_EUNSUPPORTED. */
int fn_ir_refuse(const struct fn_ir_op *op, struct fn_error *err);

/* The steps; each 0 or an error. */
FN_NODISCARD int fn_ir_select_outputs(struct fn_ir *ir, const char *const *names, size_t n,
                                      struct fn_error *err);
FN_NODISCARD int fn_ir_prune(struct fn_ir *ir, struct fn_error *err); /* sets needed and uses */
FN_NODISCARD int fn_ir_infer(struct fn_ir *ir, struct fn_error *err);
void fn_ir_match(struct fn_ir *ir);
FN_NODISCARD int fn_ir_fold(struct fn_ir *ir, struct fn_error *err);
FN_NODISCARD int fn_ir_emit(struct fn_ir *ir, struct fn_graph_builder *b, struct fn_graph *ret,
                            struct fn_error *err);
/* All of them in order. */
FN_NODISCARD int fn_ir_lower(struct fn_ir *ir, const char *const *outputs, size_t n_outputs,
                             struct fn_graph_builder *b, struct fn_graph *ret,
                             struct fn_error *err);

#endif
