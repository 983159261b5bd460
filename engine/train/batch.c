/* SPDX-License-Identifier: MIT */
/* See batch.h. */
#include "engine/train/batch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/train/loader.h"

enum {
    LANES = 4,
    CHUNK_MAX = 32,
    CHUNK_BYTES = 200 << 20, /* activations and gradients of a thread */
    SUM_ITEM = 1 << 16,      /* floats of the gradient summed at a time */
};

struct fn_batch_net {
    struct fn_params *params;
    const struct fn_preprocess *pre;
    bool raw_output; /* the network does not normalise its output itself */
    struct fn_team *team;
    struct fn_tape **tapes; /* per thread */
    unsigned ranks;
    size_t lane, lane_end; /* of this rank */
    float **lanes;         /* gradients of the lanes of this rank */
    struct fn_arena *lane_memory;
    float *differs; /* per thread */
    struct fn_batch_info info;
};

/* The input of a pass over the chunks. */
struct pass {
    struct fn_batch_net *b;
    const uint8_t *chips;
    size_t n, n_chunks;               /* rows on this rank */
    size_t batch_chunks, first_chunk; /* of the whole batch; number of the first one here */
    float *f;
    const float *df, *f_before;
};

/* The same as in the built-in networks. */
static const float norm_eps = 1e-10f;

static int make_tapes(struct fn_batch_net *b, const struct fn_batch_opts *o,
                      struct fn_error *err)
{
    struct fn_tape_opts t = {.n = 1, .h = o->height, .w = o->width, .cpu_flags = o->cpu_flags};
    uint32_t chunk = o->chunk;
    int rc = 0;
    if (!chunk) { /* the memory for one picture determines how many fit */
        rc = fn_tape_create(b->params, &t, &b->tapes[0], err);
        if (rc)
            return rc;
        struct fn_tape_info one = fn_tape_info(b->tapes[0]);
        size_t fit = CHUNK_BYTES / (one.activation_bytes + one.gradient_bytes + 1);
        chunk = fit < 1 ? 1 : fit > CHUNK_MAX ? CHUNK_MAX : (uint32_t)fit;
        chunk = o->chunk_most && chunk > o->chunk_most ? o->chunk_most : chunk;
        fn_tape_destroy(b->tapes[0]);
        b->tapes[0] = NULL;
    }
    t.n = b->info.chunk = chunk;
    for (unsigned i = 0; rc == 0 && i < fn_team_threads(b->team); i++)
        rc = fn_tape_create(b->params, &t, &b->tapes[i], err);
    return rc;
}

static int check_shapes(struct fn_batch_net *b, struct fn_error *err)
{
    uint32_t in[4], out[4];
    fn_tape_input(b->tapes[0], in);
    fn_tape_output(b->tapes[0], 0, out);
    if (in[1] != 3)
        return fn_error_set(err, FN_EMODEL, "the network takes %u channels, not 3", in[1]);
    if (out[2] != 1 || out[3] != 1)
        return fn_error_set(err, FN_ESHAPE, "output is a map of %u x %u at this input size",
                            out[3], out[2]);
    b->raw_output = true;
    for (uint32_t i = 0; i < b->params->graph.n_nodes; i++) {
        const struct fn_node *node = &b->params->graph.nodes[i];
        if (node->out == b->params->graph.outputs[0] && node->op == FN_OP_L2NORM)
            b->raw_output = false;
    }
    if (!fn_tape_seed(b->tapes[0], 0))
        return fn_error_set(err, FN_EREFUSED, "every layer is frozen: nothing to train");
    b->info.height = in[2];
    b->info.width = in[3];
    b->info.dim = out[1];
    b->info.tape = fn_tape_info(b->tapes[0]);
    return 0;
}

static int make_lanes(struct fn_batch_net *b, const struct fn_batch_opts *o,
                      struct fn_error *err)
{
    int rc = 0;
    b->ranks = o->ranks ? o->ranks : 1;
    b->lane = fn_comm_leaf(b->info.lanes, b->ranks, o->rank);
    b->lane_end = fn_comm_leaf(b->info.lanes, b->ranks, o->rank + 1);
    for (size_t i = b->lane; rc == 0 && i < b->lane_end; i++) {
        rc = fn_arena_init(&b->lane_memory[i], b->params->size * sizeof(float));
        b->lanes[i] = (float *)(void *)b->lane_memory[i].base;
    }
    return rc ? fn_error_set(err, rc, "out of memory for the gradients of %zu lanes",
                             b->lane_end - b->lane)
              : 0;
}

