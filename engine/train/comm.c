/* SPDX-License-Identifier: MIT */
/* See comm.h: everything that does not depend on the backend. */
#include "engine/train/comm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef FN_MPI
#    include "engine/train/comm_mpi.h"
#endif

enum { BUCKET = 4 << 20 }; /* floats of a sum in transfer at a time */

/* Open MPI's mpirun, PMI-1 and PMI-2 (Slurm, MPICH), PMIx (srun --mpi=pmix). */
static bool started_as_one_of_several(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return true;
    return false;
}

int fn_comm_start(struct fn_comm **ret, struct fn_error *err)
{
    if (!started_as_one_of_several()) {
        *ret = fn_comm_local();
        return 0;
    }
#ifdef FN_MPI
    return fn_comm_mpi_start(ret, err);
#else
    return fn_error_set(err, FN_EUNSUPPORTED,
                        "started as one of several processes, but built without MPI "
                        "(cmake -DFACENETD_MPI=ON)");
#endif
}

void fn_comm_finish(struct fn_comm *c)
{
    if (c && c->lost)
        c->ops->abort(c, 1);
    else if (c)
        c->ops->finish(c);
}

void fn_comm_abort(struct fn_comm *c, int status)
{
    c->ops->abort(c, status);
}

static int lost(struct fn_comm *c, int code, struct fn_error *err)
{
    c->lost = true;
    if (code == -ETIMEDOUT)
        return fn_error_set(err, code,
                            "rank %u of %u has lost the others: one of them does not answer "
                            "(FACENETD_MPI_TIMEOUT seconds)",
                            c->rank, c->size);
    return fn_error_set(err, code, "rank %u of %u has lost the others: %s", c->rank, c->size,
                        fn_strerror(code));
}

static size_t total_of(const struct fn_comm *c, const size_t *bytes)
{
    size_t n = 0;
    for (unsigned i = 0; i < c->size; i++)
        n += bytes[i];
    return n;
}

/* Not split: callers respect the limit. */
int fn_comm_exchange(struct fn_comm *c, const void *out, const size_t *out_bytes, void *in,
                     const size_t *in_bytes, struct fn_error *err)
{
    if (total_of(c, out_bytes) > c->limit || total_of(c, in_bytes) > c->limit)
        return fn_error_set(err, FN_ELIMIT, "more than %zu bytes at a time between ranks",
                            c->limit);
    int rc = c->ops->exchange(c, out, out_bytes, in, in_bytes);
    return rc ? lost(c, rc, err) : 0;
}

int fn_comm_broadcast(struct fn_comm *c, void *p, size_t bytes, unsigned root,
                      struct fn_error *err)
{
    for (size_t at = 0; at < bytes; at += c->limit) {
        size_t n = bytes - at < c->limit ? bytes - at : c->limit;
        int rc = c->ops->broadcast(c, (char *)p + at, n, root);
        if (rc)
            return lost(c, rc, err);
        if (n == bytes - at)
            break; /* at + SIZE_MAX would wrap */
    }
    return 0;
}

