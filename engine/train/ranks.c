/* SPDX-License-Identifier: MIT */
/* Communication between the ranks of a training run, except the sum of gradients (comm.h). */
#include <stdio.h>
#include <string.h>

#include "engine/kernels/cpu.h"
#include "engine/train/checkpoint.h"

int fn_train_gather(struct fn_trainer *t, const void *own, void *all, size_t n,
                    size_t row_bytes, struct fn_error *err)
{
    for (unsigned i = 0; i < t->comm->size; i++) {
        size_t first, count;
        fn_batch_rows(t->net, n, i, &first, &count);
        t->bytes[i] = count * row_bytes;
    }
    return fn_comm_allgather(t->comm, own, all, t->bytes, err);
}

/* The state of the first rank at the start. */
struct start {
    struct fn_train_opts opts;
    struct fn_h128 data, layout;
    char kernels[16];
};

static int compare_start(const struct fn_trainer *t, const struct start *own,
                         const struct start *first, struct fn_error *err)
{
    const char *differs = fn_train_opts_differ(&own->opts, &first->opts);
    if (differs)
        return fn_error_set(err, FN_EREFUSED, "option '%s' is another than on rank 0", differs);
    if (!fn_h128_eq(&own->data, &first->data))
        return fn_error_set(err, FN_EREFUSED,
                            "the data are not those of rank 0 (%zu pictures here; files, "
                            "people or frames differ)",
                            t->data->n);
    if (!fn_h128_eq(&own->layout, &first->layout))
        return fn_error_set(err, FN_EREFUSED, "the network is not that of rank 0");
    if (strcmp(own->kernels, first->kernels) != 0)
        return fn_error_set(err, FN_EREFUSED,
                            "this machine computes with %s and that of rank 0 with %s, which "
                            "round differently: name one for all",
                            own->kernels, first->kernels);
    return 0;
}

int fn_train_check_start(struct fn_trainer *t, struct fn_error *err)
{
    if (t->comm->size == 1)
        return 0;
    struct start own = {
        .opts = t->o, .data = t->data->id, .layout = fn_params_layout(&t->params)};
    (void)snprintf(own.kernels, sizeof own.kernels, "%s",
                   fn_cpu_name(fn_cpu_resolve(t->o.cpu_flags)));
    struct start first = own;
    int rc = fn_comm_broadcast(t->comm, &first, sizeof first, 0, err);
    if (rc)
        return rc;
    rc = fn_comm_agree(t->comm, compare_start(t, &own, &first, err), err);
    return rc ? rc : fn_train_check_state(t, err);
}

static uint64_t hash_floats(uint64_t before, const float *v, size_t n)
{
    uint64_t both[2] = {before, v && n ? fn_hash64(v, n * sizeof *v) : 0};
    return fn_hash64(both, sizeof both);
}

static uint64_t hash_weights(const struct fn_trainer *t)
{
    uint64_t h = hash_floats(t->step, t->params.w, t->params.size);
    return hash_floats(h, t->head.w, t->head.n_people * t->head.dim);
}

int fn_train_check_weights(struct fn_trainer *t, struct fn_error *err)
{
    if (t->comm->size == 1)
        return 0;
    return fn_comm_agree_on(t->comm, 0, hash_weights(t), "the weights are", NULL, err);
}

int fn_train_check_state(struct fn_trainer *t, struct fn_error *err)
{
    if (t->comm->size == 1)
        return 0;
    size_t head = t->head.n_people * t->head.dim;
    uint64_t h = hash_weights(t);
    h = hash_floats(h, t->optim.s1, t->params.size);
    h = hash_floats(h, t->optim.s2, t->params.size);
    h = hash_floats(h, t->head_optim.s1, head);
    h = hash_floats(h, t->head_optim.s2, head);
    if (t->mined.n)
        h ^= fn_hash64(t->mined.v, t->mined.n * sizeof *t->mined.v);
    return fn_comm_agree_on(t->comm, 0, h, "weights or the optimiser's state are", NULL, err);
}
