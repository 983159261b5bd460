/* SPDX-License-Identifier: MIT */
/* Initial weights of a new network: layer by layer, weights and biases are scaled and shifted
 * so that each channel has mean 0 and variance 1 over a sample of faces before its activation
 * (Salimans and Kingma 2016, section 3; Mishkin and Matas 2016). With random weights and no
 * biases, the channels of a deep ReLU network have large means that all pictures share, and all
 * embeddings have almost the same direction (d2 of .01 at the end of NN2 to NN4). Then every
 * negative is inside the margin, and training collapses at the start. The networks of the paper
 * have no batch normalisation that would prevent it. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/train/train_priv.h"

/* The trained copy of a weight, to which the values of the graph point. */
static float *weight_of(struct fn_trainer *t, uint32_t value, size_t *ret_count)
{
    for (size_t i = 0; i < t->params.n; i++)
        if (t->params.list[i].value == value) {
            *ret_count = t->params.list[i].count;
            return t->params.w + t->params.list[i].offset;
        }
    return NULL;
}

/* Pictures of the training people, without augmentation. Those that cannot be read are left
 * out. */
static int load_sample(struct fn_trainer *t, size_t *n, uint8_t **ret, struct fn_error *err)
{
    size_t chip = (size_t)t->info.width * t->info.height * 3, kept = 0;
    uint32_t *idx = malloc(*n * sizeof *idx);
    uint8_t *chips = malloc(*n * chip), *ok = malloc(*n);
    int rc = idx && chips && ok ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0) {
        *n = fn_sampler_flat(t->sampler, 0, *n, idx);
        rc = fn_loader_start(t->plain_loader, 0, idx, *n, chips, ok);
        rc = rc ? fn_error_set(err, rc, "pictures cannot be loaded: %s", fn_strerror(rc))
                : fn_loader_wait(t->plain_loader, err);
    }
    for (size_t i = 0; rc == 0 && i < *n; i++)
        if (ok[i])
            memmove(chips + kept++ * chip, chips + i * chip, chip);
    *n = kept;
    free(idx);
    free(ok);
    if (rc)
        free(chips);
    else
        *ret = chips;
    return rc;
}

/* Sums and sums of squares per channel, over pictures and positions. Returns the number of
 * values per channel. */
static size_t add_up(struct fn_trainer *t, struct fn_exec *x, const uint8_t *chips, size_t n,
                     double *sum, double *squares)
{
    size_t pixels = (size_t)t->info.width * t->info.height * 3, count = 0;
    uint32_t dims[4];
    const float *z = fn_exec_output(x, 0, dims);
    size_t c = dims[1], places = (size_t)dims[2] * dims[3];
    memset(sum, 0, c * sizeof *sum);
    memset(squares, 0, c * sizeof *squares);
    for (size_t i = 0; i < n; i += t->info.chunk) {
        size_t k = n - i < t->info.chunk ? n - i : t->info.chunk;
        fn_chips_to_float(chips + i * pixels, k, t->info.width, t->info.height, &t->model->pre,
                          fn_exec_input(x, 0, NULL));
        FN_IGNORE(fn_exec_run(x));
        for (size_t j = 0; j < k * places; j++)
            for (size_t o = 0; o < c; o++) {
                double v = (double)z[j * c + o];
                sum[o] += v;
                squares[o] += v * v;
            }
        count += k * places;
    }
    return count;
}

/* z becomes (z - mean) / deviation. A channel that does not vary only loses its mean. */
static void move_and_scale(float *w, size_t row, float *b, size_t c, const double *sum,
                           const double *squares, size_t count)
{
    for (size_t o = 0; o < c; o++) {
        double mean = sum[o] / (double)count;
        double var = squares[o] / (double)count - mean * mean;
        double scale = var > 1e-8 ? 1 / sqrt(var) : 1;
        for (size_t i = 0; i < row; i++)
            w[o * row + i] = (float)((double)w[o * row + i] * scale);
        b[o] = (float)(((double)b[o] - mean) * scale);
    }
}

/* One convolution or linear layer. The layers before it are already fitted. */
static int begin_layer(struct fn_trainer *t, uint32_t i, const uint8_t *chips, size_t n,
                       double *sum, struct fn_error *err)
{
    const struct fn_node *node = &t->params.graph.nodes[i];
    size_t n_w = 0, c = 0;
    float *w = weight_of(t, node->in[1], &n_w), *b = weight_of(t, node->in[2], &c);
    struct fn_graph g = t->params.graph; /* up to this layer */
    g.n_nodes = i + 1;
    g.n_outputs = 1;
    g.outputs[0] = node->out;
    const struct fn_exec_opts o = {.n = t->info.chunk,
                                   .h = t->info.height,
                                   .w = t->info.width,
                                   .cpu_flags = t->o.cpu_flags};
    struct fn_exec *x = NULL;
    int rc = fn_exec_create(&g, &o, &x, err);
    if (rc == 0 && w && b) {
        size_t count = add_up(t, x, chips, n, sum, sum + c);
        move_and_scale(w, n_w / c, b, c, sum, sum + c, count);
    }
    fn_exec_destroy(x);
    return rc;
}

static int begin(struct fn_trainer *t, size_t n, struct fn_error *err)
{
    const struct fn_graph *g = &t->params.graph;
    uint8_t *chips = NULL;
    uint32_t widest = 0;
    for (uint32_t i = 0; i < g->n_values; i++)
        if (g->values[i].kind == FN_VALUE_WEIGHT && g->values[i].dims[0] > widest)
            widest = g->values[i].dims[0];
    double *sum = calloc(2 * (size_t)widest + 1, sizeof *sum);
    int rc =
        sum ? load_sample(t, &n, &chips, err) : fn_error_set(err, -ENOMEM, "out of memory");
    for (uint32_t i = 0; rc == 0 && n > 1 && i < g->n_nodes; i++)
        if (g->nodes[i].op == FN_OP_CONV && g->nodes[i].n_in > 2 &&
            g->nodes[i].in[2] != FN_NONE)
            rc = begin_layer(t, i, chips, n, sum, err);
    free(chips);
    free(sum);
    return rc;
}

int fn_trainer_begin(struct fn_trainer *t, size_t n, struct fn_error *err)
{
    int rc = t->comm->rank == 0 ? begin(t, n, err) : 0;
    rc = fn_comm_agree(t->comm, rc, err);
    if (rc == 0)
        rc = fn_comm_broadcast(t->comm, t->params.w, t->params.size * sizeof *t->params.w, 0,
                               err);
    if (rc == 0)
        fn_batch_refresh(t->net);
    return rc;
}
