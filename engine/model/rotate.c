/* SPDX-License-Identifier: MIT */
/* Linear last layers y = W x + b span only the column space of W. With W = U S V^T, the vector
 * U_d^T y preserves every inner product in the first d left singular directions, so the cosines
 * of y and of U_d^T y differ by the rest of the spectrum only. U is computed from the
 * eigenvectors of W W^T, which is small. Nothing is learned: all of it follows from the weight
 * file. */
#include "engine/model/rotate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/span.h"

enum { SWEEPS = 40 };

/* One rotation in the plane (p, q) that makes a[p][q] zero; v collects the rotations in its
 * rows. Source: Golub & Van Loan, Matrix Computations, 8.5.2. */
static void rotate(double *a, double *v, size_t n, size_t p, size_t q)
{
    double apq = a[p * n + q];
    if (apq == 0)
        return;
    double tau = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
    double c = 1 / sqrt(1 + t * t), s = t * c;
    for (size_t k = 0; k < n; k++) {
        double x = a[k * n + p], y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) {
        double x = a[p * n + k], y = a[q * n + k];
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
        x = v[p * n + k];
        y = v[q * n + k];
        v[p * n + k] = c * x - s * y;
        v[q * n + k] = s * x + c * y;
    }
}

static double off_diagonal(const double *a, size_t n)
{
    double s = 0;
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++)
            s += a[p * n + q] * a[p * n + q];
    return s;
}

/* Rows of v by falling eigenvalue (ties by place), largest component positive. */
static void sort_rows(const double *diag, const double *v, size_t n, double *values,
                      double *out)
{
    for (size_t k = 0; k < n; k++) {
        size_t rank = 0, top = 0;
        for (size_t j = 0; j < n; j++)
            rank += diag[j] > diag[k] || (diag[j] == diag[k] && j < k);
        for (size_t j = 1; j < n; j++)
            if (fabs(v[k * n + j]) > fabs(v[k * n + top]))
                top = j;
        double sign = v[k * n + top] < 0 ? -1 : 1;
        values[rank] = diag[k];
        for (size_t j = 0; j < n; j++)
            out[rank * n + j] = sign * v[k * n + j];
    }
}

int fn_eigen_symmetric(double *a, size_t n, double *ret_values, double *ret_v)
{
    double *v = calloc(n * n, sizeof *v), *diag = calloc(n, sizeof *diag), trace = 0;
    int rc = v && diag ? 0 : -ENOMEM;
    if (rc)
        goto out;
    for (size_t i = 0; i < n; i++) {
        v[i * n + i] = 1;
        trace += fabs(a[i * n + i]);
    }
    for (int sweep = 0; sweep < SWEEPS && off_diagonal(a, n) > 1e-30 * trace * trace; sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                rotate(a, v, n, p, q);
    for (size_t i = 0; i < n; i++)
        diag[i] = a[i * n + i];
    sort_rows(diag, v, n, ret_values, ret_v);
out:
    free(v);
    free(diag);
    return rc;
}

/* ---- the linear tail of a graph ---- */

/* w: out x in, b: out */
struct affine {
    double *w, *b;
    size_t out, in;
};

static void affine_finish(struct affine *m)
{
    free(m->w);
    free(m->b);
    *m = (struct affine){0};
}

static int affine_init(struct affine *m, size_t out, size_t in)
{
    *m =
        (struct affine){calloc(out * in, sizeof(double)), calloc(out, sizeof(double)), out, in};
    return m->w && m->b ? 0 : -ENOMEM;
}

static bool is_linear(const struct fn_graph *g, const struct fn_node *n)
{
    const struct fn_attr *a = &n->attr;
    const uint32_t *d = n->op == FN_OP_CONV ? g->values[n->in[1]].dims : NULL;
    return d && d[1] == 1 && d[2] == 1 && a->groups == 1 && a->act == FN_ACT_NONE &&
           a->stride_h == 1 && a->stride_w == 1 &&
           (a->pad_mode == FN_PAD_SAME || !(a->pad[0] | a->pad[1] | a->pad[2] | a->pad[3]));
}

/* Index of the first of the linear nodes at the graph's end, or n_nodes. */
static uint32_t tail_start(const struct fn_graph *g)
{
    uint32_t i = g->n_nodes, want = g->n_outputs == 1 ? g->outputs[0] : FN_NONE;
    while (i > 0 && g->nodes[i - 1].out == want && is_linear(g, &g->nodes[i - 1]))
        want = g->nodes[--i].in[0];
    return i;
}

/* m = node's matrix * m, or the node's matrix when m is empty. */
static int multiply(const struct fn_graph *g, const struct fn_node *n, struct affine *m)
{
    const struct fn_value *w = &g->values[n->in[1]];
    const float *bias = n->n_in > 2 && n->in[2] != FN_NONE ? g->values[n->in[2]].data : NULL;
    size_t out = w->dims[0], mid = w->dims[3];
    struct affine p;
    bool first = !m->w;
    if (!first && mid != m->out)
        return FN_ESHAPE;
    int rc = affine_init(&p, out, first ? mid : m->in);
    for (size_t o = 0; rc == 0 && o < out; o++) {
        p.b[o] = bias ? (double)bias[o] : 0;
        for (size_t k = 0; k < mid; k++) {
            double x = (double)w->data[o * mid + k];
            if (first) {
                p.w[o * mid + k] = x;
                continue;
            }
            p.b[o] += x * m->b[k];
            for (size_t i = 0; i < m->in; i++)
                p.w[o * m->in + i] += x * m->w[k * m->in + i];
        }
    }
    if (rc) {
        affine_finish(&p);
        return rc;
    }
    affine_finish(m);
    *m = p;
    return 0;
}

/* Left singular vectors of w (n x in), in the rows of u (n x n). */
static int left_vectors(const double *w, size_t n, size_t in, double *u)
{
    double *a = calloc(n * n, sizeof *a), *s = calloc(n, sizeof *s);
    int rc = a && s ? 0 : -ENOMEM;
    for (size_t i = 0; rc == 0 && i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; k < in; k++)
                sum += w[i * in + k] * w[j * in + k];
            a[i * n + j] = a[j * n + i] = sum;
        }
    rc = rc ? rc : fn_eigen_symmetric(a, n, s, u);
    free(a);
    free(s);
    return rc;
}