int fn_batch_create(struct fn_params *p, const struct fn_preprocess *pre,
                    const struct fn_batch_opts *o, struct fn_batch_net **ret,
                    struct fn_error *err)
{
    struct fn_batch_net *b = calloc(1, sizeof *b);
    if (!b)
        return fn_error_set(err, -ENOMEM, "out of memory");
    unsigned threads = o->threads ? o->threads : 1;
    b->params = p;
    b->pre = pre;
    b->info.lanes = o->lanes ? o->lanes : LANES;
    b->tapes = calloc(threads, sizeof(struct fn_tape *));
    b->differs = calloc(threads, sizeof *b->differs);
    b->lanes = calloc(b->info.lanes, sizeof(float *));
    b->lane_memory = calloc(b->info.lanes, sizeof *b->lane_memory);
    int rc = b->tapes && b->differs && b->lanes && b->lane_memory
                 ? fn_team_create(threads, &b->team)
                 : -ENOMEM;
    if (rc)
        fn_error_set(err, rc, "out of memory or threads");
    if (rc == 0)
        rc = make_tapes(b, o, err);
    if (rc == 0)
        rc = check_shapes(b, err);
    if (rc == 0)
        rc = make_lanes(b, o, err);
    if (rc)
        fn_batch_destroy(b);
    else
        *ret = b;
    return rc;
}

void fn_batch_destroy(struct fn_batch_net *b)
{
    if (!b)
        return;
    for (unsigned i = 0; b->team && b->tapes && i < fn_team_threads(b->team); i++)
        fn_tape_destroy(b->tapes[i]);
    fn_team_destroy(b->team);
    for (uint32_t i = 0; b->lane_memory && i < b->info.lanes; i++)
        fn_arena_finish(&b->lane_memory[i]);
    free(b->lane_memory);
    free(b->lanes);
    free(b->tapes);
    free(b->differs);
    free(b);
}

struct fn_batch_info fn_batch_info(const struct fn_batch_net *b)
{
    return b->info;
}

struct fn_team *fn_batch_team(struct fn_batch_net *b)
{
    return b->team;
}

static void refresh_one(void *ctx, unsigned thread, size_t item)
{
    struct fn_batch_net *b = ctx;
    (void)thread;
    fn_tape_refresh(b->tapes[item]);
}

void fn_batch_refresh(struct fn_batch_net *b)
{
    fn_team_run(b->team, refresh_one, b, fn_team_threads(b->team));
}

/* ---- a chunk ---- */

static size_t chunk_size(const struct pass *p, size_t chunk)
{
    size_t first = chunk * p->b->info.chunk, left = p->n - first;
    return left < p->b->info.chunk ? left : p->b->info.chunk;
}

/* Pictures after the last are zeros. They take time, but nothing depends on them. */
static void load(const struct pass *p, struct fn_tape *t, size_t chunk)
{
    const struct fn_batch_info *i = &p->b->info;
    size_t pixels = (size_t)i->width * i->height, n = chunk_size(p, chunk);
    float *to = fn_tape_input(t, NULL);
    fn_chips_to_float(p->chips + chunk * i->chunk * pixels * 3, n, i->width, i->height,
                      p->b->pre, to);
    memset(to + n * pixels * 3, 0, (i->chunk - n) * pixels * 3 * sizeof *to);
}

/* Imported networks often end before the normalisation, which is then done here: f = z /
 * |z|. */
static void normalise(const float *z, float *f, size_t n, size_t dim)
{
    for (size_t i = 0; i < n; i++, z += dim, f += dim) {
        double sum = (double)norm_eps;
        for (size_t k = 0; k < dim; k++)
            sum += (double)z[k] * (double)z[k];
        double scale = 1 / sqrt(sum);
        for (size_t k = 0; k < dim; k++)
            f[k] = (float)((double)z[k] * scale);
    }
}

/* Converts the gradient by f to that by z: the component along f becomes zero, and the rest is
 * scaled by 1 / |z|. */
static void denormalise(const float *z, const float *df, float *dz, size_t n, size_t dim)
{
    for (size_t i = 0; i < n; i++, z += dim, df += dim, dz += dim) {
        double sum = (double)norm_eps, along = 0;
        for (size_t k = 0; k < dim; k++) {
            sum += (double)z[k] * (double)z[k];
            along += (double)z[k] * (double)df[k];
        }
        for (size_t k = 0; k < dim; k++)
            dz[k] = (float)(((double)df[k] - (double)z[k] * along / sum) / sqrt(sum));
    }
}

static void take_embeddings(const struct pass *p, const struct fn_tape *t, size_t n, float *f)
{
    const float *z = fn_tape_output(t, 0, NULL);
    if (p->b->raw_output)
        normalise(z, f, n, p->b->info.dim);
    else
        memcpy(f, z, n * p->b->info.dim * sizeof *f);
}

static void embed_chunk(void *ctx, unsigned thread, size_t chunk)
{
    const struct pass *p = ctx;
    struct fn_tape *t = p->b->tapes[thread];
    size_t dim = p->b->info.dim;
    load(p, t, chunk);
    fn_tape_forward(t);
    take_embeddings(p, t, chunk_size(p, chunk), p->f + chunk * p->b->info.chunk * dim);
}

void fn_batch_embed(struct fn_batch_net *b, const uint8_t *chips, size_t n, float *f)
{
    struct pass p = {.b = b, .chips = chips, .n = n, .f = f};
    p.n_chunks = (n + b->info.chunk - 1) / b->info.chunk;
    fn_team_run(b->team, embed_chunk, &p, p.n_chunks);
}