int fn_comm_allgather(struct fn_comm *c, const void *own, void *all, const size_t *bytes,
                      struct fn_error *err)
{
    if (total_of(c, bytes) <= c->limit) {
        int rc = c->ops->allgather(c, own, all, bytes);
        return rc ? lost(c, rc, err) : 0;
    }
    char *to = all;
    for (unsigned i = 0; i < c->size; to += bytes[i++]) {
        if (i == c->rank && bytes[i])
            memcpy(to, own, bytes[i]);
        int rc = fn_comm_broadcast(c, to, bytes[i], i, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* ---- agreement ---- */

struct vote {
    int64_t code;
    uint64_t tag, flag;
};

static int judge(struct fn_comm *c, const struct vote *v, const char *what, bool *flag,
                 struct fn_error *err)
{
    for (unsigned i = 0; i < c->size; i++) {
        if (!v[i].code)
            continue;
        struct fn_error of = {0};
        if (err && c->rank == i)
            of = *err;
        int rc = fn_comm_broadcast(c, &of, sizeof of, i, err);
        of.text[sizeof of.text - 1] = 0;
        if (rc)
            return rc;
        const char *text = of.text[0] ? of.text : fn_strerror((int)v[i].code);
        bool named = strncmp(text, "rank ", 5) == 0; /* it was agreed on before */
        return named ? fn_error_set(err, (int)v[i].code, "%s", text)
                     : fn_error_set(err, (int)v[i].code, "rank %u: %s", i, text);
    }
    for (unsigned i = 1; i < c->size; i++)
        if (v[i].tag != v[0].tag)
            return fn_error_set(err, FN_ECORRUPT, "%s not the same on ranks 0 and %u", what, i);
    for (unsigned i = 0; flag && i < c->size; i++)
        *flag = *flag || v[i].flag;
    return 0;
}

int fn_comm_agree_on(struct fn_comm *c, int code, uint64_t tag, const char *what, bool *flag,
                     struct fn_error *err)
{
    if (c->size == 1)
        return code;
    struct vote own = {.code = code, .tag = tag, .flag = flag && *flag};
    struct vote *all = calloc(c->size, sizeof *all);
    size_t *bytes = calloc(c->size, sizeof *bytes);
    if (!all || !bytes) { /* without it nothing can be agreed on */
        free(all);
        free(bytes);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    for (unsigned i = 0; i < c->size; i++)
        bytes[i] = sizeof own;
    int rc = fn_comm_allgather(c, &own, all, bytes, err);
    if (rc == 0)
        rc = judge(c, all, what, flag, err);
    free(all);
    free(bytes);
    return rc;
}

int fn_comm_agree(struct fn_comm *c, int code, struct fn_error *err)
{
    return fn_comm_agree_on(c, code, 0, "", NULL, err);
}

/* ---- sums ---- */

size_t fn_comm_leaf(size_t n_leaves, unsigned size, unsigned rank)
{
    return n_leaves / size * rank + n_leaves % size * rank / size;
}

size_t fn_comm_subtree(size_t n_leaves, size_t at, size_t end)
{
    size_t span = 1;
    while (at % (2 * span) == 0 && span < n_leaves && (at + 2 * span <= end || end == n_leaves))
        span *= 2;
    return span;
}

void fn_comm_tree(float *const *leaf, size_t n_leaves, size_t at, size_t span, size_t from,
                  size_t n)
{
    size_t end = at + span < n_leaves ? at + span : n_leaves;
    for (size_t step = 1; step < span; step *= 2)
        for (size_t i = at; i + step < end; i += 2 * step) {
            if (!leaf[i + step])
                continue;
            float *to = leaf[i] + from;
            const float *add = leaf[i + step] + from;
            for (size_t k = 0; k < n; k++)
                to[k] += add[k];
        }
}

/* For one bucket: rank q sums its slice and sends the result to all. */
struct sum {
    struct fn_comm *c;
    float *const *leaf;
    size_t n_leaves;
    size_t *parts;             /* subtrees per rank */
    size_t *slice;             /* floats per rank */
    size_t *out_bytes, *bytes; /* to, and from or of, each rank */
    float *out, *in;
    float **node; /* per leaf: in `in` */
};

static size_t count_parts(const struct sum *s, unsigned rank)
{
    size_t n = 0, end = fn_comm_leaf(s->n_leaves, s->c->size, rank + 1);
    for (size_t i = fn_comm_leaf(s->n_leaves, s->c->size, rank); i < end; n++)
        i += fn_comm_subtree(s->n_leaves, i, end);
    return n;
}

static void fill_out(const struct sum *s, size_t from)
{
    float *to = s->out;
    unsigned rank = s->c->rank;
    size_t first = fn_comm_leaf(s->n_leaves, s->c->size, rank);
    size_t end = fn_comm_leaf(s->n_leaves, s->c->size, rank + 1);
    for (unsigned q = 0; q < s->c->size; from += s->slice[q++]) {
        for (size_t i = first; i < end; i += fn_comm_subtree(s->n_leaves, i, end)) {
            memcpy(to, s->leaf[i] + from, s->slice[q] * sizeof *to);
            to += s->slice[q];
        }
        s->out_bytes[q] = s->slice[q] * s->parts[rank] * sizeof *to;
        s->bytes[q] = s->slice[rank] * s->parts[q] * sizeof *to;
    }
}

static void add_in(const struct sum *s)
{
    size_t n = s->slice[s->c->rank], end = 0,
           span = fn_comm_subtree(s->n_leaves, 0, s->n_leaves);
    float *at = s->in;
    memset(s->node, 0, s->n_leaves * sizeof(float *));
    for (unsigned q = 0; q < s->c->size; q++) {
        size_t i = end;
        end = fn_comm_leaf(s->n_leaves, s->c->size, q + 1);
        for (; i < end; i += fn_comm_subtree(s->n_leaves, i, end)) {
            s->node[i] = at;
            at += n;
        }
    }
    fn_comm_tree(s->node, s->n_leaves, 0, span, 0, n);
}

static int sum_bucket(const struct sum *s, size_t from, size_t n, float *to,
                      struct fn_error *err)
{
    unsigned size = s->c->size;
    for (unsigned q = 0; q < size; q++)
        s->slice[q] = fn_comm_leaf(n, size, q + 1) - fn_comm_leaf(n, size, q);
    fill_out(s, from);
    int rc = fn_comm_exchange(s->c, s->out, s->out_bytes, s->in, s->bytes, err);
    if (rc)
        return rc;
    add_in(s);
    for (unsigned q = 0; q < size; q++)
        s->bytes[q] = s->slice[q] * sizeof *to;
    return fn_comm_allgather(s->c, s->in, to + from, s->bytes, err);
}

/* The data that a rank sends and receives in a bucket stays below the limit, whatever its
 * parts. */
static size_t bucket_floats(const struct sum *s, size_t floats)
{
    size_t most = 1, total = 0;
    for (unsigned q = 0; q < s->c->size; q++) {
        total += s->parts[q];
        most = s->parts[q] > most ? s->parts[q] : most;
    }
    most = total > most * s->c->size ? total : most * s->c->size;
    size_t n = s->c->limit / sizeof(float) / most;
    n = n > BUCKET ? BUCKET : n < 1 ? 1 : n;
    return n < floats ? n : floats;
}

int fn_comm_sum(struct fn_comm *c, float *const *leaf, size_t n_leaves, float *sum,
                size_t floats, struct fn_error *err)
{
    struct sum s = {.c = c, .leaf = leaf, .n_leaves = n_leaves};
    if (c->size == 1) {
        memcpy(sum, leaf[0], floats * sizeof *sum);
        return 0;
    }
    size_t *numbers = calloc(4 * (size_t)c->size, sizeof *numbers), bucket = 0;
    s.node = calloc(n_leaves, sizeof(float *));
    int rc = numbers && s.node ? 0 : -ENOMEM;
    if (rc == 0) {
        size_t total = 0;
        s.parts = numbers;
        s.slice = numbers + c->size;
        s.out_bytes = s.slice + c->size;
        s.bytes = s.out_bytes + c->size;
        for (unsigned q = 0; q < c->size; q++)
            total += s.parts[q] = count_parts(&s, q);
        bucket = bucket_floats(&s, floats);
        s.out = malloc((bucket * s.parts[c->rank] + 1) * sizeof *s.out);
        s.in = malloc(((bucket / c->size + 1) * total + 1) * sizeof *s.in);
        rc = s.out && s.in ? 0 : -ENOMEM;
    }
    if (rc)
        fn_error_set(err, rc, "out of memory for a sum over ranks");
    rc = fn_comm_agree(c, rc, err);
    for (size_t from = 0; rc == 0 && from < floats; from += bucket)
        rc = sum_bucket(&s, from, floats - from < bucket ? floats - from : bucket, sum, err);
    free(numbers);
    free(s.node);
    free(s.out);
    free(s.in);
    return rc;
}