/* ret = a b, of rows x mid and mid x cols numbers. */
static void product(const double *a, const double *b, size_t rows, size_t mid, size_t cols,
                    double *ret)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < mid; k++)
            for (size_t j = 0; j < cols; j++)
                ret[i * cols + j] += a[i * mid + k] * b[k * cols + j];
}

static void make_largest_positive(double *v, size_t n)
{
    size_t top = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[top]))
            top = i;
    double sign = v[top] < 0 ? -1 : 1;
    for (size_t i = 0; i < n; i++)
        v[i] *= sign;
}

/* The same for a layer of low rank, by way of the space that its columns span: rotations of the
 * whole matrix take seconds, and minutes for 512 numbers. Only the first rank rows of u are
 * set. */
static int left_vectors_in_span(const double *w, size_t n, size_t in, double *u,
                                size_t *ret_rank)
{
    size_t r = 0;
    double *q = calloc(n * n, sizeof *q), *qw = NULL, *v = NULL;
    int rc = q ? fn_column_span(w, n, in, q, &r) : -ENOMEM;
    if (rc == 0 &&
        (!(qw = calloc(r * in + 1, sizeof *qw)) || !(v = calloc(r * r + 1, sizeof *v))))
        rc = -ENOMEM;
    if (rc == 0) {
        product(q, w, r, n, in, qw);
        rc = left_vectors(qw, r, in, v);
    }
    if (rc == 0) {
        product(v, q, r, r, n, u);
        for (size_t k = 0; k < r; k++)
            make_largest_positive(u + k * n, n);
        *ret_rank = r;
    }
    free(q);
    free(qw);
    free(v);
    return rc;
}

/* m = U^T m, first dim rows. */
static int project(struct affine *m, size_t dim)
{
    size_t n = m->out, rank = n;
    struct affine p = {0};
    double *u = calloc(n * n, sizeof *u);
    int rc = u ? affine_init(&p, dim, m->in) : -ENOMEM;
    if (rc == 0)
        rc = 2 * dim < n ? left_vectors_in_span(m->w, n, m->in, u, &rank)
                         : left_vectors(m->w, n, m->in, u);
    if (rc == 0 && dim > rank)
        rc = FN_ESHAPE;
    for (size_t d = 0; rc == 0 && d < dim; d++)
        for (size_t o = 0; o < n; o++) {
            p.b[d] += u[d * n + o] * m->b[o];
            for (size_t i = 0; i < m->in; i++)
                p.w[d * m->in + i] += u[d * n + o] * m->w[o * m->in + i];
        }
    if (rc == 0) {
        affine_finish(m);
        *m = p;
        p = (struct affine){0};
    }
    affine_finish(&p);
    free(u);
    return rc;
}