static bool all_zero(const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] != 0)
            return false;
    return true;
}

static void backward_chunk(const struct pass *p, unsigned thread, size_t chunk, float *grad)
{
    struct fn_tape *t = p->b->tapes[thread];
    size_t dim = p->b->info.dim, n = chunk_size(p, chunk), at = chunk * p->b->info.chunk * dim;
    if (all_zero(p->df + at, n * dim))
        return;
    load(p, t, chunk);
    fn_tape_forward(t);
    float *seed = fn_tape_seed(t, 0);
    take_embeddings(p, t, n, seed); /* the memory of the seed is free until the seed is set */
    const float *f = seed;
    for (size_t i = 0; p->f_before && i < n * dim; i++)
        p->b->differs[thread] = fmaxf(p->b->differs[thread], fabsf(f[i] - p->f_before[at + i]));
    if (p->b->raw_output)
        denormalise(fn_tape_output(t, 0, NULL), p->df + at, seed, n, dim);
    else
        memcpy(seed, p->df + at, n * dim * sizeof *seed);
    memset(seed + n * dim, 0, (p->b->info.chunk - n) * dim * sizeof *seed);
    fn_tape_backward(t, grad);
}

/* The first chunk of a lane. Its end is the first chunk of the next lane. */
static size_t lane_chunk(const struct pass *p, size_t lane)
{
    return fn_comm_leaf(p->batch_chunks, p->b->info.lanes, (unsigned)lane) - p->first_chunk;
}

static void backward_lane(void *ctx, unsigned thread, size_t item)
{
    const struct pass *p = ctx;
    size_t lane = p->b->lane + item, end = lane_chunk(p, lane + 1);
    memset(p->b->lanes[lane], 0, p->b->params->size * sizeof(float));
    for (size_t j = lane_chunk(p, lane); j < end; j++)
        backward_chunk(p, thread, j, p->b->lanes[lane]);
}

static void sum_lanes(void *ctx, unsigned thread, size_t item)
{
    const struct fn_batch_net *b = ctx;
    (void)thread;
    size_t from = item * SUM_ITEM, left = b->params->size - from;
    size_t n = left < SUM_ITEM ? left : SUM_ITEM, span;
    for (size_t i = b->lane; i < b->lane_end; i += span) {
        span = fn_comm_subtree(b->info.lanes, i, b->lane_end);
        fn_comm_tree(b->lanes, b->info.lanes, i, span, from, n);
    }
}

void fn_batch_rows(const struct fn_batch_net *b, size_t n, unsigned rank, size_t *ret_first,
                   size_t *ret_count)
{
    size_t chunks = (n + b->info.chunk - 1) / b->info.chunk, at[2];
    for (unsigned i = 0; i < 2; i++) {
        size_t lane = fn_comm_leaf(b->info.lanes, b->ranks, rank + i);
        size_t row = fn_comm_leaf(chunks, b->info.lanes, (unsigned)lane) * b->info.chunk;
        at[i] = row < n ? row : n;
    }
    *ret_first = at[0];
    *ret_count = at[1] - at[0];
}

size_t fn_batch_rows_most(const struct fn_batch_net *b, size_t n)
{
    size_t chunks = (n + b->info.chunk - 1) / b->info.chunk;
    size_t rows = (chunks + b->info.lanes - 1) / b->info.lanes * b->info.chunk;
    rows *= b->lane_end - b->lane;
    return rows < n ? rows : n;
}

float fn_batch_backward_share(struct fn_batch_net *b, const uint8_t *chips, size_t n,
                              const float *df, const float *f)
{
    struct pass p = {.b = b, .chips = chips, .df = df, .f_before = f};
    p.batch_chunks = (n + b->info.chunk - 1) / b->info.chunk;
    p.first_chunk = lane_chunk(&p, b->lane);
    size_t first = p.first_chunk * b->info.chunk;
    size_t end = lane_chunk(&p, b->lane_end) * b->info.chunk + first;
    p.n = (end < n ? end : n) - (first < n ? first : n);
    memset(b->differs, 0, fn_team_threads(b->team) * sizeof *b->differs);
    fn_team_run(b->team, backward_lane, &p, b->lane_end - b->lane);
    fn_team_run(b->team, sum_lanes, b, (b->params->size + SUM_ITEM - 1) / SUM_ITEM);
    float most = 0;
    for (unsigned i = 0; i < fn_team_threads(b->team); i++)
        most = fmaxf(most, b->differs[i]);
    return most;
}

int fn_batch_sum(struct fn_batch_net *b, struct fn_comm *c, float *grad, struct fn_error *err)
{
    return fn_comm_sum(c, b->lanes, b->info.lanes, grad, b->params->size, err);
}

float fn_batch_backward(struct fn_batch_net *b, const uint8_t *chips, size_t n, const float *df,
                        const float *f, float *grad)
{
    float differs = fn_batch_backward_share(b, chips, n, df, f);
    memcpy(grad, b->lanes[0], b->params->size * sizeof *grad);
    return differs;
}