/* Copies values and nodes before node `end`; map: old value index to new. */
static void copy_head(const struct fn_graph *g, uint32_t end, struct fn_graph_builder *b,
                      uint32_t *map)
{
    for (uint32_t i = 0; i < g->n_inputs; i++) {
        const struct fn_value *v = &g->values[g->inputs[i]];
        map[g->inputs[i]] = fn_graph_add_input(b, v->name, v->dims[1], v->dims[2], v->dims[3]);
    }
    for (uint32_t i = 0; i < end; i++) {
        const struct fn_node *n = &g->nodes[i];
        uint32_t in[FN_NODE_IN_MAX];
        for (uint32_t k = 0; k < n->n_in; k++) {
            const struct fn_value *v = n->in[k] == FN_NONE ? NULL : &g->values[n->in[k]];
            if (v && v->kind == FN_VALUE_WEIGHT && map[n->in[k]] == FN_NONE)
                map[n->in[k]] = fn_graph_add_weight(b, v->name, v->dims, v->data);
            in[k] = v ? map[n->in[k]] : FN_NONE;
        }
        map[n->out] =
            fn_graph_add_node(b, n->name, (enum fn_op_kind)n->op, in, n->n_in, &n->attr);
    }
}

static int add_tail(struct fn_graph_builder *b, const struct affine *m, uint32_t x)
{
    float *w = calloc(m->out * m->in, sizeof *w), *bias = calloc(m->out, sizeof *bias);
    int rc = w && bias ? 0 : -ENOMEM;
    for (size_t i = 0; rc == 0 && i < m->out * m->in; i++)
        w[i] = (float)m->w[i];
    for (size_t i = 0; rc == 0 && i < m->out; i++)
        bias[i] = (float)m->b[i];
    if (rc == 0) {
        uint32_t dims[4] = {(uint32_t)m->out, 1, 1, (uint32_t)m->in},
                 bdims[4] = {(uint32_t)m->out, 1, 1, 1};
        struct fn_attr a = {.kh = 1,
                            .kw = 1,
                            .stride_h = 1,
                            .stride_w = 1,
                            .dil_h = 1,
                            .dil_w = 1,
                            .groups = 1};
        uint32_t wi = fn_graph_add_weight(b, "embedding:weight", dims, w);
        uint32_t bi = fn_graph_add_weight(b, "embedding:bias", bdims, bias);
        fn_graph_mark_output(
            b, fn_graph_add_conv(b, "embedding", x, wi, bi, &a, FN_ACT_NONE, FN_NONE));
        fn_graph_mark_output(b, x);
    }
    free(w);
    free(bias);
    return rc;
}

int fn_embedding_rotate(const struct fn_graph *g, uint32_t dim, struct fn_graph_builder *b,
                        struct fn_graph *ret, struct fn_error *err)
{
    struct affine m = {0};
    uint32_t start = tail_start(g);
    if (start == 0 || start == g->n_nodes)
        return fn_error_set(err, FN_EMODEL, "the network does not end in a linear layer");
    uint32_t *map = malloc(g->n_values * sizeof *map);
    int rc = map ? 0 : -ENOMEM;
    for (uint32_t i = start; rc == 0 && i < g->n_nodes; i++)
        rc = multiply(g, &g->nodes[i], &m);
    if (rc == 0 && (dim == 0 || dim > m.out))
        rc = FN_ESHAPE;
    if (rc == 0)
        rc = project(&m, dim);
    if (rc == 0) {
        memset(map, 0xff, g->n_values * sizeof *map); /* FN_NONE */
        copy_head(g, start, b, map);
        rc = add_tail(b, &m, map[g->nodes[start].in[0]]);
    }
    affine_finish(&m);
    free(map);
    if (rc)
        return fn_error_set(err, rc, "the embedding cannot be rotated: %s", fn_strerror(rc));
    return fn_graph_builder_finish(b, ret, err);
}
